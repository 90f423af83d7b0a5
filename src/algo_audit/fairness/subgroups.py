"""Crossings of attributes: which to look at, and where one is worse than its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from algo_audit.data.counts import CROSSING, CountTable
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.weights import effective_counts
from algo_audit.stats.multiplicity import benjamini_hochberg

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Intersection:
    """A crossing of two groups, beside what each group alone would lead one to expect.

    ``expected_sum`` adds the two single gaps, ``expected_product`` multiplies them, each
    single gap taken among the people who are not in the other group. ``ratio_to_expected`` is the
    rate over ``expected_product``. ``p_value`` is the larger of the two tests, ``p_adjusted`` its
    Benjamini-Hochberg q over all questions asked (two cells of one contrast are one question).
    ``worse`` is for examination only: the rate lies under those of both parts and under both
    expectations, and q is under the level.
    """

    attribute: str
    group: str
    n: int
    events: int
    rate: float
    rates_of_parts: tuple[float, float]
    expected_sum: float
    expected_product: float
    difference_to_expected: Interval
    ratio_to_expected: Interval | None
    p_value: float
    p_adjusted: float
    worse: bool


def crossings(protected: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Crossings to look at: every pair, and all attributes together where there are three or more.

    >>> crossings(("sex", "age", "origin"))
    (('sex', 'age'), ('sex', 'origin'), ('age', 'origin'), ('sex', 'age', 'origin'))
    """
    pairs: list[tuple[str, ...]] = list(combinations(protected, 2))
    return (*pairs, tuple(protected)) if len(protected) > 2 else tuple(pairs)


@dataclass(frozen=True)
class _Square:
    """Four cells in the order: both groups, first only, second only, neither."""

    attribute: str
    group: str
    rows: int
    favoured: int
    n: FloatArray
    events: FloatArray
    contrast: tuple[str, ...]  # the same for cells that ask the same question


def intersections(table: CountTable, *, limits: Limits) -> tuple[Intersection, ...]:
    """Every pair of groups of two attributes, against what the two single gaps explain.

    Parameters
    ----------
    table : CountTable
    limits : Limits
        Cells with fewer people than ``groups.compared_from`` are left out, and so are those
        whose three comparison cells are.

    Returns
    -------
    tuple of Intersection
        In the order of the attributes; exploratory.

    Notes
    -----
    With p11 the rate of the crossing, p10 and p01 those of people in one of the two groups only
    and p00 of people in neither, the sum expects p10 + p01 - p00, the product p10 p01 / p00.
    Which scale is right is not in the data (Rothman, *Modern Epidemiology*, on interaction), so
    both must be missed: the larger p-value counts (intersection-union test, Berger 1982). Half a
    person is added to each side of the four cells, which keeps the logarithm and
    its variance finite at zero cells. It misleads where one attribute is nearly
    the same as the other: then p10 or p01 rests on few people.
    """
    squares = []
    for first, second in combinations(table.protected, 2):
        squares += _squares(table, (first, second), limits.groups.compared_from)
    if not squares:
        return ()
    confidence = limits.levels.confidence
    measured = [_measured(square, confidence=confidence) for square in squares]
    # with two sexes, women of 50+ and men of 50+ are one question: it counts once
    p_values = {
        square.contrast: entry.p_value for square, entry in zip(squares, measured, strict=True)
    }
    adjusted = dict(
        zip(p_values, benjamini_hochberg(list(p_values.values())).tolist(), strict=True)
    )
    return tuple(
        _with_adjusted(entry, adjusted[square.contrast], limits.levels.false_discovery)
        for square, entry in zip(squares, measured, strict=True)
    )


def _squares(table: CountTable, attributes: tuple[str, str], smallest: int) -> list[_Square]:
    counts = table.counts(attributes)
    effective = effective_counts(counts)
    # levels of a group may hold the crossing sign themselves: go by code, not by text
    pairs = [
        (a, b)
        for a in table.axes[attributes[0]]
        for b in table.axes[attributes[1]]
        if CROSSING.join((a, b)) in counts.groups
    ]
    place = {group: i for i, group in enumerate(counts.groups)}
    index = np.array([place[CROSSING.join(pair)] for pair in pairs])
    first = np.array([pair[0] for pair in pairs])
    second = np.array([pair[1] for pair in pairs])
    rows, favoured = counts.rows()[index, 0], counts.events()[index, 0]
    n, events = effective.n[index, 0], effective.events[index, 0]
    found = []
    two = [len(set(names.tolist())) == 2 for names in (first, second)]
    for k, (a, b) in enumerate(pairs):
        in_a, in_b = first == a, second == b
        parts = [in_a & in_b, in_a & ~in_b, ~in_a & in_b, ~in_a & ~in_b]
        if min(int(rows[part].sum()) for part in parts) < smallest:
            continue
        found.append(
            _Square(
                attribute=CROSSING.join(attributes),
                group=CROSSING.join((a, b)),
                rows=int(rows[k]),
                favoured=int(favoured[k]),
                n=np.array([n[part].sum() for part in parts]),
                events=np.array([events[part].sum() for part in parts]),
                contrast=(*attributes, "" if two[0] else a, "" if two[1] else b),
            )
        )
    return found


def _measured(square: _Square, *, confidence: float) -> Intersection:
    z = float(ndtri(0.5 + confidence / 2))
    rate = square.events / square.n
    # half a person on each side, so that a cell without favourable decision has a logarithm
    n, soft = square.n + 1.0, (square.events + 0.5) / (square.n + 1.0)
    sign = np.array([1.0, -1.0, -1.0, 1.0])
    contrast = float(sign @ rate)
    spread = float(np.sqrt((soft * (1 - soft) / n).sum()))
    logarithm = float(sign @ np.log(soft))
    log_spread = float(np.sqrt(((1 - soft) / (n * soft)).sum()))
    p_value = max(
        2 * float(ndtr(-abs(contrast) / spread)), 2 * float(ndtr(-abs(logarithm) / log_spread))
    )
    expected_product = float(soft[1] * soft[2] / soft[3])
    ratio = float(soft[0] / expected_product)
    half = float(np.exp(z * log_spread))
    return Intersection(
        attribute=square.attribute,
        group=square.group,
        n=square.rows,
        events=square.favoured,
        rate=float(rate[0]),
        rates_of_parts=(float(rate[1]), float(rate[2])),
        expected_sum=float(rate[1] + rate[2] - rate[3]),
        expected_product=expected_product,
        difference_to_expected=Interval(contrast, contrast - z * spread, contrast + z * spread),
        ratio_to_expected=Interval(ratio, ratio / half, ratio * half),
        p_value=p_value,
        p_adjusted=1.0,
        worse=False,
    )


def _with_adjusted(entry: Intersection, q: float, level: float) -> Intersection:
    under = entry.rate < min(entry.expected_sum, entry.expected_product, *entry.rates_of_parts)
    return replace(entry, p_adjusted=max(q, entry.p_value), worse=under and q < level)
