"""Findings: which of the computed facts matter, in which order, with the numbers to say them.

A finding holds a code and numbers, no sentence. Its ``id`` names the question and not the
answer, so that the same question keeps its id from one run to the next.
"""

from algo_audit.findings.finding import Finding
from algo_audit.findings.ranking import TIERS as _TIERS
from algo_audit.findings.ranking import rank_findings

__all__ = ["_TIERS", "Finding", "rank_findings"]
