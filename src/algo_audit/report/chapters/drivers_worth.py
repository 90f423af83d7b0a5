"""What the score is worth: does it predict anything, and better than what?"""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.points import Kind, Point, draw_points
from algo_audit.explain.worth import Association, Gain, Worth
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_words import (
    pairs_cell,
    pairs_measured,
    pairs_of,
    pairs_span,
)
from algo_audit.report.context import CROSSED, ROWS_IN_FIGURE, Context
from algo_audit.report.document import (
    Block,
    Cell,
    Figure,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases
from algo_audit.report.stand_in import drawn_from, said, said_all

_CHANCE = 0.5
# A spread of scores this near to everyone's is no restriction worth a sentence.
_RESTRICTED = 0.95


def no_better_than_chance(auc: Estimate) -> bool:
    """Whether a coin toss is compatible with what was measured."""
    return auc.low is not None and auc.high is not None and auc.low <= _CHANCE <= auc.high


def _overall(worth: Worth) -> Association | None:
    return next((row for row in worth.associations if row.attribute is None), None)


def _among(worth: Worth) -> str:
    return "selected" if worth.coverage == "favourable_only" else "known"


def _association(context: Context, worth: Worth) -> list[str]:
    """The score's worth among those whose result is known, in pairs out of 100."""
    phrases, row = context.phrases, _overall(worth)
    if row is None or row.auc.value is None:
        reason = "no_label" if row is None else row.auc.missing_reason or "no_label"
        text = phrases.say(
            "drivers.worth.unknown", reason=phrases.coded("drivers.worth.why", reason)
        )
        return [said(context, text)]
    text = phrases.say(
        f"drivers.worth.pairs.{_among(worth)}",
        pairs=pairs_of(phrases, row.auc.value),
        interval=pairs_span(phrases, row.auc),
        n=phrases.whole(row.n),
    )
    if no_better_than_chance(row.auc):
        way = "chance"
    else:
        way = "better" if row.auc.value > _CHANCE else "worse"
    found = [said(context, f"{text} {phrases.say(f'drivers.worth.{way}')}")]
    if worth.restricted is not None and worth.restricted < _RESTRICTED:
        spread = phrases.percent(worth.restricted)
        found.append(phrases.say("drivers.worth.restricted", spread=spread))
    return found


def _rows(worth: Worth) -> list[Association]:
    return [
        row
        for row in worth.associations
        if row.attribute is not None and CROSSED not in row.attribute
    ]


def _label(phrases: Phrases, row: Association) -> str:
    if row.attribute is None:
        return phrases.say("drivers.everyone")
    return phrases.say(
        "drivers.proxy.row", attribute=phrases.quoted(row.attribute), group=phrases.group(row.group)
    )


def _by_group(context: Context, worth: Worth, rows: Sequence[Association]) -> Figure:
    phrases = context.phrases
    overall = _overall(worth)
    every = [*([overall] if overall is not None else []), *rows]
    cells, points, lines = [], [], []
    for row in every:
        label, auc = _label(phrases, row), row.auc
        cells.append(
            (
                Cell(label),
                phrases.count_cell(row.n),
                phrases.count_cell(row.events),
                pairs_cell(phrases, auc),
            )
        )
        kind: Kind = "reference" if row.attribute is None else "group"
        text = phrases.absent if auc.value is None else pairs_of(phrases, auc.value)
        points.append(Point(label, text, auc.value, auc.low, auc.high, kind))
        said_value = pairs_measured(phrases, auc)
        lines.append(phrases.say("drivers.row", name=label, value=said_value))
    caption = phrases.say(f"drivers.worth.caption.{_among(worth)}")
    drawing = draw_points(
        points[:ROWS_IN_FIGURE],
        form=lambda value: pairs_of(phrases, value),
        title=phrases.say("drivers.worth.axis"),
        zero=_CHANCE,
        hard=(0.0, 1.0),
    )
    heads = tuple(
        phrases.say(name)
        for name in (
            "drivers.column.who",
            "column.people",
            "drivers.column.good",
            "drivers.column.pairs",
        )
    )
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("drivers.worth.alternative", rows=" ".join(lines[:ROWS_IN_FIGURE])),
        data=Table("drivers-worth-pairs-data", caption, heads, tuple(cells)),
        notes=(phrases.say("drivers.worth.legend"), *drawn_from(context)),
    )


def _gain_said(context: Context, gain: Gain) -> str | None:
    """What the system gains against another way to fill the same places, where it is known."""
    phrases = context.phrases
    if gain.gain.value is None:
        return None
    base = phrases.coded("drivers.baseline.against", gain.baseline)
    way = "sure" if not (gain.gain.low or 0.0) <= 0 <= (gain.gain.high or 0.0) else "open"
    return phrases.say(
        f"drivers.worth.gain.{way}",
        baseline=base,
        gain=phrases.measured(gain.gain, phrases.points),
    )


def _gain_cell(phrases: Phrases, estimate: Estimate, *, gap: bool) -> Cell:
    if estimate.value is None:
        reason = estimate.missing_reason
        if reason is None:
            return Cell(phrases.absent, None, numeric=True)
        text = phrases.say(
            "drivers.worth.not_known", reason=phrases.coded("drivers.worth.why", reason)
        )
        return Cell(text, None)
    return phrases.interval_cell(estimate, phrases.points if gap else phrases.percent)


def _gains(context: Context, worth: Worth) -> list[Block]:
    """The same places filled otherwise: who would differ, and with what results."""
    phrases = context.phrases
    if not worth.gains:
        return []
    blocks: list[Block] = [Paragraph(phrases.say("drivers.worth.gains.intro"))]
    told = [text for gain in worth.gains if (text := _gain_said(context, gain)) is not None]
    if told:
        blocks.append(ListBlock(said_all(context, told)))
    elif worth.gains:
        blocks.append(Paragraph(phrases.say("drivers.worth.gains.unknown")))
    cells = tuple(
        (
            Cell(phrases.coded("drivers.baseline", gain.baseline)),
            _gain_cell(phrases, gain.selected_alike, gap=False),
            _gain_cell(phrases, gain.good, gap=False),
            _gain_cell(phrases, gain.gain, gap=True),
        )
        for gain in worth.gains
    )
    heads = tuple(
        phrases.say(f"drivers.column.{name}")
        for name in ("baseline", "alike", "good_share", "gain")
    )
    notes = [phrases.say("drivers.worth.gains.note")]
    if worth.selected_good.value is not None:
        share = phrases.measured(worth.selected_good, phrases.percent)
        notes.append(phrases.say("drivers.worth.selected_good", share=share))
    caption = phrases.say("drivers.worth.gains.table")
    blocks.append(
        Table("drivers-worth-gains", caption, heads, cells, (*notes, *drawn_from(context)))
    )
    return blocks


def worth_section(context: Context) -> Section | None:
    """Association, gains, and what they do not show; None without a score to judge."""
    phrases, model = context.phrases, context.result.model
    worth = None if model is None else model.worth
    if worth is None:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("drivers.worth.intro"))]
    blocks += [Paragraph(text) for text in _association(context, worth)]
    rows = _rows(worth)
    if any(row.auc.value is not None for row in rows):
        blocks.append(_by_group(context, worth, rows))
    blocks += _gains(context, worth)
    warning = (phrases.say("drivers.worth.equal"), phrases.say("drivers.worth.label"))
    blocks.append(Note(phrases.say("drivers.worth.equal.title"), warning, kind="caution"))
    return Section("drivers-worth", "", phrases.say("section.drivers.worth"), tuple(blocks))
