"""Tables with more columns than a page holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.report.document import Cell, Table
from algo_audit.report.phrases import Phrases
from algo_audit.report.wide_tables import narrow


@pytest.fixture(scope="module")
def phrases():
    return Phrases("fr", "full", None)


def _table(rows: int, columns: int) -> Table:
    return Table(
        "t",
        "Écarts",
        ("Groupe", *(f"critère {c}" for c in range(columns))),
        tuple(
            (Cell(f"groupe {r}"), *(Cell(f"{r}/{c}") for c in range(columns))) for r in range(rows)
        ),
        ("note",),
    )


def _facts(tables) -> set[tuple[str, str, str]]:
    return {
        (*sorted((row[0].text, head)), cell.text)
        for table in tables
        for row in table.rows
        for head, cell in zip(table.columns[1:], row[1:], strict=True)
    }


@given(rows=st.integers(1, 30), columns=st.integers(1, 30))
def test_nothing_is_lost_and_every_part_fits(phrases, rows, columns):
    table = _table(rows, columns)
    parts = narrow(phrases, table, corner="Critère")
    assert _facts(parts) == _facts([table])
    assert all(len(part.columns) <= 8 for part in parts)
    assert len({part.id for part in parts}) == len(parts)
    assert all(part.notes == ("note",) for part in parts)


def test_what_fits_stays_and_the_narrower_way_is_taken(phrases):
    table = _table(20, 7)
    assert narrow(phrases, table, corner="Critère") == (table,)
    (turned,) = narrow(phrases, _table(3, 20), corner="Critère")
    assert turned.columns == ("Critère", "groupe 0", "groupe 1", "groupe 2")
    assert [part.caption for part in narrow(phrases, _table(9, 12), corner="Critère")] == [
        "Écarts (1 sur 2)",
        "Écarts (2 sur 2)",
    ]
