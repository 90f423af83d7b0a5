"""Findings on the stages of a selection: where an established gap is born, stages to examine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.stages import StageBirth, Stages
from algo_audit.findings.finding import ESTABLISHED, Finding, identity_of

# One stage makes "most" of a gap from this share on; below it, no stage is named alone.
_MOST = 0.5


def stage_findings(stages: Stages | None, comparisons: Sequence[Comparison]) -> tuple[Finding, ...]:
    """Where gaps are born, and the stages whose gap is to be examined.

    Parameters
    ----------
    stages : Stages or None
        All of it, or what one audience may see.
    comparisons : sequence of Comparison
        Those from start to end: a birth is told of a gap that is established.

    Returns
    -------
    tuple of Finding
        Not ranked. A birth says what is observed and carries no verdict.
    """
    if stages is None:
        return ()
    found = []
    for row in comparisons:
        if row.verdict not in ESTABLISHED or row.reference is None:
            continue
        born = [
            birth
            for birth in stages.births
            if (birth.attribute, birth.group, birth.reference)
            == (row.attribute, row.group, row.reference)
        ]
        if len(born) > 1:
            found.append(_birth(born))
    for gap in stages.gaps:
        row = gap.comparison
        if row.verdict == "lead" and row.difference is not None:
            values: dict[str, Any] = asdict(row) | {"stages": list(gap.stages)}
            shortfall = row.shortfall
            values["shortfall"] = (
                None if shortfall is None else [shortfall.value, shortfall.low, shortfall.high]
            )
            identity = identity_of("stage", gap.stages[0], row.attribute, row.group, row.stratum)
            found.append(Finding(identity, "lead_stage", 0, "stages", None, values, "lead"))
    return tuple(found)


def _birth(born: Sequence[StageBirth]) -> Finding:
    """One finding on a pair: the stage that adds most, and all of them in order."""
    whole = sum(one.people for one in born)
    first = max(born, key=lambda one: one.people if whole >= 0 else -one.people)
    values: dict[str, Any] = {
        "attribute": first.attribute,
        "group": first.group,
        "reference": first.reference,
        "stages": list(first.stages),
        "people": first.people,
        "whole": whole,
        "share": first.people / whole if whole else 0.0,
        "most": bool(whole) and first.people / whole >= _MOST,
        "all": [{"stages": list(one.stages), "people": one.people} for one in born],
        "shortfall": [whole, whole, whole],
    }
    identity = identity_of("birth", first.attribute, first.group)
    return Finding(identity, "stage_birth", 0, "stages", None, values, None)
