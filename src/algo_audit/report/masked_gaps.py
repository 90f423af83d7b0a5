"""Gaps taken apart, staircases and proxies as one audience may see them.

They rest on people, and on how many of them were chosen; where the plan hides anybody of the
attribute, or few decisions are protected too, they keep few decimals, and still add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from algo_audit.explain.gap import GapDecomposition, Proxy
from algo_audit.explain.staircase import Staircase
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.coarse import RATE_DIGITS, RATIO_DIGITS, coarse_estimate
from algo_audit.report.hidden import Plan
from algo_audit.report.masked_rows import NOTHING

_SCORE_DIGITS = 3  # significant, of a gap in score


def blurred_share(share: Estimate) -> Estimate:
    """A share of an attribute in which something is hidden: few decimals, no headcount."""
    return replace(coarse_estimate(share, RATIO_DIGITS), n=NOTHING)


def _people(row: GapDecomposition | Staircase, plan: Plan) -> tuple[int, int]:
    """Headcounts as the table of groups prints them."""
    lines = plan.of(row.attribute)
    if not lines.hosts & {row.group, row.reference}:
        return row.n, row.n_reference
    return lines.shown[row.group][0], lines.shown[row.reference][0]


def _summing(values: Sequence[float], total: float, digits: int) -> list[float]:
    """Rounded parts that add up to the rounded total: what rounding leaves is the largest's."""
    parts = [round(value, digits) for value in values]
    if parts:
        place = max(range(len(parts)), key=lambda i: abs(parts[i]))
        parts[place] = round(parts[place] + total - sum(parts), digits)
    return parts


def _coarse_parts(
    whole: Estimate, parts: Sequence[Estimate], digits: int
) -> tuple[Estimate, list[Estimate]]:
    total = coarse_estimate(whole, digits)
    values = _summing([part.value or 0.0 for part in parts], total.value or 0.0, digits)
    coarse = [
        replace(coarse_estimate(part, digits), value=None if part.value is None else value)
        for part, value in zip(parts, values, strict=True)
    ]
    return total, coarse


def _digits(row: GapDecomposition) -> int:
    """Decimals of a gap: those of a rate, or so many that a score keeps its leading digits."""
    if row.target == "selection_rate":
        return RATE_DIGITS
    largest = max(abs(e.value or 0.0) for e in (row.gap, *(part.value for part in row.parts)))
    if largest <= 0:
        return RATE_DIGITS
    return max(_SCORE_DIGITS - 1 - int(np.floor(np.log10(largest))), 0)


def _is_coarse(attribute: str, plan: Plan) -> bool:
    return plan.rule.decisions or plan.of(attribute).touched


def masked_gaps(rows: Iterable[GapDecomposition], plan: Plan) -> tuple[GapDecomposition, ...]:
    """Gaps taken apart, of groups that are shown."""
    found = []
    for row in rows:
        if plan.is_hidden(row.attribute, row.group, row.reference):
            continue
        if _is_coarse(row.attribute, plan):
            n, n_reference = _people(row, plan)
            gap, values = _coarse_parts(row.gap, [p.value for p in row.parts], _digits(row))
            parts = tuple(
                replace(part, value=value) for part, value in zip(row.parts, values, strict=True)
            )
            row = replace(row, n=n, n_reference=n_reference, gap=gap, parts=parts)  # noqa: PLW2901
        found.append(row)
    return tuple(found)


def masked_staircases(rows: Iterable[Staircase], plan: Plan) -> tuple[Staircase, ...]:
    """Staircases of groups that are shown."""
    found = []
    for row in rows:
        if plan.is_hidden(row.attribute, row.group, row.reference):
            continue
        if _is_coarse(row.attribute, plan):
            n, n_reference = _people(row, plan)
            raw, values = _coarse_parts(row.raw, [s.value for s in row.steps], RATE_DIGITS)
            steps = tuple(
                replace(step, value=value) for step, value in zip(row.steps, values, strict=True)
            )
            row = replace(row, n=n, n_reference=n_reference, raw=raw, steps=steps)  # noqa: PLW2901
        found.append(row)
    return tuple(found)


def masked_proxies(rows: Iterable[Proxy], plan: Plan) -> tuple[Proxy, ...]:
    """How well the inputs point to the groups that are shown."""
    return tuple(
        replace(row, auc=blurred_share(row.auc) if _is_coarse(row.attribute, plan) else row.auc)
        for row in rows
        if not plan.is_hidden(row.attribute, row.group)
    )
