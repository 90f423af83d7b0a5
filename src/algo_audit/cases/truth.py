"""What was planted in a built-in case, and what its shipped file shows of it.

Read only when someone asks to reveal it: no audit, no report looks at it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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
    """

    key: str
    kind: str
    name: Texts
    mechanism: Texts
    shows: Texts
    lesson: Texts
    share_of_seeds: float
    facts: tuple[Fact, ...]


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
    return Planted(**{**entry, "facts": tuple(Fact(**fact) for fact in entry["facts"])})
