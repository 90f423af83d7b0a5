"""What the table needs beside the report: the two-page summary, and the contradictory form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from algo_audit.audit import AuditResult
from algo_audit.findings import Finding
from algo_audit.report import document
from algo_audit.report.building import context_of, front_of, linked_nowhere, numbered
from algo_audit.report.chapters.amounts_frame import amount_intro
from algo_audit.report.chapters.cutoffs import cutoff_intro
from algo_audit.report.chapters.essential import cause_note, finding_block, tally
from algo_audit.report.chapters.examined import totals
from algo_audit.report.chapters.stages import stage_name
from algo_audit.report.context import Context
from algo_audit.report.document import (
    AnswerBox,
    Audience,
    Block,
    Document,
    Language,
    ListBlock,
    Note,
    Paragraph,
    Section,
)
from algo_audit.report.phrases import Phrases

FACTS = 3
_QUESTIONS = 6
_STORY = 420  # letters of the story that a summary has room for
_LIMITS = 3
# Boxes under each finding of the form: the two sides, and what is annexed.
_BOXES = (("employer", 7), ("representatives", 7), ("exhibit", 1))


def questions_of(phrases: Phrases, finding: Finding) -> tuple[str, ...]:
    """Questions that a finding raises, each with who has to answer it."""
    values = finding.values
    places = {
        "attribute": phrases.quoted(str(values.get("attribute", values.get("column", "")))),
        "group": phrases.group(values.get("group") or None),
        "reference": phrases.reference(values.get("reference")),
        "stratum": phrases.quoted(str(values.get("stratum") or "")),
        "column": phrases.column(str(values.get("column", ""))),
        "criterion": phrases.quoted(phrases.label(str(values.get("criterion", "")))),
        "stage": stage_name(phrases, values.get("stages") or ("",)),
    }
    found = []
    for number in range(1, 4):
        key = f"question.{finding.code}.{number}"
        if phrases.catalogue.has(key):
            found.append(phrases.say(key, **places))
    return tuple(found)


def _asked(context: Context) -> tuple[str, ...]:
    """Questions of the findings, each once, the first finding's first."""
    found: dict[str, None] = {}
    for finding in context.result.findings:
        found.update(dict.fromkeys(questions_of(context.phrases, finding)))
    return tuple(found)[:_QUESTIONS]


def _system(context: Context) -> Section:
    phrases, result = context.phrases, context.result
    texts = (result.case.get("texts") or {}).get(phrases.language) or {}
    story = _shortened(phrases.typeset(str(texts.get("story", ""))))
    people, events = totals(context)
    blocks: list[Block] = [Paragraph(story)] if story else []
    if people and events is not None:
        blocks.append(
            Paragraph(
                phrases.say(
                    "summary.counts",
                    people=phrases.whole(people),
                    events=phrases.whole(events),
                    rate=phrases.percent(events / people),
                    column=phrases.quoted(result.roles.outcome or ""),
                )
            )
        )
    if result.cutoffs is not None:
        blocks.append(Paragraph(cutoff_intro(context)))
    if result.amounts is not None:
        blocks.append(Paragraph(amount_intro(context)))
    if result.roles.inputs:
        inputs = phrases.listed([phrases.column(name) for name in result.roles.inputs])
        blocks.append(Paragraph(phrases.say("summary.inputs", inputs=inputs)))
    return Section("summary-system", "", phrases.say("summary.system"), tuple(blocks))


def _shortened(story: str) -> str:
    """Whole sentences of a story, as many as there is room for."""
    if len(story) <= _STORY:
        return story
    kept = story[:_STORY]
    end = max(kept.rfind(mark) for mark in (". ", "? ", "! "))
    return kept[: end + 1] if end > 0 else kept.rsplit(" ", 1)[0] + "…"


def _sureness(context: Context) -> Section:
    phrases = context.phrases
    said = [phrases.say("summary.sure.verdicts")]
    counted = tally(context)
    if counted is not None:
        said.append(counted)
    cannot = [
        phrases.say(f"limit.{code}")
        for code in context.result.limits
        if phrases.catalogue.has(f"limit.{code}")
    ][:_LIMITS]
    blocks: list[Block] = [ListBlock(tuple(said))]
    if cannot:
        blocks += [Paragraph(phrases.say("summary.sure.cannot")), ListBlock(tuple(cannot))]
    return Section("summary-sure", "", phrases.say("summary.sure"), tuple(blocks))


def build_summary(
    result: AuditResult, language: Language, *, audience: Audience = "committee"
) -> Document:
    """Two pages for somebody with five minutes.

    What the system does, the three facts that matter most, how sure they are, and the questions to
    ask. Masked as the report for the same audience is.
    """
    context = context_of(result, language, audience)
    phrases = context.phrases
    facts: list[Block] = [
        replace(finding_block(context, finding), chapter="")
        for finding in context.result.findings[:FACTS]
    ]
    if not facts:
        facts = [Paragraph(phrases.say("essential.none"))]
    sections = [
        _system(context),
        Section("summary-facts", "", phrases.say("summary.facts"), tuple(facts)),
        _sureness(context),
    ]
    asked = _asked(context)
    if asked:
        title = phrases.say("summary.questions")
        sections.append(Section("summary-questions", "", title, (ListBlock(asked, ordered=True),)))
    last = sections[-1]
    sections[-1] = replace(last, blocks=(*last.blocks, cause_note(context)))
    return _document(context, "summary", sections)


def _document(context: Context, kind: str, sections: Iterable[Section]) -> Document:
    made = front_of(context, kind)
    return linked_nowhere(replace(made, sections=numbered(sections)))


def box_id(finding: str, box: str) -> str:
    """Name of a box of the form, the same from one run to the next."""
    return f"{finding}|{box}"


def build_form(
    result: AuditResult,
    language: Language,
    *,
    audience: Audience = "committee",
    answers: Mapping[str, str] | None = None,
) -> Document:
    """The contradictory form: every finding, the question it raises, and two answers side by side.

    Parameters
    ----------
    result : AuditResult
    language : {"fr", "en"}
    audience : {"committee", "full", "public"}
    answers : mapping of box to text, optional
        From ``word_answers.read_answers`` of an earlier form. Answers to findings that this run
        does not have any more are kept in a section of their own: nothing written is lost.
    """
    context = context_of(result, language, audience)
    phrases = context.phrases
    left = dict(answers or {})
    sections = []
    for finding in context.result.findings:
        block = replace(finding_block(context, finding), chapter="")
        sections.append(
            Section(
                f"form-{finding.rank}",
                "",
                phrases.say("form.finding", number=phrases.whole(finding.rank)),
                (block, *_boxes(phrases, finding, left)),
            )
        )
    written = [(name, text) for name, text in left.items() if text]
    if written:
        sections.append(_kept(phrases, written))
    intro = Section(
        "form-intro",
        "",
        phrases.say("form.how"),
        (
            Paragraph(phrases.say("form.intro")),
            *(
                AnswerBox(box_id("form", one), phrases.say(f"form.box.{one}"), left_text, 1)
                for one, left_text in (
                    (one, (answers or {}).get(box_id("form", one), ""))
                    for one in ("present", "date")
                )
            ),
        ),
    )
    made = _document(context, "form", [intro, *sections])
    # findings have their own numbers, and each stands on one page with its boxes
    unnumbered = tuple(replace(section, number="") for section in made.sections)
    meta = {**made.meta, "whole_sections": True, "card": True}
    return replace(made, sections=unnumbered, meta=meta)


def _boxes(phrases: Phrases, finding: Finding, left: dict[str, str]) -> list[Block]:
    for one in ("present", "date"):
        left.pop(box_id("form", one), None)
    asked = questions_of(phrases, finding)
    blocks: list[Block] = []
    if asked:
        blocks.append(Note(phrases.say("form.question"), asked, "method"))
    for box, lines in _BOXES:
        name = box_id(finding.id, box)
        label = phrases.say(f"form.box.{box}")
        blocks.append(AnswerBox(name, label, left.pop(name, ""), lines))
    return blocks


def _kept(phrases: Phrases, written: list[tuple[str, str]]) -> Section:
    """Answers to findings of an earlier run that this one does not have."""
    boxes = tuple(AnswerBox(name, name.replace("|", " · "), text, 2) for name, text in written)
    intro = document.Paragraph(phrases.say("form.kept.intro"))
    return Section("form-kept", "", phrases.say("form.kept"), (intro, *boxes))
