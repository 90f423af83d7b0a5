"""Words that the parts on a model share: units, decimals, conditions, a stand-in's caution."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.surrogate import Condition
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.phrases import Phrases


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def teller(
    language: str, *, scale: str = "points", kind: str = "scoring_grid", fidelity: Any = None
) -> Teller:
    phrases = Phrases(language, "full", None)  # type: ignore[arg-type]
    described = SimpleNamespace(kind=kind, scale=scale)
    found = SimpleNamespace(description=described, fidelity=fidelity, importance=())
    return Teller(SimpleNamespace(phrases=phrases), found)  # type: ignore[arg-type]


def stand_in(language: str, share: float | None) -> Teller:
    fidelity = SimpleNamespace(agreement=Estimate(share, missing_reason=None))
    return teller(language, scale="probability", kind="surrogate", fidelity=fidelity)


@pytest.mark.parametrize(
    ("scale", "value", "french", "english"),
    [
        ("points", 1.5, "1,5 point de grille", "1.5 grid points"),
        ("points", 36.0, "36 points de grille", "36 grid points"),
        ("points", 1.0, "1 point de grille", "1 grid point"),
        ("probability", 0.031, "3,1 points de probabilité", "3.1 points of probability"),
        (
            "log_odds",
            0.424,
            "0,42 unité de l’échelle interne",
            "0.42 units of the model’s own scale",
        ),
        (
            "log_odds",
            1.96,
            "1,96 unité de l’échelle interne",
            "1.96 units of the model’s own scale",
        ),
        ("score", 250.04, "250 unités de note", "250 units of the score"),
        ("points", float("nan"), "–", "–"),
    ],
)
def test_a_score_has_its_unit(scale, value, french, english):
    assert plain(teller("fr", scale=scale).score(value)) == french
    assert plain(teller("en", scale=scale).score(value)) == english


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "+2,0"), (-2.0, "\u22122,0"), (0.0, "0,0"), (0.04, "0,0"), (-0.04, "0,0"), (None, "–")],
)
def test_a_sign_where_there_is_something_to_sign(value, text):
    assert teller("fr").signed_score(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (11.5, "11,5"),
        (0.125, "0,125"),
        (1 / 3, "0,333"),
        (2028.0, "2 028"),
        (None, "–"),
    ],
)
def test_a_value_has_the_decimals_that_it_has(value, text):
    assert plain(teller("fr").number(value)) == text


def test_conditions_in_words():
    one = teller("fr")
    said = [
        plain(one.condition(condition))
        for condition in (
            Condition("a", "<=", 3.0),
            Condition("a", ">", 0.5),
            Condition("a", "in", levels=("x", "y", "z")),
            Condition("a", "blank"),
            Condition("a", "not_blank"),
        )
    ]
    assert said == [
        "« a » ne dépasse pas 3", "« a » dépasse 0,5", "« a » est « x », « y » ou « z »",
        "« a » n’est pas renseigné", "« a » est renseigné",
    ]  # fmt: skip


def test_many_levels_are_counted():
    levels = [f"l{k}" for k in range(9)]
    assert plain(teller("en").levels(levels)).endswith("“l5”, … and 3 more")
    assert plain(teller("fr").levels(levels[:7])).endswith("« l5 », … et 1 autre")


def test_rounding_is_not_a_criterion_of_the_parties():
    assert teller("fr").criterion(ROUNDING) == "arrondi de la note"
    assert plain(teller("fr").criterion("test")) == "« test »"


def test_a_model_speaks_for_itself_and_a_stand_in_does_not():
    assert teller("en").told("Income weighs.") == "Income weighs."
    assert teller("en").notes == ()
    one = stand_in("en", 0.8)
    full = "According to the stand-in, which decides alike in 80.0% of cases: income weighs."
    assert one.told("Income weighs.") == full
    assert (
        one.told("Income weighs.", brief=True)
        == "According to the stand-in (80.0%): income weighs."
    )
    assert one.told("AUC is 1.").endswith(": AUC is 1.")
    assert one.told("“A” weighs.").endswith(": “A” weighs.")
    assert one.notes == ("Drawn from the stand-in, which decides alike in 80.0% of cases.",)


def test_a_stand_in_whose_fidelity_is_hidden_says_so():
    one = stand_in("fr", None)
    assert "dont la fidélité ne peut être montrée ici" in one.told("Ceci.")
    assert "dont la fidélité ne peut être montrée ici" in one.notes[0]


def test_everyone_is_not_a_hundred_percent():
    assert teller("fr").people(1.0) == "toutes les personnes"
    assert teller("fr").people(0.9996) == "toutes les personnes"
    assert plain(teller("fr").people(0.999)) == "99,9 % des personnes"
    assert plain(teller("fr").people(None)) == "– des personnes"


def test_heads_of_the_report_are_used_where_the_chapter_has_none():
    phrases = Phrases("en", "full", None)
    assert heads(phrases, "people", "criterion") == ("People", "Criterion")
    with pytest.raises(KeyError):
        heads(phrases, "no_such_column")
