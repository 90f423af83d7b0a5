"""Estimates and comparisons: one group against a reference, with how sure one can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal[
    "not_shown",
    "small_gap_established",
    "gap_established",
    "large_gap_excluded",
    "inconclusive",
    "lead",
]
Family = Literal["primary", "exploratory"]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; ``value`` is None with a reason, never a bare NaN."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    method: str = ""
    missing_reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval, as it stands inside a comparison."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupRate:
    """One line of ``groups[]``: a group, its headcount and its selection rate."""

    attribute: str
    group: str | None  # None: unknown
    n: int
    events: int
    rate: Estimate
    status: Literal["used", "small", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """A group against a reference for one measure; field names are those of ``audit.json``.

    ``attribute`` is the column, or ``sex × age`` for a crossing; ``reference`` None means
    all other groups together; ``stratum`` None means raw. ``difference`` is value minus
    reference_value, in the measure's unit (rates: 0 to 1). ``ratio`` is None where a ratio has
    no meaning. Within a stratum or pools, ``difference`` and ``ratio`` are adjusted (Mantel and
    Haenszel) and the two values stay the plain rates of the people counted. ``missing_reason`` of
    a ``not_shown``: ``margins`` (no table with these margins reaches the level),
    ``nothing_varies``, ``one_group_each`` (few people, all rows of each in one group),
    ``too_few_people``, ``labels_only_for_selected``; of the raw row of a file with pools:
    ``verdict_within_pools``. ``test`` names what gave ``p_value``; ``p_adjusted``
    comes from the whole question's own. ``shortfall`` is how many favourable decisions the group
    lacks against the reference's rate (positive = lacks). ``p_adjusted`` is corrected within
    ``family`` (family-wise level for primary, Benjamini-Hochberg q for exploratory).
    ``interval_disagrees`` tells that the unadjusted interval and the verdict seem to
    disagree, so that the report says why in one sentence.
    """

    attribute: str
    group: str
    reference: str | None
    measure: str
    unit: str
    stratum: str | None
    n: int
    events: int | None
    n_reference: int
    events_reference: int | None
    value: float | None
    reference_value: float | None
    difference: Interval | None
    ratio: Interval | None
    p_value: float | None
    p_adjusted: float | None
    test: str | None
    family: Family
    verdict: Verdict | None  # None: the raw row of a file with pools carries none
    smallest_detectable_ratio: float | None = None
    smallest_detectable_gap: float | None = None  # of means, in the outcome's unit
    flip_count: int | None = None
    shortfall: Interval | None = None
    missing_reason: str | None = None
    interval_disagrees: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class TestRow:
    """One line of ``tests[]``: omnibus | cmh | breslow_day | reversal."""

    attribute: str
    measure: str
    stratum: str | None
    kind: Literal["omnibus", "cmh", "breslow_day", "reversal"]
    statistic: float | None
    df: int | None
    p_value: float | None
    p_adjusted: float | None
    group: str | None = None
    reference: str | None = None
    missing_reason: str | None = None

    __test__ = False  # not a pytest class
