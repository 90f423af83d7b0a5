"""Exploratory gaps in scores: mean and AUC, each group against its reference."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.fairness.score_groups import ONE_VALUE, scored_rows
from algo_audit.fairness.score_sums import Moments, moments
from algo_audit.stats.auc import GroupAuc, auc_delong
from algo_audit.stats.effects import standardised_mean_difference


def score_comparisons(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> tuple[Comparison, ...]:
    """Exploratory comparisons of mean score and AUC, each group against its reference.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of str to str
    limits : Limits

    Returns
    -------
    tuple of Comparison
        Measures ``mean_score`` (unit ``sd``: distance from the mean of all scores, in pooled
        standard deviations of the two groups, so that ``difference`` is Cohen's d) and ``auc``
        (unit ``area``). They have no ratio and no margin: ``verdict`` is ``inconclusive`` until
        the family's q-values make it a ``lead``, or ``not_shown`` with its reason.

    Notes
    -----
    d with the textbook pooled variance (n - 1 weights), its interval by the normal limit of Hedges
    and Olkin (1985), the test Welch's. AUC: independent groups, DeLong variances.
    A gap in AUC says that the score orders one group worse, not that it favours the other.
    """
    rows = scored_rows(decisions, limits)
    if rows is None:
        return ()
    centre = float(np.average(rows.score, weights=rows.weight))
    found: list[Comparison] = []
    for attribute, reference in references.items():
        codes, levels = crossed_codes(decisions, attribute)
        codes = codes[rows.kept]
        against = levels.index(reference)
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        places = [
            place
            for place in np.flatnonzero(sizes >= limits.groups.compared_from).tolist()
            if place != against
        ]
        area = None
        if rows.label is not None:
            known = rows.label >= 0
            area = auc_delong(
                rows.score[known], rows.label[known], codes[known], groups=len(levels)
            )
        inside = codes >= 0
        weight = None if rows.weight is None else rows.weight[inside]
        level = moments(codes[inside], rows.score[inside], weight, len(levels))
        for place in places:
            names = (attribute, levels[place], reference)
            pair = (place, against)
            found.append(_mean_comparison(names, level, centre, pair, limits.levels.confidence))
            if area is not None:
                found.append(_auc_comparison(names, area, pair, limits.levels.confidence))
    return tuple(found)


def _comparison(
    names: tuple[str, str, str],
    measure: str,
    unit: str,
    n: tuple[int, int],
    *,
    values: tuple[float, float] | None = None,
    difference: Interval | None = None,
    p_value: float | None = None,
    test: str | None = None,
    missing_reason: str | None = None,
) -> Comparison:
    return Comparison(
        attribute=names[0],
        group=names[1],
        reference=names[2],
        measure=measure,
        unit=unit,
        stratum=None,
        n=n[0],
        events=None,
        n_reference=n[1],
        events_reference=None,
        value=None if values is None else values[0],
        reference_value=None if values is None else values[1],
        difference=difference,
        ratio=None,
        p_value=p_value,
        p_adjusted=None,
        test=test,
        family="exploratory",
        verdict="not_shown" if p_value is None else "inconclusive",
        missing_reason=missing_reason,
    )


def _mean_comparison(
    names: tuple[str, str, str],
    level: Moments,
    centre: float,
    pair: tuple[int, int],
    confidence: float,
) -> Comparison:
    n = (int(level.cells.n[pair[0]]), int(level.cells.n[pair[1]]))
    effective = [float(level.cells.effective[place]) for place in pair]
    # two equal people or more on each side, else there is no spread
    if min(n) < 2 or min(effective) < 2 - 1e-9:
        return _comparison(names, "mean_score", "sd", n, missing_reason="too_few_scores")
    means = (float(level.mean[pair[0]]), float(level.mean[pair[1]]))
    variances = [float(level.variance[place]) for place in pair]
    found = standardised_mean_difference(
        means[0],
        np.sqrt(variances[0]),
        effective[0],
        means[1],
        np.sqrt(variances[1]),
        effective[1],
        confidence=confidence,
    )
    d = float(found.value)
    if np.isnan(d):
        return _comparison(names, "mean_score", "sd", n, missing_reason="scores_do_not_vary")
    pooled = _pooled(variances, effective)
    values = ((means[0] - centre) / pooled, (means[1] - centre) / pooled)
    return _comparison(
        names,
        "mean_score",
        "sd",
        n,
        values=values,
        difference=Interval(d, float(found.low), float(found.high)),
        p_value=_welch(means, variances, effective),
        test="welch",
    )


def _pooled(variances: list[float], n: list[float]) -> float:
    """Pooled standard deviation of two groups."""
    squares = sum((size - 1) * variance for variance, size in zip(variances, n, strict=True))
    return float(np.sqrt(squares / (sum(n) - 2)))


def _welch(means: tuple[float, float], variances: list[float], n: list[float]) -> float:
    """Two-sided p of Welch's t test."""
    parts = [variance / size for variance, size in zip(variances, n, strict=True)]
    error = sum(parts)
    df = error**2 / sum(part**2 / (size - 1) for part, size in zip(parts, n, strict=True))
    return 2 * float(stdtr(df, -abs(means[0] - means[1]) / np.sqrt(error)))


def _auc_comparison(
    names: tuple[str, str, str], area: GroupAuc, pair: tuple[int, int], confidence: float
) -> Comparison:
    n = tuple(int(area.n_positive[k] + area.n_negative[k]) for k in pair)
    values = (float(area.auc[pair[0]]), float(area.auc[pair[1]]))
    variance = float(area.variance[pair[0]] + area.variance[pair[1]])
    size = (n[0], n[1])
    if np.isnan(variance) or variance <= 0:
        reason = ONE_VALUE if np.isnan(values).any() else "auc_without_variance"
        return _comparison(names, "auc", "area", size, missing_reason=reason)
    gap, error = values[0] - values[1], float(np.sqrt(variance))
    half = float(ndtri(0.5 + confidence / 2)) * error
    return _comparison(
        names,
        "auc",
        "area",
        size,
        values=values,
        difference=Interval(gap, max(gap - half, -1.0), min(gap + half, 1.0)),
        p_value=2 * float(ndtr(-abs(gap) / error)),
        test="delong",
    )
