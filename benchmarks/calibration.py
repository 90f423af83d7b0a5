"""Whole audits of simulated files: how often do they claim what is not there?

Every audit goes through the code that users run (``run_questions`` on a ``CountTable``), with
fewer random tables per p-value (999 instead of 9,999: the p-value stays exact, a little coarser).

    python benchmarks/calibration.py --audits 2000 --out benchmarks/results/calibration.md
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.policy import Policy, Question
from algo_audit.fairness.comparing import group_rates
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.evidence import CountEvidence
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import judge_questions, run_questions

ESTABLISHED = ("gap_established", "small_gap_established")
RATES = (0.02, 0.05, 0.10, 0.20, 0.50)
SIZES = (60, 200, 1000, 5000)
GROUPS = (2, 3, 4, 8)


@dataclass(frozen=True)
class Scenario:
    """Audits of one kind.

    ``draw`` makes one file; ``wrong`` tells whether its rows claim what is not there;
    ``claims`` tells that only an established gap can be wrong: audits without a corrected
    p-value at the level then need no estimates. ``bound`` is the share of wrong audits that the
    method promises not to exceed.
    """

    chapter: str
    name: str
    draw: Callable[[np.random.Generator], CountTable]
    wrong: Callable[[Sequence[Comparison]], bool]
    policy: Policy = field(default_factory=Policy)
    claims: bool = True
    bound: float = 0.05


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


def claims_anything(rows: Sequence[Comparison]) -> bool:
    return any(row.verdict in ESTABLISHED for row in rows)


def claims_equals(true_rates: Mapping[str, float]) -> Callable[[Sequence[Comparison]], bool]:
    """A claim between groups whose true rates are equal, or the wrong way round."""

    def wrong(rows: Sequence[Comparison]) -> bool:
        for row in rows:
            if row.verdict in ESTABLISHED and row.difference is not None:
                truth = true_rates[row.group] - true_rates[str(row.reference)]
                if truth == 0 or truth * row.difference.value < 0:
                    return True
        return False

    return wrong


def excludes_large(rows: Sequence[Comparison]) -> bool:
    return any(row.verdict in ("large_gap_excluded", "small_gap_established") for row in rows)


def labels(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{i}" for i in range(count))


def one_attribute(
    people: int, rates: Sequence[float], shares: Sequence[float] | None = None
) -> Callable[[np.random.Generator], CountTable]:
    """Groups of one attribute: everyone is decided on alone."""
    groups = len(rates)
    shares = shares or [1 / groups] * groups
    n = np.maximum(np.rint(people * np.array(shares)), 1).astype(np.int64)

    def draw(rng: np.random.Generator) -> CountTable:
        events = rng.binomial(n, rates)
        return CountTable.from_counts(n, events, axes={"a": labels("g", groups)}, protected=("a",))

    return draw


def three_attributes(people: int, rate: float) -> Callable[[np.random.Generator], CountTable]:
    """Attributes with 2, 4 and 5 groups, independent of each other and of the decision."""
    axes = {"a": labels("a", 2), "b": labels("b", 4), "c": labels("c", 5)}

    def draw(rng: np.random.Generator) -> CountTable:
        n = rng.multinomial(people, np.full(40, 1 / 40)).reshape(2, 4, 5)
        return CountTable.from_counts(
            n, rng.binomial(n, rate), axes=axes, protected=("a", "b", "c")
        )

    return draw


def with_stratum(
    people: int, rate: float, groups: int
) -> Callable[[np.random.Generator], CountTable]:
    """Five job families with rates from 0.4 to 1.8 times the base, groups unevenly spread."""
    rates = np.minimum(rate * np.array([0.4, 0.7, 1.0, 1.4, 1.8]), 0.95)
    spread = np.linspace(1.0, 3.0, groups)[:, None] ** np.linspace(-1, 1, 5)[None, :]
    spread /= spread.sum()
    axes = {"a": labels("g", groups), "family": labels("f", 5)}

    def draw(rng: np.random.Generator) -> CountTable:
        n = rng.multinomial(people, spread.ravel()).reshape(groups, 5)
        return CountTable.from_counts(
            n, rng.binomial(n, rates[None, :]), axes=axes, protected=("a",)
        )

    return draw


def with_pools(pools: int, groups: int, places: int) -> Callable[[np.random.Generator], CountTable]:
    """Random choice within each vacancy; the second group sits in the crowded ones."""
    size = np.linspace(8, 80, pools).astype(np.int64)
    share = np.linspace(0.15, 0.75, pools)
    axes = {"a": labels("g", groups), "vacancy": labels("v", pools)}

    def draw(rng: np.random.Generator) -> CountTable:
        n = np.zeros((groups, pools), dtype=np.int64)
        events = np.zeros_like(n)
        for pool in range(pools):
            rest = (1 - share[pool]) / (groups - 1)
            p = np.full(groups, rest)
            p[1] = share[pool]
            n[:, pool] = rng.multinomial(size[pool], p)
            events[:, pool] = rng.multivariate_hypergeometric(n[:, pool], places)
        return CountTable.from_counts(n, events, axes=axes, protected=("a",), pool="vacancy")

    return draw


def no_gap(sizes: Sequence[int], rates: Sequence[float]) -> Iterator[Scenario]:
    chapter = "No gap at all: audits that establish one"
    for people in sizes:
        for rate in rates:
            for groups in GROUPS:
                yield Scenario(
                    chapter,
                    f"{groups} groups, {people} people, {rate:.0%}",
                    one_attribute(people, [rate] * groups),
                    claims_anything,
                )
            uneven = [0.45, 0.30, 0.15, 0.07, 0.03]
            yield Scenario(
                chapter,
                f"5 uneven groups, {people} people, {rate:.0%}",
                one_attribute(people, [rate] * 5, uneven),
                claims_anything,
            )
            yield Scenario(
                chapter,
                f"three attributes (2, 4, 5 groups), {people} people, {rate:.0%}",
                three_attributes(people, rate),
                claims_anything,
            )


def no_gap_within(sizes: Sequence[int], rates: Sequence[float]) -> Iterator[Scenario]:
    chapter = "No gap within strata or pools: audits that establish one"
    asked = Policy(primary=(Question(("a",), "family"),))
    for people in sizes:
        for rate in rates:
            for groups in (2, 4):
                yield Scenario(
                    chapter,
                    f"{groups} groups within 5 families, {people} people, {rate:.0%}",
                    with_stratum(people, rate, groups),
                    claims_anything,
                    policy=asked,
                )
    for groups in (2, 4):
        for places in (1, 3):
            yield Scenario(
                chapter,
                f"{groups} groups, 30 vacancies with {places} places",
                with_pools(30, groups, places),
                claims_anything,
            )


def one_group_apart(sizes: Sequence[int]) -> Iterator[Scenario]:
    chapter = "One group truly behind (or ahead): audits that claim another one"
    for people in sizes:
        for groups in (3, 5, 8):
            for rate, odd in ((0.05, 0.0), (0.2, 0.05), (0.5, 0.2), (0.5, 0.02), (0.05, 0.5)):
                rates = [rate] * (groups - 1) + [odd]
                truth = dict(zip(labels("g", groups), rates, strict=True))
                yield Scenario(
                    chapter,
                    f"{groups} groups, {people} people, {rate:.0%}, one at {odd:.0%}",
                    one_attribute(people, rates),
                    claims_equals(truth),
                )


def at_the_margin(sizes: Sequence[int]) -> Iterator[Scenario]:
    chapter = "True ratio at the margin (0.80): audits that exclude a large gap"
    for people in sizes:
        for rate in (0.1, 0.2, 0.5):
            for named in (True, False):
                reference = {"a": "g0"} if named else {}
                yield Scenario(
                    chapter,
                    f"2 groups, {people} people, {rate:.0%} v {rate * 0.8:.0%}, reference "
                    + ("named" if named else "chosen"),
                    one_attribute(people, [rate, 0.8 * rate]),
                    excludes_large,
                    policy=Policy(reference=reference),
                    claims=False,
                )
    for people in sizes:
        refused = 0.1
        yield Scenario(
            chapter,
            f"2 groups, {people} people, refused {refused:.0%} v {refused / 0.8:.1%}",
            one_attribute(people, [1 - refused, 1 - refused / 0.8]),
            excludes_large,
            policy=Policy(reference={"a": "g0"}),
            claims=False,
        )


def reaches_level(table: CountTable, policy: Policy, limits: Limits) -> bool:
    """Whether the audit can establish anything: the step of ``run_questions`` that decides it."""
    _, adjusted = judge_questions(table, policy, limits)
    return any(p is not None and p <= limits.levels.family_wise for ps in adjusted for p in ps)


def run(scenario: Scenario, *, audits: int, seed: int, limits: Limits) -> Outcome:
    """Simulate one scenario; the same seed gives the same share."""
    rng = np.random.default_rng(seed)
    wrong = 0
    for audit in range(audits):
        table = scenario.draw(rng)
        # draws of the p-value must differ from one audit to the next
        policy = replace(scenario.policy, seed=seed + audit)
        if scenario.claims and not reaches_level(table, policy, limits):
            continue
        wrong += scenario.wrong(run_questions(table, policy, limits).comparisons)
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
        for gap in run_questions(table, policy, limits).comparisons:
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


def grid() -> list[Scenario]:
    """Every scenario of the full run."""
    return [
        *no_gap(SIZES, RATES),
        *no_gap_within(SIZES, (0.05, 0.2, 0.5)),
        *one_group_apart((60, 300, 2000)),
        *at_the_margin((1000, 5000)),
    ]


def report(outcomes: Sequence[Outcome], covered: Sequence[Coverage]) -> str:
    """Results as a Markdown page."""
    lines = ["# Calibration of the verdicts", ""]
    lines.append(
        "Share of simulated audits that say what is not so, with its Monte Carlo standard error."
        " Made by `benchmarks/calibration.py` through the code that users run."
    )
    for chapter in dict.fromkeys(outcome.chapter for outcome in outcomes):
        rows = [outcome for outcome in outcomes if outcome.chapter == chapter]
        worst = max(rows, key=lambda outcome: outcome.share)
        mean = float(np.mean([outcome.share for outcome in rows]))
        lines += ["", f"## {chapter}", ""]
        lines.append(f"Mean {mean:.2%}; worst {worst.share:.2%} ({worst.name}).")
        lines += ["", "| scenario | audits | share | Monte Carlo error |", "|---|---|---|---|"]
        lines += [f"| {o.name} | {o.audits} | {o.share:.2%} | {o.error:.2%} |" for o in rows]
    if covered:
        lines += ["", "## 95 % intervals with a named reference: share that holds the truth", ""]
        lines += ["| scenario | audits | smallest expected count | rate | difference | ratio |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [
            f"| {c.name} | {c.audits} | {c.expected_count:.1f} | {c.rate:.2%} |"
            f" {c.difference:.2%} | {c.ratio:.2%} |"
            for c in covered
        ]
        enough = [c for c in covered if c.expected_count >= 5]
        means = [
            np.mean([getattr(c, key) for c in enough]) for key in ("rate", "difference", "ratio")
        ]
        lines += [
            "",
            "Mean where expected counts are 5 or more: rate {:.2%}, difference {:.2%}, "
            "ratio {:.2%}.".format(*means),
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a chapter's title")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    limits = limits_for_simulation()
    outcomes = []
    for scenario in grid():
        if chosen.only.lower() not in scenario.chapter.lower():
            continue
        start = time.perf_counter()
        outcome = run(scenario, audits=chosen.audits, seed=chosen.seed, limits=limits)
        outcomes.append(outcome)
        mark = "" if outcome.holds else "  <-- above the bound"
        seconds = time.perf_counter() - start
        print(
            f"{outcome.share:7.2%} ± {outcome.error:.2%}  {outcome.name} ({seconds:.0f} s){mark}",
            flush=True,
        )
    covered = []
    if chosen.only.lower() in "coverage":
        covered = [
            coverage(people, rate, ratio, audits=chosen.audits, seed=chosen.seed, limits=limits)
            for people in SIZES
            for rate in RATES
            for ratio in (1.0, 0.8)
        ]
    page = report(outcomes, covered)
    print(page)
    if chosen.out is not None:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
