"""No text of one language in the other, and French as a French printer sets it."""

from __future__ import annotations

import re
import string

import pytest

from algo_audit.i18n.catalogue import _messages

from .document_texts import texts_of

DOMAINS = ("report", "findings", "journal", "model", "drivers")
# Words that one language cannot do without and the other does not have.
ENGLISH = (
    r"\b(the|of|with|and|is|are|was|were|this|that|those|people|than|from|between|which|what)\b"
)
FRENCH = r"\b(le|les|des|du|une|est|sont|avec|pour|dans|que|qui|sur|aux|leur|cette|entre|écart)\b"
# Titles of papers and of legal texts stay in their own language.
FOREIGN = ("method-sources", "anchors", "examined", "provenance")
VERDICT_WORDS = (
    r"\b(fair|unfair|fairly|compliant|lawful|unlawful|illegal|equitable|biased|unbiased"
    r"|équitables?|inéquitables?|conformes?|légale?s?|illégale?s?|discriminatoires?|neutres?)\b"
)


def unquoted(text: str) -> str:
    """Text without what the file writes."""
    return re.sub(r"«[^»]*»|“[^”]*”", "", text)


def test_no_english_in_french(documents):
    for audience in ("full", "public"):
        for place, text in texts_of(documents["fr", audience], without=FOREIGN):
            assert not re.search(ENGLISH, unquoted(text), re.IGNORECASE), (place, text)


def test_no_french_in_english(documents):
    for audience in ("full", "public"):
        for place, text in texts_of(documents["en", audience], without=FOREIGN):
            assert not re.search(FRENCH, unquoted(text), re.IGNORECASE), (place, text)


def test_french_spaces_and_marks(documents):
    for place, text in texts_of(documents["fr", "full"], without=("provenance",)):
        assert not re.search(r" [;:!?%»]", text), (place, text)
        assert not re.search(r"[^\u202f\s(]%", text), (place, text)
        assert not re.search(r"[^\u202f\s][;!?]", text), (place, text)
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", text), (place, text)
        assert "'" not in text, (place, text)
        assert '"' not in text, (place, text)
        assert not re.search(r"\b(à|de) le groupe\b", text), (place, text)
        # decimal comma; versions, and the numbers of judgments and articles, are no decimals
        if place != "anchors" and "algo_audit" not in text:
            assert not re.search(r"\d\.\d", unquoted(text)), (place, text)


def test_english_marks(documents):
    for place, text in texts_of(documents["en", "full"], without=("anchors",)):
        assert "\u202f" not in text, (place, text)
        assert "«" not in text, (place, text)
        assert "'" not in text, (place, text)
        assert not re.search(r"\d,\d{1,2}(?!\d)", unquoted(text)), (place, text)


def test_it_never_says_whether_that_is_right(documents):
    for pair, made in documents.items():
        for place, text in texts_of(made, without=("anchors", "method-sources")):
            assert not re.search(VERDICT_WORDS, text, re.IGNORECASE), (pair, place, text)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_hold_the_same_keys_with_the_same_places(domain):
    french, english = _messages("fr", domain), _messages("en", domain)
    assert set(french) == set(english)
    for key, forms in french.items():
        assert len(forms) == len(english[key]), key
        assert all(form.strip() for form in (*forms, *english[key])), key
        union = {place for form in forms for place in places(form)}
        assert union == {place for form in english[key] for place in places(form)}, key


def test_a_key_lives_in_one_domain():
    seen: set[str] = set()
    for domain in DOMAINS:
        keys = set(_messages("fr", domain))
        assert not keys & seen
        seen |= keys
