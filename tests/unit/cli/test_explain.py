"""The sheet from the command line: files, faults, and what is written without a model."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from algo_audit.cli.options import read_rule
from algo_audit.cli.sheet_names import sheet_stems

from .conftest import make_decisions, write_rows

ROLES = ("--outcome", "hired", "--identifier", "id")


def options(*people: str) -> tuple[str, ...]:
    return tuple(part for one in people for part in ("--person", one))


GRID = """
schema = "algo-audit/grid-1"
rule = { kind = "threshold", value = 40 }
criteria = [{ input = "score", per_unit = { points = 1, from = 0, to = 100 } }]
"""


@pytest.fixture(autouse=True)
def _grid(tmp_path: Path) -> None:
    (tmp_path / "g.grid.toml").write_text(GRID, encoding="utf-8")


@pytest.fixture
def explained(monkeypatch) -> None:
    """A model that opens and an explanation made by hand: what follows is the command's own."""
    from tests.golden import realistic_person

    def explain_person(decisions, model, identifier, **_):
        return replace(realistic_person.person(), identifier=identifier)

    monkeypatch.setattr("algo_audit.cases.case.Case.open_model", lambda self, **_: object())
    monkeypatch.setattr("algo_audit.explain.person.explain_person", explain_person, raising=False)


# --- files -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("explained")
def test_one_file_for_each_person_and_language(algo_audit, decisions, tmp_path) -> None:
    done = algo_audit(
        "explain", decisions, *ROLES, *options("00007", "00031"), "--model", "grid.toml",
        "--lang", "fr", "--lang", "en", "--out", "out",
    )  # fmt: skip
    assert done.code == 0
    names = ["sheet-00007.fr.html", "sheet-00007.en.html", "sheet-00031.fr.html",
             "sheet-00031.en.html"]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    assert [line.strip() for line in done.output.splitlines()[1:5]] == [f"out/{n}" for n in names]
    last = done.output.splitlines()[-1]
    assert last == "Chaque fiche est pour une seule personne\u00a0: ne la remettre qu’à elle."
    page = (tmp_path / "out" / "sheet-00007.en.html").read_text(encoding="utf-8")
    assert "00007" in page
    assert "00031" not in page
    assert 'lang="en"' in page


@pytest.mark.usefixtures("explained")
def test_every_format(algo_audit, decisions, tmp_path) -> None:
    done = algo_audit(
        "explain", decisions, *ROLES, *options("00007"), "--model", "g", "--out", "out",
        "--format", "html,pdf,docx", lang="en",
    )  # fmt: skip
    assert done.code == 0
    assert (tmp_path / "out" / "sheet-00007.en.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "out" / "sheet-00007.en.docx").read_bytes().startswith(b"PK")
    assert done.output.splitlines()[-1].startswith("This sheet is for that one person")


@pytest.mark.usefixtures("explained")
def test_nothing_is_overwritten_unasked(algo_audit, decisions, tmp_path) -> None:
    command = ("explain", decisions, *ROLES, *options("00007"), "--model", "g", "--out", "out")
    assert algo_audit(*command).code == 0
    sheet = tmp_path / "out" / "sheet-00007.fr.html"
    sheet.write_text("mine", encoding="utf-8")
    again = algo_audit(*command)
    assert again.code == 2
    assert "sheet-00007.fr.html" in again.errors
    assert sheet.read_text(encoding="utf-8") == "mine"
    assert algo_audit(*command, "--force").code == 0
    assert sheet.read_text(encoding="utf-8").startswith("<!doctype html>")


NAMES = [
    ("C-00123", "sheet-C-00123"),
    ("a.b_c", "sheet-a.b_c"),
    ("../../etc/passwd", r"sheet-etc-passwd-[0-9a-f]{8}"),
    ("C/00 7*", r"sheet-C-00-7-[0-9a-f]{8}"),
    ("Émile Zola", r"sheet-mile-Zola-[0-9a-f]{8}"),
    ("名前", r"sheet-[0-9a-f]{8}"),
    ("trailing.", r"sheet-trailing-[0-9a-f]{8}"),
    ("x" * 300, r"sheet-x{40}-[0-9a-f]{8}"),
    ("a\x00b:c", r"sheet-a-b-c-[0-9a-f]{8}"),
]


@pytest.mark.parametrize(("identifier", "name"), NAMES)
def test_file_names_are_safe_everywhere(identifier, name) -> None:
    (stem,) = sheet_stems([identifier])
    assert re.fullmatch(name, stem)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", stem)


def test_file_names_are_unique_on_windows_too() -> None:
    people = ["ab", "AB", "a b", "a-b", "a/b", "x", *(name for name, _ in NAMES)]
    stems = sheet_stems(people)
    assert len({stem.casefold() for stem in stems}) == len(people)


def test_from_a_grid_to_the_page(algo_audit, decisions, tmp_path) -> None:
    """Nothing made by hand: 00019 scored 14 (19 // 2 = 9, and 5 for a man); 40 were needed."""
    done = algo_audit("explain", decisions, *ROLES, "--out", "out", "--model", "g.grid.toml",
                      *options("00019"), "--employer", "private", lang="en")  # fmt: skip
    assert done.code == 0
    page = (tmp_path / "out" / "sheet-00019.en.html").read_text(encoding="utf-8")
    assert "The decision is not in your favour: “no”." in page
    assert "The score needed was at least: 40 points. Your score: 14 points." in page
    assert "You were 26 points short." in page
    assert "score: 14, that is 14 points." in page
    assert "The employer is a private one." in page
    assert "The employer has named no data that you can change." in page


# --- without a model ---------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "word"), [("fr", "Aucune fiche"), ("en", "No sheet was made")])
def test_without_the_model_the_documents_to_ask_for(algo_audit, decisions, tmp_path, lang, word):
    done = algo_audit(
        "explain", decisions, *ROLES, *options("00007"), "--out", "out", "--employer", "public",
        "--lang", lang,
    )  # fmt: skip
    assert done.code == 2
    assert word in done.errors
    assert "--model" in done.errors
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"documents-to-ask.{lang}.html"]
    page = (tmp_path / "out" / f"documents-to-ask.{lang}.html").read_text(encoding="utf-8")
    assert "00007" not in page
    assert "R311-3-1-2" in page
    assert "CADA" in page
    assert "L1221-8" not in page  # staff under private law
    assert "C-203/22" in page
    assert page.count("<li>") >= 12


# --- faults ------------------------------------------------------------------------------------

BASE = ("--out", "out", "--model", "g.grid.toml")
FAULTS = [
    ((*ROLES, *BASE), ["--person"], ["--person"]),
    ((*ROLES, *BASE, "--person", " "), ["--person"], ["--person"]),
    (("--outcome", "hired", *BASE, *options("1")), ["--identifier"], ["--identifier"]),
    (("--identifier", "id", *BASE, *options("1")), ["--outcome"], ["--outcome"]),
    ((*ROLES, "--model", "g.grid.toml", *options("1")), ["--out"], ["--out"]),
    (
        (*ROLES, *BASE, *options("99999")),
        ["« 99999 »", "« id »", "zéros"],
        ["“99999”", "“id”", "zeros"],
    ),
    ((*ROLES, *BASE, *options("7")), ["« 7 »", "« 00007 »"], ["“7”", "“00007”"]),
    (
        ("--outcome", "hired", "--identifier", "site", *BASE, *options("Lyon")),
        ["« Lyon »", "80 lignes", "« site »"],
        ["“Lyon”", "80 lines", "“site”"],
    ),
    (
        ("--outcome", "hired", "--identifier", "idd", *BASE, *options("00001")),
        ["« idd »", "« id »"],
        ["“idd”", "“id”"],
    ),
]


@pytest.mark.parametrize(("arguments", "french", "english"), FAULTS)
def test_faults(algo_audit, decisions, tmp_path, arguments, french, english) -> None:
    for lang, words in (("fr", french), ("en", english)):
        done = algo_audit("explain", decisions, *arguments, lang=lang)
        assert done.code == 2
        assert len(done.sentences) == 1
        text = done.sentences[0].replace("\u00a0", " ").replace("\u202f", " ")
        assert all(word in text for word in words), text
        assert "Traceback" not in done.errors
        assert not (tmp_path / "out").exists()


def test_all_faults_at_once(algo_audit, decisions) -> None:
    done = algo_audit("explain", decisions, "--employer", "x", "--rule", "y", "--format", "z")
    assert done.code == 2
    assert len(done.sentences) == 7  # person, format, out, rule, employer, outcome, identifier
    done = algo_audit("explain", decisions, *ROLES, *BASE, *options("a", "b", "00001"))
    assert [word in done.errors for word in ("« a »", "« b »")] == [False, False]
    assert [word in done.errors for word in ("«\u00a0a\u00a0»", "«\u00a0b\u00a0»")] == [True, True]


def test_a_missing_model_is_told_with_the_rest(algo_audit, decisions) -> None:
    done = algo_audit("explain", decisions, *ROLES, "--out", "out", "--model", "no.skops",
                      *options("nobody"), lang="en")  # fmt: skip
    assert done.code == 2
    assert len(done.sentences) == 2
    assert "no.skops" in done.errors
    assert "nobody" in done.errors


def test_nobody_elses_identifier_is_offered(algo_audit, decisions) -> None:
    done = algo_audit("explain", decisions, *ROLES, *BASE, *options("0000"))
    assert done.code == 2
    assert not re.search(r"\b\d{5}\b", done.errors)


def declared(folder: Path, *, identifier: bool = True, model: bool = False) -> Path:
    write_rows(folder / "decisions.csv", make_decisions())
    toml = folder / "audit.toml"
    lines = ["[source]", 'file = "decisions.csv"', "[roles]", 'outcome = "hired"',
             'protected = ["sex"]']  # fmt: skip
    lines += ['identifier = "id"'] if identifier else []
    lines += ["[model]", 'path = "grid.toml"'] if model else []
    toml.write_text("\n".join(lines), encoding="utf-8")
    return toml


def test_a_declaration_without_identifier(algo_audit, tmp_path) -> None:
    toml = declared(tmp_path, identifier=False)
    done = algo_audit("explain", toml, *options("00007"), "--out", "out", lang="en")
    assert done.code == 2
    assert 'identifier = "COLUMN"' in done.errors


def test_what_a_declaration_says_is_not_said_again(algo_audit, tmp_path) -> None:
    toml = declared(tmp_path, model=True)
    done = algo_audit("explain", toml, *options("00007"), "--out", "out", "--input", "score",
                      "--outcome", "hired", "--employer", "public", lang="en")  # fmt: skip
    assert done.code == 2
    assert len(done.sentences) == 3
    assert "--input" in done.errors
    done = algo_audit("explain", toml, *options("00007"), "--out", "out", "--model", "x")
    assert done.code == 2
    assert "--model" in done.errors


@pytest.mark.usefixtures("explained")
def test_a_model_completes_a_declaration(algo_audit, tmp_path) -> None:
    toml = declared(tmp_path)
    done = algo_audit("explain", toml, *options("00007"), "--out", "out", "--model", "x")
    assert done.code == 0
    assert (tmp_path / "out" / "sheet-00007.fr.html").exists()


@pytest.mark.parametrize(
    ("text", "rule"),
    [(None, None), ("threshold=70", ("threshold", 70.0)), ("threshold = 0,5", ("threshold", 0.5)),
     ("top_k", ("top_k", None)), ("top_k=4", ("top_k", 4.0))],
)  # fmt: skip
def test_rules(text, rule) -> None:
    assert read_rule(text) == rule


@pytest.mark.usefixtures("explained")
def test_a_person_named_by_a_line(algo_audit, decisions, tmp_path) -> None:
    done = algo_audit("explain", decisions, "--outcome", "hired", *BASE, *options("line:9"))
    assert done.code == 0
    (name,) = [path.name for path in (tmp_path / "out").iterdir()]
    assert re.fullmatch(r"sheet-line-9-[0-9a-f]{8}\.fr\.html", name)
