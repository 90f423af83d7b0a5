"""Who could have done something about a refusal: shares of people with a way, by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.averages import mean_estimate
from algo_audit.explain.recourse import GroupRecourse, Recourse, RecourseOverview, find_recourse
from algo_audit.explain.recourse_target import needed_scores
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model
from algo_audit.models.rule import Decided, Rule
from algo_audit.stats.intervals import rate_interval, rate_method


def recourse_overview(
    model: Model,
    rows: InputRows,
    decided: Decided,
    decisions: Decisions,
    *,
    actions: Sequence[Action],
    limits: Limits,
    seed: int,
    rule: Rule | None = None,
) -> RecourseOverview:
    """Look for ways for the people whom the model refuses, all together and by group.

    Parameters
    ----------
    model : Model
    rows : InputRows
        Of all rows of ``decisions``, in their order.
    decided : Decided
        The model's decisions on them.
    decisions : Decisions
        For the groups.
    actions : sequence of Action
    limits : Limits
        ``explain.recourse_people`` people are drawn where more were refused.
    seed : int
    rule : Rule, optional
        That ``decided`` was made by; else the model's own, else ``top_k`` is supposed.

    Returns
    -------
    RecourseOverview
        Everyone first (attribute and group None), then each group. ``with_way`` is missing with
        ``nothing_actionable`` where no input may change, ``nobody_refused`` where nobody was
        (left out), and its ``n`` are the people drawn. ``mean_effort`` is that of the cheapest
        way among those who have one.

    Notes
    -----
    Each person is looked at alone, the others and the cut-off as they were: not everyone with a
    way could take it at once. Intervals take the people drawn as apart from each other.
    """
    applied = rule or model.rule or Rule("top_k")
    refused = np.flatnonzero(decided.decision == 0)
    scores = model.score(rows.values)
    refused = refused[np.isfinite(scores[refused])]
    columns = {one.name for one in model.inputs}
    if not len(refused) or not any(one.column in columns for one in actions):
        reason = "nothing_actionable" if len(refused) else "nobody_refused"
        missing = Estimate(None, n=0, missing_reason=reason)
        everyone = GroupRecourse(None, None, len(refused), missing, missing)
        return RecourseOverview(len(refused), 0, (everyone,), ())
    drawn = _drawn(refused, limits.explain.recourse_people, seed)
    found = find_recourse(
        model,
        rows.values[drawn],
        needed=needed_scores(model, applied, scores, decided)[drawn],
        actions=actions,
        people=rows.values,
        ways=1,
        limits=limits,
        seed=seed,
    )
    changes = Counter(change.column for one in found if one.ways for change in one.ways[0].changes)
    reasons = Counter(one.reason for one in found if one.reason is not None)
    return RecourseOverview(
        refused=len(refused),
        sampled=len(drawn),
        groups=tuple(_groups(decisions, refused, drawn, found, limits.levels.confidence)),
        changes=tuple(changes.most_common()),
        reasons=tuple(reasons.most_common()),
    )


def _drawn(people: NDArray[np.intp], most: int, seed: int) -> NDArray[np.intp]:
    if len(people) <= most:
        return people
    return np.sort(np.random.default_rng(seed).choice(people, most, replace=False))


def _groups(
    decisions: Decisions,
    refused: NDArray[np.intp],
    drawn: NDArray[np.intp],
    found: Sequence[Recourse],
    confidence: float,
) -> Iterator[GroupRecourse]:
    efforts = np.array([one.ways[0].effort if one.ways else np.nan for one in found])
    yield _group(None, None, len(refused), efforts, confidence)
    for attribute, column in decisions.protected.items():
        for code, level in enumerate(column.levels):
            count = int((column.codes[refused] == code).sum())
            if count:
                own = efforts[column.codes[drawn] == code]
                yield _group(attribute, level, count, own, confidence)


def _group(
    attribute: str | None,
    group: str | None,
    refused: int,
    efforts: NDArray[np.float64],
    confidence: float,
) -> GroupRecourse:
    n, able = len(efforts), efforts[~np.isnan(efforts)]
    if n:
        low, high = rate_interval(len(able), n, confidence=confidence)
        share = Estimate(
            len(able) / n, float(low), float(high), n, method=str(rate_method(len(able), n))
        )
    else:
        share = Estimate(None, n=0, missing_reason="too_few_people")
    return GroupRecourse(attribute, group, refused, share, mean_estimate(able, confidence))
