"""Total lines under a list of decisions: they stand for nobody.

In a table already counted a total says something that can be checked (``counted_table``). Under
a list with one line per person it is a mark of the export, and would be read as one more person.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from algo_audit.data.counted_table import is_total
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable

# Shorter tables may be counted ones, whose total lines are checked.
_FEWEST_ROWS = 20
# A line for a person fills more of its cells; a total fills its label and what it adds up.
_FILLED_SHARE = 0.5


def without_total_lines(table: RawTable, notes: Notes) -> RawTable:
    """A table without the total lines at its end.

    Parameters
    ----------
    table : RawTable
        One line per person; the first cell filled of a total line says that it is one.
    notes : Notes
        Takes the journal entry ``total_lines_below``.

    Returns
    -------
    RawTable
        The same one where there is no such line.
    """
    if table.rows <= _FEWEST_ROWS:
        return table
    names = list(table.columns)
    last = table.rows
    while last > _FEWEST_ROWS:
        cells = [_cell(table.columns[name], last - 1) for name in names]
        filled = [cell for cell in cells if cell]
        if len(filled) > _FILLED_SHARE * len(cells) or not is_total(filled[0].rstrip(" :")):
            break
        last -= 1
    if last == table.rows:
        return table
    notes.set_aside("total_lines_below", rows=table.rows - last)
    lines = table.lines
    kept = {name: array.slice(0, last) for name, array in table.columns.items()}
    return replace(table, columns=kept, rows=last, lines=lambda: lines()[np.arange(last)])


def _cell(array: pa.Array, row: int) -> str:
    return str(array[row].as_py())
