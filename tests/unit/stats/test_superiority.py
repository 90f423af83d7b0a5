"""Amounts of two groups against scipy, brute force and published examples."""

from __future__ import annotations

from itertools import combinations, product
from math import isnan, sqrt

import numpy as np
import pytest
from scipy import stats

from algo_audit.stats.superiority import (
    mean_difference,
    mean_ratio,
    median_difference,
    smallest_detectable_shift,
    superiority,
    within_strata,
)

# Pain on the third day after surgery, Brunner and Munzel (2000), table 1; corrected figures as
# Neubert and Brunner (2007) and R's lawstat give them.
TREATED = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
OTHERS = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
# Koch and Edwards (1988), arthritis: sex, treatment, people with no, some, marked improvement.
ARTHRITIS = (
    ("F", True, (6, 5, 16)),
    ("F", False, (19, 7, 6)),
    ("M", True, (7, 2, 5)),
    ("M", False, (10, 0, 1)),
)


def drawn(seed: int, n: int, m: int, *, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    first, second = rng.normal(0.4, 1, n), rng.gamma(2, 1, m)
    return (first.round(), second.round()) if ties else (first, second)


def arthritis() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    amounts, treated, sex = [], [], []
    for place, active, people in ARTHRITIS:
        for mark, n in enumerate(people):
            amounts += [mark] * n
            treated += [active] * n
            sex += [place] * n
    return np.array(amounts, float), np.array(treated), np.array(sex)


def test_pain_scores():
    found = superiority(OTHERS, TREATED, permutation_below=0)
    assert found.value == pytest.approx(0.788961, abs=5e-7)
    assert found.statistic == pytest.approx(3.1375, abs=5e-5)
    assert found.p_value == pytest.approx(0.005786, abs=5e-7)
    # the permutation of Neubert and Brunner: 0.008 of all splits
    assert superiority(OTHERS, TREATED).p_value == pytest.approx(0.008, abs=0.002)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ties", [False, True])
def test_brunner_munzel_is_that_of_scipy(seed, ties):
    first, second = drawn(seed, 31, 24, ties=ties)
    found = superiority(first, second)
    expected = stats.brunnermunzel(second, first)
    assert found.method == "brunner_munzel"
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    wins = (first[:, None] > second).mean() + (first[:, None] == second).mean() / 2
    assert found.value == pytest.approx(wins)
    assert found.low < found.value < found.high


def test_few_people_are_permuted_exactly():
    first, second = [3.0, 5, 5, 9], [1.0, 2, 5, 4, 3]
    found = superiority(first, second)
    pooled = np.array(first + second)
    seen = []
    for chosen in combinations(range(9), 4):
        rest = [i for i in range(9) if i not in chosen]
        with np.errstate(all="ignore"):
            one = stats.brunnermunzel(pooled[rest], pooled[list(chosen)], distribution="normal")
        seen.append(abs(one.statistic))
    ours = abs(stats.brunnermunzel(second, first).statistic)
    share = np.mean(np.nan_to_num(seen, nan=np.inf) >= ours - 1e-9)
    assert found.method == "exact_permutation"
    assert found.p_value == pytest.approx(share)


def test_groups_wholly_apart_count_splits():
    found = superiority([1, 2, 3, 4, 5], [6, 7, 8, 9])
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0.2 < found.high < 1
    assert found.p_value == pytest.approx(2 / 126)


def test_equal_amounts_say_nothing():
    found = superiority([2, 2, 2], [2, 2])
    assert (found.value, found.p_value, found.method) == (0.5, 1.0, "nothing_varies")


@pytest.mark.parametrize("seed", range(3))
def test_means_are_those_of_welch(seed):
    first, second = drawn(seed, 17, 40)
    found = mean_difference(first, second)
    expected = stats.ttest_ind(first, second, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.value == pytest.approx(first.mean() - second.mean())
    assert (found.statistic, found.df) == pytest.approx((expected.statistic, expected.df))
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_ratio_of_means_by_the_delta_method():
    first, second = np.array([4.0, 6, 8]), np.array([5.0, 10, 15, 10])
    found = mean_ratio(first, second)
    error = sqrt(4 / 3 / 36 + (50 / 3) / 4 / 100)
    assert found.value == pytest.approx(0.6)
    assert found.high == pytest.approx(0.6 * np.exp(1.959964 * error), rel=1e-6)
    assert found.low * found.high == pytest.approx(0.36)
    assert isnan(mean_ratio([-1, -2], [3, 4]).value)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Bonett's own examples, printed in the pages of R's statpsych
        (
            [32, 39, 26, 35, 43, 27, 40, 37, 34, 29],
            [36, 44, 47, 42, 49, 39, 46, 31, 33, 48],
            (-8.5, -16.95977, -0.04022524),
        ),
        (
            [70, 394, 43, 95, 62, 128, 2, 203, 81, 436, 85, 35, 156, 1, 3, 27, 63, 181, 184, 18],
            [102, 120, 78, 78, 417, 124, 86, 171, 176, 129, 230, 194, 100, 157, 306, 411, 164, 103,
             193, 312],
            (-85, -157.7441, -12.25589),
        ),
    ],
)  # fmt: skip
def test_medians_of_bonett_and_price(first, second, expected):
    found = median_difference(first, second)
    assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-6)


def test_medians_of_a_handful_have_no_interval():
    assert isnan(median_difference([1, 2, 3, 4], [1, 2, 3, 4, 5]).low)


def test_arthritis_within_sex():
    # row mean scores with modified ridits, as SAS prints them: 15.004 with 1 degree of freedom
    found = within_strata(*arthritis())
    assert found is not None
    assert found.statistic**2 == pytest.approx(15.004, abs=5e-4)
    assert found.p_value == pytest.approx(stats.chi2.sf(15.0041, 1), rel=1e-3)
    assert (found.n, found.n_reference, found.strata) == (41, 43, 2)
    # the mean gap by hand: 10/27 - ... within women and men, weighted by n m / (n + m)
    gaps = (37 / 27 - 19 / 32, 12 / 14 - 2 / 11)
    weights = (27 * 32 / 59, 14 * 11 / 25)
    expected = sum(g * w for g, w in zip(gaps, weights, strict=True)) / sum(weights)
    assert found.difference.value == pytest.approx(expected)


def test_one_stratum_is_the_rank_sum_test():
    first, second = drawn(3, 20, 16, ties=True)
    amounts = np.concatenate([first, second])
    found = within_strata(amounts, np.arange(36) < 20, np.zeros(36))
    expected = stats.mannwhitneyu(first, second, use_continuity=False, method="asymptotic")
    assert found is not None
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.superiority == pytest.approx(expected.statistic / 320)


def test_variance_within_strata_is_that_of_all_splits():
    # two strata small enough to deal every split: the variance of the weighted rank sums
    strata = (([1.0, 4, 4], [2.0, 4]), ([7.0, 3], [3.0, 5, 6]))
    parts = []
    for first, second in strata:
        pooled = np.array(first + second)
        ranks = stats.rankdata(pooled) / (len(pooled) + 1)
        parts.append([ranks[list(c)].sum() for c in combinations(range(len(pooled)), len(first))])
    dealt = np.array([sum(one) for one in product(*parts)])
    seen = sum(
        stats.rankdata(first + second)[: len(first)].sum() / (len(first + second) + 1)
        for first, second in strata
    )
    amounts = [x for first, second in strata for x in first + second]
    in_group = [place < len(f) for f, s in strata for place in range(len(f + s))]
    levels = [level for level, (f, s) in enumerate(strata) for _ in f + s]
    found = within_strata(amounts, in_group, levels)
    assert found is not None
    assert found.statistic == pytest.approx((seen - dealt.mean()) / dealt.std())


def test_strata_with_one_group_alone_say_nothing():
    assert within_strata([1.0, 2, 3], [True, True, False], [0, 0, 1]) is None


def test_a_gap_of_the_smallest_detectable_size_is_seen_four_times_in_five():
    rng = np.random.default_rng(5)
    first, second = rng.normal(0, 1, 60), rng.normal(0, 2, 90)
    gap = smallest_detectable_shift(first, second)
    scale, other = first.std(ddof=1), second.std(ddof=1)
    drawn_again = rng.normal(gap, scale, (1500, 60)), rng.normal(0, other, (1500, 90))
    seen = stats.ttest_ind(*drawn_again, axis=1, equal_var=False).pvalue < 0.05
    assert np.mean(seen) == pytest.approx(0.80, abs=0.035)
    assert isnan(smallest_detectable_shift([1, 1], [1, 1]))
