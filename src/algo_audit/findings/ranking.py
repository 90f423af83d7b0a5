"""Findings: which of the computed facts matter, in which order, with the numbers to say them.

A finding holds a code and numbers, no sentence. Its ``id`` names the question and not the
answer, so that the same question keeps its id from one run to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from algo_audit.data.counts import CROSSING
from algo_audit.fairness.comparison import Comparison, Verdict
from algo_audit.fairness.ranking import Pools
from algo_audit.fairness.scores import Labels
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.subgroups import Intersection
from algo_audit.fairness.unknowns import Unknowns

# What a negotiator should read first. Within a tier, the larger shortfall comes first.
_TIERS = {
    "gap_established": 10,
    "control_leaks": 15,
    "reversal": 20,
    "opposite_levels": 22,
    "vanishes_within": 24,
    "small_gap_established": 30,
    "lead_intersection": 40,
    "between_pools": 45,
    "large_gap_excluded": 50,
    "inconclusive": 55,
    "labels_only_for_selected": 60,
    "lead_measure": 65,
    "unknowns_matter": 70,
    "control_tainted": 75,
    "not_shown": 80,
}
_ESTABLISHED = ("gap_established", "small_gap_established")
# A finding beyond the first of its kind and attribute waits until every kind had its turn.
_REPEATED = 100


@dataclass(frozen=True)
class Finding:
    """One finding: what was found, where it stands, with the numbers a sentence needs.

    ``code`` chooses the sentence (message key ``finding.<code>``); ``rank`` 1 is the first;
    ``chapter`` is ``gaps`` | ``intersections`` | ``strata`` | ``pools`` | ``scores`` |
    ``labels`` | ``population`` | ``controls``; ``comparison`` the index in ``comparisons``.
    """

    id: str
    code: str
    rank: int
    chapter: str
    comparison: int | None
    values: Mapping[str, Any]
    verdict: Verdict | None


def _numbers(comparison: Comparison) -> dict[str, Any]:
    values = asdict(comparison)
    for key in ("difference", "ratio", "shortfall"):
        interval = values[key]
        values[key] = None if interval is None else [interval[k] for k in ("value", "low", "high")]
    return values


def _identity(kind: str, *parts: str | None) -> str:
    return ":".join([kind, *(part for part in parts if part)])


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
        (row.attribute, row.group) in parts and row.verdict in _ESTABLISHED for row in comparisons
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
        identity = _identity(
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
                identity = _identity("within", gap.attribute, gap.group, gap.stratum)
                values = asdict(gap)
                values["levels"] = list(values["levels"])
                yield Finding(identity, code, 0, "strata", None, values, None)


def _from_controls(controls: Sequence[ControlWarning]) -> Iterator[Finding]:
    for warning in controls:
        code = "control_leaks" if warning.kind == "leak" else "control_tainted"
        identity = _identity("control", warning.column, warning.kind)
        yield Finding(identity, code, 0, "controls", None, asdict(warning), None)


def _from_rest(
    unknowns: Sequence[Unknowns],
    pools: Pools | None,
    labels: Labels | None,
    *,
    unknown_share: float,
) -> Iterator[Finding]:
    for row in unknowns:
        if row.share >= unknown_share:
            identity = _identity("unknown", row.attribute)
            yield Finding(identity, "unknowns_matter", 0, "population", None, asdict(row), None)
    if pools is not None:
        for gap in pools.gaps:
            # said only where the pools make most of the raw gap
            if gap.raw < 0 and gap.between < 0 and abs(gap.between) > abs(gap.within):
                identity = _identity("between", gap.attribute, gap.group)
                values = {**asdict(gap), "stratum": pools.column, "pools": pools.pools}
                yield Finding(identity, "between_pools", 0, "pools", None, values, None)
    if labels is not None and labels.coverage == "favourable_only":
        identity = _identity("labels", labels.column)
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
    unknown_share: float,
) -> tuple[Finding, ...]:
    """All findings, the ones to read first at the top.

    Parameters
    ----------
    comparisons, strata, controls, intersections, unknowns, pools, labels
        The chapters of one audit.
    unknown_share : float
        Share of unknowns (0 to 1) from which they are a finding of their own.

    Returns
    -------
    tuple of Finding
        Ranked from 1 without a gap. For each kind and attribute the heaviest finding stands
        before the others, so that the first five speak of different things.
    """
    worse = {(row.attribute, row.group) for row in intersections if row.worse}
    pool = pools.column if pools is not None else None
    found = [
        *_from_comparisons(comparisons, worse, pool),
        *_from_strata(strata),
        *_from_controls(controls),
        *_from_rest(unknowns, pools, labels, unknown_share=unknown_share),
    ]
    found.sort(key=lambda f: (_TIERS[f.code], -_weight(f), f.id))
    seen: set[tuple[str, str]] = set()
    keyed: list[tuple[int, int, Finding]] = []
    for order, finding in enumerate(found):
        kind = (finding.code, str(finding.values.get("attribute", finding.id)))
        # leads on crossings repeat each other whatever the crossing is called
        if finding.code in ("lead_intersection", "lead_measure"):
            kind = (finding.code, "")
        tier = _TIERS[finding.code] + (_REPEATED if kind in seen else 0)
        seen.add(kind)
        keyed.append((tier, order, finding))
    keyed.sort(key=lambda entry: entry[:2])
    return tuple(replace(f, rank=rank) for rank, (_, _, f) in enumerate(keyed, start=1))
