"""Roles proposed from names and contents, each with its reason."""

from __future__ import annotations

import pytest

from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.role_words import name_words
from algo_audit.errors import AuditError

N = 60


def rows(*values: str) -> list[str]:
    return [values[index % len(values)] for index in range(N)]


@pytest.fixture
def french_export(table_file):
    decision = rows("Retenu", "Refusé", "Refusé")
    return table_file(
        {
            "Matricule": [f"{index:05}" for index in range(N)],
            "Nom": [f"Nom{index}" for index in range(N)],
            "Sexe": rows("F", "H"),
            "Âge": [str(20 + index % 40) for index in range(N)],
            "Date de naissance": [f"{1 + index % 28:02}/{1 + index % 12:02}/19{60 + index % 37}" for index in range(N)],
            "RQTH": rows("Non", "Non", "Non", "Oui"),
            "Origine ethnique": rows("a", "b"),
            "Nationalité": rows("française", "belge", ""),
            "Établissement": rows("Lyon", "Nice"),
            "Numéro d'offre": [f"OF{index // 6}" for index in range(N)],
            "Date de candidature": [f"{1 + index % 28:02}/03/2025" for index in range(N)],
            "Note globale": [f"{index % 17},5" for index in range(N)],
            "Avis du système": rows("Favorable", "Défavorable"),
            "Diplôme": rows("Bac", "Licence", "Master", "Doctorat"),
            "Décision": decision,
            "Période d'essai": [("réussie" if i % 2 else "échec") if d == "Retenu" else "" for i, d in enumerate(decision)],
            "Prime d'arrivée": [str(500 + i) if d == "Retenu" else "" for i, d in enumerate(decision)],
            "Vide": rows(""),
            "Commentaire": [f"La personne {index} a été reçue et a présenté longuement son parcours." for index in range(N)],
        }
    )  # fmt: skip


def test_french_export(french_export):
    proposal = propose_roles(french_export)
    roles = proposal.roles
    assert roles.outcome == "Décision"
    assert roles.favourable == "Retenu"
    assert roles.identifier == "Matricule"
    assert roles.protected == ("Sexe", "Âge", "RQTH", "Origine ethnique", "Nationalité")
    assert roles.strata == ("Établissement",)
    assert roles.pool == "Numéro d'offre"
    assert roles.date == "Date de candidature"
    assert roles.score == "Note globale"
    assert roles.advice == "Avis du système"
    assert roles.label == "Période d'essai"
    assert roles.inputs == ("Diplôme",)
    assert proposal.rows == N


def test_reasons(french_export):
    proposals = {one.column: one for one in propose_roles(french_export).columns}
    assert len(proposals) == 19
    reasons = {name: (one.role, one.reason) for name, one in proposals.items()}
    assert reasons["Nom"] == (None, "direct_identifier")
    assert reasons["Date de naissance"] == (None, "birth_not_grouped")
    assert reasons["Origine ethnique"] == ("protected", "ethnic_origin")
    assert reasons["Prime d'arrivée"] == (None, "after_decision")
    assert reasons["Vide"] == (None, "blank_column")
    assert reasons["Commentaire"][0] is None
    assert proposals["Nationalité"].evidence["blank"] == N // 3
    assert proposals["Décision"].evidence["values"] == ["Refusé", "Retenu"]


def test_origin_is_never_an_input(table_file):
    path = table_file(
        {
            "race": [f"groupe {index}" for index in range(N)],
            "religion": [str(index) for index in range(N)],
            "hired": rows("1", "0"),
        }
    )
    proposal = propose_roles(path)
    assert proposal.roles.inputs == ()
    assert proposal.roles.outcome == "hired"


def test_a_yes_and_a_no_alone_make_no_decision(table_file):
    path = table_file({"gender": rows("m", "f"), "smoker": rows("yes", "no")})
    roles = propose_roles(path).roles
    assert roles.outcome is None
    assert roles.inputs == ("smoker",)


def test_a_decision_is_recognised_by_its_values(table_file):
    path = table_file({"gender": rows("m", "f"), "x": rows("accepted", "rejected")})
    roles = propose_roles(path).roles
    assert (roles.outcome, roles.favourable) == ("x", "accepted")


def test_a_decision_whose_favourable_value_is_open(table_file):
    path = table_file({"gender": rows("m", "f"), "decision": rows("A", "B")})
    roles = propose_roles(path).roles
    assert (roles.outcome, roles.favourable) == ("decision", None)


def test_of_several_decisions_the_last_one_is_taken(table_file):
    path = table_file(
        {"sexe": rows("F", "H"), "selection": rows("oui", "non"), "decision": rows("oui", "non")}
    )
    roles = propose_roles(path).roles
    assert roles.outcome == "decision"
    assert roles.inputs == ("selection",)


def test_at_most_three_units(table_file):
    units = {name: rows("a", "b") for name in ("site", "service", "metier", "secteur", "contrat")}
    path = table_file({"sexe": rows("F", "H"), "decision": rows("oui", "non"), **units})
    roles = propose_roles(path).roles
    assert roles.strata == ("site", "service", "metier")
    assert roles.inputs == ("secteur", "contrat")


def test_people_who_come_back(table_file):
    path = table_file(
        {
            "candidat_id": [str(index // 3) for index in range(N)],
            "sexe": rows("F", "H"),
            "decision": rows("oui", "non"),
        }
    )
    assert propose_roles(path).roles.cluster == "candidat_id"


def test_faults_of_the_file_are_told(csv_file):
    with pytest.raises(AuditError, match=r"reading\.header_duplicated"):
        propose_roles(csv_file("a;a\n1;2\n"))


def test_words_of_a_name():
    assert name_words("dateCandidature_2") == "date candidature 2"
    assert name_words("N° d'offre") == "n d offre"


def test_a_decision_with_withdrawals_is_a_decision_and_pay_beside_it_is_not(table_file):
    path = table_file(
        {
            "sexe": rows("F", "H"),
            "salaire": [str(2000 + 7 * index) for index in range(N)],
            "décision finale": rows("Retenu·e", "Refusé", "refusé", "Désistement"),
        }
    )
    proposal = propose_roles(path)
    assert (proposal.roles.outcome, proposal.roles.favourable) == ("décision finale", "Retenu·e")
    assert proposal.roles.withdrawn == ("Désistement",)
    assert proposal.columns[0].reason == "decision_several"


@pytest.mark.parametrize(
    "values", [("Retenu", "Accepté", "Refusé"), ("Retenu", "En cours", "Vu"), ("a", "b", "c")]
)
def test_several_values_of_which_none_is_clearly_the_favourable_one(table_file, values):
    path = table_file({"sexe": rows("F", "H"), "décision": rows(*values)})
    assert propose_roles(path).roles.outcome is None


def test_a_total_below_the_table_hides_no_decision(table_file):
    path = table_file(
        {
            "dossier": [*(f"{index:05}" for index in range(N)), "Total", "TOTAL :"],
            "sexe": [*rows("F", "H"), "", ""],
            "décision": [*rows("Retenu", "Refusé", "Refusé"), "60", ""],
            "date": [*rows("03/03/2025"), "", ""],
        }
    )
    proposal = propose_roles(path)
    assert (proposal.roles.outcome, proposal.rows) == ("décision", N)
