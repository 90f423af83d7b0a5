"""Repeated people or twin applications: how far clusters widen or narrow an interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from algo_audit.data.counts import CROSSING
from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.clustered_fit import ClusterCells, clustered_fit
from algo_audit.fairness.comparison import Interval

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ClusterEffect:
    """Difference of rates with and without clusters.

    ``design_effect`` = (clustered standard error / plain standard error) squared: above 1 the
    interval widens (people of one cluster are alike and in one group), below 1 it narrows
    (groups are balanced inside clusters, as in twin applications).
    """

    attribute: str
    group: str
    reference: str
    clusters: int
    difference: float
    standard_error_plain: float
    standard_error_clustered: float
    design_effect: float
    interval_clustered: Interval
    method: str  # permutation_inside_clusters | cluster_t
    p_value: float | None


@dataclass(frozen=True)
class ClusteredPair:
    """Difference and ratio of two rates whose rows come in clusters.

    ``ratio`` is None where one of the two groups has no favourable decision.
    ``standard_error_plain`` is that of the linear probability model with equal variances.
    """

    clusters: int
    difference: Interval
    ratio: Interval | None
    standard_error_plain: float
    standard_error: float
    p_value: float


def cluster_codes(cluster: Column) -> NDArray[np.int64]:
    """Code of every row's cluster; a row without cluster is a cluster of its own."""
    codes = cluster.codes.astype(np.int64)
    alone = codes < 0
    codes[alone] = len(cluster.levels) + np.arange(int(alone.sum()))
    return codes


def clustered_pair(
    outcome: NDArray[np.int8],
    member: NDArray[np.bool_],
    cluster: NDArray[np.int64],
    *,
    weight: FloatArray | None = None,
    confidence: float = 0.95,
) -> ClusteredPair | None:
    """Difference and ratio of the rates of two groups, with a sandwich by cluster.

    Parameters
    ----------
    outcome : int8 array, shape (rows,)
        1 favourable.
    member : bool array, shape (rows,)
        True in the group, False in the reference.
    cluster : int array, shape (rows,)
    weight : float64 array, shape (rows,), or None
    confidence : float

    Returns
    -------
    ClusteredPair or None
        None with an empty group or fewer than two clusters.

    Notes
    -----
    ``clustered_fit`` with one stratum: factor G / (G - 1) (n - 1) / (n - 2), limits and p-value
    from Student's t with G - 1 degrees of freedom, the linear probability model of Liang and Zeger
    (1986) as Stata and statsmodels print it; the ratio on the log scale (delta method). With few
    clusters, or groups that share none, t is too bold: under the limit of the policy the p-value
    comes from ``cluster_chapter`` instead.
    """
    n = len(outcome)
    if n < 3 or not member.any() or member.all():
        return None
    w = np.ones(n) if weight is None else weight
    cells = ClusterCells(
        cluster=cluster,
        group=np.where(member, 0, 1).astype(np.int64),
        stratum=np.zeros(n, dtype=np.int64),
        n=w,
        events=w * outcome,
        rows=np.ones(n),
    )
    fit = clustered_fit(cells)
    if fit is None:
        return None
    t = float(stdtrit(fit.clusters - 1, 0.5 + confidence / 2))
    half, ratio = t * fit.standard_error, None
    if fit.ratio is not None and fit.log_ratio_error is not None:
        spread = float(np.exp(t * fit.log_ratio_error))
        ratio = Interval(fit.ratio, fit.ratio / spread, fit.ratio * spread)
    p_value = 1.0
    if fit.standard_error > 0:
        p_value = 2 * float(stdtr(fit.clusters - 1, -abs(fit.difference) / fit.standard_error))
    return ClusteredPair(
        clusters=fit.clusters,
        difference=Interval(
            fit.difference, max(fit.difference - half, -1.0), min(fit.difference + half, 1.0)
        ),
        ratio=ratio,
        standard_error_plain=_plain_error(outcome, member, w, (fit.value, fit.reference_value)),
        standard_error=fit.standard_error,
        p_value=p_value,
    )


def _plain_error(
    outcome: NDArray[np.int8],
    member: NDArray[np.bool_],
    weight: FloatArray,
    rates: tuple[float, float],
) -> float:
    """Standard error of the difference as if rows were apart: one residual variance for both."""
    residual = outcome - np.where(member, rates[0], rates[1])
    n = len(outcome)
    variance = float(weight @ residual**2) / float(weight.sum()) * n / (n - 2)
    sizes = [
        float((weight[rows] ** 2).sum()) / float(weight[rows].sum()) ** 2
        for rows in (member, ~member)
    ]
    return float(np.sqrt(variance * sum(sizes)))


def crossed_codes(
    decisions: Decisions, attribute: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Code of every row for an attribute or a crossing (``sex × age``), and the levels.

    Returns
    -------
    int64 array, shape (rows,)
        -1 where one of the crossed attributes is unknown.
    tuple of str
        All combinations, whether they occur or not.
    """
    names = (attribute,) if attribute in decisions.protected else attribute.split(CROSSING)
    code = np.zeros(len(decisions), dtype=np.int64)
    known = np.ones(len(decisions), dtype=bool)
    levels: tuple[str, ...] = ()
    for k, name in enumerate(names):
        column = decisions.protected[name]
        code = code * len(column.levels) + column.codes
        known &= column.codes >= 0
        levels = (
            column.levels
            if k == 0
            else tuple(CROSSING.join((a, b)) for a in levels for b in column.levels)
        )
    return np.where(known, code, -1), levels


def cluster_chapter(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> tuple[ClusterEffect, ...]:
    """What clusters do to each group's difference to its reference.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of str to str
        Reference group of every attribute (or crossing ``sex × age``) to look at.
    limits : Limits
        ``clusters.permutation_below``: with fewer clusters than this, the p-value is exact, by
        permutation of decisions inside clusters.

    Returns
    -------
    tuple of ClusterEffect
        Empty without a cluster column. Groups under ``groups.compared_from`` are left out.
    """
    if decisions.cluster is None:
        return ()
    cluster = cluster_codes(decisions.cluster)
    effects = []
    for attribute, reference in references.items():
        codes, levels = crossed_codes(decisions, attribute)
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        against = levels.index(reference)
        for group in np.flatnonzero(sizes >= limits.groups.compared_from).tolist():
            if group == against:
                continue
            names = (attribute, levels[group], reference)
            effect = _effect(decisions, names, codes, (group, against), cluster, limits=limits)
            if effect is not None:
                effects.append(effect)
    return tuple(effects)


def _effect(
    decisions: Decisions,
    names: tuple[str, str, str],
    codes: NDArray[np.int64],
    pair: tuple[int, int],
    cluster: NDArray[np.int64],
    *,
    limits: Limits,
) -> ClusterEffect | None:
    rows = (codes == pair[0]) | (codes == pair[1])
    outcome, member, cluster = decisions.outcome[rows], codes[rows] == pair[0], cluster[rows]
    weight = None if decisions.weight is None else decisions.weight[rows]
    found = clustered_pair(
        outcome, member, cluster, weight=weight, confidence=limits.levels.confidence
    )
    if found is None or found.standard_error_plain <= 0:
        return None
    method, p_value = "cluster_t", found.p_value
    if found.clusters < limits.clusters.permutation_below and weight is None:
        exact = permutation_inside_clusters(
            outcome, member, cluster, support=limits.resampling.exact_support
        )
        if exact is not None:
            method, p_value = "permutation_inside_clusters", exact
    return ClusterEffect(
        attribute=names[0],
        group=names[1],
        reference=names[2],
        clusters=found.clusters,
        difference=found.difference.value,
        standard_error_plain=found.standard_error_plain,
        standard_error_clustered=found.standard_error,
        design_effect=(found.standard_error / found.standard_error_plain) ** 2,
        interval_clustered=found.difference,
        method=method,
        p_value=p_value,
    )


def permutation_inside_clusters(
    outcome: NDArray[np.int8],
    member: NDArray[np.bool_],
    cluster: NDArray[np.int64],
    *,
    support: int,
) -> float | None:
    """Exact two-sided p-value: decisions handed out again at random inside each cluster.

    Arrays as in ``clustered_pair``; ``support`` as in ``stats.exact_pair``.

    Returns
    -------
    float or None
        None where no cluster holds both groups and both decisions: then permutation inside
        clusters can show nothing.
    """
    from algo_audit.stats.exact_pair import exact_pair

    _, place = np.unique(cluster, return_inverse=True)
    clusters = int(place.max()) + 1
    n = np.stack([np.bincount(place[side], minlength=clusters) for side in (member, ~member)])
    chosen = outcome == 1
    events = np.stack(
        [np.bincount(place[side & chosen], minlength=clusters) for side in (member, ~member)]
    )
    people, total = n.sum(axis=0), events.sum(axis=0)
    if not bool(((n > 0).all(axis=0) & (total > 0) & (total < people)).any()):
        return None
    return exact_pair(n.astype(np.int64), events.astype(np.int64), support=support).p_value
