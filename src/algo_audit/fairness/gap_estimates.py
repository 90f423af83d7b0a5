"""Difference and ratios of pairs of groups, with their intervals, from counts alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.verdicts import Gap
from algo_audit.stats.intervals import difference_interval, ratio_interval
from algo_audit.stats.score_limits import difference_statistic, ratio_statistic
from algo_audit.stats.stratified import Limits as StratifiedLimits
from algo_audit.stats.stratified import mantel_haenszel_each

Cells = NDArray[np.int64] | NDArray[np.float64]


def score_gaps(
    n: Cells,
    events: Cells,
    *,
    confidence: float,
) -> list[Gap]:
    """Gaps of many pairs at once by score intervals; arrays (2, pairs), n above 0."""
    pair = (events[0], n[0], events[1], n[1])
    reverse = (n[0] - events[0], n[0], n[1] - events[1], n[1])
    value, reference = events / n
    difference = difference_interval(*pair, confidence=confidence)
    ratio = ratio_interval(*pair, confidence=confidence)
    unfavourable = ratio_interval(*reverse, confidence=confidence)

    def quotient(
        up: float, down: float, limits: tuple[NDArray[np.float64], NDArray[np.float64]], i: int
    ) -> Interval | None:
        if down <= 0:
            return None
        return Interval(up / down, float(limits[0][i]), float(limits[1][i]))

    return [
        Gap(
            value=float(a),
            reference_value=float(b),
            difference=Interval(float(a - b), float(difference[0][i]), float(difference[1][i])),
            ratio=quotient(float(a), float(b), ratio, i),
            unfavourable_ratio=quotient(float(1 - a), float(1 - b), unfavourable, i),
        )
        for i, (a, b) in enumerate(zip(value, reference, strict=True))
    ]


def adjusted_gaps(
    tables: Sequence[tuple[Cells, Cells]], *, confidence: float, widen: bool = True
) -> list[Gap]:
    """Gaps of many pairs within strata; each pair has n and events, arrays (2, strata).

    Difference and ratio are Mantel and Haenszel's, over strata that hold both; the two values are
    the plain rates of all people counted. ``widen`` False: a quick screen, never wider.
    """
    sides = [
        (seen[0], n[0], seen[1], n[1]) for n, events in tables for seen in (events, n - events)
    ]
    adjusted = mantel_haenszel_each(sides, confidence=confidence, widen=widen)
    gaps: list[Gap] = []
    for (n, events), favourable, unfavourable in zip(
        tables, adjusted[::2], adjusted[1::2], strict=True
    ):
        value, reference = events.sum(axis=1) / np.maximum(n.sum(axis=1), 1)
        gaps.append(
            Gap(
                value=float(value),
                reference_value=float(reference),
                difference=_interval(favourable.difference),
                ratio=_interval(favourable.ratio),
                unfavourable_ratio=_interval(unfavourable.ratio),
            )
        )
    return gaps


def _interval(limits: StratifiedLimits) -> Interval | None:
    if limits.value is None or limits.low is None or limits.high is None:
        return None
    return Interval(limits.value, limits.low, limits.high)


def score_inside(
    n: NDArray[np.int64], events: NDArray[np.int64], policy: Policy, *, confidence: float
) -> NDArray[np.bool_]:
    """Pairs (2, pairs) whose score intervals lie inside the margin, in ratio or in points."""
    z = float(ndtri(0.5 + confidence / 2))
    bound = z / float(np.sqrt(1 + z**2))  # the statistics are bounded: gap / sqrt(var + gap**2)
    x, y = events.astype(np.float64)
    a, b = n.astype(np.float64)
    low, high = np.full(x.shape, policy.margin), np.full(x.shape, 1 / policy.margin)
    inside = np.ones(x.shape, dtype=bool)
    for up, down in ((x, y), (a - x, b - y)):
        inside &= ratio_statistic(low, up, a, down, b) > bound
        inside &= ratio_statistic(high, up, a, down, b) < -bound
    if policy.margin_points is not None:
        edge = np.full(x.shape, policy.margin_points)
        inside |= (difference_statistic(-edge, x, a, y, b) > bound) & (
            difference_statistic(edge, x, a, y, b) < -bound
        )
    return inside
