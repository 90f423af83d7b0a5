"""Lines that this audience may not see, said once instead of one under the other.

A table that is hidden from end to end, and the figure drawn from it, give way to one sentence in
their section; of a table with many hidden lines, these are named in one note.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.report.document import Block, Cell, Figure, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

# So many hidden lines are printed as they are: each says that its group is there.
LINES_AS_THEY_ARE = 3
_NAMED = 8


def folded(sections: Iterable[Section], phrases: Phrases) -> tuple[Section, ...]:
    """Sections in which hidden lines are told in one sentence.

    Parameters
    ----------
    sections : iterable of Section
        Made from a masked result, without numbers yet.
    phrases : Phrases
        With the audience's threshold; where nothing is hidden, nothing is folded.
    """
    if phrases.threshold is None:
        return tuple(sections)
    return tuple(_section(section, phrases) for section in sections)


def _section(section: Section, phrases: Phrases) -> Section:
    blocks: list[Block] = []
    gone: list[str] = []
    place = 0
    for block in section.blocks:
        table = block.data if isinstance(block, Figure) else block
        if isinstance(table, Table) and _all_hidden(table, phrases):
            if not gone:
                place = len(blocks)
            gone.append(table.caption)
        else:
            blocks.append(_block(block, phrases))
    if gone:
        blocks.insert(place, Paragraph(_nothing(gone, section, phrases)))
    return replace(section, blocks=tuple(blocks), sections=folded(section.sections, phrases))


def _nothing(gone: list[str], section: Section, phrases: Phrases) -> str:
    """Why tables are missing; which ones, where the section shows others."""
    shown = sum(isinstance(block, (Table, Figure)) for block in section.blocks)
    if shown == len(gone):
        return phrases.say("hidden.nothing", threshold=phrases.threshold)
    named = phrases.listed([phrases.quoted(caption) for caption in dict.fromkeys(gone)])
    return phrases.say("hidden.nothing_in", tables=named, threshold=phrases.threshold)


def _block(block: Block, phrases: Phrases) -> Block:
    if isinstance(block, Figure):
        return replace(block, data=_table(block.data, phrases))
    return _table(block, phrases) if isinstance(block, Table) else block


def _table(table: Table, phrases: Phrases) -> Table:
    hidden = [row for row in table.rows if is_hidden(row, phrases)]
    if len(hidden) <= LINES_AS_THEY_ARE:
        return table
    kept = tuple(row for row in table.rows if not is_hidden(row, phrases))
    note = phrases.say(
        "hidden.folded",
        count=phrases.whole(len(hidden)),
        threshold=phrases.threshold,
        names=named_few([_name(row) for row in hidden], phrases),
    )
    return replace(table, rows=kept, notes=(*table.notes, note))


def named_few(names: list[str], phrases: Phrases) -> str:
    """The first names of a long list, and how many more there are."""
    if len(names) <= _NAMED + 1:
        return phrases.listed(names)
    more = phrases.say("hidden.more", count=phrases.whole(len(names) - _NAMED))
    return phrases.listed([*names[:_NAMED], more])


def _name(row: tuple[Cell, ...]) -> str:
    """What a line is about: the words before its first number."""
    words = []
    for cell in row:
        if cell.numeric:
            break
        words.append(cell.text)
    return " ".join(words)


def _all_hidden(table: Table, phrases: Phrases) -> bool:
    """Whether no line says anything; what is left, merged, is everybody and says nothing more."""
    merged = phrases.group(OTHER_GROUPS)
    hidden = [is_hidden(row, phrases) for row in table.rows]
    rest = [row for row, gone in zip(table.rows, hidden, strict=True) if not gone]
    return any(hidden) and all(row[0].text == merged for row in rest)


def is_hidden(row: tuple[Cell, ...], phrases: Phrases) -> bool:
    """Whether a line has no number left, and at least one that is hidden."""
    numbers = [cell.text for cell in row if cell.numeric]
    return phrases.hidden in numbers and {*numbers} <= {phrases.hidden, phrases.absent}
