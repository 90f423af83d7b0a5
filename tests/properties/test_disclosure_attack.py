"""A reader with all the printed counts cannot work out a small one; hiding erases no gap."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.report.privacy import masked

from .joint_file import CROSSED, JointFile, Reader, result_of

THRESHOLD = {"committee": 5, "public": 10}
CALM = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def random_file(seed: int) -> JointFile:
    """Two or three attributes and a stratum; sparse or dense, unknowns few, many or none."""
    generator = np.random.default_rng(seed)
    attributes = int(generator.integers(2, 4))
    most = 4 if attributes == 3 else 5
    shape = [*(int(generator.integers(2, most)) + 1 for _ in range(attributes)), 0]
    shape[-1] = int(generator.integers(2, 5)) + 1
    share = np.ones(shape)
    for axis, size in enumerate(shape):
        weights = generator.dirichlet(np.full(size - 1, generator.choice([0.4, 1.0, 5.0])))
        unknown = generator.choice([0.0, 0.01, 0.1])
        weights = np.append(weights * (1 - unknown), unknown)
        share = share * weights.reshape([-1 if i == axis else 1 for i in range(len(shape))])
    share = share * generator.gamma(2.0, size=shape)
    people = int(generator.choice([40, 150, 600, 3000]))
    cells = generator.multinomial(people, (share / share.sum()).ravel()).reshape(shape)
    chosen = generator.binomial(cells, generator.choice([0.05, 0.3, 0.6]))
    return JointFile(np.stack([cells - chosen, chosen], axis=-1))


files = st.integers(0, 2**32 - 1).map(random_file)


@dataclass(frozen=True)
class SmallCount:
    part: tuple[str, ...]
    label: str
    level: int | None
    mask: np.ndarray
    count: str
    value: int


def small_counts(file: JointFile, audience: str):
    """Every count that may not be known: of groups, unknowns, crossings, groups by level."""
    counts = ("n",) if audience == "committee" else ("n", "events", "refused")
    lines = []
    for part in file.crossings():
        axes = [file.groups(name) for name in part]
        spots = product(*(range(len(axis) - (len(part) > 1)) for axis in axes))
        lines += [(part, spot, None) for spot in spots]
    for name, level in product(file.attributes, range(file.table.shape[-2] - 1)):
        lines += [((name,), (group,), level) for group in range(len(file.groups(name)) - 1)]
    for part, spot, level in lines:
        mask = file.where(part, tuple({i} for i in spot), None if level is None else {level})
        n, events = file.pair(mask)
        label = CROSSED.join(str(file.groups(name)[i]) for name, i in zip(part, spot, strict=True))
        for count in counts:
            value = {"n": n, "events": events, "refused": n - events}[count]
            if n and value < THRESHOLD[audience]:
                yield SmallCount(part, label, level, mask, count, value)


def only_margins(file: JointFile, shown, small: SmallCount) -> bool:
    """Whether nothing more can be hidden: the table has no line left, or the people have a host."""
    attribute = CROSSED.join(small.part)
    if small.level is not None or len(small.part) == 1:
        return any(name == attribute for name, _ in shown.hosts)
    # people of a group that is counted in with another are counted in with it in crossings too
    hosted = {name for name, _ in shown.hosts}
    groups = zip(small.part, small.label.split(CROSSED), strict=True)
    if any(name in hosted and (name, group) in shown.groups for name, group in groups):
        return True
    lines = [row for row in shown.result.groups if row.attribute == attribute]
    return all(row.n is None or row.group == OTHER_GROUPS for row in lines)


@pytest.mark.parametrize("audience", ["committee", "public"])
@CALM
@given(file=files)
# all groups of one attribute give everyone of a level, and with that the hidden ones of another
@example(file=random_file(947178))
# a group counted in with another, and its crossings with it
@example(file=random_file(1084))
def test_no_small_count_can_be_worked_out(audience, file):
    shown = masked(result_of(file), audience)
    reader = Reader(file, shown)
    people, chosen = file.pair(np.ones(file.table.shape[:-1], dtype=bool))
    whole = {"n": people, "events": chosen, "refused": people - chosen}
    for small in small_counts(file, audience):
        low, high = reader.bounds(small.mask, small.count)
        assert low - 1e-6 <= small.value <= high + 1e-6
        # no more than the whole file can be in one place, whatever is hidden
        if high < min(THRESHOLD[audience], whole[small.count]) - 1e-6:
            assert only_margins(file, shown, small), (small.label, small.level, low, high)
            assert high - low >= 1 - 1e-6, (small.label, small.level, low, high)


@pytest.mark.parametrize("audience", ["committee", "public"])
@CALM
@given(file=files)
def test_hiding_loses_nobody_that_can_be_told_of(audience, file):
    k = THRESHOLD[audience]
    result = result_of(file)
    shown = masked(result, audience)
    people, chosen = file.pair(np.ones(file.table.shape[:-1], dtype=bool))
    for attribute in dict.fromkeys(row.attribute for row in result.groups):
        rows = [row for row in shown.result.groups if row.attribute == attribute]
        told = [row for row in rows if row.n is not None]
        left = (people - sum(r.n for r in told), chosen - sum(r.events for r in told))
        enough = left[0] >= k and (audience == "committee" or min(left[1], left[0] - left[1]) >= k)
        assert not enough, "people enough to be told of together have no line"
        merged = [row for row in told if row.group == OTHER_GROUPS]
        named = [row for row in told if row.group not in (OTHER_GROUPS, None)]
        if merged and named:
            again = [
                row
                for row in shown.result.comparisons
                if (row.attribute, row.group) == (attribute, OTHER_GROUPS)
            ]
            assert len(again) == 1, "the merged groups are compared with a line that is shown"
            assert again[0].value == pytest.approx(merged[0].events / merged[0].n)


@CALM
@given(file=files)
def test_the_public_sees_no_line_that_the_committee_does_not(file):
    result = result_of(file)
    committee, public = (masked(result, audience) for audience in ("committee", "public"))
    for row in result.groups:
        if " × " not in row.attribute and (row.attribute, row.group) in committee.groups:
            key = (row.attribute, row.group)
            # or it stands for those hidden as well: a few that the committee's merged line tells of
            assert key in public.groups or key in public.hosts


@CALM
@given(file=files)
def test_the_reader_knows_everything_when_nothing_is_hidden(file):
    """The reader is not blind: with the full result, single lines are exactly known."""
    full = masked(result_of(file), "full")
    assert full.groups == frozenset()
    reader = Reader(file, full)
    name = file.attributes[0]
    for group in range(len(file.groups(name)) - 1):
        mask = file.where((name,), ({group},), None)
        low, high = reader.bounds(mask, "n")
        assert (low, high) == pytest.approx((file.pair(mask)[0],) * 2, abs=1e-6)
