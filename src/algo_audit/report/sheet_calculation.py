"""What counted for the person and against, and the operations performed, in their order."""

from __future__ import annotations

from algo_audit.charts.person import Counted, counted
from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.person import Contribution
from algo_audit.explain.person_operations import Operation
from algo_audit.i18n.formats import MINUS
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
from algo_audit.report.sheet_words import SheetWords

_REASONS = 3
_IN_FIGURE = 8
_NOTHING = 1e-9


def weight(words: SheetWords) -> Section:
    """The parameters and their weight in this case; the main reasons on either side."""
    rows = [one for one in words.person.contributions if one.criterion != ROUNDING]
    blocks: list[Block] = []
    if words.too_few:
        few = Paragraph(words.say("too_few"))
        return Section("sheet-weight", "", words.say("section.weight"), (few,))
    if rows:
        blocks += [_figure(words, rows), *_reasons(words, rows), *_others(words, rows)]
    blocks.append(Paragraph(words.say("average"), "small"))
    return Section("sheet-weight", "", words.say("section.weight"), tuple(blocks))


def _has_points(rows: list[Contribution]) -> bool:
    return all(one.points is not None and one.most is not None for one in rows)


def _in_order(rows: list[Contribution]) -> list[Contribution]:
    """A grid's own order; for a learned model the heaviest first."""
    return rows if _has_points(rows) else sorted(rows, key=lambda one: -abs(one.value))


def _told(words: SheetWords, one: Contribution) -> str:
    """The weight of a criterion in this case, in short."""
    if one.points is not None and one.most is not None:
        points, most = words.number(round(one.points, 2)), words.number(round(one.most, 2))
        return words.say("points_of", points=points, most=most)
    return words.say("share_of", share=words.phrases.formats.percent(one.weight or 0.0, 0))


def _side(words: SheetWords, value: float) -> str:
    key = "none" if abs(value) < _NOTHING else "for" if value > 0 else "against"
    return words.say(f"side.{key}")


def _figure(words: SheetWords, rows: list[Contribution]) -> Figure:
    pointed, order = _has_points(rows), _in_order(rows)
    drawn = [
        Counted(words.criterion(one.criterion), _told(words, one), one.points or 0.0, one.most)
        if pointed
        else Counted(
            words.criterion(one.criterion),
            _told(words, one),
            (one.weight or 0.0) * (1 if one.value >= 0 else -1),
        )
        for one in order[:_IN_FIGURE]
    ]
    sides = (
        {} if pointed else {"against": words.say("side.against"), "towards": words.say("side.for")}
    )
    kind = "points" if pointed else "shares"
    caption = words.say(f"figure.{kind}")
    items = [
        words.say(
            "figure.item",
            criterion=words.criterion(one.criterion),
            told=_told(words, one),
            side=_side(words, one.value),
        )
        for one in order
    ]
    heads = tuple(words.say(f"figure.column.{name}") for name in ("criterion", kind, "side"))
    table = Table(
        "sheet-weight-figure-data",
        caption,
        heads,
        tuple(
            (
                Cell(words.criterion(one.criterion)),
                Cell(_told(words, one), one.points if pointed else one.weight),
                Cell(_side(words, one.value)),
            )
            for one in order
        ),
    )
    return figure_block(
        counted(drawn, **sides),
        caption=caption,
        alternative=words.say(f"figure.{kind}.alternative", items=" ".join(items)),
        data=table,
        notes=(words.say(f"figure.{kind}.legend"),),
    )


def _others(words: SheetWords, rows: list[Contribution]) -> list[Block]:
    """Criteria that the figure has no room for: on paper the table of its data is not printed."""
    items = []
    for one in _in_order(rows)[_IN_FIGURE:]:
        sign = "" if abs(one.value) < _NOTHING else "+" if one.value > 0 else MINUS
        if one.points is None:
            told = words.phrases.formats.percent(one.weight or 0.0, 0)
            sign = sign if round(100 * (one.weight or 0.0)) else ""
        else:
            told = f"({_told(words, one)})"
        name = words.criterion(one.criterion)
        items.append(words.say("other", criterion=name, sign=sign, told=told))
    text = words.phrases.listed(items)
    return [Paragraph(words.say("others", items=text), "small")] if items else []


def _reasons(words: SheetWords, rows: list[Contribution]) -> list[Block]:
    """The heaviest criteria on either side, the average person of the file apart."""
    blocks: list[Block] = []
    for side, sign in (("for", 1), ("against", -1)):
        found = sorted(
            (one for one in rows if sign * one.value > _NOTHING), key=lambda one: -abs(one.value)
        )
        items = tuple(_reason(words, one, side) for one in found[:_REASONS])
        texts = items or (words.say(f"reasons.{side}.none"),)
        blocks.append(Note(words.say(f"reasons.{side}"), texts, "tip"))
    return blocks


def _reason(words: SheetWords, one: Contribution, side: str) -> str:
    criterion = words.criterion(one.criterion)
    if words.person.description.scale == "points":
        size = round(abs(one.value), 1)
        key = f"reason.{side}" if size else f"reason.{side}.little"
        return words.say(key, criterion=criterion, gap=words.gap(size))
    share = words.phrases.formats.percent(one.weight or 0.0, 0)
    return words.say(f"reason.{side}.share", criterion=criterion, share=share)


def operations(words: SheetWords) -> Section:
    """The operations on the person's data, in the order performed."""
    items = tuple(_operation(words, one) for one in words.person.operations)
    blocks: list[Block] = []
    family = words.person.description.family
    if words.person.description.kind != "scoring_grid":
        known = family if family in ("linear", "tree_ensemble") else "opaque"
        trees = words.person.description.facts.get("trees")
        if known == "tree_ensemble" and isinstance(trees, int):
            count = words.phrases.formats.number(trees)
            blocks.append(
                Paragraph(words.phrases.counted("sheet.family.trees", trees, trees=count))
            )
        else:
            blocks.append(Paragraph(words.say(f"family.{known}")))
    if items:
        blocks.append(ListBlock(items, ordered=True))
    return Section("sheet-operations", "", words.say("section.operations"), tuple(blocks))


def _operation(words: SheetWords, one: Operation) -> str:
    phrases = words.phrases
    column = words.column(one.column)
    if one.kind == "compare":
        return _compared(words, one)
    if one.kind == "model":
        value = "" if one.value is None else words.score(one.value)
        return words.say("operation.model", name=phrases.quoted(words.system), value=value)
    value = phrases.absent if one.value is None else words.score(one.value)
    if one.kind != "points":
        return words.say(f"operation.{one.kind}", value=value)
    if not one.condition and not one.blank and one.number is None:
        return words.say("operation.points", column=column, value=value)
    condition = phrases.typeset(one.condition)
    if one.blank:
        condition = words.say("value.blank")
    elif one.number is not None:
        number = words.number(one.number)
        condition = (
            words.say("operation.band", number=number, band=condition) if condition else number
        )
    return words.say("operation.points.when", column=column, condition=condition, value=value)


def _compared(words: SheetWords, one: Operation) -> str:
    """The comparison that decides; among competitors, never somebody else's score."""
    person = words.person
    enough = person.model_favourable if person.model_favourable is not None else person.favourable
    result = words.say("operation.compare.enough" if enough else "operation.compare.short")
    if words.in_pool:
        if person.tied:
            result = words.say("operation.compare.tied")
        return words.say("operation.compare.pool", result=result)
    if one.value is None:
        return words.say("operation.compare.unknown", result=result)
    return words.say("operation.compare", value=words.score(one.value), result=result)
