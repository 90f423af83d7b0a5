"""What must not change the chapters' figures: order of rows, names, scale of weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.fairness.clusters import cluster_chapter
from algo_audit.fairness.ranking import pool_chapter
from algo_audit.fairness.score_groups import score_chapter
from algo_audit.fairness.stratified import change_of_gap, stratified_gaps
from algo_audit.fairness.subgroups import intersections
from algo_audit.fairness.unknowns import unknown_rows
from algo_audit.fairness.weights import design_effect_test, effective_counts

LIMITS = read_limits()
SMALL = replace(LIMITS, groups=replace(LIMITS.groups, compared_from=1))


@st.composite
def rows(draw, least=12, most=60):
    """Rows of a small file: sex, site, outcome, score, weight, cluster."""
    n = draw(st.integers(least, most))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "H", "X"], n, p=[0.45, 0.45, 0.1])
    sex[:2] = ["F", "H"]
    return {
        "sexe": sex,
        "site": rng.choice(["a", "b", "c"], n),
        "outcome": (rng.random(n) < draw(st.floats(0.05, 0.95))).astype(int),
        "score": np.round(rng.normal(size=n), draw(st.integers(0, 3))),
        "weight": np.round(rng.uniform(0.2, 4, n), 2),
        "cluster": rng.integers(0, max(2, n // 3), n).astype(str),
    }


def _decisions(make, data, order=slice(None), *, names=None, weight=None, keys=()):
    sex = np.array([(names or {}).get(value, value) for value in data["sexe"]], dtype=object)
    more = {key: data[key][order] for key in keys}
    if weight is not None:
        more["weight"] = weight[order]
    return make(
        data["outcome"][order],
        protected={"sexe": sex[order]},
        strata={"site": data["site"][order]},
        pool=data["site"][order],
        **more,
    )


def _gaps(decisions, reference="H"):
    counts = CountTable.from_decisions(decisions).counts(("sexe",), "site")
    return stratified_gaps(counts, reference=reference, limits=SMALL)


def _numbers(value):
    """All numbers of nested results, in order, with None as -1 and infinities kept."""
    if hasattr(value, "__dataclass_fields__"):
        return [n for name in value.__dataclass_fields__ for n in _numbers(getattr(value, name))]
    if isinstance(value, (tuple, list)):
        return [n for item in value for n in _numbers(item)]
    if isinstance(value, (int, float)):
        return [float(value)]
    return [-1.0] if value is None else []


@given(data=rows(), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_changes_nothing(make_decisions, data, seed):
    order = np.random.default_rng(seed).permutation(len(data["sexe"]))
    keys = ("score", "cluster")
    one = _decisions(make_decisions, data, keys=keys)
    other = _decisions(make_decisions, data, order, keys=keys)
    references = {"sexe": "H"}
    assert _gaps(one) == _gaps(other)
    chapters = (pool_chapter, score_chapter, cluster_chapter)
    for chapter in chapters:
        first = chapter(one, references=references, limits=SMALL)
        second = chapter(other, references=references, limits=SMALL)
        assert _numbers(second) == pytest.approx(_numbers(first), abs=1e-9)


@given(data=rows())
@settings(deadline=None, max_examples=40)
def test_renaming_groups_renames_and_changes_nothing_else(make_decisions, data):
    names = {"F": "a-femmes", "H": "b-hommes", "X": "c-autres"}
    one = _gaps(_decisions(make_decisions, data))
    other = _gaps(_decisions(make_decisions, data, names=names), "b-hommes")
    assert [_numbers(gap) for gap in one] == [_numbers(gap) for gap in other]
    assert [names[gap.group] for gap in one] == [gap.group for gap in other]


@given(data=rows(), scale=st.sampled_from([1e-6, 0.1, 3.0, 1e7]))
@settings(deadline=None, max_examples=40)
def test_scaling_all_weights_changes_nothing(make_decisions, data, scale):
    weight = data["weight"]
    one = _decisions(make_decisions, data, weight=weight, keys=("score",))
    other = _decisions(make_decisions, data, weight=scale * weight, keys=("score",))
    for function in (effective_counts, design_effect_test):
        first, second = (
            function(CountTable.from_decisions(d).counts(("sexe",), "site")) for d in (one, other)
        )
        for name in first.__dataclass_fields__:
            a, b = getattr(first, name), getattr(second, name)
            if isinstance(a, str) or a is None:
                assert a == b
            else:
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    assert _numbers(_gaps(other)) == pytest.approx(_numbers(_gaps(one)), rel=1e-6, abs=1e-9)
    first, second = (score_chapter(d, references={"sexe": "H"}, limits=SMALL) for d in (one, other))
    assert _numbers(second) == pytest.approx(_numbers(first), rel=1e-9)


@given(data=rows())
@settings(deadline=None, max_examples=40)
def test_equal_weights_are_no_weights(make_decisions, data):
    plain = _gaps(_decisions(make_decisions, data))
    equal = _gaps(_decisions(make_decisions, data, weight=np.full(len(data["sexe"]), 2.5)))
    for one, other in zip(plain, equal, strict=True):
        for name in ("raw_difference", "raw_ratio", "adjusted_difference", "adjusted_ratio"):
            assert _numbers(getattr(other, name)) == pytest.approx(
                _numbers(getattr(one, name)), rel=1e-6, abs=1e-9
            )


@given(data=rows())
@settings(deadline=None, max_examples=60)
def test_pools_split_the_gap_without_a_rest_and_share_out_everything(make_decisions, data):
    decisions = _decisions(make_decisions, data, keys=("score",))
    pools = pool_chapter(decisions, references={"sexe": "H"}, limits=SMALL)
    for gap in pools.gaps:
        assert gap.raw == pytest.approx(gap.between + gap.within, abs=1e-12)
        women, men = (data["outcome"][data["sexe"] == g].mean() for g in (gap.group, "H"))
        assert gap.raw == pytest.approx(women - men)
        if gap.within_interval is not None:
            assert gap.within_interval.low <= gap.within <= gap.within_interval.high
    if pools.chosen:
        for name in (
            "share_of_candidates",
            "share_expected",
            "exposure_share",
            "exposure_expected",
        ):
            assert sum(getattr(share, name) for share in pools.shares) == pytest.approx(1)
        assert sum(share.chosen for share in pools.shares) == pools.chosen


@given(data=rows(least=20))
@settings(deadline=None, max_examples=60)
def test_swapping_group_and_reference_mirrors_the_change(make_decisions, data):
    counts = CountTable.from_decisions(_decisions(make_decisions, data)).counts(("sexe",), "site")
    events, n = counts.events().astype(float), counts.rows().astype(float)
    i, j = counts.groups.index("F"), counts.groups.index("H")
    one = change_of_gap(events[i], n[i], events[j], n[j])
    other = change_of_gap(events[j], n[j], events[i], n[i])
    assert (one is None) == (other is None)
    if one is not None:
        assert one.value == pytest.approx(-other.value, abs=1e-12)
        assert one.p_value == pytest.approx(other.p_value, abs=1e-6)


@given(
    n=st.lists(st.integers(5, 80), min_size=4, max_size=4),
    share=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
@settings(deadline=None, max_examples=60)
def test_a_crossing_is_worse_only_below_both_parts(n, share):
    sizes = np.array(n).reshape(2, 2)
    events = np.floor(sizes * np.array(share).reshape(2, 2)).astype(int)
    table = CountTable.from_counts(
        sizes, events, axes={"a": ("p", "q"), "b": ("r", "s")}, protected=("a", "b")
    )
    for entry in intersections(table, limits=LIMITS):
        assert 0 <= entry.p_value <= entry.p_adjusted <= 1
        low, high = entry.ratio_to_expected.low, entry.ratio_to_expected.high
        assert low <= entry.ratio_to_expected.value <= high
        if entry.worse:
            assert entry.rate < min(entry.rates_of_parts)
            assert entry.difference_to_expected.high < 0


@given(
    outcome=st.lists(st.booleans(), min_size=6, max_size=30),
    seed=st.integers(0, 1000),
)
@settings(deadline=None, max_examples=60)
def test_bounds_of_unknowns_hold_the_rate(make_decisions, outcome, seed):
    rng = np.random.default_rng(seed)
    sex = rng.choice(np.array(["F", "H", None], dtype=object), len(outcome))
    sex[0] = "F"
    decisions = make_decisions([int(v) for v in outcome], protected={"sexe": sex})
    unknowns = unknown_rows(CountTable.from_decisions(decisions).counts(("sexe",)))
    if unknowns is None:
        assert None not in set(sex)
        return
    assert unknowns.n == sum(value is None for value in sex)
    for bound in unknowns.bounds:
        assert bound.lowest <= bound.low <= bound.rate <= bound.high <= bound.highest
