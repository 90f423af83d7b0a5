"""Scores by group, and what is known of later results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algo_audit.charts.scores import above_median, areas, calibration
from algo_audit.fairness.comparison import Comparison, Estimate
from algo_audit.fairness.scores import GroupScore
from algo_audit.report.context import ROWS_IN_FIGURE, Context
from algo_audit.report.document import Block, Cell, Figure, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Form, Phrases
from algo_audit.report.tables import measure_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

_LINES = 6  # more lines than shapes cannot be told apart


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"column.{name}") for name in names)


def _name(phrases: Phrases) -> Callable[[GroupScore], str]:
    return lambda group: phrases.group(group.group)


def _table(context: Context, attribute: str, groups: Sequence[GroupScore], id_: str) -> Table:
    phrases = context.phrases
    auc = any(group.auc.value is not None for group in groups)
    names = ["group", "people", "mean", "sd", "median", "above_median"]
    rows = []
    for group in groups:
        row = [
            Cell(phrases.group(group.group)),
            phrases.count_cell(group.n),
            phrases.number_cell(group.mean, phrases.decimal),
            phrases.number_cell(group.standard_deviation, phrases.decimal),
            phrases.number_cell(group.median, phrases.decimal),
            phrases.interval_cell(group.above_median, phrases.percent),
        ]
        if auc:
            row.append(phrases.interval_cell(group.auc, phrases.ratio))
        rows.append(tuple(row))
    caption = phrases.say("scores.table.caption", attribute=phrases.quoted(attribute))
    heads = _heads(phrases, *names, *(["auc"] if auc else []))
    return Table(f"{id_}-table", caption, heads, tuple(rows))


def _points(
    context: Context,
    rows: Sequence[tuple[GroupScore, Estimate]],
    drawing: Drawing,
    *,
    form: Form,
    caption: str,
    column: str,
    id: str,  # noqa: A002
) -> Figure:
    """A drawing of one number for each group, with its alternative and data."""
    phrases = context.phrases
    lines = [
        phrases.say(
            "scores.row.estimate",
            group=phrases.group(group.group),
            value=phrases.measured(estimate, form),
        )
        for group, estimate in rows
    ]
    table = Table(
        f"{id}-data",
        caption,
        _heads(phrases, "group", "people", column),
        tuple(
            (
                Cell(phrases.group(group.group)),
                phrases.count_cell(group.n),
                phrases.interval_cell(estimate, form),
            )
            for group, estimate in rows
        ),
    )
    alternative = phrases.say("scores.points.alternative", rows=" ".join(lines))
    return figure_block(drawing, caption=caption, alternative=alternative, data=table)


def _calibration(
    context: Context, attribute: str, groups: Sequence[GroupScore], id_: str
) -> Figure:
    phrases = context.phrases
    caption = phrases.say("scores.calibration.caption", attribute=phrases.quoted(attribute))
    rows = tuple(
        (
            Cell(phrases.group(group.group)),
            phrases.number_cell(item.low, phrases.decimal),
            phrases.number_cell(item.high, phrases.decimal),
            phrases.count_cell(item.n),
            phrases.interval_cell(item.observed, phrases.percent),
        )
        for group in groups
        for item in group.calibration
    )
    heads = _heads(phrases, "group", "score_from", "score_to", "people", "observed")
    lettering = phrases.lettering(mean_score=phrases.say("scores.axis.mean"))
    return figure_block(
        calibration(groups, lettering=lettering, name=_name(phrases)),
        caption=caption,
        alternative=phrases.say("scores.calibration.alternative"),
        data=Table(f"{id_}-calibration-data", caption, heads, rows),
        notes=(phrases.say("scores.calibration.note"),),
    )


def _by_attribute(
    context: Context, attribute: str, groups: Sequence[GroupScore], place: int
) -> list[Block]:
    phrases = context.phrases
    id_ = f"scores-{place}"
    shown = groups[:ROWS_IN_FIGURE]
    quoted = phrases.quoted(attribute)
    lettering = phrases.lettering(
        above_median=phrases.say("scores.axis.above"), auc=phrases.say("scores.axis.auc")
    )
    blocks: list[Block] = [
        _points(
            context,
            [(group, group.above_median) for group in shown],
            above_median(shown, lettering=lettering, name=_name(phrases)),
            form=phrases.percent,
            caption=phrases.say("scores.above.caption", attribute=quoted),
            column="above_median",
            id=f"{id_}-above",
        ),
        _table(context, attribute, groups, id_),
    ]
    if any(group.auc.value is not None for group in shown):
        blocks.append(
            _points(
                context,
                [(group, group.auc) for group in shown],
                areas(shown, lettering=lettering, name=_name(phrases)),
                form=phrases.ratio,
                caption=phrases.say("scores.auc.caption", attribute=quoted),
                column="auc",
                id=f"{id_}-auc",
            )
        )
    calibrated = [
        group for group in shown if any(b.observed.value is not None for b in group.calibration)
    ]
    if calibrated:
        blocks.append(_calibration(context, attribute, calibrated[:_LINES], id_))
    return blocks


def _score(context: Context) -> Section | None:
    found = context.result.scores
    if found is None:
        return None
    phrases = context.phrases
    intro = phrases.say(
        "scores.intro",
        column=phrases.quoted(found.column),
        n=phrases.whole(found.n),
        missing=phrases.whole(found.missing),
        median=phrases.decimal(found.median),
        ties=phrases.whole(found.ties_at_median),
    )
    blocks: list[Block] = [Paragraph(intro)]
    for place, attribute in enumerate(context.attributes, 1):
        groups = [group for group in found.groups if group.attribute == attribute]
        if groups:
            blocks += _by_attribute(context, attribute, groups, place)
    return Section("scores-score", "", phrases.say("section.scores.score"), tuple(blocks))


def _labels(context: Context) -> Section | None:
    found = context.result.labels
    if found is None:
        return None
    phrases = context.phrases
    said = phrases.say(
        "labels.sentence",
        column=phrases.quoted(found.column),
        known=phrases.whole(found.known),
        favourable=phrases.whole(found.known_favourable),
        rows_favourable=phrases.whole(found.rows_favourable),
        unfavourable=phrases.whole(found.known_unfavourable),
        rows_unfavourable=phrases.whole(found.rows_unfavourable),
    )
    meaning = phrases.say(f"labels.{found.coverage}")
    blocks = (Paragraph(said), Paragraph(meaning))
    return Section("scores-labels", "", phrases.say("section.scores.labels"), blocks)


def _compared(context: Context) -> dict[str, list[Comparison]]:
    """Measures other than the selection rate, group against reference, by attribute."""
    found: dict[str, list[Comparison]] = {}
    for comparison in context.result.comparisons:
        if (
            comparison.attribute in context.attributes
            and comparison.measure != "selection_rate"
            and comparison.stratum is None
            and comparison.reference is not None
        ):
            found.setdefault(comparison.attribute, []).append(comparison)
    return {name: found[name] for name in context.attributes if name in found}


def _measures(context: Context) -> Section | None:
    """A table for each attribute; measures that cannot be shown, in one sentence with why."""
    phrases = context.phrases
    found = _compared(context)
    if not found:
        return None
    rows = [comparison for comparisons in found.values() for comparison in comparisons]
    unknown = _never_known(rows)
    blocks: list[Block] = [Paragraph(phrases.say("scores.measures.note"))]
    for reason in dict.fromkeys(unknown.values()):
        named = [phrases.coded("measure", name) for name in unknown if unknown[name] == reason]
        blocks.append(
            Paragraph(
                phrases.say(
                    "scores.measures.unknown",
                    measures=phrases.listed(named),
                    reason=phrases.coded("reason", reason),
                )
            )
        )
    for place, (attribute, comparisons) in enumerate(found.items(), 1):
        told = [comparison for comparison in comparisons if comparison.measure not in unknown]
        if told:
            caption = phrases.say("scores.measures.caption", attribute=phrases.quoted(attribute))
            blocks.append(measure_table(context, told, id=f"measures-{place}", caption=caption))
    return Section("scores-measures", "", phrases.say("section.scores.measures"), tuple(blocks))


def _never_known(comparisons: Sequence[Comparison]) -> dict[str, str]:
    """Measures that no group of any attribute has, with the one reason they share."""
    reasons: dict[str, set[str | None]] = {}
    for comparison in comparisons:
        known = comparison.value is not None or comparison.difference is not None
        reasons.setdefault(comparison.measure, set()).add(
            None if known else comparison.missing_reason
        )
    return {
        measure: reason
        for measure, (reason, *others) in ((m, tuple(r)) for m, r in reasons.items())
        if reason is not None and not others
    }


def scores(context: Context) -> Section | None:
    """Labels, score, other measures; None where the file has none of them."""
    sections = [_labels(context), _score(context), _measures(context)]
    kept = tuple(section for section in sections if section is not None)
    if not kept:
        return None
    return Section("scores", "", context.phrases.say("section.scores"), (), kept)
