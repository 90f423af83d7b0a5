"""scikit-learn pipelines and LightGBM as models, on the Utrecht applicants."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)
from sklearn.svm import LinearSVC

from algo_audit.errors import AuditError
from algo_audit.models.inputs import Input, read_inputs
from algo_audit.models.model import AdditiveModel, Model, TreeModel
from algo_audit.models.sklearn_model import model_from_estimator
from algo_audit.models.trees import evaluate

EXACT = 1e-12


def columns(table, **one_hot):
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, **one_hot)
    scaled = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    return make_column_transformer(
        (encoder, list(table.categories)),
        (scaled, ["age", "grade"]),
        ("passthrough", ["languages"]),
    )


def fitted(table, last, **one_hot):
    used = [*table.categories, *table.numbers, "Id"]  # the identifier is dropped by the pipeline
    return make_pipeline(columns(table, **one_hot), last).fit(table.typed[used], table.outcome)


def rows_of(table, model):
    return read_inputs(table.text, model.inputs, unseen_allowed=model.unseen_allowed).values


TREES = [
    RandomForestClassifier(20, max_depth=8, random_state=0),
    ExtraTreesClassifier(20, max_depth=8, random_state=0),
    GradientBoostingClassifier(n_estimators=20, random_state=0),
    HistGradientBoostingClassifier(max_iter=30),
]


@pytest.mark.parametrize("last", TREES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("favourable", [True, False])
def test_trees_of_a_pipeline(utrecht, last, favourable):
    pipeline = fitted(utrecht, last)
    model = model_from_estimator(pipeline, name="made", favourable=favourable)
    assert isinstance(model, Model)
    assert isinstance(model, TreeModel)
    assert not isinstance(model, AdditiveModel)
    values = rows_of(utrecht, model)
    scores = model.score(values)
    table = utrecht.typed[[*utrecht.categories, *utrecht.numbers]]
    if model.scale == "probability":
        own = pipeline.predict_proba(table)[:, int(favourable)]
    else:
        own = pipeline.decision_function(table) * (1 if favourable else -1)
    assert np.abs(scores - own).max() < EXACT
    assert np.abs(evaluate(model.trees(), model.encode(values)) - scores).max() < EXACT
    decided = model.decide(scores).decision == 1
    assert (decided == (pipeline.predict(table) == favourable)).all()
    assert model.describe().family == "tree_ensemble"
    assert model.describe().facts["leaves"] > model.describe().facts["trees"] > 1


def test_blanks_and_unseen_categories(utrecht):
    model = model_from_estimator(
        fitted(utrecht, HistGradientBoostingClassifier(max_iter=30)), name="made"
    )
    values = rows_of(utrecht, model)[:200].copy()
    draw = np.random.default_rng(0)
    values[draw.random(values.shape) < 0.3] = np.nan
    unseen = np.array([one.kind == "category" for one in model.inputs])
    values[:, unseen] = np.where(draw.random((200, unseen.sum())) < 0.3, 99.0, values[:, unseen])
    assert np.abs(evaluate(model.trees(), model.encode(values)) - model.score(values)).max() < EXACT
    assert all(one.blank for one in model.inputs)
    assert all(one.unseen == (one.kind == "category") for one in model.inputs)


def test_linear_pipeline_is_a_sum_over_its_inputs(utrecht):
    pipeline = fitted(utrecht, LogisticRegression(max_iter=500), drop="first")
    model = model_from_estimator(pipeline, name="made")
    assert isinstance(model, AdditiveModel)
    assert not isinstance(model, TreeModel)
    values = rows_of(utrecht, model)
    points = model.points(values)
    assert points.shape == (4000, 12)
    assert np.abs(model.constant + points.sum(axis=1) - model.score(values)).max() < EXACT
    grade = [one.name for one in model.inputs].index("grade")
    changed = values.copy()
    changed[:, grade] += 10
    moved = model.points(changed) - points
    # coefficient over standard deviation, times ten: from the fit itself
    scaler = pipeline[0].named_transformers_["pipeline"][-1]
    place = list(pipeline[0].get_feature_names_out()).index("pipeline__grade")
    expected = 10 * pipeline[-1].coef_[0, place] / scaler.scale_[1]
    assert np.allclose(moved[:, grade], expected)
    assert np.abs(np.delete(moved, grade, axis=1)).max() == 0
    assert model.describe().family == "linear"


def test_opposite_class_is_the_opposite_score(utrecht):
    pipeline = fitted(utrecht, LogisticRegression(max_iter=500))
    yes, no = (model_from_estimator(pipeline, name="m", favourable=f) for f in (True, False))
    values = rows_of(utrecht, yes)
    assert np.array_equal(yes.score(values), -no.score(values))
    assert np.abs(no.constant + no.points(values).sum(axis=1) - no.score(values)).max() < EXACT


def test_inputs_are_those_that_reach_the_estimator(utrecht):
    model = model_from_estimator(fitted(utrecht, LogisticRegression(max_iter=500)), name="made")
    names = [one.name for one in model.inputs]
    assert names == [*utrecht.categories, *utrecht.numbers]  # no "Id": the pipeline drops it
    by_name = {one.name: one for one in model.inputs}
    assert by_name["gender"].levels == ("female", "male", "other")
    assert by_name["debate_club"].levels == ("False", "True")
    assert by_name["grade"].kind == "number"


@pytest.mark.parametrize("library", ["histogram", "lightgbm"])
def test_native_categories(utrecht, library):
    typed = utrecht.typed[["sport", "grade", "gender", "age", "company"]].copy()
    text = utrecht.text.copy()
    draw = np.random.default_rng(1)
    for name in ("sport", "gender", "company"):
        typed[name] = typed[name].astype("category")
    for name in ("sport", "grade"):
        blank = draw.random(len(typed)) < 0.05
        typed.loc[blank, name] = np.nan
        text.loc[blank, name] = ""
    if library == "lightgbm":
        lightgbm = pytest.importorskip("lightgbm")
        estimator = lightgbm.LGBMClassifier(n_estimators=40, verbose=-1, num_threads=1)
        estimator.fit(typed, utrecht.outcome)
        own = estimator.predict(typed, raw_score=True)
    else:
        estimator = HistGradientBoostingClassifier(max_iter=40).fit(typed, utrecht.outcome)
        own = estimator.decision_function(typed)
    model = model_from_estimator(estimator, name="made")
    assert isinstance(model, TreeModel)
    assert (model.trees().categories >= 0).any()  # sets of levels are really asked
    rows = read_inputs(text, model.inputs, unseen_allowed=True)
    assert np.abs(model.score(rows.values) - own).max() < EXACT
    hard = np.vstack([rows.values, np.full((1, 5), np.nan), [[77.0, 60, 77, 30, 77]]])
    assert np.abs(evaluate(model.trees(), model.encode(hard)) - model.score(hard)).max() < EXACT


def test_owners_follow_columns_through_a_long_pipeline(utrecht):
    binned = KBinsDiscretizer(3, encode="onehot-dense", quantile_method="averaged_inverted_cdf")
    union = FeatureUnion([("bins", binned), ("plain", FunctionTransformer(np.log1p))])
    rare = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=0.1, sparse_output=False
    )
    pipeline = make_pipeline(
        make_column_transformer(
            (union, ["age", "grade"]), (rare, ["sport"]), (OrdinalEncoder(), ["company", "gender"])
        ),
        SelectKBest(k=10),
        LogisticRegression(max_iter=500),
    ).fit(utrecht.typed[["age", "grade", "sport", "company", "gender"]], utrecht.outcome)
    model = model_from_estimator(pipeline, name="made")
    assert isinstance(model, AdditiveModel)
    assert model.quick is None  # bins: the way of a number cannot be told, the library is asked
    values = rows_of(utrecht, model)
    encoded = model.encode(values)
    assert encoded.shape == (4000, 10)
    # each column moves with its owner alone
    for place, column in enumerate(model.owner):
        dealt = values.copy()
        others = [i for i in range(len(model.inputs)) if i != column]
        dealt[:, others] = dealt[np.random.default_rng(place).permutation(4000)][:, others]
        assert np.array_equal(model.encode(dealt)[:, place], encoded[:, place])
    assert (
        np.abs(model.constant + model.points(values).sum(axis=1) - model.score(values)).max()
        < EXACT
    )


def test_mixed_columns_and_networks_are_opaque_but_score(utrecht):
    mixing = make_pipeline(columns(utrecht), PCA(4), RandomForestClassifier(5, random_state=0))
    network = make_pipeline(columns(utrecht), MLPClassifier((4,), max_iter=3, random_state=0))
    for pipeline in (mixing, network):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipeline.fit(utrecht.typed[[*utrecht.categories, *utrecht.numbers]], utrecht.outcome)
        model = model_from_estimator(pipeline, name="made")
        assert model.describe().family == "opaque"
        assert not isinstance(model, (TreeModel, AdditiveModel)) or model.describe().family
        own = pipeline.predict_proba(utrecht.typed[[*utrecht.categories, *utrecht.numbers]])[:, 1]
        assert np.abs(model.score(rows_of(utrecht, model)) - own).max() < EXACT
        assert model.scale == "probability"


def test_margins_are_not_called_log_odds(utrecht):
    model = model_from_estimator(fitted(utrecht, LinearSVC()), name="made")
    assert model.scale == "score"
    assert isinstance(model, AdditiveModel)


def test_regressor_has_no_rule_of_its_own(utrecht):
    model = model_from_estimator(fitted(utrecht, LinearRegression()), name="made")
    assert model.scale == "score"
    assert model.rule is None
    with pytest.raises(AuditError) as caught:
        model.decide(np.zeros(3))
    assert caught.value.code == "model.threshold_unknown"


def test_given_inputs_in_any_order_and_yes_no_as_numbers(utrecht):
    names = ["grade", "debate_club", "age"]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(
        utrecht.typed[names].astype(float), utrecht.outcome
    )
    inputs = (
        Input("age", "number"),
        Input("debate_club", "category", levels=("TRUE", "FALSE")),
        Input("grade", "number"),
    )
    model = model_from_estimator(pipeline, inputs, name="made")
    own = pipeline.decision_function(utrecht.typed[names].astype(float))
    assert np.abs(model.score(rows_of(utrecht, model)) - own).max() < EXACT
    assert [one.blank for one in model.inputs] == [False, False, False]  # it has no imputer


def fault(code, call):
    with pytest.raises(AuditError) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def test_faults(utrecht):
    number = utrecht.typed[["age", "grade"]]
    bare = LogisticRegression().fit(number.to_numpy(), utrecht.outcome)
    fault("model.no_feature_names", lambda: model_from_estimator(bare, name="made"))
    three = LogisticRegression().fit(number, utrecht.typed["highest_degree"])
    assert fault("model.not_two_classes", lambda: model_from_estimator(three, name="m")).seen
    two = LogisticRegression().fit(number, utrecht.outcome)
    found = fault(
        "model.class_missing", lambda: model_from_estimator(two, name="m", favourable="yes")
    )
    assert found.choices == ("False", "True")
    one = [Input("age", "number")]
    assert fault("model.input_missing", lambda: model_from_estimator(two, one, name="m")).seen == [
        "grade"
    ]
    unfitted = LogisticRegression()
    unfitted.feature_names_in_ = np.array(["age"], dtype=object)
    fault("model.does_not_score", lambda: model_from_estimator(unfitted, name="m"))


def test_scores_do_not_change_the_rows(utrecht):
    model = model_from_estimator(
        fitted(utrecht, HistGradientBoostingClassifier(max_iter=5)), name="m"
    )
    values = rows_of(utrecht, model)
    before = values.copy()
    model.score(values)
    model.encode(values)
    assert np.array_equal(values, before, equal_nan=True)
    assert pd.isna(values).sum() == 0


@pytest.mark.parametrize(
    "last", [*TREES, LogisticRegression(max_iter=500)], ids=lambda one: type(one).__name__
)
def test_columns_looked_up_are_the_librarys_own(utrecht, last):
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    scaled = make_pipeline(SimpleImputer(), StandardScaler())
    table = make_column_transformer(
        (encoder, list(utrecht.categories)),
        (scaled, ["age", "grade"]),
        ("passthrough", ["languages"]),
    )
    used = [*utrecht.categories, *utrecht.numbers]
    pipeline = make_pipeline(table, last).fit(utrecht.typed[used], utrecht.outcome)
    model = model_from_estimator(pipeline, name="made")
    assert model.quick is not None
    draw = np.random.default_rng(2)
    values = rows_of(utrecht, model)[:500].copy()
    blank = np.array([one.blank for one in model.inputs])
    values[:, blank] = np.where(draw.random((500, blank.sum())) < 0.2, np.nan, values[:, blank])
    unseen = np.array([one.unseen for one in model.inputs])
    values[:, unseen] = np.where(draw.random((500, unseen.sum())) < 0.2, 50.0, values[:, unseen])
    numbers = [place for place, one in enumerate(model.inputs) if one.kind == "number"]
    values[:, numbers] *= draw.normal(1, 0.01, (500, 3))
    assert np.array_equal(model.encode(values), model.encode_by_library(values), equal_nan=True)
    assert np.array_equal(model.score(values), replace(model, quick=None).score(values))


def test_what_the_library_refuses_is_not_looked_up(utrecht):
    names = ["company", "grade"]
    strict = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["company"]), (StandardScaler(), ["grade"])
    )
    pipeline = make_pipeline(strict, HistGradientBoostingClassifier(max_iter=5))
    model = model_from_estimator(pipeline.fit(utrecht.typed[names], utrecht.outcome), name="made")
    assert model.quick is not None
    assert [(one.blank, one.unseen) for one in model.inputs] == [(False, False), (True, False)]
    for code in (7.0, np.nan):
        with pytest.raises(ValueError, match="unknown categories"):
            model.score(np.array([[0.0, 60.0], [code, 60.0]]))
    assert np.isfinite(model.score(np.array([[0.0, np.nan]]))).all()
