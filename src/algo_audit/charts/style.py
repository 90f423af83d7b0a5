"""One look for every chart: few colours, shapes that carry the meaning, letters that stay letters.

Meaning never hangs on colour: a group is a disc, its reference a square, a group set aside a
hollow disc, an expected value a bar across; all of it reads in black and white.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Blue and vermilion of Okabe and Ito (2008), darkened to 4.5:1 on white; the rest is grey.
INK = "#1c2430"
QUIET = "#5a6472"
LINE = "#c9ced6"
PAPER = "#ffffff"
GROUP = "#0f4c81"
SEEN = "#a8430a"
FILL = "#dfe4ea"
PALETTE = {"ink": INK, "quiet": QUIET, "line": LINE, "paper": PAPER, "group": GROUP}
PALETTE |= {"seen": SEEN, "fill": FILL}

# 360 points wide: the letters keep 10 pixels on a telephone and 15 on a desk.
WIDTH = 5.0
LETTERS = 10.0
SMALL_LETTERS = 9.0
LONGEST_LABEL = 44


@dataclass(frozen=True)
class Lettering:
    """How the reader's language writes numbers, and the few words a chart carries.

    ``percent``, ``points`` (signed, without unit), ``ratio`` and ``number`` turn a value into
    text; ``tick_percent`` and ``tick_points`` do it without useless decimals.
    """

    percent: Callable[[float], str]
    points: Callable[[float], str]
    ratio: Callable[[float], str]
    number: Callable[[float], str]
    tick_percent: Callable[[float], str]
    tick_points: Callable[[float], str]
    words: Mapping[str, str] = field(default_factory=dict)


_SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": LETTERS,
    "svg.fonttype": "none",
    "svg.hashsalt": "algo_audit",
    "svg.id": None,
    "path.simplify": True,
    "axes.unicode_minus": True,
    "text.usetex": False,
    "text.parse_math": False,
    "hatch.linewidth": 0.8,
    "axes.linewidth": 0.8,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Settings under which charts are made and written; the caller's own come back after."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        yield


@cache
def drawable() -> frozenset[int]:
    """Code points that the chart font can draw."""
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont("DejaVu Sans")
    return frozenset(ft2font.FT2Font(path).get_charmap())


def legible(text: str, *, longest: int = LONGEST_LABEL) -> str:
    """Text that the chart font can draw: one line, unknown characters as a box, cut if long."""
    known = drawable()
    kept: list[str] = []
    for letter in " ".join(unicodedata.normalize("NFC", text).split(" ")):
        if unicodedata.category(letter) in ("Cc", "Cf"):
            kept.append(" ")
        else:
            kept.append(letter if ord(letter) in known else "\u25a1")
    line = "".join(kept).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def blank(height: float, *, bottom: float = 0.62, top: float = 0.12) -> tuple[Figure, Axes]:
    """A figure ``WIDTH`` x ``height`` inches with one bare chart; margins in inches."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), facecolor="none")
    FigureCanvasSVG(figure)
    side = 0.22 / WIDTH
    box = (side, bottom / height, 1 - 2 * side, 1 - (bottom + top) / height)
    axes = figure.add_axes(box, facecolor="none")
    for edge in ("left", "right", "top"):
        axes.spines[edge].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.tick_params(axis="x", colors=QUIET, labelsize=SMALL_LETTERS, length=3, width=0.8)
    axes.set_yticks([])
    return figure, axes


def write(axes: Axes, x: float, y: float, text: str, **options: object) -> Text:
    """Write literal text (never mathematics: a group may be called ``$``)."""
    longest = int(options.pop("longest", LONGEST_LABEL))  # type: ignore[call-overload]
    settings: dict[str, object] = {"fontsize": LETTERS, "color": INK, "parse_math": False}
    return axes.text(x, y, legible(text, longest=longest), **(settings | options))  # type: ignore[arg-type]


def scale(axes: Axes, low: float, high: float, *, form: Callable[[float], str], title: str) -> None:
    """Set the horizontal scale: round ticks in the reader's language, a quiet grid, a title."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(low, high)
    ticks = [
        float(tick)
        for tick in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low - 1e-9 <= tick <= high + 1e-9
    ]
    axes.set_xticks(ticks)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_xlabel(
        legible(title, longest=70), fontsize=SMALL_LETTERS, color=QUIET, parse_math=False
    )


def upright(
    axes: Axes,
    x: float,
    rows: int,
    *,
    below: float,
    above: float,
    dash: tuple[float, float] = (4, 3),
) -> None:
    """A dashed upright line at a place that matters, broken where the rows' words stand.

    ``below`` and ``above``: how far it goes from the middle of each row, in rows.
    """
    from matplotlib.collections import LineCollection

    lines = [((x, row - below), (x, row + above)) for row in range(rows)]
    drawn = LineCollection(lines, colors=INK, linewidths=1.1, linestyles=[(0, dash)])
    drawn.set_zorder(1.5)
    axes.add_collection(drawn, autolim=False)
