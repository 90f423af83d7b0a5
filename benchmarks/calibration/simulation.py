"""Whole audits of simulated files, through the code that users run."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
from benchmarks.calibration.scenarios import Scenario, one_attribute

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.comparing import group_rates
from algo_audit.fairness.evidence import CountEvidence, Evidence
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import judge_questions, run_questions


@dataclass(frozen=True)
class Outcome:
    """Share of wrong audits, with its Monte Carlo standard error."""

    chapter: str
    name: str
    audits: int
    share: float
    error: float
    bound: float

    @property
    def holds(self) -> bool:
        """Not above the bound by more than chance explains."""
        return self.share <= self.bound + 2.33 * max(self.error, 1e-9)


def limits_for_simulation(permutations: int = 999) -> Limits:
    """The limits of the package, with fewer random tables per p-value."""
    limits = read_limits()
    fewer = replace(
        limits.resampling,
        permutations=permutations,
        permutations_first=permutations,
        permutations_at_least=min(permutations, limits.resampling.permutations_at_least),
    )
    return replace(limits, resampling=fewer)


def counted(
    drawn: CountTable | Decisions, limits: Limits, seed: int
) -> tuple[CountTable, Evidence]:
    """Counts of a simulated file and the evidence that suits it, as ``run_audit`` makes them."""
    if isinstance(drawn, CountTable):
        return drawn, CountEvidence(drawn, limits, seed=seed)
    below = limits.clusters.permutation_below
    table = CountTable.from_decisions(drawn, clusters_below=below)
    return table, evidence_for(drawn, table, limits, seed=seed)


def reaches_level(table: CountTable, policy: Policy, limits: Limits, evidence: Evidence) -> bool:
    """Whether the audit can establish anything: the step of ``run_questions`` that decides it."""
    _, adjusted = judge_questions(table, policy, limits, evidence=evidence)
    return any(p is not None and p <= limits.levels.family_wise for ps in adjusted for p in ps)


def run(scenario: Scenario, *, audits: int, seed: int, limits: Limits) -> Outcome:
    """Simulate one scenario; the same seed gives the same share."""
    rng = np.random.default_rng([seed, zlib.crc32(scenario.name.encode())])
    wrong = 0
    for audit in range(audits):
        drawn = scenario.draw(rng)
        # draws of the p-value must differ from one audit to the next
        policy = replace(scenario.policy, seed=seed + audit)
        table, evidence = counted(drawn, limits, policy.seed)
        if scenario.claims and not reaches_level(table, policy, limits, evidence):
            continue
        rows = run_questions(table, policy, limits, evidence=evidence, flips=False).comparisons
        wrong += scenario.wrong(rows)
    share = wrong / audits
    error = float(np.sqrt(max(share * (1 - share), scenario.bound * 0.01) / audits))
    return Outcome(scenario.chapter, scenario.name, audits, share, error, scenario.bound)


@dataclass(frozen=True)
class Coverage:
    """Share of 95 % intervals that hold the truth, for one file size and base rate."""

    name: str
    audits: int
    expected_count: float
    rate: float
    difference: float
    ratio: float


def coverage(
    people: int, rate: float, ratio: float, *, audits: int, seed: int, limits: Limits
) -> Coverage:
    """Named reference at ``rate``, group at ``rate * ratio``: intervals that hold the truth."""
    rng = np.random.default_rng(seed)
    policy = Policy(reference={"a": "g0"})
    draw = one_attribute(people, [rate, rate * ratio])
    held: dict[str, list[bool]] = {"rate": [], "difference": [], "ratio": []}
    for _ in range(audits):
        table = draw(rng)
        evidence = CountEvidence(table, limits, seed=seed)
        sample = evidence.sample(("a",), None, MEASURES["selection_rate"])
        for row, true in zip(group_rates(sample, limits), (rate, rate * ratio), strict=True):
            assert row.rate.low is not None
            assert row.rate.high is not None
            held["rate"].append(row.rate.low <= true <= row.rate.high)
        for gap in run_questions(table, policy, limits, flips=False).comparisons:
            truths = {"difference": rate * ratio - rate, "ratio": ratio}
            for key, interval in (("difference", gap.difference), ("ratio", gap.ratio)):
                # a file without any event says nothing: its interval holds everything
                held[key].append(interval is None or interval.low <= truths[key] <= interval.high)
    smallest = people / 2 * min(rate * ratio, 1 - rate)
    return Coverage(
        f"{people} people, {rate:.0%} v {rate * ratio:.1%}",
        audits,
        smallest,
        *(float(np.mean(held[key])) for key in ("rate", "difference", "ratio")),
    )
