"""What may not be shown is said once, whatever the number of lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.explain.importance import GridLine
from algo_audit.fairness.comparison import GroupRate
from algo_audit.report import document
from algo_audit.report.building import build_report, walk
from algo_audit.report.chapters.model_grid import grid
from algo_audit.report.document import Cell, Figure, Paragraph, Section, Table
from algo_audit.report.folding import folded
from algo_audit.report.phrases import Phrases
from algo_audit.report.privacy import Masked, mask

from .document_texts import texts_of
from .model_texts import only
from .realistic import realistic_result
from .realistic_model import realistic_model, with_model

WORDS = {"fr": "moins de 5, ou protégé", "en": "fewer than 5, or protected"}
NOTHING = {"fr": "Rien ne peut être montré ici", "en": "Nothing can be shown here"}


def hidden(group: GroupRate) -> GroupRate:
    return replace(
        group, n=None, events=None, rate=replace(group.rate, value=None, low=None, high=None)
    )


def report(monkeypatch, result, language):
    monkeypatch.setattr(
        "algo_audit.report.building.masked", lambda result, audience: Masked(result, audience, 5)
    )
    return build_report(result, language, audience="committee")


def found(made, id_):
    return next(section for section in walk(made.sections) if section.id == id_)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_crossing_that_is_hidden_is_one_sentence(language, monkeypatch):
    result = realistic_result()
    crossed = "sex × age"
    result = replace(
        result,
        groups=tuple(hidden(g) if g.attribute == crossed else g for g in result.groups),
        comparisons=tuple(c for c in result.comparisons if c.attribute != crossed),
    )
    section = found(report(monkeypatch, result, language), "intersections-1")
    (block,) = section.blocks
    assert isinstance(block, Paragraph)
    assert NOTHING[language] in block.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_many_hidden_groups_stand_in_one_note_and_not_in_the_figure(language, monkeypatch):
    result = realistic_result()
    one = next(g for g in result.groups if g.attribute == "age" and g.status == "used")
    more = [hidden(replace(one, group=f"tranche {n}", status="small")) for n in range(6)]
    result = replace(result, groups=(*result.groups, *more))
    section = found(report(monkeypatch, result, language), "gaps-2")
    drawn = next(block for block in section.blocks if isinstance(block, Figure))
    assert "tranche" not in drawn.svg
    assert "tranche" not in drawn.alternative
    tables = [drawn.data, *(b for b in section.blocks if isinstance(b, Table) and "lack" in b.id)]
    for table in tables:
        assert not any("tranche" in row[0].text for row in table.rows)
        (note,) = [note for note in table.notes if "tranche 0" in note]
        assert "tranche 5" in note
        assert note.startswith("6")


def line(name, *numbers):
    return (Cell(name), *(Cell(number, numeric=True) for number in numbers))


@pytest.mark.parametrize("many", [3, 4, 30])
def test_a_few_hidden_lines_stay_and_many_are_folded(many):
    phrases = Phrases("fr", "committee", 5)
    rows = [line("seen", "12", "–")]
    rows += [line(f"g{n}", phrases.hidden, phrases.absent) for n in range(many)]
    table = Table("t", "caption", ("group", "people", "rate"), tuple(rows))
    (section,) = folded([Section("s", "", "title", (table,))], phrases)
    (kept,) = section.blocks
    if many == 3:
        assert kept == table
        return
    assert kept.rows == (rows[0],)
    (note,) = kept.notes
    assert note.startswith(str(many))
    assert "g0" in note
    assert f"g{many - 1}" not in note or many < 10
    if many == 30:
        assert "22 autres" in note


def test_what_stays_beside_a_hidden_table_makes_its_name_needed():
    phrases = Phrases("en", "committee", 5)
    gone = Table("a", "first", ("group", "people"), (line("x", phrases.hidden),))
    kept = Table("b", "second", ("group", "people"), (line("x", "12"),))
    (section,) = folded([Section("s", "", "title", (gone, kept))], phrases)
    assert section.blocks[1] == kept
    assert "“first”" in section.blocks[0].text
    deeper = Section("s", "", "title", (), (Section("t", "", "inner", (gone,)),))
    (section,) = folded([deeper], phrases)
    assert NOTHING["en"] in section.sections[0].blocks[0].text


def test_the_merged_line_alone_is_everybody_and_shows_nothing():
    phrases = Phrases("en", "committee", 5)
    rows = (line("x", phrases.hidden), line(phrases.group(OTHER_GROUPS), "2,582"))
    (section,) = folded(
        [Section("s", "", "title", (Table("a", "first", ("group", "people"), rows),))], phrases
    )
    assert NOTHING["en"] in section.blocks[0].text
    (section,) = folded(
        [Section("s", "", "title", (Table("a", "first", ("group", "people"), rows[1:]),))], phrases
    )
    assert isinstance(section.blocks[0], Table)


def test_a_group_whose_comparison_is_hidden_is_not_called_the_reference(monkeypatch):
    result = realistic_result()
    gone = [c for c in result.comparisons if c.attribute == "age" and c.group == "30-39"]
    assert gone
    result = replace(result, comparisons=tuple(c for c in result.comparisons if c not in gone))
    section = found(report(monkeypatch, result, "en"), "gaps-2")
    table = next(b for b in section.blocks if isinstance(b, Table) and "lack" in b.id)
    said = {row[0].text: row[-1].text for row in table.rows}
    assert said["“30-39”"] == "counted, not compared"
    assert list(said.values()).count("reference") == 1


def test_nothing_is_folded_where_nothing_is_hidden():
    table = Table("a", "first", ("group", "people"), tuple(line(str(n), "–") for n in range(9)))
    section = Section("s", "", "title", (table,))
    assert folded([section], Phrases("en", "full", None)) == (section,)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_measures_that_nobody_can_know_are_one_sentence(language):
    result = realistic_result()
    rows = [c for c in result.comparisons if c.missing_reason == "labels_only_for_selected"]
    assert rows
    for name in ("false_positive_rate", "accuracy"):
        rows.append(replace(rows[0], measure=name))
    result = replace(result, comparisons=(*result.comparisons, *rows[1:]))
    section = found(build_report(result, language, audience="full"), "scores-measures")
    texts = [text for _, text in texts_of_section(section)]
    reason = Phrases(language, "full", None).coded("reason", "labels_only_for_selected")
    assert sum(reason in text for text in texts) == 1
    names = {Phrases(language, "full", None).coded("measure", c.measure) for c in rows}
    (said,) = [text for text in texts if reason in text]
    assert all(name in said for name in names)
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert tables
    assert not any(row[0].text in names for table in tables for row in table.rows)


def texts_of_section(section):
    made = document.Document("en", "full", "t", "s", "b", (section,), meta={"cartouche": ()})
    return texts_of(made)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_grid_lines_of_a_column_counted_elsewhere_say_so_once(language):
    site = [
        GridLine("site", "site", "levels", name, points, people=n, mean_points=points, deciding=9)
        for name, points, n in (("A", 3.0, 1237), ("B", 0.0, 1563))
    ]
    other = GridLine("test", "test_metier", "per_unit", "", 2.0, 0.0, 40.0, people=2800, deciding=3)
    shown = mask(with_model(realistic_model(lines=(*site, other), effects=())), "committee").model
    section = only(grid, shown, language, 5)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[2].text for row in table.rows[:2]] == ["3", "0"]
    assert {row[3].text for row in table.rows[:2]} == {"–"}
    assert WORDS[language] not in [cell.text for row in table.rows[:2] for cell in row]
    assert sum("site" in note for note in table.notes) == 1
