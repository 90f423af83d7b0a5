"""The primary family, and everything else as exploration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy, Question
from algo_audit.fairness.evidence import CountEvidence
from algo_audit.fairness.flipping import FlipQuestion, flip_count
from algo_audit.fairness.lottery import lottery_mirror
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import (
    exploratory_questions,
    explore,
    judge_questions,
    run_questions,
)

LIMITS = read_limits()


def one(n, events, **extra):
    labels = tuple(f"g{i}" for i in range(len(n)))
    return CountTable.from_counts(
        np.array(n), np.array(events), axes={"a": labels}, protected=("a",), **extra
    )


def within(n, events, *, pool=None, names=("a", "site")):
    n, events = np.array(n), np.array(events)
    axes = {
        names[0]: tuple(f"g{i}" for i in range(n.shape[0])),
        names[1]: tuple(f"s{i}" for i in range(n.shape[1])),
    }
    return CountTable.from_counts(n, events, axes=axes, protected=(names[0],), pool=pool)


def rows_of(table, policy=None):
    result = run_questions(table, policy or Policy(), LIMITS)
    return {row.group: row for row in result.comparisons}


def test_small_groups_are_neither_compared_nor_the_reference():
    rows = rows_of(one([100, 100, 4, 12], [30, 20, 4, 12]))
    # g2 has 4 people; g3, with 12, is compared but is too small to be the reference
    assert set(rows) == {"g1", "g3"}
    assert {row.reference for row in rows.values()} == {"g0"}
    assert rows["g3"].verdict == "gap_established"
    assert rows["g3"].shortfall.value < 0


def test_without_a_large_group_the_largest_is_the_reference():
    rows = rows_of(one([19, 10, 12], [2, 5, 6]))
    assert {row.reference for row in rows.values()} == {"g0"}


def test_a_named_reference_is_kept_though_another_is_more_favoured():
    rows = rows_of(one([100, 100, 100], [30, 20, 10]), Policy(reference={"a": "g1"}))
    assert set(rows) == {"g0", "g2"}
    assert rows["g0"].ratio.value == pytest.approx(1.5)


def test_nothing_to_compare_is_said():
    result = run_questions(one([100, 3, 2], [30, 1, 0]), Policy(), LIMITS)
    assert [(r.group, r.reference, r.verdict, r.missing_reason) for r in result.comparisons] == [
        ("g1", "g0", "not_shown", "too_few_people"),
        ("g2", "g0", "not_shown", "too_few_people"),
    ]
    assert result.tests[0].missing_reason == "too_few_people"
    assert result.comparisons[0].value == pytest.approx(1 / 3)


def test_one_group_alone_has_no_row():
    result = run_questions(one([100], [30]), Policy(), LIMITS)
    assert result.comparisons == ()
    assert result.tests[0].p_value is None


def test_a_named_reference_that_is_too_small_cannot_be_compared_with():
    result = run_questions(one([100, 3, 50], [30, 1, 9]), Policy(reference={"a": "g1"}), LIMITS)
    assert {(row.reference, row.missing_reason) for row in result.comparisons} == {
        ("g1", "too_few_people")
    }


def test_decisions_all_alike_show_nothing():
    rows = rows_of(one([40, 50], [40, 50]))
    assert (rows["g0"].verdict, rows["g0"].missing_reason) == ("not_shown", "nothing_varies")
    assert rows["g0"].p_adjusted is None


def test_margins_too_thin_show_nothing_and_leave_the_family():
    # 2 favourable decisions among 12 and 60: no table reaches 5 %... except both in g0: 0.026;
    # among 30 and 30 none does
    table = CountTable.from_counts(
        np.array([[15, 15], [15, 15]]),
        np.array([[1, 1], [0, 0]]),
        axes={"a": ("x", "y"), "b": ("p", "q")},
        protected=("a", "b"),
    )
    result = run_questions(table, Policy(), LIMITS)
    assert {row.missing_reason for row in result.comparisons} == {"margins"}
    assert {test.missing_reason for test in result.tests} == {"margins"}


def test_the_verdict_follows_the_corrected_p_value():
    # each p is 0.036 alone; three such questions together establish nothing
    n = np.full((2, 2, 2), 100)
    events = np.zeros((2, 2, 2), dtype=int)
    for cell in np.ndindex(2, 2, 2):
        events[cell] = 40 - 5 * sum(cell)
    axes = dict.fromkeys("abc", ("x", "y"))
    table = CountTable.from_counts(n, events, axes=axes, protected=("a", "b", "c"))
    rows = run_questions(table, Policy(), LIMITS).comparisons
    alone = run_questions(table, Policy(primary=(Question(("a",)),)), LIMITS).comparisons
    fisher = scipy.stats.fisher_exact([[120, 280], [140, 260]]).pvalue
    assert [row.p_value for row in rows] == pytest.approx([fisher] * 3)
    assert [row.p_adjusted for row in rows] == pytest.approx([3 * fisher] * 3)
    assert alone[0].p_adjusted == pytest.approx(fisher)


def test_intervals_that_exclude_no_gap_are_marked_when_nothing_is_established():
    (row,) = run_questions(one([100, 100], [30, 18]), Policy(), LIMITS).comparisons
    assert row.p_value == pytest.approx(scipy.stats.fisher_exact([[30, 70], [18, 82]]).pvalue)
    assert row.verdict == "inconclusive"
    assert row.interval_disagrees == (row.difference.high < 0 or row.ratio.high < 1)


def test_an_ordered_family_passes_on():
    n, events = np.full((2, 2), 200), np.array([[90, 60], [80, 50]])
    axes = {"a": ("x", "y"), "b": ("p", "q")}
    table = CountTable.from_counts(n, events, axes=axes, protected=("a", "b"))
    asked = (Question(("b",)), Question(("a",)))
    rows = run_questions(table, Policy(primary=asked, primary_ordered=True), LIMITS).comparisons
    assert [row.attribute for row in rows] == ["b", "a"]
    assert rows[0].p_adjusted == pytest.approx(rows[0].p_value)
    assert rows[1].p_adjusted == pytest.approx(max(rows[0].p_value, rows[1].p_value))


def test_pools_judge_inside_and_leave_the_raw_row_without_verdict():
    # everyone is chosen at the pool's rate; the raw rates differ widely
    n = [[10, 90], [90, 10]]
    table = within(n, [[5, 9], [45, 1]], pool="vacancy", names=("a", "vacancy"))
    raw, inside = run_questions(table, Policy(reference={"a": "g1"}), LIMITS).comparisons
    assert (raw.stratum, inside.stratum) == (None, "vacancy")
    assert (raw.verdict, raw.p_value, raw.p_adjusted, raw.test) == (None, None, None, None)
    assert raw.missing_reason == "verdict_within_pools"
    assert raw.ratio.value == pytest.approx(0.14 / 0.46)
    assert inside.ratio.value == pytest.approx(1.0)
    assert inside.difference.value == pytest.approx(0.0)
    assert inside.shortfall.value == pytest.approx(0.0)
    assert inside.p_value == pytest.approx(1.0)
    assert {raw.family, inside.family} == {"primary"}


def test_a_stratum_is_crossed_with_the_pool():
    n = np.full((2, 2, 2), 20)
    table = CountTable.from_counts(
        n,
        n // 4,
        axes={"a": ("x", "y"), "job": ("p", "q"), "vacancy": ("u", "v")},
        protected=("a",),
        pool="vacancy",
    )
    policy = Policy(primary=(Question(("a",), "job"),))
    rows = run_questions(table, policy, LIMITS).comparisons
    assert [row.stratum for row in rows] == ["job", "job*vacancy"]


def test_the_crossing_of_attributes_can_be_asked():
    n, events = np.full((2, 2), 100), np.array([[40, 30], [30, 10]])
    axes = {"sex": ("F", "M"), "age": ("<30", "50+")}
    table = CountTable.from_counts(n, events, axes=axes, protected=("sex", "age"))
    policy = Policy(primary=(Question(("sex", "age")),), reference={"sex × age": "M × <30"})
    rows = {row.group: row for row in run_questions(table, policy, LIMITS).comparisons}
    assert set(rows) == {"F × <30", "F × 50+", "M × 50+"}
    assert {row.reference for row in rows.values()} == {"M × <30"}
    assert {row.attribute for row in rows.values()} == {"sex × age"}


def full_table(rows=600, seed=1, label=None):
    rng = np.random.default_rng(seed)
    columns = {
        name: Column(name, rng.integers(0, k, rows).astype(np.int32), tuple("uvwxyz"[:k]))
        for name, k in (("a", 2), ("b", 3), ("c", 2), ("site", 2))
    }
    outcome = rng.integers(0, 2, rows).astype(np.int8)
    known = rng.integers(0, 2, rows).astype(np.int8)
    if label == "selected":
        known = np.where(outcome == 1, known, -1).astype(np.int8)
    return CountTable.from_columns(
        columns,
        outcome,
        protected=("a", "b", "c"),
        strata=("site",),
        label=known,
        score=rng.normal(size=rows),
    )


def test_everything_else_is_explored():
    table = full_table()
    rows = explore(table, Policy(), LIMITS)
    assert {row.family for row in rows} == {"exploratory"}
    assert {row.attribute for row in rows} == {
        "a", "b", "c", "a × b", "a × c", "b × c", "a × b × c"
    }  # fmt: skip
    assert {row.measure for row in rows} == set(MEASURES)
    assert {row.stratum for row in rows} == {None, "site"}
    # what was asked beforehand is not asked again
    assert not [
        row
        for row in rows
        if row.attribute == "a"
        and row.measure == "selection_rate"
        and row.stratum is None
        and row.reference is not None
    ]
    # each of three groups or more with all others together
    alone = [row for row in rows if row.reference is None]
    assert {row.attribute for row in alone} == {"b", "a × b", "a × c", "b × c", "a × b × c"}
    assert {row.measure for row in alone} == {"selection_rate"}
    one_row = next(row for row in alone if row.attribute == "b" and row.group == "u")
    assert one_row.n + one_row.n_reference == 600
    assert not {row.verdict for row in rows} & {"gap_established", "small_gap_established"}


def test_leads_are_found_and_corrected_over_all_exploration():
    table = full_table()
    events = np.zeros(len(table.n), dtype=bool)
    shifted = replace(table, n=table.n.copy())
    member = (table.codes["a"] == 0) & (table.codes["b"] == 1)
    shifted.n[member & (table.sub[:, 0] == 1)] *= 8
    rows = explore(shifted, Policy(), LIMITS)
    leads = {(r.attribute, r.group) for r in rows if r.verdict == "lead"}
    assert ("a × b", "u × v") in {(a, g) for a, g in leads} or ("a × b", "v × u") in leads
    judged = [r for r in rows if r.p_adjusted is not None]
    assert all(r.p_adjusted < 0.05 for r in judged if r.verdict == "lead")
    assert all(r.p_adjusted >= 0.05 for r in judged if r.verdict != "lead")
    assert not events.any()


def test_error_rates_are_not_shown_when_labels_are_known_for_those_selected_only():
    rows = explore(full_table(label="selected"), Policy(), LIMITS)
    missing = {r.measure for r in rows if r.missing_reason == "labels_only_for_selected"}
    assert missing == {key for key, one in MEASURES.items() if one.both_decisions}
    assert {"true_positive_rate", "accuracy"} <= missing
    assert all(r.value is None for r in rows if r.measure in missing)
    assert {r.measure for r in rows if r.value is not None} == {
        "selection_rate",
        "precision",
        "share_above_median",
    }


def test_a_stratum_is_not_looked_at_within_itself():
    n = np.full((2, 2), 50)
    table = CountTable.from_counts(
        n, n // 2, axes={"a": ("x", "y"), "b": ("p", "q")}, protected=("a", "b")
    )
    table = replace(table, strata=("b",))
    questions = exploratory_questions(table, LIMITS)
    assert [(a, s) for a, s, _ in questions if s == "b"] == [(("a",), "b")]


def test_for_a_measure_where_high_is_worse_the_reference_has_the_lowest():
    sample_n, sample_events = [100, 100], [40, 20]
    evidence = CountEvidence(one(sample_n, sample_events), LIMITS, seed=1)
    low = evidence.sample(("a",), None, MEASURES["selection_rate"])
    high = replace(low, measure=MEASURES["false_negative_rate"])
    assert low.groups[evidence.question(low, None).reference] == "g0"
    test = evidence.question(high, None)
    assert high.groups[test.groups[test.reference]] == "g1"


@pytest.mark.parametrize(
    ("n", "events"),
    [([60, 60], [30, 12]), ([60, 60], [30, 24]), ([900, 900, 500], [450, 440, 180])],
)
def test_flip_counts_are_the_smallest_by_trying_every_number(n, events):
    rows = rows_of(one(n, events))
    limits = LIMITS
    for group, row in rows.items():
        place = int(group[1:])
        reference = int(row.reference[1:])
        changed = []
        for k in range(1, row.flip_count + 2):
            for sign in (1, -1):
                moved = list(events)
                moved[place] += sign * k
                if not 0 <= moved[place] <= n[place]:
                    continue
                policy = Policy(reference={"a": f"g{reference}"}) if len(n) == 2 else Policy()
                after = rows_of_without_flips(one(n, moved), policy, limits)
                if group in after and after[group].verdict not in (row.verdict, "not_shown"):
                    changed.append(k)
        assert min(changed) == row.flip_count


def rows_of_without_flips(table, policy, limits):
    result = run_questions(table, policy, limits, flips=False)
    return {row.group: row for row in result.comparisons}


def test_a_flip_inside_a_pool_is_a_swap():
    n = [[20] * 6, [20] * 6]
    events = [[3] * 6, [7] * 6]
    table = within(n, events, pool="vacancy", names=("a", "vacancy"))
    _, row = run_questions(table, Policy(), LIMITS).comparisons
    assert row.verdict == "gap_established"
    swapped = np.array(events)
    for k in range(row.flip_count):
        swapped[:, k % 6] += [1, -1]
    after = within(n, swapped, pool="vacancy", names=("a", "vacancy"))
    assert run_questions(after, Policy(), LIMITS).comparisons[1].verdict != "gap_established"
    swapped[:, (row.flip_count - 1) % 6] -= [1, -1]
    before = within(n, swapped, pool="vacancy", names=("a", "vacancy"))
    assert run_questions(before, Policy(), LIMITS).comparisons[1].verdict == "gap_established"


def test_what_is_not_shown_has_no_flip_count():
    rows = rows_of(one([30, 30], [1, 1]))
    assert (rows["g1"].verdict, rows["g1"].flip_count) == ("not_shown", None)


def test_no_number_of_decisions_may_change_a_verdict():
    # the group is so small that whatever is decided stays inconclusive
    evidence = CountEvidence(one([400, 5], [40, 0]), LIMITS, seed=1)
    asked, _ = judge_questions(evidence.table, Policy(margin=0.01), LIMITS)
    question = FlipQuestion(
        asked[0].sample, asked[0].test, asked[0].steps, True, lambda steps: (1.0,), pooled=False
    )
    found = flip_count(
        question, 1, "inconclusive", evidence=evidence, policy=Policy(margin=0.8), limits=LIMITS
    )
    assert found is None


def test_the_lottery_takes_the_pools():
    n = [[10, 90], [90, 10]]
    table = within(n, [[5, 9], [45, 1]], pool="vacancy", names=("a", "vacancy"))
    mirror = lottery_mirror(table, ("a",), policy=Policy(), limits=LIMITS)
    assert mirror.stratum == "vacancy"
    assert mirror.observed_ratio == pytest.approx(1.0)
    assert mirror.share_as_wide == pytest.approx(1.0)


def test_the_lottery_of_a_named_reference_is_not_one_sided():
    table = one([200, 200], [40, 40])
    mirror = lottery_mirror(table, ("a",), policy=Policy(reference={"a": "g1"}), limits=LIMITS)
    assert mirror.mean_ratio == pytest.approx(1.0, abs=0.05)
    assert mirror.edges[-1] > 1.2
    assert sum(mirror.counts) == mirror.draws


@pytest.mark.parametrize(("n", "events"), [([100], [10]), ([100, 3], [10, 1]), ([50, 50], [0, 0])])
def test_no_lottery_without_a_gap_to_draw(n, events):
    assert lottery_mirror(one(n, events), ("a",), policy=Policy(), limits=LIMITS) is None


def test_what_this_sample_could_show_is_asked_at_the_corrected_level():
    alone = rows_of(one([300, 300], [90, 80]))["g1"]
    among = rows_of(one([300, 300, 300], [90, 80, 85]))["g1"]
    assert among.smallest_detectable_ratio < alone.smallest_detectable_ratio < 1
