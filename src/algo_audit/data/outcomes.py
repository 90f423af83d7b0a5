"""Decisions and labels written as two values: which is which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.categories import Cells, Context, note_merged, unknown_levels
from algo_audit.data.names import nearest
from algo_audit.data.vocabulary import favourable_of, fold, is_excel_error, meaning_of

Kind = Literal["outcome", "label"]
_SHOWN = 12
# More different cells than two words could be written in: no need to look for their meanings.
_MOST_WRITINGS = 1000


@dataclass(frozen=True)
class Binary:
    """A column of two values.

    ``codes`` has one int8 per row of the whole file: 1 favourable, 0 not, -1 not known;
    ``favourable`` is the favourable value as the file writes it.
    """

    codes: NDArray[np.int8]
    favourable: str

    @property
    def known(self) -> NDArray[np.bool_] | None:
        """Rows whose value is known; None: all of them."""
        known = self.codes >= 0
        return None if bool(known.all()) else known

    def without(self, rows: NDArray[np.bool_]) -> Binary:
        """The same, not known of some rows."""
        return Binary(np.where(rows, np.int8(-1), self.codes), self.favourable)


def read_binary(
    cells: Cells, context: Context, *, kind: Kind, favourable: str | None = None
) -> Binary | None:
    """Read a decision or a label.

    Without a declared favourable value there must be two values (writings of one word, as
    ``Retenu`` and ``retenue``, counted once) of which one is obviously favourable. With one,
    every other value is unfavourable.

    Parameters
    ----------
    cells : Cells
    context : Context
        ``used`` tells the rows that count.
    kind : {"outcome", "label"}
        Prefix of the fault codes (``reading.outcome_not_binary``...). Errors of a spreadsheet
        are a fault of an outcome and unknown in a label.
    favourable : str, optional
        As declared.

    Returns
    -------
    Binary or None
        None where a fault was noted.
    """
    counts = cells.counts(context.used)
    if kind == "outcome" and _refuse_errors(cells, counts, context):
        return None
    unknown = unknown_levels(cells, counts, context)
    known = [int(level) for level in np.flatnonzero(~unknown & (counts > 0))]
    if not known:
        context.notes.fault(f"reading.{kind}_blank", cells.name)
        return None
    if favourable is None and len(known) > _MOST_WRITINGS:
        _refuse_many(cells.name, [cells.levels[level] for level in known], context, kind)
        return None
    by_meaning: dict[str, list[int]] = {}
    for level in known:
        by_meaning.setdefault(meaning_of(cells.levels[level]), []).append(level)
    writing = {
        meaning: min((-int(counts[level]), cells.levels[level]) for level in same)[1]
        for meaning, same in by_meaning.items()
    }
    chosen = (
        _detected(cells, writing, context, kind)
        if favourable is None
        else _declared(cells, known, writing, context, kind, favourable)
    )
    if chosen is None:
        return None
    groups = {level: writing[m] for m, same in by_meaning.items() for level in same}
    note_merged(cells, counts, groups, context.notes)
    new_code = np.full(len(cells.levels), -1, dtype=np.int8)
    for meaning, same in by_meaning.items():
        new_code[same] = meaning == chosen
    return Binary(new_code[cells.codes], writing[chosen])


def _refuse_errors(cells: Cells, counts: NDArray[np.int64], context: Context) -> bool:
    error = np.fromiter((is_excel_error(level) for level in cells.levels), bool, len(cells.levels))
    error &= counts > 0
    if not bool(error.any()):
        return False
    rows = cells.marked(error)
    context.notes.fault(
        "reading.outcome_errors",
        cells.name,
        seen=[cells.levels[i] for i in np.flatnonzero(error)],
        lines=context.lines(rows),
        rows=int(rows.sum()),
    )
    return True


def _refuse_many(name: str, values: list[str], context: Context, kind: Kind) -> None:
    context.notes.fault(
        f"reading.{kind}_not_binary",
        name,
        seen=values[:_SHOWN],
        choices=values[:_SHOWN],
        distinct=len(values),
    )


def _detected(cells: Cells, writing: dict[str, str], context: Context, kind: Kind) -> str | None:
    """Meaning of the favourable value when it is obvious; a fault otherwise."""
    notes = context.notes
    values = sorted(writing.values(), key=fold)
    if len(values) > 2:
        _refuse_many(cells.name, values, context, kind)
        return None
    if len(values) == 1:
        if kind == "outcome":
            notes.fault("reading.outcome_all_equal", cells.name, seen=values[0])
        else:
            notes.fault("reading.label_favourable_needed", cells.name, choices=values)
        return None
    found = favourable_of(cells.name, (values[0], values[1]))
    if found is None:
        notes.fault(f"reading.{kind}_favourable_needed", cells.name, seen=values, choices=values)
        return None
    other = values[1] if found == values[0] else values[0]
    notes.converted(f"{kind}_favourable_detected", cells.name, favourable=found, other=other)
    return meaning_of(found)


def _declared(
    cells: Cells,
    known: list[int],
    writing: dict[str, str],
    context: Context,
    kind: Kind,
    favourable: str,
) -> str | None:
    """Meaning of the declared favourable value; a fault where the column does not hold it."""
    notes = context.notes
    wanted = meaning_of(favourable)
    values = sorted(writing.values(), key=fold)
    if wanted not in writing:
        present = [cells.levels[level] for level in known]
        notes.fault(
            f"reading.{kind}_favourable_missing",
            cells.name,
            seen=favourable,
            choices=nearest(favourable, present),
        )
        return None
    others = [value for value in values if value != writing[wanted]]
    if not others and kind == "outcome":
        notes.fault("reading.outcome_all_equal", cells.name, seen=writing[wanted])
        return None
    if len(others) > 1:
        notes.converted(
            "others_unfavourable", cells.name, favourable=writing[wanted], others=others[:_SHOWN]
        )
    return wanted
