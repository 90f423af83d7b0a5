"""Sampling weights: effective counts and the design-effect test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from algo_audit.data.counts import CountTable
from algo_audit.fairness.weights import design_effect_test, effective_counts, over_strata


def _counts(make_decisions, weight=None, seed=4, n=300):
    rng = np.random.default_rng(seed)
    sex, site = rng.choice(["F", "H"], n), rng.choice(["a", "b"], n)
    outcome = (rng.random(n) < 0.3 + 0.2 * (sex == "H")).astype(int)
    decisions = make_decisions(
        outcome, protected={"sexe": sex}, strata={"site": site}, weight=weight
    )
    return decisions, CountTable.from_decisions(decisions).counts(("sexe",), "site")


def test_without_weights_effective_counts_are_the_counts(make_decisions):
    _, counts = _counts(make_decisions)
    effective = effective_counts(counts)
    assert np.array_equal(effective.n, counts.rows())
    assert np.array_equal(effective.events, counts.events())
    assert np.all(effective.design_effect == 1)


def test_kish_on_rows(make_decisions):
    weight = np.random.default_rng(9).uniform(0.2, 5, 300)
    decisions, counts = _counts(make_decisions, weight)
    effective = effective_counts(over_strata(counts))
    for place in (0, 1):
        rows = decisions.protected["sexe"].codes == place
        w, y = weight[rows], decisions.outcome[rows]
        assert effective.n[place, 0] == pytest.approx(w.sum() ** 2 / (w**2).sum())
        assert effective.rate[place, 0] == pytest.approx(np.average(y, weights=w))
        assert effective.rows[place, 0] == rows.sum()
        assert effective.design_effect[place, 0] > 1


def test_two_sizes_of_weight_by_hand(make_decisions):
    # weights 1 and 3 on two people: (1 + 3)^2 / (1 + 9) = 1.6 people
    decisions = make_decisions([1, 0], protected={"g": ["a", "a"]}, weight=[1, 3])
    effective = effective_counts(CountTable.from_decisions(decisions).counts(("g",)))
    assert effective.n[0, 0] == pytest.approx(1.6)
    assert effective.rate[0, 0] == pytest.approx(0.25)
    assert effective.events[0, 0] == pytest.approx(0.4)


def test_equal_weights_give_pearsons_chi_square(make_decisions):
    _, counts = _counts(make_decisions, np.full(300, 0.37))
    test = design_effect_test(counts)
    plain = over_strata(counts)
    events, n = plain.events()[:, 0], plain.rows()[:, 0]
    theirs = chi2_contingency(np.stack([events, n - events]), correction=False)
    assert (test.statistic, test.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_the_test_holds_its_level_with_uneven_weights(make_decisions):
    rng = np.random.default_rng(11)
    rejected, naive, audits = 0, 0, 400
    for _ in range(audits):
        weight = rng.choice([1.0, 12.0], 400, p=[0.8, 0.2])
        sex = rng.choice(["F", "H"], 400)
        outcome = (rng.random(400) < 0.35).astype(int)
        decisions = make_decisions(outcome, protected={"sexe": sex}, weight=weight)
        counts = CountTable.from_decisions(decisions).counts(("sexe",))
        rejected += design_effect_test(counts).p_value < 0.05
        w = counts.weight.sum(axis=(2, 3, 4))[:, 0]
        x = counts.weight[:, :, 1].sum(axis=(2, 3))[:, 0]
        scale = 400 / w.sum()
        table = np.stack([x, w - x]) * scale
        naive += chi2_contingency(table, correction=False).pvalue < 0.05
    assert 0.02 <= rejected / audits <= 0.085
    assert naive / audits > 0.12


def test_nothing_to_test(make_decisions):
    one = make_decisions([1, 0], protected={"g": ["a", "a"]}, weight=[1, 3])
    assert (
        design_effect_test(CountTable.from_decisions(one).counts(("g",))).missing_reason
        == "one_group"
    )
    alike = make_decisions([1, 1], protected={"g": ["a", "b"]}, weight=[1, 3])
    found = design_effect_test(CountTable.from_decisions(alike).counts(("g",)))
    assert (found.p_value, found.missing_reason) == (None, "all_decisions_alike")
