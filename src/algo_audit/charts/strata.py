"""Comparing like with like: raw beside adjusted, and level by level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from algo_audit.charts import style
from algo_audit.charts.points import Kind, Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.strata import StratifiedGap, StratumLevel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.42  # inches


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


def _words(level: StratumLevel, lettering: Lettering) -> str:
    rate, other = level.rate, level.rate_reference
    if rate is None or other is None:
        return lettering.words["hidden"]
    key = "level_behind" if rate < other else "level_ahead" if rate > other else "level_even"
    return f"{lettering.percent(rate)} / {lettering.percent(other)}  {lettering.words[key]}"


def _bars(axes: Axes, pairs: Sequence[tuple[float, float, float]]) -> None:
    """A line from group to reference: full where the group is behind, dashed where ahead."""
    from matplotlib.collections import LineCollection

    looks = ((True, style.SEEN, "-"), (False, style.GROUP, (0, (2, 1))))
    for behind, colour, dash in looks:
        lines = [((rate, y), (other, y)) for rate, other, y in pairs if (rate < other) == behind]
        if lines:
            drawn = LineCollection(lines, colors=colour, linewidths=2.4, linestyles=[dash])
            axes.add_collection(drawn, autolim=False)


def level_pairs(
    levels: Sequence[StratumLevel], *, lettering: Lettering, name: Callable[[str], str] = str
) -> Figure:
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
        places = [(level, float(rows - 1 - place)) for place, level in enumerate(levels)]
        pairs = [
            (level.rate, level.rate_reference, y)
            for level, y in places
            if level.rate is not None and level.rate_reference is not None
        ]
        axes.hlines(range(rows), 0, high, colors=style.LINE, linewidths=0.6, zorder=1)
        _bars(axes, pairs)
        looks: dict[str, Any] = {"linestyle": "none", "clip_on": False, "markeredgewidth": 1.6}
        ys = [y for _, _, y in pairs]
        axes.plot(
            [x for _, x, _ in pairs], ys, "s", markersize=7.0, color=style.QUIET,
            markerfacecolor=style.PAPER, zorder=3, **looks,
        )  # fmt: skip
        axes.plot(
            [x for x, _, _ in pairs], ys, "o", markersize=7.5, color=style.GROUP, zorder=4, **looks
        )
        for level, y in places:
            style.write(axes, 0.0, y + 0.2, name(level.level), va="bottom", longest=34)
            text = _words(level, lettering)
            style.write(axes, high, y + 0.2, text, va="bottom", ha="right", longest=48)
        return figure
