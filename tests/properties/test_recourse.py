"""Recourse against brute force: the cheapest way found is the cheapest one there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.actions import Action
from algo_audit.explain.plausibility import Plausibility
from algo_audit.explain.recourse import Recourse, find_recourse
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input
from algo_audit.models.scoring_grid import Band, GridCriterion, PerUnit, ScoringGrid

LEVELS = ("none", "basic", "good", "expert")
RAREST = 0.01
EVERYWHERE = np.inf


def a_grid(points: list[float], per_unit: list[float], jump: float) -> ScoringGrid:
    bands = (
        Band(-EVERYWHERE, 2.0, 0.0), Band(2.0, 4.0, jump), Band(4.0, EVERYWHERE, 2.0 * jump),
    )  # fmt: skip
    return ScoringGrid(
        "made",
        (
            GridCriterion(
                "level", "level", "levels", levels=tuple(zip(LEVELS, points, strict=True))
            ),
            GridCriterion("years", "years", "per_unit", per_unit=PerUnit(per_unit[0]), blank=0.0),
            GridCriterion("km", "km", "per_unit", per_unit=PerUnit(-per_unit[1])),
            GridCriterion("tests", "tests", "bands", bands=bands),
        ),
        round=0,
    )


def some_people(rng: np.random.Generator, number: int) -> np.ndarray:
    return np.column_stack(
        [
            rng.integers(0, 4, number),
            rng.integers(0, 6, number),
            rng.integers(0, 5, number),
            rng.integers(0, 6, number),
        ]
    ).astype(float)


@st.composite
def questions(draw):
    grid = a_grid(
        draw(st.lists(st.integers(0, 9).map(float), min_size=4, max_size=4)),
        draw(st.lists(st.sampled_from([0.5, 1.0, 1.5, 3.0]), min_size=2, max_size=2)),
        draw(st.sampled_from([0.0, 1.0, 4.0])),
    )
    people = some_people(np.random.default_rng(draw(st.integers(0, 2**31))), 60)
    forbidden = draw(st.lists(st.tuples(*[st.sampled_from(LEVELS)] * 2), max_size=4))
    most = st.sampled_from([None, 1.0, 2.0])
    actions = (
        Action(
            "level",
            draw(st.sampled_from(["up", "any", "down"])),
            order=draw(st.sampled_from([LEVELS, LEVELS[1:], ()])),
            most=draw(most),
            forbidden=tuple(forbidden),
            effort=draw(st.sampled_from([0.5, 1.0, 3.0])),
        ),
        Action("years", "up", high=draw(st.sampled_from([None, 4.0, 7.0])), most=draw(most)),
        Action(
            "km", draw(st.sampled_from(["down", "any"])), step=draw(st.sampled_from([None, 2.0]))
        ),
        Action("tests", "any", low=1.0, forbidden=(("3", "5"),)),
    )
    chosen = draw(
        st.lists(st.sampled_from(actions), min_size=1, max_size=4, unique_by=lambda a: a.column)
    )
    return grid, people, tuple(chosen), draw(st.integers(0, 30))


def permitted(action: Action, before: float, people: np.ndarray, inputs) -> list[float]:
    """Values that the declaration permits, from its words alone."""
    place = [one.name for one in inputs].index(action.column)
    column = people[:, place]
    found = []
    if inputs[place].kind == "number":
        low = column.min() if action.low is None else action.low
        high = column.max() if action.high is None else action.high
        for after in np.arange(low, high + 1):
            moved = after - before
            fine = moved % (action.step or 1) == 0
            fine &= action.most is None or abs(moved) <= action.most
            fine &= action.direction == "any" or (moved > 0) == (action.direction == "up")
            fine &= (f"{before:g}", f"{after:g}") not in action.forbidden
            if fine and moved:
                found.append(float(after))
        return found
    start = LEVELS[int(before)]
    for after, level in enumerate(LEVELS):
        fine = (start, level) not in action.forbidden and after != before
        if action.order:
            fine &= start in action.order and level in action.order
            if fine:
                moved = action.order.index(level) - action.order.index(start)
                fine &= action.direction == "any" or (moved > 0) == (action.direction == "up")
                fine &= action.most is None or abs(moved) <= action.most
        else:
            fine &= bool((column == after).any())
        if fine:
            found.append(float(after))
    return found


def effort(action: Action, before: float, after: float, people: np.ndarray, inputs) -> float:
    place = [one.name for one in inputs].index(action.column)
    column = people[:, place]
    if inputs[place].kind == "number":
        spread = max(column.std(), action.step or 1.0)
        return action.effort * abs(after - before) / spread
    if action.order:
        places = [
            action.order.index(LEVELS[int(c)]) for c in column if LEVELS[int(c)] in action.order
        ]
        spread = float(np.std(places)) or 1.0
        steps = abs(
            action.order.index(LEVELS[int(after)]) - action.order.index(LEVELS[int(before)])
        )
        return action.effort * steps / spread
    shares = np.bincount(column.astype(int)) / len(column)
    return action.effort / (np.sqrt((1 - (shares**2).sum()) / 2) or 1.0)


def brute(grid, people, actions, row, needed) -> list[tuple[float, frozenset[str]]]:
    """Effort and inputs of every plausible way, every combination being tried."""
    inputs = grid.inputs
    before = people[row]
    place = {one.name: index for index, one in enumerate(inputs)}
    choices = [
        [before[place[a.column]], *permitted(a, before[place[a.column]], people, inputs)]
        for a in actions
    ]
    rows, efforts, sets = [], [], []
    for combination in product(*choices):
        made, total, changed = before.copy(), 0.0, set()
        for action, after in zip(actions, combination, strict=True):
            at = place[action.column]
            if after != before[at]:
                made[at] = after
                total += effort(action, before[at], after, people, inputs)
                changed.add(action.column)
        rows.append(made)
        efforts.append(total)
        sets.append(frozenset(changed))
    rows = np.array(rows)
    judged = Plausibility(inputs, people, rarest=RAREST, seed=0)
    limit = max(judged.limit, judged.distance(before[np.newaxis])[0])
    fine = (grid.score(rows) >= needed) & (judged.distance(rows) <= limit + 1e-8)
    return sorted(
        (efforts[i], sets[i]) for i in np.flatnonzero(fine) if sets[i]
    ) if fine.any() else []  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(questions())
def test_the_cheapest_way_found_is_the_cheapest(question):
    grid, people, actions, needed = question
    asked = people[:6]
    found = find_recourse(
        grid, asked, needed=np.full(6, float(needed)), actions=actions, people=people
    )
    scores = grid.score(asked)
    for row, one in enumerate(found):
        if scores[row] >= needed:
            assert one == Recourse((), "already_favourable")
            continue
        every = brute(grid, people, actions, row, needed)
        assert bool(one.ways) == bool(every)
        if not every:
            assert one.reason in ("nothing_actionable", "out_of_reach", "not_plausible")
            continue
        np.testing.assert_allclose(one.ways[0].effort, every[0][0], rtol=1e-9)
        sets = [frozenset(change.column for change in way.changes) for way in one.ways]
        assert all(not (a < b or b < a or a == b) for a in sets for b in sets if a is not b)
        cheapest = {}
        for cost, changed in every:
            cheapest.setdefault(changed, cost)
        for way, changed in zip(one.ways, sets, strict=True):
            np.testing.assert_allclose(way.effort, cheapest[changed], rtol=1e-9)
        efforts = [way.effort for way in one.ways]
        assert efforts == sorted(efforts)


@settings(max_examples=40, deadline=None)
@given(questions())
def test_the_search_without_points_finds_valid_and_minimal_ways(question):
    grid, people, actions, needed = question
    inputs = tuple(Input(one.name, one.kind, one.levels) for one in grid.inputs)
    opaque = CallableModel(grid.score, inputs, takes="matrix")
    asked = people[:6]
    found = find_recourse(
        opaque, asked, needed=np.full(6, float(needed)), actions=actions, people=people
    )
    place = {one.name: index for index, one in enumerate(inputs)}
    for row, one in enumerate(found):
        every = dict.fromkeys(changed for _, changed in brute(grid, people, actions, row, needed))
        for way in one.ways:
            made = asked[row].copy()
            for change in way.changes:
                at = place[change.column]
                after = LEVELS.index(change.after) if at == 0 else change.after
                action = next(a for a in actions if a.column == change.column)
                assert after in permitted(action, asked[row, at], people, inputs)
                made[at] = after
            assert grid.score(made[np.newaxis])[0] >= needed
            assert frozenset(change.column for change in way.changes) in every
            for change in way.changes:  # no change may be left out
                without = made.copy()
                without[place[change.column]] = asked[row, place[change.column]]
                assert grid.score(without[np.newaxis])[0] < needed


@pytest.mark.parametrize(("needed", "total"), [(0.0, 0.0), (0.3, 0.5), (1.0, 0.5), (-1.0, -1.0)])
def test_a_half_that_rounds_away_is_not_taken_for_enough(needed, total):
    # by half points: -0.5 makes -1 and 0.5 makes 1
    grid = ScoringGrid(
        "made",
        (GridCriterion("years", "years", "per_unit", per_unit=PerUnit(0.5, start=-3.0)),),
        round=0,
    )
    people = np.arange(13.0).repeat(10)[:, np.newaxis]
    (found,) = find_recourse(
        grid,
        people[:1],
        needed=np.array([needed]),
        actions=[Action("years", low=0, high=12, step=1)],
        people=people,
    )
    assert [way.changes[0].after for way in found.ways] == [(total + 3.0) / 0.5]
