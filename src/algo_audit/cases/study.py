"""What a workshop on a case needs beside the audit: who is at stake, what to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algo_audit.cases.declaration import StudyPart

Texts = Mapping[str, str]  # by language: fr, en


@dataclass(frozen=True)
class Actor:
    """Somebody with something at stake: who, and what."""

    name: Texts
    stake: Texts


@dataclass(frozen=True)
class Study:
    """``[study]`` of a case.

    Attributes
    ----------
    truth : str
        File beside the declaration that tells what is planted.
    measures : tuple of str
        Keys of the measures that matter here.
    clauses : tuple of str
        Clauses at stake: ``C01``...
    actors : tuple of Actor
    """

    truth: str
    measures: tuple[str, ...]
    clauses: tuple[str, ...]
    actors: tuple[Actor, ...]


def study_of(part: StudyPart) -> Study:
    """The declared part as a Study."""
    return Study(
        truth=part.truth,
        measures=tuple(part.measures),
        clauses=tuple(part.clauses),
        actors=tuple(
            Actor(name=one.name.model_dump(), stake=one.stake.model_dump()) for one in part.actors
        ),
    )
