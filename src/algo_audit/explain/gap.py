"""What makes the gap between two groups: an exact sum over the criteria it passes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.explain.contrasts import Contrast, mean_differences, rate_difference
from algo_audit.explain.contributions import ROUNDING, Player
from algo_audit.explain.gap_shares import POOLS, ShareTable
from algo_audit.explain.gap_shares import GapSource as _Source
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model
from algo_audit.models.rule import Decided

__all__ = ["POOLS", "ROUNDING", "GapDecomposition", "GapPart", "Proxy", "decompose_gaps"]

# How many parts must keep their places for the order not to depend on the baseline.
_FIRST, _DIGITS = 3, 9


@dataclass(frozen=True)
class GapPart:
    """What of the gap passes through one criterion, in the gap's unit."""

    criterion: str
    value: Estimate


@dataclass(frozen=True)
class GapDecomposition:
    """A gap (group minus reference) as a sum over criteria.

    ``target``: ``score`` (means, in the score's unit) or ``selection_rate`` (of the model's own
    decisions, 0 to 1; the cut-off really applied in each pool held fixed). ``parts`` sum to
    ``gap.value`` (largest miss: ``error``); two of them are no criterion: ``ROUNDING`` and
    ``POOLS`` (cut-offs that differ between the pools people are in). ``background``: whose values
    stand in for an input that is taken out: ``pooled`` (the file) or ``reference`` (the reference
    group); ``order_depends``: the first three parts change place between the two.
    ``method``: ``exact`` | ``sampled``.
    """

    attribute: str
    group: str
    reference: str
    target: Literal["score", "selection_rate"]
    background: Literal["pooled", "reference"]
    n: int
    n_reference: int
    gap: Estimate
    parts: tuple[GapPart, ...]
    error: float
    order_depends: bool
    method: Literal["exact", "sampled"]


@dataclass(frozen=True)
class Proxy:
    """How well the inputs tell the members of a group from all others.

    ``criterion`` None: all inputs together. ``auc`` on rows kept out of the fit (0.5: not at all);
    ``alert``: above the level of clause C04 in ``limits.toml``, its lower limit too.
    """

    attribute: str
    group: str
    criterion: str | None
    auc: Estimate
    alert: bool


def decompose_gaps(
    model: Model,
    rows: InputRows,
    decided: Decided | None,
    decisions: Decisions,
    *,
    players: Sequence[Player],
    references: Mapping[str, str],
    limits: Limits,
    seed: int,
) -> tuple[GapDecomposition, ...]:
    """What each criterion carries of the gaps between every group and its reference.

    Parameters
    ----------
    model : Model
    rows : InputRows
        The file as the model takes it.
    decided : Decided or None
        The model's decisions and cut-offs; None: only scores are looked at.
    decisions : Decisions
        Groups, weights, clusters.
    players : sequence of Player
        The criteria, every input in one of them.
    references : mapping of attribute (or crossing) to group
    limits : Limits
        ``groups.compared_from``: smaller groups are left out; ``explain.background``,
        ``background_sampled``, ``exact_players``, ``model_rows``.
    seed : int

    Returns
    -------
    tuple of GapDecomposition
        By attribute and group: score then selection rate, each against the pooled file and then
        against the reference group. Rows without a score are left out.

    Notes
    -----
    Differences of group means of interventional Shapley values, so the parts sum to the gap: of
    the model's scores (``contributions.explain_scores``) and of its decisions
    (``decision_shares``). For decisions the cut-off of each person's pool is held: what differs
    before any criterion, since some pools ask for more than others, is a part of its own,
    ``POOLS``. Who lost a tie at the cut-off needed a hair more than it. Sums of points are exact
    up to ``exact_players`` criteria. Other models are asked for every combination where that takes
    at most ``model_rows`` rows, else in random orders (``sampled``), whose error is in the
    intervals; with more people than can be asked, a sample by group and decision stands for them,
    weighted, and ``n`` counts the sample. A part says through which input a gap passes, not why.
    """
    source = _Source(model, rows, decided, decisions, tuple(players), limits, seed)
    found: list[GapDecomposition] = []
    for attribute, reference in references.items():
        contrasts = source.contrasts(attribute, reference)
        if not contrasts:
            continue
        base = next(iter(contrasts.values())).reference
        tables = source.tables(attribute, base)
        for group, contrast in contrasts.items():
            names = (attribute, group, reference)
            found += _flagged([_decomposed(names, contrast, one, limits) for one in tables])
    return tuple(found)


def _decomposed(
    names: tuple[str, str, str], contrast: Contrast, table: ShareTable, limits: Limits
) -> GapDecomposition:
    """One gap from the shares of the people in it."""
    confidence = limits.levels.confidence
    own = contrast
    if table.rows is not None:
        own = contrast.taken(table.rows, table.weight)
    columns = table.values
    estimates = mean_differences(columns, own, confidence=confidence)
    total = table.total
    if table.target == "score":
        gap = mean_differences(total[:, None], own, confidence=confidence)[0]
    else:
        gap = rate_difference(total.astype(np.int8), own, confidence=confidence)
    parts = tuple(
        GapPart(key, estimate) for key, estimate in zip(table.keys, estimates, strict=True)
    )
    summed = sum(part.value.value or 0.0 for part in parts)
    return GapDecomposition(
        attribute=names[0],
        group=names[1],
        reference=names[2],
        target=table.target,
        background=table.background,
        n=len(own.group),
        n_reference=len(own.reference),
        gap=gap,
        parts=parts,
        error=abs(summed - (gap.value or 0.0)),
        order_depends=False,
        method=table.method,
    )


def _flagged(found: Sequence[GapDecomposition]) -> list[GapDecomposition]:
    """Decompositions of one group, marked where the baseline changes the first three parts."""
    orders: dict[str, set[tuple[str, ...]]] = {}
    for row in found:
        orders.setdefault(row.target, set()).add(_first_parts(row))
    return [replace(row, order_depends=len(orders[row.target]) > 1) for row in found]


def _first_parts(row: GapDecomposition) -> tuple[str, ...]:
    """The criteria that carry most, in order; what is no criterion is left out."""
    carried = [part for part in row.parts if part.criterion not in (ROUNDING, POOLS)]
    # equal to nine digits is equal: sums in another order must not look like another order
    ordered = sorted(carried, key=lambda part: -round(abs(part.value.value or 0.0), _DIGITS))
    return tuple(part.criterion for part in ordered[:_FIRST])
