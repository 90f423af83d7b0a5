"""Count measures against scikit-learn, row by row."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column
from algo_audit.fairness.measures import (
    MEASURES,
    available_measures,
    events_and_n,
    labels_only_for_selected,
)
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue

RNG = np.random.default_rng(8)
OUTCOME = RNG.integers(0, 2, 300).astype(np.int8)
LABEL = RNG.integers(-1, 2, 300).astype(np.int8)
SCORE = np.where(RNG.random(300) < 0.1, np.nan, np.round(RNG.normal(size=300), 1))
GROUP = RNG.integers(0, 2, 300).astype(np.int32)


def counts(label=LABEL, score=SCORE, outcome=OUTCOME):
    table = CountTable.from_columns(
        {"g": Column("g", GROUP, ("a", "b"))}, outcome, protected=("g",), label=label, score=score
    )
    return table.counts(("g",))


def rate(key, group):
    events, n = events_and_n(counts(), MEASURES[key])
    return events[group, 0] / n[group, 0]


@pytest.mark.parametrize("group", [0, 1])
def test_against_scikit_learn(group):
    known = (group == GROUP) & (LABEL >= 0)
    truth, decision = LABEL[known], OUTCOME[known]
    expected = {
        "selection_rate": OUTCOME[group == GROUP].mean(),
        "true_positive_rate": recall_score(truth, decision),
        "true_negative_rate": recall_score(truth, decision, pos_label=0),
        "false_positive_rate": 1 - recall_score(truth, decision, pos_label=0),
        "false_negative_rate": 1 - recall_score(truth, decision),
        "precision": precision_score(truth, decision),
        "accuracy": accuracy_score(truth, decision),
        "share_above_median": np.mean(
            SCORE[(group == GROUP) & ~np.isnan(SCORE)] > np.nanmedian(SCORE)
        ),
    }
    assert set(expected) == set(MEASURES)
    for key, value in expected.items():
        assert rate(key, group) == pytest.approx(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_a_name(language):
    assert [key for key in MEASURES if not Catalogue(language).has(f"measure.{key}")] == []


def test_what_a_file_lacks_is_not_available():
    keys = [m.key for m in available_measures(counts(label=None, score=None))]
    assert keys == ["selection_rate"]
    assert [m.key for m in available_measures(counts(label=None))] == [
        "selection_rate",
        "share_above_median",
    ]


def test_labels_known_only_for_those_selected():
    selected = np.where(OUTCOME == 1, np.abs(LABEL), -1).astype(np.int8)
    assert labels_only_for_selected(counts(label=selected), unfavourable_share=0.02)
    assert not labels_only_for_selected(counts(), unfavourable_share=0.02)
    assert not labels_only_for_selected(counts(label=None), unfavourable_share=0.02)


def test_a_score_column_without_any_score():
    keys = [m.key for m in available_measures(counts(score=np.full(300, np.nan)))]
    assert "share_above_median" not in keys
