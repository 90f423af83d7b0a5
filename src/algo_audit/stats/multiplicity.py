"""Several questions at once: corrected p-values and families.

Every function takes a one-dimensional array of p-values without NaN (a question that could not be
tested leaves the family before it gets here) and returns an array in the same order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def _checked(p_values: ArrayLike) -> FloatArray:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError(f"p-values must be one-dimensional, got shape {p.shape}")
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("p-values must lie in [0, 1] and hold no NaN")
    return p


def holm(p_values: ArrayLike) -> FloatArray:
    """P-values corrected so that the chance of one false claim in the family stays at the level.

    Parameters
    ----------
    p_values : array_like, shape (questions,)

    Returns
    -------
    float64 array, shape (questions,)
        ``max over j <= i of (m - j + 1) p_(j)``, cut at 1.

    Raises
    ------
    ValueError
        A value outside [0, 1], a NaN, or more than one dimension.

    Notes
    -----
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979). Valid under any dependence. It misleads when the family was chosen after
    looking at the data, or when p-values were computed against a reference chosen from the data.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """q-values: among leads with q at most 5 %, 5 % are expected to be false.

    Parameters
    ----------
    p_values : array_like, shape (questions,)

    Returns
    -------
    float64 array, shape (questions,)
        ``min over j >= i of m p_(j) / j``, cut at 1.

    Raises
    ------
    ValueError
        A value outside [0, 1], a NaN, or more than one dimension.

    Notes
    -----
    Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995). Holds for
    independent or positively dependent questions. It bounds a proportion of false leads, not the
    chance of one: it sorts what to examine and establishes nothing.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * p.size / ranks), 1.0)
    return adjusted


def tarone(minimum_p_values: ArrayLike, *, level: float) -> NDArray[np.bool_]:
    """Which questions stay in the family: those that could reach the corrected level at all.

    Parameters
    ----------
    minimum_p_values : array_like, shape (questions,)
        Smallest p-value that each question's margins allow (``fisher_minimum``).
    level : float
        Family-wise level.

    Returns
    -------
    bool array, shape (questions,)
        True where the question stays. Apply ``holm`` to those only: which questions stay is
        decided by margins alone, so it costs nothing.

    Raises
    ------
    ValueError
        A value outside [0, 1], a NaN, or more than one dimension.

    Notes
    -----
    R. E. Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990): the
    smallest k such that at most k questions can reach level / k.
    """
    smallest = _checked(minimum_p_values)
    for k in range(1, smallest.size + 1):
        reachable = smallest <= level / k
        if np.count_nonzero(reachable) <= k:
            return reachable
    return np.zeros(smallest.shape, dtype=np.bool_)


def fixed_sequence(p_values: ArrayLike) -> FloatArray:
    """P-values of questions asked in an order fixed beforehand: each counts if all before it do.

    Parameters
    ----------
    p_values : array_like, shape (questions,)
        In the order in which the questions were named.

    Returns
    -------
    float64 array, shape (questions,)
        Running maximum: a question is never surer than those before it.

    Raises
    ------
    ValueError
        A value outside [0, 1], a NaN, or more than one dimension.

    Notes
    -----
    W. Maurer, L. A. Hothorn and W. Lehmacher (1995). The chance of one false claim stays at the
    level without dividing it; it misleads if the order was chosen after seeing the results.
    """
    return np.maximum.accumulate(_checked(p_values))
