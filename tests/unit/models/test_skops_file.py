"""skops files: altered by hand, of another version, with trees that lead out of memory."""

from __future__ import annotations

import io
import json
import os
import struct

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.opening import open_model

from .model_files import archive, changed, members_of, node, refused, text, write


def test_functions_named_by_the_file_are_refused(tmp_path, canary, people):
    table, outcome = people
    numbers = table[["score", "years"]]
    attack = FunctionTransformer(os.system)
    made = make_pipeline(attack, LogisticRegression())
    made.steps[1][1].fit(numbers, outcome)
    path = tmp_path / "m.skops"
    skops.io.dump(made, path)
    assert refused(path, "model.untrusted_type").seen == ["posix.system"]


@pytest.mark.parametrize(
    ("estimator", "named"),
    [
        (SVC(), "sklearn.svm._classes.SVC"),
        (KNeighborsClassifier(), "sklearn.neighbors._classification.KNeighborsClassifier"),
    ],
)
def test_estimators_outside_our_list_are_named(tmp_path, people, estimator, named):
    """skops itself would trust them."""
    table, outcome = people
    path = tmp_path / "m.skops"
    skops.io.dump(estimator.fit(table[["score", "years"]], outcome), path)
    assert named in refused(path, "model.untrusted_type").seen


HOSTILE = {
    "builtins.eval": node("FunctionNode", "builtins.eval"),
    "builtins.exec": node("TypeNode", "builtins.exec"),
    "builtins.getattr": node("ObjectNode", "builtins.getattr"),
    "os.system": node("FunctionNode", "os.system"),
    "subprocess.Popen": node("ConstructorFromReduceNode", "subprocess.Popen", content=text("ls")),
    "operator.methodcaller": node("OperatorFuncNode", "operator.methodcaller", attrs=text("a")),
    "sklearn.linear_model._logistic.LogisticRegression": node(
        "ConstructorFromReduceNode",
        "sklearn.linear_model._logistic.LogisticRegression",
        content=text(1),
    ),
    "collections.defaultdict": node("DefaultDictNode", "collections.defaultdict", content={}),
    "builtins.NoLoader": {"__class__": "NoLoader", "__module__": "builtins"},
    "nesting.…": None,
}


@pytest.mark.parametrize("named", HOSTILE)
def test_a_schema_that_names_what_it_should_not(tmp_path, canary, pipelines, named):
    def change(schema):
        if HOSTILE[named] is None:
            deep = text("x")
            for _ in range(400):
                deep = {"a": deep}
            schema["hidden"] = deep
        else:
            schema["content"]["content"]["verbose"] = HOSTILE[named]

    path = write(tmp_path, "m.skops", changed(pipelines["linear"], change))
    seen = refused(path, "model.untrusted_type").seen
    assert any(one.startswith(named) for one in seen)


def test_a_hostile_node_beside_the_content_is_seen_too(tmp_path, canary, pipelines):
    def change(schema):
        schema["unused"] = [{"deep": node("FunctionNode", "os.system")}]

    path = write(tmp_path, "m.skops", changed(pipelines["linear"], change))
    assert "os.system" in refused(path, "model.untrusted_type").seen


@pytest.mark.parametrize("protocol", [0, 3, -1, True, "2", None])
def test_protocols(tmp_path, pipelines, protocol):
    data = changed(pipelines["linear"], lambda schema: schema.update(protocol=protocol))
    refused(write(tmp_path, "m.skops", data), "model.skops_old")


def test_damaged_schemas(tmp_path, pipelines):
    members = members_of(pipelines["linear"])
    for schema in (b"[]", b"{", b"[" * 100_000, b"\xff\xfe\x00"):
        data = archive({**members, "schema.json": schema})
        refused(write(tmp_path, "m.skops", data), "model.skops_unreadable")

    def without_steps(schema):
        del schema["content"]["content"]["steps"]

    data = changed(pipelines["linear"], without_steps)
    refused(write(tmp_path, "m.skops", data), "model.not_an_estimator")

    def wrong_content(schema):
        schema["content"]["content"]["steps"]["content"] = 3

    data = changed(pipelines["linear"], wrong_content)
    refused(write(tmp_path, "m.skops", data), "model.skops_unreadable")


def test_arrays_must_hold_what_their_header_says(tmp_path, pipelines):
    members = members_of(pipelines["linear"])
    array = next(name for name in members if name.endswith(".npy"))
    huge = np.lib.format.magic(1, 0)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }"
    header += b" " * (64 - (10 + len(header)) % 64 - 1) + b"\n"
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    for content in (
        huge + struct.pack("<H", len(header)) + header + b"\x00" * 16,
        objects.getvalue(),
        b"not an array",
        members[array][:-1],
    ):
        refused(
            write(tmp_path, "m.skops", archive({**members, array: content})),
            "model.skops_unreadable",
        )
    extra = archive({**members, "run.py": b"import os"})
    assert refused(write(tmp_path, "m.skops", extra), "model.skops_unreadable").seen == "run.py"


def trees_changed(pipeline, loader, change):
    """The same file with the nodes of its first tree altered."""
    members = members_of(pipeline)
    schema = json.loads(members["schema.json"])

    def find(one):
        if isinstance(one, dict):
            if one.get("__class__") == loader:
                return one
            return next((f for v in one.values() if (f := find(v)) is not None), None)
        if isinstance(one, list):
            return next((f for v in one if (f := find(v)) is not None), None)
        return None

    name = find(schema)["content"]["content"]["nodes"]["file"]
    nodes = np.load(io.BytesIO(members[name]))
    change(nodes)
    buffer = io.BytesIO()
    np.save(buffer, nodes)
    members[name] = buffer.getvalue()
    return archive(members)


@pytest.mark.parametrize(
    ("name", "loader", "field", "value"),
    [
        ("forest", "Tree", "left_child", 0),
        ("forest", "Tree", "left_child", 2**40),
        ("forest", "Tree", "right_child", -2),
        ("forest", "Tree", "feature", 10_000),
        ("boosting", "TreePredictor", "left", 0),
        ("boosting", "TreePredictor", "left", 2**31),
        ("boosting", "TreePredictor", "right", 2**32 - 1),
        ("boosting", "TreePredictor", "feature_idx", 10_000),
        ("boosting", "TreePredictor", "feature_idx", -3),
    ],
)
def test_trees_that_would_walk_out_of_memory(tmp_path, pipelines, name, loader, field, value):
    """scikit-learn follows these numbers unchecked: an endless walk, or a crash."""

    def change(nodes):
        nodes[field][0] = value

    data = trees_changed(pipelines[name], loader, change)
    found = refused(write(tmp_path, "m.skops", data), "model.trees_unreadable")
    assert found.seen == loader


def test_a_tree_whose_sizes_lie(tmp_path, pipelines):
    def change(schema):
        def alter(one):
            if isinstance(one, dict):
                if one.get("__loader__") == "TreeNode":
                    one["__reduce__"]["args"]["content"][2]["content"] = "1000000000"
                for value in one.values():
                    alter(value)
            elif isinstance(one, list):
                for value in one:
                    alter(value)

        alter(schema)

    refused(
        write(tmp_path, "m.skops", changed(pipelines["forest"], change)), "model.skops_unreadable"
    )


def test_an_ensemble_that_lies_about_its_columns(tmp_path, people):
    table, outcome = people
    forest = RandomForestClassifier(2, max_depth=3, random_state=0)
    forest.fit(table[["score", "years"]], outcome)
    forest.n_features_in_ = 1
    forest.feature_names_in_ = forest.feature_names_in_[:1]
    path = tmp_path / "m.skops"
    skops.io.dump(forest, path)
    refused(path, "model.trees_unreadable")


def test_boosting_that_lies_about_its_rounds_or_its_categories(tmp_path, people):
    table, outcome = people
    numbers = table[["score", "years"]]
    made = GradientBoostingClassifier(n_estimators=4).fit(numbers, outcome)
    path = tmp_path / "m.skops"
    made.estimators_ = made.estimators_.reshape(2, 2)  # the second column lies beyond the scores
    skops.io.dump(made, path)
    refused(path, "model.trees_unreadable")

    native = HistGradientBoostingClassifier(max_iter=4, categorical_features=[2])
    native.fit(table.assign(site=table["site"].astype("category").cat.codes.astype(float)), outcome)
    skops.io.dump(native, path)
    assert open_model(path).describe().family == "tree_ensemble"
    nodes = native._predictors[0][0].nodes
    nodes["is_categorical"][nodes["is_leaf"] == 0] = 1
    skops.io.dump(native, path)
    refused(path, "model.trees_unreadable")


def test_another_version_is_a_fact_until_loading_fails(tmp_path, pipelines):
    def older(schema):
        for step in schema["content"]["content"]["steps"]["content"]:
            step["content"][1]["content"]["content"]["_sklearn_version"] = text("1.2.0")
        schema["content"]["content"]["_sklearn_version"] = text("1.2.0")

    path = write(tmp_path, "m.skops", changed(pipelines["linear"], older))
    facts = open_model(path).describe().facts
    assert facts["version"] == "1.2.0"
    assert facts["installed"] != "1.2.0"

    def broken(schema):
        older(schema)
        last = schema["content"]["content"]["steps"]["content"][1]["content"][1]
        del last["content"]["content"]["coef_"]

    found = refused(
        write(tmp_path, "n.skops", changed(pipelines["linear"], broken)), "model.version_differs"
    )
    assert found.seen == "1.2.0"


def test_a_file_without_names_says_how_to_mend(tmp_path, people):
    table, outcome = people
    path = tmp_path / "m.skops"
    skops.io.dump(LogisticRegression().fit(table[["score", "years"]].to_numpy(), outcome), path)
    found = refused(path, "model.no_feature_names")
    assert found.where == str(path)
    (sentence,) = describe(found, Catalogue("fr"), Formats("fr"))
    assert "DataFrame" in sentence
    skops.io.dump({"a": 1}, path)
    refused(path, "model.not_an_estimator")
