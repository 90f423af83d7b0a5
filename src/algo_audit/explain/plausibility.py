"""How ordinary a combination of inputs is among the people of the file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.inputs import Input

FloatArray = NDArray[np.float64]

# Being close to one person is chance, to a handful it is a kind of person.
NEIGHBOURS = 5
# People that stand for the file where it is larger: neighbours thin out slowly with their number.
_PEOPLE = 1000
_ROWS_AT_ONCE = 4000


class Plausibility:
    """Distance to the fifth nearest person, and how many people are farther away than that.

    Numbers are divided by their standard deviation. Two different categories are as far apart as
    two people drawn at random differ on average: the squared distance is ``2 / (chance that two
    people differ)``, 2 being the mean of squared differences of a scaled number. A blank is a
    value of its own. The distance is Euclidean over all inputs; the nearest person of all is left
    out, since people are in the file themselves.

    ``rarity`` of a combination is the share of the file's people who are farther from their own
    neighbours than the combination is from its; a combination is plausible where that share is
    at least ``rarest``, or where it is no farther away than the person already was: someone
    unusual is not shut out for being unusual.

    Notes
    -----
    It misleads where two inputs go together by logic (an end before a beginning lies close to
    both), where inputs are many (all people are then about as far apart), and for kinds of people
    of whom the file holds fewer than six: they are rare by construction. Ordinary means "as
    people of this file are": a combination that nobody was ever let into looks rare too.
    """

    def __init__(
        self, inputs: Sequence[Input], people: FloatArray, *, rarest: float, seed: int
    ) -> None:
        drawn = people
        if len(people) > _PEOPLE:
            chosen = np.random.default_rng(seed).choice(len(people), _PEOPLE, replace=False)
            drawn = people[np.sort(chosen)]
        self.category = np.array([one.kind == "category" for one in inputs], dtype=bool)
        self.centre = np.zeros(len(inputs))
        self.scale = np.ones(len(inputs))
        self.weight = np.zeros(len(inputs))
        self._levels = np.zeros(len(inputs), dtype=np.int64)
        for place in range(len(inputs)):
            self._learn(place, people[:, place])
        self.people = self.scaled(drawn)
        self.blank = np.isnan(self.people) & ~self.category
        self._embedded = self._embed(drawn)
        self._lengths = (self._embedded**2).sum(axis=1)
        own = self._nearest(self._embedded)
        self.distances = np.sort(own)
        self.rarest = rarest
        enough = max(1, int(np.ceil(rarest * len(own))))
        # with too few people to have neighbours everything is as ordinary as anything
        self.limit = float(self.distances[-enough]) if len(own) > NEIGHBOURS else np.inf

    def _learn(self, place: int, column: FloatArray) -> None:
        if self.category[place]:
            codes = np.where(np.isnan(column), -1, column).astype(np.int64) + 1
            counts = np.bincount(codes)
            differ = 1.0 - float(((counts / max(len(codes), 1)) ** 2).sum())
            self.weight[place] = 2.0 / differ if differ > 1e-9 else 2.0
            self._levels[place] = len(counts)
            return
        filled = column[~np.isnan(column)]
        if len(filled):
            spread = float(filled.std())
            self.centre[place] = float(filled.mean())
            self.scale[place] = spread if spread > 0 else 1.0

    def scaled(self, values: FloatArray) -> FloatArray:
        """Rows with numbers in standard deviations; codes of categories as they are, blank -1."""
        made = (values - self.centre) / self.scale
        codes = np.where(np.isnan(values), -1.0, values)
        return np.where(self.category, codes, made)

    def _embed(self, values: FloatArray) -> FloatArray:
        """Rows as points whose squared distance is the sum over inputs."""
        scaled = self.scaled(values)
        parts = []
        for place in range(scaled.shape[1]):
            column = scaled[:, place]
            if self.category[place]:
                codes = np.minimum(column.astype(np.int64) + 1, self._levels[place])
                hot = np.zeros((len(column), int(self._levels[place]) + 1))
                hot[np.arange(len(column)), codes] = np.sqrt(self.weight[place] / 2.0)
                parts.append(hot)
            else:
                gone = np.isnan(column)
                parts.append(np.column_stack([np.where(gone, 0.0, column), gone]))
        if not parts:
            return np.zeros((len(values), 1))
        return np.hstack(parts)

    def _nearest(self, points: FloatArray) -> FloatArray:
        """Squared distance to the fifth nearest person beside the nearest of all."""
        place = NEIGHBOURS
        if len(self._embedded) <= place:
            return np.zeros(len(points))
        found = np.empty(len(points))
        for start in range(0, len(points), _ROWS_AT_ONCE):
            some = points[start : start + _ROWS_AT_ONCE]
            apart = (some**2).sum(axis=1)[:, np.newaxis] + self._lengths
            apart -= 2.0 * (some @ self._embedded.T)
            found[start : start + len(some)] = np.partition(apart, place, axis=1)[:, place]
        # what binary arithmetic leaves behind is no distance
        cleared: FloatArray = np.maximum(found, 0.0).round(9)
        return cleared

    def distance(self, rows: FloatArray) -> FloatArray:
        """Squared distance of combinations to their neighbours: shape (rows,)."""
        return self._nearest(self._embed(rows))

    def apart(self, rows: FloatArray) -> FloatArray:
        """Squared distances of rows from the people that stand for the file: (rows, people)."""
        points = self._embed(rows)
        made: FloatArray = (points**2).sum(axis=1)[:, np.newaxis] + self._lengths
        made -= 2.0 * (points @ self._embedded.T)
        return np.maximum(made, 0.0)

    def rarity(self, distance: FloatArray) -> FloatArray:
        """Share of people farther from their neighbours, or as far: 0 to 1, shape (rows,)."""
        below = np.searchsorted(self.distances, distance, side="left")
        return 1.0 - below / max(len(self.distances), 1)
