"""From the gaps of every question to p-values that hold for the whole family of questions.

One question is one homogeneity hypothesis per set of groups. Within it, groups are claimed one by
one, the widest gap first; a set of groups is judged only against tables drawn for that set, with
the reference chosen again in each (closed testing by step-down, Romano and Wolf 2005). Across
questions, Holm's correction counts every question that still has an open group, and leaves out
those whose margins cannot reach the level (Tarone 1990; Hommel and Krummenauer 1998). So the
chance of one false claim in the whole audit stays at the family-wise level, whichever groups are
truly behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.stats.multiplicity import tarone
from algo_audit.stats.score_resampling import MaxTest

Subset = NDArray[np.intp]


@dataclass(frozen=True)
class QuestionTest:
    """How the groups of one question are tested.

    Attributes
    ----------
    groups : intp array
        Places of the compared groups among all groups, largest first.
    reference : int
        Place of the reference within ``groups``.
    single_step : callable
        Given places within ``groups`` (the reference among them), the p-values of that set.
    """

    groups: NDArray[np.intp]
    reference: int
    single_step: Callable[[Subset], MaxTest]


@dataclass(frozen=True)
class Step:
    """One group, in the order in which the question's groups are judged.

    ``group`` is its place among all groups; ``p_value`` holds within the question; ``minimum`` is
    the smallest p-value that the margins of the groups still open could give.
    """

    group: int
    p_value: float
    statistic: float
    minimum: float
    method: str


def step_down(
    question: QuestionTest, *, level: float, until: int | None = None
) -> tuple[Step, ...]:
    """Judge the groups of one question, the widest gap first.

    Parameters
    ----------
    question : QuestionTest
    level : float
        Beyond this p-value nothing more can be claimed; the groups that are left then keep the
        p-value of the set in which the first one failed (an upper bound, and cheap).
    until : int or None
        Stop once this group (its place among all groups) has been judged.

    Returns
    -------
    tuple of Step
        One for each group but the reference, with rising p-values.
    """
    left = [place for place in range(len(question.groups)) if place != question.reference]
    steps: list[Step] = []
    running = 0.0
    judged = -1 if until is None else until
    while left and judged not in [step.group for step in steps]:
        subset = np.array(sorted([*left, question.reference]), dtype=np.intp)
        result = question.single_step(subset)
        place_in = {int(place): i for i, place in enumerate(subset)}
        order = sorted(left, key=lambda place: (-result.statistics[place_in[place]], place))
        # all at once only when the first already fails
        failed = max(running, float(result.p_values[place_in[order[0]]])) > level
        for place in order if failed else order[:1]:
            running = max(running, float(result.p_values[place_in[place]]))
            steps.append(
                Step(
                    int(question.groups[place]),
                    running,
                    float(result.statistics[place_in[place]]),
                    result.minimum,
                    result.method,
                )
            )
            left.remove(place)
    return tuple(steps)


def single_step(question: QuestionTest) -> tuple[Step, ...]:
    """All groups judged against the widest gap of all of them: one draw, for exploration."""
    result = question.single_step(np.arange(len(question.groups), dtype=np.intp))
    return tuple(
        Step(
            int(group),
            float(result.p_values[place]),
            float(result.statistics[place]),
            result.minimum,
            result.method,
        )
        for place, group in enumerate(question.groups)
        if place != question.reference
    )


def adjust_unordered(
    questions: Sequence[Sequence[Step]], *, level: float
) -> tuple[tuple[float | None, ...], ...]:
    """P-values corrected for the whole family, questions in no order.

    Parameters
    ----------
    questions : sequence of sequences of Step
    level : float
        Family-wise level.

    Returns
    -------
    tuple of tuples
        As ``questions``. None where the margins of the groups still open cannot reach the level:
        they leave the family.
    """
    adjusted: list[list[float | None]] = [[None] * len(steps) for steps in questions]
    place = [0] * len(questions)
    running = 0.0
    stopped: list[int] | None = None
    while True:
        active = [q for q, steps in enumerate(questions) if place[q] < len(steps)]
        if stopped is None:
            minima = [questions[q][place[q]].minimum for q in active]
            kept = tarone(minima, level=level)
            family = [q for q, keep in zip(active, kept, strict=True) if keep]
        else:
            family = [q for q in stopped if place[q] < len(questions[q])]
        if not family:
            break
        best = min(family, key=lambda q: (questions[q][place[q]].p_value, q))
        running = max(running, min(1.0, len(family) * questions[best][place[best]].p_value))
        if running > level and stopped is None:
            # nothing more is claimed: who left the family by now has left it for good
            stopped = family
        adjusted[best][place[best]] = running
        place[best] += 1
    return tuple(tuple(values) for values in adjusted)


def adjust_ordered(
    questions: Sequence[Sequence[Step]], *, level: float
) -> tuple[tuple[float | None, ...], ...]:
    """P-values of questions asked in a fixed order, each at the full level.

    A question counts only when every group of the questions before it that could be shown at all
    was established. Parameters and result as in ``adjust_unordered``.
    """
    adjusted: list[tuple[float | None, ...]] = []
    before = 0.0
    for steps in questions:
        values = [None if step.minimum > level else max(before, step.p_value) for step in steps]
        before = max([before, *(value for value in values if value is not None)])
        adjusted.append(tuple(values))
    return tuple(adjusted)
