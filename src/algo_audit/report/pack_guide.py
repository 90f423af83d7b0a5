"""The facilitator's guide of a case: running order, answers, what is planted, what misleads."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.cases.case import Case
from algo_audit.cases.truth import Planted, read_truth
from algo_audit.cases.ways import Way
from algo_audit.cases.workshop_files import DocumentsFile, PackFile, VendorFile, read_file
from algo_audit.report.document import (
    Block,
    Cell,
    Document,
    Language,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.pack_words import items_of, line_of, pack_document, text_blocks, value_of
from algo_audit.report.phrases import Phrases
from algo_audit.report.wide_tables import narrow

# Steps of a session with their minutes; the sixty minutes are the cut list of the ninety.
ORDERS: dict[str, tuple[tuple[str, int], ...]] = {
    "60": (("opening", 5), ("cards", 15), ("report", 20), ("reveal", 15), ("close", 5)),
    "90": (
        ("opening", 5),
        ("warm_up", 10),
        ("cards", 10),
        ("report", 25),
        ("vendor", 15),
        ("reveal", 15),
        ("close", 10),
    ),
    "half_day": (
        ("opening", 10),
        ("warm_up", 15),
        ("cards", 20),
        ("report", 45),
        ("pause", 15),
        ("vendor", 25),
        ("negotiate", 45),
        ("vote", 10),
        ("reveal", 20),
        ("close", 5),
    ),
}


def build_guide(case: Case, ways: Sequence[Way], language: Language) -> Document:
    """The guide, for the facilitator alone: it tells what is planted.

    Parameters
    ----------
    case : Case
        A built-in case with all its files.
    ways : sequence of Way
        From ``cases.ways.compare_ways``.
    language : {"fr", "en"}
    """
    phrases = Phrases(language, "full", None)
    pack = read_file(case.key, PackFile)
    sections = (
        _opening(phrases, pack),
        _orders(phrases),
        _stakes(phrases, case),
        _questions(phrases, pack),
        _truth(phrases, case),
        _misleads(phrases, pack),
        _documents(phrases, case),
        _ways(phrases, pack, ways),
    )
    return pack_document(phrases, case, "guide", sections, banner="pack.banner.guide")


def _opening(phrases: Phrases, pack: PackFile) -> Section:
    blocks = (
        Paragraph(phrases.say("pack.opening.how"), "lead"),
        *text_blocks(phrases, pack.opening),
    )
    return Section("pack-opening", "", phrases.say("pack.opening"), blocks)


def _orders(phrases: Phrases) -> Section:
    heads = tuple(phrases.say(f"pack.order.{one}") for one in ("from", "minutes", "step", "how"))
    tables = []
    for name, steps in ORDERS.items():
        rows, clock = [], 0
        for step, minutes in steps:
            cells = (phrases.whole(clock), phrases.whole(minutes))
            words = (phrases.say(f"pack.step.{step}"), phrases.say(f"pack.step.{step}.how"))
            rows.append(tuple(Cell(text) for text in (*cells, *words)))
            clock += minutes
        caption = phrases.say(f"pack.order.{name}", minutes=phrases.whole(clock))
        tables.append(Table(f"pack-order-{name}", caption, heads, tuple(rows)))
    note = Note(phrases.say("pack.order.cut"), (phrases.say("pack.order.cut.text"),), "tip")
    return Section("pack-orders", "", phrases.say("pack.orders"), (*tables, note))


def _stakes(phrases: Phrases, case: Case) -> Section:
    assert case.study is not None
    heads = (phrases.say("pack.actor"), phrases.say("pack.stake"))
    rows = tuple(
        (
            Cell(phrases.typeset(one.name[phrases.language])),
            Cell(phrases.typeset(one.stake[phrases.language])),
        )
        for one in case.study.actors
    )
    table = Table("pack-actors", phrases.say("pack.actors.caption"), heads, rows)
    clauses = Paragraph(phrases.say("pack.clauses", clauses=phrases.listed(case.study.clauses)))
    return Section("pack-actors", "", phrases.say("pack.actors"), (table, clauses))


def _questions(phrases: Phrases, pack: PackFile) -> Section:
    heads = tuple(phrases.say(f"pack.question.{one}") for one in ("text", "whom", "answer"))
    rows = tuple(
        (
            Cell(line_of(phrases, one.text)),
            Cell(phrases.say(f"pack.college.{one.college or 'all'}")),
            Cell(line_of(phrases, one.answer)),
        )
        for one in pack.questions
    )
    table = Table("pack-questions", phrases.say("pack.questions.caption"), heads, rows)
    return Section("pack-questions", "", phrases.say("pack.questions"), (table,))


def _truth(phrases: Phrases, case: Case) -> Section:
    planted = read_truth(case.key).planted
    sections = tuple(_planted(phrases, one, place) for place, one in enumerate(planted, 1))
    intro = Paragraph(phrases.say("pack.truth.intro"), "warning")
    return Section("pack-truth", "", phrases.say("pack.truth"), (intro,), sections)


def _planted(phrases: Phrases, one: Planted, place: int) -> Section:
    language = phrases.language
    title = phrases.say(f"section.{one.chapter.replace('-', '.')}")
    blocks: list[Block] = [
        Paragraph(phrases.typeset(one.mechanism[language])),
        Paragraph(phrases.typeset(one.shows[language])),
        Paragraph(phrases.say("pack.truth.chapter", chapter=phrases.quoted(title))),
    ]
    facts = tuple(
        (
            Cell(phrases.typeset(fact.name[language])),
            Cell(_figure(phrases, fact.value), fact.value, numeric=True),
            Cell(
                phrases.absent if fact.long_run is None else _figure(phrases, fact.long_run),
                fact.long_run,
                numeric=True,
            ),
        )
        for fact in one.facts
    )
    if facts:
        heads = tuple(phrases.say(f"pack.fact.{name}") for name in ("name", "file", "long"))
        blocks.append(Table(f"pack-facts-{place}", phrases.say("pack.facts"), heads, facts))
    lesson = (phrases.typeset(one.lesson[language]),)
    blocks.append(Note(phrases.say("pack.truth.lesson"), lesson, "tip"))
    name = phrases.typeset(one.name[language])
    return Section(f"pack-truth-{place}", "", name, tuple(blocks))


def _figure(phrases: Phrases, value: float) -> str:
    """Counts as they are, other figures with three decimals under ten, else one."""
    if float(value).is_integer() and value:
        return phrases.whole(value)
    return phrases.decimal(value, 3 if abs(value) < 10 else 1)


def _misleads(phrases: Phrases, pack: PackFile) -> Section:
    blocks = tuple(
        Note(line_of(phrases, one.text), items_of(phrases, one.why), "caution")
        for one in pack.misleads
    )
    return Section("pack-misleads", "", phrases.say("pack.misleads"), blocks)


def _documents(phrases: Phrases, case: Case) -> Section:
    vendor = read_file(case.key, VendorFile)
    notes: list[Block] = [
        Note(line_of(phrases, one.title), items_of(phrases, one.missing), "caution")
        for one in read_file(case.key, DocumentsFile).documents
    ]
    product = phrases.quoted(vendor.product.text(phrases.language))
    title = phrases.say("pack.vendor", product=product)
    notes.append(Note(title, items_of(phrases, vendor.harm), "caution"))
    return Section("pack-missing", "", phrases.say("pack.missing"), tuple(notes))


def _group(phrases: Phrases, pack: PackFile, column: str, group: str) -> str:
    """A group in the reader's words."""
    named = pack.cards.names.get(column)
    name = column if named is None else line_of(phrases, named)
    return phrases.say("pack.card.line", name=name, value=value_of(phrases, pack, group))


def _ways(phrases: Phrases, pack: PackFile, ways: Sequence[Way]) -> Section:
    groups = [(one.attribute, one.group) for one in ways[0].groups]
    heads = (
        phrases.say("pack.ways.way"),
        phrases.say("pack.ways.later"),
        phrases.say("pack.ways.alike"),
        *(_group(phrases, pack, name, group) for name, group in groups),
    )
    rows = tuple(
        (
            Cell(phrases.say(f"ways.{way.key}")),
            Cell(phrases.percent(way.later), way.later, numeric=True),
            Cell(phrases.percent(way.alike), way.alike, numeric=True),
            *(Cell(phrases.percent(one.rate), one.rate, numeric=True) for one in way.groups),
        )
        for way in ways
    )
    places = phrases.whole(round(ways[0].places))
    caption = phrases.say("pack.ways.caption", places=places)
    table = Table("pack-ways", caption, heads, rows, (phrases.say("ways.known"),))
    named = pack.ways
    told = (named.human, named.first, named.eligible, named.later)
    tables = narrow(phrases, table, corner=phrases.say("pack.ways.group"))
    listed = ListBlock(tuple(line_of(phrases, one) for one in told))
    lottery = Paragraph(phrases.say("pack.ways.lottery"))
    return Section("pack-ways", "", phrases.say("pack.ways"), (listed, *tables, lottery))
