"""AUC against scikit-learn, DeLong's variance written out, and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from algo_audit.stats.auc import (
    LOGIT,
    LOGIT_OR_SCORE,
    GroupAuc,
    auc_delong,
    auc_interval,
    auc_method,
)


def _rows(seed: int, rows: int, decimals: int | None, groups: int = 3) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    label = random.random(rows) < 0.4
    score = random.normal(0, 1, rows) + 0.8 * label
    if decimals is not None:
        score = np.round(score, decimals)
    return score, label, random.integers(-1, groups, rows)


def _written_out(score: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """All pairs of a positive and a negative, as in DeLong, DeLong and Clarke-Pearson."""
    positive, negative = score[label][:, None], score[~label]
    wins = (positive > negative) + 0.5 * (positive == negative)
    by_positive, by_negative = wins.mean(axis=1), wins.mean(axis=0)
    variance = by_positive.var(ddof=1) / by_positive.size
    return float(wins.mean()), float(variance + by_negative.var(ddof=1) / by_negative.size)


@pytest.mark.parametrize("decimals", [None, 1, 0])
def test_auc_and_variance(decimals: int | None) -> None:
    score, label, codes = _rows(2, 900, decimals)
    found = auc_delong(score, label, codes, groups=3)
    for group in range(3):
        rows = codes == group
        auc, variance = _written_out(score[rows], label[rows])
        assert found.auc[group] == pytest.approx(roc_auc_score(label[rows], score[rows]))
        assert found.auc[group] == pytest.approx(auc)
        assert found.variance[group] == pytest.approx(variance)
        assert found.n_positive[group] == label[rows].sum()
        assert found.n_negative[group] == (~label[rows]).sum()


def test_interval_is_the_bootstraps() -> None:
    score, label, _ = _rows(5, 4000, 2)
    found = auc_delong(score, label, np.zeros(4000, dtype=int), groups=1)
    low, high = auc_interval(found)
    random = np.random.default_rng(11)
    draws = []
    for _ in range(300):
        rows = random.integers(0, 4000, 4000)
        draws.append(roc_auc_score(label[rows], score[rows]))
    expected = np.quantile(draws, [0.025, 0.975])
    # Two bootstraps of 300 draws differ by about 0.001.
    np.testing.assert_allclose([low[0], high[0]], expected, atol=0.004)


def test_groups_that_cannot_tell() -> None:
    found = auc_delong([1, 2, 3, 4, 5], [0, 1, 1, 1, 1], [0, 0, 0, 1, 1], groups=3)
    assert found.auc[0] == 1
    assert np.isnan(found.auc[1:]).all()
    assert np.isnan(found.variance).all()
    low, high = auc_interval(found)
    assert low[0] < 0.9 < high[0]
    assert np.isnan(low[1:]).all()


@pytest.mark.parametrize("size", [2, 10, 100])
def test_perfect_and_opposite_scores_stay_open(size: int) -> None:
    score = np.arange(2 * size)
    label = score >= size
    perfect = auc_delong(score, label, np.zeros(2 * size, dtype=int), groups=1)
    low, high = auc_interval(perfect)
    assert (perfect.auc[0], high[0]) == (1.0, 1.0)
    assert 0.2 < low[0] < 1
    opposite = auc_delong(-score, label, np.zeros(2 * size, dtype=int), groups=1)
    low_opposite, high_opposite = auc_interval(opposite)
    assert low_opposite[0] == 0
    assert high_opposite[0] == pytest.approx(1 - low[0])


@pytest.mark.parametrize(("positives", "negatives"), [(5, 200), (10, 10), (10, 100), (40, 60)])
def test_coverage_with_few_people(positives: int, negatives: int) -> None:
    """Normal scores one standard deviation apart: true AUC 0.760. Plain DeLong covers 87 to 94 %."""
    random = np.random.default_rng(positives)
    files = 600
    score = np.concatenate(
        [random.normal(1, 1, (files, positives)), random.normal(0, 1, (files, negatives))], axis=1
    )
    label = np.broadcast_to(np.arange(score.shape[1]) < positives, score.shape)
    codes = np.broadcast_to(np.arange(files)[:, None], score.shape)
    found = auc_delong(score.ravel(), label.ravel(), codes.ravel(), groups=files)
    low, high = auc_interval(found)
    assert np.mean((low <= 0.7602499) & (high >= 0.7602499)) >= 0.935


def test_methods_are_named() -> None:
    found = GroupAuc(np.full(2, 0.7), np.full(2, 0.01), np.array([5, 50]), np.array([90, 90]))
    assert auc_method(found).tolist() == [LOGIT_OR_SCORE, LOGIT]


def test_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        auc_delong([1.0], [1, 0], [0, 0], groups=1)
    with pytest.raises(ValueError, match="NaN"):
        auc_delong([1.0, np.nan], [1, 0], [0, 0], groups=1)
    with pytest.raises(ValueError, match="code"):
        auc_delong([1.0, 2.0], [1, 0], [0, 4], groups=2)
    assert np.isnan(auc_delong([], [], [], groups=1).auc[0])
