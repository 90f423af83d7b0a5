"""A score before it decides anything: the gap at every cut-off, and at a few round ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from algo_audit.charts.cutoffs import CutMark, cutoff_curve
from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.fairness.cutoffs import CutCurve, CutOff, CutOffs, CutRate
from algo_audit.report.chapters.population import set_aside, singled_out
from algo_audit.report.chapters.reading_guide import verdict_table
from algo_audit.report.context import Context
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
from algo_audit.report.phrases import Phrases

_DRAWN = 3  # groups of one attribute: the largest
_TOLD = (0.1, 0.3, 0.5)  # shares selected at which a curve is told in words
_METHOD = ("places", "reference", "interval", "family")


def _score(phrases: Phrases, value: float | None) -> str:
    """A score with as many decimals as it has, up to three."""
    if value is None:
        return phrases.absent
    digits = next((d for d in range(3) if abs(value - round(value, d)) < 1e-9), 3)
    return phrases.decimal(value, digits)


def cut_name(phrases: Phrases, cut: CutOff) -> str:
    """``70 (declared)``, or ``71.4 (about 10 % selected)``."""
    if cut.declared:
        return phrases.say("cutoffs.name.declared", cutoff=_score(phrases, cut.cutoff))
    return phrases.say(
        "cutoffs.name",
        cutoff=_score(phrases, cut.cutoff),
        share=phrases.formats.percent(cut.share or 0.0, 0),
    )


def cutoff_intro(context: Context) -> str:
    """What is examined: a score, and nobody selected yet."""
    phrases, result = context.phrases, context.result
    assert result.cutoffs is not None
    return phrases.say(
        "cutoffs.examined",
        people=phrases.whole(result.cutoffs.people),
        file=phrases.quoted(result.source.name),
        column=phrases.quoted(result.cutoffs.column),
    )


def cutoff_people(context: Context) -> Section:
    """Who has a score, and rows set aside."""
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    tables = []
    for place, name in enumerate(_names(found), 1):
        rows = tuple(
            (
                Cell(phrases.group(rate.group)),
                phrases.count_cell(rate.n),
                phrases.number_cell(rate.n / found.people, phrases.percent),
            )
            for rate in _sizes(found, name)
        )
        heads = tuple(phrases.say(f"column.{head}") for head in ("group", "people", "share"))
        caption = phrases.say("population.caption", attribute=phrases.quoted(name))
        tables.append(Table(f"population-{place}", caption, heads, rows))
    intro = phrases.say(
        "cutoffs.people",
        used=phrases.whole(found.people),
        rows=phrases.whole(context.result.source.rows),
    )
    sections = (
        Section("population-groups", "", phrases.say("section.population.groups"), tuple(tables)),
        set_aside(context),
        *singled_out(context),
    )
    title = phrases.say("section.cutoffs.people")
    return Section("population", "", title, (Paragraph(intro),), sections)


def _names(found: CutOffs) -> list[str]:
    return list(dict.fromkeys(rate.attribute for cut in found.cuts for rate in cut.rates))


def _sizes(found: CutOffs, attribute: str) -> list[CutRate]:
    """One line for each group, whatever the cut-off."""
    seen: dict[str, CutRate] = {}
    for cut in found.cuts:
        for rate in cut.rates:
            if rate.attribute == attribute:
                seen.setdefault(rate.group, rate)
    return list(seen.values())


def cutoff_reading(context: Context) -> Section:
    """How to read: what a cut-off is, and the words of the readings."""
    phrases = context.phrases
    items = ListBlock(tuple(phrases.say(f"cutoffs.reading.{n}") for n in ("cutoff", "gap", "band")))
    sections = (
        Section("reading-numbers", "", phrases.say("section.cutoffs.numbers"), (items,)),
        verdict_table(context, ("lead", "large_gap_excluded", "inconclusive", "not_shown")),
    )
    blocks = (Paragraph(phrases.say("reading.words")),)
    return Section("reading", "", phrases.say("section.reading"), blocks, sections)


def cutoff_method(context: Context) -> Section:
    """How the figures were worked out."""
    phrases = context.phrases
    items = [phrases.say(f"method.cutoffs.{name}") for name in _METHOD]
    privacy = "cutoffs.privacy" if phrases.threshold is not None else "privacy.full"
    items.append(phrases.say(f"method.{privacy}", threshold=phrases.threshold))
    sources = ListBlock(
        tuple(phrases.say(f"source.{name}") for name in ("wilson", "miettinen", "benjamini"))
    )
    sections = (
        Section(
            "method-formulas",
            "",
            phrases.say("section.method.formulas"),
            (ListBlock(tuple(items)),),
        ),
        Section("method-sources", "", phrases.say("section.method.sources"), (sources,)),
    )
    intro = (Paragraph(phrases.say("method.intro")),)
    return Section("method", "", phrases.say("section.method"), intro, sections)


def _chart(context: Context, curve: CutCurve, id_: str) -> Figure | None:
    """One group's gap at every cut-off."""
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    marks = [
        CutMark(p.selected / found.people, p.difference, p.low, p.high)
        for p in curve.points
        if p.difference is not None and p.low is not None and p.high is not None
    ]
    if len(marks) < 2:
        return None
    declared = next((cut for cut in found.cuts if cut.declared), None)
    share = None if declared is None else declared.selected / found.people
    names = {"group": phrases.group(curve.group), "reference": phrases.group(curve.reference)}
    caption = phrases.say("cutoffs.chart.caption", **names)
    words = {
        "share": phrases.say("cutoffs.chart.share"),
        "difference": phrases.say("cutoffs.chart.difference"),
    }
    if declared is not None:
        words["declared"] = phrases.say(
            "cutoffs.chart.declared", cutoff=_score(phrases, declared.cutoff)
        )
    told = phrases.listed([_said(phrases, marks, share_told) for share_told in _TOLD])
    return figure_block(
        cutoff_curve(marks, declared=share, lettering=phrases.lettering(**words)),
        caption=caption,
        alternative=phrases.say("cutoffs.chart.alternative", told=told, **names),
        data=_curve_table(context, curve, f"{id_}-data", caption),
        notes=(phrases.say("cutoffs.chart.note"),),
    )


def _said(phrases: Phrases, marks: Sequence[CutMark], share: float) -> str:
    mark = min(marks, key=lambda one: abs(one.share - share))
    return phrases.say(
        "cutoffs.chart.told",
        share=phrases.percent(mark.share),
        difference=phrases.points(mark.difference),
    )


def _curve_table(context: Context, curve: CutCurve, id_: str, caption: str) -> Table:
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    rows = tuple(
        (
            Cell(_score(phrases, p.cutoff), p.cutoff, numeric=True),
            phrases.count_cell(p.selected),
            phrases.count_cell(p.chosen),
            phrases.interval_cell(
                Interval(p.difference, p.low, p.high)
                if p.difference is not None and p.low is not None and p.high is not None
                else None,
                phrases.points,
            ),
        )
        for p in curve.points
    )
    heads = _heads(phrases, "cutoff", "selected", "chosen", "difference")
    return Table(id_, caption, heads, rows)


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"cutoffs.column.{name}") for name in names)


def _row(
    phrases: Phrases, cut: CutOff, rate: CutRate, row: Comparison | None, found: CutOffs
) -> tuple[Cell, ...]:
    verdict = phrases.absent
    if row is not None:
        verdict = phrases.verdict(row.verdict)
        if row.missing_reason is not None:
            verdict = f"{verdict} ({phrases.coded('reason', row.missing_reason)})"
    return (
        Cell(cut_name(phrases, cut), cut.cutoff),
        phrases.number_cell(cut.selected / found.people, phrases.percent),
        Cell(phrases.group(rate.group)),
        phrases.count_cell(rate.chosen),
        phrases.interval_cell(rate.rate, phrases.percent),
        phrases.interval_cell(None if row is None else row.difference, phrases.points),
        phrases.number_cell(None if row is None else row.p_adjusted, phrases.p_value),
        Cell(verdict),
    )


def _table(context: Context, attribute: str, id_: str) -> Table:
    """A few round cut-offs, and the declared one: who would be selected."""
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    rows = []
    for cut in found.cuts:
        pairs: dict[str, Comparison] = {}
        for row in cut.comparisons:  # raw, or within pools where those are the first
            if row.attribute == attribute:
                pairs.setdefault(row.group, row)
        rows += [
            _row(phrases, cut, rate, pairs.get(rate.group), found)
            for rate in cut.rates
            if rate.attribute == attribute
        ]
    names = ("cutoff", "share", "group", "chosen", "rate", "difference", "q", "reading")
    caption = phrases.say("cutoffs.table.caption", attribute=phrases.quoted(attribute))
    return Table(
        id_, caption, _heads(phrases, *names), tuple(rows), (phrases.say("cutoffs.table.note"),)
    )


def _within(context: Context, attribute: str, id_: str) -> Table | None:
    """The same gaps among people of the same stratum."""
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    rows = []
    for cut in found.cuts:
        own = [row for row in cut.comparisons if row.attribute == attribute]
        if not own:
            continue
        rows += [
            (
                Cell(cut_name(phrases, cut), cut.cutoff),
                Cell(
                    phrases.say(
                        "column.against",
                        group=phrases.group(row.group),
                        reference=phrases.group(row.reference),
                    )
                ),
                Cell(phrases.quoted(row.stratum or "")),
                phrases.interval_cell(row.difference, phrases.points),
                phrases.number_cell(row.p_adjusted, phrases.p_value),
                Cell(phrases.verdict(row.verdict)),
            )
            for row in own
            if row.stratum is not None and row.stratum != own[0].stratum
        ]
    if not rows:
        return None
    caption = phrases.say("cutoffs.within.caption", attribute=phrases.quoted(attribute))
    heads = _heads(phrases, "cutoff", "groups", "within", "difference", "q", "reading")
    return Table(id_, caption, heads, tuple(rows), (phrases.say("cutoffs.within.note"),))


def _attribute(context: Context, attribute: str, place: int) -> Section:
    phrases, found = context.phrases, context.result.cutoffs
    assert found is not None
    id_ = f"cutoffs-{place}"
    size = {rate.group: rate.n for rate in _sizes(found, attribute)}
    curves = [c for c in found.curves if c.attribute == attribute and c.group != c.reference]
    largest = sorted(curves, key=lambda curve: -size.get(curve.group, 0))[:_DRAWN]
    charts = [
        _chart(context, curve, f"{id_}-chart-{number}")
        for number, curve in enumerate((c for c in curves if c in largest), 1)
    ]
    blocks: list[Block | None] = [
        *charts,
        _table(context, attribute, f"{id_}-table"),
        _within(context, attribute, f"{id_}-within"),
    ]
    title = phrases.say("section.cutoffs.attribute", attribute=phrases.quoted(attribute))
    return Section(id_, "", title, tuple(block for block in blocks if block is not None))


def cutoffs(context: Context) -> Section | None:
    """One section for each attribute; None where somebody decided already."""
    phrases, found = context.phrases, context.result.cutoffs
    if found is None:
        return None
    blocks: list[Block] = [Paragraph(phrases.say("cutoffs.intro"), "lead")]
    blocks.append(Paragraph(phrases.say("cutoffs.policy")))
    if found.distinct < found.people / 2:
        text = phrases.say(
            "cutoffs.ties",
            distinct=phrases.whole(found.distinct),
            people=phrases.whole(found.people),
        )
        blocks.append(Paragraph(text))
    blocks += [
        Paragraph(
            phrases.say(
                "cutoffs.hidden", attribute=phrases.quoted(name), threshold=phrases.threshold
            )
        )
        for name in found.hidden
    ]
    names = _names(found)
    sections = tuple(_attribute(context, name, place) for place, name in enumerate(names, 1))
    return Section("cutoffs", "", phrases.say("section.cutoffs"), tuple(blocks), sections)


def cutoff_finding(
    phrases: Phrases, code: str, values: Mapping[str, Any]
) -> tuple[str, list[str], str]:
    """Headline, detail and sureness of one finding on a score alone."""
    gap = values.get("difference")
    places = {
        "column": phrases.quoted(values["column"]),
        "cutoff": _score(phrases, values["cutoff"]),
        "attribute": phrases.quoted(values["attribute"]),
        "group": phrases.group(values["group"]),
        "reference": phrases.reference(values["reference"]),
        "rate": phrases.percent(values.get("value")),
        "reference_rate": phrases.percent(values.get("reference_value")),
        "selected": phrases.percent(values["selected"] / values["people"]),
        "gap": phrases.absent if gap is None else phrases.points(gap["value"]),
        "interval": phrases.absent
        if gap is None
        else phrases.span(Interval(**gap), phrases.points),
        "q": phrases.p_said(values.get("p_adjusted")),
    }
    kind = "declared" if values["declared"] else "round"
    if code == "cutoff_none":
        first = phrases.say("finding.cutoff_none", **places)
        return (
            first,
            [phrases.say("finding.cutoff.detail", **places)],
            phrases.say("sureness.cutoff_none"),
        )
    return (
        phrases.say(f"finding.cutoff_lead.{kind}", **places),
        [phrases.say("finding.cutoff.detail", **places), phrases.say("finding.cutoff.q", **places)],
        phrases.say("sureness.lead"),
    )
