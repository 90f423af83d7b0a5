"""The recruitment case: the file, its declaration, what is planted and that nothing else is."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from algo_audit.cases.case import builtin_case
from algo_audit.cases.causes import best_of_pool, choose
from algo_audit.cases.datasets import dataset_path, write_french_csv
from algo_audit.cases.recruitment.generator import (
    ROWS,
    SEED,
    Effects,
    generate,
    write,
)
from algo_audit.cases.recruitment.story import GRAPH
from algo_audit.cases.truth import read_truth
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.errors import AuditError
from algo_audit.fairness.questions import run_questions
from algo_audit.fairness.subgroups import intersections

from . import recruitment_facts


@pytest.fixture(scope="module")
def shipped():
    return recruitment_facts.read_back(dataset_path("recruitment"))


@pytest.fixture(scope="module")
def truth():
    return read_truth("recruitment")


# --- the file -------------------------------------------------------------------------------


def test_shipped_file_is_what_its_generator_writes(tmp_path, truth):
    path = tmp_path / "again.csv"
    write(path)
    assert path.read_bytes() == dataset_path("recruitment").read_bytes()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == truth.sha256
    assert (truth.rows, truth.seed) == (ROWS, SEED)


def test_file_has_the_habits_of_french_excel():
    raw = dataset_path("recruitment").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert len(lines) == ROWS + 2
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    first = dict(zip(lines[0].split(";"), lines[1].split(";"), strict=True))
    assert first["numero_candidature"] == "0000001"
    assert pd.to_datetime(first["date_candidature"], format="%d/%m/%Y").year == 2025
    scores = [line.split(";")[lines[0].split(";").index("score")] for line in lines[1:-1]]
    assert any("," in score for score in scores)
    assert not any("." in score or score.startswith("-") for score in scores)
    assert not any(";-0;" in line or ";nan" in line or ";<NA>" in line for line in lines)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_data_sheet_names_every_column(shipped, language):
    sheet = dataset_path(f"recruitment.{language}.md").read_text(encoding="utf-8")
    written = [name for name in shipped.columns if name not in _DERIVED]
    assert len(written) == 18
    for name in written:
        assert f"| `{name}` |" in sheet
    hired = int(shipped["hired"].sum())
    assert f"{hired} people were hired" in sheet or f"{hired} personnes ont été embauchées" in sheet


_DERIVED = {"band", "hired", "advised", "senior", "woman"}


def test_dataset_is_found_from_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert dataset_path("recruitment").is_absolute()
    assert dataset_path("recruitment") == dataset_path("recruitment.csv")


@pytest.mark.parametrize("name", ["recrutement", "../pyproject.toml", "datasets/recruitment.csv"])
def test_unknown_dataset_lists_those_shipped(name):
    with pytest.raises(AuditError) as caught:
        dataset_path(name)
    assert caught.value.code == "cases.dataset_missing"
    assert "recruitment.csv" in caught.value.choices


def test_numbers_and_dates_written_in_french(tmp_path):
    path = tmp_path / "small.csv"
    table = pd.DataFrame(
        {
            "nom": ["Zoé", None],
            "note": [12.5, np.nan],
            "entier": [3.0, -0.0],
            "jour": pd.to_datetime(["2025-02-01", "2025-12-31"]),
        }
    )
    write_french_csv(table, path)
    assert path.read_bytes().decode("utf-8-sig") == (
        "nom;note;entier;jour\r\nZoé;12,5;3;01/02/2025\r\n;;0;31/12/2025\r\n"
    )


# --- the rule -------------------------------------------------------------------------------


def test_every_vacancy_fills_its_places_with_the_best_it_keeps(shipped):
    by_vacancy = shipped.groupby("offre")
    assert (by_vacancy["hired"].sum() == by_vacancy["advised"].sum()).all()
    assert (by_vacancy["hired"].sum() >= 1).all()
    assert (by_vacancy["hired"].sum() < by_vacancy["hired"].size()).all()
    # nobody advised scores below somebody not advised for the same vacancy
    lowest = shipped[shipped["advised"] == 1].groupby("offre")["score"].min()
    highest = shipped[shipped["advised"] == 0].groupby("offre")["score"].max()
    assert (lowest >= highest).all()
    kinds = shipped[["offre", "famille_metier", "etablissement"]].drop_duplicates()
    assert kinds["offre"].is_unique


def test_score_is_the_grid_of_the_data_sheet(shipped):
    level = shipped["diplome"].map({"CAP ou BEP": 0, "Bac": 1, "Bac+2": 2, "Bac+3": 3, "Bac+5": 4})
    points = (
        5 * level
        + 5 * shipped["experience_annees"].clip(upper=3)
        + 2 * shipped["test_metier"]
        + (10 - 0.2 * (shipped["distance_km"] - 10)).clip(0, 10)
        + (15 - 0.5 * shipped["interruption_mois"]).clip(lower=0)
    )
    assert np.abs(points - shipped["score"]).max() <= 0.051
    assert points.between(0, 100).all()


def test_what_happened_later_is_known_for_those_hired_only(shipped):
    known = shipped["evaluation_6_mois"].notna()
    assert not (known & (shipped["hired"] == 0)).any()
    assert 0.85 < known[shipped["hired"] == 1].mean() < 0.98
    assert (shipped["objectifs_pct"].notna() == known).all()


def test_best_of_pool_takes_the_first_on_a_tie():
    pool = np.array([0, 1, 0, 1, 0])
    places = np.array([2, 1, 2, 1, 2])
    key = np.array([3.0, 5.0, 7.0, 5.0, 3.0])
    assert best_of_pool(pool, places, key).tolist() == [True, True, True, False, False]


def test_choose_follows_its_weights():
    random = np.random.default_rng(5)
    drawn = choose(random, np.tile([1.0, 0.0, 3.0], (40_000, 1)))
    assert (np.bincount(drawn, minlength=3) / 40_000) == pytest.approx([0.25, 0, 0.75], abs=0.01)


# --- the story ------------------------------------------------------------------------------


def _descendants(names: set[str]) -> set[str]:
    reached = set(names)
    for variable in GRAPH:
        if set(variable.parents) & reached:
            reached.add(variable.name)
    return reached


_COLUMN_OF = {
    "family": "famille_metier",
    "career_break": "interruption_mois",
    "decision": "decision",
    "score": "score",
    "advice": "avis_systeme",
    "test": "test_metier",
    "age": "age",
    "experience": "experience_annees",
    "distance": "distance_km",
}


@pytest.mark.parametrize("effect", sorted(asdict(Effects())))
def test_an_effect_changes_only_what_follows_from_it(effect):
    whole = generate(600, seed=3)
    without = generate(600, seed=3, effects=replace(Effects(), **{effect: False}))
    touched = _descendants({v.name for v in GRAPH if effect in v.effects})
    if "family" in touched:
        return  # other vacancies, so another order of rows: nothing to compare row by row
    for variable, column in _COLUMN_OF.items():
        if variable not in touched:
            pd.testing.assert_series_equal(whole[column], without[column])
    assert not whole.equals(without)


@pytest.mark.parametrize("rows", [0, 199, 1_000_001])
def test_rows_out_of_range_are_refused(rows):
    with pytest.raises(ValueError, match=str(rows)):
        generate(rows)


# --- what is planted ------------------------------------------------------------------------


def test_every_effect_has_its_truth(truth):
    assert sorted(one.key for one in truth.planted) == sorted(asdict(Effects()))
    kinds = {one.kind for one in truth.planted}
    assert {"proxy", "biased_label", "composition", "intersection"} <= kinds


@pytest.mark.parametrize("key", sorted(recruitment_facts.FACTS))
def test_truth_holds_the_figures_of_the_file(shipped, truth, key):
    computed = recruitment_facts.FACTS[key](shipped)
    facts = {fact.key: fact for fact in next(p for p in truth.planted if p.key == key).facts}
    # the truth may leave a p-value out, never a figure that nothing computes
    assert set(facts) <= set(computed)
    assert {name for name in computed if "p" not in name.split("_")} <= set(facts)
    for name, fact in facts.items():
        assert computed[name] == pytest.approx(fact.value, abs=fact.tolerance), name


def test_shipped_file_shows_what_the_truth_says(shipped):
    facts = {key: compute(shipped) for key, compute in recruitment_facts.FACTS.items()}
    assert all(recruitment_facts.found(facts).values())
    # the crossing is worse than its parts: more than both single gaps multiplied
    crossing = facts["intersection"]
    apart = crossing["men_50_ratio_to_other_men"]
    assert crossing["women_50_ratio_to_other_women"] < 0.6 * apart
    # breaks cost points and have nothing to do with results
    assert abs(facts["label_bias"]["objectives_women"] - facts["label_bias"]["objectives_men"]) < 1
    assert facts["proxy"]["advice_ratio_without_breaks"] == pytest.approx(1, abs=0.1)


def test_long_run_figures(truth):
    rows = recruitment_facts.prepared(generate(truth.long_run_rows, seed=truth.long_run_seed))
    women, men = rows["woman"] == 1, rows["woman"] == 0
    senior, junior = rows["senior"] == 1, rows["senior"] == 0
    yes, no = rows["handicap"] == "Oui", rows["handicap"] == "Non"
    ratios = {
        "sex_ratio_raw": (women, men, None),
        "age_50_ratio_raw": (rows["band"] == "50+", rows["band"] == "<30", None),
        "sex_ratio_vacancy": (women, men, "offre"),
        "age_50_ratio_vacancy": (rows["band"] == "50+", rows["band"] == "<30", "offre"),
        "women_50_ratio_to_other_women": (women & senior, women & junior, "offre"),
        "men_50_ratio_to_other_men": (men & senior, men & junior, "offre"),
        "disabled_ratio_vacancy": (yes, no, "offre"),
    }
    computed = {
        key: recruitment_facts.stratified(rows, group, reference, by=by)[0]
        for key, (group, reference, by) in ratios.items()
    }
    computed |= recruitment_facts.label_bias(rows)
    told = [fact for one in truth.planted for fact in one.facts if fact.long_run is not None]
    assert {fact.key for fact in told} > set(ratios)
    for fact in told:
        assert computed[fact.key] == pytest.approx(fact.long_run, abs=0.002), fact.key


def test_share_of_seeds_that_show_each_effect(truth):
    """Twelve of the seeds told: none of the effects is a lucky draw."""
    hits = dict.fromkeys(recruitment_facts.FACTS, 0)
    for seed in range(20250630, 20250642):
        rows = recruitment_facts.prepared(generate(seed=seed))
        facts = {key: compute(rows) for key, compute in recruitment_facts.FACTS.items()}
        for key, shown in recruitment_facts.found(facts).items():
            hits[key] += shown
    for one in truth.planted:
        # three standard errors of a share seen in twelve draws
        spread = 3 * np.sqrt(0.1 / 12)
        assert hits[one.key] / 12 == pytest.approx(one.share_of_seeds, abs=spread), one.key


# --- and nothing else is --------------------------------------------------------------------


@pytest.fixture(scope="module")
def nothing_planted():
    """Within-vacancy p-values of every question on files where nothing is planted."""
    p_values: dict[str, list[float]] = {}
    for seed in range(150):
        rows = recruitment_facts.prepared(generate(1500, seed=seed, effects=Effects.none()))
        women, senior = rows["woman"] == 1, rows["senior"] == 1
        for name, group, reference in (
            ("sex", women, rows["woman"] == 0),
            ("age", senior, rows["senior"] == 0),
            ("young", rows["band"] == "<30", rows["band"] == "30-39"),
            ("women_50", women & senior, rows["woman"].notna() & ~(women & senior)),
            ("disabled", rows["handicap"] == "Oui", rows["handicap"] == "Non"),
        ):
            for by in (None, "offre"):
                _, p_value = recruitment_facts.stratified(rows, group, reference, by=by)
                p_values.setdefault(f"{name} {by or 'raw'}", []).append(p_value)
    return p_values


def test_without_effects_no_gap_beyond_chance(nothing_planted):
    for name, values in nothing_planted.items():
        # 150 draws: 5 % plus three Monte Carlo standard errors
        assert np.mean(np.array(values) < 0.05) < 0.104, name
        if not name.startswith(("disabled", "women_50")):  # small groups: discrete p-values
            assert kstest(values, "uniform").pvalue > 0.001, name


def test_without_effects_appraisals_do_not_depend_on_sex():
    rows = recruitment_facts.prepared(generate(60_000, seed=9, effects=Effects.none()))
    facts = recruitment_facts.label_bias(rows)
    assert facts["p_at_equal_objectives"] > 0.001
    assert facts["satisfied_women"] == pytest.approx(facts["satisfied_men"], abs=0.02)


# --- what the audit concludes ---------------------------------------------------------------


def test_audit_of_the_shipped_file_teaches():
    """One gap established within vacancies, one large gap excluded, one question left open."""
    case = builtin_case("recruitment")
    decisions = case.read()
    limits = read_limits()
    table = CountTable.from_decisions(decisions)
    rows = run_questions(table, case.policy, limits).comparisons
    judged = {(row.attribute, row.group): row for row in rows if row.stratum == "offre"}
    assert judged["sexe", "F"].verdict == "gap_established"
    assert judged["sexe", "F"].p_adjusted < 0.001
    assert judged["handicap", "Oui"].verdict == "inconclusive"
    ages = {group: row.verdict for (name, group), row in judged.items() if name == "age"}
    assert ages == dict.fromkeys(("<30", "40-49", "50+"), "large_gap_excluded")
    raw = {(row.attribute, row.group): row for row in rows if row.stratum is None}
    assert all(row.verdict is None for row in raw.values())
    assert raw["age", "50+"].ratio.high < 0.9
    worse = [one.group for one in intersections(table, limits=limits) if one.worse]
    assert worse == ["F × 50+"]


def test_figures_agree_with_those_computed_without_the_toolkit(truth):
    case = builtin_case("recruitment")
    limits = read_limits()
    rows = run_questions(CountTable.from_decisions(case.read()), case.policy, limits).comparisons
    facts = {fact.key: fact.value for one in truth.planted for fact in one.facts}
    for attribute, stratum, key in (
        ("sexe", None, "sex_ratio_raw"),
        ("sexe", "offre", "sex_ratio_vacancy"),
        ("handicap", "offre", "disabled_ratio_vacancy"),
    ):
        row = next(r for r in rows if (r.attribute, r.stratum) == (attribute, stratum))
        assert row.ratio.value == pytest.approx(facts[key], abs=5e-4)
