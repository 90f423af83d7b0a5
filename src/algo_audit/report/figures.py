"""A matplotlib Figure as SVG text that can stand inside a page, and as a block of a Document."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

from algo_audit.charts.style import drawing
from algo_audit.report import document

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PROLOG = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
# The style element of matplotlib would apply to the whole page, and a comment spells each text.
_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<svg\b[^>]*>")
_VIEW = re.compile(r'viewBox="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')
_LINK = re.compile(r'(?:xlink:)?href="#([^"]*)"')
_GROUP = re.compile(r"<(/?)g\b([^>]*)>")
_MOVED = re.compile(r'(<use href="[^"]*") transform="translate\(([-0-9.]+) 0\)"/>')
_PLACE = re.compile(r"url\(#([^)]*)\)")
_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")
_SHAPE = re.compile(r'\bd="[^"]*"|translate\([^)]*\)|\b[xy]="[^"]*"')
# Half of a drawing is references to letters: a short name for each.
_GLYPH = re.compile(r"DejaVuSans(-Bold)?-(?=[0-9a-f]+\")")
_AIR = re.compile(r">\s+<")
_SPACES = re.compile(r"\s+")
_EMPTY = re.compile(r"<defs>\s*</defs>")


def svg_text(figure: Figure, *, id: str, title: str, description: str) -> str:  # noqa: A002
    """Turn a figure into one ``<svg>`` element.

    Parameters
    ----------
    figure : Figure
        From ``algo_audit.charts``.
    id : str
        Prefix of every id in it, so that several figures can stand in one page.
    title, description : str
        Name and text alternative; escaped here.

    Returns
    -------
    str
        No prolog, no metadata, no comment, no style element; letters are paths; coordinates to
        a hundredth of a point. The same figure gives the same text.
    """
    stream = io.StringIO()
    with drawing():
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    text = _PROLOG.sub("", stream.getvalue(), count=1)
    for useless in (_METADATA, _STYLE, _COMMENT, _EMPTY):
        text = useless.sub("", text)
    text = _GLYPH.sub(lambda match: "b" if match[1] else "g", text)
    used = {*_LINK.findall(text), *_PLACE.findall(text)}
    text = _ID.sub(lambda match: f'id="{id}-{match[1]}"' if match[1] in used else "", text)
    text = _LINK.sub(lambda match: f'href="#{id}-{match[1]}"', text)
    text = _PLACE.sub(lambda match: f"url(#{id}-{match[1]})", text)
    text = _SHAPE.sub(lambda match: _SPACES.sub(" ", _DECIMALS.sub(r"\1", match[0])), text)
    text = _without_bare_groups(_AIR.sub("><", text).strip())
    text = _MOVED.sub(r'\1 x="\2"/>', text)
    found = _VIEW.search(text)
    view = found[1] if found else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img" '
        f'aria-labelledby="{id}-name {id}-text" stroke-linejoin="round" stroke-linecap="butt">'
        f'<title id="{id}-name">{escape(title)}</title>'
        f'<desc id="{id}-text">{escape(description)}</desc>'
    )
    return _ROOT.sub(lambda _: head, text, count=1)


def _without_bare_groups(text: str) -> str:
    """Groups that say nothing (their ids were not used) are a quarter of a drawing."""
    kept: list[bool] = []

    def one(match: re.Match[str]) -> str:
        if match[1]:
            return match[0] if kept.pop() else ""
        attributes = match[2].strip()
        if attributes.endswith("/"):
            return ""  # an empty group
        kept.append(bool(attributes))
        return f"<g {attributes}>" if attributes else ""

    return _GROUP.sub(one, text)


def figure_block(
    figure: Figure,
    *,
    caption: str,
    alternative: str,
    data: document.Table,
    notes: tuple[str, ...] = (),
) -> document.Figure:
    """A drawing with its caption, alternative and data; its id is that of the data table."""
    id_ = data.id.removesuffix("-data")
    svg = svg_text(figure, id=id_, title=caption, description=alternative)
    return document.Figure(id_, caption, alternative, svg, data, notes)
