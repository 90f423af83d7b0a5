"""Small cells and secondary suppression, against published and enumerated tables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.data.attacker import Target, bounds, repairs, weak_cells
from algo_audit.data.disclosure import Cells, GroupChoice, Rule, choose_groups, suppress


def two_way(table, chosen=None, *, hidden=()):
    """Cells of a table with its margins, all fixed but the inside; and where each inside cell is."""
    table = np.asarray(table)
    chosen = np.zeros_like(table) if chosen is None else np.asarray(chosen)
    rows, columns = table.shape
    place = np.arange(rows * columns).reshape(rows, columns)
    n, events = table.ravel().tolist(), chosen.ravel().tolist()
    relations = []
    for axis, size in ((1, rows), (0, columns)):
        for i in range(size):
            line = place[i] if axis == 1 else place[:, i]
            relations.append((len(n), tuple(line.tolist())))
            n.append(int(table.sum(axis=axis)[i]))
            events.append(int(chosen.sum(axis=axis)[i]))
    inside = np.arange(len(n)) < rows * columns
    cells = Cells(
        n=np.array(n),
        events=np.array(events),
        table=np.where(inside, 1, 0),
        printed=np.ones(len(n), dtype=bool),
        fixed=~inside,
        relations=tuple(relations),
    )
    marked = np.zeros(len(n), dtype=bool)
    marked[[place[cell] for cell in hidden]] = True
    return cells, marked, place


# Investment by activity (rows) and region (columns): Fischetti and Salazar (2001), figure 1.
INVESTMENT = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]


def test_bounds_of_the_published_table():
    cells, hidden, place = two_way(INVESTMENT, hidden=[(1, 0), (1, 2), (2, 0), (2, 2)])
    assert bounds(cells, hidden, int(place[1, 2]), "people") == pytest.approx((5, 30))


def test_one_hidden_cell_is_no_secret():
    cells, hidden, place = two_way(INVESTMENT, hidden=[(1, 2)])
    assert bounds(cells, hidden, int(place[1, 2]), "people") == pytest.approx((22, 22))


@given(
    table=st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=2),
    chosen=st.randoms(use_true_random=False),
)
def test_bounds_are_those_of_all_tables_with_the_same_margins(table, chosen):
    events = [[chosen.randint(0, n) for n in row] for row in table]
    cells, hidden, place = two_way(table, events, hidden=list(product(range(2), range(3))))
    rows, columns = np.sum(table, axis=1), np.sum(table, axis=0)
    found = []
    for a, b in product(range(10), repeat=2):
        first = np.array([a, b, rows[0] - a - b])
        if (first >= 0).all() and (columns - first >= 0).all():
            found.append(a)
    low, high = bounds(cells, hidden, int(place[0, 0]), "people")
    # decisions are told too, so that the reader knows at least as much as the margins say
    assert low >= min(found) - 1e-6
    assert high <= max(found) + 1e-6
    split = [
        bounds(cells, hidden, int(place[0, 0]), count) for count in ("favourable", "unfavourable")
    ]
    assert (low, high) == pytest.approx((split[0][0] + split[1][0], split[0][1] + split[1][1]))


def test_committee_rule_looks_at_people_only():
    n, events = np.array([0, 4, 5, 40]), np.array([0, 2, 0, 40])
    assert Rule(5).small(n, events).tolist() == [False, True, False, False]
    assert not Rule(5).enough(4, 2)
    assert Rule(5).enough(5, 0)


def test_public_rule_looks_at_both_decisions():
    n = np.array([9, 40, 40, 40, 0])
    events = np.array([5, 9, 31, 30, 0])
    assert Rule(10, decisions=True).small(n, events).tolist() == [True, True, True, False, False]
    assert not Rule(10, decisions=True).enough(40, 9)


def test_nothing_small_hides_nothing():
    assert choose_groups([50, 60], [5, 6], Rule(5)) == GroupChoice()


def test_few_unknowns_are_counted_in_with_the_largest_group():
    assert choose_groups([400, 600, 3], [40, 60, 1], Rule(5), unknown=2) == GroupChoice((2,), 1)


def test_a_tiny_group_is_counted_in_rather_than_costing_another_its_line():
    assert choose_groups([400, 600, 30, 3], [40, 60, 3, 0], Rule(5)) == GroupChoice((3,), 1)


def test_small_groups_that_are_enough_together_make_a_merged_line():
    assert choose_groups([400, 600, 4, 4], [40, 60, 1, 0], Rule(5)) == GroupChoice((2, 3))


def test_merged_small_groups_have_room_for_each_other():
    # 1 + 1 + 1 + 1 + 1 are 5 people in 5 listed groups: each would be known to be one person
    choice = choose_groups([1, 1, 1, 1, 1, 30, 45], [0] * 7, Rule(5))
    assert choice == GroupChoice((0, 1, 2, 3, 4, 5))


def test_public_group_with_few_favourable_takes_the_smallest_other_with_it():
    choice = choose_groups([100, 80, 900], [5, 30, 200], Rule(10, decisions=True))
    assert choice == GroupChoice((0, 1))


def test_two_groups_of_which_one_is_small_are_both_hidden():
    assert choose_groups([100, 200], [5, 60], Rule(10, decisions=True)) == GroupChoice((0, 1))


def test_secondary_suppression_closes_the_rectangle_with_the_smallest_cells():
    cells, _, place = two_way([[3, 40, 20], [50, 60, 30], [70, 80, 90]])
    hidden = suppress(cells, Rule(5))
    assert set(np.flatnonzero(hidden).tolist()) == {
        int(place[cell]) for cell in ((0, 0), (0, 2), (1, 0), (1, 2))
    }
    low, high = bounds(cells, hidden, int(place[0, 0]), "people")
    assert low <= 1
    assert high >= 5


def test_hidden_cells_that_sum_to_little_are_not_enough():
    # two cells of 2 in one row: the row would say that both are under 5
    cells, _, place = two_way([[2, 2, 50, 60], [40, 50, 60, 70]])
    hidden = suppress(cells, Rule(5))
    assert hidden[place[0]].sum() >= 3
    for column in (0, 1):
        assert bounds(cells, hidden, int(place[0, column]), "people")[1] >= 5 - 1e-6


def test_the_programme_mends_what_the_sums_alone_do_not_show():
    """Three rows and columns with two hidden cells each, yet one of them cannot move up."""
    cells, hidden, place = two_way(
        [[4, 0, 60], [0, 50, 70], [80, 90, 60]], hidden=[(0, 0), (0, 1), (1, 0), (1, 1)]
    )
    weak = weak_cells(cells, hidden, Rule(5))
    assert Target(int(place[0, 0]), "people", True, 1) in weak
    mended = repairs(cells, hidden, weak)
    assert mended.sum() > hidden.sum()
    assert bounds(cells, mended, int(place[0, 0]), "people")[1] >= 5 - 1e-6


def test_public_protects_decisions_as_well():
    table, chosen = [[30, 40, 50], [60, 70, 80]], [[3, 15, 20], [20, 30, 30]]
    cells, _, place = two_way(table, chosen)
    hidden = suppress(cells, Rule(10, decisions=True))
    assert hidden[place[0, 0]]
    low, high = bounds(cells, hidden, int(place[0, 0]), "favourable")
    assert low <= 1
    assert high >= 10
    assert not suppress(cells, Rule(5)).any()


def test_empty_cells_look_like_hidden_ones():
    cells, _, place = two_way([[3, 0, 20, 20], [50, 0, 30, 40]])
    assert suppress(cells, Rule(5))[place[:, 1]].all()


def test_a_number_never_printed_counts_as_hidden():
    # people of unknown level: not a line, and yet what is left of the row
    cells, _, place = two_way([[40, 50, 3], [60, 70, 4]])
    printed = cells.printed.copy()
    printed[place[:, 2]] = False
    cells = Cells(cells.n, cells.events, cells.table, printed, cells.fixed, cells.relations)
    hidden = suppress(cells, Rule(5))
    assert hidden[place[:, :2]].any()
    assert bounds(cells, hidden, int(place[0, 2]), "people")[1] >= 5
