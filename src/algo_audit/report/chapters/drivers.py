"""What makes the gap, and where it is born: five chapters drawn from the model or its stand-in."""

from __future__ import annotations

from algo_audit.report.chapters.drivers_birth import birth_section
from algo_audit.report.chapters.drivers_gap import gap_section
from algo_audit.report.chapters.drivers_proxies import proxies_section
from algo_audit.report.chapters.drivers_recourse import recourse_section
from algo_audit.report.chapters.drivers_worth import worth_section
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Note, Paragraph, Section
from algo_audit.report.stand_in import drawn_from, is_stand_in

_SECTIONS = (gap_section, birth_section, proxies_section, worth_section, recourse_section)


def drivers(context: Context) -> Section | None:
    """Gap by criterion, where it is born, proxies, worth, recourse; None where none is known."""
    if context.result.model is None:
        return None
    found = [section(context) for section in _SECTIONS]
    sections = tuple(section for section in found if section is not None)
    if not sections:
        return None
    phrases = context.phrases
    blocks: list[Block] = [Paragraph(phrases.say("drivers.intro"))]
    if is_stand_in(context):
        texts = (phrases.say("drivers.stand_in"), *drawn_from(context))
        blocks.append(Note(phrases.say("drivers.stand_in.title"), texts, kind="caution"))
    if any(row.n is None for row in context.result.groups):
        blocks.append(Paragraph(phrases.say("drivers.hidden"), "small"))
    return Section("drivers", "", phrases.say("section.drivers"), tuple(blocks), sections)
