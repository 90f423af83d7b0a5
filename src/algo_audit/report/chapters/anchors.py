"""Legal and social references, printed with their status; no figure is measured against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from algo_audit.cases.anchors import Anchor, anchors_for, load_anchor_file
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_ABROAD = "comparison_abroad"
_HOME = ("eu", "fr")


def _topics(context: Context) -> list[str]:
    """The chapters that this report has."""
    result = context.result
    topics = ["gaps"]
    present = {
        "intersections": bool(context.crossings),
        "strata": bool(result.strata),
        "controls": bool(result.controls),
        "pools": result.pools is not None,
        "scores": result.scores is not None,
        "labels": result.labels is not None,
        "unknowns": any(row.n is None or row.n for row in result.unknowns),
    }
    return topics + [topic for topic, here in present.items() if here]


def _chosen(context: Context, topics: Sequence[str]) -> list[Anchor]:
    status = context.result.policy.status
    found: dict[str, Anchor] = {}
    for topic in topics:
        for anchor in anchors_for(topic, status_employer=status):
            found.setdefault(anchor.id, anchor)
    return list(found.values())


def status_words(phrases: Phrases, anchor: Anchor) -> str:
    """In force, or what it is instead, and whether it is to be checked."""
    parts = []
    if anchor.needs_status:
        parts.append(phrases.coded("anchors.status", anchor.status))
    if anchor.from_memory:
        parts.append(phrases.say("anchors.to_check"))
    return ", ".join(parts) or phrases.say("anchors.status.in_force")


def _date(phrases: Phrases, anchor: Anchor) -> str:
    if not anchor.applies_from:
        return phrases.absent
    return phrases.formats.date(dt.date.fromisoformat(anchor.applies_from))


def _table(phrases: Phrases, anchors: Sequence[Anchor], *, name: str) -> Table:
    rows = tuple(
        (
            Cell(anchor.citation(phrases.language), anchor.id),
            Cell(anchor.duty[phrases.language]),
            Cell(_date(phrases, anchor), anchor.applies_from),
            Cell(status_words(phrases, anchor), anchor.status),
        )
        for anchor in anchors
    )
    heads = tuple(
        phrases.say(f"anchors.{column}") for column in ("instrument", "duty", "applies", "status")
    )
    return Table(f"anchors-{name}", phrases.say(f"anchors.{name}"), heads, rows)


def anchors(context: Context) -> Section:
    """References that bear on the chapters of this report, on consultation, and abroad."""
    phrases = context.phrases
    about = _chosen(context, _topics(context))
    told = _chosen(context, ["consultation", "information"])
    model = context.result.model is not None
    explained = _chosen(context, ["explanation", "recourse"]) if model else []
    abroad = [anchor for anchor in about if _ABROAD in anchor.topics]
    home = [anchor for anchor in about if _ABROAD not in anchor.topics]
    known = {anchor.id for anchor in about}
    explained = [a for a in explained if a.id not in known and a.jurisdiction in _HOME]
    known |= {anchor.id for anchor in explained}
    told = [a for a in told if a.id not in known and a.jurisdiction in _HOME]
    checked = dt.date.fromisoformat(load_anchor_file().checked_on)
    blocks: list[Block] = [
        Paragraph(phrases.say("anchors.intro")),
        Paragraph(phrases.say("anchors.checked_on", date=phrases.formats.date(checked)), "small"),
    ]
    parts = (
        ("gaps", home),
        ("explanation", explained),
        ("consultation", told),
        ("abroad", abroad),
    )
    for name, found in parts:
        if found:
            blocks.append(_table(phrases, found, name=name))
    return Section("anchors", "", phrases.say("section.anchors"), tuple(blocks))
