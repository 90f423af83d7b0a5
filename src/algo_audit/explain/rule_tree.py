"""A shallow decision tree on the inputs as the file writes them: numbers, and sets of levels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.surrogate import Condition
from algo_audit.models.inputs import Input

_BLANK = -1
_DIGITS = 12


class _Split(NamedTuple):
    """A question on one input: numbers up to ``number``, or the codes in ``left``."""

    column: int
    number: float
    left: frozenset[int]
    gain: float


@dataclass
class RuleTree:
    """A node. ``branches``: each with its condition, by which rows enter it; none in a leaf.

    ``rate`` is the share of favourable decisions among the rows that it was grown on.
    """

    rate: float
    conditions: tuple[Condition, ...] = ()
    split: _Split | None = None
    branches: dict[int, RuleTree] = field(default_factory=dict)

    @property
    def favourable(self) -> bool:
        """What the greater part got."""
        return self.rate > 0.5

    def leaves(self) -> Iterator[RuleTree]:
        """Leaves from the first branch to the last."""
        if not self.branches:
            yield self
        for branch in self.branches.values():
            yield from branch.leaves()


def grow(
    values: NDArray[np.float64],
    inputs: Sequence[Input],
    outcome: NDArray[np.int8],
    *,
    depth: int,
    people: int,
) -> RuleTree:
    """Grow a tree.

    Parameters
    ----------
    values : float64 array, shape (rows, inputs)
        As in ``InputRows.values``.
    inputs : sequence of Input
    outcome : int8 array, shape (rows,)
        1 favourable, 0 not.
    depth : int
        Questions in a row, at most.
    people : int
        Fewest rows on either side of a question. Blanks part from both sides and may be fewer.

    Returns
    -------
    RuleTree
        Branches that all decide alike are merged into one.

    Notes
    -----
    Each question is the one that lowers Gini's impurity most (Breiman and others 1984). For a
    category the best set of levels is found among those ordered by their share of favourable
    decisions, which is optimal for two outcomes (theorem 4.5 there).
    """
    root = _grown(values, inputs, outcome.astype(np.float64), (), depth, people)
    return _merged(root)


def leaf_of(
    tree: RuleTree, values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], list[RuleTree]]:
    """Leaf of each row, and the leaves."""
    leaves = list(tree.leaves())
    place = {id(leaf): number for number, leaf in enumerate(leaves)}
    reached = np.zeros(len(values), dtype=np.int64)

    def walk(node: RuleTree, rows: NDArray[np.int64]) -> None:
        if node.split is None or not node.branches:
            reached[rows] = place[id(node)]
            return
        side = _side(node.split, values[rows])
        # a blank where none was met while growing goes with the greater part
        side[~np.isin(side, list(node.branches))] = _greater(node)
        for key, branch in node.branches.items():
            walk(branch, rows[side == key])

    walk(tree, np.arange(len(values)))
    return reached, leaves


def _greater(node: RuleTree) -> int:
    return 0 if 0 in node.branches else next(iter(node.branches))


def _side(split: _Split, values: NDArray[np.float64]) -> NDArray[np.int64]:
    """0 and 1 for both answers, -1 where blank."""
    own = values[:, split.column]
    blank = np.isnan(own)
    if split.left:
        codes = np.where(blank, -1, own).astype(np.int64)
        right = ~np.isin(codes, list(split.left))
    else:
        right = own > split.number
    return np.where(blank, _BLANK, right.astype(np.int64))


def _grown(
    values: NDArray[np.float64],
    inputs: Sequence[Input],
    outcome: NDArray[np.float64],
    conditions: tuple[Condition, ...],
    depth: int,
    people: int,
) -> RuleTree:
    node = RuleTree(float(outcome.mean()) if len(outcome) else 0.0, conditions)
    if depth == 0 or len(outcome) < 2 * people or node.rate in (0.0, 1.0):
        return node
    best = None
    for column, one in enumerate(inputs):
        find = _number_split if one.kind == "number" else _level_split
        found = find(values[:, column], outcome, column, people)
        if found is not None and (best is None or found.gain > best.gain + 1e-12):
            best = found
    if best is None:
        return node
    node.split = best
    side = _side(best, values)
    for key in (0, 1, _BLANK):
        rows = side == key
        if rows.any():
            own = narrowed(conditions, _condition(best, inputs, key, conditions))
            node.branches[key] = _grown(values[rows], inputs, outcome[rows], own, depth - 1, people)
    return node


def _gain(
    favourable: NDArray[np.float64], size: NDArray[np.float64], both: float, rows: float
) -> NDArray[np.float64]:
    """How much purer two sides are than both together, up to a constant factor."""
    right, rest = both - favourable, rows - size
    return favourable**2 / size + right**2 / rest - both**2 / rows


def _number_split(
    own: NDArray[np.float64], outcome: NDArray[np.float64], column: int, people: int
) -> _Split | None:
    filled = ~np.isnan(own)
    own, outcome = own[filled], outcome[filled]
    if len(own) < 2 * people:
        return None
    order = np.argsort(own, kind="stable")
    own, outcome = own[order], outcome[order]
    places = np.flatnonzero(own[1:] > own[:-1])
    places = places[(places + 1 >= people) & (len(own) - places - 1 >= people)]
    if not len(places):
        return None
    gains = _gain(
        np.cumsum(outcome)[places],
        (places + 1).astype(np.float64),
        float(outcome.sum()),
        float(len(outcome)),
    )
    best = int(np.argmax(gains))
    if gains[best] <= 1e-9:
        return None
    place = places[best]
    number = plain_between(float(own[place]), float(own[place + 1]))
    return _Split(column, number, frozenset(), float(gains[best]))


def _level_split(
    own: NDArray[np.float64], outcome: NDArray[np.float64], column: int, people: int
) -> _Split | None:
    filled = ~np.isnan(own)
    codes, outcome = own[filled].astype(np.int64), outcome[filled]
    if len(codes) < 2 * people:
        return None
    size = np.bincount(codes).astype(np.float64)
    favourable = np.bincount(codes, weights=outcome)
    met = np.flatnonzero(size)
    order = met[np.lexsort((met, favourable[met] / size[met]))]
    sizes = np.cumsum(size[order])[:-1].astype(np.float64)
    sums = np.cumsum(favourable[order])[:-1].astype(np.float64)
    allowed = (sizes >= people) & (len(codes) - sizes >= people)
    if not allowed.any():
        return None
    gains = np.where(
        allowed, _gain(sums, sizes, float(outcome.sum()), float(len(outcome))), -np.inf
    )
    best = int(np.argmax(gains))
    if gains[best] <= 1e-9:
        return None
    left = frozenset(int(code) for code in order[: best + 1])
    return _Split(column, math.nan, left, float(gains[best]))


def plain_between(low: float, high: float) -> float:
    """The number with the fewest decimals from ``low`` up to below ``high``.

    >>> plain_between(69.3817, 69.4152)
    69.4
    """
    for digits in range(_DIGITS):
        tried = math.ceil(low * 10.0**digits) / 10.0**digits
        if low <= tried < high:
            return tried
    return low


def _condition(
    split: _Split, inputs: Sequence[Input], key: int, before: Sequence[Condition]
) -> Condition:
    one = inputs[split.column]
    if key == _BLANK:
        return Condition(one.name, "blank")
    if not split.left:
        return Condition(one.name, "<=" if key == 0 else ">", number=split.number)
    # levels that an earlier question already took away are not named again
    left = [c.levels for c in before if c.column == one.name and c.op == "in"]
    known = left[-1] if left else one.levels
    chosen = tuple(
        level for code, level in enumerate(one.levels)
        if level in known and (code in split.left) == (key == 0)
    )  # fmt: skip
    return Condition(one.name, "in", levels=chosen)


def narrowed(conditions: tuple[Condition, ...], new: Condition) -> tuple[Condition, ...]:
    """Conditions with one more; on the same input and in the same sense the narrower one stands."""
    kept = [one for one in conditions if not (one.column == new.column and one.op == new.op)]
    return (*kept, new)


def _merged(node: RuleTree) -> RuleTree:
    """Branches that decide alike made one, from the leaves up."""
    branches = {key: _merged(branch) for key, branch in node.branches.items()}
    leaves = all(not branch.branches for branch in branches.values())
    alike = len({branch.favourable for branch in branches.values()}) == 1
    if branches and leaves and alike:
        return RuleTree(node.rate, node.conditions)
    node.branches = branches
    return node
