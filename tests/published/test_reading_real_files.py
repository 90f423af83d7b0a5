"""Reading whole files of real decisions: rows, decisions and unknowns as their publishers wrote."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from algo_audit.data.reading import read_decisions
from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

pytestmark = pytest.mark.real_data

# file: roles, favourable value as written, whether it is detected, unknown words of the file
FILES = {
    "callbacks/lakisha_aer.csv": (
        Roles(outcome="call", protected=("race", "sex"), strata=("city",), cluster="adid"), "1", True,
    ),
    "utrecht/hiring_data.csv": (
        Roles(outcome="decision", protected=("gender", "nationality", "age")), "True", True,
    ),
    "utrecht_companies/recruitmentdataset-2022-1.3.csv": (
        Roles(outcome="decision", protected=("gender",), strata=("company",)), "TRUE", True,
    ),
    "akkodis/akkodis.csv": (
        Roles(outcome="Status", protected=("Sex", "Age Bin")), "Positive", True,
    ),
    "promotion_vignette/gender_discrimination.csv": (
        Roles(outcome="decision", protected=("gender",)), "promoted", True,
    ),
    "bankwages/BankWages.csv": (
        Roles(outcome="job", protected=("gender", "minority")), "manage", False,
    ),
    "lalonde/lalonde.csv": (
        Roles(outcome="treat", protected=("race", "married", "age")), "1", True,
    ),
    "adult/adult.csv": (
        Roles(outcome="income-per-year", protected=("sex", "race", "workclass")), ">50K", True,
    ),
    "german_credit/german.csv": (
        Roles(outcome="credit", protected=("foreign_worker", "age")), "1", False,
    ),
    "oulad/oulad_clean.csv": (
        Roles(outcome="final_result", protected=("gender", "disability", "age_band")), "Pass", True,
    ),
    "absenteeism/Absenteeism_at_work.csv": (
        Roles(outcome="Disciplinary failure", protected=("Age", "Education")), "0", False,
    ),
    "attrition/hr_employee_attrition.csv": (
        Roles(outcome="Attrition", protected=("Age", "Gender", "MaritalStatus")), "0", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_counts_of_the_file(real_data, name):
    roles, favourable, detected = FILES[name]
    path = real_data / name
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not detected:
        # a decision that is bad news, or has no telling words, is asked about
        with pytest.raises(AuditError) as caught:
            read_decisions(path, roles)
        codes = {fault.code for fault in caught.value.faults}
        assert codes <= {"reading.outcome_favourable_needed", "reading.outcome_not_binary"}
        roles = Roles(**{**roles.__dict__, "favourable": favourable})
    decisions = read_decisions(path, roles)
    assert decisions.roles.favourable == favourable
    assert len(decisions) == len(rows)
    assert int(decisions.outcome.sum()) == sum(
        row[roles.outcome].strip() == favourable for row in rows
    )
    for attribute, column in decisions.protected.items():
        if attribute.casefold() == "age":
            continue
        written = Counter(row[attribute].strip() for row in rows)
        found = Counter(column.levels[code] if code >= 0 else "?" for code in column.codes.tolist())
        assert found == written


def test_age_bands_of_adult(real_data):
    path = real_data / "adult/adult.csv"
    roles = Roles(outcome="income-per-year", protected=("age",))
    column = read_decisions(path, roles).protected["age"]
    with path.open(encoding="utf-8", newline="") as stream:
        ages = [int(row["age"]) for row in csv.DictReader(stream)]
    assert column.levels == ("<30", "30-39", "40-49", "50+")
    assert column.codes.tolist() == [sum(age >= cut for cut in (30, 40, 50)) for age in ages]


def test_columns_filled_in_after_the_hire_are_not_proposed(real_data):
    proposal = propose_roles(real_data / "akkodis/akkodis.csv")
    reasons = {one.column: one.reason for one in proposal.columns if one.role is None}
    assert reasons["Job Family Hiring"] == reasons["Job Title Hiring"] == "after_decision"
    assert proposal.roles.outcome == "Status"


@pytest.mark.parametrize(
    ("name", "outcome", "protected"),
    [
        ("callbacks/lakisha_aer.csv", "call", {"race", "sex"}),
        ("utrecht/hiring_data.csv", "decision", {"gender", "age", "nationality"}),
        ("oulad/oulad_clean.csv", "final_result", {"gender", "age_band", "disability"}),
        ("lalonde/lalonde.csv", "treat", {"age", "race", "married"}),
        (
            "attrition/hr_employee_attrition.csv",
            "MonthlyIncome",
            {"Age", "Gender", "MaritalStatus"},
        ),
        ("cps1985/CPS1985.csv", "wage", {"age", "ethnicity", "gender", "married"}),
    ],
)
def test_proposed_roles(real_data, name, outcome, protected):
    roles = propose_roles(real_data / name).roles
    assert roles.outcome == outcome
    assert set(roles.protected) == protected
    assert not protected & set(roles.inputs)


def test_a_file_that_begins_with_another_table(real_data):
    with pytest.raises(AuditError) as caught:
        propose_roles(real_data / "egapro_mock/mock-gip-mds.csv")
    assert caught.value.code == "reading.ragged_lines"
    assert caught.value.values["found"] == [71]
