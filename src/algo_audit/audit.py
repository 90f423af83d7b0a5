"""One audit, from decisions to a frozen, complete, language-free result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from algo_audit.data.decisions import JournalEntry, Source
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.clusters import ClusterEffect
from algo_audit.fairness.comparison import Comparison, GroupRate, TestRow, Verdict
from algo_audit.fairness.lottery import Lottery
from algo_audit.fairness.ranking import Pools
from algo_audit.fairness.scores import Labels, Scores
from algo_audit.fairness.strata import ControlWarning, StratifiedGap
from algo_audit.fairness.unknowns import Unknowns

SCHEMA = "algo-audit/1"


@dataclass(frozen=True)
class Finding:
    """One finding: what was found, where it stands, with the numbers a sentence needs.

    ``id`` is stable from one run to the next (it names the question, not the answer);
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
    pools: Pools | None = None
    scores: Scores | None = None
    labels: Labels | None = None
    clusters: tuple[ClusterEffect, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    limits: tuple[str, ...] = field(default_factory=tuple)  # codes of what this file cannot show
