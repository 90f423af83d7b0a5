"""The search over options of additive models, written plainly so that numba can compile it.

Loaded by ``recourse_exact`` only, when it is needed: importing it imports numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Function = TypeVar("_Function")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_SLACK = 1e-8  # of squared distances added up in another order


def _compiled(function: _Function) -> _Function:
    """Compile on first call and keep the result on disk."""
    made: Any = njit(cache=True)(function)
    compiled: _Function = made
    return compiled


class Options(NamedTuple):
    """What each person can change: options of each action by effort, arrays (rows, actions, n).

    ``counts``: how many options; ``gains``: points beyond the present; ``highest``: the most of
    this option and all before it; ``scaled``: the value it leads to, as ``Plausibility.scaled``
    puts it; ``present``: that of today (rows, actions); ``places``: the action's input.
    """

    counts: IntArray
    efforts: FloatArray
    gains: FloatArray
    highest: FloatArray
    scaled: FloatArray
    present: FloatArray
    places: IntArray


class Kin(NamedTuple):
    """The people by whom plausibility is judged.

    ``apart``: squared distances of the rows as they are (rows, people); ``values``: scaled;
    ``blank``: blank numbers; ``limits``: farthest plausible squared distance of each row.
    """

    apart: FloatArray
    values: FloatArray
    category: BoolArray
    blank: BoolArray
    weight: FloatArray
    limits: FloatArray


@_compiled
def _apart(kin: Kin, place: int, value: float, person: int) -> float:
    """Squared distance of one input's value from that of one person."""
    other = kin.values[person, place]
    if kin.category[place]:
        return 0.0 if other == value else kin.weight[place]
    if np.isnan(value):
        return 0.0 if kin.blank[person, place] else 1.0 + other * other
    if kin.blank[person, place]:
        return 1.0 + value * value
    return float((value - other) ** 2)


@_compiled
def _plausible(
    options: Options, kin: Kin, row: int, members: IntArray, chosen: IntArray, nearest: FloatArray
) -> bool:
    """Whether the last of the nearest people looked at is within the limit."""
    rank = len(nearest)
    if len(kin.values) < rank or kin.limits[row] == np.inf:
        return True
    for slot in range(rank):
        nearest[slot] = np.inf
    for person in range(len(kin.values)):
        total = kin.apart[row, person]
        for at in range(len(members)):
            member = members[at]
            place = options.places[member]
            total += _apart(kin, place, options.scaled[row, member, chosen[at]], person)
            total -= _apart(kin, place, options.present[row, member], person)
        if total < nearest[rank - 1]:
            slot = rank - 1
            while slot > 0 and nearest[slot - 1] > total:
                nearest[slot] = nearest[slot - 1]
                slot -= 1
            nearest[slot] = total
    return bool(nearest[rank - 1] <= kin.limits[row] + _SLACK)


@_compiled
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


@_compiled
def _last_of_set(
    options: Options,
    kin: Kin,
    row: int,
    members: IntArray,
    chosen: IntArray,
    nearest: FloatArray,
    lacks: float,
    room: float,
    asks: int,
) -> tuple[float, int]:
    """The last member's cheapest option below ``room``: its effort (inf: none), times asked."""
    at, asked = len(members) - 1, 0
    member = members[at]
    for option in range(_first_enough(options, row, member, lacks), options.counts[row, member]):
        if options.efforts[row, member, option] >= room or asked >= asks:
            break
        if options.gains[row, member, option] >= lacks:
            asked += 1
            chosen[at] = option
            if _plausible(options, kin, row, members, chosen, nearest):
                return options.efforts[row, member, option], asked
    return np.inf, asked


@_compiled
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


@_compiled
def _search_set(
    options: Options,
    kin: Kin,
    row: int,
    members: IntArray,
    ratios: FloatArray,
    lacks: float,
    bound: float,
    best: IntArray,
    nearest: FloatArray,
    patience: tuple[int, int],
) -> tuple[float, int, bool]:
    """Cheapest plausible options of one set below ``bound``.

    Returns its effort, how many combinations would do, and whether patience (combinations asked
    about, steps of the search) ran out.
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
        return found, 0, False
    gained, spent = np.zeros(size + 1), np.zeros(size + 1)
    chosen = np.zeros(size, dtype=np.int64)
    chosen[0] = -1
    while at >= 0 and asked < patience[0] and steps < patience[1]:
        member = members[at]
        steps += 1
        if at == size - 1:
            effort, times = _last_of_set(
                options, kin, row, members, chosen, nearest,
                lacks - gained[at], found - spent[at], patience[0] - asked,
            )  # fmt: skip
            asked += times
            if spent[at] + effort < found:
                found = spent[at] + effort
                for each in range(size):
                    best[members[each]] = chosen[each]
            at -= 1
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
    return found, asked, at >= 0


@_compiled
def _ratios(options: Options, row: int, ratios: FloatArray) -> None:
    """Write the most points per effort that each action gives."""
    for member in range(len(ratios)):
        ratios[member] = 0.0
        for option in range(options.counts[row, member]):
            ratio = options.gains[row, member, option] / options.efforts[row, member, option]
            ratios[member] = max(ratios[member], ratio)


@_compiled
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


@_compiled
def _smaller(found: FloatArray, sets: BoolArray, row: int, place: int) -> float:
    """Least effort of the sets inside a set."""
    bound = np.inf
    for other in range(place):
        inside = found[row, other] < bound
        for member in range(sets.shape[1]):
            inside = inside and (sets[place, member] or not sets[other, member])
        if inside:
            bound = found[row, other]
    return bound


@_compiled
def solve(
    options: Options,
    kin: Kin,
    lacks: FloatArray,
    sets: BoolArray,
    rank: int,
    patience: tuple[int, int],
) -> tuple[FloatArray, IntArray, BoolArray, BoolArray]:
    """Best effort (inf: none) and options (-1: unchanged) of each person and set of actions.

    ``rank``: which of the nearest people has to be near; ``patience``: combinations of one set and
    person whose plausibility is asked for, and steps of the search. Then: people for whom some
    combination would do, plausible or not, and sets whose search was cut short.
    """
    rows, actions = options.counts.shape
    found = np.full((rows, len(sets)), np.inf)
    chosen = np.full((rows, len(sets), actions), -1)
    possible = np.zeros(rows, dtype=np.bool_)
    cut = np.zeros((rows, len(sets)), dtype=np.bool_)
    best, nearest = np.zeros(actions, dtype=np.int64), np.zeros(rank)
    room, ratios = np.zeros(actions, dtype=np.int64), np.zeros(actions)
    for row in range(rows):
        _ratios(options, row, ratios)
        for place in range(len(sets)):
            size = _members(options, row, sets[place], ratios, room)
            if size == 0:
                continue
            members, bound = room[:size], _smaller(found, sets, row, place)
            effort, asked, cut[row, place] = _search_set(
                options, kin, row, members, ratios, lacks[row], bound, best, nearest, patience
            )
            possible[row] = possible[row] or asked > 0
            if effort < bound:
                found[row, place] = effort
                for member in members:
                    chosen[row, place, member] = best[member]
    return found, chosen, possible, cut
