"""What choices score, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.explain.plausibility import Plausibility
from algo_audit.explain.recourse_moves import FloatArray, Menu, StepArray
from algo_audit.models.model import Model

_ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Judge:
    """What choices score, and whether that is enough.

    With ``plausibility`` a choice that would do but is not plausible counts as not allowed.
    ``farthest``: largest plausible squared distance of each row of the menu.
    """

    model: Model
    menu: Menu
    needed: FloatArray
    farthest: FloatArray
    plausibility: Plausibility | None = None

    def scores(self, who: NDArray[np.intp], choices: StepArray) -> FloatArray:
        """Scores of choices, minus infinity where not allowed: shape (choices,)."""
        made = np.full(len(who), -np.inf)
        fine = np.flatnonzero(self.menu.allowed(who, choices))
        for start in range(0, len(fine), _ROWS_AT_ONCE):
            some = fine[start : start + _ROWS_AT_ONCE]
            rows = self.menu.rows(who[some], choices[some])
            made[some] = self.model.score(rows)
            if self.plausibility is not None:
                would = np.flatnonzero(made[some] >= self.needed[who[some]])
                distance = self.plausibility.distance(rows[would])
                rare = would[distance > self.farthest[who[some[would]]]]
                made[some[rare]] = -np.inf
        return made

    def enough(self, who: NDArray[np.intp], choices: StepArray) -> NDArray[np.bool_]:
        """Which choices lead to a favourable decision: shape (choices,)."""
        return self.scores(who, choices) >= self.needed[who]
