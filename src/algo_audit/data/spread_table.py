"""A table with one column per group (``applications_men``, ``applications_women``) made long.

The groups are named by a place in the column's name: ``--count "applications_{gender}"
--outcome "awards_{gender}" --protected gender``; the place may list them: ``{gender:men|women}``.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa

from algo_audit.data.names import nearest
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable
from algo_audit.data.roles import Roles

_PLACE = re.compile(r"\{([^{}]+)\}")
_EDGES = " _-./:|"


def spread_columns(table: RawTable, roles: Roles, notes: Notes) -> tuple[RawTable, Roles]:
    """Make a table long where ``count`` or ``outcome`` names a place for the group.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        ``count`` or ``outcome`` as ``"awards_{gender}"``; without a place nothing changes.
    notes : Notes
        Takes the faults ``reading.spread_no_column`` (no column fits), ``reading.spread_differs``
        (the two patterns fit different groups), ``reading.spread_taken`` (a column of the place's
        name is there already), and the journal entry ``spread_columns``.

    Returns
    -------
    table : RawTable
        One line per line and group, with the columns of the group and of the place.
    roles : Roles
        The two columns under plain names.
    """
    patterns = {
        part: pattern
        for part in ("count", "outcome")
        if (pattern := getattr(roles, part)) and _PLACE.search(pattern)
    }
    if not patterns:
        return table, roles
    place = _PLACE.search(next(iter(patterns.values())))
    assert place is not None
    name = place[1].partition(":")[0].strip()
    found = {part: _levels(pattern, table) for part, pattern in patterns.items()}
    for part, levels in found.items():
        if not levels:
            choices = nearest(_PLACE.sub("", patterns[part]), list(table.columns))
            notes.fault("reading.spread_no_column", part, seen=patterns[part], choices=choices)
    groups = list(next(iter(found.values())))
    if any(set(levels) != set(groups) for levels in found.values() if levels):
        odd = sorted(set().union(*found.values()).difference(*map(set, found.values())))
        odd = odd or sorted(set(groups) ^ set(found.get("outcome", {})))
        notes.fault("reading.spread_differs", name, seen=odd)
    if name in table.columns:
        notes.fault("reading.spread_taken", name)
    if notes.faults:
        return table, roles
    return _long(table, roles, patterns, found, name, groups, notes)


def _levels(pattern: str, table: RawTable) -> dict[str, str]:
    """Column of every group that fits a pattern, in the table's order."""
    before, _, rest = pattern.partition("{")
    inside, _, after = rest.partition("}")
    listed = [one.strip() for one in inside.partition(":")[2].split("|") if one.strip()]
    group = "|".join(re.escape(one) for one in listed) or ".+?"
    fits = re.compile(f"{re.escape(before)}({group}){re.escape(after)}")
    found = {}
    for column in table.columns:
        match = fits.fullmatch(column)
        if match:
            found[match[1].strip(_EDGES)] = column
    return found


def _long(
    table: RawTable,
    roles: Roles,
    patterns: dict[str, str],
    found: dict[str, dict[str, str]],
    name: str,
    groups: list[str],
    notes: Notes,
) -> tuple[RawTable, Roles]:
    spread = {column for levels in found.values() for column in levels.values()}
    rows = np.repeat(np.arange(table.rows), len(groups))
    take = pa.array(rows)
    columns = {
        column: _text(array).take(take)
        for column, array in table.columns.items()
        if column not in spread
    }
    columns[name] = pa.array(groups * table.rows)
    plain = {}
    for part, pattern in patterns.items():
        plain[part] = _PLACE.sub("", pattern).strip(_EDGES) or part
        arrays = [_text(table.columns[found[part][group]]).to_pylist() for group in groups]
        columns[plain[part]] = pa.array(
            [cell for line in zip(*arrays, strict=True) for cell in line]
        )
    lines = table.lines
    notes.converted("spread_columns", name, groups=groups, columns=len(spread))
    made = replace(table, columns=columns, rows=len(rows), lines=lambda: lines()[rows])
    outcome = plain.get("outcome", roles.outcome)
    return made, replace(roles, count=plain.get("count", roles.count), outcome=outcome)


def _text(array: pa.Array) -> pa.Array:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
