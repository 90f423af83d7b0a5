"""Measures other than the selection rate as one audience may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from algo_audit.audit import AuditResult
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.measures import MEASURES
from algo_audit.report.coarse import RATIO_DIGITS, coarse_comparison, nearest, rounded
from algo_audit.report.hidden import Pair, Plan

SELECTION = "selection_rate"


def is_small(pair: Pair, plan: Plan) -> bool:
    """Whether a count of people may not follow from what is printed."""
    return pair[0] != 0 and not plan.rule.enough(*pair)


def measure_rows(result: AuditResult, plan: Plan) -> dict[int, Comparison]:
    """Rows of the other measures that may be printed, by place.

    A group for which one of the measures of the same kind (label, score) rests on too few people
    has none of them. In an attribute with such a group, with hidden ones or with a few left out,
    what the others' rows say is made coarse: counts to the nearest multiple of the threshold.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(result.comparisons):
        if row.measure != SELECTION:
            places.setdefault((row.attribute, kind_of(row.measure)), []).append(place)
    totals = _totals(result, places)
    kept: dict[int, Comparison] = {}
    for (attribute, _), members in places.items():
        rows = {place: result.comparisons[place] for place in members}
        small = small_measures(rows.values(), plan)
        told = _told(rows.values())
        few = any(
            0 < totals[key] - sum(by_group.values()) < plan.rule.threshold
            for key, by_group in told.items()
        )
        blurred = bool(small) or few or plan.of(attribute).touched
        for place, row in rows.items():
            named = [row.group, *([] if row.reference is None else [row.reference])]
            if small.intersection(named) or plan.is_hidden(attribute, *named):
                continue
            if row.reference is None and blurred:
                continue
            kept[place] = _blurred(row, plan.rule.threshold) if blurred else row
    return kept


def kind_of(measure: str) -> str:
    """What a measure other than the selection rate rests on: the score, or the label."""
    known = MEASURES.get(measure)
    scored = measure == "mean_score" if known is None else known.needs == "score"
    return "score" if scored else "label"


def _told(rows: Iterable[Comparison]) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = {}
    for row in rows:
        told.setdefault(row.measure, {})[row.group] = row.n
        if row.reference is not None:
            told[row.measure][row.reference] = row.n_reference
    return told


def _totals(result: AuditResult, places: Mapping[tuple[str, str], list[int]]) -> dict[str, int]:
    """Most people that any attribute's groups tell of, by measure: what a reader may know."""
    totals: dict[str, int] = {}
    for members in places.values():
        for measure, by_group in _told(result.comparisons[place] for place in members).items():
            totals[measure] = max(totals.get(measure, 0), sum(by_group.values()))
    return totals


def small_measures(rows: Iterable[Comparison], plan: Plan) -> set[str]:
    """Groups for which one of these rows rests on too few people."""
    small = set()
    for row in rows:
        sides = [(row.group, row.n, row.events)]
        if row.reference is not None:
            sides.append((row.reference, row.n_reference, row.events_reference))
        for group, n, events in sides:
            pair = (n, n // 2 if events is None else events)
            if is_small(pair, plan) and (events is not None or n < plan.rule.threshold):
                small.add(group)
    return small


def _blurred(row: Comparison, step: int) -> Comparison:
    n, events = nearest(row.n, row.events, step)
    n_reference, events_reference = nearest(row.n_reference, row.events_reference, step)
    coarser = coarse_comparison(row)
    return replace(
        coarser,
        n=n,
        events=events,
        n_reference=n_reference,
        events_reference=events_reference,
        value=rounded(row.value, RATIO_DIGITS),
        reference_value=rounded(row.reference_value, RATIO_DIGITS),
        difference=None
        if coarser.difference is None
        else replace(coarser.difference, value=rounded(coarser.difference.value, RATIO_DIGITS)),
        shortfall=None,
    )
