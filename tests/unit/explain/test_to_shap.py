"""Explanations handed to shap's own plots: the figures are ours, the drawing is shap's."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from algo_audit import CallableModel, explain_scores
from algo_audit.data.roles import Criterion
from algo_audit.explain.contributions import players_of
from algo_audit.models.inputs import Input

mpl.use("Agg")
pytestmark = pytest.mark.filterwarnings("ignore")  # shap's own, about matplotlib's ways
ROWS = 40


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(7).normal(size=(ROWS, 3))


@pytest.fixture(scope="module")
def explanation(values):
    inputs = tuple(Input(name, "number") for name in ("test", "years", "break"))
    model = CallableModel(lambda rows: rows["test"] * 2 + rows["years"] * rows["break"], inputs)
    players = players_of(model, [Criterion("career", ("years", "break"))])
    return explain_scores(model, values, background=values, players=players)


def test_values_base_and_names_are_those_of_the_explanation(explanation, values):
    made = explanation.to_shap(values)
    assert made.feature_names == ["career", "test"]
    assert np.array_equal(made.values, explanation.values)
    assert made.base_values.tolist() == [explanation.base] * ROWS
    assert made.base_values + made.values.sum(axis=1) == pytest.approx(explanation.scores)


def test_a_criterion_of_several_inputs_shows_no_value(explanation, values):
    """There is no one number to write beside it."""
    shown = explanation.to_shap(values).data
    assert np.isnan(shown[:, 0]).all()
    assert np.array_equal(shown[:, 1], values[:, 0])
    assert explanation.to_shap().data is None


@pytest.mark.parametrize("name", ["bar", "beeswarm", "waterfall"])
def test_shap_draws_it(explanation, values, name):
    import shap
    from matplotlib import pyplot as plt

    plt.close("all")
    made = explanation.to_shap(values)
    getattr(shap.plots, name)(made[0] if name == "waterfall" else made, show=False)
    labels = [text.get_text() for axes in plt.gcf().axes for text in axes.get_yticklabels()]
    assert any("career" in label for label in labels)
    assert any("test" in label for label in labels)
    plt.close("all")
