"""What each group gets of a numeric or ordered outcome: the chapter, without comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.amount_people import people_of
from algo_audit.fairness.controls import taint_of

# Shares of people below the marks of the chart.
SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class AmountGroup:
    """What the people of one group get; ``group`` None: the group is not known.

    ``mean`` is None for groups too small to stand in any figure; ``quantiles`` stand at the shares
    of ``SHARES`` (the third is the median), None where hidden. ``reference``: the group that the
    others of its attribute are compared with.
    """

    attribute: str
    group: str | None
    n: int | None
    mean: float | None
    quantiles: tuple[float | None, ...]
    status: Literal["used", "small", "unknown"]
    reference: bool = False
    people: int | None = None  # where they stand on several rows, and rows are counted

    @property
    def median(self) -> float | None:
        """The middle amount."""
        return self.quantiles[2]


@dataclass(frozen=True)
class Amounts:
    """The chapter on a numeric outcome; its comparisons stand with all others.

    ``refines`` names, for each attribute whose every group lies inside one group of another
    attribute, that other one: hiding must then look at both. ``tainted`` are strata that may
    carry the gap themselves. ``averaged``: how many people the rows are of, where each counts
    once; ``repeated``: people stand on several rows and change their group, so rows are counted.
    """

    column: str
    kind: Literal["numeric", "ordered"]
    worse: Literal["low", "high"]
    unit: str
    groups: tuple[AmountGroup, ...]
    refines: tuple[tuple[str, str], ...] = ()
    tainted: tuple[str, ...] = ()
    repeated: bool = False
    averaged: int | None = None
    aside: int = 0  # people (or rows) in groups too small, who stand in no figure
    withheld: tuple[tuple[int, tuple[str, ...]], ...] = ()  # tables by threshold, see there
    hidden: tuple[str, ...] = ()  # attributes of which this audience sees no figure at all


def amount_chapter(
    decisions: Decisions,
    everybody: Decisions,
    asked: Sequence[tuple[str, Column, int | None]],
    limits: Limits,
) -> Amounts:
    """How the outcome is spread in every group.

    Parameters
    ----------
    decisions : Decisions
        With ``amount``: the people whom figures are about.
    everybody : Decisions
        Those set aside as too few as well: counted, and no more.
    asked : sequence of (name, groups, code of the reference or None)
        Attributes and crossings that were asked about.
    limits : Limits
        ``groups.compared_from``.

    Returns
    -------
    Amounts
    """
    assert decisions.amount is not None
    groups = []
    for name, column, reference in asked:
        groups += _groups(name, column, reference, decisions, limits)
        whole = everybody.protected.get(name)
        if whole is not None:
            groups += _aside(whole, everybody, {g.group for g in groups if g.attribute == name})
    return Amounts(
        column=decisions.roles.outcome or "",
        kind="ordered" if decisions.roles.outcome_kind == "ordered" else "numeric",
        worse=decisions.roles.worse or "low",
        unit=decisions.amount_unit,
        groups=tuple(groups),
        refines=_refines(decisions.protected),
        tainted=tuple(name for name in decisions.strata if taint_of(name)),
        repeated=decisions.cluster is not None,
        averaged=len(everybody) if len(everybody) < everybody.source.rows_used else None,
        aside=len(everybody) - len(decisions),
    )


def _groups(
    name: str,
    column: Column,
    reference: int | None,
    decisions: Decisions,
    limits: Limits,
) -> list[AmountGroup]:
    assert decisions.amount is not None
    rows = []
    for code in (*range(len(column.levels)), -1):
        values = decisions.amount[column.codes == code]
        if not len(values):
            continue
        group = column.levels[code] if code >= 0 else None
        small = len(values) < limits.groups.compared_from
        rows.append(
            AmountGroup(
                attribute=name,
                group=group,
                n=len(values),
                mean=float(values.mean()),
                quantiles=tuple(float(q) for q in np.quantile(values, SHARES)),
                status="unknown" if group is None else "small" if small else "used",
                reference=code == reference,
                people=(
                    None
                    if decisions.cluster is None
                    else people_of(decisions, column.codes == code)
                ),
            )
        )
    return rows


def _aside(column: Column, everybody: Decisions, shown: set[str | None]) -> list[AmountGroup]:
    """Groups that stand in no figure, with their headcount."""
    rows = []
    for code in (*range(len(column.levels)), -1):
        group = column.levels[code] if code >= 0 else None
        here = column.codes == code
        if group in shown or not bool(here.any()):
            continue
        people = None if everybody.cluster is None else people_of(everybody, here)
        rows.append(
            AmountGroup(
                attribute=column.name,
                group=group,
                n=int(here.sum()),
                mean=None,
                quantiles=(None,) * len(SHARES),
                status="unknown" if group is None else "small",
                people=people,
            )
        )
    return rows


def _refines(protected: Mapping[str, Column]) -> tuple[tuple[str, str], ...]:
    """Attributes whose every group lies inside one group of another."""
    found = []
    for name, column in protected.items():
        for other, wide in protected.items():
            if name == other or len(column.levels) <= len(wide.levels):
                continue
            pairs = np.unique(np.stack([column.codes, wide.codes]), axis=1)
            if len(np.unique(pairs[0])) == pairs.shape[1]:
                found.append((name, other))
    return tuple(found)
