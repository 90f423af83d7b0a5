"""Decisions, groups, unknowns, spellings, bands and numbers, as files write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.data.banding import band_bounds, band_codes, band_labels, in_order
from algo_audit.data.categories import cross
from algo_audit.data.decisions import Column, SetAside
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import favourable_of, fold, is_unknown, meaning_of, names_age, trim


def codes_of(journal) -> dict[str, dict]:
    return {entry.code: dict(entry.values) for entry in journal}


@pytest.mark.parametrize(
    ("favourable", "other"),
    [
        ("oui", "non"), ("Oui", "NON"), ("O", "N"), ("yes", "no"), ("Y", "N"), ("vrai", "faux"),
        ("VRAI", "FAUX"), ("true", "false"), ("T", "F"), ("1", "0"), ("1.0", "0.0"),
        ("1,0", "0,0"), ("Retenu", "Refusé"), ("retenue", "non retenue"), ("Retenu(e)", "Rejeté(e)"),
        ("accepté", "refusé"), ("admis", "ajourné"), ("Promu", "Non promu"), ("embauché", "écarté"),
        ("recruté", "rejeté"), ("hired", "rejected"), ("selected", "not selected"),
        ("positive", "negative"), ("Pass", "Fail"), (">50K", "<=50K"), ("≥ 10", "< 10"),
        ("favorable", "défavorable"), ("promoted", "not promoted"), ("Formé·e", "Non formé·e"),
    ],
)  # fmt: skip
def test_obvious_favourable_value(favourable, other):
    assert favourable_of("decision", (favourable, other)) == favourable
    assert favourable_of("decision", (other, favourable)) == favourable


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("decision", ("A", "B")), ("decision", ("1", "2")), ("decision", ("oui", "peut-être")),
        ("decision", ("retenu", "accepté")), ("sexe", ("F", "M")), ("refus", ("oui", "non")),
        ("Attrition", ("Yes", "No")), ("Disciplinary failure", ("1", "0")),
        ("is_fired", ("true", "false")), ("decision", ("licencié", "non licencié")),
        ("salaire", (">50K", "<=30K")),
    ],
)  # fmt: skip
def test_favourable_value_to_be_asked_for(column, values):
    assert favourable_of(column, values) is None


def test_words_of_bad_news_do_not_mislead_named_values():
    assert favourable_of("candidature_refus", ("Retenu", "Refusé")) == "Retenu"
    assert favourable_of("department_call", ("1", "0")) == "1"


def test_writings_of_one_decision_are_one(table_file):
    path = table_file(
        {
            "sexe": ["F", "H", "F", "H", "F"],
            "decision": ["Retenue", "Retenu", "Refusée", "refusé", "RETENUE "],
        }
    )
    decisions = read_decisions(path, Roles(outcome="decision", protected=("sexe",)))
    assert decisions.outcome.tolist() == [1, 1, 0, 0, 1]
    assert codes_of(decisions.journal)["spellings_merged"]["rows"] == 3
    assert decisions.roles.favourable == "RETENUE"  # of equally frequent ones, by alphabet


def test_declared_favourable_value_makes_the_others_unfavourable(table_file):
    path = table_file({"sexe": list("FHFH"), "poste": ["cadre", "agent", "ouvrier", "Cadre"]})
    roles = Roles(outcome="poste", favourable="CADRE", protected=("sexe",))
    decisions = read_decisions(path, roles)
    assert decisions.outcome.tolist() == [1, 0, 0, 1]
    assert codes_of(decisions.journal)["others_unfavourable"]["others"] == ["agent", "ouvrier"]


def test_rows_without_a_decision_are_set_aside_and_counted(table_file):
    path = table_file(
        {
            "sexe": ["F", "H", "F", "H", "X", "F"],
            "decision": ["oui", "non", "", "NR", "inconnu", "non"],
            "score": ["1", "2", "x", "y", "z", "3"],
        }
    )
    roles = Roles(outcome="decision", protected=("sexe",), score="score")
    decisions = read_decisions(path, roles)
    assert decisions.source.rows == 6
    assert decisions.source.rows_used == len(decisions) == 3
    assert decisions.source.rows_set_aside == (SetAside("outcome_missing", 3),)
    # a group that only occurs among rows set aside is no group; its scores are not looked at
    assert decisions.protected["sexe"].levels == ("F", "H")
    assert decisions.score.tolist() == [1, 2, 3]
    assert len(decisions.table) == 3


def test_unknowns_are_counted_and_never_dropped(table_file):
    unknown = ["", "NA", "n/a", "NR", "?", "inconnu", "Unknown", "Non renseigné", "(vide)", "#N/A"]
    path = table_file(
        {"sexe": ["F", "H", "H", *unknown], "decision": ["oui", "non", "oui", *["non"] * 10]}
    )
    decisions = read_decisions(path, Roles(outcome="decision", protected=("sexe",)))
    assert decisions.protected["sexe"].codes.tolist() == [0, 1, 1, *[-1] * 10]
    told = codes_of(decisions.journal)
    assert told["unknown_values"]["rows"] == 9
    assert told["unknown_values"]["blank"] == 1
    assert told["excel_errors"]["rows"] == 1
    assert told["excel_errors"]["values"] == ["#N/A"]


@pytest.mark.parametrize("word", ["Aucun", "None", "Non", "Autre", "X", "0", "NC1", "F", "na na"])
def test_words_that_are_values(word):
    assert not is_unknown(word)


def test_spellings_of_a_group_are_merged_to_the_most_frequent(table_file):
    path = table_file(
        {
            "sexe": ["Femme", "femme", "FEMME\u00a0", "Femme", "Homme", "H\u00f4mme", "homme"],
            "decision": ["oui", "non", "oui", "non", "oui", "non", "oui"],
        }
    )
    decisions = read_decisions(path, Roles(outcome="decision", protected=("sexe",)))
    assert decisions.protected["sexe"].levels == ("Femme", "Homme")
    assert codes_of(decisions.journal)["spellings_merged"]["rows"] == 4


def test_names_of_pools_and_clusters_are_not_merged(table_file):
    path = table_file(
        {
            "sexe": list("FHFHF"),
            "decision": ["oui", "non", "oui", "non", "oui"],
            "offre": ["A1", "a1", "A1", "", "01"],
        }
    )
    roles = Roles(outcome="decision", protected=("sexe",), pool="offre", cluster="offre")
    decisions = read_decisions(path, roles)
    assert decisions.pool.levels == ("01", "A1", "a1")
    assert decisions.pool.codes.tolist() == [1, 2, 1, -1, 0]


def test_age_in_years_is_banded(table_file):
    path = table_file(
        {
            "Âge": ["29", "30", "39 ans", "40", "49,5", "50", "", "999"],
            "d": ["oui", "non"] * 4,
        }
    )
    decisions = read_decisions(path, Roles(outcome="d", protected=("Âge",)))
    column = decisions.protected["Âge"]
    assert column.levels == ("<30", "30-39", "40-49", "50+")
    assert column.codes.tolist() == [0, 1, 1, 2, 2, 3, -1, -1]
    assert column.ordered
    assert codes_of(decisions.journal)["ages_implausible"]["rows"] == 1


@pytest.mark.parametrize(
    ("name", "is_age"),
    [
        ("age", True), ("Âge", True), ("age_years", True), ("AgeAtHire", True),
        ("âge du candidat", True), ("mileage", False), ("langage", False), ("Age Bin", False),
        ("tranche d'âge", False), ("agence", False), ("ages", True), ("stage", False),
    ],
)  # fmt: skip
def test_names_of_ages(name, is_age):
    assert names_age(name) is is_age


def test_declared_cuts(table_file):
    path = table_file(
        {"anciennete": ["0", "1,5", "2", "10", "25"], "d": ["oui", "non", "oui", "non", "oui"]}
    )
    roles = Roles(outcome="d", protected=("anciennete",), bands={"anciennete": (2.0, 10.0)})
    column = read_decisions(path, roles).protected["anciennete"]
    assert column.levels == ("<2", "2-<10", "10+")
    assert column.codes.tolist() == [0, 0, 1, 2, 2]


def test_few_numbers_are_categories(table_file):
    path = table_file({"niveau": ["2", "10", "2,0", "1"], "d": ["oui", "non", "oui", "non"]})
    decisions = read_decisions(path, Roles(outcome="d", protected=("niveau",)))
    assert decisions.protected["niveau"].levels == ("1", "2", "10")
    assert decisions.protected["niveau"].codes.tolist() == [1, 2, 1, 0]
    assert "numbers_as_categories" in codes_of(decisions.journal)


def test_numbers_with_leading_zeros_are_names(table_file):
    path = table_file({"dept": [f"{i:02}" for i in range(1, 31)], "d": ["oui", "non"] * 15})
    column = read_decisions(path, Roles(outcome="d", protected=("dept",))).protected["dept"]
    assert column.levels[:3] == ("01", "02", "03")


def test_bands_already_made_stand_in_natural_order():
    for levels in (
        ("< 20", "20 - 25", "26 - 30", "31 - 35", "40 - 45", "> 45"),
        ("moins de 30 ans", "30 à 39 ans", "40 à 49 ans", "50 ans et plus"),
        ("under 30", "30 to 39", "40 to 49", "50 and over"),
        ("0-35", "35-55", "55<="),
        ("[20;30[", "[30;40[", "[40;100]"),
        ("-26", "26-40", "40+")[1:],
        ("0-10%", "10-20%", "90-100%"),
        ("Jusqu'à 5 ans", "5-9 ans", "10 ans et +"),
    ):
        assert in_order(tuple(reversed(levels))) == (levels, True)
    assert in_order(("Ouvrier", "cadre", "Élu")) == (("cadre", "Élu", "Ouvrier"), False)
    assert in_order(("10", "9", "8")) == (("8", "9", "10"), False)
    assert in_order(("2026", "2025")) == (("2025", "2026"), True)


def test_bands_and_their_names():
    assert band_labels((30, 40, 50), whole=True) == ("<30", "30-39", "40-49", "50+")
    assert band_labels((1, 2, 5), whole=True) == ("<1", "1", "2-4", "5+")
    assert band_labels((0.5, 1), whole=False) == ("<0.5", "0.5-<1", "1+")
    assert band_codes(np.array([29.9, 30, np.nan, 60]), (30, 40, 50)).tolist() == [0, 1, -1, 3]
    assert band_bounds("Paris") is None
    assert band_bounds("40-30") is None


@given(
    st.lists(st.integers(0, 120), min_size=1),
    st.lists(st.integers(1, 100), min_size=1, max_size=6, unique=True).map(sorted),
)
def test_every_whole_number_falls_into_the_band_that_names_it(values, cuts):
    labels = band_labels(cuts, whole=True)
    for value, code in zip(values, band_codes(np.array(values, float), cuts), strict=True):
        bounds = band_bounds(labels[code])
        low, high = bounds or (float(labels[code]), float(labels[code]))
        assert low <= value <= high
        if labels[code].startswith("<"):
            assert value < high


def test_crossed_strata(table_file):
    path = table_file(
        {
            "sexe": list("FHFH"),
            "d": ["oui", "non", "oui", "non"],
            "site": ["Lyon", "Lyon", "Nice", "Nice"],
            "metier": ["a", "b", "a", ""],
        }
    )
    roles = Roles(outcome="d", protected=("sexe",), strata=("site", "site*metier"))
    strata = read_decisions(path, roles).strata
    assert strata["site"].levels == ("Lyon", "Nice")
    assert strata["site*metier"].levels == ("Lyon × a", "Lyon × b", "Nice × a")
    assert strata["site*metier"].codes.tolist() == [0, 1, 2, -1]


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 1)), min_size=1))
def test_crossing_is_exact(pairs):
    first = Column("a", np.array([p[0] for p in pairs], np.int32), ("x", "y", "z"))
    second = Column("b", np.array([p[1] for p in pairs], np.int32), ("u", "v"))
    crossed = cross("a*b", (first, second))
    for (one, two), code in zip(pairs, crossed.codes, strict=True):
        if min(one, two) < 0:
            assert code == -1
        else:
            assert crossed.levels[code] == f"{first.levels[one]} × {second.levels[two]}"
    assert set(crossed.codes[crossed.codes >= 0]) == set(range(len(crossed.levels)))


def test_a_column_whose_name_holds_a_star(table_file):
    path = table_file({"sexe": list("FH"), "d": ["oui", "non"], "a*b": ["x", "y"]})
    roles = Roles(outcome="d", protected=("sexe",), strata=("a*b",))
    assert read_decisions(path, roles).strata["a*b"].levels == ("x", "y")


def test_labels_scores_and_weights(table_file):
    path = table_file(
        {
            "sexe": list("FHFH"),
            "d": ["oui", "non", "oui", "non"],
            "suite": ["bon", "", "mauvais", "#N/A"],
            "note": ["12,5", "", "1 234,0", "n/a"],
            "poids": ["1", "0,5", "2", "1,25"],
        }
    )
    roles = Roles(outcome="d", protected=("sexe",), label="suite", score="note", weight="poids")
    decisions = read_decisions(path, roles)
    assert decisions.label.tolist() == [1, -1, 0, -1]
    assert decisions.roles.label_favourable == "bon"
    np.testing.assert_array_equal(decisions.score, [12.5, np.nan, 1234, np.nan])
    assert decisions.weight.tolist() == [1, 0.5, 2, 1.25]
    assert "decimal_comma" in codes_of(decisions.journal)


def test_lines_that_count_for_several_people(table_file):
    path = table_file(
        {"sexe": ["F", "F", "H", "H"], "d": ["oui", "non", "oui", "non"], "n": ["2", "3", "0", "1"]}
    )
    decisions = read_decisions(path, Roles(outcome="d", protected=("sexe",), count="n"))
    assert len(decisions) == decisions.source.rows == 6
    assert decisions.outcome.tolist() == [1, 1, 0, 0, 0, 0]
    assert decisions.protected["sexe"].codes.tolist() == [0, 0, 0, 0, 0, 1]


def test_repeated_rows_and_identifiers_are_told_and_kept(table_file):
    path = table_file(
        {
            "id": ["001", "002", "002", "003"],
            "sexe": ["F", "H", "H", "F"],
            "d": ["oui", "non", "non", "oui"],
        }
    )
    decisions = read_decisions(path, Roles(outcome="d", protected=("sexe",), identifier="id"))
    told = codes_of(decisions.journal)
    assert len(decisions) == 4
    assert told["duplicate_rows"]["rows"] == 1
    assert told["identifier_repeated"] == {"identifiers": 1, "rows": 2}
    assert "identifier_as_text" in told
    assert decisions.table["id"].tolist() == ["001", "002", "002", "003"]
    # nothing that names a person goes into the journal
    assert "001" not in str(decisions.journal)


def test_columns_without_a_role_are_named(table_file):
    path = table_file({"sexe": list("FH"), "d": ["oui", "non"], "reste": ["1", "2"]})
    decisions = read_decisions(path, Roles(outcome="d", protected=("sexe", "sexe")))
    assert codes_of(decisions.journal)["columns_without_role"]["columns"] == ["reste"]
    assert decisions.roles.protected == ("sexe",)


def test_folding_and_trimming():
    assert trim("\ufeff\u00a0 a b\u202f\u200b ") == "a b"
    assert fold("Élève  d’Été") == fold("eleve d'ete")
    assert fold("<=50K") != fold(">50K")
    assert meaning_of("RETENU·E") == meaning_of("retenu") == "retenu"
    assert meaning_of("2.0") == "2"


@given(st.text(max_size=12))
def test_folding_is_stable(text):
    assert fold(fold(text)) == fold(text)
    assert trim(trim(text)) == trim(text)
