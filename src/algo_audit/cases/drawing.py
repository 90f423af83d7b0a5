"""A built-in case on other people: same story, rows drawn anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from algo_audit.cases.case import Case, builtin_case
from algo_audit.cases.folders import generator_of
from algo_audit.errors import AuditError


def drawn_case(
    key: str, *, rows: int | None = None, seed: int | None = None, folder: Path | None = None
) -> Case:
    """A built-in case whose file is drawn anew.

    Parameters
    ----------
    key : str
        Name of a built-in case.
    rows, seed : int, optional
        Those of the shipped file unless given.
    folder : path, optional
        Where the file is written; a new temporary folder unless given.

    Returns
    -------
    Case
        As ``builtin_case``, its ``path`` the new file.

    Raises
    ------
    AuditError
        ``cases.unknown``; ``cases.rows_outside``: fewer or more rows than the story can fill.
    """
    case, story = builtin_case(key), generator_of(key)
    rows = rows_of(key, rows)
    place = Path(mkdtemp(prefix="algo-audit-")) if folder is None else folder
    path = place / case.path.name
    story.write(path, rows=rows, seed=story.SEED if seed is None else seed)
    return replace(case, path=path)


def rows_of(key: str, rows: int | None) -> int:
    """Rows to draw: those asked for, else those of the shipped file.

    Raises
    ------
    AuditError
        ``cases.unknown``, ``cases.rows_outside``.
    """
    story = generator_of(key)
    rows = story.ROWS if rows is None else rows
    if not story.SMALLEST <= rows <= story.LARGEST:
        lowest, highest = story.SMALLEST, story.LARGEST
        raise AuditError("cases.rows_outside", key, seen=rows, lowest=lowest, highest=highest)
    return rows
