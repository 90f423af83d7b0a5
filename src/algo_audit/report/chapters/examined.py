"""What was examined, and by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from algo_audit.report.chapters.amounts_frame import amount_intro, amount_margin
from algo_audit.report.chapters.cutoffs import cutoff_intro
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_ROLES = (
    "outcome",
    "favourable",
    "protected",
    "strata",
    "pool",
    "pair",
    "cluster",
    "score",
    "label",
    "advice",
    "decided_by",
    "date",
    "version",
    "seniority",
    "stages",
    "last_stage",
    "withdrawn",
    "weight",
    "count",
    "identifier",
    "inputs",
)


def totals(context: Context) -> tuple[int | None, int | None]:
    """People and favourable decisions, unless a hidden group makes them a way round the hiding."""
    for attribute in context.attributes:
        groups = context.groups(attribute)
        if groups and all(g.n is not None and g.events is not None for g in groups):
            return sum(g.n for g in groups), sum(g.events for g in groups)
    return context.result.source.rows_used, None


def cartouche(context: Context) -> list[tuple[str, str]]:
    """The card at the head of the report: who, what, when, file, n."""
    phrases, result = context.phrases, context.result
    people, events = totals(context)
    source = result.source
    counted = "cartouche" if result.amounts is None else "amounts"
    if result.cutoffs is not None:
        counted = "cutoffs"
    lines = [
        (
            "cartouche.who",
            phrases.say("examined.who.tool", version=result.tool.get("version", "")),
        ),
        (f"{counted}.what", phrases.quoted(result.roles.outcome or result.roles.score or "")),
        ("cartouche.file", source.name),
        (
            f"{counted}.rows",
            phrases.say(
                "cartouche.rows.value",
                used=phrases.whole(source.rows_used),
                rows=phrases.whole(source.rows),
            ),
        ),
    ]
    if people and events is not None:
        value = phrases.say(
            "cartouche.favourable.value",
            events=phrases.whole(events),
            rate=phrases.percent(events / people),
        )
        lines.append(("cartouche.favourable", value))
    groups = phrases.listed([phrases.quoted(a) for a in context.attributes])
    lines.append(("cartouche.groups", groups))
    if result.audited_on:
        lines.insert(2, ("cartouche.when", _day(phrases, result.audited_on)))
    if result.policy.primary_chosen_by:
        lines.insert(1, ("cartouche.asked", phrases.typeset(result.policy.primary_chosen_by)))
    lines.append(("cartouche.seed", f"{source.sha256[:12]}…"))
    return [(phrases.say(key), text) for key, text in lines if text]


def _intro(context: Context) -> str:
    phrases, result = context.phrases, context.result
    if result.amounts is not None:
        return amount_intro(context)
    if result.cutoffs is not None:
        return cutoff_intro(context)
    people, events = totals(context)
    values: dict[str, Any] = {
        "used": phrases.whole(result.source.rows_used),
        "file": phrases.quoted(result.source.name),
        "outcome": phrases.quoted(result.roles.outcome or ""),
    }
    if not people or events is None:
        return phrases.say("examined.intro.hidden", **values)
    values |= {"events": phrases.whole(events), "rate": phrases.percent(events / people)}
    if result.roles.favourable is None:
        return phrases.say("examined.intro.unnamed", **values)
    if result.source.population and _made(context):
        return phrases.say("examined.intro.list", **values)
    if result.roles.count is not None and _made(context):
        count = phrases.quoted(result.roles.count)
        return phrases.say("examined.intro.counted", count=count, **values)
    return phrases.say(
        "examined.intro", favourable=phrases.quoted(result.roles.favourable), **values
    )


def _made(context: Context) -> bool:
    """Whether the favourable value is no word of the file: a headcount, or being on a list."""
    roles = context.result.roles
    return roles.favourable is not None and roles.favourable == roles.outcome


def _eligible(context: Context) -> str:
    """Who counted as eligible, and who said so."""
    phrases, result = context.phrases, context.result
    source, who = result.source, phrases.typeset(result.policy.eligible_defined_by)
    people = phrases.whole(source.rows_used)
    if source.population:
        said = phrases.say(
            "examined.eligible.register", people=people, register=phrases.quoted(source.population)
        )
    else:
        repeated = result.roles.cluster is not None
        key = "examined.eligible.rows" if repeated else "examined.eligible.file"
        said = phrases.say(key, people=people)
    by = (
        phrases.say("examined.eligible.by", who=who)
        if who
        else phrases.say("examined.eligible.unsaid")
    )
    return f"{said} {by}"


def _unmatched(context: Context) -> tuple[Note, ...]:
    """A caution where people of the list are not in the register."""
    phrases, result = context.phrases, context.result
    told = {entry.code: entry.values for entry in result.journal}
    lost = told.get("population_unmatched", {}).get("rows")
    chosen = told.get("population_joined", {}).get("chosen")
    if not isinstance(lost, int) or not isinstance(chosen, int):
        return ()
    listed = lost + chosen
    text = phrases.say(
        "examined.unmatched",
        lost=phrases.whole(lost),
        listed=phrases.whole(listed),
        share=phrases.percent(lost / listed),
    )
    return (Note(phrases.say("examined.unmatched.title"), (text,), "caution"),)


def _day(phrases: Phrases, written: str) -> str:
    """A day as the language sets it, where it is written as one."""
    try:
        return phrases.formats.date(dt.date.fromisoformat(written))
    except ValueError:
        return written


def _questions(context: Context) -> list[Block]:
    phrases, policy = context.phrases, context.result.policy
    if context.result.cutoffs is not None:
        return [Paragraph(phrases.say("cutoffs.questions"))]
    asked = "examined" if context.result.amounts is None else "amounts"
    if not policy.primary:
        return [Paragraph(phrases.say(f"{asked}.questions.default"))]
    by = phrases.typeset(policy.primary_chosen_by or "")
    if by and policy.primary_chosen_on:
        on = _day(phrases, policy.primary_chosen_on)
        lead = phrases.say("examined.questions.chosen", by=by, on=on)
    elif by:
        lead = phrases.say("examined.questions.chosen_by", by=by)
    else:
        lead = phrases.say("examined.questions.named")
    items = []
    for question in policy.primary:
        attribute = phrases.quoted(" × ".join(question.attribute))
        if question.stratum is None:
            items.append(phrases.say(f"{asked}.question", attribute=attribute))
        else:
            stratum = phrases.quoted(question.stratum)
            items.append(
                phrases.say(f"{asked}.question.within", attribute=attribute, stratum=stratum)
            )
    return [Paragraph(lead), ListBlock(tuple(items), ordered=policy.primary_ordered)]


def _margin(context: Context) -> str:
    phrases, policy = context.phrases, context.result.policy
    if context.result.amounts is not None:
        return amount_margin(context)
    if policy.margin_source:
        source = phrases.say("examined.margin.source", source=phrases.typeset(policy.margin_source))
    else:
        source = phrases.say("examined.margin.default")
    return phrases.say("examined.margin", margin=phrases.ratio(policy.margin), source=source)


def _roles(context: Context) -> Table:
    phrases, roles = context.phrases, context.result.roles
    rows = []
    for name in _ROLES:
        if name == "favourable" and _made(context):
            continue
        value = getattr(roles, name)
        columns = list(value) if isinstance(value, (tuple, list)) else [value]
        columns = [column for column in columns if column]
        if columns:
            text = ", ".join(phrases.quoted(column) for column in columns)
            key = "amount" if name == "outcome" and context.result.amounts is not None else name
            rows.append((Cell(phrases.say(f"role.{key}")), Cell(text, ", ".join(columns))))
    heads = (phrases.say("examined.roles.role"), phrases.say("examined.roles.column"))
    return Table("roles", phrases.say("examined.roles"), heads, tuple(rows))


def examined(context: Context) -> Section:
    """What was examined, the questions asked beforehand, the margin, the part of each column."""
    phrases, result = context.phrases, context.result
    blocks: list[Block] = []
    texts = (result.case.get("texts") or {}).get(phrases.language) or {}
    story = phrases.typeset(str(texts.get("story", "")))
    if story:
        blocks.append(Paragraph(story, "lead"))
    blocks.append(Paragraph(_intro(context)))
    blocks.append(Paragraph(_eligible(context)))
    blocks += _unmatched(context)
    version = result.tool.get("version", "")
    blocks.append(Paragraph(phrases.say("examined.who", version=version)))
    blocks += _questions(context)
    blocks.append(Paragraph(_margin(context)))
    blocks.append(_roles(context))
    return Section("examined", "", phrases.say("section.examined"), tuple(blocks))
