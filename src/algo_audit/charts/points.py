"""Points with intervals, one row each: the drawing behind rates, gaps, shares and AUC."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from algo_audit.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["group", "reference", "small", "adjusted"]
_SHAPES: dict[Kind, str] = {"group": "o", "reference": "s", "small": "o", "adjusted": "D"}
_ROW = 0.42  # inches
Segment = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Point:
    """One row: its name, its printed value, a number with an interval, an expected value.

    ``kind``: ``group`` disc, ``reference`` square, ``small`` hollow disc (set aside),
    ``adjusted`` diamond. Everything numeric may be absent: the row is then words only.
    """

    label: str
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: Kind = "group"
    expected: float | None = None


def _finite(*numbers: float | None) -> list[float]:
    return [number for number in numbers if number is not None and math.isfinite(number)]


def _bounds(
    points: Sequence[Point], zero: float | None, hard: tuple[float, float] | None
) -> tuple[float, float]:
    """Ends of the scale: all marks, with air; inside ``hard`` where a number cannot go further."""
    numbers = [x for p in points for x in _finite(p.value, p.low, p.high, p.expected)]
    if zero is not None:
        numbers.append(zero)
    if not numbers:
        return hard or (0.0, 1.0)
    low, high = min(numbers), max(numbers)
    air = 0.06 * (high - low) or 0.05
    low, high = low - air, high + air
    if hard is not None:
        low, high = max(low, hard[0]), min(high, hard[1])
        if low < hard[0] + 0.35 * (high - hard[0]):
            low = hard[0]  # a scale that starts at nought when that costs little room
    return low, high


def _segments(
    points: Sequence[Point], ends: tuple[float, float]
) -> tuple[list[Segment], list[str], list[float]]:
    """Intervals with their caps, and expected values; a bound off the scale has no cap."""
    low, high = ends
    lines: list[Segment] = []
    colours: list[str] = []
    widths: list[float] = []
    for place, point in enumerate(points):
        y = float(len(points) - 1 - place)
        if point.value is None:
            continue
        if point.low is not None and point.high is not None:
            left, right = max(point.low, low), min(point.high, high)
            drawn: list[tuple[Segment, float]] = [(((left, y), (right, y)), 2.4)]
            drawn += [
                (((end, y - 0.08), (end, y + 0.08)), 1.6)
                for end in (point.low, point.high)
                if low <= end <= high
            ]
            lines += [line for line, _ in drawn]
            widths += [width for _, width in drawn]
            colours += [_colour(point.kind)] * len(drawn)
        if point.expected is not None:
            lines.append(((point.expected, y - 0.2), (point.expected, y + 0.16)))
            colours.append(style.SEEN)
            widths.append(2.2)
    return lines, colours, widths


def _colour(kind: Kind) -> str:
    return style.QUIET if kind in ("small", "reference") else style.GROUP


def _marks(axes: Axes, points: Sequence[Point]) -> None:
    """The points, all of one kind at once: an artist costs more than a mark."""
    for kind, shape in _SHAPES.items():
        marks = [
            (point.value, len(points) - 1 - place)
            for place, point in enumerate(points)
            if point.kind == kind and point.value is not None
        ]
        if not marks:
            continue
        colour = _colour(kind)
        axes.plot(
            [x for x, _ in marks],
            [y for _, y in marks],
            marker=shape,
            markersize=7.5,
            color=colour,
            markerfacecolor=style.PAPER if kind in ("small", "reference") else colour,
            markeredgewidth=1.6,
            linestyle="none",
            zorder=4,
            clip_on=False,
        )


def draw_points(
    points: Sequence[Point],
    *,
    form: Callable[[float], str],
    title: str,
    zero: float | None = None,
    hard: tuple[float, float] | None = None,
) -> Figure:
    """Draw rows of points with their intervals.

    Parameters
    ----------
    points : sequence of Point
        From top to bottom.
    form : callable
        Tick value to text, in the reader's language.
    title : str
        What the scale measures.
    zero : float, optional
        Place of "no gap", drawn as a dashed line.
    hard : (float, float), optional
        Ends that the measure cannot pass (0 and 1 for a rate).

    Returns
    -------
    Figure
        5 inches wide, 0.42 inches for each row.
    """
    from matplotlib.collections import LineCollection

    with style.drawing():
        rows = len(points)
        figure, axes = style.blank(_ROW * rows + 0.78, bottom=0.62, top=0.1)
        ends = _bounds(points, zero, hard)
        style.scale(axes, *ends, form=form, title=title)
        axes.set_ylim(-0.45, rows - 0.3)
        if zero is not None:
            style.upright(axes, zero, rows, below=0.3, above=0.17)
        lines, colours, widths = _segments(points, ends)
        axes.hlines(range(rows), *ends, colors=style.LINE, linewidths=0.6, zorder=1)
        if lines:
            drawn = LineCollection(lines, colors=colours, linewidths=widths, capstyle="butt")
            drawn.set_zorder(2)
            axes.add_collection(drawn, autolim=False)
        _marks(axes, points)
        for place, point in enumerate(points):
            y = rows - 1 - place + 0.2
            style.write(axes, ends[0], y, point.label, va="bottom", longest=36)
            style.write(axes, ends[1], y, point.text, va="bottom", ha="right", longest=40)
        return figure
