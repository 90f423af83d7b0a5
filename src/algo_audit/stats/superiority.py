"""Amounts of two groups: who tends to have more, and how far means and medians lie apart.

The probability of superiority is ``P(X < Y) + P(X = Y) / 2`` for one person of each group, tested
as Brunner and Munzel do (unequal spreads and ties allowed).
"""

from __future__ import annotations

from itertools import combinations
from math import comb, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, ndtr, ndtri, stdtr, stdtrit

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


# Splits drawn at once are held in memory: so many cells, and never fewer splits than this.
_CELLS = 4_000_000
_FEWEST_DRAWS = 999


class Superiority(NamedTuple):
    """Probability that a person of the group has more than one of the reference.

    ``value`` counts ties half; ``p_value`` is two-sided for ``value = 1/2``; ``method`` is
    ``brunner_munzel`` (t approximation), ``studentised_permutation`` (draws),
    ``exact_permutation`` (all splits) or ``nothing_varies``.
    """

    value: float
    low: float
    high: float
    p_value: float
    statistic: float
    method: str


class Shift(NamedTuple):
    """A difference, group minus reference, with its interval and (means only) its test."""

    value: float
    low: float
    high: float
    statistic: float = float("nan")
    df: float = float("nan")
    p_value: float = float("nan")


class StratifiedAmounts(NamedTuple):
    """Van Elteren's test and the weighted mean difference within strata.

    ``n``, ``n_reference``: people in strata that hold both groups; ``statistic`` is NaN where
    nothing varies in any of them; ``superiority`` is the mean of
    the strata's own, weighted as the test weights them.
    """

    difference: Shift
    superiority: float
    statistic: float
    p_value: float
    strata: int
    n: int
    n_reference: int


class _Placements(NamedTuple):
    """For every split (one per row): superiority and the variances of placements."""

    value: FloatArray
    variance: FloatArray
    variance_reference: FloatArray


def _placements(members: BoolArray, starts: NDArray[np.intp]) -> _Placements:
    """``members`` rows of splits, columns in rising order of value; ``starts`` of each value."""
    chosen = np.add.reduceat(members, starts, axis=1, dtype=np.float64)
    size = np.diff(np.append(starts, members.shape[1])).astype(np.float64)
    other = size - chosen
    n, m = chosen.sum(axis=1, keepdims=True), other.sum(axis=1, keepdims=True)
    below_other = (np.cumsum(other, axis=1) - other / 2) / m
    below_chosen = (np.cumsum(chosen, axis=1) - chosen / 2) / n
    value = (chosen * below_other).sum(axis=1) / n[:, 0]
    mean = 1 - value
    spread = (chosen * (below_other - value[:, None]) ** 2).sum(axis=1)
    spread_other = (other * (below_chosen - mean[:, None]) ** 2).sum(axis=1)
    n1, m1 = np.maximum(n[:, 0] - 1, 1), np.maximum(m[:, 0] - 1, 1)
    return _Placements(value, spread / n1, spread_other / m1)


def _studentised(found: _Placements, n: int, m: int) -> FloatArray:
    """Distance from one half in standard errors; infinite where ranks are wholly separated."""
    error = np.sqrt(found.variance / n + found.variance_reference / m)
    gap = found.value - 0.5
    flat = error <= 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = gap / error
    apart = np.where(np.abs(gap) < 1e-12, 0.0, np.where(gap > 0, np.inf, -np.inf))
    return np.where(flat, apart, ratio)


def _ordered(amounts: FloatArray, reference: FloatArray) -> tuple[BoolArray, NDArray[np.intp]]:
    pooled = np.concatenate([amounts, reference])
    order = np.argsort(pooled, kind="stable")
    ranked = pooled[order]
    starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    return order < len(amounts), starts


def _splits(n: int, total: int, *, draws: int, seed: int) -> BoolArray:
    """All splits where they are no more than ``draws``, else so many random ones."""
    if comb(total, n) <= draws:
        chosen = np.array(list(combinations(range(total), n)), dtype=np.intp)
    else:
        random = np.random.default_rng(seed)
        chosen = np.argpartition(random.random((draws, total)), n - 1, axis=1)[:, :n]
    splits = np.zeros((len(chosen), total), dtype=np.bool_)
    np.put_along_axis(splits, chosen, True, axis=1)
    return splits


def superiority(
    amounts: ArrayLike,
    reference: ArrayLike,
    *,
    confidence: float = 0.95,
    permutation_below: int = 15,
    permuted_people: int = 4000,
    draws: int = 9999,
    seed: int = 0,
) -> Superiority:
    """Probability of superiority with the Brunner-Munzel test.

    Parameters
    ----------
    amounts, reference : array_like, 1-d, at least two each
        No NaN.
    confidence : float
    permutation_below : int
        With fewer people than this in a group, the studentised statistic is permuted: exactly
        where there are at most ``draws`` splits, else by so many random ones.
    permuted_people : int
        Above so many people together the t takes ``min(n, m) - 1`` degrees of freedom instead,
        the smallest that Welch's formula can give.
    draws, seed : int

    Returns
    -------
    Superiority
        The interval is the t interval on the logit scale (it stays inside 0 and 1). Where every
        amount of one group lies above every amount of the other there is no spread to measure:
        the bound then comes from the binomial of as many pairs as the smaller group has people,
        and the test counts splits (two of them are as extreme).

    Notes
    -----
    Brunner and Munzel, Biometrical Journal 42 (2000); permutation: Neubert and Brunner,
    Computational Statistics and Data Analysis 51 (2007). It misleads where two distributions
    cross: half of the pairs each way says nothing of the extremes.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (amounts, reference))
    n, m = len(first), len(second)
    if n < 2 or m < 2:
        raise ValueError("at least two amounts in each group")
    members, starts = _ordered(first, second)
    if len(starts) == 1:
        return Superiority(0.5, 0.0, 1.0, 1.0, 0.0, "nothing_varies")
    found = _placements(members[None, :], starts)
    value = float(found.value[0])
    statistic = float(_studentised(found, n, m)[0])
    parts = float(found.variance[0]) / n, float(found.variance_reference[0]) / m
    apart = not isfinite(statistic)
    df = 1.0 if apart else sum(parts) ** 2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1))
    method = "brunner_munzel"
    few = min(n, m) < permutation_below
    if few and n + m > permuted_people:
        df = min(df, min(n, m) - 1)
    low, high = _limits(value, sqrt(sum(parts)), df, confidence, min(n, m), apart=apart)
    p_value = 2 * float(stdtr(df, -abs(statistic))) if not apart else 0.0
    if apart:
        p_value, method = min(2 / comb(n + m, n), 1.0), "exact_permutation"
    elif few and n + m <= permuted_people:
        draws = min(draws, max(_FEWEST_DRAWS, _CELLS // (n + m)))
        splits = _splits(n, n + m, draws=draws, seed=seed)
        seen = _studentised(_placements(splits, starts), n, m)
        # rounding must not make a split less extreme than itself
        beyond = int(np.sum(np.abs(seen) >= abs(statistic) - 1e-9))
        exact = comb(n + m, n) <= draws
        p_value = beyond / len(seen) if exact else (beyond + 1) / (len(seen) + 1)
        method = "exact_permutation" if exact else "studentised_permutation"
    return Superiority(value, low, high, p_value, statistic, method)


def _limits(
    value: float, error: float, df: float, confidence: float, pairs: int, *, apart: bool
) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    if apart or not 0 < value < 1:
        bound = 1 - tail ** (1 / pairs)
        return (0.0, bound) if value < 0.5 else (1 - bound, 1.0)
    centre = float(np.log(value / (1 - value)))
    half = float(stdtrit(df, 1 - tail)) * error / (value * (1 - value))
    low, high = (1 / (1 + np.exp(-np.clip(centre + s * half, -700, 700))) for s in (-1, 1))
    return float(low), float(high)


def mean_difference(amounts: ArrayLike, reference: ArrayLike, *, confidence: float = 0.95) -> Shift:
    """Difference of means with Welch's interval and t test (unequal variances).

    In the amounts' unit. NaN limits with fewer than two people in a group; where nothing varies
    inside either group the interval is a point and the test is left out (NaN). It misleads with
    small groups of very skewed amounts: one person may then carry the mean.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (amounts, reference))
    value = float(first.mean() - second.mean())
    if len(first) < 2 or len(second) < 2:
        return Shift(value, float("nan"), float("nan"))
    parts = float(first.var(ddof=1)) / len(first), float(second.var(ddof=1)) / len(second)
    return _welch(value, parts, (len(first) - 1, len(second) - 1), confidence)


def smallest_detectable_shift(
    amounts: ArrayLike, reference: ArrayLike, *, level: float = 0.05, power: float = 0.80
) -> float:
    """Difference of means that two samples this large and this spread would show so often.

    ``(t(1 - level / 2) + t(power))`` Welch standard errors, in the amounts' unit; NaN with fewer
    than two people in a group or where nothing varies. It takes the spreads seen for the true
    ones, and the t test of means for the test: the rank test of the verdict sees about as much.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (amounts, reference))
    if min(len(first), len(second)) < 2:
        return float("nan")
    parts = float(first.var(ddof=1)) / len(first), float(second.var(ddof=1)) / len(second)
    total = sum(parts)
    if total <= 0:
        return float("nan")
    degrees = total**2 / (parts[0] ** 2 / (len(first) - 1) + parts[1] ** 2 / (len(second) - 1))
    steps = float(stdtrit(degrees, 1 - level / 2)) + float(stdtrit(degrees, power))
    return steps * sqrt(total)


def mean_ratio(amounts: ArrayLike, reference: ArrayLike, *, confidence: float = 0.95) -> Shift:
    """Ratio of two positive means, with the interval of its logarithm (delta method).

    NaN where a mean is not positive or a group has fewer than two people. Without unit.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (amounts, reference))
    missing = float("nan")
    if min(len(first), len(second)) < 2 or first.mean() <= 0 or second.mean() <= 0:
        return Shift(missing, missing, missing)
    value = float(first.mean() / second.mean())
    squares = sum(
        float(one.var(ddof=1)) / len(one) / float(one.mean()) ** 2 for one in (first, second)
    )
    half = float(ndtri(0.5 + confidence / 2)) * sqrt(squares)
    return Shift(value, value * float(np.exp(-half)), value * float(np.exp(half)))


def _welch(
    value: float, parts: tuple[float, float], df: tuple[int, int], confidence: float
) -> Shift:
    total = sum(parts)
    if total <= 0:
        return Shift(value, value, value)
    degrees = total**2 / sum(p**2 / d for p, d in zip(parts, df, strict=True))
    error = sqrt(total)
    half = float(stdtrit(degrees, 0.5 + confidence / 2)) * error
    statistic = value / error
    p_value = 2 * float(stdtr(degrees, -abs(statistic)))
    return Shift(value, value - half, value + half, statistic, degrees, p_value)


def _median_variance(amounts: FloatArray) -> float:
    """Variance of a median from two order statistics (McKean and Schrader; Price and Bonett)."""
    n = len(amounts)
    ranked = np.sort(amounts)
    place = max(1, round((n + 1) / 2 - sqrt(n)))
    tail = float(bdtr(place - 1, n, 0.5))
    width = float(ranked[n - place] - ranked[place - 1])
    return (width / (2 * float(ndtri(1 - tail)))) ** 2


def median_difference(
    amounts: ArrayLike, reference: ArrayLike, *, confidence: float = 0.95
) -> Shift:
    """Difference of the two medians, with an interval from order statistics.

    Bonett and Price, Psychological Methods 7 (2002): no resampling, no assumption on the shape.
    Not the Hodges-Lehmann shift. NaN limits with fewer than five people in a group. With few
    distinct amounts (ratings) a limit may coincide with the value.
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (amounts, reference))
    value = float(np.median(first) - np.median(second))
    if len(first) < 5 or len(second) < 5:
        return Shift(value, float("nan"), float("nan"))
    error = sqrt(_median_variance(first) + _median_variance(second))
    half = float(ndtri(0.5 + confidence / 2)) * error
    return Shift(value, value - half, value + half)


def within_strata(
    amounts: ArrayLike,
    in_group: ArrayLike,
    strata: ArrayLike,
    *,
    confidence: float = 0.95,
) -> StratifiedAmounts | None:
    """Van Elteren's test and the mean difference weighted by ``n m / (n + m)``.

    Parameters
    ----------
    amounts : array_like
    in_group : array_like of bool
        The group; the others are the reference.
    strata : array_like of int

    Returns
    -------
    StratifiedAmounts or None
        None where no stratum holds both. Van Elteren (1960): rank sums weighted by
        ``1 / (N + 1)``, variance with ties, normal limit. Strata with one person of a group give
        their difference to the mean but borrow their variance from the pooled one of the group's
        other strata; without any, the difference has no interval.
    """
    values = np.asarray(amounts, dtype=np.float64)
    group = np.asarray(in_group, dtype=np.bool_)
    levels = np.asarray(strata)
    parts = [
        (values[(levels == one) & group], values[(levels == one) & ~group])
        for one in np.unique(levels)
    ]
    parts = [(x, y) for x, y in parts if len(x) and len(y)]
    if not parts:
        return None
    excess, variance, wins, weights = _van_elteren(parts)
    n, m = (np.array([len(pair[side]) for pair in parts], dtype=np.float64) for side in (0, 1))
    statistic = excess / sqrt(variance) if variance > 0 else float("nan")
    p_value = 2 * float(ndtr(-abs(statistic))) if variance > 0 else 1.0
    return StratifiedAmounts(
        difference=_weighted_difference(parts, n, m, confidence),
        superiority=float(np.dot(weights, wins) / weights.sum()),
        statistic=statistic,
        p_value=p_value,
        strata=len(parts),
        n=int(n.sum()),
        n_reference=int(m.sum()),
    )


def _van_elteren(
    parts: list[tuple[FloatArray, FloatArray]],
) -> tuple[float, float, FloatArray, FloatArray]:
    excess, variance, wins, weights = 0.0, 0.0, [], []
    for x, y in parts:
        members, starts = _ordered(x, y)
        size = np.diff(np.append(starts, len(members))).astype(np.float64)
        total = float(len(members))
        value = float(_placements(members[None, :], starts).value[0])
        weight = len(x) * len(y) / (total + 1)
        ties = float((size**3 - size).sum()) / (total * (total - 1))
        excess += weight * (value - 0.5)
        # the variance of the rank sum, ties taken off, times the squared weight 1 / (N + 1)
        variance += len(x) * len(y) / 12 * (total + 1 - ties) / (total + 1) ** 2
        wins.append(value)
        weights.append(weight)
    return excess, variance, np.array(wins), np.array(weights)


def _weighted_difference(
    parts: list[tuple[FloatArray, FloatArray]], n: FloatArray, m: FloatArray, confidence: float
) -> Shift:
    weights = n * m / (n + m)
    weights /= weights.sum()
    gaps = np.array([x.mean() - y.mean() for x, y in parts])
    value = float(np.dot(weights, gaps))
    total = 0.0
    for side, sizes in ((0, n), (1, m)):
        spreads = np.array([float(((p[side] - p[side].mean()) ** 2).sum()) for p in parts])
        free = sizes - 1
        if free.sum() <= 0:
            return Shift(value, float("nan"), float("nan"))
        pooled = spreads.sum() / free.sum()
        own = np.where(free > 0, spreads / np.maximum(free, 1), pooled)
        total += float(np.dot(weights**2, own / sizes))
    half = float(ndtri(0.5 + confidence / 2)) * sqrt(total)
    return Shift(value, value - half, value + half)
