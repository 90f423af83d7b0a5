"""Numbers and dates out of text: a column is converted when every cell of it can be.

A column is one way of writing, not a mixture: ``1.234`` beside ``1,5`` is read as one
convention that fits all cells, or not at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Spaces that people put between thousands: plain, no-break, narrow no-break, thin, figure.
_SPACE = r"[ \x{00A0}\x{202F}\x{2009}\x{2007}]"
_EXPONENT = r"([eE][+-]?[0-9]{1,3})?"
_GROUPED = rf"[1-9][0-9]{{0,2}}({_SPACE}[0-9]{{3}})+"
# Ways of writing, tried in this order: name, pattern, thousands to remove, decimal mark.
_STYLES = (
    ("plain", rf"([0-9]+(\.[0-9]*)?|\.[0-9]+){_EXPONENT}", "", "."),
    ("comma", rf"([0-9]+|{_GROUPED})(,[0-9]*)?{_EXPONENT}|,[0-9]+{_EXPONENT}", _SPACE, ","),
    ("spaced", rf"([0-9]+|{_GROUPED})(\.[0-9]*)?", _SPACE, "."),
    ("english", r"([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+)(\.[0-9]*)?", ",", "."),
    ("dotted", r"([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]*)?", r"\.", ","),
)
_UNIT = rf"{_SPACE}*(%|€|EUR|euros)$"


@dataclass(frozen=True)
class Numbers:
    """A column of text read as numbers.

    Attributes
    ----------
    values : float64 array
        NaN where refused; shares where the cells say percent.
    refused : bool array
        Cells that are no number in the column's way of writing.
    style : str
        ``plain`` | ``comma`` | ``spaced`` | ``english`` | ``dotted``.
    percent : bool
        Every cell ends in a percent sign.
    ambiguous : bool
        ``1,234`` in every cell with a comma: one and a bit, or a thousand and more.
    """

    values: NDArray[np.float64]
    refused: NDArray[np.bool_]
    style: str
    percent: bool = False
    ambiguous: bool = False

    @property
    def sound(self) -> bool:
        """Whether every cell is a number."""
        return not bool(self.refused.any())


def convert_numbers(texts: Any, *, decimal_comma: bool | None = None) -> Numbers:
    """Read cells as numbers in the one way of writing that fits them all.

    Parameters
    ----------
    texts : Arrow array of string
        Trimmed, not blank.
    decimal_comma : bool or None
        What the file's dialect says of commas: with ``;`` between cells a comma is decimal.

    Returns
    -------
    Numbers
        In the way of writing that refuses the fewest cells.
    """
    bare = pc.replace_substring(texts, "\u2212", "-")
    percent_cells = pc.match_substring_regex(bare, "%$")
    percent = len(texts) > 0 and bool(pc.all(percent_cells).as_py())
    if percent or not pc.any(percent_cells).as_py():
        bare = pc.replace_substring_regex(bare, _UNIT, "")
    matches = {}
    chosen = _STYLES[0]
    for style in _STYLES:
        found = pc.match_substring_regex(bare, rf"^[+-]?({style[1]})$")
        matches[style[0]] = found
        if pc.all(found).as_py():
            chosen = style
            break
    else:
        chosen = max(_STYLES, key=lambda s: pc.sum(matches[s[0]]).as_py() or 0)
    name, _, thousands, mark = chosen
    ambiguous = False
    if name == "comma" and pc.any(pc.match_substring(bare, ",")).as_py():
        english = pc.match_substring_regex(bare, rf"^[+-]?({_STYLES[3][1]})$")
        if pc.all(english).as_py():
            ambiguous = decimal_comma is None
    values = _values(bare, matches[name], thousands, mark)
    return Numbers(
        values / 100 if percent else values, ~np.isfinite(values), name, percent, ambiguous
    )


def _values(bare: Any, matched: Any, thousands: str, mark: str) -> NDArray[np.float64]:
    digits = bare if not thousands else pc.replace_substring_regex(bare, thousands, "")
    if mark == ",":
        digits = pc.replace_substring(digits, ",", ".")
    digits = pc.replace_substring_regex(digits, r"^\+", "")
    numbers = pc.if_else(matched, digits, None).cast(pa.float64())
    values: NDArray[np.float64] = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    return values


def keeps_leading_zeros(texts: Any) -> bool:
    """Whether a cell starts with a zero that a number would lose: ``00123``, ``01``."""
    return bool(pc.any(pc.match_substring_regex(texts, r"^0[0-9]+$")).as_py())


_DAY_FIRST = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]+\d{1,2}:\d{2}.*)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})(?:[ T]+\d{1,2}:\d{2}.*)?$")


@dataclass(frozen=True)
class Dates:
    """Text read as dates: ``values`` in the order given, ``style`` ``dmy`` | ``mdy`` | ``ymd``.

    ``assumed`` tells that day and month could be told apart by no cell.
    """

    values: tuple[dt.date, ...]
    style: str
    assumed: bool = False


def convert_dates(texts: Sequence[str]) -> Dates | None:
    """Read cells as dates in the one order that fits them all.

    Parameters
    ----------
    texts : sequence of str
        Trimmed, not blank.

    Returns
    -------
    Dates or None
        None when a cell is no date in any one order, or there is no cell. Where both orders
        fit, the day stands first, as in Europe.
    """
    if not texts:
        return None
    fitting = {}
    for style in ("ymd", "dmy", "mdy"):
        found = _dates(texts, style)
        if found is not None:
            fitting[style] = found
    if not fitting:
        return None
    style = next(iter(fitting))
    assumed = len(fitting) > 1 and fitting.get("dmy") != fitting.get("mdy")
    return Dates(fitting[style], style, assumed)


def _dates(texts: Sequence[str], style: str) -> tuple[dt.date, ...] | None:
    pattern = _YEAR_FIRST if style == "ymd" else _DAY_FIRST
    found = []
    for text in texts:
        match = pattern.match(text)
        if match is None:
            return None
        first, second, third = int(match[1]), int(match[3]), int(match[4])
        if style == "ymd":
            year, month, day = first, second, third
        else:
            # two figures: 00-68 are this century, as POSIX has it
            year = third if len(match[4]) == 4 else third + (2000 if third < 69 else 1900)
            day, month = (first, second) if style == "dmy" else (second, first)
        try:
            found.append(dt.date(year, month, day))
        except ValueError:
            return None
    return tuple(found)
