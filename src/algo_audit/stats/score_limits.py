"""Score limits of a difference and of a ratio of two rates (Miettinen and Nurminen).

A value stays in the interval while the observed gap is within ``z`` of its standard deviations,
computed at the rates most likely under that value. Written as ``gap / sqrt(variance + gap**2)``
the statistic is bounded and never divides by zero, so that one root finder does for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class StratifiedTables:
    """Several pairs of groups, the strata of one after those of the other.

    ``x`` of ``n1`` and ``y`` of ``n2`` are arrays over all strata; ``sizes`` holds how many
    strata each pair has (at least one). Both groups are present in every stratum.
    """

    x: FloatArray
    n1: FloatArray
    y: FloatArray
    n2: FloatArray
    sizes: NDArray[np.intp]

    def total(self, values: FloatArray) -> FloatArray:
        """Sum over the strata of each pair, along the last axis."""
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        summed: FloatArray = np.add.reduceat(values, starts, axis=-1)
        return summed

    def spread(self, values: FloatArray) -> FloatArray:
        """A value of each pair given to all of its strata, along the last axis."""
        return np.repeat(values, self.sizes, axis=-1)

    def weights(self) -> FloatArray:
        """Mantel-Haenszel weights, which sum to 1 in each pair."""
        weight = self.n1 * self.n2 / (self.n1 + self.n2)
        share: FloatArray = weight / self.spread(self.total(weight))
        return share


def stratified_difference_limits(
    tables: StratifiedTables, *, z: float
) -> tuple[FloatArray, FloatArray]:
    """Score limits of a difference common to the strata of each pair."""
    x, n1, y, n2 = tables.x, tables.n1, tables.y, tables.n2
    weight = tables.weights()
    # the weights sum to 1 but for rounding
    observed = np.clip(tables.total(weight * (x / n1 - y / n2)), -1.0, 1.0)

    def statistic(difference: FloatArray) -> FloatArray:
        each = difference_variance(tables.spread(difference), x, n1, y, n2)
        return _bounded(observed - difference, tables.total(weight**2 * each))

    one = np.ones_like(observed)
    ends = np.stack([-one, observed]), np.stack([observed, one])
    low, high = _root(statistic, np.array([[_bound(z)], [-_bound(z)]]), *ends)
    return low, high


def stratified_ratio_limits(tables: StratifiedTables, *, z: float) -> tuple[FloatArray, FloatArray]:
    """Score limits of a ratio common to the strata of each pair."""
    x, n1, y, n2 = tables.x, tables.n1, tables.y, tables.n2
    weight = tables.weights()

    def statistic(logarithm: FloatArray) -> FloatArray:
        ratio = tables.spread(np.exp(logarithm))
        gap = tables.total(weight * (x / n1 - ratio * y / n2))
        return _bounded(gap, tables.total(weight**2 * ratio_variance(ratio, x, n1, y, n2)))

    wide = np.full((2, len(tables.sizes)), _LOG_RATIO)
    targets = np.array([[_bound(z)], [-_bound(z)]])
    low, high = np.exp(_root(statistic, targets, -wide, wide))
    return (
        np.where(tables.total(x) > 0, low, 0.0),
        np.where(tables.total(y) > 0, high, np.inf),
    )
