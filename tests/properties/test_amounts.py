"""What must hold for any amounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.stats.superiority import (
    mean_difference,
    median_difference,
    superiority,
    within_strata,
)

UNTIMED = settings(deadline=None, max_examples=60)
AMOUNTS = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=25)
FEW = {"draws": 199, "permutation_below": 6}


@UNTIMED
@given(AMOUNTS, AMOUNTS, st.integers(0, 2**31))
def test_the_order_of_rows_means_nothing(first, second, seed):
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(first), rng.permutation(second)
    one, other = superiority(first, second, **FEW), superiority(*mixed, **FEW)
    assert other.value == pytest.approx(one.value)
    assert other.p_value == pytest.approx(one.p_value)
    assert mean_difference(*mixed) == pytest.approx(mean_difference(first, second), nan_ok=True)
    assert median_difference(*mixed) == pytest.approx(median_difference(first, second), nan_ok=True)


@UNTIMED
@given(AMOUNTS, AMOUNTS, st.integers(-1000, 1000), st.integers(1, 50))
def test_another_unit_changes_the_unit_alone(first, second, shift, scale):
    moved = [np.array(one) * scale + shift for one in (first, second)]
    one, other = superiority(first, second, **FEW), superiority(*moved, **FEW)
    assert (other.value, other.p_value) == pytest.approx((one.value, one.p_value))
    for measure in (mean_difference, median_difference):
        plain, scaled = measure(first, second), measure(*moved)
        expected = np.array(plain[:3]) * scale
        assert np.array(scaled[:3]) == pytest.approx(expected, nan_ok=True, abs=1e-7)


@UNTIMED
@given(AMOUNTS, AMOUNTS)
def test_swapping_the_groups_turns_the_gap(first, second):
    one, other = superiority(first, second, **FEW), superiority(second, first, **FEW)
    assert other.value == pytest.approx(1 - one.value)
    assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low))
    if one.method != "studentised_permutation":
        assert other.p_value == pytest.approx(one.p_value)
    for measure in (mean_difference, median_difference):
        plain, turned = measure(first, second), measure(second, first)
        assert turned.value == pytest.approx(-plain.value)
        assert turned.low == pytest.approx(-plain.high, nan_ok=True)


@UNTIMED
@given(AMOUNTS, AMOUNTS)
def test_any_rising_scale_keeps_the_pairs(first, second):
    risen = [np.exp(np.array(one) / 20) for one in (first, second)]
    assert superiority(*risen, **FEW)[:4] == pytest.approx(superiority(first, second, **FEW)[:4])


@UNTIMED
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 3)), min_size=4),
    st.integers(-99, 99),
)
def test_strata_may_each_be_shifted_and_renamed(rows, shift):
    amounts, group, strata = (np.array(one) for one in zip(*rows, strict=True))
    moved = amounts + shift * strata
    plain, other = within_strata(amounts, group, strata), within_strata(moved, group, 7 - strata)
    assert (plain is None) == (other is None)
    if plain is not None and other is not None:
        assert other.p_value == pytest.approx(plain.p_value)
        assert other.superiority == pytest.approx(plain.superiority)
        assert other.difference[:3] == pytest.approx(plain.difference[:3], nan_ok=True, abs=1e-9)
