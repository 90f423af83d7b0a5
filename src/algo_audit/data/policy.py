"""What the parties settled before looking: margin, questions, references, seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EmployerStatus = Literal["public", "private", "unknown"]


@dataclass(frozen=True)
class Question:
    """One question asked beforehand: the selection rate of an attribute or a crossing.

    ``attribute`` is a tuple of protected columns (more than one: their crossing,
    in that order); ``stratum`` a declared stratum to compare within, or ``None``.
    Written ``sex``, ``sex*age`` or ``sex | job_family`` in ``audit.toml``.
    """

    attribute: tuple[str, ...]
    stratum: str | None = None


@dataclass(frozen=True)
class Policy:
    """What was settled before looking at the figures.

    Attributes
    ----------
    margin : float
        Ratio below which a gap counts as large, in (0, 1); 0.80 unless set.
    margin_source : str
        Who set it or where it comes from; a parameter, not a law.
    margin_points : float or None
        Difference of rates (0 to 1) that the parties hold to be small, if they set one.
    margin_amount : float or None
        Difference of means that they hold to be small, in the unit of a numeric outcome.
    primary : tuple of Question
        Questions asked beforehand; empty: every single attribute.
    primary_ordered : bool
        True: fixed sequence in the order given; False: Holm.
    primary_chosen_by, primary_chosen_on : str
        Who chose the questions, and when (as written).
    reference : mapping of str to str
        Reference group named per attribute (crossings as ``sex × age``);
        absent: the most favoured among groups large enough.
    eligible_defined_by : str
        Who said which people count as eligible, as the parties write it.
    status : {"public", "private", "unknown"}
        Employer, for the legal anchors.
    seed : int
        Seed of everything drawn at random.
    french_index : {"promotion", "raise"} or None
        What the outcome is, to be marked by the rules of the French equality index as well.
    french_index_category : str or None
        Declared stratum that holds the index's categories; the first unless named.
    """

    margin: float = 0.80
    margin_source: str = ""
    margin_points: float | None = None
    margin_amount: float | None = None
    primary: tuple[Question, ...] = ()
    primary_ordered: bool = False
    primary_chosen_by: str = ""
    primary_chosen_on: str = ""
    reference: Mapping[str, str] = field(default_factory=dict)
    eligible_defined_by: str = ""
    status: EmployerStatus = "unknown"
    seed: int = 20260622
    french_index: Literal["promotion", "raise"] | None = None
    french_index_category: str | None = None
