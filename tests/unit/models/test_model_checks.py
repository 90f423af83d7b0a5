"""A model against the file and against what was declared: all mismatches at once."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import Rule
from algo_audit.models.sklearn_model import model_from_estimator

OUTCOME = [1, 0, 1, 0]
PEOPLE = {"sexe": ["F", "H", "F", "H"]}
FILE = {
    "annees": ["3", "1,5", "8", "0"],
    "diplome": ["Bac", "Bac+2", "Bac", "CAP"],
    "sexe": PEOPLE["sexe"],
    "pays": ["FR"] * 4,
}


def model(*inputs: Input, rule: Rule | None = None, unseen: bool = False) -> CallableModel:
    return CallableModel(
        lambda rows: rows[:, 0], inputs, rule=rule, unseen_allowed=unseen, takes="matrix"
    )


def decisions(make_decisions, **columns: list[str]):
    return make_decisions(OUTCOME, protected=PEOPLE, inputs={**FILE, **columns})


def test_all_mismatches_at_once(make_decisions):
    made = model(
        Input("anees", "number"),
        Input("annees", "category", levels=("3",)),
        Input("diplome", "number"),
        Input("ville", "category", levels=("Arras",)),
        rule=Rule("threshold", 70),
    )
    with pytest.raises(AuditError) as caught:
        check_model(
            made, decisions(make_decisions), rule=Rule("top_k", 3), declared=["annees", "diplome"]
        )
    found = [(fault.code, fault.where) for fault in caught.value.faults]
    assert found == [
        ("model.column_missing", "anees"),
        ("model.unseen_category", "annees"),
        ("model.not_a_number", "diplome"),
        ("model.column_missing", "ville"),
        ("model.input_not_declared", "anees"),
        ("model.input_not_declared", "ville"),
        ("model.rule_differs", ""),
    ]
    assert caught.value.faults[0].choices == ("annees",)
    for language in LANGUAGES:
        said = describe(caught.value, Catalogue(language), Formats(language))
        assert len(set(said)) == 7
        assert not any("error." in one for one in said)


def test_what_is_told_without_being_a_fault(make_decisions):
    made = model(
        Input("annees", "number", low=1, high=5),
        Input("pays", "category", levels=("FR", "BE")),
        Input("sexe", "category", levels=("F",)),
        unseen=True,
    )
    checked = check_model(
        made, decisions(make_decisions), declared=["annees", "pays", "sexe", "diplome"]
    )
    assert [(note.code, note.column) for note in checked.notes] == [
        ("beyond_range", "annees"),
        ("one_value", "pays"),
        ("unseen_taken", "sexe"),
        ("protected_input", "sexe"),
        ("declared_unused", "diplome"),
    ]
    assert checked.notes[0].values["rows"] == 2
    assert checked.notes[2].values == {"levels": ["H"], "rows": 2}
    assert checked.rows.values.shape == (4, 3)


def test_a_column_of_the_decision_itself(make_decisions):
    made = decisions(make_decisions)
    made = replace(made, roles=replace(made.roles, advice="diplome"))
    checked = check_model(model(Input("diplome", "category", levels=("Bac", "Bac+2", "CAP"))), made)
    assert ("late_input", {"role": "advice"}) in [(n.code, n.values) for n in checked.notes]


@pytest.mark.parametrize(
    ("own", "case", "applied"),
    [
        (None, None, None),
        (Rule("threshold", 70), None, Rule("threshold", 70)),
        (None, Rule("top_k"), Rule("top_k")),
        (Rule("top_k"), Rule("top_k", 3), Rule("top_k", 3)),
        (Rule("top_k", 3), Rule("top_k"), Rule("top_k", 3)),
    ],
)
def test_the_rule_that_applies(make_decisions, own, case, applied):
    made = model(Input("annees", "number"), rule=own)
    assert check_model(made, decisions(make_decisions), rule=case).rule == applied


def test_rows_that_were_not_kept(make_decisions):
    bare = make_decisions(OUTCOME, protected=PEOPLE)
    with pytest.raises(AuditError) as caught:
        check_model(model(Input("annees", "number")), bare)
    assert caught.value.code == "model.no_rows"


def test_the_case_says_how_scores_of_a_library_become_decisions(make_decisions):
    """``predict`` has a threshold of its own; the employer takes the best k of each vacancy."""
    table = pd.DataFrame({"annees": [1.0, 2.0, 3.0, 4.0]})
    estimator = LogisticRegression().fit(table, [0, 0, 1, 1])
    made = model_from_estimator(estimator, name="logistic")
    assert made.rule.kind == "threshold"
    people = make_decisions([0, 1], protected={"sexe": list("FH")}, inputs={"annees": ["1", "4"]})
    for rule in (Rule("top_k", 3), Rule("top_k"), Rule("threshold", 0.7)):
        assert check_model(made, people, rule=rule).rule == rule
    assert check_model(made, people).rule == made.rule
