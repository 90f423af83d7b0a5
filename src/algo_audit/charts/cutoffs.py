"""The gap at every cut-off of a score: difference of rates by share of people selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algo_audit.charts import style
from algo_audit.charts.style import Lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT = 2.9  # inches
_ROOM = -0.09  # left of nought, for the figures of the upright scale
_FEW = 30  # cut-offs: so few are marked one by one


@dataclass(frozen=True)
class CutMark:
    """One cut-off: share of people selected, difference (0 to 1) and its limits."""

    share: float
    difference: float
    low: float
    high: float


def cutoff_curve(
    marks: Sequence[CutMark], *, declared: float | None, lettering: Lettering
) -> Figure:
    """Draw one group's gap against its reference at every cut-off, with its band.

    Parameters
    ----------
    marks : sequence of CutMark
        By rising share selected.
    declared : float or None
        Share selected at the declared cut-off: an upright line.
    lettering : Lettering
        Words ``share``, ``difference`` and ``declared``.
    """
    with style.drawing():
        figure, axes = style.blank(_HEIGHT, bottom=0.62, top=0.3)
        style.scale(axes, 0.0, 1.0, form=lettering.tick_percent, title=lettering.words["share"])
        x = [mark.share for mark in marks]
        low, high = [m.low for m in marks], [m.high for m in marks]
        bottom, top = min((0.0, *low)), max((0.0, *high))
        air = 0.08 * (top - bottom) or 0.05
        axes.set_ylim(max(bottom - air, -1.0), min(top + air, 1.0))
        axes.set_xlim(_ROOM, 1.0)
        axes.fill_between(x, low, high, color=style.FILL, linewidth=0, zorder=1)
        for edge in (low, high):
            axes.plot(x, edge, color=style.QUIET, linewidth=0.6, zorder=2)
        shape = "o" if len(marks) <= _FEW else None
        difference = [m.difference for m in marks]
        axes.plot(
            x, difference, color=style.GROUP, linewidth=1.8, marker=shape, markersize=4.5, zorder=3
        )
        axes.axhline(0.0, color=style.INK, linewidth=1.1, linestyle=(0, (4, 3)), zorder=2)
        _upright_scale(axes, lettering)
        if declared is not None:
            axes.axvline(declared, color=style.SEEN, linewidth=1.6, linestyle=(0, (2, 2)), zorder=4)
            right = declared > 0.6
            style.write(
                axes, declared, 1.01, lettering.words["declared"],
                transform=axes.get_xaxis_transform(), va="bottom",
                ha="right" if right else "left", fontsize=style.SMALL_LETTERS, color=style.SEEN,
            )  # fmt: skip
        else:
            style.write(
                axes, 0.0, 1.01, lettering.words["difference"],
                transform=axes.get_xaxis_transform(), va="bottom", fontsize=style.SMALL_LETTERS,
                color=style.QUIET, longest=70,
            )  # fmt: skip
        return figure


def _upright_scale(axes: object, lettering: Lettering) -> None:
    """Ticks of the difference inside the chart, over a quiet grid."""
    from matplotlib.axes import Axes
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    assert isinstance(axes, Axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: lettering.tick_points(value)))
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.tick_params(axis="y", colors=style.QUIET, labelsize=style.SMALL_LETTERS, length=0, pad=-2)
    for label in axes.get_yticklabels():
        label.set_horizontalalignment("left")
        label.set_verticalalignment("bottom")
