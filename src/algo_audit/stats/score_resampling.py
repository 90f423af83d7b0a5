"""The largest gap to the most favoured group where decisions are not exchangeable one by one.

Weighted rows and clusters: the groups' deviations from equal rates are drawn with their own
covariance (normal law), or by turning the signs of whole clusters (wild scores).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

_ROUNDING = 1e-9
_CHUNK = 4_000_000


@dataclass(frozen=True)
class Reference:
    """The group that the others are held against.

    ``index`` is its place among the groups; ``candidates`` tells which groups could have been
    chosen (the choice is then made again in every draw), None where it was named beforehand.
    """

    index: int
    candidates: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class MaxTest:
    """Single-step p-values of one homogeneity hypothesis.

    ``minimum`` is a p-value that no table with these margins can go below (0 where not known).
    ``method`` is ``fisher`` | ``exact_strata`` | ``exact_tables`` | ``permutation`` |
    ``normal_limit`` | ``score`` | ``wild_cluster``. ``maxima`` are the widest gaps of the tables
    drawn (or enumerated, with their probabilities in ``law``), None where none was drawn.
    """

    p_values: NDArray[np.float64]
    statistics: NDArray[np.float64]
    minimum: float
    method: str
    maxima: NDArray[np.float64] | None = None
    law: NDArray[np.float64] | None = None

    def critical(self, level: float) -> float | None:
        """Smallest statistic with a p-value at the level; None where no table was drawn."""
        if self.maxima is None:
            return None
        order = np.argsort(-self.maxima, kind="stable")
        if self.law is None:
            tail = (1.0 + np.arange(1, len(order) + 1)) / (len(order) + 1)
        else:
            tail = np.cumsum(self.law[order])
        reached = int(np.searchsorted(tail, level, side="right"))
        return float(self.maxima[order[reached - 1]]) if reached else np.inf


def p_values_of(observed: NDArray[np.float64], largest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Monte Carlo p-values (1 + b) / (B + 1) of each statistic against drawn maxima."""
    ordered = np.sort(largest)
    beaten = len(ordered) - np.searchsorted(ordered, observed - _ROUNDING, side="left")
    p_values: NDArray[np.float64] = (1 + beaten) / (len(ordered) + 1)
    return p_values


def linear_max_test(
    deviation: NDArray[np.float64],
    expected: NDArray[np.float64],
    covariance: NDArray[np.float64],
    reference: Reference | None,
    draws: NDArray[np.float64],
    *,
    method: str = "normal_limit",
) -> MaxTest:
    """p-value of every group's gap, against the largest gap among drawn deviations.

    Parameters
    ----------
    deviation : float64 array, shape (groups,)
        Favourable decisions minus those expected at equal rates.
    expected : float64 array, shape (groups,)
        Above 0.
    covariance : float64 array, shape (groups, groups)
        Of ``deviation`` at equal rates.
    reference : Reference or None
        None: each group against all others together.
    draws : float64 array, shape (draws, groups)
        Deviations drawn at equal rates.
    method : str

    Returns
    -------
    MaxTest
        Two groups under a normal law are judged without draws. 1 for the reference itself.
    """
    if reference is None:
        width = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        width = np.where(width > _ROUNDING, width, np.inf)
        observed = np.abs(deviation) / width
        p_values = p_values_of(observed, (np.abs(draws) / width).max(axis=1))
        return MaxTest(p_values, observed, 0.0, method)
    usable = expected > 0
    safe = np.where(usable, expected, 1.0)
    variance = np.diag(covariance) / safe**2
    cross = covariance / np.outer(safe, safe)
    spread = np.sqrt(np.maximum(variance[:, np.newaxis] + variance - 2 * cross, 0.0))
    spread[~usable] = 0.0
    spread[:, ~usable] = 0.0

    def gaps(favoured: NDArray[np.float64], chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        best = np.take_along_axis(favoured, chosen[:, np.newaxis], axis=1)
        width = spread[chosen]
        z = np.zeros_like(favoured)
        np.divide(np.abs(favoured - best), width, out=z, where=width > _ROUNDING)
        return z

    observed = gaps((deviation / safe)[np.newaxis], np.array([reference.index]))[0]
    if len(deviation) == 2 and method != "wild_cluster":
        p_values = erfc(observed / np.sqrt(2))
    else:
        drawn = draws / safe
        if reference.candidates is None:
            chosen = np.full(len(drawn), reference.index)
        else:
            chosen = np.argmax(np.where(reference.candidates & usable, drawn, -np.inf), axis=1)
        p_values = p_values_of(observed, gaps(drawn, chosen).max(axis=1))
    p_values[reference.index] = 1.0
    return MaxTest(p_values, observed, 0.0, method)


def normal_draws(
    covariance: NDArray[np.float64], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Normal deviations of mean 0, shape (draws, groups)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn: NDArray[np.float64] = rng.standard_normal((draws, len(covariance))) @ root.T
    return drawn


def wild_draws(
    scores: NDArray[np.float64], draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Sums of cluster scores with random signs, shape (draws, groups).

    Parameters
    ----------
    scores : float64 array, shape (clusters, groups)
        Favourable decisions of each cluster and group minus those expected at equal rates.
    draws : int
    rng : Generator

    Notes
    -----
    Rademacher signs, one for the whole cluster, keep the covariance between groups of one
    cluster (Cameron, Gelbach and Miller 2008). Many clusters: their normal limit.
    """
    clusters = len(scores)
    at_once = max(1, _CHUNK // max(clusters, 1))
    parts = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        signs = rng.integers(0, 2, size=(size, clusters), dtype=np.int8)
        parts.append((2.0 * signs - 1.0) @ scores)
    return np.concatenate(parts)
