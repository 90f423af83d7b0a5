"""How often the intervals hold the truth, by exact enumeration of all samples (no simulation).

    python benchmarks/interval_coverage.py [--quick] [--confidence 0.95]

For every pair of group sizes, base rate and true ratio: the probabilities of all pairs of counts,
summed over those whose interval holds the true rate, difference or ratio. Then, for the 90 %
intervals: how often "large gap excluded" would be said although the true ratio is at the margin.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from algo_audit.stats.intervals import difference_interval, rate_interval, ratio_interval

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Groups of 7 to 2,500: whole samples of 60 to 5,000 in 2 to 8 groups, equal and unequal.
PAIRS = [
    *[(7, 7), (7, 20), (7, 53), (8, 30), (10, 10), (10, 50), (12, 12), (12, 48), (15, 45)],
    *[(20, 20), (20, 40), (30, 30), (15, 85), (50, 50), (10, 190), (25, 175), (100, 100)],
    *[(40, 360), (125, 125), (60, 940), (250, 250), (50, 750), (125, 875), (500, 500)],
    *[(7, 2493), (12, 2488), (20, 2480), (40, 2460), (70, 2430), (100, 2400), (250, 2250)],
    *[(625, 625), (312, 2500), (1250, 1250), (2500, 2500)],
]
QUICK_PAIRS = [(7, 7), (7, 53), (12, 48), (30, 30), (20, 480), (100, 100), (12, 2488), (60, 940)]
BASE_RATES = np.concatenate([np.arange(2, 10, 0.5), np.arange(10, 50.5, 2.5)]) / 100
QUICK_BASE_RATES = np.array([2, 3, 5, 7.5, 10, 15, 20, 27, 35, 42, 50]) / 100
RATIOS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
RATE_SIZES = (7, 8, 10, 12, 15, 20, 30, 50, 75, 100, 150, 250, 400, 800, 1250, 2500)
EXPECTED_FROM = 5.0
_LARGEST_TABLE = 60_000


@dataclass(frozen=True)
class Coverage:
    """One line per setting: n1, n2, base rate, true ratio, smallest expected count, coverage."""

    settings: FloatArray
    coverage: FloatArray

    @property
    def counts_reached(self) -> NDArray[np.bool_]:
        return self.settings[:, 4] >= EXPECTED_FROM - 1e-9

    @property
    def average(self) -> float:
        """Over settings where 5 or more events are expected in both groups."""
        return float(self.coverage[self.counts_reached].mean())

    @property
    def averages_by_sizes(self) -> FloatArray:
        """The same for each pair of sizes that has such settings."""
        held = self.settings[self.counts_reached]
        _, place = np.unique(held[:, :2], axis=0, return_inverse=True)
        place = place.ravel()
        sums = np.bincount(place, weights=self.coverage[self.counts_reached])
        return sums / np.bincount(place)

    @property
    def least_below(self) -> float:
        """Least coverage where fewer than 5 events are expected in one of the groups."""
        return float(self.coverage[~self.counts_reached].min())

    @property
    def worst_below(self) -> FloatArray:
        place = np.argmin(np.where(self.counts_reached, np.inf, self.coverage))
        return self.settings[place]


def binomial(n: int, rate: float, tail: float = 8.0) -> tuple[IntArray, FloatArray]:
    """Counts within some standard deviations of the mean, and their probabilities."""
    reach = tail * np.sqrt(n * rate * (1 - rate)) + tail
    low, high = max(0, int(n * rate - reach)), min(n, int(n * rate + reach))
    k = np.arange(low, high + 1)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    logs = logs + k * np.log(rate) + (n - k) * np.log1p(-rate) if 0 < rate < 1 else logs * 0
    if rate in {0.0, 1.0}:
        return k[-1:] if rate else k[:1], np.ones(1)
    return k, np.exp(logs)


class PairLimits:
    """Intervals of all pairs of counts of two groups, computed once where the table is small."""

    def __init__(self, kind: str, n1: int, n2: int, confidence: float) -> None:
        self.interval = difference_interval if kind == "difference" else ratio_interval
        self.n1, self.n2, self.confidence = n1, n2, confidence
        self.table: tuple[FloatArray, FloatArray] | None = None
        if (n1 + 1) * (n2 + 1) <= _LARGEST_TABLE:
            self.table = self._computed(np.arange(n1 + 1), np.arange(n2 + 1))

    def _computed(self, x: IntArray, y: IntArray) -> tuple[FloatArray, FloatArray]:
        return self.interval(x[:, None], self.n1, y, self.n2, confidence=self.confidence)

    def at(self, x: IntArray, y: IntArray) -> tuple[FloatArray, FloatArray]:
        if self.table is None:
            return self._computed(x, y)
        window = np.ix_(x, y)
        return self.table[0][window], self.table[1][window]


def rate_coverage(confidence: float, base_rates: FloatArray = BASE_RATES) -> Coverage:
    settings, coverage = [], []
    for n in RATE_SIZES:
        low, high = rate_interval(np.arange(n + 1), n, confidence=confidence)
        for rate in base_rates:
            x, chance = binomial(n, float(rate))
            held = (low[x] <= rate) & (rate <= high[x])
            settings.append((n, 0, rate, 1.0, n * rate))
            coverage.append(chance @ held)
    return Coverage(np.array(settings), np.array(coverage))


def pair_coverage(
    kind: str,
    confidence: float,
    pairs: list[tuple[int, int]],
    base_rates: FloatArray = BASE_RATES,
) -> Coverage:
    settings, coverage = [], []
    for n1, n2 in pairs:
        limits = PairLimits(kind, n1, n2, confidence)
        tail = 8.0 if limits.table is not None else 4.5
        for base in base_rates:
            y, chance2 = binomial(n2, float(base), tail)
            for ratio in RATIOS:
                x, chance1 = binomial(n1, float(base) * ratio, tail)
                low, high = limits.at(x, y)
                truth = ratio if kind == "ratio" else base * ratio - base
                held = (low <= truth + 1e-12) & (truth - 1e-12 <= high)
                settings.append((n1, n2, base, ratio, min(n1 * base * ratio, n2 * base)))
                coverage.append(chance1 @ held @ chance2 / (chance1.sum() * chance2.sum()))
    return Coverage(np.array(settings), np.array(coverage))


def excluded_at_margin(
    pairs: list[tuple[int, int]], base_rates: FloatArray, margin: float = 0.8
) -> Coverage:
    """Chance that both 90 % intervals lie inside the margin while the true ratio is at it."""
    settings, coverage = [], []
    for n1, n2 in pairs:
        limits = PairLimits("ratio", n1, n2, 0.90)
        tail = 8.0 if limits.table is not None else 4.5
        for base in base_rates:
            for ratio in (margin, 1 / margin):
                if base * ratio >= 1:
                    continue
                y, chance2 = binomial(n2, float(base), tail)
                x, chance1 = binomial(n1, float(base) * ratio, tail)
                low, high = limits.at(x, y)
                other = PairLimits.at(limits, n1 - x[::-1], n2 - y[::-1])
                low2, high2 = other[0][::-1, ::-1], other[1][::-1, ::-1]
                inside = (low >= margin) & (high <= 1 / margin)
                inside &= (low2 >= margin) & (high2 <= 1 / margin)
                settings.append((n1, n2, base, ratio, min(n1 * base * ratio, n2 * base)))
                coverage.append(chance1 @ inside @ chance2)
    return Coverage(np.array(settings), np.array(coverage))


def both_ways(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return pairs + [(b, a) for a, b in pairs if a != b]


def _line(name: str, found: Coverage, seconds: float) -> None:
    by_sizes = found.averages_by_sizes
    n1, n2, base, ratio, expected = found.worst_below
    print(
        f"{name:<11} average {found.average:.4f} (by sizes {by_sizes.min():.4f} to "
        f"{by_sizes.max():.4f}, least {found.coverage[found.counts_reached].min():.4f}) | "
        f"under 5 expected: average {found.coverage[~found.counts_reached].mean():.4f}, least "
        f"{found.least_below:.4f} at n {n1:.0f} v {n2:.0f}, rate {base:.3f}, ratio {ratio:.2f}, "
        f"expected {expected:.2f} | {found.coverage.size} settings, {seconds:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--confidence", type=float, nargs="*", default=[0.95, 0.90])
    options = parser.parse_args()
    pairs = both_ways(QUICK_PAIRS if options.quick else PAIRS)
    base_rates = QUICK_BASE_RATES if options.quick else BASE_RATES
    for confidence in options.confidence:
        print(f"confidence {confidence:g}")
        start = time.perf_counter()
        _line("rate", rate_coverage(confidence), time.perf_counter() - start)
        for kind in ("difference", "ratio"):
            start = time.perf_counter()
            found = pair_coverage(kind, confidence, pairs, base_rates)
            _line(kind, found, time.perf_counter() - start)
    start = time.perf_counter()
    rates = np.concatenate([base_rates, [0.6, 0.7, 0.79]])
    found = excluded_at_margin(pairs, rates)
    place = int(np.argmax(found.coverage))
    print(
        f"large gap excluded at the margin: at most {found.coverage.max():.4f} at "
        f"{found.settings[place].round(3).tolist()}, average {found.coverage.mean():.4f}, over "
        f"5 % in {np.mean(found.coverage > 0.05):.2%} of {found.coverage.size} settings, "
        f"{time.perf_counter() - start:.0f} s"
    )


if __name__ == "__main__":
    main()
