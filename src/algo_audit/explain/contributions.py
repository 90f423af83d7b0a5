"""Contributions that sum to a score: exact where the model allows it, else sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.roles import Criterion
from algo_audit.errors import AuditError
from algo_audit.models.model import AdditiveModel, Model, Scale, TreeModel

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
Method = Literal["additive", "trees", "coalitions", "sampled"]

ROUNDING = "rounding"  # the line of what a model's rounding adds or takes
# Share of the scale from which what is left is a model's rounding, not that of the computer.
_ROUNDS = 1e-9


@dataclass(frozen=True)
class Player:
    """What shares out a score: a criterion as the parties name it, with its inputs by index."""

    key: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Explanation:
    """Interventional Shapley values against a background population.

    Attributes
    ----------
    players : tuple of Player
        In the order of the columns of ``values``; ``ROUNDING`` last, where a model rounds.
    base : float
        Mean score of the background.
    values : float64 array, shape (rows, players)
    scores : float64 array, shape (rows,)
        ``base + values.sum(1)``, checked to ``error``.
    scale : str
    method : {"additive", "trees", "coalitions", "sampled"}
        ``coalitions``: exact by brute force over all 2^players coalitions.
    error : float
        Largest ``|base + values.sum(1) - scores|``.
    standard_error : float64 array, shape (rows, players), or None
        Where coalitions were sampled.
    """

    players: tuple[Player, ...]
    base: float
    values: NDArray[np.float64]
    scores: NDArray[np.float64]
    scale: Scale
    method: Method
    error: float
    standard_error: NDArray[np.float64] | None = None

    def frame(self) -> pd.DataFrame:
        """One row per row explained, one column per player, then ``score``."""
        import pandas as pd

        made = pd.DataFrame(self.values, columns=[one.key for one in self.players])
        return made.assign(score=self.scores)

    def to_shap(self, values: NDArray[np.float64] | None = None) -> Any:
        """The same as a ``shap.Explanation``, for shap's own plots in a notebook.

        Parameters
        ----------
        values : float64 array, shape (rows, inputs), optional
            ``InputRows.values`` of the rows explained. A player with one input shows its value
            (a category its code); one with several, or none, shows nothing.
        """
        import shap

        shown = None
        if values is not None:
            shown = np.full(self.values.shape, np.nan)
            for place, player in enumerate(self.players):
                if len(player.inputs) == 1:
                    shown[:, place] = values[:, player.inputs[0]]
        return shap.Explanation(
            values=self.values,
            base_values=np.full(len(self.values), self.base),
            data=shown,
            feature_names=[one.key for one in self.players],
            error_std=self.standard_error,
        )


def players_of(model: Model, criteria: Sequence[Criterion]) -> tuple[Player, ...]:
    """Declared criteria as players; an input that no criterion names is one of its own.

    An input that two criteria name belongs to the first.

    Returns
    -------
    tuple of Player
        Criteria in the order declared (those without an input of the model left out), then the
        other inputs in the model's order.
    """
    place = {one.name: index for index, one in enumerate(model.inputs)}
    free = set(place)
    found = []
    for criterion in criteria:
        own = [name for name in dict.fromkeys(criterion.inputs) if name in free]
        if own:
            free -= set(own)
            found.append(Player(criterion.key, tuple(sorted(place[name] for name in own))))
    alone = [Player(name, (index,)) for name, index in place.items() if name in free]
    return (*found, *alone)


def explain_scores(
    model: Model,
    values: NDArray[np.float64],
    *,
    background: NDArray[np.float64],
    players: Sequence[Player] | None = None,
    seed: int = 0,
    exact_players: int = 12,
    coalitions: int | None = None,
    most_calls: int = 20_000_000,
    additive_error: float = 1e-9,
) -> Explanation:
    """Shapley values of the score, by the exact way that the model allows.

    Additive models in closed form, trees by leaf patterns (cost independent of the background),
    other models exactly up to ``exact_players`` and by sampled coalitions beyond.

    Parameters
    ----------
    model : Model
    values : float64 array, shape (rows, inputs)
        Rows to explain, as in ``InputRows.values``.
    background : float64 array, shape (background, inputs)
        Whose values stand in for an input that is taken out. For a model that is neither additive
        nor made of trees each of them costs calls: ``limits.explain.background_sampled`` at most.
    players : sequence of Player, optional
        Every input in exactly one of them; each input alone unless given.
    seed : int
        Of the sampled coalitions.
    exact_players : int
        Players up to which all coalitions are asked, if that stays below ``most_calls``.
    coalitions : int, optional
        How many coalitions are asked where they are sampled; see ``coalitions.sample_coalitions``.
    most_calls : int
        Rows that an opaque model is asked at most for the exact way, copies included.
    additive_error : float
        Share of the largest score (at least 1) by which the sum may miss it.

    Returns
    -------
    Explanation

    Raises
    ------
    AuditError
        ``explain.not_additive``: the contributions miss the score by more than 1e-9 of its scale.

    Notes
    -----
    Interventional values (Janzing, Minorics and Bloebaum, AISTATS 2020): an input that is taken
    out gets the values of the background's people, all of a player's inputs from the same person.
    They say what the *model* does with the inputs, never why people have them; combinations that
    nobody has may be asked.
    """
    players = _each_alone(model) if players is None else tuple(players)
    _check_players(model, players)
    scores, others = model.score(values), model.score(background)
    base = float(others.mean())
    method: Method
    errors = None
    if isinstance(model, AdditiveModel):
        method = "additive"
        made, left = _additive(model, values, background, players, scores, others)
        if left is not None:
            made, players = np.column_stack([made, left]), (*players, Player(ROUNDING, ()))
    elif isinstance(model, TreeModel):
        method, made = "trees", _of_trees(model, values, background, players)
    else:
        calls = 2.0 ** len(players) * len(values) * len(background)
        if len(players) <= exact_players and calls <= most_calls:
            method, made = "coalitions", _all_coalitions(model, values, background, players)
        else:
            from algo_audit.explain.coalitions import sampled_contributions

            owned = [one.inputs for one in players]
            method = "sampled"
            made, errors = sampled_contributions(
                model.score, values, background, owned, coalitions=coalitions, seed=seed
            )
    missed = np.abs(base + made.sum(axis=1) - scores)
    error = float(missed.max(initial=0.0))
    scale = max(1.0, abs(base), float(np.abs(scores).max(initial=0.0)))
    if not error <= additive_error * scale:
        raise AuditError("explain.not_additive", model.describe().name, seen=error)
    return Explanation(players, base, made, scores, model.scale, method, error, errors)


def _each_alone(model: Model) -> tuple[Player, ...]:
    return tuple(Player(one.name, (place,)) for place, one in enumerate(model.inputs))


def _check_players(model: Model, players: Sequence[Player]) -> None:
    owned = sorted(place for one in players for place in one.inputs)
    if owned != list(range(len(model.inputs))):
        raise ValueError("players must own every input of the model once")


def _additive(
    model: AdditiveModel,
    values: FloatArray,
    background: FloatArray,
    players: Sequence[Player],
    scores: FloatArray,
    others: FloatArray,
) -> tuple[FloatArray, FloatArray | None]:
    """Points beyond the background's mean points, and what rounding adds, where a model rounds."""
    points, mean_points = model.points(values), model.points(background)
    beyond = points - mean_points.mean(axis=0)
    made = np.column_stack([beyond[:, list(one.inputs)].sum(axis=1) for one in players])
    left = scores - model.constant - points.sum(axis=1)
    others_left = others - model.constant - mean_points.sum(axis=1)
    largest = max(np.abs(left).max(initial=0.0), np.abs(others_left).max(initial=0.0))
    if largest <= _ROUNDS * max(1.0, float(np.abs(others).max(initial=0.0))):
        return made, None
    return made, left - others_left.mean()


def _of_trees(
    model: TreeModel, values: FloatArray, background: FloatArray, players: Sequence[Player]
) -> FloatArray:
    from algo_audit.explain.tree_shapley import tree_shapley

    trees = model.trees()
    owner_of = np.empty(sum(len(one.inputs) for one in players), np.int32)
    for place, one in enumerate(players):
        owner_of[list(one.inputs)] = place
    return tree_shapley(
        trees,
        model.encode(values),
        model.encode(background),
        player=owner_of[trees.owner],
        players=len(players),
    )


def _all_coalitions(
    model: Model, values: FloatArray, background: FloatArray, players: Sequence[Player]
) -> FloatArray:
    from algo_audit.explain.coalitions import exact_contributions

    return exact_contributions(model.score, values, background, [one.inputs for one in players])
