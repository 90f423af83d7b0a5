"""Stages of a selection: a funnel for each attribute, who passed, where the gap is born."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.funnel import FunnelBar, FunnelStage, funnel
from algo_audit.fairness.stages import StageBirth, StageCount, StageGap, Stages
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, Figure, Note, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases

_DRAWN = 4  # groups: more patterns cannot be told apart


def stage_name(phrases: Phrases, stages: Sequence[str]) -> str:
    """A stage, or the first and last of several told together."""
    if len(stages) == 1:
        return phrases.quoted(stages[0])
    return phrases.say(
        "stages.merged.name", first=phrases.quoted(stages[0]), last=phrases.quoted(stages[-1])
    )


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"stages.column.{name}") for name in names)


def _of(found: Stages, attribute: str | None) -> list[StageCount]:
    return [count for count in found.counts if count.attribute == attribute]


def _counts(
    context: Context,
    counts: Sequence[StageCount],
    *,
    id: str,  # noqa: A002
    caption: str,
) -> Table:
    """Every group at every stage: who entered, and what became of them."""
    phrases, found = context.phrases, context.result.stages
    hosts = () if found is None else found.hosts
    aside = [
        name for name in ("withdrew", "unknown") if any(getattr(count, name) for count in counts)
    ]
    named = any(count.attribute is not None for count in counts)
    order = list(dict.fromkeys(count.stages for count in counts))
    rows = []
    for count in sorted(counts, key=lambda one: order.index(one.stages)):
        row = [Cell(stage_name(phrases, count.stages))]
        if named:
            row.append(Cell(phrases.group(count.group)))
        row += [phrases.count_cell(count.entered), phrases.count_cell(count.passed)]
        row.append(phrases.count_cell(count.refused))
        row += [phrases.count_cell(getattr(count, name)) for name in aside]
        row.append(phrases.interval_cell(count.rate, phrases.percent))
        row.append(phrases.number_cell(count.reached, phrases.percent))
        rows.append(tuple(row))
    group = ["group"] if named else []
    heads = _heads(
        phrases, "stage", *group, "entered", "passed", "refused", *aside, "rate", "reached"
    )
    notes = [phrases.say("stages.counts.note")]
    if any((count.attribute, count.group) in hosts for count in counts):
        notes.append(phrases.say("stages.counts.hosts"))
    if aside:
        notes.append(phrases.say("stages.counts.aside"))
    return Table(id, caption, heads, tuple(rows), tuple(notes))


def _chart(
    context: Context, attribute: str, counts: Sequence[StageCount], id_: str
) -> Figure | None:
    """The share of each group that is still there after each stage; the largest groups."""
    phrases = context.phrases
    groups = list(dict.fromkeys(c.group for c in counts if c.group is not None))
    start = {group: next(c.entered for c in counts if c.group == group) for group in groups}
    largest = sorted(groups, key=lambda group: -start[group])[:_DRAWN]
    groups = [group for group in groups if group in largest and start[group]]
    # an entry that everybody passes says nothing, and costs a bar for each group
    stages = list(dict.fromkeys(c.stages for c in counts if c.reached is None or c.reached < 1))
    if not groups or not stages:
        return None
    lines = {(c.group, c.stages): c for c in counts}
    drawn = tuple(
        FunnelStage(
            stage_name(phrases, stage),
            tuple(_bar(phrases, lines[group, stage], start[group]) for group in groups),
        )
        for stage in stages
    )
    told = " ".join(
        phrases.say(
            "stages.chart.told",
            group=phrases.group(group),
            start=phrases.whole(start[group]),
            stages=phrases.listed(
                [
                    phrases.say(
                        "stages.chart.stage",
                        stage=stage_name(phrases, stage),
                        share=phrases.percent(lines[group, stage].reached),
                    )
                    for stage in stages
                ]
            ),
        )
        for group in groups
    )
    caption = phrases.say("stages.chart.caption", attribute=phrases.quoted(attribute))
    shown = [count for count in counts if count.group in groups]
    notes: tuple[str, ...] = (phrases.say("stages.chart.note"),)
    if len(groups) < len(start):
        notes += (phrases.say("stages.chart.largest", count=phrases.whole(_DRAWN)),)
    return figure_block(
        funnel(drawn, lettering=phrases.lettering(reached=phrases.say("stages.chart.scale"))),
        caption=caption,
        alternative=phrases.say(
            "stages.chart.alternative", attribute=phrases.quoted(attribute), told=told
        ),
        data=_counts(context, shown, id=f"{id_}-chart-data", caption=caption),
        notes=notes,
    )


def _bar(phrases: Phrases, count: StageCount, start: int) -> FunnelBar:
    text = phrases.say(
        "stages.chart.bar",
        share=phrases.percent(count.reached),
        passed=phrases.whole(count.passed),
        start=phrases.whole(start),
    )
    return FunnelBar(phrases.group(count.group), text, count.reached)


def _gap_row(phrases: Phrases, gap: StageGap) -> tuple[Cell, ...]:
    row = gap.comparison
    verdict = phrases.verdict(row.verdict)
    if row.missing_reason is not None:
        verdict = f"{verdict} ({phrases.coded('reason', row.missing_reason)})"
    names = {"group": phrases.group(row.group), "reference": phrases.group(row.reference)}
    return (
        Cell(stage_name(phrases, gap.stages)),
        Cell(phrases.say("column.against", **names)),
        Cell(phrases.absent if row.stratum is None else phrases.quoted(row.stratum)),
        phrases.interval_cell(row.difference, phrases.points),
        phrases.interval_cell(row.ratio, phrases.ratio),
        phrases.number_cell(row.p_adjusted, phrases.p_value),
        Cell(verdict, row.verdict),
    )


def _gaps(phrases: Phrases, gaps: Sequence[StageGap], attribute: str, id_: str) -> Table | None:
    if not gaps:
        return None
    caption = phrases.say("stages.gaps.caption", attribute=phrases.quoted(attribute))
    heads = _heads(phrases, "stage", "groups", "within", "difference", "ratio", "q", "verdict")
    rows = tuple(_gap_row(phrases, gap) for gap in gaps)
    return Table(f"{id_}-gaps", caption, heads, rows, (phrases.say("stages.gaps.note"),))


def _births(
    phrases: Phrases, births: Sequence[StageBirth], attribute: str, id_: str
) -> list[Block]:
    if len({birth.stages for birth in births}) < 2:
        return []
    rows = tuple(
        (
            Cell(phrases.group(birth.group)),
            Cell(stage_name(phrases, birth.stages)),
            phrases.number_cell(birth.points, phrases.points),
            phrases.number_cell(birth.people, phrases.people),
        )
        for birth in births
    )
    caption = phrases.say(
        "stages.births.caption",
        attribute=phrases.quoted(attribute),
        reference=phrases.reference(births[0].reference),
    )
    heads = _heads(phrases, "group", "stage", "points", "people")
    note = (phrases.say("stages.births.note"),)
    return [
        Paragraph(phrases.say("stages.births")),
        Table(f"{id_}-births", caption, heads, rows, note),
    ]


def _attribute(context: Context, attribute: str, place: int) -> Section:
    phrases, found = context.phrases, context.result.stages
    assert found is not None
    id_ = f"stages-{place}"
    title = phrases.say("section.stages.attribute", attribute=phrases.quoted(attribute))
    counts = _of(found, attribute)
    caption = phrases.say("stages.counts.caption", attribute=phrases.quoted(attribute))
    gaps = [
        gap
        for gap in found.gaps
        if gap.comparison.attribute == attribute
        and gap.comparison.missing_reason != "nothing_varies"
    ]
    told = {birth.stages for birth in found.births if birth.points}
    births = [b for b in found.births if b.attribute == attribute and b.stages in told]
    blocks = [
        _chart(context, attribute, counts, id_),
        _counts(context, counts, id=f"{id_}-counts", caption=caption),
        _gaps(phrases, gaps, attribute, id_),
        *_births(phrases, births, attribute, id_),
    ]
    return Section(id_, "", title, tuple(block for block in blocks if block is not None))


def stages(context: Context) -> Section | None:
    """The stages of the file; None without any."""
    phrases, found = context.phrases, context.result.stages
    if found is None:
        return None
    names = phrases.listed([phrases.quoted(name) for name in found.names])
    intro = phrases.say("stages.intro", stages=names, people=phrases.whole(found.people))
    blocks: list[Block] = [Paragraph(intro, "lead"), Paragraph(phrases.say("stages.policy"))]
    everyone = _of(found, None)
    if any(len(count.stages) > 1 for count in found.counts):
        blocks.append(Paragraph(phrases.say("stages.merged", threshold=phrases.threshold)))
    for name in found.hidden:
        text = phrases.say(
            "stages.hidden", attribute=phrases.quoted(name), threshold=phrases.threshold
        )
        blocks.append(Paragraph(text))
    if everyone:
        caption = phrases.say("stages.everyone.caption")
        blocks.append(_counts(context, everyone, id="stages-everyone", caption=caption))
    gone = sum(count.withdrew for count in everyone)
    if gone:
        texts = (phrases.say("stages.withdrew", people=phrases.whole(gone)),)
        blocks.append(Note(phrases.say("stages.withdrew.title"), texts, "caution"))
    attributes = dict.fromkeys(c.attribute for c in found.counts if c.attribute is not None)
    sections = tuple(_attribute(context, name, place) for place, name in enumerate(attributes, 1))
    return Section("stages", "", phrases.say("section.stages"), tuple(blocks), sections)
