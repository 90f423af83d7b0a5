"""What makes the gap: the gap between two groups as a sum over the criteria it passes through."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.bars import Bar, draw_bars
from algo_audit.explain.gap import GapDecomposition, GapPart
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_words import (
    FIGURES,
    Unit,
    away_from_zero,
    by_pair,
    criterion_name,
    pair,
    unit_of,
)
from algo_audit.report.context import ROWS_IN_FIGURE, Context
from algo_audit.report.document import Block, Cell, Figure, ListBlock, Note, Paragraph, Section
from algo_audit.report.document import Table as TableBlock
from algo_audit.report.figures import figure_block
from algo_audit.report.stand_in import drawn_from, said_all

# Parts under this share of the gap are left to the table.
_WORTH_SAYING = 0.10
_PULLING, _NARROWING = 3, 2
# The parts that pull may pass the gap by rounding before the sentence counts them as "of it".
_BEYOND = 1.05
_BACKGROUNDS = ("pooled", "reference")
_TARGETS = ("score", "selection_rate")


def _value(part: GapPart) -> float:
    return part.value.value or 0.0


def _amounts(row: GapDecomposition) -> list[float]:
    return [row.gap.value or 0.0, *(_value(part) for part in row.parts)]


def _pick(
    rows: Sequence[GapDecomposition], target: str, background: str
) -> GapDecomposition | None:
    for row in rows:
        if (row.target, row.background) == (target, background) and row.gap.value is not None:
            return row
    return None


def _main(rows: Sequence[GapDecomposition], target: str) -> GapDecomposition | None:
    """The decomposition that is told: against everyone, else against the reference group."""
    return _pick(rows, target, "pooled") or _pick(rows, target, "reference")


def _ordered(row: GapDecomposition) -> list[GapPart]:
    return sorted(row.parts, key=lambda part: -abs(_value(part)))


def _carried(context: Context, row: GapDecomposition, unit: Unit) -> str:
    """Through what the gap passes, and what narrows it."""
    phrases, gap = context.phrases, row.gap.value or 0.0
    telling = [part for part in _ordered(row) if abs(_value(part)) >= _WORTH_SAYING * abs(gap)]
    pulling = [part for part in telling if _value(part) * gap > 0][:_PULLING]
    narrowing = [part for part in telling if _value(part) * gap < 0][:_NARROWING]
    whole = sum(abs(_value(part)) for part in pulling) <= _BEYOND * abs(gap)
    kind = "of" if whole and not narrowing else "through"
    items = [
        phrases.say(
            f"drivers.gap.{kind}.{'next' if place else 'first'}",
            amount=unit.plain(_value(part)),
            criterion=criterion_name(phrases, part.criterion),
        )
        for place, part in enumerate(pulling)
    ]
    if not items:
        return ""
    text = phrases.say(f"drivers.gap.{kind}", items=phrases.listed(items))
    if not narrowing:
        return text
    against = [
        phrases.say(
            "drivers.gap.narrowed",
            amount=unit.plain(_value(part)),
            criterion=criterion_name(phrases, part.criterion),
        )
        for part in narrowing
    ]
    return text + " " + phrases.say("drivers.gap.narrowing", items=phrases.listed(against))


def _measured(context: Context, gap: Estimate, unit: Unit) -> str:
    """A gap with its unit, and its interval without."""
    phrases = context.phrases
    value = unit.named(gap.value or 0.0)
    if gap.low is None or gap.high is None:
        return value
    interval = phrases.span(gap, unit.signed)
    return phrases.say("word.with_interval", value=value, interval=interval)


def _sentence(context: Context, row: GapDecomposition) -> str:
    """One gap in plain words: how large, and through what."""
    phrases, gap = context.phrases, row.gap
    assert gap.value is not None
    unit = unit_of(context, row.target, _amounts(row))
    kind = "rate" if row.target == "selection_rate" else "score"
    times = 100 if unit.key in ("rate", "probability") else 1
    amount = phrases.counted(
        f"drivers.unit.{unit.key}.noun", abs(times * gap.value), amount=unit.plain(gap.value)
    )
    way = "less" if gap.value < 0 else "more"
    text = phrases.say(f"drivers.gap.{way}.{kind}", amount=amount, **pair(phrases, row))
    return " ".join(part for part in (text, _carried(context, row, unit)) if part)


def _is_sure(row: GapDecomposition) -> bool:
    return away_from_zero(row.gap.low, row.gap.high)


def _open(context: Context, rows: Sequence[GapDecomposition]) -> list[Block]:
    """Gaps that chance could make, in one list: nothing is said to carry them."""
    phrases = context.phrases
    if not rows:
        return []
    items = [
        phrases.say(
            f"drivers.gap.open.{'rate' if row.target == 'selection_rate' else 'score'}",
            gap=_measured(context, row.gap, unit_of(context, row.target, _amounts(row))),
            **pair(phrases, row),
        )
        for row in rows
    ]
    return [Paragraph(phrases.say("drivers.gap.open")), ListBlock(said_all(context, items))]


def _figure(context: Context, row: GapDecomposition, id_: str) -> Figure:
    phrases = context.phrases
    unit = unit_of(context, row.target, _amounts(row))
    parts = _ordered(row)[:ROWS_IN_FIGURE]
    places = pair(phrases, row)
    kind = "rate" if row.target == "selection_rate" else "score"
    caption = phrases.say(f"drivers.gap.caption.{kind}", **places)
    bars = [
        Bar(
            criterion_name(phrases, part.criterion),
            unit.signed(_value(part)),
            0.0,
            part.value.value,
            part.value.low,
            part.value.high,
        )
        for part in parts
    ]
    whole = phrases.say("drivers.gap.whole")
    gap = row.gap
    bars.append(
        Bar(whole, unit.signed(gap.value or 0.0), 0.0, gap.value, gap.low, gap.high, "total")
    )
    drawing = draw_bars(bars, form=unit.tick, title=phrases.say(f"drivers.gap.axis.{unit.key}"))
    lines = [
        phrases.say("drivers.row", name=bar.label, value=phrases.measured(estimate, unit.signed))
        for bar, estimate in zip(bars, [*(p.value for p in parts), gap], strict=True)
    ]
    cells = [
        (Cell(bar.label), phrases.interval_cell(estimate, unit.signed))
        for bar, estimate in zip(bars, [*(p.value for p in parts), gap], strict=True)
    ]
    heads = (phrases.say("drivers.column.criterion"), phrases.say(f"drivers.column.{kind}"))
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("drivers.gap.alternative", rows=" ".join(lines), **places),
        data=TableBlock(f"{id_}-data", caption, heads, tuple(cells)),
        notes=(phrases.say("drivers.gap.legend", **places), *drawn_from(context)),
    )


def _table(context: Context, rows: Sequence[GapDecomposition], id_: str) -> TableBlock:
    """Every criterion, for the score and for the rate, against both baselines."""
    phrases = context.phrases
    columns = [
        found
        for target in _TARGETS
        for background in _BACKGROUNDS
        if (found := _pick(rows, target, background)) is not None
    ]
    first = columns[-1] if columns[-1].background == "pooled" else columns[0]
    order = [part.criterion for part in _ordered(first)]
    heads = [phrases.say("drivers.column.criterion")]
    units = []
    for row in columns:
        kind = "rate" if row.target == "selection_rate" else "score"
        heads.append(phrases.say(f"drivers.column.{kind}.{row.background}"))
        units.append(unit_of(context, row.target, _amounts(row)))
    cells = []
    for criterion in order:
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


def _order(context: Context, groups: Sequence[Sequence[GapDecomposition]]) -> Note | None:
    """Where the ranking of the criteria hangs on whom one compares with."""
    phrases = context.phrases
    named = [
        phrases.say("column.against", **pair(phrases, rows[0]))
        for rows in groups
        if any(row.order_depends for row in rows)
    ]
    if not named:
        return None
    text = phrases.say("drivers.gap.order", groups=phrases.listed(named))
    return Note(phrases.say("drivers.gap.order.title"), (text,), kind="caution")


def _drawn(rows: Sequence[GapDecomposition]) -> GapDecomposition | None:
    """What is worth a drawing: a gap that chance does not make, in decisions sooner than scores."""
    found = [row for t in reversed(_TARGETS) if (row := _main(rows, t)) is not None]
    return next((row for row in found if _is_sure(row)), None)


def gap_section(context: Context) -> Section | None:
    """Sentences, one figure and one table for each group; None where nothing was decomposed."""
    phrases, model = context.phrases, context.result.model
    pairs = {} if model is None else by_pair(model.gaps)
    pairs = {key: rows for key, rows in pairs.items() if any(r.gap.value is not None for r in rows)}
    if not pairs:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("drivers.gap.intro"))]
    told = [
        found
        for rows in pairs.values()
        for target in _TARGETS
        if (found := _main(rows, target)) is not None
    ]
    sure = [row for row in told if _is_sure(row)]
    if sure:
        blocks.append(ListBlock(said_all(context, [_sentence(context, row) for row in sure])))
    blocks += _open(context, [row for row in told if not _is_sure(row)])
    order = _order(context, list(pairs.values()))
    if order is not None:
        blocks.append(order)
    drawn = 0
    for place, rows in enumerate(pairs.values(), 1):
        id_ = f"drivers-gap-{place}"
        row = _drawn(rows)
        if row is not None and drawn < FIGURES:
            blocks.append(_figure(context, row, id_))
            drawn += 1
        blocks.append(_table(context, rows, id_))
    never = (phrases.say("drivers.gap.never"), phrases.say("drivers.gap.baselines"))
    blocks.append(Note(phrases.say("drivers.gap.never.title"), never, kind="caution"))
    return Section("drivers-gap", "", phrases.say("section.drivers.gap"), tuple(blocks))
