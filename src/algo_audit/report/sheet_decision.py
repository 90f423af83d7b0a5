"""What was decided, the part that the system had in it, and the data that it used."""

from __future__ import annotations

import datetime as dt

from algo_audit.report.document import Block, Cell, Paragraph, Section, Table
from algo_audit.report.sheet_words import SheetWords


def _day(words: SheetWords) -> str:
    """The day as the language writes it, or as the file does."""
    written = words.person.decided_on
    try:
        day = dt.date.fromisoformat(written[:10])
    except ValueError:
        return words.phrases.typeset(written)
    return words.phrases.formats.date(day)


def _rule(words: SheetWords) -> str:
    """How the score becomes a decision."""
    person, rule = words.person, words.person.description.rule
    if rule is None:
        return words.say("rule.none")
    if rule.kind == "threshold" and rule.value is not None:
        return words.say("rule.threshold", needed=words.score(rule.value))
    places = person.places if person.places is not None else rule.value
    if places is None:
        return words.say("rule.top")
    count = words.phrases.formats.number(places)
    return words.phrases.counted("sheet.rule.top_k", places, places=count)


def _score(words: SheetWords) -> str:
    person = words.person
    texts = [words.say("score", score=words.score(person.score))]
    if words.average:
        texts.append(words.say("score.average", base=words.average))
    if person.tied:
        texts.append(words.say("score.tied"))
    elif person.favourable and person.model_favourable is False:
        texts.append(words.say("score.short"))
    elif not person.favourable and person.model_favourable:
        texts.append(words.say("score.enough"))
    elif not person.favourable and person.lacking is not None:
        key = "lacking.pool" if words.in_pool else "lacking"
        texts.append(words.say(key, lacking=words.lacking))
    return " ".join(texts)


def _advice(words: SheetWords) -> str:
    """The advice, whether it was followed, and how often it is."""
    person = words.person
    if person.advice_favourable is None:
        texts = [words.say("advice.none")]
    else:
        way = "for" if person.advice_favourable else "against"
        done = "followed" if person.advice_favourable == person.favourable else "not_followed"
        texts = [words.say(f"advice.{way}"), words.say(f"advice.{done}")]
    if person.model_share_followed is not None and not words.too_few:
        share = words.share(person.model_share_followed)
        texts += [words.say("advice.share", share=share), words.say("advice.meaning")]
    return " ".join(texts)


def decision(words: SheetWords) -> Section:
    """What was decided, when, by whom, and with which part of the algorithm."""
    person, phrases = words.person, words.phrases
    way = "favourable" if person.favourable else "unfavourable"
    lead = [words.say(f"decision.{way}", value=phrases.quoted(person.outcome_value))]
    if person.decided_on.strip():
        lead.append(words.say("decision.date", date=_day(words)))
    else:
        lead.append(words.say("decision.no_date"))
    if person.pool is not None:
        lead.append(_pool(words))
    system = words.say("system", name=phrases.quoted(words.system))
    blocks: list[Block] = [
        Paragraph(" ".join(lead), "lead"),
        Paragraph(f"{system} {_rule(words)} {_score(words)}"),
        Paragraph(_advice(words)),
        words.blank("decider"),
    ]
    return Section("sheet-decision", "", words.say("section.decision"), tuple(blocks))


def _pool(words: SheetWords) -> str:
    person, phrases = words.person, words.phrases
    pool = phrases.quoted(person.pool or "")
    if person.pool_size is None:
        return words.say("pool.unknown", pool=pool)
    return words.say("pool", pool=pool, people=phrases.whole(person.pool_size))


def data(words: SheetWords) -> Section:
    """Every value that the system used, with its source and its purpose as declared."""
    person, phrases = words.person, words.phrases
    language = phrases.language
    rows, purposes = [], False
    for one in person.data:
        criterion = words.declared(one.column)
        source = "" if criterion is None else criterion.text("source", language)
        purpose = "" if criterion is None else criterion.text("purpose", language)
        purposes |= bool(purpose.strip())
        value = phrases.typeset(one.text) if one.number is None else words.number(one.number)
        if one.blank:
            value = words.say("value.blank")
        untold = words.say("untold")
        rows.append(
            (
                Cell(words.column(one.column)),
                Cell(value),
                Cell(phrases.typeset(source) or untold),
                Cell(phrases.typeset(purpose) or untold),
            )
        )
    names = ("column", "value", "source", "purpose")
    width = len(names) if purposes else len(names) - 1
    table = Table(
        "sheet-data-table",
        words.say("data.caption"),
        tuple(words.say(f"data.{name}") for name in names[:width]),
        tuple(row[:width] for row in rows),
    )
    wrong = words.say("data.wrong")
    if any(one.blank for one in person.data):
        wrong += " " + words.say("data.blank")
    blocks: list[Block] = [table, Paragraph(wrong, "small")]
    return Section("sheet-data", "", words.say("section.data"), tuple(blocks))
