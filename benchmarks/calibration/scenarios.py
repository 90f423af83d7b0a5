"""Files to simulate, and what would be wrong to say about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.policy import Policy, Question
from algo_audit.data.roles import Roles
from algo_audit.fairness.comparison import Comparison

ESTABLISHED = ("gap_established", "small_gap_established")
RATES = (0.02, 0.05, 0.10, 0.20, 0.50)
SIZES = (60, 200, 1000, 5000)
GROUPS = (2, 3, 4, 8)


# One simulated file: counted, or row by row where weights or clusters matter.
Draw = Callable[[np.random.Generator], CountTable | Decisions]


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
    draw: Draw
    wrong: Callable[[Sequence[Comparison]], bool]
    policy: Policy = field(default_factory=Policy)
    claims: bool = True
    bound: float = 0.05


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
) -> Draw:
    """Groups of one attribute: everyone is decided on alone."""
    groups = len(rates)
    shares = shares or [1 / groups] * groups
    n = np.maximum(np.rint(people * np.array(shares)), 1).astype(np.int64)

    def draw(rng: np.random.Generator) -> CountTable:
        events = rng.binomial(n, rates)
        return CountTable.from_counts(n, events, axes={"a": labels("g", groups)}, protected=("a",))

    return draw


def three_attributes(people: int, rate: float) -> Draw:
    """Attributes with 2, 4 and 5 groups, independent of each other and of the decision."""
    axes = {"a": labels("a", 2), "b": labels("b", 4), "c": labels("c", 5)}

    def draw(rng: np.random.Generator) -> CountTable:
        n = rng.multinomial(people, np.full(40, 1 / 40)).reshape(2, 4, 5)
        return CountTable.from_counts(
            n, rng.binomial(n, rate), axes=axes, protected=("a", "b", "c")
        )

    return draw


def with_stratum(people: int, rate: float, groups: int) -> Draw:
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


def with_pools(pools: int, groups: int, places: int) -> Draw:
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


def clustered(clusters: int, size: int, groups: int, rate: float, *, alike: bool) -> Draw:
    """Clusters with rates of their own (intraclass correlation 0.3); ``alike``: of one group."""
    shape = 0.7 / 0.3
    cluster = np.repeat(np.arange(clusters), size)

    def draw(rng: np.random.Generator) -> Decisions:
        by_cluster = rng.integers(0, groups, clusters)[cluster]
        group = by_cluster if alike else rng.integers(0, groups, len(cluster))
        own_rate = rng.beta(rate * shape, (1 - rate) * shape, clusters)[cluster]
        return decisions(group, rng.binomial(1, own_rate), groups, cluster=cluster)

    return draw


def weighted(people: int, groups: int, rate: float) -> Draw:
    """Rows with lognormal weights (design effect about 1.4)."""

    def draw(rng: np.random.Generator) -> Decisions:
        group = rng.integers(0, groups, people)
        weight = rng.lognormal(0.0, 0.6, people)
        return decisions(group, rng.binomial(1, rate, people), groups, weight=weight)

    return draw


def decisions(
    group: np.ndarray,
    outcome: np.ndarray,
    groups: int,
    *,
    cluster: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> Decisions:
    """Rows of one attribute as the reading room hands them on."""
    levels = () if cluster is None else tuple(map(str, range(int(cluster.max()) + 1)))
    return Decisions(
        roles=Roles("outcome"),
        source=Source("simulated", "", len(outcome), len(outcome)),
        outcome=outcome.astype(np.int8),
        protected={"a": Column("a", group.astype(np.int32), labels("g", groups))},
        cluster=None if cluster is None else Column("c", cluster.astype(np.int32), levels),
        weight=weight,
    )


def no_gap_dependent() -> Iterator[Scenario]:
    chapter = "No gap, clustered or weighted rows: audits that establish one"
    for clusters, size in ((20, 10), (60, 10), (200, 5)):
        for groups in (2, 4):
            for alike in (True, False):
                if alike and clusters < 40:
                    continue  # nothing to permute inside clusters: not shown
                kind = "each of one group" if alike else "of mixed groups"
                yield Scenario(
                    chapter,
                    f"{groups} groups, {clusters} clusters of {size} {kind}, 20%",
                    clustered(clusters, size, groups, 0.2, alike=alike),
                    claims_anything,
                )
    for people in (200, 1000):
        for groups in (2, 4):
            for rate in (0.1, 0.3):
                yield Scenario(
                    chapter,
                    f"{groups} groups, {people} weighted people, {rate:.0%}",
                    weighted(people, groups, rate),
                    claims_anything,
                )


def full_grid() -> list[Scenario]:
    """Every scenario of the full run."""
    return [
        *no_gap(SIZES, RATES),
        *no_gap_within(SIZES, (0.05, 0.2, 0.5)),
        *no_gap_dependent(),
        *one_group_apart((60, 300, 2000)),
        *at_the_margin((1000, 5000)),
    ]


def quick_grid() -> list[Scenario]:
    """The part that the tests run: the hardest corners of each chapter, in about two minutes."""
    wanted = (
        "2 groups, 200 people, 20%",
        "4 groups, 200 people, 5%",
        "4 groups, 200 people, 50%",
        "5 uneven groups, 200 people, 5%",
        "5 uneven groups, 200 people, 20%",
        "three attributes (2, 4, 5 groups), 60 people, 20%",
        "three attributes (2, 4, 5 groups), 200 people, 20%",
        "2 groups within 5 families, 200 people, 20%",
        "4 groups within 5 families, 200 people, 20%",
        "2 groups, 30 vacancies with 3 places",
        "4 groups, 30 vacancies with 1 places",
        "4 groups, 60 clusters of 10 of mixed groups, 20%",
        "4 groups, 200 weighted people, 30%",
        "3 groups, 300 people, 50%, one at 20%",
        "5 groups, 300 people, 20%, one at 5%",
        "5 groups, 300 people, 5%, one at 50%",
        "2 groups, 5000 people, 50% v 40%, reference named",
        "2 groups, 5000 people, 20% v 16%, reference chosen",
        "2 groups, 5000 people, refused 10% v 12.5%",
    )
    by_name = {scenario.name: scenario for scenario in full_grid()}
    return [by_name[name] for name in wanted]
