"""Does more ever count for less? In sentences, what goes against what is expected first."""

from __future__ import annotations

from algo_audit.explain.effects import Monotonicity
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table


def contradicted(row: Monotonicity) -> bool:
    """Whether some people's score moves against the direction that was declared."""
    if row.expected == "up":
        return bool(row.lowered)
    if row.expected == "down":
        return bool(row.raised)
    return False


def _example(teller: Teller, row: Monotonicity, kind: str) -> str:
    """The largest loss, or gain, by one step up, with the values between which it happens."""
    drop = kind == "drop"
    size = row.largest_drop if drop else row.largest_rise
    before = row.drop_from if drop else row.rise_from
    after = row.drop_to if drop else row.rise_to
    if size is None or before is None or after is None:
        return ""
    return teller.phrases.say(
        f"model.monotony.{kind}",
        size=teller.score(abs(size)),
        before=teller.number(before),
        after=teller.number(after),
    )


def _sentence(teller: Teller, row: Monotonicity) -> str:
    phrases = teller.phrases
    kind = row.verdict if row.verdict in _KINDS else "both"
    told = phrases.say(
        f"model.monotony.{kind}",
        column=phrases.column(row.column),
        lowered=teller.people(row.lowered),
        raised=teller.people(row.raised),
    )
    examples = [_example(teller, row, name) for name in _KINDS[kind]]
    return " ".join([told, *(text for text in examples if text)])


_KINDS: dict[str, tuple[str, ...]] = {
    "never_lowers": ("rise",),
    "never_raises": ("drop",),
    "both": ("drop", "rise"),
    "no_effect": (),
}


def _against(teller: Teller, row: Monotonicity) -> str:
    """A contradicted expectation, with how many people and where."""
    phrases = teller.phrases
    up = row.expected == "up"
    share = row.lowered if up else row.raised
    told = phrases.say(
        f"model.monotony.against.{'up' if up else 'down'}",
        column=phrases.column(row.column),
        share=teller.people(share),
    )
    example = _example(teller, row, "drop" if up else "rise")
    return f"{told} {example}".strip()


def _table(teller: Teller) -> Table:
    phrases = teller.phrases
    absent = phrases.absent

    def step(size: float | None, before: float | None, after: float | None) -> Cell:
        if size is None or before is None or after is None:
            return Cell(absent, None, numeric=True)
        text = phrases.say(
            "model.monotony.step",
            size=teller.bare_score(abs(size)),
            before=teller.number(before),
            after=teller.number(after),
        )
        return Cell(text, size, numeric=True)

    rows = tuple(
        (
            Cell(phrases.column(row.column)),
            Cell(
                phrases.say(f"model.expected.{row.expected}")
                if row.expected in ("up", "down")
                else absent
            ),
            phrases.count_cell(row.people),
            phrases.number_cell(row.lowered, phrases.percent),
            step(row.largest_drop, row.drop_from, row.drop_to),
            phrases.number_cell(row.raised, phrases.percent),
            step(row.largest_rise, row.rise_from, row.rise_to),
        )
        for row in teller.model.monotonicity
    )
    titles = heads(phrases, "input", "expected_way", "people", "lowered", "drop", "raised", "rise")
    caption = phrases.say("model.monotony.caption")
    note = phrases.say("model.monotony.note", scale=teller.scale_title)
    return Table("model-monotony-table", caption, titles, rows, (note, *teller.notes))


def monotony(teller: Teller) -> Section | None:
    """Expectations that the model contradicts, then every number in turn."""
    found = teller.model.monotonicity
    if not found:
        return None
    phrases = teller.phrases
    blocks: list[Block] = [Paragraph(phrases.say("model.monotony.intro"))]
    against = [row for row in found if contradicted(row)]
    if against:
        texts = tuple(teller.told(_against(teller, row)) for row in against)
        title = phrases.counted("model.monotony.against.title", len(against), count=len(against))
        blocks.append(Note(title, texts, kind="caution"))
    elif any(row.expected in ("up", "down") for row in found):
        blocks.append(Paragraph(teller.say("model.monotony.as_expected")))
    rest = [row for row in found if not contradicted(row)]
    if rest:
        items = tuple(teller.told(_sentence(teller, row), brief=True) for row in rest)
        blocks.append(ListBlock(items))
    blocks += [_table(teller), teller.reading("monotony")]
    return Section("model-monotony", "", phrases.say("section.model.monotony"), tuple(blocks))
