"""Every measure in every margin of one file, with percentile intervals, for a benchmark's price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.cells import summed as cell_sums
from algo_audit.data.counts import CountTable
from algo_audit.fairness.measures import Measure
from algo_audit.stats.resampling import multinomial_replicates, percentile_rates


@dataclass(frozen=True)
class MarginRates:
    """Rates of one margin; ``value``, ``low``, ``high`` and ``n`` have shape (groups, measures).

    ``value`` is NaN where ``n`` is 0.
    """

    attribute: tuple[str, ...]
    groups: tuple[str, ...]
    measures: tuple[str, ...]
    n: NDArray[np.int64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class ResampledTable:
    """One file's cells and its replicates, shared by every margin that is asked for.

    Parameters
    ----------
    table : CountTable
        Unweighted rows that do not go together (no clusters, no pools).
    replicates : int
    seed : int
    """

    def __init__(self, table: CountTable, *, replicates: int, seed: int) -> None:
        self.table = table
        self.replicates = multinomial_replicates(table.n, replicates=replicates, seed=seed)

    def rates(
        self, attribute: Sequence[str], measures: Sequence[Measure], *, confidence: float
    ) -> MarginRates:
        """Rates of one attribute or crossing; no attribute at all: of everyone together.

        Parameters
        ----------
        attribute : sequence of str
        measures : sequence of Measure
        confidence : float
            0 to 1.

        Returns
        -------
        MarginRates
        """
        table = self.table
        group, groups = table.crossed(attribute)
        place = tuple(table.sub.T.astype(np.intp))
        numerators = np.stack([measure.numerator[place] for measure in measures])
        denominators = np.stack([measure.denominator[place] for measure in measures])
        low, high = percentile_rates(
            self.replicates,
            group,
            numerators,
            denominators,
            groups=len(groups),
            confidence=confidence,
        )
        known = group >= 0

        def summed(cells: NDArray[np.bool_]) -> NDArray[np.float64]:
            counted = (table.n * cells)[known].astype(np.float64)
            return cell_sums(group[known], counted, len(groups))

        n = np.stack([summed(row) for row in denominators], axis=1)
        events = np.stack([summed(row) for row in numerators], axis=1)
        value = np.full(n.shape, np.nan)
        np.divide(events, n, out=value, where=n > 0)
        return MarginRates(
            attribute=tuple(attribute),
            groups=groups,
            measures=tuple(measure.key for measure in measures),
            n=np.rint(n).astype(np.int64),
            value=value,
            low=low,
            high=high,
        )
