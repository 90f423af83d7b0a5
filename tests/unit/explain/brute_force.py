"""Shapley values as the definition says them, coalition by coalition: slow, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np


def by_definition(
    ask: Callable[[np.ndarray], np.ndarray],
    row: np.ndarray,
    background: np.ndarray,
    players: Sequence[Sequence[int]] | None = None,
) -> np.ndarray:
    """Shapley values of one row: shape (players,).

    ``sum over S of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))``, where v(S) is the mean of ``ask``
    over the background with the inputs of S taken from the row (Shapley 1953).
    """
    players = [(place,) for place in range(len(row))] if players is None else players
    n = len(players)
    worth = {}
    for size in range(n + 1):
        for members in combinations(range(n), size):
            rows = background.copy()
            for member in members:
                rows[:, list(players[member])] = row[list(players[member])]
            worth[members] = float(np.mean(ask(rows)))
    found = np.zeros(n)
    for own in range(n):
        for members, value in worth.items():
            if own in members:
                continue
            s = len(members)
            share = factorial(s) * factorial(n - s - 1) / factorial(n)
            found[own] += share * (worth[tuple(sorted((*members, own)))] - value)
    return found
