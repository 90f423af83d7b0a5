"""What the compiled search over options is given: names for its arrays, nothing compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


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


class Task(NamedTuple):
    """What is to be solved: points that lack (rows,), sets of actions, and when to stop.

    ``rank``: which of the nearest people has to be near; ``patience``: combinations of one set and
    person whose plausibility is asked for, and steps of the search; ``ways``: sets wanted.
    """

    options: Options
    kin: Kin
    lacks: FloatArray
    sets: BoolArray
    rank: int
    patience: tuple[int, int]
    ways: int


class Near(NamedTuple):
    """People who may be near a combination, member by member of a set.

    ``number[at]`` people (-1: not yet known) are within the limit by the inputs that the set
    leaves alone and the first ``at`` members' values: ``people[at]``, squared distances
    ``apart[at]``, arrays (members, people). ``rank``: how many have to be near; 0: nobody.
    """

    people: IntArray
    apart: FloatArray
    number: IntArray
    rank: int
