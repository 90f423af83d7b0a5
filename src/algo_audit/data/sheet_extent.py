"""How far a sheet reaches, found before it is loaded.

The reader of workbooks makes room for the whole rectangle up to the farthest filled cell. One
stray value in the last cell of a sheet of five kilobytes asks for 550 gigabytes, and the
process is aborted without an exception: so the corner is looked up in the XML first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from algo_audit.data.excel_errors import ODS_PART, attributes, ods_tables, place_of, sheet_path

# A filled cell of .xlsx: one with something between its tags.
_FILLED = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
# Longer documents are full of cells; a stray one far away is found in short ones.
_LONGEST_ODS = 50_000_000


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: ``A``, ``Z``, ``AA``, ``XFD``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def farthest_cell(archive: zipfile.ZipFile, sheet: str) -> tuple[int, int]:
    """Last filled row and last filled column of a sheet, both from 0.

    Parameters
    ----------
    archive : ZipFile
        The opened workbook, ``.xlsx`` or ``.ods``.
    sheet : str
        Name of the sheet.

    Returns
    -------
    row, column : int
        (0, 0) where the sheet is blank or its XML is not found.
    """
    names = set(archive.namelist())
    if "content.xml" in names:
        if archive.getinfo("content.xml").file_size > _LONGEST_ODS:
            return 0, 0
        places = _in_ods(archive.read("content.xml"), sheet)
    else:
        path = sheet_path(archive, names, sheet)
        places = _in_xlsx(archive.read(path)) if path else iter(())
    row = column = 0
    for one_row, one_column in places:
        row, column = max(row, one_row), max(column, one_column)
    return row, column


def sheets_opened_at_once(archive: zipfile.ZipFile) -> list[str]:
    """Sheets that are all loaded as soon as the workbook is opened: those of an ``.ods``."""
    if "content.xml" not in archive.namelist():
        return []
    if archive.getinfo("content.xml").file_size > _LONGEST_ODS:
        return []
    return [name for name, _ in ods_tables(archive.read("content.xml"))]


def _in_xlsx(xml: bytes) -> Iterator[tuple[int, int]]:
    last_rows: dict[bytes, int] = {}
    for cell in _FILLED.finditer(xml):
        letters, row = cell[1], int(cell[2])
        if row > last_rows.get(letters, 0):
            last_rows[letters] = row
    for letters, row in last_rows.items():
        place = place_of(f"{letters.decode()}{row}")
        if place is not None:
            yield place


def _in_ods(xml: bytes, sheet: str) -> Iterator[tuple[int, int]]:
    for name, inside in ods_tables(xml):
        if name != sheet:
            continue
        row, column = 0, 0
        next_row = 0
        for part in ODS_PART.finditer(inside):
            if part[0].startswith(b"<table:table-row"):
                repeated = int(attributes(part[1] or b"").get("number-rows-repeated", "1"))
                next_row += repeated
                row, column = next_row - 1, 0
                continue
            raw = part[3] or b""
            column += int(attributes(raw).get("number-columns-repeated", "1"))
            if part[4] or b"value" in raw:
                yield row, column - 1
