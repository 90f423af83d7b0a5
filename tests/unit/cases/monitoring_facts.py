"""The figures of the monitoring file, computed with pandas and statsmodels only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.contingency_tables import StratifiedTable

SMALLEST_TEAM = 8
THRESHOLD = 58


def read_back(path) -> pd.DataFrame:
    """The shipped file as a spreadsheet user's program reads it."""
    table = pd.read_csv(
        path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"matricule": str},
        na_values=["non renseigné"], keep_default_na=True,
    )  # fmt: skip
    return prepared(table)


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    """Words for "not stated" blank, decisions as 0 and 1."""
    table = table.replace("non renseigné", np.nan)
    age = table["age"].astype("float")
    return table.assign(
        given=(table["prime"] == "Versée").astype(int),
        advised=(table["avis_systeme"] == "Prime").astype(int),
        senior=np.where(age.isna(), np.nan, (age >= 50).astype(float)),
        thirties=age.between(30, 39),
        met=table["appreciation_6_mois"].map({"Conforme aux attentes": 1.0, "En deçà": 0.0}),
    )


def stratified(table: pd.DataFrame, group, reference, *, by: str | None, of: str = "given"):
    """Mantel-Haenszel risk ratio and CMH p-value of ``group`` against ``reference``."""
    rows = table[group | reference]
    mine = group[group | reference].to_numpy().astype(int)
    strata = np.zeros(len(rows), dtype=int) if by is None else pd.factorize(rows[by])[0]
    # one 2 x 2 table per stratum: group and reference by event and none
    cell = (strata * 2 + 1 - mine) * 2 + 1 - rows[of].to_numpy()
    tables = np.bincount(cell, minlength=4 * (strata.max() + 1)).reshape(-1, 2, 2)
    both = (tables.sum(axis=2) > 0).all(axis=1)
    pooled = StratifiedTable(np.moveaxis(tables[both], 0, 2).astype(float))
    return float(pooled.riskratio_pooled), float(pooled.test_null_odds().pvalue)


def grid_points(table: pd.DataFrame) -> pd.DataFrame:
    """Points of each line of the grid, as the data sheet tells them."""
    return pd.DataFrame(
        {
            "objectifs": table["objectifs_pct"].clip(70, 110) - 70,
            "interactions": 0.05 * table["interactions_min"].clip(upper=400),
            "marche": 3 * table["marche_km"].clip(upper=5),
            "calme": (15 - 0.3 * (table["indice_stress"] - 30).clip(lower=0)).clip(lower=0),
            "engagement": 0.1 * table["indice_engagement"],
        }
    )


def advised_by(table: pd.DataFrame, score: pd.Series) -> pd.DataFrame:
    """Whom another score would recommend, as many people as today."""
    rank = score.rank(ascending=False, method="first")
    return table.assign(advised=(rank <= table["advised"].sum()).astype(int))


def by_team(table: pd.DataFrame) -> pd.DataFrame:
    """The other way: whole teams of eight or more, best objectives first, for as many people."""
    size = table.groupby("equipe")["equipe"].transform("size")
    rows = table[size >= SMALLEST_TEAM]
    teams = rows.groupby("equipe")["objectifs_pct"].agg(["mean", "size"])
    teams = teams.sort_values("mean", ascending=False)
    paid = teams.index[teams["size"].cumsum() <= rows["given"].sum()]
    return rows.assign(given=rows["equipe"].isin(paid).astype(int))


def emotion(table: pd.DataFrame) -> dict[str, float]:
    senior, others = table["senior"] == 1, table["senior"] == 0
    points = grid_points(table)
    without = advised_by(table, points.drop(columns="calme").sum(axis=1))
    teams = by_team(table)
    ratio, p_value = stratified(table, senior, table["thirties"], by=None)
    return {
        "stress_50": table.loc[senior, "indice_stress"].mean(),
        "stress_under_50": table.loc[others, "indice_stress"].mean(),
        "stress_absence_correlation": table["indice_stress"].corr(
            table["absence_jours_6_mois"], method="spearman"
        ),
        "objectives_50": table.loc[senior, "objectifs_pct"].mean(),
        "objectives_under_50": table.loc[others, "objectifs_pct"].mean(),
        "bonus_ratio_50": ratio,
        "bonus_p_50": p_value,
        "advice_ratio_50": stratified(table, senior, others, by=None, of="advised")[0],
        "advice_ratio_50_without_stress": stratified(
            without, senior, others, by=None, of="advised"
        )[0],
        "team_ratio_50": stratified(teams, teams["senior"] == 1, teams["senior"] == 0, by=None)[0],
    }


def presence(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["sexe"] == "F", table["sexe"] == "H"
    part_time = table["quotite_pct"] < 100
    points = grid_points(table)
    full_time = (table["interactions_min"] * 100 / table["quotite_pct"]).clip(upper=400)
    per_hour = points.drop(columns="interactions").sum(axis=1) + 0.05 * full_time
    without = points.drop(columns=["interactions", "engagement"]).sum(axis=1)
    teams = by_team(table)
    ratio, p_value = stratified(table, women, men, by=None)
    return {
        "part_time_women": part_time[women].mean(),
        "part_time_men": part_time[men].mean(),
        "minutes_women": table.loc[women, "interactions_min"].mean(),
        "minutes_men": table.loc[men, "interactions_min"].mean(),
        "bonus_ratio_women": ratio,
        "bonus_p_women": p_value,
        "bonus_ratio_women_hours": stratified(table, women, men, by="quotite_pct")[0],
        "advice_ratio_women": stratified(table, women, men, by=None, of="advised")[0],
        "advice_ratio_women_per_hour": stratified(
            advised_by(table, per_hour), women, men, by=None, of="advised"
        )[0],
        "advice_ratio_women_without": stratified(
            advised_by(table, without), women, men, by=None, of="advised"
        )[0],
        "team_ratio_women": stratified(teams, teams["sexe"] == "F", teams["sexe"] == "H", by=None)[
            0
        ],
    }


def posting(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["handicap"] == "Oui", table["handicap"] == "Non"
    seated = table["poste"] == "Poste assis"
    points = grid_points(table)
    without = advised_by(table, points.drop(columns="marche").sum(axis=1))
    teams = by_team(table)
    ratio, p_value = stratified(table, yes, no, by=None)
    within, p_within = stratified(table, yes, no, by="poste")
    return {
        "disabled_n": float(yes.sum()),
        "seated_disabled": seated[yes].mean(),
        "seated_others": seated[no].mean(),
        "walked_seated": table.loc[seated, "marche_km"].mean(),
        "walked_elsewhere": table.loc[~seated, "marche_km"].mean(),
        "bonus_ratio_disabled": ratio,
        "bonus_p_disabled": p_value,
        "bonus_ratio_disabled_post": within,
        "bonus_p_disabled_post": p_within,
        "advice_ratio_disabled": stratified(table, yes, no, by=None, of="advised")[0],
        "advice_ratio_disabled_without": stratified(without, yes, no, by=None, of="advised")[0],
        "team_ratio_disabled": stratified(
            teams, teams["handicap"] == "Oui", teams["handicap"] == "Non", by=None
        )[0],
    }


def label_bias(table: pd.DataFrame) -> dict[str, float]:
    rows = table[table["met"].notna()]
    elected = (rows["mandat"] == "Oui").astype(float)
    design = sm.add_constant(rows[["objectifs_pct"]].assign(elected=elected))
    fit = sm.Logit(rows["met"], design).fit(disp=0)
    paid = rows[rows["given"] == 1]
    return {
        "appraised_elected": float(elected.sum()),
        "met_elected": rows.loc[elected == 1, "met"].mean(),
        "met_others": rows.loc[elected == 0, "met"].mean(),
        "objectives_elected": rows.loc[elected == 1, "objectifs_pct"].mean(),
        "objectives_others": rows.loc[elected == 0, "objectifs_pct"].mean(),
        "precision_elected": paid.loc[paid["mandat"] == "Oui", "met"].mean(),
        "precision_others": paid.loc[paid["mandat"] == "Non", "met"].mean(),
        "odds_ratio_at_equal_objectives": float(np.exp(fit.params["elected"])),
        "p_at_equal_objectives": float(fit.pvalues["elected"]),
    }


def unseen_gap(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["mandat"] == "Oui", table["mandat"] == "Non"
    ratio, p_value = stratified(table, yes, no, by=None)
    return {
        "elected_n": float(yes.sum()),
        "elected_given": float(table.loc[yes, "given"].sum()),
        "minutes_elected": table.loc[yes, "interactions_min"].mean(),
        "minutes_others": table.loc[no, "interactions_min"].mean(),
        "bonus_ratio_elected": ratio,
        "bonus_p_elected": p_value,
    }


FACTS = {
    "emotion": emotion,
    "presence": presence,
    "posting": posting,
    "label_bias": label_bias,
    "unseen_gap": unseen_gap,
}


def found(facts: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether a file shows each effect as the truth says it does (plain tests)."""
    # four questions were asked beforehand
    level = 0.05 / 4
    return {
        "emotion": facts["emotion"]["bonus_p_50"] < level,
        "presence": facts["presence"]["bonus_p_women"] < level,
        "posting": facts["posting"]["bonus_p_disabled"] < level
        and facts["posting"]["bonus_p_disabled_post"] >= 0.05,
        "label_bias": facts["label_bias"]["p_at_equal_objectives"] < 0.05,
        # planted, and not to be seen in a file of this size
        "unseen_gap": facts["unseen_gap"]["bonus_p_elected"] >= level,
    }


def p_values(table: pd.DataFrame) -> dict[str, float]:
    """Plain p-values of the questions asked beforehand."""
    questions = {
        "sex": (table["sexe"] == "F", table["sexe"] == "H"),
        "age": (table["senior"] == 1, table["senior"] == 0),
        "disabled": (table["handicap"] == "Oui", table["handicap"] == "Non"),
        "mandate": (table["mandat"] == "Oui", table["mandat"] == "Non"),
    }
    return {
        name: stratified(table, group, reference, by=None)[1]
        for name, (group, reference) in questions.items()
    }


def drawn(generator, rows: int, *, seed: int, effects=None) -> pd.DataFrame:
    """The file drawn anew."""
    return prepared(generator.generate(rows, seed=seed, effects=effects))
