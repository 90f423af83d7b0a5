"""Counts: group x stratum x outcome. The only input of count measures; no person in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Counts:
    """Headcounts of one attribute (or crossing), within one stratum or none.

    Attributes
    ----------
    attribute : tuple of str
        Column or columns crossed.
    groups : tuple of str
        Levels; a crossing is written ``F × 50+``.
    stratum : str or None
    strata : tuple of str
        Levels of the stratum; ``("",)`` when there is none.
    n : int64 array, shape (groups, strata, 2, 3, 3)
        Rows by outcome (0 refused, 1 favourable), label (0, 1, 2 = not known) and
        score against the whole sample's median (0 not above, 1 above, 2 = no score).
        Sub-axes that the file does not have hold everything in their last place.
    weight, weight_squared : float64 arrays of the same shape, or None
        Sums of the sampling weights and of their squares.
    unknown, unknown_favourable : int
        Rows whose attribute is unknown, and the favourable ones among them.
    """

    attribute: tuple[str, ...]
    groups: tuple[str, ...]
    stratum: str | None
    strata: tuple[str, ...]
    n: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None
    weight_squared: NDArray[np.float64] | None = None
    unknown: int = 0
    unknown_favourable: int = 0
