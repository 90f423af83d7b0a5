"""The grid line by line: who falls under a line, and which decisions hang on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.models.test_grid_file import WHOLE

import algo_audit.cases.case as cases
from algo_audit.cases.case import builtin_case
from algo_audit.explain.grid_lines import ANY_OTHER, grid_lines, lines_of_person
from algo_audit.models.inputs import read_inputs
from algo_audit.models.scoring_grid import read_grid


@pytest.fixture(scope="module")
def recruitment():
    decisions = builtin_case("recruitment").read()
    grid = read_grid(Path(cases.__file__).parent / "recruitment" / "grid.toml")
    rows = read_inputs(decisions.table, grid.inputs)
    made = grid.decide(grid.score(rows.values), pool=decisions.pool.codes, taken=decisions.outcome)
    return decisions, grid, rows, made, grid_lines(grid, rows, made)


def test_the_lines_are_those_of_the_file(recruitment):
    lines = recruitment[4]
    assert [(one.condition, one.points) for one in lines[:5]] == [
        ("CAP ou BEP", 0),
        ("Bac", 5),
        ("Bac+2", 10),
        ("Bac+3", 15),
        ("Bac+5", 20),
    ]
    breaks = next(one for one in lines if one.column == "interruption_mois")
    assert (breaks.kind, breaks.condition, breaks.points) == ("per_unit", "", -0.5)
    assert (breaks.start, breaks.least, breaks.low) == (15, 0, 0)


def test_the_lines_of_a_criterion_share_out_everybody(recruitment):
    decisions, _, _, _, lines = recruitment
    counts = decisions.table["diplome"].value_counts()
    assert {one.condition: one.people for one in lines[:5]} == counts.to_dict()
    for column in {one.column for one in lines}:
        assert sum(one.people for one in lines if one.column == column) == 5000


def test_decisions_that_hang_on_a_line_are_counted_one_by_one(recruitment):
    """The same by hand, person by person, for every line."""
    decisions, grid, rows, made, lines = recruitment
    points = grid.points(rows.values)
    scores = grid.score(rows.values)
    for line in lines:
        place = [one.name for one in rows.inputs].index(line.column)
        turned = 0
        for person in range(len(scores)):
            if line.condition and decisions.table[line.column].iloc[person] != line.condition:
                continue
            without = scores[person] - points[person, place] + points[:, place].mean()
            if np.isnan(made.cut_off[person]) or abs(without - made.cut_off[person]) < 1e-9:
                continue
            turned += bool(made.decision[person]) != (without > made.cut_off[person])
        assert line.deciding == turned, line
    heaviest = max(lines, key=lambda one: one.deciding)
    assert heaviest.criterion == "test"


def test_the_lines_of_one_person_add_up_to_the_score(recruitment):
    decisions, grid, rows, _, _ = recruitment
    for person in (0, 17, 4999):
        applied = lines_of_person(grid, rows, person)
        assert [line.criterion for line, _ in applied] == [one.key for one in grid.criteria]
        total = sum(points for _, points in applied)
        assert abs(total - decisions.score[person]) <= 0.05 + 1e-9
        assert applied[0][0].condition == decisions.table["diplome"].iloc[person]
        # the line as it is written, and nobody else's figures
        assert all(line.people is line.mean_points is line.deciding is None for line, _ in applied)
        assert applied[0][0].points == applied[0][1]


def test_bands_blanks_and_values_the_grid_does_not_name(tmp_path):
    import pandas as pd

    path = tmp_path / "g.toml"
    path.write_text(WHOLE, encoding="utf-8")
    grid = read_grid(path)
    frame = pd.DataFrame(
        {
            "diplome": ["Bac", "CAP", "", "Bac+2", "BEP", "CAP"],
            "annees": ["1", "3", "4", "5", "9", "12"],
            "absences": ["0", "10", "40", "0", "0", "0"],
        }
    )
    rows = read_inputs(frame, grid.inputs)
    lines = grid_lines(grid, rows, None)
    assert [(one.condition, one.points, one.people) for one in lines] == [
        ("Bac", 5, 1),
        ("Bac+2", 10, 1),
        ("CAP", 1, 2),
        ("BEP", 1, 1),
        ("", 0, 1),
        ("<3", 0, 1),
        ("3-4", 10, 2),  # weight 2 is in the points
        ("5+", 20, 3),
        ("", -0.5, 6),
    ]
    assert [(one.kind, one.low, one.high) for one in lines[5:8]] == [
        ("bands", None, 3),
        ("bands", 3, 5),
        ("bands", 5, None),
    ]
    assert lines[-1].mean_points == pytest.approx((15 * 4 + 10 + 0) / 6)
    assert {one.deciding for one in lines} == {None}
    half = frame.assign(annees=["1,5", "3", "4", "5", "9", "12"], diplome="Bac")
    names = [one.condition for one in grid_lines(grid, read_inputs(half, grid.inputs), None)]
    assert names[:6] == ["Bac", "Bac+2", ANY_OTHER, "<3", "3-<5", "5+"]
