"""A table already counted, as one row per person: pivot labels, total lines, two ways to count.

A line stands for ``count`` people. Its outcome is a word (one line per outcome), or itself a
number: how many of these people got the favourable decision (one line per cell).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.categories import Context
from algo_audit.data.limits import Limits
from algo_audit.data.notes import Notes
from algo_audit.data.quantities import read_positive
from algo_audit.data.raw_table import RawTable
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import fold

# What pivots write on their total lines, folded; "total 2024" and the like begin with the word.
_TOTALS = frozenset(
    {"total", "totaux", "ensemble", "sous total", "grand total", "total general", "somme", "sum"}
)
_SUBTOTAL = re.compile(r"^(sous-)?total (de |du |des )?|\s(sub-?)?total$", re.IGNORECASE)
_BLANK_SHARE = 1 / 3  # of a label column, from which its blanks repeat the label above
# A rate, where a number of people is wanted: ``12,5 %``, ``0.125``.
_RATE = re.compile(r"[0-9]+([.,][0-9]+)?%?")
_TWO = 2
_SHOWN = 6
_OTHER = "0"  # outcome of those who did not get the favourable decision

Text = NDArray[np.object_]


@dataclass
class _Lines:
    """The lines of a counted table while they are sorted out."""

    labels: dict[str, Text]
    people: NDArray[np.float64]
    favourable: NDArray[np.float64] | None
    number: NDArray[np.int64]


def each_person(
    table: RawTable, roles: Roles, *, context: Context, limits: Limits
) -> tuple[RawTable, Roles]:
    """A table of lines already counted, as one row per person.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        ``count`` names the headcount of each line.
    context : Context
        Without ``used``: every line is looked at.
    limits : Limits

    Returns
    -------
    table : RawTable
        Pivot labels filled down, total lines set aside (both said in the journal), each line
        repeated as often as it counts.
    roles : Roles
        ``favourable`` filled in where the outcome column held headcounts.

    Raises
    ------
    AuditError
        All faults at once: the headcount's own (``reading.count_*``),
        ``reading.favourable_above_count``, ``reading.total_differs``,
        ``reading.count_out_of_range``.
    """
    notes = context.notes
    name = str(roles.count)
    people = read_positive(name, table.columns[name], context, kind="count")
    favourable = _favourable(table, roles, context)
    notes.settle()
    assert people is not None
    columns = _label_columns(table, roles, counted=favourable is not None)
    labels = {column: _text(table, column) for column in columns}
    lines = _Lines(labels, people.values, favourable, table.lines())
    totals = _total_lines(lines)
    _fill_down(lines, totals, notes)
    _check_totals(lines, totals, notes, (name, str(roles.outcome)))
    _check_favourable(lines, totals, roles, context)
    kept = np.flatnonzero(~totals)
    _check_people(lines, kept, notes, name, limits)
    notes.settle()
    if bool(totals.any()):
        notes.set_aside("total_lines", name, rows=int(totals.sum()))
    total = int(lines.people[kept].sum())
    notes.converted("counted_lines", name, lines=len(kept), people=total)
    return _repeated(table, roles, lines, kept)


def _label_columns(table: RawTable, roles: Roles, *, counted: bool) -> tuple[str, ...]:
    """Columns that say what a line is about, as the table orders them.

    ``counted``: the outcome is a number of people, not a word.
    """
    named = {*roles.protected, roles.pool, roles.cluster}
    if not counted:
        named.add(roles.outcome)  # a word: a label as the others, which a pivot may leave out
    for stratum in roles.strata:
        named |= {stratum, *roles.stratum_columns(stratum)}
    # a total is no people, even where it is written in a column that nobody declared
    named |= {
        column
        for column in set(table.columns) - {roles.outcome, roles.count}
        if any(is_total(cell) for cell in set(_text(table, column)) if cell)
    }
    return tuple(column for column in table.columns if column in named)


def _text(table: RawTable, column: str) -> Text:
    return np.array(table.columns[column].to_pylist(), dtype=object)


def _favourable(table: RawTable, roles: Roles, context: Context) -> NDArray[np.float64] | None:
    """How many of each line got the favourable decision, where the outcome counts them."""
    if roles.outcome is None or roles.favourable is not None:
        return None
    cells = [cell for cell in set(_text(table, roles.outcome)) if cell]
    plain = ["".join(cell.split()).replace("\u202f", "") for cell in cells]
    if len(cells) > _TWO and all(_RATE.fullmatch(cell) for cell in plain) and _rated(plain):
        context.notes.fault(
            "reading.favourable_is_rate", roles.outcome, seen=sorted(cells)[:_SHOWN]
        )
        return None
    if not cells or not all(cell.isdecimal() for cell in plain) or set(plain) <= {"0", "1"}:
        return None
    counted = read_positive(roles.outcome, table.columns[roles.outcome], context, kind="count")
    return None if counted is None else counted.values


def _rated(plain: list[str]) -> bool:
    """Whether a number among these cannot be one of people."""
    return any("%" in cell or not cell.isdecimal() for cell in plain)


def is_total(cell: str) -> bool:
    """Whether a label says that its line, or its group, is a total."""
    word = fold(cell).replace("-", " ").strip()
    return word in _TOTALS or word.startswith("total ")


def _of_label(cell: str, labels: AbstractSet[str]) -> str | None:
    """The label that a subtotal is about: ``Total Paris`` and ``Paris Total`` are Paris's."""
    word = _SUBTOTAL.sub("", cell).strip()
    return word if word != cell and word in labels else None


def _total_lines(lines: _Lines) -> NDArray[np.bool_]:
    total = np.zeros(len(lines.people), dtype=bool)
    for cells in lines.labels.values():
        labels = set(cells)
        words = {cell for cell in labels if is_total(cell) or _of_label(cell, labels)}
        total |= np.isin(cells, list(words)) if words else False
    return total


def _fill_down(lines: _Lines, totals: NDArray[np.bool_], notes: Notes) -> None:
    """Repeat the label above a blank, as a pivot leaves it out; said in the journal.

    A blank may also mean "not known": so only in a column that begins with a label, is blank often,
    and is not the last of the labels (which a pivot writes on every line).
    """
    columns = list(lines.labels)
    for column in columns[:-1]:
        cells = lines.labels[column]
        blank = cells == ""
        rows = blank & ~totals
        if cells[0] == "" or rows.sum() < _BLANK_SHARE * (~totals).sum():
            continue
        place = np.where(blank, 0, np.arange(len(cells)))
        above = np.maximum.accumulate(place)
        inner = np.zeros(len(cells), dtype=bool)  # a subtotal belongs to the label above it
        for later in columns[columns.index(column) + 1 :]:
            inner |= np.array([is_total(cell) for cell in lines.labels[later]])
        fill = blank & (~totals | inner)
        lines.labels[column] = np.where(fill, cells[above], cells)
        notes.converted("labels_filled_down", column, rows=int(rows.sum()))


def _check_totals(
    lines: _Lines, totals: NDArray[np.bool_], notes: Notes, names: tuple[str, str]
) -> None:
    """A total line that is not the sum of its lines: something is missing, or counted twice."""
    known = {column: set(cells) for column, cells in lines.labels.items()}
    for place in np.flatnonzero(totals):
        about = ~totals
        for column, cells in lines.labels.items():
            label = _of_label(cells[place], known[column])
            if label is None and cells[place] and not is_total(cells[place]):
                label = cells[place]
            if label is not None:
                about &= cells == label
        for name, counted in zip(names, (lines.people, lines.favourable), strict=True):
            if counted is None or counted[about].sum() == counted[place]:
                continue
            notes.fault(
                "reading.total_differs",
                name,
                seen=int(counted[place]),
                sum=int(counted[about].sum()),
                line=int(lines.number[place]),
            )


def _check_favourable(
    lines: _Lines, totals: NDArray[np.bool_], roles: Roles, context: Context
) -> None:
    if lines.favourable is None:
        return
    above = (lines.favourable > lines.people) & ~totals
    if bool(above.any()):
        context.notes.fault(
            "reading.favourable_above_count",
            str(roles.outcome),
            count=roles.count,
            lines=context.lines(above),
            rows=int(above.sum()),
        )


def _check_people(
    lines: _Lines, kept: NDArray[np.intp], notes: Notes, name: str, limits: Limits
) -> None:
    people = int(lines.people[kept].sum())
    most = limits.reading.counted_rows
    if not 0 < people <= most:
        notes.fault("reading.count_out_of_range", name, seen=people, most=most)


def _repeated(
    table: RawTable, roles: Roles, lines: _Lines, kept: NDArray[np.intp]
) -> tuple[RawTable, Roles]:
    people = lines.people[kept].astype(np.int64)
    index = np.repeat(kept, people)
    columns = {name: _taken(array, index) for name, array in table.columns.items()}
    columns |= {name: _taken(pa.array(cells), index) for name, cells in lines.labels.items()}
    if lines.favourable is not None:
        assert roles.outcome is not None
        favourable = lines.favourable[kept].astype(np.int64)
        columns[roles.outcome] = _outcomes(people, favourable, roles.outcome)
        roles = replace(roles, favourable=roles.outcome)
    numbers = lines.number
    made = replace(table, columns=columns, rows=len(index), lines=lambda: numbers[index])
    return made, roles


def _outcomes(
    people: NDArray[np.int64], favourable: NDArray[np.int64], outcome: str
) -> pa.DictionaryArray:
    """The favourable ones of every line first; the column's own name is the favourable value."""
    ends = np.cumsum(people)
    within = np.arange(int(people.sum())) - np.repeat(ends - people, people)
    codes = (within < np.repeat(favourable, people)).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([_OTHER, outcome]))


def _taken(array: Any, index: NDArray[np.intp]) -> Any:
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return encoded.take(pa.array(index))
