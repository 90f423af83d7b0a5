"""Columns of a file as a model takes them: French numbers, blanks, words it does not know."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from algo_audit.data import conversion
from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.inputs import Input, inputs_of, read_inputs

PAY = Input("salaire", "number")
SEX = Input("sexe", "category", levels=("F", "H"))


def table(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def values(frame: pd.DataFrame, *inputs: Input, **more: bool) -> list[list[float]]:
    return read_inputs(frame, inputs, **more).values.tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1 250,50", "900", "2\u202f000"], [1250.5, 900, 2000]),
        (["12,5", "3", "0,25"], [12.5, 3, 0.25]),
        (["1250.5", "9e2", "-4"], [1250.5, 900, -4]),
        (["12,5 %", "50 %", "100 %"], [0.125, 0.5, 1.0]),
        (["1 250,50 €", "900 €", "7 €"], [1250.5, 900, 7]),
    ],
)
def test_numbers_as_the_french_write_them(cells, expected):
    assert values(table(salaire=cells), PAY) == [[one] for one in expected]


@pytest.mark.parametrize("word", ["", "n/a", "non renseigné", "#N/A", "-", None])
def test_not_known_is_a_blank(word):
    read = read_inputs(table(salaire=["1,5", word], sexe=["H", word]), (PAY, SEX)).values
    assert read[0].tolist() == [1.5, 1.0]
    assert np.isnan(read[1]).all()


def test_a_word_for_unknown_that_the_model_knows_is_a_value():
    known = Input("sexe", "category", levels=("F", "H", "non renseigné"))
    assert values(table(sexe=["non renseigné", "F"]), known) == [[2.0], [0.0]]


def test_categories_by_accents_and_case_where_only_one_fits():
    level = Input("niveau", "category", levels=("Élevé", "bac", "BAC"))
    assert values(table(niveau=["ELEVE", "BAC", "bac"]), level) == [[0.0], [2.0], [1.0]]
    with pytest.raises(AuditError) as caught:
        values(table(niveau=["Bac"]), level)  # either of two
    assert caught.value.code == "model.unseen_category"


def test_numbers_already_read_by_a_notebook():
    frame = pd.DataFrame(
        {"salaire": [1.5, np.nan, np.inf], "sexe": pd.Categorical(["H", "F", None])}
    )
    read = read_inputs(frame, (PAY, SEX)).values
    assert read[0].tolist() == [1.5, 1.0]
    assert np.isnan(read[1:, 0]).all()
    assert np.isnan(read[2, 1])


def test_numbers_as_categories():
    site = Input("site", "category", levels=("1", "2", "true"))
    assert values(pd.DataFrame({"site": [2.0, 1.0]}), site) == [[1.0], [0.0]]
    assert values(pd.DataFrame({"site": [2, "1"]}, dtype=object), site) == [[1.0], [0.0]]


def test_unseen_values_come_after_those_known_where_the_model_takes_them():
    read = read_inputs(table(sexe=["X", "H", "Y", "X"]), (SEX,), unseen_allowed=True)
    assert read.inputs[0].levels == ("F", "H", "X", "Y")
    assert read.values[:, 0].tolist() == [2, 1, 3, 2]
    own = Input("sexe", "category", levels=("F", "H"), unseen=True)
    assert read_inputs(table(sexe=["X"]), (own,)).values.tolist() == [[2.0]]


def test_all_mismatches_at_once_in_words():
    frame = table(
        Salaire_brut=["1"] * 4, age=["34", "x", "41", "quarante"], sexe=["F", "Z", "", "H"]
    )
    inputs = (
        Input("salaire brut", "number"),
        Input("age", "number"),
        SEX,
        Input("sexe", "category", levels=("F", "H", "Z"), blank=False),
    )
    with pytest.raises(AuditError) as caught:
        read_inputs(frame, inputs)
    faults = {fault.code: fault for fault in caught.value.faults}
    assert faults["model.column_missing"].choices[0] == "Salaire_brut"
    assert faults["model.not_a_number"].seen == ["x", "quarante"]
    assert faults["model.not_a_number"].values["lines"] == [3, 5]
    assert faults["model.unseen_category"].seen == ["Z"]
    for language in ("fr", "en"):
        said = describe(caught.value, Catalogue(language), Formats(language))
        assert len(said) == len(caught.value.faults) >= 3
        assert not any(re.search(r"model\.[a-z]|[{}]", sentence) for sentence in said)


def test_a_blank_that_the_model_refuses():
    with pytest.raises(AuditError) as caught:
        read_inputs(table(age=["3", "", "n/a"]), (Input("age", "number", blank=False),))
    assert (caught.value.code, caught.value.values["rows"]) == ("model.blank_refused", 2)


def test_a_comma_that_may_mean_two_things():
    frame = table(salaire=["1,234", "5,678"])
    with pytest.raises(AuditError) as caught:
        read_inputs(frame, (PAY,))
    assert caught.value.code == "model.number_ambiguous"
    frame.attrs["decimal_comma"] = True  # as reading a file with semicolons notes it
    assert values(frame, PAY) == [[1.234], [5.678]]


def test_a_file_with_semicolons_says_that_commas_are_decimal(tmp_path):
    from algo_audit.data.reading import read_decisions
    from algo_audit.data.roles import Roles

    path = tmp_path / "f.csv"
    lines = [
        f"{'oui' if i % 2 else 'non'};{'F' if i % 3 else 'H'};{i},{i:03d}" for i in range(1, 9)
    ]
    path.write_text("decision;sexe;note\n" + "\n".join(lines), encoding="utf-8")
    read = read_decisions(path, Roles(outcome="decision", protected=("sexe",)))
    found = read_inputs(read.table, (Input("note", "number"),)).values
    assert found[:, 0].tolist() == [i + i / 1000 for i in range(1, 9)]


def test_inputs_as_the_file_shows_them():
    frame = table(
        age=["34", "41", ""],
        pay=["1,5", "2", "n/a"],
        code_postal=["75011", "59000", "13001"],
        dep=["01", "59", "13"],
        sexe=["H", "F", "F"],
    )
    found = inputs_of(frame, ["age", "pay", "code_postal", "dep", "sexe"])
    assert [one.kind for one in found] == ["number", "number", "category", "category", "category"]
    assert (found[1].low, found[1].high) == (1.5, 2.0)
    assert found[4].levels == ("F", "H")


def test_inputs_of_a_column_with_one_value_or_none():
    with pytest.raises(AuditError) as caught:
        inputs_of(table(a=["1", "1,0"], b=["", ""], c=["x", "y"]), ["a", "b", "c", "d"])
    codes = [(fault.code, fault.where) for fault in caught.value.faults]
    assert codes == [
        ("model.one_value", "a"),
        ("model.one_value", "b"),
        ("model.column_missing", "d"),
    ]


def test_equal_cells_are_read_once(monkeypatch):
    """What keeps fifty thousand rows of twenty inputs quick: cells are read by their kinds."""
    random = np.random.default_rng(0)
    numbers = [f"{x:.0f},5" for x in random.gamma(2, 40, 5000)]
    words = random.choice(["CDI", "CDD", "Intérim", "Stage"], 5000).tolist()
    frame = pd.DataFrame({"n": numbers, "c": words})
    asked: list[int] = []
    real = conversion.convert_numbers

    def counted(cells, **options):
        asked.append(len(cells))
        return real(cells, **options)

    monkeypatch.setattr(conversion, "convert_numbers", counted)
    inputs = [Input("n", "number"), Input("c", "category", levels=tuple(sorted(set(words))))]
    read = read_inputs(frame, inputs)
    assert asked
    assert max(asked) <= len(set(numbers)) < 1000
    assert read.values.shape == (5000, 2)
    assert read.values[:, 0].tolist() == [float(cell.replace(",", ".")) for cell in numbers]


@pytest.mark.parametrize("words", [("TRUE", "FALSE"), ("Oui", "non"), ("vrai", "Faux")])
def test_yes_and_no_are_numbers_where_the_model_takes_numbers(words):
    table = pd.DataFrame({"flag": [words[0], words[1], "", words[0]]})
    rows = read_inputs(table, (Input("flag", "number"),))
    assert rows.values[:, 0].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(rows.values[2, 0])
