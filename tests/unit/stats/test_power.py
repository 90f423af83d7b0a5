"""Detectable ratios against the exact power of Fisher's test, by enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from algo_audit.stats.association import fisher_exact
from algo_audit.stats.power import detection_power, people_needed, smallest_detectable_ratio


def _exact_power(n: int, n_reference: int, rate: float, rate_reference: float) -> float:
    """Chance of p at most 5 %, on either side, over all tables."""
    x, y = np.arange(n + 1), np.arange(n_reference + 1)
    found = fisher_exact(x[:, None], n, y, n_reference) <= 0.05
    return float(
        stats.binom.pmf(x, n, rate) @ found @ stats.binom.pmf(y, n_reference, rate_reference)
    )


SIZES = [
    (7, 53),
    (12, 48),
    (30, 30),
    (48, 12),
    (100, 20),
    (20, 100),
    (60, 60),
    (200, 200),
    (300, 100),
]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.8])
def test_ratio_has_the_promised_power(sizes: tuple[int, int], rate: float) -> None:
    ratio = smallest_detectable_ratio(*sizes, rate)
    if ratio is None:
        assert _exact_power(*sizes, 0.0, rate) < 0.8
    else:
        assert _exact_power(*sizes, ratio * rate, rate) == pytest.approx(0.8, abs=0.02)


def test_a_stricter_level_sees_less() -> None:
    once = smallest_detectable_ratio(200, 200, 0.3)
    corrected = smallest_detectable_ratio(200, 200, 0.3, level=0.01)
    assert once is not None
    assert corrected is not None
    assert corrected < once


@pytest.mark.parametrize("nothing", [(0, 30, 0.5), (30, 0, 0.5), (30, 30, 0.0), (3, 3, 0.9)])
def test_what_no_sample_could_show(nothing: tuple[int, int, float]) -> None:
    assert smallest_detectable_ratio(*nothing) is None


def test_everyone_of_the_reference_is_chosen() -> None:
    ratio = smallest_detectable_ratio(50, 50, 1.0)
    assert ratio is not None
    assert 0.7 < ratio < 0.95
    assert detection_power(50, 50, ratio, 1.0) == pytest.approx(0.8, abs=0.01)


def test_people_needed_are_enough_and_not_too_many() -> None:
    people = people_needed(0.2, 0.8, share=0.5)
    # Fleiss 1981: 1,447 in each group, 1,497 with the continuity correction.
    assert people == pytest.approx(2 * 1497, abs=6)
    plain = NormalIndPower().solve_power(
        proportion_effectsize(0.2, 0.16), power=0.8, alpha=0.05, ratio=1
    )
    assert 2 * plain < people < 2.2 * plain
    back = smallest_detectable_ratio(people // 2, people // 2, 0.2)
    assert back == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize(
    ("rate", "ratio", "share"), [(0.2, 1.0, 0.5), (0.0, 0.5, 0.5), (0.2, 0.5, 0.0), (0.2, 1.3, 0.5)]
)
def test_no_gap_needs_no_one(rate: float, ratio: float, share: float) -> None:
    assert people_needed(rate, ratio, share=share) is None


def test_a_gap_too_small_for_anyone() -> None:
    assert people_needed(1e-6, 0.999, share=0.01) is None
