"""What each group gets of a numeric or ordered outcome: the chapter, without comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.controls import taint_of

# Shares of people below the marks of the chart.
SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class AmountGroup:
    """What the people of one group get; ``group`` None: the group is not known.

    ``quantiles`` stand at the shares of ``SHARES`` (the third is the median), None where hidden.
    ``reference``: the group that the others of its attribute are compared with.
    """

    attribute: str
    group: str | None
    n: int | None
    mean: float | None
    quantiles: tuple[float | None, ...]
    status: Literal["used", "small", "unknown"]
    reference: bool = False

    @property
    def median(self) -> float | None:
        """The middle amount."""
        return self.quantiles[2]


@dataclass(frozen=True)
class Amounts:
    """The chapter on a numeric outcome; its comparisons stand with all others.

    ``refines`` names, for each attribute whose every group lies inside one group of another
    attribute, that other one: hiding must then look at both. ``tainted`` are strata that may
    carry the gap themselves; ``repeated`` tells that a person has several rows.
    """

    column: str
    kind: Literal["numeric", "ordered"]
    worse: Literal["low", "high"]
    unit: str
    groups: tuple[AmountGroup, ...]
    refines: tuple[tuple[str, str], ...] = ()
    tainted: tuple[str, ...] = ()
    repeated: bool = False
    hidden: tuple[str, ...] = ()  # attributes of which this audience sees no figure at all


def amount_chapter(
    decisions: Decisions, asked: Sequence[tuple[str, Column, int | None]], limits: Limits
) -> Amounts:
    """How the outcome is spread in every group.

    Parameters
    ----------
    decisions : Decisions
        With ``amount``.
    asked : sequence of (name, groups, code of the reference or None)
        Attributes and crossings that were asked about.
    limits : Limits
        ``groups.compared_from``.

    Returns
    -------
    Amounts
    """
    assert decisions.amount is not None
    groups = [row for one in asked for row in _groups(*one, decisions.amount, limits)]
    return Amounts(
        column=decisions.roles.outcome or "",
        kind="ordered" if decisions.roles.outcome_kind == "ordered" else "numeric",
        worse=decisions.roles.worse or "low",
        unit=decisions.amount_unit,
        groups=tuple(groups),
        refines=_refines(decisions.protected),
        tainted=tuple(name for name in decisions.strata if taint_of(name)),
        repeated=decisions.cluster is not None,
    )


def _groups(
    name: str,
    column: Column,
    reference: int | None,
    amount: NDArray[np.float64],
    limits: Limits,
) -> list[AmountGroup]:
    rows = []
    for code in (*range(len(column.levels)), -1):
        values = amount[column.codes == code]
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
