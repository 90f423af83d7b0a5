"""Everyone's shares of scores and decisions, by criterion: what a gap is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.asked_once import AskedOnce
from algo_audit.explain.contrasts import Contrast, row_facts
from algo_audit.explain.contributions import ROUNDING, Player, explain_scores
from algo_audit.explain.decision_shares import (
    People,
    Shares,
    additive_shares,
    asked_shares,
    needed_scores,
    sampled_shares,
)
from algo_audit.fairness.clusters import crossed_codes
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import AdditiveModel, Model, TreeModel
from algo_audit.models.rule import Decided

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Target = Literal["score", "selection_rate"]
Background = Literal["pooled", "reference"]
Method = Literal["exact", "sampled"]

POOLS = "pools"  # the line of what people meet before any criterion: pools that ask for more


@dataclass(frozen=True)
class ShareTable:
    """Shares of people, one column per criterion; ``total`` is what they share out.

    ``rows``: the people asked, as row numbers of the file, with their weights; None: the file's
    rows as they are.
    """

    target: Target
    background: Background
    keys: tuple[str, ...]
    values: FloatArray
    total: FloatArray
    method: Method
    rows: IntArray | None = None
    weight: FloatArray | None = None


@dataclass(frozen=True)
class Sample:
    """People that stand for all: row numbers, and how many people each stands for."""

    rows: IntArray
    weight: FloatArray


@dataclass(frozen=True)
class GapSource:
    """A model on a file, ready to be asked for shares against any background."""

    model: Model
    rows: InputRows
    decided: Decided | None
    decisions: Decisions
    players: tuple[Player, ...]
    limits: Limits
    seed: int
    _pooled: dict[str, list[ShareTable]] = field(default_factory=dict)

    @cached_property
    def scores(self) -> FloatArray:
        """Scores of all rows, NaN where the model has none."""
        return self.model.score(self.rows.values)

    @cached_property
    def ask(self) -> AskedOnce:
        """The model's scores, every different row asked once over all tables."""
        return AskedOnce(self.model.score, self.rows.values)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Rows with a score."""
        return np.isfinite(self.scores)

    def contrasts(self, attribute: str, reference: str) -> Mapping[str, Contrast]:
        """Every group that is large enough against the reference, which must be too."""
        codes, levels = crossed_codes(self.decisions, attribute)
        codes = np.where(self.known, codes, -1)
        least = self.limits.groups.compared_from
        if reference not in levels:
            return {}
        base = np.flatnonzero(codes == levels.index(reference))
        if len(base) < least:
            return {}
        weight, cluster = row_facts(self.decisions)
        found = {}
        for code, level in enumerate(levels):
            own = np.flatnonzero(codes == code)
            if level != reference and len(own) >= least:
                found[level] = Contrast(own, base, weight, cluster)
        return found

    def tables(self, attribute: str, base: IntArray) -> list[ShareTable]:
        """Shares against the file, then against the reference group's rows."""
        sample = self._sample(attribute)
        # everybody's shares against the file serve every attribute
        key = "" if sample is None else attribute
        if key not in self._pooled:
            self._pooled[key] = self._made("pooled", np.flatnonzero(self.known), sample)
        tables = [*self._pooled[key], *self._made("reference", base, sample)]
        return sorted(tables, key=lambda one: one.target != "score")

    @property
    def _asked_only(self) -> bool:
        """Whether every combination of criteria costs a call of the model."""
        many = len(self.players) > self.limits.explain.exact_players
        return not isinstance(self.model, AdditiveModel) or many

    def _made(
        self, background: Background, from_rows: IntArray, sample: Sample | None
    ) -> list[ShareTable]:
        others = self.rows.values[self._drawn(from_rows)]
        if isinstance(self.model, AdditiveModel) and not self._asked_only:
            return self._of_points(self.model, background, others)
        found = []
        if isinstance(self.model, AdditiveModel | TreeModel):
            found.append(self._explained(background, others))
        if found and self.decided is None:
            return found
        asked = self._of_questions(background, others, sample)
        return [*found, *asked[1:]] if found else asked

    def _drawn(self, from_rows: IntArray) -> IntArray:
        """Whose values stand in for what is taken out, seeded; by weight where rows weigh."""
        generator = np.random.default_rng([self.seed, len(from_rows)])
        most = self.limits.explain.background
        weight = self.decisions.weight
        if weight is not None:
            share = weight[from_rows] / weight[from_rows].sum()
            return generator.choice(from_rows, most, p=share)
        if len(from_rows) <= most:
            return from_rows
        return np.sort(generator.choice(from_rows, most, replace=False))

    def _explained(self, background: Background, others: FloatArray) -> ShareTable:
        """Shares of scores, as the model's own exact way gives them."""
        found = explain_scores(
            self.model,
            self.rows.values[self.known],
            background=others,
            players=self.players,
            seed=self.seed,
            additive_error=self.limits.explain.additive_error,
        )
        keys = tuple(one.key for one in found.players)
        return self._table("score", background, keys, found.values, self._total(), "exact")

    def _total(self) -> FloatArray:
        return np.where(self.known, self.scores, 0.0)

    def _of_points(
        self, model: AdditiveModel, background: Background, others: FloatArray
    ) -> list[ShareTable]:
        """Both targets of a sum of points, exactly."""
        score = self._explained(background, others)
        if self.decided is None:
            return [score]
        values = self.rows.values[self.known]
        rounding = score.keys[-1] == ROUNDING
        own = self._player_points(model, values, rounding=rounding)
        beside = self._player_points(model, others, rounding=rounding)
        shares = additive_shares(self._people(np.flatnonzero(self.known)), own, beside)
        return [score, self._decision_table(background, score.keys, shares, None, "exact")]

    def _player_points(
        self, model: AdditiveModel, values: FloatArray, *, rounding: bool
    ) -> FloatArray:
        points = model.points(values)
        own = [points[:, list(one.inputs)].sum(axis=1) for one in self.players]
        if rounding:
            own.append(self.model.score(values) - model.constant - points.sum(axis=1))
        return np.column_stack(own)

    def _people(self, rows: IntArray) -> People:
        scores = self.scores[rows]
        if self.decided is None:
            return People(
                self.rows.values[rows],
                scores,
                np.full(len(rows), np.inf),
                np.zeros(len(rows), np.int8),
            )
        decision = self.decided.decision
        needed = needed_scores(self.scores, self.decided.cut_off, decision)
        return People(self.rows.values[rows], scores, needed[rows], decision[rows])

    def _decision_table(
        self,
        background: Background,
        keys: tuple[str, ...],
        shares: Shares,
        sample: Sample | None,
        method: Method,
    ) -> ShareTable:
        assert self.decided is not None
        values, names = shares.values, keys
        if float(np.ptp(shares.empty)) > 0:
            values, names = np.column_stack([values, shares.empty]), (*keys, POOLS)
        decision = self.decided.decision.astype(np.float64)
        return self._table("selection_rate", background, names, values, decision, method, sample)

    def _table(
        self,
        target: Target,
        background: Background,
        keys: tuple[str, ...],
        values: FloatArray,
        total: FloatArray,
        method: Method,
        sample: Sample | None = None,
    ) -> ShareTable:
        """``values`` of the rows asked, or of all rows with a score."""
        if sample is not None:
            own = total[sample.rows]
            return ShareTable(
                target, background, keys, values, own, method, sample.rows, sample.weight
            )
        if not self.known.all():
            spread = np.zeros((len(self.known), values.shape[1]))
            spread[self.known] = values
            values = spread
        return ShareTable(target, background, keys, values, total, method)

    def _of_questions(
        self, background: Background, others: FloatArray, sample: Sample | None
    ) -> list[ShareTable]:
        """Both targets of a model that can only be asked."""
        rows = np.flatnonzero(self.known) if sample is None else sample.rows
        people = self._people(rows)
        owner = np.empty(len(self.rows.inputs), dtype=np.int64)
        for place, one in enumerate(self.players):
            owner[list(one.inputs)] = place
        most = self.limits.explain.model_rows
        method: Method = "sampled"
        if 2.0 ** len(self.players) * len(rows) * len(others) <= most:
            method = "exact"
            shares = asked_shares(self.ask, people, others, owner)
        else:
            shares = sampled_shares(self.ask, people, others, owner, rows=most, seed=self.seed)
        keys = tuple(one.key for one in self.players)
        table = self._table(
            "score", background, keys, shares[0].values, self._total(), method, sample
        )
        if self.decided is None:
            return [table]
        return [table, self._decision_table(background, keys, shares[1], sample, method)]

    def _sample(self, attribute: str) -> Sample | None:
        """The people asked, by group and decision in proportion; None: everybody."""
        if not self._asked_only:
            return None
        most = self.limits.explain.model_rows // (2 * max(len(self.players) - 1, 1))
        known = np.flatnonzero(self.known)
        if len(known) <= most:
            return None
        codes, _ = crossed_codes(self.decisions, attribute)
        cell = codes if self.decided is None else 2 * codes + self.decided.decision
        own = self.decisions.weight
        weight = np.ones(len(cell)) if own is None else own.copy()
        generator = np.random.default_rng([self.seed, len(known)])
        share = most / len(known)
        taken = []
        for one in np.unique(cell[known]):
            rows = known[cell[known] == one]
            wanted = max(round(share * len(rows)), self.limits.explain.people_sampled)
            if wanted < len(rows):
                drawn = generator.choice(rows, wanted, replace=False)
                # those drawn stand for all of their group and decision
                weight[drawn] *= weight[rows].sum() / weight[drawn].sum()
                rows = drawn
            taken.append(rows)
        chosen = np.sort(np.concatenate(taken))
        return Sample(chosen, weight[chosen])
