"""ONNX models: what they say of themselves, what they refuse, and the scores they give."""

from __future__ import annotations

import builtins
import json
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from algo_audit.errors import AuditError
from algo_audit.models.inputs import read_inputs
from algo_audit.models.onnx_file import graph_of
from algo_audit.models.opening import open_model

SINGLE = 5e-7  # these files compute in single precision


@pytest.fixture(scope="module")
def onnx():
    pytest.importorskip("onnxruntime")
    return pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def convert(onnx):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        skl2onnx = pytest.importorskip("skl2onnx")
        types = skl2onnx.common.data_types

    def made(pipeline, *, text=(), numbers=(), block=None, whole=(), zipmap=True):
        kinds = [(name, types.StringTensorType([None, 1])) for name in text]
        kinds += [(name, types.FloatTensorType([None, 1])) for name in numbers]
        kinds += [(name, types.Int64TensorType([None, 1])) for name in whole]
        if block:
            kinds = [("X", types.FloatTensorType([None, block]))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options = None if zipmap else {"zipmap": False}
            return skl2onnx.convert_sklearn(pipeline, initial_types=kinds, options=options)

    return made


@pytest.fixture(scope="module")
def people():
    draw = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "site": draw.choice(["Lyon", "Nantes", "Paris"], 300),
            "diploma": draw.choice(["Bac", "Bac+3", "Bac+5"], 300),
            "score": draw.normal(50, 10, 300).round(1),
            "years": draw.integers(0, 30, 300).astype(float),
        }
    )
    return table, (table["score"] + table["years"] > 62).to_numpy().astype(int)


TEXT, NUMBERS = ["site", "diploma"], ["score", "years"]


def pipeline(people, last=None, encoder=None):
    table, outcome = people
    encoder = OneHotEncoder(handle_unknown="ignore") if encoder is None else encoder
    scaled = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer((encoder, TEXT), (scaled, NUMBERS))
    return make_pipeline(columns, LogisticRegression(max_iter=500) if last is None else last).fit(
        table, outcome
    )


def opened(tmp_path, model, **options):
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return open_model(path, **options)


def scores(model, table):
    text = table.astype(str).astype(object)
    rows = read_inputs(text, model.inputs, unseen_allowed=model.unseen_allowed)
    return model.score(rows.values)


@pytest.mark.parametrize("zipmap", [True, False])
def test_a_classifier_and_its_categories(tmp_path, convert, people, zipmap):
    table, _ = people
    made = pipeline(people)
    model = opened(tmp_path, convert(made, text=TEXT, numbers=NUMBERS, zipmap=zipmap))
    assert model.inputs[0].levels == ("Lyon", "Nantes", "Paris")
    assert model.inputs[1].levels == ("Bac", "Bac+3", "Bac+5")
    assert model.scale == "probability"
    assert model.unseen_allowed
    assert np.abs(scores(model, table) - made.predict_proba(table)[:, 1]).max() < SINGLE
    told = model.describe()
    assert told.facts["producer"] == "skl2onnx"
    assert told.facts["opset"]["ai.onnx"] > 8
    assert told.facts["ir_version"] > 3
    decided = model.decide(scores(model, table)).decision
    assert (decided == made.predict(table)).all()
    other = opened(tmp_path, convert(made, text=TEXT, numbers=NUMBERS), favourable="0")
    assert np.abs(scores(other, table) - made.predict_proba(table)[:, 0]).max() < SINGLE


def test_unseen_and_blank_values(tmp_path, convert, people):
    table, _ = people
    made = pipeline(people)
    model = opened(tmp_path, convert(made, text=TEXT, numbers=NUMBERS))
    strange = table.head(4).copy()
    strange["site"] = "Lille"
    strange.loc[0, "score"] = np.nan
    own = made.predict_proba(strange)[:, 1]
    text = strange.astype(object).where(strange.notna(), "").astype(str)
    rows = read_inputs(text, model.inputs, unseen_allowed=model.unseen_allowed)
    assert np.abs(model.score(rows.values) - own).max() < SINGLE


def test_ordinal_encoder_forest_and_regressor(tmp_path, convert, people):
    table, outcome = people
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    made = pipeline(people, RandomForestClassifier(5, max_depth=3, random_state=0), encoder)
    model = opened(tmp_path, convert(made, text=TEXT, numbers=NUMBERS))
    assert model.inputs[0].levels == ("Lyon", "Nantes", "Paris")
    assert np.abs(scores(model, table) - made.predict_proba(table)[:, 1]).max() < SINGLE
    regressor = RandomForestRegressor(5, max_depth=3, random_state=0).fit(table[NUMBERS], outcome)
    block = convert(regressor, block=2)
    model = opened(tmp_path, named(block))
    assert model.scale == "score"
    assert model.rule is None
    assert np.abs(scores(model, table) - regressor.predict(table[NUMBERS])).max() < SINGLE


def named(block):
    """The names of the columns of one block, in the file's metadata."""
    entry = block.metadata_props.add()
    entry.key, entry.value = "feature_names", json.dumps(NUMBERS)
    return block


def fault(code, call):
    with pytest.raises(AuditError) as caught:
        call()
    assert code in [one.code for one in caught.value.faults]
    return caught.value


def test_another_file_has_all_its_mismatches_told(tmp_path, convert, people):
    table, _ = people
    model = opened(tmp_path, convert(pipeline(people), text=TEXT, numbers=NUMBERS))
    other = table.astype(str).astype(object).rename(columns={"site": "ville"})
    other.loc[3, "score"] = "beaucoup"
    with pytest.raises(AuditError) as caught:
        read_inputs(other, model.inputs, unseen_allowed=model.unseen_allowed)
    found = {(one.code, one.where) for one in caught.value.faults}
    assert found == {("model.column_missing", "site"), ("model.not_a_number", "score")}


def test_whole_numbers_refuse_blanks(tmp_path, convert, people):
    table, outcome = people
    years = LogisticRegression().fit(table[["years"]].astype(int), outcome)
    model = opened(tmp_path, convert(years, whole=["years"]))
    assert not model.inputs[0].blank
    fault("model.blank_refused", lambda: model.score(np.array([[np.nan]])))


def test_a_block_without_names(tmp_path, convert, people):
    table, outcome = people
    block = convert(LogisticRegression().fit(table[NUMBERS], outcome), block=2)
    found = fault("model.onnx_columns_unnamed", lambda: opened(tmp_path, block))
    assert found.values["columns"] == 2


def test_text_without_known_values(tmp_path, onnx, people):
    helper, kind = onnx.helper, onnx.TensorProto
    node = helper.make_node("Identity", ["name"], ["out"])
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info("name", kind.STRING, [None])],
        [helper.make_tensor_value_info("out", kind.STRING, [None])],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    fault("model.onnx_levels_unknown", lambda: opened(tmp_path, model))


def test_three_classes(tmp_path, convert, people):
    table, _ = people
    three = LogisticRegression().fit(table[NUMBERS], table["diploma"])
    fault("model.not_two_classes", lambda: opened(tmp_path, named(convert(three, block=2))))


def test_other_files_are_never_read(tmp_path, onnx, convert, people):
    model = convert(pipeline(people), text=TEXT, numbers=NUMBERS)
    secret = tmp_path / "secret"
    secret.write_bytes(b"\x00" * 64)
    tensor = model.graph.initializer[0]
    tensor.ClearField("int64_data")
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "secret"
    found = fault("model.onnx_external", lambda: opened(tmp_path, model))
    assert found.seen == [tensor.name]


def test_operations_outside_the_standard(tmp_path, onnx, convert, people):
    model = convert(pipeline(people), text=TEXT, numbers=NUMBERS)
    node = model.graph.node.add()
    node.op_type, node.domain = "PyOp", "ai.onnx.contrib"
    model.opset_import.add().domain = "ai.onnx.contrib"
    found = fault("model.onnx_operator", lambda: opened(tmp_path, model))
    assert found.seen == ["ai.onnx.contrib.PyOp"]


def test_damaged_files(tmp_path, convert, people):
    data = convert(pipeline(people), text=TEXT, numbers=NUMBERS).SerializeToString()
    path = tmp_path / "m.onnx"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(AuditError) as caught:
        open_model(path)
    assert caught.value.code == "model.unknown_kind"
    broken = data.replace(b"LinearClassifier", b"LinearClassifiez")
    path.write_bytes(broken)
    with pytest.raises(AuditError) as caught:
        open_model(path)
    assert caught.value.code == "model.onnx_unreadable"


def test_without_the_extra(tmp_path, convert, people, monkeypatch):
    model = convert(pipeline(people), text=TEXT, numbers=NUMBERS)
    real = builtins.__import__

    def absent(name, *rest):
        if name.startswith("onnxruntime"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    fault("model.onnx_not_installed", lambda: opened(tmp_path, model))


def test_the_reader_agrees_with_the_onnx_package(onnx, convert, people):
    model = convert(pipeline(people), text=TEXT, numbers=NUMBERS)
    graph = graph_of(model.SerializeToString())
    assert [node.kind for node in graph.nodes] == [node.op_type for node in model.graph.node]
    assert [node.takes for node in graph.nodes] == [tuple(node.input) for node in model.graph.node]
    assert graph.opsets == {one.domain or "ai.onnx": one.version for one in model.opset_import}
    assert graph.ir_version == model.ir_version
    assert graph.external == ()
    for data in (b"", b"\x08", b"\xff" * 40, b"\x08\x07" + b"\x3a\x7f", b"hello"):
        assert graph_of(data) is None
