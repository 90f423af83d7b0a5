"""A causal story that can be run: each variable is a function of its declared parents.

``draw_all`` hands to every function nothing but the values of the parents that the graph
names, so that the graph printed in a data sheet cannot differ from the one that made the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
EffectsType = TypeVar("EffectsType")


@dataclass(frozen=True)
class Context(Generic[EffectsType]):
    """What a variable's function receives beside its parents.

    Attributes
    ----------
    rows : int
        Values to draw.
    random : numpy.random.Generator
        The variable's own stream, made from the seed and the variable's name: switching an
        effect on or off leaves the draws of every other variable as they were.
    effects : object
        Switches of the planted effects.
    """

    rows: int
    random: np.random.Generator
    effects: EffectsType


@dataclass(frozen=True)
class Variable(Generic[EffectsType]):
    """One variable of the story.

    ``draw(context, *parents)`` returns ``context.rows`` values; ``effects`` names the switches
    that it reads; ``observed`` is False for what no column of the file shows.
    """

    name: str
    parents: tuple[str, ...]
    draw: Callable[..., Values]
    effects: tuple[str, ...] = ()
    observed: bool = True


def draw_all(
    graph: Sequence[Variable[EffectsType]], *, rows: int, seed: int, effects: EffectsType
) -> Mapping[str, Values]:
    """Values of every variable, causes before consequences.

    Parameters
    ----------
    graph : sequence of Variable
        Ordered: a parent stands before its children.
    rows, seed : int
    effects : object
        Passed on to every variable.

    Returns
    -------
    mapping of str to array, shape (rows,)

    Raises
    ------
    KeyError
        A parent that the graph does not name before its child.
    """
    values: dict[str, Values] = {}
    for variable in graph:
        # one stream per variable: see Context.random
        stream = np.random.default_rng([seed, crc32(variable.name.encode())])
        context = Context(rows, stream, effects)
        values[variable.name] = variable.draw(context, *(values[p] for p in variable.parents))
    return values


def choose(random: np.random.Generator, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """One option per row.

    Parameters
    ----------
    random : numpy.random.Generator
    probabilities : float64 array, shape (rows, options)
        Weights of the options for each row, not all 0.

    Returns
    -------
    int64 array, shape (rows,)
        Index of the option drawn.
    """
    cumulated = np.cumsum(probabilities, axis=1)
    point = random.random(len(probabilities)) * cumulated[:, -1]
    chosen: NDArray[np.int64] = (point[:, None] >= cumulated[:, :-1]).sum(axis=1)
    return chosen


def best_of_pool(
    pool: NDArray[np.int64], places: NDArray[np.int64], key: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each row is among the best of its pool.

    Parameters
    ----------
    pool : int64 array, shape (rows,)
        Numbers from 0.
    places : int64 array, shape (rows,)
        Places in the row's pool.
    key : float64 array, shape (rows,)
        The highest are taken; on a tie, the row that comes first.

    Returns
    -------
    bool array, shape (rows,)
        True for exactly ``min(places, size)`` rows of each pool.
    """
    order = np.lexsort((-key, pool))
    sizes = np.bincount(pool)
    starts = np.cumsum(sizes) - sizes
    rank = np.empty(len(pool), dtype=np.int64)
    rank[order] = np.arange(len(pool)) - starts[pool[order]]
    taken: NDArray[np.bool_] = rank < places
    return taken
