"""Gaps within strata: what stands in ``fairness/strata.py``, computed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from algo_audit.data.counts import Counts
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Interval
from algo_audit.fairness.strata import StratifiedGap, StratumLevel
from algo_audit.fairness.weights import EffectiveCounts, effective_counts, over_strata
from algo_audit.stats import stratified as tables
from algo_audit.stats.association import fisher_exact, fisher_minimum, pooled_z
from algo_audit.stats.intervals import difference_interval, ratio_interval
from algo_audit.stats.multiplicity import holm, tarone

FloatArray = NDArray[np.float64]
# A variance under the square of this is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class LevelPair:
    """A group and its reference over strata, in effective counts; arrays of shape (strata,)."""

    events: FloatArray
    n: FloatArray
    events_reference: FloatArray
    n_reference: FloatArray
    weighted: bool

    @property
    def arrays(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """In the order of the functions of ``stats.stratified``."""
        return self.events, self.n, self.events_reference, self.n_reference


@dataclass(frozen=True)
class Change:
    """How the stratum changes a gap: adjusted minus raw difference, z and two-sided p."""

    value: float
    statistic: float
    p_value: float


def stratified_gaps(
    counts: Counts,
    *,
    reference: str,
    limits: Limits,
    raw: Counts | None = None,
    raw_gaps: Collection[str] | None = None,
    possibly_tainted: str | None = None,
    leaks: bool = False,
) -> tuple[StratifiedGap, ...]:
    """Each group against its reference, raw and within one stratum.

    Parameters
    ----------
    counts : Counts
        Of the attribute within the stratum.
    reference : str
        One of ``counts.groups``.
    limits : Limits
    raw : Counts or None
        The attribute without stratum, so that the raw gap is that of the whole file; None: of the
        rows whose stratum is known.
    raw_gaps : collection of str or None
        Groups whose raw gap is established or a lead; None: those whose raw 95 % interval
        excludes no gap.
    possibly_tainted : str or None
        Reason code where the control may itself carry discrimination (``taint_of``).
    leaks : bool
        The stratum is filled in after the decision: nothing is concluded from it, so that
        ``reversal``, ``opposite_levels`` and ``vanishes`` stay empty.

    Returns
    -------
    tuple of StratifiedGap
        Groups under ``groups.compared_from`` are left out; empty if the reference is not there.

    Notes
    -----
    With sampling weights everything is computed on effective counts, while n and events stay
    rows. Levels compared inside clusters take no account of clusters.
    """
    if reference not in counts.groups:
        return ()
    effective = effective_counts(counts)
    whole = effective_counts(over_strata(counts if raw is None else raw))
    names = counts.groups if raw is None else raw.groups
    gaps = []
    for group in _compared(counts, reference, limits):
        pair = level_pair(counts, effective, group, reference)
        gap = _gap(pair, (whole, names.index(group), names.index(reference)), limits=limits)
        gap = replace(
            gap,
            attribute=counts.name,
            group=group,
            reference=reference,
            stratum=counts.stratum or "",
            possibly_tainted=possibly_tainted,
            levels=_levels(counts, effective, group, reference),
        )
        gap = replace(gap, n_used=_people_used(gap.levels))
        if not leaks:
            sure = None if raw_gaps is None else group in raw_gaps
            gap = _concluded(gap, pair, counts.strata, raw_sure=sure, limits=limits)
        gaps.append(gap)
    return tuple(gaps)


def _compared(counts: Counts, reference: str, limits: Limits) -> list[str]:
    sizes = counts.rows().sum(axis=1)
    return [
        group
        for group, size in zip(counts.groups, sizes.tolist(), strict=True)
        if group != reference and size >= limits.groups.compared_from
    ]


def level_pair(counts: Counts, effective: EffectiveCounts, group: str, reference: str) -> LevelPair:
    """Effective counts of a group and its reference, by level of the stratum."""
    i, j = counts.groups.index(group), counts.groups.index(reference)
    return LevelPair(
        events=effective.events[i],
        n=effective.n[i],
        events_reference=effective.events[j],
        n_reference=effective.n[j],
        weighted=counts.weight is not None,
    )


def _levels(
    counts: Counts, effective: EffectiveCounts, group: str, reference: str
) -> tuple[StratumLevel, ...]:
    i, j = counts.groups.index(group), counts.groups.index(reference)
    rows, events = counts.rows(), counts.events()
    levels = []
    for k, level in enumerate(counts.strata):
        one = float(effective.rate[i, k]) if rows[i, k] else None
        other = float(effective.rate[j, k]) if rows[j, k] else None
        both = one is not None and other is not None
        levels.append(
            StratumLevel(
                level=level,
                n=int(rows[i, k]),
                events=int(events[i, k]),
                n_reference=int(rows[j, k]),
                events_reference=int(events[j, k]),
                rate=one,
                rate_reference=other,
                ratio=one / other if both and other else None,  # type: ignore[operator]
                difference=one - other if both else None,  # type: ignore[operator]
            )
        )
    return tuple(levels)


def _people_used(levels: Sequence[StratumLevel]) -> int:
    return sum(level.n + level.n_reference for level in levels if level.n and level.n_reference)


def _interval(limits: tables.Limits) -> Interval | None:
    if limits.value is None or limits.low is None or limits.high is None:
        return None
    return Interval(limits.value, limits.low, limits.high)


def _gap(
    pair: LevelPair, whole: tuple[EffectiveCounts, int, int], *, limits: Limits
) -> StratifiedGap:
    confidence = limits.levels.confidence
    counts, i, j = whole
    margins = [
        float(v) for v in (counts.events[i, 0], counts.n[i, 0], counts.events[j, 0], counts.n[j, 0])
    ]
    adjusted = tables.mantel_haenszel(*pair.arrays, confidence=confidence)
    homogeneity = tables.breslow_day(*pair.arrays)
    return StratifiedGap(
        attribute="",
        group="",
        reference="",
        stratum="",
        raw_difference=_raw_difference(margins, confidence),
        raw_ratio=_raw_ratio(margins, confidence),
        adjusted_difference=_interval(adjusted.difference),
        adjusted_ratio=_interval(adjusted.ratio),
        odds_ratio=_interval(adjusted.odds_ratio),
        cmh_p_value=within_test(pair, limits).p_value,
        homogeneity_p_value=homogeneity.p_value,
        homogeneity_method=None if homogeneity.p_value is None else "breslow_day_tarone",
        reversal=False,
        opposite_levels=(),
        vanishes=False,
        possibly_tainted=None,
        levels_used=int(((pair.n > 0) & (pair.n_reference > 0)).sum()),
        levels_all=len(pair.n),
        n_used=0,
        levels=(),
    )


def _raw_difference(margins: Sequence[float], confidence: float) -> Interval | None:
    x, n, y, m = margins
    low, high = difference_interval(x, n, y, m, confidence=confidence)
    return Interval(x / n - y / m, float(low), float(high))


def _raw_ratio(margins: Sequence[float], confidence: float) -> Interval | None:
    x, n, y, m = margins
    if y <= 0:
        return None
    low, high = ratio_interval(x, n, y, m, confidence=confidence)
    return Interval(x / n / (y / m), float(low), float(high))


def within_test(pair: LevelPair, limits: Limits) -> tables.StratifiedTest:
    """Chi-square where it holds (Mantel and Fleiss), else the exact test over strata."""
    test = tables.cmh_test(*pair.arrays, exact=False)
    if test.p_value is None or pair.weighted:
        return test
    a, n, b, m = pair.arrays
    both = (n > 0) & (m > 0)
    a, n, b, m = a[both], n[both], b[both], m[both]
    total = a + b
    expected = float((n * total / (n + m)).sum())
    least = float(np.maximum(0, total - m).sum())
    most = float(np.minimum(n, total).sum())
    if min(expected - least, most - expected) >= limits.strata.events_to_spare:
        return test
    if tables.exact_support(*pair.arrays) > limits.resampling.exact_support:
        return test
    exact = tables.cmh_test(*pair.arrays, exact=True).exact_p_value
    return replace(test, p_value=exact)


def change_of_gap(
    events: FloatArray, n: FloatArray, events_reference: FloatArray, n_reference: FloatArray
) -> Change | None:
    """Is the Mantel-Haenszel difference another one than the raw difference?

    Parameters
    ----------
    events, n, events_reference, n_reference : float64 arrays, shape (strata,)

    Returns
    -------
    Change or None
        None where no stratum holds both groups, or nothing varies.

    Notes
    -----
    Both differences come from the same people, so their intervals cannot simply be laid side by
    side. The variance of the change is by the delta method on all cells (people, and where
    they are, both count as drawn): sum of cell x slope^2. Chance alone spreads the groups a little
    unevenly over the strata; only a change beyond that says that the stratum matters. The
    normal limit is rough with few people.
    """
    people = np.maximum(n + n_reference, 1e-300)
    weight = float((n * n_reference / people).sum())
    if weight <= 0:
        return None
    share, mirror = n_reference / people, n / people
    cross = (events * n_reference - events_reference * n) / people
    adjusted = float(cross.sum()) / weight
    p, q = events.sum() / n.sum(), events_reference.sum() / n_reference.sum()
    value = adjusted - float(p - q)
    # cells: favoured and refused of the group, then of the reference
    own = (share**2 * adjusted + cross / people) / weight
    other = (mirror**2 * adjusted + cross / people) / weight
    slopes = (
        share * (1 - events_reference / np.maximum(n_reference, 1e-300)) / weight
        - own
        - (1 - p) / n.sum(),
        -events_reference / people / weight - own + p / n.sum(),
        (events - n) / people / weight - other + (1 - q) / n_reference.sum(),
        events / people / weight - other - q / n_reference.sum(),
    )
    cells = (events, n - events, events_reference, n_reference - events_reference)
    variance = sum(float(cell @ slope**2) for cell, slope in zip(cells, slopes, strict=True))
    # what is left of sums of cells that cancel exactly
    if variance <= _ROUNDING**2:
        return None
    z = value / float(np.sqrt(variance))
    return Change(value, z, 2 * float(ndtr(-abs(z))))


def _concluded(
    gap: StratifiedGap,
    pair: LevelPair,
    names: Sequence[str],
    *,
    raw_sure: bool | None,
    limits: Limits,
) -> StratifiedGap:
    raw, adjusted = gap.raw_difference, gap.adjusted_difference
    opposite = _opposite_levels(pair, names, level=limits.levels.family_wise)
    gap = replace(gap, opposite_levels=opposite)
    change = change_of_gap(*pair.arrays)
    if raw is None or adjusted is None or change is None:
        return gap
    if change.p_value >= limits.levels.family_wise:
        return gap
    if raw_sure is None:
        raw_sure = raw.low > 0 or raw.high < 0
    none_inside = adjusted.low <= 0 <= adjusted.high
    turned = raw.value * adjusted.value < 0 and _both_material(gap, limits)
    reversal = turned and (not none_inside or abs(adjusted.value) >= abs(raw.value) / 2)
    nearer = abs(adjusted.value) < abs(raw.value)
    return replace(
        gap, reversal=reversal, vanishes=raw_sure and none_inside and nearer and not reversal
    )


def _both_material(gap: StratifiedGap, limits: Limits) -> bool:
    """Whether the raw and the adjusted gap are each wide enough to be worth a word."""
    nearest = limits.strata.reversal_ratio
    pairs = ((gap.raw_difference, gap.raw_ratio), (gap.adjusted_difference, gap.adjusted_ratio))
    return all(
        difference is not None
        and (
            abs(difference.value) >= limits.strata.reversal_points
            or (ratio is not None and not nearest < ratio.value < 1 / nearest)
        )
        for difference, ratio in pairs
    )


def _opposite_levels(pair: LevelPair, names: Sequence[str], *, level: float) -> tuple[str, ...]:
    """Levels with an established gap of their own, where these point both ways."""
    both = np.flatnonzero((pair.n > 0) & (pair.n_reference > 0))
    x, n, y, m = (v[both] for v in pair.arrays)
    if pair.weighted:
        p_values = pooled_z(x, n, y, m).p_value
    else:
        p_values = fisher_exact(x, n, y, m)
        # levels too small to show anything leave the family: margins decide, so it costs nothing
        stays = tarone(fisher_minimum(n, m, x + y), level=level)
        both, p_values = both[stays], p_values[stays]
        x, n, y, m = (v[stays] for v in (x, n, y, m))
    established = holm(p_values) < level
    sign = np.sign(x / n - y / m)
    if not (bool((established & (sign > 0)).any()) and bool((established & (sign < 0)).any())):
        return ()
    return tuple(names[k] for k in both[established].tolist())
