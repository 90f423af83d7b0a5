"""The causal story of the training allocation case: what depends on what, and how.

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

SITES = ("Angoulême", "Chartres", "Laval", "Mende", "Vesoul")
THEMES = (
    "Bureautique et données",
    "Conduite de projet",
    "Langues",
    "Relation client",
    "Sécurité au travail",
)
QUALIFICATIONS = ("Ouvrier ou employé", "Technicien ou maîtrise", "Cadre")
BANDS = ("<30", "30-39", "40-49", "50+")
RETIREMENT = 64


@dataclass(frozen=True)
class Effects:
    """What is planted; all on in the shipped file.

    Attributes
    ----------
    feedback : bool
        Past courses went to those of higher qualification; the predicted benefit counts past
        courses, so training goes to those who had it. Off: past courses do not depend on
        qualification.
    horizon : bool
        The predicted benefit counts the years until 64, which take points from the 50 and over.
        Off: the years of use that the tool expects do not depend on age.
    availability : bool
        Part-timers have fewer days on which the schedule frees them, and the predicted benefit
        counts those days. Off: as many.
    composition : bool
        Women work more at the sites that got few places for the people they have. Off: alike.
    unseen_gap : bool
        Recommended disabled people are more often left out when the session is confirmed (the
        room cannot receive them); too few of them for a file of this size to show it. Off: as
        often.
    """

    feedback: bool = True
    horizon: bool = True
    availability: bool = True
    composition: bool = True
    unseen_gap: bool = True

    @classmethod
    def none(cls) -> Effects:
        """Nothing planted: every gap is chance."""
        return cls(
            feedback=False,
            horizon=False,
            availability=False,
            composition=False,
            unseen_gap=False,
        )


@dataclass(frozen=True)
class Margins:
    """Proportions that the story starts from: all of them are assumptions.

    Arrays by age follow ``BANDS``, by site ``SITES``, by qualification ``QUALIFICATIONS``; where
    there are two values, men (or full-timers) come first.
    """

    bands: tuple[float, ...] = (0.16, 0.28, 0.27, 0.29)
    women: float = 0.46
    part_time: tuple[float, ...] = (0.14, 0.20)
    qualification: tuple[float, ...] = (0.48, 0.30, 0.22)
    disabled: float = 0.045
    # sites: share of requests, places per request, pull on women
    site_share: tuple[float, ...] = (0.28, 0.22, 0.20, 0.16, 0.14)
    site_rate: tuple[float, ...] = (0.43, 0.38, 0.28, 0.16, 0.14)
    site_women: tuple[float, ...] = (0.60, 0.75, 1.10, 2.10, 2.40)
    requests_per_session: int = 40
    # courses of the last three years: mean by qualification
    past_courses: tuple[float, ...] = (0.6, 1.3, 2.2)
    past_courses_alike: float = 1.15
    # days a month on which the schedule frees the person: chances out of six
    free_days: tuple[float, ...] = (0.68, 0.40)
    free_days_alike: float = 0.63
    # people left out when the session is confirmed
    left_out: float = 0.05
    left_out_disabled: float = 0.22
    # what a person still learns: less after each course of the last three years
    less_after_each: float = 0.35
    # managers before there was an optimiser: the need, the rank, and an impression of the person
    human_per_need_level: float = 4.0
    human_per_rank: float = 3.0
    # what the export leaves blank
    blank_handicap: float = 0.06
    blank_part_time: float = 0.01
    blank_skill: float = 0.06


@dataclass(frozen=True)
class Grid:
    """The predicted benefit, 100 points: quiz 30, past courses 20, need 20, years 15, days 15."""

    per_quiz_mark: float = 1.5
    per_course: float = 5.0
    courses_at_most: int = 4
    per_need_level: float = 10.0
    per_year: float = 1.0
    years_at_most: int = 15
    per_day: float = 2.5
    days_at_most: int = 6


MARGINS = Margins()
GRID = Grid()
Flags = NDArray[np.bool_]


def _band(context: Context[Effects]) -> Values:
    return choose(context.random, np.tile(MARGINS.bands, (context.rows, 1)))


def _age_in(random: np.random.Generator, band: Whole) -> Whole:
    low, span = of((21, 30, 40, 50), band), of((9, 10, 10, 13), band)
    return (low + np.floor(span * random.random(len(band)))).astype(np.int64)


def _age(context: Context[Effects], band: Whole) -> Values:
    return _age_in(context.random, band)


def _woman(context: Context[Effects]) -> Values:
    return (context.random.random(context.rows) < MARGINS.women).astype(np.int64)


def _part_time(context: Context[Effects], woman: Whole) -> Values:
    return (context.random.random(context.rows) < of(MARGINS.part_time, woman)).astype(np.int64)


def _qualification(context: Context[Effects]) -> Values:
    return choose(context.random, np.tile(MARGINS.qualification, (context.rows, 1)))


def _disabled(context: Context[Effects]) -> Values:
    drawn: Values = context.random.random(context.rows) < MARGINS.disabled
    return drawn


def _site(context: Context[Effects], woman: Whole) -> Values:
    weight = np.tile(MARGINS.site_share, (context.rows, 1))
    if context.effects.composition:
        pull = np.stack([np.ones(len(SITES)), np.asarray(MARGINS.site_women)])
        weight = weight * pull[woman]
    return choose(context.random, weight)


def _session(context: Context[Effects], site: Whole) -> Values:
    return numbered_pools(context.random, site, kinds=len(SITES), size=MARGINS.requests_per_session)


def _places(context: Context[Effects], site: Whole, session: Whole) -> Values:
    return places_in(context.random, session, of(MARGINS.site_rate, site))


def _theme(context: Context[Effects], session: Whole) -> Values:
    return drawn_per_pool(context.random, session, below=len(THEMES))


def _opened(context: Context[Effects], session: Whole) -> Values:
    """Day on which requests for the session open, counted from 6 January 2025."""
    return drawn_per_pool(context.random, session, below=280)


def _day(context: Context[Effects], opened: Whole) -> Values:
    """Requests come in over four weeks, most of them early."""
    return opened + np.floor(28 * context.random.random(context.rows) ** 1.5).astype(np.int64)


def _seniority(context: Context[Effects], age: Whole) -> Values:
    """Whole years in the company, never more than the years since 18."""
    years = np.floor(context.random.gamma(1.5, 6.0, context.rows)).astype(np.int64)
    return np.minimum(years, age - 18)


def _past_courses(context: Context[Effects], qualification: Whole) -> Values:
    """Courses followed in the last three years."""
    mean = np.full(context.rows, MARGINS.past_courses_alike)
    if context.effects.feedback:
        mean = of(MARGINS.past_courses, qualification)
    drawn: Whole = context.random.poisson(mean).astype(np.int64)
    return np.minimum(drawn, 8)


def _years_of_use(context: Context[Effects], age: Whole) -> Values:
    """Years during which the tool expects the skill to serve."""
    if not context.effects.horizon:
        # the same years, of somebody else
        shares = np.tile(MARGINS.bands, (context.rows, 1))
        age = _age_in(context.random, choose(context.random, shares))
    return np.clip(RETIREMENT - age, 0, 30)


def _free_days(context: Context[Effects], part_time: Whole) -> Values:
    """Days a month on which the schedule frees the person, from 0 to 6."""
    chance = np.full(context.rows, MARGINS.free_days_alike)
    if context.effects.availability:
        chance = of(MARGINS.free_days, part_time)
    return context.random.binomial(GRID.days_at_most, chance).astype(np.int64)


def _ability(context: Context[Effects]) -> Values:
    return context.random.standard_normal(context.rows)


def _quiz(context: Context[Effects], ability: Number) -> Values:
    """Positioning quiz, out of 20, before the course."""
    mark = 11 + 2.2 * ability + 1.6 * context.random.standard_normal(context.rows)
    return np.clip(np.rint(mark), 0, 20).astype(np.int64)


def _need(context: Context[Effects]) -> Values:
    """How urgent the manager says the need is, from 0 to 2."""
    return choose(context.random, np.tile((0.35, 0.42, 0.23), (context.rows, 1)))


def _score(
    _: Context[Effects], quiz: Whole, past: Whole, need: Whole, years: Whole, days: Whole
) -> Values:
    points = (
        GRID.per_quiz_mark * quiz
        + GRID.per_course * np.minimum(past, GRID.courses_at_most)
        + GRID.per_need_level * need
        + GRID.per_year * np.minimum(years, GRID.years_at_most)
        + GRID.per_day * np.minimum(days, GRID.days_at_most)
    )
    rounded: Number = np.round(points, 1)
    return rounded


def _advice(_: Context[Effects], session: Whole, places: Whole, score: Number) -> Values:
    return best_of_pool(session, places, score)


def _left_out(context: Context[Effects], disabled: Flags) -> Values:
    """Whether this person would be left out when the session is confirmed, if recommended."""
    share = np.full(context.rows, MARGINS.left_out)
    if context.effects.unseen_gap:
        share[disabled] = MARGINS.left_out_disabled
    drawn: Values = context.random.random(context.rows) < share
    return drawn


def _decision(
    _: Context[Effects], session: Whole, places: Whole, score: Number, left_out: Flags
) -> Values:
    # those left out come after everyone else, so that every place is filled
    return best_of_pool(session, places, score - 1000.0 * left_out)


def _human(context: Context[Effects], need: Whole, qualification: Whole, ability: Number) -> Values:
    """How managers chose before there was an optimiser: the need, the rank, an impression."""
    impression = 0.5 * ability + context.random.standard_normal(context.rows)
    key = MARGINS.human_per_need_level * need + 4.0 * impression
    if context.effects.feedback:
        key = key + MARGINS.human_per_rank * qualification
    return key


def _skill(context: Context[Effects], ability: Number, past: Whole) -> Values:
    """Whether the skill is seen at work six months later.

    The more courses a person had, the less there is left to learn: age, working time and
    qualification play no part of their own.
    """
    mark = 1.15 + 0.3 * ability - MARGINS.less_after_each * np.minimum(past, 4)
    skilled: Values = mark + 0.9 * context.random.standard_normal(context.rows) > 0
    return skilled


GRAPH: tuple[Variable[Effects], ...] = (
    Variable("band", (), _band),
    Variable("age", ("band",), _age),
    Variable("woman", (), _woman),
    Variable("part_time", ("woman",), _part_time),
    Variable("qualification", (), _qualification),
    Variable("disabled", (), _disabled),
    Variable("site", ("woman",), _site, ("composition",)),
    Variable("session", ("site",), _session),
    Variable("places", ("site", "session"), _places, observed=False),
    Variable("theme", ("session",), _theme),
    Variable("opened", ("session",), _opened, observed=False),
    Variable("day", ("opened",), _day),
    Variable("seniority", ("age",), _seniority),
    Variable("past_courses", ("qualification",), _past_courses, ("feedback",)),
    Variable("years_of_use", ("age",), _years_of_use, ("horizon",)),
    Variable("free_days", ("part_time",), _free_days, ("availability",)),
    Variable("ability", (), _ability, observed=False),
    Variable("quiz", ("ability",), _quiz),
    Variable("need", (), _need),
    Variable("score", ("quiz", "past_courses", "need", "years_of_use", "free_days"), _score),
    Variable("advice", ("session", "places", "score"), _advice),
    Variable("left_out", ("disabled",), _left_out, ("unseen_gap",), observed=False),
    Variable("decision", ("session", "places", "score", "left_out"), _decision),
    Variable("human", ("need", "qualification", "ability"), _human, ("feedback",), observed=False),
    Variable("skill", ("ability", "past_courses"), _skill),
)
