"""The one protocol of every model, and what a model says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.inputs import Input
from algo_audit.models.rule import Decided, Rule

if TYPE_CHECKING:
    from algo_audit.models.trees import Trees

Kind = Literal["scoring_grid", "sklearn", "onnx", "callable", "surrogate"]
# points: of a grid; log_odds and probability: of a classifier; score: a scale that is not told
Scale = Literal["points", "log_odds", "probability", "score"]


@dataclass(frozen=True)
class ModelDescription:
    """What a model says of itself, language-free.

    ``name`` is the file's name without folder, or what the notebook user called it;
    ``sha256`` of the file's bytes, "" without a file; ``family`` names the algorithm
    (``additive_points`` | ``linear`` | ``tree_ensemble`` | ``opaque``); ``facts`` holds the few
    numbers and names that a reader may ask for (``estimator``, ``trees``, ``leaves``, ``steps``,
    ``library``, ``version``, ``rounded``...; JSON types only).
    """

    kind: Kind
    name: str
    scale: Scale
    family: str
    inputs: tuple[Input, ...]
    rule: Rule | None
    sha256: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@runtime_checkable
class Model(Protocol):
    """A decision model. Higher scores are better for the person."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Inputs, in the order of the columns that ``score`` takes."""
        ...

    @property
    def scale(self) -> Scale:
        """What a score is measured in."""
        ...

    @property
    def rule(self) -> Rule | None:
        """How its scores become decisions, where the model itself says so."""
        ...

    @property
    def unseen_allowed(self) -> bool:
        """Whether it has an answer for a category that it never saw."""
        ...

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of rows.

        Parameters
        ----------
        values : float64 array, shape (rows, inputs)
            As in ``InputRows.values``.

        Returns
        -------
        float64 array, shape (rows,)
        """
        ...

    def decide(
        self,
        scores: NDArray[np.float64],
        *,
        rule: Rule | None = None,
        pool: NDArray[np.int32] | None = None,
        taken: NDArray[np.int8] | None = None,
    ) -> Decided:
        """Decisions from scores by ``rule``, else by the model's own."""
        ...

    def describe(self) -> ModelDescription:
        """What the model says of itself."""
        ...


@runtime_checkable
class AdditiveModel(Protocol):
    """A model whose score is a sum over inputs (grid, linear), rounding apart."""

    def points(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each input brings: shape (rows, inputs)."""
        ...

    @property
    def constant(self) -> float:
        """What everybody has before any input: ``score = constant + points.sum(1)``, then rounded.

        Where the model rounds, the remainder ``score - constant - points.sum(1)`` is explained
        as a line of its own ("rounding").
        """
        ...


@runtime_checkable
class TreeModel(Protocol):
    """A model that is a sum of decision trees over encoded columns."""

    def encode(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows as the trees see them: shape (rows, columns)."""
        ...

    def trees(self) -> Trees:
        """The trees, as arrays; raises AuditError ``model.trees_unreadable``."""
        ...
