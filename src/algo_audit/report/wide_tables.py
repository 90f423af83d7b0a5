"""Tables with more columns than a page holds: turned, or told in parts."""

from __future__ import annotations

from dataclasses import replace

from algo_audit.report.document import Cell, Table
from algo_audit.report.phrases import Phrases

# Columns, the first one included, whose heads still stand beside each other on a page.
_MOST = 8


def narrow(phrases: Phrases, table: Table, *, corner: str) -> tuple[Table, ...]:
    """The table as it is where it fits; else turned; else in parts with a few columns each.

    Parameters
    ----------
    phrases : Phrases
    table : Table
    corner : str
        Head of the first column once rows and columns have changed places.

    Returns
    -------
    tuple of Table
        Parts keep the first column and all notes; their ids end in their place.
    """
    if len(table.columns) <= _MOST:
        return (table,)
    turned = _turned(table, corner)
    if len(turned.columns) < len(table.columns):
        table = turned
    if len(table.columns) <= _MOST:
        return (table,)
    return _parts(phrases, table)


def _turned(table: Table, corner: str) -> Table:
    """Rows and columns change places."""
    heads = (corner, *(row[0].text for row in table.rows))
    rows = tuple(
        (Cell(name), *(row[place] for row in table.rows))
        for place, name in enumerate(table.columns)
        if place
    )
    return replace(table, columns=heads, rows=rows)


def _parts(phrases: Phrases, table: Table) -> tuple[Table, ...]:
    """As few parts as can be, of about the same width."""
    data = len(table.columns) - 1
    number = -(-data // (_MOST - 1))
    size = -(-data // number)
    return tuple(
        replace(
            table,
            id=f"{table.id}-{place + 1}",
            caption=phrases.say(
                "table.part",
                caption=table.caption,
                part=phrases.whole(place + 1),
                parts=phrases.whole(number),
            ),
            columns=(table.columns[0], *table.columns[1 + place * size : 1 + (place + 1) * size]),
            rows=tuple(
                (row[0], *row[1 + place * size : 1 + (place + 1) * size]) for row in table.rows
            ),
        )
        for place in range(number)
    )
