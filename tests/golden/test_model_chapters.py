"""The chapter on the system: its tree, with and without a model, whole or hidden."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from algo_audit.explain.chapter import ModelChapters
from algo_audit.fairness.comparison import Estimate
from algo_audit.report import document
from algo_audit.report.building import build_report, context_of, walk
from algo_audit.report.chapters.anchors import anchors
from algo_audit.report.chapters.method import method
from algo_audit.report.chapters.model import model
from algo_audit.report.chapters.model_effects import effects as effects_part
from algo_audit.report.chapters.reading_guide import reading_guide
from algo_audit.report.context import Context
from algo_audit.report.document import Document, Section
from algo_audit.report.phrases import Phrases

from .model_texts import BOTH, MODELS, blocks, chapter, only, plain, said, texts
from .realistic import realistic_result
from .realistic_model import (
    effects,
    missing,
    realistic_model,
    stand_in,
    with_model,
)
from .test_language import ENGLISH, FRENCH, VERDICT_WORDS, unquoted


def test_no_model_no_chapter():
    assert model(Context(realistic_result(), Phrases("fr", "full", None))) is None


def test_parts_in_their_order(chapters):
    assert [part.id for part in chapters["fr", "grid"].sections] == [
        "model-leaks", "model-examined", "model-replay", "model-grid", "model-importance",
        "model-effects", "model-monotony", "model-rules", "model-steady",
    ]  # fmt: skip
    assert [part.id for part in chapters["fr", "stand_in"].sections] == [
        "model-leaks", "model-examined", "model-fidelity", "model-importance", "model-effects",
        "model-monotony", "model-rules", "model-steady",
    ]  # fmt: skip
    assert [part.id for part in chapters["fr", "bare"].sections] == [
        "model-examined", "model-effects", "model-monotony",
    ]  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_both_languages_have_one_shape(chapters, name):
    def shape(section: Section) -> list:
        rows: list = []
        for part in walk((section,)):
            rows.append(part.id)
            for block in part.blocks:
                table = block.data if isinstance(block, document.Figure) else block
                size = (
                    (table.id, len(table.columns), len(table.rows))
                    if isinstance(table, document.Table)
                    else ()
                )
                rows.append((type(block).__name__, size))
        return rows

    assert shape(chapters["fr", name]) == shape(chapters["en", name])


@pytest.mark.parametrize(("language", "name"), BOTH)
def test_every_text_says_something_and_no_key_is_left(chapters, language, name):
    broken = re.compile(r"[{}]|\bNone\b|\bnan\b|\binf\b|  |\bmodel\.[a-z_.]+")
    for place, text in texts(chapters[language, name]):
        assert text.strip(), place
        assert not broken.search(text), (place, text)


@pytest.mark.parametrize(("language", "name"), BOTH)
def test_one_language_and_no_judgement(chapters, language, name):
    other = ENGLISH if language == "fr" else FRENCH
    for place, text in texts(chapters[language, name]):
        assert not re.search(other, unquoted(text), re.IGNORECASE), (place, text)
        assert not re.search(VERDICT_WORDS, text, re.IGNORECASE), (place, text)


@pytest.mark.parametrize("name", MODELS)
def test_french_is_set_as_a_french_printer_does(chapters, name):
    for place, text in texts(chapters["fr", name]):
        assert not re.search(r" [;:!?%»]", text), (place, text)
        assert not re.search(r"[^\u202f\s(]%", text), (place, text)
        assert not re.search(r"[^\u202f\s][;!?]", text), (place, text)
        assert not re.search(r"[^\u00a0\s]:", unquoted(text)), (place, text)
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", text), (place, text)
        assert not re.search(r"['\"]", text), (place, text)
        assert not re.search(r"\d\.\d", unquoted(text)), (place, text)


@pytest.mark.parametrize("name", MODELS)
def test_english_is_set_as_an_english_printer_does(chapters, name):
    for place, text in texts(chapters["en", name]):
        assert "\u202f" not in text, (place, text)
        assert not re.search(r"['«]", text), (place, text)
        assert not re.search(r"\d,\d{1,2}(?!\d)", unquoted(text)), (place, text)


def test_rows_are_as_wide_as_their_heads_and_ids_differ(chapters):
    for section in chapters.values():
        tables = [
            *blocks(section, document.Table),
            *(figure.data for figure in blocks(section, document.Figure)),
        ]
        for table in tables:
            assert {len(row) for row in table.rows} == {len(table.columns)}, table.id
        ids = [table.id for table in tables] + [f.id for f in blocks(section, document.Figure)]
        assert len(ids) == len(set(ids))


# --- leaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grid", "stand_in"])
def test_leaking_inputs_are_named_before_anything_is_explained(chapters, name):
    for language in ("fr", "en"):
        said_first = texts(chapters[language, name].sections[0])
        assert any("date_embauche" in text for _, text in said_first)
        assert any("motif_refus" in text for _, text in said_first)
        order = [place for place, text in texts(chapters[language, name])]
        assert order.index("model-leaks") < order.index("model-examined")


def test_what_a_leak_means_depends_on_whether_there_is_a_model(chapters):
    assert "Le modèle de remplacement a été appris sans." in said(chapters["fr", "stand_in"])
    assert "a appris à deviner la décision" in said(chapters["fr", "grid"])


# --- a stand-in ----------------------------------------------------------------------------


def _own(place: str, text: str) -> bool:
    """Parts that do not speak of what the stand-in does."""
    return place in ("model", "model-leaks", "model-examined", "model-fidelity", "model-rules")


@pytest.mark.parametrize(
    ("language", "full", "brief"),
    [
        ("fr", "elon le modèle de remplacement, qui décide de même dans 87,4 % des cas : ",
         "Selon le modèle de remplacement (87,4 %) : "),
        ("en", "ccording to the stand-in, which decides alike in 87.4% of cases: ",
         "According to the stand-in (87.4%): "),
    ],
)  # fmt: skip
def test_a_stand_in_is_named_in_every_sentence_drawn_from_it(chapters, language, full, brief):
    section = chapters[language, "stand_in"]
    drawn = 0
    for part in section.sections:
        if _own(part.id, ""):
            continue
        for block in part.blocks:
            if isinstance(block, document.ListBlock):
                for item in block.items:
                    assert brief in plain(item) or full in plain(item), item
                    drawn += 1
            if isinstance(block, document.Figure):
                assert any("87" in note for note in block.notes), block.caption
            if isinstance(block, document.Table):
                assert any("87" in note for note in block.notes), block.caption
            if isinstance(block, document.Note) and block.kind == "caution":
                assert all(full in plain(text) for text in block.text)
                drawn += 1
        # a paragraph that carries a number of the stand-in's
        for block in part.blocks:
            if isinstance(block, document.Paragraph) and re.search(r"\d", block.text):
                assert full in plain(block.text), block.text
                drawn += 1
    assert drawn > 10


def test_the_caution_stands_first_and_says_how_far(chapters):
    note = chapters["fr", "stand_in"].blocks[0]
    assert isinstance(note, document.Note)
    assert note.kind == "caution"
    told = plain(" ".join(note.text))
    assert "Sur 840 décisions gardées à part, il décide comme il a été décidé dans 87,4 %" in told
    assert "la plus fréquente y parviendrait dans 79,6 % des cas" in told
    assert "en dessous de 90 %" in told
    assert not isinstance(chapters["fr", "grid"].blocks[0], document.Note)


def test_a_stand_in_no_better_than_chance_says_so():
    found = stand_in()
    fidelity = replace(found.fidelity, chance=0.9)
    told = said(chapter(replace(found, fidelity=fidelity), "en"))
    assert "hardly more than the commoner answer" in told
    assert "would do so in 90.0% of cases. That" not in told


def test_a_hidden_fidelity_is_said_to_be_hidden():
    found = stand_in()
    fidelity = replace(found.fidelity, agreement=missing("masked"))
    told = said(chapter(replace(found, fidelity=fidelity), "fr"))
    assert "Sa fidélité ne peut être montrée à ce public." in told
    assert "dont la fidélité ne peut être montrée ici : " in told
    assert "87,4 % des cas" not in told


# --- hidden numbers ------------------------------------------------------------------------

_KEPT = {"at", "number", "low", "high", "points", "version", "intrusiveness", "value"}


def blanked(value: Any) -> Any:
    """The same with every count gone and every estimate hidden."""
    if isinstance(value, Estimate):
        return missing("masked")
    if isinstance(value, tuple):
        return tuple(blanked(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {}
    for field in fields(value):
        item = getattr(value, field.name)
        optional = "None" in str(field.type) or field.name in ("n", "events", "people", "rows")
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            changes[field.name] = None if optional and field.name not in _KEPT else item
        else:
            changes[field.name] = blanked(item)
    return replace(value, **changes)


@pytest.mark.parametrize(("language", "name"), BOTH)
def test_hidden_numbers_are_words(language, name):
    hidden = blanked(MODELS[name]())
    section = chapter(hidden, language, threshold=5)
    broken = re.compile(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ")
    for place, text in texts(section):
        assert text.strip(), place
        assert not broken.search(text), (place, text)
    told = said(section)
    for number in ("2 800", "2,800", "87,4", "87.4", "95,7", "95.7", "1 486", "1,486"):
        assert number not in told, number


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("language", "audience"), [("fr", "public"), ("en", "committee")])
def test_every_audience_has_the_chapter(language, name, audience):
    section = model(context_of(with_model(MODELS[name]()), language, audience))
    assert section is not None
    broken = re.compile(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ")
    for place, text in texts(section):
        assert text.strip(), place
        assert not broken.search(text), (place, text)
    if name != "bare":
        step = {"committee": "5", "public": "10"}[audience]
        rounded = {"fr": "arrondis par pas de", "en": "rounded to steps of"}[language]
        assert f"{rounded} {step}" in said(section)


def test_a_place_left_alone_by_privacy_is_not_called_the_only_value():
    one = replace(effects()[0], points=effects()[0].points[5:6])
    found = realistic_model(effects=(one, replace(one, column="none_left", points=())))
    told = said(only(effects_part, found, "fr", threshold=5))
    assert "n’a qu’une valeur" not in told
    assert "« none_left » pour décrire son effet" in told
    assert "« test_metier » n’a qu’une valeur" in said(only(effects_part, found, "fr"))


# --- method and reading guide --------------------------------------------------------------


def _method(found: ModelChapters | None, language: str) -> str:
    result = realistic_result() if found is None else with_model(found)
    return said(method(Context(result, Phrases(language, "full", None))))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_name_of_the_parts_stands_in_the_method_alone(chapters, language):
    for name in MODELS:
        assert "Shapley" not in said(chapters[language, name])
    told = _method(realistic_model(), language)
    assert told.count("Shapley") == 2  # how it is worked out, and its source
    assert "Shapley" not in _method(None, language)


def test_the_method_tells_what_was_done():
    told = _method(stand_in(), "fr")
    assert "(au plus 1 000, tirées avec la graine de l’audit)" in told
    assert "comptés sur les 30 % gardés à part" in told
    assert "Modèle de remplacement" in told
    assert "Redonner les décisions" not in told  # a stand-in is not replayed


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_reading_guide_has_the_words_of_the_chapter(language):
    def ids(found: ModelChapters | None) -> list[str]:
        result = realistic_result() if found is None else with_model(found)
        made = reading_guide(Context(result, Phrases(language, "full", None)))
        return [section.id for section in made.sections]

    assert ids(stand_in())[-1] == "reading-model"
    assert "reading-model" not in ids(None)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_texts_on_explanation_stand_beside_a_model_only(language):
    def tables(result: Any) -> dict[str, document.Table]:
        made = anchors(Context(result, Phrases(language, "full", None)))
        return {b.id: b for b in made.blocks if isinstance(b, document.Table)}

    with_one = tables(with_model(realistic_model()))
    ids = [row[0].value for row in with_one["anchors-explanation"].rows]
    assert "eu-ai-act-86" in ids
    every = [row[0].value for table in with_one.values() for row in table.rows]
    assert len(every) == len(set(every))
    assert "anchors-explanation" not in tables(realistic_result())


def test_the_whole_document_holds_the_chapter(chapters):
    made: Document = build_report(with_model(realistic_model()), "fr", audience="full")
    places = [section.id for section in made.sections]
    assert places.index("scores") < places.index("model") < places.index("limits")
