"""The best k of a pool: gaps within pools and between pools, share at k, exposure by rank."""

from __future__ import annotations

from dataclasses import dataclass

from algo_audit.fairness.comparison import Estimate, Interval


@dataclass(frozen=True)
class PoolGap:
    """The raw gap split in two: which pools people are in, and who is chosen in each.

    ``raw = between + within`` exactly, in difference of rates (0 to 1): ``between`` is the gap
    there would be if each pool chose at the same rate for everyone.
    """

    attribute: str
    group: str
    reference: str
    raw: float
    between: float
    within: float
    within_interval: Interval | None


@dataclass(frozen=True)
class PoolShare:
    """One group: its share of the candidates, of the chosen, and of exposure by rank.

    ``share_expected`` is the share of the chosen that an equal draw inside each pool gives.
    ``exposure`` (1 / log2(1 + rank), share of the total) only where the file has a score.
    """

    attribute: str
    group: str
    n: int
    chosen: int
    share_of_candidates: float
    share_of_chosen: Estimate
    share_expected: float
    exposure_share: float | None
    exposure_expected: float | None


@dataclass(frozen=True)
class Pools:
    """The pools of a file."""

    column: str
    pools: int
    pools_with_choice: int  # at least one chosen and one not
    chosen: int
    gaps: tuple[PoolGap, ...]
    shares: tuple[PoolShare, ...]
