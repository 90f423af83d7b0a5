"""Step-down within a question, correction across questions."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.fairness.testing import (
    QuestionTest,
    Step,
    adjust_ordered,
    adjust_unordered,
    single_step,
    step_down,
)
from algo_audit.stats.score_resampling import MaxTest


def question(p_values, *, reference=0, minimum=0.0):
    """A question whose single-step p-values do not depend on the set of groups."""
    p_values = np.array([*p_values[:reference], 1.0, *p_values[reference:]])
    asked = []

    def single(subset):
        asked.append(tuple(int(i) for i in subset))
        p = p_values[subset]
        return MaxTest(p, -np.log(p), minimum, "permutation")

    groups = np.arange(10, 10 + len(p_values))
    return QuestionTest(groups, reference, single), asked


def step(p_value, minimum=0.0, group=0):
    return Step(group, p_value, 1.0, minimum, "fisher")


def test_the_widest_gap_comes_first_and_the_sets_shrink():
    test, asked = question([0.03, 0.001, 0.02])
    steps = step_down(test, level=0.05)
    assert [s.group for s in steps] == [12, 13, 11]
    assert [s.p_value for s in steps] == [0.001, 0.02, 0.03]
    assert asked == [(0, 1, 2, 3), (0, 1, 3), (0, 1)]


def test_p_values_never_fall_along_the_steps():
    seen = {(0, 1, 2): [1.0, 0.01, 0.04], (0, 2): [1.0, 0.002]}

    def single(subset):
        p = np.array(seen[tuple(int(i) for i in subset)])
        return MaxTest(p, -np.log(p), 0.0, "permutation")

    steps = step_down(QuestionTest(np.arange(3), 0, single), level=0.05)
    assert [s.p_value for s in steps] == [0.01, 0.01]


def test_nothing_is_claimed_after_a_failure():
    test, asked = question([0.2, 0.06, 0.9])
    steps = step_down(test, level=0.05)
    assert asked == [(0, 1, 2, 3)]
    assert [s.p_value for s in steps] == [0.06, 0.2, 0.9]


def test_a_search_can_stop_at_one_group():
    test, asked = question([0.03, 0.001, 0.02])
    assert [s.group for s in step_down(test, level=0.05, until=13)] == [12, 13]
    assert len(asked) == 2


def test_exploration_draws_once():
    test, asked = question([0.03, 0.001], reference=1)
    assert [(s.group, s.p_value) for s in single_step(test)] == [(10, 0.03), (12, 0.001)]
    assert asked == [(0, 1, 2)]


def test_one_group_per_question_is_holm():
    adjusted = adjust_unordered([[step(0.01)], [step(0.04)], [step(0.03)]], level=0.05)
    assert [v[0] for v in adjusted] == pytest.approx([0.03, 0.06, 0.06])


def test_a_question_counts_until_all_its_groups_are_claimed():
    open_question = [step(0.001), step(0.03)]
    other = [step(0.02)]
    adjusted = adjust_unordered([open_question, other], level=0.05)
    # 0.001 x 2, then 0.02 x 2 because the first question is still open, then 0.03 x 1
    assert adjusted[0] == pytest.approx((0.002, 0.04))
    assert adjusted[1] == pytest.approx((0.04,))


def test_questions_that_cannot_reach_the_level_leave_the_family():
    # Tarone (1990): the second could not reach 0.05 / 2, so the first is judged alone
    adjusted = adjust_unordered([[step(0.06)], [step(0.5, minimum=0.04)]], level=0.05)
    assert adjusted == ((0.06,), (None,))
    # once the first is established the second is judged at 0.05, which it could reach
    adjusted = adjust_unordered([[step(0.03)], [step(0.5, minimum=0.04)]], level=0.05)
    assert adjusted == ((0.03,), (0.5,))


def test_a_question_alone_that_cannot_reach_the_level_has_no_p_value():
    assert adjust_unordered([[step(0.2, minimum=0.2)]], level=0.05) == ((None,),)


def test_a_question_may_come_back_when_the_family_has_shrunk():
    first, second = [step(0.001)], [step(0.03, minimum=0.03)]
    # 0.03 is beyond 0.05 / 2, but once the first is established the level is 0.05
    assert adjust_unordered([first, second], level=0.05) == ((0.001,), (0.03,))


def test_corrected_p_values_stop_at_one():
    assert adjust_unordered([[step(0.7)], [step(0.8)]], level=0.05) == ((1.0,), (1.0,))


def test_a_fixed_sequence_passes_on_only_what_is_wholly_established():
    first, second = [step(0.01), step(0.2)], [step(0.001)]
    assert adjust_ordered([first, second], level=0.05) == ((0.01, 0.2), (0.2,))
    assert adjust_ordered([[step(0.01)], second], level=0.05) == ((0.01,), (0.01,))


def test_a_fixed_sequence_skips_what_cannot_be_shown():
    blocked = [step(0.9, minimum=0.3)]
    assert adjust_ordered([blocked, [step(0.01)]], level=0.05) == ((None,), (0.01,))
