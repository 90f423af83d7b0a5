"""The passes over rows that take the time, written plainly so that numba can compile them.

Loaded by ``tree_shapley`` only, when a problem is large enough to be worth it: importing it
imports numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Function = TypeVar("_Function")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Int32Array = NDArray[np.int32]
BoolArray = NDArray[np.bool_]
Patterns = NDArray[np.uint16]

# Rows that walk a tree together: their patterns at all of its nodes stay in the cache.
_BLOCK = 256


def _compiled(function: _Function) -> _Function:
    """Compile on first call and keep the result on disk."""
    made: Any = njit(cache=True)(function)
    compiled: _Function = made
    return compiled


class Questions(NamedTuple):
    """Nodes of all trees; as in ``Trees`` and ``Paths``."""

    starts: IntArray
    left: Int32Array
    right: Int32Array
    column: Int32Array
    threshold: FloatArray
    blank_left: BoolArray
    categories: Int32Array
    left_categories: BoolArray
    bit: Int32Array


class Leaves(NamedTuple):
    """Of each node, used in leaves: players of its path, and where its numbers start."""

    count: Int32Array  # type: ignore[assignment]  # no tuple here is ever counted
    players: Int32Array
    start: IntArray


@_compiled
def _left(questions: Questions, node: int, value: float) -> bool:
    """Whether a value goes left at an inner node."""
    if np.isnan(value):
        return bool(questions.blank_left[node])
    asked = questions.categories[node]
    if asked < 0:
        return bool(value <= questions.threshold[node])
    if 0 <= value < questions.left_categories.shape[1]:
        return bool(questions.left_categories[asked, int(value)])
    return bool(questions.blank_left[node])


@_compiled
def _ask(
    questions: Questions,
    node: int,
    values: FloatArray,
    above: Patterns,
    to: Patterns,
    out: Patterns,
) -> None:
    """Patterns of both children of a node: ``to`` the left, ``out`` the right one."""
    mask = np.uint16(1 << questions.bit[node])
    none = np.uint16(0)
    threshold = questions.threshold[node]
    if questions.categories[node] >= 0:
        for row in range(len(values)):
            left = _left(questions, node, values[row])
            to[row] = above[row] | (none if left else mask)
            out[row] = above[row] | (mask if left else none)
    elif questions.blank_left[node]:
        for row in range(len(values)):
            left = not (values[row] > threshold)  # true of a blank
            to[row] = above[row] | (none if left else mask)
            out[row] = above[row] | (mask if left else none)
    else:
        for row in range(len(values)):
            left = values[row] <= threshold
            to[row] = above[row] | (none if left else mask)
            out[row] = above[row] | (mask if left else none)


@_compiled
def _fill(questions: Questions, tree: int, columns: FloatArray, failed: Patterns) -> None:
    """Patterns of a block of rows at all nodes of a tree: ``failed`` (nodes, rows)."""
    first, last = questions.starts[tree], questions.starts[tree + 1]
    failed[0, :] = 0
    for node in range(first, last):
        left = questions.left[node]
        if left >= 0:
            right = questions.right[node]
            values = columns[questions.column[node]]
            above = failed[node - first]
            _ask(questions, node, values, above, failed[left - first], failed[right - first])


@_compiled
def count_patterns(
    questions: Questions,
    leaves: Leaves,
    columns: FloatArray,
    trees: IntArray,
    counts: FloatArray,
) -> None:
    """Add 1 to ``counts[start of leaf + pattern]`` for each row (a column of ``columns``)."""
    rows = columns.shape[1]
    for tree in trees:
        first, last = questions.starts[tree], questions.starts[tree + 1]
        failed = np.empty((last - first, _BLOCK), np.uint16)
        for low in range(0, rows, _BLOCK):
            high = min(low + _BLOCK, rows)
            block = failed[:, : high - low]
            _fill(questions, tree, columns[:, low:high], block)
            for node in range(first, last):
                if questions.left[node] < 0 and leaves.count[node] > 0:
                    mine = block[node - first]
                    start = leaves.start[node]
                    own = counts[start : start + (1 << leaves.count[node])]
                    for row in range(high - low):
                        own[mine[row]] += 1.0


@_compiled
def add_contributions(
    questions: Questions,
    leaves: Leaves,
    columns: FloatArray,
    trees: IntArray,
    tables: FloatArray,
    made: FloatArray,
) -> None:
    """Add what each leaf gives to ``made`` (players, rows), from its table at ``start``."""
    rows = columns.shape[1]
    for tree in trees:
        first, last = questions.starts[tree], questions.starts[tree + 1]
        failed = np.empty((last - first, _BLOCK), np.uint16)
        for low in range(0, rows, _BLOCK):
            high = min(low + _BLOCK, rows)
            block = failed[:, : high - low]
            _fill(questions, tree, columns[:, low:high], block)
            for node in range(first, last):
                if questions.left[node] >= 0:
                    continue
                mine = block[node - first]
                size = 1 << leaves.count[node]
                for place in range(leaves.count[node]):
                    start = leaves.start[node] + place * size
                    given = tables[start : start + size]
                    own = made[leaves.players[node, place], low:high]
                    for row in range(high - low):
                        own[row] += given[mine[row]]
