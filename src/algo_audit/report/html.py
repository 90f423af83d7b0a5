"""A Document as one self-contained HTML file: no script, no outside request."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from algo_audit.charts.style import PALETTE
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report.building import walk
from algo_audit.report.csv_table import csv_text
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

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_KINDS: dict[type, str] = {
    Paragraph: "paragraph",
    ListBlock: "list",
    Note: "note",
    Table: "table",
    Figure: "figure",
    Finding: "finding",
    Definitions: "definitions",
    AnswerBox: "answer",
}
_COLOURS = {colour: f"var(--figure-{name})" for name, colour in PALETTE.items()}
# What an address inside an attribute holds as it is; letters with accents are safer encoded.
_LITERAL = " !$()*+,-./;=?@[]_~"
_COLOUR = re.compile("|".join(re.escape(colour) for colour in _COLOURS), re.IGNORECASE)


def kind(block: Block) -> str:
    """Name of a block's template."""
    return _KINDS[type(block)]


def _drawing(svg: str) -> Markup:
    """Our own SVG, its colours taken from the page so that it follows light and dark."""
    from markupsafe import Markup

    return Markup(_COLOUR.sub(lambda match: _COLOURS[match[0].lower()], svg))  # noqa: S704


def _data_uri(kind: str, text: str) -> str:
    """A file inside the page, to be saved without a server.

    Percent signs only where they are needed: base64 would be a quarter longer.
    """
    return f"data:{kind},{quote(text, safe=_LITERAL)}"


def _csv_uri(table: Table, language: str) -> str:
    return _data_uri("text/csv;charset=utf-8", csv_text(table, language))


def _svg_uri(svg: str) -> str:
    return _data_uri("image/svg+xml;charset=utf-8", svg)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("algo_audit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = _drawing
    environment.filters["kind"] = kind
    environment.filters["csv_uri"] = _csv_uri
    environment.filters["svg_uri"] = _svg_uri
    environment.globals["marks"] = MARKS
    return environment


def _numbers(sections: tuple[Section, ...]) -> dict[str, tuple[str, str]]:
    return {section.id: (section.number, section.title) for section in walk(sections)}


def render_html(document: Document) -> str:
    """Lay a document out as HTML.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        A whole page. Text from the document is escaped; the only markup let through is the SVG
        that ``report.figures`` made.
    """
    catalogue = Catalogue(document.language, ("report", "sheet"))
    return (
        _environment()
        .get_template("person.html" if document.audience == "person" else "page.html")
        .render(document=document, places=_numbers(document.sections), say=catalogue.text)
    )


def write_html(document: Document, path: str | Path) -> None:
    """Write the page as UTF-8; OSError where it cannot be written."""
    Path(path).write_text(render_html(document), encoding="utf-8", newline="\n")
