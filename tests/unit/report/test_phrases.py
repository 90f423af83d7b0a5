"""Numbers and names in the reader's language."""

from __future__ import annotations

import math
import random

import pytest
from babel.numbers import format_decimal

from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.i18n.formats import MINUS, Formats
from algo_audit.report.phrases import Phrases

FR, EN = Phrases("fr", "full", None), Phrases("en", "full", None)


@pytest.mark.parametrize(("language", "locale"), [("fr", "fr_FR"), ("en", "en_GB")])
def test_numbers_are_set_as_babel_sets_them(language, locale):
    formats, draw = Formats(language), random.Random(1)
    for _ in range(500):
        digits = draw.randint(0, 3)
        value = draw.choice((1, -1)) * 10 ** draw.uniform(-4, 8)
        rounded = round(value, digits) + 0.0
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        sign = MINUS if rounded < 0 else ""
        assert formats.number(value, digits) == sign + format_decimal(
            abs(rounded), pattern, locale=locale
        )


@pytest.mark.parametrize("digits", [0, 1, 2, 4])
def test_what_rounds_to_nought_has_no_sign(digits):
    formats, almost = Formats("fr"), 0.4 * 10.0**-digits
    nought = formats.number(0, digits)
    for value in (almost, -almost, 0.0, -0.0):
        assert formats.number(value, digits) == nought
        assert formats.signed(value, digits) == nought
    assert formats.signed(2 * almost, digits) == f"+{formats.number(2 * almost, digits)}"
    assert formats.signed(-2 * almost, digits)[0] == MINUS


@pytest.mark.parametrize("value", [0.0004, -0.0004])
def test_a_rounded_nought_has_no_sign_anywhere(value):
    """Points, their ticks, missing decisions: what rounds to nought says neither more nor less."""
    ticks = FR.lettering().tick_points
    told = [FR.points(value), FR.bare_points(value), FR.more_people(value), FR.people(value)]
    told += [ticks(value), FR.percent(value / 100), FR.decimal(value), FR.ratio(value)]
    assert not [text for text in told if "+" in text or MINUS in text or "-" in text]


def test_an_interval_says_its_unit_once():
    gap = Interval(-0.032, -0.061, 0.002)
    assert FR.span(gap, FR.points) == "de −6,1 à +0,2\u00a0point"
    assert EN.span(gap, EN.points) == "−6.1 to +0.2\u00a0points"
    assert (
        FR.measured(Estimate(0.14, 0.1, 0.2), FR.percent) == "14,0\u202f% (de 10,0 à 20,0\u202f%)"
    )
    assert EN.between(0.1, 0.2, EN.percent) == "between 10.0 and 20.0%"


def test_bounds_without_end_are_words():
    assert EN.span(Interval(1.0, 0.5, math.inf), EN.ratio) == "0.50 or more"
    assert EN.span(Interval(1.0, -math.inf, 2.0), EN.ratio) == "2.00 or less"
    assert FR.span(Interval(1.0, -math.inf, math.inf), FR.ratio) == "toutes les valeurs"


def test_low_rates_keep_two_decimals():
    assert EN.percent(0.0004) == "0.04%"
    assert EN.percent(0.104) == "10.4%"
    assert EN.percent(0.0) == "0.0%"


def test_what_is_not_there_has_words():
    assert FR.whole(None) == "–"
    assert Phrases("fr", "public", 10).whole(None) == "moins de 10, ou protégé"
    assert EN.p_said(0.0001) == "<\u00a00.001"
    assert EN.p_said(0.03) == "=\u00a00.030"
    assert EN.group(None) == "unknown"
    assert EN.reference(None) == "all the others together"
    assert EN.interval_cell(None, EN.percent).text == "–"


def test_codes_without_a_text_say_the_code():
    assert "strange_code" in FR.coded("reason", "strange_code")
    assert FR.coded("reason", "margins").startswith("avec ces effectifs")


def test_texts_of_others_are_typeset():
    assert FR.typeset("L'audit : 5 000 dossiers, \n« oui » ; 3 % ?") == (
        "L’audit\u00a0: 5\u202f000 dossiers, «\u00a0oui\u00a0»\u202f; 3\u202f%\u202f?"
    )
    assert EN.typeset(" One  file: 5,000 rows ") == "One file: 5,000 rows"
