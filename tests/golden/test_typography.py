"""Texts that a declaration brings into a document are set as the language's printers do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from algo_audit.report.building import build_report
from algo_audit.report.data_sheet import build_data_sheet
from algo_audit.report.negotiation import build_summary
from algo_audit.report.sheet import build_sheet

from . import realistic_person as people
from .document_texts import texts_of
from .realistic_model import criteria, realistic_model, with_model

# As somebody types on a keyboard; the mark says where the text was used.
TYPED = "L'essai{mark} : « oui » ; 5 000 ? 3 % !"
SET = "L’essai{mark}\u00a0: «\u00a0oui\u00a0»\u202f; 5\u202f000\u202f? 3\u202f%\u202f!"
LOOSE = re.compile(r"[^\s] [:;!?»%](?![^\s»])|« ")


def typed(mark: str) -> str:
    return TYPED.format(mark=mark)


def declared():
    """A result all of whose declared texts were typed with ordinary spaces."""
    texts = {name: typed(name) for name in ("title", "story")}
    named = tuple(
        replace(
            one,
            label={"fr": typed(f"label{n}"), "en": "x"},
            purpose={"fr": typed(f"purpose{n}"), "en": "x"},
            source={"fr": typed(f"source{n}"), "en": "x"},
        )
        for n, one in enumerate(criteria())
    )
    result = with_model(realistic_model(criteria=named))
    policy = replace(
        result.policy,
        primary_chosen_by=typed("chosen"),
        margin_source=typed("margin"),
        eligible_defined_by=typed("eligible"),
    )
    case = {**result.case, "texts": {"fr": texts, "en": texts}}
    return replace(result, policy=policy, case=case)


def test_declared_texts_are_set_in_french_wherever_they_are_used():
    report = build_report(declared(), "fr", audience="full")
    texts = [text for _, text in texts_of(report)]
    marks = ["title", "story", "chosen", "margin", "eligible", "label0", "purpose0", "source0"]
    for mark in marks:
        assert any(SET.format(mark=mark).lower() in text.lower() for text in texts), mark
    assert not [text for text in texts if re.search(r"L'essai|essai\w* :", text)]
    assert not [text for text in texts if LOOSE.search(text)]
    summary = [text for _, text in texts_of(build_summary(declared(), "fr", audience="full"))]
    assert not [text for text in summary if LOOSE.search(text)]


def test_english_texts_are_left_as_they_are():
    report = build_report(declared(), "en", audience="full")
    assert report.title == typed("title")


def test_a_sheet_sets_what_the_employer_declared():
    person = people.EVERYBODY["refused"]()
    person = replace(
        person,
        criteria=tuple(
            replace(
                one,
                label={"fr": typed("label"), "en": "x"},
                purpose={"fr": typed("purpose"), "en": "x"},
            )
            for one in person.criteria
        ),
    )
    made = build_sheet(
        person,
        "fr",
        source=people.SOURCE,
        actions=people.ACTIONS,
        texts={"fr": {"title": typed("title")}, "en": {}},
        made_on="2026-11-23",
        version="0",
    )
    texts = [text for _, text in texts_of(made)]
    assert any(SET.format(mark="purpose") in text for text in texts)
    assert not [text for text in texts if "L'essai" in text or LOOSE.search(text)]


@pytest.mark.parametrize("key", ["recruitment", "dispatch"])
def test_a_data_sheet_is_set_as_well(key):
    text = build_data_sheet(key, "fr")
    assert "\n\n## " in text
    assert not [line for line in text.split("\n") if LOOSE.search(line)]
