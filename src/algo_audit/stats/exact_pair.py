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


def hypergeometric_probabilities(
    first: int, second: int, events: int
) -> tuple[int, NDArray[np.float64]]:
    """Probabilities of the events that fall on the first of two groups.

    Parameters
    ----------
    first, second : int
        Headcounts.
    events : int
        Events in both together.

    Returns
    -------
    int
        Smallest possible count.
    float64 array
        Probability of that count and of each following one.
    """
    low, high = max(0, events - second), min(first, events)
    count = np.arange(low, high + 1, dtype=np.float64)
    logarithm = (
        _log_binomial(first, count)
        + _log_binomial(second, events - count)
        - _log_binomial(first + second, np.array([float(events)]))
    )
    probability = np.exp(logarithm)
    return low, probability / probability.sum()


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
    total = events.sum(axis=0)
    people = n.sum(axis=0)
    open_strata = (n > 0).all(axis=0) & (total > 0) & (total < people)
    if not bool(open_strata.any()):
        return PairTest(1.0, 1.0, "fisher" if n.shape[1] == 1 else "exact_strata")
    sizes, seen, total = n[:, open_strata], events[:, open_strata], total[open_strata]
    if len(total) == 1:
        low, law = hypergeometric_probabilities(int(sizes[0, 0]), int(sizes[1, 0]), int(total[0]))
        p_value, minimum = _two_sided(law, int(seen[0, 0]) - low)
        return PairTest(p_value, minimum, "fisher" if n.shape[1] == 1 else "exact_strata")
    return _several(sizes, seen, total, support)


def _several(
    n: NDArray[np.int64],
    events: NDArray[np.int64],
    total: NDArray[np.int64],
    support: int,
) -> PairTest:
    people = n.sum(axis=0).astype(np.float64)
    expected = n[0] * total / people
    variance = n[0] * n[1] * total * (people - total) / (people**2 * (people - 1))
    deviation = float(events[0].sum() - expected.sum())
    normal = float(erfc(abs(deviation) / np.sqrt(2 * variance.sum())))
    widths = np.minimum(np.minimum(*n), np.minimum(total, people - total))
    # a trimmed law is about 24 standard deviations wide
    if np.minimum(widths, 24 * np.sqrt(variance) + 2).sum() > support:
        return PairTest(normal, 0.0, "normal_limit")
    laws = [
        _trimmed(*hypergeometric_probabilities(int(a), int(b), int(t)))
        for a, b, t in zip(n[0], n[1], total, strict=True)
    ]
    while len(laws) > 1:
        # neighbours two by two: equal widths are cheapest to convolve
        laws = [
            _convolved(*laws[i : i + 2]) if i + 1 < len(laws) else laws[i]
            for i in range(0, len(laws), 2)
        ]
    low, law = laws[0]
    place = int(events[0].sum()) - low
    if not 0 <= place < len(law) or law[place] < _TAIL:
        return PairTest(normal, 0.0, "exact_strata")
    p_value, minimum = _two_sided(law, place)
    return PairTest(p_value, minimum, "exact_strata")


def _log_binomial(n: int, k: NDArray[np.float64]) -> NDArray[np.float64]:
    value: NDArray[np.float64] = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return value


def _two_sided(law: NDArray[np.float64], place: int) -> tuple[float, float]:
    p_value = float(law[law <= law[place] * _TIE].sum())
    minimum = float(law[law <= law.min() * _TIE].sum())
    return min(p_value, 1.0), min(minimum, 1.0)


def _trimmed(low: int, law: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
    kept = np.flatnonzero(law > _TAIL * law.max())
    return low + int(kept[0]), law[kept[0] : kept[-1] + 1]


def _convolved(
    one: tuple[int, NDArray[np.float64]], other: tuple[int, NDArray[np.float64]]
) -> tuple[int, NDArray[np.float64]]:
    return _trimmed(one[0] + other[0], np.convolve(one[1], other[1]))
