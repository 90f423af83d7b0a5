"""What a sample could have shown, and how many people it would take to show it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, gammaln, ndtr, ndtri

from algo_audit.stats.association import fisher_exact

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Variance of the smaller group's count from which the normal formula replaces the exact test's own
# rejections: its power then is within 2 points of the exact one (tests/unit/stats/test_power.py).
_NORMAL_FROM = 40.0
# Counts of the reference at which the exact test's critical count is looked up. More of them
# change the power by less than a thousandth.
_POINTS = 33
# The exact test's critical count lies this near to the corrected z test's, or so many times this
# as the group is larger than its reference.
_MARGIN = 3
_LARGEST_MARGIN = 24
_LARGEST = 10**9
_HALVINGS = 40


def smallest_detectable_ratio(
    n: int, n_reference: int, rate_reference: float, *, level: float = 0.05, power: float = 0.8
) -> float | None:
    """Ratio of rates, below 1 and nearest to it, that this sample would have shown.

    Parameters
    ----------
    n, n_reference : int
        Headcounts of the group and of its reference.
    rate_reference : float
        Rate of the reference, taken as true.
    level : float
        Two-sided level that a p-value has to reach (divided by the number of questions if need
        be).
    power : float
        Chance of reaching it.

    Returns
    -------
    float or None
        0 to 1. None when even a rate of 0 in the group would not have shown with this power, or
        when the reference has no favourable decision.

    Notes
    -----
    Power of Fisher's exact test: at low counts from its own critical counts, else the normal
    formula with continuity correction (Casagrande, Pike and Smith 1978). A gap smaller than this
    may well exist and stay unseen; a gap seen may be smaller than this by luck.
    """
    if n < 1 or n_reference < 1 or not 0 < rate_reference <= 1:
        return None
    chance = _power_function(int(n), int(n_reference), float(rate_reference), level)
    if chance(0.0) < power:
        return None
    shown, unseen = 0.0, 1.0
    for _ in range(_HALVINGS):
        ratio = (shown + unseen) / 2
        if chance(ratio * rate_reference) >= power:
            shown = ratio
        else:
            unseen = ratio
    return shown


def detection_power(
    n: int, n_reference: int, rate: float, rate_reference: float, *, level: float = 0.05
) -> float:
    """Chance that a two-sided test shows the group (``rate``) behind its reference."""
    return _power_function(int(n), int(n_reference), float(rate_reference), level)(rate)


def _power_function(
    n: int, n_reference: int, rate_reference: float, level: float
) -> Callable[[float], float]:
    variance = min(n, n_reference) * rate_reference * (1 - rate_reference)
    if variance >= _NORMAL_FROM:
        return lambda rate: _normal_power(n, n_reference, rate, rate_reference, level)
    y, weights = _reference_counts(n_reference, rate_reference)
    critical = _critical_counts(n, n_reference, level, int(y[0]), int(y[-1]), len(y))

    def exact(rate: float) -> float:
        reached = np.where(critical >= 0, bdtr(np.maximum(critical, 0), n, rate), 0.0)
        return float(weights @ reached)

    return exact


def _reference_counts(n: int, rate: float) -> tuple[FloatArray, FloatArray]:
    """Counts of the reference to look at, and how likely each is (thinned where many)."""
    reach = 4 * np.sqrt(n * rate * (1 - rate)) + 2
    low, high = max(0, int(n * rate - reach)), min(n, int(np.ceil(n * rate + reach)))
    counts = _spaced(low, high, min(_POINTS, high - low + 1))
    if rate == 1:
        return counts, (counts == n).astype(np.float64)
    logs = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    logs = logs + counts * np.log(rate) + (n - counts) * np.log1p(-rate)
    weights = np.exp(logs)
    return counts, weights / weights.sum()


def _spaced(low: int, high: int, points: int) -> FloatArray:
    return np.unique(np.rint(np.linspace(low, high, points)))


@lru_cache(maxsize=4096)
def _critical_counts(
    n: int, n_reference: int, level: float, low: int, high: int, points: int
) -> FloatArray:
    """For each count of the reference, the largest count of the group that is found behind it."""
    y = _spaced(low, high, points).astype(np.int64)
    guess = _normal_critical(n, n_reference, y, float(ndtri(1 - level / 2)))
    margin = min(_MARGIN * int(np.ceil(n / n_reference)), _LARGEST_MARGIN)
    tried = guess[:, None] + np.arange(-margin, margin + 1)
    behind = (tried >= 0) & (tried * n_reference < y[:, None] * n)
    x = np.where(behind, tried, 0)
    p_values = fisher_exact(x, n, y[:, None], n_reference)
    found: FloatArray = np.max(np.where(behind & (p_values <= level), tried, -1), axis=1)
    return found.astype(np.float64)


def _normal_critical(n: int, n_reference: int, y: IntArray, z: float) -> IntArray:
    """The same by the corrected z test: where to look for the exact one."""
    each = 1 / n + 1 / n_reference
    shown = np.full(y.shape, -1, dtype=np.int64)
    unseen = np.ceil(y * (n / n_reference)).astype(np.int64)
    while np.any(unseen - shown > 1):
        x = (shown + unseen) // 2
        pooled = (x + y) / (n + n_reference)
        needed = z * np.sqrt(np.maximum(pooled * (1 - pooled) * each, 0.0)) + each / 2
        found = y / n_reference - x / n >= needed
        shown = np.where(found, x, shown)
        unseen = np.where(found, unseen, x)
    return shown


def _normal_power(
    n: float, n_reference: float, rate: float, rate_reference: float, level: float
) -> float:
    """Power of the pooled z test with continuity correction."""
    z = float(ndtri(1 - level / 2))
    each = 1 / n + 1 / n_reference
    pooled = (n * rate + n_reference * rate_reference) / (n + n_reference)
    none = float(np.sqrt(pooled * (1 - pooled) * each))
    own = rate * (1 - rate) / n + rate_reference * (1 - rate_reference) / n_reference
    distance = rate_reference - rate - each / 2 - z * none
    return float(ndtr(distance / max(float(np.sqrt(own)), 1e-12)))


def people_needed(
    rate_reference: float, ratio: float, *, share: float, level: float = 0.05, power: float = 0.8
) -> int | None:
    """People in all that it would take to show this ratio, in the same proportions.

    Parameters
    ----------
    rate_reference : float
        Rate of the reference.
    ratio : float
        Ratio of rates to show, below 1.
    share : float
        Share of the group among the people of both groups, 0 to 1.
    level, power : float
        As in ``smallest_detectable_ratio``.

    Returns
    -------
    int or None
        Headcount of both groups together. None where there is no such gap (ratio of 1 or more,
        rate of 0) or where a thousand million people would not do.

    Notes
    -----
    Normal formula with continuity correction. Headcounts of different years may be put together
    only if the way of deciding has stayed the same.
    """
    if not 0 < rate_reference <= 1 or not 0 < share < 1 or not 0 <= ratio < 1:
        return None

    def enough(people: int) -> bool:
        sizes = share * people, (1 - share) * people
        return _normal_power(*sizes, ratio * rate_reference, rate_reference, level) >= power

    few, many = 2, 4
    while not enough(many):
        few, many = many, many * 2
        if many > _LARGEST:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return many
