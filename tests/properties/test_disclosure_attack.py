"""A reader with all the printed counts cannot work out a small one; hiding erases no gap."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.report.privacy import masked

from .joint_file import CROSSED, JointFile, Reader, result_of

THRESHOLD = {"committee": 5, "public": 10}


@st.composite
def files(draw):
    """Two or three attributes and a stratum; sparse or dense, unknowns few, many or none."""
    attributes = draw(st.integers(2, 3))
    shape = [draw(st.integers(2, 3 if attributes == 3 else 4)) + 1 for _ in range(attributes)]
    shape.append(draw(st.integers(2, 4)) + 1)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = draw(st.sampled_from([40, 150, 600, 3000]))
    share = np.ones(shape)
    for axis, size in enumerate(shape):
        weights = generator.dirichlet(np.full(size - 1, draw(st.sampled_from([0.4, 1.0, 5.0]))))
        unknown = draw(st.sampled_from([0.0, 0.01, 0.1]))
        weights = np.append(weights * (1 - unknown), unknown)
        share = share * weights.reshape([-1 if i == axis else 1 for i in range(len(shape))])
    share = share * generator.gamma(2.0, size=shape)
    cells = generator.multinomial(people, (share / share.sum()).ravel()).reshape(shape)
    chosen = generator.binomial(cells, draw(st.sampled_from([0.05, 0.3, 0.6])))
    return JointFile(np.stack([cells - chosen, chosen], axis=-1))


def small_cells(file: JointFile, audience: str):
    """Every count that may not be known: (name, cells of the joint table, which count)."""
    k = THRESHOLD[audience]
    counts = ("n",) if audience == "committee" else ("n", "events", "refused")
    lines = []
    for part in file.crossings():
        axes = [file.groups(name) for name in part]
        known = [len(axis) - (len(part) > 1) for axis in axes]
        for spot in product(*(range(size) for size in known)):
            lines.append((part, tuple({i} for i in spot), None))
    for name, level in product(file.attributes, range(file.table.shape[-2] - 1)):
        for group in range(len(file.groups(name)) - 1):
            lines.append(((name,), ({group},), {level}))
    for part, inside, level in lines:
        mask = file.where(part, inside, level)
        n, events = file.pair(mask)
        for count in counts:
            value = {"n": n, "events": events, "refused": n - events}[count]
            if n and value < k:
                yield (part, inside, level), mask, count, value


@pytest.mark.parametrize("audience", ["committee", "public"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(file=files())
def test_no_small_count_can_be_worked_out(audience, file):
    k = THRESHOLD[audience]
    people, chosen = file.pair(np.ones(file.table.shape[:-1], dtype=bool))
    shown = masked(result_of(file), audience)
    reader = Reader(file, shown)
    whole = {"n": people, "events": chosen, "refused": people - chosen}
    for name, mask, count, value in small_cells(file, audience):
        low, high = reader.bounds(mask, count)
        # no more than the whole file can be somewhere, whatever is hidden
        assert high >= min(k, whole[count]) - 1e-6, (name, count, value, low, high)
