"""The internal mobility case: one year of posts opened inside a large French employer.

The story: employees apply to a post opened inside (``poste``), which offers one or several
places. A grid of 100 points ranks the candidates; the system recommends the best of each post,
as many as there are places; a career panel decides, and follows the advice, save when it sets a
recommended person aside and takes the next one. After twelve months the new manager confirms,
or not. What each thing depends on is written in ``story.py``; what is planted, and what the
shipped file shows of it, in ``truth.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from algo_audit.cases.causes import Values, draw_all
from algo_audit.cases.datasets import write_french_csv
from algo_audit.cases.mobility.story import (
    FAMILIES,
    GRAPH,
    MARGINS,
    OBJECTIVES,
    PANELS,
    RATINGS,
    SITES,
    Effects,
)
from algo_audit.cases.pools import references, words

# The first seed from 20251231 (the last day of the year) whose file shows all that truth.toml says,
# with ratios by sex and working time within 0.06 of the long run. How often others do: see there.
SEED = 20251239
ROWS = 4500
SMALLEST, LARGEST = 200, 1_000_000
# who may take part in a lottery: an assumption
ELIGIBLE_FROM = 8
NOT_STATED = "non renseigné"


def generate(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """Applications of the mobility case, in the order in which they came in.

    Parameters
    ----------
    rows : int
        Applications, 200 to 1,000,000; there is about one post for 45 of them.
    seed : int
        Same seed, same rows.
    effects : Effects, optional
        What is planted; everything unless given.

    Returns
    -------
    DataFrame
        One row per application; numbers as numbers, blanks as None, dates as dates. The
        columns are described in ``datasets/mobility.en.md``.

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
        ``human``: how panels ranked before there was a grid; ``first``: seniority in the
        company; ``eligible``: at least 8 out of 20 in the work sample; ``later``: 1 where the
        person is confirmed after twelve months, or would have been, had he or she moved.
    """
    drawn, order = _drawn(rows, seed, effects)
    made = pd.DataFrame(
        {
            "human": drawn["human"].astype(np.float64),
            "eligible": drawn["test"] >= ELIGIBLE_FROM,
            "later": drawn["confirmed"].astype(np.float64),
            "first": drawn["seniority"].astype(np.float64),
        }
    )
    return made.iloc[order].reset_index(drop=True)


def _drawn(
    rows: int, seed: int, effects: Effects | None
) -> tuple[Mapping[str, Values], NDArray[np.int64]]:
    """The story's values, and the order in which the applications came in."""
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
    """What an export of the applications shows of the story, complete."""
    first_day = np.datetime64("2025-01-06", "s")
    panels = tuple(f"CC-{n:02d}" for n in range(1, PANELS + 1))
    return pd.DataFrame(
        {
            "poste": references("MOB-25", drawn["post"], drawn["opened"]),
            "date_demande": first_day + drawn["day"].astype("timedelta64[D]"),
            "etablissement": words(SITES, drawn["site"]),
            "filiere": words(FAMILIES, drawn["family"]),
            "commission": words(panels, drawn["panel"]),
            "sexe": words(("H", "F"), drawn["woman"]),
            "age": drawn["age"],
            "temps_travail": words(("Temps plein", "Temps partiel"), drawn["part_time"]),
            "mandat": words(("Non", "Oui"), drawn["mandate"]),
            "anciennete_annees": drawn["seniority"],
            "anciennete_poste": drawn["in_post"],
            "conges_longs_mois": drawn["leave"],
            "souhait_entretien": words(("Non", "Oui"), drawn["wish"]),
            "objectifs": words(OBJECTIVES, drawn["objectives"]),
            "evaluation": words(RATINGS, drawn["rating"]),
            "test_poste": drawn["test"],
            "score": drawn["score"],
            "avis_systeme": words(("Défavorable", "Favorable"), drawn["advice"]),
            "decision": words(("Refusée", "Acceptée"), drawn["decision"]),
            "confirmation_12_mois": words(("Non confirmé", "Confirmé"), drawn["confirmed"]),
        }
    )


def _leave_blanks(table: pd.DataFrame, random: np.random.Generator) -> None:
    """Blank what the export lacks, and what can be known of those who moved only."""

    def without(share: float) -> NDArray[np.bool_]:
        return random.random(len(table)) < share

    table.loc[without(MARGINS.blank_part_time), "temps_travail"] = NOT_STATED
    table.loc[without(MARGINS.blank_objectives), "objectifs"] = None
    unknown = (table["decision"] != "Acceptée") | without(MARGINS.blank_confirmation)
    table.loc[unknown, "confirmation_12_mois"] = None
