"""A model's file: what it is, what is wrong with it, and that nothing in it is ever run."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.model import AdditiveModel, Model, TreeModel
from algo_audit.models.opening import open_model

from .model_files import archive, refused, write


class Evil:
    """Runs a command as soon as it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.system, (f"touch {self.canary}",)


# --- what is opened -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["linear", "forest", "boosting"])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_skops_whatever_it_is_called(tmp_path, people, pipelines, name, packing):
    table, _ = people
    path = tmp_path / "model.bin"
    skops.io.dump(pipelines[name], path, compression=packing)
    model = open_model(path)
    assert isinstance(model, Model)
    assert isinstance(model, AdditiveModel if name == "linear" else TreeModel)
    assert [one.name for one in model.inputs] == ["score", "years", "site"]
    site = next(one for one in model.inputs if one.name == "site")
    assert site.levels == ("Lyon", "Nantes", "Paris")
    values = np.column_stack([
        table["site"].map(site.levels.index) if one.name == "site" else table[one.name]
        for one in model.inputs
    ]).astype(float)  # fmt: skip
    pipeline = pipelines[name]
    if name == "forest":
        own = pipeline.predict_proba(table)[:, 1]
    else:
        own = pipeline.decision_function(table)
    assert np.abs(model.score(values) - own).max() < 1e-12
    told = model.describe()
    assert told.name == "model.bin"
    assert len(told.sha256) == 64
    assert told.facts["version"] == told.facts["installed"]
    assert told.facts["library"] == "scikit-learn"


def test_a_grid_is_told_by_its_text(tmp_path):
    text = b"""schema = 1
[rule]
kind = "threshold"
value = 3
[[criteria]]
key = "experience"
input = "years"
per_unit = { points = 1 }
"""
    with pytest.raises(AuditError) as caught:
        open_model(write(tmp_path, "rules.dat", text.replace(b"schema = 1", b"schema = 9")))
    assert all(fault.code.startswith("grid.") for fault in caught.value.faults)


# --- faults of the file itself ------------------------------------------------------------------


def test_missing_folder_empty_and_unknown(tmp_path, pipelines):
    folder = tmp_path / "models"
    folder.mkdir()
    refused(folder, "model.is_folder")
    skops.io.dump(pipelines["linear"], folder / "recrutement.skops")
    assert refused(folder, "model.is_folder").choices == ("recrutement.skops",)
    found = refused(folder / "recrutment.skops", "model.file_missing")
    assert found.choices == ("recrutement.skops",)
    write(folder, "audit.toml", b'schema = "algo-audit/1"\n[source]\nfile = "a.csv"\n')
    write(folder, "grille.toml", b'schema = "algo-audit/grid-1"\n')
    assert refused(folder, "model.is_folder").choices == ("grille.toml", "recrutement.skops")
    refused(tmp_path / "none.skops", "model.file_missing")
    refused(write(tmp_path, "a.skops", b""), "model.empty")
    refused(write(tmp_path, "b.skops", b"\x00\n "), "model.empty")
    found = refused(write(tmp_path, "c.toml", b"\x89PNG\r\n\x1a\n rest \x00"), "model.unknown_kind")
    assert found.seen == "89 50 4e 47 0d 0a 1a 0a"
    assert ".skops" in found.choices
    assert (
        refused(write(tmp_path, "d", b"plain words and nothing else"), "model.unknown_kind").seen
        == "plain wo"
    )


def test_an_unreadable_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.skops")
    refused(tmp_path / "pipe.skops", "model.not_readable")
    refused(tmp_path / ("x" * 5000), "model.not_readable")


def test_too_large(tmp_path, limits):
    small = replace(limits, models=replace(limits.models, largest_file=1))
    path = tmp_path / "large.skops"
    with path.open("wb") as file:
        file.truncate(1_000_001)
    assert refused(path, "model.too_large", limits=small).values["limit"] == 1


@pytest.mark.parametrize(
    ("data", "library"),
    [
        (b"tree\nversion=v4\nnum_class=1\n", "LightGBM"),
        (b'<?xml version="1.0"?><PMML version="4.4"/>', "PMML"),
        (b'{"learner": {"attributes": {}}}', "XGBoost"),
        (struct.pack("<Q", 20) + b'{"weights":{"a":1}}   ', "safetensors"),
    ],
)
def test_other_libraries_are_sent_to_onnx(tmp_path, data, library):
    assert refused(write(tmp_path, "m.skops", data), "model.other_library").seen == library


# --- pickles, whatever they wear ----------------------------------------------------------------


def joblib_bytes(canary, compress):
    buffer = io.BytesIO()
    joblib.dump(Evil(canary), buffer, compress=compress)
    return buffer.getvalue()


def test_pickles_are_refused_and_never_run(tmp_path, canary):
    import cloudpickle

    evil = Evil(canary)
    disguises = {f"protocol {n}": pickle.dumps(evil, protocol=n) for n in range(6)}
    disguises |= {
        "global": f"cos\nsystem\n(S'touch {canary}'\ntR.".encode(),
        "cloudpickle": cloudpickle.dumps(evil),
        "joblib": joblib_bytes(canary, 0),
        **{way: joblib_bytes(canary, (way, 3)) for way in ("zlib", "gzip", "bz2", "xz", "lzma")},
        "gzip by hand": gzip.compress(pickle.dumps(evil)),
        "zlib 1": zlib.compress(pickle.dumps(evil), 1),
        "zlib 9": zlib.compress(pickle.dumps(evil), 9),
        "bz2": bz2.compress(pickle.dumps(evil)),
        "xz": lzma.compress(pickle.dumps(evil)),
    }
    for way, data in disguises.items():
        path = write(tmp_path, "model.skops", data)
        found = refused(path, "model.pickle")
        (sentence,) = describe(found, Catalogue("fr"), Formats("fr"))
        assert "skops.io.dump" in sentence, way


def test_the_canary_sings_when_a_pickle_is_run(tmp_path):
    """What the other tests rely on: unpickled, the same object does execute."""
    path = tmp_path / "canary"
    pickle.loads(pickle.dumps(Evil(path)))
    assert path.exists()


def test_zips_of_other_kinds(tmp_path, canary):
    evil = pickle.dumps(Evil(canary))
    torch = archive({"archive/data.pkl": evil, "archive/data/0": b"\x00" * 8})
    assert refused(write(tmp_path, "m.pt", torch), "model.pickle").seen == "zip"
    refused(write(tmp_path, "m.zip", archive({"model.joblib": evil})), "model.pickle")
    keras = archive({"config.json": b"{}", "model.weights.h5": b"\x89HDF\r\n\x1a\n"})
    refused(write(tmp_path, "m.keras", keras), "model.keras")
    refused(write(tmp_path, "m.h5", b"\x89HDF\r\n\x1a\n" + b"\x00" * 40), "model.keras")
    refused(
        write(tmp_path, "m.xlsx", archive({"xl/workbook.xml": b"<a/>"})), "model.archive_unknown"
    )
    refused(write(tmp_path, "cut.skops", torch[: len(torch) // 2]), "model.archive_unknown")


def test_importing_the_room_loads_no_library():
    import subprocess
    import sys

    code = "import sys, algo_audit.models.opening; print('skops' in sys.modules, 'sklearn' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
