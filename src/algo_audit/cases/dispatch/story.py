"""The causal story of the dispatch case: what depends on what, and how.

Everything here is invented. ``GRAPH`` is the story, ``MARGINS`` the proportions it starts from
(assumptions, drawn from no survey), ``Effects`` the switches of what is planted. Thirteen weeks
are lived through in ``_weeks``: what is refused in one weighs on what is offered in the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.causes import Context, Values, Variable, best_of_pool, choose

ZONES = ("Centre", "Gare", "Plateau", "Canal", "Université", "Rocade")
CROWDED = (0, 1, 4)
BANDS = ("<30", "30-39", "40-49", "50+")
OLDEST = len(BANDS) - 1
WEEKS = 13
# columns of what the weeks leave behind, see _weeks
ACCEPTANCE, FAR_OFFERS, DELIVERIES, CONNECTED = 0, 1, 2, 3
TOLD_WEEKS = (1, 5, 9)

Whole = NDArray[np.int64]
Number = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """What is planted; all on in the shipped files.

    Attributes
    ----------
    refusals : bool
        Women refuse far and late orders more often. Off: as often as men.
    feedback : bool
        A lower acceptance rate brings fewer offers in the next week, and more of them far and
        late, which are the ones refused. Off: offers do not depend on it.
    rating : bool
        At equal punctuality, customers rate couriers of 50 and over lower. Off: alike.
    composition : bool
        Couriers who live in a priority neighbourhood work in the zones where more couriers wait
        for each order. Off: they work where others do.
    cold_start : bool
        Newcomers have three weeks of deliveries behind them, others thirteen. Off: what they
        delivered for another platform counts (portability).
    """

    refusals: bool = True
    feedback: bool = True
    rating: bool = True
    composition: bool = True
    cold_start: bool = True

    @classmethod
    def none(cls) -> Effects:
        """Nothing planted: every gap is chance."""
        return cls(
            refusals=False, feedback=False, rating=False, composition=False, cold_start=False
        )


@dataclass(frozen=True)
class Margins:
    """Proportions that the story starts from: all of them are assumptions.

    Arrays by age follow ``BANDS``, by zone ``ZONES``; where there are two rows, others come
    first, then couriers of a priority neighbourhood.
    """

    women: float = 0.22
    bands: tuple[float, ...] = (0.40, 0.29, 0.16, 0.15)
    neighbourhood: float = 0.30
    newcomer: float = 0.18
    newcomer_weeks: int = 3
    zone: tuple[tuple[float, ...], ...] = (
        (0.14, 0.12, 0.22, 0.20, 0.12, 0.20),
        (0.29, 0.24, 0.07, 0.07, 0.26, 0.07),
    )
    # couriers within reach of an order
    couriers_per_order: tuple[int, ...] = (13, 12, 6, 6, 12, 5)
    # the weeks: hours connected, offers per hour, and what is refused
    hours: float = 22.0
    offers_per_hour: float = 2.0
    acceptance_first: float = 87.0
    acceptance_spread: float = 3.0
    remembered: float = 0.7
    refused_anyway: float = 0.06
    far: float = 0.30
    refused_far: float = 0.20
    refused_far_women: float = 0.33
    # feedback, per point of acceptance below the first one
    fewer_offers: float = 0.010
    more_far: float = 0.012
    # customers' rating: mean, points per percent late, spread, and what is taken off
    rating: float = 4.70
    rating_per_late: float = 0.02
    rating_spread: float = 0.12
    harsher_to_oldest: float = 0.16
    # what the past rating says of the stars of the next order (log-odds per star)
    stars_per_rating: float = 6.0
    # pay of a delivery, and of a far or late one, in euros; minutes that one
    # takes; tips per hour
    pay: float = 4.0
    pay_far: float = 5.2
    minutes: float = 19.0
    tips: float = 0.3
    blank_age: float = 0.01
    blank_neighbourhood: float = 0.05
    blank_satisfaction: float = 0.15


@dataclass(frozen=True)
class Grid:
    """The score, 100 points: acceptance 30, rating 20, nearness 45, deliveries 5."""

    per_acceptance: float = 0.6
    acceptance_from: float = 50.0
    per_rating: float = 20.0
    rating_from: float = 4.0
    near: float = 45.0
    per_km: float = 10.0
    per_delivery: float = 0.02
    deliveries_to: float = 250.0


MARGINS = Margins()
GRID = Grid()


def _of(table: tuple[tuple[float, ...], ...] | tuple[float, ...], *where: Whole) -> Number:
    values: Number = np.asarray(table, dtype=np.float64)[where]
    return values


def _yes(context: Context[Effects], share: float) -> Values:
    drawn: Whole = (context.random.random(context.rows) < share).astype(np.int64)
    return drawn


def _woman(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.women)


def _band(context: Context[Effects]) -> Values:
    return choose(context.random, np.tile(MARGINS.bands, (context.rows, 1)))


def _age(context: Context[Effects], band: Whole) -> Values:
    low = _of((18, 30, 40, 50), band)
    span = _of((12, 10, 10, 12), band)
    return (low + np.floor(span * context.random.random(context.rows))).astype(np.int64)


def _neighbourhood(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.neighbourhood)


def _newcomer(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.newcomer)


def _zone(context: Context[Effects], neighbourhood: Whole) -> Values:
    row = neighbourhood if context.effects.composition else np.zeros_like(neighbourhood)
    return choose(context.random, np.asarray(MARGINS.zone)[row])


def _order(context: Context[Effects], zone: Whole) -> Values:
    """Orders are numbered through the zones; each courier is within reach of one of them."""
    order = np.empty(context.rows, dtype=np.int64)
    first = 0
    for code, couriers in enumerate(MARGINS.couriers_per_order):
        rows = context.random.permutation(np.flatnonzero(zone == code))
        number = max(1, round(len(rows) / couriers))
        order[rows] = first + np.arange(len(rows)) % number
        first += number
    return np.unique(order, return_inverse=True)[1]


def _moment(context: Context[Effects], order: Whole) -> Values:
    """Minute of the week at which the order came in, between 11:00 and 23:00 of a day."""
    count = order.max() + 1
    day = context.random.integers(0, 7, count)
    minute = context.random.integers(11 * 60, 23 * 60, count)
    moments: Whole = day * 1440 + minute
    return moments[order]


def _hours(context: Context[Effects]) -> Values:
    """Hours connected per week."""
    return np.round(np.clip(context.random.gamma(6.0, MARGINS.hours / 6, context.rows), 4, 60), 1)


def _weeks(context: Context[Effects], woman: Whole, newcomer: Whole, hours: Number) -> Values:
    """Thirteen weeks of offers: acceptance (%), far offers (%), deliveries, hours.

    Then the acceptance rate at the end of each of ``TOLD_WEEKS``; nothing for weeks in which
    a newcomer was not there yet.
    """
    effects, random, rows = context.effects, context.random, context.rows
    far_refused = np.where(
        (woman == 1) & effects.refusals, MARGINS.refused_far_women, MARGINS.refused_far
    )
    late = np.where((newcomer == 1) & effects.cold_start, WEEKS - MARGINS.newcomer_weeks, 0)
    acceptance = MARGINS.acceptance_first + MARGINS.acceptance_spread * random.standard_normal(rows)
    acceptance = np.clip(acceptance, 60, 98)
    far_offers, deliveries, offered = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    told = []
    for week in range(WEEKS):
        below = (MARGINS.acceptance_first - acceptance) if effects.feedback else np.zeros(rows)
        pace = np.clip(1 - MARGINS.fewer_offers * below, 0.3, 1.5)
        far_share = np.clip(MARGINS.far + MARGINS.more_far * below, 0.05, 0.95)
        there = week >= late
        offers = np.where(there, random.poisson(hours * MARGINS.offers_per_hour * pace), 0)
        far = random.binomial(offers, far_share)
        taken_far = random.binomial(far, (1 - MARGINS.refused_anyway) * (1 - far_refused))
        taken = taken_far + random.binomial(offers - far, 1 - MARGINS.refused_anyway)
        this_week = 100 * taken / np.maximum(offers, 1)
        kept = np.where(offers > 0, MARGINS.remembered, 1.0)
        acceptance = kept * acceptance + (1 - kept) * this_week
        far_offers, deliveries, offered = far_offers + far, deliveries + taken, offered + offers
        if week + 1 in TOLD_WEEKS:
            told.append(np.where(there, np.round(acceptance, 1), np.nan))
    share = 100 * far_offers / np.maximum(offered, 1)
    rounded = [np.round(acceptance, 1), np.round(share, 1), deliveries, hours * (WEEKS - late)]
    return np.stack([*rounded, *told], axis=1)


def _late(context: Context[Effects]) -> Values:
    """Share of deliveries that came late, in percent: a count."""
    return np.round(np.clip(context.random.gamma(4.0, 1.5, context.rows), 0, 40), 1)


def _rating(context: Context[Effects], late: Number, band: Whole) -> Values:
    """Mean of the customers' stars."""
    stars = (
        MARGINS.rating
        - MARGINS.rating_per_late * late
        + MARGINS.rating_spread * context.random.standard_normal(context.rows)
    )
    if context.effects.rating:
        stars = stars - MARGINS.harsher_to_oldest * (band == OLDEST)
    return np.round(np.clip(stars, 1, 5), 2)


def _distance(context: Context[Effects]) -> Values:
    """Kilometres to the restaurant when the order came in."""
    return np.round(np.minimum(0.1 + context.random.gamma(2.5, 0.5, context.rows), 8), 2)


def _score(_: Context[Effects], weeks: Number, rating: Number, distance: Number) -> Values:
    points = (
        GRID.per_acceptance * np.maximum(weeks[:, ACCEPTANCE] - GRID.acceptance_from, 0)
        + GRID.per_rating * np.maximum(rating - GRID.rating_from, 0)
        + np.maximum(GRID.near - GRID.per_km * distance, 0)
        + GRID.per_delivery * np.minimum(weeks[:, DELIVERIES], GRID.deliveries_to)
    )
    rounded: Number = np.round(points, 2)
    return rounded


def _assigned(context: Context[Effects], order: Whole, score: Number) -> Values:
    return best_of_pool(order, np.ones(context.rows, dtype=np.int64), score)


def _pay_per_hour(context: Context[Effects], weeks: Number) -> Values:
    """Euros per hour connected, waiting included."""
    far = weeks[:, FAR_OFFERS] / 100
    pay = MARGINS.pay * (1 - far) + MARGINS.pay_far * far
    tips = MARGINS.tips * context.random.gamma(2.0, 0.5, context.rows)
    return np.round(weeks[:, DELIVERIES] * pay / weeks[:, CONNECTED] + tips, 2)


def _waiting(_: Context[Effects], weeks: Number) -> Values:
    """Minutes waited per hour connected."""
    per_hour = weeks[:, DELIVERIES] / weeks[:, CONNECTED]
    return np.round(np.clip(60 - MARGINS.minutes * per_hour, 0, 60), 1)


def _satisfied(context: Context[Effects], rating: Number, distance: Number) -> Values:
    """Whether the customer of this order gives five stars, or would have."""
    odds = MARGINS.stars_per_rating * (rating - MARGINS.rating) - 0.3 * distance + 0.9
    drawn: Values = context.random.random(context.rows) < 1 / (1 + np.exp(-odds))
    return drawn


def _human(context: Context[Effects], distance: Number, late: Number) -> Values:
    """How a dispatcher on the telephone chose: whoever is near, and known to be on time."""
    return -distance - 0.05 * late + 0.8 * context.random.standard_normal(context.rows)


def _on_time(context: Context[Effects], late: Number) -> Values:
    """Whether this order would come on time with this courier."""
    drawn: Values = context.random.random(context.rows) >= late / 100
    return drawn


GRAPH: tuple[Variable[Effects], ...] = (
    Variable("woman", (), _woman),
    Variable("band", (), _band),
    Variable("age", ("band",), _age),
    Variable("neighbourhood", (), _neighbourhood),
    Variable("newcomer", (), _newcomer),
    Variable("zone", ("neighbourhood",), _zone, ("composition",)),
    Variable("order", ("zone",), _order),
    Variable("moment", ("order",), _moment),
    Variable("hours", (), _hours),
    Variable(
        "weeks", ("woman", "newcomer", "hours"), _weeks, ("refusals", "feedback", "cold_start")
    ),
    Variable("late", (), _late),
    Variable("rating", ("late", "band"), _rating, ("rating",)),
    Variable("distance", (), _distance),
    Variable("score", ("weeks", "rating", "distance"), _score),
    Variable("assigned", ("order", "score"), _assigned),
    Variable("pay_per_hour", ("weeks",), _pay_per_hour),
    Variable("waiting", ("weeks",), _waiting),
    Variable("satisfied", ("rating", "distance"), _satisfied),
    Variable("human", ("distance", "late"), _human, observed=False),
    Variable("on_time", ("late",), _on_time, observed=False),
)
