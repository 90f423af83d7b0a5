"""The French equality index beside our figures: two rulers, never one figure."""

from __future__ import annotations

from algo_audit.cases.anchors import load_anchors
from algo_audit.fairness.french_index import FrenchIndex
from algo_audit.report.chapters.anchors import status_words
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table

_ANCHOR = "fr-index-raises"
_HEADS = ("category", "women", "women_chosen", "men", "men_chosen", "gap", "valid")


def _source(context: Context) -> Paragraph:
    """The legal reference, with its status and whether it was checked."""
    phrases = context.phrases
    anchor = next(one for one in load_anchors() if one.id == _ANCHOR)
    text = phrases.say(
        "index.source",
        citation=anchor.citation(phrases.language),
        status=status_words(phrases, anchor),
    )
    return Paragraph(text, "small")


def _result(context: Context, found: FrenchIndex) -> list[str]:
    phrases = context.phrases
    if found.missing_reason is not None:
        places = {"people": phrases.whole(found.people)}
        if found.coverage is not None:
            places["coverage"] = phrases.percent(found.coverage)
        return [phrases.say(f"index.missing.{found.missing_reason}", **places)]
    said = []
    if found.gap is not None:
        said.append(phrases.say("index.gap", gap=phrases.points(found.gap / 100)))
    if found.gap_people is not None:
        people = phrases.formats.number(abs(found.gap_people), 1)
        said.append(phrases.say("index.gap_people", people=people))
    said.append(
        phrases.say(
            f"index.points.{found.kind if found.rule == 'categories' else 'both'}",
            points=phrases.whole(found.points),
            most=phrases.whole(found.points_most),
        )
    )
    return said


def _rule(context: Context, found: FrenchIndex) -> str:
    phrases = context.phrases
    places = {"people": phrases.whole(found.people)}
    if found.rule == "categories":
        places["category"] = phrases.quoted(found.category or "")
        places["valid"] = phrases.whole(found.valid)
        places["coverage"] = phrases.percent(found.coverage)
    key = f"index.rule.{found.rule}"
    if found.rule == "categories" and found.category is None:
        key += ".none"
    return phrases.say(key, **places)


def _table(context: Context, found: FrenchIndex) -> Table:
    phrases = context.phrases
    rows = tuple(
        (
            Cell(phrases.group(one.name or None)),
            phrases.count_cell(one.women),
            phrases.count_cell(one.women_chosen),
            phrases.count_cell(one.men),
            phrases.count_cell(one.men_chosen),
            phrases.number_cell(None if one.gap is None else one.gap / 100, phrases.points),
            Cell(phrases.say("index.yes" if one.valid else "index.no")),
        )
        for one in found.categories
    )
    heads = tuple(phrases.say(f"index.column.{name}") for name in _HEADS)
    return Table("french-index-table", phrases.say("index.caption"), heads, rows)


def french_index(context: Context) -> Section | None:
    """Gap and marks of the index; None where the outcome was not declared as one it looks at."""
    phrases, found = context.phrases, context.result.french_index
    if found is None:
        return None
    blocks: list[Block] = [
        Paragraph(phrases.say(f"index.intro.{found.kind}"), "lead"),
        Paragraph(_rule(context, found)),
        ListBlock(tuple(_result(context, found))),
    ]
    if found.rule == "categories" and found.categories:
        blocks.append(_table(context, found))
    blocks.append(Note(phrases.say("index.compare.title"), (phrases.say("index.compare"),)))
    blocks.append(_source(context))
    return Section("french-index", "", phrases.say("section.index"), tuple(blocks))
