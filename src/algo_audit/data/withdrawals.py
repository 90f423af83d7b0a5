"""Values that say that a person withdrew: that is no refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.categories import Context, encode
from algo_audit.data.names import nearest
from algo_audit.data.raw_table import RawTable
from algo_audit.data.vocabulary import fold, is_unknown

if TYPE_CHECKING:
    from algo_audit.data.roles import Roles


class Withdrawn:
    """Values that say "withdrew": of any stage, or of one column (``COLUMN=VALUE``)."""

    def __init__(self, values: Mapping[str, str], of_column: Mapping[str, frozenset[str]]) -> None:
        self.values = values  # folded: as declared
        self.of_column = of_column
        self.met: set[str] = set()
        self.seen: set[str] = set()

    @classmethod
    def of(cls, roles: Roles, table: RawTable) -> Withdrawn:
        """As declared: ``COLUMN=VALUE`` where there is such a column."""
        anywhere: dict[str, str] = {}
        placed: dict[str, set[str]] = {}
        for written in roles.withdrawn:
            column, equals, value = written.partition("=")
            if equals and column.strip() in table.columns:
                placed.setdefault(column.strip(), set()).add(fold(value))
            else:
                anywhere[fold(written)] = written
        return cls(anywhere, {c: frozenset(v) for c, v in placed.items()})

    def says(self, column: str, value: str) -> bool:
        """Whether a value of a stage says that the person withdrew there."""
        folded = fold(value)
        self.seen.add(value)
        found = folded in self.values or folded in self.of_column.get(column, ())
        if found:
            self.met.add(folded)
        return found

    def elsewhere(
        self, table: RawTable, names: Sequence[str], last_stage: str | None
    ) -> NDArray[np.bool_]:
        """Rows that a column which is no stage says withdrew, at whatever stage they stood."""
        rows = np.zeros(table.rows, dtype=bool)
        for column, values in self.of_column.items():
            if column not in names and column != last_stage:
                cells = encode(column, table.columns[column])
                marked = np.array([fold(level) in values for level in cells.levels], dtype=bool)
                rows |= cells.marked(marked)
        return rows

    def told_missing(self, table: RawTable, context: Context) -> None:
        """Fault for a value declared that no stage, or not its column, holds."""
        met = self.met
        wanted = [(w, sorted(self.seen)) for value, w in self.values.items() if value not in met]
        for column, values in self.of_column.items():
            levels = encode(column, table.columns[column]).levels
            absent = sorted(values - {fold(level) for level in levels})
            wanted += [(value, [one for one in levels if not is_unknown(one)]) for value in absent]
        for value, known in wanted:
            choices = nearest(value, known)
            context.notes.fault(
                "reading.withdrawn_missing", "--withdrawn", seen=value, choices=choices
            )


def withdrawn_rows(table: RawTable, roles: Roles, context: Context) -> NDArray[np.bool_] | None:
    """Rows whose decision is that the person withdrew.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        Without stages; those are read with their own withdrawals (``read_steps``).
    context : Context
        Takes the fault ``reading.withdrawn_missing`` and the journal entry ``withdrew``.

    Returns
    -------
    array of bool, shape (rows,), or None
        None where nobody withdrew. A row without a decision is not one of them.
    """
    name = roles.outcome
    if not roles.withdrawn or roles.stages or roles.last_stage or name is None:
        return None
    withdrawn = Withdrawn.of(roles, table)
    cells = encode(name, table.columns[name])
    unknown = [is_unknown(level) for level in cells.levels]
    says = [not u and withdrawn.says(name, v) for u, v in zip(unknown, cells.levels, strict=True)]
    left = cells.marked(np.array(says, dtype=bool)) | withdrawn.elsewhere(table, (name,), None)
    left &= ~cells.marked(np.array(unknown, dtype=bool))
    withdrawn.told_missing(table, context)
    if not bool(left.any()):
        return None
    context.notes.set_aside("withdrew", name, people=int(left.sum()))
    return left
