"""What can go wrong, as codes and values without prose.

::

    AuditError                 one fault: code, where, seen, choices
    └── AuditFaults            several faults of one input, raised together

The command line, the web pages and the notebook hook put a fault into words
through ``algo_audit.i18n`` (message key ``error.<code>``). A code is
``room.fault``, for instance ``reading.file_missing`` or ``roles.column_missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class AuditError(Exception):
    """One fault in what a user gave.

    Parameters
    ----------
    code : str
        Stable identifier of the fault; the sentence lives in ``i18n/locale``.
    where : str
        The place: a file, ``file:line``, a column, a key of ``audit.toml``.
    seen : object
        The offending value or values, as read.
    choices : sequence of str
        What would have been accepted (nearest names first, at most a handful).
    values : object
        Further named values that the sentence needs.
    """

    def __init__(
        self,
        code: str,
        where: str = "",
        *,
        seen: object = None,
        choices: Sequence[str] = (),
        **values: object,
    ) -> None:
        self.code = code
        self.where = where
        self.seen = seen
        self.choices = tuple(choices)
        self.values = values
        super().__init__(code, where, seen, self.choices)

    @property
    def faults(self) -> tuple[AuditError, ...]:
        """The faults to report, one sentence each."""
        return (self,)

    def __str__(self) -> str:
        parts = [self.code]
        if self.where:
            parts.append(f"where={self.where}")
        if self.seen is not None:
            parts.append(f"seen={self.seen!r}")
        if self.choices:
            parts.append(f"choices={list(self.choices)!r}")
        parts.extend(f"{name}={value!r}" for name, value in self.values.items())
        return " ".join(parts)


class AuditFaults(AuditError):
    """Several faults of one input, so that a user mends all of them in one go."""

    def __init__(self, faults: Iterable[AuditError]) -> None:
        self._faults = tuple(fault for error in faults for fault in error.faults)
        first = self._faults[0]
        super().__init__(first.code, first.where, seen=first.seen, choices=first.choices)

    @property
    def faults(self) -> tuple[AuditError, ...]:
        """The faults to report, one sentence each."""
        return self._faults

    def __str__(self) -> str:
        return "; ".join(str(fault) for fault in self._faults)


def raise_all(faults: Sequence[AuditError]) -> None:
    """Raise nothing, the one fault, or all of them together."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise AuditFaults(faults)
