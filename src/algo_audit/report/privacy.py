"""The result as one audience may see it: nothing that is hidden is left in it.

``mask`` gives an ``AuditResult`` again, so that a renderer cannot print what it should not: a
number that this audience may not see is None, or its row is gone, and nothing that was computed
from it stays. What is hidden reappears merged, as ``OTHER_GROUPS``, wherever it is about enough
people together.

The rules, and what counts as protected: ``data/disclosure.py``. In short, for all tables of the
document together:

* groups and crossings under the threshold, and others that would give them away, have a line
  without numbers; all such lines look the same;
* people too few to make a merged line (unknowns, often) are counted in with the largest group:
  its line then holds them as well (``Masked.hosts``), and its raw comparisons are made again from
  the counts printed;
* figures that rest on hidden cells among many others (adjusted gaps, tests within strata) stay, to
  few decimals;
* levels of a stratum under the threshold are merged, the same for every attribute.

What it does not defend against: a reader who knows that one stratum is nested in another
(vacancies in job families) and subtracts across the two; and people who know each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from algo_audit.audit import AuditResult
from algo_audit.data.disclosure import OTHER_GROUPS, Rule
from algo_audit.data.limits import Limits, read_limits
from algo_audit.fairness.comparison import Comparison, GroupRate
from algo_audit.findings import Finding
from algo_audit.findings.on_model import model_findings
from algo_audit.findings.on_stages import stage_findings
from algo_audit.report import masked_chapters, masked_rows
from algo_audit.report.document import Audience
from algo_audit.report.hidden import Plan, make_plan
from algo_audit.report.levels_hidden import hidden_levels
from algo_audit.report.masked_advice import masked_advice
from algo_audit.report.masked_amounts import masked_amounts
from algo_audit.report.masked_cutoffs import masked_cutoffs
from algo_audit.report.masked_index import masked_index
from algo_audit.report.masked_model import masked_model
from algo_audit.report.masked_stages import masked_stages
from algo_audit.report.masked_trend import masked_trend

# Findings worth a mention even where their numbers may not be printed.
_MENTIONED = ("gap_established", "small_gap_established", "reversal", "opposite_levels")


@dataclass(frozen=True)
class Masked:
    """A result for one audience, and what was done to it.

    Attributes
    ----------
    result : AuditResult
    audience : {"full", "committee", "public"}
    threshold : int or None
        None: nothing is hidden.
    groups : frozenset of (attribute, group)
        Lines without numbers; group None: unknown.
    hosts : frozenset of (attribute, group)
        Lines that hold a few hidden people as well.
    levels : mapping of stratum to levels
        Levels merged.
    merged : tuple of GroupRate
        The merged line of each attribute that has one; they stand in ``result.groups`` too.
    """

    result: AuditResult
    audience: Audience
    threshold: int | None = None
    groups: frozenset[tuple[str, str | None]] = frozenset()
    hosts: frozenset[tuple[str, str]] = frozenset()
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: tuple[GroupRate, ...] = ()


def rule_of(audience: Audience, limits: Limits) -> Rule | None:
    """What is small for an audience; None: nothing is."""
    if audience == "full":
        return None
    if audience == "committee":
        return Rule(limits.disclosure.committee)
    return Rule(limits.disclosure.public, decisions=True)


def mask(result: AuditResult, audience: Audience, *, limits: Limits | None = None) -> AuditResult:
    """The result as an audience may see it; see ``masked``."""
    return masked(result, audience, limits=limits).result


def masked(result: AuditResult, audience: Audience, *, limits: Limits | None = None) -> Masked:
    """Hide what an audience may not see.

    Parameters
    ----------
    result : AuditResult
        Unmasked.
    audience : {"full", "committee", "public"}
    limits : Limits, optional
        ``data/limits.toml`` unless given.

    Returns
    -------
    Masked
        ``full``: the very same result.
    """
    limits = limits or read_limits()
    rule = rule_of(audience, limits)
    if rule is None:
        return Masked(result, audience)
    if result.amounts is not None:
        return Masked(masked_amounts(result, rule), audience, rule.threshold)
    if result.cutoffs is not None:
        return Masked(masked_cutoffs(result, rule), audience, rule.threshold)
    plan = make_plan(result, rule)
    levels = hidden_levels(result, plan)
    kept, lost = masked_rows.masked_comparisons(result, plan, levels, limits=limits)
    merged = masked_rows.merged_comparisons(result, plan, limits)
    shown = replace(
        result,
        groups=masked_rows.masked_groups(result, plan, limits),
        comparisons=(*kept.values(), *merged),
        tests=masked_rows.masked_tests(result, plan, limits),
        unknowns=masked_rows.masked_unknowns(result.unknowns, plan),
        lottery=masked_rows.masked_lottery(result, plan, limits),
        strata=masked_chapters.masked_strata(result, plan, levels),
        controls=masked_chapters.masked_controls(result.controls, rule),
        intersections=masked_chapters.masked_intersections(result.intersections, plan),
        pools=masked_chapters.masked_pools(result.pools, plan),
        pairs=masked_chapters.masked_pairs(result.pairs, plan, rule),
        advice=masked_advice(result.advice, plan, rule, confidence=limits.levels.confidence),
        trend=masked_trend(result.trend, plan, limits, strata=result.roles.strata),
        stages=masked_stages(result.stages, plan, limits),
        scores=masked_chapters.masked_scores(result, plan),
        french_index=masked_index(result.french_index, rule),
        labels=masked_chapters.masked_labels(result.labels, rule),
        clusters=masked_chapters.masked_clusters(result.clusters, plan),
        model=masked_model(result, plan),
        journal=masked_chapters.masked_journal(result, plan),
        findings=(),
    )
    places = {old: new for new, old in enumerate(kept)}
    return Masked(
        result=replace(shown, findings=_findings(result, shown, places, lost, plan, limits)),
        audience=audience,
        threshold=rule.threshold,
        groups=frozenset((name, g) for name, lines in plan.lines.items() for g in lines.hidden),
        hosts=frozenset((name, g) for name, lines in plan.lines.items() for g in lines.hosts),
        levels=levels,
        merged=tuple(row for row in shown.groups if row.group == OTHER_GROUPS),
    )


def _numbers(comparison: Comparison) -> dict[str, Any]:
    """Values of a finding on a comparison, as ``findings`` writes them."""
    values = asdict(comparison)
    for key in ("difference", "ratio", "shortfall"):
        interval = values[key]
        values[key] = None if interval is None else [interval[k] for k in ("value", "low", "high")]
    return values


def _findings(
    result: AuditResult,
    shown: AuditResult,
    places: Mapping[int, int],
    lost: Mapping[int, Comparison],
    plan: Plan,
    limits: Limits,
) -> tuple[Finding, ...]:
    """Findings with the numbers that are printed; those without are mentioned once, or left out.

    A mention says of an attribute that something was found about too few people; which group and
    which way it does not say.
    """
    told: list[Finding] = []
    mentioned: set[str] = set()
    # those on the model and on stages are made again from what is shown of them
    made_again = (
        *model_findings(shown.model, shown.comparisons, limits=limits),
        *stage_findings(shown.stages, shown.comparisons),
    )
    again = {f.id: f for f in made_again}
    for finding in result.findings:
        place = finding.comparison
        values: Mapping[str, Any] | None
        if place is not None:
            values = None if place in lost else _numbers(shown.comparisons[places[place]])
        elif finding.chapter.startswith(("model", "drivers", "stages")):
            made = again.get(finding.id)
            values = made.values if made is not None and made.code == finding.code else None
        else:
            values = _values(finding, shown)
        if values is not None:
            index = None if place is None else places[place]
            told.append(replace(finding, comparison=index, values=values))
            continue
        attribute = str(finding.values.get("attribute", ""))
        if finding.code in _MENTIONED and attribute in plan.lines and attribute not in mentioned:
            mentioned.add(attribute)
            told.append(
                Finding(
                    id=f"{masked_rows.MASKED}:{attribute}",
                    code=finding.code,
                    rank=0,
                    chapter=finding.chapter,
                    comparison=None,
                    values={"attribute": attribute, "missing_reason": masked_rows.MASKED},
                    verdict=None,
                )
            )
    return tuple(replace(finding, rank=rank) for rank, finding in enumerate(told, 1))


def _values(finding: Finding, shown: AuditResult) -> Mapping[str, Any] | None:
    """The numbers of a finding that is not on a comparison, from what is shown."""
    values = finding.values
    rows: list[Any] = []
    keys: tuple[str, ...] = ("attribute", "group", "reference")
    extra: dict[str, Any] = {}
    if finding.chapter == "strata":
        rows, keys = list(shown.strata), (*keys, "stratum")
    elif finding.chapter == "pools" and shown.pools is not None:
        rows = list(shown.pools.gaps)
        extra = {"stratum": shown.pools.column, "pools": shown.pools.pools}
    elif finding.chapter == "controls":
        rows, keys = list(shown.controls), ("column", "kind")
    elif finding.chapter == "population":
        rows, keys = list(shown.unknowns), ("attribute",)
    elif finding.chapter == "labels" and shown.labels is not None:
        rows, keys = [shown.labels], ("column",)
    for row in rows:
        if all(getattr(row, key) == values.get(key) for key in keys):
            return {**asdict(row), **extra}
    return None
