"""Comparing like with like: gaps within strata, beside the raw gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from algo_audit.fairness.comparison import Interval


@dataclass(frozen=True)
class StratumLevel:
    """One level of a stratum: both groups' counts and rates, and their ratio."""

    level: str
    n: int
    events: int
    n_reference: int
    events_reference: int
    rate: float | None
    rate_reference: float | None
    ratio: float | None
    difference: float | None


@dataclass(frozen=True)
class StratifiedGap:
    """One group against its reference, raw and within one stratum.

    ``adjusted_*`` by Mantel-Haenszel over the levels that hold both groups (``levels_used``
    of ``levels_all``, ``n_used`` people). ``reversal`` True when raw and adjusted gaps point
    opposite ways, both are wide enough to matter (``strata.reversal_points`` or
    ``strata.reversal_ratio`` of the limits), the change from one to the other is more than chance,
    and the adjusted gap is not just a remainder (its interval excludes none, or it is at least
    half as wide as the raw gap); ``opposite_levels`` names the levels with an established gap of
    their own (Fisher's exact test, Holm over levels) where there are such in both directions.
    ``possibly_tainted`` is a code when the control may itself carry discrimination
    (past_rating, pay, career_break, part_time), else None.
    """

    attribute: str
    group: str
    reference: str
    stratum: str
    raw_difference: Interval | None
    raw_ratio: Interval | None
    adjusted_difference: Interval | None
    adjusted_ratio: Interval | None
    odds_ratio: Interval | None
    cmh_p_value: float | None
    homogeneity_p_value: float | None
    homogeneity_method: str | None
    reversal: bool
    opposite_levels: tuple[str, ...]
    vanishes: bool  # raw gap established or a lead, adjusted interval holds none, surely changed
    possibly_tainted: str | None
    levels_used: int
    levels_all: int
    n_used: int
    levels: tuple[StratumLevel, ...]


@dataclass(frozen=True)
class ControlWarning:
    """A stratum that must not be used as it is.

    ``kind``: ``leak`` (its values are filled in after the decision: every row with a
    specified value got the same decision), ``tainted`` (may itself carry discrimination).
    ``rows`` and ``events`` are None where a report hides them.
    """

    column: str
    kind: Literal["leak", "tainted"]
    values: tuple[str, ...]
    rows: int | None
    events: int | None
    reason: str
