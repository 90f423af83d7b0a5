"""Every tree inside an opened estimator looked at before the library walks one of them.

scikit-learn's compiled code follows child numbers and column numbers without checking them: a
crafted file could make it read outside its memory, or walk for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from algo_audit.errors import AuditError
from algo_audit.models.encoded_columns import follow

_DEEPEST = 12


def check_estimator(estimator: Any, where: str) -> None:
    """Raise ``model.trees_unreadable`` where a tree points outside itself or its columns."""
    for one, columns in _trees(estimator, None, 0, set()):
        kind = type(one).__name__
        try:
            sound = _SOUND[kind](one, columns)
        except (AttributeError, TypeError, ValueError, IndexError, KeyError):
            sound = False
        if not sound:
            raise AuditError("model.trees_unreadable", where, seen=kind)


def _trees(
    one: Any, columns: int | None, depth: int, seen: set[int]
) -> Iterator[tuple[Any, int | None]]:
    """Trees found by following attributes, each with the number of columns that its owner takes."""
    if depth > _DEEPEST or id(one) in seen:
        return
    kind = type(one).__name__
    if kind in _SOUND:
        yield one, columns
    if kind in {"Tree", "TreePredictor"}:
        return
    if isinstance(one, (list, tuple)):
        inner = list(one)
    elif isinstance(one, dict):
        inner = list(one.values())
    elif isinstance(one, np.ndarray) and one.dtype == object:
        inner = one.ravel().tolist()
    elif type(one).__module__.startswith("sklearn.") and hasattr(one, "__dict__"):
        own = vars(one).get("_n_features", vars(one).get("n_features_in_"))
        # a member of an ensemble is given what the ensemble takes
        columns = own if columns is None or kind == "Pipeline" else columns
        columns = own if _takes_own(kind) else columns
        inner = list(vars(one).values())
    else:
        return
    seen.add(id(one))
    for each in inner:
        yield from _trees(each, columns, depth + 1, seen)


def _takes_own(kind: str) -> bool:
    """Estimators that check the width of what they are given before they walk."""
    return kind in {
        "RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier",
        "ExtraTreesRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor",
        "HistGradientBoostingClassifier", "HistGradientBoostingRegressor",
    }  # fmt: skip


def _sound_tree(tree: Any, columns: int | None) -> bool:
    left, right = np.asarray(tree.children_left), np.asarray(tree.children_right)
    own, inner = np.arange(len(left)), left != -1
    return bool(
        len(left) > 0
        and type(columns) is int
        and tree.n_features == columns
        and (left[inner] > own[inner]).all()
        and (right[inner] > own[inner]).all()
        and (left[inner] < len(left)).all()
        and (right[inner] < len(left)).all()
        and (tree.feature[inner] >= 0).all()
        and (tree.feature[inner] < columns).all()
    )


def _sound_predictor(predictor: Any, columns: int | None) -> bool:
    nodes = getattr(predictor, "nodes", None)
    if not isinstance(nodes, np.ndarray) or nodes.dtype.names is None or not len(nodes):
        return False
    inner = nodes["is_leaf"] == 0
    own = np.arange(len(nodes))[inner]
    sets = np.asarray(predictor.raw_left_cat_bitsets)
    asked = inner & (nodes["is_categorical"] != 0)
    return bool(
        type(columns) is int
        and (nodes["left"][inner] > own).all()
        and (nodes["right"][inner] > own).all()
        and (nodes["left"][inner] < len(nodes)).all()
        and (nodes["right"][inner] < len(nodes)).all()
        and (nodes["feature_idx"][inner] >= 0).all()
        and (nodes["feature_idx"][inner] < columns).all()
        and sets.shape[1:] == (8,)
        and (nodes["bitset_idx"][asked] < len(sets)).all()
    )


def _sound_boosting(estimator: Any, _columns: int | None) -> bool:
    """Gradient boosting writes one column for each tree of a round, wherever that lies."""
    members = estimator.estimators_
    return bool(
        isinstance(members, np.ndarray)
        and members.ndim == 2
        and members.shape[1] == 1
        and estimator.n_trees_per_iteration_ == 1
    )


def _sound_histogram(estimator: Any, _columns: int | None) -> bool:
    """Questions on categories look up a table by column; the columns must be those it is given."""
    width, own = estimator._n_features, estimator._preprocessor  # noqa: SLF001 -- no public way
    given = estimator.n_features_in_
    if own is not None:
        names = list(own.feature_names_in_) if hasattr(own, "feature_names_in_") else []
        found = follow([own], names or [str(place) for place in range(given)]).columns
        given = None if found is None else len(found)
    if type(width) is not int or width != given:
        return False
    asked = [
        nodes["feature_idx"][(nodes["is_leaf"] == 0) & (nodes["is_categorical"] != 0)]
        for one in estimator._predictors  # noqa: SLF001
        for nodes in (one[0].nodes,)
    ]
    columns = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *asked]))
    if not len(columns):
        return True
    categorical = np.asarray(estimator._bin_mapper.is_categorical_)  # noqa: SLF001
    inside = bool(len(categorical) == width and (columns >= 0).all() and (columns < width).all())
    return inside and bool((categorical[columns.astype(np.int64)] != 0).all())


_SOUND: Mapping[str, Callable[[Any, int | None], bool]] = {
    "Tree": _sound_tree,
    "TreePredictor": _sound_predictor,
    "GradientBoostingClassifier": _sound_boosting,
    "GradientBoostingRegressor": _sound_boosting,
    "HistGradientBoostingClassifier": _sound_histogram,
    "HistGradientBoostingRegressor": _sound_histogram,
}
