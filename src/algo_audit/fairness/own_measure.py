"""An auditor's own measure, by group, with Fairlearn; and Fairlearn as an independent check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from algo_audit.data.decisions import Decisions
from algo_audit.errors import AuditError
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.fairness.comparison import GroupRate

Metric = Callable[..., Any]


@dataclass(frozen=True)
class CrossCheck:
    """Selection rates computed again by another library.

    ``largest_difference`` is the widest distance between its rates and ours over ``groups``
    groups; ``agrees`` that it is no more than rounding.
    """

    recomputed_by: str
    version: str
    groups: int
    largest_difference: float
    agrees: bool


def measure_frame(
    decisions: Decisions, metric: Metric | Mapping[str, Metric], by: str | Sequence[str]
) -> pd.DataFrame:
    """Any measure of scikit-learn or Fairlearn, for every group.

    Parameters
    ----------
    decisions : Decisions
    metric : callable or mapping of str to callable
        ``metric(y_true, y_pred)``: y_true is the label (what happened later), y_pred the decision
        (1 favourable). Rows without a label are left out. Without any label y_true is the decision
        itself, for measures that do not look at it (``selection_rate``, ``count``).
    by : str or sequence of str
        Protected columns; several are crossed.

    Returns
    -------
    DataFrame
        One row per group, a column ``n`` and one per measure; NaN where a crossing is empty.
        Weights are passed on as ``sample_weight`` where the file has them.

    Raises
    ------
    AuditError
        ``measure.column_missing``: not a protected column.

    Notes
    -----
    ``fairlearn.metrics.MetricFrame``. No interval, no test: for exploring in a notebook, not a
    result that carries a verdict.

    Examples
    --------
    >>> from sklearn.metrics import balanced_accuracy_score  # doctest: +SKIP
    >>> measure_frame(decisions, balanced_accuracy_score, "sex")  # doctest: +SKIP
    """
    from fairlearn.metrics import MetricFrame, count

    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in decisions.protected:
            raise AuditError("measure.column_missing", name, choices=tuple(decisions.protected))
    metrics: dict[str, Metric] = (
        dict(metric)
        if isinstance(metric, Mapping)
        else {getattr(metric, "__name__", "measure"): metric}
    )
    keep = np.ones(len(decisions), dtype=bool)
    for name in names:
        keep &= decisions.protected[name].codes >= 0
    truth = decisions.outcome
    if decisions.label is not None:
        keep &= decisions.label >= 0
        truth = decisions.label
    features = pd.DataFrame(
        {
            name: np.array(decisions.protected[name].levels, dtype=object)[
                decisions.protected[name].codes[keep]
            ]
            for name in names
        }
    )
    parameters: dict[str, dict[str, Any]] = {}
    if decisions.weight is not None:
        weight = decisions.weight[keep]
        parameters = {name: {"sample_weight": weight} for name in metrics}
    frame = MetricFrame(
        metrics={"n": count, **metrics},
        y_true=truth[keep],
        y_pred=decisions.outcome[keep],
        sensitive_features=features,
        sample_params=parameters,
    )
    by_group = frame.by_group
    return pd.DataFrame(by_group)


def cross_check(decisions: Decisions, groups: Sequence[GroupRate]) -> CrossCheck:
    """Selection rates computed again by Fairlearn, beside those of the audit.

    Parameters
    ----------
    decisions : Decisions
    groups : sequence of GroupRate
        The audit's own; unknowns and groups without rate are left out.

    Returns
    -------
    CrossCheck

    Notes
    -----
    The two share the file as it was read and nothing after that. It checks arithmetic: an error in
    reading, or in what counts as favourable, would be common to both.
    """
    import fairlearn
    from fairlearn.metrics import MetricFrame, selection_rate

    widest, checked = 0.0, 0
    for attribute in dict.fromkeys(group.attribute for group in groups):
        codes, levels = crossed_codes(decisions, attribute)
        keep = codes >= 0
        parameters = {}
        if decisions.weight is not None:
            parameters = {"sample_weight": decisions.weight[keep]}
        frame = MetricFrame(
            metrics=selection_rate,
            y_true=decisions.outcome[keep],
            y_pred=decisions.outcome[keep],
            sensitive_features=pd.Series(codes[keep], name="group"),
            sample_params=parameters,
        )
        theirs = {levels[int(code)]: float(rate) for code, rate in frame.by_group.items()}
        for group in groups:
            if group.attribute != attribute or group.group is None or group.rate.value is None:
                continue
            checked += 1
            widest = max(widest, abs(theirs[group.group] - group.rate.value))
    return CrossCheck("fairlearn", fairlearn.__version__, checked, widest, widest < 1e-9)
