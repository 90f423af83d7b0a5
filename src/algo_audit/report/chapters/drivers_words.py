"""Names and units that the chapters on what makes the gap share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.gap import POOLS, GapDecomposition
from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.report.context import CROSSED, Context
from algo_audit.report.document import Cell
from algo_audit.report.phrases import Form, Phrases

# One figure for each group; from this many on, the tables say it alone.
FIGURES = 6
_POINTS = 0.1  # points of a grid from here on need one decimal only


@dataclass(frozen=True)
class Unit:
    """How amounts of a score, or of a selection rate, are written.

    ``signed`` has a sign and no unit, ``plain`` neither, ``named`` both; ``noun`` takes a plain
    amount and gives it with its unit; ``axis`` names a scale, ``tick`` its numbers.
    """

    signed: Form
    plain: Form
    named: Form
    tick: Form
    key: str


def criterion_name(phrases: Phrases, criterion: str) -> str:
    """A criterion as the parties call it, quoted; what is no criterion, in words."""
    if criterion == ROUNDING:
        return phrases.say("drivers.rounding")
    if criterion == POOLS:
        return phrases.say("drivers.pools")
    return phrases.quoted(phrases.label(criterion))


def pair(phrases: Phrases, row: GapDecomposition) -> dict[str, str]:
    """Places ``attribute``, ``group`` and ``reference`` of a sentence."""
    return {
        "attribute": phrases.quoted(row.attribute),
        "group": phrases.group(row.group),
        "reference": phrases.group(row.reference),
    }


def _decimals(largest: float, scale: str) -> int:
    """One decimal of points and from 1 up, else two significant digits."""
    if largest >= 1 or largest <= 0 or (scale == "points" and largest >= _POINTS):
        return 1
    return min(1 - math.floor(math.log10(largest)), 6)


def unit_of(context: Context, target: str, amounts: Iterable[float]) -> Unit:
    """The unit of a decomposition's target."""
    phrases = context.phrases
    model = context.result.model
    scale = "score" if model is None else model.description.scale
    if target == "selection_rate" or scale == "probability":
        return Unit(
            phrases.bare_points,
            lambda value: phrases.formats.number(abs(100 * value), 1),
            phrases.points,
            phrases.lettering().tick_points,
            "rate" if target == "selection_rate" else scale,
        )
    digits = _decimals(max((abs(amount) for amount in amounts), default=0.0), scale)

    def signed(value: float) -> str:
        return phrases.formats.signed(value, digits)

    def named(value: float) -> str:
        key = f"drivers.unit.{scale}.noun"
        return phrases.counted(key, abs(round(value, digits)), amount=signed(value))

    return Unit(
        signed,
        lambda value: phrases.formats.number(abs(value), digits),
        named,
        signed,
        scale,
    )


def by_pair(
    rows: Sequence[GapDecomposition],
) -> dict[tuple[str, str, str], list[GapDecomposition]]:
    """Decompositions by (attribute, group, reference), single attributes only."""
    found: dict[tuple[str, str, str], list[GapDecomposition]] = {}
    for row in rows:
        if CROSSED not in row.attribute:
            found.setdefault((row.attribute, row.group, row.reference), []).append(row)
    return found


def away_from_zero(low: float | None, high: float | None) -> bool:
    """Whether an interval leaves out nought."""
    return low is not None and high is not None and (low > 0 or high < 0)


# --- an AUC as pairs out of 100 ------------------------------------------------------------------


def pairs_of(phrases: Phrases, auc: float) -> str:
    """``71``, of an AUC of 0.71."""
    return phrases.formats.number(100 * auc, 0)


def pairs_span(phrases: Phrases, auc: Estimate) -> str:
    """``entre 69 et 73``."""
    if auc.low is None or auc.high is None:
        return phrases.absent
    return phrases.between(auc.low, auc.high, lambda value: pairs_of(phrases, value))


def pairs_measured(phrases: Phrases, auc: Estimate) -> str:
    """``71 (entre 69 et 73)``."""
    if auc.value is None:
        return phrases.absent
    value = pairs_of(phrases, auc.value)
    if auc.low is None or auc.high is None:
        return value
    return phrases.say("word.with_interval", value=value, interval=pairs_span(phrases, auc))


def pairs_cell(phrases: Phrases, auc: Estimate) -> Cell:
    """The same as a cell of a table."""
    if auc.value is None:
        return Cell(phrases.absent, None, numeric=True)
    interval = ""
    if auc.low is not None and auc.high is not None:
        interval = phrases.span(
            Interval(auc.value, auc.low, auc.high), lambda value: pairs_of(phrases, value)
        )
    return Cell(pairs_of(phrases, auc.value), auc.value, numeric=True, interval=interval)
