"""Coalitions: asked in full, or sampled with a true error."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.explain.brute_force import by_definition

from algo_audit.explain.coalitions import (
    coalition_worth,
    exact_contributions,
    kernel_weight,
    sample_coalitions,
    sampled_contributions,
)


@settings(max_examples=60, deadline=None)
@given(players=st.integers(2, 14), coalitions=st.integers(2, 300), seed=st.integers(0, 99))
def test_the_sample_is_made_of_distinct_pairs(players, coalitions, seed):
    made = sample_coalitions(players, coalitions, seed=seed)
    assert (made.weights > 0).all()
    seen = {mask.tobytes() for mask in made.masks} | {mask.tobytes() for mask in ~made.masks}
    assert len(seen) == 2 * len(made.masks)
    sizes = np.minimum(made.masks.sum(axis=1), players - made.masks.sum(axis=1))
    # every size weighs in total what all of it would weigh; what is not drawn is there whole
    for size in np.unique(sizes):
        own = sizes == size
        all_pairs = comb(players, size) / (2 if 2 * size == players else 1)
        assert (own.sum() == all_pairs) == (not made.drawn[own].any())
        wanted = all_pairs * kernel_weight(players, int(size))
        assert made.weights[own].sum() == pytest.approx(wanted)
    all_of_them = 2 ** (players - 1) - 1
    assert len(made.masks) == min(max(players, coalitions // 2), all_of_them)


def test_coalitions_of_blanks_and_zeros_are_asked_once():
    """Rows alike in what is taken from them cost one call; -0 is 0, a blank a blank."""
    calls = []

    def ask(rows):
        calls.append(len(rows))
        return np.nan_to_num(rows, nan=5.0).sum(axis=1)

    values = np.array([[0.0, 1.0], [-0.0, 1.0], [np.nan, 2.0], [np.nan, 3.0]])
    background = np.array([[np.nan, 4.0], [np.nan, 4.0], [1.0, 6.0]])
    worth = coalition_worth(ask, values, background, np.array([[True, False]]))
    # two values of the first input, two of the second in the background
    assert sum(calls) == 4
    assert worth[:, 0] == pytest.approx([14 / 3, 14 / 3, 5 + 14 / 3, 5 + 14 / 3])


def test_many_rows_do_not_change_the_answer(monkeypatch):
    import algo_audit.explain.coalitions as module

    draw = np.random.default_rng(0)
    values, background = draw.normal(size=(30, 4)), draw.normal(size=(17, 4))

    def ask(rows):
        return np.exp(rows[:, 0] * rows[:, 1]) + rows[:, 2] * rows[:, 3]

    players = [(0,), (1,), (2,), (3,)]
    whole = exact_contributions(ask, values, background, players)
    monkeypatch.setattr(module, "_CALL", 50)
    parts = exact_contributions(ask, values, background, players)
    assert np.abs(whole - parts).max() < 1e-12
    wanted = np.stack([by_definition(ask, row, background) for row in values[:5]])
    assert np.abs(whole[:5] - wanted).max() < 1e-10


def three_way(rows):
    return rows[:, 0] * rows[:, 1] * rows[:, 2] + np.maximum(rows[:, 3], rows[:, 4]) * rows[:, 5]


def test_all_coalitions_sampled_is_exact():
    draw = np.random.default_rng(2)
    values, background = draw.normal(size=(4, 6)), draw.normal(size=(20, 6))
    players = [(one,) for one in range(6)]
    made, error = sampled_contributions(three_way, values, background, players, coalitions=62)
    wanted = np.stack([by_definition(three_way, row, background) for row in values])
    assert np.abs(made - wanted).max() < 1e-9
    assert (error == 0).all()


def test_the_error_told_is_the_error_made():
    """Over many seeds: unbiased, and its spread is what the standard error says."""
    draw = np.random.default_rng(2)
    values, background = draw.normal(size=(3, 10)), draw.normal(size=(15, 10))
    players = [(one,) for one in range(10)]
    exact = exact_contributions(three_way, values, background, players)
    found, told = [], []
    for seed in range(60):
        made, error = sampled_contributions(
            three_way, values, background, players, coalitions=80, seed=seed
        )
        assert made.sum(axis=1) == pytest.approx(exact.sum(axis=1))
        found.append(made)
        told.append(error)
    missed = np.stack(found) - exact
    spread = np.sqrt((missed**2).mean(axis=0))
    # of the squared error, what is left of the mean over 60 seeds: 1/60 of it were it unbiased
    assert (missed.mean(axis=0) ** 2).mean() < 0.05 * (spread**2).mean()
    ratio = np.sqrt((np.stack(told) ** 2).mean()) / np.sqrt((spread**2).mean())
    assert 0.8 < ratio < 1.6


def test_one_player_takes_it_all():
    values, background = np.array([[3.0, 4.0]]), np.array([[1.0, 1.0], [3.0, 1.0]])
    made, error = sampled_contributions(lambda r: r.sum(axis=1), values, background, [(0, 1)])
    assert (made.tolist(), error.tolist()) == ([[4.0]], [[0.0]])
