"""Ways to a favourable decision that a person could really take, or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.limits import Limits, read_limits
from algo_audit.explain.plausibility import Plausibility
from algo_audit.explain.recourse_exact import all_at_best as best_of_points
from algo_audit.explain.recourse_exact import cheapest_by_set, sums_up
from algo_audit.explain.recourse_judge import Judge
from algo_audit.explain.recourse_moves import Menu, moves_of
from algo_audit.explain.recourse_search import all_at_best, search, stripped
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import Input
from algo_audit.models.model import Model

# Squared distances worked out in two orders differ by this much.
_SAME_DISTANCE = 1e-7


@dataclass(frozen=True)
class Change:
    """One input that changes: numbers, or levels as the file writes them (None: blank)."""

    column: str
    before: float | str | None
    after: float | str | None


@dataclass(frozen=True)
class Way:
    """One way: its changes, the score it leads to, and what it costs.

    ``effort``: sum over changes of steps taken times the action's effort, each divided by the
    spread of the input (comparable, not a price). ``rarity``: share of the file's people (0 to 1)
    who are farther from all others than this combination is; 1 = as ordinary as can be.
    """

    changes: tuple[Change, ...]
    score: float
    effort: float
    rarity: float


@dataclass(frozen=True)
class Recourse:
    """The ways of one person, others and rule unchanged; no guarantee.

    ``reason``, where there is no way: ``already_favourable`` | ``nothing_actionable`` |
    ``out_of_reach`` (even all changes together fall short: ``best_score``) | ``not_plausible``
    (only combinations that nobody of the file resembles) | ``no_place`` (the pool had none).
    """

    ways: tuple[Way, ...]
    reason: str | None = None
    best_score: float | None = None


@dataclass(frozen=True)
class GroupRecourse:
    """Refused people of a group for whom some way exists, and its mean effort."""

    attribute: str | None
    group: str | None
    refused: int
    with_way: Estimate
    mean_effort: Estimate


@dataclass(frozen=True)
class RecourseOverview:
    """Who could have done something: everyone first, then by group; ``sampled`` of ``refused``.

    ``changes``: by input, in how many of the cheapest ways it changes.
    """

    refused: int
    sampled: int
    groups: tuple[GroupRecourse, ...]
    changes: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...] = ()


def find_recourse(
    model: Model,
    values: NDArray[np.float64],
    *,
    needed: NDArray[np.float64],
    actions: Sequence[Action],
    people: NDArray[np.float64],
    ways: int = 4,
    limits: Limits | None = None,
    seed: int = 0,
    ordinary: Plausibility | None = None,
) -> tuple[Recourse, ...]:
    """Up to ``ways`` diverse feasible ways for each row, all rows at once.

    Parameters
    ----------
    model : Model
    values : float64 array, shape (rows, inputs)
        The people who ask, as ``InputRows.values``.
    needed : float64 array, shape (rows,)
        Score from which the decision is favourable for the row: see ``recourse_target``. NaN: no
        place.
    actions : sequence of Action
        Inputs that may change; no other does.
    people : float64 array, shape (people, inputs)
        The file, for bounds, spreads and joint plausibility.
    ways : int
        Ways differ in the set of inputs they change, and none contains another.
    limits : Limits, optional
    seed : int
        For the people that stand for a large file where plausibility is judged.
    ordinary : Plausibility, optional
        What is ordinary among ``people``, from ``learn_plausibility``; learnt anew unless given.

    Returns
    -------
    tuple of Recourse, one per row
        Ways by effort. Each is scored again and checked against every constraint before it is
        returned; one that broke any would be left out.

    Notes
    -----
    Models whose score is a sum over inputs (``AdditiveModel``) are solved exactly: the first way
    is the cheapest plausible one there is (with more than eight changeable inputs, among those
    that change up to four). For other models the ways come from a search; a cheaper one may exist.
    No way can have any of its changes made one step smaller. A blank is never filled in.

    It misleads where inputs hang together (a further diploma takes years of age), and it says
    nothing about whether the change is worth making: a way through an arbitrary rule is a way.
    """
    limits = read_limits() if limits is None else limits
    values = np.asarray(values, dtype=np.float64)
    menu = Menu(moves_of(actions, model.inputs, people), values)
    reasons, asking = _who_asks(model, menu, needed)
    ways_of: dict[int, list[Way]] = {}
    best: dict[int, float] = {}
    if len(asking):
        plausibility = ordinary or learn_plausibility(model, people, limits=limits, seed=seed)
        farthest = np.maximum(plausibility.limit, plausibility.distance(values))
        judge = Judge(model, menu, needed, farthest)
        candidates = _candidates(judge, asking, plausibility, ways=ways)
        chosen = choose(candidates, ways=ways)
        ways_of = _certified(judge, chosen, candidates)
        without = np.array([row for row in asking if int(row) not in ways_of], dtype=np.intp)
        scores = _best_scores(judge, without) if len(without) else np.empty(0)
        for row, score in zip(without, scores, strict=True):
            short = score < needed[row] and int(row) not in candidates.possible
            reasons[int(row)] = "out_of_reach" if short else "not_plausible"
            best[int(row)] = float(score)
    return tuple(
        Recourse(
            ways=tuple(ways_of.get(row, ())),
            reason=None if row in ways_of else reasons.get(row),
            best_score=best.get(row),
        )
        for row in range(len(values))
    )


def learn_plausibility(
    model: Model, people: NDArray[np.float64], *, limits: Limits | None = None, seed: int = 0
) -> Plausibility:
    """What is ordinary in a file, to be learnt once where people ask one by one.

    Parameters as for ``find_recourse``.
    """
    limits = read_limits() if limits is None else limits
    return Plausibility(model.inputs, people, rarest=limits.explain.rarest, seed=seed)


def _who_asks(
    model: Model, menu: Menu, needed: NDArray[np.float64]
) -> tuple[dict[int, str], NDArray[np.intp]]:
    """Why some need no search, and the rows of the others."""
    if not len(menu.present):
        return {}, np.empty(0, dtype=np.intp)
    scores = model.score(menu.present)
    no_place = np.isnan(needed)
    already = ~no_place & (scores >= needed)
    fixed = (menu.up + menu.down).sum(axis=1) == 0
    reasons = {}
    for row in np.flatnonzero(no_place | already | fixed):
        reasons[int(row)] = (
            "no_place"
            if no_place[row]
            else "already_favourable"
            if already[row]
            else "nothing_actionable"
        )
    return reasons, np.flatnonzero(~(no_place | already | fixed))


class Candidates(NamedTuple):
    """Choices that lead to the score needed, plausible ones only.

    ``possible``: rows for whom some choice would do, plausible or not.
    """

    who: NDArray[np.intp]
    choices: NDArray[np.int64]
    efforts: NDArray[np.float64]
    rarity: NDArray[np.float64]
    possible: frozenset[int]


def _candidates(
    judge: Judge, asking: NDArray[np.intp], plausibility: Plausibility, *, ways: int
) -> Candidates:
    """Plausible choices of the people who ask, by the exact way where points add up."""
    menu, model = judge.menu, judge.model
    additive = sums_up(model, menu.present[asking])
    if additive:
        exact = cheapest_by_set(
            model,
            menu,
            asking,
            needed=judge.needed[asking],
            plausibility=plausibility,
            ways=ways,
        )
        who, choices = asking[exact.person], exact.choices
        could = set(asking[exact.possible].tolist())
        if exact.cut.any():
            nearer = stripped(judge, who[exact.cut], choices[exact.cut])
            who = np.concatenate([who[~exact.cut], nearer[0]])
            choices = np.concatenate([choices[~exact.cut], nearer[1]])
    else:
        who, choices = search(judge, asking, ways=ways)
        could = set(who.tolist())
    rest = _without(asking, could)
    if len(rest):
        full = _at_best(judge, rest)
        does = judge.enough(rest, full)
        more, fewer = stripped(judge, rest[does], full[does])
        who, choices = np.concatenate([who, more]), np.concatenate([choices, fewer])
        could |= set(more.tolist())
    found = _plausible(judge, who, choices, plausibility, could)
    rest = _without(np.array(sorted(could), dtype=np.intp), set(found.who.tolist()))
    if len(rest) and not additive:
        # what was found is out of the ordinary: look again among the ordinary only
        more, choices = search(replace(judge, plausibility=plausibility), rest, ways=ways)
        again = _plausible(judge, more, choices, plausibility, could)
        found = Candidates(
            who=np.concatenate([found.who, again.who]),
            choices=np.concatenate([found.choices, again.choices]),
            efforts=np.concatenate([found.efforts, again.efforts]),
            rarity=np.concatenate([found.rarity, again.rarity]),
            possible=frozenset(could),
        )
    return found


def _without(people: NDArray[np.intp], some: Collection[int]) -> NDArray[np.intp]:
    return np.array([row for row in people.tolist() if row not in some], dtype=np.intp)


def _plausible(
    judge: Judge,
    who: NDArray[np.intp],
    choices: NDArray[np.int64],
    plausibility: Plausibility,
    could: Collection[int],
) -> Candidates:
    """Of choices that would do, the plausible and allowed ones."""
    menu = judge.menu
    distance = plausibility.distance(menu.rows(who, choices))
    fine = distance <= judge.farthest[who] + _SAME_DISTANCE
    fine &= menu.allowed(who, choices) & (choices != 0).any(axis=1)
    return Candidates(
        who=who[fine],
        choices=choices[fine],
        efforts=menu.efforts(who[fine], choices[fine]),
        rarity=plausibility.rarity(distance[fine]),
        possible=frozenset(could),
    )


def _at_best(judge: Judge, who: NDArray[np.intp]) -> NDArray[np.int64]:
    """All changes at their best: exactly for a sum of points, else as far as a search finds."""
    if sums_up(judge.model, judge.menu.present[who]):
        return best_of_points(judge.model, judge.menu, who)
    return all_at_best(judge, who)[0]


def _best_scores(judge: Judge, who: NDArray[np.intp]) -> NDArray[np.float64]:
    """Score of all changes at their best: shape (people,)."""
    return judge.scores(who, _at_best(judge, who))


def choose(candidates: Candidates, *, ways: int) -> NDArray[np.intp]:
    """The cheapest choices of each person, no set of inputs containing another's."""
    powers = 1 << np.arange(candidates.choices.shape[1], dtype=object)
    sets = (candidates.choices != 0).astype(object) @ powers
    order = np.lexsort((candidates.efforts, candidates.who))
    kept: list[int] = []
    taken: dict[int, list[int]] = {}
    for place in order.tolist():
        own, others = sets[place], taken.setdefault(int(candidates.who[place]), [])
        apart = all(own & other not in (own, other) for other in others)
        if len(others) < ways and apart:
            others.append(own)
            kept.append(place)
    return np.array(kept, dtype=np.intp)


def _certified(
    judge: Judge, chosen: NDArray[np.intp], candidates: Candidates
) -> dict[int, list[Way]]:
    """Ways in words, each scored anew and checked against the actions as declared."""
    menu = judge.menu
    found: dict[int, list[Way]] = {}
    who, choices = candidates.who[chosen], candidates.choices[chosen]
    if not len(who):
        return {}
    rows = menu.rows(who, choices)
    scores = judge.model.score(rows)
    broken = breaks_rule(menu, who, rows)
    valid = (scores >= judge.needed[who]) & ~broken
    for place in np.flatnonzero(valid):
        row, index = int(who[place]), chosen[place]
        changes = tuple(
            Change(
                move.action.column,
                _told(judge.model.inputs[move.input], menu.present[row, move.input]),
                _told(judge.model.inputs[move.input], rows[place, move.input]),
            )
            for at, move in enumerate(menu.moves)
            if choices[place, at]
        )
        way = Way(
            changes,
            float(scores[place]),
            float(candidates.efforts[index]),
            float(candidates.rarity[index]),
        )
        found.setdefault(row, []).append(way)
    return found


def _told(known: Input, value: float) -> float | str | None:
    if np.isnan(value):
        return None
    return float(value) if known.kind == "number" else known.levels[int(value)]


def breaks_rule(menu: Menu, who: NDArray[np.intp], rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows that a declaration forbids, looked at afresh: values only, not how they were found."""
    before = menu.present[who]
    same = (rows == before) | (np.isnan(rows) & np.isnan(before))
    movable = np.zeros(rows.shape[1], dtype=bool)
    movable[[move.input for move in menu.moves]] = True
    broken: NDArray[np.bool_] = (~same & ~movable).any(axis=1)
    for move in menu.moves:
        changed = np.flatnonzero(~same[:, move.input])
        start, end = before[changed, move.input], rows[changed, move.input]
        broken[changed] |= move.breaks(start, end)
    return broken
