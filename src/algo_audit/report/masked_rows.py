"""Groups, comparisons, tests, unknowns and lotteries as one audience may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from algo_audit.audit import AuditResult
from algo_audit.data.counts import CROSSING
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Comparison, Estimate, GroupRate, TestRow
from algo_audit.fairness.lottery import Lottery
from algo_audit.fairness.unknowns import Unknowns
from algo_audit.report.coarse import (
    RATIO_DIGITS,
    coarse_comparison,
    coarse_p,
    counted_comparisons,
    rounded,
)
from algo_audit.report.hidden import Pair, Plan
from algo_audit.report.masked_measures import SELECTION, is_small, measure_rows

MASKED = "masked"
# A number that is not printed. Renderers take None for any number (``Phrases``).
NOTHING = cast("Any", None)


def _rates(pairs: Iterable[Pair], confidence: float) -> dict[Pair, Estimate]:
    """Rates with their intervals, made from counts."""
    from algo_audit.stats.intervals import rate_interval, rate_method

    counts = [pair for pair in dict.fromkeys(pairs) if pair[0]]
    if not counts:
        return {}
    n, events = np.array(counts, dtype=np.int64).T
    low, high = rate_interval(events, n, confidence=confidence)
    method = rate_method(events, n)
    return {
        pair: Estimate(
            pair[1] / pair[0], float(low[i]), float(high[i]), pair[0], method=str(method[i])
        )
        for i, pair in enumerate(counts)
    }


def hidden_line(attribute: str, group: str | None) -> GroupRate:
    """A line without numbers; its status is the same whether small or protecting another."""
    rate = Estimate(None, n=NOTHING, missing_reason=MASKED)
    return GroupRate(
        attribute, group, NOTHING, NOTHING, rate, "unknown" if group is None else "small"
    )


def merged_line(plan: Plan, attribute: str, limits: Limits) -> GroupRate | None:
    """All hidden groups of an attribute in one line, where together they are enough."""
    merged = plan.of(attribute).merged
    if merged is None:
        return None
    rate = _rates([merged], limits.levels.confidence)[merged]
    return GroupRate(attribute, OTHER_GROUPS, *merged, rate, "used")


def masked_groups(result: AuditResult, plan: Plan, limits: Limits) -> tuple[GroupRate, ...]:
    """Lines shown, lines without numbers, then the merged line, attribute by attribute."""
    rows = {(row.attribute, row.group): row for row in result.groups}
    pairs = {pair for lines in plan.lines.values() for pair in lines.shown.values()}
    rates = _rates(pairs, limits.levels.confidence)
    found: list[GroupRate] = []
    for attribute in dict.fromkeys(row.attribute for row in result.groups):
        lines = plan.of(attribute)
        own = [row.group for row in result.groups if row.attribute == attribute]
        extra = sorted(str(g) for g in (*lines.shown, *lines.hidden) if g is not None)
        order = list(dict.fromkeys([*own, *extra]))
        for group in sorted(order, key=lambda name: name is None):
            pair, row = lines.shown.get(group), rows.get((attribute, group))
            if pair is None:
                if group in lines.hidden and (group is not None or row is not None):
                    found.append(hidden_line(attribute, group))
            elif row is None or group in lines.hosts or (row.n, row.events) != pair:
                status: Any = "unknown" if group is None else "used"
                found.append(GroupRate(attribute, group, *pair, rates[pair], status))
            else:
                found.append(row)
        merged = merged_line(plan, attribute, limits)
        if merged is not None:
            found.append(merged)
    return tuple(found)


def merged_comparisons(result: AuditResult, plan: Plan, limits: Limits) -> tuple[Comparison, ...]:
    """Every merged line against its attribute's reference, so that hiding erases no gap.

    The largest line shown is the reference where the attribute's own is hidden. They were no
    question of the audit: no verdict, no corrected p-value.
    """
    found = []
    for attribute, lines in plan.lines.items():
        if lines.merged is None:
            continue
        named = {group: pair for group, pair in lines.shown.items() if group is not None}
        references = [
            row.reference
            for row in result.comparisons
            if row.attribute == attribute and row.measure == SELECTION and row.reference in named
        ]
        if not named:
            continue
        reference = references[0] if references else max(named, key=lambda g: named[g][0])
        assert reference is not None
        row = Comparison(
            attribute=attribute,
            group=OTHER_GROUPS,
            reference=reference,
            measure=SELECTION,
            unit="share",
            stratum=None,
            n=lines.merged[0],
            events=lines.merged[1],
            n_reference=named[reference][0],
            events_reference=named[reference][1],
            value=None,
            reference_value=None,
            difference=None,
            ratio=None,
            p_value=1.0,
            p_adjusted=None,
            test="fisher",
            family="exploratory",
            verdict=None,
            missing_reason=MASKED,
        )
        found.append(row)
    return tuple(counted_comparisons(found, confidence=limits.levels.confidence))


def masked_comparisons(
    result: AuditResult, plan: Plan, levels: Mapping[str, frozenset[str]], *, limits: Limits
) -> tuple[dict[int, Comparison], dict[int, Comparison]]:
    """Comparisons that may be printed, by their place in the result; and those that may not."""
    within = _within_counts(result, plan, levels)
    measures = measure_rows(result, plan)
    kept: dict[int, Comparison] = {}
    lost: dict[int, Comparison] = {}
    again: list[int] = []
    for place, row in enumerate(result.comparisons):
        found: Comparison | None = None
        if row.measure != SELECTION:
            found = measures.get(place)
        elif not plan.is_hidden(row.attribute, row.group) and (
            row.reference is None or not plan.is_hidden(row.attribute, row.reference)
        ):
            found, recount = _selection(row, plan, exact=within)
            if recount and result.roles.weight is None and found.n and found.n_reference:
                again.append(place)
            elif recount:
                found = coarse_comparison(found)
        if found is None:
            lost[place] = row
        else:
            kept[place] = found
    confidence = limits.levels.confidence
    made = counted_comparisons([kept[place] for place in again], confidence=confidence)
    kept.update(zip(again, made, strict=True))
    return kept, lost


def _selection(
    row: Comparison, plan: Plan, *, exact: set[tuple[str, str]]
) -> tuple[Comparison, bool]:
    """A selection rate with the counts to print; True: its figures have to be made from them.

    Within strata, figures rest on hidden cells among others and are coarse.
    """
    lines = plan.of(row.attribute)
    own = lines.shown[row.group]
    if row.reference is not None:
        other = lines.shown[row.reference]
        hosted = plan.is_host(row.attribute, row.group, row.reference)
    else:
        unknown = lines.shown.get(None, (0, 0))
        other = (
            plan.people[0] - own[0] - unknown[0],
            plan.people[1] - own[1] - unknown[1],
        )
        hosted = lines.touched
    if row.stratum is not None:
        if (row.attribute, row.stratum) not in exact or hosted:
            row = _with_counts(row, own, other)
        return coarse_comparison(row), False
    if not hosted:
        return replace(row, p_adjusted=coarse_p(row.p_adjusted)), False
    row = _with_counts(row, own, other)
    if row.difference is None:
        return coarse_comparison(row), False
    return row, True


def _with_counts(row: Comparison, own: Pair, other: Pair) -> Comparison:
    return replace(
        row,
        n=own[0],
        events=own[1],
        n_reference=other[0],
        events_reference=other[1],
    )


def _within_counts(
    result: AuditResult, plan: Plan, levels: Mapping[str, frozenset[str]]
) -> set[tuple[str, str]]:
    """(attribute, stratum) whose headcounts within the stratum may stand as they are.

    Those whose stratum is unknown follow by subtraction from the raw line: no group may have
    a few of them, and where levels are merged they are merged with these. Crossings show the counts
    of their raw line instead.
    """
    seen: dict[tuple[str, str], bool] = {}
    for row in result.comparisons:
        if row.measure != SELECTION or row.stratum is None:
            continue
        key = (row.attribute, row.stratum)
        plain = CROSSING not in row.attribute and not plan.of(row.attribute).touched
        safe = seen.get(key, plain and not levels.get(row.stratum))
        sides = [(row.group, row.n, row.events)]
        if row.reference is not None:
            sides.append((row.reference, row.n_reference, row.events_reference))
        for group, n, events in sides:
            raw = plan.of(row.attribute).shown.get(group)
            if raw is None or events is None:
                safe = False
                continue
            safe = safe and not is_small((raw[0] - n, raw[1] - events), plan)
        seen[key] = safe
    return {key for key, safe in seen.items() if safe}


def took_part(result: AuditResult, plan: Plan, attribute: str, limits: Limits) -> bool:
    """Whether a hidden group was among those compared, so that a test of all rests on it."""
    lines = plan.of(attribute)
    return any(
        row.group in lines.hidden and row.group is not None and row.n >= limits.groups.compared_from
        for row in result.groups
        if row.attribute == attribute
    )


def masked_tests(result: AuditResult, plan: Plan, limits: Limits) -> tuple[TestRow, ...]:
    """Tests without those on hidden groups; coarse where hidden cells are among their cells."""
    found = []
    for row in result.tests:
        named = [name for name in (row.group, row.reference) if name is not None]
        if named and plan.is_hidden(row.attribute, *named):
            continue
        if not named and took_part(result, plan, row.attribute, limits):
            row = replace(  # noqa: PLW2901
                row, statistic=None, p_value=None, p_adjusted=None, missing_reason=MASKED
            )
        elif row.stratum is not None or plan.of(row.attribute).touched or row.measure != SELECTION:
            row = replace(  # noqa: PLW2901
                row,
                statistic=rounded(row.statistic, RATIO_DIGITS),
                p_value=coarse_p(row.p_value),
                p_adjusted=coarse_p(row.p_adjusted),
            )
        found.append(row)
    return tuple(found)


def masked_unknowns(rows: Sequence[Unknowns], plan: Plan) -> tuple[Unknowns, ...]:
    """Unknowns that are shown, with the bounds of the groups that are."""
    return tuple(
        replace(
            row,
            bounds=tuple(b for b in row.bounds if not plan.is_hidden(row.attribute, b.group)),
        )
        for row in rows
        if not plan.is_hidden(row.attribute, None)
    )


def masked_lottery(result: AuditResult, plan: Plan, limits: Limits) -> tuple[Lottery, ...]:
    """Lotteries; the gap seen is left out where it is that of a hidden group, or might be."""
    found = []
    for row in result.lottery:
        named = (row.observed_group, row.observed_reference)
        hidden = plan.is_hidden(row.attribute, *named)
        if hidden or took_part(result, plan, row.attribute, limits):
            row = replace(  # noqa: PLW2901
                row,
                observed_group=OTHER_GROUPS,
                observed_reference=OTHER_GROUPS,
                observed_ratio=None,
                share_as_wide=NOTHING,
            )
        if plan.of(row.attribute).touched or row.stratum is not None:
            row = replace(  # noqa: PLW2901
                row,
                observed_ratio=rounded(row.observed_ratio, RATIO_DIGITS),
                mean_ratio=rounded(row.mean_ratio, RATIO_DIGITS),
                quantile_05=rounded(row.quantile_05, RATIO_DIGITS),
                quantile_50=rounded(row.quantile_50, RATIO_DIGITS),
                quantile_95=rounded(row.quantile_95, RATIO_DIGITS),
            )
        found.append(row)
    return tuple(found)
