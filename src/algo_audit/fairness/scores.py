"""What the score does to each group, and what happened later."""

from __future__ import annotations

from dataclasses import dataclass

from algo_audit.fairness.comparison import Estimate


@dataclass(frozen=True)
class CalibrationBin:
    """People of one group whose score falls in [low, high]: mean score and later success."""

    low: float
    high: float
    n: int
    mean_score: float
    observed: Estimate


@dataclass(frozen=True)
class GroupScore:
    """One group's score. ``auc`` and ``calibration`` need a label on both outcomes."""

    attribute: str
    group: str
    n: int
    mean: float | None
    standard_deviation: float | None
    median: float | None
    above_median: Estimate
    auc: Estimate
    calibration: tuple[CalibrationBin, ...]


@dataclass(frozen=True)
class Scores:
    """The score of a file."""

    column: str
    n: int
    missing: int
    median: float
    ties_at_median: int
    groups: tuple[GroupScore, ...]


@dataclass(frozen=True)
class Labels:
    """What is known of later results.

    ``coverage`` is ``both`` | ``favourable_only`` (labels almost only for those selected: error
    rates cannot be known) | ``none``.
    """

    column: str
    known: int
    known_favourable: int  # label known among favourable decisions
    known_unfavourable: int
    rows_favourable: int
    rows_unfavourable: int
    coverage: str
