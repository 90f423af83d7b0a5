"""What a column holds, seen once: the ground on which roles are proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from algo_audit.data.categories import Cells, encode
from algo_audit.data.conversion import convert_dates, convert_numbers, keeps_leading_zeros
from algo_audit.data.vocabulary import favourable_of, is_unknown, meaning_of, side_of

SHOWN = 6
# Values are looked at, for what kind they are, on this many distinct ones.
_LOOKED_AT = 2000
# Longer cells are sentences, not values.
_PROSE = 60


@dataclass(frozen=True)
class ColumnLook:
    """What one column holds.

    Attributes
    ----------
    cells : Cells
    known : tuple of str
        Distinct values, those that mean "not known" left out.
    blank : int
        Rows whose value is not known.
    rows : int
    kind : str
        ``none`` | ``number`` | ``date`` | ``text`` | ``prose``.
    rows_of : mapping of str to int
        Rows of every known value.
    """

    cells: Cells
    known: tuple[str, ...]
    blank: int
    rows: int
    kind: str
    rows_of: Mapping[str, int]

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.cells.name

    @property
    def distinct(self) -> int:
        """How many known values there are."""
        return len(self.known)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Distinct values, writings of one word counted once; only looked at when few."""
        if self.distinct > 12:
            return ()
        return tuple(dict.fromkeys(meaning_of(value) for value in self.known))

    @property
    def favourable(self) -> str | None:
        """The favourable one of two values, when it is obvious."""
        if len(self.meanings) != 2:
            return None
        by_meaning = {meaning_of(value): value for value in reversed(self.known)}
        return favourable_of(
            self.name, (by_meaning[self.meanings[0]], by_meaning[self.meanings[1]])
        )

    @property
    def favourable_among_several(self) -> str | None:
        """The one favourable value of three or more, where another is clearly unfavourable."""
        if len(self.meanings) < 3:
            return None
        by_meaning = {meaning_of(value): value for value in reversed(self.known)}
        sides = {meaning: side_of(value) for meaning, value in by_meaning.items()}
        good = [meaning for meaning, side in sides.items() if side == "favourable"]
        if len(good) != 1 or "unfavourable" not in sides.values():
            return None
        return by_meaning[good[0]]

    def evidence(self, **more: object) -> dict[str, object]:
        """What to show of the column beside a proposal."""
        order = sorted(self.known, key=lambda value: (-self.rows_of[value], value))
        shown = order[:SHOWN] if self.distinct <= 50 else order[:3]
        return {
            "kind": self.kind,
            "distinct": self.distinct,
            "blank": self.blank,
            "rows": self.rows,
            "values": shown,
            **more,
        }


def look_at(name: str, array: Any) -> ColumnLook:
    """Look at an Arrow column of trimmed text."""
    cells = encode(name, array)
    counts = cells.counts(None)
    rows_of = {
        level: int(count)
        for level, count in zip(cells.levels, counts, strict=True)
        if not is_unknown(level)
    }
    rows = len(cells.codes)
    known = tuple(rows_of)
    return ColumnLook(cells, known, rows - sum(rows_of.values()), rows, kind_of(known), rows_of)


def kind_of(known: Sequence[str]) -> str:
    """``none`` | ``number`` | ``date`` | ``text`` | ``prose``."""
    if not known:
        return "none"
    sample = known[:_LOOKED_AT]
    texts = pa.array(sample, pa.string())
    if convert_numbers(texts, decimal_comma=True).sound and not keeps_leading_zeros(texts):
        return "number"
    if convert_dates(sample) is not None:
        return "date"
    lengthy = sum(len(value) > _PROSE for value in sample) > len(sample) / 2
    return "prose" if lengthy and len(known) > SHOWN else "text"
