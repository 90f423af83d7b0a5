"""One audit, from decisions to a frozen, complete, language-free result."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from algo_audit import __version__
from algo_audit.cases.case import Case
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Decisions, JournalEntry, Source
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.clusters import ClusterEffect, cluster_chapter
from algo_audit.fairness.comparing import group_rates
from algo_audit.fairness.comparison import Comparison, Estimate, GroupRate, TestRow
from algo_audit.fairness.controls import control_warnings, leaking_columns, taint_of
from algo_audit.fairness.evidence import Evidence
from algo_audit.fairness.lottery import Lottery, lottery_mirror
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import explore, primary_questions, run_questions
from algo_audit.fairness.ranking import Pools, pool_chapter
from algo_audit.fairness.score_comparisons import score_comparisons
from algo_audit.fairness.score_groups import label_chapter, score_chapter
from algo_audit.fairness.scores import Labels, Scores
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.strata_tests import adjusted_tests, stratified_tests
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.fairness.subgroups import Intersection, crossings, intersections
from algo_audit.fairness.unknowns import Unknowns, unknown_rows
from algo_audit.findings import Finding, rank_findings
from algo_audit.stats.multiplicity import benjamini_hochberg

SCHEMA = "algo-audit/1"


@dataclass(frozen=True)
class AuditResult:
    """Everything that was computed; a report is made from it without computing again.

    Unmasked: privacy is applied when a document is built. ``case`` is
    ``{"key": str, "texts": {"fr": {"title", "story"}, "en": {...}}}``; ``tool`` holds
    versions and seed; ``audited_on`` is an ISO date or "" (so that equal input gives equal bytes).
    """

    tool: Mapping[str, Any]
    audited_on: str
    case: Mapping[str, Any]
    source: Source
    roles: Roles
    policy: Policy
    groups: tuple[GroupRate, ...]
    comparisons: tuple[Comparison, ...]
    tests: tuple[TestRow, ...]
    findings: tuple[Finding, ...]
    unknowns: tuple[Unknowns, ...]
    lottery: tuple[Lottery, ...]
    strata: tuple[StratifiedGap, ...] = ()
    controls: tuple[ControlWarning, ...] = ()
    intersections: tuple[Intersection, ...] = ()
    pools: Pools | None = None
    scores: Scores | None = None
    labels: Labels | None = None
    clusters: tuple[ClusterEffect, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    limits: tuple[str, ...] = field(default_factory=tuple)  # codes of what this file cannot show


def run_audit(
    case: Case, decisions: Decisions, *, limits: Limits | None = None, audited_on: str = ""
) -> AuditResult:
    """Audit a table of decisions.

    Parameters
    ----------
    case : Case
        Policy (margin, questions, references, seed) and texts; the roles are the decisions' own.
    decisions : Decisions
        From ``read_decisions``.
    limits : Limits, optional
        ``data/limits.toml`` unless given.
    audited_on : str
        ISO date to print; empty: none, so that equal input gives equal bytes.

    Returns
    -------
    AuditResult
        Complete and unmasked; equal for equal input and seed.
    """
    limits = limits or read_limits()
    policy = case.policy
    table = CountTable.from_decisions(decisions, clusters_below=limits.clusters.permutation_below)
    family = run_questions(
        table, policy, limits, evidence=evidence_for(decisions, table, limits, seed=policy.seed)
    )
    primary = family.comparisons
    exploring = evidence_for(decisions, table, limits, seed=policy.seed, exploring=True)
    explored = explore(table, policy, limits, evidence=exploring)
    references = references_of((*primary, *explored))
    comparisons = (
        *primary,
        *explored,
        *leads(score_comparisons(decisions, references=references, limits=limits), limits),
    )
    controls = control_warnings(decisions, limits)
    strata, tests = within_strata(table, comparisons, controls, limits)
    single = {name: references[name] for name in table.protected if name in references}
    pools = pool_chapter(decisions, references=single, limits=limits)
    labels = label_chapter(decisions, limits=limits)
    mirrors = (
        lottery_mirror(
            table, question.attribute, policy=policy, limits=limits, stratum=question.stratum
        )
        for question in primary_questions(table, policy)
    )
    crossed = intersections(table, limits=limits)
    unknowns = tuple(
        row for name in table.protected if (row := unknown_rows(table.counts((name,)))) is not None
    )
    return AuditResult(
        tool=tool_versions(policy.seed),
        audited_on=audited_on,
        case={"key": case.key, "texts": case.texts},
        source=decisions.source,
        roles=decisions.roles,
        policy=policy,
        groups=all_groups(exploring, table, limits),
        comparisons=comparisons,
        tests=(*family.tests, *tests),
        findings=rank_findings(
            comparisons,
            strata,
            controls=controls,
            intersections=crossed,
            unknowns=unknowns,
            pools=pools,
            labels=labels,
            unknown_share=limits.findings.unknown_share,
        ),
        unknowns=unknowns,
        lottery=tuple(mirror for mirror in mirrors if mirror is not None),
        strata=strata,
        controls=controls,
        intersections=crossed,
        pools=pools,
        scores=score_chapter(decisions, references=references, limits=limits),
        labels=labels,
        clusters=cluster_chapter(decisions, references=single, limits=limits),
        journal=decisions.journal,
        limits=what_is_missing(decisions, labels),
    )


def tool_versions(seed: int) -> dict[str, Any]:
    """Versions that a figure may depend on, and the seed."""
    from importlib.metadata import version

    libraries = ("numpy", "scipy", "pandas")
    return {
        "name": "algo_audit",
        "version": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
        "seed": seed,
    }


def references_of(comparisons: Sequence[Comparison]) -> dict[str, str]:
    """Reference group of every attribute and crossing, as the selection rate was compared."""
    found: dict[str, str] = {}
    for row in comparisons:
        if row.measure == "selection_rate" and row.reference is not None:
            found.setdefault(row.attribute, row.reference)
    return found


def leads(rows: Sequence[Comparison], limits: Limits) -> tuple[Comparison, ...]:
    """Rows of one exploratory family with their Benjamini-Hochberg q, leads marked."""
    places = [i for i, row in enumerate(rows) if row.p_value is not None]
    rates = benjamini_hochberg([rows[i].p_value or 0.0 for i in places])
    judged = list(rows)
    for i, rate in zip(places, rates, strict=True):
        lead = float(rate) < limits.levels.false_discovery
        judged[i] = replace(
            rows[i], p_adjusted=float(rate), verdict="lead" if lead else rows[i].verdict
        )
    return tuple(judged)


def all_groups(evidence: Evidence, table: CountTable, limits: Limits) -> tuple[GroupRate, ...]:
    """Every group of every attribute and crossing, and the unknowns of each attribute."""
    rows: list[GroupRate] = []
    singles = tuple((name,) for name in table.protected)
    for attribute in (*singles, *crossings(table.protected)):
        sample = evidence.sample(attribute, None, MEASURES["selection_rate"])
        rows.extend(group_rates(sample, limits))
        counts = table.counts(attribute)
        if counts.unknown:
            rate = Estimate(
                counts.unknown_favourable / counts.unknown, n=counts.unknown, method="count"
            )
            rows.append(
                GroupRate(
                    counts.name, None, counts.unknown, counts.unknown_favourable, rate, "unknown"
                )
            )
    return tuple(rows)


def within_strata(
    table: CountTable,
    comparisons: Sequence[Comparison],
    controls: Sequence[ControlWarning],
    limits: Limits,
) -> tuple[tuple[StratifiedGap, ...], tuple[TestRow, ...]]:
    """Raw and adjusted gaps of every single attribute within every declared stratum."""
    references = references_of(comparisons)
    leaking = leaking_columns(tuple(controls))
    gaps: list[StratifiedGap] = []
    tests: list[TestRow] = []
    for stratum in table.strata:
        parts = {part.strip() for part in stratum.split("*")}
        for name in table.protected:
            if name not in references or name in parts:
                continue
            sure = [
                row.group
                for row in comparisons
                if row.attribute == name
                and row.stratum in (None, table.pool)
                and row.verdict in ("gap_established", "small_gap_established", "lead")
            ]
            counts = table.counts((name,), stratum)
            # with pools the raw row is judged by nothing: its interval decides what it shows
            found = stratified_gaps(
                counts,
                reference=references[name],
                limits=limits,
                raw=table.counts((name,)),
                raw_gaps=None if table.pool is not None else sure,
                possibly_tainted=taint_of(stratum),
                leaks=stratum in leaking,
            )
            gaps.extend(found)
            tests.extend(stratified_tests(counts, found, limits=limits))
    return tuple(gaps), adjusted_tests(tests)


def what_is_missing(decisions: Decisions, labels: Labels | None) -> tuple[str, ...]:
    """Codes of what this file cannot show, most general first."""
    roles = decisions.roles
    codes = ["cause", "before_the_file", "one_file"]
    for code, absent in (
        ("no_stratum", not decisions.strata),
        ("no_pool", decisions.pool is None),
        ("no_score", decisions.score is None),
        ("no_label", decisions.label is None),
        ("labels_only_for_selected", labels is not None and labels.coverage == "favourable_only"),
        ("no_advice", roles.advice is None),
        ("no_date", roles.date is None),
        ("no_model", True),
    ):
        if absent:
            codes.append(code)
    return tuple(codes)
