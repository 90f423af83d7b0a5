"""Whether enough people are near a combination, member by member of a set, compiled by numba.

Loaded by ``recourse_kernel`` only: importing it imports numba.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numba import njit

from algo_audit.explain.recourse_task import FloatArray, IntArray, Kin, Near, Options

_Function = TypeVar("_Function")

SLACK = 1e-8  # of squared distances added up in another order


def compiled(function: _Function) -> _Function:
    """Compile on first call and keep the result on disk."""
    made: Any = njit(cache=True)(function)
    compiled: _Function = made
    return compiled


@compiled
def _part(category: bool, weight: float, value: float, other: float, blank: bool) -> float:
    """Squared distance of one input's value from that of one person."""
    if category:
        return 0.0 if other == value else weight
    if np.isnan(value):
        return 0.0 if blank else 1.0 + other * other
    if blank:
        return 1.0 + value * value
    return (value - other) * (value - other)


@compiled
def _add(
    kin: Kin, place: int, value: float, sign: float, people: IntArray, apart: FloatArray
) -> None:
    """Add (or take off) one input's part of the squared distances from a value to people."""
    column, blank, weight = kin.values[:, place], kin.blank[:, place], kin.weight[place]
    category = kin.category[place]
    for slot in range(len(apart)):
        person = people[slot]
        other = column[person]
        part = _part(category, weight, value, other, blank[person])
        apart[slot] += sign * part


@compiled
def _keep(near: Near, at: int, people: IntArray, apart: FloatArray, limit: float) -> None:
    """Write the people within the limit; they may be read from where they are written."""
    kept = 0
    for slot in range(len(apart)):
        if apart[slot] <= limit:
            near.people[at, kept] = people[slot]
            near.apart[at, kept] = apart[slot]
            kept += 1
    near.number[at] = kept


@compiled
def enough_so_far(
    options: Options, kin: Kin, row: int, members: IntArray, chosen: IntArray, near: Near, at: int
) -> int:
    """Whether enough people are near whatever the member ``at`` changes to: -1.

    Else how many members' values keep them away: those before them cannot help it.
    """
    limit = kin.limits[row] + SLACK
    if near.number[0] < 0:
        apart = near.apart[0]
        apart[:] = kin.apart[row]
        everyone = near.people[0]
        everyone[:] = np.arange(len(apart))
        for member in members:
            value = options.present[row, member]
            _add(kin, options.places[member], value, -1.0, everyone, apart)
        _keep(near, 0, everyone, apart, limit)
        near.number[1:] = -1
    for depth in range(at):
        if near.number[depth] < near.rank:
            return depth
        if near.number[depth + 1] < 0:
            number, member = near.number[depth], members[depth]
            people, apart = near.people[depth, :number], near.apart[depth + 1, :number]
            apart[:] = near.apart[depth, :number]
            value = options.scaled[row, member, chosen[depth]]
            _add(kin, options.places[member], value, 1.0, people, apart)
            _keep(near, depth + 1, people, apart, limit)
            near.number[depth + 2 :] = -1
    return at if near.number[at] < near.rank else -1


@compiled
def enough_near(kin: Kin, place: int, value: float, near: Near, at: int, limit: float) -> bool:
    """Whether enough people are within the limit with the last input's value."""
    column, blank, weight = kin.values[:, place], kin.blank[:, place], kin.weight[place]
    category, within = kin.category[place], 0
    for slot in range(near.number[at]):
        person = near.people[at, slot]
        other = column[person]
        part = _part(category, weight, value, other, blank[person])
        within += near.apart[at, slot] + part <= limit
        if within == near.rank:
            return True
    return False
