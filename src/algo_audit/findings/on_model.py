"""Findings from the chapters on a model: what it leaks, where a gap is born, what it is worth.

What passes through a criterion or is born at a step is told only of a gap that the audit
establishes: a sum can be taken apart whatever chance made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from algo_audit.data.counts import CROSSING
from algo_audit.data.limits import Limits
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.gap import GapDecomposition
from algo_audit.explain.recourse import GroupRecourse
from algo_audit.explain.staircase import HUMANS, SYSTEM, Staircase, Step
from algo_audit.fairness.comparison import Comparison, Estimate
from algo_audit.findings.finding import ESTABLISHED, Finding, identity_of

_CHANCE = 0.5
_WORTH_A_WORD = 0.25  # of the gap
_Pair = tuple[str, str, str]


def _made(
    kind: str, code: str, chapter: str, values: dict[str, Any], *names: str | None
) -> Finding:
    return Finding(identity_of(kind, *names), code, 0, chapter, None, values, None)


def _known(*estimates: Estimate) -> bool:
    return all(e.value is not None and e.low is not None and e.high is not None for e in estimates)


def _sure(estimate: Estimate, way: float) -> bool:
    """Whether an interval lies on the side of ``way`` alone."""
    if estimate.low is None or estimate.high is None:
        return False
    return estimate.high < 0 if way < 0 else estimate.low > 0


def _established(comparisons: Iterable[Comparison]) -> dict[_Pair, Comparison]:
    """Gaps that the audit establishes, by (attribute, group, reference)."""
    return {
        (row.attribute, row.group, row.reference): row
        for row in comparisons
        if row.verdict in ESTABLISHED
        and row.measure == "selection_rate"
        and row.reference is not None
        and row.difference is not None
        and CROSSING not in row.attribute
    }


def _difference(row: Comparison) -> float:
    return 0.0 if row.difference is None else row.difference.value


def _shortfall(row: Comparison) -> list[float] | None:
    """What the group lacks: the heavier the gap, the sooner it is told what makes it."""
    found = row.shortfall
    return None if found is None else [found.value, found.low, found.high]


def _carried(
    gaps: Sequence[GapDecomposition], pairs: dict[_Pair, Comparison], share: float
) -> Iterator[Finding]:
    """Most of an established gap passes through one criterion, whoever one compares with."""
    told: set[_Pair] = set()
    for row in sorted(gaps, key=lambda row: (row.target == "score", row.background != "pooled")):
        pair = (row.attribute, row.group, row.reference)
        established = pairs.get(pair)
        if established is None or pair in told or not row.parts or not _known(row.gap):
            continue
        way = _difference(established)
        assert row.gap.value is not None
        told.add(pair)
        part = max(row.parts, key=lambda p: (p.value.value or 0.0) * row.gap.value)  # type: ignore[operator]
        most = part.value.value
        if most is None or row.gap.value * way <= 0 or not _sure(row.gap, way):
            continue
        if not _sure(part.value, way) or most / row.gap.value < share:
            continue
        values = {
            "attribute": row.attribute, "group": row.group, "reference": row.reference,
            "target": row.target, "background": row.background, "criterion": part.criterion,
            "part": asdict(part.value), "gap": asdict(row.gap), "share": most / row.gap.value,
            "order_depends": row.order_depends, "shortfall": _shortfall(established),
        }  # fmt: skip
        yield _made("carried", "gap_carried", "drivers-gap", values, row.attribute, row.group)


def _born(
    staircases: Sequence[Staircase], pairs: dict[_Pair, Comparison], share: float, *, imitated: bool
) -> Iterator[Finding]:
    """The step at which most of an established gap arises, and who can act on it.

    What an imitation does not reproduce says that it is a poor one, not who made the gap.
    """
    for row in staircases:
        established = pairs.get((row.attribute, row.group, row.reference))
        raw = row.raw.value
        if established is None or raw is None or not row.steps:
            continue
        # with pools, what is established is the gap within them: it may be larger than the raw one
        way = _difference(established)
        step = max(row.steps, key=lambda s: (s.value.value or 0.0) * way)
        most = step.value.value
        if most is None or not _sure(step.value, way) or not way or most / way < share:
            continue
        if imitated and step.key == HUMANS and all(one.key != SYSTEM for one in row.steps):
            continue
        other = _against(row, way)
        values = {
            "attribute": row.attribute, "group": row.group, "reference": row.reference,
            "step": step.key, "actor": step.actor, "value": asdict(step.value),
            "raw": raw, "share": most / way, "shortfall": _shortfall(established),
            "against": None if other is None else other.key,
            "against_value": None if other is None else asdict(other.value),
        }  # fmt: skip
        yield _made("born", "gap_born", "drivers-birth", values, row.attribute, row.group)


def _against(row: Staircase, way: float) -> Step | None:
    """A step that hides part of the gap by going the other way, where it is worth a word."""
    step = min(row.steps, key=lambda s: (s.value.value or 0.0) * way)
    value = step.value.value
    if value is None or not _sure(step.value, -way) or abs(value) < _WORTH_A_WORD * abs(way):
        return None
    return step


def _inputs(model: ModelChapters, limits: Limits) -> Iterator[Finding]:
    """What goes in: filled in afterwards, giving the group away, working against what was said."""
    if model.leaks:
        columns = [leak.column for leak in model.leaks]
        yield _made("inputs", "input_leaks", "model-leaks", {"columns": columns}, "leak")
    for row in model.proxies:
        if row.alert and row.criterion is None and row.auc.value is not None:
            alone = [
                other
                for other in model.proxies
                if (other.attribute, other.group) == (row.attribute, row.group)
                and other.criterion is not None
                and other.auc.value is not None
            ]
            best = max(alone, key=lambda other: other.auc.value or 0.0, default=None)
            values = {
                "attribute": row.attribute, "group": row.group, "auc": asdict(row.auc),
                "criterion": None if best is None else best.criterion,
                "alone": None if best is None else best.auc.value, "share": row.auc.value,
            }  # fmt: skip
            yield _made("proxy", "proxy_alert", "drivers-proxies", values, row.attribute, row.group)
    for one in model.monotonicity:
        wrong = {"up": one.lowered, "down": one.raised}.get(one.expected or "", 0.0)
        if wrong >= limits.findings.against_expected:
            values = {"column": one.column, "expected": one.expected, "share": wrong}
            yield _made("monotony", "against_expected", "model-monotony", values, one.column)


def _weights(model: ModelChapters, limits: Limits) -> Iterator[Finding]:
    """A criterion of a grid that weighs much more in the decisions than on paper."""
    for row in model.importance:
        if row.nominal and row.share >= limits.findings.outweighs * row.nominal:
            values = {"criterion": row.criterion, "nominal": row.nominal, "share": row.share}
            yield _made("weight", "line_outweighs", "model-grid", values, row.criterion)


def _replayed(model: ModelChapters, limits: Limits) -> Iterator[Finding]:
    """Too few of the logged decisions are those of the model, or of its stand-in."""
    if model.fidelity is not None:
        found, chapter, kind = model.fidelity.agreement, "model-fidelity", "stand_in"
    elif model.replay is not None:
        found, chapter, kind = model.replay.agreement, "model-replay", "model"
    else:
        return
    if found.value is not None and found.value < limits.explain.fidelity:
        values = {"kind": kind, "agreement": asdict(found), "share": 1.0 - found.value}
        yield _made("replay", "replay_low", chapter, values, kind)


def _worth(model: ModelChapters) -> Iterator[Finding]:
    """The score's worth is unknown, or a coin toss is compatible with what is known."""
    worth = model.worth
    if worth is None:
        return
    overall = next((row for row in worth.associations if row.attribute is None), None)
    if overall is None or overall.auc.value is None:
        reason = None if overall is None else overall.auc.missing_reason
        if reason == "masked":
            return
        values: dict[str, Any] = {"reason": reason or "no_label", "coverage": worth.coverage}
        yield _made("worth", "score_unproven", "drivers-worth", values, "score")
    elif _known(overall.auc) and overall.auc.low <= _CHANCE <= overall.auc.high:  # type: ignore[operator]
        values = {"coverage": worth.coverage, "n": overall.n, "auc": asdict(overall.auc)}
        yield _made("worth", "score_no_better_than_chance", "drivers-worth", values, "score")


def _ways(rows: Sequence[GroupRecourse], ratio: float) -> Iterator[Finding]:
    """A group of the refused with markedly fewer ways than another of the same attribute."""
    shown = [row for row in rows if row.attribute is not None and _known(row.with_way)]
    for attribute in dict.fromkeys(row.attribute for row in shown):
        own = [row for row in shown if row.attribute == attribute]
        best = max(own, key=lambda row: row.with_way.low or 0.0)
        for row in own:
            high, low = row.with_way.high or 0.0, best.with_way.low or 0.0
            value, most = row.with_way.value or 0.0, best.with_way.value or 0.0
            if high >= low or value > ratio * most:
                continue
            values = {
                "attribute": attribute, "group": row.group, "reference": best.group,
                "with_way": asdict(row.with_way), "with_way_reference": asdict(best.with_way),
                "share": most - value,
            }  # fmt: skip
            yield _made("ways", "few_ways", "drivers-recourse", values, attribute, row.group)


def model_findings(
    model: ModelChapters | None, comparisons: Sequence[Comparison], *, limits: Limits
) -> tuple[Finding, ...]:
    """Findings of the chapters on a model, unranked.

    Parameters
    ----------
    model : ModelChapters or None
    comparisons : sequence of Comparison
        Of the same audit: only gaps that they establish are taken apart.
    limits : Limits

    Returns
    -------
    tuple of Finding
        ``rank`` is 0 everywhere.
    """
    if model is None:
        return ()
    pairs, share = _established(comparisons), limits.findings.most_of_gap
    return (
        *_carried(model.gaps, pairs, share),
        *_born(model.staircases, pairs, share, imitated=model.fidelity is not None),
        *_inputs(model, limits),
        *_weights(model, limits),
        *_replayed(model, limits),
        *_worth(model),
        *_ways(() if model.recourse is None else model.recourse.groups, limits.findings.fewer_ways),
    )
