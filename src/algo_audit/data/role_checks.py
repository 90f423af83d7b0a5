"""Whether the roles declared can be played by the columns of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from algo_audit.data.categories import CROSSING
from algo_audit.data.decisions import Column
from algo_audit.data.names import nearest, same_but_for_spelling
from algo_audit.data.notes import Notes
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.data.sexes import sex_column

_SINGLE = (
    "outcome", "label", "score", "advice", "decided_by", "date", "version", "seniority",
    "cluster", "pool", "pair", "weight", "count", "identifier", "last_stage",
)  # fmt: skip
_SEVERAL = ("stages", "protected", "inputs")
# Each of these says something of a decision that no other of them can say with one column.
_EXCLUSIVE = ("outcome", "label", "weight", "count", "score", "protected", "pool", "pair",
              "identifier", "stages", "last_stage")  # fmt: skip
# Parts that mean nothing beside an outcome that is a number, or would ask for other tests.
_NEED_YES_OR_NO = ("favourable", "label", "score", "advice", "stages", "last_stage", "pool", "pair",
                   "weight", "count", "withdrawn")  # fmt: skip
# Parts that mean nothing where nobody decided yet.
_NEED_A_DECISION = (
    "favourable", "label", "advice", "decided_by", "pair", "count", "withdrawn",
)  # fmt: skip
# Pairs of parts that one column may well play together.
_COMPATIBLE = (
    {"identifier", "pool"},
    {"identifier", "pair"},
    {"outcome", "stages"},
    {"outcome", "last_stage"},
)


def named_columns(roles: Roles, columns: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Every (role, column) that roles name; crossed strata give each of their columns.

    ``columns`` are the file's: a column whose own name holds ``*`` is not a crossing.
    """
    for role in _SINGLE:
        column = getattr(roles, role)
        if column is not None:
            yield role, column
    for role in _SEVERAL:
        if role == "stages" and roles.last_stage is not None:
            continue  # values of that column, no columns
        for column in getattr(roles, role):
            yield role, column
    for stratum in roles.strata:
        for column in stratum_columns(roles, stratum, columns):
            yield "strata", column
    for column in roles.bands:
        yield "bands", column


def stratum_columns(roles: Roles, stratum: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns of a stratum: itself when the file has a column of that very name."""
    return (stratum,) if stratum in columns else roles.stratum_columns(stratum)


def check_roles(
    roles: Roles, columns: Sequence[str], where: str, notes: Notes, *, compared: bool = True
) -> None:
    """Note every role that names no column, or a column that plays two parts.

    Parameters
    ----------
    roles : Roles
    columns : sequence of str
        Headers of the file.
    where : str
        The file.
    notes : Notes
        Takes ``roles.outcome_needed``, ``roles.protected_needed``,
        ``roles.worse_needed``, ``roles.not_with_amount``, ``roles.column_missing``,
        ``roles.column_spelled``, ``roles.column_twice``, ``roles.cuts_not_rising``.
    compared : bool
        Whether groups will be compared, so that an attribute has to be declared.
    """
    if roles.outcome is None and score_alone(roles):
        _check_score_alone(roles, notes)
    elif roles.outcome is None:
        notes.fault("roles.outcome_needed", where, choices=columns[:12])
    if compared and not roles.protected:
        notes.fault("roles.protected_needed", where, choices=columns[:12])
    if roles.outcome_kind != "binary":
        _check_amount(roles, notes)
    told: set[str] = set()
    for role, column in named_columns(roles, columns):
        if column in columns or column in told:
            continue
        told.add(column)
        spelled = same_but_for_spelling(column, columns)
        if spelled:
            notes.fault("roles.column_spelled", where, seen=column, choices=spelled, role=role)
        else:
            notes.fault(
                "roles.column_missing",
                where,
                seen=column,
                choices=nearest(column, columns),
                role=role,
            )
    _check_parts(roles, columns, where, notes)
    for column, cuts in roles.bands.items():
        if not cuts or list(cuts) != sorted(set(cuts)):
            notes.fault("roles.cuts_not_rising", column, seen=list(cuts))


def _check_amount(roles: Roles, notes: Notes) -> None:
    """A number says which end is worse, and goes with no part that needs yes or no."""
    where = roles.outcome or "outcome"
    if roles.worse is None:
        notes.fault("roles.worse_needed", where, seen=roles.outcome_kind, choices=("low", "high"))
    clashing = [name for name in _NEED_YES_OR_NO if getattr(roles, name)]
    if clashing:
        notes.fault("roles.not_with_amount", where, seen=clashing)


def score_alone(roles: Roles) -> bool:
    """Whether a score is looked at before anything was decided by it."""
    return roles.score is not None and roles.outcome is None and not roles.stages


def _check_score_alone(roles: Roles, notes: Notes) -> None:
    """Before a decision there is nothing that was advised, labelled or counted."""
    clashing = [name for name in _NEED_A_DECISION if getattr(roles, name)]
    if clashing:
        notes.fault("roles.not_with_score_alone", str(roles.score), seen=clashing)


def _check_parts(roles: Roles, columns: Sequence[str], where: str, notes: Notes) -> None:
    parts: dict[str, list[str]] = {}
    for role, column in named_columns(roles, columns):
        if role in _EXCLUSIVE or role == "strata":
            parts.setdefault(column, []).append(role)
    for column, played in parts.items():
        exclusive = {role for role in played if role != "strata"}
        # a stratum may be a protected attribute too: sex within age bands
        clash = exclusive if len(exclusive) > 1 and exclusive not in _COMPATIBLE else set()
        if "strata" in played and "outcome" in exclusive:
            clash = {"outcome", "strata"}
        if clash:
            notes.fault("roles.column_twice", where, seen=column, roles=sorted(clash))


def _check_index(policy: Policy, roles: Roles, notes: Notes) -> None:
    """The French index is about a decision, and its category is a declared stratum."""
    category = policy.french_index_category
    if policy.french_index is not None and roles.outcome_kind != "binary":
        notes.fault("policy.french_index_amount", "french_index", seen=policy.french_index)
    if category is not None and category not in roles.strata:
        notes.fault(
            "policy.french_index_category",
            "french_index_category",
            seen=category,
            choices=nearest(category, roles.strata),
        )


def check_policy(policy: Policy, roles: Roles, notes: Notes) -> None:
    """Note every question and reference about an attribute that is not declared.

    Parameters
    ----------
    policy : Policy
    roles : Roles
    notes : Notes
        Takes ``policy.attribute_missing``, ``policy.stratum_missing`` and
        ``policy.margin_without_amount``.
    """
    if policy.margin_amount is not None and roles.outcome_kind == "binary":
        notes.fault("policy.margin_without_amount", "margin_amount", seen=policy.margin_amount)
    _check_index(policy, roles, notes)
    for question in policy.primary:
        for attribute in question.attribute:
            if attribute not in roles.protected:
                notes.fault(
                    "policy.attribute_missing",
                    "primary",
                    seen=attribute,
                    choices=nearest(attribute, roles.protected),
                )
        stratum = question.stratum
        if stratum is not None and stratum not in (*roles.strata, roles.pool, roles.pair):
            notes.fault(
                "policy.stratum_missing",
                "primary",
                seen=stratum,
                choices=nearest(
                    stratum, [*roles.strata, *(one for one in (roles.pool, roles.pair) if one)]
                ),
            )
    for attribute in policy.reference:
        parts = [part.strip() for part in attribute.split(CROSSING)]
        for part in parts:
            if part not in roles.protected:
                notes.fault(
                    "policy.attribute_missing",
                    "reference",
                    seen=part,
                    choices=nearest(part, roles.protected),
                )


def check_references(policy: Policy, protected: Mapping[str, Column], notes: Notes) -> None:
    """Note every reference group that the file does not hold.

    Parameters
    ----------
    policy : Policy
    protected : mapping of str to Column
        As read; an attribute that is not there was told elsewhere.
    notes : Notes
        Takes ``policy.reference_missing``.
    """
    if policy.french_index is not None and protected and sex_column(protected) is None:
        notes.fault("policy.french_index_sex", "french_index", seen=list(protected))
    for attribute, group in policy.reference.items():
        parts = [attribute] if attribute in protected else attribute.split(CROSSING)
        groups = [group] if len(parts) == 1 else group.split(CROSSING)
        known = [protected[part].levels for part in parts if part in protected]
        if len(known) < len(parts):
            continue
        if len(groups) != len(parts) or any(
            one not in levels for one, levels in zip(groups, known, strict=True)
        ):
            choices = [CROSSING.join(levels) for levels in product(*known)]
            notes.fault(
                "policy.reference_missing", attribute, seen=group, choices=nearest(group, choices)
            )
