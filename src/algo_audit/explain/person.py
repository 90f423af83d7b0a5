"""Everything that one person may be told, as numbers and codes; the sheet is made from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.actions import Action
from algo_audit.data.advice import read_advice
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.roles import Criterion
from algo_audit.errors import AuditError
from algo_audit.explain.contributions import ROUNDING, explain_scores, players_of
from algo_audit.explain.find_person import find_person
from algo_audit.explain.person_operations import Operation, grid_points, operations_of
from algo_audit.explain.recourse import Recourse, find_recourse
from algo_audit.explain.recourse_target import needed_scores, told_step
from algo_audit.explain.replay import chosen_as_logged
from algo_audit.explain.stability import Stability, refitted_decisions, stability_of
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows, read_inputs
from algo_audit.models.model import AdditiveModel, Model, ModelDescription, TreeModel
from algo_audit.models.rule import Decided, Rule, decide


@dataclass(frozen=True)
class InputValue:
    """A value that the system used: as the file writes it, and as a number where it is one."""

    column: str
    text: str
    blank: bool = False
    number: float | None = None


@dataclass(frozen=True)
class Contribution:
    """A criterion's contribution against the average person of the file.

    ``points``: what the grid gave for it, None for other models; ``most``: the most it gives.
    """

    criterion: str
    columns: tuple[str, ...]
    value: float
    points: float | None = None
    most: float | None = None
    weight: float | None = None  # share of the sum of absolute contributions, 0 to 1


@dataclass(frozen=True)
class PersonExplanation:
    """One person, one decision. No other person's data is in it.

    ``score``, ``base`` (mean of the file) and ``needed`` (the cut-off, in a pool rounded up to
    ``lacking``'s step) in the model's scale; ``lacking``: points short of the last person admitted,
    rounded up to one step, None where the decision is favourable. ``favourable`` is the logged
    decision, ``model_favourable`` the model's, ``advice_favourable`` the logged advice.
    ``pool_size`` only where it has at least as many people as ``limits.disclosure.committee``.
    ``tied``: the score is that of the last place, shared with others, so that it alone does not
    say who is taken; told only in pools that large.
    """

    identifier: str
    description: ModelDescription
    outcome: str
    outcome_value: str
    favourable: bool
    model_favourable: bool | None
    advice_favourable: bool | None
    decided_on: str
    pool: str | None
    pool_size: int | None
    places: int | None
    score: float
    base: float
    needed: float | None
    lacking: float | None
    data: tuple[InputValue, ...]
    contributions: tuple[Contribution, ...]
    operations: tuple[Operation, ...]
    recourse: Recourse
    stability: Stability
    criteria: tuple[Criterion, ...]
    status: str
    model_share_followed: float | None = None  # how often decisions equal the advice, 0 to 1
    tied: bool = False


@dataclass(frozen=True)
class _Decision:
    """The model's decisions on the whole file; None where no rule is known."""

    scores: NDArray[np.float64]
    rule: Rule | None
    decided: Decided | None
    needed: NDArray[np.float64]


def explain_person(
    decisions: Decisions,
    model: Model,
    identifier: str,
    *,
    rule: Rule | None = None,
    criteria: Sequence[Criterion] = (),
    actions: Sequence[Action] = (),
    limits: Limits | None = None,
    seed: int = 0,
    status: str = "unknown",
) -> PersonExplanation:
    """Everything that one person may be told about one decision.

    Parameters
    ----------
    decisions : Decisions
        With its table.
    model : Model
        That was really applied.
    identifier : str
        As the file writes it in ``roles.identifier``; ``line:17`` in a file without that column
        (line 1 is the header).
    rule : Rule, optional
        Of the case; else the model's own.
    criteria : sequence of Criterion
        Contributions are grouped by them.
    actions : sequence of Action
        What a person can change; without any, no way is looked for.
    limits : Limits, optional
        ``data/limits.toml`` unless given.
    seed : int
    status : str
        ``public`` | ``private`` | ``unknown``: the employer.

    Returns
    -------
    PersonExplanation
        Nobody else's data: what others scored enters as the mean of the file and as what lacks,
        told in steps of about a hundredth of the range of scores; a pool's size and places only
        from ``limits.disclosure.committee`` people on.

    Raises
    ------
    AuditError
        ``person.unknown`` (choices: the identifier as the file writes it, where only leading
        zeros, case or spaces differ), ``person.several``, ``person.stand_in`` (the law wants what
        was really applied, and a stand-in was not), ``explain.not_additive`` (the contributions
        miss the score), and whatever is wrong with the model's inputs.

    Notes
    -----
    Ways suppose that the others and the rule stay as they were. The smallest change that is
    enough does tell about where the cut-off lies; it cannot tell whose score it is.
    """
    limits = limits or read_limits()
    description = model.describe()
    if description.kind == "surrogate":
        raise AuditError("person.stand_in", identifier)
    row = find_person(decisions, identifier)
    assert decisions.table is not None  # find_person has looked into it
    rows = read_inputs(decisions.table, model.inputs, unseen_allowed=model.unseen_allowed)
    made = _decide(model, rows, decisions, rule)
    described = replace(description, rule=made.rule)
    base, contributions = _contributions(model, rows, row, criteria, limits, seed)
    advice = read_advice(decisions)
    logged = bool(decisions.outcome[row] == 1)
    lacking, needed = _lacking(model, made, row)
    smallest = limits.disclosure.committee
    pool, size, places = _pool(decisions, made, row, smallest)
    chosen, tied = _chosen(made, decisions, row)
    return PersonExplanation(
        identifier=identifier,
        description=described,
        outcome=decisions.roles.outcome or "",
        outcome_value=_text(decisions, decisions.roles.outcome, row),
        favourable=logged,
        model_favourable=chosen,
        advice_favourable=None if advice is None or advice[row] < 0 else bool(advice[row] == 1),
        decided_on=_text(decisions, decisions.roles.date, row),
        pool=pool,
        pool_size=size,
        places=places,
        score=float(made.scores[row]),
        base=base,
        needed=needed,
        lacking=lacking,
        data=tuple(
            InputValue(
                one.name,
                _text(decisions, one.name, row),
                bool(np.isnan(value)),
                float(value) if one.kind == "number" and np.isfinite(value) else None,
            )
            for one, value in zip(rows.inputs, rows.values[row], strict=True)
        ),
        contributions=contributions,
        operations=operations_of(model, rows, row, float(made.scores[row]), needed, decisions),
        recourse=_recourse(model, rows, made, row, actions, limits, seed, logged=logged),
        stability=_steady(model, rows, made, row, decisions, actions, limits, seed),
        criteria=tuple(criteria),
        status=status,
        model_share_followed=_followed(advice, decisions),
        tied=tied and (len(rows.values) if pool is None else size or 0) >= smallest,
    )


def _text(decisions: Decisions, column: str | None, row: int) -> str:
    """A cell as the file writes it, "" where blank."""
    table = decisions.table
    if column is None or table is None or column not in table.columns:
        return ""
    cell = table[column].iloc[row]
    return "" if cell is None or cell != cell else str(cell).strip()  # noqa: PLR0124 -- NaN


def _decide(model: Model, rows: InputRows, decisions: Decisions, rule: Rule | None) -> _Decision:
    scores = model.score(rows.values)
    applied = rule or model.rule
    if applied is None:
        return _Decision(scores, None, None, np.full(len(scores), np.nan))
    pool = None
    if applied.kind == "top_k" and decisions.pool is not None:
        pool = decisions.pool.codes
    decided = decide(applied, scores, pool=pool, taken=decisions.outcome)
    return _Decision(scores, applied, decided, needed_scores(model, applied, scores, decided))


def _chosen(made: _Decision, decisions: Decisions, row: int) -> tuple[bool | None, bool]:
    """What the model decided, and whether on a tie: then whom the log took is its choice."""
    if made.rule is None:
        return None, False
    chosen, tied = chosen_as_logged(made.rule, made.scores, decisions, decisions.outcome)
    return (None if chosen[row] < 0 else bool(chosen[row] == 1)), bool(tied[row])


def _contributions(
    model: Model,
    rows: InputRows,
    row: int,
    criteria: Sequence[Criterion],
    limits: Limits,
    seed: int,
) -> tuple[float, tuple[Contribution, ...]]:
    """The mean of the file, and what each criterion adds to it."""
    cheap = isinstance(model, AdditiveModel | TreeModel)
    most = limits.explain.background if cheap else limits.explain.background_sampled
    background = rows.values
    if len(background) > most:
        drawn = np.random.default_rng(seed).choice(len(background), most, replace=False)
        background = background[np.sort(drawn)]
    explained = explain_scores(
        model,
        rows.values[[row]],
        background=background,
        players=players_of(model, criteria),
        seed=seed,
        exact_players=limits.explain.exact_players,
    )
    values, score = explained.values[0], float(model.score(rows.values[[row]])[0])
    apart = abs(explained.base + float(values.sum()) - score)
    if not apart <= limits.explain.additive_error * max(1.0, abs(score)):
        raise AuditError("explain.not_additive", model.describe().name, seen=float(apart))
    weigh = float(np.abs(values).sum())
    points = grid_points(model, rows.values[row])
    found = []
    for player, value in zip(explained.players, values, strict=True):
        own = [model.inputs[place].name for place in player.inputs]
        got = [points[name] for name in own if name in points]
        whole = bool(got) and player.key != ROUNDING
        known = [most for _, most in got]
        found.append(
            Contribution(
                criterion=player.key,
                columns=tuple(own),
                value=float(value),
                points=sum(point for point, _ in got) if whole else None,
                most=sum(most for most in known if most is not None)
                if whole and None not in known
                else None,
                weight=abs(float(value)) / weigh if weigh > 0 else 0.0,
            )
        )
    return float(explained.base), tuple(found)


def _lacking(model: Model, made: _Decision, row: int) -> tuple[float | None, float | None]:
    """How much was missing, and what was needed, both told without anybody's exact score."""
    if made.rule is None or made.decided is None or not math.isfinite(made.needed[row]):
        return None, None
    step, score = told_step(model, made.scores), float(made.scores[row])
    short = float(made.needed[row]) - score
    needed = float(made.needed[row])
    if made.rule.kind != "threshold":
        needed = round(math.ceil(round(needed / step, 9)) * step, 9)
    if made.decided.decision[row] == 1 or short <= 0:
        return None, needed
    return round(math.ceil(round(short / step, 9)) * step, 9), needed


def _pool(
    decisions: Decisions, made: _Decision, row: int, smallest: int
) -> tuple[str | None, int | None, int | None]:
    """The pool, its size and its places; numbers only where it is large enough."""
    column = decisions.pool
    if column is None or column.codes[row] < 0:
        return None, None, None
    code = column.codes[row]
    here = column.codes == code
    size = int(here.sum())
    if size < smallest:
        return column.levels[code], None, None
    ranked = made.rule is not None and made.rule.kind == "top_k" and made.decided is not None
    places = int(made.decided.decision[here].sum()) if ranked and made.decided else None
    return column.levels[code], size, places


def _recourse(
    model: Model,
    rows: InputRows,
    made: _Decision,
    row: int,
    actions: Sequence[Action],
    limits: Limits,
    seed: int,
    *,
    logged: bool,
) -> Recourse:
    """Ways to what the model would have admitted."""
    if logged:
        return Recourse((), reason="already_favourable")
    if made.rule is None:
        return Recourse((), reason="no_rule")
    (found,) = find_recourse(
        model,
        rows.values[[row]],
        needed=made.needed[[row]],
        actions=actions,
        people=rows.values,
        ways=limits.explain.ways,
        limits=limits,
        seed=seed,
    )
    return found


def _steady(
    model: Model,
    rows: InputRows,
    made: _Decision,
    row: int,
    decisions: Decisions,
    actions: Sequence[Action],
    limits: Limits,
    seed: int,
) -> Stability:
    if made.decided is None:
        missing = Estimate(None, n=0, missing_reason="no_rule")
        return Stability(missing, missing, missing)
    return stability_of(
        model,
        rows,
        made.decided,
        row,
        actions=actions,
        limits=limits,
        seed=seed,
        refitted=refitted_decisions(
            model, rows, decisions, rule=made.rule, limits=limits, seed=seed
        ),
    )


def _followed(advice: NDArray[np.int8] | None, decisions: Decisions) -> float | None:
    """Share of decisions that equal the advice."""
    if advice is None or not (advice >= 0).any():
        return None
    known = advice >= 0
    return float((advice == decisions.outcome)[known].mean())
