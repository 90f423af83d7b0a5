"""Evidence of weighted rows: a group counts for as many equal rows as its weights are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

from algo_audit.data.policy import Policy
from algo_audit.fairness.evidence import (
    CountEvidence,
    Pair,
    Sample,
    choose_reference,
    compared_groups,
    within,
)
from algo_audit.fairness.gap_estimates import adjusted_gaps, score_gaps
from algo_audit.fairness.measures import Measure
from algo_audit.fairness.testing import QuestionTest, Subset
from algo_audit.fairness.verdicts import Gap, within_margin
from algo_audit.stats.exact_pair import PairTest
from algo_audit.stats.score_resampling import (
    MaxTest,
    Reference,
    linear_max_test,
    normal_draws,
)

FloatArray = NDArray[np.float64]


class WeightedEvidence(CountEvidence):
    """Evidence where rows carry sampling weights.

    Rates are weighted; variances use Kish's effective size of each group and stratum (Rao and
    Scott 1992). Tests are score tests: weights leave no exact one.
    """

    def sample(self, attribute: tuple[str, ...], stratum: str | None, measure: Measure) -> Sample:
        """Counts of one question, with weighted ones beside."""
        plain = super().sample(attribute, stratum, measure)
        counts = self.table.counts(attribute, stratum)
        if counts.weight is None or counts.weight_squared is None:
            return plain
        weight = counts.weight[:, :, measure.denominator].sum(axis=2)
        squared = counts.weight_squared[:, :, measure.denominator].sum(axis=2)
        effective = np.divide(weight**2, squared, out=np.zeros_like(weight), where=squared > 0)
        # equal weights are worth exactly the rows, whatever rounding says
        equal = np.isclose(effective, plain.n, rtol=1e-9, atol=0.0)
        return replace(
            plain,
            weighted_n=weight,
            weighted_events=counts.weight[:, :, measure.numerator].sum(axis=2),
            effective_n=np.where(equal, plain.n, effective),
        )

    def question(self, sample: Sample, named: str | None) -> QuestionTest | None:
        """Score test of one question."""
        groups = compared_groups(sample.n, self.limits)
        reference = choose_reference(sample, groups, named, self.limits)
        if len(groups) < 2 or reference is None:
            return None
        return QuestionTest(groups, reference.index, self._single_step(sample, groups, reference))

    def others(self, sample: Sample) -> QuestionTest | None:
        """Test of each group against all others together."""
        groups = compared_groups(sample.n, self.limits)
        if len(groups) < 3:
            return None
        return QuestionTest(groups, -1, self._single_step(sample, groups, None))

    def _single_step(
        self, sample: Sample, groups: NDArray[np.intp], reference: Reference | None
    ) -> _WeightedStep:
        return _WeightedStep(sample, groups, reference, self.draws.draws, self.draws.seed)

    def pair_tests(self, pairs: Sequence[Pair]) -> list[PairTest]:
        """Score test of each pair on effective counts."""
        return [_pair_test(pair) for pair in pairs]

    def gaps(self, pairs: Sequence[Pair], *, confidence: float) -> list[Gap]:
        """Intervals on effective counts."""
        made = []
        for pair in pairs:
            n, events, _ = _effective(pair)
            if n.shape[1] == 1:
                made.extend(score_gaps(n, events, confidence=confidence))
            else:
                (gap,) = adjusted_gaps([(n, events)], confidence=confidence)
                weight, favoured = _weights(pair)
                value, other = favoured.sum(axis=1) / weight.sum(axis=1)
                made.append(replace(gap, value=float(value), reference_value=float(other)))
        return made

    def small_gaps(self, pairs: Sequence[Pair], policy: Policy) -> list[bool]:
        """Tell which pairs lie within the margin."""
        gaps = self.gaps(pairs, confidence=self.limits.levels.equivalence_confidence)
        return [within_margin(gap, policy) for gap in gaps]


class _WeightedStep:
    """Single-step p-values of any set of groups, from the normal law of their deviations."""

    def __init__(
        self,
        sample: Sample,
        groups: NDArray[np.intp],
        reference: Reference | None,
        draws: int,
        seed: int,
    ) -> None:
        weight, favoured = sample.weights_favoured()
        effective = sample.effective_n if sample.effective_n is not None else weight
        self.n, self.events = weight[groups], favoured[groups]
        self.effective = effective[groups]
        self.reference = reference
        self.draws = draws
        self.seed = seed

    def __call__(self, subset: Subset) -> MaxTest:
        deviation, expected, covariance = score_moments(
            self.n[subset], self.events[subset], self.effective[subset]
        )
        reference = None if self.reference is None else within(self.reference, subset)
        drawn = normal_draws(covariance, self.draws, np.random.default_rng(self.seed))
        return linear_max_test(deviation, expected, covariance, reference, drawn, method="score")


def score_moments(
    n: FloatArray, events: FloatArray, effective: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Deviations from equal rates within strata, what was expected, and their covariance.

    Parameters
    ----------
    n, events, effective : float64 arrays, shape (groups, strata)
        Weight of everyone, of those favoured, and effective sizes.

    Returns
    -------
    deviation, expected : float64 arrays, shape (groups,)
    covariance : float64 array, shape (groups, groups)
        At equal rates, each group's rate having variance p (1 - p) / effective size.
    """
    total = n.sum(axis=0)
    rate = np.divide(events.sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)
    covariance = np.zeros((len(n), len(n)))
    for stratum in range(n.shape[1]):
        if total[stratum] <= 0:
            continue
        size = n[:, stratum]
        mixing = np.diag(size) - np.outer(size, size) / total[stratum]
        spread = rate[stratum] * (1 - rate[stratum])
        variance = np.divide(
            spread, effective[:, stratum], out=np.zeros(len(n)), where=effective[:, stratum] > 0
        )
        covariance += (mixing * variance) @ mixing.T
    return (events - n * rate).sum(axis=1), n @ rate, covariance


def _weights(pair: Pair) -> tuple[FloatArray, FloatArray]:
    sample = pair.sample
    assert sample.weighted_n is not None
    assert sample.weighted_events is not None
    return pair.both(sample.weighted_n), pair.both(sample.weighted_events)


def _effective(pair: Pair) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Effective headcounts and events of a pair, and its weights; each (2, strata).

    All others together have the weights of all their rows: squared sums add up.
    """
    weight, favoured = _weights(pair)
    own = pair.sample.effective_n
    assert own is not None
    assert pair.sample.weighted_n is not None
    # sum of squared weights, back from Kish's formula
    squared = np.divide(pair.sample.weighted_n**2, own, out=np.zeros_like(own), where=own > 0)
    pooled = pair.both(squared)
    n = np.divide(weight**2, pooled, out=np.zeros_like(weight), where=pooled > 0)
    rate = np.divide(favoured, weight, out=np.zeros_like(weight), where=weight > 0)
    return n, np.minimum(np.clip(rate, 0.0, 1.0) * n, n), weight


def _pair_test(pair: Pair) -> PairTest:
    n, events, weight = _effective(pair)
    rate = np.divide(events, n, out=np.zeros_like(n), where=n > 0)
    deviation, _, covariance = score_moments(weight, rate * weight, n)
    variance = float(covariance[0, 0])
    if variance <= 0:
        return PairTest(1.0, 1.0, "score")
    return PairTest(float(erfc(abs(deviation[0]) / np.sqrt(2 * variance))), 0.0, "score")
