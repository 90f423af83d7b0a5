"""Text columns as codes: unknowns, spellings of one value, bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.banding import band_codes, band_labels, in_order
from algo_audit.data.conversion import (
    Numbers,
    convert_dates,
    convert_numbers,
    keeps_leading_zeros,
)
from algo_audit.data.decisions import Column
from algo_audit.data.limits import Limits
from algo_audit.data.notes import Notes
from algo_audit.data.vocabulary import fold, is_excel_error, is_unknown, names_age

# Between the values of a crossing: ``F × 50+``.
CROSSING = " × "

Part = Literal["protected", "stratum"]
# Ages outside of this are no ages: 999 and 0 often stand for "not known".
_LOWEST_AGE, _HIGHEST_AGE = 10, 120
_SHOWN = 6


@dataclass(frozen=True)
class Cells:
    """A text column encoded once: ``levels[codes[row]]`` is the trimmed cell of a row."""

    name: str
    codes: NDArray[np.int32]
    levels: tuple[str, ...]

    def counts(self, used: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Rows per level among the rows used (all where None)."""
        codes = self.codes if used is None else self.codes[used]
        return np.bincount(codes, minlength=len(self.levels)).astype(np.int64)

    def marked(self, levels: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Rows whose level is marked."""
        return levels[self.codes]


def encode(name: str, array: Any) -> Cells:
    """Encode an Arrow column of trimmed text.

    Returns
    -------
    Cells
        Levels in the order of their first row, each once.
    """
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    codes = array.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    levels: list[str] = array.dictionary.to_pylist()
    unique = dict.fromkeys(levels)
    if len(unique) < len(levels):  # trimming made two levels of a stored dictionary equal
        place = {level: index for index, level in enumerate(unique)}
        codes = np.array([place[level] for level in levels], dtype=np.int32)[codes]
    return Cells(name, codes, tuple(unique))


@dataclass(frozen=True)
class Context:
    """What every column is read with: the rows used, limits, and where notes go."""

    used: NDArray[np.bool_] | None
    lines: Callable[[NDArray[np.bool_]], list[int]]
    decimal_comma: bool | None
    limits: Limits
    notes: Notes


def _codes_used(cells: Cells, new_code: NDArray[np.int32], context: Context) -> NDArray[np.int32]:
    codes = cells.codes if context.used is None else cells.codes[context.used]
    return new_code[codes]


def unknown_levels(cells: Cells, counts: NDArray[np.int64], context: Context) -> NDArray[np.bool_]:
    """Which levels mean "not known"; counted in the journal, errors of a spreadsheet apart."""
    unknown = np.fromiter((is_unknown(level) for level in cells.levels), bool, len(cells.levels))
    if not bool((unknown & (counts > 0)).any()):
        return unknown
    error = np.zeros_like(unknown)
    for index in np.flatnonzero(unknown):
        error[index] = is_excel_error(cells.levels[index])
    for code, marked in (("excel_errors", error), ("unknown_values", unknown & ~error)):
        rows = int(counts[marked].sum())
        if rows:
            shown = [cells.levels[i] for i in np.flatnonzero(marked & (counts > 0))]
            context.notes.noted(
                code,
                cells.name,
                rows=rows,
                blank=int(sum(counts[i] for i in np.flatnonzero(marked) if not cells.levels[i])),
                values=[level for level in shown if level][:_SHOWN],
            )
    return unknown


def read_category(
    cells: Cells, context: Context, *, part: Part, cuts: Sequence[float] | None = None
) -> Column | None:
    """A protected attribute or a stratum, with unknowns as -1.

    Numbers are banded where cuts are declared or the column is recognised as an age in years,
    kept as categories up to ``limits.reading.categorical_values`` of them, refused otherwise.
    Text keeps its values; spellings that differ by case and accents only are one value,
    written as most rows write it.

    Parameters
    ----------
    cells : Cells
    context : Context
    part : {"protected", "stratum"}
        One value only, or more than ``limits.groups.levels_at_most``, is a fault of a
        protected attribute; a stratum may have any number of values.
    cuts : sequence of float, optional
        Declared lower bounds of the second and later bands.

    Returns
    -------
    Column or None
        None where a fault was noted.
    """
    counts = cells.counts(context.used)
    unknown = unknown_levels(cells, counts, context)
    known = np.flatnonzero(~unknown & (counts > 0))
    if not len(known):
        context.notes.fault("reading.all_unknown", cells.name, part=part)
        return None
    texts = pa.array([cells.levels[index] for index in known], pa.string())
    age = names_age(cells.name)
    numbers = _numbers(texts, age, context)
    if cuts is None and (not numbers.sound or keeps_leading_zeros(texts)):
        if age and np.mean(numbers.refused) < 0.5:
            _refuse_text(cells, known, numbers, context, "reading.age_not_number")
            return None
        column = _from_text(cells, counts, known, context)
    else:
        found = _from_numbers(cells, counts, known, numbers, context, cuts=cuts, age=age)
        if found is None:
            return None
        column = found
    return _checked(column, part, context)


def _numbers(texts: Any, age: bool, context: Context) -> Numbers:
    import pyarrow.compute as pc

    if age:
        texts = pc.replace_substring_regex(
            texts, r"(?i)[ \x{00A0}\x{202F}]*(ans?|years?|yrs?)$", ""
        )
    return convert_numbers(texts, decimal_comma=context.decimal_comma)


def _refuse_text(
    cells: Cells, known: NDArray[np.intp], numbers: Numbers, context: Context, code: str
) -> None:
    refused = np.zeros(len(cells.levels), dtype=bool)
    refused[known[numbers.refused]] = True
    rows = cells.marked(refused)
    context.notes.fault(
        code,
        cells.name,
        seen=[cells.levels[i] for i in np.flatnonzero(refused)[:_SHOWN]],
        lines=context.lines(rows),
        rows=int(rows.sum()),
    )


def _from_numbers(
    cells: Cells,
    counts: NDArray[np.int64],
    known: NDArray[np.intp],
    numbers: Numbers,
    context: Context,
    *,
    cuts: Sequence[float] | None,
    age: bool,
) -> Column | None:
    notes, limits = context.notes, context.limits
    if not numbers.sound:
        _refuse_text(cells, known, numbers, context, "reading.bands_on_text")
        return None
    values = numbers.values
    distinct = np.unique(values)
    plausible = (values >= _LOWEST_AGE) & (values <= _HIGHEST_AGE)
    is_age = age and counts[known[plausible]].sum() * 2 > counts[known].sum()
    if cuts is None and not is_age and len(distinct) <= limits.reading.categorical_values:
        return _numeric_categories(cells, counts, known, values, context)
    if numbers.ambiguous:
        notes.fault("reading.number_ambiguous", cells.name, seen=cells.levels[known[0]])
        return None
    if cuts is None and not is_age:
        notes.fault(
            "reading.cuts_needed",
            cells.name,
            seen=[float(distinct[0]), float(distinct[-1])],
            distinct=len(distinct),
            most=limits.reading.categorical_values,
        )
        return None
    if is_age and not plausible.all():
        odd = known[~plausible]
        notes.noted("ages_implausible", cells.name, rows=int(counts[odd].sum()))
        values = np.where(plausible, values, np.nan)
    bounds = tuple(limits.age.cuts if cuts is None else cuts)
    labels = band_labels(bounds, whole=is_age or bool((np.floor(distinct) == distinct).all()))
    bands = band_codes(values, bounds)
    notes.converted("bands_made", cells.name, bands=list(labels))
    groups = {
        int(level): labels[band] for level, band in zip(known, bands, strict=True) if band >= 0
    }
    return _column(cells, counts, groups, context, order=labels, ordered=True)


def _numeric_categories(
    cells: Cells,
    counts: NDArray[np.int64],
    known: NDArray[np.intp],
    values: NDArray[np.float64],
    context: Context,
) -> Column:
    """Few numbers, each a category: ``1`` and ``1.0`` are one."""
    by_value: dict[float, list[int]] = {}
    for level, value in zip(known, values, strict=True):
        by_value.setdefault(float(value), []).append(int(level))
    groups = {
        level: _written_as(cells, counts, same) for same in by_value.values() for level in same
    }
    order = tuple(groups[by_value[value][0]] for value in sorted(by_value))
    years = all(value.is_integer() and 1900 <= value <= 2100 for value in by_value)
    context.notes.left_alone("numbers_as_categories", cells.name, values=list(order))
    return _column(cells, counts, groups, context, order=order, ordered=years and len(order) > 1)


def _written_as(cells: Cells, counts: NDArray[np.int64], same: Sequence[int]) -> str:
    """The most frequent writing of one value; of equally frequent ones the first by alphabet."""
    return min((-int(counts[level]), cells.levels[level]) for level in same)[1]


def _from_text(
    cells: Cells, counts: NDArray[np.int64], known: NDArray[np.intp], context: Context
) -> Column:
    by_fold: dict[str, list[int]] = {}
    for level in known:
        by_fold.setdefault(fold(cells.levels[level]), []).append(int(level))
    groups = {
        level: _written_as(cells, counts, same) for same in by_fold.values() for level in same
    }
    note_merged(cells, counts, groups, context.notes)
    order, ordered = in_order(tuple(dict.fromkeys(groups.values())))
    return _column(cells, counts, groups, context, order=order, ordered=ordered)


def note_merged(
    cells: Cells, counts: NDArray[np.int64], groups: Mapping[int, str], notes: Notes
) -> None:
    """Say in the journal which spellings were read as another one."""
    merged: dict[str, list[str]] = {}
    rows = 0
    for level, kept in groups.items():
        if cells.levels[level] != kept:
            merged.setdefault(kept, []).append(cells.levels[level])
            rows += int(counts[level])
    if merged:
        notes.converted(
            "spellings_merged",
            cells.name,
            rows=rows,
            kept=list(merged)[:_SHOWN],
            merged=[spelling for same in merged.values() for spelling in sorted(same)][:_SHOWN],
        )


def _column(
    cells: Cells,
    counts: NDArray[np.int64],
    groups: Mapping[int, str],
    context: Context,
    *,
    order: Sequence[str],
    ordered: bool,
) -> Column:
    """The column whose level ``groups[level]`` stands at its place in ``order``."""
    present = {label for level, label in groups.items() if counts[level] > 0}
    levels = tuple(label for label in order if label in present)
    place = {label: index for index, label in enumerate(levels)}
    new_code = np.full(len(cells.levels), -1, dtype=np.int32)
    for level, label in groups.items():
        new_code[level] = place.get(label, -1)
    return Column(cells.name, _codes_used(cells, new_code, context), levels, ordered)


def _checked(column: Column, part: Part, context: Context) -> Column | None:
    most = context.limits.groups.levels_at_most
    if len(column.levels) == 1:
        if part == "protected":
            context.notes.fault("reading.one_group", column.name, seen=column.levels[0])
            return None
        context.notes.noted("one_stratum", column.name, value=column.levels[0])
    if part == "protected" and len(column.levels) > most:
        dates = convert_dates(column.levels[: most * 2]) is not None
        context.notes.fault(
            "reading.dates_as_groups" if dates else "reading.too_many_levels",
            column.name,
            seen=list(column.levels[:3]),
            distinct=len(column.levels),
            most=most,
        )
        return None
    return column


def read_identity(cells: Cells, context: Context) -> Column:
    """Clusters, pools: values are names, so case and accents tell them apart; blank is -1."""
    counts = cells.counts(context.used)
    unknown = unknown_levels(cells, counts, context)
    present = np.flatnonzero(~unknown & (counts > 0))
    order = sorted(present.tolist(), key=lambda index: cells.levels[index])
    new_code = np.full(len(cells.levels), -1, dtype=np.int32)
    new_code[order] = np.arange(len(order), dtype=np.int32)
    levels = tuple(cells.levels[index] for index in order)
    return Column(cells.name, _codes_used(cells, new_code, context), levels)


def cross(name: str, columns: Sequence[Column]) -> Column:
    """Several columns as one: level ``x × y``; unknown where one of them is.

    Parameters
    ----------
    name : str
        As declared: ``site*family``.
    columns : sequence of Column

    Returns
    -------
    Column
        Only the combinations that occur, in the order of the columns' own levels.
    """
    code = np.zeros(len(columns[0]), dtype=np.int64)
    known = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        code = code * len(column.levels) + column.codes
        known &= column.codes >= 0
    occurring, place = np.unique(code[known], return_inverse=True)
    sizes = tuple(len(column.levels) for column in columns)
    index = (
        np.unravel_index(occurring, sizes) if len(occurring) else [np.array([], int)] * len(sizes)
    )
    levels = tuple(
        CROSSING.join(column.levels[i] for column, i in zip(columns, row, strict=True))
        for row in zip(*(axis.tolist() for axis in index), strict=True)
    )
    codes = np.full(len(code), -1, dtype=np.int32)
    codes[known] = place
    return Column(name, codes, levels, all(column.ordered for column in columns))
