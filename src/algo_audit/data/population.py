"""A list of the chosen and a register of the eligible, joined by identifier into one table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.names import nearest
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable
from algo_audit.data.roles import Roles

_OTHER = "0"  # outcome of those who are not on the list
_UNMATCHED = 0.5  # share of the list, from which the two files are not about the same people


@dataclass(frozen=True)
class Joined:
    """The register with its outcome, and what the join found."""

    table: RawTable
    roles: Roles
    people: int


def join_population(
    chosen: RawTable, register: RawTable, roles: Roles, *, where: Path, notes: Notes
) -> Joined | None:
    """Mark in the register who is on the list.

    Parameters
    ----------
    chosen : RawTable
        The list: an identifier, whatever else it holds (columns that the register lacks are taken
        over; those of people not on the list stay blank).
    register : RawTable
        Everybody eligible, with the columns to compare by.
    roles : Roles
        ``identifier`` has to be in both files; ``outcome`` names the column to make (the list's
        file name where there is none).
    where : Path
        The list.
    notes : Notes
        Takes the faults ``population.identifier_needed``, ``population.identifier_missing``,
        ``population.leading_zeros``, ``population.other_people``, and the journal entries.

    Returns
    -------
    Joined or None
        None where a fault was noted.
    """
    identifier = roles.identifier
    if identifier is None:
        notes.fault("population.identifier_needed", "--identifier")
        return None
    tables = {"list": chosen, "register": register}
    missing = [part for part, table in tables.items() if identifier not in table.columns]
    for part in missing:
        columns = tables[part].columns
        code = f"population.identifier_missing_{part}"
        notes.fault(code, identifier, choices=nearest(identifier, list(columns)))
    if missing:
        return None
    listed, known = _text(chosen, identifier), _text(register, identifier)
    place = _first_places(known)
    found = np.array([place.get(one, -1) for one in listed], dtype=np.int64)
    if not _same_people(listed, known, found, identifier, notes):
        return None
    return _joined(chosen, register, roles, found, known, place, where=where, notes=notes)


def _text(table: RawTable, column: str) -> list[str]:
    return list(table.columns[column].to_pylist())


def _first_places(identifiers: list[str]) -> dict[str, int]:
    place: dict[str, int] = {}
    for row, one in enumerate(identifiers):
        if one:
            place.setdefault(one, row)
    return place


def _same_people(
    listed: list[str], known: list[str], found: NDArray[np.int64], identifier: str, notes: Notes
) -> bool:
    """Whether the two files are about the same people; else a fault is noted.

    Zeros that a spreadsheet took off some identifiers make people of the list look absent from
    the register, and so not chosen: one is enough to refuse.
    """
    bare = {one.lstrip("0") for one in known if one}
    lost = [
        one
        for one, place in zip(listed, found, strict=True)
        if one and place < 0 and one.lstrip("0") in bare
    ]
    if lost:
        notes.fault("population.leading_zeros", identifier, seen=lost[0], rows=len(lost))
        return False
    if float((found < 0).mean()) <= _UNMATCHED:
        return True
    notes.fault(
        "population.other_people", identifier, seen=int((found < 0).sum()), rows=len(listed)
    )
    return False


def _joined(
    chosen: RawTable,
    register: RawTable,
    roles: Roles,
    found: NDArray[np.int64],
    known: list[str],
    place: dict[str, int],
    *,
    where: Path,
    notes: Notes,
) -> Joined:
    """The register's rows, each person once, with the outcome and the list's further columns."""
    outcome = roles.outcome or where.stem
    kept = np.array(sorted(place.values()), dtype=np.int64)
    at = np.full(len(known), -1, dtype=np.int64)
    at[kept] = np.arange(len(kept))
    first: dict[int, int] = {}
    for row, target in enumerate(found):
        if target >= 0:
            first.setdefault(int(at[target]), row)
    on_list = np.zeros(len(kept), dtype=np.int32)
    on_list[list(first)] = 1
    columns = {name: _plain(array).take(pa.array(kept)) for name, array in register.columns.items()}
    for name, array in chosen.columns.items():
        if name not in columns:
            values = _plain(array).to_pylist()
            columns[name] = pa.array(
                [values[first[i]] if i in first else "" for i in range(len(kept))]
            )
    columns[outcome] = pa.DictionaryArray.from_arrays(
        pa.array(on_list), pa.array([_OTHER, outcome])
    )
    lines = register.lines
    notes.converted(
        "population_joined", str(roles.identifier), people=len(kept), chosen=int(on_list.sum())
    )
    for code, rows in (
        ("population_unmatched", int((found < 0).sum())),
        ("population_listed_twice", int((found >= 0).sum()) - len(first)),
        ("population_registered_twice", sum(bool(one) for one in known) - len(kept)),
        ("population_unidentified", sum(not one for one in known)),
    ):
        if rows:
            notes.set_aside(code, str(roles.identifier), rows=rows)
    made = replace(register, columns=columns, rows=len(kept), lines=lambda: lines()[kept])
    return Joined(made, replace(roles, outcome=outcome, favourable=outcome), len(kept))


def _plain(array: pa.Array) -> pa.Array:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
