"""The model run again on the file: scores, decisions, advice, ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algo_audit.cases.case import builtin_case
from algo_audit.data.advice import read_advice
from algo_audit.explain.replay import chosen_as_logged, replay
from algo_audit.models.callable_model import CallableModel
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Rule
from algo_audit.models.scoring_grid import read_grid
from algo_audit.stats.intervals import rate_interval

INPUTS = (Input("x", "number"),)
SAME = CallableModel(lambda rows: rows[:, 0], INPUTS, takes="matrix")


def rows(values) -> InputRows:
    return InputRows(INPUTS, np.asarray(values, dtype=float).reshape(-1, 1))


def test_the_recruitment_file(request):
    """97.6 % of decisions follow the grid (so says truth.toml), all of the advice."""
    from pathlib import Path

    import algo_audit.cases.case as module
    from algo_audit.models.model_checks import check_model

    case = builtin_case("recruitment")
    decisions = case.read()
    grid = read_grid(Path(module.__file__).parent / "recruitment" / "grid.toml")
    checked = check_model(grid, decisions, rule=case.rule)
    made = replay(grid, checked.rows, decisions, rule=checked.rule)
    assert (made.scores, made.scores_equal, made.largest_difference) == (5000, 5000, 0.0)
    assert made.agreement.value == pytest.approx(0.976)
    assert made.advice_agreement.value == 1.0
    # every place is filled: who comes in pushes somebody else out
    assert made.added == made.dropped == 60
    assert made.tied == 25
    groups = {(one.attribute, one.group): one.agreement for one in made.by_group}
    older_women = groups["age", "50+"]
    assert older_women.value < groups["age", "30-39"].value
    n = groups["sexe", "F"].n
    alike = round(groups["sexe", "F"].value * n)
    low, high = rate_interval(alike, n)
    assert (groups["sexe", "F"].low, groups["sexe", "F"].high) == (float(low), float(high))


def test_scores_are_compared_to_the_last_decimal_written(make_decisions):
    made = make_decisions(
        [1, 0, 1, 0, 1],
        protected={"sexe": list("FHFHF")},
        score=[1.2, 3.4, 5.0, 7.1, np.nan],
        inputs={"score": ["1,2", "3,4", "5", "7,1", ""]},
    )
    found = replay(SAME, rows([1.249, 3.35, 5.06, 7.1, 2.0]), made)
    assert (found.scores, found.scores_equal) == (4, 3)
    assert found.largest_difference == pytest.approx(0.06)
    assert found.rule == "rule_missing"
    assert found.agreement.value is None
    assert found.agreement.missing_reason == "rule_missing"
    assert (found.advice_agreement, found.by_group) == (None, ())


def test_a_score_written_in_full_has_no_room(make_decisions):
    made = make_decisions(
        [1, 0], protected={"sexe": ["F", "H"]}, score=[0.1, 3e-5],
        inputs={"score": ["0.1000000000000000055", "3e-05"]},
    )  # fmt: skip
    found = replay(SAME, rows([0.1, 3.001e-5]), made)
    assert found.scores_equal == 1


def test_shares_written_in_percent(make_decisions):
    made = make_decisions(
        [1, 0], protected={"sexe": ["F", "H"]}, score=[0.125, 0.5],
        inputs={"score": ["12,5 %", "50 %"]},
    )  # fmt: skip
    assert replay(SAME, rows([0.1253, 0.502]), made).scores_equal == 1


def test_without_a_logged_score_nothing_is_compared(make_decisions):
    made = make_decisions([1, 0], protected={"sexe": ["F", "H"]})
    found = replay(SAME, rows([1, 2]), made, rule=Rule("threshold", 2))
    assert (found.scores, found.largest_difference) == (0, None)
    assert (found.agreement.value, found.added, found.dropped) == (0.0, 1, 1)


def test_ties_count_as_reproduced_where_their_number_fits(make_decisions):
    # one place, three with the same score: whoever was taken, the grid could have taken
    made = make_decisions([0, 0, 1, 0], protected={"sexe": list("FHFH")}, pool=["a"] * 4)
    found = replay(SAME, rows([5, 5, 5, 1]), made, rule=Rule("top_k"))
    assert (found.agreement.value, found.tied, found.added) == (1.0, 3, 0)
    # the one with the lowest score was taken: that is no tie
    made = make_decisions([0, 0, 0, 1], protected={"sexe": list("FHFH")}, pool=["a"] * 4)
    found = replay(SAME, rows([5, 5, 5, 1]), made, rule=Rule("top_k"))
    assert (found.agreement.value, found.tied, found.added, found.dropped) == (0.5, 3, 1, 1)


def test_rows_without_a_pool_are_not_compared(make_decisions):
    made = make_decisions([1, 0, 1], protected={"sexe": list("FHF")}, pool=["a", "a", None])
    found = replay(SAME, rows([2, 1, 9]), made, rule=Rule("top_k"))
    assert (found.agreement.n, found.agreement.value, found.rows) == (2, 1.0, 3)
    assert sum(one.agreement.n for one in found.by_group) == 2


def test_advice_in_other_words(make_decisions):
    made = make_decisions(
        [1, 0, 1, 0],
        protected={"sexe": list("FHFH")},
        pool=["a"] * 4,
        inputs={"avis": ["Favorable", "Défavorable", "favorable", "n/a"]},
    )
    made = replace(made, roles=replace(made.roles, advice="avis", favourable="Retenu"))
    assert read_advice(made).tolist() == [1, 0, 1, -1]
    found = replay(SAME, rows([4, 3, 2, 1]), made, rule=Rule("top_k"))
    assert found.advice_agreement.n == 3
    assert found.advice_agreement.value == pytest.approx(1 / 3)


@pytest.mark.parametrize("cells", [["bleu", "vert"], ["a", "b", "c"], ["oui", "oui"]])
def test_advice_that_cannot_be_told(make_decisions, cells):
    made = make_decisions(
        [1, 0, 1][: len(cells)],
        protected={"sexe": list("FHF")[: len(cells)]},
        inputs={"avis": cells},
    )
    made = replace(made, roles=replace(made.roles, advice="avis", favourable="Retenu"))
    assert read_advice(made) is None


@given(
    hnp.arrays(np.float64, 12, elements=st.sampled_from([1.0, 2.0, 3.0])),
    hnp.arrays(np.int32, 12, elements=st.integers(0, 2)),
    hnp.arrays(np.int8, 12, elements=st.integers(0, 1)),
)
@settings(max_examples=80, deadline=None)
def test_ties_are_settled_as_well_as_any_order_of_the_file_could(scores, pool, logged):
    """Nothing else than ties is changed, and no order of the rows agrees with more decisions."""
    from algo_audit.data.decisions import Column, Decisions, Source
    from algo_audit.data.roles import Roles

    column = Column("pool", pool, ("0", "1", "2"))
    made = Decisions(Roles("d", pool="pool"), Source("f", "", 12, 12), logged, {}, pool=column)
    decided, tied = chosen_as_logged(Rule("top_k"), scores, made, logged)
    assert np.bincount(pool, weights=decided).tolist() == np.bincount(pool, weights=logged).tolist()
    from algo_audit.models.rule import decide

    best = 0
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(12)
        other = np.empty(12, dtype=np.int8)
        other[order] = decide(
            Rule("top_k"), scores[order], pool=pool[order], taken=logged[order]
        ).decision
        assert (other == decided)[~tied].all()
        best = max(best, int((other == logged).sum()))
    assert int((decided == logged).sum()) >= best
