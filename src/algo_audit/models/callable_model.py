"""A Python function as a model, for notebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.errors import AuditError
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription, Scale
from algo_audit.models.rule import Decided, Rule, decide

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 6


@dataclass(frozen=True)
class CallableModel:
    """A function of rows as a ``Model``.

    Attributes
    ----------
    function : callable
        Takes all rows at once and gives one score for each. With ``takes="table"`` it gets a
        DataFrame with the inputs as columns: numbers as float, categories as text, blanks as
        NaN and None; with ``takes="matrix"`` the float64 matrix of ``InputRows.values``.
    inputs : tuple of Input
        As ``inputs_of(decisions.table, columns)`` gives them, or written by hand.
    scale : str
        What its scores are measured in.
    rule : Rule or None
    name : str
        As the reader will see it.

    Examples
    --------
    >>> inputs = (Input("written", "number"), Input("oral", "number"))
    >>> model = CallableModel(lambda rows: 0.6 * rows["written"] + 0.4 * rows["oral"], inputs)
    >>> model.score(np.array([[70.0, 80.0]])).round(6).tolist()
    [74.0]
    """

    function: Callable[[Any], Any]
    inputs: tuple[Input, ...]
    scale: Scale = "score"
    rule: Rule | None = None
    name: str = "callable"
    takes: Literal["table", "matrix"] = "table"
    unseen_allowed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(self.inputs))

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of rows: shape (rows,).

        Raises
        ------
        AuditError
            ``model.callable_shape``: not one score per row; ``model.callable_not_numbers``;
            ``model.callable_missing``: NaN or infinite for some rows. What the function itself
            raises goes through as it is.
        """
        if not len(values):
            return np.empty(0)
        made = self.function(self.table(values) if self.takes == "table" else values)
        try:
            array = np.asarray(made)
            scores = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise AuditError(
                "model.callable_not_numbers", self.name, seen=type(made).__name__
            ) from error
        if array.dtype.kind not in "fiub" and not _all_numbers(array):
            raise AuditError("model.callable_not_numbers", self.name, seen=str(array.flat[0]))
        if scores.shape == (len(values), 1):
            scores = scores[:, 0]
        if scores.shape != (len(values),):
            shape = " × ".join(str(size) for size in scores.shape) or "1"
            raise AuditError("model.callable_shape", self.name, seen=shape, expected=len(values))
        missing = ~np.isfinite(scores)
        if missing.any():
            lines = [int(row) + 1 for row in np.flatnonzero(missing)[:_SHOWN]]
            count = int(missing.sum())
            raise AuditError("model.callable_missing", self.name, rows=count, lines=lines)
        return np.ascontiguousarray(scores)

    def table(self, values: NDArray[np.float64]) -> pd.DataFrame:
        """Rows as a DataFrame, with the file's own words for categories."""
        import pandas as pd

        columns: dict[str, Any] = {}
        for place, one in enumerate(self.inputs):
            column = values[:, place]
            if one.kind == "number":
                columns[one.name] = column
            else:
                words = np.array([*one.levels, None], dtype=object)
                codes = np.where(np.isnan(column), len(one.levels), column).astype(np.int64)
                columns[one.name] = words[np.minimum(codes, len(one.levels))]
        return pd.DataFrame(columns)

    def decide(
        self,
        scores: NDArray[np.float64],
        *,
        rule: Rule | None = None,
        pool: NDArray[np.int32] | None = None,
        taken: NDArray[np.int8] | None = None,
    ) -> Decided:
        """Decisions from scores by ``rule``, else by the model's own.

        Raises
        ------
        AuditError
            ``model.rule_missing``.
        """
        applied = rule or self.rule
        if applied is None:
            raise AuditError("model.rule_missing", self.name)
        return decide(applied, scores, pool=pool, taken=taken)

    def describe(self) -> ModelDescription:
        """What it says of itself: nothing of how it works is known."""
        return ModelDescription(
            kind="callable",
            name=self.name,
            scale=self.scale,
            family="opaque",
            inputs=self.inputs,
            rule=self.rule,
        )


def _all_numbers(array: NDArray[Any]) -> bool:
    """Whether an array of objects holds numbers only (text that looks like one is none)."""
    return array.dtype.kind == "O" and all(
        isinstance(cell, (int, float, np.number)) for cell in array.flat
    )
