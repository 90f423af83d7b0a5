"""Situation testing: the discordant pairs first, then how sure."""

from __future__ import annotations

from algo_audit.fairness.pairs import PairTable
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_HEADS = ("groups", "reference_only", "group_only", "both", "neither", "pairs", "difference", "p")


def _sentence(phrases: Phrases, table: PairTable) -> str:
    places = {
        "group": phrases.group(table.group),
        "reference": phrases.group(table.reference),
    }
    if table.group_only is None or table.reference_only is None or table.difference is None:
        return phrases.say("pairs.sentence.hidden", **places)
    discordant = table.group_only + table.reference_only
    if discordant == 0:
        return phrases.say("pairs.sentence.alike", **places, pairs=phrases.whole(table.pairs))
    return phrases.say(
        "pairs.sentence",
        **places,
        discordant=phrases.whole(discordant),
        pairs=phrases.whole(table.pairs),
        reference_only=phrases.whole(table.reference_only),
        group_only=phrases.whole(table.group_only),
        difference=phrases.measured(table.difference, phrases.points),
        p=phrases.p_said(table.p_value),
    )


def _row(phrases: Phrases, table: PairTable) -> tuple[Cell, ...]:
    names = {"group": phrases.group(table.group), "reference": phrases.group(table.reference)}
    return (
        Cell(phrases.say("column.against", **names)),
        phrases.count_cell(table.reference_only),
        phrases.count_cell(table.group_only),
        phrases.count_cell(table.both),
        phrases.count_cell(table.neither),
        phrases.count_cell(table.pairs),
        phrases.interval_cell(table.difference, phrases.points),
        Cell(phrases.p_value(table.p_value), table.p_value, numeric=True),
    )


def pairs(context: Context) -> Section | None:
    """Every group against its reference, pair by pair; None where the file has no pairs."""
    phrases, tables = context.phrases, context.result.pairs
    if not tables:
        return None
    column = phrases.quoted(tables[0].column)
    blocks: list[Block] = [
        Paragraph(phrases.say("pairs.intro", column=column)),
        ListBlock(tuple(_sentence(phrases, table) for table in tables)),
        Table(
            "pairs-table",
            phrases.say("pairs.caption"),
            tuple(phrases.say(f"pairs.column.{name}") for name in _HEADS),
            tuple(_row(phrases, table) for table in tables),
            (phrases.say("pairs.note"),),
        ),
    ]
    left = sum(table.incomplete or 0 for table in tables)
    if left:
        blocks.append(
            Paragraph(phrases.counted("pairs.incomplete", left, count=phrases.whole(left)))
        )
    blocks.append(Note(phrases.say("pairs.reading.title"), (phrases.say("pairs.reading"),)))
    return Section("pairs", "", phrases.say("section.pairs"), tuple(blocks))
