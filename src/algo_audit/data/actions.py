"""What a person can change about an input, and how far: declared by the parties, not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Action:
    """How one input may change (``[actions.COLUMN]`` of ``audit.toml``).

    Attributes
    ----------
    column : str
    direction : {"up", "down", "any"}
        Of a number, or along ``order`` of a category.
    low, high : float or None
        Values that a person can reach; None: as seen in the file.
    step : float or None
        Changes are multiples of this; None: one unit of the last decimal seen.
    most : float or None
        Largest change that can be asked of one person.
    order : tuple of str
        Levels of a category from low to high; ``direction`` then applies to it.
    forbidden : tuple of (str, str)
        Transitions that no way may contain ("Bac+5", "Bac").
    effort : float
        What one step costs beside a step of the other inputs; 1 unless told.
    means : mapping of language to text
        What it takes, in words, where the parties say so ("six months, training leave").
    """

    column: str
    direction: Literal["up", "down", "any"] = "any"
    low: float | None = None
    high: float | None = None
    step: float | None = None
    most: float | None = None
    order: tuple[str, ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()
    effort: float = 1.0
    means: Mapping[str, str] = field(default_factory=dict)
