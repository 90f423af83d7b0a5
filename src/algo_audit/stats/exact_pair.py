"""Exact test of two groups within strata: the total of one group over all strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, gammaln

# Two tables count as equally likely within rounding, as scipy and R hold it.
_TIE = 1 + 1e-7
# Tails below this share of the peak are left out of a convolution; what falls there is
# beyond every level that anyone uses, and its size is given by the normal limit.
_TAIL = 1e-30


@dataclass(frozen=True)
class PairTest:
    """Two-sided p-value, and the smallest that any table with these margins could give.

    ``method`` is ``fisher`` (one stratum), ``exact_strata`` or ``normal_limit``.
    """

    p_value: float
    minimum: float
    method: str


Law = tuple[int, NDArray[np.float64]]


def hypergeometric_laws(
    first: NDArray[np.int64], second: NDArray[np.int64], events: NDArray[np.int64]
) -> list[Law]:
    """Laws of the events that fall on the first of two groups, one for each pair.

    Parameters
    ----------
    first, second : int64 array, shape (pairs,)
        Headcounts.
    events : int64 array, shape (pairs,)
        Events in both together.

    Returns
    -------
    list of (int, float64 array)
        Smallest possible count, and the probability of that count and of each following one.
    """
    low, high = np.maximum(0, events - second), np.minimum(first, events)
    widths = high - low + 1
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])

    def spread(values: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.repeat(values, widths).astype(np.float64)

    count = np.arange(widths.sum()) - np.repeat(starts - low, widths)
    logarithm = _log_binomial(spread(first), count)
    logarithm += _log_binomial(spread(second), spread(events) - count)
    logarithm -= np.repeat(np.maximum.reduceat(logarithm, starts), widths)
    probability = np.exp(logarithm)
    probability /= np.repeat(np.add.reduceat(probability, starts), widths)
    return list(zip(low.tolist(), np.split(probability, starts[1:]), strict=True))


@dataclass(frozen=True)
class PairLaw:
    """Law of the first group's total over strata, given every stratum's margins.

    ``probabilities[i]`` is that of ``low + i``; empty where only the normal limit is used.
    """

    low: int
    probabilities: NDArray[np.float64]
    expected: float
    variance: float
    method: str

    def test(self, total: int) -> PairTest:
        """Judge one total of the first group (over all strata that hold both)."""
        if self.variance <= 0:
            return PairTest(1.0, 1.0, self.method)
        law, place = self.probabilities, total - self.low
        if not 0 <= place < len(law) or law[place] < _TAIL:
            normal = float(erfc(abs(total - self.expected) / np.sqrt(2 * self.variance)))
            return PairTest(normal, 0.0, self.method)
        p_value = float(law[law <= law[place] * _TIE].sum())
        minimum = float(law[law <= law.min() * _TIE].sum())
        return PairTest(min(p_value, 1.0), min(minimum, 1.0), self.method)


def exact_pair(
    n: NDArray[np.int64],
    events: NDArray[np.int64],
    *,
    support: int,
) -> PairTest:
    """Exact conditional test of two groups, within strata or not.

    Given the headcounts and the events of every stratum, the total of the first group follows a
    sum of hypergeometric laws; the p-value sums every total that is no likelier than the one seen
    (Fisher 1935; within strata Mehta, Patel and Gray 1985).

    Parameters
    ----------
    n, events : int64 arrays, shape (2, strata)
    support : int
        Largest number of possible totals for the exact law; beyond, the normal limit
        (Cochran 1954, without continuity correction).

    Returns
    -------
    PairTest
        ``p_value`` 1 where the margins leave one table only.
    """
    law = pair_law(n, events.sum(axis=0), support=support)
    return law.test(first_total(n, events))


def first_total(n: NDArray[np.int64], events: NDArray[np.int64]) -> int:
    """Events of the first group in the strata that hold both groups."""
    return int(events[0, (n > 0).all(axis=0)].sum())


def pair_law(n: NDArray[np.int64], total: NDArray[np.int64], *, support: int) -> PairLaw:
    """Law of the first group's total.

    Parameters
    ----------
    n : int64 array, shape (2, strata)
    total : int64 array, shape (strata,)
        Events of both groups together.
    support : int
        As in ``exact_pair``.
    """
    method = "fisher" if n.shape[1] == 1 else "exact_strata"
    both = (n > 0).all(axis=0)
    n, total = n[:, both], total[both]
    people = n.sum(axis=0).astype(np.float64)
    expected = float((n[0] * total / people).sum())
    spread = n[0] * n[1] * total * (people - total)
    variance = spread / (people**2 * np.maximum(people - 1, 1))
    varying = variance > 0
    # where all decisions of a stratum are alike its total is sure
    sure = int(np.rint((n[0] * total / people)[~varying].sum()))
    if not varying.any():
        return PairLaw(sure, np.ones(1), expected, 0.0, method)
    n, total, variance = n[:, varying], total[varying], variance[varying]
    widths = np.minimum(n.min(axis=0), np.minimum(total, n.sum(axis=0) - total))
    # a trimmed law is about 24 standard deviations wide
    width = float(np.minimum(widths, 24 * np.sqrt(variance) + 2).sum())
    if len(total) > 1 and width > support:
        return PairLaw(sure, np.empty(0), expected, float(variance.sum()), "normal_limit")
    low, law = _sum_law(n, total)
    return PairLaw(low + sure, law, expected, float(variance.sum()), method)


def _sum_law(n: NDArray[np.int64], total: NDArray[np.int64]) -> Law:
    """Law of the sum over strata; one stratum is left whole, however thin its tails."""
    if len(total) == 1:
        return hypergeometric_laws(n[0], n[1], total)[0]
    # strata with the same margins have the same law: small pools repeat a few
    margins, repeats = np.unique(np.stack([n[0], n[1], total]), axis=1, return_counts=True)
    laws = [
        _repeated(_trimmed(*law), times)
        for law, times in zip(hypergeometric_laws(*margins), repeats.tolist(), strict=True)
    ]
    while len(laws) > 1:
        # neighbours two by two: equal widths are cheapest to convolve
        laws = [
            _convolved(*laws[i : i + 2]) if i + 1 < len(laws) else laws[i]
            for i in range(0, len(laws), 2)
        ]
    return laws[0]


def _log_binomial(n: NDArray[np.float64], k: NDArray[np.float64]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return value


def _trimmed(low: int, law: NDArray[np.float64]) -> Law:
    least = _TAIL * law.max()
    if law[0] > least and law[-1] > least:
        return low, law
    kept = np.flatnonzero(law > least)
    return low + int(kept[0]), law[kept[0] : kept[-1] + 1]


def _repeated(one: Law, times: int) -> Law:
    """Law of the sum of ``times`` independent draws of one law, by squaring."""
    if times == 1:
        return one
    result = (0, np.ones(1))
    while times:
        if times % 2:
            result = _convolved(result, one)
        times //= 2
        if times:
            one = _convolved(one, one)
    return result


def _convolved(one: Law, other: Law) -> Law:
    return _trimmed(one[0] + other[0], np.convolve(one[1], other[1]))
