"""What of a tree's path depends on whom: players along each path, and rows as patterns of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.trees import Trees

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Paths:
    """Players along the path from a root to each node, in the order of their first question.

    Attributes
    ----------
    depth : int32 array, shape (nodes,)
    count : int32 array, shape (nodes,)
        Distinct players on the path to a node, its own question not included.
    bit : int32 array, shape (nodes,)
        Place of the player asked by an inner node in the lists of the nodes below it; -1 in a leaf.
    players : int32 array, shape (nodes, most)
        The list of each node; -1 beyond ``count``.
    """

    depth: NDArray[np.int32]
    count: NDArray[np.int32]
    bit: NDArray[np.int32]
    players: NDArray[np.int32]


def paths_of(trees: Trees, player: NDArray[np.int32]) -> Paths:
    """Follow all trees down at once, level by level.

    Parameters
    ----------
    trees : Trees
    player : int32 array, shape (columns,)
        Who owns each encoded column.

    Returns
    -------
    Paths
    """
    nodes, players = len(trees.left), int(player.max(initial=-1)) + 1
    depth, count = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
    bit = np.full(nodes, -1, np.int32)
    listed = np.full((nodes, players), -1, np.int32)
    level = trees.starts[:-1].astype(np.int64)
    while level.size:
        inner = level[trees.left[level] >= 0]
        asked = player[trees.column[inner]]
        same = listed[inner] == asked[:, None]
        known = same.any(axis=1)
        bit[inner] = np.where(known, same.argmax(axis=1), count[inner])
        children = np.concatenate([trees.left[inner], trees.right[inner]]).astype(np.int64)
        above, asked, known = np.tile(inner, 2), np.tile(asked, 2), np.tile(known, 2)
        listed[children] = listed[above]
        new = children[~known]
        listed[new, bit[above[~known]]] = asked[~known]
        count[children] = count[above] + ~known
        depth[children] = depth[above] + 1
        level = children
    return Paths(depth, count, bit, listed[:, : int(count.max(initial=0))])


def goes_left(trees: Trees, seen: NDArray[np.float64], nodes: IntArray) -> NDArray[np.bool_]:
    """Answers of rows to the questions of inner nodes: shape (rows, nodes).

    ``seen`` are encoded rows, already cast to float32 where the trees compare so.
    """
    value = seen[:, trees.column[nodes]]
    answer = value <= trees.threshold[nodes]
    blank_left = trees.blank_left[nodes]
    sets = trees.categories[nodes]
    asked = np.flatnonzero(sets >= 0)
    if asked.size:
        codes = trees.left_categories.shape[1]
        code = value[:, asked]
        known = (code >= 0) & (code < codes)
        place = np.where(known, code, 0.0).astype(np.int64)
        in_set = trees.left_categories[sets[asked], place]
        answer[:, asked] = np.where(known, in_set, blank_left[asked])
    return np.asarray(np.where(np.isnan(value), blank_left, answer))


def failed_patterns(
    trees: Trees, paths: Paths, seen: NDArray[np.float64], first: int, last: int
) -> NDArray[np.uint16]:
    """Which players of its path each row fails, as bits, for the nodes of some whole trees.

    Parameters
    ----------
    trees : Trees
    paths : Paths
        At most 16 distinct players on each path.
    seen : float64 array, shape (rows, columns)
    first, last : int
        Nodes of the trees, ``last`` excluded.

    Returns
    -------
    uint16 array, shape (rows, last - first)
        Bit k set: the row would not go this way at some question of the k-th player of the path.
    """
    failed = np.zeros((len(seen), last - first), np.uint16)
    own = np.arange(first, last)
    inner = own[trees.left[first:last] >= 0]
    for level in range(int(paths.depth[first:last].max(initial=0))):
        nodes = inner[paths.depth[inner] == level]
        left = goes_left(trees, seen, nodes)
        above = failed[:, nodes - first]
        mask = (1 << paths.bit[nodes]).astype(np.uint16)
        failed[:, trees.left[nodes] - first] = above | np.where(left, np.uint16(0), mask)
        failed[:, trees.right[nodes] - first] = above | np.where(left, mask, np.uint16(0))
    return failed
