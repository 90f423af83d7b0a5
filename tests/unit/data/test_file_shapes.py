"""Each shape of file is recognised, with roles that run as they are written."""

from __future__ import annotations

import pytest

from algo_audit.cases.case import load_case
from algo_audit.cases.declaring import write_audit_toml
from algo_audit.data.role_proposals import propose_roles

SEX = ["F", "H"] * 6
YES = ["oui"] * 6 + ["non"] * 6
FILES = {
    "decisions": {"sexe": SEX, "décision": ["Retenu", "Refusé"] * 6},
    "stages": {
        "sexe": SEX,
        "candidature": ["oui"] * 12,
        "présélection": ["oui"] * 8 + ["non"] * 4,
        "entretien": ["oui"] * 5 + ["désisté"] + [""] * 6,
        "embauche": ["oui", "oui", "non", "oui", "non"] + [""] * 7,
    },
    "amount": {"sexe": SEX, "salaire": [str(1500 + 13 * i) for i in range(12)]},
    "score": {"sexe": SEX, "score": [str(40 + 3 * i) for i in range(12)]},
    "pairs": {
        "sexe": SEX,
        "paire": [str(i // 2) for i in range(12)],
        "décision": ["oui", "non"] * 6,
    },
    "counted": {
        "sexe": ["F", "H", "F", "H"],
        "effectif": ["20", "30", "25", "35"],
        "décision": ["Retenu", "Retenu", "Refusé", "Refusé"],
    },
    "open": {"sexe": SEX, "couleur": ["a", "b", "c"] * 4},
}


def said(key, /, **values):
    return f"{key} {values}"


@pytest.mark.parametrize("shape", FILES)
def test_shape_is_recognised_and_its_toml_is_read(table_file, shape):
    path = table_file(FILES[shape])
    proposal = propose_roles(path)
    assert proposal.shape.shape == shape
    toml = path.parent / "audit.toml"
    toml.write_text(write_audit_toml(proposal, said), encoding="utf-8")
    if shape == "open":
        return
    case = load_case(toml)
    decisions = case.read()
    assert len(decisions) > 0
    assert f"init.shape.{shape}" in toml.read_text(encoding="utf-8")
    if shape == "stages":
        assert case.roles.withdrawn == ("désisté",)
        assert decisions.steps.names[-1] == "embauche"


def test_one_column_of_stages_is_put_in_order(table_file):
    path = table_file({"sexe": SEX, "étape": ["Entretien", "Candidature", "Embauche"] * 4})
    roles = propose_roles(path).roles
    assert roles.last_stage == "étape"
    assert roles.stages == ("Candidature", "Entretien", "Embauche")


def test_a_list_finds_its_register_beside_it(table_file):
    people = [f"{number:04d}" for number in range(40)]
    table_file({"matricule": people, "sexe": ["F", "H"] * 20}, "registre.csv")
    path = table_file({"matricule": people[:9]}, "promus.csv")
    proposal = propose_roles(path)
    assert proposal.shape.shape == "list"
    assert proposal.shape.population == "registre.csv"
    toml = path.parent / "audit.toml"
    toml.write_text(write_audit_toml(proposal, said), encoding="utf-8")
    decisions = load_case(toml).read()
    assert (len(decisions), int(decisions.outcome.sum())) == (40, 9)


def test_stages_that_contradict_each_other_are_no_stages(table_file):
    columns = {"sexe": SEX, "tri": YES, "entretien": YES[::-1], "embauche": YES}
    assert propose_roles(table_file(columns)).shape.shape != "stages"
