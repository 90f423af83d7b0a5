"""Stages of a selection: who passes each, by group, and at which of them a gap is born."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import PASSED, REFUSED, UNKNOWN, WITHDREW, Decisions, Steps
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import Comparison, Estimate
from algo_audit.fairness.repeated import compare_each, only_rows
from algo_audit.stats.intervals import rate_interval, rate_method

NOBODY = "nobody"
_SPLIT = (PASSED, REFUSED, WITHDREW, UNKNOWN)


@dataclass(frozen=True)
class StageCount:
    """One group at one stage (``attribute`` None: everyone; ``group`` None: unknown).

    ``stages`` is the stage, or several in a row that are told together. ``entered`` splits into
    ``passed``, ``refused``, ``withdrew`` and ``unknown``; ``rate`` is the share of ``passed`` among
    those who neither withdrew nor have an unknown result. ``reached`` is the product of the rates
    up to here: the share of those at the start who would have come through, withdrawals apart
    (the product-limit estimate of Kaplan and Meier 1958, withdrawals being censored). It misleads
    where people withdraw because they expect to be refused.
    """

    stages: tuple[str, ...]
    attribute: str | None
    group: str | None
    entered: int
    passed: int
    refused: int
    withdrew: int
    unknown: int
    rate: Estimate
    reached: float | None


@dataclass(frozen=True)
class StageGap:
    """A comparison of the share that passed one stage, among those who entered it."""

    stages: tuple[str, ...]
    comparison: Comparison


@dataclass(frozen=True)
class StageBirth:
    """What one stage adds to the gap between the start and the end.

    ``people``: how many of the group's people, of those at the start, are missing at the end for
    this stage's gap alone; ``points`` the same as a difference of shares (group minus reference,
    0 to 1). The stages of a pair add up to the whole gap exactly.
    """

    stages: tuple[str, ...]
    attribute: str
    group: str
    reference: str
    points: float
    people: float


@dataclass(frozen=True)
class Stages:
    """The stages of a file.

    Attributes
    ----------
    names : tuple of str
        In order.
    people : int
        Everybody at the start.
    counts : tuple of StageCount
        Everyone first, then each attribute's groups, stage by stage within each.
    gaps : tuple of StageGap
    births : tuple of StageBirth
    hidden : tuple of str
        Attributes whose stages this audience may not see; empty in the result itself.
    hosts : tuple of (attribute, group)
        Lines that hold a few hidden people as well; empty in the result itself.
    """

    names: tuple[str, ...]
    people: int
    counts: tuple[StageCount, ...]
    gaps: tuple[StageGap, ...]
    births: tuple[StageBirth, ...]
    hidden: tuple[str, ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()

    def of(self, attribute: str | None, group: str | None) -> tuple[StageCount, ...]:
        """The stages of one group, in order."""
        return tuple(c for c in self.counts if (c.attribute, c.group) == (attribute, group))


def stage_chapter(
    decisions: Decisions, *, references: Mapping[str, str], policy: Policy, limits: Limits
) -> Stages | None:
    """Pass rates and gaps at each stage, and where the gap from start to end is born.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of attribute to group
        The group that others are compared with, at every stage the same.
    policy, limits

    Returns
    -------
    Stages or None
        None without declared stages.

    Notes
    -----
    Every comparison is exploratory (see ``fairness/repeated.py``): the gap from start to end is the
    question asked beforehand, and keeps its level. With pools a stage is compared within pools.
    Counts are rows; weights enter the comparisons, not the counts.
    """
    steps = decisions.steps
    if steps is None:
        return None
    counts = _counts(steps, limits.levels.confidence)
    parts = [
        only_rows(steps.people, rows, (steps.states[rows, stage] == PASSED).astype(np.int8))
        for stage in range(len(steps.names))
        for rows in (np.isin(steps.states[:, stage], (PASSED, REFUSED)),)
    ]
    # a stage at which there is nobody left, or one group only, has nothing to compare
    able = [stage for stage, part in enumerate(parts) if len(part.outcome)]
    compared = compare_each(
        [parts[stage] for stage in able], references=references, policy=policy, limits=limits
    )
    gaps = tuple(
        StageGap((steps.names[stage],), row)
        for stage, rows in zip(able, compared, strict=True)
        for row in rows
    )
    return Stages(steps.names, len(steps.states), counts, gaps, births_of(counts, references))


def _counts(steps: Steps, confidence: float) -> tuple[StageCount, ...]:
    found: list[StageCount] = []
    everyone = np.ones(len(steps.states), dtype=bool)
    found += _of_group(steps, None, None, everyone, confidence)
    for name, column in steps.people.protected.items():
        for code, level in enumerate(column.levels):
            found += _of_group(steps, name, level, column.codes == code, confidence)
        if bool((column.codes < 0).any()):
            found += _of_group(steps, name, None, column.codes < 0, confidence)
    return tuple(found)


def _of_group(
    steps: Steps,
    attribute: str | None,
    group: str | None,
    rows: NDArray[np.bool_],
    confidence: float,
) -> list[StageCount]:
    states = steps.states[rows]
    split = [
        tuple(
            int((states[:, stage] == state).sum()) for state in (PASSED, REFUSED, WITHDREW, UNKNOWN)
        )
        for stage in range(len(steps.names))
    ]
    named = [(name,) for name in steps.names]
    return counted(named, attribute, group, split, confidence=confidence)


def counted(
    stages: Sequence[tuple[str, ...]],
    attribute: str | None,
    group: str | None,
    split: Sequence[Sequence[int]],
    *,
    confidence: float,
) -> list[StageCount]:
    """Lines of one group from its counts.

    Parameters
    ----------
    stages : sequence of tuple of str
    attribute, group
    split : sequence of (passed, refused, withdrew, unknown)
        At each stage.
    confidence : float
    """
    found: list[StageCount] = []
    reached: float | None = 1.0
    for names, (passed, refused, withdrew, unknown) in zip(stages, split, strict=True):
        n = passed + refused
        if n:
            low, high = rate_interval(passed, n, confidence=confidence)
            method = str(rate_method(passed, n))
            rate = Estimate(passed / n, float(low), float(high), n, method)
        else:
            rate = Estimate(None, n=0, missing_reason=NOBODY)
        reached = None if reached is None or rate.value is None else reached * rate.value
        entered = passed + refused + withdrew + unknown
        line = (entered, passed, refused, withdrew, unknown, rate, reached)
        found.append(StageCount(names, attribute, group, *line))
    return found


def births_of(
    counts: Sequence[StageCount], references: Mapping[str, str]
) -> tuple[StageBirth, ...]:
    """What each stage adds to the gap from start to end.

    Notes
    -----
    With pass rates r of the group and s of the reference, the gap prod(r) - prod(s) is the sum over
    the stages of prod(r before) (r - s) prod(s after): who the group has left when the stage comes,
    the stage's own gap, and what becomes of the others afterwards at the reference's rates.
    """
    found: list[StageBirth] = []
    for attribute, reference in references.items():
        lines: dict[str, list[StageCount]] = {}
        for count in counts:
            if count.attribute == attribute and count.group is not None:
                lines.setdefault(count.group, []).append(count)
        other = _rates(lines.get(reference, ()))
        for group, stages in lines.items():
            own = _rates(stages)
            if group == reference or own is None or other is None or len(own) != len(other):
                continue
            for place, stage in enumerate(stages):
                before, after = float(np.prod(own[:place])), float(np.prod(other[place + 1 :]))
                points = before * (own[place] - other[place]) * after
                people = -points * stages[0].entered
                found.append(StageBirth(stage.stages, attribute, group, reference, points, people))
    return tuple(found)


def _rates(lines: Sequence[StageCount]) -> list[float] | None:
    """Pass rates; a stage that nobody entered any more counts as not passed."""
    if not lines or lines[0].rate.value is None:
        return None
    return [0.0 if line.rate.value is None else line.rate.value for line in lines]
