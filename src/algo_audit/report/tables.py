"""Tables of comparisons: what each group lacks, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from algo_audit.fairness.comparison import Comparison, GroupRate
from algo_audit.report.context import ROWS_IN_CROSSING, Context
from algo_audit.report.document import Cell, Table
from algo_audit.report.phrases import Phrases
from algo_audit.report.sentences import comparison_values, people_needed, rounded, unit_form


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"column.{name}") for name in names)


def _against(phrases: Phrases, comparison: Comparison, *, alone: bool = False) -> str:
    """``F against M``; the group ``alone`` where the whole table has one reference."""
    if comparison.reference is None or alone:
        return phrases.group(comparison.group)
    return phrases.say(
        "column.against",
        group=phrases.group(comparison.group),
        reference=phrases.group(comparison.reference),
    )


def _verdict_cell(phrases: Phrases, comparison: Comparison) -> Cell:
    text = phrases.verdict(comparison.verdict)
    return Cell(text, comparison.verdict)


def _one_reference(comparisons: Sequence[Comparison]) -> bool:
    return len({comparison.reference for comparison in comparisons}) == 1


def _gap_row(phrases: Phrases, comparison: Comparison, *, alone: bool) -> tuple[Cell, ...]:
    form, gap_form = unit_form(phrases, comparison.unit)
    return (
        Cell(_against(phrases, comparison, alone=alone)),
        phrases.interval_cell(comparison.shortfall, phrases.people),
        phrases.count_cell(comparison.n),
        phrases.count_cell(comparison.events),
        phrases.number_cell(comparison.value, form),
        phrases.interval_cell(comparison.difference, gap_form),
        phrases.interval_cell(comparison.ratio, phrases.ratio),
        _verdict_cell(phrases, comparison),
    )


def _plain_row(phrases: Phrases, group: GroupRate, status: str) -> tuple[Cell, ...]:
    dash = Cell(phrases.absent, None, numeric=True)
    return (
        Cell(phrases.group(group.group)),
        dash,
        phrases.count_cell(group.n),
        phrases.count_cell(group.events),
        phrases.number_cell(group.rate.value, phrases.percent),
        dash,
        dash,
        Cell(phrases.say(f"word.{status}")),
    )


def gap_table(
    context: Context,
    comparisons: Sequence[Comparison],
    *,
    id: str,  # noqa: A002
    caption: str,
    notes: tuple[str, ...] = (),
) -> Table:
    """What each group lacks: shortfall first, then counts, rate, difference, ratio, verdict.

    The reference, groups set aside and unknowns keep a row with their count and rate.
    """
    phrases = context.phrases
    alone = _one_reference(comparisons)
    rows = [_gap_row(phrases, comparison, alone=alone) for comparison in comparisons]
    attribute = comparisons[0].attribute
    compared = {
        comparison.group
        for rows_within in context.compared(attribute).values()
        for comparison in rows_within
    }
    references = {comparison.reference for comparison in comparisons}
    crossed = attribute in context.crossings
    for group in context.groups(attribute):
        if group.group in compared and group.group is not None:
            continue
        if group.status == "used":
            # a group whose comparison is hidden is not the reference for all that
            status = "reference" if group.group in references else "unknown_status"
            rows.append(_plain_row(phrases, group, status))
        elif group.n is None or (group.n != 0 and not (crossed and len(rows) >= ROWS_IN_CROSSING)):
            status = "unknown_status" if group.status == "unknown" else "small"
            rows.append(_plain_row(phrases, group, status))
    heads = _heads(
        phrases,
        "group" if alone else "groups",
        "shortfall",
        "people",
        "favourable",
        "rate",
        "difference",
        "ratio",
        "verdict",
    )
    return Table(id, caption, heads, tuple(rows), notes)


def _flip_cell(phrases: Phrases, comparison: Comparison) -> Cell:
    if comparison.flip_count is None:
        return Cell(phrases.absent, None, numeric=True)
    return Cell(phrases.whole(comparison.flip_count), comparison.flip_count, numeric=True)


def _needed_cell(phrases: Phrases, comparison: Comparison) -> Cell:
    if comparison.verdict != "inconclusive":
        return Cell(phrases.absent, None, numeric=True)
    needed = people_needed(comparison_values(comparison))
    now = (comparison.n or 0) + (comparison.n_reference or 0)
    if needed is None or needed <= now:
        return Cell(phrases.absent, None, numeric=True)
    return Cell(phrases.whole(rounded(needed)), needed, numeric=True)


def sure_table(
    context: Context,
    comparisons: Sequence[Comparison],
    *,
    id: str,  # noqa: A002
    caption: str,
    notes: tuple[str, ...] = (),
) -> Table:
    """How sure: p before and after correction, test, smallest visible ratio, flips, people."""
    phrases = context.phrases
    alone = _one_reference(comparisons)
    rows = tuple(
        (
            Cell(_against(phrases, comparison, alone=alone)),
            _verdict_cell(phrases, comparison),
            phrases.number_cell(comparison.p_value, phrases.p_value),
            phrases.number_cell(comparison.p_adjusted, phrases.p_value),
            Cell(phrases.absent if not comparison.test else phrases.coded("test", comparison.test)),
            phrases.number_cell(comparison.smallest_detectable_ratio, phrases.ratio),
            _flip_cell(phrases, comparison),
            _needed_cell(phrases, comparison),
        )
        for comparison in comparisons
    )
    heads = _heads(
        phrases,
        "group" if alone else "groups",
        "verdict",
        "p",
        "p_adjusted",
        "test",
        "smallest",
        "flip",
        "people_needed",
    )
    return Table(id, caption, heads, rows, notes)


def others_table(
    context: Context,
    comparisons: Sequence[Comparison],
    *,
    id: str,  # noqa: A002
    caption: str,
    notes: tuple[str, ...] = (),
) -> Table:
    """Each group against all the others together, as exploration."""
    phrases = context.phrases
    rows = tuple(
        (
            Cell(phrases.group(comparison.group)),
            phrases.count_cell(comparison.n),
            phrases.number_cell(comparison.value, phrases.percent),
            phrases.number_cell(comparison.reference_value, phrases.percent),
            phrases.interval_cell(comparison.difference, phrases.points),
            phrases.interval_cell(comparison.ratio, phrases.ratio),
            phrases.number_cell(comparison.p_adjusted, phrases.p_value),
            _verdict_cell(phrases, comparison),
        )
        for comparison in comparisons
    )
    heads = _heads(
        phrases, "group", "people", "rate", "rate_others", "difference", "ratio", "q", "verdict"
    )
    return Table(id, caption, heads, rows, notes)


def measure_table(
    context: Context,
    comparisons: Sequence[Comparison],
    *,
    id: str,  # noqa: A002
    caption: str,
    notes: tuple[str, ...] = (),
) -> Table:
    """Measures other than the selection rate: one row for each measure and group.

    A reason that several rows share stands once, under the table.
    """
    phrases = context.phrases
    rows = []
    reasons = Counter((c.verdict, c.missing_reason) for c in comparisons if c.missing_reason)
    shared = {pair for pair, times in reasons.items() if times > 1}
    notes = (
        *notes,
        *(
            phrases.say(
                "measure.shared_reason", verdict=phrases.quoted(phrases.verdict(v)), reason=reason
            )
            for v, reason in (
                (pair[0], phrases.coded("reason", str(pair[1])))
                for pair in reasons
                if pair in shared
            )
        ),
    )
    for comparison in comparisons:
        form, gap_form = unit_form(phrases, comparison.unit)
        own = (comparison.verdict, comparison.missing_reason)
        reason = None if own in shared else comparison.missing_reason
        rows.append(
            (
                Cell(phrases.coded("measure", comparison.measure)),
                Cell(_against(phrases, comparison)),
                phrases.count_cell(comparison.n),
                phrases.number_cell(comparison.value, form),
                phrases.number_cell(comparison.reference_value, form),
                phrases.interval_cell(comparison.difference, gap_form),
                phrases.number_cell(comparison.p_adjusted, phrases.p_value),
                Cell(
                    phrases.verdict(comparison.verdict)
                    + (f" ({phrases.coded('reason', reason)})" if reason else ""),
                    comparison.verdict,
                ),
            )
        )
    heads = _heads(
        phrases,
        "measure",
        "groups",
        "people",
        "value",
        "reference_value",
        "difference",
        "q",
        "verdict",
    )
    return Table(id, caption, heads, tuple(rows), notes)
