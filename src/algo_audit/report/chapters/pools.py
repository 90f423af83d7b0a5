"""Between pools and within pools: who is where, and who is chosen there."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.pools import pool_shares
from algo_audit.fairness.ranking import PoolGap, PoolShare
from algo_audit.report.context import ROWS_IN_FIGURE, Context
from algo_audit.report.document import Block, Cell, Figure, ListBlock, Paragraph, Section, Table
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases

_SENTENCES = 8


def _heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    return tuple(phrases.say(f"column.{name}") for name in names)


def _known(gap: PoolGap) -> bool:
    return gap.raw is not None and gap.between is not None and gap.within is not None


def _split(context: Context, gaps: Sequence[PoolGap]) -> Table:
    phrases = context.phrases
    rows = []
    for gap in gaps:
        names = {"group": phrases.group(gap.group), "reference": phrases.group(gap.reference)}
        within: Cell = phrases.number_cell(gap.within, phrases.points)
        if gap.within_interval is not None:
            within = phrases.interval_cell(gap.within_interval, phrases.points)
        rows.append(
            (
                Cell(phrases.quoted(gap.attribute)),
                Cell(phrases.say("column.against", **names)),
                phrases.number_cell(gap.raw, phrases.points),
                phrases.number_cell(gap.between, phrases.points),
                within,
            )
        )
    heads = _heads(phrases, "attribute", "groups", "raw", "between", "within")
    return Table("pool-gaps", phrases.say("pools.gaps.caption"), heads, tuple(rows))


def _share_row(phrases: Phrases, share: PoolShare, *, exposure: bool) -> tuple[Cell, ...]:
    row = [
        Cell(phrases.group(share.group)),
        phrases.count_cell(share.n),
        phrases.count_cell(share.chosen),
        phrases.number_cell(share.share_of_candidates, phrases.percent),
        phrases.interval_cell(share.share_of_chosen, phrases.percent),
        phrases.number_cell(share.share_expected, phrases.percent),
    ]
    if exposure:
        row.append(phrases.number_cell(share.exposure_share, phrases.percent))
        row.append(phrases.number_cell(share.exposure_expected, phrases.percent))
    return tuple(row)


def _shares(context: Context, attribute: str, shares: Sequence[PoolShare], place: int) -> Figure:
    phrases = context.phrases
    caption = phrases.say("pools.shares.caption", attribute=phrases.quoted(attribute))
    exposure = any(share.exposure_share is not None for share in shares)
    names = ["group", "people", "chosen", "share_candidates", "share_chosen", "share_expected"]
    names += ["exposure", "exposure_expected"] if exposure else []
    shown = shares[:ROWS_IN_FIGURE]
    lines = [
        phrases.say(
            "pools.shares.row",
            group=phrases.group(share.group),
            share=phrases.percent(share.share_of_chosen.value),
            interval=phrases.span(share.share_of_chosen, phrases.percent),
            expected=phrases.percent(share.share_expected),
        )
        for share in shown
        if share.share_of_chosen.value is not None
    ]
    drawing = pool_shares(
        shown,
        lettering=phrases.lettering(share_of_chosen=phrases.say("pools.axis")),
        name=lambda share: phrases.group(share.group),
    )
    rows = tuple(_share_row(phrases, share, exposure=exposure) for share in shares)
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("pools.shares.alternative", rows=" ".join(lines)),
        data=Table(f"pool-shares-{place}-data", caption, _heads(phrases, *names), rows),
        notes=(phrases.say("pools.shares.legend"),),
    )


def pools(context: Context) -> Section | None:
    """The raw gap split in two, and each group's share of the chosen; None without pools."""
    found = context.result.pools
    if found is None or context.result.pairs:  # pairs have a section of their own
        return None
    phrases = context.phrases
    intro = phrases.say(
        "pools.intro",
        column=phrases.quoted(found.column),
        pools=phrases.whole(found.pools),
        choice=phrases.whole(found.pools_with_choice),
        chosen=phrases.whole(found.chosen),
    )
    blocks: list[Block] = [Paragraph(intro), Paragraph(phrases.say("pools.split"))]
    said = [
        phrases.say(
            "pools.sentence",
            group=phrases.group(gap.group),
            reference=phrases.group(gap.reference),
            raw=phrases.points(gap.raw),
            between=phrases.points(gap.between),
            within=phrases.points(gap.within),
        )
        for gap in found.gaps
        if _known(gap) and " × " not in gap.attribute
    ]
    if said:
        blocks.append(ListBlock(tuple(said[:_SENTENCES])))
    if found.gaps:
        blocks.append(_split(context, found.gaps))
    by_attribute: dict[str, list[PoolShare]] = {}
    for share in found.shares:
        by_attribute.setdefault(share.attribute, []).append(share)
    blocks += [
        _shares(context, attribute, shares, place)
        for place, (attribute, shares) in enumerate(by_attribute.items(), 1)
        if " × " not in attribute
    ]
    return Section("pools", "", phrases.say("section.pools"), tuple(blocks))
