"""What makes a gap: parts that sum to it, against the definition, with pools and ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from tests.unit.explain.brute_force import by_definition

from algo_audit.data.limits import read_limits
from algo_audit.explain.contributions import ROUNDING, Player
from algo_audit.explain.decision_shares import (
    People,
    additive_shares,
    asked_shares,
    needed_scores,
    sampled_shares,
)
from algo_audit.explain.gap import POOLS, decompose_gaps
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Rule, decide
from algo_audit.models.scoring_grid import read_grid
from algo_audit.models.sklearn_model import model_from_estimator

LIMITS = read_limits()
INPUTS = tuple(Input(name, "number") for name in "abcd")
EACH = tuple(Player(one.name, (place,)) for place, one in enumerate(INPUTS))

GRID = """schema = "algo-audit/grid-1"
{extra}
[[criteria]]
input = "a"
per_unit = {{ points = 3 }}
[[criteria]]
input = "b"
per_unit = {{ points = 2 }}
[[criteria]]
input = "c"
per_unit = {{ points = -1.5 }}
[[criteria]]
input = "d"
per_unit = {{ points = 0.5 }}
"""


def grid(tmp_path, extra=""):
    path = tmp_path / "made.grid.toml"
    path.write_text(GRID.format(extra=extra), encoding="utf-8")
    return read_grid(path)


def file_of(make_decisions, n=140, seed=0, **more):
    """Whole numbers, so that scores tie; the groups differ in the first input."""
    draw = np.random.default_rng(seed)
    values = draw.integers(0, 6, (n, 4)).astype(float)
    sex = draw.choice(["F", "H"], n)
    values[sex == "H", 0] += draw.integers(0, 3, (sex == "H").sum())
    outcome = (values[:, 0] + values[:, 1] > 6).astype(np.int8)
    decisions = make_decisions(outcome, protected={"sexe": sex}, **more)
    return decisions, InputRows(INPUTS, values)


def reached(function, row, needed):
    """Chance of being taken, as a game for ``by_definition``."""
    return lambda rows: (function(rows) >= needed).astype(float)


def tangled(rows):
    return rows[:, 0] * rows[:, 1] - rows[:, 2] * (rows[:, 3] > 2) + 0.25 * rows[:, 3]


def people_of(values, function, pool=None, k=20):
    scores = function(values)
    decided = decide(Rule("top_k", k), scores, pool=pool)
    needed = needed_scores(scores, decided.cut_off, decided.decision)
    return People(values, scores, needed, decided.decision), decided


def test_shares_of_decisions_equal_the_definition():
    draw = np.random.default_rng(1)
    values = draw.integers(0, 5, (60, 4)).astype(float)
    people, decided = next(
        made for k in range(10, 30) if (made := people_of(values, tangled, k=k))[1].tied.any()
    )
    scores, decisions = asked_shares(tangled, people, values, np.arange(4))
    for person in range(0, 60, 7):
        game = reached(tangled, values[person], people.needed[person])
        wanted = by_definition(game, values[person], values)
        assert np.abs(decisions.values[person] - wanted).max() < 1e-10
        wanted = by_definition(tangled, values[person], values)
        assert np.abs(scores.values[person] - wanted).max() < 1e-10
    total = decisions.empty + decisions.values.sum(axis=1)
    assert total == pytest.approx(decided.decision, abs=1e-12)


def test_points_are_looked_up_as_they_would_be_asked(tmp_path):
    model = grid(tmp_path)
    draw = np.random.default_rng(2)
    values = draw.integers(0, 5, (80, 4)).astype(float)
    pool = np.repeat([0, 1], 40)
    people = next(
        made[0]
        for k in range(5, 30)
        if (made := people_of(values, model.score, pool=pool, k=k))[1].tied.any()
    )
    quick = additive_shares(people, model.points(values), model.points(values))
    _, asked = asked_shares(model.score, people, values, np.arange(4))
    assert np.abs(quick.values - asked.values).max() < 1e-12
    assert np.abs(quick.empty - asked.empty).max() < 1e-12


def test_random_orders_are_near_and_sum_exactly():
    draw = np.random.default_rng(3)
    values = draw.normal(size=(400, 4))
    people, decided = people_of(values, tangled, k=100)
    exact = asked_shares(tangled, people, values[:100], np.arange(4))
    sampled = sampled_shares(tangled, people, values[:100], np.arange(4), rows=60_000, seed=1)
    for one, two, total in zip(exact, sampled, (people.scores, decided.decision), strict=True):
        assert two.empty + two.values.sum(axis=1) == pytest.approx(total, abs=1e-9)
        # group means are what gaps are made from: they are close
        for half in (slice(0, 200), slice(200, 400)):
            missed = one.values[half].mean(axis=0) - two.values[half].mean(axis=0)
            assert np.abs(missed).max() < 0.05 * one.values.std(axis=0).max()


def test_who_lost_a_tie_needed_more_and_no_place_is_never_reached():
    scores = np.array([5.0, 3.0, 3.0, 1.0, 9.0])
    cut_off = np.array([3.0, 3.0, 3.0, 3.0, np.nan])
    needed = needed_scores(scores, cut_off, np.array([1, 1, 0, 0, 0], np.int8))
    assert ((scores >= needed) == [True, True, False, False, False]).all()
    assert needed[4] == np.inf


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("kind", ["grid", "rounded", "boosting", "opaque"])
def test_parts_sum_to_the_gap(make_decisions, tmp_path, kind, pooled):
    pool = np.arange(140) % 4 if pooled else None
    decisions, rows = file_of(make_decisions, pool=pool)
    if kind in {"grid", "rounded"}:
        model = grid(tmp_path, "round = 0" if kind == "rounded" else "")
    elif kind == "boosting":
        estimator = HistGradientBoostingClassifier(max_iter=20).fit(rows.values, decisions.outcome)
        model = model_from_estimator(estimator, INPUTS, name="made", matrix=True)
    else:
        model = CallableModel(tangled, INPUTS, takes="matrix")
    scores = model.score(rows.values)
    rule = Rule("top_k", 9) if pooled else Rule("threshold", float(np.median(scores)))
    decided = decide(rule, scores, pool=None if pool is None else pool.astype(np.int32))
    found = decompose_gaps(
        model, rows, decided, decisions, players=EACH, references={"sexe": "H"},
        limits=LIMITS, seed=1,
    )  # fmt: skip
    assert [(one.target, one.background) for one in found] == [
        ("score", "pooled"), ("score", "reference"),
        ("selection_rate", "pooled"), ("selection_rate", "reference"),
    ]  # fmt: skip
    group = decisions.protected["sexe"].codes == 0
    for one in found:
        total = scores if one.target == "score" else decided.decision
        gap = total[group].mean() - total[~group].mean()
        assert one.gap.value == pytest.approx(gap)
        assert sum(part.value.value for part in one.parts) == pytest.approx(gap, abs=1e-9)
        assert one.error < 1e-9 * max(1, np.abs(scores).max())
        assert (one.n, one.n_reference) == (group.sum(), (~group).sum())
        names = [part.criterion for part in one.parts]
        assert names[:4] == list("abcd")
        assert (ROUNDING in names) == (kind == "rounded")
        assert (POOLS in names) == (pooled and one.target == "selection_rate")
        assert one.method == "exact"
        for part in one.parts:
            assert part.value.low <= part.value.value <= part.value.high
    # the groups were made to differ in the first input
    if kind == "grid" and not pooled:
        for one in found:
            parts = {part.criterion: part.value.value for part in one.parts}
            assert min(parts, key=parts.get) == "a"


def test_a_gap_of_means_by_hand(make_decisions, tmp_path):
    """Points are 3a + 2b - 1.5c + d/2: each criterion carries its own difference of means."""
    model = grid(tmp_path)
    decisions, rows = file_of(make_decisions)
    (pooled, reference) = decompose_gaps(
        model, rows, None, decisions, players=EACH, references={"sexe": "H"},
        limits=LIMITS, seed=1,
    )  # fmt: skip
    group = decisions.protected["sexe"].codes == 0
    weights = np.array([3, 2, -1.5, 0.5])
    means = weights * (rows.values[group].mean(axis=0) - rows.values[~group].mean(axis=0))
    for one in (pooled, reference):
        assert [part.value.value for part in one.parts] == pytest.approx(means.tolist())
    assert not pooled.order_depends


def test_the_order_of_the_parts_may_depend_on_the_baseline(make_decisions):
    """A product: against women's own values one input matters, against men's the other."""

    def product(rows):
        return np.minimum(rows[:, 0], rows[:, 1]) + 0.001 * rows[:, 2]

    n = 100
    sex = np.repeat(["F", "H"], n)
    draw = np.random.default_rng(0)
    values = np.zeros((2 * n, 4))
    values[:n, 0], values[:n, 1] = 0, 10 + draw.random(n)
    values[n:, 0], values[n:, 1] = 10 + draw.random(n), 5
    decisions = make_decisions(np.arange(2 * n) % 2, protected={"sexe": sex})
    model = CallableModel(product, INPUTS, takes="matrix")
    found = decompose_gaps(
        model, InputRows(INPUTS, values), None, decisions, players=EACH,
        references={"sexe": "H"}, limits=LIMITS, seed=1,
    )  # fmt: skip
    firsts = [
        tuple(p.criterion for p in sorted(one.parts, key=lambda p: -abs(p.value.value)))[:3]
        for one in found
    ]
    assert [one.order_depends for one in found] == [firsts[0] != firsts[1]] * 2


def test_small_groups_unknowns_and_missing_references_are_left_out(make_decisions, tmp_path):
    model = grid(tmp_path)
    decisions, rows = file_of(make_decisions)
    words = np.array(["A"] * 50 + ["B"] * 70 + ["C"] * 4 + [None] * 16, dtype=object)
    more = make_decisions(decisions.outcome, protected={"sexe": ["F", "H"] * 70, "site": words})
    found = decompose_gaps(
        model, rows, None, more, players=EACH,
        references={"site": "B", "sexe": "X"}, limits=LIMITS, seed=1,
    )  # fmt: skip
    assert {(one.attribute, one.group, one.n) for one in found} == {("site", "A", 50)}
    assert decompose_gaps(
        model, rows, None, more, players=EACH, references={"site": "C"}, limits=LIMITS, seed=1,
    ) == ()  # fmt: skip


def test_crossings_weights_and_clusters(make_decisions, tmp_path):
    model = grid(tmp_path)
    draw = np.random.default_rng(8)
    weight = draw.uniform(0.5, 2, 140)
    cluster = draw.integers(0, 50, 140)
    base, rows = file_of(make_decisions)
    sex = np.array(["F", "H"])[base.protected["sexe"].codes]
    decisions = make_decisions(
        base.outcome, weight=weight, cluster=cluster,
        protected={"sexe": sex, "age": draw.choice(["jeune", "senior"], 140)},
    )  # fmt: skip
    scores = model.score(rows.values)
    decided = decide(Rule("threshold", float(np.median(scores))), scores)
    found = decompose_gaps(
        model, rows, decided, decisions, players=EACH,
        references={"sexe × age": "H × senior"}, limits=LIMITS, seed=1,
    )  # fmt: skip
    assert {one.group for one in found} == {"F × jeune", "F × senior", "H × jeune"}
    codes = decisions.protected["age"].codes
    for one in found:
        own = (sex == one.group[0]) & (codes == (0 if "jeune" in one.group else 1))
        base_rows = (sex == "H") & (codes == 1)
        total = scores if one.target == "score" else decided.decision
        gap = np.average(total[own], weights=weight[own]) - np.average(
            total[base_rows], weights=weight[base_rows]
        )
        assert one.gap.value == pytest.approx(gap)
        assert one.error < 1e-9 * np.abs(scores).max()
        assert one.gap.method == "cluster_t"


def test_an_opaque_model_with_many_people_is_asked_about_a_sample(make_decisions):
    decisions, rows = file_of(make_decisions, n=6000)
    scores = tangled(rows.values)
    decided = decide(Rule("threshold", 4.0), scores)
    explain = replace(LIMITS.explain, model_rows=6000, people_sampled=300)
    found = decompose_gaps(
        CallableModel(tangled, INPUTS, takes="matrix"), rows, decided, decisions, players=EACH,
        references={"sexe": "H"}, limits=replace(LIMITS, explain=explain), seed=1,
    )  # fmt: skip
    group = decisions.protected["sexe"].codes == 0
    whole = decompose_gaps(
        CallableModel(tangled, INPUTS, takes="matrix"), rows, decided, decisions, players=EACH,
        references={"sexe": "H"},
        limits=replace(LIMITS, explain=replace(LIMITS.explain, model_rows=10**9, background=50)),
        seed=1,
    )  # fmt: skip
    for one, exact in zip(found, whole, strict=True):
        assert (one.method, exact.method) == ("sampled", "exact")
        assert one.n < exact.n == group.sum()
        assert one.error < 1e-9 * np.abs(scores).max()
        # decisions are in proportion: the rates are those of the whole file
        if one.target == "selection_rate":
            assert one.gap.value == pytest.approx(exact.gap.value, abs=1e-9)
        for part, other in zip(one.parts, exact.parts, strict=True):
            reach = 2 * (part.value.high - part.value.low)
            assert abs(part.value.value - other.value.value) < reach


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shuffling_rows_changes_nothing(seed):
    """A property of the exact way: shares belong to people, not to places in the file."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(40, 4))
    order = draw.permutation(40)
    people, _ = people_of(values, tangled, k=12)
    moved, _ = people_of(values[order], tangled, k=12)
    one = asked_shares(tangled, people, values, np.arange(4))
    two = asked_shares(tangled, moved, values, np.arange(4))
    for a, b in zip(one, two, strict=True):
        assert np.abs(a.values[order] - b.values).max() < 1e-9
