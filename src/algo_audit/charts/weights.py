"""What weighs in a model: one number for each criterion, or what is written against what works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from algo_audit.charts import style
from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW = 0.42  # inches


def weights(
    rows: Sequence[tuple[str, Estimate]],
    *,
    form: Callable[[float], str],
    ticks: Callable[[float], str],
    title: str,
    hidden: str,
) -> Figure:
    """One disc with its interval for each criterion.

    Parameters
    ----------
    rows : sequence of (name, Estimate)
    form, ticks : callable
        Value to text, beside the disc and on the scale.
    title : str
        What the scale measures.
    hidden : str
        Words for a number that is not there.
    """
    points = [
        Point(
            label,
            hidden if number.value is None else form(number.value),
            number.value,
            None if number.low is None else max(0.0, number.low),
            number.high,
        )
        for label, number in rows
    ]
    return draw_points(points, form=ticks, title=title, hard=(0.0, float("inf")))


def paired_shares(
    rows: Sequence[tuple[str, float | None, float | None]], *, lettering: Lettering
) -> Figure:
    """Two marks in each row: a square for what is written, a disc for what works.

    Parameters
    ----------
    rows : sequence of (name, written, works)
        Shares, 0 to 1; None is hidden, and the row then is words only.
    lettering : Lettering
        Words ``shares`` (title of the scale), ``more``, ``less`` and ``even``.

    Notes
    -----
    A line joins the two: full where the criterion weighs more than is written, dashed where it
    weighs less.
    """
    with style.drawing():
        figure, axes = style.blank(_ROW * len(rows) + 0.78, bottom=0.62, top=0.1)
        known = [x for _, *pair in rows for x in pair if x is not None]
        high = min(1.0, 1.1 * max(known, default=1.0) or 0.1)
        style.scale(axes, 0.0, high, form=lettering.tick_percent, title=lettering.words["shares"])
        axes.set_ylim(-0.45, len(rows) - 0.3)
        axes.hlines(range(len(rows)), 0, high, colors=style.LINE, linewidths=0.6, zorder=1)
        looks: dict[str, Any] = {"linestyle": "none", "clip_on": False, "markeredgewidth": 1.6}
        for place, (name, written, works) in enumerate(rows):
            y = float(len(rows) - 1 - place)
            text = lettering.words["hidden"]
            if written is not None and works is not None:
                more = works >= written
                colour, dash = (style.SEEN, "-") if more else (style.GROUP, (0, (2, 1)))
                axes.plot(
                    [written, works], [y, y], color=colour, linewidth=2.4, linestyle=dash, zorder=2
                )
                text = _words(written, works, lettering)
            if written is not None:
                axes.plot(
                    [written],
                    [y],
                    "s",
                    markersize=7.0,
                    color=style.QUIET,
                    markerfacecolor=style.PAPER,
                    zorder=3,
                    **looks,
                )
            if works is not None:
                axes.plot([works], [y], "o", markersize=7.5, color=style.GROUP, zorder=4, **looks)
            style.write(axes, 0.0, y + 0.2, name, va="bottom", longest=34)
            style.write(axes, high, y + 0.2, text, va="bottom", ha="right", longest=48)
        return figure


def _words(written: float, works: float, lettering: Lettering) -> str:
    first, second = lettering.percent(written), lettering.percent(works)
    key = "even" if first == second else "more" if works > written else "less"
    return f"{first} / {second}  {lettering.words[key]}"
