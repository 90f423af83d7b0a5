"""Advice and decision: how often the system is followed, and what people change."""

from __future__ import annotations

from algo_audit.fairness.advice import Advice, AdviceGap, GroupAdvice
from algo_audit.report.chapters.trend import period_name
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_GROUP_HEADS = ("attribute", "group", "people", "advised", "followed", "lowered", "raised")
_GAP_HEADS = ("attribute", "groups", "advice", "decision")
_NEARLY_ALWAYS = 0.95  # share followed from which people hardly decide (opening value, C12)


def _everyone(phrases: Phrases, found: Advice) -> list[str]:
    row = found.everyone
    if row.followed.value is None:
        return []
    said = [
        phrases.say(
            "advice.everyone",
            column=phrases.quoted(found.column),
            followed=phrases.measured(row.followed, phrases.percent),
            n=phrases.whole(row.n),
            lowered=phrases.whole(row.lowered),
            raised=phrases.whole(row.raised),
        )
    ]
    key = "advice.nearly_always" if row.followed.value >= _NEARLY_ALWAYS else "advice.not_always"
    said.append(phrases.say(key))
    return said


def _gap_sentence(phrases: Phrases, gap: AdviceGap) -> str:
    widens = abs(gap.decided.value) > abs(gap.advised.value)
    return phrases.say(
        "advice.gap.wider" if widens else "advice.gap.narrower",
        group=phrases.group(gap.group),
        reference=phrases.group(gap.reference),
        advised=phrases.points(gap.advised.value),
        decided=phrases.points(gap.decided.value),
    )


def _group_row(phrases: Phrases, row: GroupAdvice) -> tuple[Cell, ...]:
    return (
        Cell(phrases.quoted(row.attribute or "")),
        Cell(phrases.group(row.group)),
        phrases.count_cell(row.n),
        phrases.count_cell(row.advised),
        phrases.interval_cell(row.followed, phrases.percent),
        phrases.interval_cell(row.lowered_rate, phrases.percent),
        phrases.interval_cell(row.raised_rate, phrases.percent),
    )


def _gap_row(phrases: Phrases, gap: AdviceGap) -> tuple[Cell, ...]:
    names = {"group": phrases.group(gap.group), "reference": phrases.group(gap.reference)}
    return (
        Cell(phrases.quoted(gap.attribute)),
        Cell(phrases.say("column.against", **names)),
        phrases.interval_cell(gap.advised, phrases.points),
        phrases.interval_cell(gap.decided, phrases.points),
    )


def _tables(phrases: Phrases, found: Advice) -> list[Block]:
    blocks: list[Block] = []
    if found.groups:
        heads = tuple(phrases.say(f"advice.column.{name}") for name in _GROUP_HEADS)
        rows = tuple(_group_row(phrases, row) for row in found.groups)
        notes = (phrases.say("advice.groups.note"),)
        caption = phrases.say("advice.groups.caption")
        blocks.append(Table("advice-groups", caption, heads, rows, notes))
    if found.gaps:
        heads = tuple(phrases.say(f"advice.column.{name}") for name in _GAP_HEADS)
        rows = tuple(_gap_row(phrases, gap) for gap in found.gaps)
        notes = (phrases.say("advice.gaps.note"),)
        caption = phrases.say("advice.gaps.caption")
        blocks.append(Table("advice-gaps", caption, heads, rows, notes))
    return blocks


def _years(phrases: Phrases, found: Advice) -> Table:
    """How often the advice was followed, year by year."""
    heads = tuple(phrases.say(f"advice.column.{name}") for name in ("year", "people", "followed"))
    rows = tuple(
        (
            Cell(period_name(year.years)),
            phrases.count_cell(year.n),
            phrases.interval_cell(year.share, phrases.percent),
        )
        for year in found.years
    )
    notes = (phrases.say("advice.years.note"),)
    return Table("advice-years", phrases.say("advice.years.caption"), heads, rows, notes)


def advice(context: Context) -> Section | None:
    """Follow and override rates by group; None without a column of advice."""
    phrases, found = context.phrases, context.result.advice
    if found is None:
        return None
    blocks: list[Block] = [Paragraph(text) for text in _everyone(phrases, found)]
    if found.gaps:
        blocks.append(ListBlock(tuple(_gap_sentence(phrases, gap) for gap in found.gaps)))
    blocks += _tables(phrases, found)
    if found.years:
        blocks.append(_years(phrases, found))
    if found.deciders is not None:
        seen = found.deciders
        text = phrases.say(
            "advice.deciders",
            number=phrases.whole(seen.number),
            cases=phrases.whole(seen.cases_at_least),
            lowest=phrases.percent(seen.lowest),
            middle=phrases.percent(seen.middle),
            highest=phrases.percent(seen.highest),
        )
        blocks.append(Paragraph(text))
    blocks.append(
        Note(phrases.say("advice.reading.title"), (phrases.say("advice.reading"),), "legal")
    )
    return Section("advice", "", phrases.say("section.advice"), tuple(blocks))
