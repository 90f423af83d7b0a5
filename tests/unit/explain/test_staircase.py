"""Where the gap is born: steps that sum to it, worked out by hand, with pools, advice and ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from algo_audit.data.limits import read_limits
from algo_audit.data.rule import Rule
from algo_audit.explain.staircase import ACTORS, clear_steps, staircases

LIMITS = read_limits()


def with_advice(decisions, column="conseil"):
    return replace(decisions, roles=replace(decisions.roles, advice=column, favourable="oui"))


def built(scores, rule, decisions, references=None):
    return staircases(
        np.asarray(scores, dtype=float), rule, decisions,
        references=references or {"sexe": "H"}, limits=LIMITS,
    )  # fmt: skip


def values_of(staircase):
    return {step.key: step.value.value for step in staircase.steps}


def test_a_staircase_by_hand(make_decisions):
    """Two pools of ten. Pool 1: 5 women, 5 men, 6 places; pool 2: 5 women, 5 men, 2 places.

    The model's scores are 1 for those it wants (the women of pool 1 with the men of pool 2) and 0
    else, so that the straight line is the model's own decision; a human then swaps.
    """
    pool = np.repeat(["p1", "p2"], 10)
    sex = np.tile(np.repeat(["F", "H"], 5), 2)
    scores = np.zeros(20)
    scores[[0, 1, 2, 3, 5, 6]] = 1  # pool 1: 4 women and 2 men
    scores[[15, 16]] = 1  # pool 2: 2 men
    logged = scores.astype(np.int8).copy()
    logged[0], logged[7] = 0, 1  # a woman out, a man in
    decisions = make_decisions(logged, protected={"sexe": sex}, pool=pool)
    (made,) = built(scores, Rule("top_k", None), decisions)
    # as many of each sex in each pool: pools bring nothing
    assert values_of(made) == pytest.approx(
        {"pools": 0.0, "score": 4 / 10 - 4 / 10, "cut_off": 0.0, "humans": 3 / 10 - 5 / 10}
    )
    assert made.raw.value == pytest.approx(-0.2)
    assert [step.key for step in made.steps] == ["pools", "score", "cut_off", "humans"]
    assert all(step.actor == ACTORS[step.key] for step in made.steps)
    assert (made.n, made.n_reference) == (10, 10)


def test_who_applies_where_is_the_first_step(make_decisions):
    """Women in the crowded pool, everyone drawn alike: all of the gap is between pools."""
    pool = np.repeat(["full", "free"], 40)
    sex = np.r_[np.repeat(["F", "H"], [30, 10]), np.repeat(["F", "H"], [10, 30])]
    logged = np.zeros(80, np.int8)
    logged[[0, 1, 2, 30]] = 1  # 4 of 40, one woman in ten and one man in ten
    logged[np.r_[40:45, 50:65]] = 1  # 20 of 40, one of two of each
    decisions = make_decisions(logged, protected={"sexe": sex}, pool=pool)
    (made,) = built(logged + 0.0, Rule("top_k", None), decisions)
    steps = values_of(made)
    assert steps["pools"] == pytest.approx((30 * 0.1 + 10 * 0.5) / 40 - (10 * 0.1 + 30 * 0.5) / 40)
    assert made.raw.value == pytest.approx(steps["pools"])
    assert [steps[key] for key in ("score", "cut_off", "humans")] == pytest.approx([0, 0, 0])


def test_the_line_of_the_score_by_hand(make_decisions):
    """One pool, four scores: least squares of 0 0 1 1 on 0 1 2 3 has slope 0.4."""
    scores = np.tile([0.0, 1.0, 2.0, 3.0], 10)
    sex = np.where(np.arange(40) % 4 % 2 == 0, "F", "H")  # women have 0 and 2, men 1 and 3
    decisions = make_decisions((scores >= 2).astype(np.int8), protected={"sexe": sex})
    (made,) = built(scores, Rule("threshold", 2.0), decisions)
    assert values_of(made) == pytest.approx({"score": -0.4, "cut_off": 0.4, "humans": 0.0})
    assert made.raw.value == pytest.approx(0.0)


def test_advice_parts_the_system_from_the_people(make_decisions):
    n = 40
    sex = np.repeat(["F", "H"], 20)
    scores = np.tile(np.r_[np.ones(10), np.zeros(10)], 2)
    advice = scores.copy()
    advice[:4] = 0  # the system as it runs drops four women whom the model would take
    logged = advice.copy()
    logged[4:6] = 0  # and people drop two more
    logged[39] = 1
    decisions = with_advice(
        make_decisions(
            logged.astype(np.int8), protected={"sexe": sex},
            inputs={"conseil": np.where(advice == 1, "oui", "non")},
        )
    )  # fmt: skip
    (made,) = built(scores, Rule("threshold", 1.0), decisions)
    assert values_of(made) == pytest.approx(
        {"score": 0.0, "cut_off": 0.0, "system": -4 / 20, "humans": -2 / 20 - 1 / 20}
    )
    # advice that is the model's own decision is no step of its own
    same = with_advice(
        make_decisions(
            logged.astype(np.int8), protected={"sexe": sex},
            inputs={"conseil": np.where(scores == 1, "oui", "non")},
        )
    )  # fmt: skip
    (made,) = built(scores, Rule("threshold", 1.0), same)
    assert "system" not in values_of(made)
    assert sum(values_of(made).values()) == pytest.approx(made.raw.value)
    assert n == made.n + made.n_reference


def test_ties_are_settled_as_logged(make_decisions):
    """Ten equal scores, five places: whoever was logged is the model's choice too."""
    sex = np.tile(["F", "H"], 10)
    pool = np.repeat(["a", "b"], 10)
    logged = np.zeros(20, np.int8)
    logged[[1, 3, 5, 7, 9, 11, 13, 15]] = 1  # men only, five in one pool and three in the other
    decisions = make_decisions(logged, protected={"sexe": sex}, pool=pool)
    (made,) = built(np.ones(20), Rule("top_k", None), decisions)
    steps = values_of(made)
    assert steps["humans"] == 0.0
    assert steps["cut_off"] == pytest.approx(-8 / 10)
    assert steps["score"] == 0.0


def test_intervals_are_those_of_the_means(make_decisions):
    draw = np.random.default_rng(0)
    scores = draw.normal(size=200)
    sex = draw.choice(["F", "H"], 200)
    logged = (scores + draw.normal(size=200) > 0).astype(np.int8)
    decisions = make_decisions(logged, protected={"sexe": sex})
    (made,) = built(scores, Rule("threshold", 0.0), decisions)
    human = made.steps[-1].value
    change = logged - (scores >= 0)
    theirs = stats.ttest_ind(
        change[sex == "F"], change[sex == "H"], equal_var=False
    ).confidence_interval(0.95)
    assert (human.low, human.high) == pytest.approx((theirs.low, theirs.high))
    assert human.method == "welch_t"
    assert clear_steps(made) == tuple(
        sorted(
            (s.key for s in made.steps if s.value.low > 0 or s.value.high < 0),
            key=lambda key: -abs(values_of(made)[key]),
        )
    )


def test_pools_are_clusters_where_there_are_enough(make_decisions):
    draw = np.random.default_rng(1)
    n = 400
    for pools, method in ((LIMITS.clusters.permutation_below, "cluster_t"), (5, "welch_t")):
        pool = np.arange(n) % pools
        decisions = make_decisions(
            draw.integers(0, 2, n), protected={"sexe": draw.choice(["F", "H"], n)}, pool=pool
        )
        (made,) = built(draw.normal(size=n), Rule("top_k", 3), decisions)
        assert {step.value.method for step in made.steps} == {method}


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), pools=st.integers(0, 6), weighted=st.booleans(),
    clusters=st.booleans(), kind=st.sampled_from(["top_k", "places", "threshold"]),
    advised=st.booleans(),
)  # fmt: skip
def test_steps_sum_to_the_gap_whatever_the_file(
    make_decisions, seed, pools, weighted, clusters, kind, advised
):
    """Blank scores, rows without pool, advice not known, weights, ties: exact all the same."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(30, 120))
    scores = draw.integers(0, 6, n).astype(float)
    scores[draw.random(n) < 0.1] = np.nan
    pool = None
    if pools:
        pool = draw.integers(0, pools, n).astype(object)
        pool[draw.random(n) < 0.1] = None
        pool[0] = 0
    words = draw.choice(["oui", "non", ""], n, p=[0.4, 0.5, 0.1])
    decisions = make_decisions(
        draw.integers(0, 2, n), protected={"sexe": draw.choice(["F", "H"], n)}, pool=pool,
        weight=draw.uniform(0.5, 3, n) if weighted else None,
        cluster=draw.integers(0, 15, n) if clusters else None,
        inputs={"conseil": words},
    )  # fmt: skip
    if advised:
        decisions = with_advice(decisions)
    rule = {
        "top_k": Rule("top_k", 3), "places": Rule("top_k", None), "threshold": Rule("threshold", 3),
    }[kind]  # fmt: skip
    for one in built(scores, rule, decisions):
        steps = values_of(one)
        assert sum(steps.values()) == pytest.approx(one.raw.value, abs=1e-12)
        assert list(steps) == [key for key in ACTORS if key in steps]
        assert ("pools" in steps) == (pool is not None)
        codes = decisions.protected["sexe"].codes
        rates = [
            np.average(decisions.outcome[codes == code], weights=None if not weighted
                       else decisions.weight[codes == code])
            for code in (0, 1)
        ]  # fmt: skip
        assert one.raw.value == pytest.approx(rates[0] - rates[1])


def test_small_groups_and_missing_references_are_left_out(make_decisions):
    sex = np.array(["F"] * 20 + ["H"] * 20 + ["X"] * 3)
    decisions = make_decisions(np.arange(43) % 2, protected={"sexe": sex})
    found = built(np.arange(43.0), Rule("threshold", 20.0), decisions)
    assert [one.group for one in found] == ["F"]
    assert built(np.arange(43.0), Rule("threshold", 20.0), decisions, {"sexe": "Z"}) == ()
    assert built(np.arange(43.0), Rule("threshold", 20.0), decisions, {"sexe": "X"}) == ()
