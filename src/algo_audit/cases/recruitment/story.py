"""The causal story of the recruitment case: what depends on what, and how.

Everything here is invented. ``GRAPH`` is the story, ``MARGINS`` the proportions it starts from
(assumptions, drawn from no survey), ``Effects`` the switches of what is planted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.causes import Context, Values, Variable, best_of_pool, choose

FAMILIES = (
    "Logistique",
    "Relation client",
    "Commerce",
    "Informatique",
    "Technique et maintenance",
    "Administration et gestion",
)
ESTABLISHMENTS = ("Arras", "Bourges", "Niort", "Valence")
DIPLOMAS = ("CAP ou BEP", "Bac", "Bac+2", "Bac+3", "Bac+5")
BANDS = ("<30", "30-39", "40-49", "50+")

Whole = NDArray[np.int64]
Number = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """What is planted; all on in the shipped file.

    Attributes
    ----------
    proxy : bool
        Women, and more so older ones, have more and longer career breaks; the grid takes
        points off for a break. Off: breaks do not depend on sex or age.
    composition : bool
        Women and people of different ages apply to different job families, and families
        hire at different rates. Off: all apply alike.
    intersection : bool
        Recruiters set recommended women of 50 and over aside more often. Off: as often.
    label_bias : bool
        At equal results, managers appraise women more harshly. Off: alike.
    unseen_gap : bool
        Recruiters set recommended disabled people aside more often; too few of them apply for
        a file of this size to show it. Off: as often.
    """

    proxy: bool = True
    composition: bool = True
    intersection: bool = True
    label_bias: bool = True
    unseen_gap: bool = True

    @classmethod
    def none(cls) -> Effects:
        """Nothing planted: every gap is chance."""
        return cls(
            proxy=False, composition=False, intersection=False, label_bias=False, unseen_gap=False
        )


@dataclass(frozen=True)
class Margins:
    """Proportions that the story starts from: all of them are assumptions.

    Arrays by age follow ``BANDS``, arrays by family ``FAMILIES``; where there are two rows,
    men come first, then women.
    """

    bands: tuple[float, ...] = (0.29, 0.27, 0.20, 0.24)
    women_by_band: tuple[float, ...] = (0.56, 0.56, 0.56, 0.24)
    disabled: float = 0.04
    # families: share of applications, places per application, pull on women and on ages
    family_share: tuple[float, ...] = (0.18, 0.19, 0.15, 0.15, 0.16, 0.17)
    family_rate: tuple[float, ...] = (0.20, 0.24, 0.18, 0.09, 0.08, 0.08)
    family_women: tuple[float, ...] = (0.90, 2.20, 1.50, 0.45, 0.45, 1.00)
    family_band: tuple[tuple[float, ...], ...] = (
        (1.35, 1.25, 1.10, 1.00, 0.75, 0.65),
        (1.05, 1.05, 1.05, 1.15, 0.90, 0.80),
        (0.95, 0.90, 1.00, 1.00, 1.05, 1.10),
        (0.60, 0.60, 0.75, 0.80, 1.50, 1.80),
    )
    applications_per_vacancy: int = 80
    # career breaks: probability and mean length in months, by sex (men, women) and age band
    break_share: tuple[tuple[float, ...], ...] = (
        (0.10, 0.10, 0.10, 0.10),
        (0.42, 0.45, 0.45, 0.45),
    )
    break_months: tuple[tuple[float, ...], ...] = ((8, 8, 8, 8), (13, 13, 13, 15))
    break_share_alike: float = 0.24
    break_months_alike: float = 12.0
    # recruiters who set a recommended person aside
    set_aside: float = 0.05
    set_aside_women_50: float = 0.55
    set_aside_disabled: float = 0.20
    # recruiters before there was a grid: they read the CV and met people
    human_per_diploma: float = 4.0
    human_per_year: float = 1.2
    human_years_at_most: int = 12
    human_per_month_of_break: float = 0.15
    human_against_women_50: float = 5.0
    # appraisal: points (of an underlying mark with standard deviation 1) taken off
    harsher_to_women: float = 0.60
    # answers that the form leaves blank
    blank_sex: float = 0.02
    blank_age: float = 0.01
    blank_handicap: float = 0.14
    blank_appraisal: float = 0.07


@dataclass(frozen=True)
class Grid:
    """The scoring grid, 100 points: diploma 20, experience 15, test 40, distance 10, breaks 15.

    Experience counts up to three years, so that age alone brings no points.
    """

    per_diploma_level: float = 5.0
    per_year: float = 5.0
    years_at_most: int = 3
    per_test_mark: float = 2.0
    near: float = 10.0
    per_km_beyond: float = 0.2
    near_km: float = 10.0
    continuity: float = 15.0
    per_month_of_break: float = 0.5


MARGINS = Margins()
GRID = Grid()


def _of(table: tuple[tuple[float, ...], ...] | tuple[float, ...], *where: Whole) -> Number:
    values: Number = np.asarray(table, dtype=np.float64)[where]
    return values


def _band(context: Context[Effects]) -> Values:
    return choose(context.random, np.tile(MARGINS.bands, (context.rows, 1)))


def _age(context: Context[Effects], band: Whole) -> Values:
    low = _of((21, 30, 40, 50), band)
    span = _of((9, 10, 10, 13), band)
    return (low + np.floor(span * context.random.random(context.rows))).astype(np.int64)


def _woman(context: Context[Effects], band: Whole) -> Values:
    drawn: Whole = (context.random.random(context.rows) < _of(MARGINS.women_by_band, band)).astype(
        np.int64
    )
    return drawn


def _disabled(context: Context[Effects]) -> Values:
    drawn: Values = context.random.random(context.rows) < MARGINS.disabled
    return drawn


def _family(context: Context[Effects], woman: Whole, band: Whole) -> Values:
    weight = np.tile(MARGINS.family_share, (context.rows, 1))
    if context.effects.composition:
        pull = np.stack([np.ones(len(FAMILIES)), np.asarray(MARGINS.family_women)])
        weight = weight * pull[woman] * np.asarray(MARGINS.family_band)[band]
    return choose(context.random, weight)


def _vacancy(context: Context[Effects], family: Whole) -> Values:
    """Vacancies are numbered through all families; some draw more people than others."""
    vacancy = np.empty(context.rows, dtype=np.int64)
    first = 0
    for code in range(len(FAMILIES)):
        rows = np.flatnonzero(family == code)
        number = max(1, round(len(rows) / MARGINS.applications_per_vacancy))
        drawing_power = 0.6 + 0.8 * context.random.random(number)
        edges = np.cumsum(drawing_power) / drawing_power.sum()
        place = np.searchsorted(edges[:-1], context.random.random(len(rows)), side="right")
        vacancy[rows] = first + place
        first += number
    return np.unique(vacancy, return_inverse=True)[1]


def _places(context: Context[Effects], family: Whole, vacancy: Whole) -> Values:
    """Places of each row's vacancy: the family's rate, more or less a quarter, at least one."""
    size = np.bincount(vacancy)
    rate = np.zeros(len(size))
    rate[vacancy] = _of(MARGINS.family_rate, family)
    around = 0.75 + 0.5 * context.random.random(len(size))
    places = np.clip(np.rint(size * rate * around), 1, np.maximum(1, size - 1)).astype(np.int64)
    return places[vacancy]


def _establishment(context: Context[Effects], vacancy: Whole) -> Values:
    place: Whole = context.random.integers(0, len(ESTABLISHMENTS), vacancy.max() + 1)
    return place[vacancy]


def _opened(context: Context[Effects], vacancy: Whole) -> Values:
    """Day on which the vacancy opens, counted from 2 January 2025."""
    day: Whole = context.random.integers(0, 150, vacancy.max() + 1)
    return day[vacancy]


def _day(context: Context[Effects], opened: Whole) -> Values:
    """Applications come in over thirty days, most of them early."""
    return opened + np.floor(30 * context.random.random(context.rows) ** 1.5).astype(np.int64)


def _diploma(context: Context[Effects], family: Whole) -> Values:
    by_family = np.array(
        [
            [0.30, 0.40, 0.20, 0.08, 0.02],
            [0.08, 0.37, 0.35, 0.16, 0.04],
            [0.04, 0.26, 0.40, 0.20, 0.10],
            [0.02, 0.08, 0.30, 0.30, 0.30],
            [0.25, 0.35, 0.28, 0.09, 0.03],
            [0.04, 0.22, 0.36, 0.24, 0.14],
        ]
    )
    return choose(context.random, by_family[family])


def _experience(context: Context[Effects], age: Whole) -> Values:
    """Whole years in the trade, never more than the years since 18."""
    years = np.floor(context.random.gamma(1.3, 3.2, context.rows)).astype(np.int64)
    return np.minimum(years, age - 18)


def _break(context: Context[Effects], woman: Whole, band: Whole) -> Values:
    """Months out of work; at least three where there is a break at all."""
    if context.effects.proxy:
        share, months = (
            _of(MARGINS.break_share, woman, band),
            _of(MARGINS.break_months, woman, band),
        )
    else:
        share = np.full(context.rows, MARGINS.break_share_alike)
        months = np.full(context.rows, MARGINS.break_months_alike)
    has_break = context.random.random(context.rows) < share
    length = 3 + np.floor(context.random.gamma(2.0, 1.0, context.rows) * (months - 3) / 2)
    return np.where(has_break, np.minimum(length, 60), 0).astype(np.int64)


def _distance(context: Context[Effects]) -> Values:
    return np.round(np.minimum(1 + context.random.gamma(1.5, 10, context.rows), 90), 1)


def _ability(context: Context[Effects]) -> Values:
    return context.random.standard_normal(context.rows)


def _test(context: Context[Effects], ability: Number) -> Values:
    """Mark out of 20 in half points."""
    mark = 11 + 2.6 * ability + 1.8 * context.random.standard_normal(context.rows)
    # rounding may leave -0.0, which a spreadsheet would show
    return np.clip(np.rint(2 * mark) / 2, 0, 20) + 0.0


def _score(
    _: Context[Effects],
    diploma: Whole,
    years: Whole,
    test: Number,
    distance: Number,
    months: Whole,
) -> Values:
    points = (
        GRID.per_diploma_level * diploma
        + GRID.per_year * np.minimum(years, GRID.years_at_most)
        + GRID.per_test_mark * test
        + np.clip(GRID.near - GRID.per_km_beyond * (distance - GRID.near_km), 0, GRID.near)
        + np.maximum(GRID.continuity - GRID.per_month_of_break * months, 0)
    )
    rounded: Number = np.round(points, 1)
    return rounded


def _advice(_: Context[Effects], vacancy: Whole, places: Whole, score: Number) -> Values:
    return best_of_pool(vacancy, places, score)


def _set_aside(
    context: Context[Effects], woman: Whole, band: Whole, disabled: NDArray[np.bool_]
) -> Values:
    """Whether the recruiter would set this person aside, if recommended."""
    share = np.full(context.rows, MARGINS.set_aside)
    if context.effects.unseen_gap:
        share[disabled] = MARGINS.set_aside_disabled
    if context.effects.intersection:
        share[(woman == 1) & (band == len(BANDS) - 1)] = MARGINS.set_aside_women_50
    drawn: Values = context.random.random(context.rows) < share
    return drawn


def _decision(
    _: Context[Effects],
    vacancy: Whole,
    places: Whole,
    score: Number,
    set_aside: NDArray[np.bool_],
) -> Values:
    # those set aside come after everyone else, so that every place is filled
    return best_of_pool(vacancy, places, score - 1000.0 * set_aside)


def _human(
    context: Context[Effects],
    diploma: Whole,
    years: Whole,
    months: Whole,
    ability: Number,
    woman: Whole,
    band: Whole,
) -> Values:
    """How recruiters ranked before there was a grid: the CV, and an impression of the person.

    No test then: the impression has half as much to do with ability as with everything else.
    """
    impression = 0.5 * ability + context.random.standard_normal(context.rows)
    key = (
        MARGINS.human_per_diploma * diploma
        + MARGINS.human_per_year * np.minimum(years, MARGINS.human_years_at_most)
        - MARGINS.human_per_month_of_break * months
        + 4.0 * impression
    )
    if context.effects.intersection:
        older_women = (woman == 1) & (band == len(BANDS) - 1)
        key = key - MARGINS.human_against_women_50 * older_women
    return key


def _results(context: Context[Effects], ability: Number) -> Values:
    """Share of the objectives reached after six months, in percent: a count, not an opinion.

    Breaks and commuting play no part in it.
    """
    reached = 92 + 9 * ability + 7 * context.random.standard_normal(context.rows)
    return np.round(np.clip(reached, 30, 150), 1)


def _appraisal(context: Context[Effects], results: Number, woman: Whole) -> Values:
    """Whether the manager writes "satisfaisante"."""
    mark = (results - 90) / 11 + 0.7 * context.random.standard_normal(context.rows)
    if context.effects.label_bias:
        mark = mark - MARGINS.harsher_to_women * woman
    satisfied: Values = mark > 0
    return satisfied


GRAPH: tuple[Variable[Effects], ...] = (
    Variable("band", (), _band),
    Variable("age", ("band",), _age),
    Variable("woman", ("band",), _woman),
    Variable("disabled", (), _disabled),
    Variable("family", ("woman", "band"), _family, ("composition",)),
    Variable("vacancy", ("family",), _vacancy),
    Variable("places", ("family", "vacancy"), _places, observed=False),
    Variable("establishment", ("vacancy",), _establishment),
    Variable("opened", ("vacancy",), _opened, observed=False),
    Variable("day", ("opened",), _day),
    Variable("diploma", ("family",), _diploma),
    Variable("experience", ("age",), _experience),
    Variable("career_break", ("woman", "band"), _break, ("proxy",)),
    Variable("distance", (), _distance),
    Variable("ability", (), _ability, observed=False),
    Variable("test", ("ability",), _test),
    Variable("score", ("diploma", "experience", "test", "distance", "career_break"), _score),
    Variable("advice", ("vacancy", "places", "score"), _advice),
    Variable(
        "set_aside",
        ("woman", "band", "disabled"),
        _set_aside,
        ("intersection", "unseen_gap"),
        observed=False,
    ),
    Variable("decision", ("vacancy", "places", "score", "set_aside"), _decision),
    Variable(
        "human",
        ("diploma", "experience", "career_break", "ability", "woman", "band"),
        _human,
        ("intersection",),
        observed=False,
    ),
    Variable("results", ("ability",), _results),
    Variable("appraisal", ("results", "woman"), _appraisal, ("label_bias",)),
)
