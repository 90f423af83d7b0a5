"""The training allocation case: one year of course places in a large French employer.

The story: employees ask for a place in a session of a course (``session``), which has a limited
number of places. An optimiser predicts a "benefit" out of 100 points and recommends the requests
with the most, as many as there are places; the training department confirms, and follows the
advice, save when somebody is left out at confirmation and the next one comes in. Six months
later the skill is seen at work, or not: known for those who were trained only. What each thing
depends on is written in ``story.py``; what is planted, and what the shipped file shows of it, in
``truth.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from algo_audit.cases.causes import Values, draw_all
from algo_audit.cases.datasets import write_french_csv
from algo_audit.cases.pools import references, words
from algo_audit.cases.training.story import (
    GRAPH,
    MARGINS,
    QUALIFICATIONS,
    SITES,
    THEMES,
    Effects,
)

# The first seed from 20250901 on whose file shows all that truth.toml says it shows, and excludes
# a large gap wherever nothing is planted. How often other seeds show it stands there too.
SEED = 20250904
ROWS = 4000
SMALLEST, LARGEST = 200, 1_000_000
# who may take part in a lottery: an assumption
ELIGIBLE_FROM = 7
NOT_STATED = "non renseigné"
PAST = ("Aucune", "1 ou 2", "3 et plus")


def generate(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """Requests of the training case, in the order in which they came in.

    Parameters
    ----------
    rows : int
        Requests, 200 to 1,000,000; there is about one session for 40 of them.
    seed : int
        Same seed, same rows.
    effects : Effects, optional
        What is planted; everything unless given.

    Returns
    -------
    DataFrame
        One row per request; numbers as numbers, blanks as None, dates as dates. The columns
        are described in ``datasets/training.en.md``.

    Raises
    ------
    ValueError
        ``rows`` out of range.

    Notes
    -----
    The people are fictitious and the margins are assumptions: a gap found here says nothing
    about any real employer.
    """
    drawn, order = _drawn(rows, seed, effects)
    table = _columns(drawn)
    _leave_blanks(table, np.random.default_rng([seed, 0]))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "numero_demande", [f"{n:07d}" for n in range(1, rows + 1)])
    return table


def ways(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """What the other ways to fill the places need, row by row with :func:`generate`.

    Parameters
    ----------
    rows, seed, effects
        As in :func:`generate`.

    Returns
    -------
    DataFrame
        ``human``: how managers chose before there was an optimiser; ``first``: who came first;
        ``eligible``: at least 7 out of 20 in the quiz; ``later``: 1 where the skill is seen at
        work six months later, or would have been, had the person been trained.
    """
    drawn, order = _drawn(rows, seed, effects)
    made = pd.DataFrame(
        {
            "human": drawn["human"].astype(np.float64),
            "eligible": drawn["quiz"] >= ELIGIBLE_FROM,
            "later": drawn["skill"].astype(np.float64),
        }
    )
    made = made.iloc[order].reset_index(drop=True)
    return made.assign(first=-np.arange(rows, dtype=np.float64))


def _drawn(
    rows: int, seed: int, effects: Effects | None
) -> tuple[Mapping[str, Values], NDArray[np.int64]]:
    """The story's values, and the order in which the requests came in."""
    if not SMALLEST <= rows <= LARGEST:
        raise ValueError(rows)
    drawn = draw_all(GRAPH, rows=rows, seed=seed, effects=effects or Effects())
    return drawn, np.argsort(drawn["day"], kind="stable")


def write(
    path: Path, *, rows: int = ROWS, seed: int = SEED, effects: Effects | None = None
) -> None:
    """Write a generated file as the shipped one is written.

    Parameters
    ----------
    path : pathlib.Path
        Replaced if it is there.
    rows, seed, effects
        As in :func:`generate`.
    """
    write_french_csv(generate(rows, seed=seed, effects=effects), path)


def _columns(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """What an export of the requests shows of the story, complete."""
    first_day = np.datetime64("2025-01-06", "s")
    return pd.DataFrame(
        {
            "session": references("FOR-25", drawn["session"], drawn["opened"]),
            "date_demande": first_day + drawn["day"].astype("timedelta64[D]"),
            "etablissement": words(SITES, drawn["site"]),
            "theme": words(THEMES, drawn["theme"]),
            "sexe": words(("H", "F"), drawn["woman"]),
            "age": drawn["age"],
            "temps_travail": words(("Temps plein", "Temps partiel"), drawn["part_time"]),
            "qualification": words(QUALIFICATIONS, drawn["qualification"]),
            "handicap": words(("Non", "Oui"), drawn["disabled"]),
            "anciennete_annees": drawn["seniority"],
            "formations_3_ans": drawn["past_courses"],
            "deja_forme": words(PAST, np.digitize(drawn["past_courses"], (1, 3))),
            "annees_utiles": drawn["years_of_use"],
            "jours_liberables": drawn["free_days"],
            "quiz_niveau": drawn["quiz"],
            "besoin_responsable": drawn["need"],
            "score": drawn["score"],
            "avis_systeme": words(("Défavorable", "Favorable"), drawn["advice"]),
            "decision": words(("Non retenue", "Place attribuée"), drawn["decision"]),
            "acquis_6_mois": words(("Non constaté", "Constaté"), drawn["skill"]),
        }
    )


def _leave_blanks(table: pd.DataFrame, random: np.random.Generator) -> None:
    """Blank what people did not answer, and what can be known of those trained only."""

    def without(share: float) -> NDArray[np.bool_]:
        return random.random(len(table)) < share

    table.loc[without(MARGINS.blank_part_time), "temps_travail"] = NOT_STATED
    table.loc[without(MARGINS.blank_handicap), "handicap"] = None
    unknown = (table["decision"] != "Place attribuée") | without(MARGINS.blank_skill)
    table.loc[unknown, "acquis_6_mois"] = None
