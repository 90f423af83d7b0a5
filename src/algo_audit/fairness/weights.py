"""Sampling weights: weighted rates, and how many equal rows a weighted group is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.counts import Counts

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class EffectiveCounts:
    """Headcounts and favourable decisions worth as much as the rows; shape (groups, strata).

    Without weights these are the rows themselves. ``rate`` is NaN where ``rows`` is 0: the array
    is for computing, results say why instead.
    """

    rows: NDArray[np.int64]
    n: FloatArray
    events: FloatArray
    rate: FloatArray

    @property
    def design_effect(self) -> FloatArray:
        """Rows over effective rows: 1 where all weights of a group are equal."""
        return np.divide(self.rows, self.n, out=np.ones_like(self.n), where=self.n > 0)


@dataclass(frozen=True)
class WeightedTest:
    """Do all groups have the same weighted rate? ``p_value`` None with a reason."""

    statistic: float | None
    df: int
    p_value: float | None
    missing_reason: str | None = None


def effective_counts(counts: Counts) -> EffectiveCounts:
    """Counts on which intervals and tests of weighted rows may be computed.

    Parameters
    ----------
    counts : Counts

    Returns
    -------
    EffectiveCounts
        ``n`` is Kish's effective size, (sum w)^2 / sum w^2, in each group and stratum; ``events``
        the weighted rate times ``n``. Multiplying all weights by one number changes nothing.

    Notes
    -----
    Kish (1965), *Survey Sampling*, 11.7; counts divided by their design effect: Rao and Scott
    (1992). It holds when weights say nothing about the decision within a group; where
    they do, the true variance may be larger or smaller. What is printed as n is the rows.
    """
    rows = counts.rows()
    if counts.weight is None or counts.weight_squared is None:
        n = rows.astype(np.float64)
        events = counts.events().astype(np.float64)
        rate = np.divide(events, n, out=np.full_like(n, np.nan), where=n > 0)
        return EffectiveCounts(rows, n, events, rate)
    weight = counts.weight.sum(axis=(2, 3, 4))
    squared = counts.weight_squared.sum(axis=(2, 3, 4))
    favourable = counts.weight[:, :, 1].sum(axis=(2, 3))
    some = rows > 0
    n = np.divide(weight**2, squared, out=np.zeros_like(weight), where=some)
    # equal weights are worth exactly the rows, whatever rounding says
    n = np.where(np.isclose(n, rows, rtol=1e-9, atol=0.0), rows, n)
    rate = np.divide(favourable, weight, out=np.full_like(weight, np.nan), where=some)
    events = np.where(some, rate * n, 0.0)
    # a rate of one would otherwise exceed it by rounding
    return EffectiveCounts(rows, n, np.minimum(events, n), rate)


def over_strata(counts: Counts) -> Counts:
    """The same groups without strata: cells of all strata together."""
    if counts.n.shape[1] == 1:
        return counts
    return Counts(
        attribute=counts.attribute,
        groups=counts.groups,
        stratum=None,
        strata=("",),
        n=counts.n.sum(axis=1, keepdims=True),
        weight=None if counts.weight is None else counts.weight.sum(axis=1, keepdims=True),
        weight_squared=None
        if counts.weight_squared is None
        else counts.weight_squared.sum(axis=1, keepdims=True),
        unknown=counts.unknown,
        unknown_favourable=counts.unknown_favourable,
    )


def design_effect_test(counts: Counts) -> WeightedTest:
    """Chi-square of equal rates on effective counts (strata summed).

    Parameters
    ----------
    counts : Counts

    Returns
    -------
    WeightedTest
        Without weights, Pearson's chi-square. ``missing_reason`` is ``one_group`` or
        ``all_decisions_alike``.

    Notes
    -----
    J. N. K. Rao and A. J. Scott, "A simple method for the analysis of clustered binary data",
    Biometrics 48 (1992): each group's counts over its own design effect, then the usual
    chi-square. Needs expected effective counts of 5 or more; weighted rows have no exact test.
    """
    from algo_audit.stats.association import chi_square

    effective = effective_counts(over_strata(counts))
    n, events = effective.n[:, 0], effective.events[:, 0]
    held = n > 0
    df = int(held.sum()) - 1
    if df < 1:
        return WeightedTest(None, 0, None, "one_group")
    if events.sum() <= 0 or events.sum() >= n.sum():
        return WeightedTest(None, df, None, "all_decisions_alike")
    test = chi_square(events[held], n[held])
    return WeightedTest(test.statistic, test.df, test.p_value)
