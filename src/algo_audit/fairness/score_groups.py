"""What stands in ``fairness/scores.py``, computed: scores by group and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.score_sums import cells_of, mean_of, moments, shares, summed
from algo_audit.fairness.scores import CalibrationBin, GroupScore, Labels, Scores
from algo_audit.stats.auc import auc_delong, auc_interval, auc_method

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Why a figure on later results cannot be given.
ONLY_SELECTED = "labels_only_for_selected"
NO_LABEL = "no_label"
ONE_VALUE = "label_has_one_value"


@dataclass(frozen=True)
class ScoredRows:
    """Rows with a score; every array has one entry per such row."""

    score: FloatArray
    label: NDArray[np.int8] | None
    weight: FloatArray | None
    bins: IntArray
    edges: FloatArray
    median: float
    kept: NDArray[np.bool_]
    label_reason: str | None


def label_chapter(decisions: Decisions, *, limits: Limits) -> Labels | None:
    """What is known of later results, and for whom.

    Parameters
    ----------
    decisions : Decisions
    limits : Limits
        ``labels.unfavourable_share``: with a label for a smaller share of the refused than this,
        labels count as known for those selected only.

    Returns
    -------
    Labels or None
        None without a label column. With ``coverage`` ``favourable_only`` true and false positive
        and negative rates and accuracy cannot be known: who was refused never had the
        chance to succeed or fail. Precision among the selected remains.
    """
    if decisions.label is None:
        return None
    chosen = decisions.outcome == 1
    known = decisions.label >= 0
    refused = int((~chosen).sum())
    known_refused = int((known & ~chosen).sum())
    if not known.any():
        coverage = "none"
    elif known_refused == 0 or known_refused < limits.labels.unfavourable_share * refused:
        coverage = "favourable_only"
    else:
        coverage = "both"
    return Labels(
        column=decisions.roles.label or "",
        known=int(known.sum()),
        known_favourable=int((known & chosen).sum()),
        known_unfavourable=known_refused,
        rows_favourable=int(chosen.sum()),
        rows_unfavourable=refused,
        coverage=coverage,
    )


def score_chapter(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> Scores | None:
    """The score of each group: level, spread, share above the median, and what came of it.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of str to str
        Attributes (and crossings) to look at; the reference itself is used by
        ``score_comparisons``.
    limits : Limits
        ``scores.bins``: calibration bins, cut at quantiles of the whole sample.

    Returns
    -------
    Scores or None
        None without a score column, or without any score. Groups without a score are left out.
        ``median`` and ``ties_at_median`` are of the whole sample: with many ties far fewer
        than half of all people are strictly above it.

    Notes
    -----
    AUC is the chance that the score ranks someone who did well above someone who did not, within
    the group (DeLong interval). It needs labels for selected and refused alike: among the
    selected alone the score has already been used, and the AUC would be too low. It is of rows:
    sampling weights are not used in it, everything else is weighted.
    """
    rows = scored_rows(decisions, limits)
    if rows is None:
        return None
    groups: list[GroupScore] = []
    for attribute in references:
        codes, levels = crossed_codes(decisions, attribute)
        groups += _groups(attribute, levels, codes[rows.kept], rows, limits.levels.confidence)
    return Scores(
        column=decisions.roles.score or "",
        n=len(rows.score),
        missing=len(decisions) - len(rows.score),
        median=rows.median,
        ties_at_median=int((rows.score == rows.median).sum()),
        groups=tuple(groups),
    )


def scored_rows(decisions: Decisions, limits: Limits) -> ScoredRows | None:
    """Rows that have a score, binned; None where there is none."""
    if decisions.score is None:
        return None
    kept = ~np.isnan(decisions.score)
    if not kept.any():
        return None
    score = decisions.score[kept]
    labels = label_chapter(decisions, limits=limits)
    reason = NO_LABEL
    if labels is not None:
        reason = {"none": NO_LABEL, "favourable_only": ONLY_SELECTED}.get(labels.coverage, "")
    cuts = np.quantile(score, np.linspace(0, 1, limits.scores.bins + 1))
    edges = np.unique(cuts)
    # a bin holds its upper edge; equal scores never part
    bins = np.maximum(np.searchsorted(edges[1:], score, side="left"), 0)
    return ScoredRows(
        score=score,
        label=None if decisions.label is None or reason else decisions.label[kept],
        weight=None if decisions.weight is None else decisions.weight[kept],
        bins=bins.astype(np.int64),
        edges=edges,
        median=float(np.median(score)),
        kept=kept,
        label_reason=reason or None,
    )


def _groups(
    attribute: str,
    levels: tuple[str, ...],
    codes: IntArray,
    rows: ScoredRows,
    confidence: float,
) -> list[GroupScore]:
    known = codes >= 0
    code, score = codes[known], rows.score[known]
    weight = None if rows.weight is None else rows.weight[known]
    size = len(levels)
    found = moments(code, score, weight, size)
    above = (score > rows.median).astype(np.float64)
    high = summed(code, above if weight is None else above * weight, size)
    over = shares(high, found.cells, confidence=confidence)
    # rows of one group side by side, so that each median costs its own rows and not all
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(size + 1))
    aucs = _auc_estimates(codes, size, rows, confidence)
    bins = _calibration(codes, size, rows, confidence)
    groups = []
    for group, share in enumerate(over):
        if share is None:
            continue
        variance = float(found.variance[group])
        groups.append(
            GroupScore(
                attribute=attribute,
                group=levels[group],
                n=share.n,
                mean=float(found.mean[group]),
                standard_deviation=None if np.isnan(variance) else float(np.sqrt(variance)),
                median=float(np.median(score[order[starts[group] : starts[group + 1]]])),
                above_median=share,
                auc=aucs[group],
                calibration=bins[group],
            )
        )
    return groups


def _auc_estimates(
    codes: IntArray, groups: int, rows: ScoredRows, confidence: float
) -> list[Estimate]:
    """AUC of each group, or the reason why there is none."""
    if rows.label is None:
        return [Estimate(None, missing_reason=rows.label_reason)] * groups
    known = rows.label >= 0
    result = auc_delong(rows.score[known], rows.label[known], codes[known], groups=groups)
    low, high = auc_interval(result, confidence=confidence)
    method = auc_method(result)
    estimates = []
    for group in range(groups):
        n = int(result.n_positive[group] + result.n_negative[group])
        value = float(result.auc[group])
        if np.isnan(value):
            estimates.append(Estimate(None, n=n, missing_reason=ONE_VALUE if n else NO_LABEL))
        else:
            limits = (float(low[group]), float(high[group]))
            estimates.append(Estimate(value, *limits, n, str(method[group])))
    return estimates


def _calibration(
    codes: IntArray, groups: int, rows: ScoredRows, confidence: float
) -> list[tuple[CalibrationBin, ...]]:
    """Mean score and later success in each bin of the whole sample, for each group."""
    if rows.label is None:
        return [()] * groups
    bins = max(len(rows.edges) - 1, 1)
    known = (codes >= 0) & (rows.label >= 0)
    code = codes[known] * bins + rows.bins[known]
    weight = None if rows.weight is None else rows.weight[known]
    cells = cells_of(code, weight, groups * bins)
    mean = mean_of(code, rows.score[known], weight, cells)
    good = (rows.label[known] == 1).astype(np.float64)
    went_well = summed(code, good if weight is None else good * weight, groups * bins)
    observed = shares(went_well, cells, confidence=confidence)
    found: list[list[CalibrationBin]] = [[] for _ in range(groups)]
    for cell, share in enumerate(observed):
        if share is not None:
            group, place = divmod(cell, bins)
            found[group].append(
                CalibrationBin(
                    low=float(rows.edges[place]),
                    high=float(rows.edges[min(place + 1, len(rows.edges) - 1)]),
                    n=share.n,
                    mean_score=float(mean[cell]),
                    observed=share,
                )
            )
    return [tuple(entries) for entries in found]
