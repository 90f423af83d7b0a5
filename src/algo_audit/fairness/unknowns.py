"""People whose attribute is unknown, and how far they could move the rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnknownBound:
    """Rate of ``group`` if none / all of the unknowns were of that group: [low, high]."""

    attribute: str
    group: str
    rate: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Unknowns:
    """Unknowns of one attribute."""

    attribute: str
    n: int
    events: int
    share: float
    bounds: tuple[UnknownBound, ...]
