"""How many decisions the other way would change a verdict.

One verdict at a time: other questions keep their p-values, and the reference stays who it is
(tables drawn for the p-value still choose theirs again).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import Verdict
from algo_audit.fairness.evidence import CountEvidence, Pair, Sample, reference_candidates
from algo_audit.fairness.testing import QuestionTest, Step, step_down
from algo_audit.fairness.verdicts import decide
from algo_audit.stats.permutation import gap_statistic
from algo_audit.stats.score_resampling import Reference

# Numbers tried at once between two that are known.
_GRID = 16
# Up to this number it is checked on tables drawn anew; beyond, chance in the drawing moves it by
# more than a changed margin does, and the tables of the file as it stands are kept. So they are
# with more groups than this: drawing for each of them would take longer than the rest of the audit.
_REDRAWN_UP_TO = 30
_REDRAWN_GROUPS = 8

Correct = Callable[[Sequence[Step]], tuple[float | None, ...]]


@dataclass(frozen=True)
class FlipQuestion:
    """What stays as it is while decisions of one group change.

    Attributes
    ----------
    sample, test, steps
        The question as it was judged.
    chosen : bool
        The reference was chosen from the data.
    correct : callable
        Corrected p-values of the question's steps, the other questions being what they are.
    pooled : bool
        A decision changes hands inside its pool: what the group gains, the reference loses.
    """

    sample: Sample
    test: QuestionTest
    steps: tuple[Step, ...]
    chosen: bool
    correct: Correct
    pooled: bool


def flip_count(
    question: FlipQuestion,
    group: int,
    verdict: Verdict,
    *,
    evidence: CountEvidence,
    policy: Policy,
    limits: Limits,
) -> int | None:
    """Smallest number of the group's decisions that, taken otherwise, changes its verdict.

    Parameters
    ----------
    question : FlipQuestion
    group : int
        Place of the group among all groups of the sample.
    verdict : str
        The verdict as it stands.
    evidence, policy, limits
        As for ``run_questions``.

    Returns
    -------
    int or None
        Favourable decisions added to the group, or taken from it, whichever is smaller; with
        pools, swaps with the reference inside a pool. Within strata, decisions change first
        where one of them weighs most. None where no number changes the verdict, and for
        ``not_shown``.

    Notes
    -----
    A low number tells that the verdict hangs on few decisions, not that it is wrong.
    """
    if verdict == "not_shown":
        return None
    best: int | None = None
    for sign in (1, -1):
        moves = _moves(question, group, sign)
        if best is not None:
            moves = moves[: best - 1]
        search = _Search(question, group, verdict, sign, moves, evidence, policy, limits)
        found = search.smallest()
        if found is not None:
            best = found
    return best


def _moves(question: FlipQuestion, group: int, sign: int) -> NDArray[np.int64]:
    """Stratum of each decision that may change, the weightiest first."""
    n, events = question.sample.n, question.sample.events
    reference = int(question.test.groups[question.test.reference])
    room = n[group] - events[group] if sign > 0 else events[group]
    if question.pooled:
        other = events[reference] if sign > 0 else n[reference] - events[reference]
        room = np.minimum(room, other)
    people = n[group] + n[reference]
    weight = np.divide(n[reference], people, out=np.zeros(len(people)), where=people > 0)
    room = np.where(n[reference] > 0, room, 0)
    order = np.lexsort((-room, -weight))
    return np.repeat(order, room[order])


class _Search:
    """Verdicts of one pair after its first 1, 2, 3... decisions changed."""

    def __init__(
        self,
        question: FlipQuestion,
        group: int,
        verdict: Verdict,
        sign: int,
        moves: NDArray[np.int64],
        evidence: CountEvidence,
        policy: Policy,
        limits: Limits,
    ) -> None:
        self.question = question
        self.group = group
        self.verdict = verdict
        self.sign = sign
        self.moves = moves
        self.evidence = evidence
        self.policy = policy
        self.limits = limits
        self.reference = int(question.test.groups[question.test.reference])
        self.place = [step.group for step in question.steps].index(group)
        self.two_groups = self.paired = len(question.test.groups) == 2
        self.critical = None if self.two_groups else self._critical()

    def smallest(self) -> int | None:
        """The smallest number that changes the verdict, in this direction."""
        most = len(self.moves)
        if most == 0:
            return None
        tried = np.unique(np.append(2 ** np.arange(int(np.log2(most)) + 1), most))
        low, high = 0, self._first_change(tried)
        if high is None:
            return None
        low = int(max([0, *(int(k) for k in tried if k < high)]))
        while high - low > 1:
            grid = np.unique(np.linspace(low, high, _GRID + 1).astype(np.int64)[1:-1])
            grid = grid[(grid > low) & (grid < high)]
            found = self._first_change(grid)
            if found is None:
                low = int(grid[-1])
            else:
                low = int(max([low, *(int(k) for k in grid if k < found)]))
                high = found
        groups = len(self.question.test.groups)
        rough = high > _REDRAWN_UP_TO or groups > _REDRAWN_GROUPS
        if self.two_groups or (self.critical is not None and rough):
            return high
        return self._corrected(high)

    def _first_change(self, numbers: NDArray[np.int64]) -> int | None:
        for number, verdict in zip(numbers, self._verdicts(numbers), strict=True):
            if self._differs(verdict):
                return int(number)
        return None

    def _differs(self, verdict: Verdict) -> bool:
        # margins that leave nothing to show are no answer to how few decisions it takes
        return verdict not in (self.verdict, "not_shown")

    def _corrected(self, guess: int) -> int | None:
        """From a first guess to the smallest number on which tables drawn anew agree."""
        most, stride = len(self.moves), 1
        if self._differs(self._exact(guess)):
            low, high = guess - 1, guess
            while low > 0 and self._differs(self._exact(low)):
                high, stride = low, 2 * stride
                low = max(low - stride, 0)
        else:
            low, high = guess, min(guess + 1, most)
            while not self._differs(self._exact(high)):
                if high == most:
                    return None
                low, stride = high, 2 * stride
                high = min(high + stride, most)
        while high - low > 1:
            middle = (low + high) // 2
            if self._differs(self._exact(middle)):
                high = middle
            else:
                low = middle
        return high

    def _events(self, number: int) -> NDArray[np.int64]:
        events = self.question.sample.events.copy()
        moved = self.sign * np.bincount(self.moves[:number], minlength=events.shape[1])
        events[self.group] += moved
        if self.question.pooled:
            events[self.reference] -= moved
        return events

    def _verdicts(self, numbers: NDArray[np.int64]) -> list[Verdict]:
        samples = [replace(self.question.sample, events=self._events(int(k))) for k in numbers]
        pairs = [Pair(sample, self.group, self.reference) for sample in samples]
        tests = self.evidence.pair_tests(pairs)
        small = self.evidence.small_gaps(pairs, self.policy)
        if self.paired:
            p_values = [self._pair_p(test.p_value) for test in tests]
        else:
            p_values = [self._guessed_p(sample) for sample in samples]
        return [
            self._decided(p_value, test.minimum, within=within)
            for p_value, test, within in zip(p_values, tests, small, strict=True)
        ]

    def _decided(self, p_value: float | None, minimum: float, *, within: bool) -> Verdict:
        return decide(
            family="primary",
            p_adjusted=p_value,
            pair_minimum=minimum,
            within=within,
            level=self.limits.levels.family_wise,
        ).verdict

    def _pair_p(self, p_value: float) -> float | None:
        """Corrected p-value of a group judged alone against the reference."""
        steps = list(self.question.steps)
        steps[self.place] = replace(steps[self.place], p_value=p_value)
        return self.question.correct(steps)[self.place]

    def _critical(self) -> float | None:
        """Statistic from which the group is established, as far as the tables drawn tell."""
        question = self.question
        level = self.limits.levels.family_wise
        corrected = question.correct(question.steps)
        # groups established before this one are no longer in the set it is judged in
        settled = [
            step.group
            for step, p in zip(question.steps[: self.place], corrected, strict=False)
            if p is not None and p <= level
        ]
        subset = np.flatnonzero(~np.isin(question.test.groups, settled))
        if len(subset) == 2:
            self.paired = True
            return None
        steps = [replace(step, p_value=0.0) for step in question.steps]
        # the correction multiplies: read its factor off a small p-value
        probe = level / 1000
        steps[self.place] = replace(steps[self.place], p_value=probe)
        probed = question.correct(steps)[self.place]
        factor = 1.0 if probed is None else max(probed / probe, 1.0)
        return question.test.single_step(subset).critical(level / factor)

    def _guessed_p(self, sample: Sample) -> float | None:
        if self.critical is None:
            return self._drawn_p(sample)
        groups = self.question.test.groups
        statistic = gap_statistic(
            sample.n[groups], sample.events[groups], np.array(self.question.test.reference)
        )
        seen = statistic[int(np.flatnonzero(groups == self.group)[0])]
        return 0.0 if seen >= self.critical else 1.0

    def _drawn_p(self, sample: Sample) -> float | None:
        groups = self.question.test.groups
        candidates = None
        if self.question.chosen:
            candidates = reference_candidates(sample.n[groups], self.limits)
        reference = Reference(self.question.test.reference, candidates)
        test = self.evidence.against(sample, groups, reference)
        steps = step_down(test, level=self.limits.levels.family_wise, until=self.group)
        corrected = self.question.correct(steps)
        return corrected[[step.group for step in steps].index(self.group)]

    def _exact(self, number: int) -> Verdict:
        sample = replace(self.question.sample, events=self._events(number))
        pair = Pair(sample, self.group, self.reference)
        minimum = self.evidence.pair_tests([pair])[0].minimum
        within = self.evidence.small_gaps([pair], self.policy)[0]
        return self._decided(self._drawn_p(sample), minimum, within=within)
