"""The lottery mirror: the gap that chance alone gives with these headcounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.evidence import CountEvidence, choose_reference, compared_groups
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import test_stratum
from algo_audit.stats.permutation import draw_tables, most_favoured
from algo_audit.stats.score_resampling import Reference

# Width of a bar of the histogram, and where its last bar begins at most.
_BAR = 0.05
_LAST_BAR = 2.0
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Lottery:
    """The gap between worst and best group over equal draws, beside the gap seen.

    Every draw gives the same number of favourable decisions (within strata or pools when
    declared) at random to the same people, then takes the most favoured group as reference
    again, as the audit does. ``ratios_low``/``counts`` are the histogram of the drawn ratio
    worst/reference: bin i is [edges[i], edges[i+1]), the last one holds everything above.
    """

    attribute: str
    stratum: str | None
    draws: int
    observed_group: str
    observed_reference: str
    observed_ratio: float | None
    mean_ratio: float
    quantile_05: float
    quantile_50: float
    quantile_95: float
    share_below_margin: float  # share of equal draws whose worst ratio is under the margin
    share_as_wide: float  # share of equal draws with a worst ratio <= the one seen
    edges: tuple[float, ...]
    counts: tuple[int, ...]


def lottery_mirror(
    table: CountTable,
    attribute: tuple[str, ...],
    *,
    policy: Policy,
    limits: Limits,
    stratum: str | None = None,
) -> Lottery | None:
    """Draw the file's favourable decisions again at random, as a lottery would.

    Parameters
    ----------
    table : CountTable
        Rows count once each, whatever their weight.
    attribute : tuple of str
    policy : Policy
        Reference named for this attribute, margin, seed.
    limits : Limits
    stratum : str or None
        Draw within this stratum; a file with pools is always drawn inside them.

    Returns
    -------
    Lottery or None
        None where fewer than two groups can be compared, or no draw has a ratio.

    Notes
    -----
    The ratio of the group worst off to the reference; within strata Mantel and Haenszel's. The
    reference being the best of several, this ratio is below 1 by construction: with four groups
    of 100 people at 20 % it is 0.67 on average and under 0.80 in 85 % of draws, without any gap.
    """
    evidence = CountEvidence(table, limits, seed=policy.seed)
    within = test_stratum(table, stratum)
    sample = evidence.sample(attribute, within, MEASURES["selection_rate"])
    groups = compared_groups(sample.n, limits)
    reference = choose_reference(sample, groups, policy.reference.get(sample.name), limits)
    if len(groups) < 2 or reference is None:
        return None
    n, events = sample.n[groups], sample.events[groups]
    ratios = _drawn_ratios(n, events, reference, limits, policy.seed)
    if not len(ratios):
        return None
    seen = _ratios(n, events[np.newaxis], np.array([reference.index]))[0]
    worst = int(np.nanargmin(np.where(np.isnan(seen), np.inf, seen)))
    observed = None if np.isnan(seen[worst]) else float(seen[worst])
    edges = _edges(float(ratios.max()))
    heights, _ = np.histogram(np.minimum(ratios, edges[-1] - _BAR / 2), bins=edges)
    wide = 0.0 if observed is None else float((ratios <= observed + _ROUNDING).mean())
    low, middle, high = (float(np.quantile(ratios, q)) for q in (0.05, 0.5, 0.95))
    return Lottery(
        attribute=sample.name,
        stratum=within,
        draws=len(ratios),
        observed_group=sample.groups[groups[worst]],
        observed_reference=sample.groups[groups[reference.index]],
        observed_ratio=observed,
        mean_ratio=float(ratios.mean()),
        quantile_05=low,
        quantile_50=middle,
        quantile_95=high,
        share_below_margin=float((ratios < policy.margin).mean()),
        share_as_wide=wide,
        edges=tuple(np.round(edges, 6).tolist()),
        counts=tuple(heights.tolist()),
    )


def _drawn_ratios(
    n: NDArray[np.int64],
    events: NDArray[np.int64],
    reference: Reference,
    limits: Limits,
    seed: int,
) -> NDArray[np.float64]:
    """Worst ratio of every draw that has one."""
    rng = np.random.default_rng(seed)
    # the order in which strata come must not change a draw
    order = np.lexsort((*n[::-1], events.sum(axis=0), n.sum(axis=0)))
    n, total = n[:, order], events.sum(axis=0)[order]
    wanted = limits.resampling.lottery_draws
    at_once = max(1, min(wanted, limits.resampling.permutation_cells // n.size))
    worst = []
    for start in range(0, wanted, at_once):
        tables = draw_tables(n, total, min(at_once, wanted - start), rng)
        if reference.candidates is None:
            chosen = np.full(len(tables), reference.index)
        else:
            chosen = most_favoured(n, tables, reference.candidates)
        ratios = _ratios(n, tables, chosen)
        held = ~np.isnan(ratios).all(axis=1)
        worst.append(np.nanmin(ratios[held], axis=1))
    return np.concatenate(worst)


def _ratios(
    n: NDArray[np.int64], tables: NDArray[np.int64], chosen: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Mantel-Haenszel ratio of every group to the chosen one, shape (draws, groups).

    NaN for the reference itself, and where it has no favourable decision to share.
    """
    other = n[chosen][:, np.newaxis, :].astype(np.float64)
    people = n + other
    held = (n > 0) & (other > 0)
    share = np.divide(1.0, people, out=np.zeros(people.shape), where=held)
    best = np.take_along_axis(tables, chosen[:, np.newaxis, np.newaxis], axis=1)
    up = (tables * other * share).sum(axis=2)
    down = (best * n * share).sum(axis=2)
    ratio: NDArray[np.float64] = np.full(up.shape, np.nan)
    np.divide(up, down, out=ratio, where=down > 0)
    np.put_along_axis(ratio, chosen[:, np.newaxis], np.nan, axis=1)
    return ratio


def _edges(largest: float) -> NDArray[np.float64]:
    """Bars from 0 to past the largest ratio, at least past 1."""
    bars = int(np.floor(min(max(largest, 1.0), _LAST_BAR) / _BAR + _ROUNDING)) + 1
    return np.linspace(0.0, bars * _BAR, bars + 1)
