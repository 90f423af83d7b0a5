"""The figures of the training file, computed with pandas and statsmodels only."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from .recruitment_facts import stratified

# What the tests of all such cases need to know of this one.
POOL, TAKEN, LABEL, NUMBER = "session", "placed", "acquis_6_mois", "numero_demande"
FIRST_SEED = 20250901
LARGE = ("sex", "working time", "age", "qualification")

WORKER, TECHNICIAN, EXECUTIVE = "Ouvrier ou employé", "Technicien ou maîtrise", "Cadre"
FEW_PLACES = ("Mende", "Vesoul")


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
        placed=(table["decision"] == "Place attribuée").astype(int),
        advised=(table["avis_systeme"] == "Favorable").astype(int),
        woman=(table["sexe"] == "F").astype(float),
    )


def within(table: pd.DataFrame, group, reference, *, by: str | None, of: str = "placed"):
    """Mantel-Haenszel risk ratio and CMH p-value of ``group`` against ``reference``."""
    return stratified(table, group, reference, by=by, of=of)


def advised_without(table: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """The table as advised if these points were not counted, with as many places."""
    score = table["score"] - points
    rank = score.groupby(table["session"]).rank(ascending=False, method="first")
    places = table.groupby("session")["advised"].transform("sum")
    return table.assign(advised=(rank <= places).astype(int))


def _working_time(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return table["temps_travail"] == "Temps partiel", table["temps_travail"] == "Temps plein"


def feedback(table: pd.DataFrame) -> dict[str, float]:
    workers, executives = (
        table["qualification"] == WORKER,
        table["qualification"] == EXECUTIVE,
    )
    past = table["formations_3_ans"]
    after = past + table["placed"]
    without = advised_without(table, 5 * past.clip(upper=4))
    known = table["acquis_6_mois"].notna()
    skilled = table["acquis_6_mois"] == "Constaté"
    none, many = known & (table["deja_forme"] == "Aucune"), known & (past >= 3)
    square = [[int(skilled[g].sum()), int((~skilled[g]).sum())] for g in (none, many)]
    ratio, p_value = within(table, workers, executives, by="session")
    return {
        "past_courses_workers": past[workers].mean(),
        "past_courses_executives": past[executives].mean(),
        "workers_ratio_session": ratio,
        "workers_p_session": p_value,
        "workers_ratio_past": within(table, workers, executives, by="deja_forme")[0],
        "advice_ratio_workers": within(table, workers, executives, by="session", of="advised")[0],
        "advice_ratio_without_past": within(
            without, workers, executives, by="session", of="advised"
        )[0],
        "past_gap_before": past[executives].mean() - past[workers].mean(),
        "past_gap_after": after[executives].mean() - after[workers].mean(),
        "skill_without_past": skilled[none].mean(),
        "skill_with_three": skilled[many].mean(),
        "skill_p": float(fisher_exact(square).pvalue),
    }


def horizon(table: pd.DataFrame) -> dict[str, float]:
    senior, thirties = table["band"] == "50+", table["band"] == "30-39"
    without = advised_without(table, table["annees_utiles"].clip(upper=15))
    known = table["acquis_6_mois"].notna()
    skilled = table["acquis_6_mois"] == "Constaté"
    ratio, p_value = within(table, senior, thirties, by="session")
    return {
        "age_50_n": float(senior.sum()),
        "age_50_ratio_session": ratio,
        "age_50_p_session": p_value,
        "advice_ratio_50": within(table, senior, thirties, by="session", of="advised")[0],
        "advice_ratio_without_years": within(without, senior, thirties, by="session", of="advised")[
            0
        ],
        "skill_50": skilled[known & senior].mean(),
        "skill_30": skilled[known & thirties].mean(),
    }


def availability(table: pd.DataFrame) -> dict[str, float]:
    part, full = _working_time(table)
    days = table["jours_liberables"]
    without = advised_without(table, 2.5 * days)
    ratio, p_value = within(table, part, full, by="session")
    return {
        "free_days_part_time": days[part].mean(),
        "free_days_full_time": days[full].mean(),
        "part_time_ratio_session": ratio,
        "part_time_p_session": p_value,
        "advice_ratio_part_time": within(table, part, full, by="session", of="advised")[0],
        "advice_ratio_without_days": within(without, part, full, by="session", of="advised")[0],
    }


def composition(table: pd.DataFrame) -> dict[str, float]:
    women, men = table["woman"] == 1, table["woman"] == 0
    crowded = table["etablissement"].isin(FEW_PLACES)
    facts = {
        "crowded_sites_rate": table.loc[crowded, "placed"].mean(),
        "other_sites_rate": table.loc[~crowded, "placed"].mean(),
        "crowded_sites_share_women": crowded[women].mean(),
        "crowded_sites_share_men": crowded[men].mean(),
    }
    for name, by in (("raw", None), ("site", "etablissement"), ("session", "session")):
        facts[f"sex_ratio_{name}"], facts[f"sex_p_{name}"] = within(table, women, men, by=by)
    return facts


def unseen_gap(table: pd.DataFrame) -> dict[str, float]:
    yes, no = table["handicap"] == "Oui", table["handicap"] == "Non"
    ratio, p_value = within(table, yes, no, by="session")
    return {
        "disabled_n": float(yes.sum()),
        "disabled_placed": float(table.loc[yes, "placed"].sum()),
        "disabled_ratio_session": ratio,
        "disabled_p_session": p_value,
    }


FACTS = {
    "feedback": feedback,
    "horizon": horizon,
    "availability": availability,
    "composition": composition,
    "unseen_gap": unseen_gap,
}


def found(facts: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Whether a file shows each effect as the truth says it does (plain 5 % tests)."""
    sexes = facts["composition"]
    return {
        # five questions were asked beforehand
        "feedback": facts["feedback"]["workers_p_session"] < 0.05 / 5
        and facts["feedback"]["skill_p"] < 0.05,
        "horizon": facts["horizon"]["age_50_p_session"] < 0.05 / 5,
        "availability": facts["availability"]["part_time_p_session"] < 0.05 / 5,
        "composition": sexes["sex_p_raw"] < 0.05 and sexes["sex_p_session"] >= 0.05,
        # planted, and not to be seen in a file of this size
        "unseen_gap": facts["unseen_gap"]["disabled_p_session"] >= 0.05,
    }


def questions(table: pd.DataFrame) -> dict[str, tuple[pd.Series, pd.Series]]:
    """Group and reference of every question, for files where nothing is planted."""
    women = table["woman"] == 1
    return {
        "sex": (women, ~women),
        "working time": _working_time(table),
        "age": (table["band"] == "50+", table["band"] == "30-39"),
        "qualification": (
            table["qualification"] == WORKER,
            table["qualification"] == EXECUTIVE,
        ),
        "disability": (table["handicap"] == "Oui", table["handicap"] == "Non"),
    }


def points(table: pd.DataFrame) -> pd.Series:
    """Points of the grid as the data sheet states it."""
    return (
        1.5 * table["quiz_niveau"]
        + 5 * table["formations_3_ans"].clip(upper=4)
        + 10 * table["besoin_responsable"]
        + table["annees_utiles"].clip(upper=15)
        + 2.5 * table["jours_liberables"]
    )
