"""The same places filled in another way: who would be taken, and with what later results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from algo_audit.data.decisions import Decisions
from algo_audit.data.vocabulary import is_unknown
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.score_groups import NO_LABEL
from algo_audit.stats.intervals import rate_interval, rate_method

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

AGRESTI_CAFFO, LOTTERIES = "agresti_caffo", "hypergeometric"
NOBODY = "nobody_chosen"


@dataclass(frozen=True)
class Filling:
    """How the system fills the places: who is taken, and how many in each pool.

    Attributes
    ----------
    taken : float64 array, shape (rows,)
        1 where the system takes the person.
    pool : int64 array, shape (rows,)
        From 0; a file without pools is one pool.
    places : float64 array, shape (pools,)
    people : float64 array, shape (pools,)
    """

    taken: FloatArray
    pool: IntArray
    places: FloatArray
    people: FloatArray

    @classmethod
    def of(cls, decision: NDArray[np.int8], decisions: Decisions) -> Filling:
        """The places that the system's decisions fill."""
        taken = decision.astype(np.float64)
        if decisions.pool is None:
            pool = np.zeros(len(taken), dtype=np.int64)
        else:
            pool = decisions.pool.codes.astype(np.int64) + 1
        places = np.bincount(pool, weights=taken).astype(np.float64)
        return cls(taken, pool, places, np.bincount(pool).astype(np.float64))


def drawn(filling: Filling) -> FloatArray:
    """Everyone's chance in a lottery for the places of the pool: shape (rows,)."""
    chance = filling.places / np.maximum(filling.people, 1.0)
    return np.asarray(chance)[filling.pool]


def ranked(filling: Filling, by: FloatArray) -> FloatArray:
    """Everyone's chance where the highest of each pool are taken, equal ones drawn among.

    Parameters
    ----------
    filling : Filling
    by : float64 array, shape (rows,)
        NaN comes last.

    Returns
    -------
    float64 array, shape (rows,)
        0 or 1, between the two for those equal at the last place.
    """
    value = np.where(np.isnan(by), -np.inf, by)
    order = np.lexsort((-value, filling.pool))
    pool, value = filling.pool[order], value[order]
    first = np.r_[True, pool[1:] != pool[:-1]]
    place = np.arange(len(order))
    start = np.maximum.accumulate(np.where(first, place, 0))
    tie = np.cumsum(first | np.r_[True, value[1:] != value[:-1]]) - 1
    size = np.bincount(tie)
    ahead = (place - start)[np.r_[True, tie[1:] != tie[:-1]]]
    left = filling.places[pool] - ahead[tie]
    chance = np.empty(len(order))
    chance[order] = np.clip(left / size[tie], 0.0, 1.0)
    return chance


def places_alike(
    filling: Filling, chance: FloatArray, *, lottery: bool, confidence: float
) -> Estimate:
    """Share of the system's places that go to the same people.

    A rate among the places, its interval by score or exact limits. For a lottery: what it gives on
    average, and where the share of lotteries that ``confidence`` says falls.
    """
    places = int(filling.places.sum())
    if not places:
        return Estimate(None, missing_reason=NOBODY)
    same = float(filling.taken @ chance)
    if lottery:
        k, n = filling.places, filling.people
        spread = k**2 * (n - k) ** 2 / np.maximum(n**2 * (n - 1), 1.0)
        half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(spread.sum())) / places
        value = same / places
        return Estimate(value, max(0.0, value - half), min(1.0, value + half), places, LOTTERIES)
    low, high = rate_interval(same, places, confidence=confidence)
    return Estimate(same / places, float(low), float(high), places, str(rate_method(same, places)))


def good_share(chance: FloatArray, label: NDArray[np.int8], *, confidence: float) -> Estimate:
    """Share of good labels among those taken, of people whose label is known.

    ``n`` is how many of them a draw takes on average.
    """
    known = label >= 0
    weight = chance[known]
    size = float(weight.sum())
    if size <= 0:
        return Estimate(None, missing_reason=NO_LABEL if not known.any() else NOBODY)
    good = float(weight @ (label[known] == 1))
    low, high = rate_interval(good, size, confidence=confidence)
    return Estimate(good / size, float(low), float(high), round(size), str(rate_method(good, size)))


def gain_of(
    filling: Filling, chance: FloatArray, label: NDArray[np.int8], *, confidence: float
) -> Estimate:
    """Share of good labels among those whom the system takes, minus the same of the baseline.

    Parameters
    ----------
    filling : Filling
    chance : float64 array, shape (rows,)
        Of being taken by the baseline.
    label : int8 array, shape (rows,)
        1 good, 0 not, -1 not known: left out.
    confidence : float

    Returns
    -------
    Estimate
        ``n``: people with a known label whom the two ways treat differently.

    Notes
    -----
    Whoever both ways take counts on both sides and falls out: the variance is of the labels of the
    others, each of the two kinds (taken rather by the system, or rather by the baseline) with its
    own rate, one good and one bad label added to each (Agresti and Caffo, American Statistician
    54, 2000).
    """
    known = label >= 0
    ours, theirs = filling.taken[known], chance[known]
    good = (label[known] == 1).astype(np.float64)
    if not known.any():
        return Estimate(None, missing_reason=NO_LABEL)
    if ours.sum() <= 0 or theirs.sum() <= 0:
        return Estimate(None, missing_reason=NOBODY)
    lean = ours / ours.sum() - theirs / theirs.sum()
    value = float(lean @ good)
    variance, people = 0.0, 0
    for side in (lean > 0, lean < 0):
        n, events = int(side.sum()), float(good[side].sum())
        rate = (events + 1) / (n + 2)
        variance += float((lean[side] ** 2).sum()) * rate * (1 - rate)
        people += n
    half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(variance))
    low, high = max(-1.0, value - half), min(1.0, value + half)
    return Estimate(value, low, high, people, AGRESTI_CAFFO)


def numbers_of(decisions: Decisions, column: str | None) -> FloatArray | None:
    """A column of the file as numbers, NaN where it says none; None without such a column."""
    texts = _texts(decisions, column)
    if texts is None:
        return None
    import pyarrow as pa

    from algo_audit.data.conversion import convert_numbers

    filled = [text for text in texts if not is_unknown(text)]
    if not filled:
        return None
    # a column that was declared a number, in a French file: a comma between digits is decimal
    numbers = convert_numbers(pa.array(filled, pa.string()), decimal_comma=True)
    return _placed(texts, numbers.values.tolist())


def dates_of(decisions: Decisions, column: str | None) -> FloatArray | None:
    """A column of dates as days, NaN where it says none; None where it is no column of dates."""
    texts = _texts(decisions, column)
    if texts is None:
        return None
    from algo_audit.data.conversion import convert_dates

    filled = [text for text in texts if not is_unknown(text)]
    dates = convert_dates(filled)
    if dates is None:
        return None
    return _placed(texts, [float(day.toordinal()) for day in dates.values])


def _texts(decisions: Decisions, column: str | None) -> list[str] | None:
    table = decisions.table
    if column is None or table is None or column not in table.columns:
        return None
    return [str(text).strip() for text in table[column].fillna("").tolist()]


def _placed(texts: list[str], values: list[float]) -> FloatArray:
    """Values of the filled cells, back in the rows they came from."""
    left = iter(values)
    return np.array([np.nan if is_unknown(text) else next(left) for text in texts])
