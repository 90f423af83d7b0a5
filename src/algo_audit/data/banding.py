"""Bands of numbers (ages, years of service) and the natural order of bands already made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.vocabulary import fold

_INFINITE = float("inf")


def _written(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:g}"


def band_labels(cuts: Sequence[float], *, whole: bool) -> tuple[str, ...]:
    """Names of the bands between cuts.

    Parameters
    ----------
    cuts : sequence of float
        Rising lower bounds of the second and later bands.
    whole : bool
        The values are whole numbers (or completed years), so that a band may be named by
        its last value: ``30-39``. Otherwise ``30-<40``: 39.5 belongs to it.

    Returns
    -------
    tuple of str
        ``<30``, ``30-39``, ``40-49``, ``50+``: one more than cuts.
    """
    middle = []
    for low, high in pairwise(cuts):
        if whole and float(high).is_integer() and float(low).is_integer():
            last = high - 1
            middle.append(_written(low) if last == low else f"{_written(low)}-{_written(last)}")
        else:
            middle.append(f"{_written(low)}-<{_written(high)}")
    return (f"<{_written(cuts[0])}", *middle, f"{_written(cuts[-1])}+")


def band_codes(values: NDArray[np.float64], cuts: Sequence[float]) -> NDArray[np.int64]:
    """Band of each value: 0 below the first cut, ``len(cuts)`` from the last one on.

    NaN belongs to no band: -1.
    """
    codes = np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="right")
    return np.where(np.isnan(values), -1, codes)


_NUMBER = r"(\d+(?:[.,]\d+)?)"
_FILLERS = re.compile(
    r"\b(ans?|annees?|years?|yrs?|age[ds]?|old|de|from|entre|between|of)\b|[%€$£]"
)
_RANGE = re.compile(
    rf"^[\[\](]?\s*{_NUMBER}\s*(?:-<?|–|—|;|a|to|et|and|\.\.)\s*{_NUMBER}\s*[\[\])]?$"
)
_BELOW = re.compile(
    rf"^(?:<=?|≤|moins|under|below|less than|up to|jusqu'a|inferieur a|younger than)\s*{_NUMBER}$"
    rf"|^{_NUMBER}\s*(?:et moins|ou moins|and under|and below|or less|and younger|>=?)$"
)
_ABOVE = re.compile(
    rf"^(?:>=?|≥|plus|over|above|more than|au moins|at least|superieur a|older than)\s*{_NUMBER}$"
    rf"|^{_NUMBER}\s*(?:\+|et \+|et plus|ou plus|and over|and above|or more|and older|<=?)$"
)


def band_bounds(text: str) -> tuple[float, float] | None:
    """Lowest and highest value of a band as people write it, or None.

    ``20 - 25``, ``de 30 à 39 ans``, ``[40;50[``, ``moins de 30 ans``, ``<30``, ``50+``,
    ``55<=``, ``65 and over``.
    """
    bare = " ".join(_FILLERS.sub(" ", fold(text)).split())
    found = _RANGE.match(bare)
    if found:
        low, high = _read(found[1]), _read(found[2])
        return (low, high) if low <= high else None
    for pattern, below in ((_BELOW, True), (_ABOVE, False)):
        found = pattern.match(bare)
        if found:
            bound = _read(found[1] or found[2])
            return (-_INFINITE, bound) if below else (bound, _INFINITE)
    return None


def _read(text: str) -> float:
    return float(text.replace(",", "."))


def in_order(levels: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Levels in the order to print, and whether that order means something.

    Bands stand from low to high, numbers by size, other values by alphabet, accents and case
    aside. Only bands and years are called ordered: numbers may be codes.

    Parameters
    ----------
    levels : sequence of str

    Returns
    -------
    levels : tuple of str
    ordered : bool
    """
    bounds = [band_bounds(level) for level in levels]
    if levels and all(bound is not None for bound in bounds):
        ranked = sorted(zip(bounds, levels, strict=True), key=lambda pair: (pair[0], pair[1]))
        return tuple(level for _, level in ranked), True
    try:
        numbers = [_read(level) for level in levels]
    except ValueError:
        return tuple(sorted(levels, key=lambda level: (fold(level), level))), False
    years = all(number.is_integer() and 1900 <= number <= 2100 for number in numbers)
    ranked_numbers = sorted(zip(numbers, levels, strict=True))
    return tuple(level for _, level in ranked_numbers), years and len(levels) > 1
