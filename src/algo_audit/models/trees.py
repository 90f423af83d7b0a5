"""Decision trees as plain arrays, whatever library they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Trees:
    """A sum of trees: ``score = constant + sum of one leaf value per tree``.

    All node arrays are of length ``nodes``, the trees one after the other; ``starts[t]`` is the
    root of tree t and ``starts[-1]`` the number of nodes.

    Attributes
    ----------
    left, right : int32 arrays
        Absolute node numbers; -1 in a leaf.
    column : int32 array
        Encoded column that an inner node asks; -1 in a leaf.
    threshold : float64 array
        A row goes left where its value ``<=`` this. Never stored as float32, unless the
        library itself compares so (then ``compares_float32``).
    blank_left : bool array
        Where a NaN goes.
    categories : int32 array
        -1: a numeric question; else the row of ``left_categories`` that holds the question's set.
    left_categories : bool array, shape (sets, codes)
        Whether a row with this category code goes left; a code beyond the last, or unknown,
        goes as a NaN does.
    value : float64 array
        Of a leaf, its weight in the sum included (a forest's trees are divided by their number).
    owner : int32 array, shape (columns,)
        Input of the model that each encoded column was made from.
    constant : float
    compares_float32 : bool
        Values are cast to float32 before they are compared (scikit-learn's forests).
    """

    starts: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    column: NDArray[np.int32]
    threshold: NDArray[np.float64]
    blank_left: NDArray[np.bool_]
    categories: NDArray[np.int32]
    left_categories: NDArray[np.bool_]
    value: NDArray[np.float64]
    owner: NDArray[np.int32]
    constant: float
    compares_float32: bool = False

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def leaves(self) -> int:
        """How many leaves all trees have."""
        return int(np.count_nonzero(self.left < 0))


# Cells (rows times trees) that are walked down together; bounds the memory of one block.
_CELLS = 1 << 20


def evaluate(trees: Trees, encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Walk every row down every tree.

    Parameters
    ----------
    trees : Trees
    encoded : float64 array, shape (rows, columns)
        Rows as ``TreeModel.encode`` makes them.

    Returns
    -------
    float64 array, shape (rows,)
        ``constant`` plus the sum of the leaves reached.
    """
    total = np.full(len(encoded), trees.constant)
    if not len(trees):
        return total
    seen = encoded.astype(np.float32).astype(np.float64) if trees.compares_float32 else encoded
    block = max(1, _CELLS // len(trees))
    for start in range(0, len(encoded), block):
        rows = seen[start : start + block]
        total[start : start + block] += trees.value[leaves_of(trees, rows)].sum(axis=1)
    return total


def leaves_of(trees: Trees, seen: NDArray[np.float64]) -> NDArray[np.int64]:
    """Node number of the leaf that each row reaches in each tree: shape (rows, trees).

    ``seen`` are encoded rows, already cast to float32 where the trees compare so.
    """
    roots = trees.starts[:-1].astype(np.int64)
    node = np.broadcast_to(roots, (len(seen), len(roots))).copy().ravel()
    row = np.repeat(np.arange(len(seen)), len(roots))
    moving = np.flatnonzero(trees.left[node] >= 0)
    while moving.size:
        at = node[moving]
        value = seen[row[moving], trees.column[at]]
        goes_left = value <= trees.threshold[at]
        sets = trees.categories[at]
        asked = sets >= 0
        if asked.any():
            goes_left[asked] = _in_set(trees, value[asked], sets[asked], at[asked])
        blank = np.isnan(value)
        goes_left[blank] = trees.blank_left[at[blank]]
        after = np.where(goes_left, trees.left[at], trees.right[at]).astype(np.int64)
        node[moving] = after
        moving = moving[trees.left[after] >= 0]
    return node.reshape(len(seen), len(roots))


def _in_set(
    trees: Trees,
    value: NDArray[np.float64],
    sets: NDArray[np.int32],
    at: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Does a category code go left? One that no set knows goes as a blank does."""
    codes = trees.left_categories.shape[1]
    known = (value >= 0) & (value < codes)
    code = np.where(known, value, 0.0).astype(np.int64)
    return np.where(known, trees.left_categories[sets, code], trees.blank_left[at])


def check_trees(trees: Trees, *, columns: int) -> bool:
    """Whether walking these trees ends and stays inside its arrays.

    A file may hold anything: children that point backwards (an endless walk) or beyond the last
    node, columns that no row has. scikit-learn looks at none of this before it walks.
    """
    nodes = len(trees.left)
    starts = trees.starts
    if len(starts) < 1 or starts[0] != 0 or starts[-1] != nodes or (np.diff(starts) < 1).any():
        return False
    inner = trees.left >= 0
    own = np.arange(nodes)
    end = np.repeat(starts[1:], np.diff(starts))
    children = np.stack([trees.left, trees.right])[:, inner]
    sets = trees.categories[inner]
    return bool(
        (children > own[inner]).all()
        and (children < end[inner]).all()
        and (trees.column[inner] >= 0).all()
        and (trees.column[inner] < columns).all()
        and (sets < len(trees.left_categories)).all()
        and np.isfinite(trees.value[~inner]).all()
    )
