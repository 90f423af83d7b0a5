"""The same encoded columns as the library makes, by looking them up: for many small questions.

A pipeline takes some milliseconds to look at a single row; an explanation asks it thousands of
times. Where each encoded column comes from one input, a category's columns are a table by code,
and a number's column is a few operations. Both are taken from the library and compared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.encoded_columns import Steps
from algo_audit.models.inputs import Input

Encode = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_COMPARED = 32
_SEED = 20261123


@dataclass(frozen=True)
class QuickEncoding:
    """Encoded columns by lookup.

    ``tables``: by category input, its columns and their values by code; the last two rows are
    for a category that was never seen and for a blank. ``steps``: by number column, its input and
    what is done to it. ``refused``: (input, True for blank) that the library itself has to answer.
    """

    width: int
    tables: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]]
    steps: dict[int, tuple[int, Steps]]
    refused: tuple[tuple[int, bool], ...]

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Encoded rows, None where the library has to be asked."""
        for place, blank in self.refused:
            own = values[:, place]
            levels = len(self.tables[place][1]) - 2 if place in self.tables else 0
            if (np.isnan(own) if blank else own >= levels).any():
                return None
        made = np.empty((len(values), self.width))
        for place, (columns, table) in self.tables.items():
            own, levels = values[:, place], len(table) - 2
            codes = np.where(np.isnan(own), levels + 1, np.minimum(own, levels)).astype(np.int64)
            made[:, columns] = table[codes]
        for column, (place, steps) in self.steps.items():
            made[:, column] = _stepped(values[:, place], steps)
        return made


def _stepped(values: NDArray[np.float64], steps: Steps) -> NDArray[np.float64]:
    made = values.copy()
    for what, number in steps:
        if what == "fill":
            made[np.isnan(made)] = number
        elif what == "subtract":
            made -= number
        elif what == "divide":
            made /= number
        elif what == "multiply":
            made *= number
        else:
            made += number
    return made


def quick_encoding(
    encode: Encode,
    inputs: Sequence[Input],
    owner: NDArray[np.int32],
    steps: Sequence[Steps | None],
) -> QuickEncoding | None:
    """Learn the lookup from the library, and compare it with the library bit by bit.

    Parameters
    ----------
    encode : callable
        The library's own encoding: rows of ``InputRows.values`` to encoded columns.
    inputs : sequence of Input
        With ``blank`` and ``unseen`` as the library answered.
    owner : int32 array, shape (columns,)
    steps : sequence, one per column

    Returns
    -------
    QuickEncoding or None
        None where a number's way cannot be told, or a single value came out otherwise.
    """
    numbers = [place for place, one in enumerate(inputs) if one.kind == "number"]
    own_steps = {}
    for column, place in enumerate(owner.tolist()):
        if place in numbers:
            told = steps[column]
            if told is None:
                return None
            own_steps[column] = (place, told)
    made = QuickEncoding(len(owner), _tables(encode, inputs, owner), own_steps, _refused(inputs))
    rows = _rows(inputs)
    found = made(rows)
    if found is None or not np.array_equal(found, encode(rows), equal_nan=True):
        return None
    return made


def _refused(inputs: Sequence[Input]) -> tuple[tuple[int, bool], ...]:
    unseen = [
        (i, False) for i, one in enumerate(inputs) if one.kind == "category" and not one.unseen
    ]
    return (*unseen, *((place, True) for place, one in enumerate(inputs) if not one.blank))


def _tables(
    encode: Encode, inputs: Sequence[Input], owner: NDArray[np.int32]
) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """What each code becomes; all inputs asked at once, for no column depends on two of them."""
    categories = [place for place, one in enumerate(inputs) if one.kind == "category"]
    if not categories:
        return {}
    most = max(len(inputs[place].levels) for place in categories)
    rows = np.zeros((most + 2, len(inputs)))
    rows[:, :] = [one.low or 0.0 for one in inputs]
    for place in categories:
        one = inputs[place]
        levels = len(one.levels)
        rows[:most, place] = np.minimum(np.arange(most), levels - 1)
        rows[most, place] = levels if one.unseen else 0
        rows[most + 1, place] = np.nan if one.blank else 0
    encoded = encode(rows)
    tables = {}
    for place in categories:
        levels = len(inputs[place].levels)
        columns = np.flatnonzero(owner == place)
        kept = [*range(levels), most, most + 1]
        tables[place] = (columns, encoded[np.ix_(kept, columns)])
    return tables


def _rows(inputs: Sequence[Input]) -> NDArray[np.float64]:
    """Rows to compare on: numbers of all sizes, every code, blanks where they are answered."""
    draw = np.random.default_rng(_SEED)
    rows = np.empty((_COMPARED, len(inputs)))
    for place, one in enumerate(inputs):
        if one.kind == "number":
            rows[:, place] = draw.normal(size=_COMPARED) * 10.0 ** draw.integers(-3, 7, _COMPARED)
        else:
            rows[:, place] = draw.integers(0, len(one.levels) + int(one.unseen), _COMPARED)
        if one.blank:
            rows[draw.random(_COMPARED) < 0.2, place] = np.nan
    return rows
