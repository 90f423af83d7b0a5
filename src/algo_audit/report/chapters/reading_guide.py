"""How to read the report: chance first, then a row of figures, then the verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.fairness.lottery import Lottery
from algo_audit.report.chapters.mirror import lottery_figure, lottery_sentence, lottery_table
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, ListBlock, Paragraph, Section, Table

_VERDICTS = (
    "gap_established",
    "small_gap_established",
    "large_gap_excluded",
    "inconclusive",
    "lead",
    "not_shown",
)
_NUMBERS = ("shortfall", "difference", "ratio", "interval", "flip", "smallest")


def shown_first(context: Context) -> Lottery | None:
    """The lottery to show first: of the attribute that the first finding with a lottery is on."""
    lotteries = {lottery.attribute: lottery for lottery in context.result.lottery}
    for finding in context.result.findings:
        found = lotteries.get(str(finding.values.get("attribute")))
        if found is not None and finding.comparison is not None:
            return found
    return next(iter(lotteries.values()), None)


def _lottery(context: Context) -> Section | None:
    phrases = context.phrases
    lottery = shown_first(context)
    if lottery is None:
        return None
    draws = phrases.whole(lottery.draws)
    intro = phrases.say("reading.lottery", draws=draws)
    named = context.result.policy.reference.get(lottery.attribute)
    if named is None:
        intro += " " + phrases.say("reading.lottery.chosen")
    else:
        intro += " " + phrases.say("reading.lottery.named", reference=phrases.reference(named))
    if lottery.stratum is not None:
        paired = lottery.stratum == phrases.pair
        key = "reading.lottery.within.pair" if paired else "reading.lottery.within"
        intro += " " + phrases.say(key, stratum=phrases.held(lottery.stratum))
    blocks: list[Block] = [
        Paragraph(intro),
        lottery_figure(context, lottery, id="lottery-first"),
        Paragraph(lottery_sentence(context, lottery)),
        Paragraph(
            phrases.say("reading.lottery.why" if named is None else "reading.lottery.why.named")
        ),
    ]
    if len(context.result.lottery) > 1:
        blocks.append(lottery_table(context))
    return Section("reading-lottery", "", phrases.say("section.reading.lottery"), tuple(blocks))


def _verdicts(context: Context) -> Section:
    rows_given = context.result.comparisons
    given = {row.verdict for row in rows_given if row.group != OTHER_GROUPS}
    return verdict_table(context, [*_VERDICTS, *(["none"] if None in given else [])])


def verdict_table(context: Context, words: Sequence[str]) -> Section:
    """What each verdict means, word by word."""
    phrases = context.phrases
    means = {word: f"verdict.{word}.means" for word in words}
    if phrases.pair and "none" in means:
        means["none"] += ".pair"
    rows = tuple(
        (Cell(phrases.say(f"verdict.{word}"), word), Cell(phrases.say(key)))
        for word, key in means.items()
    )
    heads = (phrases.say("reading.table.verdict"), phrases.say("reading.table.means"))
    table = Table("verdicts", phrases.say("reading.table.caption"), heads, rows)
    return Section("reading-verdicts", "", phrases.say("section.reading.verdicts"), (table,))


def _model(context: Context) -> Section | None:
    """What the words of the chapter on the system mean, where there is one."""
    phrases, model = context.phrases, context.result.model
    if model is None:
        return None
    names = ["weight", "changed"] if model.importance else []
    names += ["rest"] if model.effects else []
    names += ["stand_in"] if model.fidelity is not None else []
    if not names:
        return None
    items = ListBlock(tuple(phrases.say(f"reading.model.{name}") for name in names))
    return Section("reading-model", "", phrases.say("section.reading.model"), (items,))


def reading_guide(context: Context) -> Section:
    """How to read: the lottery mirror, one row of a table, the verdicts word by word."""
    phrases = context.phrases
    numbers = ListBlock(tuple(phrases.say(f"reading.number.{name}") for name in _NUMBERS))
    sections = [
        _lottery(context),
        Section("reading-numbers", "", phrases.say("section.reading.numbers"), (numbers,)),
        _verdicts(context),
        _model(context),
    ]
    blocks = (
        Paragraph(phrases.say("reading.intro"), "lead"),
        Paragraph(phrases.say("reading.words")),
    )
    title = phrases.say("section.reading")
    return Section("reading", "", title, blocks, tuple(s for s in sections if s is not None))
