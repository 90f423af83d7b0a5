"""House rules that a machine can hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import algo_audit
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "algo_audit"
LOCALE = SOURCE / "i18n" / "locale"
PYTHON_FILES = sorted(
    path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
HEAVY = ("matplotlib", "sklearn", "statsmodels", "fairlearn", "shap", "pandas", "scipy")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PYTHON_FILES, ids=_name)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def _code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of the body that hold code: no docstring, no comment, no blank line."""
    body = function.body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    first = (body[0].end_lineno if documented else body[0].lineno - 1) or 0
    written = (line.strip() for line in lines[first : function.end_lineno])
    return sum(1 for line in written if line and not line.startswith("#"))


@pytest.mark.parametrize("path", PYTHON_FILES, ids=_name)
def test_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    long = {
        node.name: size
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (size := _code_lines(node, lines)) > LONGEST_FUNCTION
    }
    assert not long


def test_no_file_without_a_subject() -> None:
    vague = {"utils", "util", "helpers", "common", "misc", "tools"}
    assert [_name(path) for path in PYTHON_FILES if path.stem in vague] == []


def test_public_names() -> None:
    assert sorted(algo_audit.__all__) == [
        "AuditError",
        "AuditResult",
        "CallableModel",
        "Case",
        "Decisions",
        "Document",
        "Policy",
        "Roles",
        "__version__",
        "build_report",
        "build_sheet",
        "builtin_case",
        "drawn_case",
        "explain_person",
        "explain_scores",
        "load_case",
        "open_model",
        "read_decisions",
        "read_inputs",
        "run_audit",
        "say",
        "show",
        "write_html",
        "write_json",
    ]
    for name in algo_audit.__all__:
        assert getattr(algo_audit, name) is not None
    assert dir(algo_audit) == sorted(algo_audit.__all__)


def _loaded_after(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("statement", ["import algo_audit", "import algo_audit.errors"])
def test_import_is_light(statement: str) -> None:
    assert _loaded_after(statement).isdisjoint({*HEAVY, "numpy", "typer", "babel"})


def test_layers() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _messages(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    with (LOCALE / language / f"{domain}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string
            found[key] = (text,) if isinstance(text, str) else tuple(text)
    return found


def _places(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


DOMAINS = sorted({path.stem for path in LOCALE.rglob("*.po")})


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_language_says_the_same_things(domain: str) -> None:
    french, english = (_messages(language, domain) for language in ("fr", "en"))
    assert set(french) == set(english)
    for key in french:
        assert all(french[key]), key
        assert all(english[key]), key
        assert len(french[key]) == len(english[key]), key
        # A singular form may leave the number out; together the forms hold the same places.
        assert set.union(*map(_places, french[key])) == set.union(*map(_places, english[key])), key


def test_a_key_lives_in_one_domain() -> None:
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for domain in DOMAINS:
            for key in _messages(language, domain):
                assert key not in seen, (key, domain, seen.get(key))
                seen[key] = domain


@pytest.mark.parametrize("domain", DOMAINS)
def test_french_is_set_as_a_french_printer_does(domain: str) -> None:
    narrow, wide = "\u202f", "\u00a0"
    for key, forms in _messages("fr", domain).items():
        for text in forms:
            assert not re.search(r"[ \u00a0][;!?%]", text), (key, "narrow space before ; ! ? %")
            assert not re.search(rf"[^\s{narrow}({wide}][;!?](\s|$)", text), (key, text)
            assert not re.search(rf"[ {narrow}]:(\s|$)", text), (key, "no-break space before :")
            assert not re.search(r"\w:(\s|$)", text), (key, text)
            assert not re.search(rf"«(?!{wide})|(?<!{wide})»", text), (key, text)
            assert "'" not in text, (key, "typographic apostrophe")


def _fault_codes() -> set[str]:
    """Codes written out where a fault is raised or noted."""
    codes = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            code = node.args[0]
            if name in {"AuditError", "fault"} and isinstance(code, ast.Constant):
                codes.add(str(code.value))
    return codes


def test_every_fault_has_a_sentence() -> None:
    codes = _fault_codes()
    assert len(codes) > 50
    for language in LANGUAGES:
        catalogue = Catalogue(language)
        assert sorted(code for code in codes if not catalogue.has(f"error.{code}")) == []


# No verdict of ours uses these words; saying that a tool is not called so is allowed to the
# README alone.
FORBIDDEN_WORDS = {
    "fr": r"\b(équitables?|inéquitables?|conformes?|non-conformes?|illégales?|illégaux)\b",
    "en": r"\b(unfair|fair|compliant|unlawful|lawful)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_hands_down_a_verdict(language: str) -> None:
    for domain in DOMAINS:
        for key, forms in _messages(language, domain).items():
            for text in forms:
                found = re.search(FORBIDDEN_WORDS[language], text, re.IGNORECASE)
                assert not found, (key, text)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    files = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    return files or [path for path in PYTHON_FILES if path.is_file()]


def test_no_path_of_a_machine_in_the_tree() -> None:
    # Written in pieces, so that this file does not find itself.
    places = [f"/{name}/" for name in ("work", "root", "home/[a-z]+", "Users/[a-z]+")]
    pattern = re.compile("|".join(places).encode())
    found = [
        _name(path)
        for path in _tracked()
        if path.suffix != ".lock" and pattern.search(path.read_bytes())
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b")
    found = [_name(path) for path in PYTHON_FILES if marks.search(path.read_text("utf-8"))]
    assert found == []
