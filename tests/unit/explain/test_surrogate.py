"""Readable rules and fidelity: against brute force, against scikit-learn, on real files."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.explain.rule_tree import grow, leaf_of, plain_between
from algo_audit.explain.surrogate import fit_stand_in, measure_fidelity, readable_rules
from algo_audit.fairness.controls import control_warnings, leaking_columns
from algo_audit.models.inputs import Input, InputRows

LIMITS = read_limits()
FEW = replace(LIMITS, explain=replace(LIMITS.explain, rules_people=5))


def holds(condition, cell):
    """A condition read aloud, on one cell as the file writes it."""
    blank = cell is None
    if condition.op == "blank":
        return blank
    if blank:
        return False
    if condition.op == "in":
        return cell in condition.levels
    return cell <= condition.number if condition.op == "<=" else cell > condition.number


def cells(rows):
    """Rows as the file writes them, by name."""
    made = []
    for row in rows.values:
        own = {}
        for one, value in zip(rows.inputs, row, strict=True):
            if one.kind == "number" or np.isnan(value):
                own[one.name] = None if np.isnan(value) else value
            else:
                own[one.name] = one.levels[int(value)]
        made.append(own)
    return made


def random_rows(seed, rows=400, *, blanks=0.0):
    draw = np.random.default_rng(seed)
    inputs = (
        Input("test", "number"),
        Input("years", "number"),
        Input("site", "category", levels=("a", "b", "c", "d", "e")),
    )
    values = np.column_stack([
        draw.normal(50, 10, rows).round(1), draw.integers(0, 9, rows), draw.integers(0, 5, rows),
    ]).astype(float)  # fmt: skip
    signal = values[:, 0] / 10 + values[:, 1] / 3 + np.isin(values[:, 2], [1, 3])
    values[draw.random(values.shape) < blanks] = np.nan
    outcome = (signal + draw.normal(0, 0.5, rows) > 7).astype(np.int8)
    return InputRows(inputs, values), outcome


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("blanks", [0.0, 0.2])
def test_rules_read_aloud_sort_every_person_once(make_decisions, seed, blanks):
    rows, outcome = random_rows(seed, blanks=blanks)
    decisions = make_decisions(outcome, protected={"g": ["x", "y"] * 200})
    found = readable_rules(rows, outcome, decisions, of="log", limits=FEW, seed=seed)
    said = [
        [
            place
            for place, rule in enumerate(found.rules)
            if all(holds(c, one[c.column]) for c in rule.conditions)
        ]
        for one in cells(rows)
    ]
    assert all(len(one) == 1 for one in said)
    place = np.array([one[0] for one in said])
    for number, rule in enumerate(found.rules):
        assert rule.n == (place == number).sum()
        assert rule.events == outcome[place == number].sum()
        assert len(rule.conditions) <= LIMITS.explain.rules_depth
        assert len({(c.column, c.op) for c in rule.conditions}) == len(rule.conditions)
    assert sum(rule.n for rule in found.rules) == len(rows)


def test_neighbours_that_decide_alike_are_merged():
    rows, outcome = random_rows(0)
    tree = grow(rows.values, rows.inputs, outcome, depth=3, people=5)

    def walk(node):
        if node.branches:
            own = list(node.branches.values())
            assert any(one.branches for one in own) or len({one.favourable for one in own}) > 1
            for one in own:
                walk(one)

    walk(tree)
    always = grow(rows.values, rows.inputs, np.zeros(400, np.int8), depth=3, people=5)
    assert always.conditions == ()
    assert not always.favourable
    assert not always.branches


@pytest.mark.parametrize("seed", range(8))
def test_numbers_are_asked_as_scikit_learn_would(seed):
    """On numbers alone and one question deep, the same cut as CART."""
    rows, outcome = random_rows(seed)
    numbers = rows.values[:, :2]
    own = grow(numbers, rows.inputs[:2], outcome, depth=1, people=10)
    theirs = DecisionTreeClassifier(max_depth=1, min_samples_leaf=10).fit(numbers, outcome)
    said = np.array([leaf.rate for leaf in leaf_of(own, numbers)[1]])[leaf_of(own, numbers)[0]]
    if own.branches:
        assert np.allclose(said, theirs.predict_proba(numbers)[:, 1])


@pytest.mark.parametrize("seed", range(8))
def test_the_set_of_levels_is_the_best_of_all_sets(seed):
    draw = np.random.default_rng(seed)
    codes = draw.integers(0, 6, 300).astype(float)
    outcome = (draw.random(300) < draw.random(6)[codes.astype(int)]).astype(np.int8)

    def impurity(mask):
        return sum(len(o) * o.mean() * (1 - o.mean()) for o in (outcome[mask], outcome[~mask]))

    sets = [s for size in range(1, 6) for s in combinations(range(6), size)]
    sizes = {s: np.isin(codes, s) for s in sets}
    best = min(impurity(m) for m in sizes.values() if min(m.sum(), (~m).sum()) >= 20)
    site = Input("site", "category", levels=tuple("abcdef"))
    from algo_audit.explain.rule_tree import _level_split

    split = _level_split(codes, outcome.astype(float), 0, 20)
    assert impurity(np.isin(codes, list(split.left))) == pytest.approx(best)
    tree = grow(codes[:, None], (site,), outcome, depth=1, people=20)
    assert tree.branches == {} or len(tree.branches) == 2


def test_plain_numbers():
    assert plain_between(69.3817, 69.4152) == 69.4
    assert plain_between(2.0, 3.0) == 2.0
    assert plain_between(0.1, 0.3) == 0.1
    assert plain_between(-1.5, -0.2) == -1.0
    low = 0.1 + 0.2
    assert low <= plain_between(low, np.nextafter(low, 1)) < np.nextafter(low, 1)


def test_a_blank_never_met_goes_with_the_greater_part():
    rows, outcome = random_rows(1)
    tree = grow(rows.values, rows.inputs, outcome, depth=2, people=5)
    blank = np.full((1, 3), np.nan)
    reached, leaves = leaf_of(tree, blank)
    assert 0 <= reached[0] < len(leaves)


def test_fidelity_counts(make_decisions):
    sex = ["F"] * 60 + ["M"] * 40
    really = np.array([1] * 30 + [0] * 70, np.int8)
    decided = really.copy()
    decided[:6] = 0  # six women said to be refused
    decisions = make_decisions(really, protected={"sex": sex})
    scores = np.random.default_rng(0).normal(size=100) + really
    codes = {"sex": decisions.protected["sex"].codes}
    found = measure_fidelity(scores, decided, really, decisions.protected, codes, limits=LIMITS)
    assert found.held_out == 100
    assert found.agreement.value == pytest.approx(0.94)
    assert found.chance == pytest.approx(0.70)
    # Wilson's interval for 94 of 100 is 0.875 to 0.972 (published tables); Blaker's, with 6 misses
    assert 0.86 < found.agreement.low < 0.89
    assert 0.96 < found.agreement.high < 0.98
    assert found.auc.value == pytest.approx(roc_auc_score(really, scores))
    assert {(g.group, g.agreement.n, round(g.agreement.value, 2)) for g in found.by_group} == {
        ("F", 60, 0.9),
        ("M", 40, 1.0),
    }


def test_fidelity_where_nothing_varies(make_decisions):
    really = np.ones(30, np.int8)
    decisions = make_decisions(really, protected={"g": ["a"] * 30})
    found = measure_fidelity(
        np.zeros(30),
        really,
        really,
        decisions.protected,
        {"g": decisions.protected["g"].codes},
        limits=LIMITS,
    )
    assert found.auc.value is None
    assert found.auc.missing_reason == "nothing_varies"
    assert found.chance == 1.0


def test_too_few_people_for_rules(make_decisions):
    rows, outcome = random_rows(0, 30)
    decisions = make_decisions(outcome, protected={"g": ["x", "y"] * 15})
    assert readable_rules(rows, outcome, decisions, of="log", limits=LIMITS, seed=0) is None
    unknown = np.full(30, -1, np.int8)
    assert readable_rules(rows, unknown, decisions, of="model", limits=LIMITS, seed=0) is None


def test_no_input_no_stand_in(make_decisions):
    rows, outcome = random_rows(0)
    decisions = make_decisions(
        outcome, protected={"g": ["x", "y"] * 200}, inputs={"test": rows.values[:, 0]}
    )
    assert fit_stand_in(decisions, limits=LIMITS, seed=0, leaking={"test"}) is None


@pytest.fixture(scope="module")
def akkodis(real_data):
    inputs = (
        "Study Area", "Study Title", "Sector", "Job Family Hiring", "Job Title Hiring",
        "Technical Skills", "Comunication", "Maturity", "Dynamism", "Mobility", "English",
    )  # fmt: skip
    roles = Roles(outcome="Status", favourable="Positive", protected=("Sex",), inputs=inputs)
    return read_decisions(real_data / "akkodis" / "akkodis.csv", roles)


def test_akkodis_leaks_are_kept_out_and_little_is_left(akkodis):
    leaking = leaking_columns(control_warnings(akkodis, LIMITS))
    made, rows, fidelity = fit_stand_in(akkodis, limits=LIMITS, seed=1, leaking=leaking)
    assert {"Job Family Hiring", "Job Title Hiring"}.isdisjoint(one.name for one in rows.inputs)
    assert fidelity.held_out == made.held_out.sum()
    assert (
        fidelity.agreement.value < fidelity.chance
    )  # said as it is: the stand-in is worth nothing
    assert fidelity.auc.value < 0.6
    assert {one.group for one in fidelity.by_group} == {"Female", "Male"}
    assert sum(one.agreement.n for one in fidelity.by_group) == fidelity.held_out


def test_utrecht_rules_of_a_stand_in(real_data):
    inputs = (
        "age", "sport", "grade", "debate_club", "prog_exp", "int_exp", "ent_exp", "languages",
        "exact_study", "highest_degree", "company",
    )  # fmt: skip
    roles = Roles(
        outcome="decision", favourable="TRUE", protected=("gender",), identifier="Id", inputs=inputs
    )
    path = real_data / "utrecht_companies" / "recruitmentdataset-2022-1.3.csv"
    decisions = read_decisions(path, roles)
    made, rows, fidelity = fit_stand_in(decisions, limits=LIMITS, seed=0)
    assert fidelity.agreement.low > fidelity.chance + 0.1
    assert fidelity.auc.low > 0.9
    # exactly what the stand-in decides on the rows kept out, pool or no pool
    decided = made.model.decide(made.model.score(rows.values)).decision
    own = (decided == decisions.outcome)[made.held_out].mean()
    assert fidelity.agreement.value == pytest.approx(own)
    found = readable_rules(
        rows, decided, decisions, of="model", limits=LIMITS, seed=0, held_out=made.held_out
    )
    assert found.fidelity.agreement.value > found.fidelity.chance
    assert 2 <= len(found.rules) <= 8
    # categories stand as levels of the file, never as columns made from them
    assert {c.column for rule in found.rules for c in rule.conditions} <= set(inputs)
