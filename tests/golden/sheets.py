"""Everybody's sheet, made once, and how to look into it."""

from __future__ import annotations

import re

from algo_audit.report.document import Document, ListBlock, Note, Paragraph
from algo_audit.report.sheet import build_sheet

from . import realistic_person as people
from .document_texts import texts_of

LANGUAGES = ("fr", "en")
TITLES = {"fr": {"title": "Recrutement"}, "en": {"title": "Recruitment"}}


def sheet(person, language: str = "en", **options) -> Document:
    settings = {
        "source": people.SOURCE, "actions": people.ACTIONS, "texts": TITLES,
        "made_on": "2026-11-23", "version": "0.1.0",
    }  # fmt: skip
    return build_sheet(person, language, **(settings | options))


SHEETS = {
    (name, language): sheet(make(), language)
    for name, make in people.EVERYBODY.items()
    for language in LANGUAGES
}


def section(document: Document, name: str):
    return next(one for one in document.sections if one.id == f"sheet-{name}")


def text_of(document: Document, name: str) -> str:
    return " ".join(text for place, text in texts_of(document) if place == f"sheet-{name}")


def prose(document: Document) -> list[str]:
    """Whole sentences: no table, no list of operations, no citation, no file name."""
    found = []
    for one in document.sections:
        found.append(one.title)
        for block in one.blocks:
            if isinstance(block, Paragraph) and block.role != "blank":
                found.append(block.text)
            elif isinstance(block, ListBlock) and one.id != "sheet-operations":
                found += [re.sub(r"\s*\[[^]]*\]\*?$", "", item) for item in block.items]
            elif isinstance(block, Note):
                found += block.text
    return [re.sub(r"«[^»]*»|“[^”]*”|\([^)]*…\)", "", text) for text in found]
