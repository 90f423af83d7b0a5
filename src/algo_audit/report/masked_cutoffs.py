"""What every cut-off of a score would do, as one audience may see it.

Two cut-offs side by side tell which group those between them belong to. So only cut-offs stay
between which, and beyond which, each line of an attribute has nobody, or at least as many people as
the audience may read of; those of the table come first. Groups under the threshold have no line,
and neither has an attribute whose hidden people are too few to be told of together.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.audit import AuditResult
from algo_audit.data.disclosure import Rule, choose_groups
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.cutoffs import CutOff, CutOffs
from algo_audit.findings.on_cutoffs import cutoff_findings
from algo_audit.report.coarse import coarse_comparison

IntArray = NDArray[np.int64]


def masked_cutoffs(result: AuditResult, rule: Rule) -> AuditResult:
    """The result of a score alone without what an audience may not see."""
    found = result.cutoffs
    assert found is not None
    names = dict.fromkeys(rate.attribute for cut in found.cuts for rate in cut.rates)
    kept = {name: _Kept.of(found, name, rule) for name in names}
    told = {name: one for name, one in kept.items() if one is not None}
    shown = replace(
        found,
        missing=0 if 0 < found.missing < rule.threshold else found.missing,
        curves=tuple(
            replace(curve, points=points)
            for curve in found.curves
            if curve.attribute in told and curve.group in told[curve.attribute].groups
            for points in (
                tuple(p for p in curve.points if p.cutoff in told[curve.attribute].cutoffs),
            )
            if points
        ),
        cuts=tuple(_cut(cut, told) for cut in found.cuts),
        hidden=tuple(name for name in names if name not in told),
    )
    findings = cutoff_findings(shown)
    return replace(result, cutoffs=shown, findings=findings)


class _Kept:
    """Groups and cut-offs of one attribute that may be told."""

    def __init__(self, groups: frozenset[str], cutoffs: frozenset[float]) -> None:
        self.groups = groups
        self.cutoffs = cutoffs

    @classmethod
    def of(cls, found: CutOffs, name: str, rule: Rule) -> _Kept | None:
        rates = [rate for rate in found.cuts[0].rates if rate.attribute == name]
        sizes = [rate.n for rate in rates]
        unknown = found.people - sum(sizes)
        plain = Rule(rule.threshold)
        # as if half of each were selected: only people are looked at here
        choice = choose_groups([*sizes, unknown], [*sizes, unknown], plain, unknown=len(sizes))
        hidden = {rates[i].group for i in choice.hidden if i < len(rates)}
        rest = sum(rate.n for rate in rates if rate.group in hidden) + unknown
        if 0 < rest < rule.threshold or len(hidden) == len(rates):
            return None
        groups = frozenset(rate.group for rate in rates if rate.group not in hidden)
        places = _places(found, name, groups)
        kept = _thinned(places, [r.n for r in rates if r.group in groups], rest, rule)
        told = any(cut.cutoff in kept for cut in found.cuts)
        return cls(groups, kept) if told else None


def _places(
    found: CutOffs, name: str, groups: frozenset[str]
) -> list[tuple[float, tuple[int, ...]]]:
    """Cut-offs in the order to try them, with the people selected of every line and of the rest."""
    tried: dict[float, tuple[int, ...]] = {}
    for cut in found.cuts:
        chosen = [r.chosen for r in cut.rates if r.attribute == name and r.group in groups]
        tried[cut.cutoff] = (*chosen, cut.selected - sum(chosen))
    curves = [c for c in found.curves if c.attribute == name and c.group in groups]
    order = [
        rate.group
        for rate in found.cuts[0].rates
        if rate.attribute == name and rate.group in groups
    ]
    if {curve.group for curve in curves} == set(order):
        by_group = {curve.group: curve.points for curve in curves}
        for points in zip(*(by_group[group] for group in order), strict=True):
            chosen = [point.chosen for point in points]
            rest = points[0].selected - sum(chosen)
            tried.setdefault(points[0].cutoff, (*chosen, rest))
    return list(tried.items())


def _thinned(
    places: Sequence[tuple[float, tuple[int, ...]]], sizes: Sequence[int], rest: int, rule: Rule
) -> frozenset[float]:
    """Cut-offs between which each line has nobody or enough people, first come first kept."""
    # from nobody selected to everybody selected
    steps: list[IntArray] = [np.zeros(len(sizes) + 1, dtype=np.int64), np.array([*sizes, rest])]
    marks = [float("inf"), float("-inf")]
    for cutoff, chosen in places:
        place = bisect([-mark for mark in marks], -cutoff)
        here = np.array(chosen, dtype=np.int64)
        apart = (here - steps[place - 1], steps[place] - here)
        if all(((gap == 0) | (gap >= rule.threshold)).all() for gap in apart):
            steps.insert(place, here)
            marks.insert(place, cutoff)
    return frozenset(marks[1:-1])


def _cut(cut: CutOff, told: dict[str, _Kept]) -> CutOff:
    def seen(attribute: str, *groups: str | None) -> bool:
        one = told.get(attribute)
        return (
            one is not None and cut.cutoff in one.cutoffs and all(g in one.groups for g in groups)
        )

    return replace(
        cut,
        rates=tuple(rate for rate in cut.rates if seen(rate.attribute, rate.group)),
        comparisons=tuple(
            _compared(row)
            for row in cut.comparisons
            if seen(row.attribute, row.group, row.reference)
        ),
    )


def _compared(row: Comparison) -> Comparison:
    """Within strata or pools, counts are of the people that can be compared there: they go."""
    if row.stratum is None:
        return row
    made = coarse_comparison(row)
    return replace(made, n=0, events=None, n_reference=0, events_reference=None, shortfall=None)
