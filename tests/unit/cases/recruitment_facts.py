"""The figures of the recruitment file, computed with pandas and statsmodels only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import mannwhitneyu
from statsmodels.stats.contingency_tables import StratifiedTable

POINTS_PER_MONTH, CONTINUITY = 0.5, 15.0


def read_back(path) -> pd.DataFrame:
    """The shipped file as a spreadsheet user's program reads it."""
    table = pd.read_csv(
        path,
        sep=";",
        decimal=",",
        encoding="utf-8-sig",
        dtype={"numero_candidature": str},
        na_values=["non renseigné"],
        keep_default_na=True,
    )
    return prepared(table)


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    """Ages in bands, words for "not stated" blank, decisions as 0 and 1."""
    table = table.replace("non renseigné", np.nan)
    age = table["age"].astype("float")
    return table.assign(
        band=pd.cut(
            age, [0, 30, 40, 50, 200], right=False, labels=["<30", "30-39", "40-49", "50+"]
        ),
        hired=(table["decision"] == "Retenu").astype(int),
        advised=(table["avis_systeme"] == "Favorable").astype(int),
        senior=np.where(age.isna(), np.nan, (age >= 50).astype(float)),
        woman=table["sexe"].map({"F": 1.0, "H": 0.0}),
    )


def stratified(table: pd.DataFrame, group, reference, *, by: str | None, of: str = "hired"):
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


def advised_without_breaks(table: pd.DataFrame) -> pd.Series:
    """Whom the grid would recommend, as many per vacancy, if breaks cost no points."""
    taken_off = CONTINUITY - np.maximum(
        CONTINUITY - POINTS_PER_MONTH * table["interruption_mois"], 0
    )
    score = table["score"] + taken_off
    rank = score.groupby(table["offre"]).rank(ascending=False, method="first")
    places = table.groupby("offre")["advised"].transform("sum")
    return (rank <= places).astype(int)


def _score_gap(table: pd.DataFrame, score: pd.Series) -> float:
    known = table["woman"].notna()
    dummies = pd.get_dummies(table.loc[known, "famille_metier"], dtype=float)
    design = dummies.assign(woman=table.loc[known, "woman"])
    return float(sm.OLS(score[known], design).fit().params["woman"])


def _interaction(table: pd.DataFrame) -> tuple[float, float]:
    """Odds ratio and p-value of woman x 50+, with one intercept per job family."""
    known = table["woman"].notna() & table["senior"].notna()
    rows = table[known]
    design = pd.get_dummies(rows["famille_metier"], dtype=float).assign(
        woman=rows["woman"], senior=rows["senior"], both=rows["woman"] * rows["senior"]
    )
    fit = sm.Logit(rows["hired"], design).fit(disp=0)
    return float(np.exp(fit.params["both"])), float(fit.pvalues["both"])


def composition(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    senior, young = table["band"] == "50+", table["band"] == "<30"
    crowded = table["famille_metier"].isin(
        ["Informatique", "Technique et maintenance", "Administration et gestion"]
    )
    facts = {
        "crowded_families_rate": table.loc[crowded, "hired"].mean(),
        "other_families_rate": table.loc[~crowded, "hired"].mean(),
        "crowded_families_share_50": crowded[senior].mean(),
        "crowded_families_share_under_30": crowded[young].mean(),
    }
    for name, by in (("raw", None), ("family", "famille_metier"), ("vacancy", "offre")):
        facts[f"age_50_ratio_{name}"], facts[f"age_50_p_{name}"] = stratified(
            table, senior, young, by=by
        )
        facts[f"sex_ratio_{name}"], facts[f"sex_p_{name}"] = stratified(table, women, men, by=by)
    return facts


def proxy(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    months = table["interruption_mois"]
    above = mannwhitneyu(months[women], months[men]).statistic
    points_off = CONTINUITY - np.maximum(CONTINUITY - POINTS_PER_MONTH * months, 0)
    without = table.assign(advised=advised_without_breaks(table))
    return {
        "break_months_women": months[women].mean(),
        "break_months_men": months[men].mean(),
        "break_tells_sex_auc": above / (women.sum() * men.sum()),
        "score_gap": _score_gap(table, table["score"]),
        "score_gap_without_breaks": _score_gap(table, table["score"] + points_off),
        "advice_ratio": stratified(table, women, men, by="offre", of="advised")[0],
        "advice_ratio_without_breaks": stratified(without, women, men, by="offre", of="advised")[0],
    }


def intersection(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    senior, junior = table["senior"] == 1, table["senior"] == 0
    advised = table["advised"] == 1
    both = women & senior
    odds, p_value = _interaction(table)
    return {
        "women_50_n": float(both.sum()),
        "women_50_hired": float(table.loc[both, "hired"].sum()),
        "women_50_ratio_to_other_women": stratified(table, both, women & junior, by="offre")[0],
        "men_50_ratio_to_other_men": stratified(table, men & senior, men & junior, by="offre")[0],
        "women_under_50_ratio_to_men": stratified(table, women & junior, men & junior, by="offre")[
            0
        ],
        "interaction_odds_ratio": odds,
        "interaction_p": p_value,
        "set_aside_women_50": 1 - table.loc[both & advised, "hired"].mean(),
        "set_aside_others": 1 - table.loc[~both & advised, "hired"].mean(),
        "advice_followed": (table["advised"] == table["hired"]).mean(),
    }


def label_bias(table: pd.DataFrame) -> dict[str, float]:
    known = table["evaluation_6_mois"].notna() & table["woman"].notna()
    rows = table[known].assign(
        satisfied=(table["evaluation_6_mois"] == "Satisfaisante").astype(float)
    )
    design = sm.add_constant(rows[["objectifs_pct", "woman"]])
    fit = sm.Logit(rows["satisfied"], design).fit(disp=0)
    by_sex = rows.groupby("sexe")
    return {
        "appraised": float(len(rows)),
        "satisfied_women": by_sex["satisfied"].mean()["F"],
        "satisfied_men": by_sex["satisfied"].mean()["H"],
        "objectives_women": by_sex["objectifs_pct"].mean()["F"],
        "objectives_men": by_sex["objectifs_pct"].mean()["H"],
        "odds_ratio_at_equal_objectives": float(np.exp(fit.params["woman"])),
        "p_at_equal_objectives": float(fit.pvalues["woman"]),
    }


def unseen_gap(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["handicap"] == "Oui", table["handicap"] == "Non"
    ratio, p_value = stratified(table, yes, no, by="offre")
    return {
        "disabled_n": float(yes.sum()),
        "disabled_hired": float(table.loc[yes, "hired"].sum()),
        "disabled_ratio_vacancy": ratio,
        "disabled_p_vacancy": p_value,
    }


FACTS = {
    "composition": composition,
    "proxy": proxy,
    "intersection": intersection,
    "label_bias": label_bias,
    "unseen_gap": unseen_gap,
}


def found(facts: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether a file shows each effect as the truth says it does (plain 5 % tests)."""
    return {
        "composition": facts["composition"]["age_50_p_raw"] < 0.05
        and facts["composition"]["age_50_p_vacancy"] >= 0.05,
        # three questions were asked beforehand
        "proxy": facts["composition"]["sex_p_vacancy"] < 0.05 / 3,
        "intersection": facts["intersection"]["interaction_p"] < 0.05,
        "label_bias": facts["label_bias"]["p_at_equal_objectives"] < 0.05,
        # planted, and not to be seen in a file of this size
        "unseen_gap": facts["unseen_gap"]["disabled_p_vacancy"] >= 0.05,
    }
