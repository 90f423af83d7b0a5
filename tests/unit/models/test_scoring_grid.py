"""A scoring grid as a model: points, rounding, weights, and the recruitment case's own grid."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.models.test_grid_file import WHOLE

from algo_audit.cases.case import builtin_case
from algo_audit.cases.recruitment.generator import generate
from algo_audit.data.advice import read_advice
from algo_audit.errors import AuditError
from algo_audit.models.inputs import read_inputs
from algo_audit.models.model import AdditiveModel, Model
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import Rule
from algo_audit.models.scoring_grid import (
    Band,
    GridCriterion,
    PerUnit,
    ScoringGrid,
    _bands,
    read_grid,
)

EXAMS = ScoringGrid(
    name="exams",
    criteria=(
        GridCriterion("written", "written", "per_unit", per_unit=PerUnit(1.0), weight=0.6),
        GridCriterion("oral", "oral", "per_unit", per_unit=PerUnit(1.0), weight=0.4),
    ),
    rule=Rule("threshold", 70),
)


@pytest.fixture(scope="module")
def recruitment():
    from pathlib import Path

    import algo_audit.cases.case as module

    case = builtin_case("recruitment")
    return case, case.read(), read_grid(Path(module.__file__).parent / "recruitment" / "grid.toml")


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "grille.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return read_grid(path)


def test_it_is_a_model_and_a_sum(whole):
    assert isinstance(whole, Model)
    assert isinstance(whole, AdditiveModel)
    said = whole.describe()
    assert (said.kind, said.family, said.scale) == ("scoring_grid", "additive_points", "points")
    assert said.facts["rounded"] == 1
    assert said.facts["lines"] == 6
    assert said.sha256 == whole.sha256 != ""


@pytest.mark.parametrize(
    ("row", "points"),
    [
        ((0, 2.9, 0), (5, 0, 15)),
        ((1, 3, 4), (10, 10, 13)),
        ((2, 4.99, 30), (1, 10, 0)),  # a diploma that the grid does not name
        ((9, 5, 100), (1, 20, 0)),
        ((np.nan, -1, -3), (0, 0, 15)),  # no months below none
    ],
)
def test_points_line_by_line(whole, row, points):
    assert whole.points(np.array([row], dtype=float)).tolist() == [list(points)]
    assert whole.score(np.array([row], dtype=float)).tolist() == [sum(points)]


def test_its_inputs_say_what_they_take(whole):
    diploma, years, absences = whole.inputs
    assert (diploma.kind, diploma.levels) == ("category", ("Bac", "Bac+2"))
    assert (diploma.blank, diploma.unseen) == (True, True)
    assert (years.kind, years.blank, absences.blank) == ("number", False, False)


def test_what_no_band_names_brings_nothing(tmp_path):
    path = tmp_path / "g.toml"
    path.write_text(
        'schema = "algo-audit/grid-1"\n[[criteria]]\ninput = "x"\n'
        "bands = [{ from = 2, below = 4, points = 1 }, { below = 6, points = 3 }]\n"
    )
    grid = read_grid(path)
    found = grid.score(np.array([[1.9], [2], [3.9], [4], [5.9], [6], [99]]))
    assert found.tolist() == [0, 1, 1, 3, 3, 0, 0]
    assert grid.criteria[0].bands[0] == Band(-np.inf, 2, 0.0)
    assert _bands([]) == ()


def test_two_criteria_on_one_column_add_up(tmp_path):
    path = tmp_path / "g.toml"
    path.write_text(
        'schema = "algo-audit/grid-1"\nconstant = 1\n'
        '[[criteria]]\ninput = "x"\nper_unit = { points = 1 }\n'
        '[[criteria]]\nkey = "bonus"\ninput = "x"\nblank = 0\n'
        "bands = [{ below = 5, points = 0 }, { from = 5, points = 10 }]\n"
    )
    grid = read_grid(path)
    assert len(grid.inputs) == 1
    assert not grid.inputs[0].blank  # the first criterion refuses it
    assert grid.points(np.array([[4.0], [5.0]])).tolist() == [[4.0], [15.0]]
    assert grid.score(np.array([[4.0], [5.0]])).tolist() == [5.0, 16.0]


def test_the_last_bits_never_decide():
    # 0.6 x 70 + 0.4 x 70 and its like: what a person works out by hand is what counts
    marks = np.array([[w / 100, o / 100] for w in range(6000, 8000, 7) for o in (7000, 6801, 7333)])
    exact = [
        float(Decimal("0.6") * Decimal(str(w)) + Decimal("0.4") * Decimal(str(o))) for w, o in marks
    ]
    assert EXAMS.score(marks).tolist() == exact
    plain = marks @ np.array([0.6, 0.4])
    assert (plain != np.array(exact)).any()  # as it would come out otherwise


@given(
    st.lists(st.integers(-99_999, 99_999), min_size=1, max_size=30),
    st.integers(0, 3),
)
@settings(max_examples=100, deadline=None)
def test_rounding_is_that_of_decimal_numbers(thousandths, decimals):
    """Halves away from zero, in decimal, as a spreadsheet shows them."""
    values = np.array([[one / 1000] for one in thousandths])
    criterion = GridCriterion("x", "x", "per_unit", per_unit=PerUnit(1.0))
    found = ScoringGrid("g", (criterion,), round=decimals).score(values)
    step = Decimal(1).scaleb(-decimals)
    expected = [
        float((Decimal(one) / 1000).quantize(step, rounding=ROUND_HALF_UP)) for one in thousandths
    ]
    assert found.tolist() == expected


def test_other_weights():
    other = EXAMS.with_weights({"written": 0.3, "oral": 0.7})
    assert other.score(np.array([[80.0, 60.0]])).tolist() == [66.0]
    assert EXAMS.score(np.array([[80.0, 60.0]])).tolist() == [72.0]
    assert other.sha256 == ""
    with pytest.raises(AuditError) as caught:
        EXAMS.with_weights({"writen": 1, "oral": -1})
    assert [one.code for one in caught.value.faults] == [
        "grid.criterion_unknown",
        "grid.weight_negative",
    ]
    assert caught.value.faults[0].choices == ("written",)


def test_without_a_rule_nothing_is_decided():
    bare = EXAMS.with_rule(None)
    with pytest.raises(AuditError) as caught:
        bare.decide(np.array([1.0]))
    assert caught.value.code == "model.rule_missing"
    assert bare.decide(np.array([1.0]), rule=Rule("threshold", 1)).decision.tolist() == [1]


def test_ranges_on_paper(whole):
    assert [one.paper_range() for one in whole.criteria] == [(0.0, 10.0), (0.0, 20.0), (0.0, 15.0)]
    assert EXAMS.criteria[0].paper_range() is None  # marks without an upper end
    flat = replace(EXAMS.criteria[0], per_unit=PerUnit(0.0, start=3.0))
    assert flat.paper_range() == (3.0 * 0.6, 3.0 * 0.6)


def test_the_recruitment_grid_gives_every_score_of_the_file(recruitment):
    case, decisions, grid = recruitment
    checked = check_model(grid, decisions, rule=case.rule)
    assert checked.notes == ()
    assert len(checked.rows) == 5000
    assert (grid.score(checked.rows.values) == decisions.score).all()
    assert [one.key for one in grid.criteria] == [one.key for one in case.criteria]
    assert sum(one.paper_range()[1] for one in grid.criteria) == 100


def test_the_recruitment_grid_gives_every_advice_of_the_file_ties_apart(recruitment):
    _, decisions, grid = recruitment
    advice = read_advice(decisions)
    scores = grid.score(read_inputs(decisions.table, grid.inputs).values)
    made = grid.decide(scores, pool=decisions.pool.codes, taken=advice)
    assert (made.decision == advice)[~made.tied].all()
    # on a tie the file does not say in which order people came: as many of them were taken
    assert made.tied.sum() == 25
    pools = decisions.pool.codes[made.tied]
    both = [np.bincount(pools, weights=who[made.tied]).tolist() for who in (made.decision, advice)]
    assert both[0] == both[1]


def test_the_recruitment_grid_is_the_one_of_the_story(recruitment):
    """On other rows too: 20,000 that the shipped file does not hold."""
    grid = recruitment[2]
    drawn = generate(20_000, seed=7)
    scores = grid.score(read_inputs(drawn, grid.inputs).values)
    assert (scores == drawn["score"].to_numpy()).all()
