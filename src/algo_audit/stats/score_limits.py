"""Score limits of a difference and of a ratio of two rates (Miettinen and Nurminen).

A value stays in the interval while the observed gap is within ``z`` of its standard deviations,
computed at the rates most likely under that value. Written as ``gap / sqrt(variance + gap**2)``
the statistic is bounded and never divides by zero, so that one root finder does for all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_STEPS = 60
_NEAR = 1e-10
# Logarithms of ratios that no count under 1e12 goes beyond.
_LOG_RATIO = 30.0


def _bounded(gap: FloatArray, variance: FloatArray) -> FloatArray:
    length = np.sqrt(variance + gap**2)
    return np.where(length > 0, gap / np.where(length > 0, length, 1.0), 0.0)


def _bound(z: float) -> float:
    return z / float(np.sqrt(1 + z**2))


def _root(
    statistic: Callable[[FloatArray], FloatArray],
    target: float | FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    """Where a falling statistic crosses the target between low and high (Ridders 1979)."""
    at_low = statistic(low) - target
    at_high = statistic(high) - target
    found = low
    for _ in range(_STEPS):
        middle = (low + high) / 2
        at_middle = statistic(middle) - target
        spread = np.sqrt(np.maximum(at_middle**2 - at_low * at_high, 0.0))
        turn = np.where(spread > 0, at_middle / np.where(spread > 0, spread, 1.0), 0.0)
        before, found = found, np.clip(middle + (middle - low) * turn, low, high)
        value = statistic(found) - target
        # Four points in order: keep the neighbours between which the sign changes.
        points = np.stack([low, np.minimum(middle, found), np.maximum(middle, found), high])
        first = middle <= found
        values = np.stack(
            [at_low, np.where(first, at_middle, value), np.where(first, value, at_middle), at_high]
        )
        place = np.clip(np.sum(values[:3] > 0, axis=0), 1, 3)[None]
        low = np.take_along_axis(points, place - 1, 0)[0]
        at_low = np.take_along_axis(values, place - 1, 0)[0]
        high = np.take_along_axis(points, place, 0)[0]
        at_high = np.take_along_axis(values, place, 0)[0]
        if np.all((np.abs(found - before) < _NEAR) | (high - low < _NEAR)):
            break
    return found


def difference_variance(
    difference: FloatArray, x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray
) -> FloatArray:
    """Variance of the gap at the rates most likely under a difference (closed cubic root)."""
    total = n1 + n2
    quadratic = (n1 + 2 * n2) * difference - total - x - y
    linear = (n2 * difference - total - 2 * y) * difference + x + y
    third = quadratic / (3 * total)
    q = third**3 - linear * quadratic / (6 * total**2)
    q += y * difference * (1 - difference) / (2 * total)
    p = np.sqrt(np.maximum(third**2 - linear / (3 * total), 0.0))
    p = np.where(q < 0, -p, p)
    cosine = np.where(p == 0, 0.0, q / np.where(p == 0, 1.0, p) ** 3)
    angle = (np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3
    rate2 = 2 * p * np.cos(angle) - third
    rate2 = np.clip(rate2, np.maximum(0.0, -difference), np.minimum(1.0, 1.0 - difference))
    rate1 = np.clip(rate2 + difference, 0.0, 1.0)
    variance: FloatArray = rate1 * (1 - rate1) / n1 + rate2 * (1 - rate2) / n2
    variance *= total / np.maximum(total - 1, 1.0)
    return variance


def ratio_variance(
    ratio: FloatArray, x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray
) -> FloatArray:
    """Variance of the gap at the rates most likely under a ratio (closed quadratic root)."""
    total = n1 + n2
    linear = n1 * ratio + x + n2 + y * ratio
    root = np.sqrt(np.maximum(linear**2 - 4 * total * ratio * (x + y), 0.0))
    # The form of the smaller root that keeps its digits when the ratio is tiny.
    rate2 = np.clip(2 * (x + y) / (linear + root), 0.0, np.minimum(1.0, 1.0 / ratio))
    rate1 = np.clip(rate2 * ratio, 0.0, 1.0)
    variance: FloatArray = rate1 * (1 - rate1) / n1 + ratio**2 * rate2 * (1 - rate2) / n2
    variance *= total / np.maximum(total - 1, 1.0)
    return variance


def difference_statistic(
    difference: FloatArray, x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray
) -> FloatArray:
    """Bounded score statistic of a difference."""
    gap = x / n1 - y / n2 - difference
    return _bounded(gap, difference_variance(difference, x, n1, y, n2))


def ratio_statistic(
    ratio: FloatArray, x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray
) -> FloatArray:
    """Bounded score statistic of a ratio."""
    return _bounded(x / n1 - ratio * y / n2, ratio_variance(ratio, x, n1, y, n2))


def difference_limits(
    x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray, *, z: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of the difference of two rates, x / n1 minus y / n2, for positive sizes."""

    def statistic(difference: FloatArray) -> FloatArray:
        return difference_statistic(difference, x, n1, y, n2)

    observed = x / n1 - y / n2
    one = np.ones_like(observed)
    low = _root(statistic, _bound(z), -one, observed)
    high = _root(statistic, -_bound(z), observed, one)
    return low, high


def ratio_limits(
    x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray, *, z: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of the ratio of two rates: low 0 where x is 0, high infinite where y is 0."""

    def statistic(logarithm: FloatArray) -> FloatArray:
        return ratio_statistic(np.exp(logarithm), x, n1, y, n2)

    wide = np.full(x.shape, _LOG_RATIO)
    low = np.exp(_root(statistic, _bound(z), -wide, wide))
    high = np.exp(_root(statistic, -_bound(z), -wide, wide))
    return np.where(x > 0, low, 0.0), np.where(y > 0, high, np.inf)


def stratified_difference_limits(
    x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray, *, z: float
) -> tuple[float, float]:
    """Score limits of a difference common to strata, Mantel-Haenszel weights."""
    weight = n1 * n2 / (n1 + n2)
    weight = weight / weight.sum()
    observed = float(np.sum(weight * (x / n1 - y / n2)))

    def statistic(difference: FloatArray) -> FloatArray:
        each = np.broadcast_to(difference[:, np.newaxis], (len(difference), len(x)))
        variance = np.sum(weight**2 * difference_variance(each, x, n1, y, n2), axis=1)
        return _bounded(observed - difference, variance)

    ends = np.array([-1.0, observed]), np.array([observed, 1.0])
    low, high = _root(statistic, np.array([_bound(z), -_bound(z)]), *ends)
    return float(low), float(high)


def stratified_ratio_limits(
    x: FloatArray, n1: FloatArray, y: FloatArray, n2: FloatArray, *, z: float
) -> tuple[float, float]:
    """Score limits of a ratio common to strata, Mantel-Haenszel weights."""
    weight = n1 * n2 / (n1 + n2)
    weight = weight / weight.sum()

    def statistic(logarithm: FloatArray) -> FloatArray:
        ratio = np.broadcast_to(np.exp(logarithm)[:, np.newaxis], (len(logarithm), len(x)))
        gap = np.sum(weight * (x / n1 - ratio * y / n2), axis=1)
        variance = np.sum(weight**2 * ratio_variance(ratio, x, n1, y, n2), axis=1)
        return _bounded(gap, variance)

    wide = np.full(2, _LOG_RATIO)
    targets = np.array([_bound(z), -_bound(z)])
    low, high = np.exp(_root(statistic, targets, -wide, wide))
    return (float(low) if x.sum() > 0 else 0.0), (float(high) if y.sum() > 0 else float("inf"))
