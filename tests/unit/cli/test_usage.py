"""Mistakes on the command line: one sentence each, in the reader's language, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

AUDIT = ("audit", "f.csv", "--outcome", "hired", "--protected", "sex", "--out", "out")
EXPLAIN = (
    "explain", "f.csv", "--outcome", "hired", "--identifier", "id", "--person", "1", "--out", "out"
)  # fmt: skip

# Arguments, then what the sentence must hold in French and in English.
MISTAKES = [
    (("audti",), ["« audti »", "« audit »"], ["“audti”", "“audit”"]),
    (("audit", "--protcted", "x"), ["--protcted", "--protected"], ["--protcted", "--protected"]),
    (("audit", "--zzz"), ["--zzz", "--help"], ["--zzz", "--help"]),
    (("audit", "--out"), ["--out", "une valeur"], ["--out", "a value"]),
    (("audit", "--force=1"), ["--force", "pas de valeur"], ["--force", "no value"]),
    ((*AUDIT, "more", "words"), ["« more » et « words »"], ["“more” and “words”"]),
    (("render", "--out", "x"), ["audit.json"], ["audit.json"]),
    (("demo",), ["CAS"], ["CASE"]),
    (("init",), ["FICHIER"], ["FILE"]),
    (("cases", "--lang", "de"), ["« de »", "« fr » ou « en »"], ["“de”", "“fr” or “en”"]),
    ((*AUDIT, "--format", "ppt"), ["« ppt »", "« csv » ou « json »"], ["“ppt”", "“csv” or “json”"]),
    ((*AUDIT, "--document", "letter"), ["« letter »", "« summary » ou « form »"], ["“letter”", "“summary” or “form”"]),
    ((*AUDIT, "--answers", "f.docx"), ["« f.docx »", "--document form"], ["“f.docx”", "--document form"]),
    ((*AUDIT, "--format", ","), ["« csv » ou « json »"], ["“csv” or “json”"]),
    ((*AUDIT, "--audience", "all"), ["« all »", "committee"], ["“all”", "committee"]),
    ((*AUDIT, "--audience", "public", "--format", "json"), ["masqué"], ["not masked"]),
    ((*AUDIT, "--rule", "best"), ["« best »", "threshold=70"], ["“best”", "threshold=70"]),
    ((*AUDIT, "--rule", "top_k=0"), ["« 0 »", "entier"], ["“0”", "whole number"]),
    ((*AUDIT, "--rule", "threshold=x"), ["« x »", "nombre"], ["“x”", "number"]),
    ((*EXPLAIN, "--format", "xlsx"), ["« xlsx »", "« docx »"], ["“xlsx”", "“docx”"]),
    ((*EXPLAIN, "--employer", "state"), ["« state »", "« private »"], ["“state”", "“private”"]),
    ((*AUDIT, "--seed", "x"), ["« x »", "entier"], ["“x”", "whole number"]),
    ((*AUDIT, "--seed", "-1"), ["« -1 »", "0"], ["“-1”", "0"]),
    ((*AUDIT, "--margin", "much"), ["« much »"], ["“much”"]),
    ((*AUDIT, "--margin", "nan"), ["« nan »"], ["“nan”"]),
    ((*AUDIT, "--margin", "1,25"), ["« 1,25 »", "0,8"], ["“1,25”", "0.8"]),
    ((*AUDIT, "--cuts", "age"), ["COLONNE=VALEUR", "« age »"], ["COLUMN=VALUE", "“age”"]),
    ((*AUDIT, "--cuts", "age=40,30"), ["« age=40,30 »"], ["“age=40,30”"]),
    ((*AUDIT, "--cuts", "age=a,b"), ["« a »", "« b »"], ["“a”", "“b”"]),
    ((*AUDIT, "--reference", "sex="), ["« sex= »"], ["“sex=”"]),
    (
        (*AUDIT, "--reference", "sex=M", "--reference", "sex=F"),
        ["deux fois", "« sex »"],
        ["twice", "“sex”"],
    ),
    ((*AUDIT, "--primary", "sex | "), ["« sex | »"], ["“sex |”"]),
    (("demo", "recruitment", "--size", "x"), ["« x »"], ["“x”"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "french", "english"), MISTAKES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_mistake(algo_audit, tmp_path: Path, arguments, french, english, lang) -> None:
    ran = algo_audit(*arguments, lang=lang)
    assert ran.code == 2
    assert ran.output == ""
    told = ran.errors.replace("\u00a0", " ").replace("\u202f", " ")
    for part in french if lang == "fr" else english:
        assert part in told
    count = len(ran.sentences)
    last = ran.errors.splitlines()[-1]
    assert last.startswith(str(count))
    assert ("rien n’a été écrit" if lang == "fr" else "nothing was written") in last
    assert "Traceback" not in ran.errors
    assert list(tmp_path.iterdir()) == []


def test_all_mistakes_are_told_at_once(algo_audit) -> None:
    ran = algo_audit("audit", "--margin", "3", "--seed", "x", "--format", "ppt,odt", lang="en")
    assert len(ran.sentences) == 7
    assert ran.errors.splitlines()[-1] == "7 faults; nothing was written."


def test_debug_shows_the_traceback(algo_audit) -> None:
    assert "Traceback" in algo_audit("audit", "f.csv", "--debug", lang="en").errors


def test_options_that_a_toml_says(algo_audit, tmp_path: Path) -> None:
    toml = tmp_path / "audit.toml"
    toml.write_text("schema = 1\n", encoding="utf-8")
    ran = algo_audit(
        "audit", toml, "--outcome", "hired", "--margin", "0.7", "--out", "o", lang="en"
    )
    assert ran.code == 2
    assert [sentence.split()[0] for sentence in ran.sentences] == ["--outcome", "--margin"]
    assert str(toml) in ran.errors
