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
_SHAPES = {"group": "o", "reference": "s", "small": "o", "adjusted": "D"}
_ROW = 0.5  # inches


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


def _row(axes: Axes, point: Point, y: float, ends: tuple[float, float]) -> None:
    low, high = ends
    style.write(axes, low, y + 0.2, point.label, va="bottom", longest=36)
    style.write(axes, high, y + 0.2, point.text, va="bottom", ha="right", longest=40)
    colour = style.QUIET if point.kind in ("small", "reference") else style.GROUP
    axes.plot([low, high], [y, y], color=style.LINE, linewidth=0.6, zorder=1)
    if point.value is None:
        return
    if point.low is not None and point.high is not None:
        left, right = max(point.low, low), min(point.high, high)
        axes.plot(
            [left, right], [y, y], color=colour, linewidth=2.4, solid_capstyle="butt", zorder=2
        )
        for end, cut in ((left, point.low < low), (right, point.high > high)):
            if not cut:
                axes.plot([end, end], [y - 0.08, y + 0.08], color=colour, linewidth=1.6, zorder=2)
    axes.plot(
        [point.value],
        [y],
        marker=_SHAPES[point.kind],
        markersize=7.5,
        color=colour,
        markerfacecolor=style.PAPER if point.kind in ("small", "reference") else colour,
        markeredgewidth=1.6,
        linestyle="none",
        zorder=4,
        clip_on=False,
    )
    if point.expected is not None:
        axes.plot(
            [point.expected, point.expected],
            [y - 0.2, y + 0.16],
            color=style.SEEN,
            linewidth=2.2,
            zorder=3,
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
        5 inches wide, half an inch for each row.
    """
    with style.drawing():
        rows = len(points)
        figure, axes = style.blank(_ROW * rows + 0.78, bottom=0.62, top=0.1)
        ends = _bounds(points, zero, hard)
        style.scale(axes, *ends, form=form, title=title)
        axes.set_ylim(-0.45, rows - 0.3)
        if zero is not None:
            axes.axvline(zero, color=style.INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1.5)
        for place, point in enumerate(points):
            _row(axes, point, rows - 1 - place, ends)
        return figure
