"""Two groups side by side on a numeric outcome, whole or within strata."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb, isfinite

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Interval
from algo_audit.stats.superiority import (
    Shift,
    mean_difference,
    mean_ratio,
    median_difference,
    smallest_detectable_shift,
    superiority,
    within_strata,
)


@dataclass(frozen=True)
class Sides:
    """Amounts of two groups: ``in_group`` marks the one compared, ``strata`` its level if any."""

    amounts: NDArray[np.float64]
    in_group: NDArray[np.bool_]
    strata: NDArray[np.int32] | None = None


@dataclass(frozen=True)
class AmountPair:
    """One group against another; every number that a comparison needs.

    ``narrow`` is the interval of the mean difference at the confidence of the margin's two
    one-sided tests; ``detectable`` the smallest difference of means that such groups would show in
    four samples of five; ``smallest_p`` the smallest p-value that these sizes could give, 1 where
    nothing varies. ``superiority_gap`` is the probability of superiority less one half.
    """

    n: int
    n_reference: int
    superiority: float | None
    superiority_gap: Interval | None
    p_value: float
    method: str | None
    smallest_p: float
    mean: float | None = None
    mean_reference: float | None = None
    mean_gap: Interval | None = None
    narrow: Interval | None = None
    mean_p: float | None = None
    mean_ratio: Interval | None = None
    median: float | None = None
    median_reference: float | None = None
    median_gap: Interval | None = None
    detectable: float | None = None

    @property
    def can_be_shown(self) -> bool:
        """Whether the question belongs to the family: something varies, and could be seen."""
        return self.n > 0 and self.smallest_p < 1

    def turned(self) -> AmountPair:
        """The same pair with the other group as the reference."""
        return replace(
            self,
            n=self.n_reference,
            n_reference=self.n,
            superiority=None if self.superiority is None else 1 - self.superiority,
            superiority_gap=_turned(self.superiority_gap),
            mean=self.mean_reference,
            mean_reference=self.mean,
            mean_gap=_turned(self.mean_gap),
            narrow=_turned(self.narrow),
            mean_ratio=_inverse(self.mean_ratio),
            median=self.median_reference,
            median_reference=self.median,
            median_gap=_turned(self.median_gap),
        )


def _turned(gap: Interval | None) -> Interval | None:
    return None if gap is None else Interval(0.0 - gap.value, 0.0 - gap.high, 0.0 - gap.low)


def _inverse(ratio: Interval | None) -> Interval | None:
    return None if ratio is None else Interval(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)


def _interval(shift: Shift) -> Interval | None:
    if not (isfinite(shift.low) and isfinite(shift.high)) or shift.low == shift.high:
        return None  # no width is no sureness: so many equal amounts tell no spread
    return Interval(shift.value, shift.low, shift.high)


def compare_pair(sides: Sides, limits: Limits, *, seed: int) -> AmountPair:
    """Superiority with its test, and the differences of means and medians.

    Parameters
    ----------
    sides : Sides
        At least two people of each group.
    limits : Limits
    seed : int
        Of the splits drawn where groups are small.
    """
    group, reference = sides.amounts[sides.in_group], sides.amounts[~sides.in_group]
    confidence = limits.levels.confidence
    if min(len(group), len(reference)) < 2:
        return AmountPair(0, 0, None, None, 1.0, None, 1.0)
    found = superiority(
        group,
        reference,
        confidence=confidence,
        permutation_below=limits.amounts.permutation_below,
        permuted_people=limits.amounts.permuted_people,
        draws=limits.resampling.permutations,
        seed=seed,
    )
    mean = mean_difference(group, reference, confidence=confidence)
    narrow = mean_difference(group, reference, confidence=limits.levels.equivalence_confidence)
    detectable = smallest_detectable_shift(
        group, reference, level=limits.levels.family_wise, power=limits.levels.power
    )
    # with a few marks (ratings) the interval of medians holds the truth in 83 to 94 % of files only
    tied = len(np.unique(sides.amounts)) <= limits.reading.categorical_values
    varies = found.method != "nothing_varies"
    smaller = min(len(group), len(reference), limits.amounts.permutation_below)
    return AmountPair(
        n=len(group),
        n_reference=len(reference),
        superiority=found.value,
        superiority_gap=Interval(found.value - 0.5, found.low - 0.5, found.high - 0.5),
        p_value=found.p_value,
        method=found.method,
        smallest_p=min(2 / comb(len(sides.amounts), smaller), 1.0) if varies else 1.0,
        mean=float(group.mean()),
        mean_reference=float(reference.mean()),
        mean_gap=_interval(mean),
        narrow=_interval(narrow),
        mean_p=mean.p_value if isfinite(mean.p_value) else None,
        mean_ratio=_interval(mean_ratio(group, reference, confidence=confidence)),
        median=float(np.median(group)),
        median_reference=float(np.median(reference)),
        median_gap=None
        if tied
        else _interval(median_difference(group, reference, confidence=confidence)),
        detectable=detectable if isfinite(detectable) else None,
    )


def stratum_pair(sides: Sides, limits: Limits) -> AmountPair:
    """Van Elteren's test and the weighted mean difference; the plain means are not given."""
    assert sides.strata is not None
    found, narrow = (
        within_strata(sides.amounts, sides.in_group, sides.strata, confidence=confidence)
        for confidence in (limits.levels.confidence, limits.levels.equivalence_confidence)
    )
    if found is None or narrow is None:
        return AmountPair(0, 0, None, None, 1.0, None, 1.0)
    return AmountPair(
        n=found.n,
        n_reference=found.n_reference,
        superiority=found.superiority,
        superiority_gap=None,
        p_value=found.p_value,
        method="van_elteren",
        smallest_p=0.0 if isfinite(found.statistic) else 1.0,
        mean_gap=_interval(found.difference),
        narrow=_interval(narrow.difference),
    )
