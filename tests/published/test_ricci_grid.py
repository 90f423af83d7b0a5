"""A real scoring grid, replayed: New Haven's exams (Ricci v. DeStefano)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.explain.effects import monotonicity
from algo_audit.explain.grid_lines import grid_lines
from algo_audit.explain.replay import replay
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import Rule, decide
from algo_audit.models.scoring_grid import read_grid

GRID = Path(__file__).parent / "ricci.grid.toml"
# 10 lieutenants and 9 captains could be promoted at once: 8 and 7 posts, three names for each.
PLACES = {"Captain": 9, "Lieutenant": 10}
# The opinion of the Supreme Court, 557 U.S. 557 (2009): who passed, who could be promoted.
PASSED = {
    ("Captain", "W"): (16, 25),
    ("Captain", "B"): (3, 8),
    ("Captain", "H"): (3, 8),
    ("Lieutenant", "W"): (25, 43),
    ("Lieutenant", "B"): (6, 19),
    ("Lieutenant", "H"): (3, 15),
}
ELIGIBLE = {("Captain", "W"): 7, ("Captain", "H"): 2, ("Lieutenant", "W"): 10}

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def exams(real_data, tmp_path_factory):
    """The file with the decision that the city's rule makes of its own column ``Combine``."""
    table = pd.read_csv(real_data / "ricci" / "ricci.csv")
    table["pass"] = np.where(table["Combine"] >= 70, "yes", "no")
    path = tmp_path_factory.mktemp("ricci") / "exams.csv"
    table.to_csv(path, index=False)
    roles = Roles(
        outcome="pass",
        favourable="yes",
        score="Combine",
        protected=("Race",),
        pool="Position",
        inputs=("Written", "Oral"),
    )
    return read_decisions(path, roles)


@pytest.fixture(scope="module")
def checked(exams):
    return check_model(read_grid(GRID), exams)


def counted(exams, decision) -> dict[tuple[str, str], int]:
    frame = exams.table.assign(taken=decision)
    sums = frame.groupby(["Position", "Race"])["taken"].sum()
    return {key: int(value) for key, value in sums.items() if value}


def the_lists(exams, scores):
    """Top of each list: as many as the rule of three lets in."""
    pool = exams.pool.codes
    places = np.zeros(len(pool), dtype=np.int8)
    for code, level in enumerate(exams.pool.levels):
        places[np.flatnonzero(pool == code)[: PLACES[level]]] = 1
    return decide(Rule("top_k"), scores, pool=pool, taken=places)


def test_every_mark_and_every_decision_is_reproduced(exams, checked):
    made = replay(read_grid(GRID), checked.rows, exams, rule=checked.rule)
    assert (made.rows, made.scores, made.scores_equal) == (118, 118, 118)
    assert made.largest_difference == 0.0
    assert (made.agreement.value, made.agreement.n) == (1.0, 118)
    assert (made.added, made.dropped, made.tied, made.rule) == (0, 0, 0, "threshold")
    assert [(one.group, one.agreement.value) for one in made.by_group] == [
        ("B", 1.0),
        ("H", 1.0),
        ("W", 1.0),
    ]


def test_who_passed_is_what_the_court_counted(exams, checked):
    grid = read_grid(GRID)
    made = grid.decide(grid.score(checked.rows.values))
    assert counted(exams, made.decision) == {key: passed for key, (passed, _) in PASSED.items()}
    sizes = exams.table.groupby(["Position", "Race"]).size()
    assert {key: int(n) for key, n in sizes.items()} == {key: n for key, (_, n) in PASSED.items()}


def test_the_rule_of_three_lets_in_those_whom_the_court_names(exams, checked):
    made = the_lists(exams, read_grid(GRID).score(checked.rows.values))
    assert counted(exams, made.decision) == ELIGIBLE
    assert not made.tied.any()


def test_with_thirty_and_seventy_other_people_are_on_the_lists(exams, checked, real_data):
    other = read_grid(GRID).with_weights({"written": 0.3, "oral": 0.7})
    made = the_lists(exams, other.score(checked.rows.values))
    file = json.loads((real_data / "ricci" / "oracle.json").read_text(encoding="utf-8"))
    lists = file["weights"]["reweighted_30_written_70_oral_top_list"]
    assert counted(exams, made.decision) == {
        (position, race): n for position, races in lists.items() for race, n in races.items()
    }
    # the log is that of the agreement's own weights: the other ones do not reproduce it
    again = replay(other, checked.rows, exams, rule=checked.rule)
    assert again.scores_equal < 10
    assert again.agreement.value < 0.95


def test_read_line_by_line(exams, checked):
    grid = read_grid(GRID)
    scores = grid.score(checked.rows.values)
    made = grid.decide(scores)
    written, oral = grid_lines(grid, checked.rows, made)
    assert (written.points, oral.points) == (0.6, 0.4)
    assert (written.people, oral.people) == (118, 118)
    frame = exams.table[["Written", "Oral"]].astype(float)
    assert written.mean_points == pytest.approx(0.6 * frame["Written"].mean(), abs=1e-9)
    # by hand: everybody with the mean of the written exam instead of the own mark
    instead = 0.4 * frame["Oral"] + 0.6 * frame["Written"].mean()
    assert written.deciding == int(((instead >= 70) != (scores >= 70)).sum()) > 0
    instead = 0.6 * frame["Written"] + 0.4 * frame["Oral"].mean()
    assert oral.deciding == int(((instead >= 70) != (scores >= 70)).sum()) > 0


def test_a_better_mark_never_costs_points(exams, checked):
    found = monotonicity(read_grid(GRID), checked.rows)
    assert [(one.column, one.verdict, one.people) for one in found] == [
        ("Written", "never_lowers", 118),
        ("Oral", "never_lowers", 118),
    ]


def test_a_file_of_another_exam_is_not_taken_for_this_one(exams, checked):
    renamed = replace(exams, table=exams.table.rename(columns={"Oral": "oral_mark"}))
    from algo_audit.errors import AuditError

    with pytest.raises(AuditError) as caught:
        check_model(read_grid(GRID), renamed)
    assert (caught.value.code, caught.value.choices[0]) == ("model.column_missing", "oral_mark")
