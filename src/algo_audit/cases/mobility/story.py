"""The causal story of the internal mobility case: what depends on what, and how.

Everything here is invented. ``GRAPH`` is the story, ``MARGINS`` the proportions it starts from
(assumptions, drawn from no survey), ``Effects`` the switches of what is planted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.causes import Context, Values, Variable, best_of_pool, choose
from algo_audit.cases.pools import (
    Number,
    Whole,
    drawn_per_pool,
    numbered_pools,
    of,
    places_in,
)

FAMILIES = (
    "Production",
    "Logistique",
    "Maintenance",
    "Commerce",
    "Systèmes d’information",
    "Fonctions support",
)
SITES = ("Albi", "Cholet", "Dieppe", "Roanne", "Vierzon")
PANELS = 12
RATINGS = ("D", "C", "B", "A")
OBJECTIVES = ("Partiels", "Atteints", "Dépassés")
BANDS = ("<30", "30-39", "40-49", "50+")


@dataclass(frozen=True)
class Effects:
    """What is planted; all on in the shipped file.

    Attributes
    ----------
    appraisal_bias : bool
        At equal objectives, managers rate part-timers lower; the rating brings up to 30 of the
        100 points. Off: alike.
    career_break : bool
        Women have more and longer leaves (parental, carers'); the grid takes points off for
        them. Off: leaves do not depend on sex.
    composition : bool
        Older employees apply to job families in which few posts open. Off: all apply alike.
    intersection : bool
        Career panels keep recommended women a little more readily than men, save women in
        their forties, whom they set aside far more often. Off: all alike.
    unseen_gap : bool
        Panels set recommended staff representatives aside more often; there are too few of
        them for a file of this size to show it. Off: as often.
    """

    appraisal_bias: bool = True
    career_break: bool = True
    composition: bool = True
    intersection: bool = True
    unseen_gap: bool = True

    @classmethod
    def none(cls) -> Effects:
        """Nothing planted: every gap is chance."""
        return cls(
            appraisal_bias=False,
            career_break=False,
            composition=False,
            intersection=False,
            unseen_gap=False,
        )


@dataclass(frozen=True)
class Margins:
    """Proportions that the story starts from: all of them are assumptions.

    Arrays by age follow ``BANDS``, arrays by family ``FAMILIES``; where there are two values or
    rows, men come first, then women.
    """

    bands: tuple[float, ...] = (0.18, 0.31, 0.25, 0.26)
    women_by_band: tuple[float, ...] = (0.45, 0.45, 0.33, 0.45)
    part_time: tuple[float, ...] = (0.12, 0.24)
    mandate: float = 0.035
    # families: share of applications, places per application, pull on ages
    family_share: tuple[float, ...] = (0.24, 0.20, 0.16, 0.16, 0.10, 0.14)
    family_rate: tuple[float, ...] = (0.25, 0.23, 0.19, 0.17, 0.08, 0.07)
    family_band: tuple[tuple[float, ...], ...] = (
        (1.15, 1.15, 1.05, 1.05, 0.85, 0.70),
        (1.20, 1.20, 1.05, 1.05, 0.75, 0.60),
        (0.95, 0.95, 1.00, 1.00, 1.05, 1.10),
        (0.40, 0.45, 0.75, 0.80, 1.85, 2.60),
    )
    applications_per_post: int = 45
    # leaves of the last five years: probability and mean length in months (men, women)
    break_share: tuple[float, ...] = (0.12, 0.44)
    break_months: tuple[float, ...] = (6, 14)
    break_share_alike: float = 0.26
    break_months_alike: float = 11.0
    # rating: points (of an underlying mark with standard deviation about 1) taken off
    harsher_to_part_time: float = 0.60
    # panels that set a recommended person aside
    set_aside_alike: float = 0.07
    set_aside_by_band: tuple[tuple[float, ...], ...] = (
        (0.17, 0.17, 0.00, 0.17),
        (0.01, 0.01, 0.62, 0.01),
    )
    set_aside_mandate: float = 0.22
    # panels before there was a grid: seniority, rating, and an impression of the person
    human_per_year: float = 0.6
    human_years_at_most: int = 15
    human_per_rating_level: float = 4.0
    human_against_women_forties: float = 6.0
    # what the export leaves blank
    blank_part_time: float = 0.012
    blank_objectives: float = 0.03
    blank_confirmation: float = 0.05


@dataclass(frozen=True)
class Grid:
    """The scoring grid, 100 points: test 40, rating 30, continuity 12, wish 10, time in post 8."""

    per_test_mark: float = 2.0
    per_rating_level: float = 10.0
    per_year_in_post: float = 2.0
    years_at_most: int = 4
    continuity: float = 12.0
    per_month_of_leave: float = 0.6
    wish: float = 10.0


MARGINS = Margins()
GRID = Grid()
Flags = NDArray[np.bool_]


def _band(context: Context[Effects]) -> Values:
    return choose(context.random, np.tile(MARGINS.bands, (context.rows, 1)))


def _age(context: Context[Effects], band: Whole) -> Values:
    low, span = of((22, 30, 40, 50), band), of((8, 10, 10, 13), band)
    return (low + np.floor(span * context.random.random(context.rows))).astype(np.int64)


def _woman(context: Context[Effects], band: Whole) -> Values:
    return (context.random.random(context.rows) < of(MARGINS.women_by_band, band)).astype(np.int64)


def _part_time(context: Context[Effects], woman: Whole) -> Values:
    return (context.random.random(context.rows) < of(MARGINS.part_time, woman)).astype(np.int64)


def _mandate(context: Context[Effects]) -> Values:
    drawn: Values = context.random.random(context.rows) < MARGINS.mandate
    return drawn


def _family(context: Context[Effects], band: Whole) -> Values:
    weight = np.tile(MARGINS.family_share, (context.rows, 1))
    if context.effects.composition:
        weight = weight * np.asarray(MARGINS.family_band)[band]
    return choose(context.random, weight)


def _post(context: Context[Effects], family: Whole) -> Values:
    return numbered_pools(
        context.random, family, kinds=len(FAMILIES), size=MARGINS.applications_per_post
    )


def _places(context: Context[Effects], family: Whole, post: Whole) -> Values:
    """An opening may offer several posts of the same kind."""
    return places_in(context.random, post, of(MARGINS.family_rate, family))


def _site(context: Context[Effects], post: Whole) -> Values:
    return drawn_per_pool(context.random, post, below=len(SITES))


def _panel(context: Context[Effects], post: Whole) -> Values:
    return drawn_per_pool(context.random, post, below=PANELS)


def _opened(context: Context[Effects], post: Whole) -> Values:
    """Day on which the post opens, counted from 6 January 2025."""
    return drawn_per_pool(context.random, post, below=320)


def _day(context: Context[Effects], opened: Whole) -> Values:
    """Applications come in over three weeks, most of them early."""
    return opened + np.floor(21 * context.random.random(context.rows) ** 1.5).astype(np.int64)


def _seniority(context: Context[Effects], age: Whole) -> Values:
    """Whole years in the company, never more than the years since 20."""
    years = np.floor(1 + context.random.gamma(1.6, 5.5, context.rows)).astype(np.int64)
    return np.minimum(years, age - 20)


def _in_post(context: Context[Effects], seniority: Whole) -> Values:
    """Whole years in the present post."""
    years = np.floor(context.random.gamma(1.8, 1.6, context.rows)).astype(np.int64)
    return np.minimum(years, seniority)


def _leave(context: Context[Effects], woman: Whole) -> Values:
    """Months of long leave in the last five years; at least two where there is one at all."""
    if context.effects.career_break:
        share, months = of(MARGINS.break_share, woman), of(MARGINS.break_months, woman)
    else:
        share = np.full(context.rows, MARGINS.break_share_alike)
        months = np.full(context.rows, MARGINS.break_months_alike)
    has_leave = context.random.random(context.rows) < share
    length = 2 + np.floor(context.random.gamma(2.0, 1.0, context.rows) * (months - 2) / 2)
    return np.where(has_leave, np.minimum(length, 48), 0).astype(np.int64)


def _ability(context: Context[Effects]) -> Values:
    return context.random.standard_normal(context.rows)


def _results(context: Context[Effects], ability: Number) -> Values:
    """Share of last year's objectives reached, in percent, in proportion to working time.

    It is a count, not an opinion; leaves and working time play no part in it.
    """
    reached = 98 + 9 * ability + 6 * context.random.standard_normal(context.rows)
    return np.round(np.clip(reached, 40, 150), 1)


def _objectives(_: Context[Effects], results: Number) -> Values:
    """How far the objectives were reached, in three steps: under 95 %, up to 105 %, beyond."""
    return np.digitize(results, (95.0, 105.0)).astype(np.int64)


def _rating(context: Context[Effects], results: Number, part_time: Whole) -> Values:
    """The manager's yearly rating, from D to A."""
    mark = (results - 98) / 10 + 0.6 * context.random.standard_normal(context.rows)
    if context.effects.appraisal_bias:
        mark = mark - MARGINS.harsher_to_part_time * part_time
    return np.digitize(mark, (-1.2, -0.1, 0.9)).astype(np.int64)


def _test(context: Context[Effects], ability: Number) -> Values:
    """Mark out of 20 in half points, at a work sample of the post asked for."""
    mark = 11 + 2.4 * ability + 1.8 * context.random.standard_normal(context.rows)
    return np.clip(np.rint(2 * mark) / 2, 0, 20) + 0.0


def _wish(context: Context[Effects]) -> Values:
    """Whether the wish to move was written down at the last career interview."""
    drawn: Values = context.random.random(context.rows) < 0.6
    return drawn


def _score(
    _: Context[Effects], test: Number, rating: Whole, in_post: Whole, leave: Whole, wish: Flags
) -> Values:
    points = (
        GRID.per_test_mark * test
        + GRID.per_rating_level * rating
        + GRID.per_year_in_post * np.minimum(in_post, GRID.years_at_most)
        + np.maximum(GRID.continuity - GRID.per_month_of_leave * leave, 0)
        + GRID.wish * wish
    )
    rounded: Number = np.round(points, 1)
    return rounded


def _advice(_: Context[Effects], post: Whole, places: Whole, score: Number) -> Values:
    return best_of_pool(post, places, score)


def _set_aside(context: Context[Effects], woman: Whole, band: Whole, mandate: Flags) -> Values:
    """Whether the career panel would set this person aside, if recommended."""
    share = np.full(context.rows, MARGINS.set_aside_alike)
    if context.effects.intersection:
        share = of(MARGINS.set_aside_by_band, woman, band)
    if context.effects.unseen_gap:
        share[mandate] = np.maximum(share[mandate], MARGINS.set_aside_mandate)
    drawn: Values = context.random.random(context.rows) < share
    return drawn


def _decision(
    _: Context[Effects], post: Whole, places: Whole, score: Number, set_aside: Flags
) -> Values:
    # those set aside come after everyone else, so that every place is filled
    return best_of_pool(post, places, score - 1000.0 * set_aside)


def _human(
    context: Context[Effects],
    seniority: Whole,
    rating: Whole,
    ability: Number,
    woman: Whole,
    band: Whole,
) -> Values:
    """How panels ranked before there was a grid: seniority, the rating, and an impression.

    No work sample then: the impression has half as much to do with ability as with the rest.
    """
    impression = 0.5 * ability + context.random.standard_normal(context.rows)
    key = (
        MARGINS.human_per_year * np.minimum(seniority, MARGINS.human_years_at_most)
        + MARGINS.human_per_rating_level * rating
        + 4.0 * impression
    )
    if context.effects.intersection:
        forties = (woman == 1) & (band == BANDS.index("40-49"))
        key = key - MARGINS.human_against_women_forties * forties
    return key


def _confirmed(context: Context[Effects], ability: Number) -> Values:
    """Whether the person is confirmed in the new post after twelve months."""
    mark = 0.55 + 0.8 * ability + 0.8 * context.random.standard_normal(context.rows)
    confirmed: Values = mark > 0
    return confirmed


GRAPH: tuple[Variable[Effects], ...] = (
    Variable("band", (), _band),
    Variable("age", ("band",), _age),
    Variable("woman", ("band",), _woman),
    Variable("part_time", ("woman",), _part_time),
    Variable("mandate", (), _mandate),
    Variable("family", ("band",), _family, ("composition",)),
    Variable("post", ("family",), _post),
    Variable("places", ("family", "post"), _places, observed=False),
    Variable("site", ("post",), _site),
    Variable("panel", ("post",), _panel),
    Variable("opened", ("post",), _opened, observed=False),
    Variable("day", ("opened",), _day),
    Variable("seniority", ("age",), _seniority),
    Variable("in_post", ("seniority",), _in_post),
    Variable("leave", ("woman",), _leave, ("career_break",)),
    Variable("ability", (), _ability, observed=False),
    Variable("results", ("ability",), _results, observed=False),
    Variable("objectives", ("results",), _objectives),
    Variable("rating", ("results", "part_time"), _rating, ("appraisal_bias",)),
    Variable("test", ("ability",), _test),
    Variable("wish", (), _wish),
    Variable("score", ("test", "rating", "in_post", "leave", "wish"), _score),
    Variable("advice", ("post", "places", "score"), _advice),
    Variable(
        "set_aside",
        ("woman", "band", "mandate"),
        _set_aside,
        ("intersection", "unseen_gap"),
        observed=False,
    ),
    Variable("decision", ("post", "places", "score", "set_aside"), _decision),
    Variable(
        "human",
        ("seniority", "rating", "ability", "woman", "band"),
        _human,
        ("intersection",),
        observed=False,
    ),
    Variable("confirmed", ("ability",), _confirmed),
)
