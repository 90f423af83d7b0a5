"""Strata against statsmodels, scipy and single-table formulas."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from algo_audit.stats.association import fisher_exact
from algo_audit.stats.stratified import (
    breslow_day,
    cmh_test,
    exact_support,
    mantel_haenszel,
    mantel_haenszel_each,
)

STRATA = ([171, 63, 106, 152], [443, 451, 453, 443], [247, 241, 145, 117], [541, 530, 524, 532])


def _statsmodels(events, n, events_reference, n_reference) -> StratifiedTable:
    a, n1, b, n0 = (np.asarray(v, dtype=float) for v in (events, n, events_reference, n_reference))
    return StratifiedTable(np.array([[a, n1 - a], [b, n0 - b]]))


def test_odds_ratio_and_tests_are_statsmodels() -> None:
    table = _statsmodels(*STRATA)
    found = mantel_haenszel(*STRATA, confidence=0.9)
    assert found.odds_ratio.value == pytest.approx(table.oddsratio_pooled)
    np.testing.assert_allclose(found.odds_ratio[1:], table.oddsratio_pooled_confint(alpha=0.1))
    assert found.ratio.value == pytest.approx(table.riskratio_pooled)
    null = table.test_null_odds(correction=False)
    tested = cmh_test(*STRATA)
    assert (tested.statistic, tested.p_value) == pytest.approx((null.statistic, null.pvalue))
    equal = table.test_equal_odds(adjust=True)
    homogeneity = breslow_day(*STRATA)
    assert homogeneity.statistic == pytest.approx(equal.statistic)
    assert (homogeneity.df, homogeneity.p_value) == (3, pytest.approx(equal.pvalue))


def test_greenland_robins_of_one_stratum_is_the_textbook_variance() -> None:
    found = mantel_haenszel([60], [200], [90], [180])
    error = np.sqrt(1 / 60 - 1 / 200 + 1 / 90 - 1 / 180)
    z = stats.norm.ppf(0.975)
    ratio = (60 / 200) / (90 / 180)
    expected = (ratio, ratio * np.exp(-z * error), ratio * np.exp(z * error))
    assert found.ratio == pytest.approx(expected)


def test_sato_of_one_stratum_is_near_the_binomial_variance() -> None:
    found = mantel_haenszel([600], [2000], [900], [1800])
    error = np.sqrt(0.3 * 0.7 / 2000 + 0.5 * 0.5 / 1800)
    assert found.difference.value == pytest.approx(-0.2)
    assert found.difference.high == pytest.approx(-0.2 + stats.norm.ppf(0.975) * error, abs=2e-5)


def test_sato_variance_by_simulation() -> None:
    """Many small strata: the interval's half width is 1.96 times the estimate's own spread."""
    random = np.random.default_rng(7)
    n1, n0 = np.full(80, 4), np.full(80, 8)
    rates = random.uniform(0.2, 0.6, 80)
    values, halves = [], []
    for _ in range(400):
        found = mantel_haenszel(
            random.binomial(n1, rates - 0.1), n1, random.binomial(n0, rates), n0
        ).difference
        values.append(found.value)
        halves.append((found.high - found.low) / 2)
    # The spread of 400 draws is known to within 3.5 %.
    assert np.mean(halves) / 1.96 == pytest.approx(np.std(values), rel=0.12)
    assert np.mean(values) == pytest.approx(-0.1, abs=0.01)


def test_few_events_leave_an_open_interval() -> None:
    none = mantel_haenszel([0, 0], [15, 15], [0, 0], [20, 20])
    assert none.ratio.value is None
    assert none.odds_ratio.value is None
    assert none.difference.value == 0
    assert none.difference.low < -0.05 < 0.05 < none.difference.high
    group = mantel_haenszel([0, 0], [15, 15], [4, 3], [20, 20]).ratio
    assert group[:2] == (0.0, 0.0)
    assert 0.3 < group.high < 1.5
    reference = mantel_haenszel([4, 3], [15, 15], [0, 0], [20, 20]).ratio
    assert reference.value is None
    assert reference.low > 1
    assert reference.high == np.inf


def test_strata_without_one_of_the_groups_change_nothing() -> None:
    more = tuple([*column, extra] for column, extra in zip(STRATA, (5, 9, 0, 0), strict=True))
    assert mantel_haenszel(*more) == mantel_haenszel(*STRATA)
    assert mantel_haenszel([3], [5], [0], [0]).strata_used == 0
    assert mantel_haenszel([3], [5], [0], [0]).ratio.value is None


def test_exact_p_of_one_stratum_is_fisher() -> None:
    assert cmh_test([14], [24], [21], [24]).exact_p_value == pytest.approx(
        float(fisher_exact(14, 24, 21, 24))
    )


def test_exact_p_by_listing_all_tables() -> None:
    events, n, events_ref, n_ref = [1, 0, 2], [4, 3, 6], [4, 2, 2], [6, 5, 3]
    totals: dict[int, float] = {}
    margins = [(a + b, n1, n0) for a, n1, b, n0 in zip(events, n, events_ref, n_ref, strict=True)]
    for cells in itertools.product(*(range(n1 + 1) for n1 in n)):
        chance = np.prod(
            [
                stats.hypergeom.pmf(k, n1 + n0, n1, m)
                for k, (m, n1, n0) in zip(cells, margins, strict=True)
            ]
        )
        totals[sum(cells)] = totals.get(sum(cells), 0.0) + float(chance)
    observed = totals[sum(events)]
    expected = sum(chance for chance in totals.values() if chance <= observed * (1 + 1e-7))
    assert cmh_test(events, n, events_ref, n_ref).exact_p_value == pytest.approx(expected)
    possible = [total for total, chance in totals.items() if chance > 0]
    assert exact_support(events, n, events_ref, n_ref) == len(possible)


def test_reasons_when_a_test_is_not_given() -> None:
    assert cmh_test([0], [5], [0], [5]).missing_reason == "no_informative_stratum"
    assert cmh_test([0], [5], [0], [5]).p_value is None
    assert breslow_day([3], [9], [4], [9]).missing_reason == "one_stratum"
    small = breslow_day([1, 2], [5, 6], [2, 1], [7, 5])
    assert (small.missing_reason, small.p_value) == ("expected_counts_too_small", None)
    zero = breslow_day([0, 0], [30, 30], [9, 9], [30, 30])
    assert zero.missing_reason == "no_common_odds_ratio"


def test_breslow_day_of_equal_odds_ratios_is_zero() -> None:
    found = breslow_day([20, 40], [40, 80], [30, 60], [90, 180])
    assert found.statistic == pytest.approx(0.0, abs=1e-9)
    assert found.p_value == pytest.approx(1.0)


def test_pairs_together_equal_pairs_alone():
    # among them strata of every size, one group far ahead, and one that has everything
    pairs = [
        tuple(np.array(column) for column in zip(*rows, strict=True))
        for rows in (
            [(1, 9, 3, 7), (0, 4, 2, 11), (2, 3, 0, 30)],
            [(0, 15, 15, 15), (0, 21, 21, 21), (0, 37, 37, 37)],
            [(60, 200, 90, 180)],
            [(5, 7, 0, 0), (1, 2, 1, 2)],
            [(3, 5, 0, 0)],
        )
    ]
    together = mantel_haenszel_each(pairs)
    for pair, found in zip(pairs, together, strict=True):
        alone = mantel_haenszel(*pair)
        for name in ("ratio", "difference", "odds_ratio"):
            expected, seen = getattr(alone, name), getattr(found, name)
            assert [v is None for v in expected] == [v is None for v in seen]
            for a, b in zip(expected, seen, strict=True):
                assert a is None or b == pytest.approx(a, abs=1e-8)
        assert (alone.strata_used, alone.n_used) == (found.strata_used, found.n_used)
