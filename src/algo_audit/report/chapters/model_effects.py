"""What happens when one input moves, and whether more ever counts for less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from algo_audit.charts.effects import effect_curves, level_effects
from algo_audit.data.limits import read_limits
from algo_audit.explain.effects import EffectCurve, EffectPoint
from algo_audit.report.chapters.model_words import Teller, heads, heaviest
from algo_audit.report.document import Block, Cell, Figure, ListBlock, Paragraph, Section, Table
from algo_audit.report.figures import figure_block

_CURVES = 8  # more cannot be told apart
_LEVELS = 8  # of one category, in the figure; the table beside it holds them all
_FLAT = 1e-9


def _peopled(curve: EffectCurve) -> list[EffectPoint]:
    """The places where there are people enough to say something."""
    return [point for point in curve.points if not point.extrapolated]


def _moves(curve: EffectCurve) -> bool:
    return len(curve.points) > 1


def _sentence(teller: Teller, curve: EffectCurve) -> str:
    """The curve in words: from where to where the mean score goes, where the people are."""
    phrases = teller.phrases
    column = phrases.column(curve.column)
    points = _peopled(curve)
    if len(points) <= 1 and teller.model.description.family == "additive_points":
        points = list(curve.points)  # a grid says itself what it gives, however few are there
    if not _moves(curve):
        # places may have been hidden from this audience: one that is left is not the only one
        alone = len(curve.points) == 1 and phrases.threshold is None
        return phrases.say(
            "model.effects.one_value" if alone else "model.effects.nobody", column=column
        )
    if len(points) <= 1:
        return phrases.say("model.effects.nobody", column=column)
    low = min(points, key=lambda point: point.effect)
    high = max(points, key=lambda point: point.effect)
    spread = high.effect - low.effect
    if spread <= _FLAT:
        return teller.item("model.effects.flat", column=column)
    values = {
        "column": column,
        "low": teller.at(low.at),
        "high": teller.at(high.at),
        "spread": teller.score(spread),
        "first": teller.at(points[0].at),
        "last": teller.at(points[-1].at),
    }
    if curve.kind == "category":
        return teller.item("model.effects.levels", **values)
    steps = [after.effect - before.effect for before, after in pairwise(points)]
    if all(step >= -_FLAT for step in steps):
        kind = "rises"
    elif all(step <= _FLAT for step in steps):
        kind = "falls"
    else:
        kind = "bends"
    return teller.item(f"model.effects.{kind}", **values)


def _rows(teller: Teller, curve: EffectCurve) -> list[tuple[Cell, ...]]:
    phrases = teller.phrases
    thin, enough = phrases.say("word.yes"), phrases.say("word.no")
    return [
        (
            Cell(phrases.column(curve.column)),
            Cell(teller.at(point.at), point.at, numeric=not isinstance(point.at, str)),
            Cell(teller.signed_score(point.effect), point.effect, numeric=True),
            phrases.count_cell(point.people),
            Cell(thin if point.extrapolated else enough),
        )
        for point in curve.points
    ]


def _data(teller: Teller, curves: Sequence[EffectCurve], id_: str, caption: str) -> Table:
    rows = tuple(row for curve in curves for row in _rows(teller, curve))
    titles = heads(teller.phrases, "input", "at", "effect", "people", "extrapolated")
    return Table(id_, caption, titles, rows, (teller.scale_note, *teller.rounded))


def _numbers(teller: Teller, curves: Sequence[EffectCurve]) -> Figure:
    """All numbers on one scale."""
    phrases = teller.phrases
    caption = phrases.say("model.effects.caption")
    drawing = effect_curves(
        curves,
        form=lambda value: (
            f"+{teller.tick_score(value)}" if value > 0 else teller.tick_score(value)
        ),
        number=teller.number,
        name=phrases.quoted,
        title=phrases.say("model.effects.axis", scale=teller.scale_title),
    )
    told = " ".join(_bare(teller, curve) for curve in curves)
    few = phrases.whole(read_limits().explain.curve_people)
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("model.effects.alternative", rows=told),
        data=_data(teller, curves, "model-effects-curves-data", caption),
        notes=(phrases.say("model.effects.legend", people=few), *teller.notes),
    )


def _bare(teller: Teller, curve: EffectCurve) -> str:
    """Ends of a curve, for the text alternative."""
    first, last = curve.points[0], curve.points[-1]
    return teller.phrases.say(
        "model.effects.row",
        column=teller.phrases.column(curve.column),
        first=teller.at(first.at),
        last=teller.at(last.at),
        start=teller.signed_score(first.effect),
        end=teller.signed_score(last.effect),
    )


def _largest(curve: EffectCurve) -> EffectCurve:
    """A category with the levels that most people have, in their own order."""
    ranked = sorted(curve.points, key=lambda point: -(point.people or 0))[:_LEVELS]
    kept = tuple(point for point in curve.points if point in ranked)
    return EffectCurve(curve.column, curve.criterion, curve.kind, curve.method, kept)


def _categories(teller: Teller, curves: Sequence[EffectCurve]) -> Figure:
    """All categories, level by level, on one scale."""
    phrases = teller.phrases
    caption = phrases.say("model.effects.category.caption")
    shown = [_largest(curve) for curve in curves]
    drawing = level_effects(
        shown,
        form=teller.signed_score,
        ticks=teller.tick_score,
        name=phrases.level,
        title=phrases.say("model.effects.axis", scale=teller.scale_title),
    )
    told = " ".join(_levels_said(teller, curve) for curve in shown)
    notes = [phrases.say("model.effects.category.legend"), *teller.notes]
    if any(len(one.points) < len(every.points) for one, every in zip(shown, curves, strict=True)):
        most = phrases.whole(_LEVELS)
        notes.insert(1, phrases.say("model.effects.category.most", levels=most))
    return figure_block(
        drawing,
        caption=caption,
        alternative=phrases.say("model.effects.category.alternative", rows=told),
        data=_data(teller, curves, "model-levels-data", caption),
        notes=tuple(notes),
    )


def _levels_said(teller: Teller, curve: EffectCurve) -> str:
    """One category for the text alternative."""
    phrases = teller.phrases
    levels = [
        phrases.say(
            "model.effects.level",
            level=teller.at(point.at),
            value=teller.signed_score(point.effect),
        )
        for point in curve.points
    ]
    column = phrases.column(curve.column)
    return phrases.say("model.row", name=column, value=", ".join(levels))


def _spread(curve: EffectCurve) -> float:
    """From the lowest to the highest mean score, where people are enough."""
    told = [point.effect for point in _peopled(curve)]
    return max(told) - min(told) if told else 0.0


def effects(teller: Teller) -> Section | None:
    """Curves of the inputs that weigh most, in words, drawn, and all of them in tables."""
    found = teller.model.effects
    if not found:
        return None
    phrases = teller.phrases
    order = {key: place for place, key in enumerate(heaviest(teller.model))}
    curves = sorted(
        found, key=lambda curve: (order.get(curve.criterion, math.inf), -_spread(curve))
    )
    moving = [curve for curve in curves if _moves(curve)]
    shown, left = moving[:_CURVES], moving[_CURVES:]
    still = [curve for curve in curves if not _moves(curve)]
    blocks: list[Block] = [Paragraph(phrases.say("model.effects.intro"))]
    said = tuple(_sentence(teller, curve) for curve in (*shown, *still))
    blocks.append(ListBlock(said))
    numbers = [curve for curve in shown if curve.kind == "number"]
    if numbers:
        blocks.append(_numbers(teller, numbers))
    categories = [curve for curve in shown if curve.kind == "category"]
    if categories:
        blocks.append(_categories(teller, categories))
    if left:
        caption = phrases.say("model.effects.rest.caption")
        blocks.append(_data(teller, left, "model-effects-rest", caption))
    if moving:
        blocks.append(teller.reading("effects"))
    return Section("model-effects", "", phrases.say("section.model.effects"), tuple(blocks))
