"""Every measure of the table, whichever it is: what must not change it, and what bounds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column
from algo_audit.fairness.measures import MEASURES, events_and_n


def drawn(seed: int, rows: int):
    random = np.random.default_rng(seed)
    group = random.permutation(np.arange(rows) % 3).astype(np.int32)  # all of them occur
    outcome = random.integers(0, 2, rows).astype(np.int8)
    label = random.integers(-1, 2, rows).astype(np.int8)
    score = np.where(random.random(rows) < 0.2, np.nan, random.normal(size=rows).round(1))
    return random, group, outcome, label, score


def counted(key, group, outcome, label, score):
    column = Column("g", group, ("a", "b", "c"))
    table = CountTable.from_columns(
        {"g": column}, outcome, protected=("g",), label=label, score=score
    )
    return events_and_n(table.counts(("g",)), MEASURES[key])


@pytest.mark.parametrize("key", MEASURES)
@given(st.integers(0, 10_000), st.integers(6, 80))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_and_the_names_of_groups_change_nothing(key, seed, rows):
    random, *columns = drawn(seed, rows)
    events, n = counted(key, *columns)
    assert (events >= 0).all()
    assert (events <= n).all()
    shuffled = random.permutation(rows)
    again = counted(key, *(column[shuffled] for column in columns))
    np.testing.assert_array_equal(np.stack([events, n]), np.stack(again))
    renamed = np.array([2, 0, 1], dtype=np.int32)
    turned = counted(key, renamed[columns[0]], *columns[1:])
    np.testing.assert_array_equal(np.stack([events, n]), np.stack(turned)[:, renamed])


@pytest.mark.parametrize("key", MEASURES)
@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_same_people_twice_have_the_same_share(key, seed):
    _, *columns = drawn(seed, 40)
    events, n = counted(key, *columns)
    twice = counted(key, *(np.concatenate([column, column]) for column in columns))
    np.testing.assert_array_equal(np.stack([2 * events, 2 * n]), np.stack(twice))
