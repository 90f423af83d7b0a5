"""Verdicts: which of the six words a comparison gets, first match wins."""

from __future__ import annotations

from dataclasses import dataclass

from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import Family, Interval, Verdict

NOTHING_VARIES = "nothing_varies"
MARGINS = "margins"


@dataclass(frozen=True)
class Gap:
    """One group against its reference, with intervals of one confidence.

    ``unfavourable_ratio`` is the ratio of the shares *not* favoured. A ratio is None where the
    reference's share is 0.
    """

    value: float
    reference_value: float
    difference: Interval | None
    ratio: Interval | None
    unfavourable_ratio: Interval | None


@dataclass(frozen=True)
class Decision:
    """A verdict and, for ``not_shown``, the code of its reason."""

    verdict: Verdict
    missing_reason: str | None = None


def within_margin(gap: Gap, policy: Policy) -> bool:
    """Tell whether a gap is smaller than the margin, by two one-sided tests.

    Parameters
    ----------
    gap : Gap
        With 90 % intervals: each side is then a test at 5 %.
    policy : Policy

    Returns
    -------
    bool
        The ratios of favourable and of unfavourable rates both lie inside [m, 1/m], or the
        difference lies inside the margin in points. Both ratios are needed: at high rates the
        favourable one hides a doubling of refusals, at low rates the other way round.
    """
    points = policy.margin_points
    if points is not None and gap.difference is not None:
        inside = -points < gap.difference.low and gap.difference.high < points
        if inside:
            return True
    return all(
        ratio is not None and policy.margin < ratio.low and ratio.high < 1 / policy.margin
        for ratio in (gap.ratio, gap.unfavourable_ratio)
    )


def decide(
    *,
    family: Family,
    p_adjusted: float | None,
    pair_minimum: float,
    within: bool,
    level: float,
) -> Decision:
    """Verdict of one comparison.

    Parameters
    ----------
    family : {"primary", "exploratory"}
    p_adjusted : float or None
        Corrected p-value, or q; None when the question left the family.
    pair_minimum : float
        Smallest p-value that the pair's own margins could give; 1 where nothing varies.
    within : bool
        See ``within_margin``.
    level : float
        Family-wise level, or false discovery rate.
    """
    if pair_minimum >= 1.0:
        return Decision("not_shown", NOTHING_VARIES)
    if pair_minimum > level or p_adjusted is None:
        return Decision("not_shown", MARGINS)
    if family == "exploratory":
        if p_adjusted < level:
            return Decision("lead")
        return Decision("large_gap_excluded" if within else "inconclusive")
    if p_adjusted <= level:
        return Decision("small_gap_established" if within else "gap_established")
    return Decision("large_gap_excluded" if within else "inconclusive")


def interval_disagrees(
    verdict: Verdict, difference: Interval | None, ratio: Interval | None
) -> bool:
    """Tell whether the unadjusted 95 % interval and the verdict seem to say different things.

    The interval is not corrected for how many groups and questions were looked at, nor for the
    choice of the reference; the verdict is.
    """
    excludes = [
        not interval.low <= none <= interval.high
        for interval, none in ((difference, 0.0), (ratio, 1.0))
        if interval is not None
    ]
    if verdict in ("gap_established", "small_gap_established", "lead"):
        return not all(excludes)
    return any(excludes)
