"""The cheapest plausible changes, set of inputs by set, exactly, where a score is a sum of points.

Options of each input stand in the order of their effort. Of a set of inputs all but the one with
the best points per effort are gone through, with two bounds (what is spent already, and what lacks
must still cost at the best points per effort, against the best found; what can still be gained
against what lacks), and the last one is found by bisection. A set whose
cheapest change costs no less than that of a smaller set inside it has none. Sets that must cost
more than the ways already certain are not gone through.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.plausibility import NEIGHBOURS, Plausibility
from algo_audit.explain.recourse_moves import FloatArray, LevelMoves, Menu, StepArray
from algo_audit.explain.recourse_task import Kin, Options, Task
from algo_audit.models.model import AdditiveModel, Model

# Up to so many inputs all sets are looked at; beyond, sets of up to ``_SET_SIZE`` inputs.
_ALL_SETS = 8
_SET_SIZE = 4
# Patience with one set and person: combinations whose plausibility is asked for, steps of the
# search. Most sets take a few dozen; where all is implausible, or gains are wildly uneven, the
# best found so far stands. With 300 asked, one first way in a thousand was not the cheapest; with
# 3,000 none differed from 6,000 (the applicants of ``benchmarks/speed/recourse_data.py``).
_ASKED_AT_MOST = 3000
_STEPS_AT_MOST = 200_000
_CELLS_AT_ONCE = 3_000_000
_PEOPLE_AT_ONCE = 500
# Points added up in another order differ by this much (share of the score's size).
_SAME = 1e-9


def rounding_of(model: Model) -> float:
    """Half a unit of the decimal that a model rounds its total to, 0 where it does not."""
    decimals = model.describe().facts.get("rounded")
    return 0.5 * 10.0**-decimals if isinstance(decimals, int) else 0.0


def _least_total(model: Model, needed: FloatArray) -> FloatArray:
    """Points from which a score is reached: half a unit less where the total is rounded.

    Halves go away from zero: the half below a score above zero does, the half below another
    does not.
    """
    half = rounding_of(model)
    same: FloatArray = _SAME * np.maximum(1.0, np.abs(needed))
    if not half:
        return needed - same
    reached: FloatArray = np.ceil(needed / (2.0 * half) - _SAME) * 2.0 * half
    return reached - half + np.where(reached > 0.0, -same, _SAME)


def sums_up(model: Model, values: FloatArray) -> bool:
    """Whether a model's score is its points added up, rounding apart."""
    if not isinstance(model, AdditiveModel) or not len(values):
        return False
    scores = model.score(values)
    apart = np.abs(model.constant + model.points(values).sum(axis=1) - scores)
    return bool((apart <= rounding_of(model) + 1e-6 * np.maximum(1.0, np.abs(scores))).all())


class Cheapest(NamedTuple):
    """Choices that do.

    ``person``: index among those who ask, shape (found,); ``choices``: steps, shape (found,
    actions); ``possible``: those who ask for whom some choice would do, were it plausible;
    ``cut``: choices whose search ran out of patience: they do, but may not be the cheapest.
    """

    person: NDArray[np.intp]
    choices: StepArray
    possible: NDArray[np.bool_]
    cut: NDArray[np.bool_]


def cheapest_by_set(
    model: Model,
    menu: Menu,
    who: NDArray[np.intp],
    *,
    needed: FloatArray,
    plausibility: Plausibility,
    ways: int,
) -> Cheapest:
    """Cheapest plausible choices of each person, in sets of inputs of which none holds another.

    Parameters
    ----------
    model : AdditiveModel
    menu : Menu
    who : intp array, shape (asking,)
        Rows of the menu.
    needed : float64 array, shape (asking,)
    plausibility : Plausibility
    ways : int
        So many of the cheapest, and one more for each search that ran out of patience.

    Returns
    -------
    Cheapest
    """
    from algo_audit.explain.recourse_kernel import solve

    assert isinstance(model, AdditiveModel)
    least = _least_total(model, needed)
    sets = _sets(len(menu.moves))
    found: list[tuple[NDArray[np.intp], StepArray, NDArray[np.bool_]]] = []
    possible = np.zeros(len(who), dtype=bool)
    at_once = _at_once(menu)
    for start in range(0, len(who), at_once):
        some = slice(start, start + at_once)
        options = _Options(model, menu, who[some], plausibility)
        present = menu.present[who[some]]
        base = model.constant + model.points(present).sum(axis=1)
        lacks = least[some] - base
        kin = Kin(
            apart=plausibility.apart(present),
            values=plausibility.people,
            category=plausibility.category,
            blank=plausibility.blank,
            weight=plausibility.weight,
            limits=np.maximum(plausibility.limit, plausibility.distance(present)),
        )
        patience = (_ASKED_AT_MOST, _STEPS_AT_MOST)
        best, chosen, could, cut = solve(
            Task(options.arrays(), kin, lacks, sets, NEIGHBOURS + 1, patience, ways)
        )
        possible[some] = could
        person, of_set = np.nonzero(np.isfinite(best))
        steps = options.chosen(person, chosen[person, of_set])
        found.append((person + start, steps, cut[person, of_set]))
    if not found:
        nobody = np.empty(0, dtype=np.intp)
        return Cheapest(nobody, np.empty((0, len(menu.moves)), np.int64), possible, nobody > 0)
    persons, choices, cuts = zip(*found, strict=True)
    return Cheapest(
        np.concatenate(persons), np.concatenate(choices), possible, np.concatenate(cuts)
    )


def all_at_best(model: Model, menu: Menu, who: NDArray[np.intp]) -> StepArray:
    """Every change where it brings most points: shape (people, actions)."""
    assert isinstance(model, AdditiveModel)
    found = np.zeros((len(who), len(menu.moves)), dtype=np.int64)
    at_once = _at_once(menu)
    for start in range(0, len(who), at_once):
        some = who[start : start + at_once]
        options = _Options(model, menu, some, None)
        best = options.gains.argmax(axis=2)
        gain = np.take_along_axis(options.gains, best[:, :, np.newaxis], axis=2)[:, :, 0]
        found[start : start + len(some)] = options.chosen(
            np.arange(len(some)), np.where(gain > 0, best, -1)
        )
    return found


def _at_once(menu: Menu) -> int:
    """How many people a table of options is made for."""
    widest = int((menu.up + menu.down).max(initial=1))
    cells = max(widest, 1) * max(len(menu.moves), 1)
    return max(1, min(_PEOPLE_AT_ONCE, _CELLS_AT_ONCE // cells))


def _sets(actions: int) -> NDArray[np.bool_]:
    """Sets of actions, smaller ones first: shape (sets, actions)."""
    largest = actions if actions <= _ALL_SETS else _SET_SIZE
    rows = []
    for size in range(1, largest + 1):
        for members in combinations(range(actions), size):
            row = np.zeros(actions, dtype=bool)
            row[list(members)] = True
            rows.append(row)
    return np.array(rows, dtype=bool).reshape(len(rows), actions)


class _Options:
    """Allowed steps of each person and action, by effort: arrays (people, actions, options)."""

    def __init__(
        self,
        model: AdditiveModel,
        menu: Menu,
        who: NDArray[np.intp],
        plausibility: Plausibility | None,
    ) -> None:
        actions = len(menu.moves)
        widest = max(1, int((menu.up[who] + menu.down[who]).max(initial=1)))
        shape = (len(who), actions, widest)
        self.steps = np.zeros(shape, dtype=np.int64)
        self.efforts = np.full(shape, np.inf)
        self.gains = np.full(shape, -np.inf)
        self.scaled = np.zeros(shape)
        self.counts = np.zeros(shape[:2], dtype=np.int64)
        self.present = np.zeros(shape[:2])
        self.places = np.array([move.input for move in menu.moves], dtype=np.int64)
        scaled = None if plausibility is None else plausibility.scaled(menu.present[who])
        for place, move in enumerate(menu.moves):
            if scaled is not None:
                self.present[:, place] = scaled[:, move.input]
            self._fill(model, menu, who, plausibility, place)

    def _fill(
        self,
        model: AdditiveModel,
        menu: Menu,
        who: NDArray[np.intp],
        plausibility: Plausibility | None,
        place: int,
    ) -> None:
        move, widest = menu.moves[place], self.steps.shape[2]
        before = menu.present[who, move.input]
        steps = _by_distance(menu.up[who, place], menu.down[who, place], widest, move)
        person, option = np.nonzero(steps)
        taken = steps[person, option]
        fine = move.allowed(before[person], taken)
        person, taken = person[fine], taken[fine]
        after = move.values(before[person], taken)
        gains = (
            _points_at(model, menu, move.input, after)
            - _points_at(model, menu, move.input, before)[person]
        )
        # options that are not allowed leave no hole
        counts = np.bincount(person, minlength=len(who))
        rank = np.arange(len(person)) - (np.cumsum(counts) - counts)[person]
        self.counts[:, place] = counts
        self.steps[person, place, rank] = taken
        self.efforts[person, place, rank] = move.efforts(before[person], taken)
        self.gains[person, place, rank] = gains
        if plausibility is not None:
            index = move.input
            apart = (after - plausibility.centre[index]) / plausibility.scale[index]
            known = plausibility.category[index]
            self.scaled[person, place, rank] = after if known else apart

    def arrays(self) -> Options:
        """The same for the compiled search."""
        return Options(
            counts=self.counts,
            efforts=self.efforts,
            gains=self.gains,
            highest=np.maximum.accumulate(self.gains, axis=2),
            scaled=self.scaled,
            present=self.present,
            places=self.places,
        )

    def chosen(self, person: NDArray[np.intp], option: NDArray[np.int64]) -> StepArray:
        """Steps of chosen options (-1: unchanged): shape (choices, actions)."""
        actions = np.arange(option.shape[1])
        taken = self.steps[person[:, np.newaxis], actions, np.maximum(option, 0)]
        return np.where(option >= 0, taken, 0)


def _by_distance(up: StepArray, down: StepArray, widest: int, move: object) -> StepArray:
    """Steps of each person by distance, 0 behind the last: shape (people, widest)."""
    rank = np.arange(1, widest + 1)[np.newaxis, :]
    if isinstance(move, LevelMoves) and not move.ordered:
        return np.where(rank <= up[:, np.newaxis], rank, 0)
    both = np.minimum(up, down)[:, np.newaxis]
    inner = np.where(rank % 2 == 1, (rank + 1) // 2, -(rank // 2))
    outer = np.where(up > down, 1, -1)[:, np.newaxis] * (rank - both)
    steps = np.where(rank <= 2 * both, inner, outer)
    return np.where(rank <= (up + down)[:, np.newaxis], steps, 0)


def _points_at(model: AdditiveModel, menu: Menu, place: int, values: FloatArray) -> FloatArray:
    """Points that single values of one input bring: shape (values,)."""
    distinct, back = np.unique(values, return_inverse=True)
    rows = np.repeat(menu.present[:1], len(distinct), axis=0)
    rows[:, place] = distinct
    made: FloatArray = model.points(rows)[:, place][back]
    return made
