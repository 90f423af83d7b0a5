"""Shapley values of a model that can only be asked: all coalitions, or a sample with its error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
MaskArray = NDArray[np.bool_]
Ask = Callable[[FloatArray], FloatArray]

# Rows handed to a model at once: enough that a call's overhead does not count.
_CALL = 1 << 17
# Coalitions asked per player where they are sampled. Source: benchmarks/speed/opaque.py.
_PER_PLAYER = 10
# Lots of sampled coalitions left out in turn to measure the error.
_LOTS = 20


def exact_contributions(
    ask: Ask, values: FloatArray, background: FloatArray, players: Sequence[Sequence[int]]
) -> FloatArray:
    """Shapley values by asking all 2^players coalitions.

    Parameters
    ----------
    ask : callable
        Scores of rows.
    values, background : float64 arrays, shape (rows, inputs), (background, inputs)
    players : sequence of sequences of int
        Inputs of each player.

    Returns
    -------
    float64 array, shape (rows, players)
    """
    count = len(players)
    patterns = np.arange(1 << count)
    masks = (patterns[:, None] >> np.arange(count) & 1).astype(bool)
    worth = coalition_worth(ask, values, background, _inputs_in(masks, players, values.shape[1]))
    sizes = masks.sum(axis=1)
    weights = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    made = np.empty((len(values), count))
    for player in range(count):
        without = patterns[~masks[:, player]]
        gained = worth[:, without | (1 << player)] - worth[:, without]
        made[:, player] = gained @ weights[sizes[without]]
    return made


def _inputs_in(masks: MaskArray, players: Sequence[Sequence[int]], inputs: int) -> MaskArray:
    """Coalitions of players as sets of inputs: shape (coalitions, inputs)."""
    made = np.zeros((len(masks), inputs), dtype=bool)
    for place, own in enumerate(players):
        made[:, list(own)] = masks[:, [place]]
    return made


def coalition_worth(
    ask: Ask, values: FloatArray, background: FloatArray, masks: MaskArray
) -> FloatArray:
    """Mean score of each row with the inputs outside a coalition taken from the background.

    Parameters
    ----------
    ask : callable
    values : float64 array, shape (rows, inputs)
    background : float64 array, shape (background, inputs)
    masks : bool array, shape (coalitions, inputs)
        Inputs that keep the row's own value.

    Returns
    -------
    float64 array, shape (rows, coalitions)

    Notes
    -----
    A row and a background row that are alike in what a coalition takes from them are asked once:
    categories and small coalitions repeat themselves.
    """
    worth = np.empty((len(values), len(masks)))
    waiting: list[_Asked] = []
    total = 0
    for place, mask in enumerate(masks):
        for one in _asked(values, background, mask, place):
            waiting.append(one)
            total += one.calls
            if total >= _CALL:
                _settle(ask, waiting, worth)
                waiting, total = [], 0
    _settle(ask, waiting, worth)
    return worth


@dataclass(frozen=True)
class _Asked:
    """Part of one coalition: distinct rows of both sides, and whom they stand for."""

    place: int
    mask: MaskArray
    rows: FloatArray
    others: FloatArray
    weights: FloatArray
    back: NDArray[np.int64]
    who: NDArray[np.int64]

    @property
    def calls(self) -> int:
        return len(self.rows) * len(self.others)

    def built(self, out: FloatArray) -> None:
        """Every row with every background row, in ``out`` (rows * background, inputs)."""
        cells = out.reshape(len(self.rows), len(self.others), -1)
        cells[:] = self.others
        own = np.flatnonzero(self.mask)
        cells[:, :, own] = self.rows[:, None, own]


def _asked(
    values: FloatArray, background: FloatArray, mask: MaskArray, place: int
) -> Iterator[_Asked]:
    rows, back = _distinct(values, mask)
    others, into = _distinct(background, ~mask)
    weights = np.bincount(into, minlength=len(others)) / len(background)
    step = max(1, _CALL // len(others))
    for start in range(0, len(rows), step):
        stop = min(start + step, len(rows))
        who = np.flatnonzero((back >= start) & (back < stop))
        part = background[others]
        yield _Asked(place, mask, values[rows[start:stop]], part, weights, back[who] - start, who)


def _distinct(rows: FloatArray, columns: MaskArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One row for each that differs in some columns, and which one stands for each."""
    if not columns.any():
        return np.zeros(1, np.int64), np.zeros(len(rows), np.int64)
    if len(rows) == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    # bits, so that blanks are alike; adding 0 makes one zero of the two
    bits = np.ascontiguousarray(rows[:, columns] + 0.0)
    keys = bits.view(np.dtype((np.void, bits.dtype.itemsize * bits.shape[1]))).ravel()
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    return first.astype(np.int64), back.astype(np.int64)


def _settle(ask: Ask, waiting: Sequence[_Asked], worth: FloatArray) -> None:
    """Ask the model once for all that waits."""
    if not waiting:
        return
    ends = np.cumsum([one.calls for one in waiting])
    rows = np.empty((int(ends[-1]), len(waiting[0].mask)))
    for one, end in zip(waiting, ends.tolist(), strict=True):
        one.built(rows[end - one.calls : end])
    scores = np.asarray(ask(rows), dtype=np.float64)
    for one, end in zip(waiting, ends.tolist(), strict=True):
        cells = scores[end - one.calls : end].reshape(len(one.rows), len(one.others))
        worth[one.who, one.place] = (cells @ one.weights)[one.back]


@dataclass(frozen=True)
class Sample:
    """Coalitions to ask, in pairs (a coalition, then all the others).

    Attributes
    ----------
    masks : bool array, shape (pairs, players)
        The first of each pair.
    weights : float64 array, shape (pairs,)
        In the regression.
    drawn : bool array, shape (pairs,)
        False: all coalitions of this size are there.
    """

    masks: MaskArray
    weights: FloatArray
    drawn: MaskArray


def sample_coalitions(players: int, coalitions: int, *, seed: int) -> Sample:
    """Choose coalitions: whole sizes from the outside in, then pairs drawn at random.

    Parameters
    ----------
    players : int
        At least 2.
    coalitions : int
        How many are asked, about; at least those of size 1 and players - 1.
    seed : int

    Returns
    -------
    Sample

    Notes
    -----
    Shapley values are the weighted least squares fit of a sum to all coalitions, with weight
    ``(n - 1) / (C(n, s) s (n - s))`` at size s (Lundberg and Lee, NeurIPS 2017). Sizes that fit
    in whole carry no sampling error. The others are drawn in pairs with their complements
    (Covert and Lee, AISTATS 2021), each pair once, evenly over sizes: by the leverage of their
    rows in the fit (Musco and Witter, ICLR 2025), and weigh what they would weigh over their
    chance of being drawn.
    """
    generator = np.random.default_rng(seed)
    sizes = list(range(1, players // 2 + 1))
    every = [_pairs_of(players, size) for size in sizes]
    taken = _taken(max(players, coalitions // 2), every, last_counts_half=players % 2 == 0)
    masks: list[MaskArray] = []
    weights: list[float] = []
    drawn: list[bool] = []
    for size, many, most in zip(sizes, taken, every, strict=True):
        whole = many == most
        masks += _whole_size(players, size) if whole else _drawn(players, size, many, generator)
        if many:
            weights += [kernel_weight(players, size) * most / many] * many
            drawn += [not whole] * many
    return Sample(np.array(masks, dtype=bool), np.array(weights), np.array(drawn, dtype=bool))


def _taken(pairs: int, every: Sequence[int], *, last_counts_half: bool) -> list[int]:
    """How many pairs of each size: whole sizes from the outside in, the others evenly.

    A size is asked whole where an even share of what is left would be enough for it; what a small
    size cannot use goes to the others.
    """
    taken = [0] * len(every)
    first = 0
    while first < len(every) and (
        first == 0 or every[first] * (len(every) - first) <= pairs - sum(taken)
    ):
        taken[first] = every[first]
        first += 1
    wanted = np.ones(len(every))
    if last_counts_half:
        wanted[-1] = 0.5
    while True:
        room = [place for place in range(first, len(every)) if taken[place] < every[place]]
        left = pairs - sum(taken)
        if not room or left <= 0:
            return taken
        for place, more in zip(room, _even(left, wanted[room]), strict=True):
            taken[place] = min(taken[place] + more, every[place])


def _even(many: int, wanted: FloatArray) -> list[int]:
    """Whole numbers near ``wanted`` in proportion, summing to ``many``."""
    share = np.floor(many * wanted / wanted.sum()).astype(int)
    share[: many - int(share.sum())] += 1
    return [int(one) for one in share]


def kernel_weight(players: int, size: int) -> float:
    """Weight of one coalition in the regression whose solution are Shapley values."""
    return (players - 1) / (comb(players, size) * size * (players - size))


def _pairs_of(players: int, size: int) -> int:
    whole = comb(players, size)
    return whole // 2 if 2 * size == players else whole


def _whole_size(players: int, size: int) -> list[MaskArray]:
    made = []
    for own in combinations(range(players), size):
        if 2 * size == players and own[0] != 0:
            break  # the complement of one that is there
        mask = np.zeros(players, dtype=bool)
        mask[list(own)] = True
        made.append(mask)
    return made


def _drawn(players: int, size: int, many: int, generator: np.random.Generator) -> list[MaskArray]:
    """Distinct coalitions of one size, none the complement of another."""
    found: dict[bytes, MaskArray] = {}
    while len(found) < many:
        mask = np.zeros(players, dtype=bool)
        mask[generator.choice(players, size, replace=False)] = True
        if 2 * size == players and not mask[0]:
            mask = ~mask
        found.setdefault(mask.tobytes(), mask)
    return list(found.values())


def sampled_contributions(
    ask: Ask,
    values: FloatArray,
    background: FloatArray,
    players: Sequence[Sequence[int]],
    *,
    coalitions: int | None = None,
    seed: int = 0,
) -> tuple[FloatArray, FloatArray]:
    """Shapley values by regression on sampled coalitions, the same for all rows.

    Parameters
    ----------
    ask : callable
    values, background : float64 arrays, shape (rows, inputs), (background, inputs)
    players : sequence of sequences of int
    coalitions : int, optional
        How many are asked; 10 per player unless given.
    seed : int

    Returns
    -------
    values : float64 array, shape (rows, players)
        They sum to the row's score minus the background's mean, always.
    standard_error : float64 array, shape (rows, players)
        Of the sampling of coalitions, by leaving out lots of them in turn; 0 where all were
        asked. It does not speak of the background's size.
    """
    count = len(players)
    base = float(np.asarray(ask(background)).mean())
    total = np.asarray(ask(values), dtype=np.float64) - base
    if count == 1:
        return total[:, None], np.zeros((len(values), 1))
    wanted = _PER_PLAYER * count if coalitions is None else coalitions
    sample = sample_coalitions(count, wanted, seed=seed)
    both = np.concatenate([sample.masks, ~sample.masks])
    inputs = _inputs_in(both, players, values.shape[1])
    worth = coalition_worth(ask, values, background, inputs)
    pairs = len(sample.masks)
    # a pair's difference is all that values depend on: sums of pairs are about interactions
    seen = worth[:, :pairs] - worth[:, pairs:]
    made = _fitted(sample, seen, total, np.ones(pairs))
    return made, _errors(sample, seen, total, made, seed)


def _fitted(sample: Sample, seen: FloatArray, total: FloatArray, kept: FloatArray) -> FloatArray:
    """Weighted least squares with the sum held: shape (rows, players).

    For a coalition S and its complement, ``sum of S - sum of the others`` is fitted to the
    difference of their scores.
    """
    signs = np.where(sample.masks, 1.0, -1.0)
    weighted = signs * (sample.weights * kept)[:, None]
    normal = weighted.T @ signs
    count = signs.shape[1]
    bordered = np.ones((count + 1, count + 1))
    bordered[:count, :count] = normal
    bordered[count, count] = 0.0
    right = np.vstack([weighted.T @ seen.T, total])
    made: FloatArray = np.linalg.lstsq(bordered, right, rcond=None)[0][:count].T
    # the sum is held to the last bit or two
    made += ((total - made.sum(axis=1)) / count)[:, None]
    return made


def _errors(
    sample: Sample, seen: FloatArray, total: FloatArray, made: FloatArray, seed: int
) -> FloatArray:
    """Standard errors by leaving out one lot of the sampled pairs at a time (jackknife)."""
    sampled = np.flatnonzero(sample.drawn)
    lots = min(_LOTS, len(sampled))
    squares = np.zeros_like(made)
    if lots < 2:
        return squares
    lot = np.full(len(sample.masks), -1)
    order = np.random.default_rng(seed).permutation(sampled)
    lot[order] = np.arange(len(order)) % lots
    for out in range(lots):
        kept = np.where(sample.drawn & (lot != out), lots / (lots - 1), 1.0) * (lot != out)
        squares += (_fitted(sample, seen, total, kept) - made) ** 2
    return np.sqrt(squares * (lots - 1) / lots)
