"""The essential on one page: three to five findings, in sentences, with how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from algo_audit.fairness.comparison import Interval
from algo_audit.findings import Finding
from algo_audit.report import document
from algo_audit.report.amount_words import amount_finding, is_on_amounts, repeated_note
from algo_audit.report.chapters.cutoffs import cutoff_finding
from algo_audit.report.chapters.strata import some_values
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Note, Paragraph, Section
from algo_audit.report.model_sentences import is_on_model, model_words
from algo_audit.report.phrases import Phrases
from algo_audit.report.sentences import detail, headline, is_masked, rates_sentence, subject
from algo_audit.report.stage_words import is_on_stages, stage_finding

_FINDINGS = 5
_LEVELS = 3
_OBSERVED = ("reversal", "opposite_levels", "vanishes_within", "between_pools")
_CAUTION = (
    "control_leaks",
    "control_tainted",
    "input_leaks",
    "labels_only_for_selected",
    "proxy_alert",
    "replay_low",
    "score_unproven",
    "unknowns_matter",
)
_SECTIONS = {"controls": "strata", "labels": "scores"}


def _gap(phrases: Phrases, values: Mapping[str, Any], key: str) -> str:
    gap = values.get(key)
    return phrases.absent if gap is None else phrases.points(gap["value"])


def _levels(phrases: Phrases, values: Mapping[str, Any]) -> str:
    """The levels that point opposite ways, or the widest gaps where none is named."""
    named = set(values.get("opposite_levels") or ())
    levels = [level for level in values.get("levels") or () if level.get("rate") is not None]
    chosen = [level for level in levels if level["level"] in named]
    if not chosen:
        chosen = sorted(levels, key=lambda level: -abs(level.get("difference") or 0.0))
    return phrases.listed(
        [
            phrases.say(
                "finding.level",
                level=phrases.level(level["level"]),
                rate=phrases.percent(level["rate"]),
                reference_rate=phrases.percent(level.get("rate_reference")),
            )
            for level in chosen[:_LEVELS]
        ]
    )


def _within(phrases: Phrases, code: str, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Reversal, opposite levels, gap that vanishes."""
    places = {
        "subject": subject(phrases, values["attribute"], None),
        "group": phrases.group(values["group"]),
        "reference": phrases.reference(values["reference"]),
        "stratum": phrases.quoted(values["stratum"]),
        "raw": _gap(phrases, values, "raw_difference"),
        "adjusted": _gap(phrases, values, "adjusted_difference"),
    }
    adjusted = values.get("adjusted_difference")
    if code == "opposite_levels":
        places["levels"] = _levels(phrases, values)
    key = f"finding.{code}.detail"
    if code == "vanishes_within":
        if adjusted is None or adjusted.get("low") is None or adjusted.get("high") is None:
            key += ".plain"
        else:
            places["interval"] = phrases.span(Interval(**adjusted), phrases.points)
    parts = [phrases.say(key, **places)]
    if values.get("possibly_tainted"):
        parts.append(phrases.say("finding.tainted", stratum=places["stratum"]))
    return phrases.say(f"finding.{code}", **places), parts


def _control(phrases: Phrases, code: str, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    column = phrases.quoted(values["column"])
    first = phrases.say(f"finding.{code}", column=column)
    if code == "control_tainted":
        reason = phrases.coded("tainted", str(values.get("reason", "")))
        return first, [phrases.say("finding.control_tainted.detail", reason=reason)]
    seen = some_values(phrases, values.get("values") or ())
    if values.get("rows") is None or not seen:
        return first, [phrases.say("finding.control_leaks.detail.plain")]
    if values.get("reason") == "determines_outcome":
        rows = phrases.whole(values["rows"])
        return first, [phrases.say("finding.control_leaks.detail.determines", rows=rows)]
    return first, [
        phrases.say(
            "finding.control_leaks.detail",
            rows=phrases.whole(values["rows"]),
            values=seen,
        )
    ]


def _rest(phrases: Phrases, code: str, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Pools, labels, unknowns."""
    places: dict[str, Any] = {}
    if code == "between_pools":
        places = {
            "subject": subject(phrases, values["attribute"], None),
            "group": phrases.group(values["group"]),
            "reference": phrases.reference(values["reference"]),
            "stratum": phrases.quoted(values["stratum"]),
            "pools": phrases.whole(values["pools"]),
        } | {key: phrases.points(values[key]) for key in ("raw", "between", "within")}
    elif code == "labels_only_for_selected":
        keys = ("known_favourable", "rows_favourable", "known_unfavourable", "rows_unfavourable")
        places = {key: phrases.whole(values[key]) for key in keys}
        places["column"] = phrases.quoted(values["column"])
    elif code == "unknowns_matter":
        places = {
            "subject": subject(phrases, values["attribute"], None),
            "n": phrases.whole(values["n"]),
            "share": phrases.percent(values["share"]),
        }
        bounds = [b for b in values.get("bounds") or () if b["low"] is not None]
        first = phrases.say(f"finding.{code}", **places)
        if not bounds:
            return first, []
        widest = max(bounds, key=lambda bound: bound["high"] - bound["low"])
        interval = phrases.between(widest["low"], widest["high"], phrases.percent)
        group = phrases.group(widest["group"])
        return first, [phrases.say(f"finding.{code}.detail", group=group, interval=interval)]
    return phrases.say(f"finding.{code}", **places), [
        phrases.say(f"finding.{code}.detail", **places)
    ]


def _masked(phrases: Phrases, finding: Finding) -> tuple[str, list[str], str]:
    values = finding.values
    name = values.get("attribute") or values.get("column") or ""
    about = subject(phrases, str(name), None)
    return (
        phrases.say("finding.masked", subject=about),
        [phrases.say("finding.masked.detail")],
        phrases.say("sureness.masked"),
    )


def _words(context: Context, finding: Finding) -> tuple[str, list[str], str]:
    """Headline, detail and sureness of one finding."""
    phrases, code, values = context.phrases, finding.code, finding.values
    if is_masked(finding):
        return _masked(phrases, finding)
    if context.result.amounts is not None and is_on_amounts(code):
        return amount_finding(phrases, context.result.amounts, code, values)
    if context.result.cutoffs is not None and code.startswith("cutoff_"):
        return cutoff_finding(phrases, code, values)
    if is_on_stages(code):
        return stage_finding(phrases, code, values)
    if is_on_model(code):
        first, parts = model_words(context, code, values)
    elif code in _OBSERVED and code != "between_pools":
        first, parts = _within(phrases, code, values)
    elif code in ("control_leaks", "control_tainted"):
        first, parts = _control(phrases, code, values)
    elif code in ("between_pools", "labels_only_for_selected", "unknowns_matter"):
        first, parts = _rest(phrases, code, values)
    elif code.startswith("lead_"):
        first = headline(phrases, code, values)
        parts = [rates_sentence(phrases, values)]
        worse = {(row.attribute, row.group) for row in context.result.intersections if row.worse}
        if (values["attribute"], values["group"]) in worse:
            parts.append(phrases.say("finding.worse_than_parts"))
        if values.get("p_adjusted") is not None:
            q = phrases.p_said(values["p_adjusted"])
            parts.append(phrases.say("finding.lead.detail", q=q))
        return first, parts, phrases.say("sureness.lead")
    else:
        first = headline(phrases, code, values)
        parts = list(detail(phrases, code, values, margin=context.result.policy.margin))
    return first, parts, _sureness(phrases, code, values)


def _sureness(phrases: Phrases, code: str, values: Mapping[str, Any]) -> str:
    if code == "opposite_levels":
        p = values.get("homogeneity_p_value")
        text = "" if p is None else f", p {phrases.p_said(p)}"
        return phrases.say("sureness.opposite_levels", p=text)
    return phrases.say(f"sureness.{code}", p=phrases.p_said(values.get("p_adjusted")))


def _code(finding: Finding) -> str:
    if finding.verdict is not None:
        return finding.verdict
    return "caution" if finding.code in _CAUTION else "observed"


def finding_block(context: Context, finding: Finding) -> document.Finding:
    """One finding of the audit as a block of the report."""
    first, parts, sureness = _words(context, finding)
    code = _code(finding)
    chapter = _SECTIONS.get(finding.chapter, finding.chapter)
    if chapter in ("gaps", "intersections", "amounts", "cutoffs"):
        chapter = context.section_of(str(finding.values.get("attribute", "")))
    return document.Finding(
        id=f"finding-{finding.rank}",
        headline=first,
        detail=" ".join(part for part in parts if part),
        sureness=sureness,
        verdict=context.phrases.verdict(code),
        chapter=chapter,
        code=code,
        key=finding.id,
    )


def tally(context: Context) -> str | None:
    """How many of the questions asked beforehand got which verdict: nothing is passed over."""
    phrases = context.phrases
    verdicts = Counter(
        comparison.verdict
        for comparison in context.result.comparisons
        if comparison.family == "primary" and comparison.verdict is not None
    )
    if not verdicts:
        return None
    order = (
        "gap_established",
        "small_gap_established",
        "inconclusive",
        "large_gap_excluded",
        "not_shown",
        "lead",
    )
    items = [
        phrases.say(
            "essential.tally.item",
            verdict=phrases.verdict(verdict),
            count=phrases.whole(verdicts[verdict]),  # type: ignore[index]
        )
        for verdict in order
        if verdicts.get(verdict)  # type: ignore[call-overload]
    ]
    total = sum(verdicts.values())
    return phrases.counted(
        "essential.tally", total, questions=phrases.whole(total), tally=", ".join(items)
    )


def cause_note(context: Context) -> Note:
    """The caution under every list of findings: a gap is not a cause."""
    phrases = context.phrases
    if context.result.cutoffs is not None:
        return Note(
            phrases.say("essential.cause.title"), (phrases.say("cutoffs.cause"),), "caution"
        )
    key = "essential.cause" if context.result.amounts is None else "amounts.cause"
    return Note(phrases.say("essential.cause.title"), (phrases.say(key),), "caution")


def _not_anonymous(context: Context) -> list[Block]:
    """A line for whoever copies this page only, where a few columns tell most people apart."""
    phrases, found = context.phrases, context.result.singled_out
    if found is None or 2 * found.singled < found.people:
        return []
    text = phrases.say(
        "essential.singled",
        count=phrases.whole(len(found.columns)),
        singled=phrases.whole(found.singled),
        people=phrases.whole(found.people),
        chapter=phrases.quoted(phrases.say("section.population.singled")),
    )
    return [Paragraph(text, "warning")]


def essential(context: Context) -> Section:
    """The findings that matter, each with its verdict, what stands behind it and how sure."""
    phrases, findings = context.phrases, context.result.findings
    blocks: list[Block] = []
    if findings:
        blocks.append(Paragraph(phrases.say("essential.intro"), "lead"))
        blocks += [finding_block(context, finding) for finding in findings[:_FINDINGS]]
    else:
        blocks.append(Paragraph(phrases.say("essential.none"), "lead"))
    amounts = context.result.amounts
    if amounts is not None and amounts.repeated:
        blocks.append(repeated_note(phrases))
    counted = tally(context)
    if counted is not None:
        blocks.append(Paragraph(counted))
    left = len(findings) - _FINDINGS
    if left > 0:
        text = phrases.counted("essential.more", left, count=phrases.whole(left))
        blocks.append(Paragraph(text, "small"))
    blocks.append(cause_note(context))
    blocks += _not_anonymous(context)
    # the page that gets copied
    title = phrases.say("section.essential")
    return Section("essential", "", title, tuple(blocks), starts_page=True)
