"""``--french-index``: beside our figures, in both languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import write_rows


@pytest.fixture
def promotions(tmp_path: Path) -> Path:
    rows = [
        {
            "sexe": "FH"[i % 2],
            "CSP": ("cadre", "employé", "ouvrier")[i // 2 % 3],
            "promu": "oui" if i // 6 % 20 < (3 if i % 2 else 2) else "non",
        }
        for i in range(600)
    ]
    return write_rows(tmp_path / "promotions.csv", rows)


ASKED = ("--outcome", "promu", "--protected", "sexe", "--stratum", "CSP")


@pytest.mark.parametrize("audience", ["full", "committee", "public"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ("index de l’égalité professionnelle", "sur 15")), ("en", ("equality index", "of 15"))],
)
def test_the_index_stands_beside(algo_audit, promotions, language, words, audience):
    ran = algo_audit(
        "audit", promotions, *ASKED, "--french-index", "promotion", "--lang", language,
        "--audience", audience, "--format", "html", "--out", "r",
    )  # fmt: skip
    assert (ran.code, ran.errors) == (0, "")
    page = Path(f"r/audit.{language}.html").read_text(encoding="utf-8")
    for word in (*words, "D1142-2"):
        assert word in page
    assert ("Catégories de l’index" in page or "Categories of the index" in page) == (
        audience == "full"
    )


def test_it_changes_nothing_else(algo_audit, promotions):
    for more, out in (((), "a"), (("--french-index", "raise"), "b")):
        assert (
            algo_audit("audit", promotions, *ASKED, *more, "--format", "json", "--out", out).code
            == 0
        )
    one, other = (
        json.loads(Path(f"{out}/confidential/audit.json").read_text(encoding="utf-8"))
        for out in "ab"
    )
    assert one["french_index"] is None
    assert other["french_index"]["points_most"] == 20
    assert one["comparisons"] == other["comparisons"]
    assert one["findings"] == other["findings"]


def test_faults(algo_audit, promotions):
    for given, words in (
        (("--french-index", "bonus"), "promotion"),
        (("--french-index", "raise", "--index-category", "csp"), "CSP"),
    ):
        ran = algo_audit("audit", promotions, *ASKED, *given, "--out", "r", lang="fr")
        assert ran.code == 2
        assert words in ran.errors
    ran = algo_audit(
        "audit", promotions, "--outcome", "promu", "--protected", "CSP",
        "--french-index", "raise", "--out", "r", lang="en",
    )  # fmt: skip
    assert ran.code == 2
    assert "compares women and men" in ran.errors
    assert not Path("r").exists()
