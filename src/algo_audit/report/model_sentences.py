"""Findings on a model in words: headline and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_birth import actor_name, step_name
from algo_audit.report.chapters.drivers_words import criterion_name, pairs_of, pairs_span, unit_of
from algo_audit.report.context import Context
from algo_audit.report.stand_in import said

Words = tuple[str, list[str]]
Values = Mapping[str, Any]


def _estimate(values: Values, key: str) -> Estimate:
    return Estimate(**values[key])


def _places(context: Context, values: Values) -> dict[str, str]:
    phrases = context.phrases
    found = {"attribute": phrases.quoted(str(values.get("attribute", "")))}
    for key in ("group", "reference"):
        if values.get(key) is not None:
            found[key] = phrases.group(values[key])
    return found


def _carried(context: Context, values: Values) -> Words:
    phrases = context.phrases
    gap, part = _estimate(values, "gap"), _estimate(values, "part")
    unit = unit_of(context, values["target"], [gap.value or 0.0, part.value or 0.0])
    kind = "rate" if values["target"] == "selection_rate" else "score"
    first = phrases.say(
        f"finding.gap_carried.{kind}",
        gap=unit.named(gap.value or 0.0),
        part=unit.named(part.value or 0.0),
        criterion=criterion_name(phrases, values["criterion"]),
        **_places(context, values),
    )
    parts = [phrases.say("finding.gap_carried.detail")]
    if values.get("order_depends"):
        parts.append(phrases.say("finding.gap_carried.order"))
    return said(context, first), parts


def _born(context: Context, values: Values) -> Words:
    phrases = context.phrases
    value = _estimate(values, "value")
    places = {
        "raw": phrases.points(values["raw"]),
        "value": phrases.measured(value, phrases.points),
        "step": step_name(context, values["step"]),
        **_places(context, values),
    }
    key = "finding.gap_born"
    if values.get("against") is not None:
        key += ".against"
        places["against"] = step_name(context, values["against"])
        against = values["against_value"]["value"]
        places["against_value"] = phrases.points(against)
    actor = actor_name(phrases, values["actor"])
    detail = phrases.say("finding.gap_born.detail", actor=actor)
    return said(context, phrases.say(key, **places)), [detail]


def _leaks(context: Context, values: Values) -> Words:
    phrases = context.phrases
    columns = phrases.listed([phrases.quoted(column) for column in values["columns"]])
    first = phrases.say("finding.input_leaks", columns=columns)
    return first, [phrases.say("finding.input_leaks.detail")]


def _replay(context: Context, values: Values) -> Words:
    phrases, kind = context.phrases, values["kind"]
    share = phrases.measured(_estimate(values, "agreement"), phrases.percent)
    first = phrases.say(f"finding.replay_low.{kind}", share=share)
    return first, [phrases.say(f"finding.replay_low.{kind}.detail")]


def _proxy(context: Context, values: Values) -> Words:
    phrases, auc = context.phrases, _estimate(values, "auc")
    first = phrases.say(
        "drivers.proxy.pairs",
        pairs=pairs_of(phrases, auc.value or 0.0),
        interval=pairs_span(phrases, auc),
        **_places(context, values),
    )
    parts = []
    if values.get("criterion") is not None and values.get("alone") is not None:
        parts.append(
            phrases.say(
                "drivers.proxy.alone",
                criterion=criterion_name(phrases, values["criterion"]),
                pairs=pairs_of(phrases, values["alone"]),
            )
        )
    return first, [*parts, phrases.say("finding.proxy_alert.detail")]


def _expected(context: Context, values: Values) -> Words:
    phrases = context.phrases
    first = phrases.say(
        f"finding.against_expected.{values['expected']}",
        column=phrases.quoted(values["column"]),
        share=phrases.percent(values["share"]),
    )
    return said(context, first), [phrases.say("finding.against_expected.detail")]


def _outweighs(context: Context, values: Values) -> Words:
    phrases = context.phrases
    first = phrases.say(
        "finding.line_outweighs",
        criterion=criterion_name(phrases, values["criterion"]),
        nominal=phrases.percent(values["nominal"]),
        share=phrases.percent(values["share"]),
    )
    return first, [phrases.say("finding.line_outweighs.detail")]


def _chance(context: Context, values: Values) -> Words:
    phrases, auc = context.phrases, _estimate(values, "auc")
    among = "selected" if values["coverage"] == "favourable_only" else "known"
    first = phrases.say(
        f"finding.score_no_better_than_chance.{among}",
        pairs=pairs_of(phrases, auc.value or 0.0),
        interval=pairs_span(phrases, auc),
    )
    detail = phrases.say(f"finding.score_no_better_than_chance.detail.{among}")
    return said(context, first), [detail]


def _unproven(context: Context, values: Values) -> Words:
    phrases = context.phrases
    reason = phrases.coded("drivers.worth.why", str(values["reason"]))
    first = phrases.say("finding.score_unproven", reason=reason)
    return first, [phrases.say("finding.score_unproven.detail")]


def _ways(context: Context, values: Values) -> Words:
    phrases = context.phrases
    first = phrases.say(
        "finding.few_ways",
        share=phrases.measured(_estimate(values, "with_way"), phrases.percent),
        share_reference=phrases.measured(_estimate(values, "with_way_reference"), phrases.percent),
        **_places(context, values),
    )
    return said(context, first), [phrases.say("finding.few_ways.detail")]


_WORDS: Mapping[str, Callable[[Context, Values], Words]] = {
    "gap_carried": _carried,
    "gap_born": _born,
    "input_leaks": _leaks,
    "replay_low": _replay,
    "proxy_alert": _proxy,
    "against_expected": _expected,
    "line_outweighs": _outweighs,
    "score_no_better_than_chance": _chance,
    "score_unproven": _unproven,
    "few_ways": _ways,
}


def is_on_model(code: str) -> bool:
    """Whether a finding comes from the chapters on a model."""
    return code in _WORDS


def model_words(context: Context, code: str, values: Values) -> Words:
    """Headline of a finding on the model, and the sentences behind it."""
    return _WORDS[code](context, values)
