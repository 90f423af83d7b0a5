"""Blocks of a Document as plain text: for a terminal, or a notebook that shows no HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import fill
from typing import Any

from algo_audit.report.document import (
    AnswerBox,
    Block,
    Definitions,
    Document,
    Figure,
    Finding,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.marks import MARKS

_WIDTH = 96


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return fill(text, _WIDTH, initial_indent=first, subsequent_indent=rest or " " * len(first))


def _table(block: Table) -> list[str]:
    """Columns as wide as their widest cell; numbers to the right."""
    texts = [[f"{cell.text} {cell.interval}".strip() for cell in row] for row in block.rows]
    widths = [
        max(len(name), *(len(row[place]) for row in texts)) if texts else len(name)
        for place, name in enumerate(block.columns)
    ]
    numeric = [cell.numeric for cell in block.rows[0]] if block.rows else []
    numeric += [False] * (len(widths) - len(numeric))

    def line(cells: Iterable[str]) -> str:
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * width for width in widths)
    notes = [_wrapped(note, "· ") for note in block.notes]
    return [block.caption, line(block.columns), rule, *(line(row) for row in texts), *notes]


def _finding(block: Finding) -> list[str]:
    head = _wrapped(f"{MARKS.get(block.code, '●')} {block.verdict}")
    detail = [_wrapped(block.detail)] if block.detail else []
    return [head, _wrapped(block.headline), *detail, _wrapped(block.sureness)]


def _note(block: Note) -> list[str]:
    return [block.title, *(_wrapped(text, "- ") for text in block.text)]


def _list(block: ListBlock) -> list[str]:
    marks = (f"{n}. " if block.ordered else "- " for n in range(1, len(block.items) + 1))
    return [_wrapped(item, mark) for mark, item in zip(marks, block.items, strict=True)]


def _definitions(block: Definitions) -> list[str]:
    return [_wrapped(f"{term}: {text}", "", "  ") for term, text in block.items]


_WRITERS: dict[type, Callable[[Any], list[str]]] = {
    Paragraph: lambda block: [_wrapped(block.text)],
    ListBlock: _list,
    Note: _note,
    Table: _table,
    Figure: lambda block: [_wrapped(block.caption), _wrapped(block.alternative)],
    Finding: _finding,
    Definitions: _definitions,
    AnswerBox: lambda block: [block.label, block.text],
}


def _blocks(blocks: Iterable[Block]) -> list[str]:
    return ["\n".join(_WRITERS[type(block)](block)) for block in blocks]


def _section(section: Section) -> list[str]:
    title = f"{section.number} {section.title}".strip()
    inner = [part for one in section.sections for part in _section(one)]
    return [f"{title}\n{'=' * len(title)}", *_blocks(section.blocks), *inner]


def plain_text(shown: Document | Section | Block) -> str:
    """A document, a section or a block as lines of text.

    Returns
    -------
    str
        Paragraphs of at most 96 characters a line; tables as wide as they need; a figure by its
        alternative text.
    """
    if isinstance(shown, Document):
        parts = [shown.title, shown.banner]
        parts += [part for one in shown.sections for part in _section(one)]
    elif isinstance(shown, Section):
        parts = _section(shown)
    else:
        parts = _blocks((shown,))
    return "\n\n".join(part for part in parts if part)
