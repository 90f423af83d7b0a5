"""Texts by key: ``locale/<language>/<domain>.po``, read uncompiled.

A message's ``msgid`` is a key (``report.shortfall``), its ``msgstr`` the sentence with
``{named}`` places. A counted sentence has ``msgid_plural`` equal to its key and two forms.
A key lives in one domain; every language holds the same keys with the same places
(held by a test).
"""

from __future__ import annotations

from functools import cache
from importlib import resources

LANGUAGES = ("fr", "en")


@cache
def _messages(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    from babel.messages.pofile import read_po

    path = resources.files("algo_audit.i18n") / "locale" / language / f"{domain}.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        found[key] = forms
    return found


@cache
def domains(language: str) -> tuple[str, ...]:
    """Names of the ``.po`` files of a language."""
    folder = resources.files("algo_audit.i18n") / "locale" / language
    return tuple(
        sorted(p.name.removesuffix(".po") for p in folder.iterdir() if p.name.endswith(".po"))
    )


class Catalogue:
    """The texts of one language.

    Parameters
    ----------
    language : str
        ``fr`` or ``en``.
    names : sequence of str, optional
        Domains to look in, in order; all unless given.
    """

    def __init__(self, language: str, names: tuple[str, ...] | None = None) -> None:
        self.language = language
        self._domains = domains(language) if names is None else names

    def _forms(self, key: str) -> tuple[str, ...] | None:
        for domain in self._domains:
            forms = _messages(self.language, domain).get(key)
            if forms is not None:
                return forms
        return None

    def has(self, key: str) -> bool:
        """Whether there is a text for this key."""
        return self._forms(key) is not None

    def text(self, key: str, /, **values: object) -> str:
        """Text for ``key`` with its places filled; KeyError when there is none."""
        forms = self._forms(key)
        if forms is None:
            raise KeyError(f"{self.language}: {key}")
        return forms[0].format(**values)

    def counted(self, key: str, count: float, /, **values: object) -> str:
        """Singular or plural text: French counts 0 and 1 as singular, English only 1."""
        forms = self._forms(key)
        if forms is None:
            raise KeyError(f"{self.language}: {key}")
        singular = abs(count) < 2 if self.language == "fr" else count == 1
        return (forms[0] if singular or len(forms) == 1 else forms[1]).format(**values)
