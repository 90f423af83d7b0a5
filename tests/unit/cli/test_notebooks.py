"""``notebooks``: what an installed package has of them, and how to open it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from algo_audit.cli import notebooks

NAMES = {
    "dispatch", "levers", "mobility", "monitoring", "recruitment", "scoring_grid", "training",
    "your_own_file",
}  # fmt: skip


@pytest.mark.parametrize(("lang", "endings"), [("en", ("en",)), ("fr,en", ("en", "fr"))])
def test_notebooks_are_copied_and_their_opening_told(algo_audit, tmp_path, lang, endings) -> None:
    ran = algo_audit("notebooks", "--out", "here", "--lang", lang)
    assert ran.code == 0, ran.errors
    written = sorted((tmp_path / "here").iterdir())
    assert {path.name for path in written} == {f"{n}.{e}.ipynb" for n in NAMES for e in endings}
    assert all(json.loads(path.read_text(encoding="utf-8"))["cells"] for path in written)
    assert "jupyter lab here" in ran.output
    again = algo_audit("notebooks", "--out", "here", "--lang", lang)
    assert again.code == 2
    assert algo_audit("notebooks", "--out", "here", "--lang", lang, "--force").code == 0


def test_without_jupyter_how_to_get_it_is_told(algo_audit, monkeypatch) -> None:
    # whether JupyterLab is installed where the tests run does not matter
    monkeypatch.setattr(notebooks, "find_spec", lambda name: name)
    assert "algo_audit[notebooks]" not in algo_audit("notebooks", "--out", "one").output
    monkeypatch.setattr(notebooks, "find_spec", lambda _: None)
    assert 'pip install "algo_audit[notebooks]"' in algo_audit("notebooks", "--out", "two").output


def test_a_package_without_notebooks_says_so(algo_audit, monkeypatch, tmp_path) -> None:
    bare = tmp_path / "site" / "algo_audit" / "cli" / "notebooks.py"
    monkeypatch.setattr(notebooks, "__file__", str(bare))
    ran = algo_audit("notebooks", "--out", "here", lang="en")
    assert ran.code == 2
    assert "installed without its notebooks" in ran.errors
    assert not Path("here").exists()


def test_the_folder_is_asked_for(algo_audit) -> None:
    ran = algo_audit("notebooks", lang="en")
    assert ran.code == 2
    assert "--out" in ran.errors
