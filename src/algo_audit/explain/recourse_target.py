"""The score that would have been enough, and the steps in which scores are told."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.model import Model
from algo_audit.models.rule import Decided, Rule

FloatArray = NDArray[np.float64]

# Scores written with more decimals than this have no steps.
_DECIMALS = 3
_LAST_BITS = 1e-9
# A score is told to about a hundredth of the range of scores.
_TOLD_PARTS = 100


def score_step(model: Model, scores: FloatArray) -> float:
    """One step of the score: 0.1 where totals have one decimal, 0 where there is none to see."""
    rounded = model.describe().facts.get("rounded")
    if isinstance(rounded, int):
        return float(10.0**-rounded)
    known = scores[np.isfinite(scores)]
    if model.scale != "points" or not len(known):
        return 0.0
    for decimals in range(_DECIMALS + 1):
        if (np.abs(np.round(known, decimals) - known) <= _LAST_BITS).all():
            return float(10.0**-decimals)
    return 0.0


def told_step(model: Model, scores: FloatArray) -> float:
    """Step to which a distance from somebody else's score is told.

    1, 2 or 5 times a power of ten, at least a hundredth of the range of scores and at least one
    step of the score: told to the last decimal, what lacks would give away the score of the last
    person admitted.
    """
    known = scores[np.isfinite(scores)]
    wide = float(known.max() - known.min()) / _TOLD_PARTS if len(known) else 0.0
    least = max(wide, score_step(model, scores))
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    enough = least * (1 - _LAST_BITS)
    return next(float(round(part * power, 9)) for part in (1, 2, 5, 10) if part * power >= enough)


def needed_scores(model: Model, rule: Rule, scores: FloatArray, decided: Decided) -> FloatArray:
    """Score from which each row would be decided favourably, all others unchanged.

    Parameters
    ----------
    model : Model
    rule : Rule
    scores : float64 array, shape (rows,)
        Of the whole file.
    decided : Decided
        What the rule makes of them.

    Returns
    -------
    float64 array, shape (rows,)
        Under ``threshold`` its value. Under ``top_k`` for a person refused one step of the score
        beyond that of the last person admitted (an equal score does not say who is taken), where
        the score has steps, else the next number beyond; NaN in a pool without places.
    """
    if rule.kind == "threshold":
        return decided.cut_off.astype(np.float64, copy=True)
    cut_off = decided.cut_off
    margin = score_step(model, scores) or _LAST_BITS * np.maximum(1.0, np.abs(cut_off))
    beyond = np.round(cut_off + margin, 9) if score_step(model, scores) else cut_off + margin
    return np.where(decided.decision == 1, cut_off, beyond)
