"""Bars around "no gap": the parts of a gap side by side, or one after the other as a staircase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from algo_audit.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["part", "total"]
_ROW = 0.44  # inches
_NOTED_ROW = 0.62
_HALF = 0.11  # of a row: half the thickness of a bar


@dataclass(frozen=True)
class Bar:
    """One row: its name, its printed value, a bar from ``start`` to ``end`` with an interval.

    ``low`` and ``high`` are places on the scale, around ``end``. ``kind``: ``part`` is full where
    it adds and hatched where it takes away, ``total`` hollow, with a square at its end. ``note``
    is written in small letters under the name. A row without ``end`` is words only.
    """

    label: str
    text: str
    start: float = 0.0
    end: float | None = None
    low: float | None = None
    high: float | None = None
    kind: Kind = "part"
    note: str = ""


def _ends(bars: Sequence[Bar]) -> tuple[float, float]:
    numbers = [0.0]
    for bar in bars:
        places = (bar.start, bar.end, bar.low, bar.high)
        numbers += [place for place in places if place is not None]
    low, high = min(numbers), max(numbers)
    air = 0.06 * (high - low) or 0.05
    return low - air, high + air


def _rectangles(axes: Axes, bars: Sequence[Bar]) -> None:
    from matplotlib.patches import Rectangle

    for place, bar in enumerate(bars):
        if bar.end is None:
            continue
        y = len(bars) - 1 - place
        left, width = min(bar.start, bar.end), abs(bar.end - bar.start)
        taking = bar.end < bar.start
        edge = style.INK if bar.kind == "total" else style.SEEN if taking else style.GROUP
        face = style.PAPER if bar.kind == "total" or taking else style.GROUP
        axes.add_patch(
            Rectangle(
                (left, y - _HALF),
                width,
                2 * _HALF,
                facecolor=face,
                edgecolor=edge,
                linewidth=1.2,
                hatch="/////" if taking and bar.kind == "part" else None,
                zorder=2,
            )
        )


def _whiskers(axes: Axes, bars: Sequence[Bar]) -> None:
    """Intervals with their caps, drawn over the bars."""
    from matplotlib.collections import LineCollection

    lines = []
    for place, bar in enumerate(bars):
        if bar.end is None or bar.low is None or bar.high is None:
            continue
        y = float(len(bars) - 1 - place)
        lines.append(((bar.low, y), (bar.high, y)))
        lines += [((end, y - 0.07), (end, y + 0.07)) for end in (bar.low, bar.high)]
    if lines:
        drawn = LineCollection(lines, colors=style.INK, linewidths=1.6, capstyle="butt")
        drawn.set_zorder(3)
        axes.add_collection(drawn, autolim=False)


def _steps(axes: Axes, bars: Sequence[Bar]) -> None:
    """From the end of each bar down to where the next one starts."""
    from matplotlib.collections import LineCollection

    lines = [
        ((bar.end, len(bars) - 1 - place - _HALF), (bar.end, len(bars) - 2 - place + _HALF))
        for place, bar in enumerate(bars[:-1])
        if bar.end is not None
    ]
    if lines:
        drawn = LineCollection(lines, colors=style.LINE, linewidths=1.2)
        drawn.set_zorder(1.8)
        axes.add_collection(drawn, autolim=False)


def draw_bars(
    bars: Sequence[Bar],
    *,
    form: Callable[[float], str],
    title: str,
    joined: bool = False,
) -> Figure:
    """Draw rows of bars with their intervals, around a dashed line at nought.

    Parameters
    ----------
    bars : sequence of Bar
        From top to bottom.
    form : callable
        Tick value to text, in the reader's language.
    title : str
        What the scale measures.
    joined : bool
        Each bar starts where the one above ends: a pale line leads from one to the next.

    Returns
    -------
    Figure
        5 inches wide, 0.44 inches for each row; 0.62 where rows carry a note.
    """
    with style.drawing():
        rows = len(bars)
        noted = any(bar.note for bar in bars)
        row = _NOTED_ROW if noted else _ROW
        below = 0.55 if noted else 0.4
        figure, axes = style.blank(row * (rows - 1 + below + 0.62) + 0.72, bottom=0.62, top=0.1)
        ends = _ends(bars)
        style.scale(axes, *ends, form=form, title=title)
        axes.set_ylim(-below, rows - 1 + 0.62)
        style.upright(axes, 0.0, rows, below=0.15, above=0.14)
        if joined:
            _steps(axes, bars)
        _rectangles(axes, bars)
        _whiskers(axes, bars)
        totals = [(b.end, rows - 1 - i) for i, b in enumerate(bars) if b.kind == "total" and b.end is not None]  # fmt: skip  # noqa: E501
        axes.plot(
            [x for x, _ in totals], [y for _, y in totals], "s", markersize=7.0, color=style.INK,
            markerfacecolor=style.PAPER, markeredgewidth=1.6, linestyle="none", zorder=4,
            clip_on=False,
        )  # fmt: skip
        for place, bar in enumerate(bars):
            y = rows - 1 - place
            style.write(axes, ends[0], y + 0.16, bar.label, va="bottom", longest=38)
            style.write(axes, ends[1], y + 0.16, bar.text, va="bottom", ha="right", longest=40)
            if bar.note:
                style.write(
                    axes, ends[0], y - 0.17, bar.note, va="top", longest=62,
                    fontsize=style.SMALL_LETTERS, color=style.QUIET,
                )  # fmt: skip
        return figure
