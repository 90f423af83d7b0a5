"""Clusters: the sandwich against statsmodels, and exact permutation where they are few."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm

from algo_audit.data.limits import read_limits
from algo_audit.fairness.clusters import (
    cluster_chapter,
    clustered_pair,
    crossed_codes,
    permutation_inside_clusters,
)

LIMITS = read_limits()


def _rows(clusters=60, seed=1):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(1, 9, clusters))
    level = rng.normal(0, 0.15, clusters)[cluster]
    member = rng.random(len(cluster)) < 0.4
    outcome = (rng.random(len(cluster)) < np.clip(0.4 + level - 0.1 * member, 0, 1)).astype(np.int8)
    return outcome, member, cluster


def test_standard_errors_are_those_of_the_linear_probability_model():
    outcome, member, cluster = _rows()
    model = sm.OLS(outcome.astype(float), sm.add_constant(member.astype(float)))
    plain = model.fit()
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    found = clustered_pair(outcome, member, cluster)
    assert found.difference.value == pytest.approx(plain.params[1])
    assert found.standard_error_plain == pytest.approx(plain.bse[1])
    assert found.standard_error == pytest.approx(clustered.bse[1])
    assert found.p_value == pytest.approx(clustered.pvalues[1])
    assert (found.difference.low, found.difference.high) == pytest.approx(
        tuple(clustered.conf_int()[1])
    )


def test_weighted_clusters_are_those_of_weighted_least_squares():
    outcome, member, cluster = _rows()
    weight = np.random.default_rng(8).uniform(0.5, 3, len(outcome))
    model = sm.WLS(outcome.astype(float), sm.add_constant(member.astype(float)), weights=weight)
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    found = clustered_pair(outcome, member, cluster, weight=weight)
    assert found.difference.value == pytest.approx(theirs.params[1])
    assert found.standard_error == pytest.approx(theirs.bse[1])


def test_the_ratio_has_the_delta_method_on_the_logarithm():
    outcome, member, cluster = _rows()
    found = clustered_pair(outcome, member, cluster)
    # Poisson regression with a log link has the same sandwich for the log ratio, up to its factor
    model = sm.GLM(
        outcome.astype(float), sm.add_constant(member.astype(float)), family=sm.families.Poisson()
    )
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    assert found.ratio.value == pytest.approx(np.exp(theirs.params[1]))
    width = np.log(found.ratio.high / found.ratio.low)
    low, high = theirs.conf_int()[1]
    assert width == pytest.approx(high - low, rel=0.02)


def test_twins_narrow_and_like_minded_clusters_widen(make_decisions):
    rng = np.random.default_rng(2)
    luck = np.repeat(rng.random(200), 2)
    twins = make_decisions(
        (luck < 0.4).astype(int),
        protected={"sexe": ["F", "H"] * 200},
        cluster=[f"{i // 2:03d}" for i in range(400)],
    )
    (effect,) = cluster_chapter(twins, references={"sexe": "H"}, limits=LIMITS)
    assert effect.design_effect < 0.1
    assert effect.method == "cluster_t"
    alike = make_decisions(
        (luck < 0.4).astype(int),
        protected={"sexe": np.repeat(["F", "H"], 200)},
        cluster=[f"{i // 2:03d}" for i in range(400)],
    )
    (effect,) = cluster_chapter(alike, references={"sexe": "H"}, limits=LIMITS)
    assert effect.design_effect == pytest.approx(2, rel=0.02)


def test_few_clusters_are_permuted_inside():
    outcome = np.array([1, 0, 0, 1, 1, 0, 1, 0, 0], dtype=np.int8)
    member = np.array([1, 1, 0, 0, 1, 1, 0, 0, 0], dtype=bool)
    cluster = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    # every way to hand out the decisions again inside the two clusters
    ways = [
        [a for a in product([0, 1], repeat=size) if sum(a) == total]
        for size, total in ((4, 2), (5, 2))
    ]
    totals = np.array([sum(a[:2]) + sum(b[:2]) for a, b in product(*ways)])
    seen = int(outcome[member].sum())
    law = np.bincount(totals) / len(totals)
    expected = law[law <= law[seen] * (1 + 1e-7)].sum()
    found = permutation_inside_clusters(outcome, member, cluster, support=1000)
    assert found == pytest.approx(expected)


def test_under_forty_clusters_the_chapter_uses_permutation(make_decisions):
    outcome, member, cluster = _rows(clusters=12)
    decisions = make_decisions(
        outcome, protected={"sexe": np.where(member, "F", "H")}, cluster=cluster.astype(str)
    )
    (effect,) = cluster_chapter(decisions, references={"sexe": "H"}, limits=LIMITS)
    assert (effect.clusters, effect.method) == (12, "permutation_inside_clusters")
    assert effect.p_value == pytest.approx(
        permutation_inside_clusters(outcome, member, cluster, support=20000)
    )


def test_groups_that_share_no_cluster_cannot_be_permuted(make_decisions):
    decisions = make_decisions(
        [0, 1, 1, 0] * 10,
        protected={"sexe": np.repeat(["F", "H"], 20)},
        cluster=np.repeat(list("abcdefgh"), 5),
    )
    (effect,) = cluster_chapter(decisions, references={"sexe": "H"}, limits=LIMITS)
    assert effect.method == "cluster_t"


def test_a_row_without_cluster_is_a_cluster_of_its_own(make_decisions):
    outcome, member, _ = _rows()
    decisions = make_decisions(
        outcome,
        protected={"sexe": np.where(member, "F", "H")},
        cluster=["only"] + [None] * (len(outcome) - 1),
    )
    (effect,) = cluster_chapter(decisions, references={"sexe": "H"}, limits=LIMITS)
    assert effect.clusters == len(outcome)
    robust = sm.OLS(outcome.astype(float), sm.add_constant(member.astype(float))).fit(
        cov_type="HC1"
    )
    assert effect.standard_error_clustered == pytest.approx(robust.bse[1], rel=0.005)


def test_nothing_without_clusters_or_with_one_outcome(make_decisions):
    sex = {"sexe": ["F", "H"] * 10}
    assert (
        cluster_chapter(
            make_decisions([0, 1] * 10, protected=sex), references={"sexe": "H"}, limits=LIMITS
        )
        == ()
    )
    alike = make_decisions([1] * 20, protected=sex, cluster=list("abcdefghij") * 2)
    assert cluster_chapter(alike, references={"sexe": "H"}, limits=LIMITS) == ()
    outcome, member, _ = _rows()
    assert clustered_pair(outcome, member, np.zeros(len(outcome), dtype=int)) is None


def test_crossings_are_coded_in_the_order_given(make_decisions):
    decisions = make_decisions([0, 1, 0], protected={"a": ["x", "y", None], "b": ["q", "p", "q"]})
    codes, levels = crossed_codes(decisions, "b × a")
    assert levels == ("p × x", "p × y", "q × x", "q × y")
    assert codes.tolist() == [2, 1, -1]
