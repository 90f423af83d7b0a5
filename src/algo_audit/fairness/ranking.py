"""The best k of a pool: gaps within pools and between pools, share at k, exposure by rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.stats.intervals import rate_interval, rate_method
from algo_audit.stats.multiplicity import holm
from algo_audit.stats.stratified import mantel_haenszel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class PoolGap:
    """The raw gap split in two: which pools people are in, and who is chosen in each.

    ``raw = between + within`` exactly, in difference of rates (0 to 1): ``between`` is the gap
    there would be if each pool chose at the same rate for both. A pool with one of the two groups
    only belongs to ``between``: nobody was compared there. ``between_p_value`` says how often a
    gap as large would arise if everybody were in a pool by chance; ``between_p_adjusted`` is
    corrected for the number of groups looked at (Holm).
    """

    attribute: str
    group: str
    reference: str
    raw: float
    between: float
    within: float
    within_interval: Interval | None
    between_p_value: float | None = None
    between_p_adjusted: float | None = None


@dataclass(frozen=True)
class PoolShare:
    """One group: its share of the candidates, of the chosen, and of exposure by rank.

    ``share_expected`` is the share of the chosen that an equal draw inside each pool gives.
    ``exposure`` (1 / log2(1 + rank), share of the total) only where the file has a score.
    """

    attribute: str
    group: str
    n: int
    chosen: int
    share_of_candidates: float
    share_of_chosen: Estimate
    share_expected: float
    exposure_share: float | None
    exposure_expected: float | None


@dataclass(frozen=True)
class Pools:
    """The pools of a file."""

    column: str
    pools: int
    pools_with_choice: int  # at least one chosen and one not
    chosen: int
    gaps: tuple[PoolGap, ...]
    shares: tuple[PoolShare, ...]


def pool_chapter(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> Pools | None:
    """Gaps between and within pools, shares among the chosen, exposure by rank.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of str to str
        Reference group of every attribute (or crossing ``sex × age``) to look at.
    limits : Limits

    Returns
    -------
    Pools or None
        None without a pool column. Rows whose pool is unknown are left out, and for each
        attribute those whose attribute is. ``gaps`` hold groups from ``groups.compared_from`` on,
        ``shares`` all groups.

    Notes
    -----
    Candidates of one pool compete for the same places: a raw test takes them as independent
    and "finds" a gap in most audits where groups are in pools of unlike size. Rows are counted,
    sampling weights are not used: places in a pool are not sampled.
    """
    if decisions.pool is None:
        return None
    pool = decisions.pool.codes.astype(np.int64)
    size = len(decisions.pool.levels)
    clusters = None if decisions.cluster is None else decisions.cluster.codes.astype(np.int64)
    held = pool >= 0
    n = np.bincount(pool[held], minlength=size)
    chosen = np.bincount(pool[held & (decisions.outcome == 1)], minlength=size)
    exposure = None
    if decisions.score is not None:
        exposure = rank_exposure(decisions.score, pool)
    gaps: list[PoolGap] = []
    shares: list[PoolShare] = []
    for attribute, reference in references.items():
        codes, levels = crossed_codes(decisions, attribute)
        rows = held & (codes >= 0)
        tables = _tables(codes, pool, decisions.outcome, rows, (len(levels), size))
        expected = None if exposure is None else _exposure(codes, pool, exposure, rows, tables[0])
        shares += _shares(attribute, levels, tables, expected, limits.levels.confidence)
        found = _gaps(attribute, levels, tables, levels.index(reference), limits=limits)
        own = None if clusters is None else clusters[rows]
        for gap in found:
            pair = (levels.index(gap.group), levels.index(gap.reference))
            p_value = _between_p(codes[rows], pool[rows], own, pair, tables)
            gaps.append(replace(gap, between_p_value=p_value))
    return Pools(
        column=decisions.pool.name,
        pools=int((n > 0).sum()),
        pools_with_choice=int(((chosen > 0) & (chosen < n)).sum()),
        chosen=int(chosen.sum()),
        gaps=_corrected(gaps),
        shares=tuple(shares),
    )


def _tables(
    codes: IntArray,
    pool: IntArray,
    outcome: NDArray[np.int8],
    rows: NDArray[np.bool_],
    shape: tuple[int, int],
) -> tuple[IntArray, IntArray]:
    """Headcounts and favourable decisions, shape (groups, pools)."""
    cell = codes[rows] * shape[1] + pool[rows]
    n = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    events = np.bincount(cell[outcome[rows] == 1], minlength=shape[0] * shape[1]).reshape(shape)
    return n.astype(np.int64), events.astype(np.int64)


def pool_gap(
    events: IntArray, n: IntArray, events_reference: IntArray, n_reference: IntArray
) -> tuple[float, float, float]:
    """The raw difference of rates as (raw, between, within); arrays of shape (pools,).

    Notes
    -----
    With r the rate of both groups together in a pool, between = sum r (n / N - n_ref / N_ref) and
    within = sum (events - r n) (1 / N + 1 / N_ref): Kitagawa's (1955) decomposition with the
    pool's own rate as standard. They add up to the raw difference exactly.
    """
    people = n + n_reference
    rate = np.divide(
        events + events_reference, people, out=np.zeros(len(n), dtype=np.float64), where=people > 0
    )
    total, total_reference = float(n.sum()), float(n_reference.sum())
    raw = float(events.sum()) / total - float(events_reference.sum()) / total_reference
    within = float((events - rate * n).sum()) * (1 / total + 1 / total_reference)
    return raw, raw - within, within


def _gaps(
    attribute: str,
    levels: tuple[str, ...],
    tables: tuple[IntArray, IntArray],
    reference: int,
    *,
    limits: Limits,
) -> list[PoolGap]:
    n, events = tables
    sizes = n.sum(axis=1)
    gaps = []
    for group in np.flatnonzero(sizes >= limits.groups.compared_from).tolist():
        if group == reference or sizes[reference] == 0:
            continue
        arrays = (events[group], n[group], events[reference], n[reference])
        raw, between, within = pool_gap(*arrays)
        gaps.append(
            PoolGap(
                attribute=attribute,
                group=levels[group],
                reference=levels[reference],
                raw=raw,
                between=between,
                within=within,
                within_interval=_within_interval(arrays, within, limits.levels.confidence),
            )
        )
    return gaps


def _between_p(
    codes: IntArray,
    pool: IntArray,
    clusters: IntArray | None,
    pair: tuple[int, int],
    tables: tuple[IntArray, IntArray],
) -> float | None:
    """How often chance would spread two groups over pools of rates as unlike.

    ``between`` is a difference of means of the pools' rates, one for each person; its law under
    exchange of people (of clusters where there are any) is taken as normal.
    """
    people, chosen = (table[list(pair)].sum(axis=0) for table in tables)
    rate = np.divide(chosen, people, out=np.zeros(len(people)), where=people > 0)
    held = np.isin(codes, pair)
    value, first = rate[pool[held]], codes[held] == pair[0]
    sizes = np.array([first.sum(), (~first).sum()])
    value = value - value.mean()
    share = np.where(first, value / sizes[0], -value / sizes[1])
    if clusters is None:
        variance = float((value**2).sum()) / max(len(value) - 1, 1) * float((1 / sizes).sum())
    else:
        # rows of no cluster stand alone
        own = clusters[held]
        own = np.where(own < 0, own.max(initial=0) + 1 + np.arange(len(own)), own)
        weight = np.where(first, 1 / sizes[0], -1 / sizes[1])
        mean = np.where(first, value[first].mean(), value[~first].mean())
        variance = float((np.bincount(own, weights=weight * (value - mean)) ** 2).sum())
    if variance <= 0:
        return None
    return float(erfc(abs(float(share.sum())) / np.sqrt(2 * variance)))


def _corrected(gaps: Sequence[PoolGap]) -> tuple[PoolGap, ...]:
    places = [i for i, gap in enumerate(gaps) if gap.between_p_value is not None]
    values = holm([gaps[i].between_p_value or 0.0 for i in places])
    adjusted = dict(zip(places, map(float, values), strict=True))
    return tuple(replace(gap, between_p_adjusted=adjusted.get(i)) for i, gap in enumerate(gaps))


def _within_interval(
    arrays: tuple[IntArray, IntArray, IntArray, IntArray], within: float, confidence: float
) -> Interval | None:
    """``within`` is the Mantel-Haenszel difference times a number that only headcounts make."""
    adjusted = mantel_haenszel(*arrays, confidence=confidence).difference
    if adjusted.low is None or adjusted.high is None:
        return None
    _, n, _, n_reference = arrays
    people = np.maximum(n + n_reference, 1)
    scale = float((n * n_reference / people).sum()) * (1 / n.sum() + 1 / n_reference.sum())
    # rounding must not leave the value outside a very narrow interval
    return Interval(
        within, min(within, float(adjusted.low * scale)), max(within, float(adjusted.high * scale))
    )


def rank_exposure(score: FloatArray, pool: IntArray) -> FloatArray:
    """Exposure of every row by its rank in its pool: 1 / log2(1 + rank), best score first.

    Parameters
    ----------
    score : float64 array, shape (rows,)
    pool : int array, shape (rows,)
        -1 where unknown.

    Returns
    -------
    float64 array, shape (rows,)
        Rows with the same score share the mean exposure of their ranks; NaN without score or pool.

    Notes
    -----
    The discount of Järvelin and Kekäläinen (2002), read as attention given to a place in a list
    (Singh and Joachims 2018). A list that is read to its end gives all places the same attention.
    """
    exposure = np.full(len(score), np.nan)
    rows = np.flatnonzero((pool >= 0) & ~np.isnan(score))
    if not len(rows):
        return exposure
    order = rows[np.lexsort((-score[rows], pool[rows]))]
    p, s = pool[order], score[order]
    place = np.arange(len(order))
    first = np.r_[True, p[1:] != p[:-1]]
    start = np.maximum.accumulate(np.where(first, place, 0))
    discount = 1 / np.log2(2.0 + place - start)
    tie = np.cumsum(first | np.r_[True, s[1:] != s[:-1]]) - 1
    mean = np.bincount(tie, weights=discount) / np.bincount(tie)
    exposure[order] = mean[tie]
    return exposure


def _exposure(
    codes: IntArray,
    pool: IntArray,
    exposure: FloatArray,
    rows: NDArray[np.bool_],
    n: IntArray,
) -> tuple[FloatArray, FloatArray] | None:
    """Share of the exposure that each group has, and what an equal order inside pools gives."""
    ranked = rows & ~np.isnan(exposure)
    if not ranked.any():
        return None
    groups, pools = n.shape
    seen = np.bincount(codes[ranked], weights=exposure[ranked], minlength=groups)
    total = np.bincount(pool[ranked], weights=exposure[ranked], minlength=pools)
    cell = np.bincount(codes[ranked] * pools + pool[ranked], minlength=groups * pools)
    people = cell.reshape(groups, pools)
    mean = total / np.maximum(people.sum(axis=0), 1)
    return seen / seen.sum(), (people @ mean) / total.sum()


def _shares(
    attribute: str,
    levels: tuple[str, ...],
    tables: tuple[IntArray, IntArray],
    exposure: tuple[FloatArray, FloatArray] | None,
    confidence: float,
) -> list[PoolShare]:
    n, events = tables
    places = events.sum(axis=0)
    people = np.maximum(n.sum(axis=0), 1)
    chosen, sizes = events.sum(axis=1), n.sum(axis=1)
    total = int(chosen.sum())
    expected = (n @ (places / people)) / max(total, 1)
    low, high = rate_interval(chosen, np.maximum(total, 1), confidence=confidence)
    shares = []
    for group in np.flatnonzero(sizes > 0).tolist():
        share = Estimate(None, n=0, missing_reason="nobody_chosen")
        if total:
            method = str(rate_method(chosen[group], total))
            bounds = (float(low[group]), float(high[group]))
            share = Estimate(float(chosen[group] / total), *bounds, total, method)
        shares.append(
            PoolShare(
                attribute=attribute,
                group=levels[group],
                n=int(sizes[group]),
                chosen=int(chosen[group]),
                share_of_candidates=float(sizes[group] / sizes.sum()),
                share_of_chosen=share,
                share_expected=float(expected[group]),
                exposure_share=None if exposure is None else float(exposure[0][group]),
                exposure_expected=None if exposure is None else float(exposure[1][group]),
            )
        )
    return shares
