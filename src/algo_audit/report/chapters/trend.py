"""The gap year by year: chart, table, one sentence for each group."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.trend import trend as draw
from algo_audit.fairness.trend import Trend, TrendSlope, YearCount, YearGap
from algo_audit.report.context import Context
from algo_audit.report.document import (
    Block,
    Cell,
    Figure,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases

_DRAWN = 2  # groups of one attribute: those with the most decisions


def period_name(years: Sequence[int]) -> str:
    """A year, or the first and the last of several told together."""
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _said(phrases: Phrases, slope: TrendSlope) -> str:
    """By how much the gap moves in a year, and whether that is more than chance."""
    moves = slope.slope.low > 0 or slope.slope.high < 0
    return phrases.say(
        "trend.slope.moves" if moves else "trend.slope.unclear",
        group=phrases.group(slope.group),
        reference=phrases.group(slope.reference),
        slope=phrases.points(slope.slope.value),
        interval=phrases.span(slope.slope, phrases.points),
        years=phrases.whole(slope.years),
    )


def _table(phrases: Phrases, found: Trend, attribute: str, id_: str) -> Table:
    gaps = {(g.group, g.years): g for g in found.gaps if g.attribute == attribute}
    counts = [count for count in found.counts if count.attribute == attribute]
    order = list(dict.fromkeys(count.years for count in counts))
    rows = tuple(
        _row(phrases, count, gaps.get((str(count.group), count.years)))
        for count in sorted(counts, key=lambda one: order.index(one.years))
        if count.n
    )
    names = ("year", "group", "n", "events", "rate", "difference")
    heads = tuple(phrases.say(f"trend.column.{name}") for name in names)
    caption = phrases.say("trend.table.caption", attribute=phrases.quoted(attribute))
    notes = [phrases.say("trend.table.note")]
    if any(name == attribute for name, _ in found.hosts):
        notes.append(phrases.say("stages.counts.hosts"))
    return Table(id_, caption, heads, rows, tuple(notes))


def _row(phrases: Phrases, count: YearCount, gap: YearGap | None) -> tuple[Cell, ...]:
    return (
        Cell(period_name(count.years)),
        Cell(phrases.group(count.group)),
        phrases.count_cell(count.n),
        phrases.count_cell(count.events),
        phrases.number_cell(count.events / count.n, phrases.percent),
        phrases.interval_cell(None if gap is None else gap.difference, phrases.points),
    )


def _charts(phrases: Phrases, found: Trend, attribute: str, id_: str) -> list[Figure]:
    """The groups with the most decisions, one chart each."""
    people: dict[str, int] = {}
    for count in found.counts:
        if count.attribute == attribute and count.group is not None:
            people[count.group] = people.get(count.group, 0) + count.n
    groups = list(dict.fromkeys(g.group for g in found.gaps if g.attribute == attribute))
    figures = []
    for place, group in enumerate(sorted(groups, key=lambda one: -people[one])[:_DRAWN], 1):
        gaps = [g for g in found.gaps if (g.attribute, g.group) == (attribute, group)]
        if sum(gap.difference is not None for gap in gaps) > 1:
            figures.append(_chart(phrases, gaps, f"{id_}-chart-{place}"))
    return figures


def _chart(phrases: Phrases, gaps: Sequence[YearGap], id_: str) -> Figure:
    names = {
        "group": phrases.group(gaps[0].group),
        "reference": phrases.group(gaps[0].reference),
    }
    caption = phrases.say("trend.chart.caption", **names)
    told = phrases.listed(
        [
            phrases.say(
                "trend.chart.told",
                year=period_name(gap.years),
                difference=phrases.points(gap.difference.value),
            )
            for gap in gaps
            if gap.difference is not None
        ]
    )
    rows = tuple(
        (Cell(period_name(gap.years)), phrases.interval_cell(gap.difference, phrases.points))
        for gap in gaps
    )
    heads = (phrases.say("trend.column.year"), phrases.say("trend.column.difference"))
    words = {
        "difference": phrases.say("trend.column.difference"),
        "hidden": phrases.say("trend.too_few"),
    }
    return figure_block(
        draw(gaps, lettering=phrases.lettering(**words), name=lambda gap: period_name(gap.years)),
        caption=caption,
        alternative=phrases.say("trend.chart.alternative", told=told, **names),
        data=Table(f"{id_}-data", caption, heads, rows),
    )


def trend(context: Context) -> Section | None:
    """The gap by year; None without dates of more than one year."""
    phrases, found = context.phrases, context.result.trend
    if found is None:
        return None
    blocks: list[Block] = [
        Paragraph(phrases.say("trend.intro", column=phrases.quoted(found.column)))
    ]
    if found.slopes:
        blocks.append(ListBlock(tuple(_said(phrases, slope) for slope in found.slopes)))
    if any(len(count.years) > 1 for count in found.counts):
        blocks.append(Paragraph(phrases.say("trend.merged", threshold=phrases.threshold)))
    names = dict.fromkeys(count.attribute for count in found.counts)
    for place, name in enumerate(names, 1):
        id_ = f"trend-{place}"
        blocks += _charts(phrases, found, name, id_)
        blocks.append(_table(phrases, found, name, f"{id_}-table"))
    texts = (phrases.say("trend.reading"),)
    blocks.append(Note(phrases.say("trend.reading.title"), texts, "caution"))
    return Section("trend", "", phrases.say("section.trend"), tuple(blocks))
