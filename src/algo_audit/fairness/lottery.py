"""The lottery mirror: the gap that chance alone gives with these headcounts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lottery:
    """The gap between worst and best group over equal draws, beside the gap seen.

    Every draw gives the same number of favourable decisions (within strata or pools when
    declared) at random to the same people, then takes the most favoured group as reference
    again, as the audit does. ``ratios_low``/``counts`` are the histogram of the drawn ratio
    worst/reference: bin i is [edges[i], edges[i+1]).
    """

    attribute: str
    stratum: str | None
    draws: int
    observed_group: str
    observed_reference: str
    observed_ratio: float | None
    mean_ratio: float
    quantile_05: float
    quantile_50: float
    quantile_95: float
    share_below_margin: float  # share of equal draws whose worst ratio is under the margin
    share_as_wide: float  # share of equal draws with a worst ratio <= the one seen
    edges: tuple[float, ...]
    counts: tuple[int, ...]
