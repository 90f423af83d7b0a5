"""A score before it decides anything: what every cut-off would do to each group.

Nobody was selected yet: all figures say what *would* be, and all of them are exploratory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.data.rule import Rule
from algo_audit.fairness.comparison import Comparison, Estimate
from algo_audit.fairness.repeated import compare_each, only_rows
from algo_audit.stats.intervals import difference_interval, rate_interval, rate_method

# Shares of people selected that a table can be read at: one in twenty to one in two.
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
# More places on a curve than this cannot be told apart, and would fill audit.json.
_MOST_PLACES = 400

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class CutPoint:
    """One group at one cut-off: everyone with ``score`` at least ``cutoff`` would be selected.

    ``chosen`` of ``n`` people of the group; ``difference`` of their rate from the reference's
    (0 to 1) with its 95 % limits, None for the reference itself.
    """

    cutoff: float
    selected: int
    chosen: int
    n: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CutCurve:
    """Every cut-off, for one group of one attribute, from the strictest down."""

    attribute: str
    group: str
    reference: str
    points: tuple[CutPoint, ...]


@dataclass(frozen=True)
class CutRate:
    """One group at one of the cut-offs of the table: how many would be selected."""

    attribute: str
    group: str
    n: int
    chosen: int
    rate: Estimate


@dataclass(frozen=True)
class CutOff:
    """A cut-off of the table: the declared one, or the one nearest to a round share of people.

    ``share`` is the round share aimed at (None: declared); with ties at the cut-off more people, or
    fewer, are selected than it says.
    """

    cutoff: float
    share: float | None
    selected: int
    declared: bool
    rates: tuple[CutRate, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class CutOffs:
    """What every cut-off of a score would do.

    Attributes
    ----------
    column : str
    people, missing : int
        With a score, and without.
    distinct : int
        Different scores: with few of them, few cut-offs exist.
    curves : tuple of CutCurve
        Groups large enough, each against its attribute's reference; at most 400 cut-offs, spread
        evenly over the people.
    cuts : tuple of CutOff
        The declared cut-off first, then round shares from the smallest.
    hidden : tuple of str
        Attributes that this audience may not see; empty in the result itself.
    """

    column: str
    people: int
    missing: int
    distinct: int
    curves: tuple[CutCurve, ...]
    cuts: tuple[CutOff, ...]
    hidden: tuple[str, ...] = ()


def cutoff_chapter(
    decisions: Decisions, *, rule: Rule | None, policy: Policy, limits: Limits
) -> CutOffs | None:
    """The gap at every cut-off and every number of places.

    Parameters
    ----------
    decisions : Decisions
        With a score; higher is better. Rows without a score are set aside.
    rule : Rule or None
        The declared cut-off, or number of places.
    policy, limits
        References, seed, levels.

    Returns
    -------
    CutOffs or None
        None without any score.

    Notes
    -----
    A number of places k inside a tie is not a cut-off: only the ends of ties are told. Intervals
    are Miettinen and Nurminen's, one cut-off at a time: over a whole curve some will exclude nought
    by chance. The reference is the group named, else the one with the highest mean rank among
    those large enough. Comparisons are made at the cut-offs of the table only, corrected together.
    """
    if decisions.score is None:
        return None
    known = ~np.isnan(decisions.score)
    if not known.any():
        return None
    score = decisions.score[known]
    columns = {name: column.codes[known] for name, column in decisions.protected.items()}
    references = {
        name: found
        for name, column in decisions.protected.items()
        if (found := _reference(name, column, columns[name], score, policy, limits)) is not None
    }
    ends = np.unique(score)[::-1]
    curves = [
        curve
        for name, reference in references.items()
        for curve in _curves(
            decisions.protected[name], columns[name], score, ends, reference, limits
        )
    ]
    places = _places(score, ends, rule)
    parts = [
        only_rows(decisions, known, (score >= cutoff).astype(np.int8)) for cutoff, _, _ in places
    ]
    compared = compare_each(parts, references=references, policy=policy, limits=limits)
    cuts = tuple(
        CutOff(
            cutoff=cutoff,
            share=share,
            selected=int((score >= cutoff).sum()),
            declared=declared,
            rates=_rates(decisions, columns, score >= cutoff, limits.levels.confidence),
            comparisons=rows,
        )
        for (cutoff, share, declared), rows in zip(places, compared, strict=True)
    )
    return CutOffs(
        column=decisions.roles.score or "",
        people=len(score),
        missing=int((~known).sum()),
        distinct=len(ends),
        curves=tuple(curves),
        cuts=cuts,
    )


def _reference(
    name: str, column: Column, codes: NDArray[np.int32], score: FloatArray, policy: Policy,
    limits: Limits,
) -> str | None:  # fmt: skip
    """The group named, else the one that ranks highest on average, of those large enough."""
    from scipy.stats import rankdata

    if name in policy.reference:
        return policy.reference[name]
    known = codes >= 0
    size = np.bincount(codes[known], minlength=len(column.levels))
    if (size >= limits.groups.compared_from).sum() < 2:
        return None
    rank = np.bincount(codes[known], rankdata(score)[known], minlength=len(column.levels))
    mean = rank / np.maximum(size, 1)
    able = size >= limits.groups.reference_from
    if not able.any():
        able = size == size.max()
    return column.levels[int(np.argmax(np.where(able, mean, -1.0)))]


def _curves(
    column: Column,
    codes: NDArray[np.int32],
    score: FloatArray,
    ends: FloatArray,
    reference: str,
    limits: Limits,
) -> list[CutCurve]:
    """Rates of each group and their difference at every cut-off."""
    kept = _spread(score, ends)
    selected = _at_least(np.sort(score), kept)
    size = np.bincount(codes[codes >= 0], minlength=len(column.levels))
    chosen = {
        code: _at_least(np.sort(score[codes == code]), kept)
        for code in range(len(column.levels))
        if size[code] >= limits.groups.compared_from
    }
    other = column.levels.index(reference)
    if other not in chosen:
        return []
    found = []
    for code, events in chosen.items():
        n, m = int(size[code]), int(size[other])
        points = [
            CutPoint(float(c), int(s), int(e), n)
            for c, s, e in zip(kept, selected, events, strict=True)
        ]
        if code != other:
            low, high = difference_interval(
                events, n, chosen[other], m, confidence=limits.levels.confidence
            )
            gap = events / n - chosen[other] / m
            points = [
                CutPoint(p.cutoff, p.selected, p.chosen, n, float(d), float(a), float(b))
                for p, d, a, b in zip(points, gap, low, high, strict=True)
            ]
        found.append(CutCurve(column.name, column.levels[code], reference, tuple(points)))
    return found


def _at_least(ordered: FloatArray, cutoffs: FloatArray) -> IntArray:
    """How many of the rising scores reach each cut-off."""
    found: IntArray = len(ordered) - np.searchsorted(ordered, cutoffs, side="left")
    return found.astype(np.int64)


def _spread(score: FloatArray, ends: FloatArray) -> FloatArray:
    """All cut-offs, or as many as a curve can hold, evenly spread over the people."""
    if len(ends) <= _MOST_PLACES:
        return ends
    wanted = np.quantile(score, np.linspace(1, 0, _MOST_PLACES), method="higher")
    return np.unique(wanted)[::-1]


def _places(
    score: FloatArray, ends: FloatArray, rule: Rule | None
) -> list[tuple[float, float | None, bool]]:
    """Cut-offs of the table: (cut-off, share aimed at, declared)."""
    found: list[tuple[float, float | None, bool]] = []
    selected = _at_least(np.sort(score), ends)
    if rule is not None and rule.value is not None:
        value = rule.value
        if rule.kind == "top_k":
            value = float(ends[int(np.argmin(np.abs(selected - rule.value)))])
        found.append((float(value), None, True))
    for share in SHARES:
        cutoff = float(ends[int(np.argmin(np.abs(selected - share * len(score))))])
        if all(cutoff != one for one, _, _ in found) and (score < cutoff).any():
            found.append((cutoff, share, False))
    return found


def _rates(
    decisions: Decisions,
    columns: dict[str, NDArray[np.int32]],
    chosen: NDArray[np.bool_],
    confidence: float,
) -> tuple[CutRate, ...]:
    found = []
    for name, codes in columns.items():
        levels: Sequence[str] = decisions.protected[name].levels
        for code, level in enumerate(levels):
            n = int((codes == code).sum())
            events = int((chosen & (codes == code)).sum())
            if n:
                low, high = rate_interval(events, n, confidence=confidence)
                method = str(rate_method(events, n))
                rate = Estimate(events / n, float(low), float(high), n, method)
                found.append(CutRate(name, level, n, events, rate))
    return tuple(found)
