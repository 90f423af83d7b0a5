"""The same places filled in another way: by hand, and over all draws of a lottery."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from algo_audit.explain.places import (
    Filling,
    dates_of,
    drawn,
    gain_of,
    good_share,
    numbers_of,
    places_alike,
    ranked,
)


def filling_of(make_decisions, taken, pool=None):
    decisions = make_decisions([0] * len(taken), protected={"sexe": ["F"] * len(taken)}, pool=pool)
    return Filling.of(np.asarray(taken, np.int8), decisions)


def test_ranked_by_hand(make_decisions):
    taken = [1, 1, 0, 0, 1, 0, 0, 0]
    pool = list("aaaabbbb")
    filling = filling_of(make_decisions, taken, pool)
    by = np.array([1.0, 5.0, 5.0, 5.0, np.nan, 2.0, 2.0, 1.0])
    # pool a: two places for three fives; pool b: one place for two twos, the blank last
    assert ranked(filling, by) == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3, 0, 0.5, 0.5, 0])
    assert drawn(filling) == pytest.approx([0.5] * 4 + [0.25] * 4)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), pools=st.integers(0, 4))
def test_every_way_fills_as_many_places_of_each_pool(make_decisions, seed, pools):
    draw = np.random.default_rng(seed)
    n = int(draw.integers(1, 40))
    pool = draw.integers(0, pools, n) if pools else None
    filling = filling_of(make_decisions, draw.integers(0, 2, n), pool)
    by = draw.integers(0, 4, n).astype(float)
    by[draw.random(n) < 0.2] = np.nan
    for chance in (drawn(filling), ranked(filling, by)):
        filled = np.bincount(filling.pool, weights=chance, minlength=len(filling.places))
        assert filled == pytest.approx(filling.places)
        assert ((chance >= 0) & (chance <= 1)).all()
    best = ranked(filling, by)
    for one, other in combinations(range(n), 2):
        if filling.pool[one] == filling.pool[other] and by[one] > by[other]:
            assert best[one] >= best[other]


def test_a_lottery_over_all_its_draws(make_decisions):
    """Two pools small enough to enumerate: mean and spread of the places that stay the same."""
    taken = np.array([1, 1, 0, 0, 0, 1, 0, 0])
    pool = list("aaaaabbb")
    filling = filling_of(make_decisions, taken, pool)
    same = [
        taken[[*first, *second]].sum() / 3
        for first in combinations(range(5), 2)
        for second in combinations(range(5, 8), 1)
    ]
    made = places_alike(filling, drawn(filling), lottery=True, confidence=0.95)
    assert made.value == pytest.approx(np.mean(same))
    assert made.high - made.value == pytest.approx(1.959964 * np.std(same), rel=1e-5)
    assert (made.low, made.n, made.method) == (0.0, 3, "hypergeometric")


def test_places_that_go_to_the_same_people(make_decisions):
    filling = filling_of(make_decisions, [1] * 12 + [0] * 8)
    by = np.arange(20.0)[::-1]
    by[:3] = -1.0
    made = places_alike(filling, ranked(filling, by), lottery=False, confidence=0.95)
    assert made.value == pytest.approx(9 / 12)
    low, high = proportion_confint(9, 12, method="wilson")
    assert (made.low, made.high) == pytest.approx((low, high), abs=0.06)
    assert made.n == 12
    nobody = filling_of(make_decisions, [0] * 5)
    missing = places_alike(nobody, np.zeros(5), lottery=False, confidence=0.95)
    assert (missing.value, missing.missing_reason) == (None, "nobody_chosen")


def test_share_of_good_labels_by_hand():
    chance = np.array([1.0, 1.0, 0.5, 0.5, 0.0, 1.0])
    label = np.array([1, 0, 1, 1, 1, -1], np.int8)
    made = good_share(chance, label, confidence=0.95)
    assert made.value == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert made.n == 3
    none = good_share(chance, np.full(6, -1, np.int8), confidence=0.95)
    assert none.missing_reason == "no_label"
    assert good_share(np.zeros(6), label, confidence=0.95).missing_reason == "nobody_chosen"


def test_gain_by_hand_and_over_many_files(make_decisions):
    """Covers the truth in about 95 of 100 files, and equals the plain difference."""
    draw = np.random.default_rng(0)
    n, covered, runs = 300, 0, 400
    for _ in range(runs):
        score, other = draw.normal(size=(2, n))
        chance_good = 1 / (1 + np.exp(-score))
        label = (draw.random(n) < chance_good).astype(np.int8)
        filling = filling_of(make_decisions, (score > 0.8).astype(int))
        by_other = ranked(filling, other)
        made = gain_of(filling, by_other, label, confidence=0.95)
        ours, theirs = filling.taken == 1, by_other == 1
        assert made.value == pytest.approx(label[ours].mean() - label[theirs].mean())
        assert made.n == (ours != theirs).sum()
        truth = chance_good[ours].mean() - chance_good[theirs].mean()
        covered += made.low <= truth <= made.high
    assert 0.93 < covered / runs <= 1.0


def test_the_same_people_gain_nothing(make_decisions):
    filling = filling_of(make_decisions, [1, 1, 0, 0])
    label = np.array([1, 0, 1, 0], np.int8)
    made = gain_of(filling, np.array([1.0, 1, 0, 0]), label, confidence=0.95)
    assert (made.value, made.n) == (0.0, 0)
    unknown = gain_of(filling, filling.taken, np.full(4, -1, np.int8), confidence=0.95)
    assert unknown.missing_reason == "no_label"


def test_columns_of_a_french_file(make_decisions):
    decisions = make_decisions(
        [0, 1, 0, 1], protected={"sexe": list("FFHH")},
        inputs={
            "anciennete": ["1,5", "n/a", "12", ""],
            "depot": ["03/02/2024", "", "15/01/2024", "non renseigné"],
            "texte": ["a", "b", "c", "d"],
        },
    )  # fmt: skip
    made = numbers_of(decisions, "anciennete")
    assert made[[0, 2]] == pytest.approx([1.5, 12])
    assert np.isnan(made[[1, 3]]).all()
    days = dates_of(decisions, "depot")
    assert days[0] - days[2] == 19
    assert np.isnan(days[[1, 3]]).all()
    assert dates_of(decisions, "texte") is None
    assert numbers_of(decisions, None) is None
    assert dates_of(decisions, "ailleurs") is None
