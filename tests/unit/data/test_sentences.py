"""Every fault and every journal entry has its sentence, in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

from algo_audit.i18n.catalogue import LANGUAGES, Catalogue


def test_every_code_raised_in_the_source_has_its_sentence():
    root = Path(__file__).parents[3] / "src" / "algo_audit"
    pattern = re.compile(r'"((?:reading|roles|policy|case|cases)\.(?!toml")[a-z_]+)"')
    files = [*(root / "data").glob("*.py"), *(root / "cases").glob("*.py")]
    codes = {code for path in files for code in pattern.findall(path.read_text("utf-8"))}
    assert len(codes) > 60
    for language in LANGUAGES:
        catalogue = Catalogue(language)
        assert [code for code in codes if not catalogue.has(f"error.{code}")] == []


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def journal_calls():
    """Every call that adds to the journal, as (codes, names of its values)."""
    root = Path(__file__).parents[3] / "src" / "algo_audit" / "data"
    for path in sorted(root.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            if owner.rpartition(".")[2] != "notes" or node.func.attr in ("fault", "settle"):
                continue
            yield node


def test_every_entry_of_the_journal_has_its_sentence():
    seen = 0
    for node in journal_calls():
        values = {keyword.arg for keyword in node.keywords}
        codes = [
            constant.value
            for constant in ast.walk(node.args[0])
            if isinstance(constant, ast.Constant) and re.fullmatch("[a-z_]+", str(constant.value))
        ]
        for code in codes:
            # the end of "outcome_favourable_detected" and its like
            key = f"journal.{'outcome' if code.startswith('_') else ''}{code}"
            for language in LANGUAGES:
                catalogue = Catalogue(language)
                assert catalogue.has(key), key
                text = catalogue.text(key, **dict.fromkeys(values, "x"))
                assert not places(text)
            seen += 1
    assert seen > 25


def test_sentences_of_codes_made_of_parts():
    codes = [f"journal.{kind}_favourable_detected" for kind in ("outcome", "label")]
    codes += [f"journal.{code}" for code in ("unknown_values", "excel_errors", "decimal_comma",
              "spaced_thousands", "comma_thousands", "dotted_thousands", "percents")]  # fmt: skip
    codes += [f"error.reading.{kind}_{fault}" for kind in ("outcome", "label")
              for fault in ("blank", "not_binary", "favourable_needed", "favourable_missing")]  # fmt: skip
    codes += [f"error.reading.{kind}_{fault}" for kind in ("weight", "count")
              for fault in ("blank", "not_number", "not_positive")]  # fmt: skip
    for language in LANGUAGES:
        assert [code for code in codes if not Catalogue(language).has(code)] == []
