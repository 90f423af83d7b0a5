"""Exact interventional Shapley values of a sum of trees, for players who own several columns.

Not built on ``woodelf-explainer`` (PyPI), whose idea is used: it explains columns one by one, while
the parties negotiate over criteria that own several (the value of a group is not the sum of its
members' values); it reads estimators itself, through treelite, where ours were read and checked
already; it is kept by one person, with some forty releases in its first year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.tree_paths import Paths, failed_patterns, paths_of
from algo_audit.explain.tree_tables import leaf_tables, shares
from algo_audit.models.trees import Trees

if TYPE_CHECKING:
    from algo_audit.explain.tree_kernel import Leaves, Questions

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Players on one path above which its table is not made: 16,384 patterns.
_MOST_BITS = 14
# Numbers in the tables of the trees that are worked on together (32 MB).
_TABLE_CELLS = 1 << 22
# Numbers in one block of patterns of the way without numba.
_PATTERN_CELLS = 1 << 22
# Nanoseconds, measured on two cores of 2024: they only choose the way, never the answer.
_TABLE_STEP = 2.0  # one step of a table
_ADD = 0.6  # one row, one player of one leaf, compiled
_PLAIN_ADD = 12.0  # the same with numpy
_WALK = 40.0  # one row and one background row, one level of a deep tree
# Rows times players of leaves below which numpy is quicker than loading what was compiled.
_WORTH_COMPILING = 60_000_000


def tree_shapley(
    trees: Trees,
    rows: FloatArray,
    background: FloatArray,
    *,
    player: NDArray[np.int32],
    players: int,
    compiled: bool | None = None,
    tables: bool | None = None,
) -> FloatArray:
    """Shapley values of each player for each row, against a background.

    Parameters
    ----------
    trees : Trees
    rows, background : float64 arrays, shape (rows, columns), (background, columns)
        Encoded, as the trees see them.
    player : int32 array, shape (columns,)
        Who owns each column.
    players : int
        How many there are.
    compiled : bool, optional
        Whether numba does the passes over rows; None: where the problem is large enough.
    tables : bool, optional
        Whether tables of patterns are used wherever they fit; None: where they are cheaper than
        walking down with row and background together.

    Returns
    -------
    float64 array, shape (rows, players)
        ``mean score of the background + sum over players`` is the row's score, to rounding.

    Notes
    -----
    Cost of tables: (rows + background) times leaves, and 2^d d^2 per leaf with d players on its
    path; the background's size hardly matters. Trees whose paths hold too many players, or so
    many leaves that tables cost more than they save, are walked with each row and the whole
    background together: exact too, in time that grows with rows times background.
    """
    if trees.compares_float32:
        rows = rows.astype(np.float32).astype(np.float64)
        background = background.astype(np.float32).astype(np.float64)
    paths = paths_of(trees, player)
    fits, cheaper = _ways(trees, paths, len(rows), len(background))
    chosen = fits & (cheaper if tables is None else tables)
    made = np.zeros((players, len(rows)))
    if compiled is None:
        leaves = np.flatnonzero(trees.left < 0)
        work = int(paths.count[leaves].sum()) * (len(rows) + len(background))
        compiled = work > _WORTH_COMPILING
    by_tables = np.flatnonzero(chosen)
    for some in _together(trees, paths, by_tables):
        way = _compiled_tables if compiled else _plain_tables
        way(trees, paths, some, rows, background, made)
    walked = np.flatnonzero(~chosen)
    if walked.size:
        _walk(trees, paths, walked, rows, background, player, made)
    return np.ascontiguousarray(made.T)


def _ways(
    trees: Trees, paths: Paths, rows: int, background: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """By tree: whether tables are possible, and whether they cost less than walking."""
    sizes = np.diff(trees.starts)
    tree = np.repeat(np.arange(len(trees)), sizes)
    leaf = trees.left < 0
    count = np.where(leaf, paths.count, 0).astype(np.float64)

    def by_tree(values: FloatArray) -> FloatArray:
        return np.bincount(tree, weights=values, minlength=len(trees)).astype(np.float64)

    most = np.maximum.reduceat(paths.count, trees.starts[:-1]) if len(trees) else np.empty(0)
    fits = most <= _MOST_BITS
    steps = by_tree(np.where(leaf, np.exp2(np.minimum(count, _MOST_BITS)) * count * (count + 1), 0))
    adds = by_tree(count) * (rows + background)
    deepest = np.maximum.reduceat(paths.depth, trees.starts[:-1]) if len(trees) else np.empty(0)
    # rows and background part at most as often as the tree has levels and players
    reached = np.minimum(np.exp2(np.minimum(most, 5)), by_tree(leaf.astype(np.float64)))
    walking = _WALK * rows * (background + sizes / 8) * np.minimum(deepest, 2 * most) * reached / 8
    return fits, _TABLE_STEP * steps + _ADD * adds <= walking + _TABLE_STEP * _TABLE_CELLS


def _together(trees: Trees, paths: Paths, chosen: IntArray) -> list[IntArray]:
    """Trees in lots whose tables fit in memory (one tree alone may be larger)."""
    leaf = trees.left < 0
    cells = np.where(leaf, paths.count * np.exp2(np.minimum(paths.count, _MOST_BITS)), 0)
    tree = np.repeat(np.arange(len(trees)), np.diff(trees.starts))
    own = np.bincount(tree, weights=cells, minlength=len(trees))[chosen]
    lots: list[IntArray] = []
    start, total = 0, 0.0
    for place, size in enumerate(own.tolist()):
        if place > start and total + size > _TABLE_CELLS:
            lots.append(chosen[start:place])
            start, total = place, 0.0
        total += size
    if start < len(chosen):
        lots.append(chosen[start:])
    return lots


def _nodes_of(trees: Trees, some: IntArray) -> IntArray:
    parts = [np.arange(trees.starts[tree], trees.starts[tree + 1]) for tree in some.tolist()]
    return np.concatenate(parts)


class _Lot:
    """The leaves of some trees: where their counts of patterns and their tables start."""

    def __init__(self, trees: Trees, paths: Paths, some: IntArray) -> None:
        nodes = _nodes_of(trees, some)
        self.leaves = nodes[(trees.left[nodes] < 0) & (paths.count[nodes] > 0)]
        self.count = paths.count[self.leaves].astype(np.int64)
        # in order of size, so that leaves of one size stand together
        order = np.argsort(self.count, kind="stable")
        self.leaves, self.count = self.leaves[order], self.count[order]
        sizes = np.left_shift(1, self.count)
        self.counts_start = np.cumsum(sizes) - sizes
        self.patterns = int(sizes.sum())
        cells = sizes * self.count
        self.tables_start = np.cumsum(cells) - cells

    def tables(self, trees: Trees, counts: FloatArray, background: int) -> FloatArray:
        """Tables of all leaves, one after the other."""
        value = trees.value[self.leaves] / background
        parts = [np.empty(0)]
        for size in np.unique(self.count).tolist():
            own = np.flatnonzero(self.count == size)
            start = int(self.counts_start[own[0]])
            mine = counts[start : start + (len(own) << size)].reshape(len(own), 1 << size)
            parts.append(leaf_tables(mine, value[own]).ravel())
        return np.concatenate(parts)


def _plain_tables(
    trees: Trees,
    paths: Paths,
    some: IntArray,
    rows: FloatArray,
    background: FloatArray,
    made: FloatArray,
) -> None:
    """Tables without numba: for small problems, where compiling would take longer."""
    lot = _Lot(trees, paths, some)
    counts = np.zeros(lot.patterns)
    runs = _runs(some)
    for first, last in runs:
        low, high = int(trees.starts[first]), int(trees.starts[last])
        mine = np.flatnonzero((lot.leaves >= low) & (lot.leaves < high))
        step = max(1, _PATTERN_CELLS // max(high - low, 1))
        for start in range(0, len(background), step):
            block = background[start : start + step]
            failed = failed_patterns(trees, paths, block, low, high)[:, lot.leaves[mine] - low]
            places = failed + lot.counts_start[mine]
            counts += np.bincount(places.ravel(), minlength=lot.patterns)
    tables = lot.tables(trees, counts, len(background))
    for first, last in runs:
        low, high = int(trees.starts[first]), int(trees.starts[last])
        mine = np.flatnonzero((lot.leaves >= low) & (lot.leaves < high))
        step = max(1, _PATTERN_CELLS // max(high - low, 1))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            failed = failed_patterns(trees, paths, block, low, high)[:, lot.leaves[mine] - low]
            _add_plainly(lot, paths, mine, failed, tables, made[:, start : start + step])


def _runs(some: IntArray) -> list[tuple[int, int]]:
    """Trees that follow each other, as (first, last excluded)."""
    breaks = np.flatnonzero(np.diff(some) != 1) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(some, breaks)]


def _add_plainly(
    lot: _Lot,
    paths: Paths,
    mine: IntArray,
    failed: NDArray[np.uint16],
    tables: FloatArray,
    made: FloatArray,
) -> None:
    for place in range(int(lot.count[mine].max(initial=0))):
        own = np.flatnonzero(lot.count[mine] > place)
        leaves = mine[own]
        start = lot.tables_start[leaves] + (place << lot.count[leaves])
        given = tables[failed[:, own] + start]
        asked = paths.players[lot.leaves[leaves], place]
        belongs = (asked[:, None] == np.arange(len(made))).astype(np.float64)
        made += (given @ belongs).T


def _questions(trees: Trees, paths: Paths) -> Questions:
    from algo_audit.explain.tree_kernel import Questions

    return Questions(
        trees.starts.astype(np.int64),
        trees.left,
        trees.right,
        trees.column,
        trees.threshold,
        trees.blank_left,
        trees.categories,
        np.ascontiguousarray(trees.left_categories),
        paths.bit,
    )


def _leaves(paths: Paths, lot: _Lot, start: IntArray) -> Leaves:
    from algo_audit.explain.tree_kernel import Leaves

    places = np.zeros(len(paths.count), np.int64)
    places[lot.leaves] = start
    return Leaves(paths.count, np.ascontiguousarray(paths.players), places)


def _compiled_tables(
    trees: Trees,
    paths: Paths,
    some: IntArray,
    rows: FloatArray,
    background: FloatArray,
    made: FloatArray,
) -> None:
    from algo_audit.explain.tree_kernel import add_contributions, count_patterns

    lot = _Lot(trees, paths, some)
    questions = _questions(trees, paths)
    counts = np.zeros(lot.patterns)
    others = np.ascontiguousarray(background.T)
    count_patterns(questions, _leaves(paths, lot, lot.counts_start), others, some, counts)
    tables = lot.tables(trees, counts, len(background))
    columns = np.ascontiguousarray(rows.T)
    leaves = _leaves(paths, lot, lot.tables_start)
    add_contributions(questions, leaves, columns, some, tables, made)


def _walk(
    trees: Trees,
    paths: Paths,
    some: IntArray,
    rows: FloatArray,
    background: FloatArray,
    player: NDArray[np.int32],
    made: FloatArray,
) -> None:
    from algo_audit.explain.tree_walk import walk_trees

    gains, losses = shares(len(made))
    walk_trees(
        _questions(trees, paths),
        player.astype(np.int32),
        trees.value,
        np.ascontiguousarray(rows.T),
        np.ascontiguousarray(background.T),
        some,
        int(paths.depth.max(initial=0)),
        gains,
        losses,
        made,
    )
