"""Pools: the two halves of a gap, shares of the chosen, exposure by rank."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.data.limits import read_limits
from algo_audit.fairness.ranking import pool_chapter, pool_gap, rank_exposure
from algo_audit.stats.association import pooled_z

LIMITS = read_limits()


def _vacancies(seed, *, vacancies=30):
    """A random choice of three in each vacancy; women are in the crowded ones."""
    rng = np.random.default_rng(seed)
    sex, pool, chosen = [], [], []
    for vacancy in range(vacancies):
        crowded = vacancy % 2 == 0
        people = 45 if crowded else 9
        women = rng.random(people) < (0.7 if crowded else 0.3)
        picked = np.zeros(people, dtype=int)
        picked[rng.permutation(people)[:3]] = 1
        sex += ["F" if woman else "H" for woman in women]
        pool += [f"poste {vacancy:02d}"] * people
        chosen += picked.tolist()
    return sex, pool, chosen


def test_random_choice_in_crowded_pools_is_between_and_not_within(make_decisions):
    raw_found = within_found = 0
    audits = 40
    for seed in range(audits):
        sex, pool, chosen = _vacancies(seed)
        decisions = make_decisions(chosen, protected={"sexe": sex}, pool=pool)
        (gap,) = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS).gaps
        is_woman, picked = np.array(sex) == "F", np.array(chosen)
        z = pooled_z(
            picked[is_woman].sum(), is_woman.sum(), picked[~is_woman].sum(), (~is_woman).sum()
        )
        raw_found += bool(z.p_value < 0.05)
        within_found += not gap.within_interval.low <= 0 <= gap.within_interval.high
        assert gap.between < -0.03
        assert gap.between_p_adjusted < 0.001
    assert raw_found > audits / 2
    assert within_found <= 5  # 5 % of 40, and room for chance


def test_the_two_halves_add_up_and_one_sided_pools_are_between():
    n, events = np.array([10, 0, 5]), np.array([4, 0, 5])
    m, other = np.array([10, 8, 0]), np.array([6, 2, 0])
    raw, between, within = pool_gap(events, n, other, m)
    assert raw == pytest.approx(9 / 15 - 8 / 18)
    assert raw == pytest.approx(between + within)
    # only the first pool holds both, with rate 1/2: one woman too few of five
    assert within == pytest.approx(-1 * (1 / 15 + 1 / 18))


def _unlike_pools(rng, people=600, pools=25):
    pool = rng.integers(0, pools, people)
    chosen = (rng.random(people) < np.linspace(0.05, 0.7, pools)[pool]).astype(int)
    return [f"poste {one:02d}" for one in pool], chosen


def test_between_p_value_is_that_of_an_exchange_of_people(make_decisions):
    rng = np.random.default_rng(8)
    pool, chosen = _unlike_pools(rng)
    sex = np.where(rng.random(600) < 0.4, "F", "H")
    decisions = make_decisions(chosen.tolist(), protected={"sexe": sex.tolist()}, pool=pool)
    (gap,) = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS).gaps
    _, place = np.unique(pool, return_inverse=True)
    rate = (np.bincount(place, weights=chosen) / np.bincount(place))[place]
    woman = sex == "F"
    assert gap.between == pytest.approx(rate[woman].mean() - rate[~woman].mean())
    exchanged = []
    for _ in range(20_000):
        other = rng.permutation(woman)
        exchanged.append(rate[other].mean() - rate[~other].mean())
    share = np.mean(np.abs(exchanged) >= abs(gap.between) - 1e-12)
    assert gap.between_p_value == pytest.approx(share, abs=0.015)
    assert gap.between_p_adjusted == gap.between_p_value  # the only group looked at


def test_between_false_alarms_with_repeated_people(make_decisions):
    rng = np.random.default_rng(9)
    plain = clustered = 0
    audits = 300
    for _ in range(audits):
        # each of 60 people applies ten times, always to the pools of one trade
        trade = rng.integers(0, 2, 60)
        person = np.repeat(np.arange(60), 10)
        number = rng.integers(0, 5, 600) + 5 * trade[person]
        chosen = (rng.random(600) < np.where(trade[person], 0.5, 0.2)).astype(int).tolist()
        sex = np.where(rng.random(60) < 0.5, "F", "H")[person].tolist()
        told = {"protected": {"sexe": sex}, "pool": [f"p{one}" for one in number]}
        names = [f"x{one}" for one in person]
        for cluster in (None, names):
            decisions = make_decisions(chosen, cluster=cluster, **told)
            (gap,) = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS).gaps
            if cluster is None:
                plain += gap.between_p_value < 0.05
            else:
                clustered += gap.between_p_value < 0.05
    assert plain > 0.3 * audits
    assert clustered <= 0.09 * audits  # 5 %, and room for chance


def test_shares_among_the_chosen(make_decisions):
    decisions = make_decisions(
        [1, 0, 0, 0, 1, 0],
        protected={"sexe": ["F", "F", "F", "H", "H", "H"]},
        pool=["a", "a", "a", "a", "b", "b"],
    )
    pools = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS)
    assert (pools.pools, pools.pools_with_choice, pools.chosen) == (2, 2, 2)
    women, men = pools.shares
    assert (women.n, women.chosen, women.share_of_candidates) == (3, 1, 0.5)
    assert women.share_of_chosen.value == 0.5
    # 3 of 4 candidates of the first place, none of the second: 0.75 of two places
    assert women.share_expected == pytest.approx(0.375)
    assert men.share_expected == pytest.approx(0.625)
    assert women.exposure_share is None
    assert pools.gaps == ()  # three people are too few to compare


def test_pools_without_choice_and_rows_without_pool(make_decisions):
    decisions = make_decisions(
        [1, 1, 0, 0, 1, 0],
        protected={"sexe": ["F", "H", "F", "H", "F", None]},
        pool=["a", "a", "b", "b", None, "b"],
    )
    pools = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS)
    assert (pools.pools, pools.pools_with_choice, pools.chosen) == (2, 0, 2)
    assert [share.n for share in pools.shares] == [2, 2]


def test_nobody_chosen_has_no_share(make_decisions):
    decisions = make_decisions([0, 0], protected={"sexe": ["F", "H"]}, pool=["a", "a"])
    share = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS).shares[0]
    assert (share.share_of_chosen.value, share.share_of_chosen.missing_reason) == (
        None,
        "nobody_chosen",
    )


def test_no_pool_no_chapter(make_decisions):
    decisions = make_decisions([0, 1], protected={"sexe": ["F", "H"]})
    assert pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS) is None


def test_exposure_by_rank_and_ties():
    score = np.array([9.0, 7.0, 7.0, 1.0, np.nan, 5.0])
    pool = np.array([0, 0, 0, 0, 0, 1])
    one, two, three, four = 1 / np.log2(np.array([2.0, 3.0, 4.0, 5.0]))
    shared = (two + three) / 2
    found = rank_exposure(score, pool)
    assert found[:4] == pytest.approx([one, shared, shared, four])
    assert np.isnan(found[4])
    assert found[5] == pytest.approx(1.0)


def test_exposure_of_groups(make_decisions):
    decisions = make_decisions(
        [1, 0, 0, 0],
        protected={"sexe": ["H", "F", "H", "F"]},
        pool=["a", "a", "a", "a"],
        score=[4, 3, 2, 1],
    )
    women, men = pool_chapter(decisions, references={"sexe": "H"}, limits=LIMITS).shares
    places = 1 / np.log2(np.arange(2, 6))
    assert women.exposure_share == pytest.approx((places[1] + places[3]) / places.sum())
    assert (women.exposure_expected, men.exposure_expected) == pytest.approx((0.5, 0.5))
    assert women.exposure_share + men.exposure_share == pytest.approx(1)
