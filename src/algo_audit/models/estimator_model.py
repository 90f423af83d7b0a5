"""A fitted estimator as a model: its own score, and what can be read inside it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.errors import AuditError
from algo_audit.models.frames import Frame
from algo_audit.models.inputs import Input
from algo_audit.models.model import Kind, ModelDescription, Scale
from algo_audit.models.quick_encoding import QuickEncoding
from algo_audit.models.rule import Decided, Rule, decide
from algo_audit.models.trees import Trees

Method = Literal["decision", "probability", "predict", "raw"]


@dataclass(frozen=True)
class EstimatorModel:
    """A fitted estimator as a ``Model``; see ``sklearn_model.model_from_estimator``.

    ``quick``: its encoding by lookup, where that gives the library's own columns; ``last_alone``:
    the last step may then be asked by itself.
    """

    estimator: Any
    frame: Frame
    inputs: tuple[Input, ...]
    scale: Scale
    method: Method
    positive: int
    rule: Rule | None
    name: str
    kind: Kind = "sklearn"
    family: str = "opaque"
    sha256: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    unseen_allowed: bool = False
    quick: QuickEncoding | None = None
    last_alone: bool = False

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The library's own score of rows: shape (rows,).

        Log-odds or probability of the favourable class, or what a regressor predicts.
        """
        if not len(values):
            return np.empty(0)
        sign = -1.0 if self.positive == 0 else 1.0
        asked: Any = self.estimator
        table: Any = None
        if self.quick is not None and self.last_alone:
            # the columns looked up, then the library's own last step
            asked, table = split(self.estimator)[1], self.quick(values)
        if table is None:
            asked, table = self.estimator, self.frame(values)
        with quiet():
            if self.method == "probability":
                made = asked.predict_proba(table)[:, self.positive]
                sign = 1.0
            elif self.method == "decision":
                made = asked.decision_function(table)
            elif self.method == "raw":
                made = asked.predict(table, raw_score=True)
            else:
                made, sign = asked.predict(table), 1.0
        return sign * np.asarray(made, dtype=np.float64).reshape(len(values))

    def decide(
        self,
        scores: NDArray[np.float64],
        *,
        rule: Rule | None = None,
        pool: NDArray[np.int32] | None = None,
        taken: NDArray[np.int8] | None = None,
    ) -> Decided:
        """Decisions by ``rule``, else by the class that the library itself would answer."""
        chosen = rule or self.rule
        if chosen is None:
            raise AuditError("model.threshold_unknown", self.name)
        return decide(chosen, scores, pool=pool, taken=taken)

    def describe(self) -> ModelDescription:
        """What the model says of itself."""
        return ModelDescription(
            kind=self.kind,
            name=self.name,
            scale=self.scale,
            family=self.family,
            inputs=self.inputs,
            rule=self.rule,
            sha256=self.sha256,
            facts=self.facts,
        )

    def encode(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows as the last step of the pipeline sees them: shape (rows, encoded columns)."""
        found = None if self.quick is None else self.quick(values)
        return self.encode_by_library(values) if found is None else found

    def encode_by_library(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same, each time by the library itself."""
        before, last = split(self.estimator)
        with quiet():
            table: Any = self.frame(values)
            if before is not None:
                table = before.transform(table)
            own = getattr(last, "_preprocessor", None)
            if own is not None:
                table = own.transform(table)
            elif self.frame.native:
                table = _codes(table)
        if hasattr(table, "toarray"):
            table = table.toarray()
        return np.ascontiguousarray(table, dtype=np.float64)


@dataclass(frozen=True)
class LinearModel(EstimatorModel):
    """A linear model: its score is a constant plus what each input brings.

    ``weights`` has one entry per encoded column, ``owner`` the input of each.
    """

    weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    owner: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    intercept: float = 0.0

    @property
    def constant(self) -> float:
        """The intercept."""
        return self.intercept

    def points(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coefficients times encoded columns, summed by input: shape (rows, inputs)."""
        if not len(values):
            return np.empty((0, len(self.inputs)))
        brought = self.encode(values) * self.weights
        total = np.zeros((len(values), len(self.inputs)))
        for column, owner in enumerate(self.owner):
            total[:, owner] += brought[:, column]
        return total


@dataclass(frozen=True)
class TreesModel(EstimatorModel):
    """A sum of decision trees over encoded columns."""

    read: Trees | None = None

    def trees(self) -> Trees:
        """The trees, as arrays."""
        if self.read is None:
            raise AuditError(
                "model.trees_unreadable", self.name, seen=type(self.estimator).__name__
            )
        return self.read


def split(estimator: Any) -> tuple[Any, Any]:
    """The transformers of a pipeline (None: there are none) and its last step."""
    if type(estimator).__name__ != "Pipeline":
        return None, estimator
    before = estimator[:-1] if len(estimator.steps) > 1 else None
    return before, estimator.steps[-1][1]


class quiet(warnings.catch_warnings):  # noqa: N801 -- reads as a verb
    """The library's advice to whoever fits models is of no use here."""

    def __enter__(self) -> Any:
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        return entered


def _codes(table: Any) -> NDArray[np.float64]:
    """A data frame with pandas categories as numbers: codes, NaN where blank."""
    columns = []
    for name in table.columns:
        column = table[name]
        if hasattr(column, "cat"):
            codes = column.cat.codes.to_numpy().astype(np.float64)
            columns.append(np.where(codes < 0, np.nan, codes))
        else:
            columns.append(column.to_numpy(dtype=np.float64))
    return np.column_stack(columns)
