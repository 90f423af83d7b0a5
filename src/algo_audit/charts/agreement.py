"""How often two ways of deciding say the same: everyone first, then each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def agreements(rows: Sequence[tuple[str, Estimate]], *, lettering: Lettering) -> Figure:
    """Shares of decisions that agree, with their intervals.

    Parameters
    ----------
    rows : sequence of (name, Estimate)
        The first, for everyone, is drawn as a square; the groups as discs.
    lettering : Lettering
        Word ``agreement``.
    """
    points = [
        Point(
            label,
            lettering.words["hidden"] if share.value is None else lettering.percent(share.value),
            share.value,
            share.low,
            share.high,
            "group" if place else "reference",
        )
        for place, (label, share) in enumerate(rows)
    ]
    return draw_points(
        points, form=lettering.tick_percent, title=lettering.words["agreement"], hard=(0.0, 1.0)
    )
