"""The recruitment case: six months of applications to a medium-sized French employer.

The story: people apply to one vacancy (``offre``), which has a limited number of places. A
grid of 100 points gives each application a score; the system recommends the best of each
vacancy, as many as there are places; the recruiter follows the advice, save when he or she
sets a recommended person aside and takes the next one. Those hired are appraised by their
manager after six months. What each thing depends on is written in ``story.py``;
what is planted, and what the shipped file shows of it, in ``truth.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from algo_audit.cases.causes import Values, draw_all
from algo_audit.cases.datasets import write_french_csv
from algo_audit.cases.recruitment.story import (
    DIPLOMAS,
    ESTABLISHMENTS,
    FAMILIES,
    GRAPH,
    MARGINS,
    Effects,
)

# The first seed from 20250630 (the last day of the six months) on whose file shows all that
# truth.toml says it shows. How often other seeds show it stands there too.
SEED = 20250651
ROWS = 5000
SMALLEST, LARGEST = 200, 1_000_000
# who may take part in a lottery, and what counts as a good result: assumptions
ELIGIBLE_FROM, REACHED = 8.0, 90.0
NOT_STATED = "non renseigné"


def generate(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """Applications of the recruitment case, in the order in which they came in.

    Parameters
    ----------
    rows : int
        Applications, 200 to 1,000,000; there is about one vacancy for 80 of them.
    seed : int
        Same seed, same rows.
    effects : Effects, optional
        What is planted; everything unless given.

    Returns
    -------
    DataFrame
        One row per application; numbers as numbers, blanks as None, dates as dates. The
        columns are described in ``datasets/recruitment.en.md``.

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
    table.insert(0, "numero_candidature", [f"{n:07d}" for n in range(1, rows + 1)])
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
        ``human``: how recruiters ranked before there was a grid; ``first``: who came first;
        ``eligible``: at least 8 out of 20 in the test; ``later``: 1 where the person reaches 90 %
        of the objectives, or would have, had he or she been hired.
    """
    drawn, order = _drawn(rows, seed, effects)
    made = pd.DataFrame(
        {
            "human": drawn["human"].astype(np.float64),
            "eligible": drawn["test"] >= ELIGIBLE_FROM,
            "later": (drawn["results"] >= REACHED).astype(np.float64),
        }
    )
    made = made.iloc[order].reset_index(drop=True)
    return made.assign(first=-np.arange(rows, dtype=np.float64))


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


def _drawn(
    rows: int, seed: int, effects: Effects | None
) -> tuple[Mapping[str, Values], NDArray[np.int64]]:
    """The story's values, and the order in which the applications came in."""
    if not SMALLEST <= rows <= LARGEST:
        raise ValueError(rows)
    drawn = draw_all(GRAPH, rows=rows, seed=seed, effects=effects or Effects())
    return drawn, np.argsort(drawn["day"], kind="stable")


def _columns(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """What an export of the applications shows of the story, complete."""
    first_day = np.datetime64("2025-01-02", "s")
    return pd.DataFrame(
        {
            "offre": _references(drawn["vacancy"], drawn["opened"]),
            "date_candidature": first_day + drawn["day"].astype("timedelta64[D]"),
            "etablissement": _words(ESTABLISHMENTS, drawn["establishment"]),
            "famille_metier": _words(FAMILIES, drawn["family"]),
            "sexe": _words(("H", "F"), drawn["woman"]),
            "age": pd.array(drawn["age"], dtype="Int64"),
            "handicap": _words(("Non", "Oui"), drawn["disabled"]),
            "diplome": _words(DIPLOMAS, drawn["diploma"]),
            "experience_annees": drawn["experience"],
            "interruption_mois": drawn["career_break"],
            "distance_km": drawn["distance"],
            "test_metier": drawn["test"],
            "score": drawn["score"],
            "avis_systeme": _words(("Défavorable", "Favorable"), drawn["advice"]),
            "decision": _words(("Refusé", "Retenu"), drawn["decision"]),
            "evaluation_6_mois": _words(("Insuffisante", "Satisfaisante"), drawn["appraisal"]),
            "objectifs_pct": drawn["results"],
        }
    )


def _words(words: tuple[str, ...], codes: Values) -> Values:
    chosen: Values = np.array(words, dtype=object)[codes.astype(np.int64)]
    return chosen


def _references(vacancy: Values, opened: Values) -> Values:
    """References of the vacancies, numbered in the order in which they opened."""
    openings = np.zeros(vacancy.max() + 1, dtype=np.int64)
    openings[vacancy] = opened
    number = np.empty_like(openings)
    number[np.argsort(openings, kind="stable")] = np.arange(1, len(openings) + 1)
    digits = max(3, len(str(len(openings))))
    return _words(tuple(f"REC-25-{n:0{digits}d}" for n in number), vacancy)


def _leave_blanks(table: pd.DataFrame, random: np.random.Generator) -> None:
    """Blank what people did not answer, and what can be known of those hired only."""

    def without(share: float) -> NDArray[np.bool_]:
        return random.random(len(table)) < share

    table.loc[without(MARGINS.blank_sex), "sexe"] = NOT_STATED
    table.loc[without(MARGINS.blank_age), "age"] = pd.NA
    table.loc[without(MARGINS.blank_handicap), "handicap"] = None
    # half of the blanks are words, as a drop-down list leaves them
    table.loc[table["handicap"].isna() & without(0.5), "handicap"] = NOT_STATED
    unknown = (table["decision"] != "Retenu") | without(MARGINS.blank_appraisal)
    table.loc[unknown, ["evaluation_6_mois", "objectifs_pct"]] = None
