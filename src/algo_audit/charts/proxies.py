"""How well the inputs point to the members of a group: pairs told apart, out of 100."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algo_audit.charts import style
from algo_audit.fairness.comparison import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.56
_CHANCE = 0.5
_LEAST = 0.42  # left end of the scale, unless a mark lies beyond


@dataclass(frozen=True)
class Told:
    """One group: all inputs together (disc, interval), the strongest criterion alone (diamond)."""

    label: str
    text: str
    together: Estimate
    alone: float | None = None


def _dumbbells(axes: Axes, rows: Sequence[Told]) -> None:
    from matplotlib.collections import LineCollection

    lines, widths, colours = [], [], []
    for place, row in enumerate(rows):
        y, value = float(len(rows) - 1 - place), row.together.value
        if value is None:
            continue
        if row.alone is not None:
            lines.append(((row.alone, y), (value, y)))
            widths.append(1.2)
            colours.append(style.QUIET)
        low, high = row.together.low, row.together.high
        if low is not None and high is not None:
            lines.append(((low, y), (high, y)))
            lines += [((end, y - 0.08), (end, y + 0.08)) for end in (low, high)]
            widths += [2.4, 1.6, 1.6]
            colours += [style.GROUP] * 3
    if lines:
        drawn = LineCollection(lines, colors=colours, linewidths=widths, capstyle="butt")
        drawn.set_zorder(2)
        axes.add_collection(drawn, autolim=False)


def told_apart(
    rows: Sequence[Told],
    *,
    alert: float,
    form: Callable[[float], str],
    title: str,
    words: tuple[str, str],
) -> Figure:
    """One row for each group, between a coin toss (dashed) and the alert level (dotted).

    Parameters
    ----------
    rows : sequence of Told
        From top to bottom.
    alert : float
        Level from which the parties look at it (AUC).
    form : callable
        AUC to tick text ("50").
    title : str
    words : (str, str)
        Names of the two lines: chance, alert.
    """
    with style.drawing():
        count = len(rows)
        figure, axes = style.blank(_ROW * (count + 0.9) + 0.72, bottom=0.62, top=0.1)
        places = [x for r in rows for x in (r.together.low, r.alone, _LEAST) if x is not None]
        low, high = min(places) - 0.02, 1.0
        style.scale(axes, low, high, form=form, title=title)
        axes.set_ylim(-0.4, count + 0.5)
        for place, word, dash in ((_CHANCE, words[0], (4, 3)), (alert, words[1], (1, 1.5))):
            style.upright(axes, place, count, below=0.3, above=0.13, dash=dash)
            style.write(
                axes, place, count - 0.36, word, va="bottom", ha="center", color=style.QUIET,
                fontsize=style.SMALL_LETTERS, longest=24,
            )  # fmt: skip
        axes.hlines(range(count), low, high, colors=style.LINE, linewidths=0.6, zorder=1)
        _dumbbells(axes, rows)
        _marks(axes, rows)
        for place, row in enumerate(rows):
            y = count - 1 - place + 0.16
            style.write(axes, low, y, row.label, va="bottom", longest=34)
            style.write(axes, high, y, row.text, va="bottom", ha="right", longest=40)
        return figure


def _marks(axes: Axes, rows: Sequence[Told]) -> None:
    discs, diamonds = [], []
    for place, row in enumerate(rows):
        y = len(rows) - 1 - place
        if row.together.value is not None:
            discs.append((row.together.value, y))
        if row.alone is not None:
            diamonds.append((row.alone, y))
    for marks, shape, face in ((diamonds, "D", style.PAPER), (discs, "o", style.GROUP)):
        axes.plot(
            [x for x, _ in marks], [y for _, y in marks], shape, markersize=7.5, color=style.GROUP,
            markerfacecolor=face, markeredgewidth=1.6, linestyle="none", zorder=4, clip_on=False,
        )  # fmt: skip
