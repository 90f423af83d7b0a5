"""A few readable rules in place of the model, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.decision_log import StandIn, Target, split_rows, stand_in
from algo_audit.models.inputs import InputRows, inputs_of, read_inputs
from algo_audit.models.rule import decide
from algo_audit.stats.auc import auc_delong, auc_interval, auc_method
from algo_audit.stats.intervals import rate_interval, rate_method


@dataclass(frozen=True)
class Condition:
    """``column`` ``op`` ``value``: ``<=`` or ``>`` a number, ``in`` a set of levels, ``blank``."""

    column: str
    op: Literal["<=", ">", "in", "blank", "not_blank"]
    number: float | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadableRule:
    """A leaf: all conditions hold; ``n`` people of the file, ``events`` favourable decisions.

    Counts are None where a report hides them.
    """

    conditions: tuple[Condition, ...]
    favourable: bool
    n: int | None
    events: int | None


@dataclass(frozen=True)
class GroupFidelity:
    """Agreement within one group."""

    attribute: str
    group: str
    agreement: Estimate


@dataclass(frozen=True)
class Fidelity:
    """How often something simple says what was really decided, on rows kept out of the fit.

    ``agreement``: share of held-out rows decided alike; ``chance``: the share that always saying
    the commoner decision reaches; ``auc`` of its score for the decision.
    """

    held_out: int
    agreement: Estimate
    chance: float
    auc: Estimate
    by_group: tuple[GroupFidelity, ...] = ()


@dataclass(frozen=True)
class ReadableRules:
    """A shallow tree in words; ``of`` says what it imitates: ``model`` | ``log``."""

    of: Literal["model", "log"]
    rules: tuple[ReadableRule, ...]
    fidelity: Fidelity


def fit_stand_in(
    decisions: Decisions,
    *,
    limits: Limits,
    seed: int,
    leaking: Collection[str] = (),
    inputs: Sequence[str] | None = None,
    target: Target = "outcome",
) -> tuple[StandIn, InputRows, Fidelity] | None:
    """A stand-in fitted to a log, its rows, and how far it can be trusted.

    Parameters
    ----------
    decisions : Decisions
        With its table of text.
    limits : Limits
    seed : int
    leaking : collection of str
        Columns filled in after the decision (``fairness.controls.leaking_columns``): left out.
    inputs : sequence of str, optional
        Columns that the system uses; the declared ones unless given.
    target : {"outcome", "score"}

    Returns
    -------
    tuple or None
        None where no input is left. The fidelity is always to the decision, and by every
        protected attribute.

    Raises
    ------
    AuditError
        Those of ``inputs_of``, ``read_inputs`` and ``stand_in``.
    """
    wanted = decisions.roles.inputs if inputs is None else inputs
    columns = [name for name in wanted if name not in leaking]
    if not columns or decisions.table is None:
        return None
    rows = read_inputs(decisions.table, inputs_of(decisions.table, columns))
    made = stand_in(rows, decisions, limits=limits, seed=seed, target=target)
    return made, rows, stand_in_fidelity(made, rows, decisions, limits=limits)


def stand_in_fidelity(
    made: StandIn, rows: InputRows, decisions: Decisions, *, limits: Limits
) -> Fidelity:
    """How often a stand-in decides as the log did, on the rows kept out of its fit.

    With pools, each gives the held-out candidates as many places as they really got.
    """
    held = np.flatnonzero(made.held_out)
    scores = made.model.score(rows.values[held])
    really = decisions.outcome[held]
    rule = made.model.rule
    if rule is None:  # a stand-in always has one; said for the type
        raise TypeError("a stand-in without a rule")
    pool = None if decisions.pool is None else decisions.pool.codes[held]
    decided = decide(rule, scores, pool=pool, taken=really).decision
    own = {name: one.codes[held] for name, one in decisions.protected.items()}
    return measure_fidelity(scores, decided, really, decisions.protected, own, limits=limits)


def measure_fidelity(
    scores: NDArray[np.float64],
    decided: NDArray[np.int8],
    really: NDArray[np.int8],
    protected: Mapping[str, Column],
    codes: Mapping[str, NDArray[np.int32]],
    *,
    limits: Limits,
) -> Fidelity:
    """Agreement with decisions, on rows that nothing was fitted on.

    Parameters
    ----------
    scores : float64 array, shape (rows,)
        Of the simple model.
    decided, really : int8 arrays, shape (rows,)
        Its decisions, and the true ones.
    protected : mapping of attribute to Column
        For the names of the groups.
    codes : mapping of attribute to int32 array, shape (rows,)
        Group of each of these rows, -1 unknown.
    limits : Limits
        ``levels.confidence``.

    Returns
    -------
    Fidelity
        Intervals take people as apart from each other, which those of one pool are not.
    """
    confidence = limits.levels.confidence
    alike = decided == really
    groups = tuple(
        GroupFidelity(name, level, _share(alike[own == place], confidence))
        for name, column in protected.items()
        for own in (codes[name],)
        for place, level in enumerate(column.levels)
        if (own == place).any()
    )
    favourable = float(really.mean()) if len(really) else 0.0
    return Fidelity(
        held_out=len(really),
        agreement=_share(alike, confidence),
        chance=max(favourable, 1 - favourable),
        auc=_auc(scores, really, confidence),
        by_group=groups,
    )


def _share(alike: NDArray[np.bool_], confidence: float) -> Estimate:
    n, events = len(alike), int(alike.sum())
    if not n:
        return Estimate(None, n=0, missing_reason="too_few_people")
    low, high = rate_interval([events], [n], confidence=confidence)
    method = str(rate_method([events], [n])[0])
    return Estimate(events / n, float(low[0]), float(high[0]), n, method)


def _auc(scores: NDArray[np.float64], really: NDArray[np.int8], confidence: float) -> Estimate:
    known = ~np.isnan(scores)
    found = auc_delong(
        scores[known], really[known], np.zeros(int(known.sum()), dtype=np.int64), groups=1
    )
    if np.isnan(found.auc[0]):
        return Estimate(None, n=len(really), missing_reason="nothing_varies")
    low, high = auc_interval(found, confidence=confidence)
    return Estimate(
        float(found.auc[0]), float(low[0]), float(high[0]), len(really), str(auc_method(found)[0])
    )


def readable_rules(
    rows: InputRows,
    decided: NDArray[np.int8],
    decisions: Decisions,
    *,
    of: Literal["model", "log"],
    limits: Limits,
    seed: int,
    held_out: NDArray[np.bool_] | None = None,
) -> ReadableRules | None:
    """A few rules that say most of what a model, or the log, decides.

    Parameters
    ----------
    rows : InputRows
        Inputs of all people of the file.
    decided : int8 array, shape (rows,)
        What is imitated: the model's decisions on them, or the logged ones; -1: not known.
    decisions : Decisions
        For copies of rows and clusters (kept on one side of the split) and the protected groups.
    of : {"model", "log"}
    limits : Limits
        ``explain.rules_depth``, ``rules_people``, ``held_out``.
    seed : int
    held_out : bool array, shape (rows,), optional
        Rows kept out of the fit; of a stand-in, the same as there.

    Returns
    -------
    ReadableRules or None
        None where fewer people are known than two rules need. Rules whose neighbours decide alike
        are merged; one rule without a condition means that no question changes the answer of the
        greater part. ``n`` and ``events`` count all people of the file, the fidelity speaks of
        those kept out.
    """
    from algo_audit.explain.rule_tree import grow, leaf_of

    if held_out is None:
        held_out = split_rows(decisions, share=limits.explain.held_out, seed=seed)
    known = decided >= 0
    fitted, kept = known & ~held_out, np.flatnonzero(known & held_out)
    if int(fitted.sum()) < 2 * limits.explain.rules_people or not len(kept):
        return None
    tree = grow(
        rows.values[fitted],
        rows.inputs,
        decided[fitted],
        depth=limits.explain.rules_depth,
        people=limits.explain.rules_people,
    )
    reached, leaves = leaf_of(tree, rows.values)
    found = []
    for place, leaf in enumerate(leaves):
        own = decided[(reached == place) & known]
        found.append(ReadableRule(leaf.conditions, leaf.favourable, len(own), int(own.sum())))
    rates = np.array([leaf.rate for leaf in leaves])
    answers = np.array([leaf.favourable for leaf in leaves]).astype(np.int8)
    codes = {name: column.codes[kept] for name, column in decisions.protected.items()}
    fidelity = measure_fidelity(
        rates[reached[kept]],
        answers[reached[kept]],
        decided[kept],
        decisions.protected,
        codes,
        limits=limits,
    )
    return ReadableRules(of, tuple(found), fidelity)
