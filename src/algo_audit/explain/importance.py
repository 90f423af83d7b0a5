"""How much each criterion weighs in the decisions, and what each line of a grid really does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.limits import Limits
from algo_audit.explain.averages import mean_estimate
from algo_audit.explain.contributions import Explanation, Player
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import AdditiveModel, Model
from algo_audit.models.rule import Decided
from algo_audit.models.scoring_grid import ScoringGrid
from algo_audit.stats.intervals import rate_interval, rate_method

FloatArray = NDArray[np.float64]

# Scores closer than this share of their size are one score, added up in another order.
_SAME = 1e-9


@dataclass(frozen=True)
class Importance:
    """One criterion.

    ``mean_absolute``: mean absolute Shapley value, in the score's unit, with its interval over
    people; ``share`` of the sum of all (0 to 1); ``decisions_changed``: share of the model's
    decisions (0 to 1) that would differ if this criterion's values were dealt out anew among the
    people of the file, the cut-offs held, with its interval over people and deals; ``nominal``:
    share of the points that the grid gives to it on paper (its range over the sum of ranges), None
    for other models.
    """

    criterion: str
    inputs: tuple[str, ...]
    mean_absolute: Estimate
    share: float
    decisions_changed: Estimate
    nominal: float | None = None


@dataclass(frozen=True)
class GridLine:
    """One line of a scoring grid, as it is written and as it works.

    ``kind`` is ``levels`` | ``bands`` | ``per_unit``; ``condition`` the level or band as the file
    writes it, or "" for a line per unit (then ``points`` is per unit, from ``low`` to ``high`` of
    the input, capped at ``least`` and ``most`` points, those of ``start`` given to begin with; a
    blank has "" under the other kinds). Points have the criterion's weight in them. ``people`` fall
    under it and get ``mean_points`` from it; ``deciding``: people whose decision would turn if
    this line gave them nothing beyond the criterion's mean.
    """

    criterion: str
    column: str
    kind: str
    condition: str
    points: float
    least: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None
    people: int | None = None
    mean_points: float | None = None
    deciding: int | None = None
    start: float | None = None


def criteria_importance(
    model: Model,
    rows: InputRows,
    explanation: Explanation,
    decided: Decided | None,
    *,
    limits: Limits,
    seed: int,
) -> tuple[Importance, ...]:
    """How much each criterion weighs, on average and in the decisions.

    Parameters
    ----------
    model : Model
    rows : InputRows
        All people of the file.
    explanation : Explanation
        Of the people of the file, or of some of them; its players are the criteria.
    decided : Decided or None
        The model's decisions on ``rows``, in their order; None where no rule is known.
    limits : Limits
        ``explain.deals``, ``explain.deal_rows``, ``levels.confidence``.
    seed : int
        Of the deals.

    Returns
    -------
    tuple of Importance
        Heaviest first; what a model's rounding adds is no criterion and is left out.
        ``decisions_changed`` counts people who have a cut-off; missing with ``no_rule``.

    Notes
    -----
    The mean absolute Shapley value says how far a criterion moves scores, whether or not anybody's
    decision turns on it. Dealing values anew (permutation importance: Breiman 2001; Fisher, Rudin
    and Dominici 2019) breaks the tie between criteria, so that people get combinations that nobody
    may have, and it holds the cut-offs as they were: with a number of places, others would take
    those that are lost. A score on the cut-off leaves the decision as it was, except where reaching
    a threshold is enough. Files that would cost more than ``deal_rows`` rows for one criterion are
    dealt fewer times.
    """
    confidence = limits.levels.confidence
    deals = max(1, min(limits.explain.deals, limits.explain.deal_rows // max(1, len(rows))))
    dealt = None if decided is None else _Dealt(model, rows.values, decided)
    weight = np.abs(explanation.values)
    owned = [place for place, one in enumerate(explanation.players) if one.inputs]
    total = float(weight[:, owned].sum()) if len(weight) else 0.0
    on_paper = _nominal(model, explanation.players)
    made = []
    for place in owned:
        player = explanation.players[place]
        turned = Estimate(None, n=0, missing_reason="no_rule")
        if dealt is not None and len(dealt):
            generator = np.random.default_rng([seed, place])
            turned = _mean_share(dealt.changed(player, deals, generator), confidence)
        mean = mean_estimate(weight[:, place], confidence)
        low = None if mean.low is None else max(0.0, mean.low)
        made.append(
            Importance(
                criterion=player.key,
                inputs=tuple(model.inputs[one].name for one in player.inputs),
                mean_absolute=replace(mean, low=low),
                share=float(weight[:, place].sum()) / total if total > 0 else 0.0,
                decisions_changed=turned,
                nominal=None if on_paper is None else on_paper[place],
            )
        )
    return tuple(sorted(made, key=lambda one: -one.share))


def _mean_share(shares: FloatArray, confidence: float) -> Estimate:
    """Mean of shares with an interval within 0 and 1; that of a rate where nobody differs."""
    made = mean_estimate(shares, confidence)
    if made.value is None or made.low is None or made.high is None or made.low == made.high:
        n, events = len(shares), round(float(shares.sum()))
        low, high = rate_interval(events, n, confidence=confidence)
        method = str(rate_method(events, n))
        return Estimate(events / n, float(low), float(high), n, method=method)
    return replace(made, low=max(0.0, made.low), high=min(1.0, made.high))


class _Dealt:
    """Decisions with one criterion's values dealt anew among the people."""

    def __init__(self, model: Model, values: FloatArray, decided: Decided) -> None:
        self._model, self._values = model, values
        self._people = np.flatnonzero(~np.isnan(decided.cut_off))
        self._cut_off = decided.cut_off[self._people]
        self._taken = decided.decision[self._people] == 1
        # below a threshold, reaching it is enough
        one_cut_off = len(self._people) > 0 and bool((self._cut_off == self._cut_off[0]).all())
        self._reaching = one_cut_off and not decided.tied.any()
        self._points: FloatArray | None = None
        if isinstance(model, AdditiveModel):
            points = model.points(values)
            scores = model.constant + points.sum(axis=1)
            # a model that rounds is asked itself
            if np.allclose(scores, model.score(values), rtol=0, atol=_SAME):
                self._points, self._plain = points, scores

    def __len__(self) -> int:
        """People who have a cut-off."""
        return len(self._people)

    def changed(self, player: Player, deals: int, generator: np.random.Generator) -> FloatArray:
        """For each person, the share of deals that turn the decision."""
        own = list(player.inputs)
        turned = np.zeros(len(self._people))
        for _ in range(deals):
            donors = generator.permutation(len(self._values))[self._people]
            turned += self._turned(self._scores(own, donors))
        return turned / deals

    def _scores(self, own: list[int], donors: NDArray[np.int64]) -> FloatArray:
        if self._points is not None:
            mine = self._points[:, own].sum(axis=1)
            return np.asarray(self._plain[self._people] - mine[self._people] + mine[donors])
        values = self._values[self._people].copy()
        values[:, own] = self._values[donors][:, own]
        return self._model.score(values)

    def _turned(self, scores: FloatArray) -> NDArray[np.bool_]:
        # sums in another order differ in their last bits: that is no difference
        exact = self._points is None
        slack = 0.0 if exact else _SAME * np.maximum(1.0, np.abs(self._cut_off))
        below = scores < self._cut_off - slack
        enough = ~below if self._reaching else scores > self._cut_off + slack
        return np.where(self._taken, below, enough)


def _nominal(model: Model, players: Sequence[Player]) -> list[float | None] | None:
    """Share of a grid's points on paper, by player; None where it cannot be told."""
    if not isinstance(model, ScoringGrid):
        return None
    place = {one.name: index for index, one in enumerate(model.inputs)}
    ranges = np.zeros(len(place))
    for criterion in model.criteria:
        known = criterion.paper_range()
        if known is None:
            return None
        ranges[place[criterion.input]] += known[1] - known[0]
    whole = float(ranges.sum())
    if whole <= 0:
        return None
    return [
        float(ranges[list(one.inputs)].sum()) / whole if one.inputs else None for one in players
    ]
