"""Resampling a whole file by its cells: the row bootstrap of every count measure, without rows.

Drawing n rows with replacement gives multinomial cell counts, and a count measure depends on the
cells only: so drawing the cells is the row bootstrap exactly, at a cost that does not depend on
the number of rows. It is not the bootstrap of anything else (AUC, means of a score), and rows
that go together (clusters, pools) must not be resampled one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def multinomial_replicates(
    n: NDArray[np.int64], *, replicates: int, seed: int
) -> NDArray[np.float64]:
    """Files of the same size drawn with replacement, as counts per cell.

    Parameters
    ----------
    n : int64 array, shape (cells,)
        Rows of every cell.
    replicates : int
    seed : int

    Returns
    -------
    float64 array, shape (replicates, cells)
        Whole numbers, as floats so that margins are matrix products.

    Notes
    -----
    Efron and Tibshirani (1993), chapter 6.
    """
    total = int(n.sum())
    if total == 0:
        return np.zeros((replicates, len(n)))
    rng = np.random.default_rng(seed)
    return rng.multinomial(total, n / total, size=replicates).astype(np.float64)


def percentile_rates(
    replicates: NDArray[np.float64],
    group: NDArray[np.int64],
    numerators: NDArray[np.bool_],
    denominators: NDArray[np.bool_],
    *,
    groups: int,
    confidence: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile intervals of several rates in every group of one margin.

    Parameters
    ----------
    replicates : float64 array, shape (replicates, cells)
    group : int64 array, shape (cells,)
        Group of every cell in this margin, -1 for none.
    numerators, denominators : bool arrays, shape (rates, cells)
        Which cells each rate counts.
    groups : int
    confidence : float
        0 to 1.

    Returns
    -------
    low, high : float64 arrays, shape (groups, rates)
        0 and 1 where a rate has no denominator in any replicate: nothing is known.

    Notes
    -----
    Percentile intervals are too narrow at small counts and empty at 0 %: ``rate_interval`` holds
    there. Their use is to resample many margins of a large file at once.
    """
    cells = np.flatnonzero(group >= 0)
    rates = len(numerators)
    member = np.zeros((len(cells), groups))
    member[np.arange(len(cells)), group[cells]] = 1.0
    # one product for all rates: numerators in the first half of the columns, then denominators
    kinds = np.concatenate([numerators, denominators])[:, cells].T
    select = (kinds[:, :, np.newaxis] * member[:, np.newaxis, :]).reshape(len(cells), -1)
    sums = (select.T @ replicates[:, cells].T).reshape(2, rates, groups, len(replicates))
    values = np.full(sums.shape[1:], np.nan)
    np.divide(sums[0], sums[1], out=values, where=sums[1] > 0)
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    empty = sums[1] <= 0
    if not empty.any():
        low, high = _quantiles(values, tails)
        return low.T, high.T
    nothing = empty.all(axis=2)
    values[nothing] = 0.0
    low, high = np.nanquantile(values, tails, axis=2)
    return np.where(nothing, 0.0, low).T, np.where(nothing, 1.0, high).T


def _quantiles(
    values: NDArray[np.float64], shares: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two quantiles along the last axis, interpolated as numpy does, without a full sort."""
    last = values.shape[-1] - 1
    places = [share * last for share in shares]
    below = [int(place) for place in places]
    above = [min(place + 1, last) for place in below]
    values = np.partition(values, sorted({*below, *above}), axis=-1)
    low, high = (
        values[..., b] + (place - b) * (values[..., a] - values[..., b])
        for place, b, a in zip(places, below, above, strict=True)
    )
    return low, high
