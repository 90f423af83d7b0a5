"""Which language the person in front of the screen reads."""

from __future__ import annotations

import os
from collections.abc import Mapping

from algo_audit.i18n.catalogue import LANGUAGES

DEFAULT_LANGUAGE = "fr"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(name: str) -> str | None:
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


def reader_language(environment: Mapping[str, str]) -> str:
    """``ALGO_AUDIT_LANG``, else the locale, else French."""
    language = language_of(environment.get("ALGO_AUDIT_LANG", ""))
    if language:
        return language
    # As the C library does: the first variable that is set decides, even when it names
    # a language without texts here.
    named = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), None)
    return language_of(_system_locale() if named is None else named) or DEFAULT_LANGUAGE
