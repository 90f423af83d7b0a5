"""Whole files of real decisions against figures computed once with plain pandas and scipy."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from algo_audit.audit import AuditResult, run_audit
from algo_audit.cases.case import Case
from algo_audit.data.policy import Policy
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles

pytestmark = pytest.mark.real_data

PLAIN = {
    "callbacks/lakisha_aer.csv": (
        Roles(outcome="call", favourable="1", protected=("race", "sex")),
        {"race": "race", "sex": "sex", "race x sex": "race × sex"},
    ),
    "utrecht_companies/recruitmentdataset-2022-1.3.csv": (
        Roles(
            outcome="decision",
            favourable="TRUE",
            protected=("gender", "nationality", "company"),
        ),
        {"gender": "gender", "nationality": "nationality", "company": "company"},
    ),
    "akkodis/akkodis.csv": (
        Roles(
            outcome="Status",
            favourable="Positive",
            protected=("Sex", "Age Bin", "Italian Residence", "European Residence"),
        ),
        {
            "Sex": "Sex",
            "Age Bin (trailing space kept)": "Age Bin",
            "Italian Residence": "Italian Residence",
            "European Residence": "European Residence",
            "Sex x Italian Residence": "Sex × Italian Residence",
        },
    ),
    "promotion_vignette/gender_discrimination.csv": (
        Roles(outcome="decision", favourable="promoted", protected=("gender",)),
        {"gender": "gender"},
    ),
    "bankwages/BankWages.csv": (
        Roles(outcome="job", favourable="manage", protected=("gender", "minority")),
        {
            "management by gender": "gender",
            "management by minority": "minority",
            "management by gender x minority": "gender × minority",
        },
    ),
    "lalonde/lalonde.csv": (
        Roles(outcome="treat", favourable="1", protected=("race", "married", "nodegree")),
        {"race": "race", "married": "married", "nodegree": "nodegree"},
    ),
    "adult/adult.csv": (
        Roles(outcome="income-per-year", favourable=">50K", protected=("sex", "race")),
        {"sex": "sex", "race": "race", "sex x race": "sex × race"},
    ),
}


def audit(path: Path, roles: Roles, policy: Policy | None = None) -> AuditResult:
    case = Case.from_options(path, roles=roles, policy=policy or Policy())
    return run_audit(case, read_decisions(path, roles))


def oracle(path: Path) -> dict:
    return json.loads((path.parent / "oracle.json").read_text(encoding="utf-8"))


def rates(result: AuditResult, attribute: str) -> dict[str, tuple[int, int, float]]:
    return {
        g.group: (g.n, g.events, g.rate.value)
        for g in result.groups
        if g.attribute == attribute and g.group is not None
    }


@pytest.mark.parametrize("name", PLAIN)
def test_counts_rates_ratios_and_fisher(real_data, name):
    path = real_data / name
    roles, tables = PLAIN[name]
    result = audit(path, roles)
    figures = oracle(path)["tables"]
    for key, attribute in tables.items():
        seen = rates(result, attribute)
        compared = {
            (c.group, c.reference): c
            for c in result.comparisons
            if c.attribute == attribute and c.measure == "selection_rate" and c.stratum is None
        }
        for row in figures[key]:
            group = row["group"].replace("|", " × ").strip()
            n, events, rate = seen[group]
            assert (n, events) == (row["n"], row["selected"]), (key, group)
            assert rate == pytest.approx(row["rate"], abs=5e-7)
            comparison = compared.get((group, row["reference"].replace("|", " × ").strip()))
            if comparison is None:  # the oracle's reference may be a group too small for ours
                continue
            assert comparison.ratio.value == pytest.approx(row["impact_ratio"], abs=5e-7)
            assert comparison.p_value == pytest.approx(row["fisher_p"], rel=1e-4, abs=1e-300)


def test_callbacks_by_race_is_established_and_the_cluster_narrows_it(real_data):
    path = real_data / "callbacks/lakisha_aer.csv"
    roles = Roles(outcome="call", favourable="1", protected=("race",), cluster="adid")
    result = audit(path, roles)
    (gap,) = [c for c in result.comparisons if c.family == "primary"]
    assert gap.ratio.value == pytest.approx(0.668085, abs=5e-7)
    assert gap.verdict == "gap_established"
    published = oracle(path)["difference_black_minus_white"]
    (effect,) = result.clusters
    assert effect.clusters == published["n_ads"]
    assert effect.difference == pytest.approx(published["diff"], abs=5e-7)
    assert effect.standard_error_clustered == pytest.approx(
        published["se_clustered_by_ad"], abs=5e-7
    )
    assert effect.standard_error_plain == pytest.approx(published["se_plain"], abs=5e-6)
    assert effect.design_effect < 1


def test_utrecht_companies_hide_opposite_gaps(real_data):
    path = real_data / "utrecht_companies/recruitmentdataset-2022-1.3.csv"
    roles = Roles(outcome="decision", favourable="TRUE", protected=("gender",), strata=("company",))
    result = audit(path, roles)
    (gap,) = [g for g in result.strata if g.group == "female"]
    by_level = {level.level: level for level in gap.levels}
    assert by_level["B"].rate == pytest.approx(0.13969, abs=5e-6)
    assert by_level["B"].rate_reference == pytest.approx(0.454717, abs=5e-6)
    assert by_level["D"].rate == pytest.approx(0.343115, abs=5e-6)
    assert by_level["D"].rate_reference == pytest.approx(0.219925, abs=5e-6)
    assert {"B", "D"} <= set(gap.opposite_levels)
    published = oracle(path)["stratified"]["gender by company"]
    assert gap.odds_ratio.value == pytest.approx(published["common_odds_ratio"], abs=5e-7)
    assert gap.cmh_p_value == pytest.approx(published["p"], rel=1e-3)
    assert any(f.code == "opposite_levels" for f in result.findings)


def test_akkodis_control_filled_in_after_the_hire_is_called_out(real_data):
    path = real_data / "akkodis/akkodis.csv"
    roles = Roles(
        outcome="Status",
        favourable="Positive",
        protected=("Sex",),
        strata=("Study Area", "Job Family Hiring"),
    )
    result = audit(path, roles)
    assert [w.column for w in result.controls if w.kind == "leak"] == ["Job Family Hiring"]
    assert any(f.code == "control_leaks" for f in result.findings)
    published = oracle(path)["stratified"]["Sex by Study Area"]
    # the figure compares women with men; ours compares men with the more favoured women
    (gap,) = [g for g in result.strata if g.stratum == "Study Area"]
    assert 1 / gap.odds_ratio.value == pytest.approx(published["common_odds_ratio"], abs=5e-7)


def test_bankwages_within_education_with_zero_cells(real_data):
    path = real_data / "bankwages/BankWages.csv"
    roles = Roles(outcome="job", favourable="manage", protected=("gender",), strata=("education",))
    result = audit(path, roles)
    published = oracle(path)["stratified"]["management by gender within education"]
    (gap,) = result.strata
    assert gap.odds_ratio.value == pytest.approx(published["common_odds_ratio"], abs=5e-7)


def test_ricci_pass_mark_and_top_of_each_list(real_data, tmp_path):
    figures = oracle(real_data / "ricci/ricci.csv")["tables"]
    frame = pd.read_csv(real_data / "ricci/ricci.csv")
    frame["passed"] = frame["Combine"].ge(70).map({True: "yes", False: "no"})
    places = frame["Position"].map({"Captain": 9, "Lieutenant": 10})
    order = frame.groupby("Position")["Combine"].rank(ascending=False, method="first")
    frame["eligible"] = order.le(places).map({True: "yes", False: "no"})
    path = tmp_path / "ricci.csv"
    frame.to_csv(path, index=False)
    for outcome in ("passed", "eligible"):
        result = audit(path, Roles(outcome=outcome, favourable="yes", protected=("Race",)))
        seen = rates(result, "Race")
        for row in figures[f"{outcome} by Race"]:
            assert seen[row["group"]][:2] == (row["n"], row["selected"])
        for comparison in result.comparisons:
            if comparison.reference != "W" or comparison.stratum is not None:
                continue
            (row,) = [r for r in figures[f"{outcome} by Race"] if r["group"] == comparison.group]
            if comparison.measure == "selection_rate":
                assert comparison.p_value == pytest.approx(row["fisher_p"], rel=1e-4)
    pooled = audit(
        path,
        Roles(outcome="eligible", favourable="yes", protected=("Race",), pool="Position"),
    )
    assert (pooled.pools.pools, pooled.pools.chosen) == (2, 19)


def test_adult_question_marks_are_unknown_and_counted(real_data):
    path = real_data / "adult/adult.csv"
    roles = Roles(
        outcome="income-per-year", favourable=">50K", protected=("workclass", "occupation")
    )
    result = audit(path, roles)
    published = oracle(path)["question_marks"]
    assert {u.attribute: u.n for u in result.unknowns} == {
        name: published[name] for name in ("workclass", "occupation")
    }
