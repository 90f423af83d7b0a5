"""Sums by group behind the score chapter: each row is read once, whatever the number of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.fairness.comparison import Estimate
from algo_audit.stats.intervals import rate_interval, rate_method

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Rows, sums of weights and of their squares; shape (cells,). Without weights each is 1."""

    n: IntArray
    weight: FloatArray
    squared: FloatArray

    @property
    def effective(self) -> FloatArray:
        """Kish's effective rows; the rows themselves where all weights are equal."""
        size = np.divide(
            self.weight**2, self.squared, out=np.zeros_like(self.weight), where=self.squared > 0
        )
        return np.where(np.isclose(size, self.n, rtol=1e-9, atol=0.0), self.n, size)


@dataclass(frozen=True)
class Moments:
    """Weighted mean and variance (n - 1) of each group; NaN with too few rows."""

    cells: Cells
    mean: FloatArray
    variance: FloatArray


def cells_of(code: IntArray, weight: FloatArray | None, length: int) -> Cells:
    """Sums over rows of each code (0 to ``length`` - 1)."""
    n = np.bincount(code, minlength=length).astype(np.int64)
    if weight is None:
        return Cells(n, n.astype(np.float64), n.astype(np.float64))
    return Cells(n, summed(code, weight, length), summed(code, weight**2, length))


def summed(code: IntArray, values: FloatArray, length: int) -> FloatArray:
    """Sum of ``values`` over rows of each code."""
    return np.bincount(code, weights=values, minlength=length).astype(np.float64, copy=False)


def mean_of(
    code: IntArray, values: FloatArray, weight: FloatArray | None, cells: Cells
) -> FloatArray:
    """Weighted mean of ``values`` over rows of each code; NaN where there is none."""
    total = summed(code, values if weight is None else values * weight, len(cells.n))
    mean: FloatArray = np.full(len(cells.n), np.nan)
    np.divide(total, cells.weight, out=mean, where=cells.weight > 0)
    return mean


def moments(code: IntArray, score: FloatArray, weight: FloatArray | None, groups: int) -> Moments:
    """Mean and variance of a score in each group.

    Parameters
    ----------
    code : int64 array, shape (rows,)
        0 to ``groups`` - 1.
    score : float64 array, shape (rows,)
    weight : float64 array, shape (rows,), or None
    groups : int
    """
    cells = cells_of(code, weight, groups)
    mean = mean_of(code, score, weight, cells)
    # around the mean: squares of raw scores would lose figures
    spread = mean_of(code, (score - mean[code]) ** 2, weight, cells)
    n = cells.n
    factor = np.divide(n, n - 1, out=np.full(groups, np.nan), where=n > 1)
    return Moments(cells, mean, spread * factor)


def shares(favourable: FloatArray, cells: Cells, *, confidence: float) -> list[Estimate | None]:
    """Weighted share of each cell with its interval on effective rows; None where it is empty.

    ``favourable`` are sums of weights; n of each estimate is rows.
    """
    effective = cells.effective
    value = np.divide(
        favourable, cells.weight, out=np.zeros_like(favourable), where=cells.weight > 0
    )
    value = np.minimum(value, 1.0)
    events = np.minimum(value * effective, effective)
    low, high = rate_interval(events, effective, confidence=confidence)
    method = rate_method(events, effective)
    return [
        Estimate(float(value[i]), float(low[i]), float(high[i]), int(n), str(method[i]))
        if n
        else None
        for i, n in enumerate(cells.n.tolist())
    ]
