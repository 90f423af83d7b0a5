"""``pack`` and ``warmup``: what is written, what is said, what is refused."""

from __future__ import annotations

import pytest

from algo_audit.cases.folders import builtin_keys
from algo_audit.cases.truth import read_truth
from algo_audit.cases.workshop_files import DocumentsFile, PackFile, VendorFile, holds

PACKED = [
    key
    for key in builtin_keys()
    if all(holds(key, shape) for shape in (DocumentsFile, PackFile, VendorFile))
]


@pytest.mark.parametrize("case", PACKED)
def test_a_pack_keeps_the_truth_out_of_what_the_tables_receive(algo_audit, tmp_path, case) -> None:
    ran = algo_audit("pack", case, "--out", "out", "--lang", "fr,en", lang="en")
    assert ran.code == 0, ran.errors
    out = tmp_path / "out"
    written = {path.relative_to(out).as_posix() for path in out.rglob("*.html")}
    assert written == {
        f"{name}.{language}.html"
        for name in ("confidential/guide", "tables", "documents")
        for language in ("fr", "en")
    }
    guide = (out / "confidential" / "guide.en.html").read_text(encoding="utf-8")
    tables = (out / "tables.en.html").read_text(encoding="utf-8")
    handed = (out / "documents.en.html").read_text(encoding="utf-8")
    assert all(f"Card {number}" in tables for number in range(1, 31))
    for planted in read_truth(case).planted:
        first = planted.mechanism["en"].split(". ")[0][:40]
        assert first in guide.replace("&#39;", "’")
        assert first not in tables
        assert first not in handed


def test_a_pack_is_refused_in_a_format_that_it_has_not(algo_audit, tmp_path) -> None:
    ran = algo_audit("pack", "recruitment", "--out", "out", "--format", "xlsx", lang="en")
    assert ran.code == 2
    assert "xlsx" in ran.errors
    assert list(tmp_path.iterdir()) == []


def test_tables_are_compared_from_a_file(algo_audit, tmp_path) -> None:
    (tmp_path / "lines.txt").write_text("Table 1 : 1, 2, 3\nTable 2: 3;2;9\n", encoding="utf-8")
    ran = algo_audit("warmup", "lines.txt", lang="fr")
    assert ran.code == 0, ran.errors
    assert "Table 1 et Table 2\u00a0: 2 choix sur 3 en commun" in ran.output
    assert "Table 2 et la grille" in ran.output


def test_all_faults_of_the_lines_are_told_at_once(algo_audit, tmp_path) -> None:
    text = "Table 1: 1, 1\n7, 8\nTable 3: 1, 200\nTable 4: 1, 90\n"
    (tmp_path / "lines.txt").write_text(text, encoding="utf-8")
    ran = algo_audit("warmup", "lines.txt", lang="en")
    assert ran.code == 2
    assert [f"Line {number}:" in ran.errors for number in (1, 2, 3, 4)] == [True] * 4


def test_the_sheets_of_the_warm_up(algo_audit, tmp_path) -> None:
    assert algo_audit("warmup", "--out", "out", "--lang", "fr,en").code == 0
    text = (tmp_path / "out" / "warmup.en.html").read_text(encoding="utf-8")
    assert text.count("<tr") >= 120
