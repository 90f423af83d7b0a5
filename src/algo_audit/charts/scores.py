"""Scores by group: share above the median, AUC, and what happened later at each score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from algo_audit.charts import style
from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.scores import GroupScore

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHAPES = ("o", "s", "^", "D", "v", "P")
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 3)), (0, (8, 2)))


def _estimates(
    rows: Sequence[tuple[str, Estimate]],
    *,
    form: Callable[[float], str],
    ticks: Callable[[float], str],
    title: str,
    hidden: str,
    zero: float | None,
) -> Figure:
    points = [
        Point(
            label,
            hidden if estimate.value is None else form(estimate.value),
            estimate.value,
            estimate.low,
            estimate.high,
        )
        for label, estimate in rows
    ]
    return draw_points(points, form=ticks, title=title, hard=(0.0, 1.0), zero=zero)


def above_median(
    groups: Sequence[GroupScore], *, lettering: Lettering, name: Callable[[GroupScore], str]
) -> Figure:
    """Share of each group whose score lies strictly above the median of all."""
    return _estimates(
        [(name(group), group.above_median) for group in groups],
        form=lettering.percent,
        ticks=lettering.tick_percent,
        title=lettering.words["above_median"],
        hidden=lettering.words["hidden"],
        zero=None,
    )


def areas(
    groups: Sequence[GroupScore], *, lettering: Lettering, name: Callable[[GroupScore], str]
) -> Figure:
    """AUC of each group with its interval; 0.5 is a score that orders no better than chance."""
    return _estimates(
        [(name(group), group.auc) for group in groups],
        form=lettering.ratio,
        ticks=lettering.ratio,
        title=lettering.words["auc"],
        hidden=lettering.words["hidden"],
        zero=0.5,
    )


def _look(place: int) -> dict[str, Any]:
    """Shape, dash and colour of the line at ``place``: any two of them tell it from the others."""
    colour = (style.GROUP, style.SEEN, style.QUIET)[place % 3]
    return {
        "marker": _SHAPES[place % 6],
        "linestyle": _DASHES[place % 6],
        "color": colour,
        "linewidth": 1.6,
        "markersize": 6.5,
        "markerfacecolor": style.PAPER if place % 2 else colour,
        "clip_on": False,
    }


def _line(axes: Axes, group: GroupScore, place: int) -> None:
    look = _look(place)
    marks = [
        (bin_.mean_score, bin_.observed.value, bin_.observed)
        for bin_ in group.calibration
        if bin_.observed.value is not None and bin_.mean_score is not None
    ]
    axes.plot([x for x, _, _ in marks], [y for _, y, _ in marks], **look)
    for x, _, seen in marks:
        if seen.low is not None and seen.high is not None:
            axes.plot([x, x], [seen.low, seen.high], color=look["color"], linewidth=1.0, zorder=1)


def _key(axes: Axes, label: str, place: int, groups: int) -> None:
    """One line of the key, under the chart, in the order of the lines."""
    figure = axes.figure
    y = 0.22 * (groups - place - 0.4) / axes.get_figure(root=True).get_figheight()  # type: ignore[union-attr]
    axes.plot([0.03, 0.11], [y, y], transform=figure.transFigure, **_look(place))
    style.write(
        axes,
        0.14,
        y,
        label,
        transform=figure.transFigure,
        va="center",
        fontsize=style.SMALL_LETTERS,
    )


def calibration(
    groups: Sequence[GroupScore], *, lettering: Lettering, name: Callable[[GroupScore], str]
) -> Figure:
    """What happened later at each score, one line with its own shape for each group.

    It misleads where a bin holds few people: the interval is drawn for that.
    """
    with style.drawing():
        key = 0.22 * len(groups)
        figure, axes = style.blank(3.5 + key, bottom=0.7 + key)
        numbers = [b.mean_score for g in groups for b in g.calibration if b.mean_score is not None]
        low, high = min(numbers, default=0.0), max(numbers, default=1.0)
        air = 0.1 * (high - low) or 0.05
        title = lettering.words["mean_score"]
        style.scale(axes, low - air, high + air, form=lettering.number, title=title)
        axes.set_ylim(0, 1)
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        axes.grid(axis="y", color=style.LINE, linewidth=0.6)
        axes.set_yticks(ticks, [lettering.tick_percent(tick) for tick in ticks])
        axes.tick_params(
            axis="y", colors=style.QUIET, labelsize=style.SMALL_LETTERS, length=0, pad=-2
        )
        for label in axes.get_yticklabels():
            label.set_horizontalalignment("left")
            label.set_verticalalignment("bottom")
        for place, group in enumerate(groups):
            _line(axes, group, place)
            _key(axes, name(group), place, len(groups))
        return figure
