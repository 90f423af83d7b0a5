"""From pairs to rows of ``comparisons[]``: estimates, p-values, verdict, what could be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import (
    Comparison,
    Estimate,
    Family,
    GroupRate,
    Interval,
    TestRow,
)
from algo_audit.fairness.evidence import Evidence, Pair, Sample
from algo_audit.fairness.testing import QuestionTest, Step
from algo_audit.fairness.verdicts import NOTHING_VARIES, Gap, decide, interval_disagrees
from algo_audit.stats.exact_pair import PairTest
from algo_audit.stats.intervals import rate_interval, rate_method
from algo_audit.stats.power import smallest_detectable_ratio

TOO_FEW_PEOPLE = "too_few_people"
POOLED_VERDICT_WITHIN = "verdict_within_pools"
# Few people, each with all rows in one group: exchanging decisions within a person changes nothing.
ONE_GROUP_EACH = "one_group_each"


@dataclass(frozen=True)
class Entry:
    """A pair that will be a row.

    ``p_adjusted`` is final (corrected, or q), None where the pair's question left the family;
    ``judged`` False for the raw row of a file with pools: it carries neither p nor verdict;
    ``questions`` is how many comparisons share the level, for what this sample could show.
    """

    pair: Pair
    family: Family
    p_adjusted: float | None
    judged: bool = True
    comparisons: int = 1


def build_rows(
    evidence: Evidence,
    entries: Sequence[Entry],
    policy: Policy,
    limits: Limits,
    *,
    tests: Sequence[PairTest] | None = None,
) -> tuple[Comparison, ...]:
    """Rows of the result, one per entry, in the same order.

    Parameters
    ----------
    evidence : Evidence
    entries : sequence of Entry
    policy, limits
        Margin and levels.
    tests : sequence of PairTest, optional
        Test of each pair, where it was needed before.

    Returns
    -------
    tuple of Comparison
        ``flip_count`` is still None (``flipping.py`` fills it for the primary family).
    """
    pairs = [entry.pair for entry in entries]
    tests = evidence.pair_tests(pairs) if tests is None else tests
    gaps = evidence.gaps(pairs, confidence=limits.levels.confidence)
    small = evidence.small_gaps(pairs, policy)
    return tuple(
        _row(entry, test, gap, within=within, limits=limits)
        for entry, test, gap, within in zip(entries, tests, gaps, small, strict=True)
    )


def _row(entry: Entry, test: PairTest, gap: Gap, *, within: bool, limits: Limits) -> Comparison:
    pair, sample = entry.pair, entry.pair.sample
    n, events = (values.sum(axis=1) for values in pair.tables())
    levels = limits.levels
    primary = entry.family == "primary"
    decision = decide(
        family=entry.family,
        p_adjusted=entry.p_adjusted,
        pair_minimum=test.minimum,
        within=within,
        level=levels.family_wise if primary else levels.false_discovery,
    )
    reason = decision.missing_reason
    if (
        reason == NOTHING_VARIES
        and test.method == "permutation_inside_clusters"
        and 0 < events.sum() < n.sum()
    ):
        reason = ONE_GROUP_EACH
    shown = decision.verdict != "not_shown"
    return Comparison(
        attribute=sample.name,
        group=sample.groups[pair.group],
        reference=None if pair.reference is None else sample.groups[pair.reference],
        measure=sample.measure.key,
        unit=sample.measure.unit,
        stratum=sample.stratum,
        n=int(n[0]),
        events=int(events[0]),
        n_reference=int(n[1]),
        events_reference=int(events[1]),
        value=gap.value,
        reference_value=gap.reference_value,
        difference=gap.difference,
        ratio=gap.ratio,
        p_value=test.p_value if entry.judged else None,
        p_adjusted=entry.p_adjusted if entry.judged and shown else None,
        test=test.method if entry.judged else None,
        family=entry.family,
        verdict=decision.verdict if entry.judged else None,
        smallest_detectable_ratio=_detectable(entry, gap, limits),
        shortfall=_shortfall(sample, int(n[0]), gap),
        missing_reason=reason if entry.judged else POOLED_VERDICT_WITHIN,
        interval_disagrees=entry.judged
        and interval_disagrees(decision.verdict, gap.difference, gap.ratio),
    )


def _detectable(entry: Entry, gap: Gap, limits: Limits) -> float | None:
    """Smallest ratio that this sample could have shown, at the level its question was judged."""
    if entry.pair.sample.measure.worse != "low" or not entry.judged:
        return None
    n, n_reference = _informative_sizes(entry.pair)
    level = limits.levels.family_wise / entry.comparisons
    return smallest_detectable_ratio(
        n, n_reference, gap.reference_value, level=level, power=limits.levels.power
    )


def _informative_sizes(pair: Pair) -> tuple[int, int]:
    """Headcounts as far as they tell the two groups apart.

    Weights and clusters count for their effective size. Within strata, people of a stratum with
    few of the other group tell little: both sizes shrink by the ratio of the information within
    strata, sum n m / (n + m), to that of the same people without strata.
    """
    sizes = pair.sample.effective_n
    n = pair.both(pair.sample.n).astype(np.float64) if sizes is None else pair.both(sizes)
    total = n.sum(axis=1)
    people = n.sum(axis=0)
    within = np.divide(n.prod(axis=0), people, out=np.zeros(len(people)), where=people > 0).sum()
    whole = total.prod() / max(float(total.sum()), 1.0)
    share = float(within / whole) if whole > 0 else 0.0
    return int(total[0] * share), int(total[1] * share)


def _shortfall(sample: Sample, n: int, gap: Gap) -> Interval | None:
    """Favourable decisions that the group lacks against the reference's rate."""
    if sample.measure.key != "selection_rate" or gap.difference is None:
        return None
    low, high = -n * gap.difference.high, -n * gap.difference.low
    return Interval(-n * gap.difference.value, low, high)


def incomparable_rows(
    sample: Sample, named: str | None, *, family: Family, reason: str
) -> tuple[Comparison, ...]:
    """Rows of a question in which nothing can be compared: counts, and the reason.

    Every group against the one named, else the largest; nothing where there is one group only.
    """
    n, events = sample.n.sum(axis=1), sample.events.sum(axis=1)
    if len(n) < 2:
        return ()
    reference = int(np.argmax(n))
    if named in sample.groups:
        reference = sample.groups.index(named)

    def rate(group: int) -> float | None:
        return float(events[group] / n[group]) if n[group] else None

    return tuple(
        Comparison(
            attribute=sample.name,
            group=label,
            reference=sample.groups[reference],
            measure=sample.measure.key,
            unit=sample.measure.unit,
            stratum=sample.stratum,
            n=int(n[group]),
            events=int(events[group]),
            n_reference=int(n[reference]),
            events_reference=int(events[reference]),
            value=rate(group),
            reference_value=rate(reference),
            difference=None,
            ratio=None,
            p_value=None,
            p_adjusted=None,
            test=None,
            family=family,
            verdict="not_shown",
            missing_reason=reason,
        )
        for group, label in enumerate(sample.groups)
        if group != reference
    )


def omnibus_row(
    sample: Sample,
    question: QuestionTest | None,
    steps: Sequence[Step],
    adjusted: Sequence[float | None],
) -> TestRow:
    """The question as a whole: is any group behind at all.

    The statistic is the widest standardised gap to the most favoured group, ``df`` the number of
    groups minus one; the p-value comes from re-drawn tables, not from a reference law.
    """
    missing = None
    if question is None:
        missing = TOO_FEW_PEOPLE
    elif adjusted[0] is None:
        missing = "margins"
    return TestRow(
        attribute=sample.name,
        measure=sample.measure.key,
        stratum=sample.stratum,
        kind="omnibus",
        statistic=steps[0].statistic if steps else None,
        df=None if question is None else len(question.groups) - 1,
        p_value=steps[0].p_value if steps and missing is None else None,
        p_adjusted=adjusted[0] if steps else None,
        missing_reason=missing,
    )


def group_rates(sample: Sample, limits: Limits) -> tuple[GroupRate, ...]:
    """Lines of ``groups[]``: every group's headcount and rate, small ones marked so.

    Parameters
    ----------
    sample : Sample
        Without stratum. Weighted rows: n and events are rows, the rate is weighted.
    limits : Limits
    """
    n, events = sample.n.sum(axis=1), sample.events.sum(axis=1)
    size, share = n.astype(np.float64), events / np.maximum(n, 1)
    if sample.weighted_n is not None and sample.weighted_events is not None:
        share = sample.weighted_events.sum(axis=1) / sample.weighted_n.sum(axis=1)
        assert sample.effective_n is not None
        size = sample.effective_n.sum(axis=1)
    events_worth = np.clip(share, 0.0, 1.0) * size
    low, high = rate_interval(events_worth, size, confidence=limits.levels.confidence)
    method = rate_method(events_worth, size)
    return tuple(
        GroupRate(
            attribute=sample.name,
            group=label,
            n=int(n[i]),
            events=int(events[i]),
            rate=Estimate(
                float(share[i]), float(low[i]), float(high[i]), int(n[i]), method=str(method[i])
            ),
            status="used" if n[i] >= limits.groups.compared_from else "small",
        )
        for i, label in enumerate(sample.groups)
    )
