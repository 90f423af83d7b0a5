"""A small file of decisions and a way to run the command line in this process."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from algo_audit.cli.main import run


@dataclass(frozen=True)
class Ran:
    """What one command line did."""

    code: int
    output: str
    errors: str

    @property
    def sentences(self) -> list[str]:
        """The faults told, without the closing count."""
        return self.errors.splitlines()[:-1]


Run = Callable[..., Ran]


@pytest.fixture
def algo_audit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Run the command line in an empty folder."""
    for name in ("ALGO_AUDIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.chdir(tmp_path)

    def once(*arguments: object, lang: str = "") -> Ran:
        if lang:
            monkeypatch.setenv("ALGO_AUDIT_LANG", lang)
        capsys.readouterr()
        code = run([os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return once


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def make_decisions() -> list[dict[str, object]]:
    """240 rows: sex, site, age, score, weight, note; 60 of 120 men and 36 of 120 women hired."""
    rows = []
    for index in range(240):
        sex = "FM"[index % 2]
        place = index // 2
        rows.append(
            {
                "id": f"{index:05d}",
                "sex": sex,
                "site": ("Lyon", "Nantes", "Lille")[place % 3],
                "age": 22 + place % 40,
                "score": place % 60 + (5 if sex == "M" else 0),
                "weight": 1 + place % 2,
                "vacancy": f"V{place % 8}",
                "hired": "yes" if (place * 7) % 120 < (60 if sex == "M" else 36) else "no",
            }
        )
    return rows


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    """A file that can be audited."""
    return write_rows(tmp_path / "decisions.csv", make_decisions())
