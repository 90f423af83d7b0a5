"""Files of decisions as people export them, made for one test each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from algo_audit.data.roles import Roles

HEADER = ("sexe", "decision")
ROWS = (("F", "Refusé"), ("H", "Retenu"), ("F", "Retenu"), ("H", "Refusé"))


@pytest.fixture
def roles() -> Roles:
    """Roles of the smallest file that can be audited."""
    return Roles(outcome="decision", protected=("sexe",))


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a text file and give its path."""

    def write(text: str | bytes, name: str = "fichier.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def table_file(csv_file: Callable[..., Path]) -> Callable[..., Path]:
    """Write columns, given as lists, as a CSV with semicolons."""

    def write(columns: dict[str, list[str]], name: str = "fichier.csv") -> Path:
        lines = [";".join(columns)]
        lines += [";".join(row) for row in zip(*columns.values(), strict=True)]
        return csv_file("\n".join(lines) + "\n", name)

    return write
