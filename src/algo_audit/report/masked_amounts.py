"""Amounts as one audience may see them.

A mean of few people gives them away, and so does a quantile beyond which few lie. Hidden groups
are never so few that the sums of a document give one back: see ``hidden_groups``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from algo_audit.audit import AuditResult
from algo_audit.data.decisions import JournalEntry
from algo_audit.data.disclosure import OTHER_GROUPS, Rule
from algo_audit.fairness.amount_disclosure import hidden_groups, people_in
from algo_audit.fairness.amount_groups import SHARES, AmountGroup, Amounts
from algo_audit.fairness.comparison import Comparison
from algo_audit.findings import Finding
from algo_audit.findings.finding import ESTABLISHED
from algo_audit.findings.on_amounts import amount_findings
from algo_audit.report.masked_rows import MASKED

_EXACT = 1e-9
# Counts in the journal, by the name of their place in the sentence.
_COUNTS = frozenset({"rows", "blank", "cells", "count", "people"})


def masked_amounts(result: AuditResult, rule: Rule) -> AuditResult:
    """The result of an audit of amounts without what an audience may not see.

    Hidden are the figures of groups under the threshold (of the unknown too), and every
    comparison with them; a quantile beyond which fewer people than the threshold lie; whole
    attributes where a table beside them would give a hidden group back.
    """
    assert result.amounts is not None
    amounts = result.amounts
    hidden = hidden_groups(amounts, rule.threshold)
    groups = tuple(
        row
        for name in dict.fromkeys(g.attribute for g in amounts.groups)
        for row in _shown(
            [g for g in amounts.groups if g.attribute == name], hidden[name], rule.threshold
        )
    )
    all_gone = tuple(
        name for name, gone in hidden.items()
        if gone and all(
            g.group in gone
            for g in amounts.groups
            if g.attribute == name and g.mean is not None
        )
    )  # fmt: skip
    shown = replace(amounts, groups=groups, hidden=all_gone)
    comparisons = tuple(
        _compared(row, rule.threshold)
        for row in result.comparisons
        if not {row.group, row.reference} & hidden.get(row.attribute, set())
    )
    return replace(
        result,
        amounts=shown,
        comparisons=comparisons,
        findings=_findings(result, comparisons, shown, hidden),
        journal=tuple(_journal(entry, result, hidden, rule.threshold) for entry in result.journal),
    )


def _shown(
    rows: Sequence[AmountGroup], hidden: set[str | None], threshold: int
) -> list[AmountGroup]:
    """Groups with the figures that may be printed, then the hidden ones merged."""
    kept = []
    for row in rows:
        if row.mean is None:
            few = people_in(row) < threshold
            kept.append(replace(row, n=None, people=None) if few else row)
            continue
        if row.group in hidden:
            kept.append(
                replace(row, n=None, people=None, mean=None, quantiles=(None,) * len(SHARES))
            )
            continue
        people = people_in(row)
        beyond = [min(share, 1 - share) * people + _EXACT >= threshold for share in SHARES]
        marks = tuple(
            q if enough else None for q, enough in zip(row.quantiles, beyond, strict=True)
        )
        kept.append(replace(row, quantiles=marks))
    merged = [row for row in rows if row.group in hidden and row.mean is not None]
    size = sum(row.n or 0 for row in merged)
    if 0 < len(merged) < len(rows) and sum(people_in(row) for row in merged) >= threshold:
        mean = sum((row.n or 0) * (row.mean or 0.0) for row in merged) / size
        kept.append(
            AmountGroup(rows[0].attribute, OTHER_GROUPS, size, mean, (None,) * len(SHARES), "small")
        )
    return kept


def _compared(row: Comparison, threshold: int) -> Comparison:
    """Medians of fewer than twice the threshold are hidden as the groups' own are.

    Within a stratum the headcounts go: against the raw ones they tell how many people stand
    in strata without the other group.
    """
    if row.stratum is not None:
        return replace(row, n=0, n_reference=0, value=None if row.measure == "mean" else row.value)
    few = min(row.n, row.n_reference) + _EXACT < 2 * threshold
    if row.measure == "median" and few:
        return replace(row, value=None, reference_value=None, difference=None)
    return row


def _findings(
    result: AuditResult,
    comparisons: Sequence[Comparison],
    shown: Amounts,
    hidden: dict[str, set[str | None]],
) -> tuple[Finding, ...]:
    """Findings on what is printed; a gap established about hidden people is mentioned, once."""
    told = list(amount_findings(comparisons, shown))
    mentioned = dict.fromkeys(
        row.attribute
        for row in result.comparisons
        if row.verdict in ESTABLISHED and {row.group, row.reference} & hidden[row.attribute]
    )
    told += [
        Finding(
            id=f"{MASKED}:{attribute}",
            code="gap_established",
            rank=0,
            chapter="amounts",
            comparison=None,
            values={"attribute": attribute, "missing_reason": MASKED},
            verdict=None,
        )
        for attribute in mentioned
    ]
    return tuple(replace(finding, rank=rank) for rank, finding in enumerate(told, 1))


def _journal(
    entry: JournalEntry, result: AuditResult, hidden: dict[str, set[str | None]], threshold: int
) -> JournalEntry:
    """An entry without counts of few people in the columns that people differ by."""
    roles = result.roles
    strata = {part.strip() for stratum in roles.strata for part in stratum.split("*")}
    if entry.column not in {*roles.protected, *strata, roles.cluster}:
        return entry
    unknown = None in hidden.get(entry.column, set())
    values = {
        key: None
        if key in _COUNTS and isinstance(value, int) and (unknown or 0 < value < threshold)
        else value
        for key, value in entry.values.items()
    }
    return replace(entry, values=values)
