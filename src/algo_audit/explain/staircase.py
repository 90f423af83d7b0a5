"""Where the gap is born: step by step from who applies where to what people changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.advice import read_advice
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.rule import Rule
from algo_audit.explain.contrasts import Contrast, mean_differences, rate_difference, row_facts
from algo_audit.explain.replay import chosen_as_logged
from algo_audit.fairness.clusters import cluster_codes, crossed_codes
from algo_audit.fairness.comparison import Estimate

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

POOLS, SCORE, CUT_OFF, SYSTEM, HUMANS = "pools", "score", "cut_off", "system", "humans"
# Who can act on a step.
ACTORS = {
    POOLS: "employer_posts",
    SCORE: "criteria",
    CUT_OFF: "rule",
    SYSTEM: "vendor",
    HUMANS: "deciders",
}


@dataclass(frozen=True)
class Step:
    """One step: what it adds to the gap in logged decisions (points of rate, 0 to 1).

    ``key``: ``pools`` | ``score`` | ``cut_off`` | ``system`` | ``humans``; ``actor``: code of who
    can act on it (``employer_posts`` | ``criteria`` | ``rule`` | ``vendor`` | ``deciders``).
    """

    key: str
    value: Estimate
    actor: str


@dataclass(frozen=True)
class Staircase:
    """The gap in logged decisions, group minus reference, as a sum of steps.

    Row by row the chance of a favourable decision is followed through:

    1. ``pools``: everyone in a pool has the pool's own rate of favourable decisions;
    2. ``score``: within a pool the chance rises in a straight line with the model's score (least
       squares of the model's decisions on the score, slope of the pool);
    3. ``cut_off``: the model's decisions themselves (the best k, or from the threshold up);
    4. ``system``: the logged advice, where there is one and it is not the model's decision;
    5. ``humans``: the logged decision (against the advice where there is one, else against the
       model: the part that the model does not reproduce).

    Each step is the difference between two of these, averaged over the group, minus the same
    over the reference; so the steps sum to the gap, exactly, in this order. Another order
    would share it out otherwise. ``raw`` is the gap, ``n`` and ``n_reference`` the people.
    """

    attribute: str
    group: str
    reference: str
    n: int
    n_reference: int
    raw: Estimate
    steps: tuple[Step, ...]


def staircases(
    scores: FloatArray,
    rule: Rule,
    decisions: Decisions,
    *,
    references: Mapping[str, str],
    limits: Limits,
) -> tuple[Staircase, ...]:
    """The gap in logged decisions of every group, step by step.

    Parameters
    ----------
    scores : float64 array, shape (rows,)
        Of the model; NaN where it has none.
    rule : Rule
        That made decisions of them.
    decisions : Decisions
        Logged decisions, pools, advice, groups.
    references : mapping of attribute (or crossing) to group
    limits : Limits
        ``groups.compared_from``: smaller groups are left out; ``clusters.permutation_below``.

    Returns
    -------
    tuple of Staircase
        A step that does not apply is left out: ``pools`` without pools, ``system`` without advice
        or where the advice is the model's own decision in every row.

    Notes
    -----
    Every step is a difference of group means of a value that each row has, so its interval is
    closed (``contrasts.mean_differences``): Welch's, or by cluster; candidates of one pool are a
    cluster too where there are enough pools. The rates and slopes of the pools are held. A pool's
    rate and slope come from all its people, whatever their group. Rows without pool are a pool of
    their own, and a file without pools is one. On a tie at the cut-off whoever was logged counts as
    the model's choice, as in ``replay``.
    """
    chances = _chances(scores, rule, decisions)
    keys = [key for key, _ in chances]
    values = np.stack([value for _, value in chances])
    # the first value is what each row has after the first step; before it all have the same
    steps = np.diff(values, axis=0, prepend=0.0).T
    weight, cluster = row_facts(decisions)
    if cluster is None and decisions.pool is not None:
        enough = len(np.unique(decisions.pool.codes)) >= limits.clusters.permutation_below
        cluster = cluster_codes(decisions.pool) if enough else None
    found = []
    for attribute, reference in references.items():
        codes, levels = crossed_codes(decisions, attribute)
        if reference not in levels:
            continue
        base = np.flatnonzero(codes == levels.index(reference))
        for code, level in enumerate(levels):
            own = np.flatnonzero(codes == code)
            if level == reference or min(len(own), len(base)) < limits.groups.compared_from:
                continue
            contrast = Contrast(own, base, weight, cluster)
            names = (attribute, level, reference)
            found.append(_staircase(names, contrast, keys, steps, decisions, limits))
    return tuple(found)


def clear_steps(staircase: Staircase) -> tuple[str, ...]:
    """Keys of the steps whose interval excludes 0, largest first."""
    clear = [
        step
        for step in staircase.steps
        if step.value.low is not None
        and step.value.high is not None
        and (step.value.low > 0 or step.value.high < 0)
    ]
    return tuple(step.key for step in sorted(clear, key=lambda one: -abs(one.value.value or 0.0)))


def _staircase(
    names: tuple[str, str, str],
    contrast: Contrast,
    keys: list[str],
    steps: FloatArray,
    decisions: Decisions,
    limits: Limits,
) -> Staircase:
    confidence = limits.levels.confidence
    estimates = mean_differences(steps, contrast, confidence=confidence)
    return Staircase(
        attribute=names[0],
        group=names[1],
        reference=names[2],
        n=len(contrast.group),
        n_reference=len(contrast.reference),
        raw=rate_difference(decisions.outcome, contrast, confidence=confidence),
        steps=tuple(
            Step(key, estimate, ACTORS[key]) for key, estimate in zip(keys, estimates, strict=True)
        ),
    )


def _chances(scores: FloatArray, rule: Rule, decisions: Decisions) -> list[tuple[str, FloatArray]]:
    """Every row's chance after each step that applies, from pools to the logged decision."""
    logged = decisions.outcome.astype(np.float64)
    pools = _pools(decisions)
    flat = pools.rates(logged)
    made = _followed(chosen_as_logged(rule, scores, decisions, decisions.outcome)[0], flat)
    leaning = flat + pools.slopes(scores, made) * pools.centred(scores)
    found = [(SCORE, leaning), (CUT_OFF, made)]
    advice = read_advice(decisions)
    if advice is not None:
        told = _followed(advice, made)
        if not np.array_equal(told, made):
            found.append((SYSTEM, told))
    found.append((HUMANS, logged))
    if decisions.pool is None:
        # one rate for everybody adds nothing to a gap: the first step starts from it
        return [(key, value - flat) for key, value in found]
    return [(POOLS, flat), *found]


def _followed(decided: NDArray[np.int8], before: FloatArray) -> FloatArray:
    """Decisions as chances; where none is known, what the row had before."""
    return np.where(decided < 0, before, decided.astype(np.float64))


class _Pools(NamedTuple):
    """Pools as codes from 0, and how much each row weighs."""

    code: IntArray
    weight: FloatArray

    def _sums(self, values: FloatArray) -> FloatArray:
        return np.bincount(self.code, weights=self.weight * values).astype(np.float64)

    def rates(self, values: FloatArray) -> FloatArray:
        """Mean of each row's pool."""
        sums, sizes = self._sums(values), self._sums(np.ones(len(values)))
        return np.asarray(sums / np.where(sizes > 0, sizes, 1.0))[self.code]

    def centred(self, scores: FloatArray) -> FloatArray:
        """How far each row's score is above its pool's mean; 0 without a score."""
        known = np.isfinite(scores)
        filled = np.where(known, scores, 0.0)
        sums, sizes = self._sums(filled), self._sums(known.astype(np.float64))
        mean = np.asarray(sums / np.where(sizes > 0, sizes, 1.0))[self.code]
        return np.where(known, filled - mean, 0.0)

    def slopes(self, scores: FloatArray, made: FloatArray) -> FloatArray:
        """Least squares of decisions on scores in each row's pool; 0 where scores do not vary."""
        above = self.centred(scores)
        squares, products = self._sums(above**2), self._sums(above * made)
        # scores that differ by the rounding of sums only do not vary
        least = 1e-18 * max(1.0, float(np.abs(scores[np.isfinite(scores)]).max(initial=0.0))) ** 2
        slope = np.divide(
            products, squares, out=np.zeros(len(squares)), where=squares > least * len(scores)
        )
        return np.asarray(slope)[self.code]


def _pools(decisions: Decisions) -> _Pools:
    n = len(decisions)
    weight = np.ones(n) if decisions.weight is None else decisions.weight
    if decisions.pool is None:
        return _Pools(np.zeros(n, dtype=np.int64), weight)
    return _Pools(decisions.pool.codes.astype(np.int64) + 1, weight)
