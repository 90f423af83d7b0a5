"""Advice and decision as one audience may see them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.disclosure import Rule
from algo_audit.fairness.advice import Advice, AdviceYear, GroupAdvice, advice_year
from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.report.coarse import RATE_DIGITS, rounded
from algo_audit.report.hidden import Plan
from algo_audit.report.masked_rows import MASKED

_FEWEST_YEARS = 2


def masked_advice(
    found: Advice | None, plan: Plan, rule: Rule, *, confidence: float
) -> Advice | None:
    """Hidden groups gone; a group with a small cell keeps rates to few decimals, and no count.

    The advice splits each group a second time (recommended or not), beside the outcome whose
    cells the plan protects: every count of an attribute goes when one of its cells is small, for
    the rest of the attribute would give it back from the totals.
    """
    if found is None:
        return None
    shown = [g for g in found.groups if not plan.is_hidden(str(g.attribute), str(g.group))]
    # an attribute with a small or hidden cell prints no count; the others, and the total, do: no
    # attribute can be worked out from another
    bare = {
        g.attribute
        for g in found.groups
        if _is_small(g, rule) or plan.is_hidden(str(g.attribute), str(g.group))
    }
    # the lowest and the highest share are one decider's each: they hide among as many as people do
    few = found.deciders is not None and found.deciders.number < rule.threshold
    everyone = found.everyone
    if _is_small(everyone, rule):
        everyone, bare = _bare(everyone, rule), {g.attribute for g in found.groups}
    return replace(
        found,
        unknown=0 if 0 < found.unknown < rule.threshold else found.unknown,
        everyone=everyone,
        years=_years(found, rule, confidence) if everyone.n is not None else (),
        deciders=None if few else found.deciders,
        groups=tuple(_bare(g, rule) if g.attribute in bare else g for g in shown),
        gaps=tuple(
            replace(gap, advised=_coarse(gap.advised), decided=_coarse(gap.decided))
            for gap in found.gaps
            if not plan.is_hidden(gap.attribute, gap.group, gap.reference)
        ),
    )


def _years(found: Advice, rule: Rule, confidence: float) -> tuple[AdviceYear, ...]:
    """Years in a row told together until none has a small cell; none where that leaves one.

    Decisions without a date follow from everybody's: they are a year as any other, never joined.
    """
    if not found.years or found.everyone.n is None:
        return ()
    told = np.array([(year.followed, year.n - year.followed) for year in found.years])
    rest = _alike(found.everyone) - told.sum(axis=0)
    periods: list[list[int]] = [[]]
    for place in range(len(told)):
        periods[-1].append(place)
        if not _few(told[periods[-1]].sum(axis=0), rule):
            periods.append([])
    left = periods.pop()
    if left and periods:
        periods[-1] += left
    while len(periods) > 1 and _few(told[periods[-1]].sum(axis=0), rule):
        last = periods.pop()
        periods[-1] += last
    if len(periods) < _FEWEST_YEARS or _few(rest, rule):
        return ()
    made = []
    for period in periods:
        followed, changed = (int(value) for value in told[period].sum(axis=0))
        years = tuple(year for place in period for year in found.years[place].years)
        made.append(advice_year(years, followed + changed, followed, confidence))
    return tuple(made)


def _alike(everyone: GroupAdvice) -> NDArray[np.int64]:
    """Everybody's decisions that went the way of the advice, and the others."""
    changed = (everyone.raised or 0) + (everyone.lowered or 0)
    return np.array([(everyone.n or 0) - changed, changed])


def _few(cells: NDArray[np.int64], rule: Rule) -> bool:
    return bool(((cells > 0) & (cells < rule.threshold)).any())


def _cells(group: GroupAdvice) -> tuple[int, ...]:
    if group.n is None or group.advised is None or group.decided is None:
        return ()
    if group.raised is None or group.lowered is None:
        return ()
    return (
        group.raised,
        group.lowered,
        group.advised - group.lowered,
        group.n - group.advised - group.raised,
    )


def _is_small(group: GroupAdvice, rule: Rule) -> bool:
    return any(0 < cell < rule.threshold for cell in _cells(group))


def _bare(group: GroupAdvice, rule: Rule) -> GroupAdvice:
    """Rates to few decimals without their counts; a group with a small cell has none at all."""
    hidden = Estimate(None, missing_reason=MASKED)
    small = _is_small(group, rule)
    rates = (group.followed, group.raised_rate, group.lowered_rate)
    followed, raised, lowered = (hidden if small else _told(rate) for rate in rates)
    return replace(
        group,
        n=None,
        advised=None,
        decided=None,
        raised=None,
        lowered=None,
        followed=followed,
        raised_rate=raised,
        lowered_rate=lowered,
    )


def _told(rate: Estimate) -> Estimate:
    if rate.value is None:
        return rate
    value, low, high = (rounded(x, RATE_DIGITS) for x in (rate.value, rate.low, rate.high))
    return replace(rate, value=value, low=low, high=high, n=0)


def _coarse(interval: Interval) -> Interval:
    return Interval(
        *(rounded(x, RATE_DIGITS) for x in (interval.value, interval.low, interval.high))
    )
