"""People whose attribute is unknown, and how far they could move the rates."""

from __future__ import annotations

from dataclasses import dataclass

from algo_audit.data.counts import Counts
from algo_audit.fairness.weights import effective_counts, over_strata


@dataclass(frozen=True)
class UnknownBound:
    """Rate of ``group`` if none / all of the unknowns were of that group: [low, high].

    ``lowest`` and ``highest`` go further: only the refused, or only the favoured, among the
    unknowns are of that group. No truth lies outside them.
    """

    attribute: str
    group: str
    rate: float | None
    low: float
    high: float
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class Unknowns:
    """Unknowns of one attribute."""

    attribute: str
    n: int
    events: int
    share: float
    bounds: tuple[UnknownBound, ...]


def unknown_rows(counts: Counts) -> Unknowns | None:
    """Unknowns of one attribute, and the rates between which each group could lie.

    Parameters
    ----------
    counts : Counts
        Of the attribute; strata are summed.

    Returns
    -------
    Unknowns or None
        None where every row's attribute is known.

    Notes
    -----
    Bounds of this kind need no assumption on why a value is missing (C. Manski 1989). They are
    of rows: with sampling weights, unknowns are given each group's own mean weight.
    """
    if counts.unknown == 0:
        return None
    effective = effective_counts(over_strata(counts))
    known = int(effective.rows.sum())
    missing, favoured = counts.unknown, counts.unknown_favourable
    bounds = []
    for group, n, rate in zip(
        counts.groups, effective.rows[:, 0].tolist(), effective.rate[:, 0].tolist(), strict=True
    ):
        events = rate * n
        every = (events + favoured) / (n + missing)
        refused = missing - favoured
        bounds.append(
            UnknownBound(
                attribute=counts.name,
                group=group,
                rate=rate,
                low=min(rate, every),
                high=max(rate, every),
                lowest=events / (n + refused),
                highest=(events + favoured) / (n + favoured),
            )
        )
    return Unknowns(
        attribute=counts.name,
        n=missing,
        events=favoured,
        share=missing / (missing + known),
        bounds=tuple(bounds),
    )
