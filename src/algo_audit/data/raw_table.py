"""A table as its file writes it: trimmed text in named columns, nothing interpreted yet.

Every format (text, workbook, Parquet) ends here, so that headers, blank rows and blank
columns are treated alike whatever the file was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from algo_audit.data.notes import Notes
from algo_audit.data.vocabulary import INVISIBLE, fold, trim

if TYPE_CHECKING:
    import pandas as pd

_ROW_NUMBER_NAMES = {"", "unnamed: 0", "index", "rownames", "row.names", "__index_level_0__"}


@dataclass(frozen=True)
class RawTable:
    """Trimmed text cells under unique, non-blank headers, without blank rows.

    Attributes
    ----------
    columns : mapping of str to Arrow array
        Strings, or dictionary-encoded strings; ``rows`` entries each, no null: blank is "".
    rows : int
    lines : callable
        Line (or sheet row, from 1) of each row of ``columns``; computed when asked for,
        since only a fault needs it.
    encoding, delimiter, sheet : str
        How the file was read; "" where it does not apply.
    decimal_comma : bool or None
        Whether the file's own writing makes a comma decimal; None: it does not say.
    """

    columns: Mapping[str, Any]
    rows: int
    lines: Callable[[], NDArray[np.int64]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal_comma: bool | None = None


def trimmed(array: Any) -> Any:
    """An Arrow array of strings without spaces around its values; null becomes blank.

    Parameters
    ----------
    array : Array or ChunkedArray of string or dictionary<string>

    Returns
    -------
    Array
        One chunk, string or dictionary-encoded.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        if array.null_count:
            array = array.cast(pa.string())
        else:
            return pa.DictionaryArray.from_arrays(array.indices, trimmed(array.dictionary))
    if array.null_count:
        array = pc.fill_null(array, "")
    # two passes for a value like "\ufeff x \u200b", where marks and spaces alternate
    array = pc.utf8_trim_whitespace(array)
    return pc.utf8_trim_whitespace(pc.utf8_trim(array, characters=INVISIBLE))


def blank_cells(array: Any) -> NDArray[np.bool_]:
    """Which cells are blank; shape (rows,)."""
    if pa.types.is_dictionary(array.type):
        blank = pc.equal(pc.binary_length(array.dictionary), 0).to_numpy(zero_copy_only=False)
        blank = blank[array.indices.to_numpy()]
    else:
        blank = pc.equal(pc.binary_length(array), 0).to_numpy(zero_copy_only=False)
    return np.asarray(blank, dtype=bool)


def tidy(
    header: Sequence[str],
    cells: Sequence[Any],
    lines: Callable[[], NDArray[np.int64]],
    notes: Notes,
    *,
    where: str,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    decimal_comma: bool | None = None,
) -> RawTable:
    """Trim cells, drop blank rows and columns, and check the headers.

    Parameters
    ----------
    header : sequence of str
        Names as written, one per column.
    cells : sequence of Arrow arrays of text, all of one length
    lines : callable
        Line of each row of ``cells``.
    notes : Notes
        Takes the faults (``reading.header_blank``, ``reading.header_duplicated``,
        ``reading.header_only``) and journal entries.
    where : str
        The file, for faults.
    encoding, delimiter, sheet, decimal_comma
        Passed on to the table.

    Returns
    -------
    RawTable
    """
    arrays = [trimmed(array) for array in cells]
    blank = _blank_rows(arrays)
    if blank is not None and bool(blank.any()):
        keep = pa.array(~blank)
        arrays = [array.filter(keep) for array in arrays]
        notes.set_aside("blank_rows", rows=int(blank.sum()))
        lines = _kept(lines, ~blank)
    names = [trim(name) for name in header]
    columns = _named(names, arrays, notes, where)
    rows = len(arrays[0]) if arrays else 0
    if not rows:
        notes.fault("reading.header_only", where)
    return RawTable(columns, rows, lines, encoding, delimiter, sheet, decimal_comma)


def _kept(
    lines: Callable[[], NDArray[np.int64]], keep: NDArray[np.bool_]
) -> Callable[[], NDArray[np.int64]]:
    return lambda: lines()[keep]


def _blank_rows(arrays: Sequence[Any]) -> NDArray[np.bool_] | None:
    blank: NDArray[np.bool_] | None = None
    for array in arrays:
        here = blank_cells(array)
        blank = here if blank is None else blank & here
        if not bool(blank.any()):
            break
    return blank


def _named(names: Sequence[str], arrays: Sequence[Any], notes: Notes, where: str) -> dict[str, Any]:
    """Columns by name; blank columns left out, blank and repeated names noted as faults."""
    columns: dict[str, Any] = {}
    unnamed: list[int] = []
    repeated: list[str] = []
    blank_columns = 0
    for position, (name, array) in enumerate(zip(names, arrays, strict=True), start=1):
        if not name:
            if bool(blank_cells(array).all()):
                blank_columns += 1
            elif position == 1 and _counts_rows(array):
                notes.set_aside("row_numbers")
            else:
                unnamed.append(position)
        elif name in columns:
            repeated.append(name)
        else:
            columns[name] = array
    if blank_columns:
        notes.set_aside("blank_columns", columns=blank_columns)
    if unnamed:
        notes.fault("reading.header_blank", where, seen=unnamed)
    if repeated:
        notes.fault("reading.header_duplicated", where, seen=list(dict.fromkeys(repeated)))
    return columns


def _counts_rows(array: Any) -> bool:
    """Whether a column holds row numbers, as R and pandas write them under a blank header."""
    if pa.types.is_dictionary(array.type):
        return False
    if not pc.all(pc.match_substring_regex(array, r"^[0-9]{1,15}$")).as_py():
        return False
    numbers = array.cast(pa.int64()).to_numpy()
    return bool((np.diff(numbers) > 0).all())


def is_row_number_name(name: str) -> bool:
    """Whether a header is one that software gives to row numbers."""
    return fold(name) in _ROW_NUMBER_NAMES


def text_frame(table: RawTable, used: NDArray[np.bool_] | None) -> pd.DataFrame:
    """The used rows as text, all columns."""
    text = {
        name: array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
        for name, array in table.columns.items()
    }
    whole = pa.table(text)
    frame: pd.DataFrame = (whole if used is None else whole.filter(pa.array(used))).to_pandas()
    # later rooms read further columns as numbers: the file's own habit goes with them
    frame.attrs["decimal_comma"] = table.decimal_comma
    return frame
