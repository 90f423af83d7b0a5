"""Single results as tables for a notebook: a comparison, a decomposition, a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from algo_audit.fairness.comparison import Comparison
from algo_audit.report.chapters.drivers_words import criterion_name
from algo_audit.report.document import Cell, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases
from algo_audit.report.sentences import unit_form

if TYPE_CHECKING:
    from algo_audit.cases.case import Case
    from algo_audit.data.decisions import Decisions
    from algo_audit.explain.contributions import Explanation
    from algo_audit.explain.gap import GapDecomposition
    from algo_audit.explain.staircase import Staircase

ROWS_SHOWN = 20  # rows of a long table; ``frame()`` has all of them


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(name) for name in names)


def _left_out(phrases: Phrases, total: int) -> tuple[str, ...]:
    if total <= ROWS_SHOWN:
        return ()
    return (phrases.say("notebook.more", shown=ROWS_SHOWN, total=phrases.whole(total)),)


def comparison_table(phrases: Phrases, rows: Sequence[Comparison]) -> Table:
    """Comparisons line by line, in the order given."""
    cells = []
    for row in rows[:ROWS_SHOWN]:
        form, gap_form = unit_form(phrases, row.unit)
        within = "" if row.stratum is None else phrases.quoted(row.stratum)
        cells.append(
            (
                Cell(phrases.quoted(row.attribute)),
                Cell(phrases.group(row.group)),
                Cell(phrases.reference(row.reference)),
                Cell(within or phrases.absent),
                phrases.count_cell(row.n),
                phrases.number_cell(row.value, form),
                phrases.interval_cell(row.difference, gap_form),
                phrases.interval_cell(row.ratio, phrases.ratio),
                Cell(phrases.verdict(row.verdict), row.verdict),
            )
        )
    heads = _heads(
        phrases, "notebook.attribute", "column.group", "notebook.against", "notebook.within",
        "column.people", "notebook.value", "column.difference", "column.ratio", "column.verdict",
    )  # fmt: skip
    caption = phrases.say("notebook.comparisons")
    return Table("comparisons", caption, heads, tuple(cells), _left_out(phrases, len(rows)))


def gap_parts_table(phrases: Phrases, gap: GapDecomposition) -> Table:
    """What of a gap passes through each criterion; the whole last."""
    rates = gap.target == "selection_rate"
    form: Callable[[float | None], str] = phrases.points if rates else phrases.decimal
    rows = [
        (Cell(criterion_name(phrases, part.criterion)), phrases.interval_cell(part.value, form))
        for part in gap.parts
    ]
    rows.append((Cell(phrases.say("drivers.birth.whole")), phrases.interval_cell(gap.gap, form)))
    caption = phrases.say(
        f"notebook.gap.{gap.target}",
        attribute=phrases.quoted(gap.attribute),
        group=phrases.group(gap.group),
        reference=phrases.group(gap.reference),
    )
    heads = _heads(phrases, "drivers.column.criterion", "notebook.passes")
    return Table("gap-parts", caption, heads, tuple(rows), (phrases.say("notebook.gap.note"),))


def staircase_table(phrases: Phrases, stairs: Staircase) -> Table:
    """The steps of a gap in their order, and who can act on each; the whole last."""
    # the last step is held against the advice where the staircase has a step of it
    against = "advice" if any(step.key == "system" for step in stairs.steps) else "model"
    rows = [
        (
            Cell(phrases.say(f"drivers.step.humans.{against}"))
            if step.key == "humans"
            else Cell(phrases.coded("drivers.step", step.key)),
            phrases.interval_cell(step.value, phrases.points),
            Cell(phrases.coded("drivers.actor", step.actor)),
        )
        for step in stairs.steps
    ]
    whole = Cell(phrases.say("drivers.birth.whole"))
    rows.append((whole, phrases.interval_cell(stairs.raw, phrases.points), Cell(phrases.absent)))
    caption = phrases.say(
        "notebook.stairs",
        attribute=phrases.quoted(stairs.attribute),
        group=phrases.group(stairs.group),
        reference=phrases.group(stairs.reference),
    )
    heads = _heads(phrases, "drivers.column.step", "drivers.column.adds", "drivers.column.actor")
    return Table("staircase", caption, heads, tuple(rows))


def contributions_table(phrases: Phrases, explained: Explanation) -> Table:
    """Mean absolute contribution of each criterion, largest first."""
    sizes = abs(explained.values).mean(axis=0)
    order = sorted(range(len(sizes)), key=lambda place: -sizes[place])
    rows = tuple(
        (
            Cell(criterion_name(phrases, explained.players[place].key)),
            phrases.number_cell(float(sizes[place]), phrases.decimal),
        )
        for place in order
    )
    caption = phrases.say("notebook.contributions", people=phrases.whole(len(explained.values)))
    heads = _heads(phrases, "drivers.column.criterion", "notebook.mean_size")
    return Table("contributions", caption, heads, rows, (phrases.say("notebook.frame"),))


def _roles(phrases: Phrases, told: Sequence[tuple[str, str]], caption: str) -> Table:
    rows = tuple((Cell(phrases.say(name)), Cell(text)) for name, text in told if text)
    return Table("roles", caption, _heads(phrases, "notebook.part", "notebook.columns"), rows)


def _told_roles(phrases: Phrases, roles: Any) -> list[tuple[str, str]]:
    def names(values: Sequence[str]) -> str:
        return phrases.listed([phrases.quoted(value) for value in values]) if values else ""

    return [
        ("notebook.role.outcome", names([roles.outcome] if roles.outcome else [])),
        ("notebook.role.protected", names(roles.protected)),
        ("notebook.role.strata", names(roles.strata)),
        ("notebook.role.pool", names([roles.pool] if roles.pool else [])),
        ("notebook.role.score", names([roles.score] if roles.score else [])),
        ("notebook.role.advice", names([roles.advice] if roles.advice else [])),
        ("notebook.role.label", names([roles.label] if roles.label else [])),
        ("notebook.role.inputs", names(roles.inputs)),
    ]


def case_section(phrases: Phrases, case: Case) -> Section:
    """A case as it is declared: its story and what its columns are."""
    texts = case.texts.get(phrases.language, {})
    story = phrases.typeset(texts.get("story", ""))
    caption = phrases.say("notebook.roles", file=phrases.quoted(case.path.name))
    table = _roles(phrases, _told_roles(phrases, case.roles), caption)
    blocks = (*((Paragraph(story),) if story else ()), table)
    return Section("case", "", phrases.typeset(texts.get("title", "")) or case.key, blocks)


def decisions_section(phrases: Phrases, decisions: Decisions) -> Section:
    """A file as it was read: how many rows count, and what its columns are."""
    source = decisions.source
    text = phrases.say(
        "notebook.read",
        file=phrases.quoted(source.name),
        rows=phrases.whole(source.rows),
        used=phrases.whole(source.rows_used),
    )
    caption = phrases.say("notebook.roles", file=phrases.quoted(source.name))
    table = _roles(phrases, _told_roles(phrases, decisions.roles), caption)
    title = phrases.say("notebook.decisions")
    return Section("decisions", "", title, (Paragraph(text), table))
