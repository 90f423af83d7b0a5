"""Readability figures, written out here so that the tests need no library.

English: reading ease of R. Flesch, "A new readability yardstick", Journal of Applied Psychology
32 (1948): 206.835 - 1.015 words/sentences - 84.6 syllables/words. French: its adaptation by
L. Kandel and A. Moles, "Application de l'indice de Flesch à la langue française", Cahiers d'études
de radio-télévision 19 (1958): 207 - 1.015 words/sentences - 73.6 syllables/words. Both run from
0 (very hard) to 100 (very easy); 60 to 70 is plain language. (textstat uses the same constants.)
Syllables are counted by groups of vowels, mute endings apart: an approximation of a few percent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-’][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_VOWELS = {
    "fr": re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+"),
    "en": re.compile(r"[aeiouy]+"),
}
_MUTE = {
    "fr": re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûü])(e|es)$|(?<=[a-z])ent$"),
    "en": re.compile(r"(?<=[^aeiouyl])(e|es|ed)$"),
}
_WEIGHTS = {"fr": (207.0, 1.015, 73.6), "en": (206.835, 1.015, 84.6)}


def words_of(text: str) -> list[str]:
    """Words of letters; an elision belongs to its word (l’avis: one)."""
    return _WORD.findall(text.lower())


def sentences_of(texts: Iterable[str]) -> list[str]:
    """Sentences: a text ends one, and so do . ! and ? within it; a colon does not."""
    parts = [part for text in texts for part in _SENTENCE.split(text.replace("\u202f", ""))]
    return [part for part in parts if words_of(part)]


def syllables(word: str, language: str) -> int:
    """Groups of vowels, a mute ending apart; at least one."""
    said = _MUTE[language].sub("", word)
    return max(1, len(_VOWELS[language].findall(said)))


def reading_ease(texts: Iterable[str], language: str) -> float:
    """Flesch's reading ease, or its French adaptation: higher is easier."""
    sentences = sentences_of(texts)
    words = [word for sentence in sentences for word in words_of(sentence)]
    base, by_sentence, by_word = _WEIGHTS[language]
    long = sum(syllables(word, language) for word in words) / len(words)
    return base - by_sentence * len(words) / len(sentences) - by_word * long


def mean_length(texts: Iterable[str]) -> float:
    """Words per sentence."""
    sentences = sentences_of(texts)
    return sum(len(words_of(one)) for one in sentences) / len(sentences)
