"""A few readable rules, how far they can be trusted, and by whom."""

from __future__ import annotations

from algo_audit.explain.surrogate import ReadableRule, ReadableRules
from algo_audit.report.chapters.model_replay import group_block
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.document import Block, Cell, ListBlock, Paragraph, Section, Table


def _conditions(teller: Teller, rule: ReadableRule) -> str:
    phrases = teller.phrases
    if not rule.conditions:
        return phrases.say("model.rules.always")
    return phrases.listed([teller.condition(condition) for condition in rule.conditions])


def _answer(teller: Teller, rule: ReadableRule) -> str:
    return teller.phrases.say(
        "model.rules.favourable" if rule.favourable else "model.rules.unfavourable"
    )


def _sentence(teller: Teller, rule: ReadableRule) -> str:
    phrases = teller.phrases
    values = {
        "conditions": _conditions(teller, rule),
        "answer": _answer(teller, rule),
        "n": phrases.whole(rule.n),
        "events": phrases.whole(rule.events),
    }
    if rule.n is None or rule.events is None:
        return phrases.say("model.rules.if.hidden", **values)
    return phrases.say("model.rules.if", **values)


def _table(teller: Teller, rules: ReadableRules) -> Table:
    phrases = teller.phrases
    rows = []
    for place, rule in enumerate(rules.rules, 1):
        share = rule.events / rule.n if rule.n and rule.events is not None else None
        rows.append(
            (
                Cell(phrases.say("model.rules.number", number=place)),
                Cell(_conditions(teller, rule)),
                Cell(_answer(teller, rule)),
                phrases.count_cell(rule.n),
                phrases.count_cell(rule.events),
                phrases.number_cell(share, phrases.percent),
            )
        )
    titles = heads(phrases, "rule", "if", "then", "people", "favourable", "rate")
    caption = phrases.say("model.rules.caption")
    return Table("model-rules-table", caption, titles, tuple(rows), teller.rounded)


def _trust(teller: Teller, rules: ReadableRules) -> list[Block]:
    """How often the rules say what they imitate, beside what no rule at all would reach."""
    phrases, fidelity = teller.phrases, rules.fidelity
    share = fidelity.agreement
    if share.value is None:
        reason = phrases.coded("reason", share.missing_reason or "masked")
        return [Paragraph(phrases.say("model.rules.unknown", reason=reason))]
    text = phrases.say(
        f"model.rules.trust.{rules.of}",
        held_out=phrases.whole(fidelity.held_out),
        share=phrases.measured(share, phrases.percent),
        chance=phrases.percent(fidelity.chance),
    )
    blocks: list[Block] = [Paragraph(text)]
    low = share.low if share.low is not None else share.value
    if low <= fidelity.chance:
        blocks.append(Paragraph(phrases.say("model.rules.no_better"), "warning"))
    return blocks


def rules(teller: Teller) -> Section | None:
    """The rules as sentences to be read aloud, then their worth."""
    found = teller.model.rules
    if found is None or not found.rules:
        return None
    phrases = teller.phrases
    blocks: list[Block] = [
        Paragraph(phrases.say(f"model.rules.intro.{found.of}")),
        *_trust(teller, found),
        ListBlock(tuple(_sentence(teller, rule) for rule in found.rules), ordered=True),
        _table(teller, found),
    ]
    caption = phrases.say("model.rules.groups.caption")
    blocks += group_block(
        teller,
        found.fidelity.agreement,
        found.fidelity.by_group,
        id="model-rules-groups",
        caption=caption,
    )
    blocks.append(teller.reading("rules"))
    return Section("model-rules", "", phrases.say("section.model.rules"), tuple(blocks))
