"""Published and independently computed figures of the chapters, from counts that are committed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.fairness.clusters import cluster_chapter
from algo_audit.fairness.controls import control_warnings
from algo_audit.fairness.ranking import pool_chapter
from algo_audit.fairness.score_groups import score_chapter
from algo_audit.fairness.strata_tests import stratified_tests
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.fairness.subgroups import intersections

LIMITS = read_limits()
TABLES = json.loads((Path(__file__).parent / "stratified_counts.json").read_text(encoding="utf-8"))


def _table(name, attribute, stratum, *, protected=None):
    """CountTable of rows [level, group, n, events]."""
    rows = TABLES[name]
    levels = tuple(dict.fromkeys(row[0] for row in rows))
    groups = tuple(dict.fromkeys(row[1] for row in rows))
    n = np.zeros((len(groups), len(levels)), dtype=int)
    events = np.zeros_like(n)
    for level, group, size, favourable in rows:
        n[groups.index(group), levels.index(level)] = size
        events[groups.index(group), levels.index(level)] = favourable
    return CountTable.from_counts(
        n, events, axes={attribute: groups, stratum: levels}, protected=protected or (attribute,)
    )


def _rows(name):
    """One entry per person: level, group, outcome."""
    level, group, outcome = [], [], []
    for place, of, n, events in TABLES[name]:
        level += [place] * n
        group += [of] * n
        outcome += [1] * events + [0] * (n - events)
    return level, group, outcome


def _gap(name, attribute, stratum, group, reference):
    counts = _table(name, attribute, stratum).counts((attribute,), stratum)
    gaps = stratified_gaps(counts, reference=reference, limits=LIMITS)
    (gap,) = [entry for entry in gaps if entry.group == group]
    tests = {row.kind: row for row in stratified_tests(counts, [gap], limits=LIMITS)}
    return gap, tests


def test_utrecht_companies_b_and_d_favour_opposite_sexes():
    gap, tests = _gap("utrecht_companies", "gender", "company", "female", "male")
    assert gap.raw_ratio.value == pytest.approx(0.779504, abs=5e-7)
    assert gap.odds_ratio.value == pytest.approx(0.701831, abs=5e-7)
    assert tests["cmh"].statistic == pytest.approx(26.910823, abs=5e-7)
    assert gap.cmh_p_value == pytest.approx(2.13062e-07, rel=1e-5)
    rates = {level.level: (level.rate, level.rate_reference) for level in gap.levels}
    assert rates["B"] == pytest.approx((0.13969, 0.454717), abs=5e-7)
    assert rates["D"] == pytest.approx((0.343115, 0.219925), abs=5e-7)
    assert gap.opposite_levels == ("B", "D")
    assert tests["breslow_day"].p_value < 1e-20
    assert not gap.reversal
    assert not gap.vanishes


def test_akkodis_study_area_against_the_control_that_leaks():
    gap, tests = _gap("akkodis_study_area", "Sex", "Study Area", "Female", "Male")
    assert gap.odds_ratio.value == pytest.approx(1.241165, abs=5e-7)
    assert tests["cmh"].statistic == pytest.approx(4.182254, abs=5e-7)
    assert gap.cmh_p_value == pytest.approx(0.0408493, abs=5e-8)
    gap, tests = _gap("akkodis_job_family", "Sex", "Job Family Hiring", "Female", "Male")
    assert gap.odds_ratio.value == pytest.approx(0.888495, abs=5e-7)
    assert tests["cmh"].statistic == pytest.approx(0.768098, abs=5e-7)
    assert gap.cmh_p_value == pytest.approx(0.380806, abs=5e-7)


@pytest.mark.parametrize(
    ("name", "column", "leaks"),
    [
        ("akkodis_study_area", "Study Area", False),
        ("akkodis_job_family", "Job Family Hiring", True),
    ],
)
def test_akkodis_control_filled_in_after_the_hire_leaks(make_decisions, name, column, leaks):
    level, sex, outcome = _rows(name)
    decisions = make_decisions(outcome, protected={"Sex": sex}, strata={column: level})
    warnings = control_warnings(decisions, LIMITS)
    if not leaks:
        assert warnings == ()
        return
    (warning,) = warnings
    assert (warning.kind, warning.column, warning.reason) == (
        "leak",
        column,
        "specified_all_favourable",
    )
    assert (warning.rows, warning.events) == (445, 445)
    assert "Not Specified" not in warning.values


def test_bankwages_within_education_has_zero_cells():
    gap, tests = _gap("bankwages_education", "gender", "education", "female", "male")
    assert gap.odds_ratio.value == pytest.approx(0.200082, abs=5e-7)
    assert tests["cmh"].statistic == pytest.approx(9.757059, abs=5e-7)
    assert gap.cmh_p_value == pytest.approx(0.00178635, abs=5e-9)
    assert tests["breslow_day"].missing_reason == "expected_counts_too_small"
    assert gap.homogeneity_method is None
    assert (gap.levels_used, gap.levels_all) == (5, 10)


def test_bankwages_no_minority_woman_is_in_management():
    table = _table("bankwages_minority", "gender", "minority", protected=("gender", "minority"))
    found = {entry.group: entry for entry in intersections(table, limits=LIMITS)}
    entry = found["female × yes"]
    assert (entry.n, entry.events, entry.rate) == (40, 0, 0.0)
    # each single gap alone leaves one in a hundred: nobody is not less than that by more than chance
    assert entry.expected_product == pytest.approx(10 / 176 * (4 / 64) / (70 / 194), rel=0.2)
    assert not entry.worse


def test_ricci_eligible_within_the_two_lists(make_decisions):
    position, race, outcome = _rows("ricci_eligible")
    decisions = make_decisions(outcome, protected={"Race": race}, pool=position)
    pools = pool_chapter(decisions, references={"Race": "W"}, limits=LIMITS)
    assert (pools.pools, pools.pools_with_choice, pools.chosen) == (2, 2, 19)
    chosen = {share.group: (share.n, share.chosen) for share in pools.shares}
    assert chosen == {"B": (27, 0), "H": (23, 2), "W": (68, 17)}
    gaps = {gap.group: gap for gap in pools.gaps}
    assert gaps["B"].raw == pytest.approx(-0.25)
    assert gaps["H"].raw == pytest.approx(0.086957 - 0.25, abs=5e-7)
    # pair rates by hand: captains 7 of 33 (with B), lieutenants 10 of 62
    within = (0 - 8 * 7 / 33) + (0 - 19 * 10 / 62)
    assert gaps["B"].within == pytest.approx(within * (1 / 27 + 1 / 68))
    # of 9 captains' and 10 lieutenants' places, an equal draw gives
    shares = {share.group: share.share_expected for share in pools.shares}
    assert shares["B"] == pytest.approx((9 * 8 / 41 + 10 * 19 / 77) / 19)


def test_callbacks_clustered_by_advertisement(make_decisions):
    race, advertisement, called = [], [], []
    for nb, xb, nw, xw, ads in TABLES["callbacks_by_advertisement"]:
        for _ in range(ads):
            name = f"{len(race):05d}"
            race += ["b"] * nb + ["w"] * nw
            called += [1] * xb + [0] * (nb - xb) + [1] * xw + [0] * (nw - xw)
            advertisement += [name] * (nb + nw)
    decisions = make_decisions(called, protected={"race": race}, cluster=advertisement)
    (effect,) = cluster_chapter(decisions, references={"race": "w"}, limits=LIMITS)
    assert effect.clusters == 1323
    assert effect.difference == pytest.approx(-0.032033, abs=5e-7)
    assert effect.standard_error_plain == pytest.approx(0.007785, abs=5e-7)
    assert effect.standard_error_clustered == pytest.approx(0.006195, abs=5e-7)
    # every advertisement got both: clusters narrow the interval
    assert effect.design_effect == pytest.approx((0.006195 / 0.007785) ** 2, rel=1e-3)
    assert effect.method == "cluster_t"


LL144 = {
    "sex": {"Male": (92, 50, 54.3, 1.0), "Female": (76, 34, 44.7, 0.82)},
    "race": {
        "Hispanic or Latino": (28, 18, 64.2, 1.0),
        "White": (40, 15, 37.5, 0.58),
        "Black or African American": (32, 16, 50.0, 0.78),
        "Native Hawaiian or Pacific Islander": (8, 5, 62.5, 0.97),
        "Asian": (24, 10, 41.7, 0.65),
        # two categories are not in the text that could be seen: 36 people, 20 of them above
        "not seen": (36, 20, None, None),
    },
}


@pytest.mark.parametrize("attribute", LL144)
def test_new_york_scoring_rates(make_decisions, attribute):
    groups, score = [], []
    for group, (n, above, _, _) in LL144[attribute].items():
        groups += [group] * n
        score += [2.0] * above + [1.0] * (n - above)
    # 84 of 168 above: any score between the two halves is a median; numpy takes the middle
    decisions = make_decisions(
        [int(value > 1) for value in score], protected={attribute: groups}, score=score
    )
    reference = next(iter(LL144[attribute]))
    scores = score_chapter(decisions, references={attribute: reference}, limits=LIMITS)
    assert scores.n == 168
    assert sum(group.above_median.value * group.n for group in scores.groups) == pytest.approx(84)
    rates = {group.group: group.above_median.value for group in scores.groups}
    for group, (_, _, percent, ratio) in LL144[attribute].items():
        if percent is None:
            continue
        # the printed 64.2 is 64.2857 cut, all others are rounded
        assert rates[group] * 100 == pytest.approx(percent, abs=0.0858)
        assert rates[group] / rates[reference] == pytest.approx(ratio, abs=0.005)
