"""Partitions of the people by a model's inputs: lines of a grid, curves, readable rules.

Lines of one criterion, levels of one input and leaves of one tree each share out the people of
the file: a small one is hidden, and with it as many others as keep it from being worked out. The
bands of a grid, the stretches of a curve and the questions of a tree cut the same numbers at
different places, so that subtracting one from another would leave a few people: curves and rules
have their headcounts to steps of the threshold. Nobody is told an input's highest value where
few people come near it. Of a column that other tables count by (an attribute, a stratum, a pool)
no headcount is given here at all: those tables are masked together, and these would undo it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.audit import AuditResult
from algo_audit.data.disclosure import Cells, Rule, suppress
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.effects import EffectCurve, EffectPoint, Monotonicity
from algo_audit.explain.importance import GridLine, Importance
from algo_audit.explain.stability import Stability
from algo_audit.explain.surrogate import ReadableRule, ReadableRules
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.coarse import RATE_DIGITS, coarse_estimate, nearest, significant
from algo_audit.report.hidden import Pair, Plan
from algo_audit.report.masked_rows import NOTHING

# Significant digits of a figure that rests on a hidden headcount of an input's levels.
_DIGITS = 2


@dataclass(frozen=True)
class Partitions:
    """What of a model's chapters is about everyone, as one audience may see it."""

    importance: tuple[Importance, ...]
    lines: tuple[GridLine, ...]
    effects: tuple[EffectCurve, ...]
    monotonicity: tuple[Monotonicity, ...]
    rules: ReadableRules | None
    stability: Stability | None


def hidden_parts(parts: Sequence[Pair], whole: Pair, rule: Rule) -> NDArray[np.bool_]:
    """Which parts of a whole to hide so that no small one can be worked out.

    Parameters
    ----------
    parts : sequence of (n, events)
        What is printed; people of the whole who are in none of them are one more part.
    whole : (n, events)
        Known to every reader.
    rule : Rule

    Returns
    -------
    bool array, shape (parts,)
    """
    if not parts:
        return np.zeros(0, dtype=bool)
    table = np.array(parts, dtype=np.int64)
    rest = np.maximum(np.array(whole) - table.sum(axis=0), 0)
    left = bool(rest[0])
    counts = np.vstack([table, rest[None, :]]) if left else table
    counts = np.vstack([counts, counts.sum(axis=0)[None, :]])
    size = len(counts)
    printed = np.ones(size, dtype=bool)
    printed[len(parts) : size - 1] = False
    fixed = np.zeros(size, dtype=bool)
    fixed[-1] = True
    cells = Cells(
        n=counts[:, 0],
        events=np.minimum(counts[:, 1], counts[:, 0]),
        table=np.array([0] * (size - 1) + [1], dtype=np.int64),
        printed=printed,
        fixed=fixed,
        relations=((size - 1, tuple(range(size - 1))),),
    )
    return suppress(cells, rule)[: len(parts)]


def masked_partitions(result: AuditResult, plan: Plan) -> Partitions:
    """Lines, curves, rules, and what is worked out from them.

    Parameters
    ----------
    result : AuditResult
        Unmasked, with a model.
    plan : Plan
    """
    model = result.model
    assert model is not None
    people = plan.people[0]
    hidden = _hidden_levels(model, plan, people)
    seen_elsewhere = counted_elsewhere(result)
    touched = {line.criterion for line in model.lines if hidden.get(line.column)} | {
        curve.criterion for curve in model.effects if hidden.get(curve.column)
    }
    return Partitions(
        importance=tuple(
            _coarse_importance(row) if row.criterion in touched else row for row in model.importance
        ),
        lines=tuple(
            _line(
                line,
                plan.rule.threshold,
                gone=line.column in seen_elsewhere
                or line.condition in hidden.get(line.column, frozenset()),
            )
            for line in model.lines
        ),
        effects=tuple(
            _curve(
                curve,
                hidden.get(curve.column, frozenset()),
                plan.rule,
                counted=curve.column not in seen_elsewhere,
            )
            for curve in model.effects
        ),
        monotonicity=tuple(_monotone(row, plan.rule.threshold) for row in model.monotonicity),
        rules=_rules(model.rules, plan),
        stability=_stability(model.stability, plan.rule.threshold),
    )


def counted_elsewhere(result: AuditResult) -> frozenset[str | None]:
    """Columns whose levels are counted in other tables of the report."""
    roles = result.roles
    strata = {part for stratum in roles.strata for part in roles.stratum_columns(stratum)}
    return frozenset({*roles.protected, *strata, roles.pool, roles.cluster, roles.label})


def _hidden_levels(model: ModelChapters, plan: Plan, people: int) -> Mapping[str, frozenset[str]]:
    """Levels and bands of each input whose headcount no table prints."""
    counted = Rule(plan.rule.threshold)
    found: dict[str, set[str]] = {}
    tables: list[tuple[str, list[tuple[str, int]]]] = [
        (
            column,
            [
                (line.condition, line.people)
                for line in model.lines
                if (line.criterion, line.column) == (criterion, column) and line.people is not None
            ],
        )
        for criterion, column in dict.fromkeys((x.criterion, x.column) for x in model.lines)
    ]
    tables += [
        (curve.column, [(str(p.at), p.people) for p in curve.points if p.people is not None])
        for curve in model.effects
        if curve.kind == "category"
    ]
    for column, rows in tables:
        gone = hidden_parts([(n, 0) for _, n in rows], (people, 0), counted)
        found.setdefault(column, set()).update(
            name for (name, _), one in zip(rows, gone, strict=True) if one
        )
        # a level that is a group, hidden as one
        own = plan.of(column).hidden
        found[column].update(name for name, _ in rows if name in own)
    return {column: frozenset(names) for column, names in found.items()}


def _line(line: GridLine, k: int, *, gone: bool) -> GridLine:
    if gone:
        # the line itself is public: what it gives; how many it is about is not
        return replace(line, people=None, deciding=None, mean_points=None)
    deciding = line.deciding
    if deciding is not None and 0 < deciding < k:
        deciding = None
    return replace(line, deciding=deciding)


def _coarse_importance(row: Importance) -> Importance:
    """Worked out from the levels' headcounts: too coarse to solve for a hidden one."""

    def coarse(number: Estimate) -> Estimate:
        return replace(
            number,
            value=significant(number.value, _DIGITS),
            low=significant(number.low, _DIGITS),
            high=significant(number.high, _DIGITS),
        )

    return replace(
        row,
        mean_absolute=coarse(row.mean_absolute),
        share=round(row.share, 2),
        decisions_changed=coarse(row.decisions_changed),
    )


def _curve(curve: EffectCurve, hidden: frozenset[str], rule: Rule, *, counted: bool) -> EffectCurve:
    """Points where enough people are; their number, if ``counted``, to steps of the threshold."""
    k = rule.threshold

    def people(point: EffectPoint) -> int | None:
        return nearest(point.people, None, k)[0] if counted and point.people is not None else None

    if curve.kind == "category":
        points = [
            replace(
                point,
                effect=significant(point.effect, _DIGITS) or 0.0 if hidden else point.effect,
                people=people(point),
            )
            for point in curve.points
            if str(point.at) not in hidden
        ]
        return replace(curve, points=tuple(points))
    told = [point for point in curve.points if point.people is not None]
    pairs = [(point.people or 0, 0) for point in told]
    gone = hidden_parts(pairs, (sum(n for n, _ in pairs), 0), Rule(k))
    kept: list[EffectPoint] = [
        replace(point, people=people(point))
        for point, one in zip(told, gone, strict=True)
        if not one
    ]
    return replace(curve, points=tuple(kept))


def _monotone(row: Monotonicity, k: int) -> Monotonicity:
    """Shares of people; those of a few people read as those of k."""
    return replace(
        row,
        lowered=_at_least(row.lowered, row.people, k),
        raised=_at_least(row.raised, row.people, k),
    )


def _at_least(share: float, people: int, k: int) -> float:
    """A share above nought that is about fewer than k people, as if it were about k."""
    if not people or not 0 < round(share * people) < k:
        return share
    return min(k / people, 1.0)


def _rules(rules: ReadableRules | None, plan: Plan) -> ReadableRules | None:
    """Leaves of few people, or of few decisions of one kind, lose their numbers."""
    if rules is None:
        return None
    pairs = [(leaf.n or 0, leaf.events or 0) for leaf in rules.rules]
    gone = hidden_parts(pairs, plan.people, plan.rule)
    return replace(
        rules,
        rules=tuple(
            _leaf(leaf, plan.rule.threshold, gone=bool(one))
            for leaf, one in zip(rules.rules, gone, strict=True)
        ),
    )


def _leaf(leaf: ReadableRule, k: int, *, gone: bool) -> ReadableRule:
    if gone:
        return replace(leaf, n=NOTHING, events=NOTHING)
    n, events = nearest(leaf.n or 0, leaf.events or 0, k)
    return replace(leaf, n=n, events=min(events or 0, n))


def _stability(stability: Stability | None, k: int) -> Stability | None:
    if stability is None:
        return None

    def coarse(share: Estimate) -> Estimate:
        if share.value is None:
            return share
        value = _at_least(share.value, share.n, k)
        return coarse_estimate(replace(share, value=value), RATE_DIGITS)

    return replace(
        stability,
        measured=coarse(stability.measured),
        refitted=coarse(stability.refitted),
        near=coarse(stability.near),
    )
