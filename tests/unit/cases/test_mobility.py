"""The mobility case: what the audit of the shipped file concludes."""

from __future__ import annotations

import pytest

from algo_audit.audit import within_strata
from algo_audit.cases.case import builtin_case
from algo_audit.cases.truth import read_truth
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.fairness.controls import control_warnings
from algo_audit.fairness.questions import run_questions
from algo_audit.fairness.subgroups import intersections


@pytest.fixture(scope="module")
def audited():
    case, limits = builtin_case("mobility"), read_limits()
    decisions = case.read()
    table = CountTable.from_decisions(decisions)
    rows = run_questions(table, case.policy, limits, flips=False).comparisons
    gaps, _ = within_strata(table, rows, control_warnings(decisions, limits), limits)
    return rows, gaps, intersections(table, limits=limits)


@pytest.fixture(scope="module")
def facts():
    truth = read_truth("mobility")
    return {fact.key: fact.value for planted in truth.planted for fact in planted.facts}


def test_two_gaps_established_large_ones_by_age_excluded_one_question_open(audited):
    judged = {(row.attribute, row.group): row for row in audited[0] if row.stratum == "poste"}
    assert judged["sexe", "F"].verdict == "gap_established"
    assert judged["temps_travail", "Temps partiel"].verdict == "gap_established"
    ages = {group: row.verdict for (name, group), row in judged.items() if name == "age"}
    assert ages == dict.fromkeys(("<30", "40-49", "50+"), "large_gap_excluded")
    assert judged["mandat", "Oui"].verdict == "inconclusive"


def test_same_rating_hides_what_same_objectives_show(audited):
    """The control that carries the bias makes the gap vanish, and is said to be tainted."""
    gaps = {(gap.attribute, gap.group, gap.stratum): gap for gap in audited[1]}
    rating = gaps["temps_travail", "Temps partiel", "evaluation"]
    objectives = gaps["temps_travail", "Temps partiel", "objectifs"]
    assert rating.vanishes
    assert rating.possibly_tainted == "past_rating"
    assert not objectives.vanishes
    assert objectives.possibly_tainted is None
    assert objectives.adjusted_ratio.high < 0.8 < rating.adjusted_ratio.low


def test_gap_by_age_is_made_by_the_job_families(audited):
    vanishing = {(g.attribute, g.group, g.stratum) for g in audited[1] if g.vanishes}
    assert ("age", "50+", "filiere") in vanishing
    assert not any(gap.reversal for gap in audited[1])


def test_one_crossing_is_worse_than_its_parts(audited):
    assert [row.group for row in audited[2] if row.worse] == ["F × 40-49"]


@pytest.mark.parametrize(
    ("attribute", "group", "key"),
    [
        ("sexe", "F", "sex_ratio_post"),
        ("temps_travail", "Temps partiel", "part_time_ratio_post"),
        ("age", "50+", "age_50_ratio_post"),
        ("mandat", "Oui", "mandate_ratio_post"),
    ],
)
def test_figures_agree_with_those_computed_without_the_toolkit(
    audited, facts, attribute, group, key
):
    rows = [
        r for r in audited[0] if (r.attribute, r.group, r.stratum) == (attribute, group, "poste")
    ]
    assert rows[0].ratio.value == pytest.approx(facts[key], abs=5e-4)
