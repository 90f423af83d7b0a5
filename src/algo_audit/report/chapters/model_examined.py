"""What was examined: leaking inputs first, then what the model is, and what goes into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.explain.chapter import CriterionFacts
from algo_audit.fairness.strata import ControlWarning
from algo_audit.i18n.catalogue import LANGUAGES
from algo_audit.models.inputs import Input
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.chapters.strata import some_values
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table
from algo_audit.report.phrases import Phrases

_INTRUSIVE = 3  # of the scale 0 to 5: continuous traces and context, and beyond
_LISTED = 6  # steps of a calculation, for instance; a network has hundreds
_CODED = ("target.outcome", "target.score")
_UNDECLARED = CriterionFacts("", (), None, None)


# --- leaks ---------------------------------------------------------------------------------


def _leak(teller: Teller, leak: ControlWarning) -> str:
    phrases = teller.phrases
    column = phrases.quoted(leak.column)
    if leak.rows is None or leak.events is None:
        return phrases.say("model.leak.hidden", column=column)
    values = some_values(phrases, leak.values) if leak.values else phrases.absent
    key = "determines" if leak.reason == "determines_outcome" else "filled"
    if key == "filled" and not leak.values:
        key = "determines"
    return phrases.say(
        f"model.leak.{key}",
        column=column,
        rows=phrases.whole(leak.rows),
        events=phrases.whole(leak.events),
        values=values,
    )


def leaks(teller: Teller) -> Section | None:
    """Inputs that tell the decision because they were filled in after it."""
    found = teller.model.leaks
    if not found:
        return None
    phrases = teller.phrases
    kind = "stand_in" if teller.stands_in else "model"
    items = tuple(_leak(teller, leak) for leak in found)
    title = phrases.counted("model.leaks.title", len(found), count=len(found))
    lead = phrases.counted("model.leaks.lead", len(found))
    blocks: list[Block] = [
        Note(title, (lead, phrases.say(f"model.leaks.{kind}")), kind="caution"),
        ListBlock(items),
        Paragraph(phrases.say("model.leaks.actor")),
    ]
    return Section("model-leaks", "", phrases.say("section.model.leaks"), tuple(blocks))


# --- the model -----------------------------------------------------------------------------


def _rule(teller: Teller) -> str:
    phrases, rule = teller.phrases, teller.model.description.rule
    if rule is None:
        return phrases.say("model.rule.none")
    if rule.kind == "threshold":
        if rule.value is None:
            return phrases.say("model.rule.none")
        scale = teller.model.description.scale
        value = phrases.percent(rule.value) if scale == "probability" else teller.score(rule.value)
        return phrases.say("model.rule.threshold", value=value)
    if rule.value is None:
        return phrases.say("model.rule.top_k")
    value = teller.number(rule.value)
    return phrases.counted("model.rule.top_k.value", rule.value, value=value)


def _fact(teller: Teller, value: object) -> str:
    """A fact as text: a number as a number, anything else in quotation marks."""
    phrases = teller.phrases
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return phrases.say("word.yes" if value else "word.no")
    if isinstance(value, (int, float)):
        return teller.number(float(value))
    if isinstance(value, Mapping):
        if set(value) <= set(LANGUAGES):
            return phrases.quoted(_text(teller, {str(k): str(v) for k, v in value.items()}))
        return ", ".join(
            f"{phrases.quoted(str(key))} {_fact(teller, item)}" for key, item in value.items()
        )
    if isinstance(value, (list, tuple)):
        shown = [_fact(teller, item) for item in value[:_LISTED]]
        return ", ".join([*shown, *(["…"] if len(value) > _LISTED else [])])
    return phrases.quoted(str(value))


def _fact_of(teller: Teller, name: str, value: object) -> str:
    """A named fact; a few hold a code that has its own words."""
    if f"{name}.{value}" in _CODED:
        return teller.phrases.say(f"model.fact.{name}.{value}")
    return _fact(teller, value)


def _identity(teller: Teller) -> Table | None:
    """Name, fingerprint, library and version: by what the parties know this model again."""
    phrases, description = teller.phrases, teller.model.description
    lines: list[tuple[str, str]] = []
    if not teller.stands_in:
        lines.append((phrases.say("model.fact.name"), phrases.quoted(description.name)))
        lines.append((phrases.say("provenance.sha256"), description.sha256))
    lines += [
        (phrases.coded("model.fact", str(name)), _fact_of(teller, str(name), value))
        for name, value in description.facts.items()
    ]
    rows = tuple((Cell(name), Cell(text)) for name, text in lines if text)
    if not rows:
        return None
    caption = phrases.say("model.identity.stand_in" if teller.stands_in else "model.identity")
    known = not teller.stands_in and description.sha256
    notes = (phrases.say("model.identity.note"),) if known else ()
    return Table("model-identity", caption, heads(phrases, "item", "value"), rows, notes)


# --- inputs --------------------------------------------------------------------------------


def _declared(teller: Teller) -> dict[str, CriterionFacts]:
    """The criterion of each input; an input that two name belongs to the first."""
    found: dict[str, CriterionFacts] = {}
    for criterion in teller.model.criteria:
        for column in criterion.inputs:
            found.setdefault(column, criterion)
    return found


def _text(teller: Teller, declared: str | Mapping[str, str]) -> str:
    if not isinstance(declared, str):
        declared = declared.get(teller.phrases.language, "")
    return teller.phrases.typeset(declared)


def _nature(teller: Teller, column: Input) -> str:
    phrases = teller.phrases
    if column.kind == "category":
        if not column.levels:
            return phrases.say("model.input.category.any")
        return phrases.say("model.input.category", levels=teller.levels(column.levels))
    low, high = column.low, column.high
    if low is not None and low == high:
        return phrases.say("model.input.number.one", value=teller.number(low))
    if low is not None and high is not None:
        span = phrases.formats.interval(teller.number(low), teller.number(high))
    elif low is not None:
        span = phrases.say("word.at_least", low=teller.number(low))
    elif high is not None:
        span = phrases.say("word.at_most", high=teller.number(high))
    else:
        return phrases.say("model.input.number.any")
    return phrases.say("model.input.number", span=span)


def _scale_names(language: str) -> dict[int, str]:
    """Names of the levels of the scale of intrusiveness."""
    return {entry.level: entry.name[language] for entry in load_anchor_file().intrusiveness}


def _input(phrases: Phrases, column: str) -> str:
    """An input's name for readers, with its column where that differs: the key to the file."""
    if phrases.column_label(column) == column:
        return phrases.quoted(column)
    return phrases.say(
        "model.inputs.column", label=phrases.column(column), column=phrases.quoted(column)
    )


def _inputs(teller: Teller) -> Table | None:
    """What goes in, what for, where from, how intrusive, and who can change it."""
    phrases, columns = teller.phrases, teller.model.description.inputs
    if not columns:
        return None
    declared, names = _declared(teller), _scale_names(phrases.language)
    blank = phrases.say("model.undeclared")
    rows = []
    for column in columns:
        facts = declared.get(column.name, _UNDECLARED)
        row = [Cell(_input(phrases, column.name)), Cell(_nature(teller, column))]
        if teller.model.criteria:
            level = facts.intrusiveness
            scale = blank
            if level is not None:
                scale = phrases.say("model.intrusive", level=level, name=names.get(level, ""))
            able = {None: blank, True: phrases.say("word.yes"), False: phrases.say("word.no")}
            row += [
                Cell(_text(teller, facts.purpose) or blank),
                Cell(_text(teller, facts.source) or blank),
                Cell(scale, level),
                Cell(able[facts.actionable]),
            ]
        rows.append(tuple(row))
    titles = ["input", "nature"]
    titles += ["purpose", "source", "intrusiveness", "actionable"] if teller.model.criteria else []
    caption = phrases.say("model.inputs.caption")
    return Table("model-inputs", caption, heads(phrases, *titles), tuple(rows))


def _protected(teller: Teller) -> Note | None:
    """Inputs that are themselves what gaps are looked for by."""
    phrases = teller.phrases
    looked_at = set(teller.context.result.roles.protected)
    found = [c.name for c in teller.model.description.inputs if c.name in looked_at]
    if not found:
        return None
    named = phrases.listed([phrases.quoted(name) for name in found])
    kind = "stand_in" if teller.stands_in else "model"
    text = phrases.counted(f"model.inputs.protected.{kind}", len(found), inputs=named)
    title = phrases.counted("model.inputs.protected.title", len(found))
    return Note(title, (text,), kind="caution")


def _remarks(teller: Teller) -> list[Block]:
    """What the declarations leave open, and the most intrusive of the inputs."""
    phrases, columns = teller.phrases, teller.model.description.inputs
    declared = _declared(teller)
    blocks: list[Block] = []

    def named(chosen: Sequence[Input]) -> str:
        return phrases.listed([phrases.quoted(column.name) for column in chosen])

    without = [c for c in columns if not _text(teller, declared.get(c.name, _UNDECLARED).purpose)]
    if without and teller.model.criteria:
        count = len(without)
        text = phrases.counted("model.inputs.no_purpose", count, inputs=named(without))
        blocks.append(Paragraph(text))
    intrusive = [
        c for c in columns if (declared.get(c.name, _UNDECLARED).intrusiveness or 0) >= _INTRUSIVE
    ]
    if intrusive:
        text = phrases.counted(
            "model.inputs.intrusive", len(intrusive), inputs=named(intrusive), level=_INTRUSIVE
        )
        blocks.append(Paragraph(text))
    if not teller.model.criteria and columns:
        blocks.append(Paragraph(phrases.say("model.inputs.none_declared")))
    return blocks


def examined(teller: Teller) -> Section:
    """Kind of model in plain words, its rule and scale, by what it is known, what goes in."""
    phrases, description = teller.phrases, teller.model.description
    said = [phrases.say(f"model.kind.{description.kind}")]
    if description.kind != "scoring_grid":
        said.append(phrases.coded("model.family", description.family))
    blocks: list[Block] = [
        Paragraph(" ".join(said)),
        Paragraph(f"{phrases.say(f'model.scale.{description.scale}')} {_rule(teller)}"),
    ]
    table = _inputs(teller)
    if table is not None:
        direct = _protected(teller)
        blocks += [table, *([] if direct is None else [direct]), *_remarks(teller)]
    identity = _identity(teller)
    if identity is not None:
        blocks.append(identity)
    blocks.append(teller.reading("examined"))
    return Section("model-examined", "", phrases.say("section.model.examined"), tuple(blocks))
