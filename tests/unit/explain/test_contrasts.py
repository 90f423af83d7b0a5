"""Differences of group means: Welch as scipy has it, clusters as statsmodels has them."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from algo_audit.explain.contrasts import Contrast, mean_differences, rate_difference

CONFIDENCE = 0.95


def drawn(n: int = 60, columns: int = 3, seed: int = 0) -> tuple[np.ndarray, Contrast]:
    draw = np.random.default_rng(seed)
    values = draw.exponential(size=(n, columns)) * np.arange(1, columns + 1)
    order = draw.permutation(n)
    return values, Contrast(order[: n // 3], order[n // 3 : n - 5])


def test_welch_as_scipy_has_it():
    values, contrast = drawn()
    made = mean_differences(values, contrast, confidence=CONFIDENCE)
    for column, one in zip(values.T, made, strict=True):
        theirs = stats.ttest_ind(
            column[contrast.group], column[contrast.reference], equal_var=False
        )
        low, high = theirs.confidence_interval(CONFIDENCE)
        assert one.value == pytest.approx(
            column[contrast.group].mean() - column[contrast.reference].mean()
        )
        assert (one.low, one.high) == pytest.approx((low, high))
        assert (one.n, one.method) == (contrast.n, "welch_t")


def test_equal_weights_change_nothing_and_weights_are_shares():
    values, contrast = drawn()
    plain = mean_differences(values, contrast, confidence=CONFIDENCE)
    same = Contrast(contrast.group, contrast.reference, np.full(60, 7.5))
    assert [
        (one.value, one.low, one.high)
        for one in mean_differences(values, same, confidence=CONFIDENCE)
    ] == [pytest.approx((one.value, one.low, one.high)) for one in plain]
    weight = np.random.default_rng(1).uniform(1, 3, 60)
    weighted = Contrast(contrast.group, contrast.reference, weight)
    found = mean_differences(values, weighted, confidence=CONFIDENCE)
    for column, one in zip(values.T, found, strict=True):
        means = [
            np.average(column[own], weights=weight[own])
            for own in (contrast.group, contrast.reference)
        ]
        assert one.value == pytest.approx(means[0] - means[1])


def test_clusters_as_statsmodels_has_them():
    """The sandwich of a regression on the group, up to its small-sample factor."""
    values, contrast = drawn()
    cluster = np.random.default_rng(2).integers(0, 12, 60)
    made = mean_differences(
        values,
        Contrast(contrast.group, contrast.reference, cluster=cluster),
        confidence=CONFIDENCE,
    )
    rows = np.concatenate([contrast.group, contrast.reference])
    member = np.isin(rows, contrast.group).astype(float)
    groups = len(np.unique(cluster[rows]))
    for column, one in zip(values.T, made, strict=True):
        fit = sm.OLS(column[rows], sm.add_constant(member)).fit(
            cov_type="cluster", cov_kwds={"groups": cluster[rows]}
        )
        # theirs multiplies by (n - 1) / (n - 2) too
        error = fit.bse[1] / np.sqrt((len(rows) - 1) / (len(rows) - 2))
        half = stats.t.ppf(0.975, groups - 1) * error
        assert one.value == pytest.approx(fit.params[1])
        assert one.high - one.value == pytest.approx(half)
        assert one.method == "cluster_t"


def test_people_written_twice_are_no_more_people():
    """Every row doubled, each pair a cluster: the interval hardly narrows."""
    values, contrast = drawn(n=90)
    once = mean_differences(values, contrast, confidence=CONFIDENCE)
    twice = mean_differences(
        np.vstack([values, values]),
        Contrast(
            np.concatenate([contrast.group, contrast.group + 90]),
            np.concatenate([contrast.reference, contrast.reference + 90]),
            cluster=np.tile(np.arange(90), 2),
        ),
        confidence=CONFIDENCE,
    )
    for one, two in zip(once, twice, strict=True):
        assert one.value == pytest.approx(two.value)
        assert two.high - two.low == pytest.approx(one.high - one.low, rel=0.03)


def test_one_person_alone_has_no_interval():
    values = np.array([[1.0], [2.0], [4.0]])
    (made,) = mean_differences(
        values, Contrast(np.array([0]), np.array([1, 2])), confidence=CONFIDENCE
    )
    assert (made.value, made.low, made.high) == (-2.0, None, None)
    (nothing,) = mean_differences(
        np.ones((6, 1)), Contrast(np.arange(3), np.arange(3, 6)), confidence=CONFIDENCE
    )
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


def test_rates_have_score_limits_that_hold_at_the_ends():
    outcome = np.r_[np.zeros(30), np.ones(5), np.zeros(25)].astype(np.int8)
    contrast = Contrast(np.arange(30), np.arange(30, 60))
    made = rate_difference(outcome, contrast, confidence=CONFIDENCE)
    assert made.value == pytest.approx(-5 / 30)
    assert made.low < made.value < made.high < 0.05
    low, high = confint_proportions_2indep(12, 30, 17, 30, method="score", compare="diff")
    outcome[:] = 0
    outcome[:12], outcome[30:47] = 1, 1
    made = rate_difference(outcome, contrast, confidence=CONFIDENCE)
    assert (made.low, made.high) == pytest.approx((low, high), abs=0.01)
    weighted = Contrast(contrast.group, contrast.reference, np.ones(60))
    assert rate_difference(outcome, weighted, confidence=CONFIDENCE).method == "welch_t"


def test_rows_taken_are_renumbered():
    contrast = Contrast(np.array([7, 2, 5]), np.array([1, 9]), cluster=np.arange(10) * 3)
    made = contrast.taken(np.array([1, 2, 7]), np.array([1.0, 2.0, 4.0]))
    assert made.group.tolist() == [2, 1]
    assert made.reference.tolist() == [0]
    assert made.cluster.tolist() == [3, 6, 21]
    assert made.n == 3
