"""The same people as rows, as a counted table, as a list and a register: one set of figures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from .conftest import make_decisions, write_rows

# What names the file and its columns; all the rest has to be the same to the last digit.
NAMES = {"case", "source", "roles", "journal", "audited_on"}


def _audited(algo_audit, out: Path, *arguments: object) -> dict[str, object]:
    ran = algo_audit(
        "audit", *arguments, "--protected", "sex", "--stratum", "site", "--stratum", "site*age_band",
        "--out", out, "--format", "html,json", "--lang", "fr", "--lang", "en", lang="en",
    )  # fmt: skip
    assert ran.code == 0, ran.errors
    read = json.loads((out / "confidential" / "audit.json").read_text(encoding="utf-8"))
    return {key: value for key, value in read.items() if key not in NAMES}


def _text(out: Path, language: str) -> str:
    page = (out / f"audit.{language}.html").read_text(encoding="utf-8")
    return page.replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def people() -> list[dict[str, object]]:
    keep = ("id", "sex", "site", "hired")
    return [
        {name: row[name] for name in keep} | {"age_band": "young" if row["age"] < 40 else "old"}
        for row in make_decisions()
    ]


@pytest.fixture
def log(algo_audit, people, tmp_path: Path) -> dict[str, object]:
    path = write_rows(tmp_path / "log.csv", people)
    return _audited(algo_audit, tmp_path / "log", path, "--outcome", "hired")


def test_a_counted_table_with_a_word_for_the_outcome(algo_audit, people, tmp_path, log) -> None:
    lines = Counter((row["sex"], row["site"], row["age_band"], row["hired"]) for row in people)
    rows = [
        dict(zip(("sex", "site", "age_band", "hired"), line, strict=True)) | {"people": n}
        for line, n in lines.items()
    ]
    path = write_rows(tmp_path / "counted.csv", rows)
    out = tmp_path / "out"
    assert _audited(algo_audit, out, path, "--outcome", "hired", "--count", "people") == log


def test_a_counted_table_with_two_headcounts(algo_audit, people, tmp_path, log) -> None:
    lines = Counter((row["sex"], row["site"], row["age_band"]) for row in people)
    chosen = Counter(
        (row["sex"], row["site"], row["age_band"]) for row in people if row["hired"] == "yes"
    )
    rows = [
        dict(zip(("sex", "site", "age_band"), line, strict=True)) | {"people": n, "taken": chosen[line]}
        for line, n in lines.items()
    ]  # fmt: skip
    path = write_rows(tmp_path / "counted.csv", rows)
    out = tmp_path / "out"
    assert _audited(algo_audit, out, path, "--outcome", "taken", "--count", "people") == log
    assert "« taken » combien d’entre elles ont eu la décision favorable" in _text(out, "fr")
    assert "“taken” how many of them got the favourable decision" in _text(out, "en")


def test_a_list_and_a_register(algo_audit, people, tmp_path, log) -> None:
    register = write_rows(
        tmp_path / "register.csv",
        [{key: value for key, value in row.items() if key != "hired"} for row in people],
    )
    chosen = [{"id": row["id"], "post": "x"} for row in people if row["hired"] == "yes"]
    path = write_rows(tmp_path / "list.csv", chosen)
    out = tmp_path / "out"
    made = _audited(
        algo_audit, out, path, "--population", register, "--identifier", "id", "--outcome", "hired"
    )
    assert made == log
    assert "figurent sur la liste « list.csv »" in _text(out, "fr")
    assert "favourable for those on the list “list.csv”" in _text(out, "en")
    assert "c’est une question à poser" in _text(out, "fr")
