"""A Document as an accessible PDF: PDF/UA-1 and PDF/A-2a at once, made by typst, offline.

Text goes in as data and is never read as markup. Fonts are those that typst and matplotlib carry;
nothing is fetched. The same document gives the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from algo_audit.charts.style import drawable
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report.building import walk
from algo_audit.report.columns import column_widths
from algo_audit.report.document import (
    AnswerBox,
    Block,
    Cell,
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
from algo_audit.report.typesetting import page_count, typeset_pdf

STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
_WIDTH_OF_FIGURE = 104  # millimetres
_WIDTH_IN_SHEET = 84
# Letters on a line of a table, in the size that the template gives to few and to many columns.
_ROOM, _ROOM_OF_MANY, _MANY = 122, 130, 7
_GAP = 2  # letters between columns
MOST_WRITTEN = 700  # letters in the boxes of a section that is still kept on one page
_WORDS = ("contents", "page", "annex", "annex_lead")
_UNKNOWN, _BREAK, _LEFT_TO_RIGHT = "\u25a1", "\u200b", "\u200e"
_LINE = 66  # letters of a line of text at the least
_PIECE = 8
# Kept as they are: joiners and the soft hyphen have no glyph of their own.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\u00ad\ufe0e\ufe0f")


@lru_cache(maxsize=20_000)
def printable(text: str) -> str:
    """Text that the embedded fonts can set: what they lack becomes a box, never a failure.

    A word too long for a line may be broken anywhere; what follows words from right to left keeps
    its place.
    """
    known = drawable()
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        if letter in _INVISIBLE or (
            unicodedata.category(letter) in ("Cc", "Cf") and letter != "\n"
        ):
            continue
        kept.append(letter if letter in "\n " or ord(letter) in known else _UNKNOWN)
    line = breakable("".join(kept), _LINE)
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)
    return line + _LEFT_TO_RIGHT if turned else line


def breakable(text: str, room: int) -> str:
    """Text in which words of more letters than there is room for may go on on the next line."""
    if len(text) <= room:
        return text
    return re.sub(rf"\S{{{room + 1},}}", lambda word: _BREAK.join(_pieces(word[0])), text)


def _pieces(word: str) -> list[str]:
    return [word[start : start + _PIECE] for start in range(0, len(word), _PIECE)]


class _Sheet:
    """One document on its way to the template."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.catalogue = Catalogue(document.language, ("report",))
        self.places = {s.id: (s.number, s.title) for s in walk(document.sections)}

    def say(self, key: str, **values: object) -> str:
        return self.catalogue.text(key, **values)

    def data(self) -> dict[str, Any]:
        document = self.document
        cover = document.meta.get("cover", True)
        return {
            "language": document.language,
            "title": printable(document.title),
            "author": "algo_audit",
            "subtitle": printable(document.subtitle),
            "banner": printable(document.banner),
            "eyebrow": printable(str(document.meta.get("eyebrow", ""))),
            "audience": self.say(f"pdf.audience.{document.audience}"),
            "foot": self._foot(),
            "cover": cover,
            "card": bool(document.meta.get("card")),
            "compact": document.audience == "person",
            "cartouche": [
                [printable(term), printable(value)] for term, value in document.meta["cartouche"]
            ],
            "words": {"banner": self.say(document.banner_heading)}
            | {word: self.say(f"pdf.{word}", page="{page}", pages="{pages}") for word in _WORDS},
            "marks": MARKS,
            "sections": [self._section(section) for section in document.sections],
            "annex": [self._data_table(figure) for figure in _figures(document)]
            if self._annexed
            else [],
        }

    @property
    def _annexed(self) -> bool:
        """Whether the numbers behind the figures stand in an annex."""
        meta = self.document.meta
        return bool(meta.get("annex", meta.get("cover", True)))

    def _foot(self) -> str:
        meta = self.document.meta
        version = f"algo_audit {meta.get('version', '')}".strip()
        sha = str(meta.get("sha256", ""))
        parts = [version, str(meta.get("date", "")), f"SHA-256 {sha[:16]}…" if sha else ""]
        return " · ".join(part for part in parts if part)

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "id": section.id,
            "number": section.number,
            "whole": self._whole(section),
            "title": printable(section.title),
            "blocks": [self._block(block) for block in section.blocks],
            "sections": [self._section(one) for one in section.sections],
            "starts_page": section.starts_page,
        }

    def _whole(self, section: Section) -> bool:
        """Whether a section is kept on one page: boxes to fill in, without long answers."""
        written = sum(len(b.text) for b in section.blocks if isinstance(b, AnswerBox))
        return bool(self.document.meta.get("whole_sections")) and written < MOST_WRITTEN

    def _block(self, block: Block) -> dict[str, Any]:
        match block:
            case Paragraph():
                return {"kind": "paragraph", "role": block.role, "text": printable(block.text)}
            case ListBlock():
                items = [printable(item) for item in block.items]
                return {"kind": "list", "items": items, "ordered": block.ordered}
            case Note():
                return self._note(block)
            case Table():
                return {"kind": "table", **self._table(block, block.number)}
            case Figure():
                return self._figure(block)
            case Finding():
                return self._finding(block)
            case Definitions():
                pairs = [[printable(term), printable(meaning)] for term, meaning in block.items]
                return {"kind": "definitions", "items": pairs}
            case AnswerBox():
                label, text = printable(block.label), printable(block.text)
                return {"kind": "answer", "label": label, "text": text, "lines": block.lines}

    def _note(self, note: Note) -> dict[str, Any]:
        text = [printable(one) for one in note.text]
        return {"kind": "note", "title": printable(note.title), "text": text, "style": note.kind}

    def _finding(self, finding: Finding) -> dict[str, Any]:
        number, title = self.places.get(finding.chapter, ("", ""))
        see = self.say("html.see", number=number, title=title) if number else ""
        return {
            "kind": "finding",
            "code": finding.code,
            "verdict": printable(finding.verdict),
            "headline": printable(finding.headline),
            "detail": printable(finding.detail),
            "sureness": printable(finding.sureness),
            "chapter": finding.chapter,
            "see": printable(see),
        }

    def _figure(self, figure: Figure) -> dict[str, Any]:
        number = self.say("label.figure", number=figure.number) if figure.number else ""
        return {
            "kind": "figure",
            "number": number,
            "caption": printable(figure.caption),
            "alternative": printable(figure.alternative),
            "svg": figure.svg,
            "width": _WIDTH_IN_SHEET if self.document.audience == "person" else _WIDTH_OF_FIGURE,
            "notes": [printable(note) for note in figure.notes],
            "data": figure.data.id,
            "see": self.say("pdf.see_data") if self._annexed else "",
        }

    def _data_table(self, figure: Figure) -> dict[str, Any]:
        return {
            **self._table(figure.data, ""),
            "number": self.say("label.data", number=figure.number),
        }

    def _table(self, table: Table, number: str) -> dict[str, Any]:
        widths = column_widths(table, room=_room(table))
        letters = [_room(table) * width // max(1, sum(widths)) - _GAP for width in widths]
        return {
            "id": table.id,
            "number": self.say("label.table", number=number) if number else "",
            "caption": printable(table.caption),
            "columns": [printable(column) for column in table.columns],
            "numeric": [
                bool(table.rows) and table.rows[0][x].numeric for x in range(len(table.columns))
            ],
            "widths": list(widths),
            "rows": [
                [_cell(cell, most) for cell, most in zip(row, letters, strict=True)]
                for row in table.rows
            ],
            "notes": [printable(note) for note in table.notes],
        }


def _room(table: Table) -> int:
    return _ROOM_OF_MANY if len(table.columns) > _MANY else _ROOM


def _cell(cell: Cell, most: int) -> dict[str, str]:
    mark = str(cell.value) if not cell.numeric and cell.value in MARKS else ""
    return {
        "text": breakable(printable(cell.text), max(most, _PIECE)),
        "interval": printable(cell.interval),
        "mark": mark,
    }


def _figures(document: Document) -> Iterator[Figure]:
    for section in walk(document.sections):
        yield from (block for block in section.blocks if isinstance(block, Figure))


@cache
def _template() -> bytes:
    folder = resources.files("algo_audit.report") / "templates" / "pdf"
    return (folder / "document.typ").read_bytes()


def render_pdf(document: Document) -> tuple[bytes, tuple[str, ...]]:
    """Set a document as PDF.

    Parameters
    ----------
    document : Document

    Returns
    -------
    pdf : bytes
        PDF/UA-1 and PDF/A-2a; the same document gives the same bytes.
    warnings : tuple of str
        What typst remarked; none is expected, and the tests hold it to that.
    """
    data = _Sheet(document).data()
    made = _typeset(document, data)
    most = document.meta.get("pages")
    if most is not None and page_count(made[0]) > most:
        made = _typeset(document, data | {"compact": True})
    return made


def _typeset(document: Document, data: dict[str, Any]) -> tuple[bytes, tuple[str, ...]]:
    return typeset_pdf(
        _template(),
        {"data": json.dumps(data, ensure_ascii=False)},
        standards=STANDARDS,
        timestamp=_timestamp(str(document.meta.get("date", ""))),
    )


def _timestamp(date: str) -> int:
    try:
        day = datetime.fromisoformat(date)
    except ValueError:
        day = datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed day, so that equal input gives equal bytes)
    return int(day.replace(tzinfo=UTC).timestamp())


def write_pdf(document: Document, path: str | Path) -> None:
    """Write the PDF; OSError where it cannot be written."""
    Path(path).write_bytes(render_pdf(document)[0])
