"""What stands around the figures of a numeric outcome: questions, people, how to read, method."""

from __future__ import annotations

from algo_audit.data.limits import read_limits
from algo_audit.report.amount_words import AmountForms
from algo_audit.report.chapters.population import set_aside, singled_out
from algo_audit.report.chapters.reading_guide import verdict_table
from algo_audit.report.context import Context
from algo_audit.report.document import (
    Cell,
    Definitions,
    ListBlock,
    Paragraph,
    Section,
    Table,
)

_VERDICTS = (
    "gap_established",
    "small_gap_established",
    "large_gap_excluded",
    "inconclusive",
    "lead",
    "not_shown",
)
_NUMBERS = ("mean", "median", "marks", "pairs", "interval")
_METHOD = (
    "groups",
    "superiority",
    "small",
    "mean",
    "median",
    "strata",
    "detectable",
    "family",
    "margin",
)
_SOURCES = ("brunner", "neubert", "welch", "price", "elteren", "holm", "benjamini")
_TERMS = ("group", "reference", "interval", "p", "q", "stratum")


def amount_intro(context: Context) -> str:
    """How many amounts are compared, and which end is worse for the person."""
    phrases, result = context.phrases, context.result
    assert result.amounts is not None
    return phrases.say(
        f"amounts.examined.{result.amounts.worse}",
        used=phrases.whole(result.source.rows_used),
        file=phrases.quoted(result.source.name),
        column=phrases.quoted(result.amounts.column),
    )


def averaged(context: Context) -> str:
    """How many people the rows are of, where each counts once."""
    phrases, result = context.phrases, context.result
    assert result.amounts is not None
    assert result.amounts.averaged is not None
    return phrases.say(
        "amounts.averaged",
        rows=phrases.whole(result.source.rows_used),
        people=phrases.whole(result.amounts.averaged),
    )


def amount_margin(context: Context) -> str:
    """The margin in the outcome's unit, or that there is none."""
    phrases, result = context.phrases, context.result
    assert result.amounts is not None
    margin = result.policy.margin_amount
    if margin is None:
        return phrases.say("amounts.margin.none")
    forms = AmountForms.of(phrases, result.amounts)
    text = phrases.say("amounts.margin", margin=forms.gap(margin).lstrip("+"))
    source = phrases.typeset(result.policy.margin_source)
    return f"{text} {phrases.say('examined.margin.source', source=source)}" if source else text


def amount_people(context: Context) -> Section:
    """Headcounts by attribute, those whose group is unknown, rows set aside."""
    phrases, result = context.phrases, context.result
    assert result.amounts is not None
    whole = result.amounts.averaged or result.source.rows_used
    tables = []
    names = dict.fromkeys(g.attribute for g in result.amounts.groups)
    for place, name in enumerate(names, 1):
        rows = tuple(
            (
                Cell(phrases.group(group.group)),
                phrases.count_cell(group.n),
                phrases.number_cell(
                    None if group.n is None or not whole else group.n / whole, phrases.percent
                ),
                Cell(
                    phrases.say(f"amounts.status.{group.status}")
                    if group.n is not None
                    else phrases.absent
                ),
            )
            for group in result.amounts.groups
            if group.attribute == name
        )
        caption = phrases.say("population.caption", attribute=phrases.quoted(name))
        heads = tuple(
            phrases.say(f"column.{head}") for head in ("group", "people", "share", "status")
        )
        tables.append(Table(f"population-{place}", caption, heads, rows))
    intro = phrases.say(
        "amounts.people",
        used=phrases.whole(result.source.rows_used),
        rows=phrases.whole(result.source.rows),
    )
    sections = (
        Section("population-groups", "", phrases.say("section.population.groups"), tuple(tables)),
        set_aside(context),
        *singled_out(context),
    )
    title = phrases.say("section.amounts.people")
    said = [intro] if result.amounts.averaged is None else [intro, averaged(context)]
    blocks = tuple(Paragraph(text) for text in said)
    return Section("population", "", title, blocks, sections)


def amount_reading(context: Context) -> Section:
    """The few figures of this report in plain words, then the verdicts."""
    phrases = context.phrases
    numbers = ListBlock(tuple(phrases.say(f"amounts.reading.{name}") for name in _NUMBERS))
    sections = (
        Section("reading-numbers", "", phrases.say("section.amounts.numbers"), (numbers,)),
        verdict_table(context, _VERDICTS),
    )
    blocks = (Paragraph(phrases.say("reading.words")),)
    return Section("reading", "", phrases.say("section.reading"), blocks, sections)


def amount_method(context: Context) -> Section:
    """How every figure was worked out, sources, words used."""
    phrases, limits = context.phrases, read_limits()
    places = {
        "level": phrases.formats.percent(limits.levels.family_wise, 0),
        "discovery": phrases.formats.percent(limits.levels.false_discovery, 0),
        "compared": phrases.whole(limits.groups.compared_from),
        "reference": phrases.whole(limits.groups.reference_from),
        "permuted": phrases.whole(limits.amounts.permutation_below),
        "draws": phrases.whole(limits.resampling.permutations),
        "threshold": phrases.threshold,
    }
    items = [phrases.say(f"method.amounts.{name}", **places) for name in _METHOD]
    privacy = "amounts.privacy" if phrases.threshold is not None else "privacy.full"
    items.append(phrases.say(f"method.{privacy}", **places))
    sources = ListBlock(tuple(phrases.say(f"source.{name}") for name in _SOURCES))
    terms = tuple(
        (phrases.say(f"glossary.{name}.term"), phrases.say(f"amounts.glossary.{name}"))
        for name in _TERMS
    )
    parts = (
        ("formulas", ListBlock(tuple(items))),
        ("sources", sources),
        ("glossary", Definitions(terms)),
    )
    sections = tuple(
        Section(f"method-{name}", "", phrases.say(f"section.method.{name}"), (block,))
        for name, block in parts
    )
    intro = (Paragraph(phrases.say("method.intro")),)
    return Section("method", "", phrases.say("section.method"), intro, sections)
