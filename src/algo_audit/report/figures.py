"""A matplotlib Figure as SVG text that can stand inside a page, and as a block of a Document."""

from __future__ import annotations

import io
import re
from functools import cache
from html import escape, unescape
from itertools import count, pairwise
from typing import TYPE_CHECKING

from algo_audit.charts.style import drawing
from algo_audit.report import document

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.ft2font import FT2Font

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
_TEXT = re.compile(r'<text style="([^"]*)"([^>]*)>(.*?)</text>', re.DOTALL)
_UNTURNED = re.compile(r' transform="rotate\(-?0(?: [-0-9.]+){2}\)"')
_STYLE_OF = re.compile(r'\bstyle="([^"]*)"')
_SHORTHAND = re.compile(r"(?:(bold|\d{3}) )?([\d.]+px)")
# Where the drawing's own font is missing: Verdana has the widths of DejaVu Sans.
_FAMILY = "DejaVu Sans,Verdana,sans-serif"
_BOLD = 600
# Scripts whose letters stand one after the other, each as wide as it is alone.
_PLAIN_SCRIPTS = re.compile("[\u0020-\u058f\u2000-\u2bff]+")
_AIR = re.compile(r">\s+<")
_SPACES = re.compile(r"\s+")
_EMPTY = re.compile(r"<defs>\s*</defs>")
_UNSEEN = re.compile(r'<path d="[^"]*" style="fill:none"/>')


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
        No prolog, no metadata, no comment, no style element; coordinates to a hundredth of a
        point. Text is text, that can be searched, copied and edited, and says how long it is, so
        that another font cannot run over its neighbours. The same figure gives the same text.
    """
    stream = io.StringIO()
    with drawing():
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    text = _PROLOG.sub("", stream.getvalue(), count=1)
    for useless in (_METADATA, _STYLE, _COMMENT, _EMPTY):
        text = useless.sub("", text)
    text = _TEXT.sub(_lettering, text)
    used = (*_LINK.findall(text), *_PLACE.findall(text))
    short = dict(zip(dict.fromkeys(used), (f"{id}-{n}" for n in count(1)), strict=False))
    text = _ID.sub(lambda match: f'id="{short[match[1]]}"' if match[1] in short else "", text)
    text = _LINK.sub(lambda match: f'href="#{short[match[1]]}"', text)
    text = _PLACE.sub(lambda match: f"url(#{short[match[1]]})", text)
    text = _STYLE_OF.sub(lambda match: match[0].replace(": ", ":").replace("; ", ";"), text)
    text = _SHAPE.sub(lambda match: _SPACES.sub(" ", _DECIMALS.sub(r"\1", match[0])), text)
    text = _UNSEEN.sub("", _without_bare_groups(_AIR.sub("><", text).strip()))
    text = _MOVED.sub(r'\1 x="\2"/>', text)
    found = _VIEW.search(text)
    view = found[1] if found else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img" '
        f'aria-labelledby="{id}-name {id}-text" font-family="{_FAMILY}" '
        'stroke-linejoin="round" stroke-linecap="butt">'
        f'<title id="{id}-name">{escape(title)}</title>'
        f'<desc id="{id}-text">{escape(description)}</desc>'
    )
    return _ROOT.sub(lambda _: head, text, count=1)


def _lettering(match: re.Match[str]) -> str:
    """One text of a drawing: the family stands at the root, the length beside the place."""
    style = dict(part.split(": ", 1) for part in match[1].rstrip("; ").split("; "))
    style.pop("font-family", None)
    # matplotlib before 3.11 writes "font: 700 10px 'DejaVu Sans'"
    short = _SHORTHAND.search(style.pop("font", ""))
    if short:
        style |= {"font-size": short[2], **({"font-weight": short[1]} if short[1] else {})}
    size = float(style.pop("font-size").removesuffix("px"))
    words, weight = unescape(match[3]), style.get("font-weight", "")
    bold = weight == "bold" or (weight.isdigit() and int(weight) >= _BOLD)
    drawn = [f'{name}="{value}"' for name, value in style.items()]
    drawn.append(f'font-size="{size:g}"')
    if _PLAIN_SCRIPTS.fullmatch(words):
        drawn.append(f'textLength="{size * _advance(words, bold=bold):.2f}"')
        drawn.append('lengthAdjust="spacingAndGlyphs"')
    return f"<text {' '.join(drawn)}{_UNTURNED.sub('', match[2])}>{match[3]}</text>"


def _advance(words: str, *, bold: bool) -> float:
    """Length of a text in ems, kerning included."""
    from matplotlib.ft2font import Kerning

    font = _font(bold)
    between = sum(
        font.get_kerning(font.get_char_index(ord(a)), font.get_char_index(ord(b)), Kerning.UNFITTED)
        for a, b in pairwise(words)
    )
    # kerning comes in 64ths of a point, at 100 points
    return sum(_width(ord(letter), bold=bold) for letter in words) + between / 6400


@cache
def _font(bold: bool) -> FT2Font:
    from matplotlib import font_manager

    weight = "bold" if bold else "normal"
    properties = font_manager.FontProperties(family="DejaVu Sans", weight=weight)
    font = font_manager.get_font(font_manager.findfont(properties))
    font.set_size(100, 72)
    return font


@cache
def _width(letter: int, *, bold: bool) -> float:
    from matplotlib.ft2font import LoadFlags

    glyph = _font(bold).load_char(letter, flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


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
