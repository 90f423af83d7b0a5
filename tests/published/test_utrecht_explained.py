"""The Utrecht applicants: models trained on them, explained on them, and what they could change."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.published.utrecht import CATEGORIES, NUMBERS, trained

from algo_audit.data.actions import Action
from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.explain.contributions import explain_scores, players_of
from algo_audit.explain.gap import decompose_gaps
from algo_audit.explain.recourse import find_recourse
from algo_audit.explain.staircase import staircases
from algo_audit.explain.tree_shapley import tree_shapley
from algo_audit.models.inputs import read_inputs
from algo_audit.models.model import AdditiveModel
from algo_audit.models.rule import Rule, decide
from algo_audit.models.sklearn_model import model_from_estimator

pytestmark = pytest.mark.real_data

KINDS = ("logistic", "boosting", "forest")
LIMITS = read_limits()
# Fewer calls than an audit spends: the sums have to be exact all the same.
QUICK = replace(LIMITS, explain=replace(LIMITS.explain, model_rows=30_000, people_sampled=50))


@pytest.fixture(scope="module")
def applicants(real_data):
    path = real_data / "utrecht_companies" / "recruitmentdataset-2022-1.3.csv"
    roles = Roles(
        outcome="decision", favourable="TRUE", protected=("gender",), pool="company",
        identifier="Id",
    )  # fmt: skip
    return read_decisions(path, roles), pd.read_csv(path)


@pytest.fixture(scope="module")
def models(applicants):
    decisions, typed = applicants
    made = {}
    for kind in KINDS:
        model = model_from_estimator(trained(kind, typed), name=kind)
        made[kind] = (model, read_inputs(decisions.table, model.inputs))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_additive_on_every_row_of_the_training_data(models, kind):
    """Rows that lie on split values included, which shap 0.51 gets wrong."""
    model, rows = models[kind]
    made = explain_scores(model, rows.values, background=rows.values[::8])
    assert made.values.shape == (4000, len(model.inputs))
    assert np.abs(made.base + made.values.sum(axis=1) - model.score(rows.values)).max() < 1e-12


def test_equal_to_shap_wherever_shap_sums_to_the_score(models):
    """Histogram boosting on its training rows; elsewhere shap's own sum betrays it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shap = importlib.import_module("shap")
    model, rows = models["boosting"]
    encoded = model.encode(rows.values)
    explained, background = encoded[:400], encoded[400:480]
    explainer = shap.TreeExplainer(
        model.estimator[-1], background, feature_perturbation="interventional"
    )
    theirs = explainer.shap_values(explained, check_additivity=False)
    sums = explainer.expected_value + theirs.sum(axis=1)
    right = np.abs(sums - model.score(rows.values[:400])) < 1e-6
    # shap takes each encoded column for a player of its own
    columns = encoded.shape[1]
    made = tree_shapley(
        model.trees(), explained, background,
        player=np.arange(columns, dtype=np.int32), players=columns,
    )  # fmt: skip
    assert right.mean() > 0.9
    assert np.abs(made[right] - theirs[right]).max() < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_gap_decomposition_sums_to_the_gap(applicants, models, kind):
    decisions, _ = applicants
    model, rows = models[kind]
    scores = model.score(rows.values)
    pool = decisions.pool.codes
    rule = Rule("top_k", None)
    decided = decide(rule, scores, pool=pool, taken=decisions.outcome)
    found = decompose_gaps(
        model, rows, decided, decisions, players=players_of(model, ()),
        references={"gender": "male"}, limits=QUICK, seed=1,
    )  # fmt: skip
    assert {one.group for one in found} == {"female", "other"}
    exact = isinstance(model, AdditiveModel)
    gender = np.array(decisions.protected["gender"].levels)[decisions.protected["gender"].codes]
    for one in found:
        assert abs(sum(part.value.value for part in one.parts) - one.gap.value) < 1e-9
        if one.target == "score" or exact:
            assert one.method == "exact"
        total = scores if one.target == "score" else decided.decision
        if one.method == "exact":
            gap = total[gender == one.group].mean() - total[gender == "male"].mean()
            assert one.gap.value == pytest.approx(gap)
    stairs = staircases(scores, rule, decisions, references={"gender": "male"}, limits=LIMITS)
    for one in stairs:
        raw = decisions.outcome[gender == one.group].mean()
        raw -= decisions.outcome[gender == "male"].mean()
        assert sum(step.value.value for step in one.steps) == pytest.approx(raw, abs=1e-12)


DEGREES = ("bachelor", "master", "phd")
ACTIONS = (
    Action("languages", direction="up", step=1, most=2),
    Action("prog_exp", order=("FALSE", "TRUE"), direction="up"),
    Action("int_exp", order=("FALSE", "TRUE"), direction="up"),
    Action("highest_degree", order=DEGREES, direction="up", forbidden=(("bachelor", "phd"),)),
    Action("grade", low=45, high=75, step=1, direction="up"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_recourse_is_always_valid_and_never_forbidden(applicants, models, kind):
    """Every way, applied to the person's own line, is admitted by the library itself."""
    typed = applicants[1]
    model, rows = models[kind]
    scores = model.score(rows.values)
    refused = np.flatnonzero(scores < model.rule.value)[:120:3]
    found = find_recourse(
        model, rows.values[refused], needed=np.full(len(refused), model.rule.value),
        actions=ACTIONS, people=rows.values, ways=4, limits=LIMITS, seed=0,
    )  # fmt: skip
    own = typed[[*CATEGORIES, *NUMBERS]]
    ways = 0
    for person, one in zip(refused, found, strict=True):
        assert one.ways or one.reason in {"out_of_reach", "not_plausible"}
        for way in one.ways:
            line = own.iloc[[person]].copy()
            for change in way.changes:
                before = line[change.column].iloc[0]
                assert str(before).upper() == str(change.before).upper() or before == change.before
                assert_allowed(change)
                line[change.column] = (
                    change.after == "TRUE" if line[change.column].dtype == bool else change.after
                )
            assert model.estimator.predict(line)[0]
            ways += 1
        assert len({way.changes for way in one.ways}) == len(one.ways) <= 4
    assert ways >= len(refused) / 2


def assert_allowed(change):
    """Direction, bounds, steps and forbidden transitions as declared."""
    action = {one.column: one for one in ACTIONS}[change.column]
    if action.order:
        assert action.order.index(change.after) > action.order.index(change.before)
        assert (change.before, change.after) not in action.forbidden
        return
    moved = change.after - change.before
    assert moved > 0
    assert moved == pytest.approx(round(moved / action.step) * action.step)
    assert action.most is None or moved <= action.most
    assert action.high is None or change.after <= action.high
