"""A table of a Document as CSV, as Excel in the reader's language opens it by a double click."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from pathlib import Path

from algo_audit.report.building import walk
from algo_audit.report.document import Cell, Document, Figure, Table

# What a spreadsheet takes for the beginning of a formula, wide forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
_DELIMITER = {"fr": ";", "en": ","}


def csv_text(table: Table, language: str, *, interval: str = "{column} 95 %") -> str:
    """Text of a CSV file: a byte order mark, everything quoted, numbers bare of units.

    Parameters
    ----------
    table : Table
    language : {"fr", "en"}
        French: semicolons and decimal commas.
    interval : str
        Head of the column that holds a column's interval.

    Returns
    -------
    str
        Text that would be taken for a formula begins with an apostrophe; numbers never do.
    """
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter=_DELIMITER[language], quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    ranged = [any(row[x].interval for row in table.rows) for x in range(len(table.columns))]
    heads = []
    for head, wide in zip(table.columns, ranged, strict=True):
        heads += [_text(head), *([_text(interval.replace("{column}", head))] if wide else [])]
    writer.writerow(heads)
    for row in table.rows:
        cells = []
        for cell, wide in zip(row, ranged, strict=True):
            cells += [_cell(cell, language), *([_text(cell.interval)] if wide else [])]
        writer.writerow(cells)
    return "\ufeff" + stream.getvalue()


def write_csv(document: Document, path: str | Path) -> None:
    """Write every table of a document as CSV, together in one zip; OSError where it cannot be."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for section in walk(document.sections):
            for block in section.blocks:
                if isinstance(block, Figure | Table):
                    table = block.data if isinstance(block, Figure) else block
                    kind = "figure" if isinstance(block, Figure) else "table"
                    # one moment for all, so that equal input gives equal bytes
                    member = zipfile.ZipInfo(f"{kind}-{int(block.number):03d}-{table.id}.csv")
                    package.writestr(member, csv_text(table, document.language).encode())
    Path(path).write_bytes(stream.getvalue())


def _cell(cell: Cell, language: str) -> str:
    value = cell.value
    if not cell.numeric or isinstance(value, (str, bool)) or value is None:
        return _text(cell.text)
    if not math.isfinite(value):
        return _text(cell.text)
    number = repr(int(value)) if float(value).is_integer() else f"{value:.10g}"
    return number.replace(".", ",") if language == "fr" else number


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
