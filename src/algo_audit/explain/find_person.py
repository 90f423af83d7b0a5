"""One person's row, found without telling who else is in the file."""

from __future__ import annotations

import re

import numpy as np

from algo_audit.data.decisions import Decisions
from algo_audit.errors import AuditError

_LINE = re.compile(r"line:(\d+)")
_LISTED = 6


def find_person(decisions: Decisions, identifier: str) -> int:
    """Row of a person in ``decisions``.

    Parameters
    ----------
    decisions : Decisions
    identifier : str
        As the file writes it in the column of identifiers, spaces around it aside. ``line:17``
        where the file has no such column: line 1 is the header, lines set aside do not count.

    Returns
    -------
    int

    Raises
    ------
    AuditError
        ``person.unknown``: choices hold what the file writes where only leading zeros, case or
        spaces differ from it; nobody else's identifier is ever offered. ``person.several``: lines.
        ``person.no_identifier``: the file has no column of identifiers, and no line was named.
    """
    column, table = decisions.roles.identifier, decisions.table
    if table is None or column is None or column not in table.columns:
        named = _LINE.fullmatch(identifier.strip())
        if named is None:
            raise AuditError("person.no_identifier", decisions.source.name, seen=identifier)
        row = int(named.group(1)) - 2
        if table is None or not 0 <= row < len(table):
            raise AuditError("person.unknown_line", decisions.source.name, seen=identifier)
        return row
    cells = table[column].fillna("").astype(str).str.strip()
    wanted = identifier.strip()
    rows = np.flatnonzero((cells == wanted).to_numpy()) if wanted else np.empty(0, int)
    if len(rows) == 1:
        return int(rows[0])
    if len(rows) > 1:
        lines = [int(row) + 2 for row in rows[:_LISTED]]
        raise AuditError(
            "person.several", column, seen=wanted, rows=len(rows), choices=(), lines=lines
        )
    plain = _plain(wanted)
    alike = sorted({cell for cell in cells.unique() if plain and _plain(cell) == plain})
    raise AuditError("person.unknown", column, seen=wanted, choices=alike[:_LISTED])


def _plain(identifier: str) -> str:
    """What is left of an identifier without case, spaces and leading zeros."""
    return re.sub(r"\s+", "", identifier).casefold().lstrip("0")
