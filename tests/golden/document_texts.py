"""Every text of a document, with the section it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from algo_audit.report import document
from algo_audit.report.building import walk
from algo_audit.report.document import Document


def _of_table(table: document.Table) -> Iterator[str]:
    yield table.caption
    yield from table.columns
    yield from table.notes
    for row in table.rows:
        for cell in row:
            yield cell.text
            if cell.interval:
                yield cell.interval


def _of_block(block: document.Block) -> Iterator[str]:
    match block:
        case document.Paragraph():
            yield block.text
        case document.ListBlock():
            yield from block.items
        case document.Note():
            yield block.title
            yield from block.text
        case document.Table():
            yield from _of_table(block)
        case document.Figure():
            yield block.caption
            yield block.alternative
            yield from block.notes
            yield from _of_table(block.data)
        case document.Finding():
            yield from (block.headline, block.detail, block.sureness, block.verdict)
        case document.Definitions():
            for pair in block.items:
                yield from pair
        case document.AnswerBox():
            yield from (block.label, block.text)
        case _:
            raise AssertionError(block)


def texts_of(made: Document, *, without: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(section id, text) of every text of a document."""
    if "head" not in without:
        yield from (("head", text) for text in (made.title, made.subtitle, made.banner))
        yield from (("head", text) for pair in made.meta["cartouche"] for text in pair)
    for section in walk(made.sections):
        if section.id in without:
            continue
        yield section.id, section.title
        for block in section.blocks:
            for text in _of_block(block):
                yield section.id, text
