"""Pay and income of published files against figures made with pandas and scipy alone."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from scipy import stats

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.policy import Policy
from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.roles import Roles

pytestmark = pytest.mark.real_data

FILES = {
    "cps1985/CPS1985.csv": ("wage", "gender", "wage_by_gender"),
    "professors/Salaries.csv": ("salary", "sex", "salary_by_sex"),
    "attrition/hr_employee_attrition.csv": ("MonthlyIncome", "Gender", "monthly_income_by_gender"),
}


def audited(path, outcome, protected, *, strata=(), reference=None, **roles):
    case = Case(
        key="real",
        path=path,
        roles=Roles(outcome=outcome, worse="low", protected=protected, strata=strata, **roles),
        policy=Policy(reference=reference or {}),
    )
    return run_audit(case, case.read())


@pytest.mark.parametrize("name", FILES)
def test_means_medians_and_welch_are_those_of_the_oracle(real_data, name):
    outcome, attribute, key = FILES[name]
    path = real_data / name
    oracle = json.loads((path.parent / "oracle.json").read_text(encoding="utf-8"))[key]
    first, second = oracle["groups"]
    result = audited(path, outcome, (attribute,), reference={attribute: second})
    groups = {g.group: g for g in result.amounts.groups}
    for place, group in enumerate((first, second)):
        assert groups[group].mean == pytest.approx(oracle["mean"][place], abs=5e-7)
        assert groups[group].median == pytest.approx(oracle["median"][place])
    rows = {row.measure: row for row in result.comparisons}
    assert rows["mean"].group == first
    assert rows["mean"].ratio.value == pytest.approx(oracle["mean_ratio"], abs=5e-7)
    assert rows["mean"].p_value == pytest.approx(oracle["welch_p"], rel=1e-5)
    frame = pd.read_csv(path)
    sides = (frame.loc[frame[attribute] == one, outcome] for one in (second, first))
    expected = stats.brunnermunzel(*sides)
    assert rows["superiority"].p_value == pytest.approx(expected.pvalue, rel=1e-6)


def test_wages_within_union_and_sector(real_data):
    result = audited(
        real_data / "cps1985/CPS1985.csv", "wage", ("gender",), strata=("sector", "union")
    )
    rows = {(row.measure, row.stratum): row for row in result.comparisons}
    assert rows["superiority", None].verdict == "gap_established"
    assert rows["mean", None].difference.value == pytest.approx(7.878857 - 9.994913, abs=5e-7)
    for stratum in ("sector", "union"):
        assert rows["superiority", stratum].verdict == "lead"
        frame = pd.read_csv(real_data / "cps1985/CPS1985.csv")
        # van Elteren as the row mean score test: modified ridits inside each stratum
        excess, variance = 0.0, 0.0
        for _, part in frame.groupby(stratum):
            ridit = part.wage.rank() / (len(part) + 1)
            women = part.gender == "female"
            n, m = women.sum(), (~women).sum()
            excess += ridit[women].sum() - n * ridit.mean()
            variance += n * m / len(part) * ridit.var(ddof=1)
        z = excess / variance**0.5
        assert rows["superiority", stratum].p_value == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_pay_of_professors_within_rank_is_no_longer_established(real_data):
    result = audited(real_data / "professors/Salaries.csv", "salary", ("sex",), strata=("rank",))
    rows = {(row.measure, row.stratum): row for row in result.comparisons}
    assert rows["superiority", None].verdict == "gap_established"
    assert rows["mean", "rank"].difference.low < 0 < rows["mean", "rank"].difference.high
    assert "amount_vanishes" in {finding.code for finding in result.findings}


def test_teams_that_work_in_two_departments_get_no_verdict(real_data):
    path = real_data / "garments/garments_worker_productivity.csv"
    result = audited(path, "actual_productivity", ("department",), cluster="team_no")
    frame = pd.read_csv(path)
    means = frame.groupby("department").actual_productivity.mean()
    for group in result.amounts.groups:
        assert group.mean == pytest.approx(means[group.group])
        assert group.people == 12
    assert {row.verdict for row in result.comparisons} == {"not_shown", None}


def test_absences_are_those_of_thirty_six_people(real_data):
    path = real_data / "absenteeism/Absenteeism_at_work.csv"
    result = audited(path, "Absenteeism time in hours", ("Social drinker",), cluster="ID")
    frame = pd.read_csv(path)
    person = frame.groupby("ID").agg(
        hours=("Absenteeism time in hours", "mean"),
        drinks=("Social drinker", lambda drinks: drinks.mode()[0]),
    )
    assert result.amounts.averaged == 36
    for group in result.amounts.groups:
        own = person.loc[person.drinks == int(group.group), "hours"]
        assert (group.n, group.mean) == (len(own), pytest.approx(own.mean()))


def test_fares_by_payment_leave_a_few_trips_out(real_data):
    result = audited(real_data / "taxi/data.csv", "fare", ("payment_type",))
    frame = pd.read_csv(real_data / "taxi/data.csv")
    means = frame.groupby("payment_type").fare.mean()
    told = {g.group: g for g in result.amounts.groups}
    assert {name for name, g in told.items() if g.mean is None and name} <= {
        "Dispute",
        "Pcard",
        "Prcard",
    }
    for name in ("Cash", "Credit Card"):
        assert told[name].mean == pytest.approx(means[name])


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("cps1985/CPS1985.csv", "wage"),
        ("professors/Salaries.csv", "salary"),
        ("attrition/hr_employee_attrition.csv", "MonthlyIncome"),
        ("garments/garments_worker_productivity.csv", "actual_productivity"),
    ],
)
def test_init_finds_the_amount(real_data, name, outcome):
    roles = propose_roles(real_data / name).roles
    assert (roles.outcome, roles.worse, roles.favourable) == (outcome, "low", None)
    assert outcome not in roles.inputs
