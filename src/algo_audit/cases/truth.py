"""What was planted in a built-in case, and what its shipped file shows of it.

Read only when someone asks to reveal it: no audit, no report looks at it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from algo_audit.cases.folders import builtin_keys, case_folder
from algo_audit.errors import AuditError

TRUTH = "truth.toml"
Texts = Mapping[str, str]  # by language: fr, en


@dataclass(frozen=True)
class Fact:
    """A figure of the shipped file, computed without this toolkit.

    ``tolerance`` is how far a recomputation may be; ``long_run`` the same figure on many rows,
    where chance hardly counts, for the facts that have one.
    """

    key: str
    name: Texts
    value: float
    tolerance: float
    long_run: float | None = None


@dataclass(frozen=True)
class Found:
    """A row of the audit that shows an effect.

    Attributes
    ----------
    rows : str
        Field of ``AuditResult`` that holds the rows, or ``findings`` (whose ``values`` are
        looked at beside their own fields).
    where : mapping of field to value
        Which rows are meant; a dot goes into a part (``ratio.high``).
    values : mapping of field to sequence of values
        One of which the row has.
    at_least, at_most : mapping of field to number
    """

    rows: str
    where: Mapping[str, Any]
    values: Mapping[str, tuple[Any, ...]]
    at_least: Mapping[str, float]
    at_most: Mapping[str, float]

    def met_in(self, result: Any) -> bool:
        """Whether one row of an ``AuditResult`` is as told."""
        return any(self._is(row) for row in getattr(result, self.rows))

    def _is(self, row: Any) -> bool:
        return (
            all(_field(row, name) == value for name, value in self.where.items())
            and all(_field(row, name) in values for name, values in self.values.items())
            and all(_number(row, name, -inf) >= least for name, least in self.at_least.items())
            and all(_number(row, name, inf) <= most for name, most in self.at_most.items())
        )


def _field(row: Any, name: str) -> Any:
    """A field, or a value of a finding; a dot goes into a part of it."""
    value = row
    for part in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif hasattr(value, part):
            value = getattr(value, part)
        else:
            # a finding keeps what its sentence needs under ``values``; None has no parts
            value = getattr(value, "values", {}).get(part)
    return value


def _number(row: Any, name: str, otherwise: float) -> float:
    value = _field(row, name)
    return otherwise if value is None else float(value)


@dataclass(frozen=True)
class Planted:
    """One planted effect.

    Attributes
    ----------
    key : str
        The switch of the generator's ``Effects``.
    kind : str
        ``composition``, ``proxy``, ``intersection``, ``biased_label`` or ``hidden_gap``.
    name, mechanism, shows, lesson : mapping of language to str
        What it is called, how it was done, what the file shows, what to take from it.
    share_of_seeds : float
        Share of the seeds tried whose file shows it.
    facts : tuple of Fact
    chapter : str
        Id of the report's chapter that shows it.
    attribute : str
        What it bears on.
    found : tuple of Found
        The audit has found it when one of these is met.
    """

    key: str
    kind: str
    name: Texts
    mechanism: Texts
    shows: Texts
    lesson: Texts
    share_of_seeds: float
    facts: tuple[Fact, ...]
    chapter: str = ""
    attribute: str = ""
    found: tuple[Found, ...] = ()

    def found_in(self, result: Any) -> bool:
        """Whether an ``AuditResult`` shows it."""
        return any(one.met_in(result) for one in self.found)


@dataclass(frozen=True)
class Truth:
    """Everything planted in one case; ``sha256`` is that of the file it speaks of."""

    case: str
    dataset: str
    sha256: str
    rows: int
    seed: int
    seeds_tried: int
    long_run_rows: int
    long_run_seed: int
    planted: tuple[Planted, ...]


def read_truth(case: str) -> Truth:
    """Read ``truth.toml`` in the case's folder.

    Parameters
    ----------
    case : str
        Name of a built-in case.

    Returns
    -------
    Truth

    Raises
    ------
    AuditError
        ``cases.truth_missing``: nothing was planted there, or there is no such case.
    """
    known = [key for key in builtin_keys() if (case_folder(key) / TRUTH).is_file()]
    if case not in known:
        raise AuditError("cases.truth_missing", case, seen=case, choices=known)
    raw = tomllib.loads((case_folder(case) / TRUTH).read_text(encoding="utf-8"))
    values = {name: raw[name] for name in raw if name not in ("schema", "planted")}
    return Truth(**values, planted=tuple(_planted(entry) for entry in raw["planted"]))


def _planted(entry: Mapping[str, Any]) -> Planted:
    parts = {
        "facts": tuple(Fact(**fact) for fact in entry["facts"]),
        "found": tuple(_found(one) for one in entry.get("found", ())),
    }
    return Planted(**{**entry, **parts})


def _found(entry: Mapping[str, Any]) -> Found:
    return Found(
        rows=entry["in"],
        where=entry.get("where", {}),
        values={name: tuple(values) for name, values in entry.get("is", {}).items()},
        at_least=entry.get("at_least", {}),
        at_most=entry.get("at_most", {}),
    )
