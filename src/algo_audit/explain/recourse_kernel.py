"""The search over options of additive models, written plainly so that numba can compile it.

Loaded by ``recourse_exact`` only, when it is needed: importing it imports numba.
"""

from __future__ import annotations

import numpy as np

from algo_audit.explain.recourse_near import SLACK, compiled, enough_near, enough_so_far
from algo_audit.explain.recourse_task import (
    BoolArray,
    FloatArray,
    IntArray,
    Kin,
    Near,
    Options,
    Task,
)

_ROUNDED = 1e-9  # a bound on an effort is no bound in its last bits


@compiled
def _first_enough(options: Options, row: int, member: int, least: float) -> int:
    """First option from which on the best gain so far is enough, by bisection."""
    low, high = 0, options.counts[row, member]
    while low < high:
        middle = (low + high) // 2
        if options.highest[row, member, middle] >= least:
            high = middle
        else:
            low = middle + 1
    return int(low)


@compiled
def _last_of_set(
    options: Options,
    kin: Kin,
    row: int,
    members: IntArray,
    chosen: IntArray,
    near: Near,
    lacks: float,
    room: float,
    asks: int,
) -> tuple[float, int, int]:
    """Choose the last member's cheapest option below ``room``.

    Returns its effort (inf: none), times asked, and how many members' values leave too few people
    near whatever the last one changes to (-1: none).
    """
    at, asked = len(members) - 1, 0
    member = members[at]
    first = _first_enough(options, row, member, lacks)
    if first == options.counts[row, member] or options.efforts[row, member, 0] >= room:
        return np.inf, 0, -1
    if near.rank > 0:
        far = enough_so_far(options, kin, row, members, chosen, near, at)
        if far >= 0:
            return np.inf, 0, far
    place, limit = options.places[member], kin.limits[row] + SLACK
    for option in range(first, options.counts[row, member]):
        if options.efforts[row, member, option] >= room or asked >= asks:
            break
        if options.gains[row, member, option] >= lacks:
            asked += 1
            value = options.scaled[row, member, option]
            if near.rank == 0 or enough_near(kin, place, value, near, at, limit):
                chosen[at] = option
                return options.efforts[row, member, option], asked, -1
    return np.inf, asked, -1


@compiled
def _least_effort(
    ratios: FloatArray, rest: FloatArray, members: IntArray, at: int, lacks: float
) -> float:
    """What the members from ``at`` on must cost at least to gain what lacks.

    Each at its own best points per effort, the best of them first and no further than it goes;
    ``rest[at]``: the most that members from ``at`` on can gain.
    """
    total = 0.0
    for place in range(len(members) - 1, at - 1, -1):
        if lacks <= 0.0:
            break
        taken = min(lacks, rest[place] - rest[place + 1])
        if taken > 0.0:
            total += taken / ratios[members[place]]
            lacks -= taken
    return total


@compiled
def _search_set(
    options: Options,
    kin: Kin,
    row: int,
    members: IntArray,
    ratios: FloatArray,
    lacks: float,
    bound: float,
    best: IntArray,
    near: Near,
    patience: tuple[int, int],
) -> tuple[float, bool]:
    """Cheapest plausible options of one set below ``bound``.

    Returns its effort, and whether patience (combinations asked about, steps of the search) ran
    out.
    """
    size = len(members)
    rest_gain, rest_effort = np.zeros(size + 1), np.zeros(size + 1)
    for at in range(size - 1, -1, -1):
        member = members[at]
        highest = options.highest[row, member, options.counts[row, member] - 1]
        rest_gain[at] = rest_gain[at + 1] + highest
        rest_effort[at] = rest_effort[at + 1] + options.efforts[row, member, 0]
    found, asked, steps, at = bound, 0, 0, 0
    if rest_gain[0] < lacks:
        return found, False
    gained, spent = np.zeros(size + 1), np.zeros(size + 1)
    chosen = np.zeros(size, dtype=np.int64)
    chosen[0] = -1
    while at >= 0 and asked < patience[0] and steps < patience[1]:
        member = members[at]
        steps += 1
        if at == size - 1:
            effort, times, far = _last_of_set(
                options, kin, row, members, chosen, near,
                lacks - gained[at], found - spent[at], patience[0] - asked,
            )  # fmt: skip
            asked += times
            if far == 0:
                return found, False
            if spent[at] + effort < found:
                found = spent[at] + effort
                for each in range(size):
                    best[members[each]] = chosen[each]
            at = at - 1 if far < 0 else far - 1
            continue
        chosen[at] += 1
        option = chosen[at]
        # options stand in the order of their effort: what follows costs no less
        if option >= options.counts[row, member] or (
            spent[at] + options.efforts[row, member, option] + rest_effort[at + 1] >= found
        ):
            at -= 1
            continue
        spent[at + 1] = spent[at] + options.efforts[row, member, option]
        gained[at + 1] = gained[at] + options.gains[row, member, option]
        short = lacks - gained[at + 1]
        if rest_gain[at + 1] >= short and (
            spent[at + 1] + _least_effort(ratios, rest_gain, members, at + 1, short) < found
        ):
            at += 1
            chosen[at] = -1
            if near.rank > 0 and near.number[0] >= 0:
                near.number[at] = -1
    return found, at >= 0


@compiled
def _ratios(options: Options, row: int, ratios: FloatArray) -> None:
    """Write the most points per effort that each action gives."""
    for member in range(len(ratios)):
        ratios[member] = 0.0
        for option in range(options.counts[row, member]):
            ratio = options.gains[row, member, option] / options.efforts[row, member, option]
            ratios[member] = max(ratios[member], ratio)


@compiled
def _members(
    options: Options, row: int, wanted: BoolArray, ratios: FloatArray, members: IntArray
) -> int:
    """Write the actions of a set, the best points per effort last; 0 where one has no option."""
    size = 0
    for member in range(len(wanted)):
        if not wanted[member]:
            continue
        if options.counts[row, member] == 0:
            return 0
        slot = size
        while slot > 0 and ratios[members[slot - 1]] > ratios[member]:
            members[slot] = members[slot - 1]
            slot -= 1
        members[slot] = member
        size += 1
    return size


@compiled
def _floor(
    options: Options, row: int, members: IntArray, ratios: FloatArray, lacks: float
) -> float:
    """What a set must cost at least, every member taking a step; infinity where all fall short.

    Nobody gains more than their best points per effort, for the least effort and beyond it.
    """
    total, short, most = 0.0, lacks, 0.0
    for member in members:
        least = options.efforts[row, member, 0]
        total += least
        short -= ratios[member] * least
        most += options.highest[row, member, options.counts[row, member] - 1]
    if most < lacks:
        return np.inf
    for at in range(len(members) - 1, -1, -1):
        member = members[at]
        ratio = ratios[member]
        if short <= 0.0 or ratio <= 0.0:
            break
        highest = options.highest[row, member, options.counts[row, member] - 1]
        taken = min(short, highest - ratio * options.efforts[row, member, 0])
        if taken > 0.0:
            total += taken / ratio
            short -= taken
    return total * (1.0 - _ROUNDED)


@compiled
def _within(sets: BoolArray, inner: int, outer: int) -> bool:
    """Whether all actions of one set are in another."""
    for member in range(sets.shape[1]):
        if sets[inner, member] and not sets[outer, member]:
            return False
    return True


@compiled
def _smaller(found: FloatArray, sets: BoolArray, row: int, place: int) -> float:
    """Least effort of the sets inside a set."""
    bound = np.inf
    for other in range(place):
        if found[row, other] < bound and _within(sets, other, place):
            bound = found[row, other]
    return bound


@compiled
def _solve_set(
    task: Task,
    found: FloatArray,
    chosen: IntArray,
    ratios: FloatArray,
    near: Near,
    row: int,
    place: int,
) -> bool:
    """Write a set's effort and options if they cost less than any set inside; whether cut short."""
    options, best = task.options, np.zeros(len(ratios), dtype=np.int64)
    room = np.zeros(len(ratios), dtype=np.int64)
    members = room[: _members(options, row, task.sets[place], ratios, room)]
    if len(members) == 0:
        return False
    bound = _smaller(found, task.sets, row, place)
    near.number[:] = -1
    effort, cut = _search_set(
        options, task.kin, row, members, ratios, task.lacks[row], bound, best, near,
        task.patience,
    )  # fmt: skip
    if effort < bound:
        found[row, place] = effort
        for member in members:
            chosen[row, place, member] = best[member]
    return cut


@compiled
def _floors(task: Task, ratios: FloatArray, row: int) -> FloatArray:
    """What each set must cost at least."""
    room = np.zeros(len(ratios), dtype=np.int64)
    floors = np.full(len(task.sets), np.inf)
    for place in range(len(task.sets)):
        size = _members(task.options, row, task.sets[place], ratios, room)
        if size > 0:
            floors[place] = _floor(task.options, row, room[:size], ratios, task.lacks[row])
    return floors


@compiled
def _first_ways(
    task: Task,
    found: FloatArray,
    chosen: IntArray,
    cut: BoolArray,
    ratios: FloatArray,
    near: Near,
    row: int,
) -> bool:
    """Solve the sets that may cost least until ``ways`` are certain; others are left infinite.

    A set is certain once whatever may cost less has been solved; then it stays if no set inside
    costs as little, and if none that stayed is inside it or around it. Sets around one that
    stayed are not solved at all. What a search found that was cut short is no way that others
    have to give way to, and one more is then asked for. Returns whether any combination would do.
    """
    sets = task.sets
    keys = _floors(task, ratios, row)
    solved, stays = np.zeros(len(sets), dtype=np.bool_), np.zeros(len(sets), dtype=np.bool_)
    possible = np.isfinite(keys).any()
    lacking = task.ways
    while lacking > 0:
        place = -1
        for each in range(len(sets)):
            if keys[each] < np.inf and (
                place < 0
                or keys[each] < keys[place]
                or (keys[each] == keys[place] and solved[place] and not solved[each])
            ):
                place = each
        if place < 0:
            break
        around, inside = False, False
        for each in range(len(sets)):
            if stays[each] and not cut[row, each]:
                around = around or _within(sets, each, place)
                inside = inside or _within(sets, place, each)
        if around:
            keys[place] = np.inf
        elif not solved[place]:
            cut[row, place] = _solve_set(task, found, chosen, ratios, near, row, place)
            solved[place], keys[place] = True, found[row, place]
            if cut[row, place]:
                stays[place], keys[place] = found[row, place] < np.inf, np.inf
                lacking += stays[place]
        else:
            stays[place] = not inside and found[row, place] < _smaller(found, sets, row, place)
            lacking -= stays[place]
            keys[place] = np.inf
    for place in range(len(sets)):
        if not stays[place]:
            found[row, place] = np.inf
    return bool(possible)


@compiled
def solve(task: Task) -> tuple[FloatArray, IntArray, BoolArray, BoolArray]:
    """Best effort (inf: none, or not among the first) and options (-1: unchanged) of each set.

    Arrays (people, sets), options (people, sets, actions). Then: people for whom some combination
    would do, plausible or not, and sets whose search was cut short.
    """
    rows, actions = task.options.counts.shape
    sets = task.sets
    found = np.full((rows, len(sets)), np.inf)
    chosen = np.full((rows, len(sets), actions), -1)
    possible = np.zeros(rows, dtype=np.bool_)
    cut = np.zeros((rows, len(sets)), dtype=np.bool_)
    ratios = np.zeros(actions)
    people = len(task.kin.values)
    # room that every person and set writes over
    room = (
        np.empty((actions, people), dtype=np.int64),
        np.empty((actions, people)),
        np.empty(actions, dtype=np.int64),
    )
    for row in range(rows):
        _ratios(task.options, row, ratios)
        # no limit: everything is as ordinary as anything, and nobody is looked at
        free = people < task.rank or task.kin.limits[row] == np.inf
        near = Near(room[0], room[1], room[2], 0 if free else task.rank)
        possible[row] = _first_ways(task, found, chosen, cut, ratios, near, row)
    return found, chosen, possible, cut
