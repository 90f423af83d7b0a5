"""The gap year by year, where decisions carry a date. It looks at groups, never at who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from algo_audit.data.conversion import convert_dates
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.vocabulary import is_unknown
from algo_audit.fairness.comparison import Interval
from algo_audit.stats.intervals import difference_interval

_FEWEST_YEARS = 3  # for a slope
_YEAR_LENGTH = 4


@dataclass(frozen=True)
class YearCount:
    """Decisions about one group in one year, or in several years in a row told together."""

    attribute: str
    group: str | None
    years: tuple[int, ...]
    n: int
    events: int


@dataclass(frozen=True)
class YearGap:
    """A group's rate less the reference's in one year (0 to 1); None where either is too small."""

    attribute: str
    group: str
    reference: str
    years: tuple[int, ...]
    difference: Interval | None


@dataclass(frozen=True)
class TrendSlope:
    """By how much a gap moves in a year, on average (0 to 1), with its 95 % interval."""

    attribute: str
    group: str
    reference: str
    years: int
    slope: Interval


@dataclass(frozen=True)
class Trend:
    """Gaps by year of the decision; raw, not within pools or strata.

    ``unknown``: decisions without a readable date, counted here and nowhere in the chapter.
    """

    column: str
    unknown: int
    counts: tuple[YearCount, ...]
    gaps: tuple[YearGap, ...]
    slopes: tuple[TrendSlope, ...]
    hosts: tuple[tuple[str, str], ...] = ()  # lines that hold a few hidden people as well


def trend_chapter(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> Trend | None:
    """The gap of each group, year by year.

    Parameters
    ----------
    decisions : Decisions
        With ``roles.date``: a day, or a year in four figures.
    references : mapping of attribute to group
    limits : Limits

    Returns
    -------
    Trend or None
        None without dates, or where all are of one year.
    """
    years = years_of(decisions)
    if years is None:
        return None
    known = years > 0
    wanted = sorted({int(year) for year in years[known]})
    if len(wanted) < 2:
        return None
    counts = []
    for name, column in decisions.protected.items():
        for code, level in enumerate((*column.levels, None)):
            own = known & (column.codes == (code if level is not None else -1))
            if not own.any():
                continue
            for year in wanted:
                rows = own & (years == year)
                events = int(decisions.outcome[rows].sum())
                counts.append(YearCount(name, level, (year,), int(rows.sum()), events))
    gaps, slopes = gaps_by_year(counts, references, limits)
    return Trend(str(decisions.roles.date), int((~known).sum()), tuple(counts), gaps, slopes)


def years_of(decisions: Decisions) -> NDArray[np.int64] | None:
    """Year of every decision, 0 where not known; None without a column of dates or years."""
    name = decisions.roles.date
    if name is None or decisions.table is None or name not in decisions.table.columns:
        return None
    texts = [str(text or "").strip() for text in decisions.table[name]]
    known = [text for text in dict.fromkeys(texts) if text and not is_unknown(text)]
    if not known:
        return None
    if all(text.isdecimal() and len(text) == _YEAR_LENGTH for text in known):
        found = {text: int(text) for text in known}
    else:
        dates = convert_dates(known)
        if dates is None:
            return None
        found = {text: day.year for text, day in zip(known, dates.values, strict=True)}
    return np.array([found.get(text, 0) for text in texts], dtype=np.int64)


def gaps_by_year(
    counts: Sequence[YearCount], references: Mapping[str, str], limits: Limits
) -> tuple[tuple[YearGap, ...], tuple[TrendSlope, ...]]:
    """Gaps and their slopes from the counts of each year.

    Notes
    -----
    Intervals are Miettinen and Nurminen's. The slope is the weighted least squares line through the
    yearly gaps, each weighted by the inverse of its variance (rates smoothed by half a decision,
    so that a year without refusals has one), with a normal interval; it needs three years. It
    misleads where the posts, or those who apply, change from year to year.
    """
    lines: dict[tuple[str, str | None], dict[tuple[int, ...], YearCount]] = {}
    for count in counts:
        lines.setdefault((count.attribute, count.group), {})[count.years] = count
    gaps: list[YearGap] = []
    slopes: list[TrendSlope] = []
    least = limits.groups.compared_from
    for (attribute, group), own in lines.items():
        reference = references.get(attribute)
        other = lines.get((attribute, reference))
        if group is None or reference is None or group == reference or other is None:
            continue
        told: list[tuple[float, float, float]] = []
        for years, count in own.items():
            beside = other[years]
            gap = None
            if min(count.n, beside.n) >= least:
                gap = _gap(count, beside, limits.levels.confidence)
                told.append((float(np.mean(years)), gap.value, _variance(count, beside)))
            gaps.append(YearGap(attribute, group, reference, years, gap))
        if len(told) >= _FEWEST_YEARS:
            slope = _slope(told, limits.levels.confidence)
            slopes.append(TrendSlope(attribute, group, reference, len(told), slope))
    return tuple(gaps), tuple(slopes)


def _gap(own: YearCount, other: YearCount, confidence: float) -> Interval:
    low, high = difference_interval(own.events, own.n, other.events, other.n, confidence=confidence)
    return Interval(own.events / own.n - other.events / other.n, float(low), float(high))


def _variance(own: YearCount, other: YearCount) -> float:
    total = 0.0
    for count in (own, other):
        share = (count.events + 0.5) / (count.n + 1)
        total += share * (1 - share) / count.n
    return total


def _slope(told: Sequence[tuple[float, float, float]], confidence: float) -> Interval:
    year, gap, variance = (np.array(values) for values in zip(*told, strict=True))
    weight = 1 / variance
    middle = float((weight * year).sum() / weight.sum())
    spread = float((weight * (year - middle) ** 2).sum())
    slope = float((weight * (year - middle) * gap).sum() / spread)
    reach = float(ndtri(0.5 + confidence / 2)) / spread**0.5
    return Interval(slope, slope - reach, slope + reach)
