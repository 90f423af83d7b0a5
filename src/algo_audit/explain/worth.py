"""What the score is worth: does it predict anything, and better than what?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.places import (
    Filling,
    dates_of,
    drawn,
    gain_of,
    good_share,
    numbers_of,
    places_alike,
    ranked,
)
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.score_groups import NO_LABEL, ONE_VALUE, ONLY_SELECTED, label_chapter
from algo_audit.models.rule import Decided
from algo_audit.stats.auc import auc_delong, auc_interval, auc_method

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LOTTERY, FIRST_COME, SENIORITY, GRID, LOGGED = (
    "lottery",
    "first_come",
    "seniority",
    "grid",
    "logged",
)
NO_COLUMN = "no_column"


@dataclass(frozen=True)
class Association:
    """AUC of the score for the label among people with a known label; group None: everyone."""

    attribute: str | None
    group: str | None
    n: int
    events: int
    auc: Estimate


@dataclass(frozen=True)
class Gain:
    """The system against another way to fill the same places.

    ``baseline``: ``lottery`` | ``first_come`` | ``seniority`` | ``grid`` | ``logged``.
    ``selected_alike``: share of places that go to the same people. ``good``: share of good labels
    among those that the baseline would choose, ``gain``: the system's minus it; both missing with a
    reason where labels are unknown (``no_label``, ``labels_only_for_selected``, ``no_column``).
    """

    baseline: str
    selected_alike: Estimate
    good: Estimate
    gain: Estimate


@dataclass(frozen=True)
class Worth:
    """``coverage`` of labels: ``none`` | ``favourable_only`` | ``everyone`` | ``partial``.

    ``restricted``: ratio of the score's standard deviation among those with a label to that of all
    people (range restriction: far below 1, an association among the selected understates the
    score's worth for all); ``selected_good``: share of good labels among those taken.
    """

    coverage: str
    label: str | None
    associations: tuple[Association, ...]
    restricted: float | None
    selected_good: Estimate
    gains: tuple[Gain, ...]


def worth(
    scores: FloatArray,
    decided: Decided | None,
    decisions: Decisions,
    *,
    model_grid_scores: FloatArray | None = None,
    limits: Limits,
) -> Worth:
    """What the score tells of later results, and what it gains over other ways to fill the places.

    Parameters
    ----------
    scores : float64 array, shape (rows,)
        Of the model; NaN where it has none.
    decided : Decided or None
        The model's decisions; None: no other way to fill the places is compared.
    decisions : Decisions
        Labels, groups, pools, and the columns of ``roles.date`` and ``roles.seniority``.
    model_grid_scores : float64 array, shape (rows,), optional
        Points of a scoring grid that could have been used instead.
    limits : Limits
        ``labels.unfavourable_share``, ``groups.compared_from``.

    Returns
    -------
    Worth

    Notes
    -----
    AUC with DeLong's interval: the chance that of two people, one whose result was good and one
    whose was not, the first had the higher score. Among the selected alone it understates what the
    score is worth for all (range restriction; Thorndike 1949), see ``restricted``. The same
    AUC for two groups does not show that they are treated alike. Baselines fill as many places of
    each pool as the model does; equal dates or seniority share a place evenly.
    """
    labels = label_chapter(decisions, limits=limits)
    coverage = _coverage(decisions, None if labels is None else labels.coverage)
    gains: tuple[Gain, ...] = ()
    if decided is not None:
        gains = _gains(decided, decisions, coverage, model_grid_scores, limits)
    return Worth(
        coverage=coverage,
        label=None if labels is None else labels.column,
        associations=_associations(scores, decisions, coverage, limits),
        restricted=_restricted(scores, decisions),
        selected_good=_selected_good(decisions, limits),
        gains=gains,
    )


def _coverage(decisions: Decisions, known: str | None) -> str:
    if known is None or decisions.label is None or known == "none":
        return "none"
    if known == "favourable_only":
        return known
    return "everyone" if bool((decisions.label >= 0).all()) else "partial"


def _associations(
    scores: FloatArray, decisions: Decisions, coverage: str, limits: Limits
) -> tuple[Association, ...]:
    """Everyone first, then each group large enough."""
    if decisions.label is None or coverage == "none":
        return (Association(None, None, 0, 0, Estimate(None, missing_reason=NO_LABEL)),)
    known = (decisions.label >= 0) & np.isfinite(scores)
    score, good = scores[known], decisions.label[known] == 1
    everyone = np.zeros(len(score), dtype=np.int64)
    found = [*_areas(score, good, everyone, ((None, None),), limits)]
    for attribute in decisions.protected:
        codes, levels = crossed_codes(decisions, attribute)
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        names = tuple((attribute, level) for level in levels)
        rows = _areas(score, good, codes[known], names, limits)
        found += [
            row
            for row, size in zip(rows, sizes, strict=True)
            if size >= limits.groups.compared_from
        ]
    return tuple(found)


def _areas(
    score: FloatArray,
    good: NDArray[np.bool_],
    codes: IntArray,
    names: tuple[tuple[str | None, str | None], ...],
    limits: Limits,
) -> list[Association]:
    made = auc_delong(score, good, codes, groups=len(names))
    low, high = auc_interval(made, confidence=limits.levels.confidence)
    method = auc_method(made)
    rows = []
    for place, (attribute, group) in enumerate(names):
        events = int(made.n_positive[place])
        n = events + int(made.n_negative[place])
        value = float(made.auc[place])
        if np.isnan(value):
            auc = Estimate(None, n=n, missing_reason=ONE_VALUE if n else NO_LABEL)
        else:
            bounds = (float(low[place]), float(high[place]))
            auc = Estimate(value, *bounds, n, str(method[place]))
        rows.append(Association(attribute, group, n, events, auc))
    return rows


def _restricted(scores: FloatArray, decisions: Decisions) -> float | None:
    """How much narrower scores are among those with a label, as a ratio of spreads."""
    if decisions.label is None:
        return None
    every = scores[np.isfinite(scores)]
    known = scores[np.isfinite(scores) & (decisions.label >= 0)]
    least = 2
    if min(len(every), len(known)) < least or not every.std() > 0:
        return None
    return float(known.std(ddof=1) / every.std(ddof=1))


def _selected_good(decisions: Decisions, limits: Limits) -> Estimate:
    """Share of good labels among people with a favourable logged decision and a label."""
    if decisions.label is None:
        return Estimate(None, missing_reason=NO_LABEL)
    chosen = decisions.outcome.astype(np.float64)
    return good_share(chosen, decisions.label, confidence=limits.levels.confidence)


def _gains(
    decided: Decided,
    decisions: Decisions,
    coverage: str,
    grid: FloatArray | None,
    limits: Limits,
) -> tuple[Gain, ...]:
    """The same places filled otherwise."""
    filling = Filling.of(decided.decision, decisions)
    roles = decisions.roles
    came = dates_of(decisions, roles.date)
    senior = numbers_of(decisions, roles.seniority)
    baselines: list[tuple[str, FloatArray | None]] = [
        (LOTTERY, drawn(filling)),
        (FIRST_COME, None if came is None else ranked(filling, -came)),
        (SENIORITY, None if senior is None else ranked(filling, senior)),
    ]
    if grid is not None:
        baselines.append((GRID, ranked(filling, grid)))
    baselines.append((LOGGED, decisions.outcome.astype(np.float64)))
    return tuple(
        _gain(name, chance, filling, decisions, coverage, limits) for name, chance in baselines
    )


def _gain(
    name: str,
    chance: FloatArray | None,
    filling: Filling,
    decisions: Decisions,
    coverage: str,
    limits: Limits,
) -> Gain:
    confidence = limits.levels.confidence
    if chance is None:
        missing = Estimate(None, missing_reason=NO_COLUMN)
        return Gain(name, missing, missing, missing)
    alike = places_alike(filling, chance, lottery=name == LOTTERY, confidence=confidence)
    label = decisions.label
    if label is None or coverage == "none":
        missing = Estimate(None, missing_reason=NO_LABEL)
        return Gain(name, alike, missing, missing)
    if coverage == "favourable_only":
        missing = Estimate(None, missing_reason=ONLY_SELECTED)
        # the people really taken are those whose label is known
        good = good_share(chance, label, confidence=confidence) if name == LOGGED else missing
        return Gain(name, alike, good, missing)
    return Gain(
        name,
        alike,
        good_share(chance, label, confidence=confidence),
        gain_of(filling, chance, label, confidence=confidence),
    )
