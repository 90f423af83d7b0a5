"""Corrected p-values against statsmodels, Tarone's family by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from algo_audit.stats.multiplicity import benjamini_hochberg, fixed_sequence, holm, tarone


@pytest.mark.parametrize("size", [1, 2, 7, 60])
def test_holm_and_benjamini_hochberg_are_statsmodels(size: int) -> None:
    p = np.random.default_rng(size).uniform(0, 0.3, size) ** 2
    p[: size // 3] = 0.01  # ties
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1])


def test_nothing_asked() -> None:
    for function in (holm, benjamini_hochberg, fixed_sequence):
        assert function([]).shape == (0,)
    assert tarone([], level=0.05).shape == (0,)


def test_fixed_sequence_stops_at_the_first_doubt() -> None:
    assert fixed_sequence([0.01, 0.2, 0.001]).tolist() == [0.01, 0.2, 0.2]


def test_tarone_keeps_those_that_could_reach_the_level() -> None:
    # Tarone 1990: m(1) = 3 > 1, m(2) = 2 <= 2, so k = 2 and two questions stay.
    kept = tarone([0.001, 0.02, 0.04, 0.3, 1.0], level=0.05)
    assert kept.tolist() == [True, True, False, False, False]
    assert tarone([0.2, 0.5], level=0.05).tolist() == [False, False]
    assert tarone([0.0, 0.0, 0.0], level=0.05).tolist() == [True, True, True]


@pytest.mark.parametrize("bad", [[0.1, np.nan], [1.2], [-0.1], [[0.1]]])
def test_faulty_p_values_are_refused(bad: list) -> None:
    with pytest.raises(ValueError, match="p-values"):
        holm(bad)
