"""Mean of a figure over people, with how sure it is."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from algo_audit.fairness.comparison import Estimate


def mean_estimate(values: NDArray[np.float64], confidence: float) -> Estimate:
    """Mean over people with its normal interval.

    Parameters
    ----------
    values : float64 array, shape (people,)
    confidence : float
        0 to 1.

    Returns
    -------
    Estimate
        No interval of one value; ``too_few_people`` of none.
    """
    n = len(values)
    if n < 2:
        value = float(values[0]) if n else None
        return Estimate(value, n=n, missing_reason=None if n else "too_few_people")
    critical = NormalDist().inv_cdf((1 + confidence) / 2)
    half = critical * float(values.std(ddof=1)) / float(np.sqrt(n))
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half, n, method="normal")
