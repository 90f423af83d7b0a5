"""Whatever bytes a model's file holds, it is opened or refused with a fault: nothing else."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from algo_audit.errors import AuditError
from algo_audit.models.file_kinds import kind_of
from algo_audit.models.inputs import Input
from algo_audit.models.model import Model
from algo_audit.models.onnx_file import graph_of
from algo_audit.models.opening import open_model
from algo_audit.models.sklearn_model import model_from_estimator
from algo_audit.models.trees import evaluate

STARTS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x80\x04\x95", b"\x1f\x8b\x08", b"\x78\x9c", b"BZh9",
    b"\xfd7zXZ\x00", b"\x5d\x00\x00", b"\x04\x22\x4d\x18", b"\x89HDF", b"\x08\x07", b"schema = 1\n", b"{", b"<",
    b"\xff\xfe", b"",
)  # fmt: skip


def opened(data: bytes) -> Model | AuditError:
    """A model, or the fault; any other exception fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.skops"
        path.write_bytes(data)
        try:
            return open_model(path)
        except AuditError as error:
            return error


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_any_bytes(start, rest):
    data = start + rest
    kind_of(data)
    graph_of(data)
    assert isinstance(opened(data), AuditError)


@cache
def saved(kind: str) -> dict[str, bytes]:
    """Members of a small model's file."""
    draw = np.random.default_rng(0)
    table = pd.DataFrame({"a": draw.normal(size=200), "b": draw.integers(0, 4, 200).astype(float)})
    last = {
        "linear": LogisticRegression(),
        "forest": RandomForestClassifier(2, max_depth=3, random_state=0),
        "boosting": HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4),
    }[kind]
    last.fit(table, (table["a"] + table["b"] > 1.5).astype(int))
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(last))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["linear", "forest", "boosting"]), st.data())
def test_a_changed_byte_of_an_array(kind, data):
    """Whatever number is put into an array, scoring ends and stays inside the arrays."""
    members = dict(saved(kind))
    name = data.draw(st.sampled_from(sorted(n for n in members if n.endswith(".npy"))))
    content = bytearray(members[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    members[name] = bytes(content)
    found = opened(packed(members))
    if isinstance(found, Model):
        scores = found.score(np.random.default_rng(1).normal(size=(50, len(found.inputs))))
        assert scores.shape == (50,)


def places(one, path=()):
    """Every value of a schema, by its path."""
    if isinstance(one, dict):
        for key, value in one.items():
            yield (*path, key)
            yield from places(value, (*path, key))
    elif isinstance(one, list):
        for place, value in enumerate(one):
            yield (*path, place)
            yield from places(value, (*path, place))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["linear", "forest", "boosting"]), st.data())
def test_a_changed_value_of_the_schema(kind, data):
    members = dict(saved(kind))
    schema = json.loads(members["schema.json"])
    paths = sorted(places(schema), key=str)
    path = data.draw(st.sampled_from(paths))
    value = data.draw(
        st.sampled_from(
            ["", "1", "-1", "null", "[]", "os.system", "builtins", "eval", 0, -1, None, [], {}]
        )
    )
    holder = schema
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    members["schema.json"] = json.dumps(schema).encode()
    found = opened(packed(members))
    if isinstance(found, Model):
        assert found.score(np.zeros((3, len(found.inputs)))).shape == (3,)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["tree", "forest", "boosting"]),
    st.lists(
        st.floats(min_value=-1e30, max_value=1e30),
        min_size=3,
        max_size=60,
    ),
)
def test_trees_say_what_the_library_says(seed, kind, numbers):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(120, 3)).round(draw.integers(0, 3))
    values[draw.random(values.shape) < 0.05] = np.nan
    outcome = (np.nan_to_num(values).sum(axis=1) > 0).astype(int)
    if len(set(outcome)) < 2:
        pytest.skip("one outcome")
    last = {
        "tree": DecisionTreeClassifier(max_depth=4),
        "forest": RandomForestClassifier(3, max_depth=4),
        "boosting": HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=3),
    }[kind]
    last.fit(pd.DataFrame(values, columns=list("abc")), outcome)
    model = model_from_estimator(last, tuple(Input(n, "number") for n in "abc"), name="m")
    trees = model.trees()
    rows = np.resize(np.array(numbers), (max(1, len(numbers) // 3), 3))
    cuts = trees.threshold[(trees.column >= 0) & np.isfinite(trees.threshold)]
    if len(cuts):
        on = np.resize(cuts, (len(cuts) // 3 + 1, 3))
        rows = np.vstack([rows, on, np.nextafter(on, np.inf), np.nextafter(on, -np.inf)])
    assert np.abs(evaluate(trees, model.encode(rows)) - model.score(rows)).max() < 1e-12
