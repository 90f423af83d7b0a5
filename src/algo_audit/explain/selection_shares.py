"""Whom a model takes, shared out over the criteria: Shapley values of reaching the cut-off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.contributions import Player
from algo_audit.models.model import AdditiveModel, Model
from algo_audit.models.rule import Decided

FloatArray = NDArray[np.float64]
# Chance of being taken with the criteria of one coalition: shape (people,).
Chance = Callable[[tuple[int, ...]], FloatArray]


def masks(players: int) -> Iterator[tuple[int, ...]]:
    """Every coalition of so many players, the empty one first."""
    for size in range(players + 1):
        yield from combinations(range(players), size)


def shapley_of(chance: Chance, people: int, players: int) -> tuple[FloatArray, FloatArray]:
    """Exact Shapley values of a game given by its coalitions.

    Parameters
    ----------
    chance : callable
        Coalition to the value of each person.
    people, players : int

    Returns
    -------
    values : float64 array, shape (people, players)
    empty : float64 array, shape (people,)
        Value of nobody's criteria; ``empty + values.sum(1)`` is the value of all of them.
    """
    values = np.zeros((people, players))
    empty = np.zeros(people)
    for mask in masks(players):
        got = chance(mask)
        size = len(mask)
        if not size:
            empty = got
        inside = np.zeros(players, dtype=bool)
        inside[list(mask)] = True
        if size:
            values[:, inside] += got[:, None] / (players * comb(players - 1, size - 1))
        if size < players:
            values[:, ~inside] -= got[:, None] / (players * comb(players - 1, size))
    return values, empty


def reaching(decided: Decided, places: NDArray[np.intp]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Cut-off of each person, and whether it has to be passed rather than reached.

    Someone refused on a tie would have needed more than the cut-off, someone taken on one just it:
    so that all criteria together give each person's own decision. No places: nothing is enough.
    """
    cut_off = np.where(np.isnan(decided.cut_off[places]), np.inf, decided.cut_off[places])
    strictly = decided.tied[places] & (decided.decision[places] == 0)
    return cut_off, strictly


def additive_chance(
    model: AdditiveModel,
    scores: FloatArray,
    values: FloatArray,
    background: FloatArray,
    players: Sequence[Player],
    cut_off: FloatArray,
    strictly: NDArray[np.bool_],
) -> Chance:
    """For a sum of points: what is missing to the cut-off, looked up among the others' points.

    A total that is rounded is rounded for every combination as it is for the person: what
    rounding did to the person's own total is kept out of the comparison.
    """
    own, other = model.points(values), model.points(background)
    by_player = np.stack([own[:, list(p.inputs)].sum(1) for p in players], axis=1)
    rest_by_player = np.stack([other[:, list(p.inputs)].sum(1) for p in players], axis=1)
    exact = model.constant + own.sum(axis=1)
    # the unrounded total from which this person is on the taken side
    needed = np.where(np.isfinite(cut_off), cut_off + (exact - scores), cut_off)
    margin = 1e-9 * np.maximum(1.0, np.abs(np.where(np.isfinite(needed), needed, 0.0)))
    needed = np.where(strictly, needed + margin, needed - margin)

    def chance(mask: tuple[int, ...]) -> FloatArray:
        chosen = np.zeros(len(players), dtype=bool)
        chosen[list(mask)] = True
        mine = model.constant + by_player[:, chosen].sum(axis=1)
        theirs = np.sort(rest_by_player[:, ~chosen].sum(axis=1))
        below = np.searchsorted(theirs, needed - mine, side="left")
        got: FloatArray = 1.0 - below / len(theirs)
        return got

    return chance


def called_chance(
    model: Model,
    values: FloatArray,
    background: FloatArray,
    players: Sequence[Player],
    cut_off: FloatArray,
    strictly: NDArray[np.bool_],
) -> Chance:
    """For any model: every person with every background row, one call per coalition."""
    people, beside = len(values), len(background)

    def chance(mask: tuple[int, ...]) -> FloatArray:
        rows = np.tile(background, (people, 1))
        for place in mask:
            inputs = list(players[place].inputs)
            rows[:, inputs] = np.repeat(values[:, inputs], beside, axis=0)
        scores = model.score(rows).reshape(people, beside)
        passed = np.where(strictly[:, None], scores > cut_off[:, None], scores >= cut_off[:, None])
        got: FloatArray = passed.mean(axis=1)
        return got

    return chance


def sampled_shapley(
    chance: Chance, people: int, players: int, *, orders: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Shapley values from random orders and their reverses, the same for everybody.

    Returns
    -------
    values : float64 array, shape (people, players)
    empty : float64 array, shape (people,)
    """
    random = np.random.default_rng(seed)
    values = np.zeros((people, players))
    seen: dict[tuple[int, ...], FloatArray] = {}

    def value(mask: tuple[int, ...]) -> FloatArray:
        if mask not in seen:
            seen[mask] = chance(mask)
        return seen[mask]

    drawn = [random.permutation(players) for _ in range((orders + 1) // 2)]
    for order in [*drawn, *(one[::-1] for one in drawn)]:
        before = value(())
        for place in range(players):
            after = value(tuple(sorted(order[: place + 1].tolist())))
            values[:, order[place]] += after - before
            before = after
    return values / (2 * len(drawn)), value(())
