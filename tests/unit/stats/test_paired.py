"""McNemar's test and Tango's interval against brute force and published figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, norm

from algo_audit.stats.paired import mcnemar_exact, paired_difference_interval

counts = st.integers(0, 40)


@given(b=counts, c=counts)
def test_exact_test_is_the_binomial_test(b, c):
    expected = 1.0 if b + c == 0 else binomtest(b, b + c, 0.5).pvalue
    assert mcnemar_exact(b, c) == pytest.approx(expected, rel=1e-9)


def test_urban_institute_pairs():
    """46 offers to the white tester alone, 14 to the black one (Heckman and Siegelman 1993)."""
    assert mcnemar_exact(14, 46) == pytest.approx(4.2237e-05, rel=1e-4)
    low, high = paired_difference_interval(14, 46, 241)
    assert low < -0.13278 < high
    # the Wald interval of the paired difference, se .031046, is near it at this size
    assert (low, high) == pytest.approx(
        (-0.13278 - 1.96 * 0.031046, -0.13278 + 1.96 * 0.031046), abs=0.004
    )


def _score(b: int, c: int, n: int, difference: float) -> float:
    """Tango's statistic by maximising the likelihood numerically, nothing in closed form."""

    def loglikelihood(q: float) -> float:
        p = q + difference
        rest = 1 - p - q
        if min(p, q, rest) <= 0:
            return -np.inf
        terms = [(b, p), (c, q), (n - b - c, rest)]
        return sum(k * np.log(x) for k, x in terms if k)

    low, high = max(0.0, -difference), (1 - difference) / 2
    best = minimize_scalar(
        lambda q: -loglikelihood(q), bounds=(low, high), method="bounded", options={"xatol": 1e-13}
    ).x
    variance = n * (2 * best + difference * (1 - difference))
    return (b - c - n * difference) / np.sqrt(variance)


@pytest.mark.parametrize(
    ("b", "c", "n"), [(14, 46, 241), (86, 150, 1600), (3, 9, 30), (12, 2, 50), (5, 5, 20)]
)
def test_limits_are_where_the_score_test_just_rejects(b, c, n):
    z = norm.ppf(0.975)
    low, high = paired_difference_interval(b, c, n)
    assert _score(b, c, n, low) == pytest.approx(z, abs=1e-4)
    assert _score(b, c, n, high) == pytest.approx(-z, abs=1e-4)


@given(b=counts, c=counts, more=st.integers(0, 60))
def test_interval_holds_the_value_and_is_symmetric(b, c, more):
    n = b + c + more
    if n == 0:
        return
    low, high = paired_difference_interval(b, c, n)
    assert -1 <= low <= (b - c) / n + 1e-9
    assert (b - c) / n - 1e-9 <= high <= 1
    assert paired_difference_interval(c, b, n) == pytest.approx((-high, -low), abs=1e-8)


def test_coverage_by_exact_enumeration():
    """Every table of 40 pairs, at three true laws: 95 % on average, never far below."""
    n = 40
    intervals = {}
    for b in range(n + 1):
        for c in range(n + 1 - b):
            intervals[b, c] = paired_difference_interval(b, c, n)
    log = np.cumsum(np.log(np.arange(1, n + 1)))
    factorial = np.concatenate([[0.0], log])
    covered = []
    for p, q in ((0.10, 0.20), (0.15, 0.15), (0.05, 0.30)):
        total = 0.0
        for (b, c), (low, high) in intervals.items():
            if low <= p - q <= high:
                ways = factorial[n] - factorial[b] - factorial[c] - factorial[n - b - c]
                total += np.exp(
                    ways + b * np.log(p) + c * np.log(q) + (n - b - c) * np.log(1 - p - q)
                )
        covered.append(total)
    assert min(covered) > 0.935
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)
