"""Tables of what makes a gap: one in full where it shows, one line for each of the others."""

from __future__ import annotations

import math
from collections.abc import Sequence

from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.gap import GapDecomposition, GapPart
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_words import Unit, criterion_name, pair, unit_of
from algo_audit.report.context import Context
from algo_audit.report.document import Cell
from algo_audit.report.document import Table as TableBlock
from algo_audit.report.phrases import Phrases
from algo_audit.report.stand_in import drawn_from

# Amounts closer than this, against the largest, differ by rounding only.
_SAME = 1e-9
# Rounding is left out below this share of the largest part: it prints as nought.
_VISIBLE = 0.01
_BACKGROUNDS = ("pooled", "reference")
TARGETS = ("score", "selection_rate")


def part_value(part: GapPart) -> float:
    """A part, nought where it is not known."""
    return part.value.value or 0.0


def amounts_of(row: GapDecomposition) -> list[float]:
    """The gap and its parts, to choose decimals by."""
    return [row.gap.value or 0.0, *(part_value(part) for part in row.parts)]


def pick(rows: Sequence[GapDecomposition], target: str, background: str) -> GapDecomposition | None:
    """The decomposition of one target against one background, where there is one."""
    for row in rows:
        if (row.target, row.background) == (target, background) and row.gap.value is not None:
            return row
    return None


def heaviest_first(row: GapDecomposition) -> list[GapPart]:
    """The parts of a gap, in order of size."""
    return sorted(row.parts, key=lambda part: -abs(part_value(part)))


def shown_parts(row: GapDecomposition) -> list[GapPart]:
    """The parts to print; a model's rounding only where it can be seen beside the others."""
    parts = heaviest_first(row)
    size = max((abs(part_value(part)) for part in parts), default=0.0)
    return [
        part for part in parts
        if part.criterion != ROUNDING or abs(part_value(part)) > _VISIBLE * size
    ]  # fmt: skip


def _columns(rows: Sequence[GapDecomposition]) -> list[GapDecomposition]:
    """Score then rate, against everyone then against the reference group.

    For a sum of points the two baselines give a score the same parts: one column is enough.
    """
    columns = []
    for target in TARGETS:
        first, second = (pick(rows, target, background) for background in _BACKGROUNDS)
        columns += [row for row in (first, second) if row is not None]
        if first is not None and second is not None and _alike(first, second):
            columns.pop()
    return columns


def _alike(one: GapDecomposition, other: GapDecomposition) -> bool:
    values = {part.criterion: part_value(part) for part in other.parts}
    size = max((abs(value) for value in values.values()), default=0.0)
    return all(
        abs(part_value(part) - values.get(part.criterion, math.inf)) <= _SAME * max(size, 1.0)
        for part in one.parts
    )


def _criteria(columns: Sequence[GapDecomposition]) -> list[str]:
    """Every part of every column, the heaviest first: a column that lacked one would not sum."""
    return list(dict.fromkeys(part.criterion for row in columns for part in shown_parts(row)))


def gap_table(context: Context, rows: Sequence[GapDecomposition], id_: str) -> TableBlock:
    """Every criterion, for the score and for the rate, against both baselines."""
    phrases, columns = context.phrases, _columns(rows)
    heads, units = [phrases.say("drivers.column.criterion")], []
    for row in columns:
        kind = "rate" if row.target == "selection_rate" else "score"
        paired = sum(other.target == row.target for other in columns) > 1
        heads.append(phrases.say(f"drivers.column.{kind}" + f".{row.background}" * paired))
        units.append(unit_of(context, row.target, amounts_of(row)))
    cells = []
    for criterion in _criteria(columns):
        line = [Cell(criterion_name(phrases, criterion))]
        for row, unit in zip(columns, units, strict=True):
            part = next((p for p in row.parts if p.criterion == criterion), None)
            line.append(phrases.interval_cell(None if part is None else part.value, unit.signed))
        cells.append(tuple(line))
    whole = [
        phrases.interval_cell(row.gap, unit.signed)
        for row, unit in zip(columns, units, strict=True)
    ]
    cells.append((Cell(phrases.say("drivers.gap.whole")), *whole))
    first = columns[0]
    places = pair(phrases, first)
    counts = phrases.say(
        "drivers.gap.people",
        n=phrases.whole(first.n),
        n_reference=phrases.whole(first.n_reference),
        **places,
    )
    notes = [phrases.say("drivers.gap.table.note", **places), counts]
    if any(row.method == "sampled" for row in columns):
        notes.append(phrases.say("drivers.gap.sampled"))
    caption = phrases.say("drivers.gap.table", **places)
    return TableBlock(
        f"{id_}-table", caption, tuple(heads), tuple(cells), (*notes, *drawn_from(context))
    )


def short_table(context: Context, rows: Sequence[GapDecomposition]) -> TableBlock:
    """The gaps that chance could make, one row each: no page for what nobody will quote."""
    phrases = context.phrases
    criteria = _criteria(rows)
    cells = []
    for row in rows:
        kind = "rate" if row.target == "selection_rate" else "score"
        unit = unit_of(context, row.target, amounts_of(row))
        values = {part.criterion: part.value for part in row.parts}
        name = phrases.say(f"drivers.gap.row.{kind}", **pair(phrases, row))
        cells.append(
            (
                Cell(name),
                *(_bare(phrases, values.get(key), unit) for key in criteria),
                phrases.interval_cell(row.gap, unit.signed),
            )
        )
    heads = (
        phrases.say("column.groups"),
        *(criterion_name(phrases, key) for key in criteria),
        phrases.say("drivers.gap.whole"),
    )
    caption = phrases.say("drivers.gap.others")
    notes = (phrases.say("drivers.gap.others.note"), *drawn_from(context))
    return TableBlock("drivers-gap-others", caption, heads, tuple(cells), notes)


def _bare(phrases: Phrases, estimate: Estimate | None, unit: Unit) -> Cell:
    """A part without its interval: the whole gap's own stands at the end of the row."""
    value = None if estimate is None else estimate.value
    if value is None:
        return Cell(phrases.absent, None, numeric=True)
    return Cell(unit.signed(value), value, numeric=True)
