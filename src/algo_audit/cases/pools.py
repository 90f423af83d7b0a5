"""What stories of competitions share: pools of candidates, their places, their references.

A pool is what people compete in: a post opened inside, a session of a course. Pools are numbered
from 0 through all the kinds they belong to, so that ``best_of_pool`` takes them as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.causes import Values

Whole = NDArray[np.int64]
Number = NDArray[np.float64]
Table = tuple[tuple[float, ...], ...] | tuple[float, ...]


def of(table: Table, *where: Whole) -> Number:
    """Values of a table of proportions at each row's codes.

    Parameters
    ----------
    table : tuple
        Nested as many times as there are codes.
    *where : int64 array, shape (rows,)

    Returns
    -------
    float64 array, shape (rows,)
    """
    values: Number = np.asarray(table, dtype=np.float64)[where]
    return values


def words(choices: tuple[str, ...], codes: Values) -> Values:
    """The word of each code, shape (rows,)."""
    chosen: Values = np.array(choices, dtype=object)[codes.astype(np.int64)]
    return chosen


def numbered_pools(random: np.random.Generator, kind: Whole, *, kinds: int, size: int) -> Values:
    """Spread the rows of each kind over pools; some pools draw more people than others.

    Parameters
    ----------
    random : numpy.random.Generator
    kind : int64 array, shape (rows,)
        Below ``kinds``.
    kinds, size : int
        ``size`` people per pool, on average.

    Returns
    -------
    int64 array, shape (rows,)
        Pools from 0, none of them empty; a pool is of one kind.
    """
    pool = np.empty(len(kind), dtype=np.int64)
    first = 0
    for code in range(kinds):
        rows = np.flatnonzero(kind == code)
        number = max(1, round(len(rows) / size))
        drawing_power = 0.6 + 0.8 * random.random(number)
        edges = np.cumsum(drawing_power) / drawing_power.sum()
        place = np.searchsorted(edges[:-1], random.random(len(rows)), side="right")
        pool[rows] = first + place
        first += number
    return np.unique(pool, return_inverse=True)[1]


def places_in(random: np.random.Generator, pool: Whole, rate: Number) -> Values:
    """Places of each row's pool: its rate more or less a quarter, at least one, never for all.

    Parameters
    ----------
    random : numpy.random.Generator
    pool : int64 array, shape (rows,)
    rate : float64 array, shape (rows,)
        Places per person; one value per pool.

    Returns
    -------
    int64 array, shape (rows,)
    """
    size = np.bincount(pool)
    of_pool = np.zeros(len(size))
    of_pool[pool] = rate
    around = 0.75 + 0.5 * random.random(len(size))
    places = np.clip(np.rint(size * of_pool * around), 1, np.maximum(1, size - 1)).astype(np.int64)
    return places[pool]


def drawn_per_pool(random: np.random.Generator, pool: Whole, *, below: int) -> Values:
    """One whole number from 0 per pool, given to each of its rows."""
    drawn: Whole = random.integers(0, below, pool.max() + 1)
    return drawn[pool]


def references(prefix: str, pool: Values, opened: Values) -> Values:
    """References of the pools, numbered in the order in which they opened."""
    openings = np.zeros(pool.max() + 1, dtype=np.int64)
    openings[pool] = opened
    number = np.empty_like(openings)
    number[np.argsort(openings, kind="stable")] = np.arange(1, len(openings) + 1)
    digits = max(3, len(str(len(openings))))
    return words(tuple(f"{prefix}-{n:0{digits}d}" for n in number), pool)
