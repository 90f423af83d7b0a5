"""The chapters on a model as one audience may see them.

What is about one group (gaps, proxies, staircases, replay, worth, ways) goes where the plan hides
the group, and where few people of it were looked at. An attribute that the plan touches, or in
which a line goes here, keeps shares to few decimals and no headcounts: the lines that are left and
the figure for everyone would give the missing one away. What is about everyone (lines of a grid,
stretches of a curve, readable rules) is a partition of the people: ``masked_partitions.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from algo_audit.audit import AuditResult
from algo_audit.data.disclosure import Rule
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.recourse import GroupRecourse, RecourseOverview
from algo_audit.explain.replay import Replay
from algo_audit.explain.surrogate import Fidelity, GroupFidelity
from algo_audit.explain.worth import Association, Gain, Worth
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.model import ModelDescription
from algo_audit.report import masked_gaps, masked_partitions
from algo_audit.report.coarse import (
    RATE_DIGITS,
    RATIO_DIGITS,
    coarse_estimate,
    rounded,
    significant,
)
from algo_audit.report.hidden import Pair, Plan, summed
from algo_audit.report.masked_chapters import masked_controls, masked_labels
from algo_audit.report.masked_rows import MASKED, NOTHING


class _OfGroup(Protocol):
    @property
    def attribute(self) -> str | None: ...
    @property
    def group(self) -> str | None: ...


_Row = TypeVar("_Row", bound=_OfGroup)


def masked_model(result: AuditResult, plan: Plan) -> ModelChapters | None:
    """The chapters on the model, or None where there are none.

    Parameters
    ----------
    result : AuditResult
        Unmasked.
    plan : Plan
        What is hidden of the groups of this result.
    """
    model, rule = result.model, plan.rule
    if model is None:
        return None
    parts = masked_partitions.masked_partitions(result, plan)
    rules = parts.rules
    return replace(
        model,
        description=_description(model.description),
        fidelity=None if model.fidelity is None else _faithful(model.fidelity, plan),
        leaks=masked_controls(model.leaks, rule),
        replay=_replay(model.replay, plan),
        importance=parts.importance,
        lines=parts.lines,
        effects=parts.effects,
        monotonicity=parts.monotonicity,
        rules=None if rules is None else replace(rules, fidelity=_faithful(rules.fidelity, plan)),
        gaps=masked_gaps.masked_gaps(model.gaps, plan),
        proxies=masked_gaps.masked_proxies(model.proxies, plan),
        staircases=masked_gaps.masked_staircases(model.staircases, plan),
        worth=_worth(model.worth, result, plan),
        recourse=_recourse(model.recourse, plan),
        stability=parts.stability,
    )


def _description(description: ModelDescription) -> ModelDescription:
    """Bounds that a declared grid does not state are the file's extremes: somebody's values."""
    if description.kind == "scoring_grid":
        return description
    inputs = tuple(replace(one, low=None, high=None) for one in description.inputs)
    return replace(description, inputs=inputs)


# --- shares by group -----------------------------------------------------------------------------


def _pair(share: Estimate) -> Pair:
    """People behind a share, and those among them who count for it."""
    if share.value is None or not share.n:
        return (share.n or 0, 0)
    return (share.n, round(share.value * share.n))


def _small(pair: Pair, rule: Rule) -> bool:
    return bool(rule.small(np.array([pair[0]]), np.array([pair[1]]))[0])


def _kept(rows: Sequence[tuple[_Row, Pair]], whole: Pair, plan: Plan) -> list[tuple[_Row, bool]]:
    """Rows of groups that may be shown, each with whether its numbers must be blurred.

    Parameters
    ----------
    rows : sequence of (row, (people, those who count))
    whole : (people, those who count)
        Of everyone: what is left after the rows shown belongs to the others, and is as telling.
    plan : Plan
    """
    found: list[tuple[_Row, bool]] = []
    for attribute in dict.fromkeys(str(row.attribute) for row, _ in rows):
        own = [(row, pair) for row, pair in rows if row.attribute == attribute]
        shown = [
            (row, pair)
            for row, pair in own
            if not plan.is_hidden(attribute, row.group) and not _small(pair, plan.rule)
        ]
        told = summed([pair for _, pair in shown] or [(0, 0)])
        left = (max(whole[0] - told[0], 0), max(whole[1] - told[1], 0))
        blurred = (
            len(shown) < len(own)
            or plan.of(attribute).touched
            or _small((left[0], min(left)), plan.rule)
        )
        found += [(row, blurred) for row, _ in shown]
    return found


def _share(share: Estimate, *, blurred: bool) -> Estimate:
    return masked_gaps.blurred_share(share) if blurred else share


def _faithful(fidelity: Fidelity, plan: Plan) -> Fidelity:
    return replace(fidelity, by_group=_agreements(fidelity.by_group, fidelity.agreement, plan))


def _agreements(
    rows: Sequence[GroupFidelity], whole: Estimate, plan: Plan
) -> tuple[GroupFidelity, ...]:
    kept = _kept([(row, _pair(row.agreement)) for row in rows], _pair(whole), plan)
    return tuple(
        replace(row, agreement=_share(row.agreement, blurred=blurred)) for row, blurred in kept
    )


def _replay(replay: Replay | None, plan: Plan) -> Replay | None:
    """How many decisions the model does not reproduce, unless they are a few people's."""
    if replay is None:
        return None
    k = plan.rule.threshold
    by_group = _agreements(replay.by_group, replay.agreement, plan)
    n, alike = _pair(replay.agreement)
    few = any(0 < count < k for count in (replay.added, replay.dropped))
    agreement = replay.agreement
    # with as many places as people taken, the two counts are each half of what differs
    if few or 0 < n - alike < 2 * k:
        agreement = _vague(agreement, k)
    return replace(
        replay,
        agreement=agreement,
        added=NOTHING if few else replay.added,
        dropped=NOTHING if few else replay.dropped,
        tied=NOTHING if 0 < replay.tied < k else replay.tied,
        largest_difference=significant(replay.largest_difference, 2),
        by_group=by_group,
    )


def _vague(share: Estimate, k: int) -> Estimate:
    """A share so near to all that its complement is a few people: to steps of k people or more."""
    if share.value is None or not share.n:
        return share
    step = max(10.0**-RATIO_DIGITS, k / share.n)
    value = min(step * round(share.value / step), 1.0 - step)
    return replace(
        share,
        value=round(max(value, 0.0), RATE_DIGITS),
        low=rounded(share.low, RATIO_DIGITS),
        high=rounded(share.high, RATIO_DIGITS),
    )


# --- worth, ways ---------------------------------------------------------------------------------


def _worth(worth: Worth | None, result: AuditResult, plan: Plan) -> Worth | None:
    """What the score is worth; labels of a few people are told by nobody."""
    if worth is None:
        return None
    rule = plan.rule
    labels = masked_labels(result.labels, rule)
    told = labels == result.labels
    # every label belongs to somebody selected: no headcount by subtraction from other tables
    alone = result.labels is not None and result.labels.known_unfavourable == 0
    overall = [row for row in worth.associations if row.attribute is None]
    whole = (overall[0].n, overall[0].events) if overall else (0, 0)
    kept = _kept(
        [(row, (row.n, row.events)) for row in worth.associations if row.attribute is not None],
        whole,
        plan,
    )
    groups = [_association(row, blurred=blurred or not (alone and told)) for row, blurred in kept]
    first = [
        Association(None, None, NOTHING, NOTHING, Estimate(None, missing_reason=MASKED))
        if _small(whole, rule)
        else replace(row, n=row.n if told else NOTHING, events=row.events if told else NOTHING)
        for row in overall
    ]
    return replace(
        worth,
        associations=(*first, *groups),
        restricted=rounded(worth.restricted, RATIO_DIGITS),
        selected_good=_good(worth.selected_good, rule),
        gains=tuple(_gain(gain, rule) for gain in worth.gains),
    )


def _association(row: Association, *, blurred: bool) -> Association:
    if not blurred:
        return row
    return replace(row, n=NOTHING, events=NOTHING, auc=_share(row.auc, blurred=True))


def _good(share: Estimate, rule: Rule) -> Estimate:
    if share.value is None:
        return share
    if _small(_pair(share), rule):
        return Estimate(None, missing_reason=MASKED)
    return coarse_estimate(share, RATIO_DIGITS)


def _gain(gain: Gain, rule: Rule) -> Gain:
    """Two ways of filling the same places differ by few people: shares to few decimals."""
    good = _good(gain.good, rule)
    hidden = gain.good.value is not None and good.value is None
    return replace(
        gain,
        selected_alike=coarse_estimate(gain.selected_alike, RATIO_DIGITS),
        good=good,
        gain=Estimate(None, missing_reason=MASKED)
        if hidden
        else coarse_estimate(gain.gain, RATIO_DIGITS),
    )


def _recourse(overview: RecourseOverview | None, plan: Plan) -> RecourseOverview | None:
    """Refused people with a way: no group of few refused, no reason that holds for a few."""
    if overview is None:
        return None
    rule = plan.rule
    everyone = [row for row in overview.groups if row.attribute is None]
    whole = _pair(everyone[0].with_way) if everyone else (overview.sampled, 0)
    kept = _kept(
        [(row, _ways(row)) for row in overview.groups if row.attribute is not None], whole, plan
    )
    # in public, how many of a group the model would take is as protected as how many were taken
    groups = [_group_recourse(row, blurred=blurred or rule.decisions) for row, blurred in kept]
    few = [0 < count < rule.threshold for _, count in overview.changes]
    if sum(few) == 1:  # one alone would follow where each way changes one input
        rest = [i for i, hidden in enumerate(few) if not hidden]
        if rest:
            few[min(rest, key=lambda i: overview.changes[i][1])] = True
    reasons = [count for _, count in overview.reasons]
    hidden = masked_partitions.hidden_parts(
        [(count, 0) for count in reasons], (sum(reasons), 0), Rule(rule.threshold)
    )
    return replace(
        overview,
        groups=(*(_everyone(row, rule) for row in everyone), *groups),
        changes=tuple(
            (column, NOTHING if gone else count)
            for (column, count), gone in zip(overview.changes, few, strict=True)
        ),
        reasons=tuple(
            (code, NOTHING if gone else count)
            for (code, count), gone in zip(overview.reasons, hidden, strict=True)
        ),
    )


def _everyone(row: GroupRecourse, rule: Rule) -> GroupRecourse:
    if row.with_way.value is None or not _small(_pair(row.with_way), rule):
        return row
    masked = Estimate(None, missing_reason=MASKED)
    return replace(row, with_way=masked, mean_effort=masked)


def _ways(row: GroupRecourse) -> Pair:
    """People looked at, no more than were refused, and those with a way."""
    n, able = _pair(row.with_way)
    return (min(n, row.refused) if n else row.refused, able)


def _group_recourse(row: GroupRecourse, *, blurred: bool) -> GroupRecourse:
    if not blurred:
        return row
    effort = replace(row.mean_effort, value=significant(row.mean_effort.value, 2), n=NOTHING)
    effort = replace(effort, low=significant(effort.low, 2), high=significant(effort.high, 2))
    return replace(
        row, refused=NOTHING, with_way=_share(row.with_way, blurred=True), mean_effort=effort
    )
