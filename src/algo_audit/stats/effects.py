"""How far apart two groups' scores lie: standardised mean difference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

FloatArray = NDArray[np.float64]


class StandardisedDifference(NamedTuple):
    """Cohen's d (group minus reference), its interval; NaN where a group cannot tell a spread."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


def standardised_mean_difference(
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    n: ArrayLike,
    mean_reference: ArrayLike,
    standard_deviation_reference: ArrayLike,
    n_reference: ArrayLike,
    *,
    confidence: float = 0.95,
) -> StandardisedDifference:
    """Difference of means in pooled standard deviations (Cohen's d).

    Parameters
    ----------
    mean, standard_deviation, n, mean_reference, standard_deviation_reference, n_reference
        array_like, shapes broadcast. Standard deviations with n - 1 in the denominator.
    confidence : float

    Returns
    -------
    StandardisedDifference
        ``d = (mean - mean_reference) / s``, ``s`` the pooled standard deviation, with the normal
        interval ``d +- z sqrt(1/n1 + 1/n2 + d**2 / (2 (n1 + n2)))`` (Hedges and Olkin 1985).
        NaN where the pooled spread is zero or fewer than three people are compared.

    Notes
    -----
    Unit: standard deviations. It misleads where the two groups' spreads differ much, or where a
    cut-off matters more than the mean: read it beside the selection rates.
    """
    arrays = np.broadcast_arrays(
        mean, standard_deviation, n, mean_reference, standard_deviation_reference, n_reference
    )
    m1, s1, n1, m2, s2, n2 = (np.asarray(v, dtype=float) for v in arrays)
    df = n1 + n2 - 2
    squares = np.maximum(n1 - 1, 0) * s1**2 + np.maximum(n2 - 1, 0) * s2**2
    known = (df > 0) & (n1 > 0) & (n2 > 0) & (squares > 0)
    spread = np.sqrt(np.where(known, squares, 1.0) / np.where(known, df, 1.0))
    d = np.where(known, (m1 - m2) / spread, np.nan)
    size1, size2 = np.maximum(n1, 1), np.maximum(n2, 1)
    error = np.sqrt(1 / size1 + 1 / size2 + d**2 / (2 * (size1 + size2)))
    half = float(ndtri(0.5 + confidence / 2)) * error
    return StandardisedDifference(d, d - half, d + half)
