"""An auditor's own measure, and Fairlearn as a check on the rates."""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn.metrics import selection_rate
from sklearn.metrics import balanced_accuracy_score, recall_score

from algo_audit.errors import AuditError
from algo_audit.fairness.comparison import Estimate, GroupRate
from algo_audit.fairness.own_measure import cross_check, measure_frame

SEX = ["F", "F", "F", "H", "H", "H", "H", None]
OUTCOME = [1, 0, 0, 1, 1, 0, 1, 1]


def _group(name, events, n, value=None):
    rate = events / n if value is None else value
    return GroupRate("sexe", name, n, events, Estimate(rate, n=n), "used")


def test_any_measure_of_scikit_learn_by_group(make_decisions):
    label = [1, 0, 1, 1, 0, 0, -1, 1]
    decisions = make_decisions(OUTCOME, protected={"sexe": SEX}, label=label)
    frame = measure_frame(
        decisions, {"recall": recall_score, "balanced": balanced_accuracy_score}, "sexe"
    )
    assert frame["n"].to_dict() == {"F": 3, "H": 3}
    assert frame.loc["F", "recall"] == pytest.approx(0.5)
    assert frame.loc["H", "balanced"] == pytest.approx(0.75)


def test_crossings_and_weights(make_decisions):
    decisions = make_decisions(
        [1, 0, 1, 1],
        protected={"a": ["x", "x", "y", "y"], "b": ["p", "p", "p", "q"]},
        weight=[1, 3, 1, 1],
    )
    frame = measure_frame(decisions, selection_rate, ["a", "b"])
    assert frame.loc[("x", "p"), "selection_rate"] == pytest.approx(0.25)
    assert frame.loc[("y", "q"), "n"] == 1


def test_a_column_that_is_not_protected(make_decisions):
    decisions = make_decisions(OUTCOME, protected={"sexe": SEX})
    with pytest.raises(AuditError) as caught:
        measure_frame(decisions, selection_rate, "age")
    assert (caught.value.code, caught.value.choices) == ("measure.column_missing", ("sexe",))


def test_fairlearn_agrees_or_not(make_decisions):
    decisions = make_decisions(OUTCOME, protected={"sexe": SEX})
    unknown = GroupRate("sexe", None, 1, 1, Estimate(1.0, n=1), "unknown")
    check = cross_check(decisions, [_group("F", 1, 3), _group("H", 3, 4), unknown])
    assert (check.recomputed_by, check.groups, check.agrees) == ("fairlearn", 2, True)
    wrong = cross_check(decisions, [_group("F", 1, 3), _group("H", 3, 4, value=0.7)])
    assert wrong.largest_difference == pytest.approx(0.05)
    assert not wrong.agrees


def test_the_check_is_weighted_and_crossed(make_decisions):
    decisions = make_decisions(
        [1, 0, 1, 0],
        protected={"a": ["x", "x", "y", "y"], "b": ["p", "p", "p", "p"]},
        weight=np.array([1.0, 3.0, 1.0, 1.0]),
    )
    groups = [
        GroupRate("a × b", "x × p", 2, 1, Estimate(0.25, n=2), "used"),
        GroupRate("a × b", "y × p", 2, 1, Estimate(0.5, n=2), "used"),
    ]
    assert cross_check(decisions, groups).agrees
