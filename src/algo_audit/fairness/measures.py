"""The count measures, one row each: who is counted, and who among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.counts import Counts

_OUTCOME, _LABEL, _ABOVE = np.indices((2, 3, 3))
_EVERYONE = np.ones((2, 3, 3), dtype=bool)
_CHOSEN = _OUTCOME == 1
_GOOD, _BAD = _LABEL == 1, _LABEL == 0
_LABELLED = _LABEL < 2
_SCORED = _ABOVE < 2


@dataclass(frozen=True)
class Measure:
    """A share of people: ``numerator`` among ``denominator``.

    Attributes
    ----------
    key : str
        Name in ``audit.json``.
    denominator, numerator : bool arrays, shape (2, 3, 3)
        Which outcome, label and above-median of ``Counts.n`` are counted.
    unit : str
        ``share``: 0 to 1.
    worse : {"low", "high"}
        Direction that is worse for the people of the group.
    source : str
        Where the definition stands.
    needs : {"", "label", "score"}
        What the file must have.
    both_decisions : bool
        Meaningless where labels are known (almost) only for those selected.
    """

    key: str
    denominator: NDArray[np.bool_]
    numerator: NDArray[np.bool_]
    unit: str
    worse: Literal["low", "high"]
    source: str
    needs: Literal["", "label", "score"] = ""
    both_decisions: bool = False


_HARDT = "Hardt, Price and Srebro (2016)"
_ROWS = (
    Measure(
        "selection_rate", _EVERYONE, _CHOSEN, "share", "low", "UGESP, 29 CFR 1607.4 D; LL144 rules"
    ),
    Measure("true_positive_rate", _GOOD, _GOOD & _CHOSEN, "share", "low", _HARDT, "label", True),
    Measure("false_positive_rate", _BAD, _BAD & _CHOSEN, "share", "low", _HARDT, "label", True),
    Measure("true_negative_rate", _BAD, _BAD & ~_CHOSEN, "share", "high", _HARDT, "label", True),
    Measure("false_negative_rate", _GOOD, _GOOD & ~_CHOSEN, "share", "high", _HARDT, "label", True),
    # A group whose chosen people do better later was held to a higher bar (Becker's outcome test).
    Measure(
        "precision",
        _CHOSEN & _LABELLED,
        _CHOSEN & _GOOD,
        "share",
        "high",
        "Becker (1957), outcome test",
        "label",
    ),
    Measure(
        "accuracy",
        _LABELLED,
        (_CHOSEN & _GOOD) | (~_CHOSEN & _BAD),
        "share",
        "low",
        "Fairlearn user guide, common fairness metrics",
        "label",
        True,
    ),
    Measure(
        "share_above_median",
        _SCORED,
        _ABOVE == 1,
        "share",
        "low",
        "6 RCNY 5-300, scoring rate (New York Local Law 144)",
        "score",
    ),
)
MEASURES: Mapping[str, Measure] = MappingProxyType({row.key: row for row in _ROWS})


def events_and_n(counts: Counts, measure: Measure) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those for whom the measure holds, and those counted.

    Parameters
    ----------
    counts : Counts
    measure : Measure

    Returns
    -------
    events, n : int64 arrays, shape (groups, strata)
        The measure is events / n; n is 0 where the file lacks what the measure needs.
    """
    events: NDArray[np.int64] = counts.n[:, :, measure.numerator].sum(axis=2)
    n: NDArray[np.int64] = counts.n[:, :, measure.denominator].sum(axis=2)
    return events, n


def available_measures(counts: Counts) -> tuple[Measure, ...]:
    """Measures for which these counts hold anyone at all, in the table's order."""
    return tuple(m for m in MEASURES.values() if counts.n[:, :, m.denominator].any())


def labels_only_for_selected(counts: Counts, *, unfavourable_share: float) -> bool:
    """Tell whether labels are known (almost) only for favourable decisions.

    ``unfavourable_share`` is the share (0 to 1) of the other decisions whose label must be known
    for error rates to mean anything. False where the file has no label at all.
    """
    by_decision = counts.n.sum(axis=(0, 1, 4))
    known = by_decision[:, :2].sum(axis=1)
    if not known.any():
        return False
    return bool(known[0] < unfavourable_share * max(int(by_decision[0].sum()), 1))
