"""The ten-minute warm-up: 120 fictitious applicants for thirty places in three colleges.

Each table ranks ten people of one college by hand; nobody is right. What is shown is how far
tables differ from each other, from a plain grid, and from what chance alone would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import kendalltau

COLLEGES = ("state", "unions", "employers")
PER_COLLEGE, PLACES = 40, 10
SEED = 37
GRID = "grid"
MOTIVES = ("bargaining", "management", "curiosity", "chosen")


@dataclass(frozen=True)
class Applicant:
    """An applicant to a national session: fictitious.

    ``number`` runs from 1 to 120, the college is that of its forty; ``motive`` is a code;
    ``points`` are the grid's, which tables do not see.
    """

    number: int
    college: str
    years: int
    mandates: int
    letter: int
    motive: str
    points: float


def applicants(*, seed: int = SEED) -> tuple[Applicant, ...]:
    """The 120 applicants, the same for the same seed.

    Returns
    -------
    tuple of Applicant
        The grid: 2 points a year in post up to ten, 8 a mandate up to three, 4 for each mark of
        the letter out of 10, 5 for bargaining or management at work.
    """
    random = np.random.default_rng(seed)
    people = []
    for place in range(PER_COLLEGE * len(COLLEGES)):
        years, mandates = int(random.integers(1, 31)), int(random.integers(0, 5))
        letter = int(np.clip(np.rint(random.normal(6, 2)), 1, 10))
        motive = MOTIVES[int(random.integers(0, len(MOTIVES)))]
        points = 2.0 * min(years, 10) + 8.0 * min(mandates, 3) + 4.0 * letter
        points += 5.0 * (motive in MOTIVES[:2])
        college = COLLEGES[place // PER_COLLEGE]
        people.append(Applicant(place + 1, college, years, mandates, letter, motive, points))
    return tuple(people)


def grid_picks(college: str, *, seed: int = SEED) -> tuple[int, ...]:
    """The grid's ten of a college, best first; on a tie the lower number."""
    own = [one for one in applicants(seed=seed) if one.college == college]
    own.sort(key=lambda one: (-one.points, one.number))
    return tuple(one.number for one in own[:PLACES])


def college_of(number: int) -> str:
    """College of an applicant's number."""
    return COLLEGES[(number - 1) // PER_COLLEGE]


@dataclass(frozen=True)
class Agreement:
    """How far two lists of one college agree.

    Attributes
    ----------
    first, second : str
        Tables, or ``grid``.
    college : str
    common : int
        People whom both took.
    of : int
        Length of the shorter list.
    by_chance : float
        People whom two lists of these lengths share on average when drawn at random.
    tau : float or None
        Kendall's tau-b of the two rankings of the college, those not taken tied at the end; None
        where it has no meaning. 1: the same order; 0: none; it exceeds 0 when the lists share
        more people than chance, even in another order.
    """

    first: str
    second: str
    college: str
    common: int
    of: int
    by_chance: float
    tau: float | None


def compare_tables(
    picks: Sequence[tuple[str, Sequence[int]]], *, seed: int = SEED
) -> tuple[Agreement, ...]:
    """Compare every pair of tables of one college, then each table with the grid.

    Parameters
    ----------
    picks : sequence of (name, numbers)
        Best first, all of one college.
    seed : int

    Returns
    -------
    tuple of Agreement
    """
    found = [
        _agreement(one, other)
        for one, other in combinations(picks, 2)
        if college_of(one[1][0]) == college_of(other[1][0])
    ]
    return (
        *found,
        *(_agreement(one, (GRID, grid_picks(college_of(one[1][0]), seed=seed))) for one in picks),
    )


def _agreement(one: tuple[str, Sequence[int]], other: tuple[str, Sequence[int]]) -> Agreement:
    common = len(set(one[1]) & set(other[1]))
    first, second = _ranks(one[1]), _ranks(other[1])
    tau = float(kendalltau(first, second).statistic)
    return Agreement(
        first=one[0],
        second=other[0],
        college=college_of(one[1][0]),
        common=common,
        of=min(len(one[1]), len(other[1])),
        by_chance=len(one[1]) * len(other[1]) / PER_COLLEGE,
        tau=None if np.isnan(tau) else tau,
    )


def _ranks(numbers: Sequence[int]) -> list[int]:
    """Rank of each of the college's forty; those not taken share the last."""
    start = COLLEGES.index(college_of(numbers[0])) * PER_COLLEGE
    place = {number: rank for rank, number in enumerate(numbers)}
    return [place.get(start + 1 + one, PER_COLLEGE) for one in range(PER_COLLEGE)]
