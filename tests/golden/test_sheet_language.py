"""The sheet in plain words: each language alone, no jargon, a readability figure."""

from __future__ import annotations

import re

import pytest

from algo_audit.report.document import Document

from . import realistic_person as people
from .document_texts import texts_of
from .readability import mean_length, reading_ease, sentences_of, syllables, words_of
from .sheets import SHEETS, prose
from .test_language import ENGLISH, FRENCH, VERDICT_WORDS, unquoted

# A union representative should never have to look one of these up.
JARGON = (
    r"\b(shapley|contrefactuel\w*|counterfactual\w*|log[- ]odds|quantile\w*|percentile\w*"
    r"|probabilit\w+|modèles?|models?|variables?|régression\w*|regression\w*|algorithm\w*"
    r"|seuils?|thresholds?|features?|inputs?|outputs?|scoring|pondération\w*|paramètres?"
    r"|parameters?|coefficients?|distribution\w*|robust\w*|fidélité|fidelity|surrogate"
    r"|bootstrap|intervalles?|intervals?|stabilité|stability|recourse|pool)\b"
)


def written(document: Document) -> list[tuple[str, str]]:
    """Our own words: quotations and declared texts apart."""
    return [(place, unquoted(text)) for place, text in texts_of(document) if place != "sheet-data"]


def test_no_jargon():
    for (name, language), made in SHEETS.items():
        for place, text in written(made):
            bare = re.sub(r"\[[^]]*\]\*?$", "", text)
            for file in ("modele.skops", "grille-2026.toml"):
                bare = bare.replace(file, "")
            if name != "hostile":
                assert not re.search(JARGON, bare, re.IGNORECASE), (name, language, place, text)


@pytest.mark.parametrize("name", [name for name in people.EVERYBODY if name != "hostile"])
def test_plain_language(name):
    """Measured: 92 to 95 in French, 80 to 83 in English; 8 words a sentence."""
    for language, ease in (("fr", 80.0), ("en", 70.0)):
        texts = prose(SHEETS[name, language])
        assert len(words_of(" ".join(texts))) > 250
        assert reading_ease(texts, language) >= ease
        assert mean_length(texts) <= 12
        longest = max(sentences_of(texts), key=lambda one: len(words_of(one)))
        assert len(words_of(longest)) <= 26, longest


def test_no_language_in_the_other():
    for (name, language), made in SHEETS.items():
        if name == "hostile":
            continue
        other = ENGLISH if language == "fr" else FRENCH
        for place, text in written(made):
            # titles of courts' cases and of laws are names
            bare = re.sub(r"\[[^]]*\]\*?$", "", text)
            assert not re.search(other, bare, re.IGNORECASE), (name, place, text)


def test_french_spaces_and_marks():
    for name in people.EVERYBODY:
        if name == "hostile":
            continue
        for place, text in texts_of(SHEETS[name, "fr"]):
            assert not re.search(r" [;:!?%»]", text), (place, text)
            assert not re.search(r"[^\u202f\s][;!?%]", text), (place, text)
            assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", text), (place, text)
            assert "'" not in text, (place, text)


def test_it_never_says_whether_that_is_right():
    for made in SHEETS.values():
        for place, text in texts_of(made):
            assert not re.search(VERDICT_WORDS, text, re.IGNORECASE), (place, text)


@pytest.mark.parametrize(
    ("word", "language", "number"),
    [("maison", "fr", 2), ("règle", "fr", 1), ("élève", "fr", 2), ("données", "fr", 2),
     ("suivent", "fr", 1), ("décision", "fr", 3), ("the", "en", 1), ("decision", "en", 3),
     ("score", "en", 1), ("better", "en", 2), ("asked", "en", 1)],
)  # fmt: skip
def test_syllables(word, language, number):
    assert syllables(word, language) == number


def test_reading_ease_of_a_published_sentence():
    """“The cat sat on the mat.” has the ease 116.145 (six words of one syllable)."""
    assert reading_ease(["The cat sat on the mat."], "en") == pytest.approx(116.145)
