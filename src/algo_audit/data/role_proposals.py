"""Look at a file and propose which column plays which part, with the reason for each.

Names come first, contents decide: a column named "statut" is a decision when its values are a
yes and a no, and a unit of comparison when they are not. Nothing here is more than a proposal:
a person reads the ``audit.toml`` that is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.amount_proposals import (
    AMOUNT_REASONS,
    CLASHING,
    amount_column,
    is_worse,
)
from algo_audit.data.banding import band_bounds
from algo_audit.data.column_looks import SHOWN, ColumnLook, look_at
from algo_audit.data.column_proposals import SINGLE, ColumnProposal, shaped
from algo_audit.data.decisions import JournalEntry
from algo_audit.data.file_shapes import ShapeFound, recognise
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.notes import Notes
from algo_audit.data.opening import open_file, read_table
from algo_audit.data.raw_table import is_row_number_name
from algo_audit.data.role_words import NAME_PATTERNS, name_words
from algo_audit.data.roles import Roles
from algo_audit.data.total_lines import without_total_lines
from algo_audit.data.vocabulary import fold, is_unknown, meaning_of

_MOST_STRATA = 3
# Yes and no alone do not make a decision of a column whose name says nothing.
_BARE = ("1", "oui", "yes", "o", "y", "true", "vrai", "1.0", "v", "t")
_FEW_ROWS = 20
# A unit to compare within has at least this many rows per value, on average.
_ROWS_PER_UNIT = 10


@dataclass(frozen=True)
class Proposal:
    """The roles proposed for a file.

    ``columns`` holds one proposal per column: those with a part first, the surest first within
    a part, then the others in the order of the file. ``roles`` is what they amount to, for a
    file of this ``shape``.
    """

    path: Path
    rows: int
    columns: tuple[ColumnProposal, ...]
    roles: Roles
    sheet: str | None = None
    encoding: str | None = None
    journal: tuple[JournalEntry, ...] = ()
    shape: ShapeFound = field(default_factory=lambda: ShapeFound("open"))


def propose_roles(
    path: str | PathLike[str],
    *,
    limits: Limits | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Proposal:
    """Propose roles for the columns of a file.

    Parameters
    ----------
    path : path
        A file that ``read_decisions`` reads.
    limits : Limits, optional
        As ``limits.toml`` unless given.
    sheet, encoding : str, optional
        How to read the file.

    Returns
    -------
    Proposal
        Columns on ethnic origin, health, religion or union membership are never proposed as
        inputs, and as protected only with a reason that says what the law restricts.

    Raises
    ------
    AuditError
        The file cannot be read; all faults together.
    """
    limits = read_limits() if limits is None else limits
    notes = Notes()
    file = open_file(Path(path), limits.reading)
    table = read_table(file, notes, limits.reading, sheet=sheet, encoding=encoding)
    notes.settle()
    table = without_total_lines(table, notes)
    looks = [look_at(name, array) for name, array in table.columns.items()]
    proposals = propose_columns(looks, limits)
    shape, roles = recognise(looks, _roles(proposals), path=file.path, limits=limits)
    return Proposal(
        path=file.path,
        rows=table.rows,
        columns=_ranked(shaped(proposals, roles, shape)),
        roles=roles,
        shape=shape,
        sheet=sheet,
        encoding=encoding,
        journal=tuple(notes.journal),
    )


def propose_columns(looks: Sequence[ColumnLook], limits: Limits) -> list[ColumnProposal]:
    """A proposal for each column, before the shape of the file is looked at."""
    proposals = [_propose(look, limits) for look in looks]
    proposals = _settle_single(proposals)
    proposals = _settle_later(proposals, {look.name: look for look in looks})
    proposals = _settle_strata(proposals)
    return _settle_amount(proposals, {look.name: look for look in looks})


def _propose(look: ColumnLook, limits: Limits) -> ColumnProposal:
    if not look.known:
        return ColumnProposal(look.name, None, "blank_column", look.evidence())
    if is_row_number_name(look.name):
        return ColumnProposal(look.name, None, "row_numbers", look.evidence())
    words = name_words(look.name)
    for named in NAME_PATTERNS:
        if named.pattern.search(words):
            found = _suited(named.role, named.reason, look, limits)
            if found is not None:
                return found
    return _by_content(look)


def _suited(
    role: str | None, reason: str, look: ColumnLook, limits: Limits
) -> ColumnProposal | None:
    """The proposal that a name makes, where the content suits it."""
    most = limits.groups.levels_at_most
    if role is None:
        # "name" may also name a job: a person's name is nearly different on every row
        return _made(look, None, reason) if look.distinct * 2 > look.rows else None
    if role == "protected":
        if reason == "residence" and look.kind == "number":
            return None  # a distance, or years at an address
        few = 2 <= look.distinct <= most
        if not few and look.kind != "number":
            return _made(look, None, "birth_not_grouped" if reason == "birth" else "many_values")
        return _made(look, "protected", reason, weight=2)
    if role == "identifier":
        unique = look.distinct + look.blank == look.rows
        if look.distinct * 2 > look.rows:
            return _made(look, role, reason, weight=3 if unique else 1)
        repeated = look.distinct > limits.reading.categorical_values
        return _made(look, "cluster", "repeated_people", weight=1) if repeated else None
    if role in ("weight", "count"):
        many = look.kind == "number" and look.distinct > 1
        return _made(look, role, reason, weight=1) if many else None
    if role == "score":
        return _made(look, role, reason, weight=2) if _scored(look) else None
    if role == "date":
        return _made(look, role, reason, weight=1) if look.kind == "date" else None
    if role == "outcome" and (favourable := look.favourable_among_several) is not None:
        return _made(look, role, "decision_several", weight=2, favourable=favourable)
    if role in ("outcome", "label", "advice"):
        if len(look.meanings) != 2 or (role == "label" and not look.favourable):
            return None
        weight = 3 + (look.favourable is not None)
        return _made(look, role, reason, weight=weight, favourable=look.favourable)
    if role == "pool":
        several = 2 < look.distinct <= look.rows / 2
        return _made(look, role, reason, weight=1) if several else None
    if role == "decided_by":
        return _made(look, role, reason, weight=1) if look.kind == "text" else None
    if role == "strata":
        if look.favourable is not None:
            return None
        units = 2 <= look.distinct <= look.rows / _ROWS_PER_UNIT and look.distinct <= most
        return _made(look, role, reason, weight=1) if units and _few_numbers(look, limits) else None
    return _made(look, role, reason, weight=1)


def _scored(look: ColumnLook) -> bool:
    return look.kind == "number" and look.distinct > 2


def _few_numbers(look: ColumnLook, limits: Limits) -> bool:
    return look.kind != "number" or look.distinct <= limits.reading.categorical_values


def _made(
    look: ColumnLook, role: str | None, reason: str, *, weight: int = 0, **more: object
) -> ColumnProposal:
    return ColumnProposal(look.name, role, reason, look.evidence(**more), weight)


def _by_content(look: ColumnLook) -> ColumnProposal:
    """What a column may be whose name says nothing."""
    says_more = look.favourable is not None and fold(look.favourable) not in _BARE
    if says_more and not look.blank:
        return _made(look, "outcome", "decision_values", weight=1, favourable=look.favourable)
    if look.distinct == look.rows and look.kind != "number" and look.rows > _FEW_ROWS:
        return _made(look, "identifier", "all_different", weight=1)
    if look.kind == "prose":
        return _made(look, None, "prose")
    if look.distinct == 1:
        return _made(look, None, "one_value")
    if look.kind == "text" and all(band_bounds(value) for value in look.known[:SHOWN]):
        return _made(look, "inputs", "bands")
    return _made(look, "inputs", "may_be_input")


def _settle_single(proposals: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    """Keep the surest column of each role that only one can play; of equals the last one.

    The decision usually stands after what it was drawn from.
    """
    best: dict[str, ColumnProposal] = {}
    for one in proposals:
        if one.role in SINGLE:
            held = best.get(one.role)
            first = one.role in ("identifier", "date", "pool", "cluster")
            if (
                held is None
                or one.weight > held.weight
                or (one.weight == held.weight and not first)
            ):
                best[one.role] = one
    settled = []
    for one in proposals:
        if one.role in SINGLE and best[one.role] is not one:
            second = {"outcome": "inputs", "score": "inputs", "advice": "inputs"}.get(one.role)
            reason = "may_be_input" if second else f"other_{one.role}"
            settled.append(replace(one, role=second, reason=reason, weight=0))
        else:
            settled.append(one)
    return settled


def _settle_later(
    proposals: Sequence[ColumnProposal], looks: Mapping[str, ColumnLook]
) -> list[ColumnProposal]:
    """What is known (almost) only after a favourable decision is a label, or came too late."""
    outcome = next((one for one in proposals if one.role == "outcome"), None)
    if outcome is None or outcome.evidence["favourable"] is None:
        return list(proposals)
    favourable = str(outcome.evidence["favourable"])
    decided = looks[outcome.column]
    wanted = np.array(
        [meaning_of(level) == meaning_of(favourable) for level in decided.cells.levels]
    )
    chosen = wanted[decided.cells.codes]
    has_label = any(one.role == "label" for one in proposals)
    settled = []
    for one in proposals:
        look = looks[one.column]
        if one.role in ("inputs", "strata") and _known_after(look, chosen):
            binary = len(look.meanings) == 2 and not has_label
            has_label |= binary
            one = replace(  # noqa: PLW2901
                one,
                role="label" if binary else None,
                reason="known_for_favourable" if binary else "after_decision",
                evidence={**one.evidence, "favourable": look.favourable},
            )
        settled.append(one)
    return settled


def _known_after(look: ColumnLook, chosen: NDArray[np.bool_]) -> bool:
    filled = np.array([not is_unknown(level) for level in look.cells.levels])[look.cells.codes]
    refused = ~chosen
    if not bool(refused.any()) or not bool(chosen.any()):
        return False
    return bool(filled[refused].mean() < 0.02 and filled[chosen].mean() > 0.2)


def _settle_strata(proposals: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    """Keep the first few units of comparison: every further one is a further question."""
    kept = 0
    settled = []
    for one in proposals:
        if one.role == "strata":
            kept += 1
            if kept > _MOST_STRATA:
                one = replace(one, role="inputs", reason="further_unit")  # noqa: PLW2901
        settled.append(one)
    return settled


def _settle_amount(
    proposals: Sequence[ColumnProposal], looks: Mapping[str, ColumnLook]
) -> list[ColumnProposal]:
    """Without a decision, pay or hours may be what the file is about."""
    free = [one.column for one in proposals if one.role in ("inputs", "score", "label")]
    found = amount_column(looks, free)
    if found is None or any(
        one.role in ("outcome", "count", "pair", "stages") for one in proposals
    ):
        return list(proposals)
    column, reason = found
    settled = []
    for one in proposals:
        if one.column == column:
            one = _made(looks[column], "outcome", reason, weight=1)  # noqa: PLW2901
        elif one.role in CLASHING:
            one = replace(one, role="inputs", reason="may_be_input", weight=0)  # noqa: PLW2901
        settled.append(one)
    return settled


_ORDER = (
    "outcome", "stages", "pair", "protected", "strata", "pool", "cluster", "score", "label",
    "advice", "decided_by", "date", "version", "weight", "count", "identifier", "inputs", None,
)  # fmt: skip


def _ranked(proposals: Sequence[ColumnProposal]) -> tuple[ColumnProposal, ...]:
    return tuple(sorted(proposals, key=lambda one: (_ORDER.index(one.role), -one.weight)))


def _roles(proposals: Sequence[ColumnProposal]) -> Roles:
    found = Roles(
        outcome=None,
        protected=_all_of(proposals, "protected"),
        strata=_all_of(proposals, "strata"),
        inputs=_all_of(proposals, "inputs"),
    )
    single: dict[str, Any] = {
        one.role: one.column for one in proposals if one.role in SINGLE and one.role is not None
    }
    for one in proposals:
        if one.role == "outcome" and one.reason in AMOUNT_REASONS:
            single["worse"] = is_worse(one.reason)
            single["outcome_kind"] = "ordered" if one.reason == "rating_name" else "numeric"
        elif one.role == "outcome":
            single["favourable"] = one.evidence.get("favourable")
        elif one.role == "label":
            single["label_favourable"] = one.evidence.get("favourable")
    return replace(found, **single)


def _all_of(proposals: Sequence[ColumnProposal], role: str) -> tuple[str, ...]:
    return tuple(one.column for one in proposals if one.role == role)
