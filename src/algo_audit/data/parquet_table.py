"""Parquet files as a table of text cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from algo_audit.data.notes import Notes
from algo_audit.data.raw_table import RawTable, is_row_number_name, tidy
from algo_audit.errors import AuditError


def read_parquet_table(data: bytes, where: str, notes: Notes, *, largest_bytes: int) -> RawTable:
    """Read a Parquet file, every column turned into text.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        The file, for faults.
    notes : Notes
        Takes journal entries and the faults that do not stop the reading.
    largest_bytes : int
        Refuse a file that unpacks to more.

    Returns
    -------
    RawTable
        Lines are row numbers, from 1.

    Raises
    ------
    AuditError
        ``reading.parquet_broken``, ``reading.too_large``.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        unpacked = sum(
            file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)
        )
        if unpacked > largest_bytes:
            raise AuditError("reading.too_large", where, limit=largest_bytes // 1_000_000)
        # a column written with a dictionary is read as one: its values are few, its rows many
        schema = file.schema_arrow
        texts = [field.name for field in schema if _is_text(field.type)]
        table = pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts).read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, UnicodeDecodeError) as error:
        raise AuditError("reading.parquet_broken", where) from error
    header, cells, nested = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_row_number_name(name) and name.startswith("__index"):
            notes.set_aside("row_numbers")
            continue
        try:
            cells.append(_as_text(column))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            nested.append(name)
            continue
        header.append(name)
    if nested:
        notes.set_aside("nested_columns", columns=nested)
    rows = table.num_rows

    def lines() -> NDArray[np.int64]:
        return np.arange(1, rows + 1, dtype=np.int64)

    return tidy(header, cells, lines, notes, where=where)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _as_text(column: Any) -> Any:
    """An Arrow column as strings: ``1`` for 1.0 where all are whole, ISO dates, ``true``."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        values = _as_text(pa.chunked_array([column.dictionary]))
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        return pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), values)
    if _is_text(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_finite(column), column, None)
        whole = pc.all(pc.equal(pc.floor(column), column)).as_py()
        if whole is not False and (pc.max(pc.abs(column)).as_py() or 0) < 1e15:
            column = column.cast(pa.int64())
    elif pa.types.is_timestamp(kind):
        days = column.cast(pa.date32(), safe=False)
        if pc.all(pc.equal(days.cast(kind), column)).as_py():
            column = days
    elif not (
        pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_date(kind)
        or pa.types.is_time(kind)
        or pa.types.is_null(kind)
    ):
        raise pa.ArrowNotImplementedError(str(kind))
    return column.cast(pa.string())
