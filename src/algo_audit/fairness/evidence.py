"""What a file's decisions can say about a gap: tests and intervals for whole rows.

Weighted and clustered files bring their own evidence with the same methods (``weights.py``,
``clusters.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.counts import CROSSING, CountTable
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.gap_estimates import adjusted_gaps, score_gaps, score_inside
from algo_audit.fairness.measures import Measure, events_and_n
from algo_audit.fairness.testing import QuestionTest, Subset
from algo_audit.fairness.verdicts import Gap, within_margin
from algo_audit.stats.association import fisher_exact, fisher_minimum
from algo_audit.stats.exact_pair import PairLaw, PairTest, first_total, pair_law
from algo_audit.stats.intervals import SMALL_COUNT
from algo_audit.stats.permutation import Draws, max_test, most_favoured, others_test
from algo_audit.stats.score_resampling import MaxTest, Reference

_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass(frozen=True)
class Sample:
    """One measure of one attribute, by group and stratum.

    ``n`` and ``events`` are rows, shape (groups, strata); ``weighted_n``, ``weighted_events`` and
    ``effective_n`` (Kish: squared sum of weights over sum of squares) stand beside them where
    rows are weighted.
    """

    attribute: tuple[str, ...]
    groups: tuple[str, ...]
    stratum: str | None
    strata: tuple[str, ...]
    measure: Measure
    n: NDArray[np.int64]
    events: NDArray[np.int64]
    weighted_n: NDArray[np.float64] | None = None
    weighted_events: NDArray[np.float64] | None = None
    effective_n: NDArray[np.float64] | None = None

    @property
    def name(self) -> str:
        """The attribute as it is written: ``sex``, or ``sex × age``."""
        return CROSSING.join(self.attribute)

    def favoured(self) -> NDArray[np.int64]:
        """Rows that got the better side of the measure, shape (groups, strata)."""
        return self.events if self.measure.worse == "low" else self.n - self.events

    def weights_favoured(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weight of everyone and of those on the better side; rows where nothing is weighted."""
        if self.weighted_n is None or self.weighted_events is None:
            return self.n.astype(np.float64), self.favoured().astype(np.float64)
        if self.measure.worse == "low":
            return self.weighted_n, self.weighted_events
        return self.weighted_n, self.weighted_n - self.weighted_events


@dataclass(frozen=True)
class Pair:
    """Two places in a sample; ``reference`` None stands for all other groups together."""

    sample: Sample
    group: int
    reference: int | None

    def tables(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Headcounts and events, each (2, strata): the group, then the reference."""
        return self.both(self.sample.n), self.both(self.sample.events)

    def both(self, values: NDArray[_Number]) -> NDArray[_Number]:
        """Rows of ``values`` (groups, strata) that belong to this pair, shape (2, strata)."""
        own = values[self.group]
        other = values.sum(axis=0) - own if self.reference is None else values[self.reference]
        return np.stack([own, other])


class Evidence(Protocol):
    """Tests and intervals of one file."""

    def sample(self, attribute: tuple[str, ...], stratum: str | None, measure: Measure) -> Sample:
        """Counts of one question."""

    def question(self, sample: Sample, named: str | None) -> QuestionTest | None:
        """Test of one question; None where fewer than two groups can be compared."""

    def others(self, sample: Sample) -> QuestionTest | None:
        """Test of each group against all others together; no reference among the groups."""

    def pair_tests(self, pairs: Sequence[Pair]) -> list[PairTest]:
        """Uncorrected test of each pair."""

    def gaps(self, pairs: Sequence[Pair], *, confidence: float) -> list[Gap]:
        """Estimate of each pair."""

    def small_gaps(self, pairs: Sequence[Pair], policy: Policy) -> list[bool]:
        """Tell which pairs lie within the margin (``within_margin`` on equivalence intervals)."""


def compared_groups(n: NDArray[np.int64], limits: Limits) -> NDArray[np.intp]:
    """Places of the groups large enough to be compared, largest first, shape (compared,).

    Of equally large groups, those with the smaller headcounts in the first strata come first and
    then those written first: neither depends on the decisions.
    """
    size = n.sum(axis=1)
    order = np.lexsort((np.arange(len(n)), *n.T[::-1], -size))
    kept: NDArray[np.intp] = order[size[order] >= limits.groups.compared_from]
    return kept


def reference_candidates(n: NDArray[np.int64], limits: Limits) -> NDArray[np.bool_]:
    """Which groups may become the reference; the first (largest) where none is large enough."""
    candidates: NDArray[np.bool_] = n.sum(axis=1) >= limits.groups.reference_from
    if not candidates.any():
        candidates[:1] = True
    return candidates


def choose_reference(
    sample: Sample, groups: NDArray[np.intp], named: str | None, limits: Limits
) -> Reference | None:
    """Place, within ``groups``, of the reference named or of the most favoured candidate.

    None where the named one is not among the compared groups, or no group is compared.
    """
    if not len(groups):
        return None
    if named is not None:
        places = [i for i, group in enumerate(groups) if sample.groups[group] == named]
        return Reference(places[0]) if places else None
    candidates = reference_candidates(sample.n[groups], limits)
    weight, favoured = sample.weights_favoured()
    place = most_favoured(weight[groups], favoured[groups], candidates)
    return Reference(int(place), candidates)


def draws_from(limits: Limits, *, seed: int, exploring: bool) -> Draws:
    """How tables are drawn under these limits."""
    resampling = limits.resampling
    return Draws(
        draws=resampling.permutations,
        first=resampling.permutations_first if exploring else resampling.permutations,
        at_least=resampling.permutations_at_least,
        cells=resampling.exploratory_cells if exploring else resampling.permutation_cells,
        enumerated=resampling.enumerated_tables,
        support=resampling.exact_support,
        seed=seed,
    )


class CountEvidence:
    """Evidence where every row is one decision about one person: exact or permuted.

    Parameters
    ----------
    table : CountTable
    limits : Limits
    seed : int
    exploring : bool
        Stop drawing early where nothing is near the level.
    """

    def __init__(
        self, table: CountTable, limits: Limits, *, seed: int, exploring: bool = False
    ) -> None:
        self.table = table
        self.limits = limits
        self.draws = draws_from(limits, seed=seed, exploring=exploring)
        self.exploring = exploring
        self._laws: dict[tuple[bytes, bytes], PairLaw] = {}
        self._drawn: dict[tuple[object, ...], NDArray[np.float64]] = {}

    def sample(self, attribute: tuple[str, ...], stratum: str | None, measure: Measure) -> Sample:
        """Counts of one question."""
        counts = self.table.counts(attribute, stratum)
        events, n = events_and_n(counts, measure)
        return Sample(attribute, counts.groups, stratum, counts.strata, measure, n=n, events=events)

    def question(self, sample: Sample, named: str | None) -> QuestionTest | None:
        """Test of one question; None where fewer than two groups can be compared."""
        groups = compared_groups(sample.n, self.limits)
        reference = choose_reference(sample, groups, named, self.limits)
        if len(groups) < 2 or reference is None:
            return None
        return self.against(sample, groups, reference)

    def against(
        self, sample: Sample, groups: NDArray[np.intp], reference: Reference
    ) -> QuestionTest:
        """Test of these groups against a reference already settled."""
        n, events = sample.n[groups], sample.favoured()[groups]

        def single_step(subset: Subset) -> MaxTest:
            return self._max_test(n[subset], events[subset], within(reference, subset))

        return QuestionTest(groups, reference.index, single_step)

    def _max_test(
        self, n: NDArray[np.int64], events: NDArray[np.int64], reference: Reference
    ) -> MaxTest:
        """``max_test``, tables with the same margins being drawn once only."""
        candidates = reference.candidates
        named = reference.index if candidates is None else candidates.tobytes()
        key = (n.shape, n.tobytes(), events.sum(axis=0).tobytes(), named)
        result = max_test(n, events, reference, self.draws, maxima=self._drawn.get(key))
        if result.method == "permutation" and result.maxima is not None and not self.exploring:
            self._drawn[key] = result.maxima
        return result

    def others(self, sample: Sample) -> QuestionTest | None:
        """Test of each group against all others together; no reference among the groups."""
        groups = compared_groups(sample.n, self.limits)
        if len(groups) < 3:
            return None
        n, events = sample.n[groups], sample.favoured()[groups]

        def single_step(subset: Subset) -> MaxTest:
            return others_test(n[subset], events[subset], self.draws)

        return QuestionTest(groups, -1, single_step)

    def pair_tests(self, pairs: Sequence[Pair]) -> list[PairTest]:
        """Exact test of each pair: Fisher's, or its counterpart within strata."""
        results: list[PairTest | None] = [None] * len(pairs)
        flat: list[int] = []
        for i, pair in enumerate(pairs):
            n, events = pair.tables()
            if n.shape[1] == 1:
                flat.append(i)
            else:
                results[i] = self._pair_law(n, events).test(first_total(n, events))
        if flat:
            n, events = stacked([pairs[i] for i in flat])
            p_values = fisher_exact(events[0], n[0], events[1], n[1])
            minima = fisher_minimum(n[0], n[1], events[0] + events[1])
            for i, p_value, minimum in zip(flat, p_values, minima, strict=True):
                results[i] = PairTest(float(p_value), float(minimum), "fisher")
        return [result for result in results if result is not None]

    def _pair_law(self, n: NDArray[np.int64], events: NDArray[np.int64]) -> PairLaw:
        """Law of a pair's total; swaps inside pools leave its margins, and so the law, alone."""
        total = events.sum(axis=0)
        key = (n.tobytes(), total.tobytes())
        if key not in self._laws:
            # one at a time: exploration would keep every pair's
            self._laws = {key: pair_law(n, total, support=self.draws.support)}
        return self._laws[key]

    def gaps(self, pairs: Sequence[Pair], *, confidence: float) -> list[Gap]:
        """Score intervals for one stratum, Mantel-Haenszel for several."""
        results: list[Gap | None] = [None] * len(pairs)
        flat = [i for i, pair in enumerate(pairs) if pair.sample.n.shape[1] == 1]
        if flat:
            n, events = stacked([pairs[i] for i in flat])
            for i, gap in zip(flat, score_gaps(n, events, confidence=confidence), strict=True):
                results[i] = gap
        within = [i for i, gap in enumerate(results) if gap is None]
        tables = [pairs[i].tables() for i in within]
        for i, gap in zip(within, adjusted_gaps(tables, confidence=confidence), strict=True):
            results[i] = gap
        return [result for result in results if result is not None]

    def small_gaps(self, pairs: Sequence[Pair], policy: Policy) -> list[bool]:
        """Tell which pairs lie within the margin, without the intervals where they are not needed.

        A score interval lies inside the margin when the score test rejects both ends of it.
        """
        maybe = np.ones(len(pairs), dtype=bool)
        sure = np.zeros(len(pairs), dtype=bool)
        flat = [i for i, pair in enumerate(pairs) if pair.sample.n.shape[1] == 1]
        confidence = self.limits.levels.equivalence_confidence
        if flat:
            n, events = stacked([pairs[i] for i in flat])
            inside = score_inside(n, events, policy, confidence=confidence)
            maybe[flat] = inside
            # small counts take a wider interval than the score's
            counts = np.concatenate([events, n - events])
            sure[flat] = inside & (counts.min(axis=0) > SMALL_COUNT)
        within = sorted(set(range(len(pairs))) - set(flat))
        tables = [pairs[i].tables() for i in within]
        quick = adjusted_gaps(tables, confidence=confidence, widen=False)
        for i, gap in zip(within, quick, strict=True):
            maybe[i] = within_margin(gap, policy)
        open_pairs = np.flatnonzero(maybe & ~sure).tolist()
        gaps = self.gaps([pairs[i] for i in open_pairs], confidence=confidence)
        for i, gap in zip(open_pairs, gaps, strict=True):
            sure[i] = within_margin(gap, policy)
        return [bool(value) for value in sure]


def within(reference: Reference, subset: Subset) -> Reference:
    """The same reference, by its place within a subset of the groups."""
    index = int(np.flatnonzero(subset == reference.index)[0])
    candidates = reference.candidates
    return Reference(index, None if candidates is None else candidates[subset])


def stacked(pairs: Sequence[Pair]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Headcounts and events of pairs with one stratum, each (2, pairs)."""
    tables = [pair.tables() for pair in pairs]
    n = np.stack([table[0][:, 0] for table in tables], axis=1)
    events = np.stack([table[1][:, 0] for table in tables], axis=1)
    return n, events
