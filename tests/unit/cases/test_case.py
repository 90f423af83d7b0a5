"""``audit.toml`` and what can be wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.cases.case import (
    Case,
    builtin_case,
    builtin_cases,
    builtin_keys,
    load_case,
    parse_question,
)
from algo_audit.cases.declaration import line_of
from algo_audit.cases.declaring import reason_of, toml_text, write_audit_toml
from algo_audit.data.policy import Policy, Question
from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe

WHOLE = """\
schema = "algo-audit/1"

[source]
file = "decisions.csv"
encoding = "cp1252"

[roles]
outcome = "decision"
favourable = 1
protected = ["sexe", "âge"]
strata = ["site", "site*metier"]
score = "score"
inputs = ["score", "diplome"]

[bands."âge"]
cuts = [26, 50]

[[criteria]]
key = "test"
inputs = ["score"]
purpose = "Savoir faire"
intrusiveness = 2
actionable = true

[[criteria]]
key = "diplome"
inputs = ["diplome"]

[rule]
kind = "threshold"
value = 60

[model]
path = "modele.skops"

[policy]
margin = 0.85
margin_source = "Accord du 3 mars"
margin_points = 0.05
primary = ["sexe", "sexe*âge", "sexe | site"]
primary_ordered = true
primary_chosen_by = "CSE"
primary_chosen_on = 2026-01-15
reference = { sexe = "H" }
status = "public"
seed = 7

[texts.fr]
title = "Titre"
"""


def write(folder: Path, text: str, name: str = "audit.toml", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def faults_of(path: Path) -> list[AuditError]:
    with pytest.raises(AuditError) as caught:
        load_case(path)
    for fault in caught.value.faults:
        for language in LANGUAGES:
            (sentence,) = describe(fault, Catalogue(language), Formats(language))
            assert fault.code not in sentence, sentence
            assert not re.search(r"[{}]|None", sentence), sentence
            assert fault.where in sentence
    return list(caught.value.faults)


def test_a_whole_declaration(tmp_path):
    case = load_case(write(tmp_path, WHOLE))
    assert case.key == "audit"
    assert case.path == tmp_path / "decisions.csv"
    assert case.encoding == "cp1252"
    assert case.roles == Roles(
        outcome="decision",
        favourable="1",
        protected=("sexe", "âge"),
        strata=("site", "site*metier"),
        score="score",
        inputs=("score", "diplome"),
        bands={"âge": (26.0, 50.0)},
    )
    assert case.policy == Policy(
        margin=0.85,
        margin_source="Accord du 3 mars",
        margin_points=0.05,
        primary=(Question(("sexe",)), Question(("sexe", "âge")), Question(("sexe",), "site")),
        primary_ordered=True,
        primary_chosen_by="CSE",
        primary_chosen_on="2026-01-15",
        reference={"sexe": "H"},
        status="public",
        seed=7,
    )
    assert [criterion.key for criterion in case.criteria] == ["test", "diplome"]
    assert case.criteria[0].intrusiveness == 2
    assert (case.rule.kind, case.rule.value) == ("threshold", 60.0)
    assert case.model == tmp_path / "modele.skops"
    assert case.texts["fr"] == {"title": "Titre", "story": ""}
    assert case.texts["en"]["title"] == ""


def test_the_least_declaration(tmp_path):
    text = '[source]\nfile = "d.csv"\n[roles]\noutcome = "d"\nprotected = ["s"]\n'
    case = load_case(write(tmp_path, text))
    assert case.policy == Policy()
    assert case.rule is None
    assert case.criteria == ()


def test_a_declaration_saved_by_notepad(tmp_path):
    path = write(tmp_path, WHOLE.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert load_case(path).roles.outcome == "decision"


def test_a_case_reads_its_file(tmp_path):
    (tmp_path / "d.csv").write_text("s;d\nF;oui\nH;non\n", encoding="utf-8")
    text = '[source]\nfile = "d.csv"\n[roles]\noutcome = "d"\nprotected = ["s"]\n'
    decisions = load_case(write(tmp_path, text)).read()
    assert len(decisions) == 2
    roles = Roles(outcome="d", protected=("s",))
    case = Case.from_options(tmp_path / "d.csv", roles)
    assert (case.key, case.policy, case.texts["fr"]["title"]) == ("d", Policy(), "")
    assert case.read().outcome.tolist() == [1, 0]


def test_a_toml_boolean_names_a_value_of_the_file(tmp_path):
    (tmp_path / "d.csv").write_text("s;d\nF;TRUE\nH;FALSE\n", encoding="utf-8")
    text = (
        '[source]\nfile = "d.csv"\n[roles]\noutcome = "d"\nprotected = ["s"]\nfavourable = false\n'
    )
    decisions = load_case(write(tmp_path, text)).read()
    assert decisions.roles.favourable == "FALSE"
    assert decisions.outcome.tolist() == [0, 1]


# what is replaced, by what, the code, what the sentence must offer
CHANGES = {
    "unknown key": ("outcome =", "outcom =", "case.unknown_key", "outcome"),
    "unknown part": ("[model]", "[modele]", "case.unknown_key", "model"),
    "language without texts": ("[texts.fr]", "[texts.de]", "case.unknown_key", "fr"),
    "text for a number": ("margin = 0.85", 'margin = "0,62"', "case.number_needed", "0.62"),
    "decimal comma": ("margin = 0.85", "margin = 0,85", "case.decimal_comma", "0.85"),
    "margin of two": ("margin = 0.85", "margin = 2", "case.out_of_range", "1"),
    "margin without end": ("margin = 0.85", "margin = nan", "case.", "margin"),
    "margin of zero": ("margin = 0.85", "margin = 0", "case.out_of_range", "0"),
    "level beyond the scale": ("intrusiveness = 2", "intrusiveness = 6", "case.out_of_range", "5"),
    "decimal seed": ("seed = 7", "seed = 7.5", "case.whole_number_needed", "7"),
    "word for a choice": ('status = "public"', 'status = "état"', "case.not_a_choice", "private"),
    "word for yes": ("primary_ordered = true", 'primary_ordered = "oui"', "case.true_or_false_needed", "true"),
    "text for a list": ('strata = ["site", "site*metier"]', 'strata = "site"', "case.list_needed", "["),
    "number for a text": ('outcome = "decision"', "outcome = 3", "case.text_needed", "outcome"),
    "blank text": ('outcome = "decision"', 'outcome = ""', "case.blank", "outcome"),
    "blank favourable": ("favourable = 1", 'favourable = ""', "case.blank", "favourable"),
    "text without quotes": ('outcome = "decision"', "outcome = décision", "case.quotes_needed", "décision"),
    "the same key twice": ("favourable = 1", 'outcome = "x"', "case.key_twice", "outcome"),
    "windows path": ('file = "decisions.csv"', 'file = "C:\\Users\\d.csv"', "case.backslash", "/"),
    "bracket left open": ('protected = ["sexe", "âge"]', 'protected = ["sexe", "âge"', "case.toml_syntax", ""),
    "other schema": ("algo-audit/1", "algo-audit/9", "case.schema_unknown", "algo-audit/1"),
    "file missing": ('file = "decisions.csv"\n', "", "case.key_missing", "file"),
    "cuts that fall": ("cuts = [26, 50]", "cuts = [50, 26]", "case.cuts_not_rising", "50"),
    "criterion twice": ('key = "diplome"', 'key = "test"', "case.criterion_twice", "test"),
    "criterion of no input": ('inputs = ["diplome"]', 'inputs = ["diplomes"]', "case.criterion_input_missing", "diplome"),
    "threshold without value": ("value = 60\n", "", "case.rule_value_needed", "value"),
    "no place to give": ('"threshold"\nvalue = 60', '"top_k"\nvalue = 0', "case.rule_value_low", "1"),
    "a question of nothing": ('"sexe | site"', '"sexe | "', "case.not_a_question", "sexe"),
    "part for a text": ('title = "Titre"', "title.de = 3", "case.text_needed", "title"),
}  # fmt: skip


# Where the line told is another one than the first line changed.
PLACES = {
    "bracket left open": "strata =",
    "file missing": "[source]",
    "other schema": "schema =",
    "threshold without value": "kind =",
    "no place to give": "value =",
    "a question of nothing": "primary =",
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_fault(tmp_path, name):
    old, new, code, offered = CHANGES[name]
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    path = write(tmp_path, text)
    line = text[: text.rindex(PLACES.get(name, new))].count("\n") + 1
    (fault,) = faults_of(path)
    assert fault.code.startswith(code)
    assert fault.where == f"{path}:{line}"
    (sentence,) = describe(fault, Catalogue("en"), Formats("en"))
    assert offered in sentence


def test_a_part_that_is_a_text(tmp_path):
    text = 'source = "decisions.csv"\nroles = 3\n'
    path = write(tmp_path, text)
    found = [(fault.code, fault.where) for fault in faults_of(path)]
    assert found == [("case.table_needed", f"{path}:1"), ("case.table_needed", f"{path}:2")]


def test_all_faults_at_once(tmp_path):
    text = WHOLE
    for name in ("unknown key", "text for a number", "level beyond the scale", "blank favourable"):
        text = text.replace(*CHANGES[name][:2], 1)
    codes = {fault.code for fault in faults_of(write(tmp_path, text))}
    assert codes == {"case.unknown_key", "case.number_needed", "case.out_of_range", "case.blank"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'[roles]\noutcome = "d\xe9cision"\n', "case.not_utf8"),
        (b"x = " + b"[" * 100_000, "case.toml_syntax"),
        (b"# " + b"x" * 1_100_000, "case.too_large"),
        (b"x = " + b"9" * 5000, "case.toml_syntax"),
        (b"", "case.key_missing"),
        (bytes(range(256)), "case.not_utf8"),
    ],
)
def test_files_that_are_no_declaration(tmp_path, data, code):
    path = tmp_path / "audit.toml"
    path.write_bytes(data)
    assert faults_of(path)[0].code == code


def test_missing_declaration(tmp_path):
    assert faults_of(tmp_path / "audit.toml")[0].code == "case.file_missing"
    write(tmp_path, WHOLE, "audit_2025.toml")
    (fault,) = faults_of(tmp_path / "audit.toml")
    assert fault.choices == ("audit_2025.toml",)
    assert faults_of(tmp_path)[0].code == "case.is_folder"


def test_lines_of_keys():
    lines = WHOLE.split("\n")
    for location, key in (
        (("roles", "protected"), "protected"),
        (("bands", "âge", "cuts", 1), "cuts"),
        (("criteria", 1, "inputs"), 'inputs = ["diplome"]'),
        (("policy", "reference", "sexe"), "reference"),
        (("nowhere",), "schema"),
    ):
        assert lines[line_of(WHOLE, location) - 1].startswith(key)


def test_questions():
    assert parse_question("sexe*âge | site * metier") == Question(("sexe", "âge"), "site * metier")
    for text in ("", "sexe*", "sexe |", "| site", "a | b | c"):
        assert parse_question(text) is None


def test_builtin_cases():
    assert "recruitment" in builtin_keys()
    for case in builtin_cases():
        assert case.path.is_file()
        for language in LANGUAGES:
            assert case.texts[language]["title"]
    with pytest.raises(AuditError) as caught:
        builtin_case("recrutement")
    assert caught.value.code == "cases.unknown"
    assert "recruitment" in caught.value.choices


def test_the_recruitment_case_reads_without_a_question(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    decisions = builtin_case("recruitment").read()
    assert decisions.roles.favourable == "Retenu"
    assert decisions.source.rows_set_aside == ()
    assert decisions.protected["age"].levels == ("<30", "30-39", "40-49", "50+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposed_declaration_loads_and_reads(tmp_path, language):
    lines = ['sexe;âge;site;a"b;decision']
    lines += [
        f"{'FH'[i % 2]};{20 + i % 40};{'AB'[i % 2]};{i % 3};{'oui' if i % 3 else 'non'}"
        for i in range(60)
    ]
    (tmp_path / "données.csv").write_text("\n".join(lines), encoding="utf-8")
    proposal = propose_roles(tmp_path / "données.csv")
    say = Catalogue(language).text
    path = write(tmp_path, write_audit_toml(proposal, say))
    case = load_case(path)
    assert case.roles == proposal.roles
    assert len(case.read()) == 60
    text = path.read_text("utf-8")
    assert reason_of(proposal.columns[0], say) in text.replace("\n# ", " ")
    assert max(map(len, text.splitlines())) <= 100


def test_a_declaration_that_is_not_complete_tells_what_is_blank(tmp_path):
    (tmp_path / "d.csv").write_text("sexe;x\n" + "F;1\nH;2\n" * 30, encoding="utf-8")
    path = write(
        tmp_path, write_audit_toml(propose_roles(tmp_path / "d.csv"), Catalogue("fr").text)
    )
    (fault,) = faults_of(path)
    assert (fault.code, fault.values["key"]) == ("case.blank", "roles.outcome")


@given(st.text())
def test_any_name_can_be_written(text):
    import tomllib

    # half of a surrogate pair is no text, and no file name or column holds it
    text = text.encode("utf-8", "ignore").decode()
    assert tomllib.loads(f"x = {toml_text(text)}")["x"] == text


@given(st.text(alphabet="[]{}=\"'#\n,.0aé\\ ", max_size=40))
def test_no_text_makes_the_reader_fail_otherwise(text):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), text)
        with pytest.raises(AuditError):
            load_case(path)
