"""How well the inputs tell the members of a group from everybody else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.contributions import Player
from algo_audit.explain.effects import drawn_rows
from algo_audit.explain.gap import Proxy
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import Input, InputRows
from algo_audit.stats.auc import auc_delong, auc_interval, auc_method

FloatArray = NDArray[np.float64]
_FOLDS = 3
_BINS = 20  # of one number alone
_HELD = 5.0  # people of the whole file that a bin's share is drawn towards, against small bins


def proxy_strength(
    rows: InputRows,
    decisions: Decisions,
    *,
    players: Sequence[Player],
    limits: Limits,
    seed: int,
) -> tuple[Proxy, ...]:
    """AUC for telling each group from all others: by all inputs, then by each criterion alone.

    Parameters
    ----------
    rows : InputRows
    decisions : Decisions
    players : sequence of Player
    limits : Limits
        ``explain.proxy_rows`` people at most; ``explain.proxy_alert`` (clause C04).
    seed : int

    Returns
    -------
    tuple of Proxy
        For each group with ``groups.compared_from`` people inside and outside, all inputs first.

    Notes
    -----
    Every person is judged by a model fitted on others (three folds; people alike in every input
    stay in one fold, so that nobody is told by a copy). All inputs: small histogram boosting. One
    criterion: shares of the group by value or by twentieth of the people. AUC 0.5: the inputs say
    nothing; 1: they give the group away. An attribute that is itself an input is told by
    itself.
    """
    taken = drawn_rows(len(rows), limits.explain.proxy_rows, seed)
    values = rows.values[taken]
    fold = _folds(values, seed)
    found: list[Proxy] = []
    for attribute, column in decisions.protected.items():
        codes = column.codes[taken]
        known = codes >= 0
        own, folds = values[known], fold[known]
        levels = [code for code in range(len(column.levels)) if (codes == code).any()]
        scores: dict[str | None, FloatArray] = {}
        for place, code in enumerate(levels):
            member = (codes[known] == code).astype(np.int64)
            inside = int(member.sum())
            if min(inside, len(member) - inside) < limits.groups.compared_from:
                continue
            if len(levels) == 2 and place == 1 and scores:
                # telling one of two groups is telling the other
                scores = {key: -score for key, score in scores.items()}
            else:
                scores = {None: _by_all(own, member, folds, rows.inputs, seed)}
                for player in players:
                    scores[player.key] = _by_one(own, member, folds, player, rows.inputs)
            for key, score in scores.items():
                auc = _auc(score, member, limits.levels.confidence)
                alert = auc.low is not None and auc.low > limits.explain.proxy_alert
                found.append(Proxy(attribute, column.levels[code], key, auc, alert))
    return tuple(found)


def _folds(values: FloatArray, seed: int) -> NDArray[np.int64]:
    """A fold for each row, the same for rows that are alike."""
    _, same = np.unique(np.nan_to_num(values, nan=-1e300), axis=0, return_inverse=True)
    fold = np.random.default_rng(seed).integers(0, _FOLDS, int(same.max(initial=0)) + 1)
    drawn: NDArray[np.int64] = fold[same.ravel()]
    return drawn


def _by_all(
    values: FloatArray,
    member: NDArray[np.int64],
    fold: NDArray[np.int64],
    inputs: Sequence[Input],
    seed: int,
) -> FloatArray:
    """Scores of all inputs together, each person judged by a model fitted on the others."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    categories = [place for place, one in enumerate(inputs) if one.kind == "category"]
    few = [place for place in categories if np.nanmax(values[:, place], initial=0) < 255]
    scores = np.full(len(member), member.mean())
    # small fits: threads that wait for each other would cost more than they bring
    with threadpool_limits(1):
        for place in range(_FOLDS):
            fit, judged = fold != place, fold == place
            if not judged.any() or len(np.unique(member[fit])) < 2:
                continue
            made = HistGradientBoostingClassifier(
                max_iter=40,
                max_leaf_nodes=8,
                learning_rate=0.15,
                random_state=seed,
                categorical_features=few or None,
                early_stopping=False,
            )
            made.fit(values[fit], member[fit])
            scores[judged] = made.decision_function(values[judged])
    return scores


def _by_one(
    values: FloatArray,
    member: NDArray[np.int64],
    fold: NDArray[np.int64],
    player: Player,
    inputs: Sequence[Input],
) -> FloatArray:
    """Share of the group among people of the same value (or twentieth), counted on the others."""
    cell = np.zeros(len(member), dtype=np.int64)
    for place in player.inputs:
        column = values[:, place]
        codes = _binned(column) if inputs[place].kind == "number" else _coded(column)
        joined = cell * (int(codes.max(initial=0)) + 1) + codes
        cell = np.unique(joined, return_inverse=True)[1].ravel()
    size = int(cell.max(initial=0)) + 1
    scores = np.full(len(member), member.mean())
    for place in range(_FOLDS):
        fit, judged = fold != place, fold == place
        if not judged.any() or not fit.any():
            continue
        n = np.bincount(cell[fit], minlength=size)
        inside = np.bincount(cell[fit], weights=member[fit], minlength=size)
        share = (inside + _HELD * member[fit].mean()) / (n + _HELD)
        scores[judged] = share[cell[judged]]
    return scores


def _binned(column: FloatArray) -> NDArray[np.int64]:
    filled = column[~np.isnan(column)]
    if not len(filled):
        return np.zeros(len(column), dtype=np.int64)
    cuts = np.unique(np.quantile(filled, np.linspace(0, 1, _BINS + 1)[1:-1], method="lower"))
    return np.where(np.isnan(column), len(cuts) + 1, np.searchsorted(cuts, column, side="left"))


def _coded(column: FloatArray) -> NDArray[np.int64]:
    return np.where(np.isnan(column), -1, column).astype(np.int64) + 1


def _auc(score: FloatArray, member: NDArray[np.int64], confidence: float) -> Estimate:
    everyone = np.zeros(len(member), dtype=np.int64)
    found = auc_delong(score, member, everyone, groups=1)
    value = float(found.auc[0])
    if np.isnan(value):
        return Estimate(None, n=len(member), missing_reason="nothing_varies")
    low, high = auc_interval(found, confidence=confidence)
    return Estimate(value, float(low[0]), float(high[0]), len(member), str(auc_method(found)[0]))
