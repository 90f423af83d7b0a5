"""Stages of a selection as one audience may see them.

The counts of a funnel are nested: whoever enters a stage passed the one before, so that a small
group at one stage follows from its neighbours' counts unless the boundary between two stages goes.
For each attribute, stages between which some line is small are told as one. Everyone together may
still be told stage by stage, where the groups' share of that leaves a hidden count room up to the
threshold; where it does not, the boundary goes for everyone and for every attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.disclosure import HOST_TIMES, OTHER_GROUPS, Rule
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.stages import StageCount, StageGap, Stages, births_of, counted
from algo_audit.report.coarse import coarse_comparison, counted_comparisons
from algo_audit.report.hidden import Plan

IntArray = NDArray[np.int64]
# Passed, refused, withdrew, unknown at every stage, shape (stages, 4), by line of one attribute.
Lines = dict[str | None, IntArray]
Segment = tuple[int, ...]
_PASSED, _REFUSED, _WITHDREW, _UNKNOWN = range(4)
_LOSSES = (_REFUSED, _WITHDREW, _UNKNOWN)


def masked_stages(found: Stages | None, plan: Plan, limits: Limits) -> Stages | None:
    """Stages without what an audience may not see.

    Parameters
    ----------
    found : Stages or None
    plan : Plan
        Groups hidden there have no line here; they are told together, or with their host.
    limits : Limits

    Returns
    -------
    Stages or None
        Births are worked out again from the counts told. A comparison stays where its stage and
        both its lines do: to few decimals within strata or pools, made again from the counts told
        where a line holds hidden people as well.
    """
    if found is None:
        return None
    names = tuple(dict.fromkeys(c.attribute for c in found.counts if c.attribute is not None))
    everyone = _split(found.of(None, None))
    whole = _segments({None: everyone}, _all_ends(found), plan.rule)
    if whole is None:
        return replace(found, counts=(), gaps=(), births=(), hidden=names)
    ends = {segment[-1] for segment in whole}
    told: dict[str, tuple[Lines, list[Segment], dict[str, Lines]]] = {}
    while True:
        told, gone = {}, set[int]()
        for name in names:
            made = _attribute(found, name, plan, ends)
            if made is not None:
                told[name] = made
                gone |= _given_away(made, everyone, ends, plan, name)
        if not gone:
            break
        ends -= gone
    return _rebuilt(found, plan, limits, everyone, ends, told, names)


def _rebuilt(
    found: Stages,
    plan: Plan,
    limits: Limits,
    everyone: IntArray,
    ends: set[int],
    told: Mapping[str, tuple[Lines, list[Segment], dict[str, Lines]]],
    names: Sequence[str],
) -> Stages:
    """The chapter from the lines and segments that may be told."""
    confidence = limits.levels.confidence
    whole = _between(ends)
    counts = _lines_told(found, None, {None: everyone}, whole, confidence)
    for name, (lines, segments, _) in told.items():
        counts += _lines_told(found, name, lines, segments, confidence)
    hidden = tuple(name for name in names if name not in told)
    references = {
        gap.comparison.attribute: str(gap.comparison.reference)
        for gap in found.gaps
        if gap.comparison.attribute not in hidden
    }
    return replace(
        found,
        counts=tuple(counts),
        gaps=_gaps(found, plan, counts, told, confidence),
        births=births_of(counts, references),
        hidden=hidden,
        hosts=tuple((name, host) for name, (_, _, guests) in told.items() for host in guests),
    )


def _lines_told(
    found: Stages,
    attribute: str | None,
    lines: Lines,
    segments: Sequence[Segment],
    confidence: float,
) -> list[StageCount]:
    stages = [tuple(found.names[i] for i in segment) for segment in segments]
    counts: list[StageCount] = []
    for group, split in lines.items():
        parts = [_together(split, segment) for segment in segments]
        counts += counted(stages, attribute, group, parts, confidence=confidence)
    return counts


def _split(lines: Sequence[StageCount]) -> IntArray:
    return np.array(
        [(line.passed, line.refused, line.withdrew, line.unknown) for line in lines], dtype=np.int64
    )


def _all_ends(found: Stages) -> set[int]:
    return set(range(len(found.names)))


def _between(ends: set[int]) -> list[Segment]:
    """Segments of stages that end at these places."""
    segments, start = [], 0
    for end in sorted(ends):
        segments.append(tuple(range(start, end + 1)))
        start = end + 1
    return segments


def _together(split: IntArray, segment: Segment) -> tuple[int, int, int, int]:
    """Several stages as one: who passed the last; who was lost, and how, at any of them."""
    rows = split[list(segment)]
    refused, withdrew, unknown = (int(rows[:, kind].sum()) for kind in _LOSSES)
    return int(rows[-1, _PASSED]), refused, withdrew, unknown


def _small(split: IntArray, segment: Segment, rule: Rule) -> bool:
    """Whether a segment told of these people says something about too few of them.

    Who entered is a headcount, and so is who passed, unless it is the end: there it is a decision,
    as in the tables of the decision itself. In public, decisions of a kind and withdrawals are not
    told of fewer than the threshold either.
    """
    passed, refused, withdrew, unknown = _together(split, segment)
    entered, k = passed + refused + withdrew + unknown, rule.threshold
    last = segment[-1] == len(split) - 1
    if 0 < entered < k or (not last and 0 < passed < k):
        return True
    if not rule.decisions or not entered:
        return False
    return min(passed, refused) < k or 0 < withdrew < k or 0 < unknown < k


def _segments(lines: Lines, ends: set[int], rule: Rule) -> list[Segment] | None:
    """Stages in a row to tell as one, so that no line is small; None where that cannot be done.

    From the start, each segment is as short as it can be; what is left at the end joins the last.
    """
    found: list[Segment] = []
    start, last = 0, max(ends)
    for end in sorted(ends):
        segment = tuple(range(start, end + 1))
        if not any(_small(split, segment, rule) for split in lines.values()):
            found.append(segment)
            start = end + 1
    while start <= last:
        start = found.pop()[0] if found else 0
        segment = tuple(range(start, last + 1))
        if not any(_small(split, segment, rule) for split in lines.values()):
            return [*found, segment]
        if start == 0:
            return None
    return found


def _attribute(
    found: Stages, name: str, plan: Plan, ends: set[int]
) -> tuple[Lines, list[Segment], dict[str, Lines]] | None:
    """Lines of an attribute, its segments, and who is counted in with which line.

    None where those hidden are too few to be told of, or no segments can be told.
    """
    groups = dict.fromkeys(c.group for c in found.counts if c.attribute == name)
    lines: Lines = {}
    rest: Lines = {}
    for group in groups:
        split = _split(found.of(name, group))
        (lines if group in plan.of(name).shown else rest)[group] = split
    guests: dict[str, Lines] = {}
    people = sum(int(split[0].sum()) for split in rest.values())
    if people:
        hosts = sorted(plan.of(name).hosts & {one for one in lines if one is not None})
        if hosts:
            _host(lines, hosts[0], rest, guests)
        elif people >= plan.rule.threshold:
            lines[OTHER_GROUPS] = np.sum(list(rest.values()), axis=0)
        else:
            return None
    _host_few(lines, guests, ends, plan.rule)
    segments = _segments(lines, ends, plan.rule)
    return None if segments is None else (lines, segments, guests)


def _host(lines: Lines, host: str, few: Lines, guests: dict[str, Lines]) -> None:
    """Count a few people in with a line."""
    for group, split in few.items():
        lines[host] = lines[host] + split
        guests.setdefault(host, {})[group] = split


def _host_few(lines: Lines, guests: dict[str, Lines], ends: set[int], rule: Rule) -> None:
    """Count lines of a handful, or of unknowns, in with the largest where they are in the way."""
    few: Lines = {}
    for group, split in lines.items():
        handful = group in (None, OTHER_GROUPS) or int(split[0].sum()) < 2 * rule.threshold
        if handful and any(_small(split, segment, rule) for segment in _between(ends)):
            few[group] = split
    left = {
        group: int(split[0].sum())
        for group, split in lines.items()
        if group not in few and group not in (None, OTHER_GROUPS)
    }
    together = sum(int(split[0].sum()) for split in few.values())
    if not few or not left:
        return
    host = max(left, key=lambda group: left[group])
    if left[host] < HOST_TIMES * together:
        return
    for group in few:
        del lines[group]
    _host(lines, str(host), few, guests)


def _given_away(
    made: tuple[Lines, list[Segment], dict[str, Lines]],
    everyone: IntArray,
    ends: set[int],
    plan: Plan,
    name: str,
) -> set[int]:
    """Ends told of everyone that would bound a hidden small count under the threshold."""
    lines, segments, guests = made
    k = plan.rule.threshold
    gone = set()
    own = {segment[-1] for segment in segments}
    for segment in segments:
        for end in (end for end in ends if end in segment and end not in own):
            for split in lines.values():
                if 0 < split[end, _PASSED] < k and _highest(split, everyone, segment, end) < k:
                    gone.add(end)
    for end in own - {len(everyone) - 1}:
        for host, group, split in _guests(guests):
            told = plan.of(name).shown.get(group)
            if told is None or not 0 < split[end, _PASSED] < k:
                continue
            refused = told[0] - told[1]
            later = int(lines[host][end + 1 :, _REFUSED].sum())
            if told[0] - max(0, refused - later) < k:
                gone.add(end)
    return gone


def _guests(guests: Mapping[str, Lines]) -> Iterator[tuple[str, str | None, IntArray]]:
    for host, few in guests.items():
        for group, split in few.items():
            yield host, group, split


def _highest(split: IntArray, everyone: IntArray, segment: Segment, end: int) -> int:
    """How many of a line may have passed a stage whose end only everyone's count is told of.

    Of each kind of loss in the segment, as many as everyone's later losses allow come later.
    """
    later = [stage for stage in segment if stage > end]
    passed, *losses = _together(split, segment)
    most = passed
    for kind, lost in zip(_LOSSES, losses, strict=True):
        most += min(lost, int(everyone[later, kind].sum()))
    return most


def _gaps(
    found: Stages,
    plan: Plan,
    counts: Sequence[StageCount],
    told: Mapping[str, tuple[Lines, list[Segment], dict[str, Lines]]],
    confidence: float,
) -> tuple[StageGap, ...]:
    lines = {(c.attribute, c.group, c.stages): c for c in counts}
    kept = []
    for gap in found.gaps:
        row = gap.comparison
        own = lines.get((row.attribute, row.group, gap.stages))
        other = lines.get((row.attribute, row.reference, gap.stages))
        if own is None or other is None or plan.is_hidden(row.attribute, row.group, row.reference):
            continue
        hosts = told[row.attribute][2]
        if row.stratum is not None:
            row = _without_counts(row)
        elif row.group in hosts or row.reference in hosts:
            row = _of_told(row, own, other, confidence)
        kept.append(replace(gap, comparison=row))
    return tuple(kept)


def _without_counts(row: Comparison) -> Comparison:
    """Within strata or pools, counts are of the people that can be compared there: they go."""
    made = coarse_comparison(row)
    return replace(made, n=0, events=None, n_reference=0, events_reference=None, shortfall=None)


def _of_told(row: Comparison, own: StageCount, other: StageCount, confidence: float) -> Comparison:
    """A raw comparison made again from counts that hold a few hidden people as well."""
    if not own.rate.n or not other.rate.n:
        return _without_counts(row)
    told = replace(
        row,
        n=own.rate.n,
        events=own.passed,
        n_reference=other.rate.n,
        events_reference=other.passed,
    )
    return counted_comparisons([told], confidence=confidence)[0]
