"""One audit, from decisions to a frozen, complete, language-free result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from algo_audit.cases.case import Case
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Decisions, JournalEntry, Source
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.policy import Policy
from algo_audit.data.role_checks import score_alone
from algo_audit.data.roles import Roles
from algo_audit.data.versions import tool_versions
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.explaining import explain_model
from algo_audit.fairness.advice import Advice, advice_chapter
from algo_audit.fairness.amount_groups import Amounts
from algo_audit.fairness.amounts import audit_amounts
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.clusters import ClusterEffect, cluster_chapter
from algo_audit.fairness.comparing import group_rates
from algo_audit.fairness.comparison import Comparison, Estimate, GroupRate, TestRow
from algo_audit.fairness.controls import control_warnings, leaking_columns, taint_of
from algo_audit.fairness.cutoffs import CutOffs, cutoff_chapter
from algo_audit.fairness.french_index import FrenchIndex, french_index
from algo_audit.fairness.lottery import Lottery, lottery_mirror
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.pairs import PairTable, pair_tables
from algo_audit.fairness.questions import explore, primary_questions, run_questions
from algo_audit.fairness.ranking import Pools, pool_chapter
from algo_audit.fairness.score_comparisons import score_comparisons
from algo_audit.fairness.score_groups import label_chapter, score_chapter
from algo_audit.fairness.scores import Labels, Scores
from algo_audit.fairness.singling import Singling, singling
from algo_audit.fairness.stages import Stages, stage_chapter
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.strata_tests import adjusted_tests, stratified_tests
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.fairness.subgroups import Intersection, crossings, intersections
from algo_audit.fairness.trend import Trend, trend_chapter
from algo_audit.fairness.unknowns import Unknowns, unknown_rows
from algo_audit.findings import Finding, rank_findings
from algo_audit.findings.missing import what_is_missing
from algo_audit.findings.on_amounts import amount_findings, amount_limits
from algo_audit.findings.on_cutoffs import cutoff_findings
from algo_audit.stats.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd

    from algo_audit.models.model import Model

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
    pairs: tuple[PairTable, ...] = ()
    advice: Advice | None = None
    stages: Stages | None = None
    trend: Trend | None = None
    singled_out: Singling | None = None
    scores: Scores | None = None
    labels: Labels | None = None
    clusters: tuple[ClusterEffect, ...] = ()
    model: ModelChapters | None = None
    french_index: FrenchIndex | None = None
    cutoffs: CutOffs | None = None  # a score alone, nobody selected yet: no chapter on rates
    amounts: Amounts | None = None  # the outcome is a number: no chapter on rates
    journal: tuple[JournalEntry, ...] = ()
    limits: tuple[str, ...] = field(default_factory=tuple)  # codes of what this file cannot show

    def to_dict(self) -> dict[str, Any]:
        """The whole result as plain data (see ``report.json.to_json`` for the file's form)."""
        return asdict(self)

    def frame(self) -> pd.DataFrame:
        """The comparisons as a table, one row each, intervals as ``ratio``, ``ratio_low``..."""
        import pandas as pd

        rows = []
        for comparison in self.comparisons:
            row = comparison.to_dict()
            for key in ("difference", "ratio", "shortfall"):
                interval = row.pop(key) or dict.fromkeys(("value", "low", "high"))
                row |= {key: interval["value"]}
                row |= {f"{key}_{end}": interval[end] for end in ("low", "high")}
            rows.append(row)
        return pd.DataFrame(rows)


def run_audit(
    case: Case,
    decisions: Decisions,
    *,
    model: Model | None = None,
    limits: Limits | None = None,
    audited_on: str = "",
) -> AuditResult:
    """Audit a table of decisions.

    Parameters
    ----------
    case : Case
        Policy (margin, questions, references, seed) and texts; the roles are the decisions' own.
    decisions : Decisions
        From ``read_decisions``.
    model : Model, optional
        What decided; opened from ``case.model`` unless given. Without either, a stand-in is
        fitted to the log where the roles name inputs.
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
    if decisions.amount is not None:
        return _amount_audit(case, decisions, limits, audited_on)
    if score_alone(decisions.roles):
        return _score_audit(case, decisions, limits, audited_on)
    table = CountTable.from_decisions(decisions, clusters_below=limits.clusters.permutation_below)
    comparisons, tests = _compared(decisions, table, case.policy, limits)
    controls = control_warnings(decisions, limits)
    strata, strata_tests = within_strata(table, comparisons, controls, limits)
    result = AuditResult(
        tool=tool_versions(case.policy.seed),
        audited_on=audited_on,
        case={"key": case.key, "texts": case.texts},
        source=decisions.source,
        roles=decisions.roles,
        policy=case.policy,
        groups=all_groups(decisions, table, limits),
        comparisons=comparisons,
        tests=(*tests, *strata_tests),
        findings=(),
        unknowns=_unknowns(table),
        lottery=_mirrors(table, case.policy, limits),
        strata=strata,
        controls=controls,
        intersections=intersections(table, limits=limits),
        journal=decisions.journal,
    )
    result = _with_rows(result, decisions, case.policy, limits)
    result = _with_model(result, case, decisions, model, limits)
    return _with_findings(result, decisions, limits)


def _amount_audit(case: Case, decisions: Decisions, limits: Limits, audited_on: str) -> AuditResult:
    """The audit of an outcome that is a number: everything on rates stays empty."""
    found = audit_amounts(decisions, case.policy, limits)
    return AuditResult(
        tool=tool_versions(case.policy.seed),
        audited_on=audited_on,
        case={"key": case.key, "texts": case.texts},
        source=decisions.source,
        roles=decisions.roles,
        policy=case.policy,
        groups=(),
        comparisons=found.comparisons,
        tests=(),
        findings=amount_findings(found.comparisons, found.amounts),
        unknowns=(),
        lottery=(),
        singled_out=singling(decisions, limits=limits),
        amounts=found.amounts,
        journal=decisions.journal,
        limits=amount_limits(decisions, found.amounts, with_model=case.model is not None),
    )


def _score_audit(case: Case, decisions: Decisions, limits: Limits, audited_on: str) -> AuditResult:
    """The audit of a score before it decides anything."""
    found = cutoff_chapter(decisions, rule=case.rule, policy=case.policy, limits=limits)
    return AuditResult(
        tool=tool_versions(case.policy.seed),
        audited_on=audited_on,
        case={"key": case.key, "texts": case.texts},
        source=decisions.source,
        roles=decisions.roles,
        policy=case.policy,
        groups=(),
        comparisons=(),
        tests=(),
        findings=() if found is None else cutoff_findings(found),
        unknowns=(),
        lottery=(),
        singled_out=singling(decisions, limits=limits),
        cutoffs=found,
        journal=decisions.journal,
        limits=("cause", "before_the_file", "one_file", "score_alone", "score_before_use"),
    )


def _compared(
    decisions: Decisions, table: CountTable, policy: Policy, limits: Limits
) -> tuple[tuple[Comparison, ...], tuple[TestRow, ...]]:
    """The questions asked beforehand, everything else, and the scores."""
    asking, exploring = (
        evidence_for(decisions, table, limits, seed=policy.seed, exploring=exploring)
        for exploring in (False, True)
    )
    family = run_questions(table, policy, limits, evidence=asking)
    rows = (*family.comparisons, *explore(table, policy, limits, evidence=exploring))
    scored = score_comparisons(decisions, references=references_of(rows), limits=limits)
    return (*rows, *leads(scored, limits)), family.tests


def _unknowns(table: CountTable) -> tuple[Unknowns, ...]:
    rows = (unknown_rows(table.counts((name,))) for name in table.protected)
    return tuple(row for row in rows if row is not None)


def _mirrors(table: CountTable, policy: Policy, limits: Limits) -> tuple[Lottery, ...]:
    mirrors = (
        lottery_mirror(
            table, question.attribute, policy=policy, limits=limits, stratum=question.stratum
        )
        for question in primary_questions(table, policy)
    )
    return tuple(mirror for mirror in mirrors if mirror is not None)


def _with_rows(
    result: AuditResult, decisions: Decisions, policy: Policy, limits: Limits
) -> AuditResult:
    """The chapters that need rows: pools, stages, scores, labels, clusters."""
    references = references_of(result.comparisons)
    single = {name: ref for name, ref in references.items() if name in decisions.protected}
    return replace(
        result,
        pools=pool_chapter(decisions, references=single, limits=limits),
        french_index=french_index(decisions, result.policy),
        pairs=pair_tables(decisions, references=single, limits=limits),
        advice=advice_chapter(decisions, references=single, limits=limits),
        trend=trend_chapter(decisions, references=single, limits=limits),
        stages=stage_chapter(decisions, references=single, policy=policy, limits=limits),
        singled_out=singling(decisions, limits=limits),
        scores=score_chapter(decisions, references=references, limits=limits),
        labels=label_chapter(decisions, limits=limits),
        clusters=cluster_chapter(decisions, references=single, limits=limits),
    )


def _with_model(
    result: AuditResult, case: Case, decisions: Decisions, model: Model | None, limits: Limits
) -> AuditResult:
    """The chapters on the model, or on the stand-in for one."""
    references = references_of(result.comparisons)
    chapters = explain_model(
        decisions,
        model if model is not None else case.open_model(limits=limits),
        rule=case.rule,
        criteria=case.criteria,
        actions=case.actions,
        references={name: ref for name, ref in references.items() if name in decisions.protected},
        limits=limits,
        seed=case.policy.seed,
        compared=case.open_compared(limits=limits),
    )
    return replace(result, model=chapters)


def _with_findings(result: AuditResult, decisions: Decisions, limits: Limits) -> AuditResult:
    """What matters of all this, and what the file cannot show."""
    findings = rank_findings(
        result.comparisons,
        result.strata,
        controls=result.controls,
        intersections=result.intersections,
        unknowns=result.unknowns,
        pools=result.pools,
        labels=result.labels,
        stages=result.stages,
        model=result.model,
        unknown_share=limits.findings.unknown_share,
        limits=limits,
    )
    missing = what_is_missing(decisions, result.labels, result.model)
    return replace(result, findings=findings, limits=missing)


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


def all_groups(decisions: Decisions, table: CountTable, limits: Limits) -> tuple[GroupRate, ...]:
    """Every group of every attribute and crossing, and the unknowns of each attribute."""
    evidence = evidence_for(decisions, table, limits, seed=0)
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
