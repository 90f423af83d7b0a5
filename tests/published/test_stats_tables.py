"""Tests, intervals and effects against published tables, from their counts alone.

``stats_counts.json`` holds counts taken from real decision files, with the figures that scipy
gave once for each of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from algo_audit.stats import score_limits
from algo_audit.stats.association import chi_square, fisher_exact, fisher_minimum, pooled_z
from algo_audit.stats.effects import standardised_mean_difference
from algo_audit.stats.intervals import rate_interval, ratio_interval
from algo_audit.stats.stratified import cmh_test, mantel_haenszel

FIGURES = json.loads(Path(__file__).with_name("stats_counts.json").read_text(encoding="utf-8"))
PAIRS, STRATIFIED = FIGURES["pairs"], FIGURES["stratified"]
Z = 1.959963984540054


def _counts() -> tuple[np.ndarray, ...]:
    return tuple(np.array([pair[place] for pair in PAIRS]) for place in (4, 5, 6, 7))


def test_files_named_in_the_oracles_are_here() -> None:
    assert {pair[0] for pair in PAIRS} >= {
        *("adult", "akkodis", "bankwages", "callbacks", "lalonde", "promotion_vignette"),
        *("ricci", "utrecht", "utrecht_companies"),
    }
    assert len(PAIRS) == 110


def test_fisher_p_of_all_files() -> None:
    expected = np.array([pair[8] for pair in PAIRS])
    np.testing.assert_allclose(fisher_exact(*_counts()), expected, rtol=6e-6, atol=1e-300)


def test_pooled_z_of_all_files() -> None:
    expected = np.array([pair[9] for pair in PAIRS])
    np.testing.assert_allclose(pooled_z(*_counts()).statistic, expected, atol=6e-7)


def test_ratio_intervals_hold_the_published_ratio() -> None:
    x, a, y, b = _counts()
    ratio = np.array([pair[10] for pair in PAIRS])
    np.testing.assert_allclose((x / a) / (y / b), ratio, atol=6e-7)
    low, high = ratio_interval(x, a, y, b)
    assert np.all((low <= ratio + 1e-6) & (ratio <= high + 1e-6))


def test_intervals_and_tests_agree_on_large_files() -> None:
    """Score limits exclude 1 where the z test, without continuity correction, finds a gap."""
    x, a, y, b = _counts()
    large = np.minimum.reduce([x, y, a - x, b - y]) > 30
    _, high = ratio_interval(x[large], a[large], y[large], b[large])
    found = pooled_z(x[large], a[large], y[large], b[large]).statistic * np.sqrt(
        (a + b - 1)[large] / (a + b)[large]
    )
    np.testing.assert_array_equal(high < 1, found < -Z)


@pytest.mark.parametrize("file", STRATIFIED, ids=lambda file: f"{file['data']} {file['question']}")
def test_mantel_haenszel_of_all_files(file: dict) -> None:
    arrays = np.array([row[1:] for row in file["strata"]]).T
    found = mantel_haenszel(*arrays)
    tested = cmh_test(*arrays)
    assert found.odds_ratio.value == pytest.approx(file["odds_ratio"], abs=6e-7)
    assert tested.statistic == pytest.approx(file["chi2"], abs=6e-7)
    assert tested.p_value == pytest.approx(file["p_value"], rel=1e-5)
    assert tested.exact_p_value == pytest.approx(tested.p_value, rel=0.5)


def test_utrecht_companies_women_and_men() -> None:
    file = STRATIFIED[0]
    assert (file["odds_ratio"], file["chi2"]) == (0.701831, 26.910823)
    rates = {row[0]: (row[1] / row[2], row[3] / row[4]) for row in file["strata"]}
    assert [round(rate, 3) for rate in rates["B"]] == [0.140, 0.455]
    assert [round(rate, 3) for rate in rates["D"]] == [0.343, 0.220]


def test_audit_ai_tables() -> None:
    # [[10, 10], [0, 20]] and [[78, 5], [87, 12]]: the second column counts as chosen.
    assert pooled_z(10, 20, 20, 20).statistic == pytest.approx(-3.6514837)
    assert pooled_z(5, 83, 12, 99).statistic == pytest.approx(-1.4078304)
    assert float(fisher_exact(75, 125, 25, 75)) == pytest.approx(4.2033e-4, rel=1e-4)
    assert chi_square([75, 25], [125, 75], yates=True).p_value == pytest.approx(4.5589e-4, rel=1e-4)


def test_audit_ai_four_groups() -> None:
    found = chi_square([250, 270, 240, 260], [1000] * 4)
    assert found.statistic == pytest.approx(2.6319, abs=6e-5)
    assert (found.df, round(found.p_value, 4)) == (3, 0.4519)


def test_holisticai_ten_rows() -> None:
    assert pooled_z(3, 4, 2, 6).statistic == pytest.approx(1.290994, abs=6e-7)
    found = standardised_mean_difference(0.75, np.sqrt(0.25), 4, 1 / 3, np.sqrt(4 / 15), 6)
    assert float(found.value) == pytest.approx(0.816497, abs=6e-7)


def test_promotion_files() -> None:
    """Rosen and Jerdee's 48 managers: 14 of 24 against 21 of 24."""
    assert float(fisher_exact(14, 24, 21, 24)) == pytest.approx(0.0489914, abs=6e-8)
    assert float(fisher_minimum(24, 24, 35)) < 1e-4


# R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 6 (Miettinen-Nurminen).
NEWCOMBE = [
    ((56, 70, 48, 80), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0326, 0.1933)),
    ((0, 10, 0, 20), (-0.1658, 0.2844)),
    ((0, 10, 0, 10), (-0.2879, 0.2879)),
    ((10, 10, 0, 20), (0.7156, 1.0)),
    ((10, 10, 0, 10), (0.6636, 1.0)),
]


@pytest.mark.parametrize(("counts", "limits"), NEWCOMBE)
def test_score_differences_of_newcombe(counts: tuple, limits: tuple) -> None:
    arrays = [np.array([float(count)]) for count in counts]
    found = score_limits.difference_limits(*arrays, z=Z)
    assert [round(float(limit[0]), 4) for limit in found] == list(limits)


def test_wilson_rates_of_newcombe() -> None:
    # Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    low, high = rate_interval([81, 15], [263, 148])
    assert [round(float(limit), 4) for limit in low] == [0.2553, 0.0624]
    assert [round(float(limit), 4) for limit in high] == [0.3662, 0.1605]
