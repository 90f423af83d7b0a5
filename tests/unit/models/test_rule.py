"""From scores to decisions: thresholds, places, ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algo_audit.errors import AuditError
from algo_audit.models.rule import Rule, decide


def test_a_threshold_is_enough():
    made = decide(Rule("threshold", 70), np.array([69.9, 70.0, np.nan, 95.0]))
    assert made.decision.tolist() == [0, 1, 0, 1]
    assert made.cut_off.tolist() == [70.0] * 4
    assert not made.tied.any()


def test_places_as_logged_and_a_tie_that_the_score_leaves_open():
    scores = np.array([5.0, 9.0, 5.0, 5.0, 1.0, 3.0, np.nan, 8.0])
    pool = np.array([0, 0, 0, 0, 0, 1, 1, -1], dtype=np.int32)
    taken = np.array([0, 1, 0, 1, 0, 0, 0, 1], dtype=np.int8)
    made = decide(Rule("top_k"), scores, pool=pool, taken=taken)
    # two places in pool 0: the nine, then the five that stands first; pool 1 had none
    assert made.decision.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    assert made.tied.tolist() == [True, False, True, True, False, False, False, False]
    assert made.cut_off[:5].tolist() == [5.0] * 5
    assert np.isnan(made.cut_off[5:]).all()


def test_equal_scores_that_all_fit_are_no_tie():
    made = decide(Rule("top_k", 2), np.array([4.0, 4.0, 1.0]))
    assert made.decision.tolist() == [1, 1, 0]
    assert not made.tied.any()


@pytest.mark.parametrize(
    ("rule", "code"),
    [(Rule("top_k"), "model.places_unknown"), (Rule("threshold"), "model.threshold_unknown")],
)
def test_a_rule_that_says_too_little(rule, code):
    with pytest.raises(AuditError) as caught:
        decide(rule, np.array([1.0]))
    assert caught.value.code == code


def test_no_rows():
    made = decide(Rule("top_k", 3), np.empty(0), pool=np.empty(0, dtype=np.int32))
    assert len(made.decision) == len(made.cut_off) == len(made.tied) == 0


@st.composite
def contests(draw):
    rows = draw(st.integers(1, 40))
    scores = draw(
        hnp.arrays(np.float64, rows, elements=st.sampled_from([1.0, 2.0, 3.0, 4.5, np.nan]))
    )
    pool = draw(hnp.arrays(np.int32, rows, elements=st.integers(-1, 4)))
    taken = draw(hnp.arrays(np.int8, rows, elements=st.integers(0, 1)))
    return scores, pool, taken, draw(st.one_of(st.none(), st.integers(1, 6)))


@given(contests())
@settings(max_examples=150, deadline=None)
def test_exactly_the_places_are_filled_by_the_best(contest):
    scores, pool, taken, value = contest
    made = decide(Rule("top_k", value), scores, pool=pool, taken=taken)
    assert not made.decision[(pool < 0) | np.isnan(scores)].any()
    for one in range(5):
        here = np.flatnonzero((pool == one) & ~np.isnan(scores))
        places = int(taken[pool == one].sum()) if value is None else value
        chosen = made.decision[here] == 1
        assert chosen.sum() == min(places, len(here))
        if chosen.any():
            cut = scores[here][chosen].min()
            assert (made.cut_off[here] == cut).all()
            assert (scores[here][~chosen] <= cut).all()
            # among equals, who stands first
            equal = scores[here] == cut
            assert list(chosen[equal]) == sorted(chosen[equal], reverse=True)
            assert (made.tied[here] == (equal & (~chosen[equal]).any())).all()
        else:
            assert np.isnan(made.cut_off[here]).all()
            assert not made.tied[here].any()
