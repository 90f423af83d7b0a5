"""From a path to a table of text: what kind of file it is, and whether it can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from algo_audit.data.limits import ReadingLimits
from algo_audit.data.names import nearest
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable
from algo_audit.errors import AuditError

_TEXT = (".csv", ".tsv", ".txt")
_WORKBOOK = (".xlsx", ".xlsm", ".ods")
_PARQUET = (".parquet", ".pq")
# Old or binary workbooks, which have to be saved anew.
_LEGACY = (".xls", ".xlsb", ".xlt", ".numbers")
EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".ods", ".parquet")

_MAGIC = (
    (b"PK\x03\x04", "workbook"),
    (b"PK\x05\x06", "workbook"),
    (b"PAR1", "parquet"),
    (bytes.fromhex("d0cf11e0a1b11ae1"), "legacy"),
    (b"%PDF", "other"),
    (b"\x1f\x8b", "other"),
    (b"\x89PNG", "other"),
    (b"\xff\xd8\xff", "other"),
    (b"SQLite format 3", "other"),
    (b"{\\rtf", "other"),
)
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class OpenedFile:
    """The bytes of a file, with its kind: ``text`` | ``workbook`` | ``parquet``."""

    path: Path
    kind: str
    data: bytes
    sha256: str


def open_file(path: Path, limits: ReadingLimits) -> OpenedFile:
    """Read the bytes of a file of decisions.

    Parameters
    ----------
    path : Path
    limits : ReadingLimits

    Returns
    -------
    OpenedFile

    Raises
    ------
    AuditError
        ``reading.file_missing``, ``reading.is_folder``, ``reading.not_a_file``,
        ``reading.wrong_extension``, ``reading.legacy_workbook``, ``reading.too_large``,
        ``reading.not_readable``, ``reading.empty``, ``reading.content_differs``.
    """
    where = str(path)
    try:
        if path.is_dir():
            raise AuditError("reading.is_folder", where, choices=_readable_in(path))
        if not path.exists():
            raise AuditError("reading.file_missing", where, choices=_like(path))
        if not path.is_file():
            raise AuditError("reading.not_a_file", where)
        kind = _kind_by_name(path)
        if path.stat().st_size > limits.largest_file * _MEGABYTE:
            raise AuditError("reading.too_large", where, limit=limits.largest_file)
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no system can hold
        raise AuditError("reading.not_readable", where) from error
    if not data.strip(b"\x00 \t\r\n"):
        raise AuditError("reading.empty", where)
    _check_content(data, kind, where)
    return OpenedFile(path, kind, data, hashlib.sha256(data).hexdigest())


def _kind_by_name(path: Path) -> str:
    extension = path.suffix.lower()
    for kind, extensions in (("text", _TEXT), ("workbook", _WORKBOOK), ("parquet", _PARQUET)):
        if extension in extensions:
            return kind
    if extension in _LEGACY:
        raise AuditError("reading.legacy_workbook", str(path))
    raise AuditError(
        "reading.wrong_extension", str(path), seen=extension or path.name, choices=EXTENSIONS
    )


def _check_content(data: bytes, kind: str, where: str) -> None:
    """Refuse a file whose first bytes say another kind than its name does."""
    found = next((kind for mark, kind in _MAGIC if data.startswith(mark)), "text")
    if found == kind or (kind == "workbook" and found == "legacy"):
        return  # a locked workbook is stored in the old container; told apart when opened
    if kind == "parquet" and found == "text":
        raise AuditError("reading.parquet_broken", where)
    if found == "other" or (kind == "workbook" and found == "text" and b"\x00" in data):
        raise AuditError("reading.not_text" if kind == "text" else "reading.workbook_broken", where)
    right = {"workbook": ".xlsx", "parquet": ".parquet", "text": ".csv", "legacy": ".xls"}[found]
    raise AuditError("reading.content_differs", where, seen=Path(where).suffix, choices=(right,))


def _like(path: Path) -> tuple[str, ...]:
    """Files beside a missing one that it may have meant."""
    try:
        names = [one.name for one in path.parent.iterdir() if one.suffix.lower() in EXTENSIONS]
    except OSError:
        return ()
    return nearest(path.name, sorted(names)) if names else ()


def _readable_in(folder: Path) -> tuple[str, ...]:
    try:
        names = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in EXTENSIONS)
    except OSError:
        return ()
    return tuple(names[:5])


def read_table(
    file: OpenedFile,
    notes: Notes,
    limits: ReadingLimits,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    wanted: Sequence[str] = (),
) -> RawTable:
    """Cut an opened file into cells.

    Parameters
    ----------
    file : OpenedFile
    notes : Notes
        Takes journal entries and the faults that do not stop the reading.
    limits : ReadingLimits
    sheet : str, optional
        Sheet of a workbook.
    encoding : str, optional
        Of a text file; found out otherwise.
    wanted : sequence of str
        Columns that the roles name, to choose among sheets.

    Returns
    -------
    RawTable

    Raises
    ------
    AuditError
        See ``read_text_table``, ``read_workbook`` and ``read_parquet_table``.
    """
    where = str(file.path)
    largest = limits.largest_file * _MEGABYTE
    if sheet is not None and file.kind != "workbook":
        notes.noted("sheet_not_needed", sheet=sheet)
    if file.kind == "workbook":
        from algo_audit.data.workbook import read_workbook

        return read_workbook(
            file.data,
            where,
            notes,
            sheet=sheet,
            wanted=wanted,
            largest_bytes=largest,
            most_cells=limits.largest_sheet,
        )
    if file.kind == "parquet":
        from algo_audit.data.parquet_table import read_parquet_table

        return read_parquet_table(file.data, where, notes, largest_bytes=largest)
    from algo_audit.data.text_table import read_text_table

    return read_text_table(file.data, where, notes, encoding=encoding)
