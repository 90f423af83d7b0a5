"""Which lines of a sheet or text are titles, and which one or two lines are its header.

A table that was exported is often preceded by lines about the export, and a pivot writes its header
on two lines: a label once for several columns (merged cells), and what each column is below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from algo_audit.data.vocabulary import fold, trim

# How many lines before the header may be titles or blank.
TITLE_LINES = 12
# A line with at most this share of the usual cells is about the export, if a full header follows.
_SHORT = 1 / 3
_FEWEST_CELLS = 6
# What a pivot writes above its column labels, folded; it names no column.
_CAPTIONS = ("etiquettes de colonnes", "column labels")
_NUMBER = re.compile(r"^[-+(]?[0-9][0-9\s.,\u00a0\u202f]*\s*(%|€)?\)?$")
_TWO = 2


@dataclass(frozen=True)
class HeaderLines:
    """Where the header is.

    Attributes
    ----------
    first : int
        Place of its first line; what stands above are titles.
    last : int
        Place of its last line; rows begin on the next one.
    names : tuple of str
        One name per column, those of two lines joined: ``Femmes promus``.
    """

    first: int
    last: int
    names: tuple[str, ...]


def find_header(rows: Sequence[Sequence[str]], *, usual: int) -> HeaderLines | None:
    """The header of a table among its first lines.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first lines, cell by cell; more of them than titles may be.
    usual : int
        How many cells a line of this table usually has.

    Returns
    -------
    HeaderLines or None
        None: there is no line with anything on it.
    """
    filled = [sum(1 for cell in row if trim(cell)) for row in rows]
    narrow = usual == 1 or max(filled, default=0) == 1
    near = range(min(len(rows), TITLE_LINES))
    place = next((i for i in near if filled[i] > 1 or (narrow and filled[i])), None)
    if place is None:
        place = next((i for i in range(len(rows)) if filled[i]), None)
    if place is None:
        return None
    place = _after_preamble(rows, filled, place, usual)
    joined = _joined(rows, place)
    if joined is not None:
        return HeaderLines(place, place + 1, joined)
    return HeaderLines(place, place, tuple(rows[place]))


def _after_preamble(
    rows: Sequence[Sequence[str]], filled: Sequence[int], place: int, usual: int
) -> int:
    """The place after lines about the export, as long as a full header of names follows them."""
    while place + 1 < len(rows) and any(fold(cell) in _CAPTIONS for cell in rows[place]):
        place += 1
    if usual < _FEWEST_CELLS:
        return place
    later = place
    while later < min(len(rows), TITLE_LINES) and filled[later] <= usual * _SHORT:
        later += 1
    if later == place or later >= len(rows):
        return place
    names = [trim(cell) for cell in rows[later]][:usual]
    full = len(names) == usual == len(set(names)) and all(names)
    return later if full and not any(map(_is_number, names)) else place


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.match(trim(cell)))


def _joined(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...] | None:
    """Names out of two header lines, where the upper one labels several columns at once."""
    if place + _TWO >= len(rows):
        return None
    width = max(len(row) for row in rows[place : place + 3])
    upper, lower, first = (
        [trim(cell) for cell in row] + [""] * (width - len(row)) for row in rows[place : place + 3]
    )
    if any(map(_is_number, [*upper, *lower])) or not any(map(_is_number, first)):
        return None
    names, label, under = [], "", 0
    spanning = 0
    for above, below in zip(upper, lower, strict=True):
        # a label spans the columns after it that have something below and nothing above
        label, under = (above, 0) if above else (label if below else "", under)
        under += bool(below)
        spanning = max(spanning, under if label else 0)
        names.append(" ".join(filter(None, (label, below))))
    while names and not names[-1]:
        names.pop()
    distinct = all(names) and len(set(names)) == len(names)
    return tuple(names + [""] * (width - len(names))) if distinct and spanning >= _TWO else None
