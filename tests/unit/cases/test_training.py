"""The training case: what the audit of the shipped file concludes."""

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
    case, limits = builtin_case("training"), read_limits()
    decisions = case.read()
    table = CountTable.from_decisions(decisions)
    rows = run_questions(table, case.policy, limits, flips=False).comparisons
    gaps, _ = within_strata(table, rows, control_warnings(decisions, limits), limits)
    return rows, gaps, intersections(table, limits=limits)


def test_three_gaps_established_large_ones_excluded_elsewhere_one_question_open(audited):
    judged = {(r.attribute, r.group): r.verdict for r in audited[0] if r.stratum == "session"}
    assert judged == {
        ("sexe", "F"): "large_gap_excluded",
        ("age", "<30"): "large_gap_excluded",
        ("age", "40-49"): "large_gap_excluded",
        ("age", "50+"): "gap_established",
        ("temps_travail", "Temps partiel"): "gap_established",
        ("qualification", "Ouvrier ou employé"): "gap_established",
        ("qualification", "Technicien ou maîtrise"): "gap_established",
        ("handicap", "Oui"): "inconclusive",
    }


def test_what_vanishes_where(audited):
    """The gap by sex within the site; by qualification among people with as many past courses."""
    vanishing = {(g.attribute, g.group, g.stratum) for g in audited[1] if g.vanishes}
    assert vanishing == {
        ("sexe", "F", "etablissement"),
        ("qualification", "Ouvrier ou employé", "deja_forme"),
        ("qualification", "Technicien ou maîtrise", "deja_forme"),
    }
    assert not any(gap.reversal for gap in audited[1])
    assert not any(row.worse for row in audited[2])


@pytest.mark.parametrize(
    ("attribute", "group", "key"),
    [
        ("sexe", "F", "sex_ratio_session"),
        ("age", "50+", "age_50_ratio_session"),
        ("temps_travail", "Temps partiel", "part_time_ratio_session"),
        ("qualification", "Ouvrier ou employé", "workers_ratio_session"),
        ("handicap", "Oui", "disabled_ratio_session"),
    ],
)
def test_figures_agree_with_those_computed_without_the_toolkit(audited, attribute, group, key):
    facts = {f.key: f.value for one in read_truth("training").planted for f in one.facts}
    wanted = (attribute, group, "session")
    row = next(r for r in audited[0] if (r.attribute, r.group, r.stratum) == wanted)
    assert row.ratio.value == pytest.approx(facts[key], abs=5e-4)
