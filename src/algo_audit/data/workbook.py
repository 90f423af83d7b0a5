"""Workbooks (``.xlsx``, ``.ods``) as a table of text cells."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.excel_errors import CellFaults, find_cell_faults
from algo_audit.data.header_lines import TITLE_LINES, HeaderLines, find_header
from algo_audit.data.names import nearest
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable, tidy
from algo_audit.data.sheet_extent import (
    column_letters,
    farthest_cell,
    sheets_opened_at_once,
)
from algo_audit.data.vocabulary import trim
from algo_audit.errors import AuditError

_LISTED_CELLS = 6
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class _Sheet:
    name: str
    rows: list[list[Any]]
    header: HeaderLines

    @property
    def names(self) -> tuple[str, ...]:
        return self.header.names


def cell_text(cell: Any) -> str:
    """A cell's value as text: ``12`` for 12.0, ISO dates, ``TRUE``/``FALSE``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        # spreadsheets compute with 17 digits and show 15: 0.1 + 0.2 is 0.3 to its reader
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def read_workbook(
    data: bytes,
    where: str,
    notes: Notes,
    *,
    sheet: str | None = None,
    wanted: Sequence[str] = (),
    largest_bytes: int,
    most_cells: int,
) -> RawTable:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        The file, for faults.
    notes : Notes
        Takes journal entries and the faults that do not stop the reading.
    sheet : str, optional
        Name of the sheet; else the one that holds the wanted columns, else the first one
        that is visible and not empty.
    wanted : sequence of str
        Columns that the roles name.
    largest_bytes : int
        Refuse a workbook that unpacks to more.
    most_cells : int
        Refuse a sheet whose farthest filled cell spans more.

    Returns
    -------
    RawTable

    Raises
    ------
    AuditError
        ``reading.workbook_locked``, ``reading.workbook_broken``, ``reading.too_large``,
        ``reading.sheet_missing``, ``reading.sheet_too_wide``, ``reading.empty``.
    """
    if data.startswith(_OLE_MAGIC):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise AuditError("reading.workbook_locked" if locked else "reading.legacy_workbook", where)
    archive = _open_archive(data, where, largest_bytes)
    _refuse_far(archive, sheets_opened_at_once(archive), where, most_cells)
    sheets = _sheets(
        data, where, sheet, partial(_refuse_far, archive, where=where, most=most_cells)
    )
    chosen = _choose(sheets, wanted, notes)
    faults = find_cell_faults(archive, chosen.name)
    _mark_errors(chosen, faults, where, notes)
    _tell_titles(chosen, notes)
    notes.noted("sheet_read", sheet=chosen.name)
    body = chosen.rows[chosen.header.last + 1 :]
    columns = [
        pa.array([cell_text(row[i]) for row in body], pa.string()) for i in range(len(chosen.names))
    ]
    first = chosen.header.last + 2

    def lines() -> NDArray[np.int64]:
        return np.arange(first, first + len(body), dtype=np.int64)

    return tidy(chosen.names, columns, lines, notes, where=where, sheet=chosen.name)


def _tell_titles(sheet: _Sheet, notes: Notes) -> None:
    rows = (" ".join(filter(None, map(cell_text, row))) for row in sheet.rows[: sheet.header.first])
    titles = [title for title in rows if title.strip()]
    if titles:
        notes.set_aside("title_lines", lines=len(titles))
    if sheet.header.last > sheet.header.first:
        notes.converted("header_joined", columns=list(sheet.names))


def _open_archive(data: bytes, where: str, largest_bytes: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise AuditError("reading.workbook_broken", where) from error
    if sum(member.file_size for member in members) > largest_bytes:
        raise AuditError("reading.too_large", where, limit=largest_bytes // 1_000_000)
    if any(member.flag_bits & 1 for member in members):
        raise AuditError("reading.workbook_locked", where)
    if "META-INF/manifest.xml" in archive.namelist():
        manifest = archive.read("META-INF/manifest.xml")
        if b"encryption-data" in manifest:
            raise AuditError("reading.workbook_locked", where)
    return archive


def _refuse_far(archive: zipfile.ZipFile, names: Sequence[str], where: str, most: int) -> None:
    """Refuse sheets that reach so far that loading them would exhaust the memory."""
    for name in names:
        row, column = farthest_cell(archive, name)
        if (row + 1) * (column + 1) > most:
            raise AuditError(
                "reading.sheet_too_wide",
                where,
                seen=name,
                rows=row + 1,
                column=column_letters(column),
            )


def _sheets(
    data: bytes, where: str, sheet: str | None, check: Callable[[Sequence[str]], None]
) -> list[_Sheet]:
    """The sheet asked for, or every visible one that holds something; checked, then loaded."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        listed = [
            found.name
            for found in workbook.sheets_metadata
            if found.typ == SheetTypeEnum.WorkSheet and found.visible == SheetVisibleEnum.Visible
        ]
        if sheet is not None:
            names = workbook.sheet_names
            if sheet not in names:
                raise AuditError(
                    "reading.sheet_missing", where, seen=sheet, choices=nearest(sheet, names)
                )
            listed = [sheet]
        check(listed)
        found_sheets = [_load(workbook, name) for name in listed]
    except PasswordError as error:
        raise AuditError("reading.workbook_locked", where) from error
    except CalamineError as error:
        raise AuditError("reading.workbook_broken", where) from error
    filled = [one for one in found_sheets if one is not None]
    if not filled:
        raise AuditError("reading.empty", where)
    return filled


def _load(workbook: Any, name: str) -> _Sheet | None:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    first = [[cell_text(cell) for cell in row] for row in rows[: TITLE_LINES * 2]]
    filled = [sum(1 for cell in row if trim(cell)) for row in first]
    header = find_header(first, usual=max(filled, default=0))
    return None if header is None else _Sheet(name, rows, header)


def _choose(sheets: Sequence[_Sheet], wanted: Sequence[str], notes: Notes) -> _Sheet:
    if len(sheets) == 1:
        return sheets[0]
    holding = [one for one in sheets if set(wanted) <= {trim(name) for name in one.names}]
    chosen = holding[0] if wanted and len(holding) == 1 else sheets[0]
    notes.noted("sheets_not_read", sheets=[one.name for one in sheets if one is not chosen])
    return chosen


def _mark_errors(sheet: _Sheet, faults: CellFaults, where: str, notes: Notes) -> None:
    """Write the errors of a sheet into its cells; refuse formulas saved without a value."""
    for (row, column), text in faults.errors.items():
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            sheet.rows[row][column] = text
    inside = [
        (row, column)
        for row, column in faults.uncomputed
        if sheet.header.last < row < len(sheet.rows) and column < len(sheet.names)
    ]
    if inside:
        columns = dict.fromkeys(trim(sheet.names[column]) for _, column in inside)
        notes.fault(
            "reading.formulas_not_computed",
            where,
            seen=list(columns),
            cells=len(inside),
            lines=sorted({row + 1 for row, _ in inside})[:_LISTED_CELLS],
        )
