"""Comparing like with like: raw beside adjusted, reversals with both tables, warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from algo_audit.charts.strata import level_pairs, raw_and_adjusted
from algo_audit.fairness.strata import ControlWarning, StratifiedGap, StratumLevel
from algo_audit.report.context import ROWS_IN_FIGURE, Context
from algo_audit.report.document import Block, Cell, Figure, Note, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases

_LEAK_VALUES = 5
_LEVEL_FIGURES = 3


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"column.{name}") for name in names)


def _pair(phrases: Phrases, gap: StratifiedGap) -> str:
    return phrases.say(
        "column.against", group=phrases.group(gap.group), reference=phrases.group(gap.reference)
    )


def _named(phrases: Phrases, gap: StratifiedGap) -> dict[str, str]:
    raw, adjusted = gap.raw_difference, gap.adjusted_difference
    return {
        "group": phrases.group(gap.group),
        "reference": phrases.group(gap.reference),
        "stratum": phrases.quoted(gap.stratum),
        "raw": phrases.points(None if raw is None else raw.value),
        "adjusted": phrases.points(None if adjusted is None else adjusted.value),
    }


def _side_by_side(context: Context, gaps: Sequence[StratifiedGap], id_: str) -> Table:
    phrases = context.phrases
    rows = [
        (
            Cell(_pair(phrases, gap)),
            phrases.interval_cell(gap.raw_difference, phrases.points),
            phrases.interval_cell(gap.adjusted_difference, phrases.points),
            phrases.interval_cell(gap.raw_ratio, phrases.ratio),
            phrases.interval_cell(gap.adjusted_ratio, phrases.ratio),
            phrases.interval_cell(gap.odds_ratio, phrases.decimal),
            phrases.number_cell(gap.cmh_p_value, phrases.p_value),
            phrases.number_cell(gap.homogeneity_p_value, phrases.p_value),
        )
        for gap in gaps
    ]
    raw, adjusted = phrases.say("column.raw"), phrases.say("column.adjusted")
    ratio = phrases.say("column.ratio").lower()
    heads = (
        phrases.say("column.groups"),
        raw,
        adjusted,
        f"{raw} ({ratio})",
        f"{adjusted} ({ratio})",
        *_heads(phrases, "odds_ratio", "p", "homogeneity"),
    )
    first = gaps[0]
    notes = []
    if first.levels_used is not None and first.levels_all is not None:
        used, every = phrases.whole(first.levels_used), phrases.whole(first.levels_all)
        notes.append(phrases.say("strata.table.note", used=used, all=every))
    stratum = phrases.quoted(first.stratum)
    caption = phrases.say("strata.table.caption", stratum=stratum)
    return Table(f"{id_}-table", caption, heads, tuple(rows), tuple(notes))


def _figure(context: Context, gaps: Sequence[StratifiedGap], id_: str) -> Figure:
    phrases = context.phrases
    every, gaps = gaps, gaps[: ROWS_IN_FIGURE // 2]
    stratum = phrases.quoted(gaps[0].stratum)
    caption = phrases.say("strata.figure.caption", stratum=stratum)
    lines = [
        phrases.say(
            "strata.figure.row",
            group=_pair(phrases, gap),
            raw=phrases.measured(gap.raw_difference, phrases.points),
            adjusted=phrases.measured(gap.adjusted_difference, phrases.points),
        )
        for gap in gaps
    ]
    rows = tuple(
        (
            Cell(_pair(phrases, gap)),
            phrases.interval_cell(gap.raw_difference, phrases.points),
            phrases.interval_cell(gap.adjusted_difference, phrases.points),
        )
        for gap in gaps
    )

    def name(gap: StratifiedGap, adjusted: bool) -> str:
        key = "strata.row.adjusted" if adjusted else "strata.row.raw"
        return phrases.say(key, group=phrases.group(gap.group))

    lettering = phrases.lettering(difference=phrases.say("column.difference"))
    heads = _heads(phrases, "groups", "raw", "adjusted")
    return figure_block(
        raw_and_adjusted(gaps, lettering=lettering, name=name),
        caption=caption,
        alternative=phrases.say("strata.figure.alternative", rows=" ".join(lines)),
        data=Table(f"{id_}-figure-data", caption, heads, rows),
        notes=(phrases.say("strata.figure.legend"), *_left_out(phrases, len(gaps), len(every))),
    )


def _left_out(phrases: Phrases, shown: int, every: int) -> tuple[str, ...]:
    if shown == every:
        return ()
    texts = {"shown": phrases.whole(shown), "all": phrases.whole(every)}
    return (phrases.say("strata.figure.first", **texts),)


def _level_row(phrases: Phrases, level: StratumLevel) -> tuple[Cell, ...]:
    return (
        Cell(phrases.level(level.level)),
        phrases.count_cell(level.n),
        phrases.count_cell(level.events),
        phrases.number_cell(level.rate, phrases.percent),
        phrases.count_cell(level.n_reference),
        phrases.count_cell(level.events_reference),
        phrases.number_cell(level.rate_reference, phrases.percent),
        phrases.number_cell(level.difference, phrases.points),
        phrases.number_cell(level.ratio, phrases.ratio),
    )


def _level_heads(phrases: Phrases, gap: StratifiedGap) -> tuple[str, ...]:
    heads = [phrases.say("column.level")]
    for name in (phrases.group(gap.group), phrases.group(gap.reference)):
        for key in ("people", "favourable", "rate"):
            column = phrases.say(f"column.{key}").lower()
            heads.append(phrases.say("column.head", group=name, column=column))
    return (*heads, *_heads(phrases, "difference", "ratio"))


def _levels(context: Context, gap: StratifiedGap, id_: str) -> Figure:
    """Level by level: the second table of a reversal, drawn."""
    phrases = context.phrases
    places = _named(phrases, gap)
    caption = phrases.say("strata.levels.caption", **places)
    # the largest levels, in the file's order, when there are too many to draw
    levels = sorted(gap.levels, key=lambda level: -((level.n or 0) + (level.n_reference or 0)))
    kept = {level.level for level in levels[:ROWS_IN_FIGURE]}
    shown = [level for level in gap.levels if level.level in kept]
    lines = [
        phrases.say(
            "strata.levels.row",
            level=phrases.level(level.level),
            rate=phrases.percent(level.rate),
            reference_rate=phrases.percent(level.rate_reference),
        )
        for level in shown
    ]
    lettering = phrases.lettering(
        rate=phrases.say("column.rate_axis"), level_behind="▼", level_ahead="▲", level_even="="
    )
    rows = tuple(_level_row(phrases, level) for level in gap.levels)
    heads = _level_heads(phrases, gap)
    return figure_block(
        level_pairs(shown, lettering=lettering, name=phrases.level),
        caption=caption,
        alternative=phrases.say("strata.levels.alternative", rows=" ".join(lines), **places),
        data=Table(f"{id_}-levels-data", caption, heads, rows),
        notes=(phrases.say("strata.levels.legend", **places),),
    )


def _whole(context: Context, gap: StratifiedGap, id_: str) -> Table | None:
    """The first table of a reversal: both groups, all levels together."""
    phrases = context.phrases
    names = (gap.group, gap.reference)
    groups = [g for g in context.groups(gap.attribute) if g.group in names]
    if len(groups) < len(names):
        return None
    rows = tuple(
        (
            Cell(phrases.group(group.group)),
            phrases.count_cell(group.n),
            phrases.count_cell(group.events),
            phrases.interval_cell(group.rate, phrases.percent),
        )
        for group in groups
    )
    caption = phrases.say("strata.whole.caption", **_named(phrases, gap))
    return Table(
        f"{id_}-whole", caption, _heads(phrases, "group", "people", "favourable", "rate"), rows
    )


def _remarks(context: Context, gap: StratifiedGap, id_: str, *, draw: bool) -> list[Block]:
    """Reversal, opposite levels, vanishing: said, then shown; past a few, in tables only."""
    phrases = context.phrases
    places = _named(phrases, gap)
    blocks: list[Block] = []
    if gap.raw_difference is None or gap.adjusted_difference is None:
        return blocks
    if gap.reversal:
        title, text = phrases.say("strata.reversal.title"), phrases.say("strata.reversal", **places)
        blocks.append(Note(title, (text,), kind="caution"))
        whole = _whole(context, gap, id_)
        if whole is not None:
            blocks.append(whole)
    elif gap.opposite_levels:
        named = [
            phrases.say(
                "strata.opposite.level",
                level=phrases.level(level.level),
                rate=phrases.percent(level.rate),
                reference_rate=phrases.percent(level.rate_reference),
            )
            for level in gap.levels
            if level.level in gap.opposite_levels and level.rate is not None
        ]
        text = phrases.say("strata.opposite", levels=phrases.listed(named), **places)
        blocks.append(Note(phrases.say("strata.opposite.title"), (text,), kind="caution"))
    elif gap.vanishes:
        blocks.append(Paragraph(phrases.say("strata.vanishes", **places)))
    if gap.reversal or gap.opposite_levels:
        figure = _levels(context, gap, id_)
        blocks.append(figure if draw else replace(figure.data, caption=figure.caption))
    return blocks


def _within(context: Context, stratum: str, gaps: Sequence[StratifiedGap], place: int) -> Section:
    phrases = context.phrases
    id_ = f"strata-{place}"
    blocks: list[Block] = []
    tainted = next((gap.possibly_tainted for gap in gaps if gap.possibly_tainted), None)
    if tainted is not None:
        kind = phrases.coded("tainted", tainted)
        text = phrases.say("strata.tainted", stratum=phrases.quoted(stratum), kind=kind)
        blocks.append(Note(phrases.say("strata.tainted.title"), (text,), kind="caution"))
    if any(w.kind == "leak" and w.column in stratum.split("*") for w in context.result.controls):
        text = phrases.say("strata.leak.reminder", stratum=phrases.quoted(stratum))
        title = phrases.say("strata.leak.title", column=phrases.quoted(stratum))
        blocks.append(Note(title, (text,), kind="caution"))
    blocks += [_figure(context, gaps, id_), _side_by_side(context, gaps, id_)]
    drawn = 0
    for number, gap in enumerate(gaps, 1):
        remarks = _remarks(context, gap, f"{id_}-{number}", draw=drawn < _LEVEL_FIGURES)
        drawn += any(isinstance(block, Figure) for block in remarks)
        blocks += remarks
    title = phrases.say("section.strata.within", stratum=phrases.quoted(stratum))
    return Section(id_, "", title, tuple(blocks))


def some_values(phrases: Phrases, values: Sequence[str]) -> str:
    """``« a », « b » ou « c »``, cut where there are many."""
    shown = [phrases.quoted(value) for value in values[:_LEAK_VALUES]]
    if len(values) > _LEAK_VALUES:
        return ", ".join([*shown, "…"])
    return phrases.formats.listing(shown, last="or")


def _warning(phrases: Phrases, warning: ControlWarning) -> Note | None:
    """A control filled in after the decision; a tainted one is told in its own section."""
    if warning.kind != "leak":
        return None
    column = phrases.quoted(warning.column)
    title = phrases.say("strata.leak.title", column=column)
    values = some_values(phrases, warning.values)
    if warning.rows is None or warning.events is None or not values:
        return Note(title, (phrases.say("strata.leak.hidden", column=column),), kind="caution")
    key = "strata.leak.determines" if warning.reason == "determines_outcome" else "strata.leak"
    text = phrases.say(
        key,
        column=column,
        rows=phrases.whole(warning.rows),
        events=phrases.whole(warning.events),
        values=values,
    )
    return Note(title, (text,), kind="caution")


def strata(context: Context) -> Section | None:
    """One section for each stratum; None where none was declared and no control is in doubt."""
    phrases, result = context.phrases, context.result
    notes = [_warning(phrases, warning) for warning in result.controls]
    warnings: list[Block] = [note for note in notes if note is not None]
    by_stratum: dict[str, list[StratifiedGap]] = {}
    for gap in result.strata:
        by_stratum.setdefault(gap.stratum, []).append(gap)
    if not warnings and not by_stratum:
        return None
    sections = tuple(
        _within(context, stratum, gaps, place)
        for place, (stratum, gaps) in enumerate(by_stratum.items(), 1)
    )
    blocks = (Paragraph(phrases.say("strata.intro")), *warnings)
    return Section("strata", "", phrases.say("section.strata"), blocks, sections)
