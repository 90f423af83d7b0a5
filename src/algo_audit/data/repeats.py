"""Facts about rows and columns that change nothing but should be known: repeats, dates, codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from algo_audit.data.categories import Context
from algo_audit.data.conversion import convert_dates, keeps_leading_zeros
from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable, blank_cells
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import is_unknown

_LONGEST_CODE = 1 << 62


def _codes(array: Any) -> tuple[NDArray[np.int64], Any]:
    """Code of every cell, and the values as an Arrow array: a million names stay in Arrow."""
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    else:
        # a stored dictionary may hold a value twice once trimmed
        array = array.cast(pa.string()).dictionary_encode()
    codes = array.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, array.dictionary


def duplicate_rows(table: RawTable) -> int:
    """How many rows are the same as an earlier one in every column.

    Columns are joined one after the other into one code per row; the first column (or join of
    columns) in which all rows differ ends the search.
    """
    joined: NDArray[np.int64] | None = None
    possible = 1
    for array in table.columns.values():
        codes, values = _codes(array)
        if len(values) == table.rows:
            return 0
        if joined is None:
            joined, possible = codes, len(values)
            continue
        if possible * len(values) > _LONGEST_CODE:
            joined = pd.factorize(joined)[0].astype(np.int64)
            possible = int(joined.max()) + 1
            if possible == table.rows:
                return 0
        joined = joined * len(values) + codes
        possible *= len(values)
    return 0 if joined is None else table.rows - len(pd.unique(joined))


def note_repeats(table: RawTable, roles: Roles, notes: Notes) -> None:
    """Note rows repeated exactly, and an identifier found on several rows; none is dropped."""
    if roles.count is not None:
        return  # lines that stand for several people are repeated on purpose
    rows = duplicate_rows(table)
    if rows:
        notes.noted("duplicate_rows", rows=rows)
    if roles.identifier is None:
        return
    codes, values = _codes(table.columns[roles.identifier])
    counts = np.bincount(codes, minlength=len(values))
    several = np.flatnonzero(counts > 1)
    words = values.take(pa.array(several)).to_pylist()
    known = [
        int(count)
        for count, word in zip(counts[several], words, strict=True)
        if not is_unknown(word)
    ]
    if known:
        notes.noted(
            "identifier_repeated", roles.identifier, identifiers=len(known), rows=sum(known)
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
