"""scikit-learn pipelines and LightGBM estimators as models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algo_audit.errors import AuditError
from algo_audit.models.encoded_columns import Structure, follow
from algo_audit.models.estimator_model import (
    EstimatorModel,
    LinearModel,
    Method,
    TreesModel,
    quiet,
    split,
)
from algo_audit.models.frames import Frame, frame_for, known_values, written
from algo_audit.models.inputs import Input
from algo_audit.models.model import Kind, Scale
from algo_audit.models.quick_encoding import quick_encoding
from algo_audit.models.rule import Rule
from algo_audit.models.tree_reading import read_trees

# Estimators whose decision function is the log-odds of the second class.
_LOG_ODDS = frozenset({
    "LogisticRegression", "LogisticRegressionCV", "HistGradientBoostingClassifier",
    "GradientBoostingClassifier", "LinearDiscriminantAnalysis", "LGBMClassifier", "SGDClassifier",
})  # fmt: skip
# A classifier takes the second class above this, never at it; written so that ">=" says the same.
_EVEN_ODDS = float(np.nextafter(0.0, 1.0))
_EVEN_CHANCE = float(np.nextafter(0.5, 1.0))


def model_from_estimator(
    estimator: Any,
    inputs: Sequence[Input] | None = None,
    *,
    name: str,
    rule: Rule | None = None,
    favourable: object = None,
    kind: Kind = "sklearn",
    sha256: str = "",
    facts: Mapping[str, object] | None = None,
    matrix: bool = False,
) -> EstimatorModel:
    """A fitted scikit-learn pipeline, or LightGBM estimator, as a model.

    Parameters
    ----------
    estimator : fitted estimator
        Fitted on a DataFrame of named columns.
    inputs : sequence of Input, optional
        None: names from the fit, categories from the pipeline's encoders, else numbers. Columns
        that the pipeline drops are not inputs. Given, they may be in any order; a category that no
        encoder knows is handed over as a number (yes and no as 1 and 0).
    name : str
        As the reader will see it.
    rule : Rule, optional
        None: a classifier's own (the class it answers); a regressor has none.
    favourable : object, optional
        The class that is good for the person; None: ``classes_[1]``.
    matrix : bool
        The estimator was fitted on ``InputRows.values`` themselves (a stand-in).

    Returns
    -------
    EstimatorModel
        Also a ``TreeModel`` (boosting, forests, trees) or an ``AdditiveModel`` (linear) where
        each encoded column comes from one input.

    Raises
    ------
    AuditError
        ``model.no_feature_names``, ``model.not_two_classes``, ``model.class_missing``,
        ``model.input_missing`` (an input given lacks, or the model lacks one given),
        ``model.does_not_score`` (the library fails on a plain row).

    Notes
    -----
    The scale is log-odds where the estimator's decision function is that, probability where it
    gives nothing else (forests), the plain score for regressors and margins.
    """
    names = _names(estimator, inputs, name, matrix=matrix)
    structure = _structure(estimator, names)
    used = sorted(structure.used) if structure.used is not None else list(range(len(names)))
    made = _inputs(estimator, names, used, structure, inputs, name)
    order, chosen, categories, native = made
    frame = (
        Frame(chosen, matrix=True)
        if matrix
        else frame_for(
            chosen,
            categories=categories,
            native=native,
            order=sorted(range(len(order)), key=order.__getitem__),
        )
    )
    positive = _positive(estimator, favourable, name)
    method, scale = _method(estimator, positive)
    model = EstimatorModel(
        estimator=estimator,
        frame=frame,
        inputs=chosen,
        scale=scale,
        method=method,
        positive=positive,
        rule=rule or _own_rule(method, scale, positive, classifier=_is_classifier(estimator)),
        name=name,
        kind=kind,
        sha256=sha256,
        facts={**_facts(estimator), **(facts or {})},
    )
    model = _opened_up(model, _owner(structure, order))
    return _quickened(_probed(model), structure)


def _names(estimator: Any, inputs: Sequence[Input] | None, name: str, *, matrix: bool) -> list[str]:
    if matrix:
        return [one.name for one in inputs or ()]
    names = getattr(estimator, "feature_names_in_", None)
    if names is None and hasattr(estimator, "booster_"):
        names = getattr(estimator, "feature_name_", None)
    if names is None:
        raise AuditError("model.no_feature_names", name, seen=type(split(estimator)[1]).__name__)
    return [str(one) for one in names]


def _structure(estimator: Any, names: Sequence[str]) -> Structure:
    before, last = split(estimator)
    steps = [] if before is None else [step for _, step in before.steps]
    own = getattr(last, "_preprocessor", None)
    return follow([*steps, own] if own is not None else steps, names)


_Chosen = tuple[list[int], tuple[Input, ...], dict[int, NDArray[Any]], dict[int, tuple[Any, ...]]]


def _inputs(
    estimator: Any,
    names: Sequence[str],
    used: Sequence[int],
    structure: Structure,
    given: Sequence[Input] | None,
    name: str,
) -> _Chosen:
    """Columns in the order of the inputs, the inputs, and what the library knows of each."""
    native_levels = _native(estimator)
    if given is None:
        order = list(used)
        chosen = tuple(
            _input(names[place], structure.categories.get(place), native_levels.get(place))
            for place in order
        )
    else:
        own = [one.name for one in given]
        faults = [names[place] for place in used if names[place] not in own]
        beyond = [one for one in own if one not in names]
        if faults or beyond:
            raise AuditError("model.input_missing", name, seen=faults or beyond, choices=names[:8])
        order, chosen = [names.index(one) for one in own], tuple(given)
    categories = {
        new: structure.categories[old]
        for new, old in enumerate(order)
        if old in structure.categories
    }
    native = {new: native_levels[old] for new, old in enumerate(order) if old in native_levels}
    return order, chosen, categories, native


def _input(name: str, categories: NDArray[Any] | None, native: tuple[Any, ...] | None) -> Input:
    if categories is None and native is None:
        return Input(name, "number")
    known = native if categories is None else known_values(categories).tolist()
    return Input(name, "category", levels=tuple(written(value) for value in known or ()))


def _native(estimator: Any) -> dict[int, tuple[Any, ...]]:
    """By column, the levels of the pandas categories that LightGBM was fitted on."""
    booster = getattr(estimator, "booster_", None)
    levels = getattr(booster, "pandas_categorical", None)
    if booster is None or not levels:
        return {}
    told = booster.dump_model(num_iteration=1)["feature_infos"]
    columns = [
        place
        for place, name in enumerate(booster.feature_name())
        if told.get(name, {}).get("values")
    ]
    if len(columns) != len(levels):
        raise AuditError("model.trees_unreadable", "LightGBM", seen=type(estimator).__name__)
    return {place: tuple(own) for place, own in zip(columns, levels, strict=True)}


def _is_classifier(estimator: Any) -> bool:
    return hasattr(split(estimator)[1], "classes_")


def _positive(estimator: Any, favourable: object, name: str) -> int:
    last = split(estimator)[1]
    if not _is_classifier(estimator):
        return 1
    classes = list(np.asarray(last.classes_).tolist())
    if len(classes) != 2:
        raise AuditError("model.not_two_classes", name, seen=[str(one) for one in classes[:8]])
    if favourable is None:
        return 1
    texts = [str(one) for one in classes]
    if str(favourable) not in texts:
        raise AuditError("model.class_missing", name, seen=str(favourable), choices=texts)
    return texts.index(str(favourable))


def _method(estimator: Any, positive: int) -> tuple[Method, Scale]:
    del positive
    last = split(estimator)[1]
    kind = type(last).__name__
    if not _is_classifier(estimator):
        return "predict", "score"
    if kind == "LGBMClassifier":
        plain = last.booster_.dump_model(num_iteration=1)["objective"] == "binary sigmoid:1"
        return "raw", "log_odds" if plain else "score"
    if hasattr(last, "decision_function"):
        log_odds = kind in _LOG_ODDS and getattr(last, "loss", "log_loss") == "log_loss"
        return "decision", "log_odds" if log_odds else "score"
    return "probability", "probability"


def _own_rule(method: str, scale: Scale, positive: int, *, classifier: bool) -> Rule | None:
    """The class that the library answers; an exact tie goes to its first class."""
    if not classifier:
        return None
    if method == "probability" or scale == "probability":
        return Rule("threshold", _EVEN_CHANCE if positive else 0.5)
    return Rule("threshold", _EVEN_ODDS if positive else 0.0)


def _facts(estimator: Any) -> dict[str, object]:
    before, last = split(estimator)
    steps = [] if before is None else [type(step).__name__ for _, step in before.steps]
    library = type(last).__module__.partition(".")[0]
    return {
        "estimator": type(last).__name__,
        "steps": [*steps, type(last).__name__],
        "library": {"sklearn": "scikit-learn"}.get(library, library),
    }


def _owner(structure: Structure, order: Sequence[int]) -> NDArray[np.int32] | None:
    """Owners as places among the inputs."""
    owner = structure.owner()
    if owner is None:
        return None
    place_of = {old: new for new, old in enumerate(order)}
    return np.array([place_of[one] for one in owner.tolist()], dtype=np.int32)


def _opened_up(model: EstimatorModel, owner: NDArray[np.int32] | None) -> EstimatorModel:
    """The model as a sum of trees or of inputs, where it is one and the columns can be told."""
    if owner is None:
        return model
    _, last = split(model.estimator)
    shared = {name: getattr(model, name) for name in EstimatorModel.__dataclass_fields__}
    sign = -1.0 if model.method in {"decision", "raw"} and model.positive == 0 else 1.0
    try:
        with quiet():
            trees = read_trees(last, owner, positive=model.positive, sign=sign)
    except AuditError as error:
        raise AuditError(error.code, model.name, seen=error.seen) from error
    if trees is not None:
        facts = {**model.facts, "trees": len(trees), "leaves": trees.leaves}
        shared |= {"family": "tree_ensemble", "facts": facts}
        return TreesModel(**shared, read=trees)
    weights = np.ravel(getattr(last, "coef_", np.empty(0)))
    linear = model.method == "decision" or hasattr(last, "coef_")
    if linear and len(weights) == len(owner) and model.method != "probability":
        intercept = float(np.ravel(last.intercept_)[0])
        shared["family"] = "linear"
        return LinearModel(
            **shared,
            weights=sign * weights.astype(np.float64),
            owner=owner,
            intercept=sign * intercept,
        )
    return model


def _probed(model: EstimatorModel) -> EstimatorModel:
    """Which inputs may be blank, or unseen: asked of the library itself, on a plain row."""
    plain = np.array(
        [[0.0 if one.low is None else one.low for one in model.inputs]], dtype=np.float64
    )
    try:
        _scores(model, plain)
        _sums_up(model, plain)
    except AuditError:
        raise
    except Exception as error:
        raise AuditError(
            "model.does_not_score", model.name, seen=f"{type(error).__name__}: {error}"[:200]
        ) from error
    inputs = []
    for place, one in enumerate(model.inputs):
        blank = _answers(model, plain, place, np.nan)
        unseen = one.kind == "category" and _answers(model, plain, place, float(len(one.levels)))
        inputs.append(replace(one, blank=blank, unseen=unseen))
    own = tuple(inputs)
    return replace(
        model,
        inputs=own,
        frame=replace(model.frame, inputs=own),
        unseen_allowed=all(one.unseen for one in own if one.kind == "category"),
    )


def _quickened(model: EstimatorModel, structure: Structure) -> EstimatorModel:
    """The model with its encoding by lookup, where that gives the library's own columns."""
    before, last = split(model.estimator)
    own = getattr(last, "_preprocessor", None)
    owner = model.read.owner if isinstance(model, TreesModel) and model.read is not None else None
    owner = model.owner if isinstance(model, LinearModel) else owner
    if owner is None or model.frame.native or (before is None and own is None):
        return model
    steps = [column.steps for column in structure.columns or ()]
    try:
        quick = quick_encoding(model.encode_by_library, model.inputs, owner, steps)
        plain = np.array([[one.low or 0.0 for one in model.inputs]])
        made = None
        if before is not None and own is None:
            with quiet():
                made = before.transform(model.frame(plain))
    except Exception:
        return model  # the library has to be asked each time; nothing is wrong with that
    # where the library works on sparse columns, its sums may end otherwise in the last digit
    alone = made is not None and not hasattr(made, "toarray")
    return replace(model, quick=quick, last_alone=alone)


def _scores(model: EstimatorModel, plain: NDArray[np.float64]) -> None:
    if not np.isfinite(model.score(plain)).all():
        raise ValueError("not a number")


def _answers(model: EstimatorModel, plain: NDArray[np.float64], place: int, value: float) -> bool:
    row = plain.copy()
    row[0, place] = value
    try:
        return bool(np.isfinite(model.score(row)).all())
    except Exception:
        return False


def _sums_up(model: EstimatorModel, plain: NDArray[np.float64]) -> None:
    """What was read from the model gives its own score on a plain row."""
    from algo_audit.models.trees import evaluate

    if isinstance(model, TreesModel) and model.read is not None:
        encoded = model.encode(plain)
        if encoded.shape[1] != len(model.read.owner):
            seen = f"{encoded.shape[1]} / {len(model.read.owner)}"
            raise AuditError("model.trees_unreadable", model.name, seen=seen)
        again = evaluate(model.read, encoded)
    elif isinstance(model, LinearModel):
        again = model.constant + model.points(plain).sum(axis=1)
    else:
        return
    said = model.score(plain)
    if not np.allclose(again, said, rtol=1e-9, atol=1e-9):
        raise AuditError("model.trees_unreadable", model.name, seen=float(again[0] - said[0]))
