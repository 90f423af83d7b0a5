"""Texts of a case's folder as blocks of a document, and the frame that all packs share."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from algo_audit.cases.case import Case
from algo_audit.cases.workshop_files import Both, PackFile
from algo_audit.report.building import numbered
from algo_audit.report.document import Block, Document, ListBlock, Paragraph, Section
from algo_audit.report.phrases import Phrases


def text_blocks(phrases: Phrases, text: Both) -> tuple[Block, ...]:
    """Paragraphs and lists: a blank line ends a paragraph, ``- `` begins an item."""
    blocks: list[Block] = []
    for part in text.text(phrases.language).strip().split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
        plain = [line for line in lines if not line.startswith("- ")]
        if plain:
            blocks.append(Paragraph(phrases.typeset(" ".join(plain))))
        if items:
            blocks.append(ListBlock(tuple(phrases.typeset(item) for item in items)))
    return tuple(blocks)


def items_of(phrases: Phrases, text: Both) -> tuple[str, ...]:
    """The same text as plain lines, for a framed note."""
    lines = text.text(phrases.language).strip().split("\n")
    return tuple(phrases.typeset(line.strip().removeprefix("- ")) for line in lines if line.strip())


def line_of(phrases: Phrases, text: Both) -> str:
    """The text on one line."""
    return phrases.typeset(text.text(phrases.language))


def value_of(phrases: Phrases, pack: PackFile, value: str) -> str:
    """A word of the file as the reader says it; bands and codes as they are."""
    known = pack.values.get(value)
    return value if known is None else line_of(phrases, known)


def pack_document(
    phrases: Phrases, case: Case, name: str, sections: Sequence[Section], *, banner: str
) -> Document:
    """A document of the pack; ``name``: ``guide`` | ``tables`` | ``documents``."""
    title = phrases.typeset(case.texts[phrases.language]["title"])
    return Document(
        language=phrases.language,
        # the guide is for one person; what the tables receive holds nothing to protect
        audience="full" if name == "guide" else "public",
        title=phrases.say(f"pack.{name}.title", case=title),
        subtitle=phrases.say(f"pack.{name}.subtitle"),
        banner=phrases.say(banner),
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
