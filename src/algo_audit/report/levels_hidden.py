"""Levels of a stratum that one audience may not see, merged in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from algo_audit.audit import AuditResult
from algo_audit.data.disclosure import Rule
from algo_audit.report.hidden import Pair, Plan, summed


def hidden_levels(result: AuditResult, plan: Plan) -> dict[str, frozenset[str]]:
    """Levels to merge in every stratum, the same for all attributes.

    Levels of strata that are crossed, or made of a protected attribute, repeat other tables in
    another shape: they are all merged where one of them is small. So that all attributes agree,
    a document is that of a file in which the merged levels were never told apart.

    Returns
    -------
    dict of stratum to levels
    """
    people: dict[str, dict[tuple[str, str], dict[str | None, Pair]]] = {}
    for gap in result.strata:
        for group, own in ((gap.group, True), (gap.reference, False)):
            if not plan.is_hidden(gap.attribute, group):
                people.setdefault(gap.stratum, {})[gap.attribute, group] = {
                    level.level: (level.n, level.events)
                    if own
                    else (level.n_reference, level.events_reference)
                    for level in gap.levels
                }
    totals = {(row.attribute, row.group): (row.n, row.events) for row in result.groups}
    protected = set(result.roles.protected)
    found = {}
    for stratum, groups in people.items():
        tables: list[dict[str | None, Pair]] = []
        for key, by_level in groups.items():
            told = summed(by_level.values())
            whole = totals.get(key, told)
            # people of the group whose level is not known: they follow by subtraction
            unknown = (max(whole[0] - told[0], 0), max(whole[1] - told[1], 0))
            tables.append({**by_level, None: unknown})
        tables += _left_over(groups, totals, plan)
        columns = {column.strip() for column in stratum.split("*")}
        hidden = merged_levels(tables, plan.rule)
        if hidden and (len(columns) > 1 or columns & protected):
            hidden = {level for table in tables for level in table}
        found[stratum] = frozenset(level for level in hidden if level is not None)
    return found


def _left_over(
    groups: Mapping[tuple[str, str], Mapping[str | None, Pair]],
    totals: Mapping[tuple[str, str | None], Pair],
    plan: Plan,
) -> list[dict[str | None, Pair]]:
    """By level, the people of an attribute's hidden groups, as another attribute gives them away.

    Where all groups of some attribute are shown, their lines add up to everyone of a level, and
    taking away the groups shown of a second attribute leaves those that it hides.
    """
    everyone: Mapping[str | None, Pair] = {}
    shown: dict[str, dict[str | None, Pair]] = {}
    for (attribute, _), by_level in groups.items():
        own = shown.setdefault(attribute, {})
        for level, pair in by_level.items():
            own[level] = summed([own.get(level, (0, 0)), pair])
    for attribute, own in shown.items():
        told = summed([totals.get(key, (0, 0)) for key in groups if key[0] == attribute])
        if told == plan.people:
            everyone = own
    found = []
    for attribute, own in shown.items():
        hidden = plan.of(attribute).hidden
        if not hidden or not everyone:
            continue
        left: dict[str | None, Pair] = {}
        for level, (n, events) in everyone.items():
            told = own.get(level, (0, 0))
            rest = max(n - told[0], 0)
            left[level] = (rest, min(max(events - told[1], 0), rest))
        whole = summed([totals.get((attribute, group), (0, 0)) for group in hidden])
        told = summed(left.values())
        rest = max(whole[0] - told[0], 0)
        left[None] = (rest, min(max(whole[1] - told[1], 0), rest))
        found.append(left)
    return found


def merged_levels(tables: Sequence[Mapping[str | None, Pair]], rule: Rule) -> set[str | None]:
    """Levels to merge so that every group has room up to k in the merged line.

    Parameters
    ----------
    tables : sequence of mapping of level to (n, events)
        One for each group; level None: not known.
    rule : Rule
    """
    levels = list(dict.fromkeys(level for table in tables for level in table))
    counts = np.array(
        [[table.get(level, (0, 0)) for level in levels] for table in tables], dtype=np.int64
    ).reshape(len(tables), len(levels), 2)
    small = rule.small(counts[:, :, 0], counts[:, :, 1])
    hidden: NDArray[np.bool_] = np.asarray(small.any(axis=0), dtype=bool)
    for level in np.argsort(counts[:, :, 0].sum(axis=0), kind="stable").tolist():
        together = counts[:, hidden].sum(axis=1)
        short = rule.small(together[:, 0], together[:, 1]) & (small & hidden).any(axis=1)
        alone = (counts[:, hidden, 0] > 0).sum(axis=1) < 2
        if not (short | (alone & (small & hidden).any(axis=1))).any():
            break
        hidden[level] = True
    return {level for level, out in zip(levels, hidden.tolist(), strict=True) if out}
