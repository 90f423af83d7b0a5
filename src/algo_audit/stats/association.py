"""Tests of one table: Fisher's exact test, pooled z, chi-square.

All take counts of favourable decisions (``events``) and headcounts (``n``). Nothing here imports
``scipy.stats``, which costs most of a second at start-up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, gammaln, ndtr

from algo_audit.stats.stratified import (
    MantelHaenszel,
    StratifiedTest,
    breslow_day,
    cmh_test,
    exact_support,
    mantel_haenszel,
)

__all__ = [
    "ChiSquare",
    "MantelHaenszel",
    "PooledZ",
    "StratifiedTest",
    "breslow_day",
    "chi_square",
    "cmh_test",
    "exact_support",
    "fisher_exact",
    "fisher_minimum",
    "mantel_haenszel",
    "pooled_z",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Two tables count as equally likely when their probabilities differ by less than this share.
# Source: R's fisher.test (relErr = 1 + 1e-7); rounding of log-gamma at a million rows is 1e-8.
_TIE = 1e-7


class PooledZ(NamedTuple):
    """Two-proportion z with pooled variance, and its two-sided normal p-value."""

    statistic: FloatArray
    p_value: FloatArray


class ChiSquare(NamedTuple):
    """Pearson's chi-square, its degrees of freedom and p-value."""

    statistic: float
    df: int
    p_value: float


def _counts(*counts: ArrayLike) -> list[IntArray]:
    arrays = [np.asarray(count) for count in np.broadcast_arrays(*counts)]
    whole = []
    for array in arrays:
        rounded = np.rint(array)
        if not np.all(array == rounded):
            raise ValueError("counts must be whole numbers: this test is for unweighted rows")
        whole.append(rounded.astype(np.int64))
    return whole


def _log_probability(k: IntArray, n1: IntArray, n2: IntArray, events: IntArray) -> FloatArray:
    """Log of the hypergeometric probability of k events in the first group, up to a constant."""
    logarithm: FloatArray = -(
        gammaln(k + 1.0)
        + gammaln(n1 - k + 1.0)
        + gammaln(events - k + 1.0)
        + gammaln(n2 - events + k + 1.0)
    )
    return logarithm


def _log_constant(n1: IntArray, n2: IntArray, events: IntArray) -> FloatArray:
    constant: FloatArray = (
        gammaln(n1 + 1.0)
        + gammaln(n2 + 1.0)
        + gammaln(events + 1.0)
        + gammaln(n1 + n2 - events + 1.0)
        - gammaln(n1 + n2 + 1.0)
    )
    return constant


def _other_tail(
    x: IntArray, side: IntArray, n1: IntArray, n2: IntArray, events: IntArray
) -> IntArray:
    """First table beyond the mode, on the side away from x, that is at most as likely as x."""
    least = np.maximum(0, events - n2)
    most = np.minimum(n1, events)
    mode = (n1 + 1) * (events + 1) // (n1 + n2 + 2)
    target = _log_probability(x, n1, n2, events) + np.log1p(_TIE)
    edge = np.where(side < 0, most, least)
    # Steps away from the mode: ``near`` may be too likely, ``far`` is likely enough or outside.
    near = np.zeros_like(x)
    far = np.abs(edge - mode) + 1
    while np.any(far - near > 1):
        middle = (near + far) // 2
        k = np.clip(mode - side * middle, least, most)
        enough = _log_probability(k, n1, n2, events) <= target
        far = np.where(enough, middle, far)
        near = np.where(enough, near, middle)
    beyond: IntArray = mode - side * far
    return beyond


def _tail_sum(
    start: IntArray, side: IntArray, n1: IntArray, n2: IntArray, events: IntArray
) -> FloatArray:
    """Probability of ``start`` and of all tables beyond it, away from the mode."""
    least = np.maximum(0, events - n2)
    most = np.minimum(n1, events)
    total = np.maximum(n1 + n2, 1).astype(float)
    spread = np.sqrt(n1 * (events / total) * (1 - events / total) * (n2 / total))
    # Nine standard deviations away the terms are under 1e-17 of the first one.
    width = int(np.max(np.minimum(np.ceil(9 * spread) + 40, most - least + 1), initial=1))
    steps = np.arange(width, dtype=np.int64)
    k = start[:, None] + side[:, None] * steps
    inside = (k >= least[:, None]) & (k <= most[:, None])
    k = np.clip(k, least[:, None], most[:, None])
    logs = _log_probability(k, n1[:, None], n2[:, None], events[:, None])
    logs += _log_constant(n1, n2, events)[:, None]
    tail: FloatArray = np.sum(np.where(inside, np.exp(logs), 0.0), axis=1)
    return tail


def fisher_exact(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, *, mid: bool = False
) -> FloatArray:
    """Two-sided p-value of Fisher's exact test, for many tables at once.

    Parameters
    ----------
    events1, n1 : array_like of int
        Favourable decisions and headcount of the group.
    events2, n2 : array_like of int
        The same for the reference; the four shapes broadcast.
    mid : bool
        Count the observed table for half (mid-p): less conservative, no longer guaranteed.

    Returns
    -------
    float64 array, broadcast shape
        Sum of the probabilities, given the margins, of all tables at most as likely as this one
        (the definition of ``scipy.stats.fisher_exact``). 1 where the margins allow one table.

    Raises
    ------
    ValueError
        Counts that are not whole numbers.

    Notes
    -----
    R. A. Fisher (1935). Conservative at low counts: it cannot find a gap that these margins
    could not show (``fisher_minimum``). Weighted rows have no exact test.
    """
    x, a, y, b = _counts(events1, n1, events2, n2)
    shape = x.shape
    x, a, y, b = x.ravel(), a.ravel(), y.ravel(), b.ravel()
    total = x + y
    p = np.empty(x.shape, dtype=np.float64)
    for part in _chunks(a, b, total):
        p[part] = _fisher_chunk(x[part], a[part], b[part], total[part], mid=mid)
    return p.reshape(shape)


def _chunks(n1: IntArray, n2: IntArray, events: IntArray) -> list[IntArray]:
    """Tables of like width together, so that a wide table does not pad a thousand narrow ones."""
    width = np.minimum(np.minimum(n1, n2), np.minimum(events, n1 + n2 - events))
    order = np.argsort(width, kind="stable")
    parts: list[IntArray] = []
    start = 0
    while start < order.size:
        limit = max(64, 2 * int(width[order[start]]))
        stop = int(np.searchsorted(width[order], limit, side="right"))
        stop = min(stop, start + max(1, 4_000_000 // (limit + 64)))
        parts.append(order[start:stop])
        start = stop
    return parts


def _fisher_chunk(
    x: IntArray, n1: IntArray, n2: IntArray, events: IntArray, *, mid: bool
) -> FloatArray:
    mode = (n1 + 1) * (events + 1) // (n1 + n2 + 2)
    side = np.where(x <= mode, -1, 1).astype(np.int64)
    own = _tail_sum(x, side, n1, n2, events)
    other_start = _other_tail(x, side, n1, n2, events)
    p = own + _tail_sum(other_start, -side, n1, n2, events)
    # At the mode every table is at most as likely as the observed one.
    target = _log_probability(x, n1, n2, events)
    at_mode = _log_probability(mode, n1, n2, events) <= target + np.log1p(_TIE)
    p = np.where(at_mode, 1.0, p)
    if mid:
        p = p - 0.5 * np.exp(target + _log_constant(n1, n2, events))
    return np.minimum(p, 1.0)


def fisher_minimum(n1: ArrayLike, n2: ArrayLike, events: ArrayLike) -> FloatArray:
    """Smallest two-sided Fisher p-value that a table with these margins could give.

    Parameters
    ----------
    n1, n2 : array_like of int
        Headcounts.
    events : array_like of int
        Favourable decisions, both groups together; the shapes broadcast.

    Returns
    -------
    float64 array, broadcast shape
        1 where only one table is possible.

    Raises
    ------
    ValueError
        Counts that are not whole numbers.

    Notes
    -----
    The least likely table is one of the two extremes. Above the level, no data with these
    margins could have shown anything: the comparison leaves the family (Tarone 1990).
    """
    a, b, total = _counts(n1, n2, events)
    least = np.maximum(0, total - b)
    most = np.minimum(a, total)
    return np.minimum(
        fisher_exact(least, a, total - least, b), fisher_exact(most, a, total - most, b)
    )


def pooled_z(events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike) -> PooledZ:
    """Two-proportion z with pooled variance (group minus reference).

    Parameters
    ----------
    events1, n1, events2, n2 : array_like
        Group, then reference; shapes broadcast.

    Returns
    -------
    PooledZ
        Statistic in standard deviations (negative: the group is behind) and two-sided p. Where
        all decisions are alike, or a group is empty, statistic 0 and p 1: nothing to measure.

    Notes
    -----
    The "two or three standard deviations" of *Castaneda v. Partida*, 430 U.S. 482, note 17.
    Too bold where expected counts are under 5: use ``fisher_exact`` there.
    """
    x, a, y, b = (np.asarray(v, dtype=float) for v in np.broadcast_arrays(events1, n1, events2, n2))
    safe_a, safe_b = np.maximum(a, 1), np.maximum(b, 1)
    pooled = (x + y) / np.maximum(a + b, 1)
    variance = pooled * (1 - pooled) * (1 / safe_a + 1 / safe_b)
    known = (variance > 0) & (a > 0) & (b > 0)
    z = np.where(known, (x / safe_a - y / safe_b) / np.sqrt(np.where(known, variance, 1)), 0.0)
    return PooledZ(z, 2 * ndtr(-np.abs(z)))


def chi_square(events: ArrayLike, n: ArrayLike, *, yates: bool = False) -> ChiSquare:
    """Pearson's chi-square of K groups by favourable or not: do all have the same rate?

    Parameters
    ----------
    events, n : array_like, shape (groups,)
        Favourable decisions and headcounts. Empty groups are left out.
    yates : bool
        Continuity correction, for two groups only.

    Returns
    -------
    ChiSquare
        Statistic 0, p 1 where all decisions are alike; df is groups minus one.

    Notes
    -----
    K. Pearson (1900). Needs expected counts of 5 or more; says that rates differ, not which.
    """
    counts = np.asarray(events, dtype=float)
    sizes = np.asarray(n, dtype=float)
    counts, sizes = counts[sizes > 0], sizes[sizes > 0]
    df = max(sizes.size - 1, 0)
    total = sizes.sum()
    rate = counts.sum() / total if total else 0.0
    if df == 0 or rate in {0.0, 1.0}:
        return ChiSquare(0.0, df, 1.0)
    gap = np.abs(counts - sizes * rate)
    if yates and df == 1:
        gap = np.maximum(gap - 0.5, 0.0)
    statistic = float(np.sum(gap**2 / (sizes * rate) + gap**2 / (sizes * (1 - rate))))
    return ChiSquare(statistic, df, float(chdtrc(df, statistic)))
