"""The sheet that a person receives: complete, plain, and with nobody else in it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pikepdf
import pytest

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.errors import AuditError
from algo_audit.explain.person import InputValue
from algo_audit.explain.person_operations import Operation
from algo_audit.explain.recourse import Recourse
from algo_audit.models.rule import Rule
from algo_audit.report.document import Document, Figure, ListBlock, Note, Paragraph, Table
from algo_audit.report.html import render_html
from algo_audit.report.sheet_rights import RIGHTS, rights_for

from . import realistic_person as people
from .sheets import LANGUAGES, SHEETS, section, sheet, text_of


@pytest.fixture(params=SHEETS, ids="-".join)
def made(request: pytest.FixtureRequest) -> Document:
    return SHEETS[request.param]


# --- what the law asks for ---------------------------------------------------------------------


def test_the_four_elements_and_the_rest_stand_in_order(made):
    assert [one.id.removeprefix("sheet-") for one in made.sections] == [
        "decision", "data", "weight", "operations", "ways", "steady", "rights", "made",
    ]  # fmt: skip
    assert [one.number for one in made.sections] == list("12345678")
    assert made.audience == "person"


def test_degree_and_mode_of_the_contribution():
    text = text_of(sheet(people.person()), "decision")
    assert "The system’s advice was not in your favour. The decision followed this advice." in text
    assert "decisions follow the advice 94 times in 100" in text
    assert "The best scores are chosen: there were 4 places." in text
    assert "12 March 2026" in text.replace("\u00a0", " ")
    text = text_of(sheet(people.without_way()), "decision")
    assert "does not keep the advice" in text
    assert "gives no date" in text


def test_what_lacks_to_a_threshold_is_the_difference():
    """The pass mark is nobody's score: 70 - 65.7 = 4.3, whatever step was told."""
    description = people.grid_description(Rule("threshold", 70.0))
    text = text_of(sheet(people.person(description=description, lacking=5.0)), "decision")
    assert "You were 4.3 points short." in text
    assert "You were 4.5 points short of a place." in text_of(sheet(people.person()), "decision")


def test_log_odds_are_told_out_of_a_hundred():
    """Log-odds of -0.4055 and 0.4055 are chances of 2 in 5 and 3 in 5."""
    made = people.learned()
    description = replace(made.description, scale="log_odds", rule=Rule("threshold", 0.405465))
    person = replace(
        made, description=description, score=-0.405465, base=-0.1, needed=0.405465, lacking=0.81093
    )
    text = text_of(sheet(person), "decision")
    assert "The score needed was at least: 60 out of 100. Your score: 40 out of 100." in text
    assert "You were 20 points short." in text
    assert "average" not in text  # the mean of log-odds is no mean chance
    far = replace(person, score=-900.0, lacking=900.4)
    assert "Your score: 0 out of 100" in text_of(sheet(far), "decision")


def test_a_decision_against_the_score_says_so():
    made = sheet(people.against_the_score())
    assert "Your score was enough. The decision goes against it" in text_of(made, "decision")
    assert "does not explain the decision" in text_of(made, "ways")
    assert "followed this advice" not in text_of(made, "decision")


def test_every_value_with_its_source_or_that_it_was_not_told():
    made = sheet(people.person(), "fr")
    table = next(b for b in section(made, "data").blocks if isinstance(b, Table))
    assert [row[0].text for row in table.rows] == list(people.COLUMNS)
    assert [row[1].text for row in table.rows] == ["Bac+2", "2,5", "11,5", "8", "14,2"]
    assert table.rows[2][2].text == "Test en ligne, le même pour tous"
    assert table.rows[4][2].text == "Non dit par l’employeur"
    blank = next(b for b in section(sheet(people.learned()), "data").blocks if isinstance(b, Table))
    assert blank.rows[-1][1].text == "nothing (left blank)"
    assert len(blank.columns) == 3  # no purpose was declared: no column of nothing


def test_points_of_a_grid_and_shares_of_a_learned_model():
    figure = next(
        b for b in section(sheet(people.person()), "weight").blocks if isinstance(b, Figure)
    )
    assert "test: 23 of 40, against you." in figure.alternative
    assert [row[1].value for row in figure.data.rows] == [10.0, 12.5, 23.0, 11.0, 9.16]
    figure = next(
        b for b in section(sheet(people.learned()), "weight").blocks if isinstance(b, Figure)
    )
    assert figure.data.rows[0][0].text == "test_metier"
    assert "50% of the weight, against you" in figure.alternative
    assert sum(row[1].value for row in figure.data.rows) == pytest.approx(1.0)


def test_operations_in_the_order_performed():
    block = next(b for b in section(sheet(people.accepted()), "operations").blocks)
    assert isinstance(block, ListBlock)
    assert block.ordered
    assert block.items[0] == "diplome: Bac+5, that is 20 points."
    assert block.items[-3:] == (
        "Sum: 94 points.",
        "Rounded: 94 points.",
        "Compared with what was needed, 70 points: your score is enough.",
    )


def test_an_operation_says_the_value_and_the_band_or_that_it_was_blank():
    lines = (
        Operation("points", "test_metier", "", 23.0, 11.5),
        Operation("points", "experience_annees", "10+", 15.0, 16.0),
        Operation("points", "distance_km", "", 0.0, blank=True),
        Operation("points", "diplome", "", 5.0),
    )
    french = sheet(people.person(operations=lines), "fr")
    block = next(b for b in section(french, "operations").blocks if isinstance(b, ListBlock))
    assert [one.replace("\u00a0", " ") for one in block.items] == [
        "test_metier : 11,5, soit 23 points.",
        "experience_annees : 16 (tranche 10+), soit 15 points.",
        "distance_km : rien (case vide), soit 0 point.",
        "diplome : 5 points.",
    ]


def test_a_blank_is_said_with_what_to_do_about_it():
    whole = people.person()
    assert "left blank" not in text_of(sheet(whole), "data")
    data = (InputValue("distance_km", "", blank=True), *whole.data[1:])
    assert "ask for it to be filled in" in text_of(sheet(replace(whole, data=data)), "data")


def test_numbers_are_written_as_the_language_does():
    whole = people.person()
    data = (InputValue("test_metier", "11,50", number=11.5), *whole.data[1:])
    for language, written in (("fr", "11,5"), ("en", "11.5")):
        made = sheet(replace(whole, data=data), language)
        table = next(b for b in section(made, "data").blocks if isinstance(b, Table))
        assert table.rows[0][1].text == written


def test_a_tie_for_the_last_place_is_said():
    """Points lacking would be untrue: somebody with the same score was taken."""
    text = text_of(sheet(people.person(tied=True)), "decision")
    assert "It is the score of the last place, and others have it too." in text
    assert "points short" not in text
    assert "a tie for the last place" in text_of(sheet(people.person(tied=True)), "operations")
    assert "last place" not in text_of(sheet(people.person()), "decision")


def test_criteria_go_by_the_names_that_the_parties_gave_them():
    whole = people.person()
    named = tuple(
        replace(one, label={"fr": "Test métier (sur 20)", "en": "Job test (out of 20)"})
        if one.key == "test"
        else one
        for one in whole.criteria
    )
    for language, label in (("fr", "Test métier (sur 20)"), ("en", "Job test (out of 20)")):
        made = sheet(replace(whole, criteria=named), language)
        text = " ".join(text_of(made, name) for name in ("data", "weight", "operations", "ways"))
        assert label in text
        assert "test_metier" not in text


def test_main_reasons_are_on_the_right_side(made):
    notes = [b for b in section(made, "weight").blocks if isinstance(b, Note)]
    assert len(notes) == 2
    assert all(1 <= len(note.text) <= 3 for note in notes)


# --- ways --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "pas une garantie"), ("en", "no guarantee")]
)
def test_each_way_says_under_which_conditions(language, words):
    block = section(sheet(people.person(), language), "ways").blocks[1]
    assert isinstance(block, ListBlock)
    assert len(block.items) == 2
    assert all(words in item for item in block.items)
    assert ("deux mois de préparation" if language == "fr" else "two months’ work") in block.items[
        0
    ]


REASONS = (
    "already_favourable",
    "nothing_actionable",
    "out_of_reach",
    "not_plausible",
    "no_place",
    "no_rule",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_no_way_the_reason_is_said(language):
    said = {
        reason: text_of(sheet(people.person(recourse=Recourse((), reason)), language), "ways")
        for reason in REASONS
    }
    assert len(set(said.values())) == len(REASONS)
    assert not any(reason in text for reason in REASONS for text in said.values())


# --- nobody else -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_pool_the_last_score_taken_is_not_told(language):
    """77.25 is somebody's score; only what was lacking, rounded, is told."""
    operations = (*people.person().operations[:-1],
                  replace(people.person().operations[-1], value=77.25))  # fmt: skip
    person = people.person(needed=77.25, lacking=11.6, operations=operations)
    page = render_html(sheet(person, language))
    assert not re.search(r"77[.,]25", page)
    assert re.search(r"11[.,]6", page)
    threshold = people.person(
        description=people.grid_description(Rule("threshold", 77.25)), operations=operations
    )
    assert re.search(r"77[.,]25", render_html(sheet(threshold, language)))


@pytest.mark.parametrize(("rows", "told"), [(5, False), (6, True)])
def test_in_a_tiny_file_no_average_is_told(rows, told):
    """The mean of two people and one's own score give the other's."""
    source = replace(people.SOURCE, rows_used=rows)
    made = sheet(people.person(), source=source)
    assert ("67.5" in render_html(made)) is told
    assert any(isinstance(b, Figure) for b in section(made, "weight").blocks) is told
    assert ("94 times in 100" in text_of(made, "decision")) is told


def test_fingerprints_are_shortened(made):
    page = render_html(made)
    assert not re.search(
        r"[0-9a-f]{20}", re.sub(r"<svg.*?</svg>|data:[^\"]*", "", page, flags=re.DOTALL)
    )
    assert people.SOURCE.sha256[:12] in page


def test_a_stand_in_gives_no_sheet():
    description = replace(people.grid_description(), kind="surrogate")
    with pytest.raises(AuditError) as caught:
        sheet(people.person(description=description))
    assert caught.value.code == "person.stand_in"


# --- rights ------------------------------------------------------------------------------------


def test_rights_are_those_of_the_employer():
    anchors = load_anchor_file().anchors
    assert {anchors[key].employers for key in rights_for("public")} == {"all", "public"}
    assert {anchors[key].employers for key in rights_for("private")} == {"all", "private"}
    assert rights_for("unknown") == RIGHTS


@pytest.mark.parametrize("status", ["public", "private", "unknown"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_right_carries_its_text_and_its_state(language, status):
    anchors = load_anchor_file().anchors
    made = sheet(people.person(), language, status=status)
    block = next(b for b in section(made, "rights").blocks if isinstance(b, ListBlock))
    keys = rights_for(status)
    assert len(block.items) == len(keys)
    told = section(made, "rights").blocks[-1].text
    assert {"fr": "* : cité de mémoire, à vérifier", "en": "*: cited from memory, to be checked"}[
        language
    ] in told.replace("\u00a0", " ")
    for key, item in zip(keys, block.items, strict=True):
        assert anchors[key].citation(language).split(",")[0] in item.replace("\u202f", " ")
        assert item.endswith("*") == anchors[key].from_memory, key
        assert (":" in item[item.rindex("[") :]) == (anchors[key].status != "in_force"), key
        either = ("Employeur public", "Employeur privé", "Public employer", "Private employer")
        named = any(word in item for word in either)
        assert named == (status == "unknown" and anchors[key].employers != "all")
    assert any("CADA" in item for item in block.items) == (status != "private")


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fr", "à remplir par l’employeur"), ("en", "to be filled in by the employer")],
)
def test_what_the_employer_fills_in_is_marked(language, mark):
    made = sheet(people.person(), language)
    blanks = [
        block
        for one in made.sections
        for block in one.blocks
        if isinstance(block, Paragraph) and block.role == "blank"
    ]
    assert len(blanks) == 6
    assert all(mark in block.text for block in blanks)


# --- the page ----------------------------------------------------------------------------------


class _Balanced(HTMLParser):
    void = frozenset({"meta", "br", "img", "link", "hr", "input", "path", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.void:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_of_a_file_is_data(language):
    page = render_html(SHEETS["hostile", language])
    parser = _Balanced()
    parser.feed(page)
    assert not parser.open
    assert "script" not in parser.seen
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page  # it would set the rest of the sentence backwards


def test_a_report_keeps_its_own_page(documents):
    page = render_html(documents["fr", "committee"])
    assert '<nav class="contents"' in page
    assert '<nav class="contents"' not in render_html(SHEETS["refused", "fr"])


@pytest.mark.parametrize("name", ["refused", "hostile"])
def test_the_pdf_has_two_pages_at_most(name):
    from algo_audit.report.pdf import render_pdf

    pdf, warnings = render_pdf(SHEETS[name, "fr"])
    assert warnings == ()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert 1 <= len(opened.pages) <= 2


def test_word_keeps_every_sentence(tmp_path):
    import docx

    from algo_audit.report.docx import write_docx

    write_docx(SHEETS["refused", "fr"], tmp_path / "sheet.docx")
    word = docx.Document(str(tmp_path / "sheet.docx"))
    said = "\n".join(line.text for line in word.paragraphs)
    for one in SHEETS["refused", "fr"].sections:
        for block in one.blocks:
            if isinstance(block, Paragraph):
                assert block.text in said
