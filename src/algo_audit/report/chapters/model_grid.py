"""The grid line by line: what it gives, to how many, and which decisions hang on it."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.weights import paired_shares
from algo_audit.explain.importance import GridLine, Importance
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.context import ROWS_IN_FIGURE
from algo_audit.report.document import Block, Cell, Figure, ListBlock, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.masked_partitions import counted_elsewhere

_APART = 0.05  # paper and practice further apart than this are said in a sentence
_SENTENCES = 4
_TURNING = 3
_ANY_OTHER = "*"  # the line of values that the grid does not name


def _condition(teller: Teller, line: GridLine) -> str:
    """What a line asks, as a reader says it."""
    phrases = teller.phrases
    column = phrases.column(line.column)
    if line.kind == "per_unit":
        limits = _limits(teller, line)
        key = "model.line.per_unit.limits" if limits else "model.line.per_unit"
        return phrases.say(key, column=column, limits=limits)
    if not line.condition:
        return phrases.say("model.line.blank", column=column)
    if line.condition == _ANY_OTHER:
        return phrases.say("model.line.other", column=column)
    condition = phrases.quoted(line.condition)
    if phrases.column_label(line.column) == phrases.label(line.criterion):
        return condition
    return phrases.say("model.line.is", column=column, condition=condition)


def _limits(teller: Teller, line: GridLine) -> str:
    """What a line per unit starts from, which units it counts, and its fewest and most points."""
    phrases, number = teller.phrases, teller.number
    low = line.low or None  # counted from nought is what a reader takes for granted
    texts = []
    if line.start:
        texts.append(phrases.say("model.line.start", points=number(line.start)))
    if low is not None and line.high is not None:
        span = phrases.formats.interval(number(low), number(line.high))
        texts.append(phrases.say("model.line.counted", span=span))
    elif low is not None:
        texts.append(phrases.say("model.line.counted.from", low=number(low)))
    elif line.high is not None:
        texts.append(phrases.say("model.line.counted.to", high=number(line.high)))
    if line.least is not None:
        texts.append(phrases.say("model.line.least", points=number(line.least)))
    if line.most is not None:
        texts.append(phrases.say("model.line.most", points=number(line.most)))
    return ", ".join(texts)


def _counted_elsewhere(teller: Teller, lines: Sequence[GridLine]) -> dict[str, None]:
    """Columns whose lines have no headcount here because other tables count them."""
    elsewhere = counted_elsewhere(teller.context.result)
    return dict.fromkeys(
        line.column for line in lines if line.people is None and line.column in elsewhere
    )


def _table(teller: Teller, lines: Sequence[GridLine]) -> Table:
    phrases = teller.phrases
    quiet = _counted_elsewhere(teller, lines)
    dash = phrases.number_cell(None, phrases.whole)
    rows = tuple(
        (
            Cell(teller.criterion(line.criterion)),
            Cell(_condition(teller, line)),
            phrases.number_cell(line.points, teller.number),
            dash if line.column in quiet else phrases.count_cell(line.people),
            phrases.number_cell(line.mean_points, lambda value: phrases.formats.number(value, 1)),
            dash if line.column in quiet else phrases.count_cell(line.deciding),
        )
        for line in lines
    )
    titles = heads(phrases, "criterion", "condition", "points", "people", "mean_points", "deciding")
    notes = [phrases.say("model.lines.note")]
    if quiet:
        columns = phrases.listed([phrases.column(column) for column in quiet])
        notes.append(phrases.counted("model.lines.elsewhere", len(quiet), columns=columns))
    return Table("model-lines", phrases.say("model.lines.caption"), titles, rows, tuple(notes))


def _turning(teller: Teller, lines: Sequence[GridLine]) -> list[Block]:
    """The lines on which most decisions hang, and those that nobody falls under."""
    phrases = teller.phrases
    blocks: list[Block] = []
    found = sorted(
        (line for line in lines if line.deciding), key=lambda line: -(line.deciding or 0)
    )
    if found:
        items = tuple(
            phrases.counted(
                "model.lines.turning",
                line.deciding or 0,
                condition=_condition(teller, line),
                deciding=phrases.whole(line.deciding),
                people=phrases.whole(line.people),
            )
            for line in found[:_TURNING]
        )
        blocks += [Paragraph(phrases.say("model.lines.turning.lead")), ListBlock(items)]
    empty = [line for line in lines if line.people == 0]
    if empty:
        named = phrases.listed([_condition(teller, line) for line in empty])
        blocks.append(Paragraph(phrases.counted("model.lines.empty", len(empty), lines=named)))
    return blocks


def _weights(teller: Teller, rows: Sequence[Importance]) -> list[Block]:
    """What each criterion weighs on paper, and in the scores of the people of the file."""
    phrases = teller.phrases
    rows = sorted(rows, key=lambda row: -(row.nominal or 0))
    shown = rows[:ROWS_IN_FIGURE]
    caption = phrases.say("model.weights.caption")
    lettering = phrases.lettering(
        shares=phrases.say("model.axis.shares"), more="▲", less="▼", even="="
    )
    drawing = paired_shares(
        [(teller.criterion(row.criterion), row.nominal, row.share) for row in shown],
        lettering=lettering,
    )
    told = [
        phrases.say(
            "model.weights.row",
            criterion=teller.criterion(row.criterion),
            nominal=phrases.percent(row.nominal),
            share=phrases.percent(row.share),
        )
        for row in shown
    ]
    data = tuple(
        (
            Cell(teller.criterion(row.criterion)),
            phrases.number_cell(row.nominal, phrases.percent),
            phrases.number_cell(row.share, phrases.percent),
        )
        for row in rows
    )
    titles = heads(phrases, "criterion", "nominal", "actual")
    figure: Figure = figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("model.weights.alternative", rows=" ".join(told)),
        data=Table("model-weights-data", caption, titles, data),
        notes=(phrases.say("model.weights.legend"),),
    )
    return [Paragraph(phrases.say("model.weights.intro")), figure, *_apart(teller, rows)]


def _apart(teller: Teller, rows: Sequence[Importance]) -> list[Block]:
    """Criteria that weigh clearly more, or less, than is written."""
    phrases = teller.phrases
    apart = [
        (row.share - row.nominal, row)
        for row in rows
        if row.nominal is not None and row.share is not None
    ]
    found = sorted((pair for pair in apart if abs(pair[0]) >= _APART), key=lambda p: -abs(p[0]))
    items = tuple(
        phrases.say(
            "model.weights.more" if gap > 0 else "model.weights.less",
            criterion=teller.criterion(row.criterion),
            nominal=phrases.percent(row.nominal),
            share=phrases.percent(row.share),
        )
        for gap, row in found[:_SENTENCES]
    )
    return [ListBlock(items)] if items else [Paragraph(phrases.say("model.weights.alike"))]


def grid(teller: Teller) -> Section | None:
    """The grid as it is written and as it works; None for another kind of model."""
    lines = teller.model.lines
    if not lines:
        return None
    phrases = teller.phrases
    blocks: list[Block] = [
        Paragraph(phrases.say("model.lines.intro")),
        _table(teller, lines),
        *_turning(teller, lines),
    ]
    weighed = [row for row in teller.model.importance if row.nominal is not None]
    if len(weighed) > 1:
        blocks += _weights(teller, weighed)
    blocks.append(teller.reading("grid"))
    return Section("model-grid", "", phrases.say("section.model.grid"), tuple(blocks))
