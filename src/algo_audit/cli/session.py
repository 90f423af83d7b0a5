"""Who is reading: language, texts and streams of one run of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TextIO

from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats

DEFAULT_LANGUAGE = "fr"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def _language_of(name: str) -> str | None:
    """``en_GB.UTF-8`` -> ``en``; None for a language that there are no texts in, and for ``C``."""
    language = name.replace("-", "_").split("_", maxsplit=1)[0].split(".", maxsplit=1)[0].lower()
    language = {"french": "fr", "english": "en"}.get(language, language)
    return language if language in LANGUAGES else None


def _system_locale() -> str:
    """Name of the locale where no variable gives it (Windows)."""
    if os.name != "nt":
        return ""
    import locale

    return locale.getlocale()[0] or ""


def _asked_for(arguments: Sequence[str]) -> str | None:
    """First usable ``--lang`` on the command line, found before anything is parsed."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            value = argument.partition("=")[2]
        elif argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        else:
            continue
        language = _language_of(value)
        if language:
            return language
    return None


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Language of the messages: ``--lang``, ``ALGO_AUDIT_LANG``, the locale, else French."""
    language = _asked_for(arguments) or _language_of(environment.get("ALGO_AUDIT_LANG", ""))
    if language:
        return language
    # As the C library does: the first variable that is set decides, even when it names
    # a language without texts here.
    named = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), None)
    return _language_of(_system_locale() if named is None else named) or DEFAULT_LANGUAGE


@dataclass
class Session:
    """One run: the reader's language and where to speak."""

    language: str
    debug: bool = False
    output: TextIO = field(default_factory=lambda: sys.stdout)
    errors: TextIO = field(default_factory=lambda: sys.stderr)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Texts of the reader's language."""
        return Catalogue(self.language)

    @cached_property
    def formats(self) -> Formats:
        """Number and punctuation habits of the reader's language."""
        return Formats(self.language)

    def text(self, key: str, /, **values: object) -> str:
        """The sentence for ``key`` in the reader's language."""
        return self.catalogue.text(key, **values)

    def say(self, key: str, /, **values: object) -> None:
        """Print the sentence for ``key``."""
        self.print(self.text(key, **values))

    def print(self, text: str = "") -> None:
        """Print text as it is on the standard output."""
        self.output.write(text + "\n")

    def complain(self, text: str) -> None:
        """Print text on the error stream."""
        self.errors.write(text + "\n")


def never_fail_on_encoding() -> None:
    """Old Windows consoles (cp1252, cp850) lack U+202F, ≥ or ×: print ``?`` there, never crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def session_of(context: object) -> Session:
    """The session that ``main`` put into the typer context."""
    found = getattr(context, "obj", None)
    if not isinstance(found, Session):
        found = Session(choose_language((), os.environ))
    return found
