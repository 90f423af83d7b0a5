"""The best k of a pool: shares of the chosen against what equal draws in each pool give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.style import Lettering
from algo_audit.fairness.ranking import PoolShare

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pool_shares(
    shares: Sequence[PoolShare], *, lettering: Lettering, name: Callable[[PoolShare], str]
) -> Figure:
    """Share of the chosen with its interval (disc), and the share expected (bar across)."""
    rows = [
        Point(
            name(share),
            lettering.words["hidden"]
            if share.share_of_chosen.value is None
            else lettering.percent(share.share_of_chosen.value),
            share.share_of_chosen.value,
            share.share_of_chosen.low,
            share.share_of_chosen.high,
            expected=None if share.share_of_chosen.value is None else share.share_expected,
        )
        for share in shares
    ]
    return draw_points(
        rows, form=lettering.tick_percent, title=lettering.words["share_of_chosen"], hard=(0.0, 1.0)
    )
