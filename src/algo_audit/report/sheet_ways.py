"""What would have changed the decision, and how steady the answer is."""

from __future__ import annotations

from algo_audit.explain.recourse import Change, Way
from algo_audit.report.document import Block, ListBlock, Paragraph, Section
from algo_audit.report.sheet_words import SheetWords


def ways(words: SheetWords) -> Section:
    """Ways to a favourable decision, each with its condition; or why there is none."""
    recourse = words.person.recourse
    blocks: list[Block]
    if recourse.ways:
        lead = words.phrases.counted("sheet.ways", len(recourse.ways))
        items = tuple(_way(words, way) for way in recourse.ways)
        blocks = [Paragraph(lead), ListBlock(items)]
    else:
        blocks = [Paragraph(_none(words))]
    return Section("sheet-ways", "", words.say("section.ways"), tuple(blocks))


def _way(words: SheetWords, way: Way) -> str:
    changes = words.phrases.listed([_change(words, change) for change in way.changes])
    return words.say("way", changes=changes)


def _change(words: SheetWords, change: Change) -> str:
    text = words.say(
        "change",
        column=words.phrases.column(change.column),
        before=words.value(change.before),
        after=words.value(change.after),
    )
    means = words.means(change.column)
    return words.say("change.means", change=text, means=means) if means else text


def _none(words: SheetWords) -> str:
    person = words.person
    reason = person.recourse.reason or "unknown"
    if reason == "already_favourable" and not person.favourable:
        reason = "score_enough"
    if reason == "already_favourable" and person.model_favourable is False:
        reason = "score_short"
    return words.phrases.coded("sheet.no_way", reason)


def steadiness(words: SheetWords) -> Section:
    """Would a small error, or the model made anew, have changed the answer?"""
    stability = words.person.stability
    texts = []
    measured, refitted = stability.measured, stability.refitted
    if measured.value is None:
        texts.append(words.say("steady.measured.none"))
    else:
        texts.append(words.say("steady.measured", share=words.share(measured.value)))
    if words.person.description.kind == "scoring_grid":
        texts.append(words.say("steady.grid"))
    elif refitted.value is None:
        texts.append(words.say("steady.refitted.none"))
    else:
        texts.append(words.say("steady.refitted", share=words.share(refitted.value)))
    section = words.say("section.steady")
    return Section("sheet-steady", "", section, (Paragraph(" ".join(texts)),))
