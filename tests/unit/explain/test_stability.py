"""Would a small error, or a fit on other people, change the answer? Counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from algo_audit.data.actions import Action
from algo_audit.data.limits import read_limits
from algo_audit.explain.stability import refitted_decisions, stability, stability_of
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Rule, decide
from algo_audit.models.sklearn_model import model_from_estimator

LIMITS = read_limits()
INPUTS = (Input("a", "number"), Input("b", "number"))
SUM = CallableModel(lambda rows: rows[:, 0] + 10 * rows[:, 1], INPUTS, takes="matrix")


def rows_of(values):
    return InputRows(INPUTS, np.asarray(values, dtype=float))


def test_one_step_off_by_hand():
    """Scores move by 11, 9, -9 or -11: who is within 9 of the cut-off turns half of the time."""
    values = [[50, 0], [41, 0], [40, 0], [39, 0], [29, 0], [60, 0], [0, 9], [99, -9]]
    rows = rows_of(values)
    scores = SUM.score(rows.values)
    decided = decide(Rule("threshold", 40), scores)
    actions = (Action("a", step=1.0), Action("b", step=1.0))
    explain = replace(LIMITS.explain, disturbances=4000)
    limits = replace(LIMITS, explain=explain)
    wanted = [0.25, 0.5, 0.5, 0.5, 0.25, 0.0]
    for person, share in enumerate(wanted):
        made = stability_of(SUM, rows, decided, person, actions=actions, limits=limits, seed=0)
        # 50: only -11; 41, 40, 39: both on one side; 29: only +11
        assert made.measured.value == pytest.approx(share, abs=0.03)
        assert made.measured.n == 4000
        assert made.refitted.missing_reason == "cannot_refit"
    whole = stability(SUM, rows, decided, actions=actions, limits=limits, seed=0)
    # 9 * 10 = 90 at the top of b goes inwards, 9 - 90... far below: neither turns
    assert whole.measured.value == pytest.approx(np.mean([*wanted, 0, 0]), abs=0.02)


def test_numbers_at_an_end_go_inwards():
    rows = rows_of([[0, 0], [1, 0], [2, 0]])
    scores = SUM.score(rows.values)
    decided = decide(Rule("threshold", 0.5), scores)
    # b is 0 for all: an error of it could only leave the file's range, so it stays
    made = stability_of(
        SUM, rows, decided, 0, actions=(Action("a", step=1.0), Action("b", step=5.0)),
        limits=LIMITS, seed=0,
    )  # fmt: skip
    assert made.measured.value == 1.0
    made = stability_of(
        SUM, rows, decided, 2, actions=(Action("a", step=1.0), Action("b", step=5.0)),
        limits=LIMITS, seed=0,
    )  # fmt: skip
    assert made.measured.value == 0.0


def test_a_tie_that_was_lost_stays_lost():
    flat = CallableModel(lambda rows: 0 * rows[:, 0], INPUTS, takes="matrix")
    rows = rows_of(np.random.default_rng(0).normal(size=(10, 2)))
    decided = decide(Rule("top_k", 4), flat.score(rows.values))
    assert decided.tied.all()
    made = stability(flat, rows, decided, actions=(), limits=LIMITS, seed=0)
    assert made.measured.value == 0.0
    assert made.near.value == 1.0


def test_without_a_cut_off_nothing_is_said():
    rows = rows_of([[1, 1], [2, 2]])
    scores = SUM.score(rows.values)
    decided = decide(Rule("top_k", 0), scores)
    made = stability(SUM, rows, decided, actions=(), limits=LIMITS, seed=0)
    assert {made.measured.missing_reason, made.near.missing_reason} == {"no_rule"}
    one = stability_of(SUM, rows, decided, 0, actions=(), limits=LIMITS, seed=0)
    assert one.measured.missing_reason == one.refitted.missing_reason == "no_rule"


def test_fitted_anew_on_other_people(make_decisions):
    draw = np.random.default_rng(0)
    values = draw.normal(size=(300, 2))
    outcome = (values[:, 0] + draw.normal(size=300) > 0).astype(np.int8)
    decisions = make_decisions(outcome, protected={"sexe": draw.choice(["F", "H"], 300)})
    rows = rows_of(values)
    model = model_from_estimator(
        LogisticRegression().fit(values, outcome), INPUTS, name="logistic", matrix=True
    )
    explain = replace(LIMITS.explain, refits=5)
    shared = {"limits": replace(LIMITS, explain=explain), "seed": 3}
    again = refitted_decisions(model, rows, decisions, rule=model.rule, **shared)
    assert len(again) == 5
    decided = decide(model.rule, model.score(values))
    made = stability(model, rows, decided, actions=(), refitted=again, **shared)
    shares = [np.mean(one != decided.decision) for one in again]
    assert made.refitted.value == pytest.approx(np.mean(shares))
    assert (made.refitted.low, made.refitted.high) == (min(shares), max(shares))
    assert 0 < made.refitted.value < 0.2
    one = stability_of(model, rows, decided, 0, actions=(), refitted=again, **shared)
    assert one.refitted.value == np.mean([each[0] != decided.decision[0] for each in again])
    # the same seed gives the same fits, and a function cannot be fitted
    same = refitted_decisions(model, rows, decisions, rule=model.rule, **shared)
    assert all((a == b).all() for a, b in zip(again, same, strict=True))
    assert refitted_decisions(SUM, rows, decisions, rule=model.rule, **shared) is None
    assert refitted_decisions(SUM, rows, decisions, rule=None, **shared) is None
