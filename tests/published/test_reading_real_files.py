"""Reading whole files of real decisions: rows, decisions and unknowns as their publishers wrote."""

from __future__ import annotations

import csv
import json
from collections import Counter

import numpy as np
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
    """Two lines about the export, of six cells; then a French table of 71 columns."""
    path = real_data / "egapro_mock/mock-gip-mds.csv"
    proposal = propose_roles(path)
    assert proposal.shape.shape == "amounts_wide"
    assert {entry.code for entry in proposal.journal} >= {"title_lines"}
    roles = proposal.roles
    assert roles.outcome == "Rem_globale_annuelle_moyenne_{sexe:F|H}"
    decisions = read_decisions(path, roles)
    sexes = decisions.protected["sexe"]
    women, men = (decisions.amount[sexes.codes == sexes.levels.index(sex)] for sex in ("F", "H"))
    oracle = json.loads((path.parent / "oracle.json").read_text(encoding="utf-8"))
    wanted = oracle["Rem_globale_annuelle_moyenne_ecart"]
    gap = (men - women) / men
    written = read_decisions(
        path,
        Roles(outcome="Rem_globale_annuelle_moyenne_ecart", worse="high"),
        compared=False,
    ).amount
    assert len(gap) == wanted["n"] == oracle["rows"]
    assert written.mean() == pytest.approx(wanted["mean"], abs=1e-6)
    assert np.median(written) == pytest.approx(wanted["median"], abs=1e-9)
    assert (np.abs(written) >= 0.05).mean() == pytest.approx(wanted["share_abs_at_least_5pct"])
    assert np.abs(gap - written).max() == pytest.approx(wanted["recomputed_max_abs_gap"], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "shape", "outcome", "protected"),
    [
        (
            "research_grants/research_funding_rates.csv",
            "counted_groups",
            "awards_{sex:men|women}",
            ("sex",),
        ),
        ("paired_audit/audit.csv", "pairs_wide", "{group:w|b}", ("group",)),
    ],
)
def test_shapes_that_are_no_rows_of_people(real_data, name, shape, outcome, protected):
    proposal = propose_roles(real_data / name)
    assert (proposal.shape.shape, proposal.roles.outcome) == (shape, outcome)
    assert proposal.roles.protected == protected
    decisions = read_decisions(real_data / name, proposal.roles)
    assert (len(decisions), int(decisions.outcome.sum())) in {(2823, 467), (482, 140)}


@pytest.mark.parametrize("name", [*FILES, "ricci/ricci.csv", "cps1985/CPS1985.csv"])
def test_rows_of_people_are_not_taken_for_a_counted_table(real_data, name):
    proposal = propose_roles(real_data / name)
    assert not proposal.shape.wide
    assert proposal.roles.count is None
