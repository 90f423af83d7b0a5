"""A table with one column per group (``applications_men``, ``applications_women``) made long.

The groups are named by a place in the column's name: ``--count "applications_{gender}"
--outcome "awards_{gender}" --protected gender``; the place may list them: ``{gender:men|women}``.
Two places cross: ``--count "{sex:F|H} {promoted:yes|no}" --outcome promoted``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from algo_audit.data.names import nearest
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable
from algo_audit.data.roles import Roles

_PLACE = re.compile(r"\{([^{}]+)\}")
_EDGES = " _-./:|"
_DOUBLED = re.compile(r"([ _./:|-])[ _./:|-]+")

# What a column is called whose pattern is nothing but places.
_NAMES = {"outcome": "decision", "count": "count"}

Group = tuple[str, ...]


def spread_columns(table: RawTable, roles: Roles, notes: Notes) -> tuple[RawTable, Roles]:
    """Make a table long where ``count`` or ``outcome`` names a place for the group.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        ``count`` or ``outcome`` as ``"awards_{gender}"``; without a place nothing changes.
    notes : Notes
        Takes the faults ``reading.spread_no_column`` (no column fits), ``reading.spread_differs``
        (the two patterns fit different groups), ``reading.spread_places`` (they name different
        places), ``reading.spread_taken`` (a column of the place's name is there already), and the
        journal entry ``spread_columns``.

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
    names = _places(next(iter(patterns.values())))
    if any(sorted(_places(pattern)) != sorted(names) for pattern in patterns.values()):
        notes.fault("reading.spread_places", "outcome", seen=list(patterns.values()))
        return table, roles
    found = {part: _levels(pattern, names, table) for part, pattern in patterns.items()}
    for part, levels in found.items():
        if not levels:
            choices = nearest(_PLACE.sub("", patterns[part]), list(table.columns))
            notes.fault("reading.spread_no_column", part, seen=patterns[part], choices=choices)
    groups = list(next(iter(found.values())))
    odd = _on_one_side(found)
    if odd:
        notes.fault("reading.spread_differs", ", ".join(names), seen=odd)
    for name in names:
        if name in table.columns:
            notes.fault("reading.spread_taken", name)
    if notes.faults:
        return table, roles
    return _long(table, roles, patterns, found, names, groups, notes)


def spread_over(pattern: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that a pattern with places stands for; none where it has no place."""
    if not _PLACE.search(pattern):
        return ()
    fits = re.compile("".join(_pieces(pattern)))
    return tuple(column for column in columns if fits.fullmatch(column))


def _places(pattern: str) -> tuple[str, ...]:
    """Names of the places of a pattern, in order."""
    return tuple(inside.partition(":")[0].strip() for inside in _PLACE.findall(pattern))


def _on_one_side(found: dict[str, dict[Group, str]]) -> list[str]:
    """Groups that one pattern finds and another, which finds some, does not."""
    sides = [set(levels) for levels in found.values() if levels]
    if len(sides) < len(found):
        return []
    every = sides[0].union(*sides)
    odd = every - sides[0].intersection(*sides)
    return sorted(" ".join(group) for group in odd)


def _levels(pattern: str, names: tuple[str, ...], table: RawTable) -> dict[Group, str]:
    """Column of every group that fits a pattern, in the table's order.

    A group is one level for each of ``names``, in that order, however the pattern orders them.
    """
    order = _places(pattern)
    fits = re.compile("".join(_pieces(pattern)))
    found: dict[Group, str] = {}
    for column in table.columns:
        match = fits.fullmatch(column)
        if match:
            levels = [level.strip(_EDGES) for level in match.groups()]
            found[tuple(levels[order.index(name)] for name in names)] = column
    return found


def _pieces(pattern: str) -> Iterator[str]:
    """The pattern as a regular expression, piece by piece: text, place, text, …"""
    for number, piece in enumerate(_PLACE.split(pattern)):
        if number % 2:
            listed = [one.strip() for one in piece.partition(":")[2].split("|") if one.strip()]
            yield f"({'|'.join(map(re.escape, listed)) or '.+?'})"
        else:
            yield re.escape(piece)


def _long(
    table: RawTable,
    roles: Roles,
    patterns: dict[str, str],
    found: dict[str, dict[Group, str]],
    names: tuple[str, ...],
    groups: list[Group],
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
    for place, name in enumerate(names):
        columns[name] = pa.array([group[place] for group in groups] * table.rows)
    plain = {}
    for part, pattern in patterns.items():
        plain[part] = _DOUBLED.sub(r"\1", _PLACE.sub("", pattern)).strip(_EDGES) or _NAMES[part]
        arrays = [_text(table.columns[found[part][group]]).to_pylist() for group in groups]
        cells = [cell for line in zip(*arrays, strict=True) for cell in line]
        if "count" in patterns:
            cells = _zeros(cells, len(groups), plain[part], notes)
        columns[plain[part]] = pa.array(cells)
    lines = table.lines
    told = [" ".join(group) for group in groups]
    notes.converted("spread_columns", ", ".join(names), groups=told, columns=len(spread))
    made = replace(table, columns=columns, rows=len(rows), lines=lambda: lines()[rows])
    outcome = plain.get("outcome", roles.outcome)
    return made, replace(roles, count=plain.get("count", roles.count), outcome=outcome)


def _zeros(cells: list[str], width: int, name: str, notes: Notes) -> list[str]:
    """A pivot writes nothing where it counts nobody: blank cells of a line that has others."""
    blank = np.array([not cell for cell in cells]).reshape(-1, width)
    nobody = (blank & ~blank.all(axis=1, keepdims=True)).ravel()
    if bool(nobody.any()):
        notes.converted("blank_counts", name, cells=int(nobody.sum()))
    return ["0" if zero else cell for cell, zero in zip(cells, nobody, strict=True)]


def _text(array: pa.Array) -> pa.Array:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
