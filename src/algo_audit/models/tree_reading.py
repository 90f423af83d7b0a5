"""Trees of scikit-learn and LightGBM as plain arrays, node for node as the library walks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from algo_audit.errors import AuditError
from algo_audit.models.trees import Trees, check_trees, evaluate

# Codes of a category that a histogram boosting model can tell apart (its bit sets hold 256).
_CODES = 256
_BITS = 32


class _Tree(NamedTuple):
    """One tree; node numbers are its own, ``sets`` are rows of ``left_categories`` of its own."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    column: NDArray[np.int32]
    threshold: NDArray[np.float64]
    blank_left: NDArray[np.bool_]
    sets: NDArray[np.int32]
    left_categories: NDArray[np.bool_]
    value: NDArray[np.float64]


def read_trees(
    estimator: Any, owner: NDArray[np.int32], *, positive: int, sign: float
) -> Trees | None:
    """The trees of a fitted estimator.

    Parameters
    ----------
    estimator : fitted scikit-learn or LightGBM estimator
        Histogram boosting, gradient boosting, forests, extra trees, a decision tree, LightGBM.
    owner : int32 array, shape (columns,)
        Input of the model that each encoded column was made from.
    positive : int
        Place of the favourable class among the classes (probabilities).
    sign : float
        1, or -1 where the favourable class is the first one (log-odds).

    Returns
    -------
    Trees or None
        None: not a model made of trees that are summed.

    Raises
    ------
    AuditError
        ``model.trees_unreadable``: the trees point outside themselves, or hold something that
        cannot be told as a yes-or-no question (linear leaves, zero as missing).
    """
    reader = _READERS.get(type(estimator).__name__)
    if reader is None:
        return None
    try:
        found = reader(estimator, positive)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise AuditError("model.trees_unreadable", seen=type(estimator).__name__) from error
    if found is None:
        return None
    made, constant, float32 = found
    trees = _together(made, owner, constant=constant, sign=sign, float32=float32)
    if not check_trees(trees, columns=len(owner)):
        raise AuditError("model.trees_unreadable", seen=type(estimator).__name__)
    return trees


_Found = tuple[list[_Tree], float, bool]


def _together(
    made: Sequence[_Tree],
    owner: NDArray[np.int32],
    *,
    constant: float,
    sign: float,
    float32: bool,
) -> Trees:
    """The trees one after the other, node numbers made absolute."""
    sizes = np.array([0, *(len(tree.left) for tree in made)], dtype=np.int64)
    starts = np.cumsum(sizes)
    first_set = np.cumsum([0, *(len(tree.left_categories) for tree in made)])
    codes = max((tree.left_categories.shape[1] for tree in made), default=0)

    def absolute(nodes: NDArray[np.int32], start: int) -> NDArray[np.int32]:
        return np.where(nodes < 0, -1, nodes + start).astype(np.int32)

    def joined(parts: Iterator[NDArray[Any]], kind: Any) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *parts]).astype(kind)

    placed = list(zip(made, starts[:-1].tolist(), first_set[:-1].tolist(), strict=True))
    sets = np.zeros((int(first_set[-1]), codes), dtype=bool)
    for tree, _, first in placed:
        own = tree.left_categories
        sets[first : first + len(own), : own.shape[1]] = own
    return Trees(
        starts=starts,
        left=joined((absolute(t.left, s) for t, s, _ in placed), np.int32),
        right=joined((absolute(t.right, s) for t, s, _ in placed), np.int32),
        column=joined((t.column for t in made), np.int32),
        threshold=joined((t.threshold for t in made), np.float64),
        blank_left=joined((t.blank_left for t in made), np.bool_),
        categories=joined((absolute(t.sets, f) for t, _, f in placed), np.int32),
        left_categories=sets,
        value=joined((sign * t.value for t in made), np.float64),
        owner=owner,
        constant=sign * constant,
        compares_float32=float32,
    )


def _numeric(tree: Any, value: NDArray[np.float64]) -> _Tree:
    """A ``sklearn.tree._tree.Tree``."""
    left = np.asarray(tree.children_left, dtype=np.int32)
    leaf = left < 0
    return _Tree(
        left=left,
        right=np.asarray(tree.children_right, dtype=np.int32),
        column=np.where(leaf, -1, tree.feature).astype(np.int32),
        threshold=np.where(leaf, 0.0, tree.threshold),
        blank_left=np.asarray(tree.missing_go_to_left).astype(bool),
        sets=np.full(len(left), -1, dtype=np.int32),
        left_categories=np.zeros((0, 0), dtype=bool),
        value=np.where(leaf, value, 0.0),
    )


def _decision_tree(estimator: Any, positive: int) -> _Found:
    place = positive if hasattr(estimator, "classes_") else 0
    tree = estimator.tree_
    return [_numeric(tree, tree.value[:, 0, place])], 0.0, True


def _forest(estimator: Any, positive: int) -> _Found:
    place = positive if hasattr(estimator, "classes_") else 0
    members = estimator.estimators_
    made = [_numeric(one.tree_, one.tree_.value[:, 0, place] / len(members)) for one in members]
    return made, 0.0, True


def _gradient_boosting(estimator: Any, _positive: int) -> _Found | None:
    start = estimator.init_
    constant_start = isinstance(start, str) or type(start).__name__.startswith("Dummy")
    if estimator.estimators_.shape[1] != 1 or not constant_start:
        return None
    rate = float(estimator.learning_rate)
    members = estimator.estimators_[:, 0]
    made = [_numeric(one.tree_, rate * one.tree_.value[:, 0, 0]) for one in members]
    # the start is the same for every row: what the library says of one row, its trees taken off
    columns = int(estimator.n_features_in_)
    owner = np.zeros(columns, dtype=np.int32)
    alone = _together(made, owner, constant=0.0, sign=1.0, float32=True)
    if not check_trees(alone, columns=columns):
        raise ValueError("trees that point outside themselves")
    row = np.zeros((1, columns))
    ask = getattr(estimator, "decision_function", None) or estimator.predict
    said = float(np.ravel(ask(_named(estimator, row)))[0])
    return made, said - float(evaluate(alone, row)[0]), True


def _named(estimator: Any, row: NDArray[np.float64]) -> Any:
    """A row with the names that the estimator was fitted with, where it was."""
    import pandas as pd

    names = getattr(estimator, "feature_names_in_", None)
    return row if names is None else pd.DataFrame(row, columns=list(names))


def _histogram_boosting(estimator: Any, _positive: int) -> _Found | None:
    link = type(estimator._loss.link).__name__  # noqa: SLF001 -- no public way
    if estimator.n_trees_per_iteration_ != 1 or link not in {"LogitLink", "IdentityLink"}:
        return None
    known = np.zeros((0, _CODES), dtype=bool)
    place_of = np.zeros(estimator._n_features, dtype=np.int64)  # noqa: SLF001
    if estimator.is_categorical_ is not None:
        bits, place = estimator._bin_mapper.make_known_categories_bitsets()  # noqa: SLF001
        known, place_of = _bits(bits), np.asarray(place, dtype=np.int64)
    made = [
        _histogram_tree(one[0], known, place_of)
        for one in estimator._predictors  # noqa: SLF001
    ]
    constant = float(np.ravel(estimator._baseline_prediction)[0])  # noqa: SLF001
    return made, constant, False


def _histogram_tree(predictor: Any, known: NDArray[np.bool_], place_of: NDArray[np.int64]) -> _Tree:
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    asked = ~leaf & nodes["is_categorical"].astype(bool)
    if not leaf.all() and max(nodes["left"][~leaf].max(), nodes["right"][~leaf].max()) >= len(
        nodes
    ):
        raise ValueError("a child beyond the last node")
    left_bits = _bits(predictor.raw_left_cat_bitsets)
    blank_left = nodes["missing_go_to_left"].astype(bool)
    # one set per question: codes that the model never met go as a blank does
    places = np.flatnonzero(asked)
    sets = np.zeros((len(places), _CODES), dtype=bool)
    for row, place in enumerate(places):
        met = known[place_of[nodes["feature_idx"][place]]]
        in_left = left_bits[nodes["bitset_idx"][place]]
        sets[row] = in_left | (~met & blank_left[place])
    own = np.full(len(nodes), -1, dtype=np.int32)
    own[places] = np.arange(len(places))

    def inner(name: str) -> NDArray[np.int32]:
        return np.where(leaf, -1, nodes[name].astype(np.int64)).astype(np.int32)

    return _Tree(
        left=inner("left"),
        right=inner("right"),
        column=inner("feature_idx"),
        threshold=np.where(leaf | asked, 0.0, nodes["num_threshold"]),
        blank_left=blank_left,
        sets=own,
        left_categories=sets,
        value=np.where(leaf, nodes["value"], 0.0),
    )


def _bits(words: Any) -> NDArray[np.bool_]:
    """Bit sets of eight 32-bit words as rows of 256 booleans."""
    sets: NDArray[np.uint32] = np.asarray(words, dtype=np.uint32).reshape(-1, _CODES // _BITS)
    shifts = np.arange(_BITS, dtype=np.uint32)
    spread = (sets[:, :, None] >> shifts[None, None, :]) & np.uint32(1)
    return spread.astype(np.bool_).reshape(len(sets), _CODES)


def _lightgbm(estimator: Any, _positive: int) -> _Found | None:
    told = estimator.booster_.dump_model()
    if told["num_tree_per_iteration"] != 1 or told.get("average_output"):
        return None
    return [_lightgbm_tree(one["tree_structure"]) for one in told["tree_info"]], 0.0, False


def _lightgbm_tree(root: Mapping[str, Any]) -> _Tree:
    nodes: list[Mapping[str, Any]] = []
    left: list[int] = []
    right: list[int] = []
    waiting: list[tuple[Mapping[str, Any], int, list[int]]] = [(root, -1, left)]
    while waiting:
        node, parent, side = waiting.pop()
        place = len(nodes)
        nodes.append(node)
        left.append(-1)
        right.append(-1)
        if parent >= 0:
            side[parent] = place
        if "left_child" in node:
            waiting += [(node["right_child"], place, right), (node["left_child"], place, left)]
        elif "leaf_const" in node or "leaf_coeff" in node:
            raise ValueError("linear leaves")
    leaf = np.array(left) < 0
    own, sets = _lightgbm_sets(nodes)
    return _Tree(
        left=np.array(left, dtype=np.int32),
        right=np.array(right, dtype=np.int32),
        column=np.array([node.get("split_feature", -1) for node in nodes], dtype=np.int32),
        threshold=np.array(
            [
                0.0 if end or asked >= 0 else float(node["threshold"])
                for node, end, asked in zip(nodes, leaf, own, strict=True)
            ]
        ),
        blank_left=np.array([_lightgbm_blank_left(node) for node in nodes], dtype=bool),
        sets=own,
        left_categories=sets,
        value=np.array([float(node.get("leaf_value", 0.0)) for node in nodes]) * leaf,
    )


def _lightgbm_sets(
    nodes: Sequence[Mapping[str, Any]],
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Questions on categories, written ``0||3||5``."""
    own = np.full(len(nodes), -1, dtype=np.int32)
    members: list[list[int]] = []
    for place, node in enumerate(nodes):
        if node.get("decision_type") == "==":
            own[place] = len(members)
            members.append([int(code) for code in str(node["threshold"]).split("||")])
    codes = 1 + max((max(one) for one in members), default=-1)
    sets = np.zeros((len(members), codes), dtype=bool)
    for row, one in enumerate(members):
        sets[row, one] = True
    return own, sets


def _lightgbm_blank_left(node: Mapping[str, Any]) -> bool:
    """Where a NaN goes: a category to the right; a number as 0 does, unless it was met blank."""
    if "left_child" not in node or node["decision_type"] == "==":
        return False
    if node["missing_type"] == "None":
        return bool(float(node["threshold"]) >= 0.0)
    if node["missing_type"] == "Zero":
        raise ValueError("zero as missing")
    return bool(node["default_left"])


_READERS: Mapping[str, Callable[[Any, int], _Found | None]] = {
    "DecisionTreeClassifier": _decision_tree,
    "DecisionTreeRegressor": _decision_tree,
    "ExtraTreeClassifier": _decision_tree,
    "ExtraTreeRegressor": _decision_tree,
    "RandomForestClassifier": _forest,
    "RandomForestRegressor": _forest,
    "ExtraTreesClassifier": _forest,
    "ExtraTreesRegressor": _forest,
    "GradientBoostingClassifier": _gradient_boosting,
    "GradientBoostingRegressor": _gradient_boosting,
    "HistGradientBoostingClassifier": _histogram_boosting,
    "HistGradientBoostingRegressor": _histogram_boosting,
    "LGBMClassifier": _lightgbm,
    "LGBMRegressor": _lightgbm,
}
