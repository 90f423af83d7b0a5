"""Whatever the habit of export, the same cells are read."""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.notes import Notes
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.data.text_dialect import decode, find_dialect
from algo_audit.data.text_table import read_text_table
from algo_audit.data.vocabulary import trim

MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
# what cp1252 can write, without control characters; delimiters, quotes and line ends included
LETTERS = "abcXYZ019 éèçÉœ€’\"';,|\t\n=+-.%"
CELLS = st.text(alphabet=LETTERS, max_size=12)
# plain cells keep the number of lines that quotation marks disturb small
PLAIN = st.sampled_from(["oui", "non", "Élève", "12,5", "1 234,50", "00123", "31/12/2024", ""])


@st.composite
def tables(draw):
    width = draw(st.integers(2, 5))
    names = [f"colonne {index}" for index in range(width)]
    row = st.tuples(*[st.one_of(PLAIN, CELLS) for _ in range(width)])
    rows = draw(st.lists(row, min_size=1, max_size=12))
    # a blank row is no row, and a file of blank rows is another test
    rows = [r for r in rows if any(trim(cell) for cell in r)]
    return names, rows or [("oui",) * width]


@st.composite
def dialects(draw):
    return {
        "delimiter": draw(st.sampled_from([";", ",", "\t", "|"])),
        "encoding": draw(
            st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be"])
        ),
        "marked": draw(st.booleans()),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "trailing": draw(st.integers(0, 2)),
        "blank_lines": draw(st.integers(0, 2)),
        "titles": draw(st.sampled_from([[], ["Export des candidatures"], ["Suivi", ""]])),
    }


def written(names, rows, dialect):
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=dialect["delimiter"],
        # the writer quotes a cell for its own line end only, and cells here hold "\n"
        quoting=csv.QUOTE_ALL if dialect["end"] == "\r" else dialect["quoting"],
        lineterminator=dialect["end"],
    )
    for title in dialect["titles"]:
        stream.write(title + dialect["end"])
    extra = [""] * dialect["trailing"]
    writer.writerow([*names, *extra])
    for row in rows:
        writer.writerow([*row, *extra])
    text = stream.getvalue() + dialect["end"] * dialect["blank_lines"]
    mark = MARKS.get(dialect["encoding"], b"") if dialect["marked"] else b""
    return mark + text.encode(dialect["encoding"])


def utf16_can_be_told(dialect, data):
    """Without a mark, UTF-16 is told by its zero bytes: the text must be mostly Latin."""
    return "utf-16" not in dialect["encoding"] or dialect["marked"] or len(data) > 60


@settings(max_examples=400, deadline=None)
@given(tables(), dialects())
def test_every_dialect_gives_the_same_cells(table, dialect):
    names, rows = table
    data = written(names, rows, dialect)
    if not utf16_can_be_told(dialect, data):
        return
    notes = Notes()
    read = read_text_table(data, "fichier.csv", notes)
    assert not notes.faults
    assert list(read.columns) == names
    expected = [[trim(cell.replace("\r\n", "\n")) for cell in row] for row in rows]
    found = [list(row) for row in zip(*(read.columns[n].to_pylist() for n in names), strict=True)]
    assert [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in found] == (
        [[cell.replace("\r", "\n") for cell in row] for row in expected]
    )
    assert read.delimiter == dialect["delimiter"]


@given(tables(), dialects())
def test_lines_are_those_of_an_editor(table, dialect):
    names, rows = table
    dialect = {**dialect, "encoding": "utf-8", "end": "\n"}
    data = written(names, rows, dialect)
    read = read_text_table(data, "fichier.csv", Notes())
    expected = []
    line = len(dialect["titles"]) + 2
    for row in rows:
        expected.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    assert read.lines().tolist() == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_utf16_with_and_without_mark(encoding, marked):
    text = "prénom;décision\r\nZoé;oui\r\nNoël;non\r\n"
    data = (MARKS[encoding] if marked else b"") + text.encode(encoding)
    assert decode(data, "x") == (text, encoding)


def test_accents_of_cp1252_are_read_and_the_guess_is_told(csv_file, roles):
    path = csv_file("sexe;decision\nF;Refusé\nH;Retenu\n", encoding="cp1252")
    decisions = read_decisions(path, roles)
    assert decisions.source.encoding == "cp1252"
    assert decisions.roles.favourable == "Retenu"
    assert "encoding_assumed" in [entry.code for entry in decisions.journal]


def test_a_declared_encoding_is_taken(csv_file, roles):
    path = csv_file("sexe;decision\nF;Refusé\nH;Retenu\n", encoding="cp850")
    decisions = read_decisions(path, roles, encoding="cp850")
    assert sorted(decisions.table["decision"]) == ["Refusé", "Retenu"]


def test_separator_line_of_excel(csv_file, roles):
    path = csv_file("sep=;\nsexe;decision\nF;non\nH;oui\n")
    decisions = read_decisions(path, roles)
    assert len(decisions) == 2
    assert "separator_line" in [entry.code for entry in decisions.journal]


def test_title_lines_blank_columns_and_blank_rows(csv_file, roles):
    text = "Export du 3 mars;;;\n;;;\nsexe;decision;;\nF;non;;\n;;;\nH;oui;;\n\n\n"
    decisions = read_decisions(csv_file(text), roles)
    assert len(decisions) == 2
    codes = {entry.code: entry.values for entry in decisions.journal}
    assert codes["title_lines"]["lines"] == 1
    assert codes["blank_columns"]["columns"] == 2
    assert codes["blank_rows"]["rows"] == 1


def test_decimal_comma_with_comma_delimiter(csv_file):
    path = csv_file('sexe,decision,score\nF,non,"0,5"\nH,oui,"0,75"\n')
    decisions = read_decisions(path, Roles(outcome="decision", protected=("sexe",), score="score"))
    assert decisions.score.tolist() == [0.5, 0.75]


def test_delimiters_inside_texts_do_not_mislead():
    text = '"nom, prénom";note;sexe\n"Dupont, Jean";12,5;H\n"Zola, Émile";9,5;H\n'
    assert find_dialect(text, "x").delimiter == ";"
    text = "a,b,c\nun;deux,2,3\ntrois;quatre,5,6\n"
    assert find_dialect(text, "x").delimiter == ","


def test_row_numbers_under_a_blank_header_are_left_out(csv_file, roles):
    path = csv_file('"","sexe","decision"\n"1","F","non"\n"2","H","oui"\n')
    decisions = read_decisions(path, roles)
    assert list(decisions.table.columns) == ["sexe", "decision"]


@given(st.permutations(range(8)))
def test_permuting_rows_changes_nothing_but_their_order(order):
    rows = [
        ("Femme", "24", "oui"), ("femme", "31", "non"), ("Homme", "", "oui"), ("FEMME ", "45", "non"),
        ("Femme", "52", "non"), ("HOMME", "38", "oui"), ("?", "29", "non"), ("Homme", "61", "oui"),
    ]  # fmt: skip
    roles = Roles(outcome="d", protected=("sexe", "age"))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, indices in (("a.csv", range(8)), ("b.csv", order)):
            path = Path(folder) / name
            lines = ["sexe;age;d", *(";".join(rows[i]) for i in indices)]
            path.write_text("\n".join(lines), encoding="utf-8")
            paths.append(path)
        first, second = (read_decisions(path, roles) for path in paths)
    assert first.outcome[list(order)].tolist() == second.outcome.tolist()
    for name in ("sexe", "age"):
        assert first.protected[name].levels == second.protected[name].levels
        codes = first.protected[name].codes[list(order)]
        assert codes.tolist() == second.protected[name].codes.tolist()
