"""How a score became a decision, apart from the score itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.rule import Rule
from algo_audit.errors import AuditError

__all__ = ["Decided", "Rule", "decide"]


@dataclass(frozen=True)
class Decided:
    """What a rule makes of scores.

    Attributes
    ----------
    decision : int8 array, shape (rows,)
        1 favourable, 0 not. On a tie at the cut-off the row that stands first is taken.
    cut_off : float64 array, shape (rows,)
        The score that was enough in the row's pool: of the last one taken (``top_k``), or the
        threshold. NaN in a pool without places.
    tied : bool array, shape (rows,)
        Rows whose score equals the cut-off while not all of these could be taken: the score
        alone does not say who was.
    """

    decision: NDArray[np.int8]
    cut_off: NDArray[np.float64]
    tied: NDArray[np.bool_]


def decide(
    rule: Rule,
    scores: NDArray[np.float64],
    *,
    pool: NDArray[np.int32] | None = None,
    taken: NDArray[np.int8] | None = None,
) -> Decided:
    """Apply a rule.

    Parameters
    ----------
    rule : Rule
    scores : float64 array, shape (rows,)
        Higher is better for the person; NaN is never taken.
    pool : int32 array, shape (rows,), optional
        Who competes for the same places; -1: a row without pool, never taken by ``top_k``.
        None: all rows are one pool.
    taken : int8 array, shape (rows,), optional
        Logged decisions: how many places each pool had, for ``top_k`` without a value.

    Returns
    -------
    Decided

    Raises
    ------
    AuditError
        ``model.places_unknown``: ``top_k`` without a value and without logged decisions;
        ``model.threshold_unknown``: a threshold without a value.
    """
    if rule.kind == "threshold":
        if rule.value is None:
            raise AuditError("model.threshold_unknown")
        return Decided(
            decision=(scores >= rule.value).astype(np.int8),
            cut_off=np.full(len(scores), float(rule.value)),
            tied=np.zeros(len(scores), dtype=bool),
        )
    if rule.value is None and taken is None:
        raise AuditError("model.places_unknown")
    pool = np.zeros(len(scores), dtype=np.int32) if pool is None else pool
    places = _places(rule, pool, taken)
    return _best_of_pools(scores, pool, places)


def _places(
    rule: Rule, pool: NDArray[np.int32], taken: NDArray[np.int8] | None
) -> NDArray[np.int64]:
    """Places of each pool, by its number."""
    pools = int(pool.max(initial=-1)) + 1
    if rule.value is not None:
        return np.full(pools, int(rule.value), dtype=np.int64)
    if taken is None:
        raise AuditError("model.places_unknown")
    return np.bincount(pool[(pool >= 0) & (taken == 1)], minlength=pools).astype(np.int64)


def _best_of_pools(
    scores: NDArray[np.float64], pool: NDArray[np.int32], places: NDArray[np.int64]
) -> Decided:
    """The best of each pool: exactly ``min(places, rows with a score)`` of them."""
    rows = len(scores)
    decision = np.zeros(rows, dtype=np.int8)
    cut_off = np.full(rows, np.nan)
    tied = np.zeros(rows, dtype=bool)
    competing = np.flatnonzero((pool >= 0) & ~np.isnan(scores))
    own_pool, own_score = pool[competing], scores[competing]
    # stable: among equal scores the row that stands first comes first
    order = np.lexsort((-own_score, own_pool))
    sizes = np.bincount(own_pool, minlength=len(places))
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(competing), dtype=np.int64)
    rank[order] = np.arange(len(competing)) - starts[own_pool[order]]
    admitted = rank < places[own_pool]
    decision[competing] = admitted
    last = np.full(len(places), np.nan)
    filled = np.minimum(places, sizes)
    some = filled > 0
    last[some] = own_score[order][starts[some] + filled[some] - 1]
    in_pool = pool >= 0
    cut_off[in_pool] = last[pool[in_pool]]
    at_cut = own_score == last[own_pool]
    refused_at_cut = np.bincount(own_pool[at_cut & ~admitted], minlength=len(places)) > 0
    tied[competing] = at_cut & refused_at_cut[own_pool]
    return Decided(decision=decision, cut_off=cut_off, tied=tied)
