"""Numbers, percents, dates, quotes and lists as a French or an English printer sets them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

NARROW = "\u202f"  # before % ; ! ? in French, and between thousands
WIDE = "\u00a0"  # before : and inside « »
MINUS = "\u2212"
_FRENCH = (
    (re.compile(r"[ \u00a0\u202f](?=[;!?%])"), NARROW),
    (re.compile(r"[ \u00a0\u202f](?=[:»])"), WIDE),
    (re.compile(r"(?<=«)[ \u00a0\u202f]"), WIDE),
    (re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))"), NARROW),
    (re.compile("'"), "’"),
)


def french_typography(text: str) -> str:
    """A French text with its spaces and apostrophes as printers set them."""
    for pattern, put in _FRENCH:
        text = pattern.sub(put, text)
    return text


class Formats:
    """The number and punctuation habits of one language.

    Every method takes numbers and gives text that does not break across lines.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = "fr_FR" if language == "fr" else "en_GB"

    def number(self, value: float, digits: int = 0) -> str:
        """``1 234,5`` / ``1,234.5``; negative numbers with a true minus sign."""
        # What Babel's "#,##0.0" gives for fr_FR and en_GB (a test holds it), ten times faster:
        # a report sets thousands of numbers.
        rounded = round(float(value), digits) + 0.0  # no "-0"
        text = f"{abs(rounded):,.{digits}f}"
        if self.language == "fr":
            text = text.replace(",", NARROW).replace(".", ",")
        return (MINUS if rounded < 0 else "") + text

    def signed(self, value: float, digits: int = 0) -> str:
        """A number with its sign, the plus too: ``+1,5``; what rounds to nought has none."""
        text = self.number(value, digits)
        return f"+{text}" if round(float(value), digits) > 0 else text

    def percent(self, value: float, digits: int = 1) -> str:
        """``12,3 %`` / ``12.3%`` of a share between 0 and 1."""
        return self.number(100 * value, digits) + (f"{NARROW}%" if self.language == "fr" else "%")

    def points(self, value: float, digits: int = 1) -> str:
        """Difference of two shares in percentage points: ``−3,2 points`` / ``−3.2 points``."""
        shown = self.number(100 * value, digits)
        magnitude = abs(round(100 * value, digits))
        one = magnitude < 2 if self.language == "fr" else magnitude == 1
        return f"{shown}{WIDE}{'point' if one else 'points'}"

    def ratio(self, value: float) -> str:
        """A ratio with two decimals."""
        return self.number(value, 2)

    def p_value(self, value: float) -> str:
        """``0,03``, ``0,004`` or ``< 0,001``."""
        if value < 0.001:
            return f"<{WIDE}{self.number(0.001, 3)}"
        return self.number(value, 3 if value < 0.095 else 2)

    def interval(self, low: str, high: str) -> str:
        """Two bounds already set: ``de 1,2 à 3,4`` / ``1.2 to 3.4``."""
        return f"de {low} à {high}" if self.language == "fr" else f"{low} to {high}"

    def typeset(self, text: str) -> str:
        """Somebody else's text on one line, its spaces set as the language's printers do."""
        line = " ".join(text.split())
        return french_typography(line) if self.language == "fr" else line

    def quote(self, text: str) -> str:
        """Guillemets or quotation marks."""
        return f"«{WIDE}{text}{WIDE}»" if self.language == "fr" else f"“{text}”"

    def date(self, value: dt.date) -> str:
        """``23 novembre 2026`` / ``23 November 2026``."""
        from babel.dates import format_date

        return format_date(value, "long", locale=self.locale).replace(" ", WIDE)

    def listing(self, items: Sequence[str], *, last: str = "and") -> str:
        """``a, b et c`` / ``a, b and c`` (``last="or"``: ``ou`` / ``or``)."""
        word = {"fr": {"and": "et", "or": "ou"}, "en": {"and": "and", "or": "or"}}
        joint = f" {word[self.language][last]} "
        if len(items) < 2:
            return "".join(items)
        return ", ".join(items[:-1]) + joint + items[-1]
