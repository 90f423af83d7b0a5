"""Unknown attributes: counted, with the rates between which each group could lie."""

from __future__ import annotations

import pytest

from algo_audit.data.counts import CountTable
from algo_audit.fairness.unknowns import unknown_rows


def test_bounds_by_hand(make_decisions):
    decisions = make_decisions(
        [1, 1, 0, 0, 1, 0, 0, 0],
        protected={"sexe": ["F", "F", "F", "F", None, None, None, "H"]},
    )
    unknowns = unknown_rows(CountTable.from_decisions(decisions).counts(("sexe",)))
    assert (unknowns.n, unknowns.events, unknowns.share) == (3, 1, 3 / 8)
    women, men = unknowns.bounds
    assert women.rate == 0.5
    assert (women.low, women.high) == pytest.approx((3 / 7, 1 / 2))
    # only the two refused, or only the one favoured, are women
    assert (women.lowest, women.highest) == pytest.approx((2 / 6, 3 / 5))
    assert (men.low, men.high, men.lowest, men.highest) == pytest.approx((0, 1 / 4, 0, 1 / 2))


def test_no_truth_lies_outside_the_outer_bounds(make_decisions):
    from itertools import product

    outcome = [1, 0, 1, 0, 1, 0, 0]
    sex = ["F", "F", "H", "H", None, None, None]
    decisions = make_decisions(outcome, protected={"sexe": sex})
    bound = unknown_rows(CountTable.from_decisions(decisions).counts(("sexe",))).bounds[0]
    rates = []
    for guess in product("FH", repeat=3):
        women = [y for y, s in zip(outcome, [*sex[:4], *guess], strict=True) if s == "F"]
        rates.append(sum(women) / len(women))
    assert (min(rates), max(rates)) == pytest.approx((bound.lowest, bound.highest))
    assert bound.lowest <= bound.low <= bound.high <= bound.highest


def test_nothing_unknown_gives_nothing(make_decisions):
    decisions = make_decisions([1, 0], protected={"sexe": ["F", "H"]})
    assert unknown_rows(CountTable.from_decisions(decisions).counts(("sexe",))) is None
