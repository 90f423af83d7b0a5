"""From a result to a Document: privacy first, then chapters, then their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from algo_audit.audit import AuditResult
from algo_audit.data.limits import read_limits
from algo_audit.report.chapters.anchors import anchors
from algo_audit.report.chapters.essential import essential
from algo_audit.report.chapters.examined import cartouche, examined
from algo_audit.report.chapters.gaps import gaps
from algo_audit.report.chapters.intersections import intersections
from algo_audit.report.chapters.journal import journal
from algo_audit.report.chapters.limits import limits
from algo_audit.report.chapters.method import method
from algo_audit.report.chapters.pools import pools
from algo_audit.report.chapters.population import population
from algo_audit.report.chapters.provenance import provenance
from algo_audit.report.chapters.reading_guide import reading_guide
from algo_audit.report.chapters.scores import scores
from algo_audit.report.chapters.strata import strata
from algo_audit.report.context import Context
from algo_audit.report.document import Audience, Document, Finding, Language, Section
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
    pools,
    scores,
    limits,
    anchors,
    method,
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
    threshold = _threshold(audience)
    phrases = Phrases(language, audience, threshold)
    seen = masked(result, audience)
    context = Context(seen.result, phrases, seen.hosts)
    found = [chapter(context) for chapter in _CHAPTERS]
    sections = _numbered(tuple(section for section in found if section is not None))
    sections = _linked(sections, {section.id for section in walk(sections)})
    texts = (result.case.get("texts") or {}).get(language) or {}
    return Document(
        language=language,
        audience=audience,
        title=phrases.typeset(str(texts.get("title", ""))) or phrases.say("report.title"),
        subtitle=phrases.say("report.subtitle", file=phrases.quoted(result.source.name)),
        banner=phrases.say(f"banner.{audience}", threshold=threshold),
        sections=sections,
        meta={
            "cartouche": cartouche(context),
            "sha256": result.source.sha256,
            "date": result.audited_on,
            "version": str(result.tool.get("version", "")),
        },
    )
