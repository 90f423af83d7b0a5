"""Findings of all chapters in one list, the ones to read first at the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from algo_audit.data.counts import CROSSING
from algo_audit.data.limits import Limits, read_limits
from algo_audit.explain.chapter import ModelChapters
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.ranking import Pools
from algo_audit.fairness.scores import Labels
from algo_audit.fairness.stages import Stages
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.subgroups import Intersection
from algo_audit.fairness.unknowns import Unknowns
from algo_audit.findings.finding import ESTABLISHED, Finding, identity_of
from algo_audit.findings.on_model import model_findings
from algo_audit.findings.on_stages import stage_findings

# What a negotiator should read first. Within a tier, the larger shortfall comes first.
TIERS = {
    "gap_established": 10,
    "stage_birth": 11,
    "gap_born": 12,
    "gap_carried": 13,
    "input_leaks": 14,
    "control_leaks": 15,
    "replay_low": 18,
    "reversal": 20,
    "opposite_levels": 22,
    "vanishes_within": 24,
    "small_gap_established": 30,
    "against_expected": 34,
    "proxy_alert": 36,
    "line_outweighs": 38,
    "lead_stage": 39,
    "lead_intersection": 40,
    "between_pools": 45,
    "score_no_better_than_chance": 47,
    "few_ways": 48,
    "large_gap_excluded": 50,
    "inconclusive": 55,
    "labels_only_for_selected": 60,
    "score_unproven": 62,
    "lead_measure": 65,
    "unknowns_matter": 70,
    "control_tainted": 75,
    "not_shown": 80,
}
# Told once before any other kind is told twice, whatever the attribute.
_ONCE = ("lead_intersection", "lead_measure", "gap_born", "gap_carried", "proxy_alert", "few_ways")
# A finding beyond the first of its kind and attribute waits until every kind had its turn.
_REPEATED = 100


def _numbers(comparison: Comparison) -> dict[str, Any]:
    values = asdict(comparison)
    for key in ("difference", "ratio", "shortfall"):
        interval = values[key]
        values[key] = None if interval is None else [interval[k] for k in ("value", "low", "high")]
    return values


def _chapter(comparison: Comparison) -> str:
    if CROSSING in comparison.attribute:
        return "intersections"
    if comparison.measure != "selection_rate":
        return "scores"
    return "gaps" if comparison.stratum is None or comparison.family == "primary" else "strata"


def _explained_by_parts(
    comparison: Comparison, comparisons: Sequence[Comparison], worse: set[tuple[str, str]]
) -> bool:
    """Whether a crossing only repeats the established gap of one of its parts."""
    if (comparison.attribute, comparison.group) in worse:
        return False
    parts = set(
        zip(comparison.attribute.split(CROSSING), comparison.group.split(CROSSING), strict=False)
    )
    return any(
        (row.attribute, row.group) in parts and row.verdict in ESTABLISHED for row in comparisons
    )


def _exploratory_code(
    comparison: Comparison,
    comparisons: Sequence[Comparison],
    worse: set[tuple[str, str]],
    pool: str | None,
) -> str | None:
    """Code of an exploratory comparison that deserves a sentence, or None."""
    # a lead within a stratum is told by the stratum's own findings
    if comparison.verdict != "lead" or comparison.reference is None:
        return None
    if comparison.stratum not in (None, pool):
        return None
    crossed = CROSSING in comparison.attribute
    if comparison.measure != "selection_rate":
        return None if crossed else "lead_measure"
    if crossed and not _explained_by_parts(comparison, comparisons, worse):
        return "lead_intersection"
    return None


def _from_comparisons(
    comparisons: Sequence[Comparison], worse: set[tuple[str, str]], pool: str | None
) -> Iterator[Finding]:
    for index, comparison in enumerate(comparisons):
        code: str | None = comparison.verdict
        if comparison.family == "exploratory":
            code = _exploratory_code(comparison, comparisons, worse, pool)
        if code is None:
            continue
        identity = identity_of(
            "gap",
            comparison.attribute,
            comparison.group,
            None if comparison.measure == "selection_rate" else comparison.measure,
            comparison.stratum,
        )
        yield Finding(
            identity,
            code,
            0,
            _chapter(comparison),
            index,
            {
                **_numbers(comparison),
                "worse_than_parts": (comparison.attribute, comparison.group) in worse,
            },
            comparison.verdict,
        )


def _from_strata(strata: Sequence[StratifiedGap]) -> Iterator[Finding]:
    for gap in strata:
        for code, holds in (
            ("reversal", gap.reversal),
            ("opposite_levels", bool(gap.opposite_levels) and not gap.reversal),
            ("vanishes_within", gap.vanishes and not gap.opposite_levels and not gap.reversal),
        ):
            if holds:
                identity = identity_of("within", gap.attribute, gap.group, gap.stratum)
                values = asdict(gap)
                values["levels"] = list(values["levels"])
                yield Finding(identity, code, 0, "strata", None, values, None)


def _from_controls(controls: Sequence[ControlWarning]) -> Iterator[Finding]:
    for warning in controls:
        code = "control_leaks" if warning.kind == "leak" else "control_tainted"
        identity = identity_of("control", warning.column, warning.kind)
        yield Finding(identity, code, 0, "controls", None, asdict(warning), None)


def _from_rest(
    unknowns: Sequence[Unknowns],
    pools: Pools | None,
    labels: Labels | None,
    *,
    unknown_share: float,
    level: float,
) -> Iterator[Finding]:
    for row in unknowns:
        if row.share >= unknown_share:
            identity = identity_of("unknown", row.attribute)
            yield Finding(identity, "unknowns_matter", 0, "population", None, asdict(row), None)
    if pools is not None:
        for gap in pools.gaps:
            # said only where the pools make most of the raw gap, and not by chance alone
            most = gap.raw < 0 and gap.between < 0 and abs(gap.between) > abs(gap.within)
            if most and (gap.between_p_adjusted or 0.0) < level:
                identity = identity_of("between", gap.attribute, gap.group)
                values = {**asdict(gap), "stratum": pools.column, "pools": pools.pools}
                yield Finding(identity, "between_pools", 0, "pools", None, values, None)
    if labels is not None and labels.coverage == "favourable_only":
        identity = identity_of("labels", labels.column)
        yield Finding(identity, "labels_only_for_selected", 0, "labels", None, asdict(labels), None)


def _weight(finding: Finding) -> float:
    """Size of a finding within its tier: people lacking, else points, else rows."""
    values = finding.values
    shortfall = values.get("shortfall")
    if shortfall:
        return abs(float(shortfall[0]))
    for key in ("raw", "share", "rows"):
        if isinstance(values.get(key), (int, float)):
            return abs(float(values[key]))
    return 0.0


def rank_findings(
    comparisons: Sequence[Comparison],
    strata: Sequence[StratifiedGap],
    *,
    controls: Sequence[ControlWarning] = (),
    intersections: Sequence[Intersection] = (),
    unknowns: Sequence[Unknowns] = (),
    pools: Pools | None = None,
    labels: Labels | None = None,
    model: ModelChapters | None = None,
    stages: Stages | None = None,
    unknown_share: float,
    limits: Limits | None = None,
) -> tuple[Finding, ...]:
    """All findings, the ones to read first at the top.

    Parameters
    ----------
    comparisons, strata, controls, intersections, unknowns, pools, labels, model, stages
        The chapters of one audit.
    unknown_share : float
        Share of unknowns (0 to 1) from which they are a finding of their own.
    limits : Limits, optional
        ``data/limits.toml`` unless given.

    Returns
    -------
    tuple of Finding
        Ranked from 1 without a gap. For each kind and attribute the heaviest finding stands
        before the others, so that the first five speak of different things.
    """
    limits = limits or read_limits()
    worse = {(row.attribute, row.group) for row in intersections if row.worse}
    pool = pools.column if pools is not None else None
    found = [
        *_from_comparisons(comparisons, worse, pool),
        *_from_strata(strata),
        *_from_controls(controls),
        *_from_rest(
            unknowns,
            pools,
            labels,
            unknown_share=unknown_share,
            level=limits.levels.family_wise,
        ),
        *stage_findings(stages, comparisons),
        *model_findings(model, comparisons, limits=limits),
    ]
    found.sort(key=lambda f: (TIERS[f.code], -_weight(f), f.id))
    seen: set[tuple[str, str]] = set()
    keyed: list[tuple[int, int, Finding]] = []
    for order, finding in enumerate(found):
        kind = (finding.code, str(finding.values.get("attribute", finding.id)))
        # these repeat each other whatever the attribute or crossing is called
        if finding.code in _ONCE:
            kind = (finding.code, "")
        tier = TIERS[finding.code] + (_REPEATED if kind in seen else 0)
        seen.add(kind)
        keyed.append((tier, order, finding))
    keyed.sort(key=lambda entry: entry[:2])
    return tuple(replace(f, rank=rank) for rank, (_, _, f) in enumerate(keyed, start=1))
