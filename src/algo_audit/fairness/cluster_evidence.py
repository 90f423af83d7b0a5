"""Evidence of clustered rows: repeated people, or several applications to one advertisement.

Under forty clusters, decisions are permuted inside them. From forty on, the signs of whole
clusters are turned at random (wild scores), and intervals are those of a least squares fit within
strata with a sandwich variance by cluster and t with G - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from algo_audit.data.cells import summed
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.clustered_fit import (
    ClusterCells,
    ClusteredFit,
    clustered_fit,
    effective_sizes,
)
from algo_audit.fairness.clusters import cluster_codes
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.evidence import (
    CountEvidence,
    Evidence,
    Pair,
    Sample,
    choose_reference,
    compared_groups,
    within,
)
from algo_audit.fairness.measures import Measure
from algo_audit.fairness.testing import QuestionTest, Subset
from algo_audit.fairness.verdicts import Gap
from algo_audit.fairness.weighted_evidence import WeightedEvidence
from algo_audit.stats.exact_pair import PairTest, exact_pair
from algo_audit.stats.permutation import max_test, others_test
from algo_audit.stats.score_resampling import (
    MaxTest,
    Reference,
    linear_max_test,
    normal_draws,
    wild_draws,
)

FloatArray = NDArray[np.float64]
_CLUSTER = "\x00cluster"


def evidence_for(
    decisions: Decisions, table: CountTable, limits: Limits, *, seed: int, exploring: bool = False
) -> Evidence:
    """Evidence that suits a file: clustered, weighted, or row by row.

    Parameters
    ----------
    decisions : Decisions
    table : CountTable
        Its counts.
    limits : Limits
    seed : int
    exploring : bool
        Stop drawing early where nothing is near the level.
    """
    if decisions.cluster is not None:
        return ClusterEvidence(decisions, table, limits, seed=seed, exploring=exploring)
    kind = CountEvidence if decisions.weight is None else WeightedEvidence
    return kind(table, limits, seed=seed, exploring=exploring)


class ClusterEvidence(WeightedEvidence):
    """Evidence where rows of one cluster go together; weights are honoured."""

    def __init__(
        self,
        decisions: Decisions,
        table: CountTable,
        limits: Limits,
        *,
        seed: int,
        exploring: bool = False,
    ) -> None:
        super().__init__(table, limits, seed=seed, exploring=exploring)
        assert decisions.cluster is not None
        codes = cluster_codes(decisions.cluster)
        dense, _ = pd.factorize(codes)
        self.clusters = int(dense.max()) + 1 if len(dense) else 0
        # few clusters and equal rows: decisions can be permuted inside clusters
        few = self.clusters < limits.clusters.permutation_below
        self.permutes = few and decisions.weight is None
        columns = {**decisions.protected, **decisions.strata}
        if decisions.pool is not None:
            columns.setdefault(decisions.pool.name, decisions.pool)
        columns[_CLUSTER] = Column(
            _CLUSTER, dense.astype(np.int32), tuple(map(str, range(self.clusters)))
        )
        self.clustered = CountTable.from_columns(
            columns,
            decisions.outcome,
            protected=tuple(decisions.protected),
            label=decisions.label,
            score=decisions.score,
            weight=decisions.weight,
        )

    def sample(self, attribute: tuple[str, ...], stratum: str | None, measure: Measure) -> Sample:
        """Counts of one question; without stratum, also what its clusters are worth."""
        plain = super().sample(attribute, stratum, measure)
        if stratum is not None:
            return plain
        cells = self.cells(plain, favoured=False)
        groups = len(plain.groups)
        n, events = summed(cells.group, cells.n, groups), summed(cells.group, cells.events, groups)
        ceiling = plain.n[:, 0] if plain.effective_n is None else plain.effective_n[:, 0]
        return replace(
            plain,
            weighted_n=n[:, np.newaxis],
            weighted_events=events[:, np.newaxis],
            effective_n=np.minimum(effective_sizes(cells, groups), ceiling)[:, np.newaxis],
        )

    def question(self, sample: Sample, named: str | None) -> QuestionTest | None:
        """Test of one question, by permutation inside clusters or by wild scores."""
        groups = compared_groups(sample.n, self.limits)
        reference = choose_reference(sample, groups, named, self.limits)
        if len(groups) < 2 or reference is None:
            return None
        return QuestionTest(groups, reference.index, self._step(sample, groups, reference))

    def others(self, sample: Sample) -> QuestionTest | None:
        """Test of each group against all others together."""
        groups = compared_groups(sample.n, self.limits)
        if len(groups) < 3:
            return None
        return QuestionTest(groups, -1, self._step(sample, groups, None))

    def _step(
        self, sample: Sample, groups: NDArray[np.intp], reference: Reference | None
    ) -> _PermutedStep | _WildStep:
        if self.permutes:
            return _PermutedStep(self, self._inside(sample), groups, reference)
        cells = self.cells(sample, favoured=True).of_groups(groups, len(sample.groups))
        return _WildStep(self, cells, reference)

    def _inside(self, sample: Sample) -> Sample:
        """The same question with clusters for strata."""
        stratum = _CLUSTER if sample.stratum is None else f"{sample.stratum}*{_CLUSTER}"
        clustered = CountEvidence(self.clustered, self.limits, seed=self.draws.seed)
        return clustered.sample(sample.attribute, stratum, sample.measure)

    def cells(self, sample: Sample, *, favoured: bool) -> ClusterCells:
        """Weights by cluster, group and stratum."""
        table, measure = self.clustered, sample.measure
        group, _ = table.crossed(sample.attribute)
        stratum, _ = table.within(sample.stratum)
        counted, chosen = _sides(table, measure)
        known = (group >= 0) & (stratum >= 0) & counted
        weight = table.n.astype(np.float64) if table.weight is None else table.weight
        cluster = table.codes[_CLUSTER].astype(np.int64)
        strata = int(stratum.max(initial=0)) + 1
        groups = int(group.max(initial=0)) + 1
        code = (cluster * groups + group) * strata + stratum
        place, occurring = pd.factorize(code[known])
        better = chosen if measure.worse == "low" or not favoured else ~chosen
        cells = len(occurring)
        return ClusterCells(
            cluster=occurring // (groups * strata),
            group=occurring // strata % groups,
            stratum=occurring % strata,
            n=summed(place, weight[known], cells),
            events=summed(place, (weight * better)[known], cells),
            rows=summed(place, table.n[known].astype(np.float64), cells),
        )

    def pair_tests(self, pairs: Sequence[Pair]) -> list[PairTest]:
        """Each pair: exact inside clusters, or t of the clustered difference."""
        if self.permutes:
            return [self._permuted_test(pair) for pair in pairs]
        return [_t_test(cells) for cells in self._pair_cells(pairs, favoured=True)]

    def _permuted_test(self, pair: Pair) -> PairTest:
        tables = replace(pair, sample=self._inside(pair.sample)).tables()
        test = exact_pair(*tables, support=self.draws.support)
        return replace(test, method="permutation_inside_clusters")

    def gaps(self, pairs: Sequence[Pair], *, confidence: float) -> list[Gap]:
        """Intervals with the sandwich variance by cluster."""
        return [
            _gap(cells, confidence=confidence) for cells in self._pair_cells(pairs, favoured=False)
        ]

    def _pair_cells(self, pairs: Sequence[Pair], *, favoured: bool) -> Iterator[ClusterCells]:
        """Cells of each pair, those of a sample being made once."""
        made: dict[int, ClusterCells] = {}
        for pair in pairs:
            key = id(pair.sample)
            if key not in made:
                made[key] = self.cells(pair.sample, favoured=favoured)
            yield _pair_cells(made[key], pair)


class _PermutedStep:
    """Decisions drawn again inside clusters (and strata)."""

    def __init__(
        self,
        evidence: ClusterEvidence,
        inside: Sample,
        groups: NDArray[np.intp],
        reference: Reference | None,
    ) -> None:
        self.draws = evidence.draws
        self.n, self.events = inside.n[groups], inside.favoured()[groups]
        self.reference = reference

    def __call__(self, subset: Subset) -> MaxTest:
        n, events = self.n[subset], self.events[subset]
        if self.reference is None:
            return others_test(n, events, self.draws)
        return max_test(n, events, within(self.reference, subset), self.draws)


class _WildStep:
    """Cluster scores with random signs."""

    def __init__(
        self, evidence: ClusterEvidence, cells: ClusterCells, reference: Reference | None
    ) -> None:
        self.draws = evidence.draws
        self.clusters = evidence.clusters
        self.cells = cells
        self.reference = reference

    def __call__(self, subset: Subset) -> MaxTest:
        cells = self.cells.of_groups(subset, int(self.cells.group.max(initial=0)) + 1)
        rate = _stratum_rates(cells)[cells.stratum]
        groups = len(subset)
        size = self.clusters * groups
        residual = cells.events - rate * cells.n
        place = cells.cluster * groups + cells.group
        scores = summed(place, residual, size).reshape(self.clusters, groups)
        scores = scores[np.any(scores != 0, axis=1)]
        # the order in which clusters come must not change a draw
        scores = scores[np.lexsort(np.round(scores.T, 9))]
        expected = summed(cells.group, rate * cells.n, groups)
        covariance = scores.T @ scores
        rng = np.random.default_rng(self.draws.seed)
        fitting = min(self.draws.draws, self.draws.cells // max(len(scores), 1))
        if fitting >= self.draws.at_least:
            drawn = wild_draws(scores, fitting, rng)
        else:
            drawn = normal_draws(covariance, self.draws.draws, rng)
        reference = None if self.reference is None else within(self.reference, subset)
        return linear_max_test(
            scores.sum(axis=0), expected, covariance, reference, drawn, method="wild_cluster"
        )


def _sides(table: CountTable, measure: Measure) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells a measure counts, and which of them it holds for."""
    place = tuple(table.sub.T.astype(np.intp))
    return measure.denominator[place], measure.numerator[place]


def _stratum_rates(cells: ClusterCells) -> FloatArray:
    n = np.bincount(cells.stratum, weights=cells.n)
    events = np.bincount(cells.stratum, weights=cells.events)
    return np.divide(events, n, out=np.zeros(len(n)), where=n > 0)


def _pair_cells(cells: ClusterCells, pair: Pair) -> ClusterCells:
    """Cells of a pair: group 0, reference 1 (all others where there is no reference)."""
    if pair.reference is None:
        return replace(cells, group=(cells.group != pair.group).astype(np.int64))
    return cells.of_groups(np.array([pair.group, pair.reference]), len(pair.sample.groups))


def _t_test(cells: ClusterCells) -> PairTest:
    fit = clustered_fit(cells)
    if fit is None or fit.standard_error <= 0:
        return PairTest(1.0, 1.0, "cluster_t")
    t = abs(fit.difference) / fit.standard_error
    return PairTest(float(2 * stdtr(fit.clusters - 1, -t)), 0.0, "cluster_t")


def _gap(cells: ClusterCells, *, confidence: float) -> Gap:
    fit = clustered_fit(cells)
    refused = clustered_fit(replace(cells, events=cells.n - cells.events))
    if fit is None or refused is None:
        n = np.bincount(cells.group, weights=cells.n, minlength=2)
        values = np.bincount(cells.group, weights=cells.events, minlength=2) / np.maximum(n, 1e-300)
        return Gap(float(values[0]), float(values[1]), None, None, None)
    t = float(stdtrit(fit.clusters - 1, 0.5 + confidence / 2))
    half = t * fit.standard_error
    difference = Interval(
        fit.difference, max(fit.difference - half, -1.0), min(fit.difference + half, 1.0)
    )
    return Gap(fit.value, fit.reference_value, difference, _ratio(fit, t), _ratio(refused, t))


def _ratio(fit: ClusteredFit, t: float) -> Interval | None:
    if fit.ratio is None or fit.log_ratio_error is None:
        return None
    factor = float(np.exp(t * fit.log_ratio_error))
    return Interval(fit.ratio, fit.ratio / factor, fit.ratio * factor)
