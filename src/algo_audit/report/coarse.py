"""Numbers made coarse, so that what a figure rests on cannot be read back from its decimals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from algo_audit.fairness.comparison import Comparison, Estimate, Interval

# Decimals of a rate or difference, and of a ratio, that rests on hidden cells among others.
RATE_DIGITS = 3
RATIO_DIGITS = 2
_LEVEL, _UNDER = 0.05, 0.049


@overload
def rounded(value: float, digits: int) -> float: ...
@overload
def rounded(value: None, digits: int) -> None: ...
@overload
def rounded(value: float | None, digits: int) -> float | None: ...
def rounded(value: float | None, digits: int) -> float | None:
    """A number to so many decimals; None and infinities stay."""
    if value is None or not math.isfinite(value):
        return value
    return round(value, digits)


def significant(value: float | None, digits: int = 3) -> float | None:
    """A number to so many significant digits."""
    if value is None or not math.isfinite(value) or value == 0:
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def coarse_p(value: float | None) -> float | None:
    """A p-value to two decimals, and one significant digit under 0.01.

    One just under 0.05 stays under it: a verdict beside it says that it is.
    """
    if value is None:
        return None
    if value < _LEVEL <= round(value, 2):
        return _UNDER
    return round(value, 2) if value >= 0.01 else significant(value, 1)


def coarse(number: Interval | None, digits: int) -> Interval | None:
    """A number and its interval to so many decimals."""
    if number is None:
        return None
    return Interval(
        rounded(number.value, digits), rounded(number.low, digits), rounded(number.high, digits)
    )


def coarse_estimate(number: Estimate, digits: int) -> Estimate:
    """An estimate and its interval to so many decimals."""
    return replace(
        number,
        value=rounded(number.value, digits),
        low=rounded(number.low, digits),
        high=rounded(number.high, digits),
    )


def nearest(n: int, events: int | None, step: int) -> tuple[int, int | None]:
    """A headcount to the nearest multiple of ``step``; favourable decisions at about its rate."""
    people = step * round(n / step)
    if events is None:
        return people, None
    return people, round(people * round(events / n, 2)) if n else 0


def coarse_comparison(row: Comparison) -> Comparison:
    """A comparison whose figures rest on hidden cells among others; its counts stay.

    The shortfall is what the coarse difference gives: it holds no more than that.
    """
    difference = coarse(row.difference, RATE_DIGITS)
    shortfall = None
    if row.shortfall is not None and difference is not None:
        low, high = -row.n * difference.high, -row.n * difference.low
        shortfall = Interval(-row.n * difference.value, low, high)
    return replace(
        row,
        value=rounded(row.value, RATE_DIGITS),
        reference_value=rounded(row.reference_value, RATE_DIGITS),
        difference=difference,
        ratio=coarse(row.ratio, RATIO_DIGITS),
        p_value=coarse_p(row.p_value),
        p_adjusted=coarse_p(row.p_adjusted),
        smallest_detectable_ratio=rounded(row.smallest_detectable_ratio, RATIO_DIGITS),
        shortfall=shortfall,
    )


def counted_comparisons(rows: Sequence[Comparison], *, confidence: float) -> list[Comparison]:
    """Raw comparisons of selection rates made again from the counts that they hold.

    Used where a line holds hidden people as well: nothing of what was computed without them
    stays but the verdict, its corrected p-value (coarse) and the flip count.

    Parameters
    ----------
    rows : sequence of Comparison
        ``events`` and ``events_reference`` are not None, nobody's headcount is 0.
    confidence : float
    """
    from algo_audit.stats.intervals import difference_interval, ratio_interval

    if not rows:
        return []
    counts = np.array(
        [(row.events, row.n, row.events_reference, row.n_reference) for row in rows],
        dtype=np.int64,
    ).T
    differences = np.stack(difference_interval(*counts, confidence=confidence), axis=1)
    ratios = np.stack(ratio_interval(*counts, confidence=confidence), axis=1)
    return [
        _counted(row, difference.tolist(), ratio.tolist())
        for row, difference, ratio in zip(rows, differences, ratios, strict=True)
    ]


def _counted(row: Comparison, between: Sequence[float], times: Sequence[float]) -> Comparison:
    from algo_audit.stats.exact_pair import exact_pair

    assert row.events is not None
    assert row.events_reference is not None
    value, other = row.events / row.n, row.events_reference / row.n_reference
    difference = Interval(value - other, between[0], between[1])
    p_value = row.p_value
    if p_value is not None:
        n = np.array([[row.n], [row.n_reference]], dtype=np.int64)
        events = np.array([[row.events], [row.events_reference]], dtype=np.int64)
        p_value = exact_pair(n, events, support=_SUPPORT).p_value
    return replace(
        row,
        value=value,
        reference_value=other,
        difference=difference,
        ratio=Interval(value / other, times[0], times[1]) if other > 0 else None,
        p_value=p_value,
        p_adjusted=coarse_p(row.p_adjusted),
        smallest_detectable_ratio=rounded(row.smallest_detectable_ratio, RATIO_DIGITS),
        shortfall=Interval(
            -row.n * difference.value, -row.n * difference.high, -row.n * difference.low
        ),
    )


# One stratum is always enumerated whatever the support.
_SUPPORT = 20_000
