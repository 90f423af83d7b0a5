"""Which share of the logged decisions does the model reproduce?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.advice import read_advice
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.rule import Rule
from algo_audit.explain.surrogate import GroupFidelity
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model
from algo_audit.models.rule import decide
from algo_audit.stats.intervals import rate_interval, rate_method

RULE_MISSING = "rule_missing"
# What binary arithmetic may add to half a unit of the last decimal, as a share of the score.
_LAST_BITS = 1e-9


@dataclass(frozen=True)
class Replay:
    """The model run again on the file.

    ``scores``: rows whose logged score could be compared, ``scores_equal`` those that come out
    alike (to the last decimal written), ``largest_difference``. ``agreement``: share of rows
    whose logged decision is the model's (ties that the score leaves open count as reproduced
    where their number fits, see ``tied``). ``added``: people taken whom the model had not chosen,
    ``dropped``: chosen by the model and refused. ``advice_agreement``: the same against the logged
    advice. ``rule``: ``threshold`` | ``top_k`` | ``rule_missing``: the model and the case name no
    rule, so only scores were compared.
    """

    rows: int
    scores: int
    scores_equal: int
    largest_difference: float | None
    agreement: Estimate
    advice_agreement: Estimate | None
    added: int
    dropped: int
    tied: int
    rule: str
    by_group: tuple[GroupFidelity, ...] = ()


def replay(
    model: Model,
    rows: InputRows,
    decisions: Decisions,
    *,
    rule: Rule | None = None,
    limits: Limits | None = None,
) -> Replay:
    """Run the model on the file again and compare with what was logged.

    Parameters
    ----------
    model : Model
    rows : InputRows
        Of all rows of ``decisions``, in their order.
    decisions : Decisions
    rule : Rule, optional
        Of the case; else the model's own.
    limits : Limits, optional

    Returns
    -------
    Replay

    Notes
    -----
    Under ``top_k`` without a value each pool is given the places that the decisions (for the
    advice: the advice) really filled, so that the number never disagrees, only who. On a tie at
    the cut-off the score does not say who is taken: whoever was logged is then held to be the
    model's choice, as far as the places at that score go. Rows without a pool (``top_k``) or
    without a score are not compared. Intervals take people as apart from each other, which
    candidates of one pool are not: a person too many makes another one too few.
    """
    limits = read_limits() if limits is None else limits
    scores = model.score(rows.values)
    compared, equal, largest = _compare_scores(scores, decisions)
    applied = rule or model.rule
    confidence = limits.levels.confidence
    if applied is None:
        missing = Estimate(None, n=0, missing_reason=RULE_MISSING)
        return Replay(len(scores), compared, equal, largest, missing, None, 0, 0, 0, RULE_MISSING)
    decided, tied = chosen_as_logged(applied, scores, decisions, decisions.outcome)
    known = decided >= 0
    alike = decided == decisions.outcome
    advice = read_advice(decisions)
    return Replay(
        rows=len(scores),
        scores=compared,
        scores_equal=equal,
        largest_difference=largest,
        agreement=_share(alike[known], confidence),
        advice_agreement=None
        if advice is None
        else _advice_agreement(applied, scores, decisions, advice, confidence),
        added=int((known & (decisions.outcome == 1) & (decided == 0)).sum()),
        dropped=int((known & (decisions.outcome == 0) & (decided == 1)).sum()),
        tied=int(tied.sum()),
        rule=applied.kind,
        by_group=_by_group(alike, known, decisions, confidence),
    )


def chosen_as_logged(
    rule: Rule,
    scores: NDArray[np.float64],
    decisions: Decisions,
    logged: NDArray[np.int8],
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """The model's decisions, ties at the cut-off settled as logged.

    Parameters
    ----------
    rule : Rule
    scores : float64 array, shape (rows,)
    decisions : Decisions
        For its pools.
    logged : int8 array, shape (rows,)
        1 favourable, 0 not, -1 not known.

    Returns
    -------
    decided : int8 array, shape (rows,)
        1, 0, or -1 where the rule says nothing: no score, no pool, nothing logged.
    tied : bool array, shape (rows,)
        As in ``Decided``.
    """
    by_pool = rule.kind == "top_k"
    pool = decisions.pool.codes if by_pool and decisions.pool is not None else None
    made = decide(rule, scores, pool=pool, taken=logged)
    decided = made.decision.copy()
    tied = np.flatnonzero(made.tied)
    if len(tied):
        own = np.zeros(len(tied), dtype=np.int64) if pool is None else pool[tied].astype(np.int64)
        # in each pool, those who were taken come first, then the order of the file
        order = np.lexsort((-logged[tied].astype(np.int64), own))
        places = np.bincount(own, weights=decided[tied]).astype(np.int64)
        sizes = np.bincount(own)
        starts = np.cumsum(sizes) - sizes
        rank = np.empty(len(tied), dtype=np.int64)
        rank[order] = np.arange(len(tied)) - starts[own[order]]
        decided[tied] = rank < places[own]
    unknown = np.isnan(scores) | (logged < 0)
    if pool is not None:
        unknown |= pool < 0
    return np.where(unknown, np.int8(-1), decided), made.tied


def _share(alike: NDArray[np.bool_], confidence: float) -> Estimate:
    """Share of rows decided alike."""
    n, events = len(alike), int(alike.sum())
    if not n:
        return Estimate(None, n=0, missing_reason="nothing_to_compare")
    low, high = rate_interval(events, n, confidence=confidence)
    return Estimate(events / n, float(low), float(high), n=n, method=str(rate_method(events, n)))


def _advice_agreement(
    rule: Rule,
    scores: NDArray[np.float64],
    decisions: Decisions,
    advice: NDArray[np.int8],
    confidence: float,
) -> Estimate:
    decided, _ = chosen_as_logged(rule, scores, decisions, advice)
    known = decided >= 0
    return _share((decided == advice)[known], confidence)


def _by_group(
    alike: NDArray[np.bool_], known: NDArray[np.bool_], decisions: Decisions, confidence: float
) -> tuple[GroupFidelity, ...]:
    found = []
    for attribute, column in decisions.protected.items():
        for code, group in enumerate(column.levels):
            here = known & (column.codes == code)
            if here.any():
                found.append(GroupFidelity(attribute, group, _share(alike[here], confidence)))
    return tuple(found)


def _compare_scores(
    scores: NDArray[np.float64], decisions: Decisions
) -> tuple[int, int, float | None]:
    """Rows compared, rows alike to the last decimal written, largest difference."""
    logged = decisions.score
    if logged is None:
        return 0, 0, None
    both = np.isfinite(logged) & np.isfinite(scores)
    if not both.any():
        return 0, 0, None
    difference = np.abs(scores[both] - logged[both])
    half = 0.5 * 10.0 ** -_decimals_written(decisions)
    equal = difference <= half + _LAST_BITS * np.maximum(1.0, np.abs(logged[both]))
    return int(both.sum()), int(equal.sum()), float(difference.max())


def _decimals_written(decisions: Decisions) -> int:
    """Decimals of the logged score: the most that any row writes (a spreadsheet drops zeros)."""
    name, table = decisions.roles.score, decisions.table
    if name is None or table is None or name not in table.columns:
        return 9
    import pyarrow as pa

    from algo_audit.data.conversion import convert_numbers
    from algo_audit.data.raw_table import trimmed

    texts = trimmed(pa.array(table[name].astype("string"), pa.string(), from_pandas=True))
    words = [word for word in texts.unique().to_pylist() if word]
    numbers = convert_numbers(
        pa.array(words, pa.string()), decimal_comma=table.attrs.get("decimal_comma")
    )
    mark = "," if numbers.style in ("comma", "dotted") else "."
    most = 0
    for word, refused in zip(words, numbers.refused, strict=True):
        if refused:
            continue
        if "e" in word.casefold():
            return 15  # written in full precision
        fraction = word.partition(mark)[2]
        most = max(most, sum(1 for sign in fraction if sign.isdigit()))
    return most + (2 if numbers.percent else 0)
