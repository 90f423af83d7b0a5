"""What each person could change, counted in steps from where they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.models.inputs import Input

FloatArray = NDArray[np.float64]
StepArray = NDArray[np.int64]

# Values are cleared of the last bits of binary arithmetic: 0.1 + 0.2 is 0.3.
_DECIMALS = 9
# The last decimal of a column of measurements means little: where nobody declared a step, no more
# than this many lie between the ends of the file.
_STEPS_AT_MOST = 1000


@dataclass(frozen=True)
class Allowed:
    """What one declared action allows: changes of one input, counted in steps.

    ``input``: place of the input; ``unit``: effort of one step (see ``Way.effort``).
    A step count is signed; 0 is "unchanged" and always allowed.
    """

    action: Action
    input: int
    unit: float


@dataclass(frozen=True)
class NumberMoves(Allowed):
    """A number: present value plus a whole number of ``step``."""

    step: float
    low: float
    high: float
    forbidden: tuple[tuple[float, float], ...] = ()

    def reach(self, present: FloatArray) -> tuple[StepArray, StepArray]:
        """How many steps up and down each person could go: two arrays, shape (people,)."""
        slack = self.step * 10.0**-_DECIMALS
        most = np.inf if self.action.most is None else self.action.most
        blank = np.isnan(present)
        here = np.where(blank, 0.0, present)
        up = np.minimum(self.high - here, most)
        down = np.minimum(here - self.low, most)
        # someone beyond a bound may come back within it, not go farther away; bounds that they
        # would have to cross first are checked with each value
        counts = [
            np.where(blank | (room < 0), 0, np.floor((room + slack) / self.step))
            for room in (up, down)
        ]
        if self.action.direction == "up":
            counts[1][:] = 0
        if self.action.direction == "down":
            counts[0][:] = 0
        return counts[0].astype(np.int64), counts[1].astype(np.int64)

    def values(self, present: FloatArray, steps: StepArray) -> FloatArray:
        """Values after so many steps."""
        moved = np.round(present + steps * self.step, _DECIMALS)
        return np.where(steps == 0, present, moved)

    def allowed(self, present: FloatArray, steps: StepArray) -> NDArray[np.bool_]:
        """Which step counts are allowed, one by one (0 is)."""
        up, down = self.reach(present)
        after = self.values(present, steps)
        slack = self.step * 10.0**-_DECIMALS
        fine = (steps <= up) & (-steps <= down)
        fine &= (after >= self.low - slack) & (after <= self.high + slack)
        for start, end in self.forbidden:
            fine &= ~((present == start) & (after == end))
        allowed: NDArray[np.bool_] = fine | (steps == 0)
        return allowed

    def efforts(self, present: FloatArray, steps: StepArray) -> FloatArray:
        """Effort of so many steps."""
        del present
        return np.abs(steps) * self.unit

    def breaks(self, before: FloatArray, after: FloatArray) -> NDArray[np.bool_]:
        """Changes that the declaration forbids, judged by their two values alone."""
        moved, slack = after - before, self.step * 1e-6
        broken = np.isnan(before) | np.isnan(after)
        broken |= (after < self.low - slack) | (after > self.high + slack)
        broken |= np.abs(moved / self.step - np.round(moved / self.step)) > 1e-6
        if self.action.most is not None:
            broken |= np.abs(moved) > self.action.most + slack
        if self.action.direction != "any":
            broken |= moved < 0 if self.action.direction == "up" else moved > 0
        for start, end in self.forbidden:
            broken |= (before == start) & (after == end)
        return broken


@dataclass(frozen=True)
class LevelMoves(Allowed):
    """A category: ``targets[level, step + middle]`` is the level reached, -1 where not allowed.

    Along a declared order a step is one level of it. Without one, step r leads to the r-th of the
    other levels, the commonest first, and each costs one step.
    """

    targets: NDArray[np.int64]
    middle: int
    ordered: bool
    levels: tuple[str, ...]

    def reach(self, present: FloatArray) -> tuple[StepArray, StepArray]:
        """How many steps up and down each person could go: two arrays, shape (people,)."""
        possible = self.targets >= 0
        width = possible.shape[1]
        steps = np.arange(width) - self.middle
        up = (possible * np.where(steps > 0, steps, 0)).max(axis=1, initial=0)
        down = (possible * np.where(steps < 0, -steps, 0)).max(axis=1, initial=0)
        known = self._known(present)
        level = np.where(known, present, 0).astype(np.int64)
        return np.where(known, up[level], 0), np.where(known, down[level], 0)

    def _known(self, present: FloatArray) -> NDArray[np.bool_]:
        return ~np.isnan(present) & (np.nan_to_num(present) < len(self.targets))

    def values(self, present: FloatArray, steps: StepArray) -> FloatArray:
        """Values (codes) after so many steps; NaN where not allowed."""
        known = self._known(present)
        level = np.where(known, present, 0).astype(np.int64)
        place = steps + self.middle
        inside = known & (place >= 0) & (place < self.targets.shape[1])
        found = self.targets[level, np.where(inside, place, self.middle)]
        moved = np.where(inside & (found >= 0), found, np.nan)
        return np.where(steps == 0, present, moved)

    def allowed(self, present: FloatArray, steps: StepArray) -> NDArray[np.bool_]:
        """Which step counts are allowed, one by one (0 is)."""
        allowed: NDArray[np.bool_] = (steps == 0) | ~np.isnan(self.values(present, steps))
        return allowed

    def efforts(self, present: FloatArray, steps: StepArray) -> FloatArray:
        """Effort of so many steps."""
        del present
        taken = np.abs(steps) if self.ordered else (steps != 0).astype(np.int64)
        return taken * self.unit

    def breaks(self, before: FloatArray, after: FloatArray) -> NDArray[np.bool_]:
        """Changes that the declaration forbids, judged by their two levels alone."""
        action, order = self.action, self.action.order
        broken = np.isnan(before) | np.isnan(after)
        for row in np.flatnonzero(~broken):
            start, end = self.levels[int(before[row])], self.levels[int(after[row])]
            wrong = (start, end) in action.forbidden
            if order:
                wrong |= start not in order or end not in order
                moved = 0 if wrong else order.index(end) - order.index(start)
                wrong |= action.direction == "up" and moved < 0
                wrong |= action.direction == "down" and moved > 0
                wrong |= action.most is not None and abs(moved) > action.most
            broken[row] = wrong
        return broken


Moves = NumberMoves | LevelMoves


def moves_of(
    actions: Sequence[Action], inputs: Sequence[Input], people: FloatArray
) -> tuple[Moves, ...]:
    """What the declared actions allow, with bounds, steps and spreads of the file.

    Parameters
    ----------
    actions : sequence of Action
        Those on a column that is no input are left out: they change no score.
    inputs : sequence of Input
    people : float64 array, shape (people, inputs)

    Returns
    -------
    tuple of Moves
        In the order of the inputs.
    """
    place = {one.name: index for index, one in enumerate(inputs)}
    found: list[Moves] = []
    for action in sorted(
        (one for one in actions if one.column in place), key=lambda one: place[one.column]
    ):
        index = place[action.column]
        column = people[:, index]
        column = column[~np.isnan(column)]
        made: Moves | None
        if inputs[index].kind == "number":
            made = _number_moves(action, index, column)
        else:
            made = _level_moves(action, index, inputs[index], column)
        if made is not None:
            found.append(made)
    return tuple(found)


def last_decimal(column: FloatArray) -> float:
    """One unit of the last decimal that a column writes, 1 where it holds whole numbers.

    A power of ten, coarse enough for no more than a thousand units between the column's ends.
    """
    if not len(column):
        return 1.0
    distinct = np.unique(column)
    decimals = next(
        (
            d
            for d in range(_DECIMALS)
            if (np.abs(np.round(distinct, d) - distinct) <= 10.0**-_DECIMALS).all()
        ),
        _DECIMALS,
    )
    width = float(distinct[-1] - distinct[0])
    while decimals > -_DECIMALS and width * 10.0**decimals > _STEPS_AT_MOST:
        decimals -= 1
    return float(10.0**-decimals)


def _number_moves(action: Action, index: int, column: FloatArray) -> NumberMoves | None:
    if not len(column) and (action.low is None or action.high is None):
        return None
    low = float(column.min()) if action.low is None else action.low
    high = float(column.max()) if action.high is None else action.high
    step = last_decimal(column) if action.step is None else action.step
    spread = float(column.std()) if len(column) else 0.0
    forbidden = tuple(
        pair for pair in (_numbers(*texts) for texts in action.forbidden) if pair is not None
    )
    return NumberMoves(
        action=action,
        input=index,
        unit=action.effort * step / max(spread, step),
        step=step,
        low=low,
        high=high,
        forbidden=forbidden,
    )


def _numbers(start: str, end: str) -> tuple[float, float] | None:
    try:
        return float(start.replace(",", ".")), float(end.replace(",", "."))
    except ValueError:
        return None


def _level_moves(action: Action, index: int, known: Input, column: FloatArray) -> LevelMoves:
    levels = known.levels
    known_codes = column[column < len(levels)].astype(np.int64)
    counts = np.bincount(known_codes, minlength=len(levels))
    forbidden = set(action.forbidden)
    ordered = bool(action.order)
    targets = (
        _along_order(action, levels, forbidden)
        if ordered
        else _to_any(action, levels, forbidden, counts)
    )
    return LevelMoves(
        action=action,
        input=index,
        unit=action.effort / _level_spread(action, levels, counts),
        targets=targets,
        middle=targets.shape[1] // 2 if ordered else 0,
        ordered=ordered,
        levels=tuple(levels),
    )


def _along_order(
    action: Action, levels: Sequence[str], forbidden: set[tuple[str, str]]
) -> NDArray[np.int64]:
    order = [levels.index(level) if level in levels else -1 for level in action.order]
    middle = len(order)
    stride = max(1, round(action.step or 1))
    most = np.inf if action.most is None else action.most
    targets = np.full((len(levels), 2 * middle + 1), -1, dtype=np.int64)
    for start, code in enumerate(order):
        for end, after in enumerate(order):
            moved = end - start
            wrong_way = (action.direction == "up" and moved < 0) or (
                action.direction == "down" and moved > 0
            )
            if code < 0 or after < 0 or moved == 0 or wrong_way or abs(moved) > most:
                continue
            if moved % stride or (levels[code], levels[after]) in forbidden:
                continue
            targets[code, moved + middle] = after
    return targets


def _to_any(
    action: Action,
    levels: Sequence[str],
    forbidden: set[tuple[str, str]],
    counts: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Every other level that somebody has, the commonest first."""
    del action
    others = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code] > 0]
    targets = np.full((len(levels), len(others) + 1), -1, dtype=np.int64)
    for code, level in enumerate(levels):
        open_to = [
            other for other in others if other != code and (level, levels[other]) not in forbidden
        ]
        targets[code, 1 : len(open_to) + 1] = open_to
    return targets


def _level_spread(action: Action, levels: Sequence[str], counts: NDArray[np.int64]) -> float:
    """Spread of a category, in steps: of the places in its order, else as of a yes or no.

    Without an order: the square root of half the chance that two people differ, which for two
    levels is the standard deviation of 0 and 1.
    """
    total = counts.sum()
    if not total:
        return 1.0
    if action.order:
        places = np.array(
            [action.order.index(level) if level in action.order else -1 for level in levels]
        )
        inside = (places >= 0) & (counts > 0)
        own = np.repeat(places[inside], counts[inside])
        along = float(own.std()) if len(own) else 0.0
        return along if along > 0 else 1.0
    shares = counts / total
    spread = float(np.sqrt((1.0 - (shares**2).sum()) / 2.0))
    return spread if spread > 0 else 1.0


class Menu:
    """What all people who ask could change: actions as columns of whole numbers of steps.

    A *choice* is one row of steps, shape (actions,); ``who`` names the person of each choice.
    """

    def __init__(self, moves: Sequence[Moves], present: FloatArray) -> None:
        self.moves = tuple(moves)
        self.present = present
        reaches = [move.reach(present[:, move.input]) for move in self.moves]
        shape = (len(present), len(self.moves))
        self.up = np.column_stack([up for up, _ in reaches]) if reaches else np.zeros(shape, int)
        self.down = (
            np.column_stack([down for _, down in reaches]) if reaches else np.zeros(shape, int)
        )

    def rows(self, who: NDArray[np.intp], choices: StepArray) -> FloatArray:
        """Inputs of people after their choices: shape (choices, inputs)."""
        made = self.present[who].copy()
        for place, move in enumerate(self.moves):
            steps = choices[:, place]
            changed = np.flatnonzero(steps)
            if len(changed):
                before = made[changed, move.input]
                made[changed, move.input] = move.values(before, steps[changed])
        return made

    def allowed(self, who: NDArray[np.intp], choices: StepArray) -> NDArray[np.bool_]:
        """Which choices break no declared bound: shape (choices,)."""
        fine = np.ones(len(who), dtype=bool)
        for place, move in enumerate(self.moves):
            changed = np.flatnonzero(choices[:, place])
            if len(changed):
                before = self.present[who[changed], move.input]
                fine[changed] &= move.allowed(before, choices[changed, place])
        return fine

    def efforts(self, who: NDArray[np.intp], choices: StepArray) -> FloatArray:
        """Effort of choices: shape (choices,)."""
        total = np.zeros(len(who))
        for place, move in enumerate(self.moves):
            total += move.efforts(self.present[who, move.input], choices[:, place])
        return total

    def lowered(self, choices: StepArray, place: NDArray[np.intp]) -> StepArray:
        """The same choices, of each its own action a step closer to where people stand."""
        nearer, rows = choices.copy(), np.arange(len(choices))
        single = np.array([isinstance(one, LevelMoves) and not one.ordered for one in self.moves])
        steps = choices[rows, place]
        nearer[rows, place] = np.where(single[place], 0, steps - np.sign(steps))
        return nearer
