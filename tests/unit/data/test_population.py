"""A list of the chosen and a register: the same figures as the log; what does not match is said."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case, load_case
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

ROLES = Roles(outcome="promu", identifier="matricule", protected=("sexe",))
PEOPLE = [(f"{number:05d}", "F" if number % 3 else "H") for number in range(1, 121)]
CHOSEN = [number for number, _ in PEOPLE if int(number) % 5 == 0]


def write(path, header, rows, *, encoding="cp1252"):
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture
def register(tmp_path):
    return write(tmp_path / "registre.csv", ("matricule", "sexe"), PEOPLE)


def codes(call) -> list[str]:
    with pytest.raises(AuditError) as caught:
        call()
    return [fault.code for fault in caught.value.faults]


def test_list_and_register_equal_the_log(tmp_path, register):
    chosen = write(tmp_path / "liste.csv", ("matricule", "prime"), [(n, "100") for n in CHOSEN])
    log = [(n, sex, "promu" if n in CHOSEN else "0") for n, sex in PEOPLE]
    plain = write(tmp_path / "log.csv", ("matricule", "sexe", "promu"), log)
    joined = read_decisions(chosen, ROLES, population=register)
    whole = read_decisions(plain, replace(ROLES, favourable="promu"))
    assert np.array_equal(joined.outcome, whole.outcome)
    results = [run_audit(Case.from_options("f", d.roles), d) for d in (joined, whole)]
    assert results[0].comparisons == results[1].comparisons
    assert results[0].groups == results[1].groups
    assert joined.source.population == "registre.csv"
    assert len(joined.source.population_sha256) == 64
    noted = {entry.code: entry.values for entry in joined.journal}
    assert noted["population_joined"] == {"people": 120, "chosen": 24}


def test_what_does_not_match_is_in_the_journal(tmp_path):
    rows = [*PEOPLE, PEOPLE[0], ("", "F")]
    register = write(tmp_path / "registre.csv", ("matricule", "sexe"), rows)
    listed = [*CHOSEN, CHOSEN[0], "99999", "88888"]
    chosen = write(tmp_path / "liste.csv", ("matricule", "nom"), [(n, "x") for n in listed])
    decisions = read_decisions(chosen, ROLES, population=register)
    assert len(decisions) == 120
    assert int(decisions.outcome.sum()) == 24
    noted = {
        entry.code: entry.values["rows"] for entry in decisions.journal if "rows" in entry.values
    }
    assert noted["population_unmatched"] == 2
    assert noted["population_listed_twice"] == 1
    assert noted["population_registered_twice"] == 1
    assert noted["population_unidentified"] == 1


def test_zeros_lost_by_a_spreadsheet(tmp_path, register):
    chosen = write(tmp_path / "liste.csv", ("matricule", "nom"), [(n.lstrip("0"), "x") for n in CHOSEN])  # fmt: skip
    assert codes(lambda: read_decisions(chosen, ROLES, population=register)) == ["population.leading_zeros"]  # fmt: skip


def test_zeros_lost_of_a_few_are_not_taken_for_people_not_chosen(tmp_path, register):
    listed = [n.lstrip("0") if place < 2 else n for place, n in enumerate(CHOSEN)]
    chosen = write(tmp_path / "liste.csv", ("matricule", "nom"), [(n, "x") for n in listed])
    with pytest.raises(AuditError) as caught:
        read_decisions(chosen, ROLES, population=register)
    assert caught.value.code == "population.leading_zeros"
    assert caught.value.values["rows"] == 2


def test_two_files_about_other_people(tmp_path, register):
    chosen = write(tmp_path / "liste.csv", ("matricule", "nom"), [(f"Z{n}", "x") for n in CHOSEN])
    assert codes(lambda: read_decisions(chosen, ROLES, population=register)) == ["population.other_people"]  # fmt: skip


def test_identifiers_missing(tmp_path, register):
    chosen = write(tmp_path / "liste.csv", ("Matricules", "nom"), [(n, "x") for n in CHOSEN])
    assert codes(lambda: read_decisions(chosen, ROLES, population=register)) == ["population.identifier_missing_list"]  # fmt: skip
    without = replace(ROLES, identifier=None)
    assert codes(lambda: read_decisions(chosen, without, population=register)) == ["population.identifier_needed"]  # fmt: skip


def test_declared_in_audit_toml(tmp_path, register):
    write(tmp_path / "liste.csv", ("matricule", "nom"), [(n, "x") for n in CHOSEN])
    (tmp_path / "audit.toml").write_text(
        'schema = "algo-audit/1"\n[source]\nfile = "liste.csv"\npopulation = "registre.csv"\n'
        '[roles]\noutcome = "promu"\nidentifier = "matricule"\nprotected = ["sexe"]\n'
        '[policy]\neligible_defined_by = "Direction des ressources humaines"\n',
        encoding="utf-8",
    )
    case = load_case(tmp_path / "audit.toml")
    result = run_audit(case, case.read())
    assert result.source.rows_used == 120
    assert result.policy.eligible_defined_by == "Direction des ressources humaines"
