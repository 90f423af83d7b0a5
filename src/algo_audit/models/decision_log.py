"""No model, only the log of its decisions: a stand-in fitted to the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.errors import AuditError
from algo_audit.models.estimator_model import EstimatorModel, quiet
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Rule
from algo_audit.models.sklearn_model import model_from_estimator

if TYPE_CHECKING:
    import pandas as pd

Target = Literal["outcome", "score"]

# Small trees and many of them: enough to bend and to combine two or three inputs, too shallow to
# learn single people by heart. Values of scikit-learn's own defaults where none is given here.
_TREES, _LEAVES, _PEOPLE_IN_A_LEAF = 100, 8, 20
# Histogram boosting tells at most 255 categories apart; rarer ones share one.
_WIDE = 250


@dataclass(frozen=True)
class StandIn:
    """A model fitted to a log in place of the real one.

    Attributes
    ----------
    model : EstimatorModel
        Of kind ``surrogate``.
    held_out : bool array, shape (rows,)
        Rows that it was not fitted on; how far it can be trusted is measured on these alone.
    target : {"outcome", "score"}
        What it imitates: the decision, or the logged score.
    """

    model: EstimatorModel
    held_out: NDArray[np.bool_]
    target: Target


def stand_in(
    rows: InputRows,
    decisions: Decisions,
    *,
    limits: Limits,
    seed: int,
    target: Target = "outcome",
) -> StandIn:
    """Fit a stand-in to a log of decisions.

    Parameters
    ----------
    rows : InputRows
        One row per decision; inputs that tell the decision because they were filled in after it
        must have been left out (``fairness.controls.leaking_columns``).
    decisions : Decisions
    target : {"outcome", "score"}
        The decision (log-odds come out), or the logged score (in its own unit).
    limits : Limits
        ``explain.held_out``: share kept out; ``explain.boosting_from``: rows from which boosted
        trees are fitted, below it a logistic (or linear) model.
    seed : int

    Returns
    -------
    StandIn
        It decides as the log does: the best of each pool where there are pools, else from the
        cut-off up at which it takes as many of the rows that it was fitted on as were really
        taken. (At even odds it would take nobody where few people are taken.)

    Raises
    ------
    AuditError
        ``model.log_too_small``: not two decisions of each kind to fit on and to keep out;
        ``model.no_score`` : target ``score`` without a logged score.

    Notes
    -----
    Rows alike in every column of the file, the identifier apart, stay on one side of the split,
    and so do rows of one cluster: a copy of a row that was fitted on is not a test.
    """
    known, wanted = _wanted(decisions, target)
    values = rows.values  # noqa: PD011 -- not pandas
    held_out = split_rows(decisions, share=limits.explain.held_out, seed=seed)
    fitted = ~held_out & known
    kept = held_out & known
    if min(_kinds(decisions.outcome[fitted]), _kinds(decisions.outcome[kept])) < 2:
        raise AuditError("model.log_too_small", decisions.source.name, people=len(decisions))
    small = int(fitted.sum()) < limits.explain.boosting_from
    estimator = _estimator(rows.inputs, small=small, target=target, seed=seed)
    with quiet():
        estimator.fit(values[fitted], wanted[fitted])
    facts: dict[str, object] = {"fitted_on": int(fitted.sum()), "held_out": int(kept.sum())}
    model = model_from_estimator(
        estimator,
        rows.inputs,
        name=decisions.source.name,
        kind="surrogate",
        matrix=True,
        facts={**facts, "target": target},
    )
    rule = Rule("top_k")
    if decisions.pool is None:
        own = model.score(values[fitted])
        rule = Rule("threshold", _cut_off(own, int(decisions.outcome[fitted].sum())))
    return StandIn(_with_rule(model, rule), held_out, target)


def split_rows(decisions: Decisions, *, share: float, seed: int) -> NDArray[np.bool_]:
    """Which rows are kept out of a fit.

    Parameters
    ----------
    decisions : Decisions
    share : float
        Of the rows, 0 to 1; reached within favourable and unfavourable decisions alike.
    seed : int

    Returns
    -------
    bool array, shape (rows,)
        Rows of one cluster, and copies of one row, are all in or all out.
    """
    together = _together(decisions)
    blocks = int(together.max(initial=-1)) + 1
    sizes = np.bincount(together, minlength=blocks)
    favourable = np.bincount(together, weights=decisions.outcome, minlength=blocks)
    mostly = 2 * favourable >= sizes
    order = np.random.default_rng(seed).permutation(blocks)
    out = np.zeros(blocks, dtype=bool)
    for kind in (False, True):
        own = order[mostly[order] == kind]
        # each block goes where its middle row falls, so that large ones do not overshoot
        middle = np.cumsum(sizes[own]) - sizes[own] / 2
        out[own] = middle <= share * sizes[own].sum()
    return out[together]


def _together(decisions: Decisions) -> NDArray[np.int64]:
    """Block of each row: linked by a cluster, or by being alike in every column."""
    import pandas as pd
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(decisions)
    alike = np.arange(count)
    if decisions.table is not None:
        identifier = decisions.roles.identifier
        columns = [name for name in decisions.table.columns if name != identifier]
        alike = _codes_of_rows(decisions.table[columns]) if columns else alike
    keys = [alike]
    if decisions.cluster is not None:
        own = decisions.cluster.codes.astype(np.int64)
        alone = own.max(initial=-1) + 1 + np.arange(count)
        keys.append(np.where(own < 0, alone, own))
    if len(keys) == 1:
        return pd.factorize(alike)[0].astype(np.int64)
    first = pd.factorize(keys[0])[0].astype(np.int64)
    second = pd.factorize(keys[1])[0].astype(np.int64) + count
    # rows linked through either key: a graph between both kinds of blocks
    links = coo_array((np.ones(count), (first, second)), shape=(2 * count, 2 * count))
    labels = connected_components(links, directed=False)[1]
    return pd.factorize(labels[first])[0].astype(np.int64)


def _codes_of_rows(table: pd.DataFrame) -> NDArray[np.int64]:
    """The same number for rows that are alike in every column."""
    import pandas as pd

    codes = np.zeros(len(table), dtype=np.int64)
    for place in range(table.shape[1]):
        own = pd.factorize(table.iloc[:, place])[0].astype(np.int64) + 1
        codes = pd.factorize(codes * (own.max(initial=0) + 1) + own)[0].astype(np.int64)
    return codes


def _wanted(
    decisions: Decisions, target: Target
) -> tuple[NDArray[np.bool_], NDArray[np.float64] | NDArray[np.int8]]:
    """Rows that can be fitted on, and what is to be said of them."""
    if target == "outcome":
        return np.ones(len(decisions), dtype=bool), decisions.outcome
    if decisions.score is None:
        raise AuditError("model.no_score", decisions.source.name)
    return ~np.isnan(decisions.score), decisions.score


def _kinds(outcome: NDArray[np.int8]) -> int:
    """The smaller of the counts of both decisions."""
    return int(np.bincount(outcome, minlength=2).min())


def _cut_off(scores: NDArray[np.float64], taken: int) -> float:
    """Half-way between the last score taken and the next one below."""
    ordered = np.sort(scores)[::-1]
    last = ordered[taken - 1]
    below = ordered[ordered < last]
    return float(last if not below.size else (last + below[0]) / 2)


def _with_rule(model: EstimatorModel, rule: Rule) -> EstimatorModel:
    from dataclasses import replace

    return replace(model, rule=rule)


def _estimator(inputs: Sequence[Input], *, small: bool, target: Target, seed: int) -> Any:
    """An unfitted estimator that takes ``InputRows.values`` as they are."""
    categories = [place for place, one in enumerate(inputs) if one.kind == "category"]
    if small:
        return _plain(categories, len(inputs), target)
    return _boosting(inputs, categories, target, seed)


def _plain(categories: Sequence[int], width: int, target: Target) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [place for place in range(width) if place not in set(categories)]
    scaled = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    told_apart = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer(
        [("categories", told_apart, list(categories)), ("numbers", scaled, numbers)],
        sparse_threshold=0.0,
    )
    last = LogisticRegression(max_iter=1000) if target == "outcome" else Ridge()
    return make_pipeline(columns, last)


def _boosting(inputs: Sequence[Input], categories: Sequence[int], target: Target, seed: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    kind = HistGradientBoostingClassifier if target == "outcome" else HistGradientBoostingRegressor
    wide = [place for place in categories if len(inputs[place].levels) > _WIDE]
    narrow = [place for place in range(len(inputs)) if place not in set(wide)]
    native = [*range(len(wide)), *(len(wide) + narrow.index(p) for p in categories if p in narrow)]
    boosting = kind(
        max_iter=_TREES,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_PEOPLE_IN_A_LEAF,
        categorical_features=native or None,
        early_stopping=False,
        random_state=seed,
    )
    if not wide:
        return boosting
    rare_together = OrdinalEncoder(
        max_categories=_WIDE,
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
    )
    columns = ColumnTransformer(
        [("wide", rare_together, wide), ("narrow", "passthrough", narrow)], sparse_threshold=0.0
    )
    return make_pipeline(columns, boosting)
