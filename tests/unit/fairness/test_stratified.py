"""Gaps within strata: against statsmodels, and what is concluded from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import StratifiedTable

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.fairness.strata_tests import adjusted_tests, stratified_tests
from algo_audit.fairness.stratified import change_of_gap, stratified_gaps

LIMITS = read_limits()
# C. R. Charig et al., British Medical Journal 292 (1986): success by size of kidney stone.
STONES = {
    ("large", "open"): (192, 263),
    ("large", "keyhole"): (55, 80),
    ("small", "open"): (81, 87),
    ("small", "keyhole"): (234, 270),
}


def counts_of(cells, attribute="sex", stratum="family"):
    """Counts of {(stratum, group): (events, n)}."""
    strata = tuple(dict.fromkeys(level for level, _ in cells))
    groups = tuple(dict.fromkeys(group for _, group in cells))
    n = np.array([[cells.get((s, g), (0, 0))[1] for s in strata] for g in groups])
    events = np.array([[cells.get((s, g), (0, 0))[0] for s in strata] for g in groups])
    table = CountTable.from_counts(
        n, events, axes={attribute: groups, stratum: strata}, protected=(attribute,)
    )
    return table.counts((attribute,), stratum)


def gap_of(cells, reference, **options):
    (gap,) = stratified_gaps(counts_of(cells), reference=reference, limits=LIMITS, **options)
    return gap


VANISHING = {
    ("engineers", "F"): (30, 60),
    ("engineers", "H"): (120, 240),
    ("clerks", "F"): (24, 240),
    ("clerks", "H"): (6, 60),
}
OPPOSITE = {
    ("A", "F"): (10, 100),
    ("A", "H"): (50, 100),
    ("B", "F"): (50, 100),
    ("B", "H"): (10, 100),
    ("C", "F"): (30, 100),
    ("C", "H"): (31, 100),
}


def test_figures_are_those_of_statsmodels():
    gap = gap_of(STONES, "keyhole")
    tables = [
        np.array([[x, n - x], [y, m - y]])
        for (x, n), (y, m) in (
            (STONES[(size, "open")], STONES[(size, "keyhole")]) for size in ("large", "small")
        )
    ]
    theirs = StratifiedTable(tables)
    assert gap.odds_ratio.value == pytest.approx(theirs.oddsratio_pooled)
    low, high = theirs.oddsratio_pooled_confint()
    assert (gap.odds_ratio.low, gap.odds_ratio.high) == pytest.approx((low, high))
    assert gap.cmh_p_value == pytest.approx(theirs.test_null_odds(correction=False).pvalue)
    assert gap.homogeneity_p_value == pytest.approx(theirs.test_equal_odds(adjust=True).pvalue)
    assert gap.homogeneity_method == "breslow_day_tarone"


def test_simpsons_paradox_of_the_kidney_stones_is_called_a_reversal():
    gap = gap_of(STONES, "keyhole")
    assert gap.raw_difference.value == pytest.approx(273 / 350 - 289 / 350)
    assert gap.raw_difference.value < 0 < gap.adjusted_difference.value
    assert gap.reversal
    assert not gap.vanishes
    assert [level.difference > 0 for level in gap.levels] == [True, True]


def test_half_a_point_each_way_is_no_reversal():
    # surely changed, for the file is large; but from -0.6 to +0.6 point nothing is worth calling out
    cells = {
        ("a", "F"): (3289, 6500),
        ("b", "F"): (1911, 3500),
        ("a", "H"): (1750, 3500),
        ("b", "H"): (3510, 6500),
    }
    gap = gap_of(cells, "H")
    assert gap.raw_difference.value == pytest.approx(-0.006)
    assert gap.adjusted_difference.value == pytest.approx(0.006)
    assert not gap.reversal
    # the same points where one decision in fifty is favourable are a fifth of the rate
    rare = {
        ("a", "F"): (60, 6500),
        ("b", "F"): (140, 3500),
        ("a", "H"): (25, 3500),
        ("b", "H"): (220, 6500),
    }
    gap = gap_of(rare, "H")
    assert abs(gap.raw_difference.value) < 0.01
    assert gap.raw_difference.value < 0 < gap.adjusted_difference.value
    assert gap.reversal


def test_a_gap_that_is_all_between_strata_vanishes():
    gap = gap_of(VANISHING, "H")
    assert gap.raw_difference.value == pytest.approx(-0.24)
    assert gap.adjusted_difference.value == pytest.approx(0, abs=1e-12)
    assert gap.vanishes
    assert not gap.reversal


def test_a_gap_is_not_said_to_vanish_only_because_there_are_too_few_people():
    # the same gap in both strata, groups spread alike: nothing changes but the width
    cells = {(s, g): (x, 20) for s in ("a", "b") for g, x in (("F", 6), ("H", 12))}
    gap = gap_of(cells, "H", raw_gaps={"F"})
    assert not gap.vanishes


def test_what_vanishes_was_there_before():
    gap = gap_of(VANISHING, "H", raw_gaps=set())
    assert not gap.vanishes


def test_nothing_is_concluded_from_a_control_that_leaks():
    gap = gap_of(VANISHING, "H", leaks=True)
    assert not gap.vanishes
    assert gap.adjusted_difference.value == pytest.approx(0, abs=1e-12)
    assert gap_of(OPPOSITE, "H", leaks=True).opposite_levels == ()
    assert not gap_of(STONES, "keyhole", leaks=True).reversal


def test_levels_with_established_gaps_in_both_directions_are_named():
    gap = gap_of(OPPOSITE, "H")
    assert gap.opposite_levels == ("A", "B")
    # each is established after Holm over the three levels
    p = [fisher_exact([[x, 100 - x], [y, 100 - y]])[1] for x, y in ((10, 50), (50, 10))]
    assert max(p) * 3 < 0.05


def test_levels_that_differ_by_chance_are_not_opposite():
    cells = {**OPPOSITE, ("B", "F"): (14, 100)}
    assert gap_of(cells, "H").opposite_levels == ()


def test_levels_with_one_group_only_are_shown_and_not_compared():
    cells = {**VANISHING, ("drivers", "H"): (10, 40)}
    gap = gap_of(cells, "H")
    level = gap.levels[2]
    assert (level.n, level.n_reference, level.rate, level.ratio) == (0, 40, None, None)
    assert (gap.levels_used, gap.levels_all, gap.n_used) == (2, 3, 600)


def test_the_raw_gap_can_be_that_of_the_whole_file():
    raw = counts_of({("", "F"): (10, 100), ("", "H"): (40, 100)}, stratum="none")
    gap = gap_of(VANISHING, "H", raw=replace(raw, stratum=None))
    assert gap.raw_difference.value == pytest.approx(-0.3)
    assert gap.raw_ratio.value == pytest.approx(0.25)


def test_few_people_get_the_exact_test_and_no_homogeneity_test():
    cells = {("a", "F"): (0, 5), ("a", "H"): (4, 5), ("b", "F"): (1, 4), ("b", "H"): (3, 4)}
    counts = counts_of(cells)
    gaps = stratified_gaps(counts, reference="H", limits=LIMITS)
    rows = {row.kind: row for row in stratified_tests(counts, gaps, limits=LIMITS)}
    # all 6 x 5 pairs of tables with these margins, weighed by hand
    p = _exact_by_enumeration([(0, 5, 5, 4), (1, 4, 4, 4)])
    assert rows["cmh"].p_value == pytest.approx(p)
    assert rows["cmh"].p_value > float(1 - _chi2(rows["cmh"].statistic))
    assert gaps[0].homogeneity_method is None
    assert rows["breslow_day"].missing_reason == "no_common_odds_ratio" or (
        rows["breslow_day"].missing_reason == "expected_counts_too_small"
    )


def _chi2(value):
    from scipy.stats import chi2

    return chi2.cdf(value, 1)


def _exact_by_enumeration(tables):
    from itertools import product

    from scipy.stats import hypergeom

    laws = []
    for _, n, m, events in tables:
        support = range(max(0, events - m), min(n, events) + 1)
        laws.append([(k, hypergeom.pmf(k, n + m, events, n)) for k in support])
    totals = {}
    for combination in product(*laws):
        k = sum(value for value, _ in combination)
        totals[k] = totals.get(k, 0) + np.prod([weight for _, weight in combination])
    seen = sum(table[0] for table in tables)
    return sum(w for w in totals.values() if w <= totals[seen] * (1 + 1e-7))


def test_q_values_are_taken_within_each_kind_of_test():
    counts = counts_of(OPPOSITE)
    gaps = stratified_gaps(counts, reference="H", limits=LIMITS)
    rows = adjusted_tests(stratified_tests(counts, gaps, limits=LIMITS))
    assert {row.kind for row in rows} == {"cmh", "breslow_day", "reversal"}
    assert all(row.p_adjusted == pytest.approx(row.p_value) for row in rows)


def test_small_groups_are_left_out_and_a_missing_reference_gives_nothing():
    cells = {**VANISHING, ("clerks", "X"): (1, LIMITS.groups.compared_from - 1)}
    assert [gap.group for gap in stratified_gaps(counts_of(cells), reference="H", limits=LIMITS)]
    assert "X" not in {
        gap.group for gap in stratified_gaps(counts_of(cells), reference="H", limits=LIMITS)
    }
    assert stratified_gaps(counts_of(cells), reference="Z", limits=LIMITS) == ()


def test_the_variance_of_the_change_is_that_of_its_numerical_slopes():
    cells = np.array([[7.0, 20.0, 4.0], [13.0, 11.0, 30.0], [9.0, 6.0, 22.0], [8.0, 17.0, 5.0]])

    def change(x):
        n, m = x[0] + x[1], x[2] + x[3]
        adjusted = ((x[0] * m - x[2] * n) / (n + m)).sum() / (n * m / (n + m)).sum()
        return adjusted - (x[0].sum() / n.sum() - x[2].sum() / m.sum())

    variance = 0.0
    for place in np.ndindex(cells.shape):
        step = np.zeros_like(cells)
        step[place] = 1e-4
        slope = (change(cells + step) - change(cells - step)) / 2e-4
        variance += cells[place] * slope**2
    found = change_of_gap(cells[0], cells[0] + cells[1], cells[2], cells[2] + cells[3])
    assert found.value == pytest.approx(change(cells))
    assert found.statistic == pytest.approx(change(cells) / np.sqrt(variance), rel=1e-6)


def test_strata_that_share_no_group_tell_nothing():
    cells = {("a", "F"): (3, 20), ("b", "H"): (9, 20)}
    gap = gap_of(cells, "H")
    assert gap.adjusted_difference is None
    assert gap.adjusted_ratio is None
    assert gap.cmh_p_value is None
    assert (gap.levels_used, gap.n_used) == (0, 0)


def test_weighted_rows_are_compared_on_effective_counts(make_decisions):
    rng = np.random.default_rng(13)
    n = 600
    sex, site = rng.choice(["F", "H"], n), rng.choice(["a", "b"], n)
    outcome = (rng.random(n) < 0.3).astype(int)
    weight = rng.choice([1.0, 9.0], n)
    heavy = make_decisions(outcome, protected={"s": sex}, strata={"site": site}, weight=weight)
    plain = make_decisions(outcome, protected={"s": sex}, strata={"site": site})
    (one,), (other,) = (
        stratified_gaps(
            CountTable.from_decisions(d).counts(("s",), "site"), reference="H", limits=LIMITS
        )
        for d in (heavy, plain)
    )
    women = sex == "F"
    expected = np.average(outcome[women], weights=weight[women]) - np.average(
        outcome[~women], weights=weight[~women]
    )
    assert one.raw_difference.value == pytest.approx(expected)
    # n stays rows, the interval widens by the unevenness of the weights
    assert (one.n_used, one.levels[0].n) == (other.n_used, other.levels[0].n)
    widths = [gap.adjusted_difference.high - gap.adjusted_difference.low for gap in (one, other)]
    assert widths[0] > 1.15 * widths[1]
