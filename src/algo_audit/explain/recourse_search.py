"""Ways through a model that says nothing but scores: a beam over single and joint changes.

All people at once, so that a model is called a few dozen times whatever their number. A change
is tried at a few distances, the nearest one that does is found by bisection; where single changes
fall short, the most promising are joined, then a third and a fourth. Last, all changes together
at their best say whether anything would do, and are stripped of what is not needed.

What it returns is checked, not assumed: each choice reaches the score, and no change can be a
step smaller. It may miss a cheaper way that lies elsewhere, for a model without any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.recourse_judge import Judge
from algo_audit.explain.recourse_moves import FloatArray, LevelMoves, Menu, StepArray

People = NDArray[np.intp]

# A change is first tried at these shares of the way to its bound.
_SHARES = (0.25, 0.5, 0.75, 1.0)
# Values tried at once inside a stretch, in place of the one of a bisection: fewer calls.
_INSIDE = 3
# Changes and joint changes that are carried on, per person.
_ARMS = 6
_BEAM = 5
_SET_SIZE = 4
# Rounds of lowering by one step; a choice that is still too far then is dropped.
_ROUNDS = 50


@dataclass(frozen=True)
class _Arms:
    """Changes in one direction: action, and the step count at each place along it."""

    action: NDArray[np.intp]
    sign: NDArray[np.int64]
    rank: NDArray[np.int64]  # of a category without order: the one level it leads to

    @classmethod
    def of(cls, menu: Menu) -> _Arms:
        """All arms that somebody can take a step on."""
        action, sign, rank = [], [], []
        for place, move in enumerate(menu.moves):
            if isinstance(move, LevelMoves) and not move.ordered:
                levels = int(menu.up[:, place].max(initial=0))
                for level in range(1, levels + 1):
                    action.append(place)
                    sign.append(1)
                    rank.append(level)
                continue
            for direction, room in ((1, menu.up), (-1, menu.down)):
                if room[:, place].max(initial=0) > 0:
                    action.append(place)
                    sign.append(direction)
                    rank.append(0)
        return cls(np.array(action, np.intp), np.array(sign), np.array(rank, np.int64))

    def lengths(self, menu: Menu, who: People) -> StepArray:
        """How far each person can go on each arm: shape (people, arms)."""
        up, down = menu.up[who][:, self.action], menu.down[who][:, self.action]
        along = np.where(self.sign > 0, up, down)
        return np.where(self.rank > 0, (along >= self.rank).astype(np.int64), along)

    def steps(self, arm: NDArray[np.intp], place: StepArray) -> StepArray:
        """Signed step count at places along arms."""
        return np.where(self.rank[arm] > 0, self.rank[arm], self.sign[arm] * place)


def search(
    judge: Judge, who: People, *, ways: int, size: int = _SET_SIZE
) -> tuple[People, StepArray]:
    """Choices that do, each minimal: indices into the menu's rows, and steps.

    Parameters
    ----------
    judge : Judge
    who : intp array, shape (asking,)
        Rows of the menu, each once.
    ways : int
        Joint changes are looked for while a person has fewer.
    size : int
        Most inputs in one set.

    Returns
    -------
    who : intp array, shape (found,)
    choices : int64 array, shape (found, actions)
    """
    menu = judge.menu
    arms = _Arms.of(menu)
    if not len(arms.action) or not len(who):
        return np.empty(0, np.intp), np.empty((0, len(menu.moves)), np.int64)
    tried = _singles(judge, arms, who)
    found = [tried.found]
    enough = np.bincount(tried.person_found, minlength=len(who))
    states = _most_promising(arms, tried, len(menu.moves))
    for depth in range(2, min(size, len(menu.moves)) + 1):
        open_ = enough < ways if depth > 2 else np.ones(len(who), dtype=bool)
        joined = _joined(states, tried, arms, open_)
        if not len(joined[0]):
            break
        person, choices = joined
        scores = judge.scores(who[person], choices)
        done = scores >= judge.needed[who[person]]
        kept = _cheapest_of(judge, who, person[done], choices[done], at_most=2 * max(ways, 1))
        refined = _lowered(judge, who[kept[0]], kept[1])
        found.append(refined)
        enough += np.bincount(kept[0], minlength=len(who))
        states = _best_states(person[~done], choices[~done], scores[~done])
    persons, steps = zip(*found, strict=True)
    return np.concatenate(persons), np.concatenate(steps)


@dataclass(frozen=True)
class _Tried:
    """Single changes: what did, and the best place on each arm that did not."""

    found: tuple[People, StepArray]
    person_found: People
    best_place: StepArray  # (people, arms), 0: none
    best_score: FloatArray


def _singles(judge: Judge, arms: _Arms, who: People) -> _Tried:
    menu = judge.menu
    lengths = arms.lengths(menu, who)
    places = np.stack([np.ceil(lengths * share).astype(np.int64) for share in _SHARES], axis=2)
    fresh = places > 0
    fresh[:, :, 1:] &= places[:, :, 1:] > places[:, :, :-1]
    person, arm, share = np.nonzero(fresh)
    choices = np.zeros((len(person), len(menu.moves)), dtype=np.int64)
    choices[np.arange(len(person)), arms.action[arm]] = arms.steps(arm, places[person, arm, share])
    scores = np.full(places.shape, -np.inf)
    scores[person, arm, share] = judge.scores(who[person], choices)
    enough = scores >= judge.needed[who][:, np.newaxis, np.newaxis]
    failing = np.where(enough, -np.inf, scores)
    best = failing.argmax(axis=2)
    best_score = np.take_along_axis(failing, best[:, :, np.newaxis], axis=2)[:, :, 0]
    best_place = np.take_along_axis(places, best[:, :, np.newaxis], axis=2)[:, :, 0]
    some_person, some_arm = np.nonzero(enough.any(axis=2))
    first = enough.argmax(axis=2)[some_person, some_arm]
    high = places[some_person, some_arm, first]
    low = np.where(first > 0, places[some_person, some_arm, np.maximum(first - 1, 0)], 0)

    def does(rows: People, place: StepArray) -> NDArray[np.bool_]:
        made = np.zeros((len(rows), len(menu.moves)), dtype=np.int64)
        steps = arms.steps(some_arm[rows], place)
        made[np.arange(len(rows)), arms.action[some_arm[rows]]] = steps
        return judge.enough(who[some_person[rows]], made)

    reached = _nearest_that_does(does, low, high)
    made = np.zeros((len(some_person), len(menu.moves)), dtype=np.int64)
    made[np.arange(len(made)), arms.action[some_arm]] = arms.steps(some_arm, reached)
    return _Tried(
        found=(who[some_person], made),
        person_found=some_person,
        best_place=np.where(np.isfinite(best_score), best_place, 0),
        best_score=best_score,
    )


def _nearest_that_does(
    does: Callable[[People, StepArray], NDArray[np.bool_]], low: StepArray, high: StepArray
) -> StepArray:
    """Between a place that does not (``low``) and one that does: neighbours of which one does."""
    low, high = low.copy(), high.copy()
    while True:
        wide = np.flatnonzero(high - low > 1)
        if not len(wide):
            return high
        width = (high - low)[wide]
        inside = [
            low[wide] + np.ceil(width * part / (_INSIDE + 1)).astype(np.int64)
            for part in range(1, _INSIDE + 1)
        ]
        places = np.minimum(np.stack(inside, axis=1), (high[wide] - 1)[:, np.newaxis])
        good = does(np.repeat(wide, _INSIDE), places.ravel()).reshape(places.shape)
        # the lowest place that does, and the highest below it that does not
        any_good = good.any(axis=1)
        first = np.where(any_good, good.argmax(axis=1), _INSIDE)
        rows = np.arange(len(wide))
        new_high = np.where(any_good, places[rows, np.minimum(first, _INSIDE - 1)], high[wide])
        new_low = np.where(first > 0, places[rows, np.maximum(first - 1, 0)], low[wide])
        low[wide], high[wide] = new_low, new_high


@dataclass(frozen=True)
class _States:
    """Joint changes that fall short so far, the best few of each person."""

    person: People
    choices: StepArray


def _most_promising(arms: _Arms, tried: _Tried, actions: int) -> _States:
    """Single changes that fall short, the best scores first, a few per person."""
    person, arm = np.nonzero(_top(tried.best_score, _ARMS) & (tried.best_place > 0))
    choices = np.zeros((len(person), actions), dtype=np.int64)
    steps = arms.steps(arm, tried.best_place[person, arm])
    choices[np.arange(len(person)), arms.action[arm]] = steps
    return _States(person, choices)


def _top(scores: FloatArray, number: int) -> NDArray[np.bool_]:
    """The highest finite scores of each row."""
    rank = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
    return np.isfinite(scores) & (rank < number)


def _joined(
    states: _States, tried: _Tried, arms: _Arms, open_: NDArray[np.bool_]
) -> tuple[People, StepArray]:
    """Each state with one more change of another input; each set of changes once."""
    kept = np.flatnonzero(open_[states.person])
    usable = _top(tried.best_score, _ARMS) & (tried.best_place > 0)
    at, arm = np.nonzero(usable[states.person[kept]])
    row = kept[at]
    free = states.choices[row, arms.action[arm]] == 0
    row, arm = row[free], arm[free]
    person, choices = states.person[row], states.choices[row].copy()
    steps = arms.steps(arm, tried.best_place[person, arm])
    choices[np.arange(len(row)), arms.action[arm]] = steps
    return _once(person, choices)


def _once(person: People, choices: StepArray) -> tuple[People, StepArray]:
    if not len(person):
        return person, choices
    both = np.unique(np.column_stack([person, choices]), axis=0)
    return both[:, 0].astype(np.intp), both[:, 1:]


def _best_states(person: People, choices: StepArray, scores: FloatArray) -> _States:
    """The highest scores of each person."""
    kept = _first_of_each(person, -scores, _BEAM)
    return _States(person[kept], choices[kept])


def _cheapest_of(
    judge: Judge, who: People, person: People, choices: StepArray, *, at_most: int
) -> tuple[People, StepArray]:
    efforts = judge.menu.efforts(who[person], choices)
    kept = _first_of_each(person, efforts, at_most)
    return person[kept], choices[kept]


def _first_of_each(person: People, key: FloatArray, number: int) -> NDArray[np.intp]:
    """Rows with the lowest keys, so many of each person."""
    order = np.lexsort((key, person))
    ordered = person[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    return order[np.arange(len(order)) - starts < number]


def _lowered(judge: Judge, who: People, choices: StepArray) -> tuple[People, StepArray]:
    """Choices that do, each change in turn brought as near as it can be."""
    if not len(who):
        return who, choices
    priciest = np.stack(
        [
            move.efforts(judge.menu.present[who, move.input], choices[:, place])
            for place, move in enumerate(judge.menu.moves)
        ],
        axis=1,
    )
    order = np.argsort(-priciest, axis=1, kind="stable")
    versions = [_lowered_in(judge, who, choices, order)]
    several = np.flatnonzero((choices != 0).sum(axis=1) > 1)
    other = _lowered_in(judge, who[several], choices[several], order[several, ::-1])
    versions.append(other)
    return _minimal(judge, np.concatenate([who, who[several]]), np.concatenate(versions))


def _lowered_in(
    judge: Judge, who: People, choices: StepArray, order: NDArray[np.intp]
) -> StepArray:
    """Bring changes nearer one action after the other, in each row's own order."""
    made = choices.copy()
    for turn in range(order.shape[1]):
        action = order[:, turn]
        rows = np.flatnonzero(made[np.arange(len(made)), action])
        if len(rows):
            made[rows, action[rows]] = _one_nearer(judge, who[rows], made[rows], action[rows])
    return made


def _one_nearer(
    judge: Judge, who: People, choices: StepArray, action: NDArray[np.intp]
) -> StepArray:
    """Steps of one action of each choice, brought as near as it can be: 0, or the bisected."""
    rows = np.arange(len(who))
    steps = choices[rows, action]
    single = np.array([isinstance(m, LevelMoves) and not m.ordered for m in judge.menu.moves])
    alone = single[action]

    def does(at: People, place: StepArray) -> NDArray[np.bool_]:
        tried = choices[at].copy()
        tried[np.arange(len(at)), action[at]] = np.sign(steps[at]) * place
        return judge.enough(who[at], tried)

    gone = does(rows, np.zeros(len(rows), dtype=np.int64))
    high = np.where(gone, 0, np.where(alone, 1, np.abs(steps)))
    reached = _nearest_that_does(does, np.zeros(len(rows), dtype=np.int64), high)
    return np.where(gone, 0, np.where(alone, steps, np.sign(steps) * reached))


def _minimal(judge: Judge, who: People, choices: StepArray) -> tuple[People, StepArray]:
    """Until no change can be a step smaller or left out, bring one nearer; drop what does not end.

    Both are asked: where more of an input may count for less, a change that cannot be a step
    smaller may still be left out.
    """
    who, choices = _once(who, choices)
    moving = np.arange(len(who))
    for _ in range(_ROUNDS):
        if not len(moving):
            break
        row, place = np.nonzero(choices[moving])
        nearer = judge.menu.lowered(choices[moving[row]], place)
        without = choices[moving[row]]
        without[np.arange(len(row)), place] = 0
        good = judge.enough(who[moving[row]], nearer)
        good[~good] = judge.enough(who[moving[row[~good]]], without[~good])
        row, place = row[good], place[good]
        first = np.unique(row, return_index=True)[1]
        moving, place = moving[row[first]], place[first]
        choices[moving, place] = _one_nearer(judge, who[moving], choices[moving], place)
    kept = np.ones(len(who), dtype=bool)
    kept[moving] = False
    return _once(who[kept], choices[kept])


def all_at_best(judge: Judge, who: People) -> tuple[StepArray, FloatArray]:
    """Every change where it brings most, one input after the other, twice round.

    Returns
    -------
    choices : int64 array, shape (people, actions)
    scores : float64 array, shape (people,)
        The highest one found; there may be a higher one.
    """
    menu = judge.menu
    arms = _Arms.of(menu)
    made = np.zeros((len(who), len(menu.moves)), dtype=np.int64)
    best = judge.scores(who, made)
    lengths = arms.lengths(menu, who) if len(arms.action) else made
    everyone = np.arange(len(who))
    for action in [*range(len(menu.moves))] * 2:
        own = np.flatnonzero(arms.action == action)
        if not len(own):
            continue
        places = np.stack(
            [np.ceil(lengths[:, own] * share).astype(np.int64) for share in _SHARES], axis=2
        ).reshape(len(who), -1)
        tried = np.repeat(made[:, np.newaxis], places.shape[1], axis=1)
        tried[:, :, action] = arms.steps(np.repeat(own, len(_SHARES)), places)
        scores = judge.scores(np.repeat(who, places.shape[1]), tried.reshape(-1, made.shape[1]))
        scores = scores.reshape(places.shape)
        first = scores.argmax(axis=1)
        better = scores[everyone, first] > best
        made[better] = tried[everyone, first][better]
        best = np.where(better, scores[everyone, first], best)
    return made, best


def stripped(judge: Judge, who: People, choices: StepArray) -> tuple[People, StepArray]:
    """Choices that do, without the changes that are not needed."""
    return _lowered(judge, who, choices)
