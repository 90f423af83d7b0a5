"""Findings: which come first, that ids name the question, and that each kind has its turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.fairness.ranking import PoolGap, Pools
from algo_audit.fairness.scores import Labels
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.subgroups import Intersection
from algo_audit.fairness.unknowns import Unknowns
from algo_audit.findings import rank_findings

GAP = Comparison(
    attribute="sexe",
    group="F",
    reference="H",
    measure="selection_rate",
    unit="share",
    stratum=None,
    n=100,
    events=20,
    n_reference=100,
    events_reference=40,
    value=0.2,
    reference_value=0.4,
    difference=Interval(-0.2, -0.32, -0.07),
    ratio=Interval(0.5, 0.32, 0.78),
    p_value=0.003,
    p_adjusted=0.006,
    test="fisher",
    family="primary",
    verdict="gap_established",
    shortfall=Interval(20.0, 7.0, 32.0),
)
STRATUM = StratifiedGap(
    attribute="sexe",
    group="F",
    reference="H",
    stratum="métier",
    raw_difference=Interval(-0.2, -0.3, -0.1),
    raw_ratio=Interval(0.5, 0.3, 0.8),
    adjusted_difference=Interval(0.01, -0.1, 0.1),
    adjusted_ratio=Interval(1.02, 0.8, 1.3),
    odds_ratio=None,
    cmh_p_value=0.8,
    homogeneity_p_value=None,
    homogeneity_method=None,
    reversal=False,
    opposite_levels=(),
    vanishes=True,
    possibly_tainted=None,
    levels_used=2,
    levels_all=2,
    n_used=200,
    levels=(),
)


def rank(comparisons=(), strata=(), **chapters):
    return rank_findings(comparisons, strata, unknown_share=0.05, **chapters)


def test_an_established_gap_comes_before_everything_else():
    weak = replace(GAP, attribute="age", group="50+", verdict="inconclusive")
    found = rank(comparisons=[weak, GAP], strata=[STRATUM])
    assert [f.code for f in found] == ["gap_established", "vanishes_within", "inconclusive"]
    assert [f.rank for f in found] == [1, 2, 3]
    assert found[0].comparison == 1


def test_the_id_names_the_question_and_not_the_answer():
    answers = [rank([replace(GAP, verdict=v)])[0].id for v in ("gap_established", "inconclusive")]
    assert answers[0] == answers[1] == "gap:sexe:F"


def test_the_larger_shortfall_comes_first_and_repeats_wait():
    other = replace(GAP, group="X", shortfall=Interval(50.0, 40.0, 60.0))
    weak = replace(GAP, attribute="age", group="50+", verdict="not_shown", shortfall=None)
    found = rank([GAP, other, weak])
    assert [f.id for f in found] == ["gap:sexe:X", "gap:age:50+", "gap:sexe:F"]


def test_a_crossing_that_repeats_its_parts_is_no_finding_unless_it_is_worse():
    crossing = replace(
        GAP, attribute="sexe × age", group="F × 50+", family="exploratory", verdict="lead"
    )
    codes = [f.code for f in rank([GAP, crossing])]
    assert codes == ["gap_established"]
    worse = Intersection(
        "sexe × age",
        "F × 50+",
        n=50,
        events=2,
        rate=0.04,
        rates_of_parts=(0.2, 0.3),
        expected_sum=0.2,
        expected_product=0.2,
        difference_to_expected=Interval(-0.16, -0.2, -0.1),
        ratio_to_expected=Interval(0.2, 0.1, 0.5),
        p_value=0.001,
        p_adjusted=0.01,
        worse=True,
    )
    found = rank([GAP, crossing], intersections=[worse])
    assert [f.code for f in found] == ["gap_established", "lead_intersection"]
    assert found[1].values["worse_than_parts"]


def test_a_reversal_is_said_once_and_not_also_as_opposite_levels():
    both = replace(STRATUM, reversal=True, opposite_levels=("B", "D"))
    assert [f.code for f in rank(strata=[both])] == ["reversal"]


def test_only_leads_on_crossings_and_other_measures_are_findings():
    lead = replace(GAP, family="exploratory", verdict="lead", shortfall=None)
    crossing = replace(lead, attribute="sexe × age", group="F × 50+")
    measure = replace(lead, measure="precision")
    others = replace(crossing, reference=None)
    quiet = replace(crossing, verdict="inconclusive")
    found = rank([lead, crossing, measure, others, quiet])
    assert [f.code for f in found] == ["lead_intersection", "lead_measure"]


def test_leaks_labels_unknowns_and_pools_are_told():
    leak = ControlWarning("poste retenu", "leak", ("A", "B"), 40, 40, "after_decision")
    tainted = ControlWarning("note", "tainted", (), 200, 60, "past_rating")
    labels = Labels("suivi", 60, 60, 0, 60, 140, "favourable_only")
    few, many = (Unknowns("sexe", n, 1, n / 200, ()) for n in (2, 40))
    gap = PoolGap("sexe", "F", "H", raw=-0.2, between=-0.15, within=-0.05, within_interval=None)
    pools = Pools("offre", 30, 30, 60, (gap, replace(gap, group="X", within=-0.3)), ())
    found = rank(controls=[leak, tainted], unknowns=[few, many], pools=pools, labels=labels)
    assert [f.code for f in found] == [
        "control_leaks",
        "between_pools",
        "labels_only_for_selected",
        "unknowns_matter",
        "control_tainted",
    ]
    assert found[1].values["group"] == "F"
    assert found[3].values["n"] == 40


@pytest.mark.parametrize(("p_adjusted", "told"), [(0.3, 0), (0.01, 1)])
def test_what_chance_does_between_pools_is_no_finding(p_adjusted, told):
    gap = PoolGap("sexe", "F", "H", -0.2, -0.15, -0.05, None, 0.01, p_adjusted)
    found = rank(pools=Pools("offre", 30, 30, 60, (gap,), ()))
    assert [f.code for f in found].count("between_pools") == told


def test_the_raw_row_of_a_file_with_pools_is_no_finding():
    assert rank([replace(GAP, verdict=None)]) == ()
