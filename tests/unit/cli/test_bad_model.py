"""Hostile or mistaken models, through the command line: one sentence, exit 2, nothing run."""

from __future__ import annotations

import os
import pickle
import re
import warnings
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from tests.unit.models.model_files import archive, members_of

GRID = 'schema = "algo-audit/grid-1"\n[rule]\nkind = "threshold"\nvalue = 10\n'
POINTS = '[[criteria]]\ninput = "{input}"\nper_unit = {{ points = 1 }}\n'


class Runs:
    """Runs a command as soon as it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.system, (f"touch {self.canary}",)


class Homemade(ClassifierMixin, BaseEstimator):
    """A type of nobody's list."""

    def fit(self, table, outcome):
        self.classes_ = np.unique(outcome)
        self.feature_names_in_ = np.asarray(table.columns, dtype=object)
        return self

    def predict(self, table):
        return np.repeat(self.classes_[0], len(table))


def people() -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {"score": draw.normal(30, 9, 80), "site": draw.choice(["Lyon", "Nantes"], 80)}
    )
    return table, (table["score"] > 30).to_numpy()


def trained(last=None, *, unknown="error"):
    """A pipeline that knows two of the file's three sites."""
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False, handle_unknown=unknown), ["site"]),
        remainder="passthrough",
    )
    return make_pipeline(columns, last or LogisticRegression(max_iter=1000)).fit(*people())


def bomb(path: Path, _canary: Path) -> None:
    members = {**members_of(trained()), "1.npy": b"\0" * 30_000_000}
    path.write_bytes(archive(members, zipfile.ZIP_DEFLATED))


def pickled(path: Path, canary: Path) -> None:
    path.write_bytes(pickle.dumps(Runs(canary)))


def untrusted(path: Path, _canary: Path) -> None:
    skops.io.dump(Homemade().fit(*people()), path)


def a_function_of_its_own(path: Path, canary: Path) -> None:
    harmful = FunctionTransformer(partial(os.system, f"touch {canary}"))
    skops.io.dump(make_pipeline(harmful, LogisticRegression()), path)


def unseen(path: Path, _canary: Path) -> None:
    skops.io.dump(trained(), path)


def other_columns(path: Path, _canary: Path) -> None:
    table, outcome = people()
    model = LogisticRegression().fit(table[["score"]].rename(columns={"score": "marks"}), outcome)
    skops.io.dump(model, path)


def onnx(path: Path, _canary: Path) -> None:
    pytest.importorskip("onnxruntime")
    table, outcome = people()
    asked = table[["score"]].rename(columns={"score": "marks"})
    columns = make_column_transformer(("passthrough", ["marks"]))
    fitted = make_pipeline(columns, LogisticRegression()).fit(asked, outcome)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        skl2onnx = pytest.importorskip("skl2onnx")
        numbers = skl2onnx.common.data_types.FloatTensorType([None, 1])
        made = skl2onnx.convert_sklearn(fitted, initial_types=[("marks", numbers)])
    path.write_bytes(made.SerializeToString())


def written(text: str, path: Path, _canary: Path) -> None:
    path.write_text(text, encoding="utf-8")


BANDS = GRID + (
    '[[criteria]]\ninput = "age"\nbands = [\n'
    "  { from = 18, below = 35, points = 5 },\n  { from = 30, points = 9 },\n]\n"
)
LEVELS = GRID + '[[criteria]]\ninput = "site"\n[criteria.levels]\n"Lyon" = 3\n"Nantes" = 1\n'

# what it is: file, how it is made, whom the sentence must name
HOSTILE = {
    "zip bomb": ("model.skops", bomb, "model.skops"),
    "pickle named skops": ("model.skops", pickled, "model.skops"),
    "pickle": ("model.pkl", pickled, "model.pkl"),
    "untrusted type": ("model.skops", untrusted, "Homemade"),
    "function named by the file": ("model.skops", a_function_of_its_own, "model.skops"),
    "ONNX with other inputs": ("model.onnx", onnx, "marks"),
    "skops with other inputs": ("model.skops", other_columns, "marks"),
    "overlapping bands": ("tool.toml", partial(written, BANDS), "35"),
    "column of the wrong type": (
        "tool.toml", partial(written, GRID + POINTS.format(input="site")), "site",
    ),
    "category never seen in training": ("model.skops", unseen, "Lille"),
    "level that the grid does not know": ("tool.toml", partial(written, LEVELS), "Lille"),
    "no file": ("model.skops", lambda path, canary: None, "model.skops"),
}  # fmt: skip


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), "a model file was executed"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", HOSTILE)
def test_one_sentence_nothing_run_nothing_written(
    algo_audit, decisions, tmp_path, canary, name, language
):
    file, make, named = HOSTILE[name]
    make(tmp_path / file, canary)
    before = sorted(tmp_path.rglob("*"))
    made = algo_audit(
        "audit", decisions, "--outcome", "hired", "--protected", "sex", "--model", tmp_path / file,
        "--lang", language, "--out", "out",
    )  # fmt: skip
    assert made.code == 2, made
    assert made.output == ""
    assert len(made.sentences) == 1, made.errors
    (sentence,) = made.sentences
    assert named in sentence
    assert re.search(r"[.!]$", sentence)
    assert not re.search(r"Traceback|model\.[a-z]+_|grid\.[a-z]+_|\{", sentence)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_two_languages_say_it_each_in_its_own_words(algo_audit, decisions, tmp_path, canary):
    pickled(tmp_path / "model.skops", canary)
    said = {
        language: algo_audit(
            "audit", decisions, "--outcome", "hired", "--protected", "sex",
            "--model", tmp_path / "model.skops", "--lang", language, "--out", "out",
        ).errors
        for language in ("fr", "en")
    }  # fmt: skip
    assert said["fr"] != said["en"]
    # the remedy: another format
    assert all("skops" in text and "ONNX" in text for text in said.values())


def test_an_input_with_one_value_is_no_fault(algo_audit, tmp_path):
    """A column that is alike for all: audited, and it carries nothing."""
    rows = ["sex,score,same,hired"]
    rows += [f"{'FM'[i % 2]},{i % 20},7,{'yes' if i % 20 > 9 else 'no'}" for i in range(120)]
    (tmp_path / "d.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "tool.toml").write_text(
        GRID + POINTS.format(input="score") + POINTS.format(input="same"), encoding="utf-8"
    )
    made = algo_audit(
        "audit", tmp_path / "d.csv", "--outcome", "hired", "--protected", "sex",
        "--model", tmp_path / "tool.toml", "--lang", "en", "--format", "json", "--out", "out",
    )  # fmt: skip
    assert (made.code, made.errors) == (0, "")


def test_a_log_with_one_input_of_one_value_has_no_stand_in(algo_audit, tmp_path):
    rows = ["sex,same,hired"]
    rows += [f"{'FM'[i % 2]},7,{'yes' if i % 20 > 9 else 'no'}" for i in range(120)]
    (tmp_path / "d.csv").write_text("\n".join(rows), encoding="utf-8")
    made = algo_audit(
        "audit", tmp_path / "d.csv", "--outcome", "hired", "--protected", "sex",
        "--input", "same", "--lang", "fr", "--format", "json", "--out", "out",
    )  # fmt: skip
    assert (made.code, made.errors) == (0, "")
