"""The monitoring case: a quarter's bonus, given by a score made of badge and activity traces.

The story: people wear a badge at work that counts steps, faces other badges and listens to the
voice. A grid of 100 points adds the objectives reached, the minutes of interaction, the
distance walked, an index of "stress" and one of "engagement"; from 58 points on the system
recommends the bonus, and the manager nearly always follows. What each thing depends on is
written in ``story.py``; what is planted, and what the shipped file shows of it, in
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
from algo_audit.cases.monitoring.story import (
    GRAPH,
    HOURS,
    MARGINS,
    POSTS,
    SHIFTS,
    Effects,
)

# The first seed from 20250630 (the last day of the quarter) on whose file shows all that
# truth.toml says it shows. How often other seeds show it stands there too.
SEED = 20250630
ROWS = 3600
SMALLEST, LARGEST = 200, 1_000_000
# who may take part in a lottery, and what counts as a good result: assumptions
ELIGIBLE_FROM, REACHED = 80.0, 92.0
NOT_STATED = "non renseigné"


def generate(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """Employees of the monitoring case, one quarter, by team.

    Parameters
    ----------
    rows : int
        Employees, 200 to 1,000,000; there is about one team for 12 of them.
    seed : int
        Same seed, same rows.
    effects : Effects, optional
        What is planted; everything unless given.

    Returns
    -------
    DataFrame
        One row per employee; numbers as numbers, blanks as None, dates as dates. The columns
        are described in ``datasets/monitoring.en.md``.

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
    table.insert(0, "matricule", [f"{n:07d}" for n in range(1, rows + 1)])
    return table


def ways(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """What the other ways to give the bonus need, row by row with :func:`generate`.

    Parameters
    ----------
    rows, seed, effects
        As in :func:`generate`.

    Returns
    -------
    DataFrame
        ``human``: how managers ranked before there was a badge; ``first``: seniority;
        ``eligible``: at least 80 % of the objectives; ``later``: 1 where the person reaches 92 %
        of the next quarter's objectives.
    """
    drawn, order = _drawn(rows, seed, effects)
    made = pd.DataFrame(
        {
            "human": drawn["human"].astype(np.float64),
            "first": drawn["seniority"].astype(np.float64),
            "eligible": drawn["objectives"] >= ELIGIBLE_FROM,
            "later": (drawn["next_quarter"] >= REACHED).astype(np.float64),
        }
    )
    return made.iloc[order].reset_index(drop=True)


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
    """The story's values, and the order of the teams."""
    if not SMALLEST <= rows <= LARGEST:
        raise ValueError(rows)
    drawn = draw_all(GRAPH, rows=rows, seed=seed, effects=effects or Effects())
    return drawn, np.argsort(drawn["team"], kind="stable")


def _columns(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """What an export of the personnel and badge systems shows of the story, complete."""
    # teams are decided on one after the other in the first half of July
    first_day = np.datetime64("2025-07-01", "s")
    day = (drawn["team"] % 11).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "equipe": _teams(drawn["team"]),
            "poste": _words(POSTS, drawn["post"]),
            "horaire": _words(SHIFTS, drawn["shift"]),
            "date_decision": first_day + day,
            "sexe": _words(("H", "F"), drawn["woman"]),
            "age": pd.array(drawn["age"], dtype="Int64"),
            "handicap": _words(("Non", "Oui"), drawn["disabled"]),
            "mandat": _words(("Non", "Oui"), drawn["representative"]),
            "anciennete_annees": drawn["seniority"],
            "quotite_pct": np.asarray(HOURS)[drawn["hours"]],
            "badge_retire_h": drawn["badge_off"],
            "objectifs_pct": drawn["objectives"],
            "interactions_min": drawn["minutes"],
            "marche_km": drawn["walked"],
            "indice_stress": drawn["stress"],
            "indice_engagement": drawn["engagement"],
            "score": drawn["score"],
            "avis_systeme": _words(("Sans prime", "Prime"), drawn["advice"]),
            "prime": _words(("Non versée", "Versée"), drawn["decision"]),
            "appreciation_6_mois": _words(("En deçà", "Conforme aux attentes"), drawn["appraisal"]),
            "absence_jours_6_mois": drawn["absence"],
        }
    )


def _words(words: tuple[str, ...], codes: Values) -> Values:
    chosen: Values = np.array(words, dtype=object)[codes.astype(np.int64)]
    return chosen


def _teams(team: Values) -> Values:
    digits = max(3, len(str(team.max() + 1)))
    return _words(tuple(f"EQ-{n:0{digits}d}" for n in range(1, team.max() + 2)), team)


def _leave_blanks(table: pd.DataFrame, random: np.random.Generator) -> None:
    """Blank what people did not answer, and appraisals that were not held."""

    def without(share: float) -> NDArray[np.bool_]:
        return random.random(len(table)) < share

    table.loc[without(MARGINS.blank_age), "age"] = pd.NA
    table.loc[without(MARGINS.blank_handicap), "handicap"] = None
    # half of the blanks are words, as a drop-down list leaves them
    table.loc[table["handicap"].isna() & without(0.5), "handicap"] = NOT_STATED
    table.loc[without(MARGINS.blank_appraisal), "appreciation_6_mois"] = None
