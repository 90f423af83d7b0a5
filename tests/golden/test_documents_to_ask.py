"""Without the system: the list of documents to ask for, in place of a sheet."""

from __future__ import annotations

import re

import pytest

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.report.document import ListBlock, Paragraph
from algo_audit.report.html import render_html
from algo_audit.report.sheet_documents import RIGHTS, build_request

from .document_texts import texts_of
from .readability import mean_length, reading_ease
from .realistic_person import SOURCE
from .test_language import ENGLISH, FRENCH, VERDICT_WORDS, unquoted

LANGUAGES = ("fr", "en")


def lists(made) -> list[ListBlock]:
    return [b for one in made.sections for b in one.blocks if isinstance(b, ListBlock)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["public", "private", "unknown"])
def test_what_to_ask_and_on_which_text(language, status):
    made = build_request(language, source=SOURCE, outcome="decision", status=status)
    asked, rights = lists(made)
    assert len(asked.items) == 7
    anchors = load_anchor_file().anchors
    other = {"public": "private", "private": "public"}.get(status)
    keys = [key for key in RIGHTS if anchors[key].employers != other]
    keys.sort(key=lambda key: status == "private" and "crpa" in key)
    assert len(rights.items) == len(keys)
    for key, item in zip(keys, rights.items, strict=True):
        article = anchors[key].article[language]
        assert article in item, key
        assert item.endswith("*") == anchors[key].from_memory, key
    assert any("C-203/22" in item for item in rights.items)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_and_in_one_language(language):
    made = build_request(language, source=SOURCE, outcome="decision")
    other = ENGLISH if language == "fr" else FRENCH
    for place, text in texts_of(made):
        bare = re.sub(r"\[[^]]*\]\*?$", "", unquoted(text))
        assert not re.search(other, bare, re.IGNORECASE), (place, text)
        assert not re.search(VERDICT_WORDS, text, re.IGNORECASE), (place, text)
    texts = [block.text for one in made.sections for block in one.blocks
             if isinstance(block, Paragraph)]  # fmt: skip
    texts += [
        re.sub(r"\s*\[[^]]*\]\*?$", "", item) for block in lists(made) for item in block.items
    ]
    assert reading_ease(texts, language) >= {"fr": 80.0, "en": 65.0}[language]
    assert mean_length(texts) <= 18


def test_the_page_names_the_file_and_nobody():
    page = render_html(build_request("en", source=SOURCE, outcome="decision"))
    assert SOURCE.name in page
    assert SOURCE.sha256 not in page
    assert "<!doctype html>" in page
