"""Legal and social references: the only place of legal text in the toolkit.

``anchors.toml`` holds them, in both languages, each with the state it was in when it was
checked and a mark that tells whether its text was seen or is recalled. A report prints the
status of a reference unless it is in force and seen (:attr:`Anchor.needs_status`), and never
concludes from one. Not legal advice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from algo_audit.data.policy import EmployerStatus
from algo_audit.errors import AuditError

Status = Literal[
    "in_force",
    "adopted",
    "adopted_postponed",
    "transposition_pending",
    "proposal",
    "uncertain",
    "repealed",
    "judgment",
    "soft_law",
    "guidance",
    "agreement",
    "standard",
]
FROM_MEMORY = "M"
Texts = Mapping[str, str]  # by language: fr, en


@dataclass(frozen=True)
class Anchor:
    """One reference.

    Attributes
    ----------
    id : str
        Stable; clauses and criteria cite it.
    instrument, article, duty : mapping of language to str
        What it is called, where in it, and one sentence in our own words; ``article`` may be "".
    applies_from : str
        ISO date from which it applies (for a judgment or an agreement, its day), or "".
    status : str
        As on the day the file was checked.
    mark : tuple of str
        ``S1``... = sources in which it was seen; ``M`` = from memory, in whole or in part:
        to be checked against the official text before it is quoted.
    jurisdiction : str
        ``eu``, ``fr``, ``us``, ``uk``, ``es``, ``it``, ``de`` or ``intl``.
    employers : {"all", "private", "public"}
        Whose employers it concerns; ``private`` = staff under private law.
    topics : tuple of str
    """

    id: str
    instrument: Texts
    article: Texts
    duty: Texts
    applies_from: str
    status: Status
    mark: tuple[str, ...]
    jurisdiction: str
    employers: Literal["all", "private", "public"]
    topics: tuple[str, ...]

    @property
    def from_memory(self) -> bool:
        """Whether any part is recalled and not seen."""
        return FROM_MEMORY in self.mark

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources in which it was seen."""
        return tuple(part for part in self.mark if part != FROM_MEMORY)

    @property
    def needs_status(self) -> bool:
        """Whether its status, and that it is to be checked, stand wherever it is printed."""
        return self.status != "in_force" or self.from_memory

    def citation(self, language: str) -> str:
        """Instrument and article as they are cited: ``Code du travail, L1132-1``."""
        parts = (self.instrument[language], self.article[language])
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class IntrusivenessLevel:
    """One level of the scale 0 to 5 of data on people at work, with the references behind it."""

    level: int
    name: Texts
    examples: Texts
    reason: Texts
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class IntrusivenessShift:
    """What moves a use of data one level up (at most 5) or down (at least 0, never from 5)."""

    key: str
    effect: Literal["raises", "lowers"]
    name: Texts


@dataclass(frozen=True)
class AnchorFile:
    """The whole anchor file.

    ``criteria`` and ``clauses`` map ``T01``... and ``C01``... to anchor ids; ``negotiated`` are
    the criteria that rest on a collective agreement; ``sources`` says what each S mark is.
    """

    checked_on: str
    anchors: Mapping[str, Anchor]
    intrusiveness: tuple[IntrusivenessLevel, ...]
    shifts: tuple[IntrusivenessShift, ...]
    criteria: Mapping[str, tuple[str, ...]]
    negotiated: frozenset[str]
    clauses: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, str]


@cache
def load_anchor_file() -> AnchorFile:
    """Read ``anchors.toml`` once.

    Returns
    -------
    AnchorFile
        The same object at every call.
    """
    text = (files("algo_audit.cases") / "anchors.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    anchors = [_anchor(entry) for entry in raw["anchors"]]
    return AnchorFile(
        checked_on=raw["checked_on"].isoformat(),
        anchors=MappingProxyType({anchor.id: anchor for anchor in anchors}),
        intrusiveness=tuple(
            IntrusivenessLevel(**{**entry, "anchors": tuple(entry["anchors"])})
            for entry in raw["intrusiveness"]
        ),
        shifts=tuple(IntrusivenessShift(**entry) for entry in raw["intrusiveness_shifts"]),
        criteria=_cited(raw["criteria"]),
        negotiated=frozenset(key for key, row in raw["criteria"].items() if row.get("negotiated")),
        clauses=_cited(raw["clauses"]),
        sources=MappingProxyType(raw["sources"]),
    )


def _anchor(entry: Mapping[str, Any]) -> Anchor:
    article = entry.get("article", "")
    if isinstance(article, str):  # written alike in every language
        article = dict.fromkeys(entry["instrument"], article)
    return Anchor(
        **{
            **entry,
            "article": article,
            "mark": tuple(part.strip() for part in entry["mark"].split(",")),
            "topics": tuple(entry["topics"]),
        }
    )


def _cited(rows: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({key: tuple(row["anchors"]) for key, row in rows.items()})


def load_anchors() -> tuple[Anchor, ...]:
    """All references, in the order of the file.

    Returns
    -------
    tuple of Anchor
    """
    return tuple(load_anchor_file().anchors.values())


def anchors_for(topic: str, *, status_employer: EmployerStatus = "unknown") -> tuple[Anchor, ...]:
    """References that bear on a chapter, a topic, a clause or a criterion.

    Parameters
    ----------
    topic : str
        A topic of the file (the chapters of a report among them: ``gaps``,
        ``intersections``, ``strata``...), a clause ``C01`` or a criterion ``T01``.
    status_employer : {"public", "private", "unknown"}
        References that concern the other kind of employer only are left out; with
        ``unknown`` nothing is.

    Returns
    -------
    tuple of Anchor
        For a topic, in the order of the file; for a clause or a criterion, the main one
        first. May be empty for an employer whom none concerns.

    Raises
    ------
    AuditError
        ``anchors.topic_unknown``: nothing in the file has that name.
    """
    file = load_anchor_file()
    cited = {**file.criteria, **file.clauses}.get(topic)
    if cited is not None:
        found = [file.anchors[key] for key in cited]
    else:
        found = [anchor for anchor in file.anchors.values() if topic in anchor.topics]
    if not found:
        topics = {name for anchor in file.anchors.values() for name in anchor.topics}
        raise AuditError("anchors.topic_unknown", seen=topic, choices=sorted(topics))
    left_out = {"public": "private", "private": "public"}.get(status_employer)
    return tuple(anchor for anchor in found if anchor.employers != left_out)
