"""Rows into cells: one packed code per row over all axes, counted once."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Sub-axes of every cell: outcome, label (2 = not known), above the median (2 = no score).
SUB_AXES = (2, 3, 3)
# Up to this many possible codes one pass of counting is cheaper than hashing the codes.
_DENSE_CODES = 1 << 21
_LARGEST_CODE = 1 << 62


def summed(
    code: NDArray[np.integer], values: NDArray[np.float64], length: int
) -> NDArray[np.float64]:
    """Sum of ``values`` for every code from 0 to ``length`` - 1."""
    return np.bincount(code, weights=values, minlength=length).astype(np.float64, copy=False)


def label_codes(label: NDArray[np.int8] | None) -> NDArray[np.int8] | None:
    """0, 1, and 2 where the label is not known."""
    return None if label is None else np.where(label < 0, np.int8(2), label)


def above_median(score: NDArray[np.float64] | None) -> NDArray[np.int8] | None:
    """1 strictly above the median of all scores, 0 not, 2 without a score."""
    if score is None:
        return None
    known = ~np.isnan(score)
    if not bool(known.any()):
        return np.full(len(score), 2, dtype=np.int8)
    above = score > np.median(score if known.all() else score[known])
    return np.where(known, above, np.int8(2)).astype(np.int8, copy=False)


def cells(
    arrays: Sequence[NDArray[np.integer]], sizes: Sequence[int], lowest: Sequence[int]
) -> tuple[NDArray[np.intp], tuple[NDArray[np.integer], ...], NDArray[np.int64]]:
    """Cell of every row, levels of every cell on every axis, and rows per cell.

    ``lowest`` is the smallest code of each array (-1 where unknowns occur).
    """
    length = len(arrays[0])
    if any(len(array) != length for array in arrays):
        raise ValueError([len(array) for array in arrays])
    narrow = prod(sizes) <= _DENSE_CODES
    code: NDArray[Any] = np.zeros(length, dtype=np.int32 if narrow else np.int64)
    possible = 1
    for array, size, low in zip(arrays, sizes, lowest, strict=True):
        if not narrow and possible * size > _LARGEST_CODE:
            # more combinations than fit in one number: number those that occur, go on from there
            code, occurring = pd.factorize(code)
            possible = len(occurring)
        code *= size
        code += array
        if low:
            code -= low
        possible *= size
    if narrow:
        count = np.bincount(code, minlength=possible)
        occurring = np.flatnonzero(count)
        place = np.zeros(possible, dtype=np.intp)
        place[occurring] = np.arange(len(occurring))
        index = np.unravel_index(occurring, tuple(sizes))
        levels = tuple(axis + low for axis, low in zip(index, lowest, strict=True))
        return place[code], levels, count[occurring].astype(np.int64)
    factorized, occurring = pd.factorize(code)
    cell = factorized.astype(np.intp, copy=False)
    count = np.bincount(cell, minlength=len(occurring))
    first = np.empty(len(count), dtype=np.intp)
    # of several writes to one place the last stays: backwards, the first row of every cell
    first[cell[::-1]] = np.arange(length - 1, -1, -1)
    return cell, tuple(array[first] for array in arrays), count.astype(np.int64)
