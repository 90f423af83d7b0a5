"""Who is reading: language, texts and streams of one run of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TextIO

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.reader_language import language_of, reader_language


def _asked_for(arguments: Sequence[str]) -> str | None:
    """First usable ``--lang`` on the command line, found before anything is parsed."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            value = argument.partition("=")[2]
        elif argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        else:
            continue
        language = language_of(value)
        if language:
            return language
    return None


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Language of the messages: ``--lang``, ``ALGO_AUDIT_LANG``, the locale, else French."""
    return _asked_for(arguments) or reader_language(environment)


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
