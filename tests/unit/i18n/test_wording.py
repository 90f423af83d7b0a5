"""A fault in words."""

from __future__ import annotations

import pytest

from algo_audit.errors import AuditError, AuditFaults
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe


def _told(error: AuditError, language: str = "en") -> list[str]:
    return describe(error, Catalogue(language), Formats(language))


def test_text_is_quoted_and_lists_are_set() -> None:
    error = AuditError("cli.not_a_choice", "--lang", seen="de", choices=("fr", "en"))
    assert _told(error) == ["--lang cannot be “de”; choose “fr” or “en”."]
    assert _told(error, "fr") == [
        (
            "--lang ne peut pas être «\u00a0de\u00a0»\u202f; "
            "choisir «\u00a0fr\u00a0» ou «\u00a0en\u00a0»."
        )
    ]


def test_without_choices_another_sentence() -> None:
    assert "--help" in _told(AuditError("cli.unknown_option", seen="--x"))[0]


def test_numbers_are_printed_as_the_language_does() -> None:
    error = AuditError("result.too_large", "a.json", seen=1234567)
    assert "(1,234,567 bytes)" in _told(error)[0]
    assert "(1\u202f234\u202f567 octets)" in _told(error, "fr")[0]


def test_text_from_a_file_stays_on_one_line_and_short() -> None:
    error = AuditError("cli.extra_argument", "audit", seen="a\nb\x1b[31m" + "c" * 500)
    (sentence,) = _told(error)
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 350


def test_long_lists_are_cut() -> None:
    error = AuditError("cli.extra_argument", "audit", seen=[str(n) for n in range(500)])
    assert "“11”, …" in _told(error)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_without_text_is_not_swallowed(language: str) -> None:
    assert "no.such_fault" in _told(AuditError("no.such_fault", "here"), language)[0]


def test_a_sentence_whose_place_is_not_given_is_not_swallowed() -> None:
    assert "cli.not_a_whole_number" in _told(AuditError("cli.not_a_whole_number", "--seed"))[0]


def test_several_faults_give_several_sentences() -> None:
    faults = AuditFaults([AuditError("cli.exists", "a"), AuditError("cli.exists", "b")])
    assert [sentence[0] for sentence in _told(faults)] == ["a", "b"]
