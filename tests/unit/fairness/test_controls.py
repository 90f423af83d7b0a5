"""Controls that leak the decision, or may carry discrimination themselves."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.data.limits import read_limits
from algo_audit.fairness.controls import (
    control_warnings,
    folded,
    is_residual,
    leaking_columns,
    taint_of,
)

LIMITS = read_limits()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Note_2024", "past_rating"),
        ("Évaluation annuelle", "past_rating"),
        ("evaluationN1", "past_rating"),
        ("PerformanceRating", "past_rating"),
        ("last appraisal", "past_rating"),
        ("Salaire", "pay"),
        ("rémunération brute", "pay"),
        ("MonthlyIncome", "pay"),
        ("hourly_wage", "pay"),
        ("Pay", "pay"),
        ("Coefficient", "pay"),
        ("interruption_carriere", "career_break"),
        ("Congé parental", "career_break"),
        ("career gap", "career_break"),
        ("ParentalLeave", "career_break"),
        ("temps_partiel", "part_time"),
        ("Quotité", "part_time"),
        ("PartTime", "part_time"),
        ("ETP", "part_time"),
        ("site*note", "past_rating"),
    ],
)
def test_names_of_tainted_controls(name, reason):
    assert taint_of(name) == reason


@pytest.mark.parametrize(
    "name",
    ["Pays", "pays_de_naissance", "company", "métier", "site", "Notaire", "etape", "Study Area",
     "department", "partition", "payload", "famille d'emploi", "concept", "Job Family Hiring"],
)  # fmt: skip
def test_names_that_only_look_alike(name):
    assert taint_of(name) is None


def test_folding():
    assert folded("CongéParental_2024") == "conge parental 2024"
    assert folded("  N° d'ordre ") == "n d ordre"


@pytest.mark.parametrize(
    "value",
    ["Not Specified", "", " - ", "n/a", "N.C.", "None", "Non précisé", "non renseignée",
     "Sans objet", "aucun", "NaN", "unknown"],
)  # fmt: skip
def test_values_that_say_nothing(value):
    assert is_residual(value)


@pytest.mark.parametrize("value", ["Engineering", "Other", "Autre", "No", "Non", "0", "NO COLLEGE"])
def test_values_that_say_something(value):
    assert not is_residual(value)


def _file(make_decisions, values, outcome, *, as_input=False, name="poste obtenu"):
    place = {"inputs": {name: values}} if as_input else {"strata": {name: values}}
    sex = ["F", "H"] * (len(outcome) // 2)
    return make_decisions(outcome, protected={"sexe": sex}, **place)


HIRED = [1] * 40 + [0] * 160
AFTER = ["comptable", "cariste"] * 10 + ["non précisé"] * 180


@pytest.mark.parametrize("as_input", [False, True])
def test_a_column_filled_in_after_the_hire_leaks(make_decisions, as_input):
    decisions = _file(make_decisions, AFTER, HIRED, as_input=as_input)
    (warning,) = control_warnings(decisions, LIMITS)
    assert (warning.kind, warning.reason) == ("leak", "specified_all_favourable")
    assert (warning.rows, warning.events) == (20, 20)
    assert set(warning.values) == {"comptable", "cariste"}
    assert leaking_columns((warning,)) == {"poste obtenu"}


def test_blanks_are_the_residual_value_too(make_decisions):
    values = [None if value == "non précisé" else value for value in AFTER]
    (warning,) = control_warnings(_file(make_decisions, values, HIRED), LIMITS)
    assert warning.reason == "specified_all_favourable"


def test_a_reason_for_refusal_leaks(make_decisions):
    values = ["n/a"] * 60 + ["trop loin", "trop cher"] * 70
    (warning,) = control_warnings(_file(make_decisions, values, HIRED), LIMITS)
    assert (warning.reason, warning.rows, warning.events) == ("specified_all_unfavourable", 140, 0)


def test_one_specified_refusal_is_enough_to_clear_a_column(make_decisions):
    outcome = [1] * 19 + [0] + [1] * 21 + [0] * 159
    assert control_warnings(_file(make_decisions, AFTER, outcome), LIMITS) == ()


def test_a_few_specified_values_may_all_be_hired_by_chance(make_decisions):
    values = ["comptable"] * 3 + ["non précisé"] * 197
    # 40 x 39 x 38 / (200 x 199 x 198) = 0.0075
    assert control_warnings(_file(make_decisions, values, HIRED), LIMITS) == ()


def test_a_knock_out_criterion_is_no_leak(make_decisions):
    values = ["permis"] * 120 + ["sans permis"] * 80
    assert control_warnings(_file(make_decisions, values, HIRED), LIMITS) == ()


def test_an_unusual_word_for_nothing_is_found_by_its_refusals(make_decisions):
    values = ["comptable", "cariste", "vendeur"] * 10 + ["vivier de candidatures"] * 170
    (warning,) = control_warnings(_file(make_decisions, values, HIRED), LIMITS)
    assert (warning.reason, warning.rows) == ("specified_all_favourable", 30)
    assert "vivier de candidatures" not in warning.values


def test_a_stratum_that_is_the_decision_itself_is_called_out(make_decisions):
    values = ["contrat signé"] * 40 + ["dossier clos"] * 100 + ["vivier"] * 60
    (warning,) = control_warnings(_file(make_decisions, values, HIRED), LIMITS)
    assert (warning.kind, warning.reason) == ("leak", "determines_outcome")
    # an input may well be the rule itself
    assert control_warnings(_file(make_decisions, values, HIRED, as_input=True), LIMITS) == ()


def test_identifiers_do_not_determine_the_decision(make_decisions):
    values = [f"offre {i}" for i in range(200)]
    assert control_warnings(_file(make_decisions, values, HIRED), LIMITS) == ()


def test_a_tainted_control_is_marked_and_still_used(make_decisions):
    rng = np.random.default_rng(5)
    values = rng.choice(["A", "B", "C"], 200)
    decisions = _file(make_decisions, values, HIRED, name="Note 2024")
    (warning,) = control_warnings(decisions, LIMITS)
    assert (warning.kind, warning.reason, warning.column) == ("tainted", "past_rating", "Note 2024")


def test_inputs_with_very_many_values_and_protected_ones_are_not_looked_at(make_decisions):
    many = [f"v{i}" for i in range(60)] + ["n/a"] * 140
    outcome = [1] * 60 + [0] * 140
    assert control_warnings(_file(make_decisions, many, outcome, as_input=True), LIMITS) == ()
    decisions = make_decisions(outcome, protected={"p": many}, inputs={"p": many})
    assert control_warnings(decisions, LIMITS) == ()
