"""Intervals of a rate, of a difference and of a ratio of two rates.

Score intervals, widened where a count is small: there score intervals cover down to 84 % of the
time instead of 95 %. Exact enumeration (``benchmarks/interval_coverage.py``) over groups of 7 to
2,500 people, rates of 2 % to 50 % and ratios of 0.5 to 1 holds these to 94-97 % on average where
5 or more favourable decisions are expected, and to 93 % at least below that.

==================  =================================================================
``SCORE``           Wilson (rate); Miettinen and Nurminen (difference, ratio)
``EXACT``           Blaker's exact interval (rate)
``SCORE_OR_EXACT``  the wider, at each end, of the score limit and of the limit that
                    combines the exact intervals of both rates (MOVER)
==================  =================================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from algo_audit.stats import score_limits
from algo_audit.stats.exact_limits import blaker_low

FloatArray = NDArray[np.float64]

SCORE = "score"
EXACT = "exact_blaker"
SCORE_OR_EXACT = "score_or_exact"

# Counts of favourable or of unfavourable decisions up to this one call for exact limits.
# Source: enumeration. Up to 4, 95 % intervals would cover 92.6 % at worst; up to 6 they would hold
# 93 %, but 90 % intervals would fall to 89 %; up to 9 these hold 90 % where counts are small.
SMALL_COUNT = 9


def _floats(*arrays: ArrayLike) -> list[FloatArray]:
    return [np.asarray(array, dtype=np.float64) for array in np.broadcast_arrays(*arrays)]


def _critical(confidence: float) -> float:
    return float(ndtri(0.5 + confidence / 2))


def _smallest(events: FloatArray, n: FloatArray) -> FloatArray:
    return np.minimum(events, n - events)


def rate_method(events: ArrayLike, n: ArrayLike) -> NDArray[np.str_]:
    """Name of the method behind each ``rate_interval``."""
    x, size = _floats(events, n)
    return np.where(_smallest(x, size) <= SMALL_COUNT, EXACT, SCORE)


def pair_method(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike
) -> NDArray[np.str_]:
    """Name of the method behind each ``difference_interval`` and ``ratio_interval``."""
    x, a, y, b = _floats(events1, n1, events2, n2)
    small = np.minimum(_smallest(x, a), _smallest(y, b)) <= SMALL_COUNT
    return np.where(small, SCORE_OR_EXACT, SCORE)


def rate_interval(
    events: ArrayLike, n: ArrayLike, *, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Interval of a rate.

    Parameters
    ----------
    events, n : array_like
        Favourable decisions and headcount, 0 <= events <= n; shapes broadcast. Effective
        (fractional) sizes are allowed.
    confidence : float
        Share of such intervals that hold the true rate.

    Returns
    -------
    low, high : float64 arrays
        0 to 1; the whole of it where n is 0.

    Notes
    -----
    E. B. Wilson (1927) where both counts exceed ``SMALL_COUNT``, else H. Blaker (2000). It
    speaks of people drawn alike and apart from each other: candidates of one pool are not.
    """
    x, size = _floats(events, n)
    shape = x.shape
    x, size = x.ravel(), size.ravel()
    low, high = _wilson(x, size, _critical(confidence))
    small = (_smallest(x, size) <= SMALL_COUNT) & (size > 0)
    low[small], high[small] = _exact(x[small], size[small], confidence)
    return low.reshape(shape), high.reshape(shape)


def _wilson(x: FloatArray, n: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    size = np.maximum(n, 1.0)
    rate = x / size
    centre = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    known = n > 0
    return np.where(known, centre - half, 0.0), np.where(known, centre + half, 1.0)


def _exact(x: FloatArray, n: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Blaker's limits, each pair of counts computed once."""
    counts = np.stack([np.concatenate([x, n - x]), np.concatenate([n, n])])
    once, place = np.unique(counts, axis=1, return_inverse=True)
    low = blaker_low(once[0], once[1], confidence=confidence)[place.ravel()]
    return low[: x.size], 1.0 - low[x.size :]


def difference_interval(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Interval of a difference of two rates, group minus reference.

    Parameters
    ----------
    events1, n1 : array_like
        Favourable decisions and headcount of the group.
    events2, n2 : array_like
        The same for the reference; shapes broadcast.
    confidence : float

    Returns
    -------
    low, high : float64 arrays
        -1 to 1; the whole of it where a group is empty.

    Notes
    -----
    Score: O. Miettinen and M. Nurminen, Statistics in Medicine 4 (1985). Small counts: hull with
    the square-and-add limits of R. G. Newcombe (1998) on exact rate limits. The unit is a share
    of people (0.05 is five points). Not adjusted for having asked several questions.
    """
    return _pair_interval(events1, n1, events2, n2, confidence=confidence, ratio=False)


def ratio_interval(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Interval of a ratio of two rates, group over reference.

    Parameters
    ----------
    events1, n1 : array_like
        Favourable decisions and headcount of the group.
    events2, n2 : array_like
        The same for the reference; shapes broadcast.
    confidence : float

    Returns
    -------
    low, high : float64 arrays
        0 to infinity. The low limit is 0 where the group has no favourable decision, the high
        one infinite where the reference has none: 0 against 0 says nothing, (0, infinity), and
        so does an empty group.

    Notes
    -----
    Score: Miettinen and Nurminen (1985); Koopman's (1984) lacks their N / (N - 1). Small counts:
    hull with the MOVER-R limits of Donner and Zou (2012) on exact rate limits. At low rates a
    ratio far from 1 may rest on very few decisions: read the difference beside it.
    """
    return _pair_interval(events1, n1, events2, n2, confidence=confidence, ratio=True)


def _pair_interval(
    events1: ArrayLike,
    n1: ArrayLike,
    events2: ArrayLike,
    n2: ArrayLike,
    *,
    confidence: float,
    ratio: bool,
) -> tuple[FloatArray, FloatArray]:
    arrays = _floats(events1, n1, events2, n2)
    shape = arrays[0].shape
    flat = [array.ravel() for array in arrays]
    known = (flat[1] > 0) & (flat[3] > 0)
    low = np.full(known.shape, 0.0 if ratio else -1.0)
    high = np.full(known.shape, np.inf if ratio else 1.0)
    x, a, y, b = (array[known] for array in flat)
    score = score_limits.ratio_limits if ratio else score_limits.difference_limits
    lower, upper = score(x, a, y, b, z=_critical(confidence))
    small = np.minimum(_smallest(x, a), _smallest(y, b)) <= SMALL_COUNT
    if np.any(small):
        few = (x[small], a[small], y[small], b[small])
        exact_low, exact_high = _combined(*few, confidence=confidence, ratio=ratio)
        lower[small] = np.minimum(lower[small], exact_low)
        upper[small] = np.maximum(upper[small], exact_high)
    low[known], high[known] = lower, upper
    return low.reshape(shape), high.reshape(shape)


def _combined(
    x: FloatArray, a: FloatArray, y: FloatArray, b: FloatArray, *, confidence: float, ratio: bool
) -> tuple[FloatArray, FloatArray]:
    """Limits that recover both rates' own limits (MOVER)."""
    low1, high1 = rate_interval(x, a, confidence=confidence)
    low2, high2 = rate_interval(y, b, confidence=confidence)
    rate1, rate2 = x / a, y / b
    if ratio:
        low = _ratio_recovered(rate1, low1, rate2, high2)
        # The high limit of a ratio is the inverse of the low limit of the inverse ratio.
        inverse = _ratio_recovered(rate2, low2, rate1, high1)
        high = np.where(inverse > 0, 1 / np.where(inverse > 0, inverse, 1.0), np.inf)
        return low, high
    difference = rate1 - rate2
    low = difference - np.hypot(rate1 - low1, high2 - rate2)
    high = difference + np.hypot(high1 - rate1, rate2 - low2)
    return low, high


def _ratio_recovered(
    rate1: FloatArray, low1: FloatArray, rate2: FloatArray, high2: FloatArray
) -> FloatArray:
    """Low MOVER-R limit of rate1 / rate2: the ratio r at which the limit of rate1 - r rate2 is 0.

    Squared: (rate1 - r rate2)**2 = (rate1 - low1)**2 + r**2 (high2 - rate2)**2; the smaller root,
    in the form that does not divide by zero where rate2 is half of high2.
    """
    product = rate1 * rate2
    reach1 = low1 * (2 * rate1 - low1)
    reach2 = high2 * (2 * rate2 - high2)
    root = np.sqrt(np.maximum(product**2 - reach1 * reach2, 0.0))
    bottom = product + root
    limit: FloatArray = np.where(bottom > 0, reach1 / np.where(bottom > 0, bottom, 1.0), 0.0)
    return limit
