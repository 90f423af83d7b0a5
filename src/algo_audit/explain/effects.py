"""Effect curves: what the score does on average as one input moves, and where the people are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.roles import Criterion
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.model import AdditiveModel, Model

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class EffectPoint:
    """``at``: a number, or the level of a category; ``effect`` on the mean score (centred: 0 on
    average over the people), ``people`` near it (None: hidden), ``extrapolated``: too few to say.
    """

    at: float | str
    effect: float
    people: int | None
    extrapolated: bool = False


@dataclass(frozen=True)
class EffectCurve:
    """Accumulated local effects of a number (``ale``), mean by level of a category (``pdp``)."""

    column: str
    criterion: str
    kind: Literal["number", "category"]
    method: Literal["ale", "pdp"]
    points: tuple[EffectPoint, ...]


@dataclass(frozen=True)
class Monotonicity:
    """Does more of this number ever lower the score, or raise it?

    ``lowered``, ``raised``: share of people (0 to 1) for whom some step up within the file's range
    lowers / raises the score; ``largest_drop``: the largest loss by one step up, from ``drop_from``
    to ``drop_to``; ``verdict``: ``never_lowers`` | ``never_raises`` | ``both`` | ``no_effect``.
    ``expected`` is the direction declared in ``[actions]``, where there is one: ``up`` (more was
    meant to count in the person's favour) | ``down``.
    """

    column: str
    verdict: str
    lowered: float
    raised: float
    people: int
    largest_drop: float | None = None
    drop_from: float | None = None
    drop_to: float | None = None
    largest_rise: float | None = None
    rise_from: float | None = None
    rise_to: float | None = None
    expected: str | None = None


def effect_curves(
    model: Model,
    rows: InputRows,
    *,
    criteria: Sequence[Criterion] = (),
    limits: Limits | None = None,
    seed: int = 0,
) -> tuple[EffectCurve, ...]:
    """One curve for each input, in the model's order.

    Parameters
    ----------
    model : Model
    rows : InputRows
        The people of the file.
    criteria : sequence of Criterion
        To name the criterion of each input; an input of none is its own.
    limits : Limits, optional
        ``explain.curve_points`` places per curve; fewer than ``explain.curve_people`` people near
        a place make it ``extrapolated``; of more than ``explain.curve_rows`` people so many are
        drawn.
    seed : int

    Returns
    -------
    tuple of EffectCurve
        Effects in the score's unit, before a model's own rounding where it says what that is
        (additive models). A column with one value has one point, a blank one none.

    Notes
    -----
    Numbers: accumulated local effects (D. W. Apley and J. Zhu, Journal of the Royal Statistical
    Society B 82, 2020): within each stretch between two places, the mean difference that moving
    the people of that stretch from one end to the other makes, added up. People are only moved to
    values next to their own, so that combinations nobody has are not asked. Places are values of
    the file: all of them, or quantiles, any value that many share standing alone. Blanks are left
    out. Categories: the mean score if everyone had the level (partial dependence), which does ask
    for combinations that nobody may have. A mean hides that the effect may differ from person to
    person.
    """
    limits = read_limits() if limits is None else limits
    explain = limits.explain
    values = _drawn(rows.values, explain.curve_rows, seed)
    named = _criterion_by_input(criteria)
    curves = []
    for place, one in enumerate(rows.inputs):
        points: Sequence[tuple[float | str, float, int]]
        if one.kind == "number":
            points = _ale(model, values, place, most=explain.curve_points)
        else:
            most = limits.groups.levels_at_most
            points = _by_level(model, values, place, one, most=most)
        shown = tuple(
            EffectPoint(at, effect, people, extrapolated=people < explain.curve_people)
            for at, effect, people in points
        )
        curves.append(
            EffectCurve(
                column=one.name,
                criterion=named.get(one.name, one.name),
                kind=one.kind,
                method="ale" if one.kind == "number" else "pdp",
                points=shown,
            )
        )
    return tuple(curves)


def unrounded_scores(model: Model, values: FloatArray) -> FloatArray:
    """Scores before a model's own rounding, where the model says what it adds up."""
    if isinstance(model, AdditiveModel):
        return np.asarray(model.constant + model.points(values).sum(1), dtype=np.float64)
    return model.score(values)


def drawn_rows(rows: int, most: int, seed: int) -> NDArray[np.int64]:
    """Rows of the file in their order: all, or so many drawn without replacement."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _drawn(values: FloatArray, most: int, seed: int) -> FloatArray:
    return values[drawn_rows(len(values), most, seed)]


def _criterion_by_input(criteria: Sequence[Criterion]) -> dict[str, str]:
    named: dict[str, str] = {}
    for criterion in criteria:
        for name in criterion.inputs:
            named.setdefault(name, criterion.key)
    return named


def places_along(filled: FloatArray, most: int) -> FloatArray:
    """Values of the file at which a curve is told: sorted, distinct, ends included.

    Parameters
    ----------
    filled : float64 array
        Without NaN.
    most : int
        How many at most (at least 2).

    Returns
    -------
    float64 array
        All distinct values where they are few. Else values that hold at least their share of the
        people, and quantiles of the others.
    """
    distinct, counts = np.unique(filled, return_counts=True)
    if len(distinct) <= most:
        return distinct
    heavy = distinct[counts * most >= counts.sum()]
    rest = np.repeat(distinct, np.where(np.isin(distinct, heavy), 0, counts))
    left = most - len(heavy)
    chosen = [distinct[[0, -1]], heavy]
    if len(rest) and left > 2:
        shares = np.linspace(0, 1, left)
        chosen.append(np.quantile(rest, shares, method="inverted_cdf"))
    places = np.unique(np.concatenate(chosen))
    if len(places) > most:  # the two ends came on top: drop those in the middle that are closest
        inner = np.delete(np.arange(len(places)), [0, len(places) - 1])
        closest = inner[np.argsort(places[inner + 1] - places[inner - 1], kind="stable")]
        places = np.delete(places, closest[: len(places) - most])
    return places


def _ale(
    model: Model, values: FloatArray, place: int, *, most: int
) -> list[tuple[float, float, int]]:
    """Accumulated local effects of one number: place, centred effect, people near it."""
    own = values[:, place]
    filled = values[~np.isnan(own)]
    own = filled[:, place]
    places = places_along(own, most)
    if len(places) == 0:
        return []
    if len(places) == 1:
        return [(float(places[0]), 0.0, len(own))]
    stretch = np.clip(np.searchsorted(places, own, side="left") - 1, 0, len(places) - 2)
    both = np.concatenate([filled, filled])
    both[: len(own), place] = places[stretch]
    both[len(own) :, place] = places[stretch + 1]
    scores = unrounded_scores(model, both)
    moved = scores[len(own) :] - scores[: len(own)]
    # every stretch ends on a value of the file, so none is without people
    steps = np.bincount(stretch, weights=moved) / np.bincount(stretch)
    effect = np.concatenate([[0.0], np.cumsum(steps)])
    effect -= np.interp(own, places, effect).mean()
    middle = (places[1:] + places[:-1]) / 2
    people = np.bincount(np.searchsorted(middle, own), minlength=len(places))
    return [
        (float(at), float(value), int(count))
        for at, value, count in zip(places, effect, people, strict=True)
    ]


def _by_level(
    model: Model, values: FloatArray, place: int, one: Input, *, most: int
) -> list[tuple[str, float, int]]:
    """Mean score if everyone had a level: level, centred effect, people who have it."""
    own = values[:, place]
    filled = values[~np.isnan(own)].copy()
    codes = filled[:, place].astype(np.int64)
    if not len(codes):
        return []
    people = np.bincount(codes, minlength=len(one.levels))
    shown = np.sort(np.argsort(-people, kind="stable")[:most])
    means = np.empty(len(shown))
    for index, code in enumerate(shown):
        filled[:, place] = code
        means[index] = unrounded_scores(model, filled).mean()
    means -= np.average(means, weights=people[shown])
    return [
        (one.levels[code], float(mean), int(people[code]))
        for code, mean in zip(shown, means, strict=True)
    ]


# Steps smaller than this share of the scores' spread are what arithmetic leaves behind.
_NO_STEP = 1e-9
_SAME = 9  # decimals that are told


def monotonicity(
    model: Model,
    rows: InputRows,
    *,
    actions: Sequence[Action] = (),
    limits: Limits | None = None,
    seed: int = 0,
) -> tuple[Monotonicity, ...]:
    """Whether more of each number ever lowers or raises somebody's score.

    Parameters
    ----------
    model : Model
    rows : InputRows
        The people of the file.
    actions : sequence of Action
        A declared direction (``up``, ``down``) is what is expected.
    limits : Limits, optional
        ``explain.people_sampled`` people are asked, at ``explain.curve_points`` values each.
    seed : int

    Returns
    -------
    tuple of Monotonicity
        One for each number that takes two values or more, in the model's order.

    Notes
    -----
    Each person is moved through values of the file while all else stays, from one place of the
    effect curve to the next: a fall and a rise between two places may hide each other, and a person
    may be asked about combinations that nobody has. An additive model treats everyone alike, so
    there all people and all values are covered. "Never" speaks of the people asked.
    """
    limits = read_limits() if limits is None else limits
    explain = limits.explain
    expected = {one.column: one.direction for one in actions if one.direction != "any"}
    additive = isinstance(model, AdditiveModel)
    asked = rows.values[drawn_rows(len(rows), explain.people_sampled, seed)]
    spread = np.ptp(unrounded_scores(model, asked)) if len(asked) else 0.0
    found = []
    for place, one in enumerate(rows.inputs):
        own = rows.values[:, place]
        filled = own[~np.isnan(own)]
        most = max(len(filled), 2) if additive else explain.curve_points
        places = places_along(filled, most)
        if one.kind != "number" or len(places) < 2:
            continue
        people = asked[:1] if additive else asked
        steps = _steps(model, people, place, places)
        tolerance = _NO_STEP * max(float(spread), float(np.abs(steps).max()))
        found.append(
            _told(
                one.name,
                np.where(np.abs(steps) <= tolerance, 0.0, steps),
                places,
                people=len(rows) if additive else len(people),
                expected=expected.get(one.name),
            )
        )
    return tuple(found)


def _steps(model: Model, people: FloatArray, place: int, places: FloatArray) -> FloatArray:
    """What each step up does to each person's score: shape (people, places - 1)."""
    moved = np.repeat(people, len(places), axis=0)
    moved[:, place] = np.tile(places, len(people))
    scores = unrounded_scores(model, moved).reshape(len(people), len(places))
    return np.diff(scores, axis=1)


def _told(
    column: str, steps: FloatArray, places: FloatArray, *, people: int, expected: str | None
) -> Monotonicity:
    """The steps of one number, summed up."""
    lowered = float((steps < 0).any(axis=1).mean())
    raised = float((steps > 0).any(axis=1).mean())
    if lowered and raised:
        verdict = "both"
    elif lowered or raised:
        verdict = "never_raises" if lowered else "never_lowers"
    else:
        verdict = "no_effect"
    down = int(steps.min(axis=0).argmin())
    up = int(steps.max(axis=0).argmax())
    return Monotonicity(
        column=column,
        verdict=verdict,
        lowered=lowered,
        raised=raised,
        people=people,
        largest_drop=round(float(-steps[:, down].min()), _SAME) if lowered else None,
        drop_from=float(places[down]) if lowered else None,
        drop_to=float(places[down + 1]) if lowered else None,
        largest_rise=round(float(steps[:, up].max()), _SAME) if raised else None,
        rise_from=float(places[up]) if raised else None,
        rise_to=float(places[up + 1]) if raised else None,
        expected=expected,
    )
