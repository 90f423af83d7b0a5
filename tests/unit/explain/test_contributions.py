"""Contributions that sum to the score: against the definition, against shap, and refused."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from tests.unit.explain.brute_force import by_definition

from algo_audit.data.roles import Criterion
from algo_audit.errors import AuditError
from algo_audit.explain.contributions import ROUNDING, Player, explain_scores, players_of
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input
from algo_audit.models.scoring_grid import ScoringGrid, read_grid
from algo_audit.models.sklearn_model import model_from_estimator


@pytest.fixture(scope="module")
def shap():
    """Importing it warns of its own use of matplotlib."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("shap")


def numbers(count: int) -> tuple[Input, ...]:
    return tuple(Input(f"x{place}", "number") for place in range(count))


def opaque(function, count: int) -> CallableModel:
    return CallableModel(function, numbers(count), takes="matrix", name="opaque")


def tangled(rows: np.ndarray) -> np.ndarray:
    """Interactions of every order, a step, and inputs that matter to nobody."""
    total = np.sin(rows[:, 0]) * rows[:, 1] + np.prod(rows[:, :4], axis=1)
    return total + np.where(rows[:, 2] > rows[:, -1], 2.0, -1.0) + 0.3 * rows[:, -1] ** 2


@pytest.mark.parametrize("count", range(4, 9))
def test_an_opaque_model_equals_the_definition(count):
    draw = np.random.default_rng(count)
    rows, background = draw.normal(size=(4, count)), draw.normal(size=(25, count))
    made = explain_scores(opaque(tangled, count), rows, background=background)
    wanted = np.stack([by_definition(tangled, row, background) for row in rows])
    assert made.method == "coalitions"
    assert np.abs(made.values - wanted).max() < 1e-10
    assert made.error < 1e-12
    assert made.base == pytest.approx(tangled(background).mean())
    assert made.standard_error is None


def test_criteria_that_own_several_inputs():
    draw = np.random.default_rng(1)
    rows, background = draw.normal(size=(3, 6)), draw.normal(size=(30, 6))
    owned = (Player("a", (0, 4)), Player("b", (1, 2, 3)), Player("c", (5,)))
    made = explain_scores(opaque(tangled, 6), rows, background=background, players=owned)
    own = [one.inputs for one in owned]
    wanted = np.stack([by_definition(tangled, row, background, own) for row in rows])
    assert np.abs(made.values - wanted).max() < 1e-10
    with pytest.raises(ValueError, match="every input"):
        explain_scores(opaque(tangled, 6), rows, background=background, players=owned[:2])


def test_inputs_that_are_alike_share_and_idle_ones_get_nothing():
    """The axioms themselves, on a sum, a product and a constant."""
    model = opaque(lambda rows: 7 + rows[:, 0] * rows[:, 1], 3)
    rows, background = np.array([[2.0, 2.0, 9.0]]), np.zeros((1, 3))
    made = explain_scores(model, rows, background=background)
    assert made.values == pytest.approx(np.array([[2.0, 2.0, 0.0]]))
    assert made.base == 7


def table_and_outcome(n: int = 500) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(3)
    table = pd.DataFrame(draw.normal(size=(n, 5)), columns=[f"x{one}" for one in range(5)])
    outcome = table["x0"] * table["x1"] + table["x2"] + draw.normal(size=n) > 0.2
    return table, outcome.to_numpy().astype(int)


@pytest.mark.parametrize("kind", ["logistic", "boosting", "forest"])
def test_equal_to_shap_on_rows_it_was_not_trained_on(shap, kind):
    """Where no row lies on a split value shap's interventional values are right."""
    table, outcome = table_and_outcome()
    estimator = {
        "logistic": LogisticRegression(),
        "boosting": HistGradientBoostingClassifier(max_iter=30),
        "forest": RandomForestClassifier(30, max_depth=5, random_state=0),
    }[kind].fit(table, outcome)
    draw = np.random.default_rng(4)
    rows = draw.normal(size=(60, 5))
    background = draw.normal(size=(50, 5))
    model = model_from_estimator(estimator, numbers(5), name=kind)
    made = explain_scores(model, rows, background=background)
    assert made.method == {"logistic": "additive"}.get(kind, "trees")
    if kind == "logistic":
        masker = shap.maskers.Independent(background, max_samples=100)
        theirs = shap.LinearExplainer(estimator, masker).shap_values(rows)
    else:
        theirs = shap.TreeExplainer(
            estimator, background, feature_perturbation="interventional"
        ).shap_values(rows, check_additivity=False)
        theirs = theirs[..., 1] if np.ndim(theirs) == 3 else theirs
    assert np.abs(made.values - theirs).max() < 1e-6  # shap keeps thresholds as float32


def test_trees_equal_the_same_model_asked_without_being_opened():
    table, outcome = table_and_outcome()
    estimator = HistGradientBoostingClassifier(max_iter=20).fit(table, outcome)
    model = model_from_estimator(estimator, numbers(5), name="boosting")
    rows, background = table.to_numpy()[:5], table.to_numpy()[100:140]
    opened = explain_scores(model, rows, background=background)
    asked = explain_scores(opaque(model.score, 5), rows, background=background)
    assert (opened.method, asked.method) == ("trees", "coalitions")
    assert np.abs(opened.values - asked.values).max() < 1e-12


GRID = """schema = "algo-audit/grid-1"
round = 0
[[criteria]]
input = "x0"
per_unit = { points = 0.37 }
[[criteria]]
input = "x1"
per_unit = { points = 1.21, most = 4 }
"""


def grid(tmp_path) -> ScoringGrid:
    (tmp_path / "grid.toml").write_text(GRID, encoding="utf-8")
    return read_grid(tmp_path / "grid.toml")


def test_what_a_grid_rounds_is_a_line_of_its_own(tmp_path):
    model = grid(tmp_path)
    rows = np.array([[1.0, 1.0], [3.0, 9.0]])
    background = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 3.0]])
    made = explain_scores(model, rows, background=background)
    assert [one.key for one in made.players] == ["x0", "x1", ROUNDING]
    # by hand: points 0.37 and 1.21 against means 0.37 and (0 + 2.42 + 3.63) / 3
    beside = (0 + 2.42 + 3.63) / 3
    assert made.values[:, 0] == pytest.approx([0.0, 0.74])
    assert made.values[:, 1] == pytest.approx([1.21 - beside, 4.0 - beside])
    assert made.scores == pytest.approx([2.0, 5.0])  # 1.58 and 5.11, rounded
    assert made.base == pytest.approx((0 + 3 + 4) / 3)
    assert made.error < 1e-12


def test_nothing_is_printed_of_contributions_that_miss_the_score():
    """Refused beyond a billionth of the scale, in a sentence of both languages."""
    draw = np.random.default_rng(0)
    rows, background = draw.normal(size=(3, 4)), draw.normal(size=(20, 4))
    calls = iter(range(10**6))

    def unsteady(values):
        """Another answer at each call, as a model that draws at random gives."""
        return tangled(values) + 1e-6 * next(calls)

    with pytest.raises(AuditError) as caught:
        explain_scores(opaque(unsteady, 4), rows, background=background)
    found = caught.value
    assert found.code == "explain.not_additive"
    for language in ("fr", "en"):
        (sentence,) = describe(found, Catalogue(language), Formats(language))
        assert "explain.not_additive" not in sentence
        assert "opaque" in sentence
    # the same with a looser promise is let through, and says how far it misses
    loose = explain_scores(opaque(unsteady, 4), rows, background=background, additive_error=1e-3)
    assert 1e-9 < loose.error < 1e-3


def test_a_tree_model_that_was_misread_is_not_printed():
    table, outcome = table_and_outcome()
    estimator = HistGradientBoostingClassifier(max_iter=5).fit(table, outcome)
    model = model_from_estimator(estimator, numbers(5), name="boosting")
    trees = model.trees()
    value = trees.value.copy()
    value[np.flatnonzero(trees.left < 0)[0]] += 1e-3
    wrong = replace(model, read=replace(trees, value=value))
    with pytest.raises(AuditError, match="not_additive"):
        explain_scores(wrong, table.to_numpy(), background=table.to_numpy()[:50])
    explain_scores(model, table.to_numpy(), background=table.to_numpy()[:50])


def test_players_are_the_criteria_as_declared():
    model = opaque(tangled, 5)
    declared = (
        Criterion("experience", ("x3", "x1", "elsewhere")),
        Criterion("none", ("elsewhere",)),
        Criterion("again", ("x1", "x4")),
    )
    assert players_of(model, declared) == (
        Player("experience", (1, 3)),
        Player("again", (4,)),
        Player("x0", (0,)),
        Player("x2", (2,)),
    )
    assert players_of(model, ()) == tuple(Player(f"x{one}", (one,)) for one in range(5))


def test_many_criteria_are_sampled_with_their_error():
    draw = np.random.default_rng(5)
    weights = draw.normal(size=15)

    def asked(rows):
        return rows @ weights + rows[:, 0] * rows[:, 1] - rows[:, 2] * rows[:, 3]

    rows, background = draw.normal(size=(20, 15)), draw.normal(size=(40, 15))
    made = explain_scores(opaque(asked, 15), rows, background=background, seed=1)
    centred = rows - background.mean(axis=0)
    exact = centred * weights
    for one, two, sign in ((0, 1, 1), (2, 3, -1)):
        means = background.mean(axis=0)
        product = (background[:, one] * background[:, two]).mean()
        for own, other in ((one, two), (two, one)):
            # closed form of a product of two: half alone, half beside the other
            alone = rows[:, own] * means[other] - product
            beside = rows[:, own] * rows[:, other] - means[own] * rows[:, other]
            exact[:, own] += sign * (alone + beside) / 2
    assert made.method == "sampled"
    assert np.abs(made.values - exact).max() < 1e-9  # pairs of coalitions fit two-way terms exactly
    assert made.error < 1e-12
    assert made.standard_error.shape == made.values.shape


@pytest.mark.usefixtures("shap")
def test_frame_and_shap_for_notebooks():
    draw = np.random.default_rng(1)
    rows, background = draw.normal(size=(3, 4)), draw.normal(size=(10, 4))
    owned = (Player("pair", (0, 2)), Player("x1", (1,)), Player("x3", (3,)))
    made = explain_scores(opaque(tangled, 4), rows, background=background, players=owned)
    frame = made.frame()
    assert list(frame.columns) == ["pair", "x1", "x3", "score"]
    assert frame["score"].to_numpy() == pytest.approx(tangled(rows))
    told = made.to_shap(rows)
    assert told.values.shape == (3, 3)
    assert told.base_values == pytest.approx([made.base] * 3)
    assert np.isnan(told.data[:, 0]).all()
    assert told.data[:, 1] == pytest.approx(rows[:, 1])
