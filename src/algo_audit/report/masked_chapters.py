"""Strata, pools, scores, labels, clusters and the journal as one audience may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from algo_audit.audit import AuditResult
from algo_audit.data.decisions import JournalEntry
from algo_audit.data.disclosure import OTHER_GROUPS, Rule
from algo_audit.fairness.clusters import ClusterEffect
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.pairs import PairTable
from algo_audit.fairness.ranking import PoolGap, Pools, PoolShare
from algo_audit.fairness.scores import GroupScore, Labels, Scores
from algo_audit.fairness.strata import ControlWarning, StratifiedGap, StratumLevel
from algo_audit.fairness.subgroups import Intersection
from algo_audit.report.coarse import (
    RATE_DIGITS,
    RATIO_DIGITS,
    coarse,
    coarse_estimate,
    coarse_p,
    nearest,
    rounded,
    significant,
)
from algo_audit.report.hidden import Pair, Plan
from algo_audit.report.masked_measures import kind_of, small_measures
from algo_audit.report.masked_rows import MASKED, NOTHING

# Counts in the journal, by the name of their place in the sentence.
_JOURNAL_COUNTS = frozenset({"rows", "blank", "cells", "count", "people"})


def masked_pairs(tables: Sequence[PairTable], plan: Plan, rule: Rule) -> tuple[PairTable, ...]:
    """Pair tables: one small cell hides all four of a table, for their sum is printed elsewhere."""
    kept = []
    for table in tables:
        if plan.is_hidden(table.attribute, table.group, table.reference):
            continue
        cells = (table.both, table.neither, table.group_only, table.reference_only)
        if any(cell is not None and 0 < cell < rule.threshold for cell in cells):
            table = replace(  # noqa: PLW2901
                table,
                both=None,
                neither=None,
                group_only=None,
                reference_only=None,
                difference=None,
                p_value=None,
            )
        kept.append(table)
    return tuple(kept)


def masked_strata(
    result: AuditResult, plan: Plan, levels: Mapping[str, frozenset[str]]
) -> tuple[StratifiedGap, ...]:
    """Gaps within strata: hidden levels merged in one line, adjusted figures coarse."""
    return tuple(
        _masked_gap(gap, plan, levels.get(gap.stratum, frozenset()))
        for gap in result.strata
        if not plan.is_hidden(gap.attribute, gap.group, gap.reference)
    )


def _masked_gap(gap: StratifiedGap, plan: Plan, hidden: frozenset[str]) -> StratifiedGap:
    sides = (gap.group, gap.reference)
    totals = [plan.of(gap.attribute).shown[side] for side in sides]
    hosted = [plan.is_host(gap.attribute, side) for side in sides]
    kept = [level for level in gap.levels if level.level not in hidden]
    lines = list(kept)
    if hidden:
        rest = [
            (
                totals[0][0] - sum(level.n for level in kept),
                totals[0][1] - sum(level.events for level in kept),
            ),
            (
                totals[1][0] - sum(level.n_reference for level in kept),
                totals[1][1] - sum(level.events_reference for level in kept),
            ),
        ]
        if all(plan.rule.enough(*pair) for pair in rest):
            lines.append(_level(OTHER_GROUPS, rest[0], rest[1]))
    if any(hosted):
        # twice the threshold: the hidden people may be that many or none
        lines = [_coarse_level(level, hosted, 2 * plan.rule.threshold) for level in lines]
    used = sum(level.n + level.n_reference for level in lines)
    return replace(
        gap,
        raw_difference=coarse(gap.raw_difference, RATE_DIGITS),
        raw_ratio=coarse(gap.raw_ratio, RATIO_DIGITS),
        adjusted_difference=coarse(gap.adjusted_difference, RATE_DIGITS),
        adjusted_ratio=coarse(gap.adjusted_ratio, RATIO_DIGITS),
        odds_ratio=coarse(gap.odds_ratio, RATIO_DIGITS),
        cmh_p_value=coarse_p(gap.cmh_p_value),
        homogeneity_p_value=coarse_p(gap.homogeneity_p_value),
        opposite_levels=tuple(level for level in gap.opposite_levels if level not in hidden),
        n_used=used if hidden or any(hosted) else gap.n_used,
        levels=tuple(lines),
    )


def _level(name: str, own: Pair, other: Pair) -> StratumLevel:
    rate = own[1] / own[0] if own[0] else None
    reference = other[1] / other[0] if other[0] else None
    both = rate is not None and reference is not None
    return StratumLevel(
        level=name,
        n=own[0],
        events=own[1],
        n_reference=other[0],
        events_reference=other[1],
        rate=rate,
        rate_reference=reference,
        ratio=rate / reference if both and reference else None,  # type: ignore[operator]
        difference=rate - reference if both else None,  # type: ignore[operator]
    )


def _coarse_level(level: StratumLevel, hosted: Sequence[bool], step: int) -> StratumLevel:
    """A level in which one side holds hidden people as well: that side's counts made coarse."""
    own, other = (level.n, level.events), (level.n_reference, level.events_reference)
    own, other = (
        _nearest(pair, step) if host else pair
        for pair, host in zip((own, other), hosted, strict=True)
    )
    return _level(level.level, own, other)


def _nearest(pair: Pair, step: int) -> Pair:
    n, events = nearest(*pair, step)
    return n, events or 0


def masked_controls(rows: Sequence[ControlWarning], rule: Rule) -> tuple[ControlWarning, ...]:
    """Warnings on controls; numbers and values left out where they are about too few people."""
    return tuple(
        replace(row, rows=NOTHING, events=NOTHING, values=())
        if row.rows is not None and 0 < row.rows < rule.threshold
        else row
        for row in rows
    )


def masked_intersections(rows: Sequence[Intersection], plan: Plan) -> tuple[Intersection, ...]:
    """Crossings beside what their parts lead one to expect, where they are shown."""
    found = []
    for row in rows:
        if plan.is_hidden(row.attribute, row.group):
            continue
        n, events = plan.of(row.attribute).shown[row.group]
        found.append(
            replace(
                row,
                n=n,
                events=events,
                rate=rounded(row.rate, RATE_DIGITS),
                expected_sum=rounded(row.expected_sum, RATE_DIGITS),
                expected_product=rounded(row.expected_product, RATE_DIGITS),
                difference_to_expected=coarse(row.difference_to_expected, RATE_DIGITS)
                or row.difference_to_expected,
                ratio_to_expected=coarse(row.ratio_to_expected, RATIO_DIGITS),
                p_value=coarse_p(row.p_value) or 0.0,
                p_adjusted=coarse_p(row.p_adjusted) or 0.0,
            )
        )
    return tuple(found)


def masked_pools(pools: Pools | None, plan: Plan) -> Pools | None:
    """Gaps between and within pools, and shares, of the groups that are shown."""
    if pools is None:
        return None
    gaps = tuple(
        _pool_gap(gap, plan)
        for gap in pools.gaps
        if not plan.is_hidden(gap.attribute, gap.group, gap.reference)
    )
    shares = tuple(
        _pool_share(share, plan)
        for share in pools.shares
        if not plan.is_hidden(share.attribute, share.group)
    )
    return replace(pools, gaps=gaps, shares=shares)


def _pool_gap(gap: PoolGap, plan: Plan) -> PoolGap:
    raw, between = rounded(gap.raw, RATE_DIGITS), rounded(gap.between, RATE_DIGITS)
    if plan.is_host(gap.attribute, gap.group, gap.reference):
        lines = plan.of(gap.attribute).shown
        own, other = lines[gap.group], lines[gap.reference]
        raw = rounded(own[1] / own[0] - other[1] / other[0], RATE_DIGITS)
    return replace(
        gap,
        raw=raw,
        between=between,
        # the two parts still add up to the whole
        within=rounded(raw - between, RATE_DIGITS),
        within_interval=coarse(gap.within_interval, RATE_DIGITS),
        between_p_value=None,
        between_p_adjusted=None,
    )


def _pool_share(share: PoolShare, plan: Plan) -> PoolShare:
    lines = plan.of(share.attribute)
    line = lines.shown[share.group]
    rest = (line[0] - share.n, line[1] - share.chosen)
    if rest == (0, 0) and not lines.touched:
        return share
    chosen = replace(
        coarse_estimate(share.share_of_chosen, RATIO_DIGITS),
        value=line[1] / plan.people[1] if plan.people[1] else None,
    )
    few = rest[0] != 0 and not plan.rule.enough(*rest)
    counts = line if few or share.group in lines.hosts else (share.n, share.chosen)
    return replace(
        share,
        n=counts[0],
        chosen=counts[1],
        share_of_candidates=rounded(share.share_of_candidates, RATIO_DIGITS),
        share_of_chosen=chosen,
        share_expected=rounded(share.share_expected, RATIO_DIGITS),
        exposure_share=rounded(share.exposure_share, RATIO_DIGITS),
        exposure_expected=rounded(share.exposure_expected, RATIO_DIGITS),
    )


def masked_scores(result: AuditResult, plan: Plan) -> Scores | None:
    """Scores of the groups that are shown and in which enough people have one."""
    scores = result.scores
    if scores is None:
        return None
    groups: list[GroupScore] = []
    totals = _score_totals(scores)
    for attribute in dict.fromkeys(group.attribute for group in scores.groups):
        members = [group for group in scores.groups if group.attribute == attribute]
        groups += _masked_score_groups(result, plan, members, max(totals.values()))
    return replace(scores, groups=tuple(groups))


def _score_totals(scores: Scores) -> dict[str, int]:
    totals: dict[str, int] = {}
    for group in scores.groups:
        totals[group.attribute] = totals.get(group.attribute, 0) + group.n
    return {**totals, "": scores.n}


def _masked_score_groups(
    result: AuditResult, plan: Plan, members: Sequence[GroupScore], everyone: int
) -> list[GroupScore]:
    attribute = members[0].attribute
    rule, lines = plan.rule, plan.of(attribute)
    small = {
        group.group for group in members if 0 < group.n < rule.threshold or _few_above(group, rule)
    }
    few = 0 < everyone - sum(group.n for group in members) < rule.threshold
    blurred = bool(small) or few or lines.touched
    labelled = [
        row
        for row in result.comparisons
        if row.attribute == attribute
        and row.measure != "selection_rate"
        and kind_of(row.measure) == "label"
    ]
    unlabelled = small_measures(labelled, plan)
    bins = [item for group in members for item in group.calibration]
    binned = not blurred and not unlabelled and not any(_small_bin(i.observed, rule) for i in bins)
    found = []
    for group in members:
        if group.group in small or plan.is_hidden(attribute, group.group):
            continue
        if group.group in unlabelled:
            group = replace(group, auc=Estimate(None, missing_reason=MASKED))  # noqa: PLW2901
        if not binned:
            group = replace(group, calibration=())  # noqa: PLW2901
        found.append(_coarse_score(group, rule.threshold) if blurred else group)
    return found


def _few_above(group: GroupScore, rule: Rule) -> bool:
    share = group.above_median.value
    if not rule.decisions or share is None:
        return False
    above = round(share * group.n)
    return min(above, group.n - above) < rule.threshold


def _small_bin(observed: Estimate, rule: Rule) -> bool:
    if not observed.n:
        return False
    good = round((observed.value or 0.0) * observed.n)
    return not rule.enough(observed.n, good)


def _coarse_score(group: GroupScore, step: int) -> GroupScore:
    n, _ = nearest(group.n, None, step)
    return replace(
        group,
        n=n,
        mean=significant(group.mean),
        standard_deviation=significant(group.standard_deviation),
        median=significant(group.median),
        above_median=replace(coarse_estimate(group.above_median, RATIO_DIGITS), n=n),
        auc=replace(
            coarse_estimate(group.auc, RATIO_DIGITS), n=nearest(group.auc.n, None, step)[0]
        ),
    )


def masked_labels(labels: Labels | None, rule: Rule) -> Labels | None:
    """What is known of later results; counts of a few decisions are left out in public."""
    if labels is None or not rule.decisions:
        return labels
    counts = (
        labels.known_favourable,
        labels.known_unfavourable,
        labels.rows_favourable - labels.known_favourable,
        labels.rows_unfavourable - labels.known_unfavourable,
    )
    if not any(0 < count < rule.threshold for count in counts):
        return labels
    return replace(labels, known=NOTHING, known_favourable=NOTHING, known_unfavourable=NOTHING)


def masked_clusters(rows: Sequence[ClusterEffect], plan: Plan) -> tuple[ClusterEffect, ...]:
    """What clusters do to the gaps of the groups that are shown."""
    found = []
    for row in rows:
        if plan.is_hidden(row.attribute, row.group, row.reference):
            continue
        if plan.of(row.attribute).touched:
            row = replace(  # noqa: PLW2901
                row,
                difference=rounded(row.difference, RATE_DIGITS),
                standard_error_plain=rounded(row.standard_error_plain, RATE_DIGITS),
                standard_error_clustered=rounded(row.standard_error_clustered, RATE_DIGITS),
                design_effect=rounded(row.design_effect, RATIO_DIGITS),
                interval_clustered=coarse(row.interval_clustered, RATE_DIGITS)
                or row.interval_clustered,
                p_value=coarse_p(row.p_value),
            )
        found.append(row)
    return tuple(found)


def masked_journal(result: AuditResult, plan: Plan) -> tuple[JournalEntry, ...]:
    """The import journal without counts of few people in the columns that people differ by.

    Where the unknowns of a column are hidden, so is every count of its cells: blank cells are
    those very people.
    """
    roles = result.roles
    strata = {part.strip() for stratum in roles.strata for part in stratum.split("*")}
    columns = {*roles.protected, *strata, roles.pool, roles.cluster, roles.label, roles.score}
    found = []
    for entry in result.journal:
        if entry.column in columns:
            unknowns_hidden = None in plan.of(entry.column).hidden
            values = {
                key: None
                if key in _JOURNAL_COUNTS
                and isinstance(value, int)
                and (unknowns_hidden or 0 < value < plan.rule.threshold)
                else value
                for key, value in entry.values.items()
            }
            entry = replace(entry, values=values)  # noqa: PLW2901
        found.append(entry)
    return tuple(found)
