"""What this file cannot show: its own limits, then those of any file of decisions."""

from __future__ import annotations

from algo_audit.report.context import Context
from algo_audit.report.document import Block, Note, Paragraph, Section

_ALWAYS = ("applicants", "criteria", "cause", "time")


def limits(context: Context) -> Section:
    """The codes of the result put into words, and what is true of every such file."""
    phrases = context.phrases
    model = context.result.model
    codes = (*context.result.limits, *(() if model is None else model.limits))
    own = tuple(dict.fromkeys(phrases.coded("limit", code) for code in codes))
    blocks: list[Block] = [Paragraph(phrases.say("limits.intro"))]
    if own:
        blocks.append(Note(phrases.say("limits.title"), own, kind="limit"))
    always = tuple(phrases.say(f"limit.always.{name}") for name in _ALWAYS)
    blocks.append(Note(phrases.say("limits.always"), always, kind="limit"))
    return Section("limits", "", phrases.say("section.limits"), tuple(blocks))
