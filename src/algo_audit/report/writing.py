"""Any Document in any format: what a new kind of document needs to come out in all of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from algo_audit.report.document import Document

# Format, its module and its function; loaded when it is written.
_WRITERS = {
    "html": ("html", "write_html"),
    "pdf": ("pdf", "write_pdf"),
    "docx": ("docx", "write_docx"),
    "xlsx": ("xlsx", "write_xlsx"),
    "csv": ("csv_table", "write_csv"),
}
KINDS = tuple(_WRITERS)


def writer_of(kind: str) -> Callable[[Document, str | Path], None]:
    """The function that writes a document in a format; KeyError where there is none."""
    module, name = _WRITERS[kind]
    found: Callable[[Document, str | Path], None] = getattr(
        import_module(f"algo_audit.report.{module}"), name
    )
    return found


def write_document(document: Document, path: str | Path, *, kind: str | None = None) -> None:
    """Write a document, in the format that its file name ends with unless ``kind`` names one.

    Parameters
    ----------
    document : Document
        Any: a report, a summary, a form, a sheet, a pack. ``meta`` may hold ``cover`` (a title
        page and a contents list), ``annex`` (the numbers behind the figures at the end),
        ``eyebrow`` (what it is, over the title), ``cartouche`` (pairs under it), ``date``,
        ``version`` and ``sha256``.
    path : str or Path
    kind : {"html", "pdf", "docx", "xlsx", "csv"}, optional
        CSV is a zip of one file for each table.

    Raises
    ------
    OSError
        Where it cannot be written.
    """
    writer_of(kind or Path(path).suffix.removeprefix("."))(document, path)
