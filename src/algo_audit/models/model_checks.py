"""A model against the file of decisions and against what the parties declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from algo_audit.data.names import nearest
from algo_audit.data.rule import Rule
from algo_audit.errors import AuditError, raise_all
from algo_audit.models.inputs import InputRows, read_inputs

if TYPE_CHECKING:
    from algo_audit.data.decisions import Decisions
    from algo_audit.models.model import Model

_SHOWN = 6
# Models whose rule somebody wrote down; that of a library is only what its ``predict`` does.
_RULE_WRITTEN = ("scoring_grid", "callable")
# Roles whose column is no input: known only with the decision, or after it.
_LATE_ROLES = ("outcome", "label", "score", "advice")


@dataclass(frozen=True)
class ModelNote:
    """A fact about one input that is no fault.

    ``code``: ``one_value`` (the same for everyone: it moves no decision of this file),
    ``beyond_range`` (``rows`` outside the numbers the model was made for), ``unseen_taken``
    (``levels`` the model never saw), ``declared_unused`` (declared, and the model has no such
    input), ``protected_input`` (an attribute that gaps are looked at by), ``late_input`` (a column
    with the ``role`` of decision, score, advice or label).
    """

    code: str
    column: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedModel:
    """Rows ready for the model, the rule that applies, and what was noted.

    ``rule`` is the case's, else the model's; None where neither says. A classifier of a library
    answers a class by a threshold of its own: that is no rule of the employer's, so the case's
    goes before it without a fault.
    """

    rows: InputRows
    rule: Rule | None
    notes: tuple[ModelNote, ...] = ()


def check_model(
    model: Model,
    decisions: Decisions,
    *,
    rule: Rule | None = None,
    declared: Sequence[str] | None = None,
) -> CheckedModel:
    """Check a model's inputs against the file and the declared inputs, and the two rules.

    Parameters
    ----------
    model : Model
    decisions : Decisions
        With its table.
    rule : Rule, optional
        Of the case.
    declared : sequence of str, optional
        Inputs that the parties declared; ``decisions.roles.inputs`` unless given. Where none are
        declared, nothing is compared with them.

    Returns
    -------
    CheckedModel

    Raises
    ------
    AuditError
        All mismatches at once: those of ``read_inputs``, ``model.input_not_declared``,
        ``model.rule_differs``, ``model.no_rows``.
    """
    if decisions.table is None:
        raise AuditError("model.no_rows", decisions.source.name)
    declared = decisions.roles.inputs if declared is None else tuple(declared)
    faults: list[AuditError] = []
    rows: InputRows | None = None
    try:
        rows = read_inputs(decisions.table, model.inputs, unseen_allowed=model.unseen_allowed)
    except AuditError as error:
        faults.extend(error.faults)
    if declared:
        faults.extend(
            AuditError("model.input_not_declared", one.name, choices=nearest(one.name, declared))
            for one in model.inputs
            if one.name not in declared
        )
    applied, differs = _rule_of(model, rule)
    if differs is not None:
        faults.append(differs)
    raise_all(faults)
    assert rows is not None  # else a fault was raised
    return CheckedModel(rows, applied, tuple(_notes(model, decisions, rows, declared)))


def _rule_of(model: Model, case: Rule | None) -> tuple[Rule | None, AuditError | None]:
    """The rule that applies; a fault where model and case say different things."""
    own = model.rule
    if own is None or case is None or own == case:
        return (own if case is None else case), None
    if model.describe().kind not in _RULE_WRITTEN:
        return case, None
    if own.kind == case.kind and (own.value is None or case.value is None):
        return (own if case.value is None else case), None
    differs = AuditError(
        "model.rule_differs",
        seen=[own.kind, *_value(own)],
        choices=[str(part) for part in (case.kind, *_value(case))],
    )
    return case, differs


def _value(rule: Rule) -> tuple[str, ...]:
    return () if rule.value is None else (f"{rule.value:g}",)


def _notes(
    model: Model, decisions: Decisions, rows: InputRows, declared: Sequence[str]
) -> list[ModelNote]:
    notes = []
    roles = decisions.roles
    for place, (own, read) in enumerate(zip(model.inputs, rows.inputs, strict=True)):
        column = rows.values[:, place]
        filled = column[~np.isnan(column)]
        if len(np.unique(filled)) < 2:
            notes.append(ModelNote("one_value", own.name, {"blank": len(column) - len(filled)}))
        low = -np.inf if own.low is None else own.low
        high = np.inf if own.high is None else own.high
        beyond = int(((filled < low) | (filled > high)).sum()) if own.kind == "number" else 0
        if beyond:
            bounds = {"rows": beyond, "low": own.low, "high": own.high}
            notes.append(ModelNote("beyond_range", own.name, bounds))
        unseen = read.levels[len(own.levels) :]
        if unseen:
            count = int((filled >= len(own.levels)).sum())
            taken = {"levels": list(unseen[:_SHOWN]), "rows": count}
            notes.append(ModelNote("unseen_taken", own.name, taken))
        if own.name in roles.protected:
            notes.append(ModelNote("protected_input", own.name))
        late = [role for role in _LATE_ROLES if getattr(roles, role) == own.name]
        notes.extend(ModelNote("late_input", own.name, {"role": role}) for role in late)
    used = {one.name for one in model.inputs}
    notes.extend(ModelNote("declared_unused", name) for name in declared if name not in used)
    return notes
