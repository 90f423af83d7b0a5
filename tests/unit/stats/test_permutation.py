"""Exact and re-drawn tables against brute force."""

from __future__ import annotations

from itertools import product
from math import comb, prod

import numpy as np
import pytest
import scipy.stats

from algo_audit.stats.exact_pair import exact_pair, hypergeometric_laws
from algo_audit.stats.permutation import (
    Draws,
    draw_tables,
    enumerated_tables,
    favour,
    gap_statistic,
    max_test,
    most_favoured,
    others_test,
)
from algo_audit.stats.score_resampling import Reference, linear_max_test

DRAWS = Draws(
    draws=9999, first=9999, at_least=999, cells=4_000_000, enumerated=20_000, support=20_000, seed=7
)


def column(*values):
    return np.array(values, dtype=np.int64)[:, np.newaxis]


def all_tables(n, events):
    for table in product(*(range(size + 1) for size in n)):
        if sum(table) == events:
            yield (
                table,
                prod(comb(a, b) for a, b in zip(n, table, strict=True)) / comb(sum(n), events),
            )


@pytest.mark.parametrize(
    ("a", "n1", "b", "n2"), [(14, 24, 21, 24), (0, 5, 3, 40), (10, 216, 74, 258), (0, 30, 30, 30)]
)
def test_one_stratum_is_fisher(a, n1, b, n2):
    test = exact_pair(column(n1, n2), column(a, b), support=1000)
    expected = scipy.stats.fisher_exact([[a, n1 - a], [b, n2 - b]]).pvalue
    assert test.method == "fisher"
    assert test.p_value == pytest.approx(expected, rel=1e-9)


def test_hypergeometric_laws():
    margins = [(7, 5, 9), (3, 40, 2), (6, 2, 0), (400, 300, 350)]
    found = hypergeometric_laws(*np.array(margins).T)
    for (first, second, events), (low, law) in zip(margins, found, strict=True):
        assert low == max(0, events - second)
        assert len(law) == min(first, events) - low + 1
        expected = scipy.stats.hypergeom(first + second, first, events)
        assert law == pytest.approx(expected.pmf(np.arange(low, low + len(law))), rel=1e-9)


def test_strata_are_convolved():
    n = np.array([[4, 6, 3], [5, 2, 0]])
    events = np.array([[1, 4, 2], [4, 1, 0]])
    laws = {}
    # the third stratum lacks the second group and says nothing
    for x in range(5):
        for y in range(7):
            p = scipy.stats.hypergeom(9, 4, 5).pmf(x) * scipy.stats.hypergeom(8, 6, 5).pmf(y)
            laws[x + y] = laws.get(x + y, 0.0) + p
    expected = sum(p for p in laws.values() if p <= laws[5] * (1 + 1e-7))
    test = exact_pair(n, events, support=1000)
    assert test.method == "exact_strata"
    assert test.p_value == pytest.approx(expected, rel=1e-12)
    assert test.minimum == pytest.approx(min(p for p in laws.values() if p > 0), rel=1e-9)


def test_large_strata_take_the_normal_limit_which_agrees():
    rng = np.random.default_rng(0)
    n = rng.integers(200, 400, (2, 20))
    events = rng.binomial(n, 0.3)
    exact = exact_pair(n, events, support=100_000)
    limit = exact_pair(n, events, support=10)
    assert (exact.method, limit.method) == ("exact_strata", "normal_limit")
    assert limit.p_value == pytest.approx(exact.p_value, abs=0.02)


def test_a_gap_beyond_the_exact_law_keeps_a_p_value():
    n = np.full((2, 3), 2000)
    events = np.array([[1000] * 3, [1600] * 3])
    test = exact_pair(n, events, support=100_000)
    assert 0 <= test.p_value < 1e-100


@pytest.mark.parametrize("events", [[[0], [0]], [[3], [4]]])
def test_margins_that_leave_one_table_have_p_one(events):
    test = exact_pair(column(3, 4), np.array(events), support=100)
    assert (test.p_value, test.minimum) == (1.0, 1.0)


def test_favour_is_observed_over_expected():
    n = np.array([[10, 30], [20, 10], [0, 5]])
    events = np.array([[5, 6], [4, 3], [0, 0]])
    expected = np.array([10 * 9 / 30 + 30 * 9 / 45, 20 * 9 / 30 + 10 * 9 / 45, 5 * 9 / 45])
    assert favour(n, events) == pytest.approx(events.sum(axis=1) / expected, abs=1e-11)


def test_strata_of_one_group_say_nothing():
    n = np.array([[10, 50], [10, 0]])
    assert favour(n, np.array([[2, 50], [4, 0]])).tolist() == pytest.approx([2 / 3, 4 / 3])


def test_ties_go_to_the_first():
    assert most_favoured(column(30, 15, 15), column(10, 5, 5), np.ones(3, dtype=bool)) == 0
    # equal rates whose expected counts round differently are equal
    assert most_favoured(column(49, 7, 21), column(14, 2, 6), np.ones(3, dtype=bool)) == 0


def test_only_candidates_are_chosen():
    candidates = np.array([True, False])
    assert most_favoured(column(10, 10), column(1, 9), candidates) == 0


def test_gap_statistic_is_the_pooled_z_but_for_n_minus_one():
    n, events = column(2435, 2435, 500), column(157, 235, 1)
    z = gap_statistic(n, events, np.array(1))
    assert z[0] == pytest.approx(4.108412 * np.sqrt(4869 / 4870), abs=1e-6)
    assert z[1] == 0.0


def test_gap_statistic_within_strata_is_cochran_mantel_haenszel():
    # UC Berkeley admissions 1973, women against men (Bickel et al. 1975): chi2 1.5246 without
    # continuity correction (R: mantelhaen.test(UCBAdmissions, correct = FALSE))
    n = np.array([[108, 25, 593, 375, 393, 341], [825, 560, 325, 417, 191, 373]])
    events = np.array([[89, 17, 202, 131, 94, 24], [512, 353, 120, 138, 53, 22]])
    z = gap_statistic(n, events, np.array(1))
    assert z[0] ** 2 == pytest.approx(1.5246, abs=5e-4)


def test_enumerated_tables_are_all_of_them():
    tables = enumerated_tables(np.array([4, 3, 2]), 5, at_most=1000)
    assert sorted(map(tuple, tables.tolist())) == sorted(t for t, _ in all_tables((4, 3, 2), 5))
    assert enumerated_tables(np.array([4, 3, 2]), 5, at_most=3) is None


@pytest.mark.parametrize("named", [True, False])
def test_three_groups_by_brute_force(named):
    n, events = (8, 6, 5), (2, 5, 4)
    candidates = None if named else np.array([True, True, False])

    def statistic(table):
        rates = [a / b for a, b in zip(table, n, strict=True)]
        best = 1 if named else max((0, 1), key=lambda i: rates[i])
        found = []
        for i in range(3):
            size, total = n[i] + n[best], table[i] + table[best]
            variance = n[i] * n[best] * total * (size - total) / (size**2 * max(size - 1, 1))
            gap = table[i] - n[i] * total / size
            found.append(0.0 if i == best or variance == 0 else abs(gap) / variance**0.5)
        return found

    seen = statistic(events)
    expected = [sum(p for t, p in all_tables(n, 11) if max(statistic(t)) >= z - 1e-9) for z in seen]
    test = max_test(column(*n), column(*events), Reference(1, candidates), DRAWS)
    assert test.method == "exact_tables"
    assert test.p_values[[0, 2]] == pytest.approx([expected[0], expected[2]], rel=1e-9)
    largest = max(max(statistic(t)) for t, _ in all_tables(n, 11))
    least = sum(p for t, p in all_tables(n, 11) if max(statistic(t)) >= largest - 1e-9)
    assert test.minimum == pytest.approx(least, rel=1e-9)


def test_random_tables_agree_with_all_tables():
    n, events = column(30, 25, 20), column(14, 8, 3)
    reference = Reference(0, np.ones(3, dtype=bool))
    exact = max_test(n, events, reference, DRAWS)
    few = Draws(9999, 9999, 999, 4_000_000, 1, 20_000, 7)
    drawn = max_test(n, events, reference, few)
    assert (exact.method, drawn.method) == ("exact_tables", "permutation")
    assert drawn.p_values == pytest.approx(exact.p_values, abs=0.015)
    again = max_test(n, events, reference, few, maxima=drawn.maxima)
    assert again.p_values.tolist() == drawn.p_values.tolist()


def test_the_normal_limit_is_that_of_random_tables():
    rng = np.random.default_rng(1)
    n = rng.integers(10, 30, (3, 60))
    n = n[np.argsort(-n.sum(axis=1))]
    events = rng.binomial(n, 0.3)
    everyone = np.ones(3, dtype=bool)
    reference = Reference(int(most_favoured(n, events, everyone)), everyone)
    limit = max_test(n, events, reference, Draws(9999, 9999, 999, 1000, 1, 20_000, 7))
    assert limit.method == "normal_limit"
    expected = n @ (events.sum(axis=0) / n.sum(axis=0))
    totals = draw_tables(n, events.sum(axis=0), 9999, rng).sum(axis=2) - expected
    drawn = linear_max_test(
        events.sum(axis=1) - expected, expected, np.cov(totals.T), reference, totals
    )
    assert limit.statistics == pytest.approx(drawn.statistics, rel=0.03)
    assert limit.p_values == pytest.approx(drawn.p_values, abs=0.03)


def test_drawn_tables_keep_their_margins_and_their_law():
    n = np.array([[5, 9], [4, 0], [6, 3]])
    tables = draw_tables(n, np.array([6, 4]), 4000, np.random.default_rng(2))
    assert (tables.sum(axis=1) == [6, 4]).all()
    assert (tables >= 0).all()
    assert (tables <= n).all()
    assert tables.mean(axis=0) == pytest.approx(n / n.sum(axis=0) * [6, 4], abs=0.08)


def test_an_early_stop_keeps_wide_p_values_and_refines_small_ones():
    n, events = column(120, 90, 30), column(40, 28, 0)
    reference = Reference(0, np.ones(3, dtype=bool))
    staged = Draws(9999, 999, 999, 4_000_000, 1, 20_000, 7)
    test = max_test(n, events, reference, staged)
    assert test.method == "permutation"
    assert (test.p_values[1] * 1000) == pytest.approx(round(test.p_values[1] * 1000))
    assert test.p_values[2] < 0.001


def test_ample_tables_are_explored_by_the_normal_limit_and_judged_by_drawing():
    n, events = column(400, 300, 200), column(100, 60, 32)
    reference = Reference(0, np.ones(3, dtype=bool))
    explored = max_test(n, events, reference, Draws(9999, 199, 999, 4_000_000, 1, 20_000, 7))
    judged = max_test(n, events, reference, Draws(9999, 9999, 999, 4_000_000, 1, 20_000, 7))
    assert (explored.method, judged.method) == ("normal_limit", "permutation")
    assert explored.p_values == pytest.approx(judged.p_values, abs=0.02)


def test_each_group_against_all_others():
    n, events = column(40, 30, 20), column(20, 6, 9)
    test = others_test(n, events, DRAWS)
    for i in range(3):
        rest, total = 90 - n[i, 0], 35
        gap = events[i, 0] - n[i, 0] * total / 90
        variance = n[i, 0] * rest * total * (90 - total) / (90**2 * 89)
        assert test.statistics[i] == pytest.approx(abs(gap) / variance**0.5)
    fisher = scipy.stats.fisher_exact([[20, 20], [15, 35]]).pvalue
    assert fisher < test.p_values[0] < 6 * fisher


def test_each_group_against_all_others_in_the_normal_limit():
    rng = np.random.default_rng(4)
    n = rng.integers(10, 30, (4, 50))
    events = rng.binomial(n, 0.2)
    drawn = others_test(n, events, DRAWS)
    limit = others_test(n, events, Draws(9999, 9999, 999, 1000, 1, 20_000, 7))
    assert (drawn.method, limit.method) == ("permutation", "normal_limit")
    assert limit.p_values == pytest.approx(drawn.p_values, abs=0.05)
