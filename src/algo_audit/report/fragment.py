"""Blocks of a Document as a piece of HTML that stands inside somebody else's page.

A notebook has a style of its own, and strips style sheets, scripts and frames from what it does
not trust. So every element carries its look itself, and reads well without it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from algo_audit.charts.style import PALETTE
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

_INK, _QUIET, _RULE, _PAPER, _ACCENT = "#1c2430", "#525c6a", "#d9d5cc", "#fdfcfa", "#123f6d"
_SANS = "'Segoe UI',system-ui,'Helvetica Neue','Noto Sans','DejaVu Sans',Arial,sans-serif"
_SERIF = "Palatino,'Palatino Linotype','URW Palladio L',Georgia,'DejaVu Serif',serif"
_FRAME = (
    f"display:block;max-width:56rem;padding:1.1rem 1.3rem .5rem;background:{_PAPER};color:{_INK};"
    f"border:1px solid {_RULE};border-top:4px solid {_ACCENT};font:15px/1.55 {_SERIF};"
    "text-align:left;white-space:normal"
)
_SMALL = f"margin:.2rem 0 .6rem;font:13px/1.5 {_SANS};color:{_QUIET}"
_TEXT = f"margin:0 0 .7rem;color:{_INK}"
_LEVELS = ("19px", "17px", "15px", "15px")


def _tag(name: str, content: str, style: str, **attributes: str) -> str:
    extra = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f'<{name} style="{style}"{extra}>{content}</{name}>'


def _heading(text: str, level: int) -> str:
    size = _LEVELS[min(level, len(_LEVELS) - 1)]
    style = f"margin:.9rem 0 .45rem;font:600 {size}/1.3 {_SERIF};color:{_INK}"
    return _tag(f"h{min(level + 3, 6)}", escape(text), style)


def _paragraph(block: Paragraph, _: int) -> str:
    return _tag("p", escape(block.text), _SMALL if block.role == "small" else _TEXT)


def _items(items: Iterable[str], name: str = "ul") -> str:
    inner = "".join(_tag("li", escape(item), f"margin:0 0 .35rem;color:{_INK}") for item in items)
    return _tag(name, inner, "margin:0 0 .8rem;padding-left:1.3rem")


def _list(block: ListBlock, _: int) -> str:
    return _items(block.items, "ol" if block.ordered else "ul")


def _note(block: Note, _: int) -> str:
    title = _tag("p", escape(block.title), f"margin:0 0 .3rem;font:600 14px/1.4 {_SANS}")
    one = len(block.text) == 1
    body = _tag("p", escape(block.text[0]), _TEXT) if one else _items(block.text)
    style = f"margin:.8rem 0;padding:.7rem 1rem;background:#f3f1ec;border-left:3px solid {_QUIET}"
    return _tag("div", title + body, style)


def _table(block: Table, _: int) -> str:
    first = block.rows[0] if block.rows else ()
    aligned = [
        "right" if place < len(first) and first[place].numeric else "left"
        for place in range(len(block.columns))
    ]
    edge = f"padding:.35rem .7rem .35rem 0;vertical-align:top;color:{_INK};background:{_PAPER}"
    head = "".join(
        _tag("th", escape(name), f"{edge};text-align:{side};border-bottom:1px solid {_INK}")
        for name, side in zip(block.columns, aligned, strict=True)
    )
    lines = []
    for row in block.rows:
        cells = []
        for place, (cell, side) in enumerate(zip(row, aligned, strict=True)):
            mark = "" if cell.numeric else MARKS.get(str(cell.value), "")
            text = escape(f"{mark} {cell.text}".strip())
            if cell.interval:
                text += f'<br><span style="color:{_QUIET}">{escape(cell.interval)}</span>'
            style = f"{edge};text-align:{side};border-bottom:1px solid {_RULE};font-weight:400"
            cells.append(_tag("td" if place else "th", text, style))
        lines.append(f'<tr style="background:{_PAPER}">{"".join(cells)}</tr>')
    caption = _tag(
        "caption", escape(block.caption), f"caption-side:top;text-align:left;padding:0 0 .4rem;"
        f"font:600 14px/1.4 {_SANS};color:{_INK}",
    )  # fmt: skip
    table = _tag(
        "table",
        f"{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>",
        # JupyterLab's own tables are "fixed": columns as wide as each other, numbers overlapping
        f"border-collapse:collapse;border-top:2px solid {_INK};width:100%;margin:0;"
        "table-layout:auto;"
        f"font:13px/1.4 {_SANS}",
    )
    notes = "".join(_tag("p", escape(note), _SMALL) for note in block.notes)
    return _tag("div", table, "overflow-x:auto;margin:.8rem 0 .3rem") + notes


def _figure(block: Figure, _: int) -> str:
    """The drawing as a picture, so that no style of the page reaches into it."""
    source = b64encode(block.svg.encode()).decode()
    caption = _tag("p", escape(block.caption), f"margin:.8rem 0 .4rem;font:600 14px/1.4 {_SANS}")
    style = f"width:100%;max-width:36rem;height:auto;background:{PALETTE['paper']}"
    address = f"data:image/svg+xml;base64,{source}"
    picture = f'<img style="{style}" alt="{escape(block.alternative)}" src="{address}">'
    notes = "".join(_tag("p", escape(note), _SMALL) for note in block.notes)
    return caption + picture + notes


def _finding(block: Finding, _: int) -> str:
    mark = MARKS.get(block.code, "●")
    verdict = _tag(
        "p",
        escape(f"{mark} {block.verdict}"),
        f"margin:0;font:600 13px/1.4 {_SANS};color:{_ACCENT}",
    )
    headline = _tag("p", escape(block.headline), f"margin:.3rem 0;font:600 16px/1.4 {_SERIF}")
    detail = _tag("p", escape(block.detail), _TEXT) if block.detail else ""
    sure = _tag("p", escape(block.sureness), f"margin:0;font-style:italic;color:{_QUIET}")
    style = f"margin:0 0 .8rem;padding:.7rem 1rem;border:1px solid {_RULE};border-left:5px solid {_ACCENT}"  # noqa: E501
    return _tag("div", verdict + headline + detail + sure, style)


def _definitions(block: Definitions, _: int) -> str:
    inner = "".join(
        _tag("dt", escape(term), f"font:600 14px/1.4 {_SANS}") + _tag("dd", escape(text), _TEXT)
        for term, text in block.items
    )
    return _tag("dl", inner, "margin:0 0 .8rem")


def _answer(block: AnswerBox, _: int) -> str:
    label = _tag("p", escape(block.label), _SMALL)
    text = _tag("p", escape(block.text), f"{_TEXT};white-space:pre-wrap")
    return _tag("div", label + text, f"border:1px solid {_QUIET};padding:.5rem .8rem")


_WRITERS: dict[type, Callable[[Any, int], str]] = {
    Paragraph: _paragraph,
    ListBlock: _list,
    Note: _note,
    Table: _table,
    Figure: _figure,
    Finding: _finding,
    Definitions: _definitions,
    AnswerBox: _answer,
}


def _blocks(blocks: Iterable[Block], level: int) -> str:
    return "".join(_WRITERS[type(block)](block, level) for block in blocks)


def _section(section: Section, level: int) -> str:
    name = f"{section.number} {section.title}".strip()
    inner = "".join(_section(one, level + 1) for one in section.sections)
    return _heading(name, level) + _blocks(section.blocks, level) + inner


def fragment(shown: Document | Section | Block, *, language: str) -> str:
    """A piece of HTML for a notebook.

    Parameters
    ----------
    shown : Document, Section or block
        A document shows its title and who may receive it, then its sections.
    language : str
        Of the text, for screen readers and hyphens.

    Returns
    -------
    str
        Every text is escaped; no style sheet, script, class or outside address.
    """
    if isinstance(shown, Document):
        head = _heading(shown.title, 0) + _tag("p", escape(shown.banner), _SMALL)
        inner = head + "".join(_section(one, 1) for one in shown.sections)
    elif isinstance(shown, Section):
        inner = _section(shown, 0)
    else:
        inner = _blocks((shown,), 0)
    return _tag("div", inner, _FRAME, lang=language)
