"""What a leaf gives to each player, for every pattern that a row can have."""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Numbers in one working array of ``leaf_tables``: bounds its memory to some tens of megabytes.
_CELLS = 1 << 22


def shares(most: int) -> tuple[FloatArray, FloatArray]:
    """Shapley weights of a game won only by having all of a players and none of b others.

    Parameters
    ----------
    most : int
        Largest number of players.

    Returns
    -------
    tuple of float64 arrays, shape (most + 1, most + 1)
        By ``[a, b]``: what each of the a gets, ``(a-1)! b! / (a+b)!``, and what each of the b
        loses, ``a! (b-1)! / (a+b)!``; 0 where there is none of them.
    """
    gains = np.zeros((most + 1, most + 1))
    losses = np.zeros((most + 1, most + 1))
    for a in range(most + 1):
        for b in range(most + 1):
            if a:
                gains[a, b] = 1 / (a * comb(a + b, b))
            if b:
                losses[a, b] = 1 / (b * comb(a + b, a))
    return gains, losses


@lru_cache(maxsize=32)
def _weights(players: int) -> tuple[NDArray[np.int64], FloatArray, FloatArray, FloatArray]:
    """Failures of each pattern; weights of ``leaf_tables``, shape (players + 1, patterns)."""
    patterns = np.arange(1 << players)
    failures = np.bitwise_count(patterns).astype(np.int64)
    gains, losses = shares(players + 1)
    fewer = np.maximum(failures - 1, 0)
    met, lost = gains[: players + 1, failures], losses[: players + 1, failures]
    return failures, met, gains[: players + 1, fewer], lost


def leaf_tables(counts: FloatArray, value: FloatArray) -> FloatArray:
    """Contributions of leaves with the same number of players, by the row's pattern.

    Parameters
    ----------
    counts : float64 array, shape (leaves, 2**players)
        Weight of the background rows with each pattern of failures.
    value : float64 array, shape (leaves,)
        Of the leaf, divided by the total weight of the background.

    Returns
    -------
    float64 array, shape (leaves, players, 2**players)
        By player and pattern of the row's failures.

    Notes
    -----
    A row that fails the players U and a background row that fails G reach the leaf together, in
    the coalition S, only where S holds all of G and none of U: nowhere if they overlap, else the
    game of :func:`shares`. So a player of U loses the same whoever it is, and a player outside U
    gains ``sum over G that hold it, disjoint from U, of gains(|G|, |U|)``. With Z_j(U) the weight
    of the backgrounds with j failures, none in U (a subset sum for each j, 2^d d^2 steps in all),
    the sum over those that hold i is ``Z_j(U) - Z_j(U + i)``: three numbers per pattern make the
    whole table. The idea of patterns is that of Nadel and Wettenstein, "From Decision Trees to
    Boolean Logic: A Fast and Unified SHAP Algorithm", AAAI 2026 (Woodelf).
    """
    leaves, size = counts.shape
    players = size.bit_length() - 1
    made = np.empty((leaves, players, size))
    step = max(1, _CELLS // ((players + 1) * size))
    for start in range(0, leaves, step):
        chunk = slice(start, start + step)
        made[chunk] = _tables(counts[chunk], players) * value[chunk, None, None]
    return made


def _tables(counts: FloatArray, players: int) -> FloatArray:
    leaves, size = counts.shape
    failures, met_weight, other_weight, lost_weight = _weights(players)
    summed = np.zeros((leaves, players + 1, size))
    summed[:, failures, np.arange(size)] = counts
    for bit in range(players):
        halves = summed.reshape(leaves, players + 1, size >> (bit + 1), 2, 1 << bit)
        halves[:, :, :, 1] += halves[:, :, :, 0]
    # backgrounds with no failure in U: the subsets of what U leaves
    apart = summed[:, :, ::-1]
    met = np.einsum("ljs,js->ls", apart, met_weight)
    other = np.einsum("ljs,js->ls", apart, other_weight)
    lost = np.einsum("ljs,js->ls", apart, lost_weight)
    made = np.empty((leaves, players, size))
    patterns = np.arange(size)
    for player in range(players):
        own = 1 << player
        gained = met - other[:, patterns | own]
        made[:, player] = np.where((patterns & own) > 0, -lost, gained)
    return made
