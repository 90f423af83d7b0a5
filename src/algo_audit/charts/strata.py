"""Comparing like with like: raw beside adjusted, and level by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts import style
from algo_audit.charts.points import Kind, Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.strata import StratifiedGap, StratumLevel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.5


def _gap(label: str, gap: Interval | None, kind: Kind, lettering: Lettering) -> Point:
    if gap is None:
        return Point(label, lettering.words["hidden"], None, kind=kind)
    return Point(label, lettering.points(gap.value), gap.value, gap.low, gap.high, kind)


def raw_and_adjusted(
    gaps: Sequence[StratifiedGap],
    *,
    lettering: Lettering,
    name: Callable[[StratifiedGap, bool], str],
) -> Figure:
    """Two rows for each gap: raw (disc) and within the stratum (diamond), around "no gap".

    Parameters
    ----------
    gaps : sequence of StratifiedGap
    lettering : Lettering
        Word ``difference``.
    name : callable
        (gap, adjusted) to the name of the row.
    """
    rows = []
    for gap in gaps:
        rows.append(_gap(name(gap, False), gap.raw_difference, "group", lettering))
        rows.append(_gap(name(gap, True), gap.adjusted_difference, "adjusted", lettering))
    return draw_points(
        rows,
        form=lettering.tick_points,
        title=lettering.words["difference"],
        zero=0.0,
        hard=(-1.0, 1.0),
    )


def _pair(axes: Axes, level: StratumLevel, y: float, high: float, lettering: Lettering) -> None:
    style.write(axes, 0.0, y + 0.2, level.level, va="bottom", longest=34)
    rate, other = level.rate, level.rate_reference
    axes.plot([0, high], [y, y], color=style.LINE, linewidth=0.6, zorder=1)
    if rate is None or other is None:
        words = lettering.words["hidden"]
        style.write(axes, high, y + 0.2, words, va="bottom", ha="right")
        return
    behind = rate < other
    words = lettering.words[
        "level_behind" if behind else "level_ahead" if rate > other else "level_even"
    ]
    text = f"{lettering.percent(rate)} / {lettering.percent(other)}  {words}"
    style.write(axes, high, y + 0.2, text, va="bottom", ha="right", longest=48)
    axes.plot(
        [rate, other],
        [y, y],
        color=style.SEEN if behind else style.GROUP,
        linewidth=2.4,
        linestyle="-" if behind else (0, (2, 1)),
        zorder=2,
    )
    axes.plot([rate], [y], marker="o", markersize=7.5, color=style.GROUP, zorder=4, clip_on=False)
    axes.plot(
        [other], [y], marker="s", markersize=7.0, color=style.QUIET, clip_on=False,
        markerfacecolor=style.PAPER, markeredgewidth=1.6, zorder=3,
    )  # fmt: skip


def level_pairs(levels: Sequence[StratumLevel], *, lettering: Lettering) -> Figure:
    """Both groups' rates in every level: disc = group, square = reference.

    A reversal is seen when the discs lie left of the squares in one part of the chart and right
    of them in another. No interval is drawn: the levels are for the direction, the adjusted gap
    for how sure.
    """
    with style.drawing():
        rows = len(levels)
        figure, axes = style.blank(_ROW * rows + 0.78, bottom=0.62, top=0.1)
        numbers = [
            x for level in levels for x in (level.rate, level.rate_reference) if x is not None
        ]
        high = min(1.0, 1.08 * max(numbers, default=1.0) or 0.1)
        style.scale(axes, 0.0, high, form=lettering.tick_percent, title=lettering.words["rate"])
        axes.set_ylim(-0.45, rows - 0.3)
        for place, level in enumerate(levels):
            _pair(axes, level, rows - 1 - place, high, lettering)
        return figure
