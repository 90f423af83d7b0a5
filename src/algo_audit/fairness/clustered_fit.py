"""Difference and ratio of two groups within strata, with errors by cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ClusterCells:
    """Rows by cluster, group and stratum; arrays of one entry per cell that occurs.

    ``n`` and ``events`` are sums of weights (rows where nothing is weighted); ``events`` counts
    the better side of the measure when made for a test, its numerator when made for an estimate.
    ``rows`` is their plain number.
    """

    cluster: NDArray[np.int64]
    group: NDArray[np.int64]
    stratum: NDArray[np.int64]
    n: FloatArray
    events: FloatArray
    rows: FloatArray

    def of_groups(self, groups: NDArray[np.intp], count: int) -> ClusterCells:
        """Cells of these groups only, renumbered in their order; ``count`` groups in all."""
        place = np.full(count, -1, dtype=np.int64)
        place[groups] = np.arange(len(groups))
        code = place[self.group]
        kept = code >= 0
        return ClusterCells(
            self.cluster[kept],
            code[kept],
            self.stratum[kept],
            self.n[kept],
            self.events[kept],
            self.rows[kept],
        )


def effective_sizes(cells: ClusterCells, groups: int) -> FloatArray:
    """How many separate people each group's rate is worth, shape (groups,).

    p (1 - p) over the rate's variance by cluster; the number of clusters where the rate is 0 or 1
    and has no spread of its own.
    """
    n = np.bincount(cells.group, weights=cells.n, minlength=groups)
    rate = np.divide(
        np.bincount(cells.group, weights=cells.events, minlength=groups),
        n,
        out=np.zeros(groups),
        where=n > 0,
    )
    pairs, place = np.unique(np.stack([cells.cluster, cells.group]), axis=1, return_inverse=True)
    score = np.bincount(place.ravel(), weights=cells.events - rate[cells.group] * cells.n)
    clusters = np.bincount(pairs[1], minlength=groups).astype(np.float64)
    spread = np.bincount(pairs[1], weights=score**2, minlength=groups)
    variance = spread * clusters / np.maximum(clusters - 1, 1.0) / np.where(n > 0, n, 1.0) ** 2
    inside = (rate > 0) & (rate < 1) & (variance > 0)
    size: FloatArray = np.where(inside, rate * (1 - rate) / np.where(inside, variance, 1), clusters)
    return size


@dataclass(frozen=True)
class ClusteredFit:
    """Difference within strata and ratio, with standard errors by cluster.

    ``log_ratio_error`` is None where one side has no event.
    """

    value: float
    reference_value: float
    difference: float
    standard_error: float
    ratio: float | None
    log_ratio_error: float | None
    clusters: int


def clustered_fit(cells: ClusterCells) -> ClusteredFit | None:
    """Least squares difference of two groups within strata, with a sandwich by cluster.

    Parameters
    ----------
    cells : ClusterCells
        Groups 0 and 1.

    Returns
    -------
    ClusteredFit or None
        None without two clusters, or where no stratum holds both groups.

    Notes
    -----
    The difference is Mantel and Haenszel's; its score for a row is (n_other / N) (y - fit), the
    fit of a common difference within strata. Variance: sum over clusters of squared scores times
    G / (G - 1) (n - 1) / (n - k), k strata plus one (Cameron and Miller 2015). The ratio's
    variance is that of its logarithm by the same scores around a common ratio.
    """
    strata = int(cells.stratum.max(initial=-1)) + 1
    shape = (2, strata)
    code = cells.group * strata + cells.stratum
    n = np.bincount(code, weights=cells.n, minlength=2 * strata).reshape(shape)
    events = np.bincount(code, weights=cells.events, minlength=2 * strata).reshape(shape)
    both = (n > 0).all(axis=0)
    clusters, cluster = np.unique(cells.cluster, return_inverse=True)
    if not both.any() or len(clusters) < 2:
        return None
    people = np.where(both, n.sum(axis=0), 1.0)
    # share of the other group among the stratum's people, 0 where a stratum lacks one
    other = np.where(both, n[::-1] / people, 0.0)
    up, down = (events * other).sum(axis=1)
    weight = float((n[0] * other[0]).sum())
    difference = float(up - down) / weight
    sign = np.array([1.0, -1.0])[:, np.newaxis]
    fitted = np.where(both, events.sum(axis=0) / people, 0.0) + sign * other * difference
    rows = float(cells.rows.sum())
    factor = len(clusters) / (len(clusters) - 1) * (rows - 1) / max(rows - both.sum() - 1, 1.0)

    def spread(fit: FloatArray, slope: FloatArray) -> float:
        score = slope[cells.group, cells.stratum] * (
            cells.events - fit[cells.group, cells.stratum] * cells.n
        )
        return float(np.sqrt(factor * (np.bincount(cluster, weights=score) ** 2).sum()))

    ratio = log_error = None
    if down > 0:
        ratio = float(up / down)
    if down > 0 and up > 0:
        base = events.sum(axis=0) / np.where(both, n[1] + ratio * n[0], 1.0)
        slope = np.stack([other[0] / up, -other[1] / down])
        log_error = spread(np.stack([ratio * base, base]), slope)
    values = events.sum(axis=1) / n.sum(axis=1)
    error = spread(fitted, sign * other / weight)
    return ClusteredFit(
        float(values[0]), float(values[1]), difference, error, ratio, log_error, len(clusters)
    )
