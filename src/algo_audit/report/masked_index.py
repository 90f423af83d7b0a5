"""The French equality index as one audience may see it: marks and gaps, no category."""

from __future__ import annotations

from dataclasses import replace

from algo_audit.data.disclosure import Rule
from algo_audit.fairness.french_index import FrenchIndex

# Gaps are told to the point: a finer one would give counts of small firms back.
_POINTS = 1


def masked_index(found: FrenchIndex | None, rule: Rule) -> FrenchIndex | None:
    """The index without its categories; in public (``rule.decisions``) the marks alone.

    The chapter on strata shows the same categories with their own masking. A gap to the point of
    at least 10 women and 10 men (5 and 5 in a firm of 250 at most) stays for the committee.
    """
    if found is None:
        return None
    gap = None if found.gap is None or rule.decisions else round(found.gap, _POINTS - 1)
    coverage = None if found.coverage is None else round(found.coverage, 2)
    return replace(
        found,
        categories=(),
        coverage=coverage,
        gap=gap,
        gap_people=None if gap is None or found.gap_people is None else round(found.gap_people),
    )
