"""The same places filled in other ways: by the vendor's model, people, order, or a lottery."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algo_audit.cases.case import Case
from algo_audit.cases.folders import generator_of
from algo_audit.cases.vendor_model import vendor_decisions, vendor_model
from algo_audit.cases.workshop_files import VendorFile, holds
from algo_audit.explain.places import Filling, ranked
from algo_audit.fairness.clusters import crossed_codes

if TYPE_CHECKING:
    from algo_audit.data.decisions import Decisions

TODAY, VENDOR, HUMAN, FIRST, LOTTERY = "today", "vendor", "human", "first", "lottery"
FIXED = (TODAY, HUMAN, FIRST, LOTTERY)


@dataclass(frozen=True)
class GroupPlaces:
    """A group under one way: people, places on average, and the rate of the two."""

    attribute: str
    group: str
    n: int
    places: float
    rate: float


@dataclass(frozen=True)
class Way:
    """One way to fill the places.

    Attributes
    ----------
    key : str
        ``today`` | ``vendor`` | ``human`` | ``first`` | ``lottery``.
    places : float
        Filled in all; the same for every way.
    alike : float
        Share of them that go to the people who have them today.
    later : float or None
        Mean later result of those who get a place, as the story gives it to everyone; None
        where the story gives none.
    groups : tuple of GroupPlaces
    """

    key: str
    places: float
    alike: float
    later: float | None
    groups: tuple[GroupPlaces, ...]


def compare_ways(case: Case, *, effects: object = None) -> tuple[Way, ...]:
    """Fill the shipped file's places in every way that the case knows.

    Parameters
    ----------
    case : Case
        A built-in case, its shipped file.
    effects : object, optional
        Another instance of the story's ``Effects``: what would be, were nothing planted. The
        file is then drawn anew.

    Returns
    -------
    tuple of Way
        Today's first, then the vendor's (where the case has one), the earlier human practice,
        first come or seniority, a lottery among the eligible.

    Notes
    -----
    A place shared among equals counts in parts, so the lottery's figures are averages over all
    lotteries. Later results are those of the story, also for people who were not chosen: no real
    file could tell them.
    """
    story = generator_of(case.key)
    keys = story.ways(effects=effects)
    with TemporaryDirectory() as place:
        if effects is not None:
            from dataclasses import replace

            case = replace(case, path=Path(place) / case.path.name)
            story.write(case.path, effects=effects)
        decisions = case.read(compared=False)
        assert len(keys) == len(decisions.outcome)
        filling = Filling.of(decisions.outcome, decisions)
        chances = {TODAY: filling.taken}
        if holds(case.key, VendorFile):
            chances[VENDOR] = _by_vendor(case, decisions, Path(place))
    eligible = keys["eligible"].to_numpy(dtype=bool)
    chances[HUMAN] = ranked(filling, keys["human"].to_numpy(dtype=np.float64))
    first = keys["first"].to_numpy(dtype=np.float64)
    # whoever is not eligible comes after everybody, so that every place is filled
    chances[FIRST] = ranked(filling, np.where(eligible, first, -np.inf))
    chances[LOTTERY] = ranked(filling, np.where(eligible, 0.0, -np.inf))
    later = keys["later"].to_numpy(dtype=np.float64)
    return tuple(_way(key, chance, filling, later, decisions) for key, chance in chances.items())


def _by_vendor(case: Case, decisions: Decisions, place: Path) -> NDArray[np.float64]:
    from dataclasses import replace

    model = vendor_model(case.key, place)
    decided = vendor_decisions(replace(case, model=model.path), decisions)[1]
    return decided.astype(np.float64)


def _way(
    key: str,
    chance: NDArray[np.float64],
    filling: Filling,
    later: NDArray[np.float64],
    decisions: Decisions,
) -> Way:
    places = float(chance.sum())
    known = np.isfinite(later)
    weight = float(chance[known].sum())
    return Way(
        key=key,
        places=places,
        alike=float(chance @ filling.taken) / places,
        later=float(chance[known] @ later[known]) / weight if weight > 0 else None,
        groups=tuple(_groups(chance, decisions)),
    )


def _groups(chance: NDArray[np.float64], decisions: Decisions) -> list[GroupPlaces]:
    found = []
    for attribute in decisions.protected:
        codes, levels = crossed_codes(decisions, attribute)
        stated = codes >= 0
        people = np.bincount(codes[stated], minlength=len(levels))
        places = np.bincount(codes[stated], weights=chance[stated], minlength=len(levels))
        found += [
            GroupPlaces(attribute, level, int(n), float(got), float(got / n))
            for level, n, got in zip(levels, people, places, strict=True)
            if n
        ]
    return found
