"""What makes the gap: the gap between two groups as a sum over the criteria it passes through."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.bars import Bar, draw_bars
from algo_audit.explain.gap import POOLS, GapDecomposition, GapPart
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_gap_tables import (
    TARGETS,
    amounts_of,
    gap_table,
    heaviest_first,
    part_value,
    pick,
    short_table,
    shown_parts,
)
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
from algo_audit.report.stand_in import drawn_from, said, said_all
from algo_audit.report.wide_tables import narrow

# Parts under this share of the gap are left to the table.
_WORTH_SAYING = 0.10
_PULLING, _NARROWING = 3, 2
# The parts that pull may pass the gap by rounding before the sentence counts them as "of it".
_BEYOND = 1.05


def _main(rows: Sequence[GapDecomposition], target: str) -> GapDecomposition | None:
    """The decomposition that is told: against everyone, else against the reference group."""
    return pick(rows, target, "pooled") or pick(rows, target, "reference")


def _carried(context: Context, row: GapDecomposition, unit: Unit) -> str:
    """Through what the gap passes, and what narrows it."""
    phrases, gap = context.phrases, row.gap.value or 0.0
    telling = [
        part for part in heaviest_first(row) if abs(part_value(part)) >= _WORTH_SAYING * abs(gap)
    ]
    pulling = [part for part in telling if part_value(part) * gap > 0][:_PULLING]
    narrowing = [part for part in telling if part_value(part) * gap < 0][:_NARROWING]
    whole = sum(abs(part_value(part)) for part in pulling) <= _BEYOND * abs(gap)
    kind = "of" if whole and not narrowing else "through"
    items = [
        phrases.say(
            f"drivers.gap.{kind}.{'next' if place else 'first'}",
            amount=unit.plain(part_value(part)),
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
            amount=unit.plain(part_value(part)),
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
    unit = unit_of(context, row.target, amounts_of(row))
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


def _opposites(row: GapDecomposition) -> tuple[GapPart, GapPart] | None:
    """The largest part on either side, where chance makes neither: a small gap may hide two."""
    sure = [part for part in heaviest_first(row) if away_from_zero(part.value.low, part.value.high)]
    down = next((part for part in sure if part_value(part) < 0), None)
    up = next((part for part in sure if part_value(part) > 0), None)
    if down is None or up is None:
        return None
    gap = abs(row.gap.value or 0.0)
    return (down, up) if min(-part_value(down), part_value(up)) > gap else None


def _hidden(context: Context, row: GapDecomposition) -> str:
    """What cancels out inside a gap that chance could make; "" where nothing does."""
    phrases, found = context.phrases, _opposites(row)
    if found is None:
        return ""
    unit = unit_of(context, row.target, amounts_of(row))
    down, up = found
    return phrases.say(
        "drivers.gap.cancel",
        group=phrases.group(row.group),
        down=unit.plain(part_value(down)),
        loss=criterion_name(phrases, down.criterion),
        up=unit.plain(part_value(up)),
        gain=criterion_name(phrases, up.criterion),
    )


def _open(context: Context, rows: Sequence[GapDecomposition]) -> list[Block]:
    """Gaps that chance could make, in one list: nothing is said to carry them."""
    phrases = context.phrases
    if not rows:
        return []
    items = []
    for row in rows:
        kind = "rate" if row.target == "selection_rate" else "score"
        gap = _measured(context, row.gap, unit_of(context, row.target, amounts_of(row)))
        text = phrases.say(f"drivers.gap.open.{kind}", gap=gap, **pair(phrases, row))
        items.append(" ".join(part for part in (text, _hidden(context, row)) if part))
    return [Paragraph(phrases.say("drivers.gap.open")), ListBlock(said_all(context, items))]


def _quiet(context: Context, quiet: Sequence[Sequence[GapDecomposition]]) -> list[Block]:
    """Pairs of groups where nothing shows, in one sentence: the short table holds them."""
    phrases = context.phrases
    if not quiet:
        return []
    names = [phrases.say("drivers.birth.row", **pair(phrases, rows[0])) for rows in quiet]
    text = phrases.say("drivers.gap.quiet", groups=phrases.listed(names))
    return [Paragraph(said(context, text))]


def _figure(context: Context, row: GapDecomposition, id_: str) -> Figure:
    phrases = context.phrases
    unit = unit_of(context, row.target, amounts_of(row))
    parts = shown_parts(row)[:ROWS_IN_FIGURE]
    places = pair(phrases, row)
    kind = "rate" if row.target == "selection_rate" else "score"
    caption = phrases.say(f"drivers.gap.caption.{kind}", **places)
    bars = [
        Bar(
            criterion_name(phrases, part.criterion),
            unit.signed(part_value(part)),
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
    """What is worth a drawing, in decisions sooner than scores.

    A gap that chance does not make; else one in which two parts that chance does not make cancel.
    """
    found = [row for t in reversed(TARGETS) if (row := _main(rows, t)) is not None]
    return next((row for row in found if _is_sure(row) or _opposites(row) is not None), None)


def _meaning(context: Context) -> Note:
    """What a decomposition is and is not, before any of its numbers."""
    phrases = context.phrases
    names = ("how", "baselines", "never", "removed")
    texts = [phrases.say(f"drivers.gap.{name}") for name in names]
    model = context.result.model
    if model is not None and any(
        part.criterion == POOLS for row in model.gaps for part in row.parts
    ):
        texts.insert(2, phrases.say("drivers.gap.pools"))
    return Note(phrases.say("drivers.gap.never.title"), tuple(texts), kind="caution")


def gap_section(context: Context) -> Section | None:
    """What the parts mean, sentences, one figure and one table for each gap; None without any."""
    phrases, model = context.phrases, context.result.model
    pairs = {} if model is None else by_pair(model.gaps)
    pairs = {key: rows for key, rows in pairs.items() if any(r.gap.value is not None for r in rows)}
    if not pairs:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("drivers.gap.intro")), _meaning(context)]
    told = [
        found
        for rows in pairs.values()
        for target in TARGETS
        if (found := _main(rows, target)) is not None
    ]
    quiet = [rows for rows in pairs.values() if _drawn(rows) is None]
    silent = {id(row) for rows in quiet for row in rows}
    sure = [row for row in told if _is_sure(row)]
    if sure:
        blocks.append(ListBlock(said_all(context, [_sentence(context, row) for row in sure])))
    blocks += _open(context, [row for row in told if not _is_sure(row) and id(row) not in silent])
    blocks += _quiet(context, quiet)
    order = _order(context, list(pairs.values()))
    if order is not None:
        blocks.append(order)
    drawn, short = 0, []
    for place, rows in enumerate(pairs.values(), 1):
        id_ = f"drivers-gap-{place}"
        row = _drawn(rows)
        if row is None:
            short += [one for target in TARGETS if (one := _main(rows, target)) is not None]
            continue
        if drawn < FIGURES:
            blocks.append(_figure(context, row, id_))
            drawn += 1
        blocks.append(gap_table(context, rows, id_))
    if short:
        corner = phrases.say("drivers.column.criterion")
        blocks += narrow(phrases, short_table(context, short), corner=corner)
    return Section("drivers-gap", "", phrases.say("section.drivers.gap"), tuple(blocks))
