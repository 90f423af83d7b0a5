"""Selection rates by group, and gaps against a reference, as points with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.comparison import Comparison, GroupRate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def rates(
    groups: Sequence[GroupRate],
    reference: str | None,
    *,
    lettering: Lettering,
    name: Callable[[str | None], str],
) -> Figure:
    """Selection rate of every group with its 95 % interval.

    Parameters
    ----------
    groups : sequence of GroupRate
        Groups of one attribute; a masked or empty one has ``rate.value`` None and keeps its row.
    reference : str or None
        The group drawn as a square.
    lettering : Lettering
        Numbers in the reader's language; words ``rate`` and ``hidden``.
    name : callable
        Group (None: unknown) to printed name.
    """
    rows = []
    for group in groups:
        rate = group.rate
        shown = lettering.words["hidden"] if rate.value is None else lettering.percent(rate.value)
        kind = "reference" if group.group == reference and group.group is not None else "group"
        rows.append(
            Point(
                name(group.group),
                shown,
                rate.value,
                rate.low,
                rate.high,
                "small" if group.status != "used" else kind,  # type: ignore[arg-type]
            )
        )
    return draw_points(
        rows, form=lettering.tick_percent, title=lettering.words["rate"], hard=(0.0, 1.0)
    )


def differences(
    comparisons: Sequence[Comparison],
    *,
    lettering: Lettering,
    name: Callable[[Comparison], str],
) -> Figure:
    """Difference of rates of each comparison with its 95 % interval, around "no gap"."""
    rows = [
        Point(
            name(comparison),
            lettering.points(comparison.difference.value)
            if comparison.difference is not None
            else lettering.words["hidden"],
            *(
                (None, None, None)
                if comparison.difference is None
                else (
                    comparison.difference.value,
                    comparison.difference.low,
                    comparison.difference.high,
                )
            ),
        )
        for comparison in comparisons
    ]
    return draw_points(
        rows,
        form=lettering.tick_points,
        title=lettering.words["difference"],
        zero=0.0,
        hard=(-1.0, 1.0),
    )
