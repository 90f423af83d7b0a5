"""Import journal: what was converted, set aside, left alone."""

from __future__ import annotations

from collections.abc import Mapping

from algo_audit.data.decisions import JournalEntry
from algo_audit.report.context import Context
from algo_audit.report.document import Cell, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_LONGEST_LIST = 8


def _value(phrases: Phrases, value: object) -> str:
    """A value of an entry as the language sets it: numbers, quoted text, lists."""
    if value is None:
        return phrases.hidden
    if isinstance(value, bool):
        return phrases.say("word.yes" if value else "word.no")
    if isinstance(value, int):
        return phrases.whole(value)
    if isinstance(value, float):
        return phrases.decimal(value)
    if isinstance(value, Mapping):
        value = [f"{key} {_value(phrases, item)}" for key, item in value.items()]
        return ", ".join(value[:_LONGEST_LIST])
    if isinstance(value, (list, tuple)):
        items = [_value(phrases, item) for item in value[:_LONGEST_LIST]]
        if len(value) > _LONGEST_LIST:
            return ", ".join([*items, "…"])
        return phrases.listed(items)
    return phrases.quoted(str(value))


def _sentence(phrases: Phrases, entry: JournalEntry) -> str:
    values = {key: _value(phrases, value) for key, value in entry.values.items()}
    key = f"journal.{entry.code}"
    if phrases.catalogue.has(key):
        try:
            return phrases.say(key, **values)
        except (KeyError, IndexError):
            pass  # a sentence with a place that this entry does not fill: the code below
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return phrases.say("journal.unworded", code=entry.code, values=told).strip()


def journal(context: Context) -> Section:
    """The journal as a table, in the order of reading."""
    phrases, entries = context.phrases, context.result.journal
    title = phrases.say("section.journal")
    if not entries:
        return Section("journal", "", title, (Paragraph(phrases.say("journal.none")),))
    rows = tuple(
        (
            Cell(phrases.quoted(entry.column) if entry.column else phrases.say("journal.file")),
            Cell(phrases.say(f"journal.action.{entry.action}"), entry.action),
            Cell(_sentence(phrases, entry), entry.code),
        )
        for entry in entries
    )
    heads = tuple(phrases.say(f"column.{name}") for name in ("column", "action", "done"))
    table = Table("journal-table", phrases.say("journal.caption"), heads, rows)
    return Section("journal", "", title, (table,))
