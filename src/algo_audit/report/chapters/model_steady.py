"""How steady the answer is: a small error of measurement, or the model fitted anew."""

from __future__ import annotations

from algo_audit.explain.stability import Stability
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.document import Block, Cell, ListBlock, Paragraph, Section, Table

_PARTS = ("measured", "refitted", "near")


def _said(teller: Teller, part: str, share: Estimate) -> str:
    phrases = teller.phrases
    if share.value is None:
        reason = phrases.coded("reason", share.missing_reason or "masked")
        return phrases.say(f"model.steady.{part}.unknown", reason=reason)
    measured = phrases.measured(share, phrases.percent)
    return teller.item(f"model.steady.{part}", share=measured)


def _table(teller: Teller, stability: Stability) -> Table:
    phrases = teller.phrases
    rows = tuple(
        (
            Cell(phrases.say(f"model.steady.{part}.name")),
            phrases.interval_cell(share, phrases.percent)
            if share.value is not None
            else Cell(teller.measured(share), None, numeric=True),
        )
        for part, share in ((part, getattr(stability, part)) for part in _PARTS)
    )
    caption = phrases.say("model.steady.caption")
    return Table(
        "model-steady-table", caption, heads(phrases, "test_of", "share"), rows, teller.notes
    )


def steady(teller: Teller) -> Section | None:
    """Shares of decisions that small disturbances turn."""
    found = teller.model.stability
    if found is None:
        return None
    phrases = teller.phrases
    items = tuple(_said(teller, part, getattr(found, part)) for part in _PARTS)
    blocks: tuple[Block, ...] = (
        Paragraph(phrases.say("model.steady.intro")),
        ListBlock(items),
        _table(teller, found),
        teller.reading("steady"),
    )
    return Section("model-steady", "", phrases.say("section.model.steady"), blocks)
