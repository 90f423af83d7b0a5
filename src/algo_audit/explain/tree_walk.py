"""The exact way for deep trees: walk down with one row and the whole background together.

Loaded by ``tree_shapley`` only, when a tree is too deep for tables: importing it imports numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.tree_kernel import (
    BoolArray,
    FloatArray,
    Int32Array,
    IntArray,
    Questions,
    _compiled,
    _left,
)

ByteArray = NDArray[np.uint8]

_OPEN, _ROW, _OTHER = 0, 1, 2  # whom a player follows: not told yet, the row, the background


@_compiled
def _sort_by_answer(
    order: IntArray, low: int, high: int, answers: BoolArray, node: int, like: bool
) -> int:
    """Put those who answer ``like`` first; where the others begin."""
    place = low
    for at in range(low, high):
        one = order[at]
        if answers[node, one] == like:
            order[at] = order[place]
            order[place] = one
            place += 1
    return place


@_compiled
def _give(
    states: ByteArray,
    top: int,
    weight: float,
    gains: FloatArray,
    losses: FloatArray,
    made: FloatArray,
) -> None:
    """What reaching a leaf gives to the players who had to follow one side or the other."""
    followed, left_out = 0, 0
    for player in range(states.shape[1]):
        followed += states[top, player] == _ROW
        left_out += states[top, player] == _OTHER
    gain = weight * gains[followed, left_out]
    loss = weight * losses[followed, left_out]
    for player in range(states.shape[1]):
        if states[top, player] == _ROW:
            made[player] += gain
        elif states[top, player] == _OTHER:
            made[player] -= loss


@_compiled
def _push(
    stack: IntArray, states: ByteArray, top: int, node: int, low: int, high: int, kept: ByteArray
) -> None:
    """Leave a node, its background and its players' states for later.

    Element by element: copies of slices take numba seconds to compile.
    """
    stack[top, 0], stack[top, 1], stack[top, 2] = node, low, high
    for player in range(states.shape[1]):
        states[top, player] = kept[player]


@_compiled
def _walk(
    questions: Questions,
    tree: int,
    player: Int32Array,
    values: FloatArray,
    row_left: BoolArray,
    other_left: BoolArray,
    gains: FloatArray,
    losses: FloatArray,
    order: IntArray,
    stack: IntArray,
    states: ByteArray,
    made: FloatArray,
) -> None:
    """One row down one tree; ``order`` holds the background's rows, in any order."""
    first = questions.starts[tree]
    background, players = len(order), states.shape[1]
    kept = np.zeros(players, np.uint8)
    _push(stack, states, 0, first, 0, background, kept)
    top = 1
    while top > 0:
        top -= 1
        node, low, high = stack[top, 0], stack[top, 1], stack[top, 2]
        if questions.left[node] < 0:
            _give(states, top, values[node] * (high - low) / background, gains, losses, made)
            continue
        for one in range(players):
            kept[one] = states[top, one]
        own = player[questions.column[node]]
        state = kept[own]
        left = row_left[node - first]
        here = questions.left[node] if left else questions.right[node]
        there = questions.right[node] if left else questions.left[node]
        middle = high
        if state != _ROW:
            middle = _sort_by_answer(order, low, high, other_left, node - first, left)
        if low < middle:
            _push(stack, states, top, here, low, middle, kept)
            top += 1
        if middle == high:
            continue
        # those who answer otherwise: the player follows the row, or follows them
        if state == _OPEN:
            kept[own] = _ROW
            _push(stack, states, top, here, middle, high, kept)
            top += 1
        kept[own] = _OTHER
        _push(stack, states, top, there, middle, high, kept)
        top += 1


@_compiled
def walk_trees(
    questions: Questions,
    player: Int32Array,
    values: FloatArray,
    rows: FloatArray,
    background: FloatArray,
    trees: IntArray,
    deepest: int,
    gains: FloatArray,
    losses: FloatArray,
    made: FloatArray,
) -> None:
    """Add the contributions of some trees to ``made`` (players, rows).

    ``rows`` and ``background`` have shape (columns, rows).
    """
    others, players = background.shape[1], made.shape[0]
    stack = np.empty((2 * deepest + 3, 3), np.int64)
    states = np.empty((2 * deepest + 3, players), np.uint8)
    order = np.arange(others)
    given = np.empty(players)
    for tree in trees:
        first, last = questions.starts[tree], questions.starts[tree + 1]
        other_left = np.empty((last - first, others), np.bool_)
        row_left = np.empty(last - first, np.bool_)
        for node in range(first, last):
            if questions.left[node] >= 0:
                for one in range(others):
                    value = background[questions.column[node], one]
                    other_left[node - first, one] = _left(questions, node, value)
        for row in range(rows.shape[1]):
            for node in range(first, last):
                if questions.left[node] >= 0:
                    value = rows[questions.column[node], row]
                    row_left[node - first] = _left(questions, node, value)
            for one in range(players):
                given[one] = 0.0
            _walk(
                questions, tree, player, values, row_left, other_left,
                gains, losses, order, stack, states, given,
            )  # fmt: skip
            for one in range(players):
                made[one, row] += given[one]
