"""Read a file of decisions: what the file writes, checked and encoded once.

``read_decisions`` is the way in. Every fault of a file is told at once; what was converted,
set aside or left alone stands in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.categories import (
    Cells,
    Context,
    cross,
    encode,
    read_category,
    read_identity,
)
from algo_audit.data.counted_table import each_person
from algo_audit.data.decisions import Column, Decisions, SetAside, Source, Steps
from algo_audit.data.derived_columns import derive_columns
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.notes import Notes
from algo_audit.data.opening import OpenedFile, open_file, read_table
from algo_audit.data.outcomes import Binary, read_binary
from algo_audit.data.policy import Policy
from algo_audit.data.population import join_population
from algo_audit.data.quantities import Quantity, read_amount, read_positive, read_quantity
from algo_audit.data.raw_table import RawTable, text_frame
from algo_audit.data.repeats import note_repeats, note_text_columns
from algo_audit.data.role_checks import (
    check_policy,
    check_references,
    check_roles,
    named_columns,
    score_alone,
    stratum_columns,
)
from algo_audit.data.roles import Roles
from algo_audit.data.spread_table import spread_columns
from algo_audit.data.stages import ReadSteps, read_steps, stages_declared
from algo_audit.data.text_table import listed
from algo_audit.data.total_lines import without_total_lines
from algo_audit.data.withdrawals import withdrawn_rows

OUTCOME_MISSING = "outcome_missing"


def read_decisions(
    path: str | PathLike[str],
    roles: Roles,
    *,
    policy: Policy | None = None,
    limits: Limits | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    compared: bool = True,
    population: str | PathLike[str] | None = None,
) -> Decisions:
    """Read and check a file of decisions.

    Parameters
    ----------
    path : path
        ``.csv``, ``.tsv``, ``.txt``, ``.xlsx``, ``.ods`` or ``.parquet``.
    roles : Roles
        Which column plays which part.
    policy : Policy, optional
        Its questions and references are checked against the file.
    limits : Limits, optional
        As ``limits.toml`` unless given.
    sheet : str, optional
        Sheet of a workbook.
    encoding : str, optional
        Encoding of a text file; found out otherwise.
    compared : bool
        Whether groups will be compared: then at least one attribute has to be declared. The
        explanation of one person needs none.
    population : path, optional
        A register of everybody eligible: ``path`` is then the list of those who got the
        favourable decision, and ``roles.identifier`` joins the two.

    Returns
    -------
    Decisions
        ``roles.favourable`` and ``roles.label_favourable`` filled in where they were detected,
        as the file writes them.

    Raises
    ------
    AuditError
        One fault, or all faults of the file together. Codes start with ``reading.``,
        ``roles.`` or ``policy.``.
    """
    limits = read_limits() if limits is None else limits
    policy = Policy() if policy is None else policy
    notes = Notes()
    file = open_file(Path(path), limits.reading)
    wanted = [column for _, column in named_columns(roles)]
    table = read_table(file, notes, limits.reading, sheet=sheet, encoding=encoding, wanted=wanted)
    if roles.count is None and table.columns:
        table = without_total_lines(table, notes)
    roles = stages_declared(_settled(roles))
    if roles.pool is not None and roles.pair is not None:
        notes.fault("roles.pool_and_pair", roles.pair, seen=roles.pool)
    register = None
    if population is not None and roles.outcome_kind != "binary":
        # being on the list is the decision: there is no amount beside it
        notes.fault("roles.not_with_amount", roles.outcome or str(path), seen=["population"])
        notes.settle()
    if population is not None:
        register = open_file(Path(population), limits.reading)
        table, roles = _with_population(table, register, roles, file.path, notes, limits)
    table, roles = spread_columns(table, roles, notes)
    if not notes.faults or table.columns:
        check_roles(roles, tuple(table.columns), str(path), notes, compared=compared)
    check_policy(policy, roles, notes)
    notes.settle()
    return _Reading(file, table, roles, policy, limits, notes, register).decisions()


def _with_population(
    chosen: RawTable, register: OpenedFile, roles: Roles, path: Path, notes: Notes, limits: Limits
) -> tuple[RawTable, Roles]:
    """The register with its outcome; the notes settle where the two cannot be joined."""
    notes.settle()
    wanted = [column for _, column in named_columns(roles)]
    table = read_table(register, notes, limits.reading, wanted=wanted)
    notes.settle()
    table = without_total_lines(table, notes)
    joined = join_population(chosen, table, roles, where=path, notes=notes)
    notes.settle()
    assert joined is not None
    return joined.table, joined.roles


def _settled(roles: Roles) -> Roles:
    """Roles with every column of a list once, and a number where one end is said to be worse."""
    number = roles.worse is not None and roles.outcome_kind == "binary"
    return replace(
        roles,
        outcome_kind="numeric" if number else roles.outcome_kind,
        protected=tuple(dict.fromkeys(roles.protected)),
        strata=tuple(dict.fromkeys(roles.strata)),
        inputs=tuple(dict.fromkeys(roles.inputs)),
        stages=tuple(dict.fromkeys(roles.stages)),
        withdrawn=tuple(dict.fromkeys(roles.withdrawn)),
    )


@dataclass
class _Reading:
    """One file on its way from text to decisions."""

    file: OpenedFile
    table: RawTable
    roles: Roles
    policy: Policy
    limits: Limits
    notes: Notes
    register: OpenedFile | None = None

    def decisions(self) -> Decisions:
        if self.roles.count is not None:
            self.table, self.roles = each_person(
                self.table, self.roles, context=self._context(None), limits=self.limits
            )
        note_repeats(self.table, self.roles, self.notes)
        self.roles = self._with_cluster()
        self.table, self.roles = derive_columns(
            self.table, self.roles, context=self._context(None), limits=self.limits
        )
        self.notes.settle()
        amount = self._amount()
        steps = read_steps(self.table, self.roles, self._context(None))
        left = withdrawn_rows(self.table, self.roles, self._context(None))
        outcome = self._decided(amount, steps, left)
        used = None if outcome is None else outcome.known
        context = self._context(used)
        protected = self._categories(context, self.roles.protected)
        strata = self._strata(context)
        label = self._binary("label", self.roles.label, self.roles.label_favourable, used)
        score = self._quantity(self.roles.score, context, "score")
        weight = self._quantity(self.roles.weight, context, "weight")
        cluster = self._identity(self.roles.cluster, context)
        # the two testers of an offer compete as candidates for one place do
        pool = self._identity(self.roles.pool or self.roles.pair, context)
        check_references(self.policy, protected, self.notes)
        withdrew = steps.withdrew if steps else 0 if left is None else int(left.sum())
        source = self._source(used, withdrew=withdrew)
        self._note_columns(context)
        self.notes.settle()
        assert outcome is not None  # else a fault was raised
        decisions = Decisions(
            roles=replace(
                self.roles,
                favourable=outcome.favourable or None,
                label_favourable=label.favourable if label else self.roles.label_favourable,
            ),
            source=source,
            outcome=self._used(outcome.codes, used),
            protected=protected,
            strata=strata,
            label=None if label is None else self._used(label.codes, used),
            score=None if score is None else self._used(score, used),
            weight=None if weight is None else self._used(weight, used),
            cluster=cluster,
            pool=pool,
            journal=tuple(self.notes.journal),
            table=text_frame(self.table, used),
            amount=None if amount is None else self._used(amount.values, used),
            amount_unit="" if amount is None else amount.unit,
        )
        return decisions if steps is None else self._with_steps(decisions, steps, used)

    def _with_steps(
        self, decisions: Decisions, steps: ReadSteps, used: NDArray[np.bool_] | None
    ) -> Decisions:
        """The decisions with their stages, and everybody whom the stages are about."""
        people = replace(decisions, label=None, score=None, table=None)
        if used is not None:  # told once already, of the rows used
            people = replace(self, notes=Notes()).everybody(people, steps)
        return replace(decisions, steps=Steps(steps.names, steps.states, people))

    def everybody(self, people: Decisions, steps: ReadSteps) -> Decisions:
        """Every row of the file, those without a decision too."""
        context = self._context(None)
        return replace(
            people,
            outcome=steps.outcome().codes,
            protected=self._categories(context, self.roles.protected),
            strata=self._strata(context),
            weight=self._quantity(self.roles.weight, context, "weight"),
            cluster=self._identity(self.roles.cluster, context),
            pool=self._identity(self.roles.pool or self.roles.pair, context),
        )

    def _amount(self) -> Quantity | None:
        """The outcome where it is a number or a rank."""
        if self.roles.outcome_kind == "binary" or self.roles.outcome is None:
            return None
        column = self.roles.outcome
        return read_amount(column, self.table.columns[column], self._context(None))

    def _decided(
        self, amount: Quantity | None, steps: ReadSteps | None, left: NDArray[np.bool_] | None
    ) -> Binary | None:
        """The decision, the last stage; for an amount or a score, only which rows hold one."""
        if score_alone(self.roles):
            scores = self._quantity(self.roles.score, self._context(None), "score")
            if scores is None:
                return None
            return Binary(np.where(np.isnan(scores), -1, 0).astype(np.int8), "")
        if self.roles.stages or self.roles.last_stage:
            return self._last_stage(steps)
        if self.roles.outcome_kind == "binary":
            stayed = None if left is None else ~left
            told = self._binary("outcome", self.roles.outcome, self.roles.favourable, stayed)
            return told if told is None or left is None else told.without(left)
        if amount is None:
            return None
        return Binary(np.where(np.isnan(amount.values), -1, 0).astype(np.int8), "")

    def _last_stage(self, steps: ReadSteps | None) -> Binary | None:
        """The last stage as the decision; a fault where nobody or everybody passed it."""
        if steps is None:
            return None
        outcome = steps.outcome()
        known = outcome.codes[outcome.codes >= 0]
        if not len(known) or known.min() == known.max():
            self.notes.fault("reading.last_stage_one_value", steps.names[-1])
            return None
        return outcome

    def _with_cluster(self) -> Roles:
        """An identifier that repeats is a cluster: decisions on one person are not independent."""
        roles = self.roles
        repeated = any(entry.code == "identifier_repeated" for entry in self.notes.journal)
        if not repeated or roles.cluster or roles.pair or roles.identifier == roles.pool:
            return roles
        self.notes.noted("identifier_is_cluster", str(roles.identifier))
        return replace(roles, cluster=roles.identifier)

    def _context(self, used: NDArray[np.bool_] | None) -> Context:
        return Context(
            used=used,
            lines=lambda rows: listed(self.table.lines, rows),
            decimal_comma=self.table.decimal_comma,
            limits=self.limits,
            notes=self.notes,
        )

    @staticmethod
    def _used(values: NDArray[Any], used: NDArray[np.bool_] | None) -> NDArray[Any]:
        return values if used is None else values[used]

    def _cells(self, column: str) -> Cells:
        return encode(column, self.table.columns[column])

    def _binary(
        self,
        kind: Any,
        column: str | None,
        favourable: str | None,
        used: NDArray[np.bool_] | None,
    ) -> Binary | None:
        if column is None:
            return None
        return read_binary(
            self._cells(column), self._context(used), kind=kind, favourable=favourable
        )

    def _categories(self, context: Context, names: tuple[str, ...]) -> dict[str, Column]:
        found = {}
        for name in names:
            column = read_category(
                self._cells(name), context, part="protected", cuts=self.roles.bands.get(name)
            )
            if column is not None:
                found[name] = column
        return found

    def _strata(self, context: Context) -> dict[str, Column]:
        read: dict[str, Column | None] = {}
        found = {}
        for stratum in self.roles.strata:
            parts = stratum_columns(self.roles, stratum, tuple(self.table.columns))
            for name in parts:
                if name not in read:
                    read[name] = read_category(
                        self._cells(name), context, part="stratum", cuts=self.roles.bands.get(name)
                    )
            columns = [column for name in parts if (column := read[name]) is not None]
            if len(columns) == len(parts):
                found[stratum] = columns[0] if len(parts) == 1 else cross(stratum, columns)
        return found

    def _quantity(
        self, column: str | None, context: Context, kind: str
    ) -> NDArray[np.float64] | None:
        if column is None:
            return None
        array = self.table.columns[column]
        if kind == "score":
            found = read_quantity(column, array, context)
        else:
            found = read_positive(column, array, context, kind=kind)
        return None if found is None else found.values

    def _identity(self, column: str | None, context: Context) -> Column | None:
        return None if column is None else read_identity(self._cells(column), context)

    def _note_columns(self, context: Context) -> None:
        """Say which columns play no part, and what dates and identifiers look like."""
        note_text_columns(self.table, self.roles, context)
        playing = {column for _, column in named_columns(self.roles, tuple(self.table.columns))}
        idle = [column for column in self.table.columns if column not in playing]
        if idle:
            self.notes.left_alone("columns_without_role", columns=idle)

    def _source(self, used: NDArray[np.bool_] | None, *, withdrew: int = 0) -> Source:
        rows = self.table.rows
        kept = rows if used is None else int(used.sum())
        aside: tuple[SetAside, ...] = ()
        if kept < rows:
            left = rows - kept - withdrew
            aside = (SetAside("withdrew", withdrew),) if withdrew else ()
            if left:
                aside += (SetAside(OUTCOME_MISSING, left),)
                self.notes.set_aside(OUTCOME_MISSING, self.roles.outcome or "", rows=left)
        return Source(
            name=self.file.path.name,
            sha256=self.file.sha256,
            rows=rows,
            rows_used=kept,
            rows_set_aside=aside,
            encoding=self.table.encoding,
            delimiter=self.table.delimiter,
            sheet=self.table.sheet,
            population="" if self.register is None else self.register.path.name,
            population_sha256="" if self.register is None else self.register.sha256,
        )
