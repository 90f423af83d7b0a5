"""The figures of the mobility file, computed with pandas and statsmodels only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import mannwhitneyu

from .recruitment_facts import stratified

# What the tests of all such cases need to know of this one.
POOL, TAKEN, LABEL, NUMBER = "poste", "moved", "confirmation_12_mois", "numero_demande"

FIRST_SEED = 20251231
LARGE = ("sex", "working time", "age")

FEW_PLACES = ("Systèmes d’information", "Fonctions support")
RATING_POINTS = {"D": 0, "C": 10, "B": 20, "A": 30}


def read_back(path) -> pd.DataFrame:
    """The shipped file as a spreadsheet user's program reads it."""
    table = pd.read_csv(
        path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"numero_demande": str}
    )
    return prepared(table)


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    """Decisions as 0 and 1, ages in bands, "not stated" blank."""
    table = table.replace("non renseigné", np.nan)
    return table.assign(
        band=pd.cut(
            table["age"], [0, 30, 40, 50, 200], right=False, labels=["<30", "30-39", "40-49", "50+"]
        ),
        moved=(table["decision"] == "Acceptée").astype(int),
        advised=(table["avis_systeme"] == "Favorable").astype(int),
        forties=table["age"].between(40, 49).astype(float),
        woman=(table["sexe"] == "F").astype(float),
    )


def within(table: pd.DataFrame, group, reference, *, by: str | None, of: str = "moved"):
    """Mantel-Haenszel risk ratio and CMH p-value; rows without a stratum left out."""
    if by is not None:
        known = table[by].notna()
        table, group, reference = table[known], group[known], reference[known]
    return stratified(table, group, reference, by=by, of=of)


def advised_without(table: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """The table as advised if these points were not counted, with as many places."""
    score = table["score"] - points
    rank = score.groupby(table["poste"]).rank(ascending=False, method="first")
    places = table.groupby("poste")["advised"].transform("sum")
    return table.assign(advised=(rank <= places).astype(int))


def _working_time(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return table["temps_travail"] == "Temps partiel", table["temps_travail"] == "Temps plein"


def appraisal_bias(table: pd.DataFrame) -> dict[str, float]:
    part, full = _working_time(table)
    well_rated = table["evaluation"].isin(["A", "B"])
    beyond = table["objectifs"] == "Dépassés"
    known = table["objectifs"].notna()
    without = advised_without(table, table["evaluation"].map(RATING_POINTS))
    facts = {
        "part_time_n": float(part.sum()),
        "well_rated_part_time": well_rated[part].mean(),
        "well_rated_full_time": well_rated[full].mean(),
        "objectives_beyond_part_time": beyond[part & known].mean(),
        "objectives_beyond_full_time": beyond[full & known].mean(),
        "advice_ratio_part_time": within(table, part, full, by="poste", of="advised")[0],
        "advice_ratio_without_rating": within(without, part, full, by="poste", of="advised")[0],
    }
    for name, by in (("post", "poste"), ("objectives", "objectifs"), ("rating", "evaluation")):
        facts[f"part_time_ratio_{name}"], facts[f"part_time_p_{name}"] = within(
            table, part, full, by=by
        )
    return facts


def career_break(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    full = _working_time(table)[1]
    months = table["conges_longs_mois"]
    above = mannwhitneyu(months[women], months[men]).statistic
    continuity = (12 - 0.6 * months).clip(lower=0)
    without = advised_without(table, continuity)
    ratio, p_value = within(table, women, men, by="poste")
    return {
        "leave_months_women": months[women].mean(),
        "leave_months_men": months[men].mean(),
        "leave_tells_sex_auc": above / (women.sum() * men.sum()),
        "sex_ratio_post": ratio,
        "sex_p_post": p_value,
        "sex_ratio_post_full_time": within(table, women & full, men & full, by="poste")[0],
        "advice_ratio_women": within(table, women, men, by="poste", of="advised")[0],
        "advice_ratio_without_leave": within(without, women, men, by="poste", of="advised")[0],
    }


def composition(table: pd.DataFrame) -> dict[str, float]:
    senior, thirties = table["band"] == "50+", table["band"] == "30-39"
    crowded = table["filiere"].isin(FEW_PLACES)
    facts = {
        "crowded_families_rate": table.loc[crowded, "moved"].mean(),
        "other_families_rate": table.loc[~crowded, "moved"].mean(),
        "crowded_families_share_50": crowded[senior].mean(),
        "crowded_families_share_30": crowded[thirties].mean(),
    }
    for name, by in (("raw", None), ("family", "filiere"), ("post", "poste")):
        facts[f"age_50_ratio_{name}"], facts[f"age_50_p_{name}"] = within(
            table, senior, thirties, by=by
        )
    return facts


def intersection(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    forties, others = table["forties"] == 1, table["forties"] == 0
    advised = table["advised"] == 1
    both = women & forties
    design = pd.get_dummies(table["filiere"], dtype=float).assign(
        woman=table["woman"], forties=table["forties"], both=both.astype(float)
    )
    fit = sm.Logit(table["moved"], design).fit(disp=0)
    return {
        "women_40_n": float(both.sum()),
        "women_40_moved": float(table.loc[both, "moved"].sum()),
        "women_40_ratio_to_other_women": within(table, both, women & others, by="poste")[0],
        "men_40_ratio_to_other_men": within(table, men & forties, men & others, by="poste")[0],
        "interaction_odds_ratio": float(np.exp(fit.params["both"])),
        "interaction_p": float(fit.pvalues["both"]),
        "set_aside_women_40": 1 - table.loc[both & advised, "moved"].mean(),
        "set_aside_other_women": 1 - table.loc[women & others & advised, "moved"].mean(),
        "set_aside_men": 1 - table.loc[men & advised, "moved"].mean(),
        "advice_followed": (table["advised"] == table["moved"]).mean(),
    }


def unseen_gap(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["mandat"] == "Oui", table["mandat"] == "Non"
    ratio, p_value = within(table, yes, no, by="poste")
    return {
        "mandate_n": float(yes.sum()),
        "mandate_moved": float(table.loc[yes, "moved"].sum()),
        "mandate_ratio_post": ratio,
        "mandate_p_post": p_value,
    }


FACTS = {
    "appraisal_bias": appraisal_bias,
    "career_break": career_break,
    "composition": composition,
    "intersection": intersection,
    "unseen_gap": unseen_gap,
}


def found(facts: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether a file shows each effect as the truth says it does (plain 5 % tests)."""
    rating, ages = facts["appraisal_bias"], facts["composition"]
    return {
        # four questions were asked beforehand
        "appraisal_bias": rating["part_time_p_post"] < 0.05 / 4
        and rating["part_time_ratio_rating"] > 0.9
        and rating["part_time_ratio_objectives"] < 0.9,
        "career_break": facts["career_break"]["sex_p_post"] < 0.05 / 4,
        "composition": ages["age_50_p_raw"] < 0.05 and ages["age_50_p_post"] >= 0.05,
        "intersection": facts["intersection"]["interaction_p"] < 0.05,
        # planted, and not to be seen in a file of this size
        "unseen_gap": facts["unseen_gap"]["mandate_p_post"] >= 0.05,
    }


def questions(table: pd.DataFrame) -> dict[str, tuple[pd.Series, pd.Series]]:
    """Group and reference of every question, for files where nothing is planted."""
    women, forties = table["woman"] == 1, table["forties"] == 1
    return {
        "sex": (women, ~women),
        "working time": _working_time(table),
        "age": (table["band"] == "50+", table["band"] == "30-39"),
        "women of 40 to 49": (women & forties, ~(women & forties)),
        "mandate": (table["mandat"] == "Oui", table["mandat"] == "Non"),
    }


def points(table: pd.DataFrame) -> pd.Series:
    """Points of the grid as the data sheet states it."""
    return (
        2 * table["test_poste"]
        + table["evaluation"].map(RATING_POINTS)
        + (12 - 0.6 * table["conges_longs_mois"]).clip(lower=0)
        + 2 * table["anciennete_poste"].clip(upper=4)
        + 10 * (table["souhait_entretien"] == "Oui")
    )
