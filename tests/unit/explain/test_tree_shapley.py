"""Exact Shapley values of trees: against the definition, in every way that they are worked out."""

from __future__ import annotations

from dataclasses import replace

import lightgbm
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from tests.unit.explain.brute_force import by_definition
from tests.unit.models.test_trees import hard_rows

from algo_audit.explain.tree_paths import paths_of
from algo_audit.explain.tree_shapley import tree_shapley
from algo_audit.explain.tree_tables import leaf_tables, shares
from algo_audit.models.inputs import Input
from algo_audit.models.sklearn_model import model_from_estimator
from algo_audit.models.trees import Trees, evaluate

COLUMNS = 8
WAYS = {
    "plain": {"compiled": False, "tables": True},
    "compiled": {"compiled": True, "tables": True},
    "walked": {"tables": False},
}


def people(*, blanks: bool, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Eight columns: ties, values between two float32, two categories."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(600, COLUMNS))
    values[:, 1] = draw.integers(0, 5, 600)
    values[:, 2] = 0.1 * draw.integers(0, 9, 600) + 1e-9 * draw.integers(0, 3, 600)
    values[:, 6], values[:, 7] = draw.integers(0, 6, 600), draw.integers(0, 12, 600)
    wanted = values[:, 0] * (values[:, 1] - 2) + 0.5 * values[:, 3] * values[:, 4]
    wanted += np.isin(values[:, 6], (1, 4)) + (values[:, 7] % 3) - 1 + draw.normal(size=600)
    if blanks:
        hidden = draw.random(values.shape) < 0.1
        hidden[:, 6:] = False
        values[hidden] = np.nan
    return pd.DataFrame(values, columns=list("abcdefgh")), (wanted > 0.5).astype(int)


def fitted(kind: str):
    """A model on the eight columns, and its people."""
    table, outcome = people(blanks=kind not in {"extra", "gradient"})
    boosted = {"max_iter": 12, "min_samples_leaf": 5, "random_state": 0}
    made = {
        "boosting": HistGradientBoostingClassifier(**boosted),
        "categorical": HistGradientBoostingClassifier(**boosted, categorical_features=[6, 7]),
        "forest": RandomForestClassifier(12, max_depth=6, random_state=0),
        "deep": RandomForestClassifier(4, random_state=0),
        "extra": ExtraTreesClassifier(12, max_depth=6, random_state=0),
        "gradient": GradientBoostingClassifier(n_estimators=12, random_state=0),
        "lightgbm": lightgbm.LGBMClassifier(n_estimators=12, verbose=-1, n_jobs=1),
        "lightgbm_sets": lightgbm.LGBMClassifier(
            n_estimators=12, verbose=-1, n_jobs=1, min_data_per_group=5, cat_smooth=1
        ),
    }[kind]
    if kind == "lightgbm_sets":
        table = table.astype({"g": "category", "h": "category"})
    made.fit(table, outcome)
    inputs = [Input(name, "number") for name in table.columns]
    values = table.astype(float).to_numpy()
    if kind == "lightgbm_sets":
        return model_from_estimator(made, name=kind), values
    return model_from_estimator(made, inputs, name=kind), values


KINDS = ("boosting", "categorical", "forest", "deep", "extra", "gradient", "lightgbm",
         "lightgbm_sets")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_equal_to_the_definition_in_every_way(kind):
    model, values = fitted(kind)
    trees = model.trees()
    encoded = model.encode(values)
    hard = hard_rows(trees, encoded[:1])
    rows = np.vstack([encoded[:2], hard[np.linspace(1, len(hard) - 1, 4).astype(int)]])
    if kind not in {"extra", "gradient"}:
        rows = np.vstack([rows, np.full((1, COLUMNS), np.nan)])
    background = np.vstack([encoded[100:120], rows[3:4]])
    wanted = np.stack(
        [by_definition(lambda r: evaluate(trees, r), row, background) for row in rows]
    )
    player = np.arange(COLUMNS, dtype=np.int32)
    for name, way in WAYS.items():
        made = tree_shapley(trees, rows, background, player=player, players=COLUMNS, **way)
        assert np.abs(made - wanted).max() < 1e-10, name


@pytest.mark.parametrize("kind", ["categorical", "forest", "lightgbm"])
def test_players_who_own_several_columns(kind):
    model, values = fitted(kind)
    trees = model.trees()
    encoded = model.encode(values)
    owned = [(0, 3, 7), (1,), (2, 4), (5, 6)]
    player = np.zeros(COLUMNS, np.int32)
    for place, own in enumerate(owned):
        player[list(own)] = place
    rows, background = encoded[:4], encoded[50:80]
    wanted = [by_definition(lambda r: evaluate(trees, r), row, background, owned) for row in rows]
    for way in WAYS.values():
        made = tree_shapley(trees, rows, background, player=player, players=4, **way)
        assert np.abs(made - np.stack(wanted)).max() < 1e-10


def test_the_three_ways_and_blocks_of_any_size_agree(monkeypatch):
    """Many rows, lots of trees small enough to be several: the same as one row at a time."""
    import algo_audit.explain.tree_shapley as module

    model, values = fitted("categorical")
    trees, encoded = model.trees(), model.encode(values)
    asked = {"player": np.arange(COLUMNS, dtype=np.int32), "players": COLUMNS}
    rows, background = encoded[:300], encoded[300:]
    one_by_one = np.vstack([
        tree_shapley(trees, row[None], background, **asked, **WAYS["walked"]) for row in rows[:20]
    ])  # fmt: skip
    for cells in (1 << 22, 5000):
        monkeypatch.setattr(module, "_TABLE_CELLS", cells)
        monkeypatch.setattr(module, "_PATTERN_CELLS", cells)
        for way in WAYS.values():
            made = tree_shapley(trees, rows, background, **asked, **way)
            assert np.abs(made[:20] - one_by_one).max() < 1e-12
            gained = evaluate(trees, rows) - evaluate(trees, background).mean()
            assert np.abs(made.sum(axis=1) - gained).max() < 1e-12


def test_trees_with_too_many_players_on_a_path_are_walked():
    """16 questions in a row, each of another column: no table is that large."""
    depth = 16
    nodes = 2 * depth + 1
    inner = np.arange(0, nodes - 1, 2)
    left, right = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    column = np.full(nodes, -1, np.int32)
    left[inner], right[inner] = inner + 1, inner + 2
    column[inner] = np.arange(depth)
    trees = Trees(
        starts=np.array([0, nodes]), left=left, right=right, column=column,
        threshold=np.zeros(nodes), blank_left=np.zeros(nodes, bool),
        categories=np.full(nodes, -1, np.int32), left_categories=np.zeros((0, 0), bool),
        value=np.where(left < 0, np.arange(nodes, dtype=float), 0.0),
        owner=np.arange(depth, dtype=np.int32), constant=0.0,
    )  # fmt: skip
    draw = np.random.default_rng(0)
    rows, background = draw.normal(0.5, 1, (5, depth)), draw.normal(0.5, 1, (40, depth))
    made = tree_shapley(
        trees, rows, background, player=np.arange(depth, dtype=np.int32), players=depth
    )
    gained = evaluate(trees, rows) - evaluate(trees, background).mean()
    assert np.abs(made.sum(axis=1) - gained).max() < 1e-12
    # two halves as players: small enough for the definition
    halves = [tuple(range(8)), tuple(range(8, 16))]
    player = np.repeat(np.arange(2, dtype=np.int32), 8)
    both = tree_shapley(trees, rows, background, player=player, players=2)
    wanted = [by_definition(lambda r: evaluate(trees, r), row, background, halves) for row in rows]
    assert np.abs(both - np.stack(wanted)).max() < 1e-12


def test_a_stump_by_hand():
    """One question, 1 to the left and 5 to the right; a third of the background goes left."""
    stump = Trees(
        starts=np.array([0, 3]),
        left=np.array([1, -1, -1], np.int32),
        right=np.array([2, -1, -1], np.int32),
        column=np.array([0, -1, -1], np.int32),
        threshold=np.array([2.0, 0, 0]),
        blank_left=np.array([True, False, False]),
        categories=np.full(3, -1, np.int32),
        left_categories=np.zeros((0, 0), bool),
        value=np.array([0.0, 1.0, 5.0]),
        owner=np.array([0, 1], np.int32),
        constant=10.0,
    )
    rows = np.array([[2.0, 7.0], [2.5, 7.0], [np.nan, 0.0]])
    background = np.array([[1.0, 0], [3.0, 0], [4.0, 0]])
    player = np.arange(2, dtype=np.int32)
    for way in WAYS.values():
        made = tree_shapley(stump, rows, background, player=player, players=2, **way)
        # the background's mean is 11/3
        assert made[:, 0] == pytest.approx([1 - 11 / 3, 5 - 11 / 3, 1 - 11 / 3])
        assert (made[:, 1] == 0).all()
    leaf_only = replace(
        stump, starts=np.array([0, 1]), **{
            name: getattr(stump, name)[1:2]
            for name in ("left", "right", "column", "threshold", "blank_left", "categories", "value")
        },
    )  # fmt: skip
    assert (tree_shapley(leaf_only, rows, background, player=player, players=2) == 0).all()


def test_paths_know_their_players_once():
    model, _ = fitted("deep")
    trees = model.trees()
    player = np.array([0, 0, 1, 1, 2, 2, 3, 3], np.int32)
    paths = paths_of(trees, player)
    parent = np.full(len(trees.left), -1)
    inner = np.flatnonzero(trees.left >= 0)
    parent[trees.left[inner]] = parent[trees.right[inner]] = inner
    for node in np.random.default_rng(0).choice(len(parent), 50, replace=False):
        asked, above, depth = [], parent[node], 0
        while above >= 0:
            asked.insert(0, int(player[trees.column[above]]))
            above, depth = parent[above], depth + 1
        known = list(dict.fromkeys(asked))
        assert paths.depth[node] == depth
        assert paths.players[node, : paths.count[node]].tolist() == known


def test_shares_of_one_winning_coalition():
    """Weights of the game won by having all of a and none of b (known closed form)."""
    gains, losses = shares(3)
    assert gains[1, 0] == 1
    assert losses[0, 1] == 1
    assert gains[2, 1] == pytest.approx(1 / 6)  # 1! 1! / 3!
    assert losses[2, 1] == pytest.approx(1 / 3)  # 2! 0! / 3!
    for a in range(1, 4):
        for b in range(1, 4):
            # what the a gain less what the b lose: the game is worth 1 with all a alone, 0 with all
            assert a * gains[a, b] - b * losses[a, b] == pytest.approx(0)


@settings(max_examples=40, deadline=None)
@given(players=st.integers(1, 5), seed=st.integers(0, 10_000))
def test_leaf_tables_follow_the_game(players, seed):
    """Every pattern against the definition of the game that one leaf is."""
    draw = np.random.default_rng(seed)
    counts = draw.integers(0, 4, 1 << players).astype(float)
    if not counts.sum():
        counts[0] = 1
    table = leaf_tables(counts[None], np.array([3.0 / counts.sum()]))[0]
    patterns = np.arange(1 << players)
    fails = (patterns[:, None] >> np.arange(players) & 1).astype(bool)
    others = np.repeat(fails, counts.astype(int), axis=0).astype(float)
    for pattern in patterns:
        wanted = by_definition(
            lambda rows: 3.0 * (rows == 0).all(axis=1), fails[pattern].astype(float), others
        )
        assert np.abs(table[:, pattern] - wanted).max() < 1e-12
