"""Rights, whom to ask and until when: only from the anchor file, each with its state."""

from __future__ import annotations

import datetime as dt
from typing import cast

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.data.policy import EmployerStatus
from algo_audit.report.document import Block, ListBlock, Paragraph, Section
from algo_audit.report.sheet_words import SheetWords, cited

# What the sheet says of rights, in its order: each key is an anchor, its words are
# ``sheet.right.<anchor>``. Anchors of the other kind of employer are left out.
RIGHTS = (
    "fr-crpa-l311-3-1",
    "fr-crpa-r311-3-1-2",
    "fr-crpa-cada",
    "fr-l1221-8",
    "fr-l1222-3",
    "eu-gdpr-15-1-h",
    "eu-cjeu-c-203-22",
    "eu-gdpr-22-3",
    "eu-ai-act-86",
    "fr-l1134-1",
)
PUBLIC = ("fr-crpa-l311-3-1", "fr-crpa-r311-3-1-2", "fr-crpa-cada")
_OTHER = {"public": "private", "private": "public"}


def rights_for(status: EmployerStatus) -> tuple[str, ...]:
    """Anchors to print for a kind of employer; all where it is not known."""
    anchors = load_anchor_file().anchors
    left_out = _OTHER.get(status)
    kept = [key for key in RIGHTS if anchors[key].employers != left_out]
    if status == "private":  # what binds public employers only comes last
        kept.sort(key=lambda key: key in PUBLIC)
    return tuple(kept)


def _right(words: SheetWords, key: str, status: EmployerStatus) -> str:
    anchor = load_anchor_file().anchors[key]
    name = f"right.{key}"
    special = f"{name}.{status}"
    if words.phrases.catalogue.has(f"sheet.{special}"):
        name = special
    text = words.say(name)
    if status == "unknown" and anchor.employers != "all":
        text = words.say(f"right.if_{anchor.employers}", text=text)
    return cited(words.phrases, anchor, text)


def rights(words: SheetWords, status: str) -> Section:
    """Rights and deadlines for the employer's kind, then the lines that the employer fills in."""
    known: EmployerStatus = "unknown"
    if status in _OTHER:
        known = cast("EmployerStatus", status)
    items = tuple(_right(words, key, known) for key in rights_for(known))
    day = load_anchor_file().checked_on
    blocks: list[Block] = [
        Paragraph(words.say(f"employer.{known}")),
        ListBlock(items),
        words.blank("service"),
        words.blank("deadline.public" if known == "public" else "deadline"),
        words.blank("officer"),
        words.blank("representatives"),
        words.blank("other"),
        Paragraph(words.say("rights.state", date=_date(words, day)), "small"),
    ]
    return Section("sheet-rights", "", words.say("section.rights"), tuple(blocks))


def _date(words: SheetWords, day: str) -> str:
    return words.phrases.formats.date(dt.date.fromisoformat(day))


def provenance(words: SheetWords, *, made_on: str, version: str) -> Section:
    """When and how the sheet was made, and from which two files."""
    person = words.person
    texts = [
        words.say("made", date=_date(words, made_on), version=version)
        if made_on
        else words.say("made.undated", version=version),
        words.say(
            "made.from",
            model=words.phrases.quoted(person.description.name),
            model_sha=words.short(person.description.sha256),
            file=words.phrases.quoted(words.source.name),
            file_sha=words.short(words.source.sha256),
        ),
    ]
    block = Paragraph(" ".join(texts), "small")
    return Section("sheet-made", "", words.say("section.made"), (block,))
