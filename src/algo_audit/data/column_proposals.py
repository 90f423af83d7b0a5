"""What one column may be, and how that follows from the shape of the whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from algo_audit.data.counted_table import is_total
from algo_audit.data.file_shapes import ShapeFound
from algo_audit.data.roles import Roles
from algo_audit.data.spread_table import spread_over

# Roles that one column only can play.
SINGLE = (
    "outcome", "label", "score", "advice", "decided_by", "date", "version", "pool", "cluster",
    "weight", "count", "identifier", "pair",
)  # fmt: skip


@dataclass(frozen=True)
class ColumnProposal:
    """What one column may be.

    Attributes
    ----------
    column : str
    role : str or None
        Name of the field of ``Roles``; None: no part is proposed.
    reason : str
        Code of the reason (message key ``init.reason.<reason>``).
    evidence : mapping
        What was seen: ``kind``, ``distinct``, ``blank`` and ``rows`` counts, ``values``
        examples, and for a decision ``favourable`` (None: to be chosen).
    weight : int
        The higher, the surer; orders the candidates of one role.
    """

    column: str
    role: str | None
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 0


_SHAPED_REASONS = {
    "stages": "stage_name", "pair": "pair_name", "outcome": "stage_name",
    "protected": "group_labels", "strata": "unit_labels", "count": "count", "cluster": "line_name",
}  # fmt: skip


def shaped(
    proposals: Sequence[ColumnProposal], roles: Roles, shape: ShapeFound
) -> list[ColumnProposal]:
    """Proposals that agree with the roles that the shape of the file gave."""
    spread = _spread(proposals, roles)
    reasons = _SHAPED_REASONS | ({"outcome": "chosen_count"} if roles.count else {})
    if shape.wide:
        reasons |= {"pair": "line_name"}
    made = []
    for one in proposals:
        role = spread.get(one.column) or _role_of(one.column, roles)
        if one.column in spread:
            made.append(replace(one, role=role, reason="spread_column", weight=0))
        elif shape.wide and role is None and one.reason not in ("row_numbers", "blank_column"):
            made.append(replace(one, role=None, reason="not_counted", weight=0))
        elif role == one.role:
            made.append(one)
        elif role is None:
            kept = one.role is None
            made.append(one if kept else replace(one, role=None, reason="may_be_input", weight=0))
        else:
            values = [value for value in one.evidence.get("values", ()) if not is_total(value)]
            seen = {**one.evidence, "values": values}
            made.append(
                replace(one, role=role, reason=reasons.get(role, one.reason), evidence=seen)
            )
    return made


def _spread(proposals: Sequence[ColumnProposal], roles: Roles) -> dict[str, str]:
    """Columns that a pattern with a place for the group stands for, and the part they play."""
    names = [one.column for one in proposals]
    parts = {"count": roles.count, "outcome": roles.outcome}
    return {
        column: part
        for part, pattern in parts.items()
        for column in (spread_over(pattern, names) if pattern else ())
    }


def _role_of(column: str, roles: Roles) -> str | None:
    """The part that a column plays."""
    for name in ("stages", "protected", "strata", "inputs"):
        if column in getattr(roles, name):
            return name
    return next((name for name in SINGLE if getattr(roles, name) == column), None)
