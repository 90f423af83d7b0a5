"""The reader who works out hidden cells: a linear programme over all that is printed.

Hidden cells are moved away from their true values by any amount that leaves every sum as it is
and no count below 0. How far a cell can move is what the reader does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from algo_audit.data.disclosure import BoolArray, Cells, Rule

FloatArray = NDArray[np.float64]
Count = Literal["people", "favourable", "unfavourable"]
# Solvers keep equalities to about this much.
_SLACK = 1e-6


@dataclass(frozen=True)
class Target:
    """A count that must be able to move by ``move`` people, up or down."""

    cell: int
    count: Count
    upward: bool
    move: int


def targets(cells: Cells, hidden: BoolArray, rule: Rule) -> list[Target]:
    """Moves that every hidden small count must be able to make, one by one."""
    k = rule.threshold
    kinds: list[tuple[Count, NDArray[np.int64]]] = [("people", cells.n)]
    if rule.decisions:
        kinds += [("favourable", cells.events), ("unfavourable", cells.n - cells.events)]
    found = []
    for kind, values in kinds:
        few = hidden & (cells.n > 0) & (values < k)
        if kind != "people":
            few &= cells.printed
        for cell in np.flatnonzero(few).tolist():
            value = int(values[cell])
            found.append(Target(cell, kind, True, k - value))
            if value > 1:
                found.append(Target(cell, kind, False, value - 1))
    return found


def weak_cells(cells: Cells, hidden: BoolArray, rule: Rule) -> list[Target]:
    """Moves that what is printed may forbid.

    Parameters
    ----------
    cells : Cells
    hidden : bool array, shape (cells,)
    rule : Rule

    Returns
    -------
    list of Target
        Empty: every small count is protected. Moves are tried many at a time, which is cheap
        and errs on the safe side: a few that exclude each other may be listed though each is
        possible alone. ``repairs`` tells.
    """
    wanted = targets(cells, hidden, rule)
    weak: list[Target] = []
    for upward in (True, False):
        batch = [target for target in wanted if target.upward is upward]
        while batch:
            reached = _together(cells, hidden, batch)
            left = [t for t, far in zip(batch, reached, strict=True) if far < t.move - _SLACK]
            if len(left) == len(batch):
                break
            # what moved far enough is safe; the others may have been in each other's way
            batch = left
        weak += batch
    return weak


def bounds(cells: Cells, hidden: BoolArray, cell: int, count: Count) -> tuple[float, float]:
    """Smallest and largest value that a count can have, for all that is printed."""
    value = {
        "people": cells.n,
        "favourable": cells.events,
        "unfavourable": cells.n - cells.events,
    }[count][cell]
    # no count can exceed the whole file
    limit = max(int(cells.n.max()), 1)
    down = _together(cells, hidden, [Target(cell, count, False, limit)])[0]
    up = _together(cells, hidden, [Target(cell, count, True, limit)])[0]
    return float(value - down), float(value + up)


def repairs(cells: Cells, hidden: BoolArray, weak: Sequence[Target]) -> BoolArray:
    """Cells to hide so that the moves listed become possible, cheapest first.

    Each move is a linear programme: the least people moved in printed cells that lets the
    hidden one move as far as it must. Cells that take part are to be hidden. Moves which even
    hiding all cells would not allow add nothing.

    Returns
    -------
    bool array, shape (cells,)
    """
    more = hidden.copy()
    if not weak:
        return more
    columns = np.flatnonzero(~cells.fixed)
    sums = _sums(cells, columns)
    for target in weak:
        moved = _cheapest_move(cells, more, target, columns=columns, sums=sums)
        if moved is not None:
            more |= moved
    return more


def _sums(cells: Cells, columns: NDArray[np.int64]) -> csr_array:
    """Relations over the cells that may move, one column each."""
    from scipy.sparse import csr_array

    place = np.full(len(cells), -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    rows, cols, values = [], [], []
    count = 0
    for total, parts in cells.relations:
        touched = [(place[total], 1.0), *((place[part], -1.0) for part in parts)]
        touched = [(column, value) for column, value in touched if column >= 0]
        if touched:
            for column, value in touched:
                rows.append(count)
                cols.append(int(column))
                values.append(value)
            count += 1
    return csr_array((values, (rows, cols)), shape=(count, len(columns)))


def _weights(target: Target) -> tuple[float, float]:
    """How favourable and unfavourable decisions of a cell make up the count."""
    return (
        0.0 if target.count == "unfavourable" else 1.0,
        0.0 if target.count == "favourable" else 1.0,
    )


def _solved(goal: FloatArray, **programme: Any) -> FloatArray | None:
    """Solution of a linear programme; None where there is none."""
    from scipy.optimize import linprog

    found = linprog(goal, method="highs", **programme)
    return np.asarray(found.x, dtype=np.float64) if found.success else None


def _together(cells: Cells, hidden: BoolArray, batch: Sequence[Target]) -> FloatArray:
    """How far the counts move when all are pushed at once; all targets go the same way."""
    from scipy.sparse import block_diag, csr_array, hstack

    columns = np.flatnonzero(hidden)
    place = {int(cell): i for i, cell in enumerate(columns)}
    m, count = len(columns), len(batch)
    sums = _sums(cells, columns)
    equal = hstack([block_diag([sums, sums]), csr_array((2 * sums.shape[0], count))], format="csr")
    sign = 1.0 if batch[0].upward else -1.0
    pushed = np.zeros((count, 2 * m + count))
    for row, target in enumerate(batch):
        favourable, unfavourable = _weights(target)
        pushed[row, place[target.cell]] = -sign * favourable
        pushed[row, m + place[target.cell]] = -sign * unfavourable
        pushed[row, 2 * m + row] = 1.0
    move = np.array([float(target.move) for target in batch])
    lowest = np.concatenate([-cells.events[columns], -_refused(cells)[columns], np.zeros(count)])
    solved = _solved(
        np.concatenate([np.zeros(2 * m), -1.0 / move]),
        A_ub=csr_array(pushed),
        b_ub=np.zeros(count),
        A_eq=equal,
        b_eq=np.zeros(equal.shape[0]),
        bounds=np.column_stack([lowest, np.concatenate([np.full(2 * m, np.inf), move])]),
    )
    # standing still is always possible, so that only the solver can have failed
    return np.zeros(count) if solved is None else solved[2 * m :]


def _refused(cells: Cells) -> NDArray[np.int64]:
    return cells.n - cells.events


def _cheapest_move(
    cells: Cells,
    hidden: BoolArray,
    target: Target,
    *,
    columns: NDArray[np.int64],
    sums: csr_array,
) -> BoolArray | None:
    """Printed cells that must move with the target; None where nothing helps."""
    from scipy.sparse import block_diag, csr_array, hstack

    m = len(columns)
    both = block_diag([sums, sums], format="csr")
    place = int(np.flatnonzero(columns == target.cell)[0])
    push = np.zeros(2 * m)
    push[place], push[m + place] = _weights(target)
    # every move is a step up less a step down, each with its price
    equal = hstack([both, -both], format="csr")
    price = np.where(hidden[columns], 0.0, cells.n[columns] + 1.0)
    sign = 1.0 if target.upward else -1.0
    down = np.concatenate([cells.events[columns], _refused(cells)[columns]])
    solved = _solved(
        np.tile(price, 4) + 1e-9,
        A_ub=csr_array(-sign * np.concatenate([push, -push])[None, :]),
        b_ub=[-float(target.move)],
        A_eq=equal,
        b_eq=np.zeros(equal.shape[0]),
        bounds=np.column_stack([np.zeros(4 * m), np.concatenate([np.full(2 * m, np.inf), down])]),
    )
    if solved is None:
        return None
    steps = solved[: 2 * m] - solved[2 * m :]
    result = np.zeros(len(cells), dtype=bool)
    result[columns[np.abs(steps[:m]) + np.abs(steps[m:]) > _SLACK]] = True
    return result
