"""Cells drawn again against rows drawn again, and scores with random signs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from algo_audit.stats.resampling import multinomial_replicates, percentile_rates
from algo_audit.stats.score_resampling import (
    Reference,
    linear_max_test,
    normal_draws,
    p_values_of,
    wild_draws,
)


def test_replicates_keep_the_size_of_the_file():
    n = np.array([5, 0, 20, 75])
    drawn = multinomial_replicates(n, replicates=500, seed=1)
    assert drawn.shape == (500, 4)
    assert (drawn.sum(axis=1) == 100).all()
    assert not drawn[:, 1].any()
    assert drawn.mean(axis=0) == pytest.approx(n, abs=1.0)


def test_the_same_seed_gives_the_same_replicates():
    n = np.array([5, 20])
    one, other = (multinomial_replicates(n, replicates=9, seed=4) for _ in range(2))
    assert (one == other).all()


def test_an_empty_file_has_empty_replicates():
    assert not multinomial_replicates(np.zeros(3, dtype=np.int64), replicates=2, seed=1).any()


def test_intervals_are_those_of_rows_drawn_with_replacement():
    rng = np.random.default_rng(0)
    group, outcome = rng.integers(0, 2, 400), rng.integers(0, 2, 400)
    cells = np.array([((group == g) & (outcome == y)).sum() for g in (0, 1) for y in (0, 1)])
    chosen = np.array([[False, True, False, True]])
    low, high = percentile_rates(
        multinomial_replicates(cells, replicates=4000, seed=2),
        np.array([0, 0, 1, 1]),
        chosen,
        np.ones((1, 4), dtype=bool),
        groups=2,
        confidence=0.95,
    )
    rows = rng.integers(0, 400, (4000, 400))
    for g in (0, 1):
        member = group[rows] == g
        rates = (outcome[rows] * member).sum(axis=1) / member.sum(axis=1)
        expected = np.quantile(rates, [0.025, 0.975])
        assert [low[g, 0], high[g, 0]] == pytest.approx(expected, abs=0.006)


def test_quantiles_are_numpys():
    n = np.array([30, 50, 20, 40])
    replicates = multinomial_replicates(n, replicates=333, seed=3)
    group = np.array([0, 0, 1, -1])
    above = np.array([[True, False, True, True], [False, True, False, False]])
    below = np.ones((2, 4), dtype=bool)
    low, high = percentile_rates(replicates, group, above, below, groups=2, confidence=0.9)
    rates = replicates[:, 0] / (replicates[:, 0] + replicates[:, 1])
    assert [low[0, 0], high[0, 0]] == pytest.approx(np.quantile(rates, [0.05, 0.95]))
    assert (low[1, 0], high[1, 0]) == (1.0, 1.0)


def test_a_rate_of_nobody_is_anything():
    replicates = multinomial_replicates(np.array([30, 50]), replicates=50, seed=3)
    nobody = np.zeros((1, 2), dtype=bool)
    low, high = percentile_rates(
        replicates, np.array([0, 1]), nobody, nobody, groups=2, confidence=0.95
    )
    assert low.tolist() == [[0.0], [0.0]]
    assert high.tolist() == [[1.0], [1.0]]


def test_monte_carlo_p_values_count_the_table_seen():
    # Phipson and Smyth (2010): never zero
    largest = np.array([1.0, 2.0, 3.0])
    assert p_values_of(np.array([5.0, 2.0, 0.0]), largest).tolist() == [0.25, 0.75, 1.0]


def test_two_groups_under_a_normal_law_need_no_draws():
    covariance = np.array([[4.0, -4.0], [-4.0, 4.0]])
    test = linear_max_test(
        np.array([4.0, -4.0]),
        np.array([20.0, 20.0]),
        covariance,
        Reference(0, np.ones(2, dtype=bool)),
        np.zeros((1, 2)),
    )
    assert test.statistics[1] == pytest.approx(2.0)
    assert test.p_values[1] == pytest.approx(2 * norm.sf(2.0))
    assert test.p_values[0] == 1.0


def test_choosing_the_reference_costs_what_it_should():
    # three equal groups: the largest gap to the best one is the range of three normals,
    # whose upper 5 % point is 3.314 (Studentised range, infinite degrees of freedom)
    covariance = np.eye(3) - 1 / 3
    draws = normal_draws(covariance, 200_000, np.random.default_rng(1))
    gap = 3.314 / 2
    test = linear_max_test(
        np.array([gap, 0.0, -gap]),
        np.ones(3),
        covariance,
        Reference(0, np.ones(3, dtype=bool)),
        draws,
    )
    assert test.p_values[2] == pytest.approx(0.05, abs=0.002)


def test_a_group_that_expects_nothing_has_no_gap():
    covariance = np.diag([1.0, 1.0, 0.0])
    draws = normal_draws(covariance, 99, np.random.default_rng(1))
    test = linear_max_test(
        np.array([1.0, -1.0, 0.0]), np.array([5.0, 5.0, 0.0]), covariance, Reference(0), draws
    )
    assert (test.statistics[2], test.p_values[2]) == (0.0, 1.0)


def test_random_signs_keep_the_covariance_of_the_scores():
    scores = np.random.default_rng(5).normal(size=(60, 3))
    drawn = wild_draws(scores, 40_000, np.random.default_rng(6))
    assert np.cov(drawn.T) == pytest.approx(scores.T @ scores, abs=2.5)
