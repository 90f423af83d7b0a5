"""Several employers together: what cannot be pooled is told, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import make_decisions, write_rows


@pytest.fixture
def employers(algo_audit, tmp_path: Path) -> dict[str, Path]:
    """Audits of three employers: a large one, one with another margin, one of 16 people."""
    made = {}
    for name, rows, more in (
        ("north", make_decisions(), ()),
        ("south", make_decisions()[::-1][:160], ("--margin", "0.9")),
        ("tiny", make_decisions()[:16], ()),
        ("west", make_decisions()[40:], ()),
    ):
        path = write_rows(tmp_path / f"{name}.csv", rows)
        out = tmp_path / name
        ran = algo_audit(
            "audit", path, "--outcome", "hired", "--protected", "sex", *more,
            "--out", out, "--format", "json", lang="en",
        )  # fmt: skip
        assert ran.code == 0, ran.errors
        made[name] = out / "confidential" / "audit.json"
    return made


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_cannot_be_pooled(algo_audit, tmp_path: Path, employers, lang) -> None:
    later = json.loads(employers["west"].read_text(encoding="utf-8")) | {"schema": "algo-audit/9"}
    (tmp_path / "later.json").write_text(json.dumps(later), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    for files, parts in (
        (("north", "west", "south"), [("south", "0.9" if lang == "en" else "0,9")]),
        (("north", "north"), [("north",)]),
        (("north",), [("1",)]),
        ((tmp_path / "later.json", tmp_path / "gone.json"), [("algo-audit/9",), ("gone.json",)]),
    ):
        paths = [employers[one] if isinstance(one, str) else one for one in files]
        ran = algo_audit("pool", *paths, "--out", tmp_path / "out", lang=lang)
        assert ran.code == 2, ran.errors
        assert len(ran.sentences) == len(parts), ran.errors
        for said, wanted in zip(ran.sentences, parts, strict=True):
            assert all(one in said for one in wanted), said
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_small_employer_hides_among_others(algo_audit, tmp_path: Path, employers, lang) -> None:
    paths = [employers[one] for one in ("north", "tiny", "west")]
    ran = algo_audit("pool", *paths, "--out", tmp_path / "out", "--lang", lang, lang=lang)
    assert ran.code == 0, ran.errors
    page = (tmp_path / "out" / f"sector.{lang}.html").read_text(encoding="utf-8")
    assert not any(name in page for name in employers)
    together = {"fr": "2 employeurs réunis", "en": "2 employers together"}[lang]
    assert together in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "p –" not in page
