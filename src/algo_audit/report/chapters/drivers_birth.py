"""Where the gap is born: a staircase from who is in which pool to what people changed."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.bars import Bar, draw_bars
from algo_audit.explain.staircase import Staircase, Step
from algo_audit.report.chapters.drivers_words import FIGURES, away_from_zero
from algo_audit.report.context import CROSSED, Context
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
from algo_audit.report.stand_in import drawn_from, is_stand_in, said, said_all


def step_name(context: Context, key: str) -> str:
    """A step in words; the last one depends on what the decisions are held against."""
    phrases = context.phrases
    if key != "humans":
        return phrases.coded("drivers.step", key)
    kind = "stand_in" if is_stand_in(context) else "model"
    if context.result.roles.advice is not None:
        kind = "advice"
    return phrases.say(f"drivers.step.humans.{kind}")


def actor_name(phrases: Phrases, actor: str) -> str:
    """Who can act on a step."""
    return phrases.coded("drivers.actor", actor)


def _places(phrases: Phrases, row: Staircase) -> dict[str, str]:
    return {
        "attribute": phrases.quoted(row.attribute),
        "group": phrases.group(row.group),
        "reference": phrases.group(row.reference),
    }


def telling_steps(row: Staircase) -> tuple[Step | None, Step | None]:
    """The largest step that chance does not make, and the largest that goes the other way."""
    sure = sorted(
        (step for step in row.steps if away_from_zero(step.value.low, step.value.high)),
        key=lambda step: -abs(step.value.value or 0.0),
    )
    if not sure:
        return None, None
    way = sure[0].value.value or 0.0
    against = [step for step in sure if (step.value.value or 0.0) * way < 0]
    return sure[0], against[0] if against else None


def _sentence(context: Context, row: Staircase) -> str:
    phrases = context.phrases
    parts = [
        phrases.say(
            "drivers.birth.gap",
            gap=phrases.measured(row.raw, phrases.points),
            **_places(phrases, row),
        )
    ]
    largest, against = telling_steps(row)
    if largest is None:
        parts.append(phrases.say("drivers.birth.none"))
    for key, step in (("largest", largest), ("against", against)):
        if step is not None:
            parts.append(
                phrases.say(
                    f"drivers.birth.{key}",
                    amount=phrases.points(step.value.value),
                    step=step_name(context, step.key),
                    actor=actor_name(phrases, step.actor),
                )
            )
    return " ".join(parts)


def _tells(row: Staircase) -> bool:
    """Whether the gap, or a step of it, is more than chance makes."""
    return away_from_zero(row.raw.low, row.raw.high) or telling_steps(row)[0] is not None


def _sentences(context: Context, rows: Sequence[Staircase]) -> list[Block]:
    """A sentence for each group where something shows, one for all the others together."""
    phrases = context.phrases
    blocks: list[Block] = []
    telling = [row for row in rows if _tells(row)]
    if telling:
        blocks.append(ListBlock(said_all(context, [_sentence(context, row) for row in telling])))
    quiet = [row for row in rows if not _tells(row)]
    if quiet:
        names = [phrases.say("drivers.birth.row", **_places(phrases, row)) for row in quiet]
        text = phrases.say("drivers.birth.quiet", groups=phrases.listed(names))
        blocks.append(Paragraph(said(context, text)))
    return blocks


def _drawn(rows: Sequence[Staircase]) -> list[Staircase]:
    """Gaps that chance does not make, and those in which two sure steps cancel out."""
    found = [
        row for row in rows
        if away_from_zero(row.raw.low, row.raw.high) or telling_steps(row)[1] is not None
    ]  # fmt: skip
    return found[:FIGURES]


def _bars(context: Context, row: Staircase) -> list[Bar]:
    phrases = context.phrases
    bars, reached = [], 0.0
    for place, step in enumerate(row.steps, 1):
        value = step.value.value or 0.0
        low, high = step.value.low, step.value.high
        bars.append(
            Bar(
                phrases.say("drivers.birth.step", place=place, step=step_name(context, step.key)),
                phrases.bare_points(value),
                reached,
                reached + value,
                None if low is None else reached + low,
                None if high is None else reached + high,
                note=actor_name(phrases, step.actor),
            )
        )
        reached += value
    raw = row.raw
    whole = phrases.say("drivers.birth.whole")
    text = phrases.bare_points(raw.value)
    bars.append(Bar(whole, text, 0.0, raw.value, raw.low, raw.high, "total"))
    return bars


def _figure(context: Context, row: Staircase, place: int) -> Figure:
    phrases, places = context.phrases, _places(context.phrases, row)
    caption = phrases.say("drivers.birth.caption", **places)
    bars = _bars(context, row)
    estimates = [*(step.value for step in row.steps), row.raw]
    actors = [*(actor_name(phrases, step.actor) for step in row.steps), phrases.absent]
    lines = [
        phrases.say("drivers.row", name=bar.label, value=phrases.measured(value, phrases.points))
        for bar, value in zip(bars, estimates, strict=True)
    ]
    cells = tuple(
        (Cell(bar.label), phrases.interval_cell(value, phrases.points), Cell(actor))
        for bar, value, actor in zip(bars, estimates, actors, strict=True)
    )
    heads = tuple(phrases.say(f"drivers.column.{name}") for name in ("step", "adds", "actor"))
    people = phrases.say(
        "drivers.gap.people",
        n=phrases.whole(row.n),
        n_reference=phrases.whole(row.n_reference),
        group=places["group"],
        reference=places["reference"],
    )
    return figure_block(
        draw_bars(
            bars,
            form=phrases.lettering().tick_points,
            title=phrases.say("drivers.birth.axis"),
            joined=True,
        ),
        caption=caption,
        alternative=phrases.say("drivers.birth.alternative", rows=" ".join(lines), **places),
        data=Table(f"drivers-birth-{place}-data", caption, heads, cells),
        notes=(phrases.say("drivers.birth.legend"), people, *drawn_from(context)),
    )


def _table(context: Context, rows: Sequence[Staircase]) -> Table:
    """All groups side by side: one column for each step."""
    phrases = context.phrases
    keys = list(dict.fromkeys(step.key for row in rows for step in row.steps))
    cells = []
    for row in rows:
        values = {step.key: step.value for step in row.steps}
        cells.append(
            (
                Cell(phrases.say("drivers.birth.row", **_places(phrases, row))),
                *(phrases.interval_cell(values.get(key), phrases.points) for key in keys),
                phrases.interval_cell(row.raw, phrases.points),
            )
        )
    heads = (
        phrases.say("column.groups"),
        *(step_name(context, key) for key in keys),
        phrases.say("drivers.birth.whole"),
    )
    return Table(
        "drivers-birth-table",
        phrases.say("drivers.birth.table"),
        heads,
        tuple(cells),
        drawn_from(context),
    )


def birth_section(context: Context) -> Section | None:
    """One staircase for each group; None where none could be built."""
    phrases, model = context.phrases, context.result.model
    rows = [
        row
        for row in (() if model is None else model.staircases)
        if row.raw.value is not None and CROSSED not in row.attribute
    ]
    if not rows:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("drivers.birth.intro"))]
    blocks += _sentences(context, rows)
    drawn = _drawn(rows)
    blocks += [_figure(context, row, place) for place, row in enumerate(drawn, 1)]
    if len(rows) > 1 or not drawn:
        blocks.append(_table(context, rows))
    order = [phrases.say("drivers.birth.order")]
    if is_stand_in(context):
        order.append(phrases.say("drivers.birth.stand_in"))
    elif context.result.roles.advice is None:
        order.append(phrases.say("drivers.birth.no_advice"))
    blocks.append(Note(phrases.say("drivers.birth.order.title"), tuple(order), kind="caution"))
    return Section("drivers-birth", "", phrases.say("section.drivers.birth"), tuple(blocks))
