"""Crossings of attributes: gaps that no single attribute shows."""

from __future__ import annotations

from algo_audit.report.chapters.gaps import comparison_blocks, rate_figure
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, Paragraph, Section, Table

_ROWS = 12


def _lowest(context: Context, attribute: str) -> list[Block]:
    """The lowest rate of a crossing, in one sentence, among the groups that may be compared."""
    phrases = context.phrases
    comparisons = [
        c
        for c in context.compared(attribute).get(None, [])
        if c.value is not None and c.reference_value is not None
    ]
    if not comparisons:
        return []
    lowest = min(comparisons, key=lambda c: c.value or 0.0)
    text = phrases.say(
        "intersections.worse",
        attribute=phrases.quoted(attribute),
        group=phrases.group(lowest.group),
        rate=phrases.percent(lowest.value),
        reference=phrases.reference(lowest.reference),
        reference_rate=phrases.percent(lowest.reference_value),
    )
    return [Paragraph(text)]


def _crossing(context: Context, attribute: str) -> Section:
    phrases = context.phrases
    id_ = context.section_of(attribute)
    blocks: list[Block] = [*_lowest(context, attribute)]
    blocks.append(rate_figure(context, attribute, id=f"rates-{id_}"))
    found = context.compared(attribute)
    for place, (stratum, comparisons) in enumerate(found.items(), 1):
        if stratum in (None, context.pool) or any(c.family == "primary" for c in comparisons):
            table_id = f"{id_}-{place}"
            blocks += comparison_blocks(context, attribute, stratum, comparisons, id=table_id)
    title = phrases.say("section.gaps.attribute", attribute=phrases.quoted(attribute))
    return Section(id_, "", title, tuple(blocks))


def _parts(context: Context) -> Section | None:
    """Crossings that lie lowest against what their two parts lead one to expect."""
    phrases = context.phrases
    known = [row for row in context.result.intersections if row.ratio_to_expected is not None]
    if not known:
        return None
    lowest = sorted(known, key=lambda row: (not row.worse, row.p_adjusted))[:_ROWS]
    blocks: list[Block] = [Paragraph(phrases.say("intersections.parts"))]
    blocks += [
        Paragraph(
            phrases.say(
                "intersections.parts.worse",
                attribute=phrases.quoted(row.attribute),
                group=phrases.group(row.group),
                rate=phrases.percent(row.rate),
                expected=phrases.percent(row.expected_product),
            )
        )
        for row in lowest
        if row.worse
    ]
    if len(blocks) == 1:
        blocks.append(Paragraph(phrases.say("intersections.parts.none")))
    rows = tuple(
        (
            Cell(phrases.group(row.group)),
            phrases.count_cell(row.n),
            phrases.number_cell(row.rate, phrases.percent),
            Cell(" / ".join(phrases.percent(rate) for rate in row.rates_of_parts), numeric=True),
            phrases.number_cell(row.expected_product, phrases.percent),
            phrases.interval_cell(row.difference_to_expected, phrases.points),
            phrases.number_cell(row.p_adjusted, phrases.p_value),
        )
        for row in lowest
    )
    heads = tuple(
        phrases.say(f"column.{name}")
        for name in ("group", "people", "rate", "parts", "expected", "to_expected", "q")
    )
    blocks.append(Table("crossing-parts", phrases.say("intersections.parts.caption"), heads, rows))
    title = phrases.say("section.intersections.worse")
    return Section("intersections-parts", "", title, tuple(blocks))


def intersections(context: Context) -> Section | None:
    """Against their parts, then one section for each crossing; None with a single attribute."""
    if not context.crossings:
        return None
    phrases = context.phrases
    parts = _parts(context)
    crossings = [_crossing(context, attribute) for attribute in context.crossings]
    return Section(
        "intersections",
        "",
        phrases.say("section.intersections"),
        (Paragraph(phrases.say("intersections.intro")),),
        (*crossings, *(() if parts is None else (parts,))),
    )
