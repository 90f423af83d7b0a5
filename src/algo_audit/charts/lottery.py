"""The lottery mirror: the gap seen, over the gaps that equal draws give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algo_audit.charts import style
from algo_audit.charts.style import Lettering
from algo_audit.fairness.lottery import Lottery

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _bars(axes: Axes, lottery: Lottery) -> float:
    """Histogram of the drawn ratios, hatched where as wide as the one seen; returns its height."""
    edges = np.asarray(lottery.edges, dtype=float)
    counts = np.asarray(lottery.counts, dtype=float)
    axes.stairs(
        counts, edges, fill=True, facecolor=style.FILL, edgecolor=style.QUIET, linewidth=0.8
    )
    seen = lottery.observed_ratio
    if seen is not None:
        wide = np.where(edges[:-1] < seen, counts, 0.0)
        if wide.any():
            axes.stairs(
                wide,
                np.minimum(edges, max(seen, float(edges[0]))),
                fill=True,
                facecolor=style.FILL,
                edgecolor=style.SEEN,
                hatch="////",
                linewidth=0.8,
            )
    return float(counts.max()) if counts.size else 1.0


def lottery_mirror(lottery: Lottery, *, lettering: Lettering) -> Figure:
    """Draw 1,000 equal draws and mark the gap seen.

    Parameters
    ----------
    lottery : Lottery
        Histogram of the ratio of the least to the most favoured group.
    lettering : Lettering
        Words ``lottery_axis``, ``lottery_seen`` (with the ratio filled in) and ``lottery_equal``.

    Notes
    -----
    It misleads if read as "chance explains the gap": it shows what chance *can* do with these
    headcounts, not what happened.
    """
    with style.drawing():
        figure, axes = style.blank(2.75, bottom=0.62, top=0.08)
        edges = lottery.edges
        seen = lottery.observed_ratio
        filled = [i for i, count in enumerate(lottery.counts) if count]
        low = edges[filled[0]] if filled else edges[0]
        high = edges[filled[-1] + 1] if filled else edges[-1]
        if seen is not None:
            low, high = min(low, seen), max(high, seen)
        air = 0.05 * (high - low) or 0.05
        low, high = max(0.0, low - air), max(high + air, 1.0 + air)
        style.scale(axes, low, high, form=lettering.ratio, title=lettering.words["lottery_axis"])
        tallest = _bars(axes, lottery)
        axes.set_ylim(0, tallest * 1.42)
        axes.axvline(1.0, ymax=0.7, color=style.INK, linewidth=1.0, linestyle=(0, (4, 3)))
        # on the side that the arrow leaves free
        right = seen is None or seen < high - 0.5 * (high - low)
        style.write(
            axes, high if right else low, tallest * 1.08, lettering.words["lottery_equal"],
            ha="right" if right else "left", fontsize=style.SMALL_LETTERS, color=style.QUIET,
            longest=60,
        )  # fmt: skip
        if seen is not None:
            _seen(axes, seen, (low, high), tallest, text=lettering.words["lottery_seen"])
        return figure


def _seen(axes: Axes, seen: float, ends: tuple[float, float], tallest: float, *, text: str) -> None:
    """A line with an arrow head, and the words on the side that has room."""
    low, high = ends
    axes.plot([seen, seen], [0, tallest * 1.2], color=style.SEEN, linewidth=2.2, clip_on=False)
    axes.plot(
        [seen],
        [tallest * 0.03],
        marker="v",
        markersize=9,
        color=style.SEEN,
        clip_on=False,
        zorder=5,
    )
    left = seen - low < 0.5 * (high - low)
    shift = 0.015 * (high - low)
    style.write(
        axes,
        seen + shift if left else seen - shift,
        tallest * 1.26,
        text,
        ha="left" if left else "right",
        weight="bold",
        color=style.SEEN,
    )
