"""The sheets of the warm-up: forty applicants for each college, and where to write ten."""

from __future__ import annotations

from importlib.metadata import version

from algo_audit.cases.warm_up import COLLEGES, PER_COLLEGE, PLACES, applicants
from algo_audit.report.building import numbered
from algo_audit.report.document import (
    AnswerBox,
    Block,
    Cell,
    Document,
    Language,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.phrases import Phrases


def build_warm_up(language: Language) -> Document:
    """What the tables of a warm-up rank by hand; the grid's points are not on it."""
    phrases = Phrases(language, "public", None)
    heads = tuple(
        phrases.say(f"warm_up.head.{one}")
        for one in ("number", "years", "mandates", "letter", "motive")
    )
    sections = []
    for college in COLLEGES:
        rows = tuple(
            (
                Cell(phrases.whole(one.number), one.number, numeric=True),
                Cell(phrases.whole(one.years), one.years, numeric=True),
                Cell(phrases.whole(one.mandates), one.mandates, numeric=True),
                Cell(phrases.whole(one.letter), one.letter, numeric=True),
                Cell(phrases.say(f"warm_up.motive.{one.motive}")),
            )
            for one in applicants()
            if one.college == college
        )
        caption = phrases.say(
            "warm_up.caption", people=phrases.whole(PER_COLLEGE), places=phrases.whole(PLACES)
        )
        blocks: tuple[Block, ...] = (
            Paragraph(phrases.say("warm_up.how", places=phrases.whole(PLACES)), "lead"),
            Table(f"warm-up-{college}", caption, heads, rows),
            AnswerBox(f"warm-up-{college}-picks", phrases.say("warm_up.picks"), "", 2),
        )
        title = phrases.say(f"pack.college.{college}")
        sections.append(Section(f"warm-up-{college}", "", title, blocks))
    title = phrases.say("warm_up.title")
    return Document(
        language=language,
        audience="public",
        title=title,
        subtitle=phrases.say("warm_up.subtitle"),
        banner=phrases.say("pack.banner.tables"),
        sections=numbered(sections),
        meta={
            "kind": "pack",
            "cover": False,
            "annex": False,
            "cartouche": [(phrases.say("pack.card.case"), title)],
            "sha256": "",
            "date": "",
            "version": version("algo_audit"),
        },
    )
