"""Effect curves and monotonicity against closed forms, and a second implementation."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algo_audit.data.actions import Action
from algo_audit.data.limits import read_limits
from algo_audit.data.roles import Criterion
from algo_audit.explain.effects import effect_curves, monotonicity, places_along
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.scoring_grid import GridCriterion, PerUnit, ScoringGrid

LIMITS = read_limits()


def numbers(*columns: np.ndarray) -> InputRows:
    names = [Input(f"x{place}", "number") for place in range(len(columns))]
    return InputRows(tuple(names), np.column_stack(columns).astype(float))


def model(function, rows: InputRows) -> CallableModel:
    return CallableModel(function, rows.inputs, takes="matrix")


def curve(function, rows: InputRows, place: int = 0, **more):
    points = effect_curves(model(function, rows), rows, **more)[place].points
    return np.array([p.at for p in points]), np.array([p.effect for p in points])


def naive_ale(function, values: np.ndarray, place: int, at: np.ndarray) -> np.ndarray:
    """Equation 15 of Apley and Zhu (2020), one person after the other; not centred."""
    total = [0.0]
    for low, high in pairwise(at):
        moves = []
        for row in values:
            inside = low < row[place] <= high or (low == at[0] and row[place] == low)
            if inside:
                ends = np.array([row, row])
                ends[:, place] = low, high
                below, above = function(ends)
                moves.append(above - below)
        total.append(total[-1] + float(np.mean(moves)))
    return np.array(total)


def test_the_interaction_of_two_inputs_that_go_together():
    """f = x0 x1 with x1 = x0: the local effect is x1 = x0, so the curve is x0 squared / 2."""
    x = np.linspace(0, 4, 20_001)
    at, effect = curve(lambda rows: rows[:, 0] * rows[:, 1], numbers(x, x))
    expected = at**2 / 2
    # partial dependence would have said a straight line of slope 2
    assert np.abs((effect - effect[0]) - (expected - expected[0])).max() < 1e-2
    assert abs(effect[-1] - effect[0] - 8) < 1e-2


def test_a_curve_with_unequal_people_and_an_input_of_no_effect():
    random = np.random.default_rng(1)
    x, noise = random.normal(size=4000) ** 2, random.normal(size=4000)
    rows = numbers(x, noise)
    at, effect = curve(lambda rows: np.sin(rows[:, 0]), rows)
    np.testing.assert_allclose(effect - effect[0], np.sin(at) - np.sin(at[0]), atol=1e-12)
    assert np.interp(x, at, effect).mean() == pytest.approx(0, abs=1e-12)
    assert np.abs(curve(lambda rows: np.sin(rows[:, 0]), rows, 1)[1]).max() == 0


@given(
    hnp.arrays(np.float64, (25, 2), elements=st.integers(-6, 6).map(float)),
    st.integers(2, 8),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_published_sum_person_by_person(values, most):
    rows = numbers(*values.T)

    def function(rows: np.ndarray) -> np.ndarray:
        return rows[:, 0] * rows[:, 1] + np.where(rows[:, 0] > 1, rows[:, 1] ** 2, 0)

    limits = replace(LIMITS, explain=replace(LIMITS.explain, curve_points=most))
    at, effect = curve(function, rows, limits=limits)
    assert len(at) <= most
    if len(at) == 1:
        assert effect.tolist() == [0.0]
        return
    np.testing.assert_allclose(
        effect - effect[0], naive_ale(function, values, 0, at), rtol=1e-12, atol=1e-9
    )


@given(
    hnp.arrays(np.float64, (40, 2), elements=st.integers(-20, 60).map(lambda x: x / 4)),
    st.floats(-3, 3),
    st.integers(0, 5),
    st.integers(6, 12),
)
@settings(max_examples=60, deadline=None)
def test_of_a_grid_it_is_the_line_of_points_up_to_a_constant(values, slope, low, high):
    unit = PerUnit(slope, start=2.0, low=float(low), high=float(high), most=20.0)
    grid = ScoringGrid(
        "g",
        (
            GridCriterion("a", "x0", "per_unit", per_unit=unit, weight=1.5),
            GridCriterion("b", "x1", "per_unit", per_unit=PerUnit(-1.0)),
        ),
        round=0,
    )
    rows = InputRows(grid.inputs, values)
    first = effect_curves(grid, rows)[0].points
    at = np.array([one.at for one in first])
    effect = np.array([one.effect for one in first])
    points = 1.5 * unit.of(at)
    np.testing.assert_allclose(effect - effect[0], points - points[0], atol=1e-9)
    assert np.interp(values[:, 0], at, effect).mean() == pytest.approx(0, abs=1e-9)
    assert sum(one.people for one in first) == len(values)


def test_levels_in_the_mean_of_everybody():
    codes = np.array([0, 0, 0, 1, 2, np.nan])
    x = np.array([1.0, 2, 3, 4, 5, 6])
    inputs = (Input("site", "category", levels=("A", "B", "C", "D")), Input("x", "number"))
    rows = InputRows(inputs, np.column_stack([codes, x]))

    def function(rows: np.ndarray) -> np.ndarray:
        return np.nan_to_num(rows[:, 0]) * 10 + np.where(rows[:, 0] == 2, rows[:, 1], 0)

    made = effect_curves(
        model(function, rows),
        rows,
        criteria=[Criterion("lieu", ("site",)), Criterion("z", ("site",))],
    )
    first = made[0]
    assert (first.column, first.criterion, first.kind, first.method) == (
        "site",
        "lieu",
        "category",
        "pdp",
    )
    means = np.array([0, 10, 20 + x[:5].mean(), 30])
    people = np.array([3, 1, 1, 0])
    centred = means - np.average(means, weights=people)
    assert [(one.at, one.people) for one in first.points] == [
        ("A", 3),
        ("B", 1),
        ("C", 1),
        ("D", 0),
    ]
    np.testing.assert_allclose([one.effect for one in first.points], centred)
    assert all(one.extrapolated for one in first.points)  # fewer than ten people each
    assert made[1].criterion == "x"


def test_blanks_are_left_out_and_one_value_makes_one_point():
    blank = np.full(30, np.nan)
    half = np.where(np.arange(30) % 2, np.arange(30.0), np.nan)
    rows = numbers(blank, np.ones(30), half)
    made = effect_curves(model(lambda rows: np.nansum(rows, axis=1), rows), rows)
    assert [len(one.points) for one in made] == [0, 1, 15]
    assert (made[1].points[0].effect, made[1].points[0].people) == (0.0, 30)
    assert sum(one.people for one in made[2].points) == 15


def test_places_where_many_share_a_value():
    random = np.random.default_rng(0)
    months = np.where(random.random(5000) < 0.75, 0, random.integers(1, 61, 5000)).astype(float)
    places = places_along(months, 20)
    assert len(places) == 20
    assert (places[0], places[-1]) == (0, 60)
    assert len(np.unique(places)) == 20
    assert np.isin(places, months).all()


@given(
    hnp.arrays(np.float64, st.integers(1, 80), elements=st.integers(0, 40).map(float)),
    st.integers(2, 25),
)
@settings(max_examples=150, deadline=None)
def test_places_are_values_of_the_file(filled, most):
    places = places_along(filled, most)
    assert 1 <= len(places) <= most
    assert (np.diff(places) > 0).all()
    assert np.isin(places, filled).all()
    assert (places[0], places[-1]) == (filled.min(), filled.max())


def test_more_never_costs():
    x, z = np.arange(60.0) % 12, np.arange(60.0) % 7
    rows = numbers(x, z, np.zeros(60), -x)
    made = monotonicity(
        model(lambda rows: np.minimum(rows[:, 0], 5) - rows[:, 1] ** 2, rows),
        rows,
        actions=[Action("x0", "up"), Action("x1", "any"), Action("x3", "down")],
    )
    by_column = {one.column: one for one in made}
    assert "x2" not in by_column  # one value: no step to take
    up = by_column["x0"]
    assert (up.verdict, up.lowered, up.raised, up.expected) == ("never_lowers", 0.0, 1.0, "up")
    assert (up.largest_drop, up.largest_rise, up.people) == (None, 1.0, 60)
    down = by_column["x1"]
    assert (down.verdict, down.expected) == ("never_raises", None)
    assert (down.largest_drop, down.drop_from, down.drop_to) == (11.0, 5.0, 6.0)
    assert (by_column["x3"].verdict, by_column["x3"].expected) == ("no_effect", "down")


def test_for_some_more_costs():
    """One more year counts against those of site 1 only."""
    years, site = np.tile(np.arange(10.0), 10), np.repeat([0.0, 0, 0, 1, 0], 20)
    rows = numbers(years, site)
    (made, _) = monotonicity(
        model(lambda rows: np.where(rows[:, 1] == 1, -2, 1) * rows[:, 0], rows), rows
    )
    assert (made.verdict, made.lowered, made.raised) == ("both", 0.2, 0.8)
    assert (made.largest_drop, made.largest_rise) == (2.0, 1.0)


def test_a_grid_is_asked_at_every_value():
    grid = ScoringGrid(
        "g", (GridCriterion("x", "x", "per_unit", per_unit=PerUnit(-0.2, start=10, low=10)),)
    )
    distances = np.linspace(0, 90, 901)
    (made,) = monotonicity(grid, InputRows(grid.inputs, distances[:, None]))
    assert (made.verdict, made.people, made.largest_drop) == ("never_raises", 901, 0.02)


def test_a_learned_model_of_twenty_thousand_people():
    from sklearn.ensemble import HistGradientBoostingRegressor

    random = np.random.default_rng(3)
    values = random.normal(size=(20_000, 8))
    target = values[:, 0] + np.abs(values[:, 1]) + random.normal(size=20_000)
    fitted = HistGradientBoostingRegressor(random_state=0, max_iter=60).fit(values, target)
    rows = numbers(*values.T)
    made = CallableModel(fitted.predict, rows.inputs, takes="matrix")
    curves = effect_curves(made, rows)
    verdicts = monotonicity(made, rows)
    first, second = ({p.at: p.effect for p in one.points} for one in curves[:2])
    assert max(first, key=first.get) > 1
    assert abs(min(second, key=second.get)) < 0.5  # the bottom of |x|
    assert verdicts[1].verdict == "both"
    assert (len(curves), len(verdicts)) == (8, 8)
