"""A scoring grid's file: what is wrong, on which line, all at once, in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.scoring_grid import ScoringGrid, read_grid

HEAD = 'schema = "algo-audit/grid-1"\n'
YEARS = HEAD + '[[criteria]]\ninput = "years"\n'
WHOLE = (
    HEAD
    + """title = "Grille"
round = 1

[rule]
kind = "threshold"
value = 70

[[criteria]]
input = "diplome"
other = 1
blank = 0

[criteria.levels]
"Bac" = 5
"Bac+2" = 10

[[criteria]]
key = "anciennete"
input = "annees"
weight = 2
bands = [
  { below = 3, points = 0 },
  { from = 3, below = 5, points = 5 },
  { from = 5, points = 10 },
]

[[criteria]]
input = "absences"
per_unit = { start = 15, points = -0.5, from = 0, least = 0 }
"""
)


def read(tmp_path: Path, text: str | bytes) -> ScoringGrid:
    path = tmp_path / "grille.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_grid(path)


def faults(tmp_path: Path, text: str | bytes) -> list[tuple[str, int]]:
    """Codes and lines; every fault is said in both languages."""
    with pytest.raises(AuditError) as caught:
        read(tmp_path, text)
    for language in LANGUAGES:
        for sentence in describe(caught.value, Catalogue(language), Formats(language)):
            assert not re.search(r"grid\.[a-z]|[{}]{2}", sentence), sentence
            assert "grille.toml" in sentence
    return [
        (one.code.removeprefix("grid."), int((re.findall(r":(\d+)$", one.where) or [0])[0]))
        for one in caught.value.faults
    ]


@pytest.mark.parametrize(
    "made",
    [
        WHOLE.encode(),
        b"\xef\xbb\xbf" + WHOLE.encode(),  # as Notepad begins a file
        WHOLE.replace("\n", "\r\n").encode(),
    ],
    ids=["plain", "byte order mark", "windows"],
)
def test_a_whole_grid(tmp_path, made):
    grid = read(tmp_path, made)
    assert [one.key for one in grid.criteria] == ["diplome", "anciennete", "absences"]
    assert [one.kind for one in grid.criteria] == ["levels", "bands", "per_unit"]
    assert (grid.round, grid.rule.kind, grid.rule.value) == (1, "threshold", 70)
    assert len(grid.sha256) == 64


BANDS = "bands = [\n  { below = 3, points = 0 },\n"
ONE_FAULT = {
    "overlap": (YEARS + BANDS + "  { from = 2, points = 5 },\n]\n", [("bands_overlap", 6)]),
    "same bound": (
        YEARS + "bands = [\n  { from = 2, points = 0 },\n  { from = 2, points = 5 },\n]\n",
        [("bands_overlap", 6)],
    ),
    "gap": (YEARS + BANDS + "  { from = 4, points = 5 },\n]\n", [("bands_gap", 6)]),
    "order": (
        YEARS + "bands = [\n  { from = 5, points = 9 },\n  { from = 3, points = 5 },\n]\n",
        [("bands_unordered", 6)],
    ),
    "empty band": (
        YEARS + "bands = [\n  { from = 5, below = 5, points = 9 },\n]\n",
        [("band_empty", 5)],
    ),
    "no bound": (
        YEARS + "bands = [\n  { from = 1, points = 0 },\n  { points = 5 },\n]\n",
        [("band_bound_missing", 6)],
    ),
    "decimal comma": (YEARS + "weight = 0,6\n", [("decimal_comma", 4)]),
    "decimal comma in a band": (
        YEARS + "bands = [\n  { below = 3, points = 0,5 },\n]\n",
        [("decimal_comma", 5)],
    ),
    "number between quotes": (
        YEARS + 'per_unit = { points = "0,5" }\n',
        [("number_needed", 4)],
    ),
    "points that are no number": (
        YEARS + '[criteria.levels]\n"Bac" = 5\n"Bac+2" = "dix"\n',
        [("number_needed", 6)],
    ),
    "points that are true": (YEARS + "per_unit = { points = true }\n", [("number_needed", 4)]),
    "infinite points": (YEARS + "per_unit = { points = inf }\n", [("number_needed", 4)]),
    "level twice": (
        YEARS + '[criteria.levels]\n"Bac" = 5\n"Bac" = 10\n',
        [("key_twice", 6)],
    ),
    "level twice but for capitals": (
        YEARS + '[criteria.levels]\n"Bac" = 5\n"BAC " = 10\n',
        [("level_twice", 6)],
    ),
    "unknown key": (YEARS + "wieght = 2\nper_unit = { points = 1 }\n", [("unknown_key", 4)]),
    "unknown key inside": (YEARS + "per_unit = { pionts = 1, points = 1 }\n", [("unknown_key", 4)]),
    "no criteria": (HEAD + 'title = "x"\n', [("no_criteria", 1)]),
    "nothing gives points": (YEARS, [("one_kind", 3)]),
    "two ways": (
        YEARS + "per_unit = { points = 1 }\nlevels = { a = 1 }\n",
        [("one_kind", 4)],
    ),
    "no levels": (YEARS + "levels = {}\n", [("blank", 4)]),
    "no schema": ('[[criteria]]\ninput = "a"\nper_unit = { points = 1 }\n', [("key_missing", 1)]),
    "other schema": (
        YEARS.replace("grid-1", "grid-2") + "per_unit = { points = 1 }\n",
        [("schema_unknown", 1)],
    ),
    "other without levels": (
        YEARS + "other = 1\nper_unit = { points = 1 }\n",
        [("other_without_levels", 4)],
    ),
    "bounds reversed": (
        YEARS + "per_unit = { points = 1, from = 9, to = 2 }\n",
        [("bounds_reversed", 4)],
    ),
    "negative weight": (YEARS + "weight = -1\nper_unit = { points = 1 }\n", [("out_of_range", 4)]),
    "threshold of what": (
        YEARS + 'per_unit = { points = 1 }\n[rule]\nkind = "threshold"\n',
        [("rule_value_needed", 6)],
    ),
    "half a place": (
        YEARS + 'per_unit = { points = 1 }\n[rule]\nkind = "top_k"\nvalue = 2.5\n',
        [("rule_value_low", 7)],
    ),
    "another rule": (
        YEARS + 'per_unit = { points = 1 }\n[rule]\nkind = "lottery"\n',
        [("not_a_choice", 6)],
    ),
    "text without quotes": (HEAD + "[[criteria]]\ninput = years\n", [("quotes_needed", 3)]),
    "a table is missing": (YEARS + "per_unit = 3\n", [("table_needed", 4)]),
    "same column twice": (
        YEARS
        + 'per_unit = { points = 1 }\n[[criteria]]\ninput = "years"\nper_unit = { points = 2 }\n',
        [("input_twice", 6)],
    ),
    "two kinds of one column": (
        YEARS
        + "per_unit = { points = 1 }\n"
        + '[[criteria]]\nkey = "k"\ninput = "years"\nlevels = { a = 1 }\n',
        [("input_twice", 7)],
    ),
    "same key twice": (
        YEARS
        + "per_unit = { points = 1 }\n"
        + '[[criteria]]\nkey = "years"\ninput = "months"\nper_unit = { points = 2 }\n',
        [("criterion_twice", 6)],
    ),
    "western encoding": (
        (HEAD + '# fait à Orléans\n[[criteria]]\ninput = "années"\n').encode("cp1252"),
        [("not_utf8", 2)],
    ),
    "ten megabytes": (HEAD.encode() + b"# " + b"x" * 10_000_000, [("too_large", 0)]),
    "recursion": (HEAD + "title = " + "[" * 50_000, [("toml_syntax", 0)]),
    "deep tables": (HEAD + "[" + ".".join("a" * 20_000) + "]\n", [("unknown_key", 2)]),
    "a very long number": (YEARS + "weight = " + "9" * 5000 + "\n", [("toml_syntax", 0)]),
    "not TOML at all": (b"PK\x03\x04 zip", [("toml_syntax", 1)]),
    "nothing in it": ("", [("key_missing", 1)]),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_one_fault(tmp_path, name):
    text, expected = ONE_FAULT[name]
    assert faults(tmp_path, text) == expected


def test_all_faults_at_once_each_on_its_line(tmp_path):
    text = (
        WHOLE.replace('"Bac+2" = 10', '"BAC" = 10')
        .replace("from = 3, below = 5", "from = 2, below = 5")
        .replace("least = 0", "least = 9, most = 2")
        .replace("value = 70", "")
    )
    lines = text.split("\n")
    found = faults(tmp_path, text)
    assert sorted(code for code, _ in found) == [
        "bands_overlap",
        "bounds_reversed",
        "level_twice",
        "rule_value_needed",
    ]
    meant = {
        "bands_overlap": "from = 2",
        "bounds_reversed": "least = 9",
        "level_twice": '"BAC"',
        "rule_value_needed": "kind =",
    }
    for code, line in found:
        assert meant[code] in lines[line - 1]


def test_the_lines_of_the_second_criterion(tmp_path):
    text = WHOLE + '[[criteria]]\ninput = "x"\n[criteria.levels]\n"a" = 1\n"b" = "deux"\n'
    found = faults(tmp_path, text)
    assert found == [("number_needed", len(text.split("\n")) - 1)]


def test_bands_written_as_parts_of_their_own(tmp_path):
    part = '[[criteria]]\ninput = "{}"\n'
    bands = "[[criteria.bands]]\nbelow = 3\npoints = 0\n[[criteria.bands]]\nfrom = {}\npoints = 5\n"
    sound = HEAD + part.format("a") + bands.format(3) + part.format("b") + bands.format(3)
    assert [len(one.bands) for one in read(tmp_path, sound).criteria] == [2, 2]
    text = HEAD + part.format("a") + bands.format(3) + part.format("b") + bands.format("'x'")
    assert faults(tmp_path, text) == [("number_needed", text.split("\n").index("from = 'x'") + 1)]


def test_an_unknown_name_is_answered_with_those_that_exist(tmp_path):
    with pytest.raises(AuditError) as caught:
        read(tmp_path, YEARS + "wieght = 2\nper_unit = { points = 1 }\n")
    assert caught.value.choices[0] == "weight"


def test_no_such_file(tmp_path):
    (tmp_path / "grille.toml").write_text(WHOLE)
    with pytest.raises(AuditError) as caught:
        read_grid(tmp_path / "grile.toml")
    assert (caught.value.code, caught.value.choices) == ("grid.file_missing", ("grille.toml",))
    with pytest.raises(AuditError) as caught:
        read_grid(tmp_path)
    assert caught.value.code == "grid.is_folder"


def test_every_fault_of_written_toml_has_its_sentences():
    """Their codes are put together, so no other test sees them in the source."""
    import algo_audit.data.toml_text as module

    source = Path(module.__file__).read_text(encoding="utf-8")
    ends = set(re.findall(r"\{room\}\.([a-z0-9_]+)", source))
    ends |= set(re.findall(r'told\("([a-z_]+)"', source))
    ends |= set(re.findall(r'^    "[a-z_]+": "([a-z_]+)",$', source, re.MULTILINE))
    assert len(ends) > 20
    for language in LANGUAGES:
        catalogue = Catalogue(language)
        missing = [
            f"{room}.{end}"
            for room in ("case", "grid")
            for end in ends
            if not catalogue.has(f"error.{room}.{end}")
        ]
        assert missing == []
