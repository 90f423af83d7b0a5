"""A model fitted anew on people drawn again: would the answer have been the same?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algo_audit.models.estimator_model import EstimatorModel, quiet
from algo_audit.models.frames import Frame
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model


def refit(
    model: Model, rows: InputRows, target: NDArray[np.int8] | NDArray[np.float64], seed: int
) -> Model | None:
    """The same kind of model, fitted on a bootstrap of the rows.

    Parameters
    ----------
    model : Model
        A scikit-learn or LightGBM model, or a stand-in.
    rows : InputRows
    target : array, shape (rows,)
        What it is to learn: 1 favourable, 0 not; for a regressor, the number. Rows with a
        negative decision code or a NaN are left out.
    seed : int

    Returns
    -------
    Model or None
        With the inputs, the rule and the favourable class of ``model``, to be asked for scores
        only (neither additive nor made of trees). None where there is
        nothing to fit (a grid, ONNX, a callable; a model of a score, given decisions), or a draw
        holds one class only.

    Notes
    -----
    Each draw takes as many rows, with replacement. Encoders keep the categories of the first fit,
    so that a rare one that a draw misses still has its columns. The people on file may not be
    those that the real model was fitted on: it says how much chance there is in such a fit, not
    how the real model was made.
    """
    if not isinstance(model, EstimatorModel):
        return None
    if model.method == "predict" and target.dtype.kind != "f":
        return None  # a model of a score cannot be fitted to decisions: another scale comes out
    known = ~np.isnan(target) if target.dtype.kind == "f" else target >= 0
    places = np.flatnonzero(known)
    if not places.size:
        return None
    drawn = places[np.random.default_rng(seed).integers(0, len(places), len(places))]
    wanted = _classes(model, target[drawn])
    if wanted is None:
        return None
    estimator = _clone(model.estimator)
    with quiet():
        _fit(estimator, model.frame, rows.values[drawn], wanted)
    # only to be asked for scores: taking it apart again would cost as much as fitting it
    own = {name: getattr(model, name) for name in EstimatorModel.__dataclass_fields__}
    return EstimatorModel(**{**own, "estimator": estimator, "quick": None, "last_alone": False})


def _last(estimator: Any) -> Any:
    from algo_audit.models.estimator_model import split

    return split(estimator)[1]


def _classes(model: EstimatorModel, drawn: NDArray[Any]) -> NDArray[Any] | None:
    """Decisions in the words of the model's own classes."""
    own = getattr(_last(model.estimator), "classes_", None)
    if own is None:
        return drawn.astype(np.float64)
    if len(np.unique(drawn)) < 2:
        return None
    place = np.where(drawn > 0, model.positive, 1 - model.positive)
    return np.asarray(own)[place]


def _clone(estimator: Any) -> Any:
    """An unfitted copy whose encoders are told the categories that the first fit found."""
    from sklearn.base import clone

    made = clone(estimator)
    _keep_categories(estimator, made)
    return made


def _keep_categories(fitted: Any, made: Any) -> None:
    kind = type(fitted).__name__
    if kind in {"OneHotEncoder", "OrdinalEncoder", "TargetEncoder"}:
        known = getattr(fitted, "categories_", None)  # an encoder of no column is never fitted
        if known is not None:
            made.set_params(categories=[np.asarray(one) for one in known])
    elif kind == "Pipeline":
        for (_, old), (_, new) in zip(fitted.steps, made.steps, strict=True):
            _keep_categories(old, new)
    elif kind == "ColumnTransformer":
        old_ones = {name: part for name, part, _ in fitted.transformers_}
        for name, part, _ in made.transformers:
            if name in old_ones and not isinstance(part, str):
                _keep_categories(old_ones[name], part)


def _fit(estimator: Any, frame: Frame, values: NDArray[np.float64], wanted: Any) -> None:
    """Fit on the table that the first fit saw; native categories come as pandas categories."""
    import pandas as pd

    table: Any = frame(values)
    own = getattr(estimator, "categorical_features", None)
    if not frame.matrix and own == "from_dtype":
        for place, one in enumerate(frame.inputs):
            if place in frame.originals:
                table[one.name] = pd.Categorical(
                    table[one.name], categories=list(frame.originals[place])
                )
    estimator.fit(table, wanted)
