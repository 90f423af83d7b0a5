"""The figures of the dispatch files, computed with pandas and statsmodels only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import ttest_ind
from statsmodels.stats.contingency_tables import StratifiedTable

CROWDED = ("Centre", "Gare", "Université")


def read_back(path) -> pd.DataFrame:
    """Both shipped files as a spreadsheet user's program reads them, joined by courier."""
    tables = [
        pd.read_csv(one, sep=";", decimal=",", encoding="utf-8-sig", na_values=["non renseigné"])
        for one in (path, path.with_name("dispatch_earnings.csv"))
    ]
    return prepared(*tables)


def drawn(generator, rows: int, *, seed: int, effects=None) -> pd.DataFrame:
    """Both files drawn anew, joined by courier."""
    return prepared(
        generator.generate(rows, seed=seed, effects=effects),
        generator.earnings(rows, seed=seed, effects=effects),
    )


def prepared(orders: pd.DataFrame, quarter: pd.DataFrame) -> pd.DataFrame:
    """Words for "not stated" blank, decisions as 0 and 1, the quarter beside the order."""
    new = ["livreur", *(name for name in quarter.columns if name not in orders.columns)]
    table = orders.merge(quarter[new], on="livreur", validate="one_to_one")
    table = table.replace("non renseigné", np.nan)
    age = table["age"].astype("float")
    return table.assign(
        given=(table["attribution"] == "Attribuée").astype(int),
        senior=np.where(age.isna(), np.nan, (age >= 50).astype(float)),
        thirties=age.between(30, 39),
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
    """Points of each line of the score, as the data sheet tells them."""
    return pd.DataFrame(
        {
            "acceptation": 0.6 * (table["acceptation_pct"] - 50).clip(lower=0),
            "note": 20 * (table["note_clients"] - 4).clip(lower=0),
            "proximite": (45 - 10 * table["distance_km"]).clip(lower=0),
            "livraisons": 0.02 * table["livraisons_13_sem"].clip(upper=250),
        }
    )


def without(table: pd.DataFrame, line: str) -> pd.DataFrame:
    """Who would get each order, were that line left out of the score."""
    score = grid_points(table).drop(columns=line).sum(axis=1)
    rank = score.groupby(table["commande"]).rank(ascending=False, method="first")
    return table.assign(given=(rank == 1).astype(int))


def _sexes(table: pd.DataFrame):
    return table["sexe"] == "F", table["sexe"] == "H"


def refusals(table: pd.DataFrame) -> dict[str, float]:
    women, men = _sexes(table)
    ratio, p_value = stratified(table, women, men, by="commande")
    return {
        "acceptance_women": table.loc[women, "acceptation_pct"].mean(),
        "acceptance_men": table.loc[men, "acceptation_pct"].mean(),
        "order_ratio_women": ratio,
        "order_p_women": p_value,
        "order_ratio_women_without": stratified(
            without(table, "acceptation"), women, men, by="commande"
        )[0],
        "late_women": table.loc[women, "retards_pct"].mean(),
        "late_men": table.loc[men, "retards_pct"].mean(),
    }


def feedback(table: pd.DataFrame) -> dict[str, float]:
    women, men = _sexes(table)
    weeks = {
        f"acceptance_gap_week_{week}": table.loc[women, f"acceptation_s{week:02d}"].mean()
        - table.loc[men, f"acceptation_s{week:02d}"].mean()
        for week in (1, 5, 13)
    }
    far, pay, wait = "offres_lointaines_pct", "gain_par_heure", "attente_min_par_heure"
    return {
        **weeks,
        "far_women": table.loc[women, far].mean(),
        "far_men": table.loc[men, far].mean(),
        "far_p": float(
            ttest_ind(table.loc[women, far], table.loc[men, far], equal_var=False).pvalue
        ),
        "pay_women": table.loc[women, pay].mean(),
        "pay_men": table.loc[men, pay].mean(),
        "waiting_women": table.loc[women, wait].mean(),
        "waiting_men": table.loc[men, wait].mean(),
    }


def rating(table: pd.DataFrame) -> dict[str, float]:
    senior, others = table["senior"] == 1, table["senior"] == 0
    known = table["senior"].notna()
    design = sm.add_constant(table.loc[known, ["retards_pct", "senior"]])
    fit = sm.OLS(table.loc[known, "note_clients"], design).fit()
    ratio, p_value = stratified(table, senior, table["thirties"], by="commande")
    return {
        "stars_50": table.loc[senior, "note_clients"].mean(),
        "stars_under_50": table.loc[others, "note_clients"].mean(),
        "late_50": table.loc[senior, "retards_pct"].mean(),
        "late_under_50": table.loc[others, "retards_pct"].mean(),
        "stars_at_equal_lateness": float(fit.params["senior"]),
        "order_ratio_50": ratio,
        "order_p_50": p_value,
        "order_ratio_50_others": stratified(table, senior, others, by="commande")[0],
        "order_ratio_50_others_without": stratified(
            without(table, "note"), senior, others, by="commande"
        )[0],
    }


def composition(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["quartier_prioritaire"] == "Oui", table["quartier_prioritaire"] == "Non"
    crowded = table["zone"].isin(CROWDED)
    raw, p_raw = stratified(table, yes, no, by=None)
    within, p_within = stratified(table, yes, no, by="commande")
    return {
        "crowded_rate": table.loc[crowded, "given"].mean(),
        "other_rate": table.loc[~crowded, "given"].mean(),
        "crowded_neighbourhood": crowded[yes].mean(),
        "crowded_others": crowded[no].mean(),
        "neighbourhood_ratio_raw": raw,
        "neighbourhood_p_raw": p_raw,
        "neighbourhood_ratio_order": within,
        "neighbourhood_p_order": p_within,
    }


def cold_start(table: pd.DataFrame) -> dict[str, float]:
    new, old = table["nouveau"] == "Oui", table["nouveau"] == "Non"
    ratio, p_value = stratified(table, new, old, by="commande")
    return {
        "deliveries_new": table.loc[new, "livraisons_13_sem"].mean(),
        "deliveries_others": table.loc[old, "livraisons_13_sem"].mean(),
        "late_new": table.loc[new, "retards_pct"].mean(),
        "late_others": table.loc[old, "retards_pct"].mean(),
        "order_ratio_new": ratio,
        "order_p_new": p_value,
        "order_ratio_new_without": stratified(
            without(table, "livraisons"), new, old, by="commande"
        )[0],
    }


FACTS = {
    "refusals": refusals,
    "feedback": feedback,
    "rating": rating,
    "composition": composition,
    "cold_start": cold_start,
}


def found(facts: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether a file shows each effect as the truth says it does (plain tests)."""
    # four questions were asked beforehand
    level = 0.05 / 4
    return {
        "refusals": facts["refusals"]["order_p_women"] < level,
        "feedback": facts["feedback"]["far_p"] < level,
        "rating": facts["rating"]["order_p_50"] < level,
        "composition": facts["composition"]["neighbourhood_p_raw"] < 0.05
        and facts["composition"]["neighbourhood_p_order"] >= 0.05,
        "cold_start": facts["cold_start"]["order_p_new"] < level,
    }


def p_values(table: pd.DataFrame) -> dict[str, float]:
    """Plain p-values of the questions asked beforehand, raw and within the order."""
    questions = {
        "sex": _sexes(table),
        "age": (table["senior"] == 1, table["senior"] == 0),
        "neighbourhood": (
            table["quartier_prioritaire"] == "Oui",
            table["quartier_prioritaire"] == "Non",
        ),
        "newcomer": (table["nouveau"] == "Oui", table["nouveau"] == "Non"),
    }
    return {
        f"{name} {by or 'raw'}": stratified(table, group, reference, by=by)[1]
        for name, (group, reference) in questions.items()
        for by in (None, "commande")
    }
