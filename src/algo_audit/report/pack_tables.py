"""What the tables of a workshop receive on paper: cards, sheets, ballots, one projector page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algo_audit.cases.case import Case
from algo_audit.cases.workshop_files import CardsPart, DocumentsFile, PackFile, RoleCard, read_file
from algo_audit.report.document import (
    AnswerBox,
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
from algo_audit.report.pack_words import (
    items_of,
    line_of,
    pack_document,
    text_blocks,
    value_of,
)
from algo_audit.report.phrases import Phrases

if TYPE_CHECKING:
    import pandas as pd

COLLEGES = ("state", "unions", "employers")
CARDS = 30
_BALLOT = ("today", "vendor", "human", "first", "lottery")


def build_tables(case: Case, people: pd.DataFrame, language: Language) -> Document:
    """What is printed and handed out; nothing in it tells what is planted or decided.

    Parameters
    ----------
    case : Case
    people : DataFrame
        ``CARDS`` rows of the file, from ``cards_of``.
    language : {"fr", "en"}
    """
    phrases = Phrases(language, "full", None)
    pack = read_file(case.key, PackFile)
    sections = (
        _projector(phrases, pack),
        _roles(phrases, pack),
        _asked(phrases, pack),
        _ranking(phrases, pack.cards),
        _ballots(phrases),
        _cards(phrases, pack, people),
    )
    return pack_document(phrases, case, "tables", sections, banner="pack.banner.tables")


def build_handed_over(case: Case, language: Language) -> Document:
    """The vendor's brochure and the employer's documents, as the tables receive them."""
    phrases = Phrases(language, "full", None)
    sections = []
    for place, one in enumerate(read_file(case.key, DocumentsFile).documents, 1):
        author = Paragraph(phrases.say("pack.author", author=line_of(phrases, one.author)), "small")
        parts = tuple(
            Section(
                f"handed-{place}-{number}",
                "",
                line_of(phrases, part.title),
                text_blocks(phrases, part.text),
            )
            for number, part in enumerate(one.parts, 1)
        )
        title = line_of(phrases, one.title)
        own_page = place > 1  # documents of different hands
        sections.append(
            Section(f"handed-{place}", "", title, (author,), parts, starts_page=own_page)
        )
    return pack_document(phrases, case, "documents", sections, banner="pack.banner.tables")


def cards_of(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """The people of the cards: thirty rows in which every shown column is filled.

    Drawn with the case's own seed among the first pool that is large enough, else among all
    rows, so that the thirty compete for the same thing.
    """
    columns = list(read_file(case.key, PackFile).cards.columns)
    whole = table[table[columns].notna().all(axis=1)]
    stated = whole[~(whole[columns] == "non renseigné").any(axis=1)]
    if case.roles.pool is not None:
        sizes = stated.groupby(case.roles.pool, sort=True).size()
        large = sizes[sizes >= CARDS]
        if len(large):
            stated = stated[stated[case.roles.pool] == large.index[0]]
    return stated.sample(CARDS, random_state=case.policy.seed % 2**32).reset_index(drop=True)


def _projector(phrases: Phrases, pack: PackFile) -> Section:
    lines = items_of(phrases, pack.projector)
    blocks = tuple(Paragraph(line, "lead") for line in lines)
    return Section("pack-projector", "", phrases.say("pack.projector"), blocks)


def _roles(phrases: Phrases, pack: PackFile) -> Section:
    sections = tuple(_role(phrases, name, getattr(pack.colleges, name)) for name in COLLEGES)
    return Section("pack-roles", "", phrases.say("pack.roles"), (), sections, starts_page=True)


def _role(phrases: Phrases, name: str, card: RoleCard) -> Section:
    blocks: list[Block] = [Paragraph(line_of(phrases, card.who), "lead")]
    for part in ("wants", "knows", "may_offer"):
        title = phrases.say(f"pack.role.{part}")
        blocks.append(Note(title, items_of(phrases, getattr(card, part)), "method"))
    # each college receives its own page, the first one under the title of all
    apart = name != COLLEGES[0]
    return Section(
        f"pack-role-{name}",
        "",
        phrases.say(f"pack.college.{name}"),
        tuple(blocks),
        starts_page=apart,
    )


def _asked(phrases: Phrases, pack: PackFile) -> Section:
    asked = ListBlock(tuple(line_of(phrases, one.text) for one in pack.questions), ordered=True)
    return Section("pack-asked", "", phrases.say("pack.questions"), (asked,), starts_page=True)


def _ranking(phrases: Phrases, cards: CardsPart) -> Section:
    heads = tuple(phrases.say(f"pack.ranking.{one}") for one in ("rank", "card", "why"))
    rows = tuple(
        (Cell(phrases.whole(place), place, numeric=True), Cell(""), Cell(""))
        for place in range(1, cards.places + 1)
    )
    table = Table("pack-ranking", line_of(phrases, cards.question), heads, rows)
    box = AnswerBox("pack-table", phrases.say("pack.ranking.table"), "", 1)
    rule = AnswerBox("pack-rule", phrases.say("pack.ranking.rule"), "", 3)
    blocks = (box, table, rule)
    return Section("pack-ranking", "", phrases.say("pack.ranking"), blocks, starts_page=True)


def _ballots(phrases: Phrases) -> Section:
    heads = tuple(phrases.say(f"pack.ballot.{one}") for one in ("way", "yes", "no", "if"))
    rows = tuple(
        (Cell(phrases.say(f"ways.{way}")), Cell("☐"), Cell("☐"), Cell("")) for way in _BALLOT
    )
    table = Table("pack-ballot", phrases.say("pack.ballot.caption"), heads, rows)
    college = AnswerBox("pack-ballot-college", phrases.say("pack.ballot.college"), "", 1)
    blocks = (college, table)
    return Section("pack-ballots", "", phrases.say("pack.ballots"), blocks, starts_page=True)


def _cards(phrases: Phrases, pack: PackFile, people: pd.DataFrame) -> Section:
    """One frame for each person: a frame is not broken over two pages."""
    cards = pack.cards
    blocks: list[Block] = [
        Paragraph(phrases.say("pack.cards.how"), "lead"),
        Paragraph(line_of(phrases, cards.question)),
    ]
    for place, row in enumerate(people.to_dict("records"), 1):
        lines = tuple(
            phrases.say(
                "pack.card.line",
                name=line_of(phrases, cards.names[name]),
                value=_shown(phrases, pack, row[name]),
            )
            for name in cards.columns
        )
        title = phrases.say("pack.card.title", number=phrases.whole(place))
        blocks.append(Note(title, lines, "method"))
    title = phrases.say("pack.cards")
    return Section("pack-cards", "", title, tuple(blocks), starts_page=True)


def _shown(phrases: Phrases, pack: PackFile, value: Any) -> str:
    """A cell of the file in the reader's words, numbers as the reader writes them."""
    if isinstance(value, float):
        return phrases.decimal(value, 0 if value.is_integer() else 1)
    if isinstance(value, int):
        return phrases.whole(value)
    return value_of(phrases, pack, str(value))
