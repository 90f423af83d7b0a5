"""Facts about rows and columns that change nothing but should be known: repeats, dates, codes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from algo_audit.data.categories import Context, encode
from algo_audit.data.conversion import convert_dates, keeps_leading_zeros
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable, blank_cells
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import is_unknown

_LONGEST_CODE = 1 << 62


def duplicate_rows(table: RawTable) -> int:
    """How many rows are the same as an earlier one in every column.

    Columns are joined one after the other into one code per row; the first column (or join of
    columns) in which all rows differ ends the search.
    """
    code: NDArray[np.int64] | None = None
    possible = 1
    for name, array in table.columns.items():
        cells = encode(name, array)
        size = len(cells.levels)
        if size == table.rows:
            return 0
        if code is None:
            code, possible = cells.codes.astype(np.int64), size
            continue
        if possible * size > _LONGEST_CODE:
            code = pd.factorize(code)[0].astype(np.int64)
            possible = int(code.max()) + 1
            if possible == table.rows:
                return 0
        code = code * size + cells.codes
        possible *= size
    if code is None:
        return 0
    return table.rows - len(pd.unique(code))


def note_repeats(table: RawTable, roles: Roles, notes: Notes) -> None:
    """Note rows repeated exactly, and an identifier found on several rows; none is dropped."""
    if roles.count is None:
        rows = duplicate_rows(table)
        if rows:
            notes.noted("duplicate_rows", rows=rows)
    if roles.identifier is not None:
        cells = encode(roles.identifier, table.columns[roles.identifier])
        counts = cells.counts(None)
        repeated = [
            int(count)
            for count, level in zip(counts, cells.levels, strict=True)
            if count > 1 and not is_unknown(level)
        ]
        if repeated and roles.count is None:
            notes.noted(
                "identifier_repeated",
                roles.identifier,
                identifiers=len(repeated),
                rows=sum(repeated),
            )


def note_text_columns(table: RawTable, roles: Roles, context: Context) -> None:
    """Say which identifiers kept their zeros, and in which order dates were understood."""
    for name in dict.fromkeys((roles.identifier, roles.cluster, roles.pool)):
        if name is None:
            continue
        array = table.columns[name]
        values = array.dictionary if pa.types.is_dictionary(array.type) else array
        if keeps_leading_zeros(values):
            # no example: an identifier has no place in a report
            context.notes.left_alone("identifier_as_text", name)
    if roles.date is not None:
        array = table.columns[roles.date]
        text = array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
        filled = pc.unique(text.filter(pa.array(~blank_cells(text)))).to_pylist()
        dates = convert_dates([value for value in filled if not is_unknown(value)])
        if dates is None:
            context.notes.left_alone("dates_not_understood", roles.date)
        else:
            context.notes.converted(
                "dates_assumed" if dates.assumed else "dates_understood",
                roles.date,
                order=dates.style,
                first=min(dates.values).isoformat(),
                last=max(dates.values).isoformat(),
            )
