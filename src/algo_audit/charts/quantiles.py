"""Amounts of each group: the marks below which 10, 25, 50, 75 and 90 % of its people lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts import style
from algo_audit.fairness.amount_groups import AmountGroup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.62  # inches
_BOX, _CAP, _MIDDLE = 0.11, 0.07, 0.17  # half heights, in rows


def _marks(axes: Axes, y: float, group: AmountGroup) -> None:
    """A line from 10 to 90 %, a box from 25 to 75 %, a bar at the median, a diamond at the mean.

    Each mark that this audience may not see is left out alone.
    """
    ink = style.QUIET if group.status != "used" else style.GROUP
    lowest, low, middle, high, highest = group.quantiles
    if lowest is not None and highest is not None:
        axes.plot([lowest, highest], [y, y], color=ink, linewidth=1.2, zorder=2)
        for end in (lowest, highest):
            axes.plot([end, end], [y - _CAP, y + _CAP], color=ink, linewidth=1.2, zorder=2)
    if low is not None and high is not None:
        corners = ([low, high, high, low, low], [y - _BOX, y - _BOX, y + _BOX, y + _BOX, y - _BOX])
        axes.fill(*corners, facecolor=style.PAPER, edgecolor=ink, linewidth=1.4, zorder=3)
    if middle is not None:
        axes.plot([middle, middle], [y - _MIDDLE, y + _MIDDLE], color=ink, linewidth=3, zorder=4)
    if group.mean is not None:
        axes.plot(
            [group.mean], [y], marker="D", markersize=6, color=style.INK,
            markerfacecolor=style.PAPER, markeredgewidth=1.3, linestyle="none", zorder=5,
        )  # fmt: skip


def quantiles(
    groups: Sequence[AmountGroup],
    *,
    form: Callable[[float], str],
    title: str,
    name: Callable[[AmountGroup], str],
    text: Callable[[AmountGroup], str],
) -> Figure:
    """Draw the amounts of every group of one attribute.

    Parameters
    ----------
    groups : sequence of AmountGroup
        From top to bottom; one whose figures are hidden keeps its row.
    form : callable
        Amount to the text of a tick, in the reader's language and the outcome's unit.
    title : str
        What the scale measures.
    name, text : callable
        Group to its printed name, and to what is printed at the end of its row.
    """
    with style.drawing():
        rows = len(groups)
        figure, axes = style.blank(_ROW * rows + 0.78, bottom=0.62, top=0.1)
        numbers = [x for g in groups for x in (*g.quantiles, g.mean) if x is not None]
        low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
        air = 0.05 * (high - low) or 0.05
        ends = (low - air, high + air)
        if low >= 0 and low < 0.35 * high:
            ends = (0.0, high + air)  # a scale that starts at nought when that costs little room
        style.scale(axes, *ends, form=form, title=title)
        axes.set_ylim(-0.45, rows - 0.3)
        for place, group in enumerate(groups):
            y = float(rows - 1 - place)
            _marks(axes, y, group)
            style.write(axes, ends[0], y + 0.24, name(group), va="bottom", longest=36)
            style.write(axes, ends[1], y + 0.24, text(group), va="bottom", ha="right", longest=40)
        return figure
