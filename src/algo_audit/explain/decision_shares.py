"""What each criterion adds to the chance that a person is taken, the cut-off held.

The value of a set of criteria, for one person: the chance, over the people of a background, that
the score with these criteria of the person and the others of a background person reaches what was
enough in the person's pool. All criteria together give the person's own decision, none the share
of the background that would be taken with the person's cut-off. Shapley values share out the
difference between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Ask = Callable[[FloatArray], FloatArray]

# Share of the largest score under which two scores are one: sums in another order differ by less.
_ALIKE = 1e-9
# Coalitions, or rows asked of a model, that are held in memory at once.
_HELD, _CALL = 64, 1 << 17
# Orders of the criteria tried for one person are never more than this many pairs.
_MOST_ORDERS = 64


@dataclass(frozen=True)
class People:
    """Those whose decision is shared out; all arrays have one entry per person.

    ``needed``: the score from which the decision is favourable, see ``needed_scores``; infinite
    where no score is enough, NaN in the absence of a rule.
    """

    values: FloatArray
    scores: FloatArray
    needed: FloatArray
    decision: NDArray[np.int8]


@dataclass(frozen=True)
class Shares:
    """Shares of every person: (people, players); ``empty`` is what no criterion at all gives.

    ``empty + values.sum(1)`` is the person's decision, or score, to the last bits.
    """

    values: FloatArray
    empty: FloatArray


def needed_scores(
    scores: FloatArray, cut_off: FloatArray, decision: NDArray[np.int8]
) -> FloatArray:
    """The score that each person needed, so that its own score gives its own decision.

    Parameters
    ----------
    scores, cut_off : float64 arrays, shape (rows,)
    decision : int8 array, shape (rows,)

    Returns
    -------
    float64 array, shape (rows,)
        The cut-off, less a hair against the rounding of sums. Who reached it and was not taken
        lost a tie by standing later in the file: that person needed a hair more than the cut-off.
        Infinite in a pool without places.
    """
    finite = np.abs(scores[np.isfinite(scores)])
    hair = _ALIKE * max(1.0, float(finite.max(initial=0.0)))
    needed = np.where(np.isnan(cut_off), np.inf, cut_off - hair)
    lost = (decision == 0) & (scores >= needed)
    return np.where(lost, cut_off + hair, needed)


def additive_shares(people: People, own: FloatArray, others: FloatArray) -> Shares:
    """Exact shares of decisions by a sum of points.

    Parameters
    ----------
    people : People
    own : float64 array, shape (people, players)
        Points of every player, what rounding adds included; the score is their sum and a constant.
    others : float64 array, shape (background, players)

    Returns
    -------
    Shares

    Notes
    -----
    For each coalition the points of all others over the background are sorted once, and the chance
    is where the points that a person still lacks fall among them: 2^players sorts and searches.
    """
    players = own.shape[1]
    lacking = people.needed - (people.scores - own.sum(axis=1))
    masks = (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)
    found = np.zeros((len(own), players))
    empty = np.zeros(len(own))
    for start in range(0, len(masks), _HELD):
        held = masks[start : start + _HELD]
        chance = np.empty((len(own), len(held)))
        for place, mask in enumerate(held):
            rest = np.sort(others[:, ~mask].sum(axis=1))
            below = np.searchsorted(rest, lacking - own[:, mask].sum(axis=1), side="left")
            chance[:, place] = 1 - below / len(others)
            if mask.all():
                chance[:, place] = people.decision
            if not mask.any():
                empty = chance[:, place].copy()
        found += chance @ _weights(held)
    return Shares(found, empty)


def _weights(masks: BoolArray) -> FloatArray:
    """What a coalition's value counts for in each player's share: (coalitions, players)."""
    players = masks.shape[1]
    size = masks.sum(axis=1)
    joined = np.array(
        [0.0] + [1 / (players * comb(players - 1, s - 1)) for s in range(1, players + 1)]
    )
    left = np.array([1 / (players * comb(players - 1, s)) for s in range(players)] + [0.0])
    return np.asarray(np.where(masks, joined[size][:, None], -left[size][:, None]))


def asked_shares(
    ask: Ask, people: People, others: FloatArray, owner: IntArray
) -> tuple[Shares, Shares]:
    """Exact shares of scores and of decisions by asking a model for every combination.

    Parameters
    ----------
    ask : callable
        Scores of rows.
    people : People
    others : float64 array, shape (background, inputs)
    owner : int64 array, shape (inputs,)
        Player that each input belongs to.

    Returns
    -------
    scores, decisions : Shares
    """
    players = int(owner.max()) + 1
    masks = (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)
    weights = _weights(masks)
    other_scores = ask(others)
    shares = [np.zeros((len(people.scores), players)) for _ in range(2)]
    empties = _empty(people, other_scores)
    for mask, weight in zip(masks, weights, strict=True):
        if mask.all():
            chance = people.decision.astype(np.float64)
            mean = people.scores
        elif not mask.any():
            mean, chance = empties
        else:
            mean, chance = _asked(ask, people, others, mask[owner])
        for place, value in enumerate((mean, chance)):
            shares[place] += value[:, None] * weight
    return Shares(shares[0], empties[0]), Shares(shares[1], empties[1])


def _empty(people: People, other_scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean score of the background, and its share that reaches what each person needed."""
    below = np.searchsorted(np.sort(other_scores), people.needed, side="left")
    return np.full(len(people.scores), float(other_scores.mean())), 1 - below / len(other_scores)


def _asked(
    ask: Ask, people: People, others: FloatArray, kept: BoolArray
) -> tuple[FloatArray, FloatArray]:
    mean, chance = np.empty(len(people.scores)), np.empty(len(people.scores))
    step = max(1, _CALL // len(others))
    for start in range(0, len(mean), step):
        part = slice(start, start + step)
        rows = people.values[part]
        mixed = np.repeat(others[None], len(rows), axis=0)
        mixed[:, :, kept] = rows[:, None, kept]
        scores = ask(mixed.reshape(-1, others.shape[1])).reshape(len(rows), len(others))
        mean[part] = scores.mean(axis=1)
        chance[part] = (scores >= people.needed[part, None]).mean(axis=1)
    return mean, chance


def sampled_shares(
    ask: Ask, people: People, others: FloatArray, owner: IntArray, *, rows: int, seed: int
) -> tuple[Shares, Shares]:
    """Shares of scores and of decisions by random orders of the criteria, each with its reverse.

    Parameters
    ----------
    ask, people, others, owner
        As in ``asked_shares``.
    rows : int
        Rows that the model may be asked about; one order and its reverse at least.
    seed : int

    Returns
    -------
    scores, decisions : Shares

    Notes
    -----
    Castro, Gomez and Tejada (2009) with antithetic orders. For a person, an order and a person
    of the background, the criteria change one by one from the other's to the person's own. The
    background is dealt out evenly. Which of them a person drew is known to move the sum by
    a known amount; a regression on it takes it out again, so the shares sum to the person's own
    score or decision exactly. The error of sampling is in the spread between people, and so in
    intervals made from it.
    """
    n, players = len(people.scores), int(owner.max()) + 1
    generator = np.random.default_rng(seed)
    per_order = 2 * n * max(players - 1, 1)
    orders = int(np.clip(rows // per_order, 1, _MOST_ORDERS))
    other_scores = ask(others)
    shares = np.zeros((2, n, players))
    drawn = np.zeros((2, n))
    for who in _dealt(n, len(others), orders, generator):
        order = np.argsort(generator.random((n, players)), axis=1)
        start = np.stack(
            [other_scores[who], (other_scores[who] >= people.needed).astype(np.float64)]
        )
        drawn += start / orders
        for one in (order, order[:, ::-1]):
            _walk(ask, people, others[who], owner, one, start, shares)
    shares /= 2 * orders
    empties = _empty(people, other_scores)
    made = [
        Shares(_corrected(shares[k], drawn[k] - empties[k], total - empties[k]), empties[k])
        for k, total in enumerate((people.scores, people.decision.astype(np.float64)))
    ]
    return made[0], made[1]


def _dealt(n: int, others: int, times: int, generator: np.random.Generator) -> Iterator[IntArray]:
    """A person of the background for everyone, ``times`` times, each as often as the next."""
    for _ in range(times):
        whole = [generator.permutation(others) for _ in range(-(-n // others))]
        yield np.concatenate(whole)[:n].astype(np.int64)


def _walk(
    ask: Ask,
    people: People,
    others: FloatArray,
    owner: IntArray,
    order: IntArray,
    start: FloatArray,
    shares: FloatArray,
) -> None:
    """One order: criteria turn into the person's own one after the other."""
    n, players = order.shape
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(players)[None, :], axis=1)
    turns = place[:, owner]
    # all steps in one call: a model of many trees answers a few rows hardly faster than many
    mixed = np.concatenate(
        [np.where(turns < step, people.values, others) for step in range(1, players)]
        or [np.empty((0, others.shape[1]))]
    )
    parts = [ask(mixed[first : first + _CALL]) for first in range(0, len(mixed), _CALL)]
    asked = np.concatenate([*parts, people.scores]).reshape(players, n)
    before = start
    everyone = np.arange(n)
    for step in range(players):
        scores = asked[step]
        reached = people.decision if step == players - 1 else scores >= people.needed
        after = np.stack([scores, reached.astype(np.float64)])
        shares[:, everyone, order[:, step]] += after - before
        before = after


def _corrected(shares: FloatArray, surplus: FloatArray, total: FloatArray) -> FloatArray:
    """Shares without what the background that was drawn added, summing to ``total`` exactly.

    ``surplus`` is how far the drawn background is above the whole one, person by person.
    """
    players = shares.shape[1]
    centred = surplus - surplus.mean()
    variance = float(centred @ centred)
    if variance > 0:
        slope = -(centred @ shares) / variance
        # the slopes sum to 1 up to chance, for the shares fall short by the surplus
        slope += (1 - slope.sum()) / players
    else:
        slope = np.full(players, 1 / players)
    made = shares + surplus[:, None] * slope
    return np.asarray(made + ((total - made.sum(axis=1)) / players)[:, None])
