"""From a result to a Document: privacy first, then chapters, then their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from algo_audit.audit import AuditResult
from algo_audit.data.limits import read_limits
from algo_audit.report.chapters.advice import advice
from algo_audit.report.chapters.amounts import amounts
from algo_audit.report.chapters.amounts_frame import (
    amount_method,
    amount_people,
    amount_reading,
)
from algo_audit.report.chapters.anchors import anchors
from algo_audit.report.chapters.cutoffs import (
    cutoff_method,
    cutoff_people,
    cutoff_reading,
    cutoffs,
)
from algo_audit.report.chapters.drivers import drivers
from algo_audit.report.chapters.essential import essential
from algo_audit.report.chapters.examined import cartouche, examined
from algo_audit.report.chapters.french_index import french_index
from algo_audit.report.chapters.gaps import gaps
from algo_audit.report.chapters.intersections import intersections
from algo_audit.report.chapters.journal import journal
from algo_audit.report.chapters.limits import limits
from algo_audit.report.chapters.method import method
from algo_audit.report.chapters.model import model
from algo_audit.report.chapters.pairs import pairs
from algo_audit.report.chapters.pools import pools
from algo_audit.report.chapters.population import population
from algo_audit.report.chapters.provenance import provenance
from algo_audit.report.chapters.reading_guide import reading_guide
from algo_audit.report.chapters.scores import scores
from algo_audit.report.chapters.stages import stages
from algo_audit.report.chapters.strata import strata
from algo_audit.report.chapters.trend import trend
from algo_audit.report.context import Context
from algo_audit.report.document import (
    Audience,
    Block,
    Document,
    Figure,
    Finding,
    Language,
    Section,
    Table,
)
from algo_audit.report.folding import folded
from algo_audit.report.phrases import Phrases
from algo_audit.report.privacy import masked

_CHAPTERS = (
    examined,
    essential,
    reading_guide,
    population,
    gaps,
    intersections,
    strata,
    trend,
    stages,
    pairs,
    pools,
    advice,
    scores,
    french_index,
    model,
    drivers,
    limits,
    anchors,
    method,
    journal,
    provenance,
)


# Where the outcome is a number: no chapter on rates, other words around the figures.
_AMOUNT_CHAPTERS = (
    examined,
    essential,
    amount_reading,
    amount_people,
    amounts,
    limits,
    anchors,
    amount_method,
    journal,
    provenance,
)


# A score alone: nobody was selected yet.
_SCORE_CHAPTERS = (
    examined,
    essential,
    cutoff_reading,
    cutoff_people,
    cutoffs,
    limits,
    anchors,
    cutoff_method,
    journal,
    provenance,
)


def _threshold(audience: Audience) -> int | None:
    disclosure = read_limits().disclosure
    return {"full": None, "committee": disclosure.committee, "public": disclosure.public}[audience]


def _numbered(sections: tuple[Section, ...], above: str = "") -> tuple[Section, ...]:
    """Sections with their numbers: 1, 2, 2.1..."""
    return tuple(
        replace(section, number=number, sections=_numbered(section.sections, f"{number}."))
        for number, section in ((f"{above}{place}", s) for place, s in enumerate(sections, 1))
    )


def _counted(
    sections: tuple[Section, ...], tables: count[int], figures: count[int]
) -> tuple[Section, ...]:
    """Tables and figures with their numbers, each counted through the whole document."""

    def numbered(block: Block) -> Block:
        if isinstance(block, Table):
            return replace(block, number=str(next(tables)))
        return replace(block, number=str(next(figures))) if isinstance(block, Figure) else block

    return tuple(
        replace(
            section,
            blocks=tuple(numbered(block) for block in section.blocks),
            sections=_counted(section.sections, tables, figures),
        )
        for section in sections
    )


def numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Sections, tables and figures with the numbers by which every format names them."""
    return _counted(_numbered(tuple(sections)), count(1), count(1))


def walk(sections: tuple[Section, ...]) -> Iterator[Section]:
    """All sections, in reading order."""
    for section in sections:
        yield section
        yield from walk(section.sections)


def _linked(sections: tuple[Section, ...], known: set[str]) -> tuple[Section, ...]:
    """Findings point only to sections that this report has."""
    return tuple(
        replace(
            section,
            blocks=tuple(
                replace(block, chapter="")
                if isinstance(block, Finding) and block.chapter not in known
                else block
                for block in section.blocks
            ),
            sections=_linked(section.sections, known),
        )
        for section in sections
    )


def context_of(result: AuditResult, language: Language, audience: Audience) -> Context:
    """A result as one audience may see it, with the phrases of one language."""
    phrases = Phrases(language, audience, _threshold(audience))
    phrases.pair = result.roles.pair
    seen = masked(result, audience)
    if result.model is not None:
        phrases.learn(result.model.criteria)
    return Context(seen.result, phrases, seen.hosts)


def front_of(context: Context, kind: str) -> Document:
    """A document without sections yet: title, banner, card; ``kind`` names what it is."""
    result, phrases = context.result, context.phrases
    texts = (result.case.get("texts") or {}).get(phrases.language) or {}
    return Document(
        language=phrases.language,
        audience=phrases.audience,
        title=phrases.typeset(str(texts.get("title", ""))) or phrases.say("report.title"),
        subtitle=phrases.say(f"{kind}.subtitle", file=phrases.quoted(result.source.name)),
        banner=phrases.say(f"banner.{phrases.audience}", threshold=phrases.threshold),
        sections=(),
        meta={
            "kind": kind,
            "eyebrow": phrases.say(f"{kind}.eyebrow"),
            "cover": kind == "report",
            "pages": 2 if kind == "summary" else None,
            "cartouche": cartouche(context),
            "sha256": result.source.sha256,
            "date": result.audited_on,
            "version": str(result.tool.get("version", "")),
        },
    )


def linked_nowhere(document: Document) -> Document:
    """The document with links only to sections that it has."""
    known = {section.id for section in walk(document.sections)}
    return replace(document, sections=_linked(document.sections, known))


def build_report(
    result: AuditResult, language: Language, *, audience: Audience = "committee"
) -> Document:
    """Say a result in one language, for one audience.

    Parameters
    ----------
    result : AuditResult
        Unmasked; what this audience may not see is taken out first.
    language : {"fr", "en"}
    audience : {"committee", "full", "public"}
        Committee: headcounts under 5 hidden. Public: under 10, and fewer than 10 decisions of
        one kind. Full: nothing hidden, for the parties to the audit only.

    Returns
    -------
    Document
        Nothing is computed again; the same result gives the same document.
    """
    context = context_of(result, language, audience)
    chapters = _CHAPTERS if result.amounts is None else _AMOUNT_CHAPTERS
    chapters = chapters if result.cutoffs is None else _SCORE_CHAPTERS
    made = (chapter(context) for chapter in chapters)
    found = folded((section for section in made if section is not None), context.phrases)
    sections = numbered(found)
    return linked_nowhere(replace(front_of(context, "report"), sections=sections))
