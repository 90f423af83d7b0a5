"""What must hold for any counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.stats.association import chi_square, fisher_exact, fisher_minimum, pooled_z
from algo_audit.stats.auc import auc_delong, auc_interval
from algo_audit.stats.effects import standardised_mean_difference
from algo_audit.stats.intervals import difference_interval, rate_interval, ratio_interval
from algo_audit.stats.multiplicity import benjamini_hochberg, fixed_sequence, holm, tarone
from algo_audit.stats.power import people_needed, smallest_detectable_ratio
from algo_audit.stats.stratified import breslow_day, cmh_test, mantel_haenszel

CONFIDENCE = st.sampled_from([0.8, 0.9, 0.95, 0.99])
# Time says nothing here: the first call of a special function loads it.
UNTIMED = settings(deadline=None)
FEWER = settings(deadline=None, max_examples=40)
P_VALUES = st.lists(st.floats(0, 1), max_size=12)


@st.composite
def groups(draw: st.DrawFn, largest: int = 400) -> tuple[int, int]:
    n = draw(st.integers(1, largest))
    return draw(st.integers(0, n)), n


STRATA = st.lists(st.tuples(groups(40), groups(40)), min_size=1, max_size=6)


def _columns(strata: list) -> tuple[list[int], ...]:
    return tuple(
        [stratum[group][place] for stratum in strata] for group in (0, 1) for place in (0, 1)
    )


@UNTIMED
@given(groups(), CONFIDENCE)
def test_rate_interval_holds_the_rate_and_mirrors(group: tuple[int, int], confidence) -> None:
    events, n = group
    low, high = rate_interval(events, n, confidence=confidence)
    assert 0 <= low <= events / n <= high <= 1
    assert low < high
    low_other, high_other = rate_interval(n - events, n, confidence=confidence)
    assert float(low_other) == pytest.approx(1 - high, abs=1e-9)
    assert float(high_other) == pytest.approx(1 - low, abs=1e-9)


@UNTIMED
@given(groups(), CONFIDENCE)
def test_surer_is_wider(group: tuple[int, int], confidence) -> None:
    low, high = rate_interval(*group, confidence=confidence)
    low_surer, high_surer = rate_interval(*group, confidence=0.995)
    assert low_surer <= low + 1e-12
    assert high_surer >= high - 1e-12


@UNTIMED
@given(groups(), groups(), CONFIDENCE)
def test_difference_interval_mirrors(first: tuple, second: tuple, confidence) -> None:
    low, high = difference_interval(*first, *second, confidence=confidence)
    assert -1 <= low <= first[0] / first[1] - second[0] / second[1] <= high <= 1
    low_back, high_back = difference_interval(*second, *first, confidence=confidence)
    assert float(low_back) == pytest.approx(-high, abs=1e-8)
    assert float(high_back) == pytest.approx(-low, abs=1e-8)
    refused = [(n - events, n) for events, n in (first, second)]
    low_refused, high_refused = difference_interval(*refused[0], *refused[1], confidence=confidence)
    assert float(low_refused) == pytest.approx(-high, abs=1e-8)
    assert float(high_refused) == pytest.approx(-low, abs=1e-8)


@UNTIMED
@given(groups(), groups(), CONFIDENCE)
def test_ratio_interval_inverts(first: tuple, second: tuple, confidence) -> None:
    low, high = ratio_interval(*first, *second, confidence=confidence)
    assert 0 <= low < high
    if second[0]:
        assert low <= first[0] / first[1] * second[1] / second[0] * (1 + 1e-9)
        assert np.isfinite(high)
    else:
        assert np.isinf(high)
    low_back, high_back = ratio_interval(*second, *first, confidence=confidence)
    if np.isfinite(high_back):
        assert float(low * high_back) == pytest.approx(1, rel=1e-7)
    else:
        assert low == 0
    if np.isfinite(high):
        assert float(high * low_back) == pytest.approx(1, rel=1e-7)


@UNTIMED
@given(groups(), groups())
def test_both_intervals_say_the_same_of_no_gap(first: tuple, second: tuple) -> None:
    """Where counts are not small, 0 leaves the difference exactly as 1 leaves the ratio."""
    if min(first[0], second[0], first[1] - first[0], second[1] - second[0]) <= 9:
        return
    difference = difference_interval(*first, *second)
    ratio = ratio_interval(*first, *second)
    # At the border rounding decides.
    if min(abs(float(limit)) for limit in difference) > 1e-6:
        assert (difference[0] > 0) == (ratio[0] > 1)
        assert (difference[1] < 0) == (ratio[1] < 1)


@FEWER
@given(st.lists(st.tuples(groups(60), groups(60)), min_size=1, max_size=8))
def test_many_at_once_are_each_alone(pairs: list) -> None:
    columns = _columns(pairs)
    for function in (difference_interval, ratio_interval):
        together = np.stack(function(*columns))
        alone = np.stack([np.stack(function(*first, *second)) for first, second in pairs], axis=1)
        np.testing.assert_allclose(together, alone, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(
        fisher_exact(*columns), [float(fisher_exact(*first, *second)) for first, second in pairs]
    )


@UNTIMED
@given(groups(), groups())
def test_fisher_and_z_are_symmetric(first: tuple, second: tuple) -> None:
    p = float(fisher_exact(*first, *second))
    assert 0 <= p <= 1
    assert float(fisher_exact(*second, *first)) == pytest.approx(p, rel=1e-9)
    refused = [(n - events, n) for events, n in (first, second)]
    assert float(fisher_exact(*refused[0], *refused[1])) == pytest.approx(p, rel=1e-9)
    smallest = float(fisher_minimum(first[1], second[1], first[0] + second[0]))
    assert smallest <= p * (1 + 1e-9)
    assert fisher_exact(*first, *second, mid=True) <= p
    z = pooled_z(*first, *second)
    assert float(pooled_z(*second, *first).statistic) == pytest.approx(-z.statistic)
    two = chi_square([first[0], second[0]], [first[1], second[1]])
    assert two.statistic == pytest.approx(float(z.statistic) ** 2, abs=1e-9)


@UNTIMED
@given(STRATA, st.randoms(use_true_random=False))
def test_order_and_empty_strata_change_nothing(strata: list, random) -> None:
    shuffled = [*strata, ((0, 0), (3, 7))]
    random.shuffle(shuffled)
    first, second = (mantel_haenszel(*_columns(rows)) for rows in (strata, shuffled))
    pairs = zip(first.difference + first.ratio, second.difference + second.ratio, strict=True)
    for left, right in pairs:
        assert left == right or left == pytest.approx(right, rel=1e-6, abs=1e-9)
    one, other = (cmh_test(*_columns(rows)) for rows in (strata, shuffled))
    assert one.missing_reason == other.missing_reason
    if one.p_value is not None:
        assert other.p_value == pytest.approx(one.p_value)
        assert other.exact_p_value == pytest.approx(one.exact_p_value)


@UNTIMED
@given(STRATA)
def test_adjusted_figures_hold_their_limits(strata: list) -> None:
    found = mantel_haenszel(*_columns(strata))
    assert found.difference.low <= found.difference.value <= found.difference.high
    if found.ratio.value is not None:
        assert found.ratio.low <= found.ratio.value <= found.ratio.high
    homogeneity = breslow_day(*_columns(strata))
    assert (homogeneity.p_value is None) == (homogeneity.missing_reason is not None)


@UNTIMED
@given(P_VALUES)
def test_corrections_are_ordered(p: list[float]) -> None:
    values = np.array(p)
    plain, found = holm(values), benjamini_hochberg(values)
    assert np.all((plain >= found - 1e-12) & (found >= values - 1e-12) & (plain <= 1))
    assert np.all(fixed_sequence(values) >= values)
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(plain[order]) >= 0)


@UNTIMED
@given(P_VALUES, st.floats(0.001, 0.2))
def test_tarone_leaves_out_only_what_cannot_be_shown(p: list[float], level: float) -> None:
    values = np.array(p)
    kept = tarone(values, level=level)
    assert np.all(values[kept] <= level)
    # Bonferroni's level over all questions is always reached by those that stay out less.
    assert np.all(kept[values <= level / max(len(p), 1)])


@FEWER
@given(st.integers(1, 150), st.integers(1, 150), st.floats(0.02, 0.98))
def test_more_people_show_smaller_gaps(n: int, n_reference: int, rate: float) -> None:
    few = smallest_detectable_ratio(n, n_reference, rate)
    many = smallest_detectable_ratio(4 * n, 4 * n_reference, rate)
    if few is not None:
        assert 0 <= few < 1
        assert many is not None
        assert many > few - 0.02


@UNTIMED
@given(st.floats(0.01, 0.99), st.floats(0.1, 0.9), st.floats(0.05, 0.95))
def test_smaller_gaps_need_more_people(rate: float, ratio: float, share: float) -> None:
    coarse, fine = (people_needed(rate, r, share=share) for r in (ratio, ratio + 0.05))
    assert coarse is not None
    assert fine is not None
    assert fine >= coarse


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    rows = draw(st.integers(1, 60))
    score = draw(st.lists(st.integers(-5, 5), min_size=rows, max_size=rows))
    label = draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    codes = draw(st.lists(st.integers(-1, 2), min_size=rows, max_size=rows))
    return np.array(score, dtype=float), np.array(label), np.array(codes)


@UNTIMED
@given(scored())
def test_auc_ignores_order_and_scale_of_scores(rows: tuple[np.ndarray, ...]) -> None:
    score, label, codes = rows
    found = auc_delong(score, label, codes, groups=3)
    low, high = auc_interval(found)
    known = ~np.isnan(found.auc)
    assert np.all((low[known] >= 0) & (high[known] <= 1))
    assert np.all((low[known] <= found.auc[known]) & (found.auc[known] <= high[known]))
    other = auc_delong(np.exp(score[::-1]), label[::-1], codes[::-1], groups=3)
    np.testing.assert_allclose(found.auc, other.auc)
    np.testing.assert_allclose(found.variance, other.variance, atol=1e-12)
    opposite = auc_delong(-score, label, codes, groups=3)
    np.testing.assert_allclose(found.auc, 1 - opposite.auc)


@UNTIMED
@given(st.floats(-50, 50), st.floats(0.1, 9), st.floats(-50, 50), st.floats(0.1, 9))
def test_standardised_difference_has_no_unit(m1: float, s1: float, m2: float, s2: float) -> None:
    found = standardised_mean_difference(m1, s1, 12, m2, s2, 30)
    scaled = standardised_mean_difference(3 * m1 + 7, 3 * s1, 12, 3 * m2 + 7, 3 * s2, 30)
    np.testing.assert_allclose(found, scaled, rtol=1e-6, atol=1e-9)
    back = standardised_mean_difference(m2, s2, 30, m1, s1, 12)
    assert float(back.value) == pytest.approx(-float(found.value), abs=1e-9)
