"""Built-in cases with places to fill: their files, their truth, and that nothing else is there."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import kstest

from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import generator_of, story_of
from algo_audit.cases.truth import read_truth
from algo_audit.explain.replay import replay
from algo_audit.models.model_checks import check_model

from . import mobility_facts, training_facts

FACTS = {"mobility": mobility_facts, "training": training_facts}


@pytest.fixture(scope="module", params=sorted(FACTS))
def one(request):
    """One case: its file as read back, its truth, its generator and its figures."""
    facts = FACTS[request.param]
    return SimpleNamespace(
        key=request.param,
        facts=facts,
        shipped=facts.read_back(dataset_path(request.param)),
        truth=read_truth(request.param),
        generator=generator_of(request.param),
        story=story_of(request.param),
    )


# --- the file -------------------------------------------------------------------------------


def test_file_has_the_habits_of_french_excel(one):
    raw = dataset_path(one.key).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert len(lines) == one.generator.ROWS + 2
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    names = lines[0].split(";")
    first = dict(zip(names, lines[1].split(";"), strict=True))
    assert first[one.facts.NUMBER] == "0000001"
    scores = [line.split(";")[names.index("score")] for line in lines[1:-1]]
    assert any("," in score for score in scores)
    assert not any("." in score or score.startswith("-") for score in scores)
    assert not any(";-0;" in line or ";nan" in line or ";<NA>" in line for line in lines)


def test_every_pool_fills_its_places_with_the_best_it_keeps(one):
    table, taken = one.shipped, one.facts.TAKEN
    pools = table.groupby(one.facts.POOL)
    assert (pools[taken].sum() == pools["advised"].sum()).all()
    assert (pools[taken].sum() >= 1).all()
    assert (pools[taken].sum() < pools[taken].size()).all()
    lowest = table[table["advised"] == 1].groupby(one.facts.POOL)["score"].min()
    highest = table[table["advised"] == 0].groupby(one.facts.POOL)["score"].max()
    assert (lowest >= highest).all()


def test_score_is_the_grid_of_the_data_sheet(one):
    points = one.facts.points(one.shipped)
    assert np.abs(points - one.shipped["score"]).max() <= 1e-6
    assert points.between(0, 100).all()


def test_model_gives_the_scores_and_the_advice_of_the_file(one):
    case = builtin_case(one.key)
    decisions = case.read()
    checked = check_model(case.open_model(), decisions, rule=case.rule)
    made = replay(case.open_model(), checked.rows, decisions, rule=checked.rule)
    assert (made.scores, made.scores_equal) == (len(decisions), len(decisions))
    assert made.advice_agreement.value == 1.0


def test_what_happened_later_is_known_for_those_taken_only(one):
    known = one.shipped[one.facts.LABEL].notna()
    taken = one.shipped[one.facts.TAKEN] == 1
    assert not (known & ~taken).any()
    assert 0.85 < known[taken].mean() < 1


# --- the story ------------------------------------------------------------------------------


# --- what is planted ------------------------------------------------------------------------


def test_every_effect_has_its_truth(one):
    assert sorted(p.key for p in one.truth.planted) == sorted(asdict(one.story.Effects()))
    assert sorted(one.facts.FACTS) == sorted(asdict(one.story.Effects()))


def test_truth_holds_the_figures_of_the_file(one):
    for planted in one.truth.planted:
        computed = one.facts.FACTS[planted.key](one.shipped)
        facts = {fact.key: fact for fact in planted.facts}
        # the truth may leave a p-value out, never a figure that nothing computes
        assert set(facts) <= set(computed)
        assert {name for name in computed if "p" not in name.split("_")} <= set(facts)
        for name, fact in facts.items():
            assert computed[name] == pytest.approx(fact.value, abs=fact.tolerance), name


def test_shipped_file_shows_what_the_truth_says(one):
    facts = {key: compute(one.shipped) for key, compute in one.facts.FACTS.items()}
    assert all(one.facts.found(facts).values())


def test_long_run_figures(one):
    truth = one.truth
    rows = one.facts.prepared(one.generator.generate(truth.long_run_rows, seed=truth.long_run_seed))
    for planted in truth.planted:
        told = [fact for fact in planted.facts if fact.long_run is not None]
        assert told, planted.key
        computed = one.facts.FACTS[planted.key](rows)
        for fact in told:
            assert computed[fact.key] == pytest.approx(fact.long_run, abs=0.002), fact.key


def test_share_of_seeds_that_show_each_effect(one):
    """Six of the seeds told: none of the effects is a lucky draw."""
    hits = dict.fromkeys(one.facts.FACTS, 0)
    for seed in range(one.facts.FIRST_SEED, one.facts.FIRST_SEED + 6):
        rows = one.facts.prepared(one.generator.generate(seed=seed))
        facts = {key: compute(rows) for key, compute in one.facts.FACTS.items()}
        for key, shown in one.facts.found(facts).items():
            hits[key] += shown
    for planted in one.truth.planted:
        # three standard errors of a share seen in six draws
        spread = 3 * np.sqrt(0.1 / 6)
        assert hits[planted.key] / 6 == pytest.approx(planted.share_of_seeds, abs=spread)


# --- and nothing else is --------------------------------------------------------------------


def test_without_effects_no_gap_beyond_chance(one):
    p_values: dict[str, list[float]] = {}
    for seed in range(60):
        made = one.generator.generate(1200, seed=seed, effects=one.story.Effects.none())
        rows = one.facts.prepared(made)
        for name, (group, reference) in one.facts.questions(rows).items():
            for by in (None, one.facts.POOL):
                _, p_value = one.facts.within(rows, group, reference, by=by)
                p_values.setdefault(f"{name} {by or 'raw'}", []).append(p_value)
    for name, values in p_values.items():
        # 60 draws: 5 % plus three Monte Carlo standard errors
        assert np.mean(np.array(values) < 0.05) < 0.135, name
        if name.startswith(one.facts.LARGE):  # small groups have discrete p-values
            assert kstest(values, "uniform").pvalue > 0.001, name


# --- what is declared -----------------------------------------------------------------------
