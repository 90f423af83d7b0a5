"""The Document: what a report says, in one language and for one audience, before any format.

A writer (HTML, PDF, Word, Excel, CSV) turns a Document into a file without computing.
Inline text is plain text: no markup, no HTML. Every element kind below must be handled by
every writer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["fr", "en"]
Audience = Literal["full", "committee", "public"]
# Who reads a document: an audience of a report, or the one person whom a sheet is about.
Reader = Literal["full", "committee", "public", "person"]


@dataclass(frozen=True)
class Paragraph:
    """Plain text. ``role``: body | lead | small | warning | quote | how_sure | blank.

    ``blank`` is a label with a line after it, to be filled in by hand.
    """

    text: str
    role: str = "body"


@dataclass(frozen=True)
class ListBlock:
    """Items of plain text."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Note:
    """A framed remark. ``kind``: caution | method | legal | limit | tip."""

    title: str
    text: tuple[str, ...]
    kind: str = "method"


@dataclass(frozen=True)
class Cell:
    """A table cell: text to print, and the raw number behind it where there is one.

    ``interval`` is the interval of that number, in words, to print under or after the text.
    """

    text: str
    value: float | int | str | None = None
    numeric: bool = False
    interval: str = ""


@dataclass(frozen=True)
class Table:
    """A captioned table; the first column is the row header.

    ``number`` is the same in every format ("Table 4"); "" for the data of a figure.
    """

    id: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with caption, text alternative and the table of its data.

    ``svg`` is a complete SVG document as text; its letters are text in DejaVu Sans.
    """

    id: str
    caption: str
    alternative: str
    svg: str
    data: Table
    notes: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True)
class Finding:
    """One of the essential findings: a sentence, how sure, and what stands behind it.

    ``verdict`` is the word to print, ``code`` the language-free verdict behind it (for the look);
    ``chapter`` the id of the section that tells more, or ""; ``key`` names the finding from one
    run of the audit to the next.
    """

    id: str
    headline: str
    detail: str
    sureness: str
    verdict: str
    chapter: str = ""
    code: str = ""
    key: str = ""


@dataclass(frozen=True)
class Definitions:
    """A glossary: pairs of term and explanation."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AnswerBox:
    """A framed place to write in: a label, and what was written there before.

    ``id`` names the box from one run of the audit to the next, so that answers are carried over;
    ``lines`` is the room to leave on paper.
    """

    id: str
    label: str
    text: str = ""
    lines: int = 4


Block = Paragraph | ListBlock | Note | Table | Figure | Finding | Definitions | AnswerBox


@dataclass(frozen=True)
class Section:
    """A numbered section; ``number`` is quoted as "§ 3.2" in every format.

    ``starts_page``: on paper it begins a page, to be copied or handed out by itself.
    """

    id: str
    number: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    starts_page: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report in one language for one audience, or the sheet of one person."""

    language: Language
    audience: Reader
    title: str
    subtitle: str
    banner: str  # who may receive it
    sections: tuple[Section, ...]
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def banner_heading(self) -> str:
        """Key of the words before the banner, the same in every format."""
        return f"banner.heading.{'person' if self.audience == 'person' else 'audience'}"
