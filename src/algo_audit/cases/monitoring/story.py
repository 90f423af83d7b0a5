"""The causal story of the monitoring case: what depends on what, and how.

Everything here is invented. ``GRAPH`` is the story, ``MARGINS`` the proportions it starts from
(assumptions, drawn from no survey), ``Effects`` the switches of what is planted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.causes import Context, Values, Variable, choose

POSTS = ("Préparation de commandes", "Manutention", "Maintenance", "Poste assis")
SEATED = 3
SHIFTS = ("Jour", "Nuit")
HOURS = (100, 80, 60, 50)  # percent of full time
BANDS = ("<30", "30-39", "40-49", "50+")
OLDEST = len(BANDS) - 1

Whole = NDArray[np.int64]
Number = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """What is planted; all on in the shipped file.

    Attributes
    ----------
    emotion : bool
        The "stress" read from the voice is higher for people of 50 and over, who are neither
        absent more nor less effective. Off: it does not depend on age.
    presence : bool
        Interactions are added up over the week, whatever the hours of the contract, and women
        work part-time more often. Off: they are counted as for full time.
    posting : bool
        Disabled people are posted to seated work more often, where little is walked. Off: as
        often as others.
    label_bias : bool
        At equal results, managers appraise elected representatives more harshly. Off: alike.
    unseen_gap : bool
        Elected representatives take the badge off in their hours of delegation; too few of
        them work there for a file of this size to show it. Off: their badge counts as others'.
    """

    emotion: bool = True
    presence: bool = True
    posting: bool = True
    label_bias: bool = True
    unseen_gap: bool = True

    @classmethod
    def none(cls) -> Effects:
        """Nothing planted: every gap is chance."""
        return cls(emotion=False, presence=False, posting=False, label_bias=False, unseen_gap=False)


@dataclass(frozen=True)
class Margins:
    """Proportions that the story starts from: all of them are assumptions.

    Arrays by age follow ``BANDS``, by post ``POSTS``, by working time ``HOURS``; where there
    are two rows, men come first, then women (or others first, then disabled people).
    """

    women: float = 0.46
    bands: tuple[float, ...] = (0.22, 0.27, 0.24, 0.27)
    disabled: float = 0.08
    representative: float = 0.04
    night: float = 0.25
    hours: tuple[tuple[float, ...], ...] = (
        (0.93, 0.03, 0.02, 0.02),
        (0.50, 0.14, 0.18, 0.18),
    )
    post: tuple[tuple[float, ...], ...] = (
        (0.36, 0.24, 0.16, 0.24),
        (0.13, 0.07, 0.05, 0.75),
    )
    people_per_team: int = 12
    # kilometres walked per day: mean and standard deviation
    walked: tuple[float, ...] = (3.6, 3.4, 3.2, 1.0)
    walked_spread: tuple[float, ...] = (0.9, 0.9, 0.9, 0.4)
    # minutes per week face to face with another badge, at full time
    minutes: float = 260.0
    minutes_spread: float = 65.0
    worn_by_representatives: float = 0.90
    # hours per month without the badge: breaks of everybody, delegation of representatives
    badge_off: float = 1.5
    badge_off_representatives: float = 12.0
    # index of "stress", 0 to 100
    stress: float = 42.0
    stress_spread: float = 12.0
    stress_oldest: float = 13.0
    # years in the firm: share of the years since 18, mean of the two ends
    seniority_share: float = 0.5
    # managers before there was a badge: the objectives, and an impression of the person
    human_per_percent: float = 0.5
    human_impression: float = 6.0
    human_against_representatives: float = 4.0
    # managers who do not follow the system
    withheld: float = 0.03
    granted: float = 0.02
    # appraisal: points (of an underlying mark with standard deviation near 1) taken off
    harsher_to_representatives: float = 1.20
    blank_age: float = 0.01
    blank_handicap: float = 0.12
    blank_appraisal: float = 0.08


@dataclass(frozen=True)
class Grid:
    """The scoring grid, 100 points: objectives 40, interactions 20, walking 15, calm 15,
    engagement 10.
    """

    objectives_from: float = 70.0
    objectives_to: float = 110.0
    per_percent: float = 1.0
    per_minute: float = 0.05
    minutes_to: float = 400.0
    per_km: float = 3.0
    km_to: float = 5.0
    calm: float = 15.0
    per_stress: float = 0.3
    stress_from: float = 30.0
    per_engagement: float = 0.1
    threshold: float = 58.0


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
    low = _of((20, 30, 40, 50), band)
    span = _of((10, 10, 10, 14), band)
    return (low + np.floor(span * context.random.random(context.rows))).astype(np.int64)


def _seniority(context: Context[Effects], age: Whole) -> Values:
    """Whole years in the firm, at most those since 18."""
    since = (age - 18) * 2 * MARGINS.seniority_share
    return np.floor(since * context.random.random(context.rows)).astype(np.int64)


def _disabled(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.disabled)


def _representative(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.representative)


def _shift(context: Context[Effects]) -> Values:
    return _yes(context, MARGINS.night)


def _hours(context: Context[Effects], woman: Whole) -> Values:
    return choose(context.random, np.asarray(MARGINS.hours)[woman])


def _post(context: Context[Effects], disabled: Whole) -> Values:
    row = disabled if context.effects.posting else np.zeros_like(disabled)
    return choose(context.random, np.asarray(MARGINS.post)[row])


def _team(context: Context[Effects], post: Whole, shift: Whole) -> Values:
    """Teams are numbered through posts and shifts; some are larger than others."""
    team = np.empty(context.rows, dtype=np.int64)
    first = 0
    for code in range(len(POSTS) * len(SHIFTS)):
        rows = np.flatnonzero(post * len(SHIFTS) + shift == code)
        number = max(1, round(len(rows) / MARGINS.people_per_team))
        size = 0.5 + context.random.random(number)
        edges = np.cumsum(size) / size.sum()
        team[rows] = first + np.searchsorted(
            edges[:-1], context.random.random(len(rows)), side="right"
        )
        first += number
    return np.unique(team, return_inverse=True)[1]


def _ability(context: Context[Effects]) -> Values:
    return context.random.standard_normal(context.rows)


def _objectives(context: Context[Effects], ability: Number) -> Values:
    """Share of the quarter's objectives reached, in proportion to hours: a count."""
    reached = 92 + 7 * ability + 4 * context.random.standard_normal(context.rows)
    return np.round(np.clip(reached, 40, 140), 1)


def _walked(context: Context[Effects], post: Whole) -> Values:
    drawn = context.random.standard_normal(context.rows)
    km = _of(MARGINS.walked, post) + _of(MARGINS.walked_spread, post) * drawn
    return np.round(np.clip(km, 0.2, 9), 1)


def _minutes(context: Context[Effects], hours: Whole, representative: Whole) -> Values:
    """Minutes per week near another badge that faces this one."""
    drawn = MARGINS.minutes + MARGINS.minutes_spread * context.random.standard_normal(context.rows)
    minutes = np.clip(drawn, 30, 600)
    if context.effects.presence:
        minutes = minutes * np.asarray(HOURS)[hours] / 100
    if context.effects.unseen_gap:
        minutes = np.where(representative == 1, minutes * MARGINS.worn_by_representatives, minutes)
    return np.rint(minutes).astype(np.int64)


def _badge_off(context: Context[Effects], representative: Whole) -> Values:
    """Hours per month in which the badge is not worn."""
    hours = context.random.gamma(2.0, MARGINS.badge_off / 2, context.rows)
    if context.effects.unseen_gap:
        delegation = context.random.gamma(9.0, MARGINS.badge_off_representatives / 9, context.rows)
        hours = hours + delegation * representative
    return np.round(hours, 1)


def _stress(context: Context[Effects], band: Whole) -> Values:
    """What the supplier reads from the pitch and the pace of the voice."""
    index = MARGINS.stress + MARGINS.stress_spread * context.random.standard_normal(context.rows)
    if context.effects.emotion:
        index = index + MARGINS.stress_oldest * (band == OLDEST)
    return np.rint(np.clip(index, 0, 100)).astype(np.int64)


def _engagement(context: Context[Effects], minutes: Whole) -> Values:
    """Mostly the interactions again, under another name."""
    index = 20 + 0.1 * minutes + 9 * context.random.standard_normal(context.rows)
    return np.rint(np.clip(index, 0, 100)).astype(np.int64)


def _score(
    _: Context[Effects],
    objectives: Number,
    minutes: Whole,
    walked: Number,
    stress: Whole,
    engagement: Whole,
) -> Values:
    counted = np.clip(objectives, GRID.objectives_from, GRID.objectives_to) - GRID.objectives_from
    points = (
        GRID.per_percent * counted
        + GRID.per_minute * np.minimum(minutes, GRID.minutes_to)
        + GRID.per_km * np.minimum(walked, GRID.km_to)
        + np.maximum(GRID.calm - GRID.per_stress * np.maximum(stress - GRID.stress_from, 0), 0)
        + GRID.per_engagement * engagement
    )
    rounded: Number = np.round(points, 1)
    return rounded


def _advice(_: Context[Effects], score: Number) -> Values:
    return score >= GRID.threshold


def _decision(context: Context[Effects], advice: NDArray[np.bool_]) -> Values:
    """Managers nearly always follow; they know no more of the badge than the score."""
    drawn = context.random.random(context.rows)
    return np.where(advice, drawn >= MARGINS.withheld, drawn < MARGINS.granted)


def _human(context: Context[Effects], objectives: Number, representative: Whole) -> Values:
    """How managers ranked before there was a badge."""
    key = MARGINS.human_per_percent * objectives
    key = key + MARGINS.human_impression * context.random.standard_normal(context.rows)
    if context.effects.label_bias:
        key = key - MARGINS.human_against_representatives * representative
    return key


def _next_quarter(context: Context[Effects], ability: Number) -> Values:
    """Share of the next quarter's objectives reached, whoever was given the bonus."""
    return 92 + 7 * ability + 4 * context.random.standard_normal(context.rows)


def _appraisal(context: Context[Effects], objectives: Number, representative: Whole) -> Values:
    """Whether the manager writes "Conforme aux attentes" six months later."""
    mark = (objectives - 88) / 7 + 0.7 * context.random.standard_normal(context.rows)
    if context.effects.label_bias:
        mark = mark - MARGINS.harsher_to_representatives * representative
    met: Values = mark > 0
    return met


def _absence(context: Context[Effects]) -> Values:
    """Days off sick in the six months after: what the supplier says that "stress" foretells."""
    usual = context.random.gamma(0.8, 5.0, context.rows)
    return np.minimum(context.random.poisson(usual), 120).astype(np.int64)


GRAPH: tuple[Variable[Effects], ...] = (
    Variable("woman", (), _woman),
    Variable("band", (), _band),
    Variable("age", ("band",), _age),
    Variable("seniority", ("age",), _seniority),
    Variable("disabled", (), _disabled),
    Variable("representative", (), _representative),
    Variable("shift", (), _shift),
    Variable("hours", ("woman",), _hours),
    Variable("post", ("disabled",), _post, ("posting",)),
    Variable("team", ("post", "shift"), _team),
    Variable("ability", (), _ability, observed=False),
    Variable("objectives", ("ability",), _objectives),
    Variable("walked", ("post",), _walked),
    Variable("minutes", ("hours", "representative"), _minutes, ("presence", "unseen_gap")),
    Variable("badge_off", ("representative",), _badge_off, ("unseen_gap",)),
    Variable("stress", ("band",), _stress, ("emotion",)),
    Variable("engagement", ("minutes",), _engagement),
    Variable("score", ("objectives", "minutes", "walked", "stress", "engagement"), _score),
    Variable("advice", ("score",), _advice),
    Variable("decision", ("advice",), _decision),
    Variable("human", ("objectives", "representative"), _human, ("label_bias",), observed=False),
    Variable("next_quarter", ("ability",), _next_quarter, observed=False),
    Variable("appraisal", ("objectives", "representative"), _appraisal, ("label_bias",)),
    Variable("absence", (), _absence),
)
