"""How much each criterion weighs: mean absolute values, and decisions that turn when dealt anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from algo_audit.data.limits import read_limits
from algo_audit.explain.averages import mean_estimate
from algo_audit.explain.contributions import Player, explain_scores
from algo_audit.explain.importance import criteria_importance
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Rule, decide
from algo_audit.models.scoring_grid import read_grid

LIMITS = read_limits()
INPUTS = tuple(Input(name, "number") for name in "abc")

GRID = """schema = "algo-audit/grid-1"
[[criteria]]
input = "a"
per_unit = { points = 2, most = 20, least = 0 }
[[criteria]]
input = "b"
weight = 2
bands = [ { below = 5, points = 0 }, { points = 10 } ]
[[criteria]]
input = "c"
per_unit = { points = 1, most = 10, least = 0 }
"""


def grid(tmp_path):
    (tmp_path / "g.toml").write_text(GRID, encoding="utf-8")
    return read_grid(tmp_path / "g.toml")


def asked(model, values, rule, players=None, limits=LIMITS):
    rows = InputRows(INPUTS, values)
    explanation = explain_scores(model, values, background=values, players=players)
    decided = None if rule is None else decide(rule, model.score(values))
    found = criteria_importance(model, rows, explanation, decided, limits=limits, seed=3)
    return explanation, decided, {one.criterion: one for one in found}, found


def people(n=200):
    draw = np.random.default_rng(0)
    return np.column_stack([draw.integers(0, 11, (n, 2)), np.full(n, 4)]).astype(float)


def test_mean_absolute_values_and_shares_on_paper(tmp_path):
    model, values = grid(tmp_path), people()
    explanation, _, found, ordered = asked(model, values, Rule("threshold", 22))
    weight = np.abs(explanation.values)
    for place, key in enumerate("abc"):
        assert found[key].mean_absolute.value == pytest.approx(weight[:, place].mean())
        assert found[key].share == pytest.approx(weight[:, place].sum() / weight.sum())
    assert sum(one.share for one in ordered) == pytest.approx(1)
    assert [one.share for one in ordered] == sorted((one.share for one in ordered), reverse=True)
    # ranges on paper 20, 20 and 10; c is alike for all here, so that it weighs nothing in fact
    assert [found[key].nominal for key in "abc"] == pytest.approx([0.4, 0.4, 0.2])
    assert (found["c"].share, found["c"].decisions_changed.value) == (0, 0)
    assert found["c"].decisions_changed.high > 0


def test_decisions_changed_against_every_deal(tmp_path):
    """The expectation over all donors is known: the share of them that turn each decision."""
    model, values = grid(tmp_path), people()
    explain = replace(LIMITS.explain, deals=400, deal_rows=10**7)
    _, decided, found, _ = asked(
        model, values, Rule("threshold", 22), limits=replace(LIMITS, explain=explain)
    )
    points = model.points(values)
    scores = points.sum(axis=1)
    for place, key in enumerate("ab"):
        dealt = scores[:, None] - points[:, [place]] + points[None, :, place]
        turned = (dealt >= 22) != (decided.decision[:, None] == 1)
        assert found[key].decisions_changed.value == pytest.approx(turned.mean(), abs=0.004)
        assert found[key].decisions_changed.low < turned.mean() < found[key].decisions_changed.high


def test_points_and_calls_give_the_same(tmp_path):
    model, values = grid(tmp_path), people()
    opaque = CallableModel(model.score, INPUTS, takes="matrix")
    for rule in (Rule("threshold", 22), Rule("top_k", 60)):
        one = asked(model, values, rule)[2]
        two = asked(opaque, values, rule)[2]
        for key in "abc":
            assert one[key].decisions_changed == two[key].decisions_changed
            assert one[key].share == pytest.approx(two[key].share)
        assert two["a"].nominal is None


def test_criteria_of_several_inputs_are_dealt_together(tmp_path):
    model, values = grid(tmp_path), people()
    players = (Player("all", (0, 1, 2)),)
    _, decided, found, _ = asked(model, values, Rule("top_k", 60), players=players)
    # dealing everything is drawing another person: turned where the two are decided otherwise
    taken = decided.decision.mean()
    assert found["all"].decisions_changed.value == pytest.approx(2 * taken * (1 - taken), abs=0.05)
    assert found["all"].inputs == ("a", "b", "c")
    assert found["all"].nominal == pytest.approx(1)


def test_no_rule_no_decisions(tmp_path):
    found = asked(grid(tmp_path), people(), None)[2]
    assert found["a"].decisions_changed.missing_reason == "no_rule"
    assert found["a"].mean_absolute.value > 0


def test_mean_of_people_as_scipy_has_it():
    values = np.random.default_rng(0).exponential(size=50)
    made = mean_estimate(values, 0.95)
    low, high = stats.norm.interval(0.95, loc=values.mean(), scale=stats.sem(values))
    assert (made.value, made.low, made.high) == pytest.approx((values.mean(), low, high))
    assert mean_estimate(values[:1], 0.95).low is None
    assert mean_estimate(values[:0], 0.95).missing_reason == "too_few_people"
