"""Standardised mean difference."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.stats.effects import standardised_mean_difference


def test_textbook_pooled_deviation() -> None:
    first, second = np.array([2.0, 4, 6, 9, 1]), np.array([5.0, 6, 7, 8])
    found = standardised_mean_difference(
        first.mean(), first.std(ddof=1), 5, second.mean(), second.std(ddof=1), 4
    )
    pooled = np.sqrt((4 * first.var(ddof=1) + 3 * second.var(ddof=1)) / 7)
    assert float(found.value) == pytest.approx((first.mean() - second.mean()) / pooled)
    assert found.low < found.value < found.high


def test_interval_covers() -> None:
    """True d of 0.5, groups of 20 and 60: 95 % of 2,000 files, known to within 1 point."""
    random = np.random.default_rng(4)
    a, b = random.normal(0.5, 1, (2000, 20)), random.normal(0, 1, (2000, 60))
    found = standardised_mean_difference(
        a.mean(1), a.std(1, ddof=1), 20, b.mean(1), b.std(1, ddof=1), 60
    )
    assert 0.935 <= np.mean((found.low <= 0.5) & (found.high >= 0.5)) <= 0.965


def test_no_spread_no_difference() -> None:
    found = standardised_mean_difference([3, 3, 3], [0, 0, 1], [5, 1, 0], [2, 2, 2], 0, [5, 1, 4])
    assert np.isnan(found.value).all()
    assert np.isnan(found.low).all()
