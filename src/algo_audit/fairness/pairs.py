"""Situation testing: two testers per offer, alike but for one thing; who got what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Interval
from algo_audit.stats.paired import mcnemar_exact, paired_difference_interval


@dataclass(frozen=True)
class PairTable:
    """One group against the reference, pair by pair.

    ``pairs`` hold one person of each; ``group_only`` and ``reference_only`` are the discordant
    ones: only one of the two got the favourable decision. ``difference`` is the group's rate minus
    the reference's over these pairs. ``incomplete``: pairs left out because one of the two is
    missing, or both are of one group. Counts are None where they are hidden.
    """

    column: str
    attribute: str
    group: str
    reference: str
    pairs: int | None
    both: int | None
    neither: int | None
    group_only: int | None
    reference_only: int | None
    difference: Interval | None
    p_value: float | None
    incomplete: int | None


def pair_tables(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> tuple[PairTable, ...]:
    """Discordant pairs and McNemar's test for every group against its reference.

    Parameters
    ----------
    decisions : Decisions
        With ``roles.pair``: its column is the pool, two rows each.
    references : mapping of attribute to group
    limits : Limits

    Returns
    -------
    tuple of PairTable
        Empty without pairs; attributes that never differ within a pair have no table.
    """
    if decisions.roles.pair is None or decisions.pool is None:
        return ()
    pool = decisions.pool.codes.astype(np.int64)
    size = len(decisions.pool.levels)
    found = []
    for attribute, reference in references.items():
        column = decisions.protected[attribute]
        side = column.levels.index(reference)
        for code in range(len(column.levels)):
            if code == side:
                continue
            table = _table(decisions, pool, size, attribute, (code, side), limits)
            if table is not None:
                found.append(table)
    return tuple(found)


def _table(
    decisions: Decisions,
    pool: np.ndarray[tuple[int], np.dtype[np.int64]],
    size: int,
    attribute: str,
    sides: tuple[int, int],
    limits: Limits,
) -> PairTable | None:
    column = decisions.protected[attribute]
    held = pool >= 0
    rows = np.bincount(pool[held], minlength=size)
    counts = []
    chosen = []
    for side in sides:
        of = held & (column.codes == side)
        counts.append(np.bincount(pool[of], minlength=size))
        chosen.append(np.bincount(pool[of & (decisions.outcome == 1)], minlength=size))
    whole = (rows == 2) & (counts[0] == 1) & (counts[1] == 1)
    pairs = int(whole.sum())
    if not pairs:
        return None
    first, second = chosen[0][whole] == 1, chosen[1][whole] == 1
    group_only, reference_only = int((first & ~second).sum()), int((second & ~first).sum())
    low, high = paired_difference_interval(
        group_only, reference_only, pairs, confidence=limits.levels.confidence
    )
    about = (counts[0] + counts[1] > 0) & ~whole
    return PairTable(
        column=str(decisions.roles.pair),
        attribute=attribute,
        group=column.levels[sides[0]],
        reference=column.levels[sides[1]],
        pairs=pairs,
        both=int((first & second).sum()),
        neither=int((~first & ~second).sum()),
        group_only=group_only,
        reference_only=reference_only,
        difference=Interval((group_only - reference_only) / pairs, low, high),
        p_value=mcnemar_exact(group_only, reference_only),
        incomplete=int(about.sum()),
    )
