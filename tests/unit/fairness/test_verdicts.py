"""First match wins."""

from __future__ import annotations

import pytest

from algo_audit.data.policy import Policy
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.verdicts import Gap, decide, interval_disagrees, within_margin


def verdict(family="primary", p=0.5, minimum=0.001, within=False):
    decision = decide(family=family, p_adjusted=p, pair_minimum=minimum, within=within, level=0.05)
    return decision.verdict, decision.missing_reason


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"p": 0.01}, "gap_established"),
        ({"p": 0.05}, "gap_established"),
        ({"p": 0.01, "within": True}, "small_gap_established"),
        ({"p": 0.2, "within": True}, "large_gap_excluded"),
        ({"p": 0.2}, "inconclusive"),
        ({"p": 0.01, "family": "exploratory"}, "lead"),
        ({"p": 0.01, "family": "exploratory", "within": True}, "lead"),
        ({"p": 0.05, "family": "exploratory"}, "inconclusive"),
        ({"p": 0.2, "family": "exploratory", "within": True}, "large_gap_excluded"),
    ],
)
def test_verdicts(arguments, expected):
    assert verdict(**arguments) == (expected, None)


@pytest.mark.parametrize("family", ["primary", "exploratory"])
@pytest.mark.parametrize("within", [True, False])
def test_margins_that_cannot_show_anything_come_first(family, within):
    shown = {"family": family, "within": within}
    assert verdict(p=0.01, minimum=0.06, **shown) == ("not_shown", "margins")
    assert verdict(p=None, **shown) == ("not_shown", "margins")
    assert verdict(p=0.01, minimum=1.0, **shown) == ("not_shown", "nothing_varies")


def gap(ratio, unfavourable, difference=(-0.2, 0.2)):
    def interval(limits):
        return None if limits is None else Interval(sum(limits) / 2, *limits)

    return Gap(0.5, 0.5, interval(difference), interval(ratio), interval(unfavourable))


@pytest.mark.parametrize(
    ("ratio", "unfavourable", "expected"),
    [
        ((0.85, 1.1), (0.9, 1.2), True),
        ((0.79, 1.1), (0.9, 1.2), False),
        ((0.85, 1.26), (0.9, 1.2), False),
        # 97 % against 94 % favourable: refusals double
        ((0.95, 1.0), (1.5, 2.4), False),
        (None, (0.9, 1.2), False),
        ((0.85, 1.1), None, False),
    ],
)
def test_both_ratios_must_lie_within_the_margin(ratio, unfavourable, expected):
    assert within_margin(gap(ratio, unfavourable), Policy()) is expected


def test_a_margin_in_points_is_enough():
    small = gap((0.5, 2.0), (0.9, 1.1), difference=(-0.01, 0.02))
    assert not within_margin(small, Policy())
    assert within_margin(small, Policy(margin_points=0.03))
    assert not within_margin(small, Policy(margin_points=0.02))


def test_the_parties_may_set_another_margin():
    assert within_margin(gap((0.95, 1.02), (0.95, 1.05)), Policy(margin=0.9))
    assert not within_margin(gap((0.85, 1.1), (0.95, 1.05)), Policy(margin=0.9))


@pytest.mark.parametrize(
    ("name", "difference", "ratio", "expected"),
    [
        ("inconclusive", (-0.2, -0.01), (0.6, 0.99), True),
        ("inconclusive", (-0.2, 0.01), (0.6, 1.1), False),
        ("gap_established", (-0.2, -0.01), (0.6, 0.99), False),
        ("gap_established", (-0.2, 0.01), (0.6, 0.99), True),
        ("lead", (-0.2, 0.01), (0.6, 1.1), True),
        ("not_shown", (-0.2, -0.01), (0.6, 0.99), True),
    ],
)
def test_an_interval_that_seems_to_say_otherwise_is_marked(name, difference, ratio, expected):
    limits = [Interval(0.0, *difference), Interval(0.8, *ratio)]
    assert interval_disagrees(name, *limits) is expected


def test_no_interval_disagrees_with_nothing():
    assert not interval_disagrees("inconclusive", None, None)
