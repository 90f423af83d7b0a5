"""What counted in one person's case: a small bar for each criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algo_audit.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.42  # inches
_HALF = 0.13  # of a row: half the thickness of a bar


@dataclass(frozen=True)
class Counted:
    """One criterion: its name, its printed value and its bar from nought to ``value``.

    ``most`` is the outline around the bar: what could be had at best. None: no outline.
    """

    label: str
    text: str
    value: float
    most: float | None = None


def _bars(axes: Axes, rows: Sequence[Counted], unit: float) -> None:
    from matplotlib.patches import Rectangle

    for place, row in enumerate(rows):
        y = len(rows) - 1 - place - _HALF
        against = row.value < 0
        if row.most is not None and row.most > 0:
            axes.add_patch(
                Rectangle(
                    (0.0, y), row.most / unit, 2 * _HALF,
                    facecolor=style.PAPER, edgecolor=style.INK, linewidth=1.1, zorder=2,
                )
            )  # fmt: skip
        axes.add_patch(
            Rectangle(
                (min(0.0, row.value) / unit, y), abs(row.value) / unit, 2 * _HALF,
                facecolor=style.PAPER if against else style.GROUP,
                edgecolor=style.SEEN if against else style.GROUP,
                hatch="/////" if against else None, linewidth=1.1, zorder=3,
            )
        )  # fmt: skip


def counted(rows: Sequence[Counted], *, against: str = "", towards: str = "") -> Figure:
    """Draw what counted, one bar for each criterion.

    Parameters
    ----------
    rows : sequence of Counted
        From top to bottom. Full bars to the right count for the person, hatched bars to the left
        against; an empty outline is what could be had at best.
    against, towards : str
        Words for the two sides, where there are two; "" otherwise.

    Returns
    -------
    Figure
        5 inches wide, under half an inch for each row.
    """
    with style.drawing():
        foot = 0.34 if against or towards else 0.08
        figure, axes = style.blank(_ROW * len(rows) + foot + 0.06, bottom=foot, top=0.04)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        ends = [0.0, *(row.value for row in rows), *(row.most or 0.0 for row in rows)]
        unit = max(ends) - min(ends) or 1.0
        low, high = min(ends) / unit, max(ends) / unit
        axes.set_xlim(low - 0.01, high + 0.01)
        axes.set_ylim(-_HALF - 0.1, len(rows) - 1 + 0.75)
        _bars(axes, rows, unit)
        if low < 0:
            ends_of_line = ([place - _HALF - 0.05 for place in range(len(rows))],
                            [place + _HALF + 0.05 for place in range(len(rows))])  # fmt: skip
            axes.vlines([0.0] * len(rows), *ends_of_line, colors=style.INK, linewidth=1.2, zorder=4)
        for place, row in enumerate(rows):
            y = len(rows) - 1 - place + _HALF + 0.06
            style.write(axes, low, y, row.label, va="bottom", longest=40)
            style.write(axes, high, y, row.text, va="bottom", ha="right", longest=30)
        below = -_HALF - 0.16
        small = {"va": "top", "fontsize": style.SMALL_LETTERS, "color": style.QUIET}
        if against:
            style.write(axes, low, below, f"◀ {against}", longest=34, **small)
        if towards:
            style.write(axes, high, below, f"{towards} ▶", ha="right", longest=34, **small)
        return figure
