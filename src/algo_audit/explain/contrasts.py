"""Means of a group against means of a reference: values, intervals, weights, clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from algo_audit.data.decisions import Decisions
from algo_audit.fairness.clusters import cluster_codes
from algo_audit.fairness.comparison import Estimate
from algo_audit.stats.intervals import difference_interval, pair_method

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WELCH, CLUSTERED = "welch_t", "cluster_t"


@dataclass(frozen=True)
class Contrast:
    """Rows of a group and of its reference.

    Attributes
    ----------
    group, reference : int64 arrays
        Row numbers of the two, each row in one of them at most.
    weight : float64 array, shape (rows,), or None
        Sampling weights of all rows.
    cluster : int64 array, shape (rows,), or None
        Whose rows go together.
    """

    group: IntArray
    reference: IntArray
    weight: FloatArray | None = None
    cluster: IntArray | None = None

    @property
    def n(self) -> int:
        """People of both groups."""
        return len(self.group) + len(self.reference)

    def taken(self, rows: IntArray, weight: FloatArray | None) -> Contrast:
        """The same among some rows, renumbered in their order, with other weights."""
        place = np.full(int(max(self.group.max(), self.reference.max(), rows.max())) + 1, -1)
        place[rows] = np.arange(len(rows))
        group, reference = place[self.group], place[self.reference]
        return Contrast(
            group[group >= 0],
            reference[reference >= 0],
            weight,
            None if self.cluster is None else self.cluster[rows],
        )


def row_facts(decisions: Decisions) -> tuple[FloatArray | None, IntArray | None]:
    """Sampling weights and clusters of a file's rows, None where it has none."""
    cluster = None if decisions.cluster is None else cluster_codes(decisions.cluster)
    return decisions.weight, cluster


def mean_differences(
    values: FloatArray, contrast: Contrast, *, confidence: float
) -> tuple[Estimate, ...]:
    """Difference of group means of several columns, each with its interval.

    Parameters
    ----------
    values : float64 array, shape (rows, columns)
    contrast : Contrast
        Both groups hold at least one row.
    confidence : float
        0 to 1.

    Returns
    -------
    tuple of Estimate, one per column
        Limits are None where a group has one row only.

    Notes
    -----
    Closed form, for the statistic is a difference of two means: Welch's variance and degrees of
    freedom (Biometrika 34, 1947); with clusters the sandwich of their sums and clusters - 1. A
    bootstrap over people would say the same with noise of its own. It speaks of other people
    drawn like these, the model, the cut-offs and the background held; with few people and a
    skewed column it is a little too narrow.
    """
    sides = [_side(values, own, contrast.weight) for own in (contrast.group, contrast.reference)]
    gap = sides[0][0] - sides[1][0]
    if contrast.cluster is None:
        error, freedom = _welch(sides)
    else:
        error, freedom = _clustered(sides, contrast)
    method = WELCH if contrast.cluster is None else CLUSTERED
    with np.errstate(invalid="ignore"):
        half = stdtrit(np.maximum(freedom, 1.0), 0.5 + confidence / 2) * error
    known = np.isfinite(half)
    return tuple(
        Estimate(
            float(value),
            float(value - reach) if sound else None,
            float(value + reach) if sound else None,
            contrast.n,
            method,
        )
        for value, reach, sound in zip(gap, half, known, strict=True)
    )


def _side(
    values: FloatArray, own: IntArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Mean of one group, and what each of its rows adds to it beyond its share."""
    share = np.ones(len(own)) if weight is None else weight[own]
    share = share / share.sum()
    mean = share @ values[own]
    return mean, share[:, None] * (values[own] - mean)


def _welch(sides: list[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    variances, freedoms = [], []
    for _, influence in sides:
        n = len(influence)
        factor = n / (n - 1) if n > 1 else np.nan
        variances.append(factor * (influence**2).sum(axis=0))
        freedoms.append(max(n - 1, 1))
    total = variances[0] + variances[1]
    below = variances[0] ** 2 / freedoms[0] + variances[1] ** 2 / freedoms[1]
    freedom = np.divide(
        total**2, below, out=np.full(total.shape, float(sum(freedoms))), where=below > 0
    )
    return np.sqrt(total), freedom


def _clustered(
    sides: list[tuple[FloatArray, FloatArray]], contrast: Contrast
) -> tuple[FloatArray, FloatArray]:
    assert contrast.cluster is not None
    rows = np.concatenate([contrast.group, contrast.reference])
    influence = np.concatenate([sides[0][1], -sides[1][1]])
    _, place = np.unique(contrast.cluster[rows], return_inverse=True)
    clusters = int(place.max()) + 1
    sums = np.zeros((clusters, influence.shape[1]))
    np.add.at(sums, place, influence)
    factor = clusters / (clusters - 1) if clusters > 1 else np.nan
    error = np.sqrt(factor * (sums**2).sum(axis=0))
    return error, np.full(error.shape, float(max(clusters - 1, 1)))


def rate_difference(
    outcome: NDArray[np.int8], contrast: Contrast, *, confidence: float
) -> Estimate:
    """Difference of two shares of favourable decisions, as the comparisons of an audit give it.

    Score limits, which hold at 0 and 1 too; with weights or clusters those of means.
    """
    if contrast.weight is not None or contrast.cluster is not None:
        column = outcome.astype(np.float64)[:, None]
        return mean_differences(column, contrast, confidence=confidence)[0]
    counts = [(int(outcome[own].sum()), len(own)) for own in (contrast.group, contrast.reference)]
    arguments = (*counts[0], *counts[1])
    low, high = difference_interval(*arguments, confidence=confidence)
    value = counts[0][0] / counts[0][1] - counts[1][0] / counts[1][1]
    return Estimate(value, float(low), float(high), contrast.n, str(pair_method(*arguments)))
