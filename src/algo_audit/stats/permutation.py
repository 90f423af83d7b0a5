"""Which group is behind the most favoured one: the largest gap, judged by re-drawn tables.

The reference may be chosen from the data. Its choice is then made again in every drawn table, so
that the p-value pays for it. Margins (headcounts and events per stratum) are held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from algo_audit.stats.exact_pair import exact_pair
from algo_audit.stats.score_resampling import (
    MaxTest,
    Reference,
    linear_max_test,
    normal_draws,
    p_values_of,
)

Numbers = NDArray[np.int64] | NDArray[np.float64]
# Statistics closer than this are the same statistic.
ROUNDING = 1e-9
# Cells drawn at a time: small enough to stay in the processor's cache.
_CHUNK = 400_000
# An exploratory run ends after ten wide draws (Besag and Clifford 1991); each stage ends at five
# times as many draws as the one before.
_GROWTH = 5
# Exploring, tables whose groups all expect this many decisions of each kind take the normal limit.
_AMPLE = 10
_ENOUGH = 10


@dataclass(frozen=True)
class Draws:
    """How tables are drawn.

    Attributes
    ----------
    draws : int
        Random tables.
    first : int
        Groups that at least ten of the first tables beat keep the p-value of these; equal to
        ``draws`` for no early stop.
    at_least : int
        Where fewer tables than this fit in ``cells``, the normal limit of the same law is drawn.
    cells : int
        Most cells (groups x strata x tables) drawn for one p-value.
    enumerated : int
        Up to this many possible tables all are enumerated: the p-value is exact.
    support : int
        As in ``exact_pair``.
    seed : int
    """

    draws: int
    first: int
    at_least: int
    cells: int
    enumerated: int
    support: int
    seed: int


def favour(n: Numbers, events: Numbers) -> NDArray[np.float64]:
    """Favourable decisions over those expected at equal rates within strata.

    Parameters
    ----------
    n : int64 array, shape (groups, strata)
    events : int64 array, shape (..., groups, strata)

    Returns
    -------
    float64 array, shape (..., groups)
        O / E, rounded to twelve figures so that equal rates are equal; -1 where E is 0. Strata
        with one group only say nothing and are left out. With one stratum, the order is the
        order of the rates.
    """
    shared = (n > 0).sum(axis=0) > 1
    people = n.sum(axis=0)
    # events per stratum are fixed: take them from any one table
    total = events.reshape(-1, *n.shape)[0].sum(axis=0)
    rate = np.divide(total, people, out=np.zeros(len(people)), where=people > 0)
    expected = n[:, shared] @ rate[shared]
    seen = events[..., shared].sum(axis=-1)
    ratio = np.full(seen.shape, -1.0)
    np.divide(seen, expected, out=ratio, where=np.broadcast_to(expected > 0, seen.shape))
    rounded: NDArray[np.float64] = np.round(ratio, decimals=12).astype(np.float64, copy=False)
    return rounded


def most_favoured(n: Numbers, events: Numbers, candidates: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Index of the candidate with the highest O / E; of several, the first.

    Groups should come largest first, so that a tie goes to the larger one. Shapes as in
    ``favour``; returns shape (...).
    """
    ratio = np.where(candidates, favour(n, events), -np.inf)
    place: NDArray[np.intp] = np.argmax(ratio, axis=-1)
    return place


def gap_statistic(
    n: NDArray[np.int64], events: NDArray[np.int64], reference: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Standardised gap of every group to the reference, without sign.

    Cochran, Mantel and Haenszel's statistic of the pair, from its own events only, so that other
    groups' rates do not enter: |sum (O - E)| / sqrt(sum V) over strata. With one stratum it is
    the pooled two-proportion z times sqrt((N - 1) / N).

    Parameters
    ----------
    n : int64 array, shape (groups, strata)
    events : int64 array, shape (..., groups, strata)
    reference : intp array, shape (...)

    Returns
    -------
    float64 array, shape (..., groups)
        0 for the reference itself and where the pair's margins leave one table only.
    """
    place = reference[..., np.newaxis, np.newaxis]
    n_reference = n[reference][..., np.newaxis, :].astype(np.float64)
    events_reference = np.take_along_axis(events, place, axis=-2)
    people = n + n_reference
    total = events + events_reference
    with np.errstate(divide="ignore", invalid="ignore"):
        share = n / people
        deviation = events - share * total
        variance = share * n_reference * total * (people - total) / (people * (people - 1))
        usable = (people > 1) & (n > 0) & (n_reference > 0)
        deviation = np.where(usable, deviation, 0.0).sum(axis=-1)
        variance = np.where(usable, variance, 0.0).sum(axis=-1)
        z = np.abs(deviation) / np.sqrt(variance)
    z = np.where(variance > ROUNDING, z, 0.0)
    np.put_along_axis(z, reference[..., np.newaxis], 0.0, axis=-1)
    return z


def max_test(
    n: NDArray[np.int64],
    events: NDArray[np.int64],
    reference: Reference,
    draws: Draws,
    *,
    maxima: NDArray[np.float64] | None = None,
) -> MaxTest:
    """p-value of every group's gap to the reference, against the largest gap of re-drawn tables.

    Two groups: exact. Few possible tables: all of them. Otherwise random tables, or their normal
    limit where tables are too large to draw, or ample enough to explore; p = (1 + b) / (B + 1).

    Parameters
    ----------
    n, events : int64 arrays, shape (groups, strata)
        Groups of one homogeneity hypothesis: all have the same rate within strata.
        Largest group first (see ``most_favoured``).
    reference : Reference
    draws : Draws
    maxima : float64 array or None
        Widest gaps of tables already drawn for the same margins, reference and candidates.

    Returns
    -------
    MaxTest
        Single-step p-values, 1 for the reference itself.
    """
    if len(n) == 2:
        pair = exact_pair(n, events, support=draws.support)
        p_values = np.full(2, pair.p_value)
        p_values[reference.index] = 1.0
        statistic = gap_statistic(n, events, np.array(reference.index))
        return MaxTest(p_values, statistic, pair.minimum, pair.method)
    observed = gap_statistic(n, events, np.array(reference.index))
    bound = _smallest_probability(n, events)
    if maxima is not None:
        p_values = p_values_of(observed, maxima)
        p_values[reference.index] = 1.0
        return MaxTest(p_values, observed, bound, "permutation", maxima)
    if n.shape[1] == 1:
        tables = enumerated_tables(n[:, 0], int(events.sum()), at_most=draws.enumerated)
        if tables is not None:
            return _enumerated(n, tables, observed, reference)
    # the order in which strata come must not change a draw
    order = np.lexsort((*n[::-1], events.sum(axis=0), n.sum(axis=0)))
    n, events = n[:, order], events[:, order]
    fitting = min(draws.draws, draws.cells // n.size)
    exploring = draws.first < draws.draws
    if fitting < draws.at_least or (exploring and _ample(n, events)):
        return _normal_limit(n, events, reference, draws)
    rng = np.random.default_rng(draws.seed)

    def drawn(size: int) -> NDArray[np.float64]:
        parts = _drawn(n, events, size, rng)
        return np.concatenate([_maxima(n, tables, reference) for tables in parts])

    stages = min(draws.first, fitting), fitting
    p_values, largest = _staged(observed, drawn, *stages)
    p_values[reference.index] = 1.0
    return MaxTest(p_values, observed, bound, "permutation", largest)


def others_test(n: NDArray[np.int64], events: NDArray[np.int64], draws: Draws) -> MaxTest:
    """p-value of every group's gap to all others together, against the largest of these gaps.

    Parameters and result as in ``max_test``, without a reference.
    """
    people, total = n.sum(axis=0).astype(np.float64), events.sum(axis=0)
    usable = people > 1
    n, events, people, total = n[:, usable], events[:, usable], people[usable], total[usable]
    expected = n @ (total / people)
    scale = total * (people - total) / (people**2 * (people - 1))
    variance = (n * (people - n)) @ scale

    def statistic(seen: NDArray[np.integer]) -> NDArray[np.float64]:
        z = np.zeros(seen.shape)
        np.divide(np.abs(seen - expected), np.sqrt(variance), out=z, where=variance > ROUNDING)
        return z

    observed = statistic(events.sum(axis=1))
    # the order in which strata come must not change a draw
    order = np.lexsort((*n[::-1], total, people))
    n, events = n[:, order], events[:, order]
    bound = _smallest_probability(n, events)
    fitting = min(draws.draws, draws.cells // max(n.size, 1))
    rng = np.random.default_rng(draws.seed)
    if fitting < draws.at_least or (draws.first < draws.draws and _ample(n, events)):
        covariance = np.diag(n @ (scale[order] * people[order])) - (n * scale[order]) @ n.T
        drawn = normal_draws(covariance, draws.draws, rng)
        deviation = events.sum(axis=1) - expected
        return linear_max_test(deviation, expected, covariance, None, drawn)

    def maxima(size: int) -> NDArray[np.float64]:
        parts = _drawn(n, events, size, rng)
        return np.concatenate([statistic(t.sum(axis=2)).max(axis=1) for t in parts])

    stages = min(draws.first, fitting), fitting
    p_values, largest = _staged(observed, maxima, *stages)
    return MaxTest(p_values, observed, bound, "permutation", largest)


def _ample(n: NDArray[np.int64], events: NDArray[np.int64]) -> bool:
    """Whether every group expects at least ten decisions of each kind."""
    expected = n @ (events.sum(axis=0) / np.maximum(n.sum(axis=0), 1))
    least = np.minimum(expected, n.sum(axis=1) - expected).min()
    return bool(least >= _AMPLE)


def _staged(
    observed: NDArray[np.float64],
    maxima: Callable[[int], NDArray[np.float64]],
    first: int,
    fitting: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """p-values and maxima: of the first draws, and of more for groups still near a level.

    A group keeps its p-value as soon as at least ten of the tables drawn so far beat it; that
    p-value is larger than any that a further stage is asked about, so that the level holds.
    """
    largest = maxima(first)
    p_values = p_values_of(observed, largest)
    near = p_values * (len(largest) + 1) - 1 < _ENOUGH
    while len(largest) < fitting and bool(near.any()):
        more = min(fitting, _GROWTH * (len(largest) + 1) - 1) - len(largest)
        largest = np.concatenate([largest, maxima(more)])
        p_values = np.where(near, p_values_of(observed, largest), p_values)
        near &= p_values * (len(largest) + 1) - 1 < _ENOUGH
    return p_values, largest


def draw_tables(
    n: NDArray[np.int64], total: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Random tables with these margins: events drawn without replacement within strata.

    Parameters
    ----------
    n : int64 array, shape (groups, strata)
    total : int64 array, shape (strata,)
        Events of every stratum.
    draws : int
    rng : Generator

    Returns
    -------
    int64 array, shape (draws, groups, strata)
    """
    tables = np.empty((draws, *n.shape), dtype=np.int64)
    left = np.broadcast_to(total, (draws, n.shape[1])).copy()
    people = n.sum(axis=0)
    # the first (largest) group takes what the others leave
    for group in range(len(n) - 1, 0, -1):
        people = people - n[group]
        tables[:, group] = rng.hypergeometric(n[group], people, left)
        left -= tables[:, group]
    tables[:, 0] = left
    return tables


def enumerated_tables(
    n: NDArray[np.int64], events: int, *, at_most: int
) -> NDArray[np.int64] | None:
    """All ways to place ``events`` on groups of these sizes, shape (tables, groups).

    None where there are more than ``at_most``.
    """
    after = np.concatenate([np.cumsum(n[::-1])[::-1][1:], [0]])
    tables = np.zeros((1, 0), dtype=np.int64)
    left = np.array([events], dtype=np.int64)
    for size, rest in zip(n, after, strict=True):
        low = np.maximum(0, left - rest)
        ways = np.minimum(size, left) - low + 1
        if int(ways.sum()) > at_most:
            return None
        parent = np.repeat(np.arange(len(left)), ways)
        start = np.repeat(np.cumsum(ways) - ways, ways)
        count = low[parent] + np.arange(len(parent)) - start
        tables = np.column_stack([tables[parent], count])
        left = left[parent] - count
    return tables


def _enumerated(
    n: NDArray[np.int64],
    tables: NDArray[np.int64],
    observed: NDArray[np.float64],
    reference: Reference,
) -> MaxTest:
    sizes = n[:, 0]
    logarithm = (gammaln(sizes + 1.0) - gammaln(tables + 1.0) - gammaln(sizes - tables + 1.0)).sum(
        axis=1
    )
    law = np.exp(logarithm - logarithm.max())
    law /= law.sum()
    largest = _maxima(n, tables[:, :, np.newaxis], reference)
    p_values = np.array([law[largest >= z - ROUNDING].sum() for z in observed])
    p_values[reference.index] = 1.0
    minimum = min(float(law[largest >= largest.max() - ROUNDING].sum()), 1.0)
    return MaxTest(np.minimum(p_values, 1.0), observed, minimum, "exact_tables", largest, law)


def _maxima(
    n: NDArray[np.int64], tables: NDArray[np.int64], reference: Reference
) -> NDArray[np.float64]:
    if reference.candidates is None:
        chosen = np.full(len(tables), reference.index)
    else:
        chosen = most_favoured(n, tables, reference.candidates)
    largest: NDArray[np.float64] = gap_statistic(n, tables, chosen).max(axis=-1)
    return largest


def _drawn(
    n: NDArray[np.int64], events: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Random tables, as many at a time as stay in the processor's cache."""
    total = events.sum(axis=0)
    at_once = max(1, _CHUNK // n.size)
    for start in range(0, draws, at_once):
        yield draw_tables(n, total, min(at_once, draws - start), rng)


def _smallest_probability(n: NDArray[np.int64], events: NDArray[np.int64]) -> float:
    """No table with these margins is rarer than this, so no p-value is smaller."""
    people, total = n.sum(axis=0), events.sum(axis=0)
    ways = gammaln(people + 1.0) - gammaln(total + 1.0) - gammaln(people - total + 1.0)
    return min(float(np.exp(-ways.sum())), 1.0)


def _normal_limit(
    n: NDArray[np.int64], events: NDArray[np.int64], reference: Reference, draws: Draws
) -> MaxTest:
    """The same law by its mean and covariance, for tables with very many strata."""
    people, total = n.sum(axis=0), events.sum(axis=0)
    usable = (people > 1) & ((n > 0).sum(axis=0) > 1)
    n, total, people = n[:, usable], total[usable], people[usable].astype(np.float64)
    expected = n @ (total / people)
    scale = total * (people - total) / (people**2 * (people - 1))
    covariance = np.diag(n @ (scale * people)) - (n * scale) @ n.T
    rng = np.random.default_rng(draws.seed)
    return linear_max_test(
        events[:, usable].sum(axis=1) - expected,
        expected,
        covariance,
        reference,
        normal_draws(covariance, draws.draws, rng),
    )
