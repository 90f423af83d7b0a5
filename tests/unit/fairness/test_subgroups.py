"""Crossings: which to look at, and where one is worse than its parts."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.fairness.subgroups import crossings, intersections

LIMITS = read_limits()
AXES = {"sexe": ("F", "H"), "age": ("<50", "50+")}


def _table(rates, n=400):
    sizes = np.full((2, 2), n)
    events = np.rint(sizes * np.array(rates)).astype(int)
    return CountTable.from_counts(sizes, events, axes=AXES, protected=("sexe", "age"))


def _named(table):
    return {entry.group: entry for entry in intersections(table, limits=LIMITS)}


def test_pairs_and_the_whole():
    assert crossings(("a",)) == ()
    assert crossings(("a", "b")) == (("a", "b"),)
    assert crossings(("a", "b", "c")) == (("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c"))


def test_older_women_behind_what_the_two_gaps_explain():
    found = _named(_table([[0.36, 0.15], [0.40, 0.38]]))
    entry = found["F × 50+"]
    assert entry.worse
    assert entry.expected_sum == pytest.approx(0.36 + 0.38 - 0.40)
    assert entry.difference_to_expected.value == pytest.approx(0.15 - 0.34)
    assert entry.expected_product == pytest.approx(0.36 * 0.38 / 0.40, rel=0.01)
    assert entry.ratio_to_expected.high < 1
    # the contrast is the same for men under 50, but they are behind nobody
    assert [group for group, other in found.items() if other.worse] == ["F × 50+"]


def test_cells_of_one_contrast_are_one_question():
    found = intersections(_table([[0.36, 0.15], [0.40, 0.38]]), limits=LIMITS)
    assert len({round(entry.p_value, 9) for entry in found}) == 1
    assert all(entry.p_adjusted == pytest.approx(entry.p_value) for entry in found)


def test_two_gaps_that_only_add_up_are_not_worse_than_their_parts():
    assert not any(e.worse for e in intersections(_table([[0.3, 0.2], [0.4, 0.3]]), limits=LIMITS))
    assert not any(
        e.worse for e in intersections(_table([[0.30, 0.15], [0.40, 0.20]]), limits=LIMITS)
    )


def test_a_crossing_without_any_favourable_decision_is_still_measured():
    entry = _named(_table([[0.10, 0.0], [0.12, 0.11]], n=200))["F × 50+"]
    assert entry.rate == 0
    assert 0 < entry.ratio_to_expected.value < 0.1
    assert entry.worse


def test_small_cells_are_left_out():
    assert intersections(_table([[0.5, 0.5], [0.5, 0.5]], n=4), limits=LIMITS) == ()


def test_no_interaction_is_rarely_called_out():
    rng = np.random.default_rng(6)
    sizes = np.full((2, 2), 150)
    called = 0
    for _ in range(300):
        events = rng.binomial(sizes, [[0.24, 0.18], [0.32, 0.24]])
        table = CountTable.from_counts(sizes, events, axes=AXES, protected=("sexe", "age"))
        called += any(e.worse for e in intersections(table, limits=LIMITS))
    assert called / 300 <= 0.05
