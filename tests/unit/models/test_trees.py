"""Trees as arrays: walked by a plain loop, by ``evaluate``, and by the library itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier

from algo_audit.models.inputs import Input
from algo_audit.models.sklearn_model import model_from_estimator
from algo_audit.models.trees import check_trees, evaluate

NUMBERS = tuple(Input(name, "number") for name in "abc")


def walk(trees, row):
    """The contract of ``Trees`` read aloud: one row, one node after the other."""
    if trees.compares_float32:
        row = row.astype(np.float32).astype(np.float64)
    total = trees.constant
    for root in trees.starts[:-1]:
        node = int(root)
        while trees.left[node] >= 0:
            value = row[trees.column[node]]
            asked = trees.categories[node]
            if np.isnan(value):
                left = trees.blank_left[node]
            elif asked >= 0:
                known = 0 <= value < trees.left_categories.shape[1]
                left = trees.left_categories[asked, int(value)] if known else trees.blank_left[node]
            else:
                left = value <= trees.threshold[node]
            node = int(trees.left[node] if left else trees.right[node])
        total += trees.value[node]
    return total


def hard_rows(trees, values):
    """Rows on every threshold exactly, one step below and above it, and with blanks."""
    rows = [values]
    seen = {
        (int(c), float(t))
        for c, t in zip(trees.column, trees.threshold, strict=True)
        if c >= 0 and np.isfinite(t)
    }
    for column, threshold in sorted(seen)[:300]:
        for at in (threshold, np.nextafter(threshold, -np.inf), np.nextafter(threshold, np.inf)):
            row = values[:1].copy()
            row[0, column] = at
            rows.append(row)
    return np.vstack(rows)


def learned(estimator, *, blanks=False, seed=0):
    """A model on three columns, one of them with ties and with values between two float32."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(400, 3))
    values[:, 1] = draw.integers(0, 5, 400)
    values[:, 2] = 0.1 * draw.integers(0, 9, 400) + 1e-9 * draw.integers(0, 3, 400)
    outcome = (values[:, 0] + values[:, 1] > 2 + draw.normal(size=400)).astype(int)
    if blanks:
        values[draw.random(values.shape) < 0.1] = np.nan
    estimator.fit(pd.DataFrame(values, columns=list("abc")), outcome)
    return model_from_estimator(estimator, NUMBERS, name="made"), values


FITS = [
    (HistGradientBoostingClassifier(max_iter=20), True),
    (HistGradientBoostingClassifier(max_iter=20), False),
    (RandomForestClassifier(20, max_depth=6, random_state=0), True),
    (ExtraTreesClassifier(20, max_depth=6, random_state=0), False),
    (DecisionTreeClassifier(max_depth=5, random_state=0), True),
    (GradientBoostingClassifier(n_estimators=20, random_state=0), False),
    (RandomForestRegressor(20, max_depth=6, random_state=0), True),
]


@pytest.mark.parametrize(("estimator", "blanks"), FITS, ids=lambda one: type(one).__name__)
def test_trees_give_the_librarys_own_score_on_every_row(estimator, blanks):
    model, values = learned(estimator, blanks=blanks)
    rows = hard_rows(model.trees(), values)
    if blanks:
        rows = np.vstack([rows, np.full((1, 3), np.nan)])
    said = model.score(rows)
    encoded = model.encode(rows)
    assert np.abs(evaluate(model.trees(), encoded) - said).max() < 1e-12
    assert (
        max(abs(walk(model.trees(), row) - score) for row, score in zip(encoded, said, strict=True))
        < 1e-12
    )


def test_float32_matters_on_a_threshold():
    model, values = learned(RandomForestClassifier(30, random_state=1))
    trees = model.trees()
    rows = hard_rows(trees, values)
    assert trees.compares_float32
    as_float64 = evaluate(replace(trees, compares_float32=False), rows)
    assert np.abs(as_float64 - model.score(rows)).max() > 1e-3  # the trap is real
    assert np.abs(evaluate(trees, rows) - model.score(rows)).max() < 1e-12


def test_histogram_boosting_compares_float64():
    model, values = learned(HistGradientBoostingClassifier(max_iter=30, min_samples_leaf=5))
    rows = hard_rows(model.trees(), values)
    assert not model.trees().compares_float32
    as_float32 = evaluate(replace(model.trees(), compares_float32=True), rows)
    assert np.abs(as_float32 - model.score(rows)).max() > 1e-3


def test_no_rows_and_no_trees():
    model, values = learned(DecisionTreeClassifier(max_depth=2))
    assert evaluate(model.trees(), np.empty((0, 3))).shape == (0,)
    assert model.score(np.empty((0, 3))).shape == (0,)
    none = replace(model.trees(), starts=np.zeros(1, np.int64))
    assert (evaluate(none, values) == none.constant).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [("left", 0), ("left", 10_000), ("right", 0), ("column", 3), ("column", -1), ("value", np.inf)],
)
def test_trees_that_point_outside_themselves_are_told(field, value):
    model, _ = learned(DecisionTreeClassifier(max_depth=3, random_state=0))
    trees = model.trees()
    array = getattr(trees, field).copy()
    array[-1 if field == "value" else 0] = value
    assert check_trees(trees, columns=3)
    assert not check_trees(replace(trees, **{field: array}), columns=3)
