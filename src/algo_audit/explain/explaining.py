"""From a model (or a log without one) and a file to all chapters on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.roles import Criterion
from algo_audit.data.rule import Rule
from algo_audit.explain.chapter import CriterionFacts, ModelChapters
from algo_audit.explain.contributions import Explanation, Player, explain_scores, players_of
from algo_audit.explain.effects import drawn_rows, effect_curves, monotonicity
from algo_audit.explain.gap import decompose_gaps
from algo_audit.explain.grid_lines import grid_lines
from algo_audit.explain.importance import criteria_importance
from algo_audit.explain.proxies import proxy_strength
from algo_audit.explain.recourse import RecourseOverview
from algo_audit.explain.recourse_overview import recourse_overview
from algo_audit.explain.replay import replay
from algo_audit.explain.stability import Stability, refitted_decisions, stability
from algo_audit.explain.staircase import Staircase, staircases
from algo_audit.explain.surrogate import Fidelity, ReadableRules, fit_stand_in, readable_rules
from algo_audit.explain.worth import worth
from algo_audit.fairness.controls import control_warnings
from algo_audit.fairness.strata import ControlWarning
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import AdditiveModel, Model, TreeModel
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import Decided, decide
from algo_audit.models.scoring_grid import ScoringGrid

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class _Subject:
    """A model (or stand-in) on a file, with all that its chapters are made from."""

    model: Model
    rows: InputRows
    rule: Rule | None
    scores: FloatArray
    decided: Decided | None
    decisions: Decisions
    players: tuple[Player, ...]
    criteria: tuple[Criterion, ...]
    actions: tuple[Action, ...]
    references: Mapping[str, str]
    limits: Limits
    seed: int
    grid_scores: FloatArray | None = None


def explain_model(
    decisions: Decisions,
    model: Model | None,
    *,
    rule: Rule | None,
    criteria: Sequence[Criterion],
    actions: Sequence[Action],
    references: Mapping[str, str],
    limits: Limits,
    seed: int,
    compared: Model | None = None,
) -> ModelChapters | None:
    """All chapters on a model, or on the stand-in where there is none and inputs are declared.

    Parameters
    ----------
    decisions : Decisions
        With its table.
    model : Model or None
    rule, criteria, actions
        Of the case.
    references : mapping of attribute to group
    limits : Limits
    seed : int
    compared : Model, optional
        A scoring grid that could fill the same places.

    Returns
    -------
    ModelChapters or None
        None where there is neither a model nor an input to fit a stand-in on, or too few
        decisions for a stand-in.

    Raises
    ------
    AuditError
        All mismatches between the model, its inputs and the file at once (``model.*``).
    """
    leaks = _leaks(decisions, model, limits)
    fidelity: Fidelity | None = None
    if model is None:
        fitted = _fitted(decisions, leaks, limits, seed)
        if fitted is None:
            return None
        model, rows, fidelity = fitted
        applied = model.rule
    else:
        checked = check_model(model, decisions, rule=rule)
        rows, applied = checked.rows, checked.rule
    scores = model.score(rows.values)
    pool = None if decisions.pool is None else decisions.pool.codes
    decided = None
    if applied is not None:
        decided = decide(applied, scores, pool=pool, taken=decisions.outcome)
    subject = _Subject(
        model=model,
        rows=rows,
        rule=applied,
        scores=scores,
        decided=decided,
        decisions=decisions,
        players=players_of(model, criteria),
        criteria=tuple(criteria),
        actions=tuple(one for one in actions if one.column in {i.name for i in model.inputs}),
        references=references,
        limits=limits,
        seed=seed,
        grid_scores=None if compared is None else _scores(compared, decisions),
    )
    return _chapters(subject, leaks, fidelity)


def _scores(grid: Model, decisions: Decisions) -> FloatArray:
    """Scores of the people of the file by a grid that did not decide."""
    # what decided may not have used all that this grid asks for
    names = dict.fromkeys((*decisions.roles.inputs, *(one.name for one in grid.inputs)))
    roles = replace(decisions.roles, inputs=tuple(names))
    checked = check_model(grid, replace(decisions, roles=roles), rule=None)
    return grid.score(checked.rows.values)


def _leaks(decisions: Decisions, model: Model | None, limits: Limits) -> tuple[ControlWarning, ...]:
    """Inputs that tell the decision because they were filled in after it."""
    inputs = set(decisions.roles.inputs)
    if model is not None:
        inputs |= {one.name for one in model.inputs}
        roles = replace(decisions.roles, inputs=tuple(sorted(inputs)))
        decisions = replace(decisions, roles=roles)
    warnings = control_warnings(decisions, limits)
    return tuple(one for one in warnings if one.kind == "leak" and one.column in inputs)


def _fitted(
    decisions: Decisions, leaks: Sequence[ControlWarning], limits: Limits, seed: int
) -> tuple[Model, InputRows, Fidelity] | None:
    """A stand-in for the model, its rows, and how far it can be trusted."""
    from algo_audit.errors import AuditError

    leaking = {one.column for one in leaks}
    try:
        fitted = fit_stand_in(decisions, limits=limits, seed=seed, leaking=leaking)
    except AuditError as error:
        # too few decisions to fit anything on: the audit itself goes on without these chapters
        if all(fault.code in ("model.log_too_small", "model.one_value") for fault in error.faults):
            return None
        raise
    if fitted is None:
        return None
    made, rows, fidelity = fitted
    return made.model, rows, fidelity


def _chapters(
    subject: _Subject, leaks: tuple[ControlWarning, ...], fidelity: Fidelity | None
) -> ModelChapters:
    one, limits, seed = subject, subject.limits, subject.seed
    model, rows, decided, decisions = one.model, one.rows, one.decided, one.decisions
    explanation, _ = explained(model, rows, one.players, limits=limits, seed=seed)
    return ModelChapters(
        description=replace(model.describe(), rule=one.rule),
        fidelity=fidelity,
        leaks=leaks,
        replay=None if fidelity else replay(model, rows, decisions, rule=one.rule, limits=limits),
        importance=criteria_importance(model, rows, explanation, decided, limits=limits, seed=seed),
        lines=grid_lines(model, rows, decided) if isinstance(model, ScoringGrid) else (),
        effects=effect_curves(model, rows, criteria=one.criteria, limits=limits, seed=seed),
        monotonicity=monotonicity(model, rows, actions=one.actions, limits=limits, seed=seed),
        rules=_rules(one, of="log" if fidelity else "model"),
        gaps=decompose_gaps(
            model,
            rows,
            decided,
            decisions,
            players=one.players,
            references=one.references,
            limits=limits,
            seed=seed,
        ),
        proxies=proxy_strength(rows, decisions, players=one.players, limits=limits, seed=seed),
        staircases=_staircases(one),
        worth=worth(
            one.scores,
            decided,
            decisions,
            model_grid_scores=one.grid_scores,
            limits=limits,
        ),
        recourse=_recourse(one),
        stability=_stability(one),
        limits=() if decided is not None else ("no_rule",),
        criteria=tuple(
            CriterionFacts(
                c.key, c.inputs, c.intrusiveness, c.actionable, c.purpose, c.source, c.label
            )
            for c in one.criteria
        ),
    )


def _rules(one: _Subject, *, of: Literal["model", "log"]) -> ReadableRules | None:
    """A shallow tree of the model's decisions; of the logged ones where there is no model."""
    if one.decided is None:
        return None
    wanted = one.decisions.outcome if of == "log" else one.decided.decision
    return readable_rules(one.rows, wanted, one.decisions, of=of, limits=one.limits, seed=one.seed)


def _staircases(one: _Subject) -> tuple[Staircase, ...]:
    if one.rule is None:
        return ()
    return staircases(
        one.scores, one.rule, one.decisions, references=one.references, limits=one.limits
    )


def _recourse(one: _Subject) -> RecourseOverview | None:
    """Who could have done something; unknown where nobody said what can be changed."""
    if one.decided is None or not one.actions:
        return None
    return recourse_overview(
        one.model,
        one.rows,
        one.decided,
        one.decisions,
        actions=one.actions,
        limits=one.limits,
        seed=one.seed,
        rule=one.rule,
    )


def _stability(one: _Subject) -> Stability | None:
    if one.decided is None:
        return None
    shared: dict[str, Any] = {"limits": one.limits, "seed": one.seed}
    again = refitted_decisions(one.model, one.rows, one.decisions, rule=one.rule, **shared)
    return stability(
        one.model, one.rows, one.decided, actions=one.actions, refitted=again, **shared
    )


def explained(
    model: Model,
    rows: InputRows,
    players: Sequence[Player],
    *,
    limits: Limits,
    seed: int,
) -> tuple[Explanation, NDArray[np.int64]]:
    """Contributions to the scores of the people of a file, and which of them were taken.

    Everybody where the model has an exact way at little cost, else a sample.
    """
    exact = isinstance(model, AdditiveModel | TreeModel)
    most = len(rows) if exact else limits.explain.people_sampled
    taken = drawn_rows(len(rows), most, seed)
    beside = limits.explain.background if exact else limits.explain.background_sampled
    background = rows.values[drawn_rows(len(rows), beside, seed + 1)]
    explanation = explain_scores(
        model,
        rows.values[taken],
        background=background,
        players=players,
        seed=seed,
        exact_players=limits.explain.exact_players,
        additive_error=limits.explain.additive_error,
    )
    return explanation, taken
