"""Who was decided on: groups and headcounts, unknowns and their bounds, rows set aside."""

from __future__ import annotations

from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, Note, Paragraph, Section, Table


def _heads(context: Context, *names: str) -> tuple[str, ...]:
    return tuple(context.phrases.say(f"column.{name}") for name in names)


def _groups(context: Context, attribute: str, place: int) -> Table:
    phrases = context.phrases
    groups = context.groups(attribute)
    whole = context.result.source.rows_used
    rows = []
    for group in groups:
        share = group.n / whole if whole and group.n is not None else None
        status = {"used": "", "small": "small", "unknown": "unknown_status"}[group.status]
        rows.append(
            (
                Cell(phrases.group(group.group)),
                phrases.count_cell(group.n),
                phrases.number_cell(share, phrases.percent),
                phrases.count_cell(group.events),
                phrases.interval_cell(group.rate, phrases.percent),
                Cell(phrases.say(f"word.{status}") if status else phrases.absent),
            )
        )
    caption = phrases.say("population.caption", attribute=phrases.quoted(attribute))
    heads = _heads(context, "group", "people", "share", "favourable", "rate", "status")
    notes = tuple(
        phrases.say("population.host", group=phrases.group(group.group))
        for group in groups
        if (attribute, group.group) in context.hosts
    )
    return Table(f"population-{place}", caption, heads, tuple(rows), notes)


def _unknown(context: Context) -> Section:
    phrases = context.phrases
    title = phrases.say("section.population.unknown")
    unknowns = [row for row in context.result.unknowns if row.n is None or row.n > 0]
    if not unknowns:
        blocks: tuple[Block, ...] = (Paragraph(phrases.say("population.unknown.none")),)
        return Section("population-unknown", "", title, blocks)
    sentences: list[Block] = []
    rows = []
    for unknown in unknowns:
        attribute = phrases.quoted(unknown.attribute)
        sentences.append(
            Paragraph(
                phrases.say(
                    "population.unknown.sentence",
                    attribute=attribute,
                    n=phrases.whole(unknown.n),
                    share=phrases.percent(unknown.share),
                    events=phrases.whole(unknown.events),
                )
            )
        )
        rows += [
            (
                Cell(attribute),
                Cell(phrases.group(bound.group)),
                phrases.number_cell(bound.rate, phrases.percent),
                phrases.number_cell(bound.low, phrases.percent),
                phrases.number_cell(bound.high, phrases.percent),
            )
            for bound in unknown.bounds
        ]
    blocks = tuple(sentences)
    if rows:
        heads = _heads(context, "attribute", "group", "rate", "low", "high")
        caption = phrases.say("population.unknown.caption")
        table = Table("unknown-bounds", caption, heads, tuple(rows))
        blocks += (Paragraph(phrases.say("population.unknown.intro")), table)
    return Section("population-unknown", "", title, blocks)


def set_aside(context: Context) -> Section:
    """Rows left out of everything, with the reason."""
    phrases = context.phrases
    title = phrases.say("section.population.aside")
    aside = context.result.source.rows_set_aside
    if not aside:
        text = phrases.say("population.aside.none")
        return Section("population-aside", "", title, (Paragraph(text),))
    rows = tuple(
        (Cell(phrases.coded("set_aside", row.reason)), phrases.count_cell(row.rows))
        for row in aside
    )
    heads = _heads(context, "reason", "rows")
    table = Table("set-aside", phrases.say("population.aside.caption"), heads, rows)
    return Section("population-aside", "", title, (table,))


def singled_out(context: Context) -> tuple[Section, ...]:
    """A warning where a few columns tell most people apart."""
    phrases, found = context.phrases, context.result.singled_out
    if found is None:
        return ()
    said = phrases.say(
        "population.singled",
        columns=phrases.listed([phrases.quoted(name) for name in found.columns]),
        singled=phrases.whole(found.singled),
        people=phrases.whole(found.people),
        share=phrases.percent(found.singled / found.people),
    )
    texts = (said, phrases.say("population.singled.means"), phrases.say("population.singled.do"))
    note = Note(phrases.say("population.singled.title"), texts, "caution")
    title = phrases.say("section.population.singled")
    return (Section("population-singled", "", title, (note,)),)


def population(context: Context) -> Section:
    """Headcounts of every single attribute, unknowns, rows set aside."""
    phrases, source = context.phrases, context.result.source
    # of a table already counted, a line is no decision
    key = "population.intro" if context.result.roles.count is None else "population.intro.counted"
    intro = phrases.say(key, used=phrases.whole(source.rows_used), rows=phrases.whole(source.rows))
    tables = tuple(
        _groups(context, attribute, place) for place, attribute in enumerate(context.attributes, 1)
    )
    sections = (
        Section("population-groups", "", phrases.say("section.population.groups"), tables),
        _unknown(context),
        set_aside(context),
        *singled_out(context),
    )
    title = phrases.say("section.population")
    return Section("population", "", title, (Paragraph(intro),), sections)
