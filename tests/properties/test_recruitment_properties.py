"""Properties of the recruitment generator, whatever the size, the seed and the effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.cases.recruitment.generator import Effects, generate
from algo_audit.cases.recruitment.story import DIPLOMAS, ESTABLISHMENTS, FAMILIES, MARGINS

effects = st.builds(
    Effects,
    proxy=st.booleans(),
    composition=st.booleans(),
    intersection=st.booleans(),
    label_bias=st.booleans(),
    unseen_gap=st.booleans(),
)
sizes = st.integers(200, 20_000)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=40)
@given(rows=sizes, seed=seeds, effects=effects)
def test_any_file_is_well_formed(rows, seed, effects):
    table = generate(rows, seed=seed, effects=effects)
    assert len(table) == rows
    assert table["numero_candidature"].is_unique
    assert table["numero_candidature"].str.fullmatch(r"\d{7}").all()
    assert table["date_candidature"].is_monotonic_increasing
    assert table["date_candidature"].between("2025-01-01", "2025-06-30").all()
    assert set(table["famille_metier"]) <= set(FAMILIES)
    assert set(table["etablissement"]) <= set(ESTABLISHMENTS)
    assert set(table["diplome"]) <= set(DIPLOMAS)
    assert set(table["sexe"]) <= {"F", "H", "non renseigné"}
    assert set(table["decision"]) == {"Retenu", "Refusé"}
    assert table["age"].dropna().between(21, 62).all()
    assert table["score"].between(0, 100).all()
    assert table["test_metier"].between(0, 20).all()
    assert table["interruption_mois"].between(0, 60).all()
    years = table[["experience_annees", "age"]].dropna()
    assert (years["experience_annees"] <= years["age"] - 18).all()


@settings(deadline=None, max_examples=40)
@given(rows=sizes, seed=seeds, effects=effects)
def test_places_are_filled_and_never_more(rows, seed, effects):
    table = generate(rows, seed=seed, effects=effects)
    hired = (table["decision"] == "Retenu").groupby(table["offre"]).sum()
    advised = (table["avis_systeme"] == "Favorable").groupby(table["offre"]).sum()
    pd.testing.assert_series_equal(hired, advised, check_names=False)
    assert (hired >= 1).all()
    known = table["evaluation_6_mois"].notna()
    assert (table.loc[known, "decision"] == "Retenu").all()


@settings(deadline=None, max_examples=25)
@given(rows=st.integers(4_000, 20_000), seed=seeds)
def test_margins_stay_near_the_assumptions(rows, seed):
    table = generate(rows, seed=seed)
    spread = 5 / np.sqrt(rows)  # ten standard errors of a share of one half
    women = np.dot(MARGINS.bands, MARGINS.women_by_band)
    known = table["sexe"] != "non renseigné"
    assert abs((table.loc[known, "sexe"] == "F").mean() - women) < spread
    assert abs((~known).mean() - MARGINS.blank_sex) < spread
    assert abs((table["age"] >= 50).mean() - MARGINS.bands[-1]) < spread
    declared = table["handicap"].isin(["Oui", "Non"])
    assert abs((~declared).mean() - MARGINS.blank_handicap) < spread
    assert abs((table.loc[declared, "handicap"] == "Oui").mean() - MARGINS.disabled) < spread
    assert 0.10 < (table["decision"] == "Retenu").mean() < 0.22


@settings(deadline=None, max_examples=25)
@given(rows=st.integers(200, 3_000), seed=seeds, effects=effects)
def test_same_seed_same_file(rows, seed, effects):
    once = generate(rows, seed=seed, effects=effects)
    again = generate(rows, seed=seed, effects=effects)
    pd.testing.assert_frame_equal(once, again)
    other = generate(rows, seed=seed + 1, effects=effects)
    assert not once.equals(other)
