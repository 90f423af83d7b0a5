"""The gap by year as one audience may see it: years with small cells join their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.disclosure import HOST_TIMES, OTHER_GROUPS, Rule
from algo_audit.data.limits import Limits
from algo_audit.fairness.trend import Trend, YearCount, gaps_by_year
from algo_audit.report.hidden import Plan

# (attribute, group) with people and favourable decisions of every year, shape (years, 2).
Lines = Mapping[tuple[str, str | None], NDArray[np.int64]]


def masked_trend(
    found: Trend | None, plan: Plan, limits: Limits, *, strata: Sequence[str]
) -> Trend | None:
    """Years told so that no line of any attribute is small in any of them.

    The same periods for every attribute. A period that is not told does not exist: each line's
    periods add up to its decisions with a date. None where fewer than two periods are left, where
    hidden people are too few to be told of, and where the date is a stratum too and periods would
    have to differ from its levels: the two tables together would give a small one away.
    """
    if found is None:
        return None
    years = sorted({year for count in found.counts for year in count.years})
    whole = _lines(found, plan, years)
    if whole is None:
        return None
    lines, hosts = _hosted(whole, plan)
    periods = _periods(lines, years, plan.rule)
    merged = len(periods) < len(years)
    columns = {part.strip() for stratum in strata for part in stratum.split("*")}
    if len(periods) < 2 or _few_undated(whole, plan) or (merged and found.column in columns):
        return None
    place = {year: i for i, year in enumerate(years)}
    counts = []
    for (attribute, group), table in lines.items():
        for period in periods:
            n, events = (int(v) for v in table[[place[year] for year in period]].sum(axis=0))
            counts.append(YearCount(attribute, group, period, n, events))
    references = {gap.attribute: gap.reference for gap in found.gaps}
    gaps, slopes = gaps_by_year(counts, references, limits)
    return replace(found, counts=tuple(counts), gaps=gaps, slopes=slopes, hosts=hosts)


def _hosted(lines: Lines, plan: Plan) -> tuple[Lines, tuple[tuple[str, str], ...]]:
    """Lines with a handful, or unknowns, counted in with the largest, where it is ten times them.

    Over the years they would otherwise leave hardly a year to tell of. Of such a line only the
    total is printed elsewhere: each year's share of it may be anything up to that.
    """
    kept = dict(lines)
    hosts = {(name, group) for name in plan.lines for group in plan.of(name).hosts}
    for attribute in dict.fromkeys(name for name, _ in lines):
        size = {g: int(t[:, 0].sum()) for (name, g), t in lines.items() if name == attribute}
        few = [g for g in size if g in (None, OTHER_GROUPS) or size[g] < 2 * plan.rule.threshold]
        left = {g: n for g, n in size.items() if g not in few}
        host = max(left, key=lambda group: left[group], default=None)
        if few and host is not None and left[host] >= HOST_TIMES * sum(size[g] for g in few):
            for group in few:
                kept[attribute, host] = kept[attribute, host] + kept.pop((attribute, group))
            hosts.add((attribute, str(host)))
    return kept, tuple(sorted(hosts))


def _lines(found: Trend, plan: Plan, years: Sequence[int]) -> Lines | None:
    """Lines as the tables of the decision show them: hidden people merged, or with their host."""
    tables: dict[tuple[str, str | None], NDArray[np.int64]] = {}
    rest: dict[str, NDArray[np.int64]] = {}
    for count in found.counts:
        seen = plan.of(count.attribute)
        table = np.zeros((len(years), 2), dtype=np.int64)
        table[list(years).index(count.years[0])] = (count.n, count.events)
        if count.group in seen.shown:
            key = (count.attribute, count.group)
            tables[key] = tables.get(key, 0) + table
        else:
            rest[count.attribute] = rest.get(count.attribute, 0) + table
    for attribute, table in rest.items():
        hosts = sorted(plan.of(attribute).hosts)
        if hosts:
            tables[attribute, hosts[0]] = tables[attribute, hosts[0]] + table
        elif table[:, 0].sum() >= plan.rule.threshold:
            tables[attribute, OTHER_GROUPS] = table
        elif table[:, 0].sum():
            return None
    return tables


def _few_undated(lines: Lines, plan: Plan) -> bool:
    """Whether a line's decisions without a date, which follow from its total, are a small cell."""
    for (attribute, group), table in lines.items():
        whole = plan.of(attribute).shown.get(group)
        if whole is None:
            continue
        n, events = (total - int(dated) for total, dated in zip(whole, table.sum(0), strict=True))
        if n > 0 and bool(plan.rule.small(np.array([n]), np.array([events]))[0]):
            return True
    return False


def _periods(lines: Lines, years: Sequence[int], rule: Rule) -> list[tuple[int, ...]]:
    """Years in a row until no line is small; what is left at the end joins the last."""
    found: list[tuple[int, ...]] = []
    start = 0
    for end in range(len(years)):
        if not _small(lines, slice(start, end + 1), rule):
            found.append(tuple(years[start : end + 1]))
            start = end + 1
    while start < len(years):
        if not found:
            return []
        start = list(years).index(found.pop()[0])
        if not _small(lines, slice(start, len(years)), rule):
            return [*found, tuple(years[start:])]
    return found


def _small(lines: Lines, period: slice, rule: Rule) -> bool:
    sums = np.array([table[period].sum(axis=0) for table in lines.values()])
    return bool(rule.small(sums[:, 0], sums[:, 1]).any())
