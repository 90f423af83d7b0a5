"""Marks of the French equality index at each boundary of its tables, valid groups, coverage."""

from __future__ import annotations

import pytest

from algo_audit.data.policy import Policy
from algo_audit.fairness.french_index import (
    IndexCategory,
    equality_index,
    french_index,
    points_of,
)


@pytest.mark.parametrize(
    ("kind", "marks"),
    [("raise", (20, 10, 5, 0)), ("promotion", (15, 10, 5, 0)), ("both", (35, 25, 15, 0))],
)
def test_points_at_each_boundary(kind, marks):
    for low, high, expected in zip((0, 2.01, 5.01, 10.01), (2, 5, 10, 100), marks, strict=True):
        for gap in (low, high, -low, -high):
            assert points_of(gap, kind) == expected


def index(*categories, kind="promotion"):
    made = [IndexCategory(f"c{i}", *one) for i, one in enumerate(categories)]
    return equality_index(kind, made, attribute="sexe", category="CSP")


def test_categories_weigh_their_people():
    # women, men, women chosen, men chosen: gaps of 10 and 0 points, weights 200 and 100
    found = index((100, 100, 10, 20), (50, 50, 5, 5))
    assert (found.rule, found.valid, found.coverage) == ("categories", 2, 1.0)
    assert found.gap == pytest.approx(20 / 3)
    assert (found.points, found.points_most) == (5, 15)


def test_a_category_needs_ten_women_and_ten_men():
    assert IndexCategory("", 10, 10, 0, 0).valid
    assert not IndexCategory("", 9, 300, 0, 0).valid
    found = index((9, 100, 9, 0), (75, 75, 10, 10))
    assert (found.valid, found.gap, found.points) == (1, 0.0, 15)


@pytest.mark.parametrize(("small", "reason"), [(300, None), (301, "index_coverage")])
def test_valid_categories_cover_forty_percent(small, reason):
    # 200 people in the valid category; 5 women and the rest men in the other
    found = index((100, 100, 10, 10), (5, small - 5, 0, 0))
    assert found.missing_reason == reason
    assert (found.points is None) == (reason is not None)


def test_up_to_250_people_the_whole_firm_and_the_better_mark():
    # 20 women, 180 men: 10 % and 16 % chosen: 6 points, or 1.2 people
    found = index((20, 180, 2, 28.8))
    assert (found.rule, found.points_most) == ("firm", 35)
    assert found.gap == pytest.approx(6)
    assert found.gap_people == pytest.approx(1.2)
    assert found.points == 35  # 25 by points, 35 by people
    assert index((125, 125, 0, 10)).rule == "firm"
    assert index((125, 126, 0, 10)).rule == "categories"


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ((24, 25, 1, 1), "index_firm_small"),
        ((4, 46, 1, 1), "index_few_people"),
        ((5, 45, 1, 9), None),
    ],
)
def test_where_it_cannot_be_calculated(category, reason):
    assert index(category).missing_reason == reason


def test_a_file_gives_its_categories(make_decisions):
    sex = ["F", "H"] * 150
    level = ["cadre"] * 100 + ["employé"] * 200
    chosen = [int(i % 10 < 2) for i in range(300)]
    decisions = make_decisions(chosen, protected={"sexe": sex}, strata={"CSP": level})
    assert french_index(decisions, Policy()) is None
    found = french_index(decisions, Policy(french_index="promotion"))
    assert found is not None
    assert (found.attribute, found.category, found.people) == ("sexe", "CSP", 300)
    assert [(c.name, c.women, c.men_chosen) for c in found.categories] == [
        ("cadre", 50, 10),
        ("employé", 100, 20),
    ]
    assert (found.gap, found.points) == (0.0, 15)
