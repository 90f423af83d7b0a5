"""How wide the columns of a table want to be, in letters; formats that set widths ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from algo_audit.report.document import Table
from algo_audit.report.marks import MARKS

_AROUND = 3  # letters of air beside a column
_NAMES = 24  # a text up to this long wants to stand on one line
_LONGEST = 60
# Longer words of the text are broken: the first of these with which the columns find room.
_LONGEST_WORDS = (26, 18, 12, 8)
_BOLD, _SMALL = 1.12, 0.86  # heads are bold, intervals small
_MARK = 2  # letters that a mark before a verdict takes
_STEPS = 30


@dataclass(frozen=True)
class _Column:
    """What a column holds: its longest word, its longest and its mean text, in letters."""

    word: int
    longest: int
    mean: float
    numeric: bool

    @property
    def least(self) -> int:
        return _AROUND + self.word

    @property
    def wish(self) -> int:
        """Numbers whole; of a long text less than its length, for it can stand on several lines."""
        whole = self.longest
        if not self.numeric and whole > _NAMES:
            whole = round(_NAMES * sqrt(whole / _NAMES))
        return max(self.least, _AROUND + min(_LONGEST, whole))


def _column(table: Table, place: int, longest_word: int) -> _Column:
    cells = [row[place] for row in table.rows]
    heads = [ceil(_BOLD * len(word)) for word in table.columns[place].split(" ")]
    words = [len(word) for cell in cells for word in cell.text.split(" ")]
    numeric = bool(cells) and cells[0].numeric
    if numeric:
        # words that stand in for a number may go to the next line, numbers may not
        cells = [cell for cell in cells if cell.numeric and cell.value is not None]
    mark = _MARK * any(not cell.numeric and cell.value in MARKS for cell in cells)
    lengths = [max(len(c.text) + mark, ceil(_SMALL * len(c.interval))) for c in cells] or [1]
    return _Column(
        word=max(
            mark + min(longest_word, max(words, default=0)), min(_LONGEST_WORDS[0], max(heads))
        ),
        longest=max(lengths),
        mean=max(1.0, sum(lengths) / len(lengths)),
        numeric=numeric,
    )


def column_widths(table: Table, *, room: int | None = None) -> tuple[int, ...]:
    """Wanted width of each column, in letters.

    Parameters
    ----------
    table : Table
    room : int, optional
        Letters that a line holds. Where the columns want more together, each keeps room for its
        longest word, numbers get what they want before texts do, and texts share what is left so
        that the table gets as short as can be: by the square root of their mean length, for the
        lines of a column are its letters divided by its width.

    Returns
    -------
    tuple of int
        In proportion to each other.
    """
    for longest_word in _LONGEST_WORDS:
        columns = [_column(table, place, longest_word) for place in range(len(table.columns))]
        if room is None or sum(column.least for column in columns) <= room:
            break
    if room is None or sum(column.wish for column in columns) <= room:
        return tuple(column.wish for column in columns)
    numbers = [column for column in columns if column.numeric]
    texts = [column for column in columns if not column.numeric]
    left = room - sum(column.least for column in columns)
    more = sum(column.wish - column.least for column in numbers)
    given = max(0.0, min(1.0, left / more)) if more else 0.0
    of_numbers = [c.least + int(given * (c.wish - c.least)) for c in numbers]
    of_texts = _shared(texts, room - sum(of_numbers))
    turns = {True: iter(of_numbers), False: iter(of_texts)}
    return tuple(next(turns[column.numeric]) for column in columns)


def _shared(columns: Sequence[_Column], room: int) -> list[int]:
    """Widths of columns of text that fill a room together, found by halving."""

    def widths(scale: float) -> list[int]:
        return [
            max(c.least, min(_AROUND + c.longest, round(scale * sqrt(c.mean)))) for c in columns
        ]

    low, high = 0.0, float(max(room, 1))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(widths(middle)) <= room else (low, middle)
    return widths(low)
