"""Comparing groups by a numeric outcome: verdicts, margin, sequence, people on several rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from algo_audit.data.decisions import Column
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy, Question
from algo_audit.fairness.amount_people import one_row_each, without_the_few
from algo_audit.fairness.amounts import audit_amounts

LIMITS = read_limits()


@pytest.fixture
def make_amounts(make_decisions):
    def make(amount, *, worse="low", kind="numeric", **given):
        made = make_decisions([0] * len(amount), **given)
        roles = replace(made.roles, worse=worse, outcome_kind=kind, favourable=None)
        return replace(made, roles=roles, amount=np.asarray(amount, dtype=float))

    return make


def pay(seed: int, gap: float, *, n: int = 80, spread: float = 100.0):
    rng = np.random.default_rng(seed)
    sex = ["F"] * n + ["M"] * n
    amount = np.concatenate([rng.normal(2000 - gap, spread, n), rng.normal(2000, spread, n)])
    return amount, sex


def row_of(result, measure="superiority", **asked):
    found = [
        row
        for row in result.comparisons
        if row.measure == measure and all(getattr(row, k) == v for k, v in asked.items())
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("gap", "margin", "verdict"),
    [
        (200, None, "gap_established"),
        (60, 300, "small_gap_established"),
        (0, 100, "large_gap_excluded"),
        (0, 10, "inconclusive"),
        (0, None, "inconclusive"),
    ],
)
def test_verdicts(make_amounts, gap, margin, verdict):
    amount, sex = pay(1, gap)
    decisions = make_amounts(amount, protected={"sex": sex})
    result = audit_amounts(decisions, Policy(margin_amount=margin, reference={"sex": "M"}), LIMITS)
    row = row_of(result)
    assert (row.group, row.reference, row.verdict) == ("F", "M", verdict)
    mean = row_of(result, "mean")
    assert mean.difference.value == pytest.approx(amount[:80].mean() - amount[80:].mean())
    assert mean.smallest_detectable_gap == pytest.approx(2.83 * 100 * np.sqrt(2 / 80), rel=0.15)


@pytest.mark.parametrize("worse", ["low", "high"])
def test_the_reference_is_the_group_with_the_better_mean(make_amounts, worse):
    amount, sex = pay(2, 200)
    result = audit_amounts(
        make_amounts(amount, worse=worse, protected={"sex": sex}), Policy(), LIMITS
    )
    assert row_of(result).reference == ("M" if worse == "low" else "F")


def test_holm_runs_over_every_pair_that_could_have_been_asked(make_amounts):
    rng = np.random.default_rng(3)
    amount = rng.normal(100, 10, 120)
    result = audit_amounts(
        make_amounts(amount, protected={"team": list("abcd") * 30}), Policy(), LIMITS
    )
    rows = [row for row in result.comparisons if row.measure == "superiority"]
    assert len(rows) == 3  # of the six pairs that were corrected for
    smallest = min(rows, key=lambda row: row.p_value)
    assert smallest.p_adjusted >= min(6 * smallest.p_value, 1) - 1e-12 or smallest.p_adjusted == 1


def test_a_sequence_stops_at_the_first_question_that_shows_nothing(make_amounts):
    amount, sex = pay(4, 200)
    site = ["x", "y"] * 80
    policy = Policy(primary=(Question(("site",)), Question(("sex",))), primary_ordered=True)
    decisions = make_amounts(amount, protected={"sex": sex, "site": site})
    row = row_of(audit_amounts(decisions, policy, LIMITS), attribute="sex")
    assert row.p_value < 1e-6
    assert row.verdict == "inconclusive"


def test_within_strata_a_gap_may_turn_round(make_amounts):
    rng = np.random.default_rng(5)
    grade = ["low"] * 100 + ["high"] * 100
    sex = ["F"] * 80 + ["M"] * 20 + ["F"] * 20 + ["M"] * 80
    amount = rng.normal(0, 10, 200) + np.where(np.array(grade) == "high", 300, 0)
    amount += np.where(np.array(sex) == "F", 15, 0)
    decisions = make_amounts(amount, protected={"sex": sex}, strata={"grade": grade})
    result = audit_amounts(decisions, Policy(), LIMITS)
    assert row_of(result, "mean", stratum=None).difference.high < 0
    assert row_of(result, "mean", stratum="grade").difference.low > 0
    assert row_of(result, stratum="grade").verdict == "lead"


def test_groups_of_a_few_are_counted_and_stand_in_no_figure(make_amounts):
    amount, sex = pay(6, 0)
    sex = [*sex[:-4], "X", "X", None, None]
    result = audit_amounts(make_amounts(amount, protected={"sex": sex}), Policy(), LIMITS)
    told = {(g.group, g.status): (g.n, g.mean) for g in result.amounts.groups}
    assert told["X", "small"] == (2, None)
    assert told[None, "unknown"] == (2, None)
    assert result.amounts.aside == 4
    assert {row.group for row in result.comparisons} < {"F", "M"}


def test_taking_a_few_out_goes_on_until_nobody_is_left_alone(make_amounts):
    # the three X are the whole of a team but two people: those two leave as well
    sex = ["F", "M"] * 10 + ["X"] * 3 + ["F"] * 2
    team = ["a"] * 20 + ["b"] * 5
    decisions = make_amounts(range(25), protected={"sex": sex, "team": team})
    assert len(without_the_few(decisions, LIMITS)) == 20


def test_people_on_several_rows_count_once(make_amounts):
    amount, sex = pay(7, 150, n=30)
    once = audit_amounts(make_amounts(amount, protected={"sex": sex}), Policy(), LIMITS)
    rng = np.random.default_rng(7)
    times = rng.integers(1, 5, 60)
    rows = np.repeat(np.arange(60), times)
    spread = amount[rows] + np.concatenate(
        [np.zeros(1) if k == 1 else np.append(rng.normal(0, 9, k - 1), 0) for k in times]
    )
    # the mean of each person's rows is kept
    frame = pd.DataFrame({"p": rows, "x": spread})
    spread += amount[rows] - frame.groupby("p").x.transform("mean").to_numpy()
    twice = make_amounts(
        spread, protected={"sex": [sex[i] for i in rows]}, cluster=[f"p{i}" for i in rows]
    )
    twice = replace(twice, source=replace(twice.source, rows_used=len(rows)))
    found = audit_amounts(twice, Policy(), LIMITS)
    assert found.amounts.averaged == 60
    for measure in ("superiority", "mean", "median"):
        one, other = row_of(once, measure), row_of(found, measure)
        assert (one.n, one.verdict) == (other.n, other.verdict)
        assert other.value == pytest.approx(one.value)
        if one.p_value is not None:
            assert other.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_people_who_change_their_group_get_no_verdict(make_amounts):
    shift = ["day", "night"] * 40
    decisions = make_amounts(
        range(80), protected={"shift": shift}, cluster=[f"p{i // 2}" for i in range(80)]
    )
    assert one_row_each(decisions, LIMITS) is decisions
    result = audit_amounts(decisions, Policy(), LIMITS)
    row = row_of(result)
    assert (row.verdict, row.missing_reason, row.p_value) == ("not_shown", "repeated_people", None)
    assert {g.people for g in result.amounts.groups} == {40}


def test_one_misspelt_row_leaves_a_person_in_the_group_of_the_others(make_amounts):
    cluster = [f"p{i // 3:02}" for i in range(90)]
    sex = ["FM"[(i // 3) % 2] for i in range(90)]
    sex[4] = "F"  # of p01, else M
    once = one_row_each(make_amounts(range(90), protected={"sex": sex}, cluster=cluster), LIMITS)
    column: Column = once.protected["sex"]
    assert [column.levels[c] for c in column.codes] == ["F", "M"] * 15


def test_ratings_are_compared_by_order(make_amounts):
    rng = np.random.default_rng(8)
    amount = np.concatenate([rng.integers(1, 5, 60), rng.integers(2, 6, 60)])
    decisions = make_amounts(amount, kind="ordered", protected={"sex": ["F"] * 60 + ["M"] * 60})
    result = audit_amounts(decisions, Policy(), LIMITS)
    stretched = replace(decisions, amount=np.asarray(amount, float) ** 3)
    again = audit_amounts(stretched, Policy(), LIMITS)
    assert result.amounts.kind == "ordered"
    assert row_of(result).p_value == row_of(again).p_value
    assert row_of(result, "median").difference is None
    assert row_of(result, "mean").difference is not None
