"""The lottery mirror: figure, sentence and table, used where chance has to be seen."""

from __future__ import annotations

from algo_audit.charts.lottery import lottery_mirror
from algo_audit.fairness.lottery import Lottery
from algo_audit.report.context import Context
from algo_audit.report.document import Cell, Figure, Table
from algo_audit.report.figures import figure_block


def _as_wide(lottery: Lottery) -> int | None:
    share = lottery.share_as_wide
    return None if share is None else round(share * lottery.draws)


def lottery_sentence(context: Context, lottery: Lottery) -> str:
    """What the file shows, and in how many equal draws the gap is at least as wide."""
    phrases = context.phrases
    count = _as_wide(lottery)
    places = {
        "attribute": phrases.quoted(lottery.attribute),
        "mean": phrases.ratio(lottery.mean_ratio),
        "draws": phrases.whole(lottery.draws),
    }
    if lottery.observed_ratio is None or count is None:
        return phrases.say("reading.lottery.hidden", **places)
    return phrases.say(
        "reading.lottery.seen",
        ratio=phrases.ratio(lottery.observed_ratio),
        group=phrases.group(lottery.observed_group),
        reference=phrases.group(lottery.observed_reference),
        count=phrases.whole(count),
        **places,
    )


def _data(context: Context, lottery: Lottery, id_: str, caption: str) -> Table:
    phrases = context.phrases
    rows = tuple(
        (
            phrases.number_cell(low, phrases.ratio),
            phrases.number_cell(high, phrases.ratio),
            phrases.count_cell(count),
        )
        for low, high, count in zip(
            lottery.edges[:-1], lottery.edges[1:], lottery.counts, strict=True
        )
        if count
    )
    heads = tuple(phrases.say(f"column.{name}") for name in ("ratio_from", "ratio_to", "draws"))
    return Table(f"{id_}-data", caption, heads, rows)


def lottery_figure(context: Context, lottery: Lottery, *, id: str) -> Figure:  # noqa: A002
    """The histogram of equal draws with the gap seen marked on it."""
    phrases = context.phrases
    caption = phrases.say("lottery.caption", attribute=phrases.quoted(lottery.attribute))
    seen, count = lottery.observed_ratio, _as_wide(lottery)
    places = {
        "draws": phrases.whole(lottery.draws),
        "low": phrases.ratio(lottery.quantile_05),
        "high": phrases.ratio(lottery.quantile_95),
    }
    if seen is None or count is None:
        alternative = phrases.say("lottery.alternative.hidden", **places)
    else:
        alternative = phrases.say(
            "lottery.alternative", ratio=phrases.ratio(seen), count=phrases.whole(count), **places
        )
    lettering = phrases.lettering(
        lottery_axis=phrases.say("lottery.axis"),
        lottery_seen="" if seen is None else phrases.say("lottery.seen", ratio=phrases.ratio(seen)),
        lottery_equal=phrases.say("lottery.equal", draws=phrases.whole(lottery.draws)),
    )
    return figure_block(
        lottery_mirror(lottery, lettering=lettering),
        caption=caption,
        alternative=alternative,
        data=_data(context, lottery, id, caption),
        notes=(phrases.say("lottery.note"), phrases.say("lottery.caution")),
    )


def lottery_table(context: Context) -> Table:
    """Every attribute's gap beside what equal draws with these headcounts give."""
    phrases = context.phrases
    rows = []
    for lottery in context.result.lottery:
        span = phrases.formats.interval(
            phrases.ratio(lottery.quantile_05), phrases.ratio(lottery.quantile_95)
        )
        rows.append(
            (
                Cell(phrases.quoted(lottery.attribute)),
                phrases.number_cell(lottery.observed_ratio, phrases.ratio),
                phrases.number_cell(lottery.mean_ratio, phrases.ratio),
                Cell(span, None, numeric=True),
                phrases.number_cell(lottery.share_as_wide, phrases.percent),
                phrases.number_cell(lottery.share_below_margin, phrases.percent),
            )
        )
    margin = phrases.ratio(context.result.policy.margin)
    heads = [
        phrases.say(f"column.{name}")
        for name in ("attribute", "ratio_seen", "ratio_mean", "ratio_range", "as_wide")
    ]
    heads.append(phrases.say("column.below_margin", margin=margin))
    caption = phrases.say("lottery.table.caption")
    return Table("lottery-all", caption, tuple(heads), tuple(rows))
