"""Stages of a selection: how many of each group are still there, stage after stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algo_audit.charts import style
from algo_audit.charts.style import Lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# A group keeps its pattern through all stages; four of them can be told apart in black and white.
PATTERNS = ("", "////", "....", "xxxx")
_ROW, _LOWEST_ROW, _HEAD = 0.42, 0.32, 0.36  # inches
_TALLEST = 6.6
_TEXT = 0.2


@dataclass(frozen=True)
class FunnelBar:
    """One group after one stage: its name, what is printed, and the share still there (0 to 1)."""

    label: str
    text: str
    share: float | None


@dataclass(frozen=True)
class FunnelStage:
    """One stage with a bar for each group, in the same order in every stage."""

    label: str
    bars: tuple[FunnelBar, ...]


def funnel(stages: Sequence[FunnelStage], *, lettering: Lettering) -> Figure:
    """Draw the share of each group that is still there after each stage.

    Parameters
    ----------
    stages : sequence of FunnelStage
        From top to bottom; at most four groups.
    lettering : Lettering
        Word ``reached``: what the scale measures.

    Returns
    -------
    Figure
        A bar as long as the share of those at the start; each group has a pattern of its own.
    """
    with style.drawing():
        bars = sum(len(stage.bars) for stage in stages)
        row = max(_LOWEST_ROW, min(_ROW, (_TALLEST - _HEAD * len(stages)) / max(bars, 1)))
        height, thick = _HEAD * len(stages) + row * bars, row - _TEXT - 0.03
        figure, axes = style.blank(height + 0.72, bottom=0.62, top=0.06)
        style.scale(axes, 0.0, 1.0, form=lettering.tick_percent, title=lettering.words["reached"])
        axes.set_ylim(0.0, height)
        top = height
        for stage in stages:
            style.write(
                axes, 0.0, top - _HEAD + 0.06, stage.label, va="bottom", fontweight="bold",
                longest=56,
            )  # fmt: skip
            top -= _HEAD
            for place, bar in enumerate(stage.bars):
                base = top - row + 0.02
                if bar.share is not None:
                    axes.barh(
                        base + thick / 2,
                        bar.share,
                        height=thick,
                        color=style.FILL if PATTERNS[place % 4] else style.GROUP,
                        edgecolor=style.INK if PATTERNS[place % 4] else style.GROUP,
                        hatch=PATTERNS[place % 4],
                        linewidth=0.9,
                        zorder=2,
                    )
                style.write(axes, 0.0, base + thick + 0.01, bar.label, va="bottom", longest=34)
                style.write(
                    axes, 1.0, base + thick + 0.01, bar.text, va="bottom", ha="right", longest=40
                )
                top -= row
        return figure
