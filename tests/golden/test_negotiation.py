"""The two-page summary and the contradictory form."""

from __future__ import annotations

import pytest

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report import document
from algo_audit.report.building import walk
from algo_audit.report.docx import write_docx
from algo_audit.report.negotiation import FACTS, box_id, build_form, build_summary
from algo_audit.report.word_answers import read_answers

from .document_texts import texts_of
from .realistic import realistic_result


def blocks(made: document.Document, kind: type) -> list:
    return [b for s in walk(made.sections) for b in s.blocks if isinstance(b, kind)]


@pytest.fixture(scope="module")
def result():
    return realistic_result()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("audience", ["full", "committee", "public"])
def test_the_summary_holds_facts_sureness_and_questions(result, language, audience):
    made = build_summary(result, language, audience=audience)
    facts = blocks(made, document.Finding)
    assert len(facts) == min(FACTS, len(result.findings))
    assert [s.id for s in made.sections] == ["summary-system", "summary-facts", "summary-sure", "summary-questions"]  # fmt: skip
    questions = blocks(made, document.ListBlock)[-1]
    assert questions.items
    assert len(set(questions.items)) == len(questions.items)
    assert not any("{" in text for _, text in texts_of(made))


def test_no_heading_stands_empty(result):
    for build in (build_summary, build_form):
        for section in walk(build(result, "fr").sections):
            assert section.blocks or section.sections


def test_every_finding_has_its_boxes_by_a_name_that_lasts(result):
    made = build_form(result, "fr")
    names = [box.id for box in blocks(made, document.AnswerBox)]
    assert len(names) == len(set(names))
    for finding in result.findings:
        for box in ("employer", "representatives", "exhibit"):
            assert box_id(finding.id, box) in names


def test_answers_are_carried_over_and_none_is_lost(result, tmp_path):
    first, name = result.findings[0], box_id(result.findings[0].id, "employer")
    answers = {name: "Nous vérifions.\nPièce 3.", "gap:gone:X|employer": "ancienne réponse"}
    answers[box_id("form", "present")] = "Mme A."
    write_docx(build_form(result, "fr", answers=answers), tmp_path / "form.docx")
    again = read_answers(tmp_path / "form.docx")
    assert {key: text for key, text in again.items() if text} == answers
    second = build_form(result, "en", answers=again)
    assert {b.id: b.text for b in blocks(second, document.AnswerBox) if b.text} == answers
    assert first.id in name


def test_every_finding_that_can_be_made_raises_a_question():
    from algo_audit.findings import _TIERS

    for language in ("fr", "en"):
        catalogue = Catalogue(language, ("negotiation", "stages"))
        for code in _TIERS:
            assert catalogue.has(f"question.{code}.1"), code
