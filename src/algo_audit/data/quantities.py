"""Columns of numbers: scores, sampling weights, headcounts of lines already counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from algo_audit.data.categories import Context
from algo_audit.data.conversion import Numbers, convert_numbers
from algo_audit.data.raw_table import blank_cells
from algo_audit.data.vocabulary import is_excel_error, is_unknown

_SHOWN = 6
_TOLD = {
    "plain": "",
    "comma": "decimal_comma",
    "spaced": "spaced_thousands",
    "english": "comma_thousands",
    "dotted": "dotted_thousands",
}


# Fewer different numbers than this are two answers, not an amount.
_FEWEST_AMOUNTS = 3
_EURO = r"(€|EUR|euros)$"


@dataclass(frozen=True)
class Quantity:
    """A column of numbers: NaN where the cell is blank or says "not known".

    ``unit``: ``euro`` or ``percent`` where every number carries it, else "".
    """

    values: NDArray[np.float64]
    unit: str = ""


def _plain(array: Any) -> Any:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array


def read_quantity(name: str, array: Any, context: Context) -> Quantity | None:
    """Read a score.

    Parameters
    ----------
    name : str
        The column.
    array : Arrow array of trimmed text, one cell per row of the file
    context : Context

    Returns
    -------
    Quantity or None
        One value per row of the file; None where a fault was noted:
        ``reading.score_not_number`` with lines, ``reading.number_ambiguous``,
        ``reading.score_blank``.
    """
    return _read(name, array, context, part="score")


def read_amount(name: str, array: Any, context: Context) -> Quantity | None:
    """Read an outcome that is a number: pay, hours, a rating.

    As ``read_quantity``, with the faults ``reading.outcome_not_number``,
    ``reading.number_ambiguous``, ``reading.outcome_blank`` and ``reading.amount_two_values``
    (an outcome of two values is a decision, and wants no worse end).
    """
    found = _read(name, array, context, part="outcome")
    if found is None:
        return None
    known = np.unique(found.values[~np.isnan(found.values)])
    if len(known) < _FEWEST_AMOUNTS:
        context.notes.fault("reading.amount_two_values", name, seen=[f"{one:g}" for one in known])
        return None
    return found


def _unit(array: Any, missing: NDArray[np.bool_], numbers: Numbers) -> str:
    if numbers.percent:
        return "percent"
    filled = array.filter(pa.array(~missing))
    return "euro" if pc.all(pc.match_substring_regex(filled, _EURO)).as_py() else ""


def _read(name: str, array: Any, context: Context, *, part: str) -> Quantity | None:
    notes = context.notes
    array = _plain(array)
    missing = _missing(name, array, context)
    numbers = _converted(name, array, missing, context)
    if numbers is None:
        return None
    used = np.ones(len(array), dtype=bool) if context.used is None else context.used
    if not bool((used & ~missing).any()):
        notes.fault(f"reading.{part}_blank", name)
        return None
    refused = np.zeros(len(array), dtype=bool)
    refused[~missing] = numbers.refused
    refused &= used
    if bool(refused.any()):
        _refuse(name, array, refused, context, f"reading.{part}_not_number")
        return None
    values = np.full(len(array), np.nan)
    values[~missing] = numbers.values
    return Quantity(values, _unit(array, missing, numbers))


def read_positive(name: str, array: Any, context: Context, *, kind: str) -> Quantity | None:
    """Read sampling weights (``kind="weight"``, > 0) or headcounts (``"count"``, whole, >= 0).

    Every used row needs one: blank, text, negative (or zero, or broken) values are told
    with their lines as ``reading.<kind>_blank``, ``_not_number``, ``_not_positive``.
    """
    array = _plain(array)
    used = np.ones(len(array), dtype=bool) if context.used is None else context.used
    missing = _missing(name, array, context)
    numbers = _converted(name, array, missing, context)
    if numbers is None:
        return None
    values = np.full(len(array), np.nan)
    values[~missing] = numbers.values
    refused = np.zeros(len(array), dtype=bool)
    refused[~missing] = numbers.refused
    low = values <= 0 if kind == "weight" else (values < 0) | (values != np.floor(values))
    sound = True
    for code, rows in (
        (f"reading.{kind}_blank", missing & used),
        (f"reading.{kind}_not_number", refused & used),
        (f"reading.{kind}_not_positive", low & ~missing & ~refused & used),
    ):
        if bool(rows.any()):
            _refuse(name, array, rows, context, code)
            sound = False
    return Quantity(values) if sound else None


def _missing(name: str, array: Any, context: Context) -> NDArray[np.bool_]:
    """Cells that say "not known"; the journal tells errors of a spreadsheet apart."""
    blank = blank_cells(array)
    used = np.ones(len(array), dtype=bool) if context.used is None else context.used
    # only what begins like no number can be a word: few cells, even in a long column
    wordy = pc.invert(pc.match_substring_regex(array, r"^[+-]?[0-9]"))
    places = np.flatnonzero(wordy.to_numpy(zero_copy_only=False) & ~blank)
    words = pc.dictionary_encode(array.take(pa.array(places)))
    levels = words.dictionary.to_pylist()
    codes = words.indices.to_numpy()
    missing = blank.copy()
    for code, is_one in (("excel_errors", is_excel_error), ("unknown_values", is_unknown)):
        kind = np.fromiter((is_one(level) for level in levels), bool, len(levels))
        if code == "unknown_values":
            kind &= ~np.fromiter((is_excel_error(level) for level in levels), bool, len(levels))
        marked = np.zeros(len(array), dtype=bool)
        marked[places[kind[codes]]] = True
        missing |= marked
        if code == "unknown_values":
            marked |= blank
        if bool((marked & used).any()):
            context.notes.noted(
                code,
                name,
                rows=int((marked & used).sum()),
                blank=int((marked & blank & used).sum()),
                values=[level for level, one in zip(levels, kind, strict=True) if one][:_SHOWN],
            )
    return missing


def _converted(
    name: str, array: Any, missing: NDArray[np.bool_], context: Context
) -> Numbers | None:
    filled = array.filter(pa.array(~missing)) if bool(missing.any()) else array
    numbers = convert_numbers(filled, decimal_comma=context.decimal_comma)
    if numbers.ambiguous:
        comma = filled.filter(pc.match_substring(filled, ","))
        context.notes.fault("reading.number_ambiguous", name, seen=comma[0].as_py())
        return None
    if numbers.sound and len(filled):
        note_conversion(name, len(filled), numbers, context)
    return numbers


def note_conversion(name: str, cells: int, numbers: Numbers, context: Context) -> None:
    """Say in the journal how text became numbers; no value of a person is quoted."""
    code = "percents" if numbers.percent else _TOLD[numbers.style]
    if code:
        context.notes.converted(code, name, cells=cells)


def _refuse(name: str, array: Any, rows: NDArray[np.bool_], context: Context, code: str) -> None:
    places = np.flatnonzero(rows)[: _SHOWN * 10]
    seen = list(dict.fromkeys(array[int(place)].as_py() for place in places))
    context.notes.fault(
        code,
        name,
        seen=[value for value in seen if value][:_SHOWN],
        lines=context.lines(rows),
        rows=int(rows.sum()),
    )
