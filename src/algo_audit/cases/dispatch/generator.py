"""The dispatch case: who gets the order, on a platform that counts refusals.

The story: couriers are offered orders for thirteen weeks and refuse some. In the last week, each
order goes to the courier within reach with the most points: acceptance rate, customers' rating,
nearness, deliveries made. Nobody decides by hand. A second file tells what the quarter paid each
of them. What each thing depends on is written in ``story.py``; what is planted, and what the
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
from algo_audit.cases.dispatch.story import (
    ACCEPTANCE,
    CONNECTED,
    DELIVERIES,
    FAR_OFFERS,
    GRAPH,
    MARGINS,
    TOLD_WEEKS,
    ZONES,
    Effects,
)

# The first seed from 20250630 (the day after the last week) on whose file shows all that
# truth.toml says it shows. How often other seeds show it stands there too.
SEED = 20250630
ROWS = 4400
SMALLEST, LARGEST = 200, 1_000_000
# who may take part in a lottery: an assumption
ELIGIBLE_KM = 3.0
NOT_STATED = "non renseigné"
EARNINGS = "dispatch_earnings.csv"


def generate(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """Couriers within reach of the orders of one week, by order.

    Parameters
    ----------
    rows : int
        Couriers, 200 to 1,000,000; there is about one order for 8 of them.
    seed : int
        Same seed, same rows.
    effects : Effects, optional
        What is planted; everything unless given.

    Returns
    -------
    DataFrame
        One row per courier, each within reach of one order; numbers as numbers, blanks as None,
        dates as dates. The columns are described in ``datasets/dispatch.en.md``.

    Raises
    ------
    ValueError
        ``rows`` out of range.

    Notes
    -----
    The people are fictitious and the margins are assumptions: a gap found here says nothing
    about any real platform.
    """
    return _both(rows, seed, effects)[0]


def earnings(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """What thirteen weeks paid the same couriers; arguments as in :func:`generate`.

    Returns
    -------
    DataFrame
        One row per courier, euros and minutes per hour connected.
    """
    return _both(rows, seed, effects)[1]


def ways(rows: int = ROWS, *, seed: int = SEED, effects: Effects | None = None) -> pd.DataFrame:
    """What the other ways to assign an order need, row by row with :func:`generate`.

    Parameters
    ----------
    rows, seed, effects
        As in :func:`generate`.

    Returns
    -------
    DataFrame
        ``human``: how a dispatcher on the telephone ranked; ``first``: the nearest;
        ``eligible``: within 3 kilometres; ``later``: 1 where the order comes on time with this
        courier, or would have.
    """
    drawn, order = _drawn(rows, seed, effects)
    made = pd.DataFrame(
        {
            "human": drawn["human"].astype(np.float64),
            "first": -drawn["distance"].astype(np.float64),
            "eligible": drawn["distance"] <= ELIGIBLE_KM,
            "later": drawn["on_time"].astype(np.float64),
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


def write_earnings(
    path: Path, *, rows: int = ROWS, seed: int = SEED, effects: Effects | None = None
) -> None:
    """Write the second file, as :func:`write` does the first."""
    write_french_csv(earnings(rows, seed=seed, effects=effects), path)


def _drawn(
    rows: int, seed: int, effects: Effects | None
) -> tuple[Mapping[str, Values], NDArray[np.int64]]:
    """The story's values, and the order in which the orders came in."""
    if not SMALLEST <= rows <= LARGEST:
        raise ValueError(rows)
    drawn = draw_all(GRAPH, rows=rows, seed=seed, effects=effects or Effects())
    return drawn, np.lexsort((drawn["order"], drawn["moment"]))


def _both(rows: int, seed: int, effects: Effects | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders and the earnings; the same couriers bear the same numbers."""
    drawn, order = _drawn(rows, seed, effects)
    people = _people(drawn)
    _leave_blanks(people, np.random.default_rng([seed, 0]))
    points = _points(drawn)
    rated = np.random.default_rng([seed, 2]).random(rows) >= MARGINS.blank_satisfaction
    # a customer rates the courier who came
    points.loc[~(drawn["assigned"] & rated), "satisfaction_client"] = None
    number = np.random.default_rng([seed, 1]).permutation(rows) + 1
    people.insert(0, "livreur", [f"L{n:06d}" for n in number])
    offered = pd.concat([_offer(drawn), people, points], axis=1)
    offered.insert(0, "ligne", 0)
    offered = offered.iloc[order].reset_index(drop=True)
    offered["ligne"] = [f"{n:07d}" for n in range(1, rows + 1)]
    paid = pd.concat([people, _quarter(drawn)], axis=1)
    return offered, paid.sort_values("livreur").reset_index(drop=True)


def _offer(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """The order, numbered as they came in; its day and its hour."""
    order, moment = drawn["order"], drawn["moment"]
    first = np.zeros(order.max() + 1, dtype=np.int64)
    first[order] = moment
    place = np.empty_like(first)
    place[np.argsort(first, kind="stable")] = np.arange(1, len(first) + 1)
    digits = max(4, len(str(len(first))))
    names = np.array([f"CMD-{n:0{digits}d}" for n in place], dtype=object)
    # the week from Monday 23 to Sunday 29 June 2025
    day = np.datetime64("2025-06-23", "s") + (moment // 1440).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "commande": names[order],
            "date_commande": day,
            "heure_commande": moment % 1440 // 60,
            "zone": _words(ZONES, drawn["zone"]),
        }
    )


def _people(drawn: Mapping[str, Values]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sexe": _words(("H", "F"), drawn["woman"]),
            "age": pd.array(drawn["age"], dtype="Int64"),
            "quartier_prioritaire": _words(("Non", "Oui"), drawn["neighbourhood"]),
            "nouveau": _words(("Non", "Oui"), drawn["newcomer"]),
        }
    )


def _points(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """What the score is made of, the score, and who got the order."""
    weeks = drawn["weeks"]
    return pd.DataFrame(
        {
            "acceptation_pct": weeks[:, ACCEPTANCE],
            "note_clients": drawn["rating"],
            "distance_km": drawn["distance"],
            "livraisons_13_sem": weeks[:, DELIVERIES].astype(np.int64),
            "retards_pct": drawn["late"],
            "score": drawn["score"],
            "attribution": _words(("Non attribuée", "Attribuée"), drawn["assigned"]),
            "satisfaction_client": _words(("Moins de 5", "5 étoiles"), drawn["satisfied"]),
        }
    )


def _quarter(drawn: Mapping[str, Values]) -> pd.DataFrame:
    """Thirteen weeks of one courier: acceptance on the way, offers, pay and waiting."""
    weeks = drawn["weeks"]
    first_told = CONNECTED + 1
    told = {
        f"acceptation_s{week:02d}": weeks[:, first_told + n] for n, week in enumerate(TOLD_WEEKS)
    }
    return pd.DataFrame(
        {
            "zone": _words(ZONES, drawn["zone"]),
            "heures_connectees": np.round(weeks[:, CONNECTED], 1),
            **told,
            "acceptation_s13": weeks[:, ACCEPTANCE],
            "offres_lointaines_pct": weeks[:, FAR_OFFERS],
            "livraisons_13_sem": weeks[:, DELIVERIES].astype(np.int64),
            "attente_min_par_heure": drawn["waiting"],
            "gain_par_heure": drawn["pay_per_hour"],
        }
    )


def _words(words: tuple[str, ...], codes: Values) -> Values:
    chosen: Values = np.array(words, dtype=object)[codes.astype(np.int64)]
    return chosen


def _leave_blanks(table: pd.DataFrame, random: np.random.Generator) -> None:
    """Blank what people did not answer."""

    def without(share: float) -> NDArray[np.bool_]:
        return random.random(len(table)) < share

    table.loc[without(MARGINS.blank_age), "age"] = pd.NA
    table.loc[without(MARGINS.blank_neighbourhood), "quartier_prioritaire"] = NOT_STATED
