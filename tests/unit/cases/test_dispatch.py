"""The dispatch case: one order, one courier; the loop; the second file; what the audit says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algo_audit.audit import run_audit, within_strata
from algo_audit.cases.case import builtin_case, load_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.dispatch import generator
from algo_audit.cases.dispatch.story import WEEKS, Effects
from algo_audit.cases.truth import read_truth
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.explain.contributions import players_of
from algo_audit.explain.gap import decompose_gaps
from algo_audit.fairness.questions import run_questions
from algo_audit.models.model_checks import check_model

from . import dispatch_facts


@pytest.fixture(scope="module")
def shipped():
    return dispatch_facts.read_back(dataset_path("dispatch"))


@pytest.fixture(scope="module")
def audited():
    """The case, its rows, their counts, and the answers to the questions asked beforehand."""
    case = builtin_case("dispatch")
    decisions = case.read()
    table = CountTable.from_decisions(decisions)
    return case, decisions, table, run_questions(table, case.policy, read_limits()).comparisons


def test_each_order_goes_to_the_most_points_of_those_within_reach(shipped):
    by_order = shipped.groupby("commande")
    assert (by_order["given"].sum() == 1).all()
    assert by_order["given"].size().between(4, 14).all()
    winners = shipped[shipped["given"] == 1].set_index("commande")["score"]
    assert (winners >= by_order["score"].max()).all()
    kinds = shipped[["commande", "zone", "date_commande", "heure_commande"]].drop_duplicates()
    assert kinds["commande"].is_unique
    assert shipped["livreur"].is_unique


def test_score_is_the_one_of_the_data_sheet(shipped):
    points = dispatch_facts.grid_points(shipped).sum(axis=1)
    assert np.abs(points - shipped["score"]).max() <= 0.0051
    assert points.between(0, 100).all()


def test_second_file_holds_the_same_couriers(tmp_path):
    path = tmp_path / generator.EARNINGS
    generator.write_earnings(path)
    assert path.read_bytes() == dataset_path(generator.EARNINGS).read_bytes()
    orders, paid = generator.generate(900, seed=4), generator.earnings(900, seed=4)
    both = orders.merge(paid, on="livreur", suffixes=("", "_again"))
    assert len(both) == 900
    for name in ("sexe", "quartier_prioritaire", "nouveau", "zone", "livraisons_13_sem"):
        assert (both[name] == both[f"{name}_again"]).all()
    assert (both["acceptation_pct"] == both["acceptation_s13"]).all()
    for language in ("fr", "en"):
        sheet = dataset_path(f"dispatch.{language}.md").read_text(encoding="utf-8")
        assert all(f"`{name}`" in sheet for name in paid.columns)


@pytest.mark.parametrize(
    ("effect", "touched"),
    [
        ("rating", {"note_clients", "score", "attribution", "satisfaction_client"}),
        (
            "refusals",
            {"acceptation_pct", "livraisons_13_sem", "score", "attribution", "satisfaction_client"},
        ),
        (
            "feedback",
            {"acceptation_pct", "livraisons_13_sem", "score", "attribution", "satisfaction_client"},
        ),
        (
            "cold_start",
            {"acceptation_pct", "livraisons_13_sem", "score", "attribution", "satisfaction_client"},
        ),
    ],
)
def test_an_effect_changes_only_what_follows_from_it(effect, touched):
    whole = generator.generate(600, seed=3)
    without = generator.generate(600, seed=3, effects=replace(Effects(), **{effect: False}))
    changed = {name for name in whole.columns if not whole[name].equals(without[name])}
    assert changed
    assert changed <= touched


def test_the_loop_widens_the_gap_week_by_week():
    """With the loop the gap grows, and reaches farther than without it."""
    told = {}
    for loop in (True, False):
        rows = dispatch_facts.drawn(
            generator, 20_000, seed=2, effects=replace(Effects(), feedback=loop)
        )
        told[loop] = dispatch_facts.feedback(rows) | dispatch_facts.refusals(rows)
    gaps = [told[True][f"acceptance_gap_week_{week}"] for week in (1, 5, WEEKS)]
    assert gaps == sorted(gaps, reverse=True)
    assert told[True]["acceptance_gap_week_13"] < 1.2 * told[False]["acceptance_gap_week_13"]
    assert told[True]["far_women"] - told[True]["far_men"] > 3
    assert abs(told[False]["far_women"] - told[False]["far_men"]) < 0.3
    assert told[True]["order_ratio_women"] < told[False]["order_ratio_women"] - 0.05


def test_audit_of_the_shipped_file_teaches(audited):
    """Three gaps established within orders; the one between neighbourhoods lies between them."""
    _, _, table, rows = audited
    judged = {(r.attribute, r.group): r.verdict for r in rows if r.stratum == "commande"}
    established = {key for key, verdict in judged.items() if verdict == "gap_established"}
    assert established == {("sexe", "F"), ("age", "50+"), ("nouveau", "Oui")}
    assert judged["quartier_prioritaire", "Oui"] in ("large_gap_excluded", "inconclusive")
    gaps, _ = within_strata(table, rows, (), read_limits())
    vanishing = {(gap.attribute, gap.group, gap.stratum) for gap in gaps if gap.vanishes}
    assert ("quartier_prioritaire", "Oui", "zone") in vanishing


def test_each_gap_passes_through_its_own_line(audited):
    case, decisions, _, _ = audited
    model = case.open_model()
    rows = check_model(model, decisions, rule=case.rule).rows
    gaps = decompose_gaps(
        model, rows, None, decisions, players=players_of(model, case.criteria),
        references={"age": "30-39", "sexe": "H", "nouveau": "Non"}, limits=read_limits(), seed=1,
    )  # fmt: skip
    pooled = {(gap.attribute, gap.group): gap for gap in gaps if gap.background == "pooled"}
    for attribute, group, criterion in (
        ("age", "50+", "note"),
        ("sexe", "F", "acceptation"),
        ("nouveau", "Oui", "livraisons"),
    ):
        most = min(pooled[attribute, group].parts, key=lambda part: part.value.value)
        assert most.criterion == criterion
        assert most.value.high < 0


def test_audit_of_the_pay_shows_the_gap():
    case = load_case(dataset_path("dispatch_earnings.toml"))
    result = run_audit(case, case.read())
    judged = {
        (row.attribute, row.group): row.verdict
        for row in result.comparisons
        if row.family == "primary"
    }
    assert judged["sexe", "F"] == "gap_established"
    assert judged["age", "50+"] != "gap_established"


def test_figures_agree_with_those_computed_without_the_toolkit(audited):
    facts = {fact.key: fact.value for one in read_truth("dispatch").planted for fact in one.facts}
    for attribute, group, stratum, key in (
        ("sexe", "F", "commande", "order_ratio_women"),
        ("age", "50+", "commande", "order_ratio_50"),
        ("nouveau", "Oui", "commande", "order_ratio_new"),
        ("quartier_prioritaire", "Oui", None, "neighbourhood_ratio_raw"),
    ):
        row = next(
            r
            for r in audited[3]
            if (r.attribute, r.group, r.stratum) == (attribute, group, stratum)
        )
        assert row.ratio.value == pytest.approx(facts[key], abs=5e-4)
