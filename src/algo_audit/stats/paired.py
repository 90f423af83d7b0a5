"""Two answers to one pair: McNemar's exact test and the score interval of their difference."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, norm


def mcnemar_exact(first_only: int, second_only: int) -> float:
    """Two-sided exact p-value of equal chances in discordant pairs.

    Parameters
    ----------
    first_only, second_only : int
        Pairs in which only the first, or only the second, got the favourable decision.

    Returns
    -------
    float
        Sum of the binomial(n, 1/2) probabilities no larger than the observed one; 1 without a
        discordant pair.

    Notes
    -----
    McNemar, Psychometrika 12 (1947). Pairs that agree say nothing about the difference, which
    does not mean that they do not matter: they are shown beside it.
    """
    discordant = first_only + second_only
    if discordant == 0:
        return 1.0
    return float(min(1.0, 2 * binom.cdf(min(first_only, second_only), discordant, 0.5)))


def paired_difference_interval(
    first_only: int, second_only: int, pairs: int, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Score interval of the difference of two rates in matched pairs.

    Parameters
    ----------
    first_only, second_only : int
    pairs : int
        All pairs, those that agree included; at least one.
    confidence : float

    Returns
    -------
    low, high : float
        Of ``(first_only - second_only) / pairs``, within [-1, 1].

    Notes
    -----
    Tango, Statistics in Medicine 17 (1998): the differences that a score test does not reject,
    the other rate estimated under each by maximum likelihood. Symmetric in the two members of a
    pair. With fewer than ten pairs it may miss its level by a few points.
    """
    z = float(norm.ppf(0.5 + confidence / 2))
    b, c, n = float(first_only), float(second_only), float(pairs)

    def statistic(difference: float) -> float:
        # q21: rate of pairs with the second only, under this difference
        middle = -b - c + (2 * n - b + c) * difference
        last = -c * difference * (1 - difference)
        root = sqrt(max(middle * middle - 8 * n * last, 0.0))
        q21 = (root - middle) / (4 * n)
        variance = n * (2 * q21 + difference * (1 - difference))
        gap = b - c - n * difference
        if variance <= 0:
            return 0.0 if abs(gap) < 1e-12 else float(np.sign(gap)) * np.inf
        return gap / sqrt(variance)

    value, edge = (b - c) / n, 1 - 1e-12
    low, high = -1.0, 1.0
    if value > -1 and statistic(-edge) > z:
        low = float(brentq(lambda d: statistic(d) - z, -edge, value, xtol=1e-12))
    if value < 1 and statistic(edge) < -z:
        high = float(brentq(lambda d: statistic(d) + z, value, edge, xtol=1e-12))
    return low, high
