"""The warm-up: who the applicants are, and how far lists agree."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.cases.warm_up import (
    COLLEGES,
    GRID,
    PER_COLLEGE,
    PLACES,
    applicants,
    college_of,
    compare_tables,
    grid_picks,
)


def test_there_are_forty_applicants_in_each_of_three_colleges():
    people = applicants()
    assert [one.number for one in people] == list(range(1, 121))
    assert [college_of(one.number) for one in people] == [one.college for one in people]
    for college in COLLEGES:
        assert sum(one.college == college for one in people) == PER_COLLEGE
    assert people == applicants()


def test_the_grid_takes_the_ten_with_the_most_points():
    points = {one.number: one.points for one in applicants()}
    for college in COLLEGES:
        picked = grid_picks(college)
        assert len(picked) == PLACES
        left = [p for n, p in points.items() if college_of(n) == college and n not in picked]
        assert min(points[n] for n in picked) >= max(left)
        assert [points[n] for n in picked] == sorted((points[n] for n in picked), reverse=True)


def test_agreement_of_lists_that_are_known():
    found = compare_tables([("A", (1, 2, 3, 4)), ("B", (1, 2, 3, 4)), ("C", (5, 6, 7, 8))])
    pairs = {(one.first, one.second): one for one in found}
    assert (pairs["A", "B"].common, pairs["A", "B"].tau) == (4, pytest.approx(1))
    assert pairs["A", "C"].common == 0
    assert pairs["A", "C"].tau < 0
    assert pairs["A", "B"].by_chance == pytest.approx(0.4)
    assert {one.second for one in found if one.first == "C"} == {GRID}
    # tables of different colleges have nothing to compare
    apart = compare_tables([("A", (1, 2)), ("Z", (41, 42))])
    assert [one.second for one in apart] == [GRID, GRID]


def test_lists_drawn_at_random_share_what_chance_says():
    random = np.random.default_rng(2)
    shared, taus = [], []
    for _ in range(400):
        one, other = (tuple(random.permutation(40)[:10] + 1) for _ in range(2))
        found = compare_tables([("A", one), ("B", other)])[0]
        shared.append(found.common)
        taus.append(found.tau)
    assert np.mean(shared) == pytest.approx(2.5, abs=0.25)
    assert np.mean(taus) == pytest.approx(0, abs=0.03)
