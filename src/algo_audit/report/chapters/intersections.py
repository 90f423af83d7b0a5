"""Crossings of attributes: gaps that no single attribute shows."""

from __future__ import annotations

from algo_audit.report.chapters.gaps import comparison_blocks, rate_figure
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Paragraph, Section


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
        if stratum is None or any(c.family == "primary" for c in comparisons):
            table_id = f"{id_}-{place}"
            blocks += comparison_blocks(context, attribute, stratum, comparisons, id=table_id)
    title = phrases.say("section.gaps.attribute", attribute=phrases.quoted(attribute))
    return Section(id_, "", title, tuple(blocks))


def intersections(context: Context) -> Section | None:
    """One section for each crossing; None where a single attribute was declared."""
    if not context.crossings:
        return None
    phrases = context.phrases
    return Section(
        "intersections",
        "",
        phrases.say("section.intersections"),
        (Paragraph(phrases.say("intersections.intro")),),
        tuple(_crossing(context, attribute) for attribute in context.crossings),
    )
