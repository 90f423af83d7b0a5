"""Successive stages of a selection: who entered each, who passed, who withdrew on the way.

Two ways of writing them are read: a column for each stage (yes or no; or a date, or a cross, where
the stage was passed and a blank where it was not), and one column that names the last stage
reached.
Someone enters a stage by passing the one before; the first one everybody enters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.categories import Cells, Context, encode
from algo_audit.data.conversion import convert_dates
from algo_audit.data.decisions import OUTSIDE, PASSED, REFUSED, UNKNOWN, WITHDREW
from algo_audit.data.outcomes import Binary
from algo_audit.data.raw_table import RawTable
from algo_audit.data.vocabulary import favourable_of, fold, is_unknown, meaning_of, side_of
from algo_audit.data.withdrawals import Withdrawn

if TYPE_CHECKING:
    from algo_audit.data.roles import Roles

StateArray = NDArray[np.int8]
_SHOWN = 6
_FEWEST = 2
# A cell that only marks that something happened.
_MARKS = frozenset({"x", "fait", "ok", "done", "passe", "reached", "franchi", "franchie"})


@dataclass(frozen=True)
class ReadSteps:
    """Stages by name, in order, and the state of every row of the file at each.

    ``states`` has shape (rows, stages): see the constants of ``data/decisions.py``. ``favourable``
    is how the last stage writes that it was passed ("" where a date or a mark says it).
    """

    names: tuple[str, ...]
    states: StateArray
    favourable: str

    def outcome(self) -> Binary:
        """The decision: the last stage passed; not known of those who withdrew on the way."""
        last = self.states[:, -1]
        known = ~(np.isin(self.states, (WITHDREW, UNKNOWN)).any(axis=1))
        codes = np.where(known, (last == PASSED).astype(np.int8), np.int8(-1))
        return Binary(codes.astype(np.int8), self.favourable)

    @property
    def withdrew(self) -> int:
        """People who withdrew at some stage."""
        return int((self.states == WITHDREW).any(axis=1).sum())


def stages_declared(roles: Roles) -> Roles:
    """Roles in which the decision is the last stage, where none was named."""
    if not (roles.stages or roles.last_stage) or roles.outcome is not None:
        return roles
    return replace(roles, outcome=roles.last_stage or roles.stages[-1])


def read_steps(table: RawTable, roles: Roles, context: Context) -> ReadSteps | None:
    """Read the stages of every row.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        ``stages`` in order (columns, or the values of ``last_stage``), ``withdrawn``, and
        ``outcome``: a decision that is none of the stages is the last of them.
    context : Context
        Takes the faults ``roles.stages_few``, ``roles.outcome_not_last_stage``,
        ``reading.stage_values``, ``reading.stage_blank``, ``reading.dates_mixed``,
        ``reading.last_stage_values``, ``reading.stage_not_entered``, ``reading.stages_order``,
        ``reading.withdrawn_missing``, and the journal entries ``stages_read``,
        ``stage_all_passed``, ``stage_nobody_passed``, ``stage_withdrew``, ``stage_unknown``.

    Returns
    -------
    ReadSteps or None
        None without stages, or where a fault was noted.
    """
    if not roles.stages and roles.last_stage is None:
        return None
    before = len(context.notes.faults)
    withdrawn = Withdrawn.of(roles, table)
    raw = _from_one(table, roles, withdrawn, context) if roles.last_stage else {}
    if roles.last_stage and not raw:
        return None
    names = list(raw) if roles.last_stage else list(roles.stages)
    if roles.outcome is not None and roles.outcome not in (*names, roles.last_stage):
        names.append(roles.outcome)
    elif roles.outcome in names and names[-1] != roles.outcome:
        choices = names[names.index(roles.outcome) + 1 :]
        context.notes.fault("roles.outcome_not_last_stage", str(roles.outcome), seen=choices)
    if len(names) < _FEWEST and len(context.notes.faults) == before:
        context.notes.fault("roles.stages_few", names[0] if names else "--stage")
    favourable = names[-1] if roles.last_stage else ""
    for name in names:
        if name not in raw and name in table.columns:
            told = roles.favourable
            found = _column(encode(name, table.columns[name]), withdrawn, told, context)
            if found is not None:
                raw[name], favourable = found
    withdrawn.told_missing(table, context)
    if len(context.notes.faults) > before or any(name not in raw for name in names):
        return None
    states = _chained(names, np.column_stack([raw[name] for name in names]), context)
    if states is None:
        return None
    elsewhere = withdrawn.elsewhere(table, names, roles.last_stage)
    states = _left(states, elsewhere)
    _note(names, states, context)
    return ReadSteps(tuple(names), states, favourable)


def _column(
    cells: Cells, withdrawn: Withdrawn, favourable: str | None, context: Context
) -> tuple[StateArray, str] | None:
    """State of every row in one column, before the order of stages is looked at."""
    state = {level: UNKNOWN for level in cells.levels if is_unknown(level)}
    state |= {
        level: WITHDREW
        for level in cells.levels
        if level not in state and withdrawn.says(cells.name, level)
    }
    rest = [level for level in cells.levels if level not in state]
    if not rest:
        context.notes.fault("reading.stage_blank", cells.name)
        return None
    passed = _passed(cells, rest, favourable, context)
    if passed is None:
        return None
    values, marks = passed
    for level in rest:
        state[level] = PASSED if level in values else REFUSED
    if marks:  # a date or a cross says that the stage was passed: a blank, that it was not
        state |= {level: REFUSED for level, code in state.items() if code == UNKNOWN}
    code = np.array([state[level] for level in cells.levels], dtype=np.int8)
    written = "" if marks or not values else min(values)
    return code[cells.codes], written


def _passed(
    cells: Cells, rest: Sequence[str], favourable: str | None, context: Context
) -> tuple[frozenset[str], bool] | None:
    """Values that say "passed", and whether a blank says "not passed"."""
    if convert_dates(rest) is not None:
        return frozenset(rest), True
    dated = [level for level in rest if convert_dates([level]) is not None]
    if len(dated) * 2 > len(rest):
        odd = sorted(set(rest) - set(dated)) or _other_order(rest)
        rows = cells.marked(np.isin(np.array(cells.levels, dtype=object), odd))
        context.notes.fault(
            "reading.dates_mixed",
            cells.name,
            seen=odd[:_SHOWN],
            lines=context.lines(rows),
            rows=int(rows.sum()),
        )
        return None
    by_meaning: dict[str, list[str]] = {}
    for level in rest:
        by_meaning.setdefault(meaning_of(level), []).append(level)
    if favourable is not None and meaning_of(favourable) in by_meaning:
        return frozenset(by_meaning[meaning_of(favourable)]), False
    if len(by_meaning) == 1:
        word = rest[0]
        bad = side_of(word) == "unfavourable"
        if bad or side_of(word) == "favourable" or fold(word) in _MARKS:
            return (frozenset(), False) if bad else (frozenset(rest), True)
    elif len(by_meaning) == _FEWEST:
        first, second = (same[0] for same in by_meaning.values())
        good = favourable_of(cells.name, (first, second))
        if good is not None:
            return frozenset(by_meaning[meaning_of(good)]), False
    elif all(side_of(level) is not None for level in rest):
        return frozenset(level for level in rest if side_of(level) == "favourable"), False
    shown = sorted(rest)[: 2 * _SHOWN]
    context.notes.fault("reading.stage_values", cells.name, seen=shown, distinct=len(rest))
    return None


def _other_order(dates: Sequence[str]) -> list[str]:
    """Dates that do not fit the order that fits most of them."""
    best = list(dates)
    for example in ("2001-02-23", "23/02/2001", "02/23/2001"):
        odd = [text for text in dates if convert_dates([example, text]) is None]
        best = min(best, odd, key=len)
    return sorted(best)


def _from_one(
    table: RawTable, roles: Roles, withdrawn: Withdrawn, context: Context
) -> dict[str, StateArray]:
    """States by stage out of one column that names the last stage reached."""
    cells = encode(str(roles.last_stage), table.columns[str(roles.last_stage)])
    order = {fold(name): place for place, name in enumerate(roles.stages)}
    reached = np.full(len(cells.levels), -1, dtype=np.int64)
    left = np.zeros(len(cells.levels), dtype=bool)
    odd = []
    for index, level in enumerate(cells.levels):
        if is_unknown(level):
            continue
        if withdrawn.says(cells.name, level):
            left[index] = True
        elif fold(level) in order:
            reached[index] = order[fold(level)]
        else:
            odd.append(level)
    if odd or not order:
        known = [level for level in cells.levels if not is_unknown(level)]
        seen = sorted(odd)[: 2 * _SHOWN] if order else sorted(known)[: 2 * _SHOWN]
        code = "reading.last_stage_values" if order else "reading.last_stage_order"
        choices = roles.stages if order else ()
        context.notes.fault(code, cells.name, seen=seen, choices=choices)
        return {}
    place, gone = reached[cells.codes], left[cells.codes]
    found = {}
    for stage, name in enumerate(roles.stages):
        state = np.where(place >= stage, PASSED, REFUSED)
        state[place < 0] = UNKNOWN
        # of those who withdrew, the column does not say after which stage: after the first
        state[gone] = PASSED if stage == 0 else WITHDREW
        found[name] = state.astype(np.int8)
    return found


def _chained(names: Sequence[str], raw: StateArray, context: Context) -> StateArray | None:
    """States in which nobody is looked at beyond the stage where they stopped."""
    late = _not_entered(raw)
    if late.any():
        order = np.argsort(-(raw == PASSED).sum(axis=0), kind="stable")
        if not _not_entered(raw[:, order]).any():
            choices = [names[place] for place in order]
            context.notes.fault("reading.stages_order", names[0], seen=list(names), order=choices)
            return None
        for stage in np.flatnonzero(late.any(axis=0)).tolist():
            rows = late[:, stage]
            context.notes.fault(
                "reading.stage_not_entered",
                names[stage],
                seen=names[stage - 1],
                lines=context.lines(rows),
                rows=int(rows.sum()),
            )
        return None
    states = raw.copy()
    for stage in range(1, raw.shape[1]):
        states[states[:, stage - 1] != PASSED, stage] = OUTSIDE
    return states


def _not_entered(raw: StateArray) -> NDArray[np.bool_]:
    """Where a stage is passed and the one before is not, shape (rows, stages)."""
    late = np.zeros(raw.shape, dtype=bool)
    late[:, 1:] = (raw[:, 1:] == PASSED) & (raw[:, :-1] != PASSED)
    return late


def _left(states: StateArray, elsewhere: NDArray[np.bool_]) -> StateArray:
    """Those whom another column says withdrew: at the first stage that they did not pass."""
    found = states.copy()
    stopped = np.isin(states, (REFUSED, UNKNOWN)) & elsewhere[:, np.newaxis]
    found[stopped] = WITHDREW
    return found


def _note(names: Sequence[str], states: StateArray, context: Context) -> None:
    notes = context.notes
    notes.converted("stages_read", "", stages=list(names), people=len(states))
    for stage, name in enumerate(names):
        column = states[:, stage]
        entered = int((column != OUTSIDE).sum())
        passed = int((column == PASSED).sum())
        if passed == entered > 0:
            notes.noted("stage_all_passed", name, people=entered)
        elif not passed:
            notes.noted("stage_nobody_passed", name, people=entered)
        for code, state in (("stage_withdrew", WITHDREW), ("stage_unknown", UNKNOWN)):
            people = int((column == state).sum())
            if people:
                notes.set_aside(code, name, people=people)
