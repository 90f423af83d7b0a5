"""Numbers and dates as people write them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.data.conversion import convert_dates, convert_numbers

NUMBERS = {
    "plain": (["1", "-2.5", "1e3", ".5"], [1, -2.5, 1000, 0.5]),
    "comma": (["1,5", "1 234,5", "1\u00a0234,5", "1\u202f234", "-3", "0,125"],
              [1.5, 1234.5, 1234.5, 1234, -3, 0.125]),
    "spaced": (["38 500.75", "1.5"], [38500.75, 1.5]),
    "english": (["1,234.5", "12,345,678", "7"], [1234.5, 12345678, 7]),
    "dotted": (["1.234,5", "12.345.678,0", "7"], [1234.5, 12345678, 7]),
}  # fmt: skip


@pytest.mark.parametrize("style", NUMBERS)
def test_ways_of_writing_numbers(style):
    texts, values = NUMBERS[style]
    numbers = convert_numbers(pa.array(texts), decimal_comma=True)
    assert numbers.sound
    assert numbers.style == style
    assert numbers.values.tolist() == values


def test_percents_are_shares():
    numbers = convert_numbers(pa.array(["80 %", "12,5\u202f%", "7%"]))
    assert numbers.percent
    assert numbers.values.tolist() == pytest.approx([0.8, 0.125, 0.07])
    mixed = convert_numbers(pa.array(["80 %", "12"]))
    assert not mixed.sound


def test_one_cell_that_is_no_number_is_told():
    numbers = convert_numbers(pa.array(["1,5", "n.c. 3", "2"]))
    assert numbers.refused.tolist() == [False, True, False]
    for text in ("1 23", "1,2,3", "12 34 567", "--1", "1.2.3", "0x10", "nan", "inf", "1e999", "٣"):
        assert not convert_numbers(pa.array([text])).sound, text


@given(
    st.lists(
        st.floats(-1e9, 1e9).map(lambda value: round(value, 2)).filter(lambda v: v != 0),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
)
def test_french_numbers_round_trip(values, space):
    texts = [f"{value:,.2f}".replace(",", space).replace(".", ",") for value in values]
    numbers = convert_numbers(pa.array(texts), decimal_comma=True)
    assert numbers.sound
    assert numbers.values.tolist() == values


def test_a_comma_that_may_be_either_is_not_guessed():
    texts = pa.array(["1,250", "12,500"])
    assert convert_numbers(texts, decimal_comma=None).ambiguous
    assert convert_numbers(texts, decimal_comma=True).values.tolist() == [1.25, 12.5]
    assert not convert_numbers(pa.array(["1,250", "0,500"])).ambiguous
    assert not convert_numbers(pa.array(["1,250", "1,25"])).ambiguous


def test_dates_never_turn_into_numbers():
    # a separator that shares its low byte with U+202F once made 14112007 of this
    assert not convert_numbers(pa.array(["14/11/2007"])).sound
    found = convert_dates(["14/11/2007", "01/02/2008"])
    assert found.style == "dmy"
    assert [value.isoformat() for value in found.values] == ["2007-11-14", "2008-02-01"]
    assert not found.assumed
    assert convert_dates(["01/02/2008"]).assumed
    assert convert_dates(["12/31/2008"]).style == "mdy"
    assert convert_dates(["2008-12-31 10:30:00"]).style == "ymd"
    assert convert_dates(["31/12/08"]).values[0].year == 2008
    assert convert_dates(["31/02/2008"]) is None
    assert convert_dates([]) is None
