"""Which means may stand side by side: sums of a few people must not follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions
from algo_audit.fairness.amount_groups import AmountGroup, Amounts
from algo_audit.fairness.amount_people import people_of

CROSSED = " × "
_EXACT = 1e-7


def people_in(group: AmountGroup) -> int:
    """Whom the figures of a group are about: people, even where rows are counted."""
    return (group.n or 0) if group.people is None else group.people


def hidden_groups(amounts: Amounts, threshold: int) -> dict[str, set[str | None]]:
    """Groups to hide by attribute.

    Parameters
    ----------
    amounts : Amounts
        Unmasked.
    threshold : int
        People under which nothing is printed.

    Returns
    -------
    dict of attribute to groups
        The file's headcount is printed, so one hidden group of an attribute would follow from the
        others: at least two are hidden, together of at least the threshold. Tables that add up to
        others are hidden whole: crossings and refinements with a small group, and those that
        ``withheld_tables`` names.
    """
    found: dict[str, set[str | None]] = {}
    finer = {name for name, _ in amounts.refines}
    withheld = dict(amounts.withheld).get(threshold, ())
    for name in dict.fromkeys(g.attribute for g in amounts.groups):
        told = [g for g in amounts.groups if g.attribute == name and g.mean is not None]
        rows = sorted(told, key=people_in)
        gone = [g for g in rows if people_in(g) < threshold]
        if name in withheld or (gone and (CROSSED in name or name in finer)):
            gone = rows
        while (
            gone
            and len(gone) < len(rows)
            and (len(gone) < 2 or sum(people_in(g) for g in gone) < threshold)
        ):
            gone.append(next(g for g in rows if g not in gone))
        found[name] = {g.group for g in gone}
    return found


def withheld_tables(
    amounts: Amounts,
    decisions: Decisions,
    columns: Mapping[str, Column],
    thresholds: Sequence[int],
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Tables that may not stand beside the others, for each threshold.

    Parameters
    ----------
    amounts : Amounts
    decisions : Decisions
        The people in the figures.
    columns : mapping of attribute to Column
        Groups of every attribute and crossing that is printed.
    thresholds : sequence of int

    Returns
    -------
    tuple of (threshold, attributes)
        A reader adds and subtracts printed means times headcounts; wherever that gives the sum of
        fewer people than the threshold (any cell of two attributes, unknown included), one table
        is withheld: a crossing first, else the attribute declared last.
    """
    # people of the same groups everywhere are one unknown to a reader
    stacked = np.stack([column.codes for column in decisions.protected.values()])
    _, first, own = np.unique(stacked, axis=1, return_index=True, return_inverse=True)
    people = np.bincount(own.ravel())
    if decisions.cluster is not None:  # a person in several cells: counted once at least
        people = np.array([people_of(decisions, own.ravel() == cell) for cell in range(len(first))])

    def of(column: Column) -> Column:
        return replace(column, codes=column.codes[first])

    protected = {name: of(column) for name, column in decisions.protected.items()}
    printed = {name: of(column) for name, column in columns.items()}
    secrets = [rows for rows in _secrets(protected) if rows.any()]
    # the same person may stand in several cells: their sum would take it for several
    total = max if decisions.cluster is not None else sum
    sized = [(rows, total(people[rows])) for rows in secrets]
    return tuple(
        (k, _withheld(amounts, printed, [rows for rows, n in sized if n < k], k))
        for k in thresholds
    )


def _withheld(
    amounts: Amounts,
    columns: Mapping[str, Column],
    secrets: Sequence[NDArray[np.bool_]],
    threshold: int,
) -> tuple[str, ...]:
    shown = list(columns)
    if not secrets:
        return ()
    aim = np.array(secrets, dtype=np.float64)
    gone: list[str] = []
    while shown:
        told = np.array(list(_printed(amounts, columns, shown, threshold)), dtype=np.float64)
        if not len(told) or not _follows(told, aim):
            break
        worst = max(shown, key=lambda name: (CROSSED in name, shown.index(name)))
        shown.remove(worst)
        gone.append(worst)
    return tuple(gone)


def _printed(
    amounts: Amounts, columns: Mapping[str, Column], shown: Sequence[str], threshold: int
) -> Iterator[NDArray[np.bool_]]:
    """The people behind every printed mean, those of the merged line included."""
    hidden = hidden_groups(amounts, threshold)
    for name in shown:
        column, rest = columns[name], np.zeros(len(columns[name].codes), dtype=np.bool_)
        for code in (*range(len(column.levels)), -1):
            rows = column.codes == code
            if (column.levels[code] if code >= 0 else None) in hidden.get(name, set()):
                rest |= rows
            elif rows.any():
                yield rows
        if rest.any():
            yield rest


def _follows(told: NDArray[np.float64], aim: NDArray[np.float64]) -> bool:
    """Whether some row of ``aim`` is a combination of rows of ``told``."""
    _, sizes, basis = np.linalg.svd(told, full_matrices=False)
    basis = basis[sizes > _EXACT * sizes.max()]
    left = aim - (aim @ basis.T) @ basis
    return bool((np.abs(left).max(axis=1) < _EXACT).any())


def _secrets(protected: Mapping[str, Column]) -> Iterator[NDArray[np.bool_]]:
    """Cells of one attribute and of two, unknown included."""
    codes = {
        name: [column.codes == code for code in range(-1, len(column.levels))]
        for name, column in protected.items()
    }
    for cells in codes.values():
        yield from cells
    for one, other in combinations(codes.values(), 2):
        for first in one:
            yield from (first & second for second in other)
