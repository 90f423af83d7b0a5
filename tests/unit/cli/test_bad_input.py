"""Every bad input, end to end: one clear sentence, exit code 2, no traceback, no file left."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from .conftest import make_decisions, write_rows

Make = Callable[[Path], tuple[object, ...]]
ROLES = ("--outcome", "hired", "--protected", "sex")


def _changed(change: Callable[[int, dict[str, object]], dict[str, object]]) -> Make:
    """The sound file with each row changed."""

    def make(folder: Path) -> tuple[object, ...]:
        rows = [change(index, dict(row)) for index, row in enumerate(make_decisions())]
        return (write_rows(folder / "decisions.csv", rows), *ROLES)

    return make


def _bytes(name: str, content: bytes) -> Make:
    def make(folder: Path) -> tuple[object, ...]:
        (folder / name).write_bytes(content)
        return (folder / name, *ROLES)

    return make


def _options(*options: str) -> Make:
    """The sound file with other options."""

    def make(folder: Path) -> tuple[object, ...]:
        return (write_rows(folder / "decisions.csv", make_decisions()), *options)

    return make


def _workbook_with_errors(folder: Path) -> tuple[object, ...]:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    rows = make_decisions()
    sheet.append(list(rows[0]))
    for index, row in enumerate(rows):
        values = list(row.values())
        if index == 4:
            values[-1] = "#N/A"
        if index == 9:
            values[-1] = "#DIV/0!"
        sheet.append(values)
    for coordinate in ("H6", "H11"):
        sheet[coordinate].data_type = "e"
    book.save(folder / "decisions.xlsx")
    return (folder / "decisions.xlsx", *ROLES)


def _encrypted_workbook(folder: Path) -> tuple[object, ...]:
    # The container that Office uses for a workbook with a password.
    name = "EncryptedPackage".encode("utf-16-le")
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (folder / "decisions.xlsx").write_bytes(magic + b"\0" * 1024 + name + b"\0" * 2048)
    return (folder / "decisions.xlsx", *ROLES)


def _truncated_parquet(folder: Path) -> tuple[object, ...]:
    buffer = io.BytesIO()
    pd.DataFrame(make_decisions()).to_parquet(buffer)
    (folder / "decisions.parquet").write_bytes(buffer.getvalue()[:-200])
    return (folder / "decisions.parquet", *ROLES)


def _truncated_workbook(folder: Path) -> tuple[object, ...]:
    _workbook_with_errors(folder)
    path = folder / "decisions.xlsx"
    path.write_bytes(path.read_bytes()[:-400])
    return (path, *ROLES)


def _folder_as_file(folder: Path) -> tuple[object, ...]:
    (folder / "decisions.csv").mkdir()
    return (folder / "decisions.csv", *ROLES)


def _zip_as_parquet(folder: Path) -> tuple[object, ...]:
    with zipfile.ZipFile(folder / "decisions.parquet", "w") as archive:
        archive.writestr("x", "y")
    return (folder / "decisions.parquet", *ROLES)


BAD: dict[str, tuple[Make, tuple[str, ...]]] = {
    # name: how to make it, and what the sentence holds in both languages
    "missing file": (lambda folder: (folder / "nowhere.csv", *ROLES), ("nowhere.csv",)),
    "a folder": (_folder_as_file, ("decisions.csv",)),
    "wrong extension": (_bytes("decisions.docx", b"x"), (".docx",)),
    "empty file": (_bytes("decisions.csv", b""), ("decisions.csv",)),
    "blank lines only": (_bytes("decisions.csv", b"\n\n\r\n"), ("decisions.csv",)),
    "header only": (_bytes("decisions.csv", b"sex,hired\n"), ("decisions.csv",)),
    "duplicated header": (_bytes("decisions.csv", b"sex,sex,hired\nF,F,1\nM,M,0\n"), ("sex",)),
    "blank header": (_bytes("decisions.csv", b"sex,,hired\nF,1,1\nM,2,0\n"), ("2",)),
    "binary rubbish": (_bytes("decisions.csv", os.urandom(64) + bytes(256)), ("decisions.csv",)),
    "rubbish named xlsx": (_bytes("decisions.xlsx", b"no workbook"), ("decisions.xlsx",)),
    "rubbish named ods": (_bytes("decisions.ods", b"no workbook"), ("decisions.ods",)),
    "truncated workbook": (_truncated_workbook, ("decisions.xlsx",)),
    "truncated parquet": (_truncated_parquet, ("decisions.parquet",)),
    "zip named parquet": (_zip_as_parquet, ("decisions.parquet",)),
    "workbook with a password": (_encrypted_workbook, ("decisions.xlsx",)),
    "unknown encoding": (_options(*ROLES, "--encoding", "utf-99"), ("utf-99",)),
    "missing column": (
        _options("--outcome", "hierd", "--protected", "sex"),
        ("hierd", "hired"),
    ),
    "missing protected column": (
        _options("--outcome", "hired", "--protected", "gender"),
        ("gender", "sex"),
    ),
    "missing stratum": (_options(*ROLES, "--stratum", "site*sote"), ("sote", "site")),
    "the same column twice": (
        _options("--outcome", "hired", "--protected", "hired"),
        ("hired",),
    ),
    "three outcomes": (
        _changed(lambda i, row: row | {"hired": ("yes", "no", "maybe")[i % 3]}),
        ("yes", "no", "maybe"),
    ),
    "outcome not obvious": (
        _changed(lambda i, row: row | {"hired": "AB"[i % 2]}),
        ("hired", "--favourable"),
    ),
    "favourable value not there": (_options(*ROLES, "--favourable", "perhaps"), ("perhaps", "yes")),
    "all outcomes equal": (_changed(lambda _, row: row | {"hired": "yes"}), ("hired", "yes")),
    "outcome blank": (_changed(lambda _, row: row | {"hired": ""}), ("hired",)),
    "one group only": (_changed(lambda _, row: row | {"sex": "F"}), ("sex", "F")),
    "attribute all unknown": (_changed(lambda _, row: row | {"sex": ""}), ("sex",)),
    "500 levels": (
        lambda folder: (
            write_rows(
                folder / "decisions.csv",
                [row | {"id": f"p{index % 500}"} for index, row in enumerate(make_decisions() * 3)],
            ),
            "--outcome",
            "hired",
            "--protected",
            "id",
        ),
        ("id",),
    ),
    "numbers without cuts": (
        _options("--outcome", "hired", "--protected", "score"),
        ("score", "--cuts"),
    ),
    "label not binary": (
        _changed(lambda i, row: row | {"good": i % 5}),
        ("good",),
    ),
    "negative weights": (
        _changed(lambda i, row: row | {"weight": -1 if i == 7 else 1}),
        ("weight", "-1"),
    ),
    "weights that are words": (
        _changed(lambda i, row: row | {"weight": "heavy" if i == 7 else 1}),
        ("weight", "heavy"),
    ),
    "a score that is words": (
        _changed(lambda i, row: row | {"score": "good" if i == 7 else i}),
        ("score", "good"),
    ),
    "reference group not there": (_options(*ROLES, "--reference", "sex=X"), ("X", "sex")),
    "question about no attribute": (_options(*ROLES, "--primary", "site"), ("site",)),
}
FURTHER = {
    "label not binary": ("--label", "good"),
    "negative weights": ("--weight", "weight"),
    "weights that are words": ("--weight", "weight"),
    "a score that is words": ("--score", "score"),
}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", BAD)
def test_bad_input(algo_audit, tmp_path: Path, name: str, lang: str) -> None:
    make, parts = BAD[name]
    arguments = (*make(tmp_path), *FURTHER.get(name, ()))
    before = sorted(tmp_path.rglob("*"))
    ran = algo_audit("audit", *arguments, "--out", tmp_path / "new" / "out", lang=lang)
    assert ran.code == 2, ran.errors
    assert ran.output == ""
    assert "Traceback" not in ran.errors
    assert "sans texte" not in ran.errors
    assert "without a text" not in ran.errors
    assert len(ran.sentences) == 1, ran.errors
    for part in parts:
        assert part in ran.sentences[0].replace("\u2212", "-"), ran.errors
    closing = {"fr": "1 erreur\u202f; rien n’a été écrit.", "en": "1 fault; nothing was written."}
    assert ran.errors.splitlines()[-1] == closing[lang]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_errors_of_a_workbook_are_not_data(algo_audit, tmp_path: Path, lang: str) -> None:
    arguments = _workbook_with_errors(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    ran = algo_audit("audit", *arguments, "--out", tmp_path / "out", lang=lang)
    assert ran.code == 2, ran.output
    assert len(ran.sentences) in {1, 2}
    assert "#N/A" in ran.errors
    assert "#DIV/0!" in ran.errors
    assert sorted(tmp_path.rglob("*")) == before


def test_all_faults_of_a_file_at_once(algo_audit, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "decisions.csv", make_decisions())
    ran = algo_audit(
        "audit", path, "--outcome", "hierd", "--protected", "sexe", "--stratum", "sote",
        "--out", tmp_path / "out", lang="en",
    )  # fmt: skip
    assert ran.code == 2
    assert len(ran.sentences) == 3
    assert ran.errors.splitlines()[-1] == "3 faults; nothing was written."


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_report_that_is_there_stays(algo_audit, tmp_path: Path, decisions: Path, lang) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / f"audit.{lang}.html").write_text("mine", encoding="utf-8")
    ran = algo_audit("audit", decisions, *ROLES, "--out", out, lang=lang)
    assert ran.code == 2
    assert len(ran.sentences) == 1
    assert "--force" in ran.sentences[0]
    assert [path.name for path in out.rglob("*")] == [f"audit.{lang}.html"]
    assert (out / f"audit.{lang}.html").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_output_folder_that_cannot_be_written(algo_audit, decisions, tmp_path, lang) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = algo_audit("audit", decisions, *ROLES, "--out", tmp_path / "file" / "out", lang=lang)
    assert ran.code == 2
    assert len(ran.sentences) == 1
    assert str(tmp_path / "file") in ran.sentences[0]


def test_an_output_folder_is_refused_before_the_file_is_read(algo_audit, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = algo_audit("audit", "nowhere.csv", *ROLES, "--out", tmp_path / "file", lang="en")
    assert "nowhere.csv" not in ran.errors
    assert "cannot be written" in ran.errors


@pytest.mark.parametrize(
    ("content", "part"),
    [("{", "JSON"), ("[]", "audit.json"), ('{"schema": "other/9"}', "other/9")],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_render_of_something_else(algo_audit, tmp_path: Path, content, part, lang) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    ran = algo_audit("render", path, "--out", tmp_path / "out", lang=lang)
    assert ran.code == 2
    assert len(ran.sentences) == 1
    assert part in ran.sentences[0]
    assert [one.name for one in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_unknown_case(algo_audit, tmp_path: Path, lang: str) -> None:
    ran = algo_audit("demo", "recruitement", lang=lang)
    assert ran.code == 2
    assert len(ran.sentences) == 1
    assert "recruitment" in ran.sentences[0]
    assert list(tmp_path.iterdir()) == []
