"""Coverage by exact enumeration: a part of the grid of benchmarks/interval_coverage.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "interval_coverage.py"


@pytest.fixture(scope="module")
def enumeration() -> ModuleType:
    described = importlib.util.spec_from_file_location("interval_coverage", BENCHMARK)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["interval_coverage"] = module
    described.loader.exec_module(module)
    return module


def test_enumerated_chances_are_binomial(enumeration: ModuleType) -> None:
    counts, chances = enumeration.binomial(40, 0.1)
    np.testing.assert_allclose(chances, stats.binom.pmf(counts, 40, 0.1), rtol=1e-10)
    assert chances.sum() == pytest.approx(1.0)


def test_rates(enumeration: ModuleType) -> None:
    found = enumeration.rate_coverage(0.95)
    assert 0.94 <= found.average <= 0.97
    assert found.least_below >= 0.93
    assert enumeration.rate_coverage(0.90).least_below >= 0.88


@pytest.mark.parametrize("kind", ["difference", "ratio"])
def test_pairs(enumeration: ModuleType, kind: str) -> None:
    pairs = enumeration.both_ways(enumeration.QUICK_PAIRS)
    found = enumeration.pair_coverage(kind, 0.95, pairs, enumeration.QUICK_BASE_RATES)
    assert 0.94 <= found.average <= 0.97
    assert found.averages_by_sizes.min() >= 0.94
    assert found.averages_by_sizes.max() <= 0.97
    assert found.least_below >= 0.93


def test_score_limits_alone_would_miss(
    enumeration: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The requirement is not met for free: this is what the exact part is for."""
    monkeypatch.setattr("algo_audit.stats.intervals.SMALL_COUNT", -1)
    rates = enumeration.QUICK_BASE_RATES
    found = enumeration.pair_coverage("ratio", 0.95, [(7, 53), (53, 7)], rates)
    assert found.least_below < 0.93


def test_large_gap_is_rarely_excluded_at_the_margin(enumeration: ModuleType) -> None:
    found = enumeration.excluded_at_margin(
        [(250, 250), (250, 750), (750, 250)], np.array([0.2, 0.35, 0.5, 0.7])
    )
    assert 0.02 < found.coverage.max() <= 0.0515
    assert found.coverage.mean() < 0.03
