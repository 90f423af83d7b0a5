"""The same comparisons of several outcomes of one file, as one exploratory family.

Stages of a selection, or cut-offs of a score: for each of them every attribute, raw and within
each stratum, with the methods of the decisions themselves (pools, clusters, weights). They are all
exploratory, corrected together by Benjamini and Hochberg: nothing here is ever "established", and
the questions asked beforehand keep their own family and level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.comparing import TOO_FEW_PEOPLE, Entry, build_rows, incomparable_rows
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.evidence import Evidence, Pair
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import test_stratum
from algo_audit.fairness.testing import single_step
from algo_audit.stats.multiplicity import benjamini_hochberg

_SELECTION = MEASURES["selection_rate"]


def only_rows(
    decisions: Decisions, rows: NDArray[np.bool_], outcome: NDArray[np.int8]
) -> Decisions:
    """Some rows of a file, with another outcome; labels, scores and the table are left behind.

    Parameters
    ----------
    decisions : Decisions
    rows : bool array, shape (rows,)
    outcome : int8 array, shape (rows kept,)
    """

    def kept(column: Column | None) -> Column | None:
        return None if column is None else replace(column, codes=column.codes[rows])

    def kept_all(columns: Mapping[str, Column]) -> dict[str, Column]:
        return {name: replace(one, codes=one.codes[rows]) for name, one in columns.items()}

    return replace(
        decisions,
        outcome=outcome,
        protected=kept_all(decisions.protected),
        strata=kept_all(decisions.strata),
        label=None,
        score=None,
        weight=None if decisions.weight is None else decisions.weight[rows],
        cluster=kept(decisions.cluster),
        pool=kept(decisions.pool),
        table=None,
        amount=None,
        steps=None,
    )


@dataclass
class _Part:
    """One outcome: its evidence, entries not yet corrected, rows that cannot be compared."""

    evidence: Evidence
    entries: list[Entry]
    rows: list[Comparison]


def compare_each(
    parts: Sequence[Decisions], *, references: Mapping[str, str], policy: Policy, limits: Limits
) -> tuple[tuple[Comparison, ...], ...]:
    """Compare every attribute with its reference in each part.

    Parameters
    ----------
    parts : sequence of Decisions
        One for each outcome, from ``only_rows``.
    references : mapping of attribute to group
        The same group in every part.
    policy, limits
        Margin, seed, levels.

    Returns
    -------
    tuple of tuple of Comparison
        For each part: every attribute raw (within pools where there are any), then within each
        stratum. All exploratory; ``p_adjusted`` is Benjamini and Hochberg's q over all parts.
    """
    made = [_part(one, references, policy, limits) for one in parts]
    tests = [part.evidence.pair_tests([entry.pair for entry in part.entries]) for part in made]
    kept = [
        (place, i)
        for place, of_part in enumerate(tests)
        for i, test in enumerate(of_part)
        if test.minimum <= limits.levels.false_discovery
    ]
    rates = benjamini_hochberg([made[p].entries[i].p_adjusted or 0.0 for p, i in kept])
    corrected: dict[tuple[int, int], float] = dict(zip(kept, map(float, rates), strict=True))
    return tuple(
        (
            *part.rows,
            *build_rows(
                part.evidence,
                [
                    replace(entry, p_adjusted=corrected.get((place, i)))
                    for i, entry in enumerate(part.entries)
                ],
                policy,
                limits,
                tests=tests[place],
            ),
        )
        for place, part in enumerate(made)
    )


def _part(
    decisions: Decisions, references: Mapping[str, str], policy: Policy, limits: Limits
) -> _Part:
    table = CountTable.from_decisions(decisions, clusters_below=limits.clusters.permutation_below)
    evidence = evidence_for(decisions, table, limits, seed=policy.seed, exploring=True)
    part = _Part(evidence, [], [])
    for name, reference in references.items():
        for stratum in (None, *table.strata):
            if stratum is not None and name in {one.strip() for one in stratum.split("*")}:
                continue
            sample = evidence.sample((name,), test_stratum(table, stratum), _SELECTION)
            test = evidence.question(sample, reference)
            if test is None:
                part.rows.extend(
                    incomparable_rows(
                        sample, reference, family="exploratory", reason=TOO_FEW_PEOPLE
                    )
                )
                continue
            place = int(test.groups[test.reference])
            steps = sorted(single_step(test), key=lambda step: step.group)
            part.entries += [
                Entry(Pair(sample, step.group, place), "exploratory", step.p_value)
                for step in steps
            ]
    return part
