"""What goes into a model: its inputs, and rows of them as one matrix of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.names import nearest
from algo_audit.data.vocabulary import fold, is_unknown
from algo_audit.errors import AuditError, raise_all

if TYPE_CHECKING:
    import pandas as pd

    from algo_audit.data.conversion import Numbers

_SHOWN = 6
# A column called so holds names written with digits.
_CODE_WORDS = frozenset({"code", "id", "identifiant", "identifier", "numero", "no", "ref",
                         "reference", "matricule", "siret", "postal", "cp", "zip"})  # fmt: skip


_YES_NO = dict.fromkeys(("true", "vrai", "yes", "oui"), 1.0) | dict.fromkeys(
    ("false", "faux", "no", "non"), 0.0
)


@dataclass(frozen=True)
class Input:
    """One input of a model.

    ``levels`` are the values of a category that the model knows, as the file writes them; their
    order is that of the codes. ``low`` and ``high`` bound the numbers that it was made for
    (None: not known). ``blank``: may it be left out? ``unseen``: has the model an answer for a
    category that it does not know?
    """

    name: str
    kind: Literal["number", "category"]
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    blank: bool = True
    unseen: bool = False


@dataclass(frozen=True)
class InputRows:
    """Rows as a model takes them.

    ``values`` has shape (rows, inputs): a number, the code of a category (index in ``levels`` of
    its input), NaN where blank. ``inputs`` may know more levels than the model does: values of
    the file that the model never saw come after those it knows, where the model takes them.
    """

    inputs: tuple[Input, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)


def read_inputs(
    table: pd.DataFrame, inputs: Sequence[Input], *, unseen_allowed: bool = False
) -> InputRows:
    """Take a model's inputs from a table of text, French numbers included.

    Parameters
    ----------
    table : DataFrame
        ``Decisions.table``: all columns as text, as read; or columns already numbers.
    inputs : sequence of Input
        Of the model.
    unseen_allowed : bool
        Whether the model has an answer for a category that it never saw; an input may say so
        for itself (``Input.unseen``).

    Returns
    -------
    InputRows

    Raises
    ------
    AuditError
        All mismatches at once: ``model.column_missing`` (choices: nearest names),
        ``model.not_a_number`` (first values and lines), ``model.number_ambiguous``,
        ``model.unseen_category`` (values, rows), ``model.blank_refused`` (rows).

    Notes
    -----
    A cell that says "not known" (``n/a``, ``non renseigné``, ``#N/A``) is a blank, unless the
    model knows that very value. A category is matched as written, else by accents and case
    aside. Lines are those of the table plus its header: rows set aside before are not counted.
    """
    faults: list[AuditError] = []
    read: list[Input] = []
    columns = []
    for one in inputs:
        if one.name not in table.columns:
            choices = nearest(one.name, [str(column) for column in table.columns])
            faults.append(AuditError("model.column_missing", one.name, choices=choices))
            continue
        if one.kind == "number":
            values, known = _numbers_in(table, one, faults), one
        else:
            values, known = _codes_in(
                table, one, faults, unseen_allowed=unseen_allowed or one.unseen
            )
        blank = np.isnan(values)
        if not one.blank and blank.any() and not any(f.where == one.name for f in faults):
            lines = _lines(blank)
            faults.append(
                AuditError("model.blank_refused", one.name, rows=int(blank.sum()), lines=lines)
            )
        read.append(known)
        columns.append(values)
    raise_all(faults)
    shape = (len(table), len(columns))
    matrix = np.column_stack(columns) if columns else np.empty(shape)
    return InputRows(tuple(read), np.ascontiguousarray(matrix))


def inputs_of(table: pd.DataFrame, columns: Sequence[str]) -> tuple[Input, ...]:
    """Inputs as a file shows them, for a model that declares none (a callable, a surrogate).

    A column whose filled cells all are numbers is a number (unless it has few values and reads
    like codes), else a category. Raises ``model.column_missing``, ``model.one_value``.
    """
    from algo_audit.data.banding import in_order

    faults: list[AuditError] = []
    found = []
    for name in columns:
        if name not in table.columns:
            choices = nearest(name, [str(column) for column in table.columns])
            faults.append(AuditError("model.column_missing", name, choices=choices))
            continue
        numbers, levels = _looked_at(table, name)
        distinct = len(levels) if numbers is None else len(np.unique(numbers))
        if distinct < 2:
            seen = levels[0] if levels else None
            faults.append(AuditError("model.one_value", name, seen=seen))
        elif numbers is None:
            found.append(Input(name, "category", levels=in_order(levels)[0]))
        else:
            low, high = float(numbers.min()), float(numbers.max())
            found.append(Input(name, "number", low=low, high=high))
    raise_all(faults)
    return tuple(found)


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column; of two that a notebook gave one name, the first."""
    place = list(table.columns).index(name)
    return table.iloc[:, place]


def _texts(table: pd.DataFrame, name: str) -> Any:
    """A column as an Arrow array of trimmed text, blank where there is nothing."""
    import pandas as pd
    import pyarrow as pa

    from algo_audit.data.raw_table import trimmed

    column: Any = _column(table, name)
    array = None
    if not pd.api.types.is_numeric_dtype(column):
        try:
            array = pa.array(column, type=pa.string(), from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            array = None  # a mixture of text and numbers, as a notebook may hold
    if array is None:
        cells = [None if pd.isna(cell) else _written(cell) for cell in column]
        array = pa.array(cells, type=pa.string())
    return trimmed(array)


def _written(cell: object) -> str:
    """A cell as a file would write it: ``3`` for 3.0."""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell)


def _lines(rows: NDArray[np.bool_]) -> list[int]:
    """Lines of the first rows marked, the header being line 1."""
    return [int(row) + 2 for row in np.flatnonzero(rows)[:_SHOWN]]


def _unknown(texts: Any) -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    """Code of each cell, the levels, and which levels mean "not known"."""
    encoded = texts.dictionary_encode()
    levels: list[str] = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    # what begins like a number cannot be a word
    unknown = np.fromiter(
        (not (level[:1].isdigit()) and is_unknown(level) for level in levels), bool, len(levels)
    )
    return codes, levels, unknown


def _is_numeric(table: pd.DataFrame, name: str) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    kind = _column(table, name).dtype
    return is_numeric_dtype(kind) and not is_bool_dtype(kind)


def _decimal_comma(table: pd.DataFrame) -> bool | None:
    """What the file's own writing says of commas, where reading has noted it."""
    noted = table.attrs.get("decimal_comma")
    return noted if isinstance(noted, bool) else None


def _converted(levels: Sequence[str], table: pd.DataFrame) -> Numbers:
    import pyarrow as pa

    from algo_audit.data.conversion import convert_numbers

    return convert_numbers(pa.array(levels, pa.string()), decimal_comma=_decimal_comma(table))


def _numbers_in(table: pd.DataFrame, one: Input, faults: list[AuditError]) -> NDArray[np.float64]:
    """A column of numbers; faults are noted."""
    if _is_numeric(table, one.name):
        values = _column(table, one.name).to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        values[~np.isfinite(values)] = np.nan
        return values
    codes, levels, unknown = _unknown(_texts(table, one.name))
    values = np.full(len(levels), np.nan)
    filled = np.flatnonzero(~unknown)
    words = [_YES_NO.get(fold(levels[place])) for place in filled]
    if words and None not in words:
        # a model may take yes and no as 1 and 0, which a file writes in words
        values[filled] = words
        return values[codes]
    numbers = _converted([levels[place] for place in filled], table)
    values[filled] = numbers.values  # noqa: PD011 -- not pandas
    if numbers.ambiguous:
        comma = next(level for level in levels if "," in level)
        faults.append(AuditError("model.number_ambiguous", one.name, seen=comma))
    elif not numbers.sound:
        refused = np.zeros(len(levels), dtype=bool)
        refused[filled[numbers.refused]] = True
        rows = refused[codes]
        seen = [levels[place] for place in np.flatnonzero(refused)[:_SHOWN]]
        lines, count = _lines(rows), int(rows.sum())
        faults.append(
            AuditError("model.not_a_number", one.name, seen=seen, rows=count, lines=lines)
        )
    return values[codes]


def _codes_in(
    table: pd.DataFrame, one: Input, faults: list[AuditError], *, unseen_allowed: bool
) -> tuple[NDArray[np.float64], Input]:
    """A column of categories as codes, and the input with the levels it turned out to have."""
    codes, levels, unknown = _unknown(_texts(table, one.name))
    place_of: dict[str, int] = {level: place for place, level in enumerate(one.levels)}
    by_fold = _once(one.levels)
    known = list(one.levels)
    new_code = np.full(len(levels), np.nan)
    unseen = np.zeros(len(levels), dtype=bool)
    for index, level in enumerate(levels):
        place = place_of.get(level)
        if place is None and unknown[index]:
            continue
        if place is None:
            place = by_fold.get(fold(level))
        if place is None and unseen_allowed:
            place = place_of[level] = len(known)
            known.append(level)
        if place is None:
            unseen[index] = True
        else:
            new_code[index] = place
    if unseen.any():
        rows = unseen[codes]
        faults.append(
            AuditError(
                "model.unseen_category",
                one.name,
                seen=[levels[place] for place in np.flatnonzero(unseen)[:_SHOWN]],
                choices=one.levels[: 2 * _SHOWN],
                rows=int(rows.sum()),
                lines=_lines(rows),
            )
        )
    found = one if len(known) == len(one.levels) else replace(one, levels=tuple(known))
    return new_code[codes], found


def _once(levels: Sequence[str]) -> Mapping[str, int]:
    """Levels by their fold, those that share one left out: the file has to say which."""
    by_fold: dict[str, list[int]] = {}
    for place, level in enumerate(levels):
        by_fold.setdefault(fold(level), []).append(place)
    return {key: places[0] for key, places in by_fold.items() if len(places) == 1}


def _looked_at(table: pd.DataFrame, name: str) -> tuple[NDArray[np.float64] | None, list[str]]:
    """Numbers of a column (None: it holds categories), and its filled values as text."""
    if _is_numeric(table, name):
        values = _column(table, name).to_numpy(dtype=np.float64, na_value=np.nan)
        values = np.unique(values[np.isfinite(values)])
        return values, [_written(value) for value in values[:1]]
    _, levels, unknown = _unknown(_texts(table, name))
    filled = [level for level, blank in zip(levels, unknown, strict=True) if not blank]
    if not filled or _reads_like_codes(name, filled):
        return None, filled
    numbers = _converted(filled, table)
    if not numbers.sound or numbers.ambiguous:
        return None, filled
    return numbers.values, filled  # noqa: PD011 -- not pandas


def _reads_like_codes(name: str, levels: Sequence[str]) -> bool:
    """Leading zeros, or whole numbers under a name that says code, number, reference."""
    if any(re.fullmatch(r"0[0-9]+", level) for level in levels):
        return True
    words = set(re.split(r"[^a-z0-9]+", fold(name)))
    return bool(words & _CODE_WORDS) and all(level.isdigit() for level in levels)
