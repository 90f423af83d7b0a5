"""Cells in error, and formulas never computed, in a workbook.

The reader of workbooks (calamine) gives both as blank cells, so that a decision column full
of ``#N/A`` would look like missing decisions. They are looked up in the workbook's own XML,
by patterns and without an XML parser: nothing in it is expanded or resolved.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:.-]+)\s*=\s*"([^"]*)"')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
_REFERENCE = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)/?>")

_ODS_TABLE = re.compile(rb"<table:table\s([^>]*)>(.*?)</table:table>", re.DOTALL)
ODS_PART = re.compile(
    rb"<table:table-row\b([^>]*?)(/?)>|<(?:table:table-cell|table:covered-table-cell)\b"
    rb"([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)",
    re.DOTALL,
)
# A repeated cell that fills the rest of a sheet is no data.
_MOST_REPEATED = 10_000
_ODS_TEXT = re.compile(rb"<text:p[^>]*>([^<]*)</text:p>")


@dataclass(frozen=True)
class CellFaults:
    """Places (row, column), both from 0, of cells that a reader would take for blank.

    ``errors`` maps a place to the error as written; ``uncomputed`` lists formulas that were
    saved without their value.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: tuple[tuple[int, int], ...] = ()


def attributes(raw: bytes) -> dict[str, str]:
    """Attributes of a tag by name, prefixes off."""
    return {
        name.decode().rpartition(":")[2]: html.unescape(value.decode("utf-8", "replace"))
        for name, value in _ATTRIBUTE.findall(raw)
    }


def find_cell_faults(archive: zipfile.ZipFile, sheet: str) -> CellFaults:
    """Look for error cells in one sheet of an ``.xlsx`` or ``.ods`` workbook.

    Parameters
    ----------
    archive : ZipFile
        The opened workbook.
    sheet : str
        Name of the sheet.

    Returns
    -------
    CellFaults
        Empty where the sheet's XML is not found.
    """
    names = set(archive.namelist())
    if "content.xml" in names:
        return _in_ods(archive.read("content.xml"), sheet)
    path = sheet_path(archive, names, sheet)
    return _in_xlsx(archive.read(path)) if path else CellFaults()


def sheet_path(archive: zipfile.ZipFile, names: set[str], sheet: str) -> str | None:
    """Member of an ``.xlsx`` archive that holds a sheet; None where it is not found."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    wanted = None
    for raw in _SHEET.findall(archive.read("xl/workbook.xml")):
        found = attributes(raw)
        if found.get("name") == sheet:
            wanted = found.get("id")
    for raw in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found = attributes(raw)
        if wanted is not None and found.get("Id") == wanted:
            target = found.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            path = str(PurePosixPath(path))
            return path if path in names else None
    return None


def _in_xlsx(xml: bytes) -> CellFaults:
    if b'"e"' not in xml and b"<f" not in xml and b":f" not in xml:
        return CellFaults()
    errors: dict[tuple[int, int], str] = {}
    uncomputed: list[tuple[int, int]] = []
    for cell in _CELL.finditer(xml):
        raw, inside = cell[1], cell[2] or b""
        is_error = b't="e"' in raw
        has_formula = b"<f" in inside or b":f" in inside
        if not is_error and not has_formula:
            continue
        value = _VALUE.search(inside)
        place = place_of(attributes(raw).get("r", ""))
        if place is None:
            continue
        if is_error:
            text = html.unescape(value[1].decode("utf-8", "replace")) if value else "#VALUE!"
            errors[place] = text
        elif value is None and b't="str"' not in raw:
            # a formula whose result is the empty text is saved with t="str"
            uncomputed.append(place)
    return CellFaults(errors, tuple(uncomputed))


def place_of(reference: str) -> tuple[int, int] | None:
    """Row and column, both from 0, of a reference like ``B12``."""
    found = _REFERENCE.match(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _in_ods(xml: bytes, sheet: str) -> CellFaults:
    if b'value-type="error"' not in xml:
        return CellFaults()
    for name, inside in ods_tables(xml):
        if name == sheet:
            return CellFaults(_ods_errors(inside))
    return CellFaults()


def ods_tables(xml: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and inner XML of every sheet of an ``.ods`` content."""
    for raw, inside in _ODS_TABLE.findall(xml):
        yield attributes(raw).get("name", ""), inside


def _ods_errors(xml: bytes) -> dict[tuple[int, int], str]:
    errors: dict[tuple[int, int], str] = {}
    first, repeated, column = 0, 1, 0
    next_row = 0
    for part in ODS_PART.finditer(xml):
        if part[0].startswith(b"<table:table-row"):
            first, column = next_row, 0
            repeated = int(attributes(part[1] or b"").get("number-rows-repeated", "1"))
            next_row += repeated
            continue
        raw, inside = part[3] or b"", part[4] or b""
        wide = int(attributes(raw).get("number-columns-repeated", "1"))
        if b'value-type="error"' in raw:
            text = _ODS_TEXT.search(inside)
            shown = html.unescape(text[1].decode("utf-8", "replace")) if text else "#VALUE!"
            for row in range(first, first + min(repeated, _MOST_REPEATED)):
                for place in range(column, column + min(wide, _MOST_REPEATED)):
                    errors[row, place] = shown
        column += wide
    return errors
