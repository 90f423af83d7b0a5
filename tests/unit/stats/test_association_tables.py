"""Tests of one table against scipy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from algo_audit.stats.association import chi_square, fisher_exact, fisher_minimum, pooled_z


def _tables(largest: int, tables: int, seed: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    n1, n2 = random.integers(0, largest, tables), random.integers(0, largest, tables)
    return random.integers(0, n1 + 1), n1, random.integers(0, n2 + 1), n2


@pytest.mark.parametrize("largest", [6, 40, 300])
def test_fisher_is_scipy(largest: int) -> None:
    tables = _tables(largest, 400, seed=largest)
    expected = [
        stats.fisher_exact([[x, a - x], [y, b - y]]).pvalue
        for x, a, y, b in zip(*tables, strict=True)
    ]
    np.testing.assert_allclose(fisher_exact(*tables), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "counts",
    [(3000, 20000, 3100, 20000), (1000, 500_000, 1100, 500_000), (100, 20000, 3, 30)],
)
def test_fisher_holds_large_headcounts(counts: tuple[int, int, int, int]) -> None:
    x, a, y, b = counts
    expected = stats.fisher_exact([[x, a - x], [y, b - y]]).pvalue
    assert float(fisher_exact(*counts)) == pytest.approx(expected, rel=1e-7)


def test_mid_p_takes_half_of_the_observed_table() -> None:
    p, mid = fisher_exact(14, 24, 21, 24), fisher_exact(14, 24, 21, 24, mid=True)
    assert float(p - mid) == pytest.approx(stats.hypergeom.pmf(14, 48, 24, 35) / 2)
    assert float(fisher_exact(0, 5, 0, 5, mid=True)) == pytest.approx(0.5)


def test_fisher_wants_whole_people() -> None:
    with pytest.raises(ValueError, match="whole"):
        fisher_exact(1.5, 3, 1, 3)


def test_smallest_p_is_that_of_the_best_table() -> None:
    for n1, n2, events in [(7, 53, 4), (3, 3, 3), (5, 40, 45), (12, 9, 0), (6, 6, 11), (20, 20, 1)]:
        possible = np.arange(max(0, events - n2), min(n1, events) + 1)
        p = fisher_exact(possible, n1, events - possible, n2)
        assert float(fisher_minimum(n1, n2, events)) == pytest.approx(float(p.min()))


def test_pooled_z_without_variance_is_none() -> None:
    found = pooled_z([0, 5, 0], [10, 10, 0], [0, 10, 1], [10, 10, 5])
    assert found.statistic[[0, 2]].tolist() == [0.0, 0.0]
    assert found.p_value[[0, 2]].tolist() == [1.0, 1.0]
    assert found.statistic[1] < 0


def test_chi_square_is_scipy() -> None:
    events, n = np.array([12, 30, 5, 0]), np.array([40, 60, 33, 12])
    expected = stats.chi2_contingency(np.stack([events, n - events]), correction=False)
    found = chi_square(events, n)
    assert found.statistic == pytest.approx(expected.statistic)
    assert (found.df, found.p_value) == (3, pytest.approx(expected.pvalue))
    corrected = stats.chi2_contingency([[12, 28], [30, 30]], correction=True)
    assert chi_square([12, 30], [40, 60], yates=True).p_value == pytest.approx(corrected.pvalue)


def test_chi_square_of_equal_decisions() -> None:
    assert chi_square([0, 0, 0], [4, 5, 0]) == (0.0, 1, 1.0)
    assert chi_square([], []) == (0.0, 0, 1.0)


def test_ten_thousand_tables_at_once_are_each_alone() -> None:
    tables = _tables(400, 10_000, seed=3)
    found = fisher_exact(*tables)
    for place in (0, 5000, 9999):
        alone = fisher_exact(*(values[place : place + 1] for values in tables))
        assert float(found[place]) == pytest.approx(float(alone[0]), rel=1e-9)


def test_nothing_here_loads_scipy_stats() -> None:
    code = (
        "import sys, algo_audit.stats.association, algo_audit.stats.intervals, "
        "algo_audit.stats.power, algo_audit.stats.auc, algo_audit.stats.effects; "
        "print([m for m in ('scipy.stats', 'statsmodels', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
