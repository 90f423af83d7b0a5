"""A fault in words: the sentence for an ``AuditError`` in one language.

The text of ``error.<code>`` may use the places ``{where}``, ``{seen}``, ``{choices}`` and
every further value that the fault carries. Text is quoted, lists are set as the language
sets them, numbers as its printers do; so the sentence itself holds no quotation mark
around a place. A fault without ``choices`` takes ``error.<code>.no_choice`` where that
exists, one without ``where`` takes ``error.<code>.nowhere``. A fault with ``rows`` takes the
singular or the plural of its sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats

_LONGEST_TEXT = 120
_LONGEST_LIST = 12


def _shown(text: str) -> str:
    """Text from a file on one line, without control characters, cut when very long."""
    line = "".join(c if c.isprintable() else " " for c in text).strip()
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"


def _set(value: object, formats: Formats, *, last: str) -> str:
    """One value as the language sets it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return formats.number(value)
    if isinstance(value, float):
        digits = next((d for d in range(7) if round(value, d) == value), 6)
        return formats.number(value, digits)
    if isinstance(value, Collection) and not isinstance(value, (str, bytes)):
        items = [_set(item, formats, last=last) for item in list(value)[:_LONGEST_LIST]]
        if len(value) > _LONGEST_LIST:
            return ", ".join([*items, "…"])
        return formats.listing(items, last=last)
    return formats.quote(_shown(str(value)))


def _key(error: AuditError, catalogue: Catalogue) -> str:
    key = f"error.{error.code}"
    for suffix, missing in ((".no_choice", not error.choices), (".nowhere", not error.where)):
        if missing and catalogue.has(key + suffix):
            return key + suffix
    return key


def _filled(catalogue: Catalogue, key: str, rows: object, values: Mapping[str, str]) -> str:
    """The sentence with its places filled, in the singular for one row."""
    if isinstance(rows, int):
        return catalogue.counted(key, rows, **values)
    return catalogue.text(key, **values)


def describe(error: AuditError, catalogue: Catalogue, formats: Formats) -> list[str]:
    """Put a fault into words, one sentence for each of its faults.

    Parameters
    ----------
    error : AuditError
        One fault, or several raised together.
    catalogue : Catalogue
        Texts of the reader's language.
    formats : Formats
        The same language's habits for numbers, quotes and lists.

    Returns
    -------
    list of str
        Sentences in the order of the faults. A code without a text gives
        ``error.unworded`` with the code itself, so that nothing is swallowed.
    """
    sentences = []
    for fault in error.faults:
        key = _key(fault, catalogue)
        values = {
            name: _set(value, formats, last="and") for name, value in fault.values.items()
        } | {
            "where": _shown(fault.where),
            "seen": _set(fault.seen, formats, last="and"),
            "choices": _set(fault.choices, formats, last="or"),
        }
        try:
            sentences.append(_filled(catalogue, key, fault.values.get("rows"), values))
        except (KeyError, IndexError):
            # No text, or a text with a place that this fault does not fill: the code still
            # tells a reader of the documentation what happened.
            sentences.append(catalogue.text("error.unworded", code=str(fault)))
    return sentences
