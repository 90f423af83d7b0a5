"""Text files (CSV and its cousins) as a table of text cells.

Arrow parses the ordinary file; a file with lines of unequal length goes through the slower
``csv`` module, which can tell the lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable, tidy
from algo_audit.data.text_dialect import Dialect, decode, find_dialect

# Longest list of lines that a fault carries.
_LISTED_LINES = 12
_LONGEST_CELL = 1 << 24


def read_text_table(
    data: bytes, where: str, notes: Notes, *, encoding: str | None = None
) -> RawTable:
    """Read a delimited text file.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        The file, for faults.
    notes : Notes
        Takes journal entries and the faults that do not stop the reading.
    encoding : str, optional
        As declared; found out otherwise.

    Returns
    -------
    RawTable

    Raises
    ------
    AuditError
        The file is no text, is empty, or cannot be cut into cells.
    """
    text, used = decode(data, where, encoding)
    dialect = find_dialect(text, where)
    _tell(notes, dialect, used, declared=encoding is not None)
    body = text[dialect.body :]
    width = len(dialect.header)
    cells = _fast(body, dialect, width)
    if cells is None:
        cells = _slow(body, dialect, width, where, notes)
    elif body.count('"') % 2:
        _refuse_unclosed(body, dialect, where, notes)

    def lines() -> NDArray[np.int64]:
        started = [line for line, record in _records(body, dialect) if _kept(record, width)]
        return np.array(started, dtype=np.int64)

    return tidy(
        dialect.header,
        cells,
        lines,
        notes,
        where=where,
        encoding=used,
        delimiter=dialect.delimiter,
        decimal_comma=True if dialect.delimiter != "," else None,
    )


def _tell(notes: Notes, dialect: Dialect, encoding: str, *, declared: bool) -> None:
    shown = {"\t": "tab"}.get(dialect.delimiter, dialect.delimiter)
    if encoding == "cp1252" and not declared:
        # said apart: nothing in the file proves it, accents show whether it is right
        notes.noted("encoding_assumed", encoding=encoding, delimiter=shown)
    else:
        notes.noted("text_format", encoding=encoding, delimiter=shown)
    if dialect.declared:
        notes.set_aside("separator_line", delimiter=shown)
    if dialect.titles:
        notes.set_aside("title_lines", lines=len(dialect.titles))
    if dialect.joined:
        notes.converted("header_joined", columns=list(dialect.header))


def _fast(body: str, dialect: Dialect, width: int) -> list[Any] | None:
    """Columns by Arrow, or None where a line has another number of cells than the header."""
    from pyarrow import csv as arrow_csv

    if not body.strip():
        return [pa.array([], pa.string()) for _ in range(width)]
    names = [str(position) for position in range(width)]
    uneven = False

    def on_uneven(row: Any) -> str:
        nonlocal uneven
        if row.text.strip():
            uneven = True
            return "error"
        return "skip"  # a line of spaces

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body.encode("utf-8", "surrogatepass")),
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values='"' in body,
                invalid_row_handler=on_uneven,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if uneven else [table[name] for name in names]


def _kept(record: Sequence[str], width: int) -> bool:
    """Whether a record is a row: empty lines are none, nor are lines of spaces."""
    return bool(record) and not (len(record) == 1 < width and not record[0].strip())


def _records(body: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line on which it starts."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=dialect.delimiter)
        line = dialect.body_line
        for record in reader:
            yield line, record
            line = dialect.body_line + reader.line_num
    finally:
        csv.field_size_limit(before)


def _slow(
    body: str, dialect: Dialect, width: int, where: str, notes: Notes
) -> list[pa.StringArray]:
    """Columns by the ``csv`` module; blank cells beyond the header are cut, other lines told."""
    rows: list[list[str]] = []
    uneven: list[tuple[int, int]] = []
    cut = 0
    line = dialect.body_line
    try:
        for line, record in _records(body, dialect):
            if not _kept(record, width):
                continue
            if len(record) > width and not any(cell.strip() for cell in record[width:]):
                record = record[:width]  # noqa: PLW2901
                cut += 1
            if len(record) != width:
                uneven.append((line, len(record)))
                record = (record + [""] * width)[:width]  # noqa: PLW2901
            rows.append(record)
    except csv.Error:
        notes.fault("reading.cannot_cut", where, line=line)
    if uneven:
        _refuse_uneven(body, dialect, uneven, where, notes, width=width)
    if cut:
        notes.set_aside("trailing_delimiters", rows=cut)
    if not rows:
        return [pa.array([], pa.string()) for _ in range(width)]
    return [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]


def _refuse_uneven(
    body: str,
    dialect: Dialect,
    uneven: Sequence[tuple[int, int]],
    where: str,
    notes: Notes,
    *,
    width: int,
) -> None:
    if _refuse_unclosed(body, dialect, where, notes):
        return
    notes.fault(
        "reading.ragged_lines",
        where,
        seen=[line for line, _ in uneven[:_LISTED_LINES]],
        lines=len(uneven),
        expected=width,
        found=sorted({cells for _, cells in uneven})[:_LISTED_LINES],
    )


def _refuse_unclosed(body: str, dialect: Dialect, where: str, notes: Notes) -> bool:
    """Note a quotation mark that is never closed: it swallows the lines after it."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=dialect.delimiter, strict=True)
    line = dialect.body_line
    try:
        for _ in reader:
            line = dialect.body_line + reader.line_num
    except csv.Error as error:
        if "end of data" in str(error):
            notes.fault("reading.quote_unclosed", where, line=line)
            return True
    return False


def listed(lines: Callable[[], NDArray[np.int64]], rows: NDArray[np.bool_]) -> list[int]:
    """Lines of the first rows marked, as many as a sentence can hold."""
    places = np.flatnonzero(rows)[:_LISTED_LINES]
    return [int(line) for line in lines()[places]]
