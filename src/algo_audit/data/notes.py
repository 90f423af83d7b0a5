"""What reading a file noticed: the faults to raise together and the lines of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from algo_audit.data.decisions import JournalEntry
from algo_audit.errors import AuditError, raise_all

Action = Literal["converted", "set_aside", "left_alone", "noted"]


@dataclass
class Notes:
    """Collects faults and journal entries while a file is read."""

    faults: list[AuditError] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)

    def fault(
        self,
        code: str,
        where: str = "",
        *,
        seen: object = None,
        choices: Sequence[str] = (),
        **values: object,
    ) -> None:
        """Note a fault, told with all the others by ``settle``."""
        self.faults.append(AuditError(code, where, seen=seen, choices=choices, **values))

    def converted(self, code: str, column: str = "", **values: object) -> None:
        """Something was turned into something else."""
        self._note("converted", code, column, values)

    def set_aside(self, code: str, column: str = "", **values: object) -> None:
        """Rows, columns or cells do not count further on."""
        self._note("set_aside", code, column, values)

    def left_alone(self, code: str, column: str = "", **values: object) -> None:
        """Something stayed as the file writes it."""
        self._note("left_alone", code, column, values)

    def noted(self, code: str, column: str = "", **values: object) -> None:
        """A fact about the file."""
        self._note("noted", code, column, values)

    def _note(self, action: Action, code: str, column: str, values: dict[str, object]) -> None:
        self.journal.append(JournalEntry(action, code, column, values))

    def settle(self) -> None:
        """Raise every fault noted so far.

        Raises
        ------
        AuditError
            The one fault, or all of them together.
        """
        raise_all(self.faults)
