"""Would a small error of measurement, or the model fitted anew, change the answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.averages import mean_estimate
from algo_audit.explain.recourse_moves import last_decimal
from algo_audit.explain.recourse_target import told_step
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model
from algo_audit.models.rule import Decided, Rule
from algo_audit.stats.intervals import rate_interval, rate_method

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Stability:
    """Share of small disturbances that turn the decision, over all people or for one.

    ``measured``: every number one step off (declared ``step``, else the last decimal seen), each
    direction at random, cut-offs held; ``refitted``: the model fitted again on people drawn anew
    (``missing_reason`` ``cannot_refit`` for a grid, or without the fitting data). ``near``: people
    within one step of the cut-off (share).
    """

    measured: Estimate
    refitted: Estimate
    near: Estimate


def stability(
    model: Model,
    rows: InputRows,
    decided: Decided,
    *,
    actions: Sequence[Action],
    limits: Limits,
    seed: int,
    refitted: Sequence[NDArray[np.int8]] | None = None,
) -> Stability:
    """How many decisions small disturbances turn, over all people.

    Parameters
    ----------
    model : Model
    rows : InputRows
    decided : Decided
        The model's decisions on them.
    actions : sequence of Action
        For their steps.
    limits : Limits
        ``explain.people_sampled`` people are drawn, ``explain.disturbances`` tried for each.
    seed : int
    refitted : sequence of int8 arrays, shape (rows,), optional
        Decisions of the model fitted again, as ``refitted_decisions`` gives them.

    Returns
    -------
    Stability
        ``measured`` is the mean over people of the share of disturbances that turn their
        decision, its interval is over people; ``refitted`` the mean over fits of the share of
        people decided otherwise, between the lowest and the highest fit; ``near`` a share of
        people, one step being about a hundredth of the range of scores.

    Notes
    -----
    Errors of one step in every number at once are a convention, not a study of how wrong the data
    are. A category is not disturbed. A number at an end of the file's range goes inwards.
    """
    scores = model.score(rows.values)
    known = np.flatnonzero(np.isfinite(scores) & np.isfinite(decided.cut_off))
    confidence = limits.levels.confidence
    if not len(known):
        missing = Estimate(None, n=0, missing_reason="no_rule")
        return Stability(missing, _refitted(refitted, decided), missing)
    random = np.random.default_rng(seed)
    drawn = known
    if len(known) > limits.explain.people_sampled:
        drawn = np.sort(random.choice(known, limits.explain.people_sampled, replace=False))
    shares = _turned(model, rows, decided, drawn, actions, limits.explain.disturbances, random)
    close = np.abs(scores - decided.cut_off)[known] <= told_step(model, scores)
    return Stability(
        measured=_mean_share(shares, confidence),
        refitted=_refitted(refitted, decided),
        near=_rate(int(close.sum()), len(known), confidence),
    )


def stability_of(
    model: Model,
    rows: InputRows,
    decided: Decided,
    person: int,
    *,
    actions: Sequence[Action],
    limits: Limits,
    seed: int,
    refitted: Sequence[NDArray[np.int8]] | None = None,
) -> Stability:
    """The same for one person: row ``person`` of ``rows``.

    ``measured`` and ``refitted`` count disturbances and fits (``n`` of them), ``near`` is 1 or 0.
    """
    scores = model.score(rows.values)
    confidence = limits.levels.confidence
    if not np.isfinite(scores[person]) or not np.isfinite(decided.cut_off[person]):
        missing = Estimate(None, n=0, missing_reason="no_rule")
        return Stability(missing, missing, missing)
    random = np.random.default_rng(seed)
    tries = limits.explain.disturbances
    one = np.array([person], dtype=np.intp)
    share = float(_turned(model, rows, decided, one, actions, tries, random)[0])
    distance = abs(float(scores[person] - decided.cut_off[person]))
    close = distance <= told_step(model, scores)
    again = [made[person] != decided.decision[person] for made in refitted or ()]
    return Stability(
        measured=_rate(round(share * tries), tries, confidence),
        refitted=_rate(sum(map(int, again)), len(again), confidence)
        if again
        else Estimate(None, n=0, missing_reason="cannot_refit"),
        near=Estimate(float(close), n=1, method="count"),
    )


def refitted_decisions(
    model: Model,
    rows: InputRows,
    decisions: Decisions,
    *,
    rule: Rule | None,
    limits: Limits,
    seed: int,
) -> tuple[NDArray[np.int8], ...] | None:
    """Decisions of the model fitted ``explain.refits`` times on people of the file drawn anew.

    None where it cannot be fitted (a grid, ONNX, a function) or no rule is known. The same rule
    is applied each time, in each pool to as many places.
    """
    from algo_audit.models.refitting import refit

    applied = rule or model.rule
    if applied is None:
        return None
    pool = None
    if applied.kind == "top_k" and decisions.pool is not None:
        pool = decisions.pool.codes
    made = []
    for again in range(limits.explain.refits):
        fitted = refit(model, rows, decisions.outcome, seed + again)
        if fitted is None:
            return None
        scores = fitted.score(rows.values)
        decided = fitted.decide(scores, rule=applied, pool=pool, taken=decisions.outcome)
        made.append(decided.decision)
    return tuple(made) or None


def _turned(
    model: Model,
    rows: InputRows,
    decided: Decided,
    drawn: NDArray[np.intp],
    actions: Sequence[Action],
    tries: int,
    random: np.random.Generator,
) -> FloatArray:
    """Share of disturbances that turn each person's decision: shape (drawn,)."""
    declared = {one.column: one.step for one in actions}
    made = np.repeat(rows.values[drawn], tries, axis=0)
    for place, one in enumerate(rows.inputs):
        column = rows.values[:, place]
        column = column[~np.isnan(column)]
        if one.kind != "number" or not len(column):
            continue
        step = declared.get(one.name) or last_decimal(column)
        low, high = float(column.min()), float(column.max())
        sign = random.choice((-1.0, 1.0), size=len(made))
        moved = np.round(made[:, place] + sign * step, 9)
        outside = (moved < low) | (moved > high)
        inwards = np.clip(np.round(made[:, place] - sign * step, 9), low, high)
        made[:, place] = np.where(outside, inwards, moved)
    scores = model.score(made)
    cut_off = np.repeat(decided.cut_off[drawn], tries)
    taken = np.repeat(decided.decision[drawn] == 1, tries)
    # someone refused on a tie stays so; who is taken stays so on one
    turned = np.where(taken, scores < cut_off, scores > cut_off)
    tied = np.repeat(decided.tied[drawn], tries)
    # below a threshold, reaching it is enough
    turned |= ~taken & ~tied & (scores == cut_off) & _threshold(decided)
    shares: FloatArray = turned.reshape(len(drawn), tries).mean(axis=1)
    return shares


def _threshold(decided: Decided) -> bool:
    """Whether everybody who reaches the cut-off is taken: one cut-off, nobody refused on it."""
    return bool((decided.cut_off == decided.cut_off[0]).all() and not decided.tied.any())


def _rate(events: int, n: int, confidence: float) -> Estimate:
    low, high = rate_interval(events, n, confidence=confidence)
    return Estimate(events / n, float(low), float(high), n, method=str(rate_method(events, n)))


def _mean_share(shares: FloatArray, confidence: float) -> Estimate:
    """Mean of shares with an interval within 0 and 1."""
    made = mean_estimate(shares, confidence)
    if made.value is None or made.low is None or made.high is None or made.low == made.high:
        return _rate(round(float(shares.sum())), len(shares), confidence)
    return Estimate(made.value, max(0.0, made.low), min(1.0, made.high), made.n, made.method)


def _refitted(refitted: Sequence[NDArray[np.int8]] | None, decided: Decided) -> Estimate:
    if not refitted:
        return Estimate(None, n=0, missing_reason="cannot_refit")
    shares = np.array([(made != decided.decision).mean() for made in refitted])
    return Estimate(
        float(shares.mean()), float(shares.min()), float(shares.max()), len(shares), method="fits"
    )
