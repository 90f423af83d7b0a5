"""Findings on a score alone: what its cut-offs would do, all of it to be examined at most."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from algo_audit.fairness.cutoffs import CutOff, CutOffs
from algo_audit.findings.finding import Finding, identity_of


def cutoff_findings(found: CutOffs) -> tuple[Finding, ...]:
    """One finding for each group: the gap at the declared cut-off, else the widest lead.

    Parameters
    ----------
    found : CutOffs
        All of it, or what one audience may see.

    Returns
    -------
    tuple of Finding
        Leads first, the widest first; then, for groups without one, what was looked at in vain.
    """
    best: dict[tuple[str, str], tuple[tuple[int, int, float], Finding]] = {}
    for cut in found.cuts:
        for row in cut.comparisons:
            if row.stratum is not None and row.stratum in _strata(found):
                continue
            if row.difference is None:
                continue
            lead = row.verdict == "lead"
            weight = (0 if lead else 1, 0 if cut.declared else 1, -abs(row.difference.value))
            key = (row.attribute, row.group)
            if key not in best or weight < best[key][0]:
                best[key] = (weight, _finding(found, cut, asdict(row), lead=lead))
    ranked = [finding for _, finding in sorted(best.values(), key=lambda one: one[0])]
    return tuple(replace(finding, rank=rank) for rank, finding in enumerate(ranked, 1))


def _strata(found: CutOffs) -> set[str]:
    """Strata for which the same group is compared raw too."""
    rows = [row for cut in found.cuts for row in cut.comparisons]
    return (
        {row.stratum for row in rows if row.stratum is not None}
        if any(row.stratum is None for row in rows)
        else set()
    )


def _finding(found: CutOffs, cut: CutOff, values: dict[str, Any], *, lead: bool) -> Finding:
    more = {
        "column": found.column,
        "cutoff": cut.cutoff,
        "selected": cut.selected,
        "people": found.people,
        "declared": cut.declared,
    }
    shortfall = values["shortfall"]
    values["shortfall"] = (
        None if shortfall is None else [shortfall[key] for key in ("value", "low", "high")]
    )
    return Finding(
        id=identity_of("cutoff", values["attribute"], values["group"]),
        code="cutoff_lead" if lead else "cutoff_none",
        rank=0,
        chapter="cutoffs",
        comparison=None,
        values=values | more,
        verdict="lead" if lead else values["verdict"],
    )
