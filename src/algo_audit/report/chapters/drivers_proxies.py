"""Do the inputs give the group away? Pairs told apart, out of 100."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.proxies import Told, told_apart
from algo_audit.data.limits import read_limits
from algo_audit.explain.gap import Proxy
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_words import (
    criterion_name,
    pairs_cell,
    pairs_measured,
    pairs_of,
    pairs_span,
)
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
from algo_audit.report.wide_tables import narrow

_OPPOSITES = 2
# 50 pairs out of 100 and half a pair, from where 51 is printed.
_TOSS = 0.505


def _together(context: Context, proxies: Sequence[Proxy]) -> list[Proxy]:
    """All inputs together, group by group; of two groups that are each other's opposite, one."""
    found = _every(proxies)
    kept = []
    for row in found:
        both = [other for other in found if other.attribute == row.attribute]
        if len(both) != _OPPOSITES or row.group != context.reference(row.attribute):
            kept.append(row)
    return kept


def _every(proxies: Sequence[Proxy]) -> list[Proxy]:
    return [
        row for row in proxies
        if row.criterion is None and row.auc.value is not None and CROSSED not in row.attribute
    ]  # fmt: skip


def _alone(proxies: Sequence[Proxy], row: Proxy) -> list[Proxy]:
    """The criteria of one group taken alone, the strongest first."""
    found = [
        other for other in proxies
        if (other.attribute, other.group) == (row.attribute, row.group)
        and other.criterion is not None and other.auc.value is not None
    ]  # fmt: skip
    return sorted(found, key=lambda other: -(other.auc.value or 0.0))


def _sentence(context: Context, proxies: Sequence[Proxy], row: Proxy) -> str:
    phrases = context.phrases
    assert row.auc.value is not None
    text = phrases.say(
        "drivers.proxy.pairs",
        attribute=phrases.quoted(row.attribute),
        group=phrases.group(row.group),
        pairs=pairs_of(phrases, row.auc.value),
        interval=pairs_span(phrases, row.auc),
    )
    parts = [text]
    alone = _alone(proxies, row)
    if row.alert and alone:
        parts.append(
            phrases.say(
                "drivers.proxy.alone",
                criterion=criterion_name(phrases, str(alone[0].criterion)),
                pairs=pairs_of(phrases, alone[0].auc.value or 0.0),
            )
        )
    if row.alert:
        parts.append(phrases.say("drivers.proxy.alert"))
    return " ".join(parts)


def _sentences(context: Context, proxies: Sequence[Proxy], rows: Sequence[Proxy]) -> list[str]:
    """A sentence for each group that the inputs point to, one for all the others together."""
    phrases = context.phrases
    told = [row for row in rows if row.alert or _beats_chance(row)]
    quiet = [row for row in rows if row not in told]
    found = [_sentence(context, proxies, row) for row in told]
    if quiet:
        values = sorted(row.auc.value or 0.0 for row in quiet)
        low, high = pairs_of(phrases, values[0]), pairs_of(phrases, values[-1])
        alike = low == high  # one group, or several that print the same number
        found.append(
            phrases.say(
                "drivers.proxy.quiet.alike" if alike else "drivers.proxy.quiet",
                groups=phrases.listed([_label(phrases, row) for row in quiet]),
                **({"pairs": low} if alike else {"low": low, "high": high}),
            )
        )
    return found


def _beats_chance(row: Proxy) -> bool:
    """Whether the interval lies above a toss, in whole pairs as they are printed."""
    return row.auc.low is not None and row.auc.low >= _TOSS


def _label(phrases: Phrases, row: Proxy) -> str:
    return phrases.say(
        "drivers.proxy.row", attribute=phrases.quoted(row.attribute), group=phrases.group(row.group)
    )


def _figure(context: Context, proxies: Sequence[Proxy], shown: Sequence[Proxy]) -> Figure:
    phrases = context.phrases
    rows, lines, cells = [], [], []
    for row in shown[:ROWS_IN_FIGURE]:
        alone = next(iter(_alone(proxies, row)), None)
        value = pairs_of(phrases, row.auc.value or 0.0)
        label = _label(phrases, row)
        rows.append(Told(label, value, row.auc, None if alone is None else alone.auc.value))
        lines.append(
            phrases.say(
                "drivers.row",
                name=label,
                value=pairs_measured(phrases, row.auc),
            )
        )
        strongest = (
            (Cell(phrases.absent), Cell(phrases.absent, None, numeric=True))
            if alone is None
            else (
                Cell(criterion_name(phrases, str(alone.criterion))),
                Cell(pairs_of(phrases, alone.auc.value or 0.0), alone.auc.value, numeric=True),
            )
        )
        cells.append((Cell(label), pairs_cell(phrases, row.auc), *strongest))
    alert = read_limits().explain.proxy_alert
    caption = phrases.say("drivers.proxy.caption")
    drawing = told_apart(
        rows,
        alert=alert,
        form=lambda value: pairs_of(phrases, value),
        title=phrases.say("drivers.proxy.axis"),
        words=(phrases.say("drivers.proxy.chance"), phrases.say("drivers.proxy.line")),
    )
    heads = tuple(
        phrases.say(f"drivers.column.{name}") for name in ("who", "together", "strongest", "alone")
    )
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("drivers.proxy.alternative", rows=" ".join(lines)),
        data=Table("drivers-proxies-inputs-data", caption, heads, tuple(cells)),
        notes=(phrases.say("drivers.proxy.legend", alert=pairs_of(phrases, alert)),),
    )


def _table(context: Context, proxies: Sequence[Proxy], shown: Sequence[Proxy]) -> Table | None:
    """Each criterion alone, for each group."""
    phrases = context.phrases
    criteria = list(dict.fromkeys(str(r.criterion) for r in proxies if r.criterion is not None))
    if not criteria:
        return None
    cells = []
    for row in shown:
        alone = {other.criterion: other.auc for other in _alone(proxies, row)}
        missing = Estimate(None)
        cells.append(
            (
                Cell(_label(phrases, row)),
                pairs_cell(phrases, row.auc),
                *(pairs_cell(phrases, alone.get(criterion, missing)) for criterion in criteria),
            )
        )
    heads = (
        phrases.say("drivers.column.who"),
        phrases.say("drivers.column.together"),
        *(criterion_name(phrases, criterion) for criterion in criteria),
    )
    caption = phrases.say("drivers.proxy.table")
    return Table("drivers-proxies-table", caption, heads, tuple(cells))


def proxies_section(context: Context) -> Section | None:
    """How well the inputs point to each group; None where it was not measured."""
    phrases, model = context.phrases, context.result.model
    proxies = () if model is None else model.proxies
    shown = _together(context, proxies)
    if not shown:
        return None
    alert = read_limits().explain.proxy_alert
    blocks: list[Block] = [
        Paragraph(phrases.say("drivers.proxy.intro")),
        ListBlock(tuple(_sentences(context, proxies, shown))),
        _figure(context, proxies, shown),
    ]
    table = _table(context, proxies, shown)
    if table is not None:
        blocks += narrow(phrases, table, corner=phrases.say("drivers.column.criterion"))
    note = (
        phrases.say("drivers.proxy.note", alert=pairs_of(phrases, alert)),
        phrases.say("drivers.proxy.note.use"),
    )
    blocks.append(Note(phrases.say("drivers.proxy.note.title"), note, kind="method"))
    return Section("drivers-proxies", "", phrases.say("section.drivers.proxies"), tuple(blocks))
