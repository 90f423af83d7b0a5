"""Gaps by attribute: points with intervals, what is missing, how sure."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.rates import rates
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.fairness.comparison import Comparison, GroupRate
from algo_audit.report.chapters.mirror import lottery_figure, lottery_sentence
from algo_audit.report.chapters.reading_guide import shown_first
from algo_audit.report.context import (
    ROWS_IN_CROSSING,
    Context,
    shown_groups,
    telling,
    without_hidden,
)
from algo_audit.report.document import (
    Block,
    Cell,
    Figure,
    ListBlock,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.figures import figure_block
from algo_audit.report.sentences import (
    comparison_values,
    disagreements,
    headline,
    inconclusive_detail,
    is_said,
)
from algo_audit.report.tables import gap_table, others_table, sure_table

# Under this rate a ratio magnifies: the difference in points is announced first.
_LOW_RATE = 0.10
_SENTENCES = 12
_LOTTERIES = 3


def _line(context: Context, group: GroupRate) -> str:
    """One group of the figure, for its text alternative."""
    phrases = context.phrases
    name = phrases.group(group.group)
    if group.rate.value is None:
        hidden = phrases.hidden if group.n is None else phrases.absent
        return phrases.say("gaps.figure.row.hidden", group=name, hidden=hidden)
    return phrases.say(
        "gaps.figure.row",
        group=name,
        rate=phrases.percent(group.rate.value),
        interval=phrases.span(group.rate, phrases.percent),
    )


def _rate_table(
    context: Context,
    groups: Sequence[GroupRate],
    *,
    id: str,  # noqa: A002
    caption: str,
) -> Table:
    phrases = context.phrases
    rows = tuple(
        (
            Cell(phrases.group(group.group)),
            phrases.count_cell(group.n),
            phrases.count_cell(group.events),
            phrases.interval_cell(group.rate, phrases.percent),
        )
        for group in groups
    )
    heads = tuple(phrases.say(f"column.{n}") for n in ("group", "people", "favourable", "rate"))
    return Table(id, caption, heads, rows)


def rate_figure(context: Context, attribute: str, *, id: str) -> Figure:  # noqa: A002
    """Rates of all groups of an attribute or crossing, with the table of the same data."""
    phrases = context.phrases
    everyone = context.groups(attribute)
    groups = shown_groups(everyone)
    # the table beside the figure holds every group, unless a crossing has very many
    many = attribute in context.crossings and len(without_hidden(everyone)) > ROWS_IN_CROSSING
    every = groups if many else everyone
    caption = phrases.say("gaps.figure.caption", attribute=phrases.quoted(attribute))
    lines = [_line(context, group) for group in groups]
    notes = [phrases.say("gaps.figure.legend")]
    shown, total = phrases.whole(len(groups)), phrases.whole(len(without_hidden(everyone)))
    if shown != total:
        notes.append(phrases.say(f"word.see_{'json' if many else 'table'}", shown=shown, all=total))
    drawing = rates(
        groups,
        context.reference(attribute),
        lettering=phrases.lettering(rate=phrases.say("column.rate_axis")),
        name=phrases.group,
    )
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("gaps.figure.alternative", rows=" ".join(lines)),
        data=_rate_table(context, every, id=f"{id}-data", caption=caption),
        notes=tuple(notes),
    )


def _notes(context: Context, comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """The sentences that keep a table from misleading."""
    phrases = context.phrases
    notes = [phrases.say("gaps.interval.note")]
    stratum = comparisons[0].stratum
    if stratum is not None:
        key = "gaps.within.note.pair" if stratum == phrases.pair else "gaps.within.note"
        notes.append(phrases.say(key, stratum=phrases.held(stratum)))
    if any(c.verdict is None and c.group != OTHER_GROUPS for c in comparisons):
        notes.append(phrases.say("gaps.raw.note.pair" if phrases.pair else "gaps.raw.note"))
    low = [c.reference_value for c in comparisons if c.reference_value is not None]
    if low and max(low) < _LOW_RATE:
        notes.append(phrases.say("gaps.low_rates"))
    why = disagreements(phrases, [(c.verdict, comparison_values(c)) for c in comparisons])
    return (*notes, *why)


def sentences(context: Context, comparisons: Sequence[Comparison]) -> ListBlock | None:
    """One sentence for each answer to a question asked beforehand, and for each lead.

    What was explored and shows nothing stands in the table only.
    """
    phrases = context.phrases
    said = []
    for comparison in comparisons:
        values = comparison_values(comparison)
        if comparison.verdict is None or not is_said(values, comparison.verdict):
            continue
        if comparison.family == "exploratory" and comparison.verdict != "lead":
            continue
        words = [phrases.verdict(comparison.verdict), headline(phrases, comparison.verdict, values)]
        text = phrases.say("gaps.sentence", verdict=words[0], sentence=words[1])
        if comparison.verdict == "inconclusive":
            text = f"{text} {inconclusive_detail(phrases, values)}"
        said.append(text)
    return ListBlock(tuple(said[:_SENTENCES])) if said else None


def comparison_blocks(
    context: Context,
    attribute: str,
    stratum: str | None,
    comparisons: Sequence[Comparison],
    *,
    id: str,  # noqa: A002
) -> list[Block]:
    """Sentences and the two tables of one attribute, raw or within one stratum."""
    phrases = context.phrases
    kind = "" if stratum is None else "within."
    places = {"attribute": phrases.quoted(attribute)}
    if stratum is not None:
        places["stratum"] = phrases.held(stratum)
    blocks: list[Block] = []
    every = len(comparisons)
    if attribute in context.crossings:
        comparisons = telling(comparisons, ROWS_IN_CROSSING)
    spoken = sentences(context, comparisons)
    if spoken is not None:
        blocks.append(spoken)
    references = {comparison.reference for comparison in comparisons}
    only = next(iter(references)) if len(references) == 1 else None
    named = phrases.say("gaps.table.reference") if only is None else phrases.reference(only)
    caption = phrases.say(f"gaps.table.{kind}caption", reference=named, **places)
    notes = _notes(context, comparisons)
    if len(comparisons) < every:
        shown, total = phrases.whole(len(comparisons)), phrases.whole(every)
        notes = (phrases.say("word.see_json", shown=shown, all=total), *notes)
    blocks.append(gap_table(context, comparisons, id=f"{id}-lack", caption=caption, notes=notes))
    if any(comparison.verdict is not None for comparison in comparisons):
        caption = phrases.say(f"gaps.sure.{kind}caption", **places)
        blocks.append(sure_table(context, comparisons, id=f"{id}-sure", caption=caption))
    return blocks


def _omnibus(context: Context, attribute: str) -> list[Block]:
    phrases = context.phrases
    said: list[Block] = []
    for test in context.result.tests:
        if (test.attribute, test.kind, test.measure, test.stratum) != (
            attribute,
            "omnibus",
            "selection_rate",
            None,
        ) or test.p_value is None:
            continue
        p = phrases.p_said(test.p_value)
        if test.p_adjusted is None:
            text = phrases.say("gaps.omnibus.plain", p=p)
        else:
            adjusted = phrases.p_value(test.p_adjusted)
            text = phrases.say("gaps.omnibus", p=p, adjusted=adjusted)
        said.append(Paragraph(text, "small"))
    return said


def attribute_section(context: Context, attribute: str) -> Section:
    """Everything on one attribute: figure, sentences, tables, all others together."""
    phrases = context.phrases
    id_ = context.section_of(attribute)
    found = context.compared(attribute)
    blocks: list[Block] = [rate_figure(context, attribute, id=f"rates-{id_}")]
    # What carries the verdict comes first; explored strata have their own chapter.
    kept = {
        stratum: comparisons
        for stratum, comparisons in found.items()
        if stratum is None or any(c.family == "primary" for c in comparisons)
    }
    order = sorted(kept, key=lambda s: (all(c.verdict is None for c in kept[s]), s is not None))
    for place, stratum in enumerate(order, 1):
        table_id = f"{id_}-{place}"
        blocks += comparison_blocks(context, attribute, stratum, kept[stratum], id=table_id)
    if not found:
        blocks.append(Paragraph(phrases.say("gaps.one_group")))
    blocks += _omnibus(context, attribute)
    others = context.compared(attribute, others=True).get(None)
    if others:
        caption = phrases.say("gaps.others.caption", attribute=phrases.quoted(attribute))
        notes = (phrases.say("gaps.others.note"),)
        blocks.append(
            others_table(context, others, id=f"{id_}-others", caption=caption, notes=notes)
        )
    title = phrases.say("section.gaps.attribute", attribute=phrases.quoted(attribute))
    return Section(id_, "", title, tuple(blocks))


def _lotteries(context: Context) -> Section | None:
    """The mirrors of the other attributes; the first one stands in the reading guide."""
    phrases = context.phrases
    first = shown_first(context)
    left = [lottery for lottery in context.result.lottery if lottery is not first]
    left = [lottery for lottery in left if lottery.attribute in context.attributes][:_LOTTERIES]
    if not left:
        return None
    blocks: list[Block] = []
    for place, lottery in enumerate(left, 1):
        blocks.append(lottery_figure(context, lottery, id=f"lottery-{place}"))
        blocks.append(Paragraph(lottery_sentence(context, lottery)))
    return Section("gaps-lottery", "", phrases.say("reading.lottery.others"), tuple(blocks))


def gaps(context: Context) -> Section:
    """One section for each attribute, then the lottery mirrors not shown yet."""
    phrases = context.phrases
    sections = [attribute_section(context, attribute) for attribute in context.attributes]
    lotteries = _lotteries(context)
    if lotteries is not None:
        sections.append(lotteries)
    intro = (Paragraph(phrases.say("gaps.intro")),)
    return Section("gaps", "", phrases.say("section.gaps"), intro, tuple(sections))
