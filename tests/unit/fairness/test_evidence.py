"""Weighted and clustered rows: what they reduce to, and what they cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.cluster_evidence import ClusterEvidence, evidence_for
from algo_audit.fairness.clustered_fit import clustered_fit
from algo_audit.fairness.comparing import group_rates
from algo_audit.fairness.evidence import CountEvidence, Pair
from algo_audit.fairness.gap_estimates import score_inside
from algo_audit.fairness.measures import MEASURES
from algo_audit.fairness.questions import explore, run_questions
from algo_audit.fairness.verdicts import within_margin
from algo_audit.fairness.weighted_evidence import WeightedEvidence, score_moments

LIMITS = read_limits()
SELECTION = MEASURES["selection_rate"]


def column(name, codes, levels="uvwxyz"):
    top = int(max(codes)) + 1
    names = tuple(levels[:top]) if top <= len(levels) else tuple(map(str, range(top)))
    return Column(name, np.asarray(codes, dtype=np.int32), names)


def file(rows=400, groups=3, seed=1, *, weight=None, clusters=None, strata=0):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, rows)
    outcome = rng.binomial(1, 0.4 - 0.1 * (group == 1))
    cluster = None
    if clusters is not None:
        cluster = column("who", np.arange(rows) % clusters)
    return Decisions(
        roles=Roles("y"),
        source=Source("f", "", rows, rows),
        outcome=outcome.astype(np.int8),
        protected={"a": column("a", group)},
        strata={"site": column("site", rng.integers(0, strata, rows))} if strata else {},
        label=rng.integers(0, 2, rows).astype(np.int8),
        weight=rng.uniform(0.5, 3.0, rows) if isinstance(weight, str) else weight,
        cluster=cluster,
    )


def prepared(decisions, **options):
    table = CountTable.from_decisions(decisions, clusters_below=40)
    return table, evidence_for(decisions, table, LIMITS, seed=1, **options)


def test_the_evidence_suits_the_file():
    assert type(prepared(file())[1]) is CountEvidence
    assert type(prepared(file(weight="uneven"))[1]) is WeightedEvidence
    assert type(prepared(file(weight="uneven", clusters=50))[1]) is ClusterEvidence
    assert type(prepared(file(clusters=50))[1]) is ClusterEvidence


def test_equal_weights_give_the_figures_of_plain_rows():
    plain = run_questions(*_asked(file()), LIMITS)
    table, evidence = prepared(file(weight=np.full(400, 2.5)))
    weighted = run_questions(table, Policy(), LIMITS, evidence=evidence)
    for one, other in zip(plain.comparisons, weighted.comparisons, strict=True):
        assert (one.n, one.events, one.verdict) == (other.n, other.events, other.verdict)
        for key in ("difference", "ratio"):
            for limit in ("value", "low", "high"):
                expected = getattr(getattr(one, key), limit)
                assert getattr(getattr(other, key), limit) == pytest.approx(expected, rel=1e-6)
        # a score test, not an exact one
        assert other.p_value == pytest.approx(one.p_value, abs=0.02)
        assert other.test == "score"
        assert other.flip_count is None


def _asked(decisions):
    return CountTable.from_decisions(decisions), Policy()


@pytest.mark.parametrize("strata", [0, 3])
def test_uneven_weights_widen_intervals(strata):
    decisions = file(weight="uneven", strata=strata)
    table, evidence = prepared(decisions)
    stratum = "site" if strata else None
    sample = evidence.sample(("a",), stratum, SELECTION)
    plain = CountEvidence(table, LIMITS, seed=1)
    pair = Pair(sample, 1, 0)
    (weighted_gap,) = evidence.gaps([pair], confidence=0.95)
    (plain_gap,) = plain.gaps([pair], confidence=0.95)
    width = [g.difference.high - g.difference.low for g in (weighted_gap, plain_gap)]
    assert width[0] > 1.05 * width[1]
    weights = decisions.weight[decisions.protected["a"].codes == 1]
    outcome = decisions.outcome[decisions.protected["a"].codes == 1]
    assert weighted_gap.value == pytest.approx(np.average(outcome, weights=weights))


def test_score_moments_of_equal_weights_are_those_of_tables():
    n = np.array([[40.0, 30.0], [20.0, 25.0], [10.0, 5.0]])
    events = np.array([[10.0, 15.0], [9.0, 10.0], [2.0, 3.0]])
    deviation, expected, covariance = score_moments(n, events, n)
    rate = events.sum(axis=0) / n.sum(axis=0)
    assert expected == pytest.approx(n @ rate)
    assert deviation == pytest.approx(events.sum(axis=1) - n @ rate)
    total = n.sum(axis=0)
    scale = rate * (1 - rate) / total
    assert covariance == pytest.approx(np.diag(n @ (scale * total)) - (n * scale) @ n.T)
    assert covariance.sum() == pytest.approx(0.0, abs=1e-9)


def test_weights_of_all_others_together_add_up():
    decisions = file(weight="uneven")
    _, evidence = prepared(decisions)
    sample = evidence.sample(("a",), None, SELECTION)
    (gap,) = evidence.gaps([Pair(sample, 1, None)], confidence=0.95)
    other = decisions.protected["a"].codes != 1
    expected = np.average(decisions.outcome[other], weights=decisions.weight[other])
    assert gap.reference_value == pytest.approx(expected)
    rows = explore(_asked(decisions)[0], Policy(), LIMITS, evidence=evidence)
    assert [row.group for row in rows if row.reference is None] == ["u", "v", "w"]


def clustered(decisions, pair, **options):
    _, evidence = prepared(decisions, **options)
    sample = evidence.sample(("a",), options.get("stratum"), SELECTION)
    return evidence, Pair(sample, *pair)


def test_clustered_difference_is_that_of_least_squares_with_a_sandwich():
    decisions = file(groups=2, clusters=60)
    evidence, pair = clustered(decisions, (1, 0))
    (gap,) = evidence.gaps([pair], confidence=0.95)
    (test,) = evidence.pair_tests([pair])
    design = sm.add_constant((decisions.protected["a"].codes == 1).astype(float))
    fit = sm.OLS(decisions.outcome.astype(float), design).fit(
        cov_type="cluster", cov_kwds={"groups": decisions.cluster.codes}, use_t=True
    )
    assert gap.difference.value == pytest.approx(fit.params[1])
    assert [gap.difference.low, gap.difference.high] == pytest.approx(fit.conf_int()[1])
    assert test.p_value == pytest.approx(fit.pvalues[1])
    assert test.method == "cluster_t"


def test_within_strata_it_is_least_squares_with_a_constant_per_stratum():
    decisions = file(groups=2, clusters=60, strata=3)
    table, evidence = prepared(decisions)
    sample = evidence.sample(("a",), "site", SELECTION)
    cells = evidence.cells(sample, favoured=False)
    fit = clustered_fit(replace(cells, group=1 - cells.group))
    site = decisions.strata["site"].codes
    design = np.column_stack(
        [(decisions.protected["a"].codes == 1).astype(float), *(site == s for s in range(3))]
    ).astype(float)
    expected = sm.OLS(decisions.outcome.astype(float), design).fit(
        cov_type="cluster", cov_kwds={"groups": decisions.cluster.codes}
    )
    assert fit.difference == pytest.approx(expected.params[0])
    assert fit.standard_error == pytest.approx(expected.bse[0], rel=1e-6)
    assert table.rows == 400


def test_clusters_of_one_row_are_no_clusters():
    decisions = file(groups=2, clusters=400)
    evidence, pair = clustered(decisions, (1, 0))
    (gap,) = evidence.gaps([pair], confidence=0.95)
    n, events = pair.tables()
    rate = events[:, 0] / n[:, 0]
    error = np.sqrt((rate * (1 - rate) / n[:, 0]).sum())
    assert (gap.difference.high - gap.difference.low) / 2 == pytest.approx(1.96 * error, rel=0.01)
    rates = group_rates(pair.sample, LIMITS)
    plain = group_rates(
        CountEvidence(evidence.table, LIMITS, seed=1).sample(("a",), None, SELECTION), LIMITS
    )
    for one, other in zip(rates, plain, strict=True):
        assert one.rate.low == pytest.approx(other.rate.low, abs=0.003)


def test_repeated_rows_are_worth_their_clusters():
    # every person appears ten times with the same decision: ten times fewer people
    person = np.repeat(np.arange(80), 10)
    rng = np.random.default_rng(3)
    group, outcome = rng.integers(0, 2, 80), rng.integers(0, 2, 80)
    decisions = replace(
        file(rows=800, groups=2),
        outcome=outcome[person].astype(np.int8),
        protected={"a": column("a", group[person])},
        cluster=column("who", person),
    )
    _, evidence = prepared(decisions)
    sample = evidence.sample(("a",), None, SELECTION)
    people = np.bincount(group)
    assert sample.effective_n[:, 0] == pytest.approx(people - 1, rel=1e-6)
    result = run_questions(*_asked(decisions), LIMITS, evidence=evidence)
    naive = run_questions(*_asked(decisions), LIMITS, flips=False)
    assert result.comparisons[0].p_value > naive.comparisons[0].p_value
    assert result.comparisons[0].test == "cluster_t"
    assert result.tests[0].p_value > naive.tests[0].p_value


def test_few_clusters_are_permuted_inside():
    decisions = file(rows=200, groups=2, clusters=20)
    table, evidence = prepared(decisions)
    result = run_questions(table, Policy(), LIMITS, evidence=evidence)
    inside = CountEvidence(table, LIMITS, seed=1).sample(("a",), "who", SELECTION)
    (row,) = result.comparisons
    places = [("u", "v").index(row.group), ("u", "v").index(row.reference)]
    plain = CountEvidence(table, LIMITS, seed=1).pair_tests([Pair(inside, *places)])
    assert row.test == "permutation_inside_clusters"
    assert row.p_value == pytest.approx(plain[0].p_value)
    assert row.p_adjusted == pytest.approx(plain[0].p_value)


def test_few_clusters_of_one_group_each_show_nothing():
    person = np.repeat(np.arange(20), 10)
    decisions = replace(
        file(rows=200, groups=2),
        protected={"a": column("a", person % 2)},
        cluster=column("who", person),
    )
    table, evidence = prepared(decisions)
    (row,) = run_questions(table, Policy(), LIMITS, evidence=evidence).comparisons
    assert (row.verdict, row.missing_reason) == ("not_shown", "one_group_each")


def test_clusters_serve_exploration_too():
    decisions = file(clusters=60)
    table, evidence = prepared(decisions, exploring=True)
    rows = explore(table, Policy(), LIMITS, evidence=evidence)
    assert {row.test for row in rows} == {"cluster_t"}
    few = file(clusters=20)
    table, evidence = prepared(few, exploring=True)
    rows = explore(table, Policy(), LIMITS, evidence=evidence)
    assert {row.test for row in rows} == {"permutation_inside_clusters"}


@pytest.mark.parametrize("points", [None, 0.04])
def test_score_tests_at_the_margin_are_the_intervals(points):
    rng = np.random.default_rng(2)
    n = rng.integers(300, 6000, (2, 300))
    events = rng.binomial(n, rng.uniform(0.3, 0.6, (2, 1)) * np.ones((2, 300)))
    policy = Policy(margin_points=points)
    labels = tuple(map(str, range(2)))
    expected = []
    for k in range(300):
        table = CountTable.from_counts(n[:, k], events[:, k], axes={"a": labels}, protected=("a",))
        evidence = CountEvidence(table, LIMITS, seed=1)
        (gap,) = evidence.gaps(
            [Pair(evidence.sample(("a",), None, SELECTION), 0, 1)], confidence=0.9
        )
        expected.append(within_margin(gap, policy))
    found = score_inside(n, events, policy, confidence=0.9)
    assert found.tolist() == expected
    assert 0 < sum(expected) < 300
