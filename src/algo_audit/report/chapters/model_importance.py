"""What weighs most: decisions that would change, and what each criterion adds or takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from algo_audit.charts.weights import weights
from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.importance import Importance
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.model_words import Teller, heads, heaviest
from algo_audit.report.context import ROWS_IN_FIGURE
from algo_audit.report.document import Block, Cell, Figure, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Form

_NAMED = 3


def _figure(
    teller: Teller,
    rows: Sequence[tuple[str, Estimate]],
    *,
    part: str,
    form: Form,
    ticks: Form,
    title: str,
) -> Figure:
    """One number for each criterion, drawn with its interval."""
    phrases = teller.phrases
    shown = rows[:ROWS_IN_FIGURE]
    caption = phrases.say(f"model.importance.{part}.caption", scale=teller.scale_title)
    told = [
        phrases.say("model.row", name=name, value=phrases.measured(number, form))
        for name, number in shown
    ]
    data = tuple((Cell(name), phrases.interval_cell(number, form)) for name, number in rows)
    return figure_block(
        weights(shown, form=form, ticks=ticks, title=title, hidden=phrases.absent),
        caption=caption,
        alternative=phrases.say("model.importance.alternative", rows=" ".join(told)),
        data=Table(
            f"model-importance-{part}-data", caption, heads(phrases, "criterion", part), data
        ),
        notes=(phrases.say(f"model.importance.{part}.legend"), *teller.notes),
    )


def _table(teller: Teller, rows: Sequence[Importance]) -> Table:
    phrases = teller.phrases
    nominal = any(row.nominal is not None for row in rows)
    titles = ["criterion", "inputs", "changed", "mean_absolute", "actual"]
    cells = []
    for row in rows:
        line = [
            Cell(teller.criterion(row.criterion)),
            Cell(", ".join(phrases.quoted(column) for column in row.inputs) or phrases.absent),
            phrases.interval_cell(row.decisions_changed, phrases.percent),
            teller.score_cell(row.mean_absolute),
            phrases.number_cell(row.share, phrases.percent),
        ]
        if nominal:
            line.append(phrases.number_cell(row.nominal, phrases.percent))
        cells.append(tuple(line))
    caption = phrases.say("model.importance.caption")
    titles += ["nominal"] if nominal else []
    return Table(
        "model-importance-table",
        caption,
        heads(phrases, *titles),
        tuple(cells),
        (teller.scale_note, *teller.notes),
    )


def _sentences(teller: Teller, rows: Sequence[Importance]) -> list[Block]:
    """The heaviest criteria in words, by the decisions that they carry."""
    phrases = teller.phrases
    blocks: list[Block] = []
    known = [
        row for row in rows if row.mean_absolute.value is not None and row.criterion != ROUNDING
    ]
    if known:
        named = [
            phrases.say(
                "model.importance.part",
                criterion=teller.criterion(row.criterion),
                share=phrases.percent(row.share),
            )
            for row in known[:_NAMED]
        ]
        blocks.append(
            Paragraph(teller.say("model.importance.first", criteria=phrases.listed(named)))
        )
    changed = [row for row in rows if row.decisions_changed.value is not None]
    if changed:
        top = max(changed, key=lambda row: row.decisions_changed.value or 0)
        share = phrases.measured(top.decisions_changed, phrases.percent)
        criterion = phrases.quoted(top.criterion)
        text = teller.say("model.importance.dealt", criterion=criterion, share=share)
        blocks.append(Paragraph(text))
    else:
        reasons = {row.decisions_changed.missing_reason for row in rows}
        reason = phrases.coded("reason", next(iter(reasons)) or "masked")
        blocks.append(Paragraph(phrases.say("model.importance.no_rule", reason=reason)))
    return blocks


def importance(teller: Teller) -> Section | None:
    """Which criteria carry the decisions, and the score."""
    found = teller.model.importance
    if not found:
        return None
    phrases = teller.phrases
    order = {key: place for place, key in enumerate(heaviest(teller.model))}
    rows = sorted(found, key=lambda row: order[row.criterion])
    blocks: list[Block] = [Paragraph(phrases.say("model.importance.intro"))]
    blocks += _sentences(teller, rows)

    def numbers(get: Callable[[Importance], Estimate]) -> list[tuple[str, Estimate]]:
        # what rounding does is in the table: it is no criterion to be weighed against others
        pairs = [
            (teller.criterion(row.criterion), get(row)) for row in rows if row.criterion != ROUNDING
        ]
        return sorted(pairs, key=lambda pair: -(pair[1].value or 0.0))

    if any(row.decisions_changed.value is not None for row in rows):
        blocks.append(
            _figure(
                teller,
                numbers(lambda row: row.decisions_changed),
                part="changed",
                form=phrases.percent,
                ticks=phrases.lettering().tick_percent,
                title=phrases.say("model.axis.changed"),
            )
        )
    if any(row.mean_absolute.value is not None for row in rows):
        blocks.append(
            _figure(
                teller,
                numbers(lambda row: row.mean_absolute),
                part="mean_absolute",
                form=teller.bare_score,
                ticks=teller.tick_score,
                title=teller.scale_title,
            )
        )
    blocks += [_table(teller, rows), teller.reading("importance")]
    return Section("model-importance", "", phrases.say("section.model.importance"), tuple(blocks))
