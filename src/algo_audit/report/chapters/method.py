"""Method: the calculations in words, overall tests, linked rows, sources, glossary."""

from __future__ import annotations

from typing import Any

from algo_audit.data.limits import read_limits
from algo_audit.fairness.clusters import ClusterEffect
from algo_audit.report.context import Context
from algo_audit.report.document import (
    Block,
    Cell,
    Definitions,
    ListBlock,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.phrases import Phrases

_SOURCES = (
    "wilson",
    "miettinen",
    "koopman",
    "mantel",
    "tarone",
    "holm",
    "benjamini",
    "westfall",
    "delong",
    "schuirmann",
)
_MODEL_SOURCES = ("shapley", "strumbelj", "lundberg", "breiman", "apley", "craven")
_TERMS = ("favourable", "group", "reference", "interval", "p", "q", "margin", "pool", "stratum")
_SAME = 0.05  # a design effect this near to 1 changes nothing that can be read


def _formulas(context: Context) -> Section:
    phrases, result = context.phrases, context.result
    limits = read_limits()
    names = ["rate", "difference", "ratio", "shortfall"]
    if result.strata or any(c.stratum for c in result.comparisons):
        names.append("adjusted")
    names += ["test", "family", "small", "power"]
    if result.pools is not None:
        names.append("pools")
    if result.scores is not None:
        names.append("auc")
    names += ["lottery", "privacy" if phrases.threshold is not None else "privacy.full"]
    places = {
        "level": phrases.formats.percent(limits.levels.family_wise, 0),
        "discovery": phrases.formats.percent(limits.levels.false_discovery, 0),
        "power": phrases.formats.percent(limits.levels.power, 0),
        "draws": phrases.whole(limits.resampling.lottery_draws),
        "threshold": phrases.threshold,
    }
    items = tuple(phrases.say(f"method.{name}", **places) for name in names)
    title = phrases.say("section.method.formulas")
    return Section("method-formulas", "", title, (ListBlock(items),))


def _model(context: Context) -> Section | None:
    """How the system was examined; the one place where the parts of a score have their name."""
    found, phrases = context.result.model, context.phrases
    if found is None:
        return None
    explain = read_limits().explain
    here = {
        "replay": found.replay is not None,
        "shapley": bool(found.importance or found.gaps),
        "exact": bool(found.importance or found.gaps),
        "weight": bool(found.importance),
        "dealt": bool(found.importance),
        "curves": bool(found.effects),
        "rules": found.rules is not None or found.fidelity is not None,
        "steady": found.stability is not None,
    }
    places = {
        "background": phrases.whole(explain.background),
        "players": phrases.whole(explain.exact_players),
        "deals": phrases.whole(explain.deals),
        "people": phrases.whole(explain.curve_people),
        "held_out": phrases.formats.percent(explain.held_out, 0),
        "depth": phrases.whole(explain.rules_depth),
        "disturbances": phrases.whole(explain.disturbances),
        "refits": phrases.whole(explain.refits),
    }
    items = tuple(
        phrases.say(f"method.model.{name}", **places) for name, told in here.items() if told
    )
    if not items:
        return None
    title = phrases.say("section.method.model")
    return Section("method-model", "", title, (ListBlock(items),))


def _terms(context: Context) -> tuple[tuple[str, str], ...]:
    """The glossary, with the words on the system where there is one."""
    phrases, model = context.phrases, context.result.model
    names = list(_TERMS)
    if model is not None:
        names += ["model", "cut_off", "fidelity"]
        names += ["stand_in"] if model.fidelity is not None else []
    return tuple(
        (phrases.say(f"glossary.{name}.term"), phrases.say(f"glossary.{name}")) for name in names
    )


def _tests(context: Context) -> Section | None:
    phrases = context.phrases
    rows = []
    for test in context.result.tests:
        if test.p_value is None and test.missing_reason is None:
            continue
        about = phrases.quoted(test.attribute)
        within = phrases.absent if test.stratum is None else phrases.quoted(test.stratum)
        kind = phrases.say(f"kind.{test.kind}")
        if test.missing_reason is not None:
            kind = f"{kind} ({phrases.coded('reason', test.missing_reason)})"
        rows.append(
            (
                Cell(about),
                Cell(phrases.coded("measure", test.measure)),
                Cell(within),
                Cell(kind, test.kind),
                phrases.number_cell(test.statistic, phrases.decimal),
                phrases.number_cell(test.df, phrases.whole),
                phrases.number_cell(test.p_value, phrases.p_value),
                phrases.number_cell(test.p_adjusted, phrases.p_value),
            )
        )
    if not rows:
        return None
    heads = tuple(
        phrases.say(f"column.{name}")
        for name in (
            "attribute",
            "measure",
            "level_of",
            "kind",
            "statistic",
            "df",
            "p",
            "p_adjusted",
        )
    )
    table = Table("tests", phrases.say("method.tests.caption"), heads, tuple(rows))
    return Section("method-tests", "", phrases.say("section.method.tests"), (table,))


def _effect(phrases: Phrases, effect: ClusterEffect) -> str | None:
    size: Any = effect.design_effect  # None where hidden from this audience
    if size is None:
        return None
    kind = "same" if abs(size - 1) < _SAME else "wider" if size > 1 else "narrower"
    return phrases.say(
        f"method.clusters.{kind}",
        group=phrases.group(effect.group),
        reference=phrases.group(effect.reference),
        effect=phrases.decimal(size),
    )


def _clusters(context: Context) -> Section | None:
    phrases, effects = context.phrases, context.result.clusters
    if not effects:
        return None
    said = [_effect(phrases, effect) for effect in effects]
    rows = tuple(
        (
            Cell(phrases.quoted(effect.attribute)),
            Cell(
                phrases.say(
                    "column.against",
                    group=phrases.group(effect.group),
                    reference=phrases.group(effect.reference),
                )
            ),
            phrases.count_cell(effect.clusters),
            phrases.number_cell(effect.difference, phrases.points),
            phrases.number_cell(effect.standard_error_plain, phrases.bare_points),
            phrases.number_cell(effect.standard_error_clustered, phrases.bare_points),
            phrases.number_cell(effect.design_effect, phrases.decimal),
            phrases.interval_cell(effect.interval_clustered, phrases.points),
        )
        for effect in effects
    )
    heads = tuple(
        phrases.say(f"column.{name}")
        for name in (
            "attribute",
            "groups",
            "clusters",
            "difference",
            "error_plain",
            "error_linked",
            "design_effect",
            "linked",
        )
    )
    blocks: list[Block] = [Paragraph(phrases.say("method.clusters"))]
    items = tuple(text for text in said if text is not None)
    if items:
        blocks.append(ListBlock(items))
    blocks.append(Table("clusters", phrases.say("method.clusters.caption"), heads, rows))
    return Section("method-clusters", "", phrases.say("section.method.clusters"), tuple(blocks))


def method(context: Context) -> Section:
    """How every figure was worked out, and the words used."""
    phrases = context.phrases
    named = _SOURCES if context.result.model is None else (*_SOURCES, *_MODEL_SOURCES)
    sources = ListBlock(tuple(phrases.say(f"source.{name}") for name in named))
    sections = (
        _formulas(context),
        _model(context),
        _tests(context),
        _clusters(context),
        Section("method-sources", "", phrases.say("section.method.sources"), (sources,)),
        Section(
            "method-glossary",
            "",
            phrases.say("section.method.glossary"),
            (Definitions(_terms(context)),),
        ),
    )
    kept = tuple(section for section in sections if section is not None)
    intro = (Paragraph(phrases.say("method.intro")),)
    return Section("method", "", phrases.say("section.method"), intro, kept)
