"""How wide the columns of a table want to be, in letters; formats that set widths ask here."""

from __future__ import annotations

from math import ceil, sqrt

from algo_audit.report.document import Table

_AROUND = 3  # letters of air beside a column
_NAMES = 24  # a text up to this long wants to stand on one line
_LONGEST = 60
_BOLD, _SMALL = 1.15, 0.86  # heads are bold, intervals small


def column_widths(table: Table) -> tuple[int, ...]:
    """Wanted width of each column, in letters.

    Room for every number whole and for the longest word; a long text wants less than its length,
    for it can stand on several lines.
    """
    widths = []
    for place, head in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        texts = [cell.text for cell in cells]
        words = [len(word) for text in texts for word in text.split(" ")]
        words += [ceil(_BOLD * len(word)) for word in head.split(" ")]
        if cells and cells[0].numeric:
            wanted = max(max(len(c.text), ceil(_SMALL * len(c.interval))) for c in cells)
        else:
            longest = max((len(text) for text in texts), default=0)
            wanted = longest if longest <= _NAMES else round(_NAMES * sqrt(longest / _NAMES))
        widths.append(_AROUND + min(_LONGEST, max(*words, wanted)))
    return tuple(widths)
