"""People whom a few columns single out: by hand, by brute force, on the real file that shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.fairness.singling import singling

LIMITS = read_limits()
LOW = replace(LIMITS, disclosure=replace(LIMITS.disclosure, singled_share=0.0))


def test_by_hand(make_decisions):
    decisions = make_decisions(
        [1, 0, 1, 0],
        protected={"sex": ["F", "F", "M", "M"], "age": ["a", "b", "a", "a"]},
    )
    found = singling(decisions, limits=LIMITS)
    assert (found.people, found.all_singled) == (4, 2)
    assert set(found.columns) == {"sex", "age"}
    assert (
        singling(
            make_decisions([1, 0] * 20, protected={"sex": ["F", "M"] * 20, "age": ["a", "b"] * 20}),
            limits=LIMITS,
        )
        is None
    )


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 4)), min_size=4, max_size=40
)


@settings(max_examples=40, deadline=None)
@given(rows=rows)
def test_against_brute_force(make_decisions, rows):
    values = np.array(rows)
    decisions = make_decisions(
        [0] * len(rows),
        protected={"a": [str(v) for v in values[:, 0]], "b": [str(v) for v in values[:, 1]]},
        cluster=[f"p{v}" for v in values[:, 2]],
    )
    found = singling(decisions, limits=LOW)
    holders: dict[tuple[int, int], set[int]] = {}
    for a, b, person in rows:
        holders.setdefault((a, b), set()).add(person)
    shared = {person for people in holders.values() if len(people) > 1 for person in people}
    assert found.all_singled == len(set(values[:, 2].tolist()) - shared)
    assert found.people == len(set(values[:, 2].tolist()))
    assert found.singled <= found.all_singled


def test_absenteeism(real_data):
    """Age, education, children, height and weight single out 34 of 36 people."""
    roles = Roles(
        outcome="Disciplinary failure",
        favourable="0",
        cluster="ID",
        protected=("Social drinker", "Social smoker"),
        inputs=("Age", "Education", "Son", "Height", "Weight"),
    )
    path = real_data / "absenteeism" / "Absenteeism_at_work.csv"
    decisions = read_decisions(path, roles)
    found = singling(replace(decisions, protected={}), limits=LIMITS)
    assert (found.people, found.all_singled, found.all_columns) == (36, 34, 5)
    assert singling(decisions, limits=LIMITS) is not None
