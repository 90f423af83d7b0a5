"""Exact limits of one rate: Blaker's interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

FloatArray = NDArray[np.float64]

_STEPS = 40  # halvings of a bracket narrower than 1: limits right to 1e-12


def _at_most(k: FloatArray, n: FloatArray, rate: FloatArray) -> FloatArray:
    """Chance of k events or fewer among n; 0 for negative k."""
    inside = (k >= 0) & (k < n)
    left = np.where(inside, n - k, 1.0)
    tail = np.asarray(betainc(left, np.where(inside, k, 0.0) + 1.0, 1.0 - rate), np.float64)
    return np.where(inside, tail, np.where(k < 0, 0.0, 1.0))


def _at_least(x: FloatArray, n: FloatArray, rate: FloatArray) -> FloatArray:
    """Chance of x events or more among n, for positive x."""
    return np.asarray(betainc(x, n - x + 1.0, rate), np.float64)


def _opposite_tail(x: FloatArray, n: FloatArray, rate: FloatArray, bound: float) -> FloatArray:
    """Largest whole k below x with at most ``bound`` chance of k events or fewer; -1 if none."""
    low = np.full(x.shape, -1.0)
    high = np.ceil(x)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        rare = _at_most(middle, n, rate) <= bound
        low = np.where(rare, middle, low)
        high = np.where(rare, high, middle)
    return low


def blaker_low(events: FloatArray, n: FloatArray, *, confidence: float) -> FloatArray:
    """Lower limit of Blaker's interval of a rate.

    Parameters
    ----------
    events, n : float64 arrays of one shape
        0 <= events <= n and n > 0. Fractional counts are allowed (effective sizes).
    confidence : float

    Returns
    -------
    float64 array
        The upper limit is one minus the lower limit of the opposite count.

    Notes
    -----
    H. Blaker, Canadian Journal of Statistics 28 (2000). A rate stays in the interval while the
    chance of the observed tail, plus that of the largest opposite tail no more likely, exceeds
    1 - confidence. It covers at least at its nominal level, whatever the rate, and is
    nested in Clopper and Pearson's. The lower limit lies between theirs and the next place where
    the opposite tail gains an outcome: there the two tails together reach twice theirs (so one
    bisection finds it; cf. Klaschka 2010).
    """
    level = 1.0 - confidence
    low = np.zeros(events.shape)
    some = events > 0
    x, size = events[some], n[some]
    start = np.asarray(betaincinv(x, size - x + 1.0, level / 2), np.float64)
    opposite = _opposite_tail(x, size, start, level / 2)
    outside, inside = start, x / size
    for _ in range(_STEPS):
        middle = (outside + inside) / 2
        own = _at_least(x, size, middle)
        accepted = own + _at_most(opposite, size, middle) > level
        accepted |= _at_most(opposite + 1.0, size, middle) <= own
        inside = np.where(accepted, middle, inside)
        outside = np.where(accepted, outside, middle)
    low[some] = outside
    return low
