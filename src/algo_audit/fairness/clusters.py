"""Repeated people or twin applications: how far clusters widen or narrow an interval."""

from __future__ import annotations

from dataclasses import dataclass

from algo_audit.fairness.comparison import Interval


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
