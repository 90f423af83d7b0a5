"""A Python function as a model: what it gets, and what it may not give back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input
from algo_audit.models.model import AdditiveModel, Model
from algo_audit.models.rule import Rule

INPUTS = (Input("marks", "number"), Input("site", "category", levels=("Arras", "Niort")))
ROWS = np.array([[12.0, 1.0], [8.5, 0.0], [np.nan, np.nan]])


def test_it_gets_a_table_in_the_words_of_the_file():
    seen: list[pd.DataFrame] = []

    def function(rows: pd.DataFrame) -> pd.Series:
        seen.append(rows)
        return rows["marks"].fillna(0) + (rows["site"] == "Niort")

    model = CallableModel(function, INPUTS, rule=Rule("threshold", 10))
    assert isinstance(model, Model)
    assert not isinstance(model, AdditiveModel)
    scores = model.score(ROWS)
    assert scores.tolist() == [13.0, 8.5, 0.0]
    assert seen[0]["site"].tolist()[:2] == ["Niort", "Arras"]
    assert seen[0]["site"].isna().tolist() == [False, False, True]
    assert model.decide(scores).decision.tolist() == [1, 0, 0]
    said = model.describe()
    assert (said.kind, said.family, said.sha256) == ("callable", "opaque", "")


def test_or_the_matrix():
    model = CallableModel(lambda rows: rows[:, :1] * 2, INPUTS, takes="matrix")
    assert model.score(ROWS[:2]).tolist() == [24.0, 17.0]
    assert model.score(ROWS[:0]).tolist() == []


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda rows: np.zeros((len(rows), 2)), "model.callable_shape"),
        (lambda rows: [1.0], "model.callable_shape"),
        (lambda rows: 3.0, "model.callable_shape"),
        (lambda rows: ["12"] * len(rows), "model.callable_not_numbers"),
        (lambda rows: np.array(["12"] * len(rows), dtype=object), "model.callable_not_numbers"),
        (lambda rows: ["good"] * len(rows), "model.callable_not_numbers"),
        (lambda rows: None, "model.callable_not_numbers"),
        (lambda rows: {"score": 1}, "model.callable_not_numbers"),
        (lambda rows: rows["marks"], "model.callable_missing"),
        (lambda rows: np.full(len(rows), np.inf), "model.callable_missing"),
    ],
)
def test_one_clear_fault(function, code):
    with pytest.raises(AuditError) as caught:
        CallableModel(function, INPUTS, name="note").score(ROWS)
    assert caught.value.code == code
    for language in LANGUAGES:
        (said,) = describe(caught.value, Catalogue(language), Formats(language))
        assert "note" in said
        assert code not in said


def test_a_fault_of_the_function_itself_is_left_as_it_is():
    with pytest.raises(KeyError):
        CallableModel(lambda rows: rows["mark"], INPUTS).score(ROWS)
