"""Amounts of people who stand on several rows: each counts once, with the mean of its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits


def one_row_each(decisions: Decisions, limits: Limits) -> Decisions:
    """One row for each person, where people stay in their groups.

    Parameters
    ----------
    decisions : Decisions
        With ``amount``; a row without cluster is a person of its own.
    limits : Limits
        ``amounts.varying_people``.

    Returns
    -------
    Decisions
        Without ``cluster``: the amount is the mean of a person's rows, the group (and the stratum)
        the one that most of its rows tell, of equals the first by code. The same decisions where
        nobody is on several rows, or where more people than the limit change their group: what is
        then compared are rows of the same people, and no test here fits them.
    """
    if decisions.cluster is None or decisions.amount is None:
        return decisions
    unit = _units(decisions.cluster)
    rows = np.bincount(unit)
    several = int((rows > 1).sum())
    if several == 0:
        return replace(decisions, cluster=None)
    protected = {name: _usual(column, unit) for name, column in decisions.protected.items()}
    if any(varied > limits.amounts.varying_people * several for _, varied in protected.values()):
        return decisions
    return replace(
        decisions,
        outcome=np.zeros(len(rows), dtype=np.int8),
        amount=np.bincount(unit, weights=decisions.amount) / rows,
        protected={name: column for name, (column, _) in protected.items()},
        strata={name: _usual(column, unit)[0] for name, column in decisions.strata.items()},
        cluster=None,
        table=None,
    )


def people_of(decisions: Decisions, rows: NDArray[np.bool_]) -> int:
    """How many people stand on some rows."""
    if decisions.cluster is None:
        return int(rows.sum())
    return len(np.unique(_units(decisions.cluster)[rows]))


def _units(cluster: Column) -> NDArray[np.intp]:
    """The person of every row, from 0; one without cluster is a person of its own."""
    codes = cluster.codes.astype(np.int64)
    alone = codes < 0
    codes[alone] = len(cluster.levels) + np.arange(int(alone.sum()))
    return np.unique(codes, return_inverse=True)[1]


def _usual(column: Column, unit: NDArray[np.intp]) -> tuple[Column, int]:
    """The value that most rows of each person tell, and how many people tell several."""
    width = len(column.levels) + 1
    pairs, times = np.unique(unit * width + (column.codes + 1), return_counts=True)
    person, code = pairs // width, pairs % width - 1
    order = np.lexsort((code, -times, person))
    first = np.unique(person[order], return_index=True)[1]
    usual = code[order][first].astype(np.int32)
    return replace(column, codes=usual), len(pairs) - len(first)


def without_the_few(decisions: Decisions, limits: Limits) -> Decisions:
    """Decisions without the people whom a table would give away, or force to hide everybody.

    Parameters
    ----------
    decisions : Decisions
        With ``amount``.
    limits : Limits
        ``groups.compared_from`` for groups, ``disclosure.public`` for people whose group is
        unknown.

    Returns
    -------
    Decisions
        Where an attribute has a group too small to be compared, its people leave all figures, and
        so do a few people whose group is unknown. If they stayed in the tables by another
        attribute, the two tables together would give their mean; hiding a large group beside them
        instead would erase the gap. They are counted and named as set aside.
    """
    assert decisions.amount is not None
    kept = np.ones(len(decisions), dtype=np.bool_)
    before = -1
    while before != int(kept.sum()):  # taking some people out may leave too few elsewhere
        before = int(kept.sum())
        for column in decisions.protected.values():
            for code in (*range(len(column.levels)), -1):
                rows = kept & (column.codes == code)
                least = limits.groups.compared_from if code >= 0 else limits.disclosure.public
                if 0 < people_of(decisions, rows) < least:
                    kept &= ~rows
    if kept.all() or not kept.any():
        return decisions

    def of(column: Column) -> Column:
        return replace(column, codes=column.codes[kept])

    return replace(
        decisions,
        outcome=decisions.outcome[kept],
        amount=decisions.amount[kept],
        protected={name: of(column) for name, column in decisions.protected.items()},
        strata={name: of(column) for name, column in decisions.strata.items()},
        cluster=None if decisions.cluster is None else of(decisions.cluster),
        table=None,
    )
