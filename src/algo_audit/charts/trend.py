"""The gap by year of the decision: one mark with its interval for each period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.trend import YearGap

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def trend(
    gaps: Sequence[YearGap], *, lettering: Lettering, name: Callable[[YearGap], str]
) -> Figure:
    """Difference of rates in each period, from the first down, around "no gap".

    Parameters
    ----------
    gaps : sequence of YearGap
        Of one group; a period in which it cannot be compared keeps its row.
    lettering : Lettering
        Words ``difference`` and ``hidden``.
    name : callable
        Period to its printed name.
    """
    rows = []
    for gap in gaps:
        found = gap.difference
        if found is None:
            rows.append(Point(name(gap), lettering.words["hidden"], None))
        else:
            text = lettering.points(found.value)
            rows.append(Point(name(gap), text, found.value, found.low, found.high))
    title = lettering.words["difference"]
    return draw_points(rows, form=lettering.tick_points, title=title, zero=0.0, hard=(-1.0, 1.0))
