"""Stages as people write them: a column each, dates and crosses, one column; what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.data.decisions import OUTSIDE, PASSED, REFUSED, UNKNOWN, WITHDREW
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

STAGES = ("tri", "entretien", "offre")
SEX = ["F", "H", "F", "H", "F", "H"]


def steps_of(path, **roles):
    given = {"outcome": None, "stages": STAGES, "protected": ("sexe",)} | roles
    return read_decisions(path, Roles(**given))


def codes_of(error):
    return [fault.code for fault in error.faults]


def test_yes_and_no_with_a_withdrawal_and_an_unknown(table_file):
    path = table_file(
        {
            "sexe": SEX,
            "tri": ["oui", "oui", "oui", "non", "oui", "oui"],
            "entretien": ["oui", "non", "Désisté", "", "oui", "oui"],
            "offre": ["oui", "", "", "", "", "non"],
        }
    )
    decisions = steps_of(path, withdrawn=("désisté",))
    expected = [
        [PASSED, PASSED, PASSED],
        [PASSED, REFUSED, OUTSIDE],
        [PASSED, WITHDREW, OUTSIDE],
        [REFUSED, OUTSIDE, OUTSIDE],
        [PASSED, PASSED, UNKNOWN],
        [PASSED, PASSED, REFUSED],
    ]
    assert decisions.steps.states.tolist() == expected
    # the decision is the last stage: two rows have none, for two reasons
    assert decisions.roles.outcome == "offre"
    assert decisions.outcome.tolist() == [1, 0, 0, 0]
    assert {(one.reason, one.rows) for one in decisions.source.rows_set_aside} == {
        ("withdrew", 1),
        ("outcome_missing", 1),
    }
    # everybody stays among the people of the stages
    assert decisions.steps.people.protected["sexe"].codes.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("mark", ["03/02/2024", "x", "oui"])
def test_dates_crosses_and_lone_words_say_passed_and_blanks_not_passed(table_file, mark):
    column = [mark, mark, mark, "", "", ""]
    path = table_file(
        {"sexe": SEX, "tri": [mark] * 5 + [""], "entretien": column, "offre": [mark] + [""] * 5}
    )
    states = steps_of(path).steps.states
    assert (states[:, 0] == PASSED).sum() == 5
    assert states[:, 1].tolist() == [PASSED, PASSED, PASSED, REFUSED, REFUSED, OUTSIDE]
    assert (states[:, 2] == PASSED).sum() == 1


def test_one_column_gives_the_same_as_a_column_for_each(table_file):
    each = table_file(
        {
            "sexe": SEX,
            "tri": ["oui"] * 6,
            "entretien": ["oui", "oui", "oui", "non", "non", "oui"],
            "offre": ["oui", "non", "", "", "", "oui"],
            "motif": ["", "", "retrait", "", "", ""],
        }
    )
    one = table_file(
        {
            "sexe": SEX,
            "étape": ["Offre", "entretien", "Entretien", "tri", "tri", "offre"],
            "motif": ["", "", "retrait", "", "", ""],
        },
        "une.csv",
    )
    withdrawn = ("motif=retrait",)
    first = steps_of(each, withdrawn=withdrawn)
    second = steps_of(one, last_stage="étape", withdrawn=withdrawn)
    np.testing.assert_array_equal(first.steps.states, second.steps.states)
    np.testing.assert_array_equal(first.outcome, second.outcome)


def test_a_decision_apart_is_the_last_stage(table_file):
    path = table_file(
        {
            "sexe": SEX,
            "tri": ["oui"] * 5 + ["non"],
            "entretien": ["oui", "oui", "oui", "non", "non", "non"],
            "décision": ["Retenu", "Refusé", "Retenue", "Refusé", "Refusée", "Refusé"],
        }
    )
    decisions = steps_of(path, stages=("tri", "entretien"), outcome="décision")
    assert decisions.steps.names == ("tri", "entretien", "décision")
    assert decisions.outcome.tolist() == [1, 0, 1, 0, 0, 0]


FINE = {"tri": ["oui"] * 5 + ["non"], "entretien": ["oui", "oui", "non", "non", "non", "non"]}
BAD = {
    "reading.stage_not_entered": {**FINE, "offre": ["oui", "non", "non", "oui", "non", "oui"]},
    "reading.stages_order": {
        "tri": ["oui"] + ["non"] * 5,
        "entretien": ["oui"] * 5 + ["non"],
        "offre": ["oui"] * 3 + ["non"] * 3,
    },
    "reading.stage_values": {**FINE, "offre": ["A", "B", "C", "", "", ""]},
    "reading.stage_blank": {**FINE, "offre": [""] * 6},
    "reading.dates_mixed": {**FINE, "offre": ["2024-02-03", "03/02/2024", "", "", "", ""]},
    "reading.last_stage_one_value": {**FINE, "offre": ["non"] * 6},
}


@pytest.mark.parametrize("code", BAD)
def test_bad_stages(table_file, code):
    with pytest.raises(AuditError) as caught:
        steps_of(table_file({"sexe": SEX, **BAD[code]}))
    assert codes_of(caught.value) == [code] * len(caught.value.faults)


def test_the_order_that_agrees_with_every_row_is_told(table_file):
    with pytest.raises(AuditError) as caught:
        steps_of(table_file({"sexe": SEX, **BAD["reading.stages_order"]}))
    assert caught.value.faults[0].values["order"] == ["entretien", "offre", "tri"]


def test_the_rows_that_never_entered_are_named(table_file):
    with pytest.raises(AuditError) as caught:
        steps_of(table_file({"sexe": SEX, **BAD["reading.stage_not_entered"]}))
    fault = caught.value.faults[0]
    assert (fault.where, fault.seen, fault.values["lines"]) == ("offre", "entretien", [5, 7])


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ({"withdrawn": ("desiste",)}, "reading.withdrawn_missing"),
        ({"withdrawn": ("tri=desiste",)}, "reading.withdrawn_missing"),
        ({"stages": ("tri",)}, "roles.stages_few"),
        ({"outcome": "tri"}, "roles.outcome_not_last_stage"),
        ({"stages": (), "last_stage": "tri"}, "reading.last_stage_order"),
        ({"stages": ("a", "b"), "last_stage": "tri"}, "reading.last_stage_values"),
    ],
)
def test_bad_roles(table_file, roles, code):
    path = table_file({"sexe": SEX, **FINE, "offre": ["oui", "non", "", "", "", ""]})
    with pytest.raises(AuditError) as caught:
        steps_of(path, **roles)
    assert code in codes_of(caught.value)
