"""Where the system itself was not given: the documents to ask for, in place of a sheet.

A stand-in fitted to the decisions says what they look like, not what was applied to anybody; a
sheet drawn from it would tell a person something that may not be true.
"""

from __future__ import annotations

import datetime as dt

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.data.decisions import Source
from algo_audit.data.policy import EmployerStatus
from algo_audit.report.document import Document, Language, ListBlock, Paragraph, Section
from algo_audit.report.sheet_rights import PUBLIC
from algo_audit.report.sheet_words import SheetPhrases, cited, in_order

_ASKED = ("model", "rule", "part", "data", "weights", "operations", "told")
# Anchors that a demand can stand on; in words: ``request.right.<anchor>``, or those of the sheet.
RIGHTS = (
    "fr-crpa-l311-3-1",
    "fr-crpa-r311-3-1-2",
    "fr-crpa-cada",
    "eu-gdpr-15-1-h",
    "eu-cjeu-c-203-22",
    "eu-cjeu-c-634-21",
    "eu-gdpr-14",
    "fr-l1221-8",
    "fr-l1222-3",
    "fr-l2312-38",
)
_OTHER = {"public": "private", "private": "public"}


def _right(phrases: SheetPhrases, key: str, status: EmployerStatus) -> str:
    anchor = load_anchor_file().anchors[key]
    names = (f"request.right.{key}", f"sheet.right.{key}.{status}", f"sheet.right.{key}")
    text = phrases.say(next(name for name in names if phrases.catalogue.has(name)))
    if status == "unknown" and anchor.employers != "all":
        text = phrases.say(f"sheet.right.if_{anchor.employers}", text=text)
    return cited(phrases, anchor, text)


def build_request(
    language: Language,
    *,
    source: Source,
    outcome: str,
    status: EmployerStatus = "unknown",
    made_on: str = "",
    version: str = "",
) -> Document:
    """The list of documents to ask the employer for, with the texts that allow it.

    Parameters
    ----------
    language : {"fr", "en"}
    source : Source
        The file of decisions that was received.
    outcome : str
        Its column of decisions.
    status : {"public", "private", "unknown"}
        The employer's kind.
    made_on, version : str
        ISO date; of this tool.

    Returns
    -------
    Document
        Holds no data about anybody.
    """
    phrases = SheetPhrases(language)
    anchors = load_anchor_file().anchors
    left_out = _OTHER.get(status)
    kept = [key for key in RIGHTS if anchors[key].employers != left_out]
    if status == "private":
        kept.sort(key=lambda key: key in PUBLIC)

    def section(name: str, *blocks: Paragraph | ListBlock) -> Section:
        return Section(f"request-{name}", "", phrases.say(f"request.section.{name}"), blocks)

    asked = tuple(phrases.say(f"request.ask.{name}") for name in _ASKED)
    rights = tuple(_right(phrases, key, status) for key in kept)
    why = phrases.say("request.why", file=phrases.quoted(source.name))
    checked = dt.date.fromisoformat(load_anchor_file().checked_on)
    state = phrases.say("request.state", date=phrases.formats.date(checked))
    sections = in_order(
        (
            section("why", Paragraph(why)),
            section("ask", ListBlock(asked, ordered=True)),
            section("rights", ListBlock(rights), Paragraph(state, "small")),
            section("then", Paragraph(phrases.say("request.then"))),
        )
    )
    card = (("file", source.name), ("decision", outcome))
    return Document(
        language=language,
        audience="person",
        title=phrases.say("request.title"),
        subtitle=phrases.say("request.subtitle"),
        banner=phrases.say("request.banner"),
        sections=sections,
        meta={
            "kind": "request",
            "cover": False,
            "cartouche": tuple(
                (phrases.say(f"request.card.{name}"), phrases.typeset(text)) for name, text in card
            ),
            "sha256": source.sha256,
            "date": made_on,
            "version": version,
        },
    )
