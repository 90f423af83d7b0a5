"""Who could have done something: refused people with a way to a favourable decision."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.points import Kind, Point, draw_points
from algo_audit.explain.recourse import GroupRecourse, RecourseOverview
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

_SENTENCES = 8


def _label(phrases: Phrases, row: GroupRecourse) -> str:
    if row.attribute is None:
        return phrases.say("drivers.everyone")
    return phrases.say(
        "drivers.proxy.row", attribute=phrases.quoted(row.attribute), group=phrases.group(row.group)
    )


def _everyone(overview: RecourseOverview) -> GroupRecourse | None:
    return next((row for row in overview.groups if row.attribute is None), None)


def _sentences(context: Context, rows: Sequence[GroupRecourse]) -> list[str]:
    """For each attribute, the group with fewest ways and the one with most."""
    phrases = context.phrases
    known = [row for row in rows if row.with_way.value is not None]
    told = []
    for attribute in dict.fromkeys(row.attribute for row in known):
        here = sorted(
            (row for row in known if row.attribute == attribute),
            key=lambda row: row.with_way.value or 0.0,
        )
        if len(here) > 1:
            told.append(
                phrases.say(
                    "drivers.recourse.range",
                    attribute=phrases.quoted(str(attribute)),
                    fewest=phrases.group(here[0].group),
                    low=phrases.measured(here[0].with_way, phrases.percent),
                    most=phrases.group(here[-1].group),
                    high=phrases.measured(here[-1].with_way, phrases.percent),
                )
            )
    return told[:_SENTENCES]


def _first(context: Context, overview: RecourseOverview) -> list[Block]:
    phrases, everyone = context.phrases, _everyone(overview)
    if everyone is None or everyone.with_way.value is None:
        reason = None if everyone is None else everyone.with_way.missing_reason
        if reason is None:
            return []
        text = phrases.say("drivers.recourse.unknown", reason=phrases.coded("reason", reason))
        return [Paragraph(text)]
    text = phrases.say(
        "drivers.recourse.share",
        share=phrases.measured(everyone.with_way, phrases.percent),
        refused=phrases.whole(overview.refused),
    )
    blocks: list[Block] = [Paragraph(said(context, text))]
    if overview.sampled is not None and overview.sampled < (overview.refused or 0):
        sampled = phrases.whole(overview.sampled)
        blocks.append(Paragraph(phrases.say("drivers.recourse.sampled", sampled=sampled), "small"))
    return blocks


def _figure(context: Context, rows: Sequence[GroupRecourse]) -> Figure:
    phrases = context.phrases
    points, lines, cells = [], [], []
    for row in rows:
        value = phrases.percent(row.with_way.value)
        kind: Kind = "reference" if row.attribute is None else "group"
        points.append(
            Point(
                _label(phrases, row), value, row.with_way.value, row.with_way.low,
                row.with_way.high, kind,
            )
        )  # fmt: skip
        share = phrases.measured(row.with_way, phrases.percent)
        lines.append(phrases.say("drivers.row", name=_label(phrases, row), value=share))
        cells.append(
            (
                Cell(_label(phrases, row)),
                phrases.count_cell(row.refused),
                phrases.interval_cell(row.with_way, phrases.percent),
                phrases.interval_cell(row.mean_effort, phrases.decimal),
            )
        )
    caption = phrases.say("drivers.recourse.caption")
    heads = tuple(
        phrases.say(f"drivers.column.{name}") for name in ("who", "refused", "with_way", "effort")
    )
    return figure_block(
        draw_points(
            points[:ROWS_IN_FIGURE],
            form=phrases.lettering().tick_percent,
            title=phrases.say("drivers.recourse.axis"),
            hard=(0.0, 1.0),
        ),
        caption=caption,
        alternative=phrases.say(
            "drivers.recourse.alternative", rows=" ".join(lines[:ROWS_IN_FIGURE])
        ),
        data=Table("drivers-recourse-people-data", caption, heads, tuple(cells)),
        notes=(
            phrases.say("drivers.recourse.legend"),
            phrases.say("drivers.recourse.effort"),
            *drawn_from(context),
        ),
    )


def _counts(
    context: Context,
    pairs: Sequence[tuple[str, int | None]],
    *,
    id: str,  # noqa: A002
    heads: tuple[str, str],
) -> Table:
    phrases = context.phrases
    rows = tuple((Cell(text), phrases.count_cell(count)) for text, count in pairs)
    caption = phrases.say(f"drivers.recourse.{id}.caption")
    columns = tuple(phrases.say(f"drivers.column.{head}") for head in heads)
    return Table(f"drivers-recourse-{id}", caption, columns, rows, drawn_from(context))


def recourse_section(context: Context) -> Section | None:
    """Shares with a way by group, what changes, why there is none; None where not looked at."""
    phrases, model = context.phrases, context.result.model
    overview = None if model is None else model.recourse
    if overview is None:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("drivers.recourse.intro"))]
    blocks += _first(context, overview)
    rows = [row for row in overview.groups if CROSSED not in (row.attribute or "")]
    groups = [row for row in rows if row.attribute is not None]
    told = _sentences(context, groups)
    if told:
        blocks.append(ListBlock(said_all(context, told)))
    if any(row.with_way.value is not None for row in rows):
        blocks.append(_figure(context, [row for row in rows if row.with_way.value is not None]))
    if overview.changes:
        named = [(phrases.column(column), count) for column, count in overview.changes]
        blocks.append(_counts(context, named, id="changes", heads=("input", "ways")))
    if overview.reasons:
        why = [(phrases.coded("drivers.why_none", code), count) for code, count in overview.reasons]
        blocks.append(_counts(context, why, id="reasons", heads=("why_none", "refused")))
    note = (phrases.say("drivers.recourse.note"), phrases.say("drivers.recourse.note.group"))
    blocks.append(Note(phrases.say("drivers.recourse.note.title"), note, kind="caution"))
    return Section("drivers-recourse", "", phrases.say("section.drivers.recourse"), tuple(blocks))
