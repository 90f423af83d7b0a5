"""What each group gets where the outcome is a number: chart, figures, comparisons, strata."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.quantiles import quantiles
from algo_audit.fairness.amount_groups import AmountGroup
from algo_audit.fairness.comparison import Comparison
from algo_audit.report.amount_words import AmountForms, repeated_note
from algo_audit.report.chapters.amounts_frame import averaged
from algo_audit.report.context import ROWS_IN_CROSSING, ROWS_IN_FIGURE, Context
from algo_audit.report.document import Block, Cell, Figure, Paragraph, Section, Table
from algo_audit.report.figures import figure_block

_MARKS = ("p10", "p25", "median", "p75", "p90")


def _forms(context: Context) -> AmountForms:
    assert context.result.amounts is not None
    return AmountForms.of(context.phrases, context.result.amounts)


def _heads(context: Context, *names: str) -> tuple[str, ...]:
    return tuple(context.phrases.say(f"amounts.column.{name}") for name in names)


def _name(context: Context, group: AmountGroup) -> str:
    text = context.phrases.group(group.group)
    return context.phrases.say("amounts.reference", group=text) if group.reference else text


def _figures(context: Context, groups: Sequence[AmountGroup], *, id: str) -> Table:  # noqa: A002
    """Headcount, mean and the five marks of every group."""
    phrases, forms = context.phrases, _forms(context)
    assert context.result.amounts is not None
    rows = [
        (
            Cell(_name(context, group)),
            phrases.count_cell(group.n),
            phrases.number_cell(group.mean, forms.amount),
            *(phrases.number_cell(mark, forms.amount) for mark in group.quantiles),
        )
        for group in groups
    ]
    caption = phrases.say(
        "amounts.figures.caption",
        column=phrases.quoted(context.result.amounts.column),
        attribute=phrases.quoted(groups[0].attribute),
    )
    notes = [phrases.say("amounts.figures.note")]
    if any(g.status != "used" and g.mean is None for g in groups):
        notes.append(phrases.say("amounts.figures.aside"))
    if phrases.threshold is not None and any(None in (g.mean, *g.quantiles) for g in groups):
        notes.append(phrases.say("amounts.figures.hidden", threshold=phrases.threshold))
    return Table(
        id, caption, _heads(context, "group", "n", "mean", *_MARKS), tuple(rows), tuple(notes)
    )


def _chart(context: Context, groups: Sequence[AmountGroup], *, id: str) -> Figure | None:  # noqa: A002
    """The marks of every group; the largest groups where there are many."""
    phrases, forms = context.phrases, _forms(context)
    assert context.result.amounts is not None
    drawn = [g for g in groups if g.mean is not None and g.quantiles[2] is not None]
    largest = sorted(drawn, key=lambda g: -(g.n or 0))[:ROWS_IN_FIGURE]
    drawn = [g for g in drawn if g in largest]
    if not drawn:
        return None
    column = phrases.quoted(context.result.amounts.column)
    attribute = phrases.quoted(groups[0].attribute)
    figure = quantiles(
        drawn,
        form=forms.amount,
        title=context.result.amounts.column,
        name=lambda group: _name(context, group),
        text=lambda group: phrases.say("amounts.chart.mean", mean=forms.amount(group.mean)),
    )
    told = phrases.listed(
        [
            phrases.say(
                "amounts.chart.told",
                group=phrases.group(g.group),
                mean=forms.amount(g.mean),
                median=forms.amount(g.median),
            )
            for g in drawn
        ]
    )
    return figure_block(
        figure,
        caption=phrases.say("amounts.chart.caption", column=column, attribute=attribute),
        alternative=phrases.say(
            "amounts.chart.alternative", column=column, attribute=attribute, told=told
        ),
        data=_figures(context, drawn, id=f"{id}-data"),
        notes=(phrases.say("amounts.chart.note"),),
    )


def _of(rows: Sequence[Comparison], like: Comparison, measure: str) -> Comparison | None:
    return next(
        (
            row
            for row in rows
            if row.measure == measure
            and (row.attribute, row.group, row.reference, row.stratum)
            == (like.attribute, like.group, like.reference, like.stratum)
        ),
        None,
    )


def _tests(context: Context, attribute: str) -> list[Comparison]:
    found = [
        row
        for row in context.result.comparisons
        if row.attribute == attribute and row.measure == "superiority"
    ]
    return found[:ROWS_IN_CROSSING]


def _verdict(context: Context, row: Comparison) -> Cell:
    text = context.phrases.verdict(row.verdict)
    if row.missing_reason is not None:
        text = f"{text} ({context.phrases.coded('reason', row.missing_reason)})"
    return Cell(text, row.verdict)


def _compared(context: Context, attribute: str, *, id: str) -> Table | None:  # noqa: A002
    """Each group against the reference: differences, pairs, p, verdict."""
    phrases, forms = context.phrases, _forms(context)
    rows = []
    tests = [row for row in _tests(context, attribute) if row.stratum is None]
    for row in tests:
        mean, median = (_of(context.result.comparisons, row, key) for key in ("mean", "median"))
        rows.append(
            (
                Cell(phrases.group(row.group)),
                phrases.interval_cell(None if mean is None else mean.difference, forms.gap),
                phrases.interval_cell(None if median is None else median.difference, forms.gap),
                phrases.interval_cell(None if mean is None else mean.ratio, phrases.ratio),
                phrases.number_cell(row.value, phrases.percent),
                phrases.number_cell(row.p_adjusted, phrases.p_value),
                _verdict(context, row),
            )
        )
    if not rows:
        return None
    caption = phrases.say(
        "amounts.compared.caption",
        attribute=phrases.quoted(attribute),
        reference=phrases.reference(tests[0].reference),
    )
    heads = _heads(context, "group", "mean_gap", "median_gap", "ratio", "pairs", "p", "verdict")
    notes = [phrases.say("amounts.compared.note")]
    if any(row.interval_disagrees for row in tests):
        notes.append(phrases.say("amounts.compared.disagrees"))
    return Table(id, caption, heads, tuple(rows), tuple(notes))


def _within(context: Context, attribute: str, *, id: str) -> list[Block]:  # noqa: A002
    """The same comparisons among people of the same stratum."""
    phrases, forms, amounts = context.phrases, _forms(context), context.result.amounts
    assert amounts is not None
    tests = [row for row in _tests(context, attribute) if row.stratum is not None]
    rows = []
    for row in tests:
        mean = _of(context.result.comparisons, row, "mean")
        rows.append(
            (
                Cell(phrases.group(row.group)),
                Cell(phrases.quoted(row.stratum or "")),
                phrases.interval_cell(None if mean is None else mean.difference, forms.gap),
                phrases.number_cell(row.value, phrases.percent),
                phrases.number_cell(row.p_adjusted, phrases.p_value),
                _verdict(context, row),
            )
        )
    if not rows:
        return []
    caption = phrases.say("amounts.within.caption", attribute=phrases.quoted(attribute))
    heads = _heads(context, "group", "stratum", "within_gap", "pairs", "p", "verdict")
    blocks: list[Block] = [
        Paragraph(phrases.say("amounts.within")),
        Table(id, caption, heads, tuple(rows), (phrases.say("amounts.within.note"),)),
    ]
    blocks += [
        Paragraph(phrases.say("finding.tainted", stratum=phrases.quoted(name)))
        for name in amounts.tainted
        if any(row.stratum == name for row in tests)
    ]
    return blocks


def _attribute(context: Context, attribute: str, place: int) -> Section:
    phrases, amounts = context.phrases, context.result.amounts
    assert amounts is not None
    groups = [g for g in amounts.groups if g.attribute == attribute]
    id_ = f"amounts-{place}"
    title = phrases.say("section.amounts.attribute", attribute=phrases.quoted(attribute))
    if attribute in amounts.hidden:
        return Section(id_, "", title, (Paragraph(phrases.say("amounts.hidden")),))
    blocks: list[Block | None] = [
        _chart(context, groups, id=f"{id_}-chart"),
        _figures(context, groups, id=f"{id_}-figures"),
        _compared(context, attribute, id=f"{id_}-compared"),
        *_within(context, attribute, id=f"{id_}-within"),
    ]
    return Section(id_, "", title, tuple(block for block in blocks if block is not None))


def amounts(context: Context) -> Section | None:
    """One section for each attribute; None where the outcome is a decision."""
    phrases, found = context.phrases, context.result.amounts
    if found is None:
        return None
    intro = phrases.say(f"amounts.intro.{found.worse}", column=phrases.quoted(found.column))
    blocks: list[Block] = [Paragraph(intro, "lead")]
    if found.averaged is not None:
        blocks.append(Paragraph(averaged(context)))
    if found.repeated:
        blocks.append(repeated_note(phrases))
    names = dict.fromkeys(g.attribute for g in found.groups)
    sections = tuple(_attribute(context, name, place) for place, name in enumerate(names, 1))
    return Section("amounts", "", phrases.say("section.amounts"), tuple(blocks), sections)
