"""The monitoring case: the rule, what is off stays off, and what the audit concludes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from algo_audit.audit import within_strata
from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.monitoring.generator import generate
from algo_audit.cases.monitoring.story import Effects
from algo_audit.cases.truth import read_truth
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.explain.contributions import players_of
from algo_audit.explain.gap import decompose_gaps
from algo_audit.fairness.controls import control_warnings
from algo_audit.fairness.questions import explore, run_questions
from algo_audit.models.model_checks import check_model

from . import monitoring_facts


@pytest.fixture(scope="module")
def shipped():
    return monitoring_facts.read_back(dataset_path("monitoring"))


@pytest.fixture(scope="module")
def audited():
    """Rows of the shipped file, and the answers to the questions asked beforehand."""
    case = builtin_case("monitoring")
    decisions = case.read()
    limits = read_limits()
    table = CountTable.from_decisions(decisions)
    return case, decisions, table, run_questions(table, case.policy, limits).comparisons


def test_score_is_the_grid_of_the_data_sheet(shipped):
    points = monitoring_facts.grid_points(shipped).sum(axis=1)
    assert np.abs(points - shipped["score"]).max() <= 0.051
    assert points.between(0, 100).all()
    assert ((shipped["score"] >= monitoring_facts.THRESHOLD) == shipped["advised"]).all()


def test_some_teams_are_too_small_to_be_shown_alone(shipped):
    size = shipped.groupby("equipe").size()
    assert 0.1 < (size < monitoring_facts.SMALLEST_TEAM).mean() < 0.3
    kinds = shipped[["equipe", "poste", "horaire", "date_decision"]].drop_duplicates()
    assert kinds["equipe"].is_unique


_TOUCHED = {
    "emotion": {"indice_stress", "score", "avis_systeme", "prime"},
    "presence": {"interactions_min", "indice_engagement", "score", "avis_systeme", "prime"},
    "label_bias": {"appreciation_6_mois"},
    "unseen_gap": {
        "badge_retire_h",
        "interactions_min",
        "indice_engagement",
        "score",
        "avis_systeme",
        "prime",
    },
}


@pytest.mark.parametrize("effect", sorted(_TOUCHED))
def test_an_effect_changes_only_what_follows_from_it(effect):
    whole = generate(600, seed=3)
    without = generate(600, seed=3, effects=replace(Effects(), **{effect: False}))
    changed = {name for name in whole.columns if not whole[name].equals(without[name])}
    assert changed
    assert changed <= _TOUCHED[effect]


def test_posting_changes_where_people_work():
    without = generate(60_000, seed=3, effects=replace(Effects(), posting=False))
    seated = pd.crosstab(without["handicap"], without["poste"] == "Poste assis", normalize="index")
    assert seated.loc["Oui", True] == pytest.approx(seated.loc["Non", True], abs=0.025)


def test_audit_of_the_shipped_file_teaches(audited):
    """Three gaps established, groups left alone, one question left open."""
    _, decisions, table, rows = audited
    judged = {(row.attribute, row.group): row.verdict for row in rows}
    established = {key for key, verdict in judged.items() if verdict == "gap_established"}
    assert established == {("sexe", "F"), ("age", "50+"), ("handicap", "Oui")}
    assert judged["mandat", "Oui"] == "inconclusive"
    assert judged["age", "40-49"] == judged["age", "<30"] == "large_gap_excluded"
    limits = read_limits()
    gaps, _ = within_strata(table, rows, control_warnings(decisions, limits), limits)
    vanishing = {(gap.attribute, gap.group, gap.stratum) for gap in gaps if gap.vanishes}
    assert {("handicap", "Oui", "poste"), ("sexe", "F", "quotite_pct")} <= vanishing
    # working time is called out as a control that may itself carry the gap
    assert any(w.column == "quotite_pct" for w in control_warnings(decisions, limits))


def test_biased_appraisal_shows_as_a_lead():
    case = builtin_case("monitoring")
    policy = Policy(reference={"mandat": "Non"})
    roles = replace(case.roles, protected=("mandat",), strata=())
    decisions = replace(case, roles=roles, policy=policy).read()
    rows = explore(CountTable.from_decisions(decisions), policy, read_limits())
    found = next(r for r in rows if (r.group, r.measure) == ("Oui", "precision"))
    assert (found.verdict, found.reference) == ("lead", "Non")
    assert found.ratio.high < 0.8


def test_each_gap_passes_through_its_own_line(audited):
    case, decisions, _, _ = audited
    model = case.open_model()
    rows = check_model(model, decisions, rule=case.rule).rows
    gaps = decompose_gaps(
        model, rows, None, decisions, players=players_of(model, case.criteria),
        references={"age": "30-39", "sexe": "H", "handicap": "Non"}, limits=read_limits(), seed=1,
    )  # fmt: skip
    pooled = {(gap.attribute, gap.group): gap for gap in gaps if gap.background == "pooled"}
    for attribute, group, criterion in (
        ("age", "50+", "calme"),
        ("sexe", "F", "interactions"),
        ("handicap", "Oui", "marche"),
    ):
        gap = pooled[attribute, group]
        most = min(gap.parts, key=lambda part: part.value.value)
        assert most.criterion == criterion
        assert most.value.high < 0
        assert most.value.value / gap.gap.value > 0.75


def test_figures_agree_with_those_computed_without_the_toolkit(audited):
    facts = {fact.key: fact.value for one in read_truth("monitoring").planted for fact in one.facts}
    for attribute, group, key in (
        ("sexe", "F", "bonus_ratio_women"),
        ("age", "50+", "bonus_ratio_50"),
        ("handicap", "Oui", "bonus_ratio_disabled"),
        ("mandat", "Oui", "bonus_ratio_elected"),
    ):
        row = next(r for r in audited[3] if (r.attribute, r.group) == (attribute, group))
        assert row.ratio.value == pytest.approx(facts[key], abs=5e-4)
