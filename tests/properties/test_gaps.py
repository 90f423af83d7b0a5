"""What must not change a gap or a verdict: order of rows, names, scale of weights, files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.lottery import lottery_mirror
from algo_audit.fairness.questions import run_questions

_FULL = read_limits()
LIMITS = replace(
    _FULL, resampling=replace(_FULL.resampling, permutations=499, permutations_first=499,
                              permutations_at_least=99)
)  # fmt: skip
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS = 90
KINDS = ("rows", "weights", "clusters", "pools")


def file(draw_seed, kind, rows=ROWS):
    rng = np.random.default_rng(draw_seed)
    codes = {
        name: rng.integers(-1 if name == "a" else 0, k, rows).astype(np.int32)
        for name, k in (("a", 4), ("b", 2), ("site", 3))
    }
    columns = {
        name: Column(name, values, tuple("wxyz"[: 4 if name == "a" else 3]))
        for name, values in codes.items()
    }
    other = Column("other", rng.integers(0, 12, rows).astype(np.int32), tuple("abcdefghijkl"))
    return Decisions(
        roles=Roles("y"),
        source=Source("f", "", rows, rows),
        outcome=rng.binomial(1, rng.uniform(0.05, 0.9), rows).astype(np.int8),
        protected={"a": columns["a"], "b": columns["b"]},
        strata={"site": columns["site"]},
        weight=np.round(rng.uniform(0.2, 4, rows), 2) if kind == "weights" else None,
        cluster=other if kind == "clusters" else None,
        pool=other if kind == "pools" else None,
    )


def taken(decisions, order):
    """The same file, its rows in another order (or repeated)."""

    def column(old):
        return None if old is None else replace(old, codes=old.codes[order])

    return replace(
        decisions,
        outcome=decisions.outcome[order],
        protected={name: column(c) for name, c in decisions.protected.items()},
        strata={name: column(c) for name, c in decisions.strata.items()},
        weight=None if decisions.weight is None else decisions.weight[order],
        cluster=column(decisions.cluster),
        pool=column(decisions.pool),
    )


def result(decisions, **options):
    table = CountTable.from_decisions(decisions, clusters_below=LIMITS.clusters.permutation_below)
    evidence = evidence_for(decisions, table, LIMITS, seed=1)
    return run_questions(table, Policy(seed=1), LIMITS, evidence=evidence, **options)


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(kind, seed):
    decisions = file(seed, kind)
    order = np.random.default_rng(seed).permutation(len(decisions))
    flips = {"flips": kind == "rows"}  # the slow part, and the same for every kind
    one, other = result(decisions, **flips), result(taken(decisions, order), **flips)
    if kind in ("rows", "pools"):
        assert one == other
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert (a.group, a.reference, a.verdict) == (b.group, b.reference, b.verdict)
        assert (a.p_adjusted is None) == (b.p_adjusted is None)
        if a.p_adjusted is not None:
            assert a.p_adjusted == pytest.approx(b.p_adjusted, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_names_of_groups_and_strata_change_nothing(kind, seed):
    decisions = file(seed, kind)
    renamed = {}
    for name, column in decisions.protected.items():
        # other names, and the levels in another order
        turned = len(column.levels) - 1 - column.codes
        codes = np.where(column.codes < 0, -1, turned).astype(np.int32)
        levels = tuple(f"new {level}" for level in reversed(column.levels))
        renamed[name] = replace(column, codes=codes, levels=levels)
    flips = {"flips": kind == "rows"}
    one = result(decisions, **flips)
    other = result(replace(decisions, protected=renamed), **flips)
    rows = {(row.attribute, row.stratum, row.group): row for row in other.comparisons}
    for attribute in decisions.protected:
        # a tie between groups may name another reference: then there is nothing to hold
        references = [
            {str(row.reference).removeprefix("new ") for row in result_.comparisons
             if row.attribute == attribute}
            for result_ in (one, other)
        ]  # fmt: skip
        if references[0] != references[1]:
            continue
        for row in one.comparisons:
            if row.attribute != attribute:
                continue
            same = rows[row.attribute, row.stratum, f"new {row.group}"]
            assert (row.n, row.events, row.verdict) == (same.n, same.events, same.verdict)
            assert row.flip_count == same.flip_count
            # draws follow sizes, not names: with equal sizes they may differ by chance alone
            if row.p_adjusted is not None:
                assert row.p_adjusted == pytest.approx(same.p_adjusted, abs=0.12)
            if row.p_value is not None:
                assert row.p_value == pytest.approx(same.p_value, rel=1e-6)
            if row.ratio is not None:
                assert row.ratio.low == pytest.approx(same.ratio.low, rel=1e-6)


@pytest.mark.parametrize("factor", [0.001, 3.0, 1e6])
@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_scale_of_weights_changes_nothing(factor, seed):
    decisions = file(seed, "weights")
    scaled = replace(decisions, weight=decisions.weight * factor)
    for a, b in zip(result(decisions).comparisons, result(scaled).comparisons, strict=True):
        assert (a.group, a.reference, a.verdict) == (b.group, b.reference, b.verdict)
        assert a.p_value == pytest.approx(b.p_value, rel=1e-6)
        assert a.value == pytest.approx(b.value)
        for key in ("difference", "ratio"):
            if getattr(a, key) is not None:
                expected = getattr(a, key)
                found = getattr(b, key)
                assert [found.low, found.high] == pytest.approx(
                    [expected.low, expected.high], rel=1e-6, abs=1e-9
                )


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_scale_of_weights_changes_nothing_with_clusters(seed):
    rng = np.random.default_rng(seed)
    who = Column("who", rng.integers(0, 60, 200).astype(np.int32), tuple(map(str, range(60))))
    decisions = replace(file(seed, "rows", rows=200), cluster=who, weight=rng.uniform(0.3, 3, 200))
    scaled = replace(decisions, weight=decisions.weight * 250)
    for a, b in zip(result(decisions).comparisons, result(scaled).comparisons, strict=True):
        assert a.p_value == pytest.approx(b.p_value, rel=1e-6)
        if a.difference is not None:
            assert a.difference.low == pytest.approx(b.difference.low, rel=1e-6)


@FEW
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(1, ROWS - 1))
def test_counts_of_two_files_add_up_to_those_of_the_merged_file(seed, cut):
    decisions = file(seed, "weights")
    whole = CountTable.from_decisions(decisions)
    for attribute, stratum in ((("a",), None), (("a", "b"), "site")):
        merged = whole.counts(attribute, stratum)
        total = {}
        for part in (np.arange(cut), np.arange(cut, ROWS)):
            counts = CountTable.from_decisions(taken(decisions, part)).counts(attribute, stratum)
            for g, group in enumerate(counts.groups):
                for h, level in enumerate(counts.strata):
                    key = (group, level)
                    total[key] = total.get(key, 0) + counts.n[g, h]
        for g, group in enumerate(merged.groups):
            for h, level in enumerate(merged.strata):
                expected = total.get((group, level), np.zeros((2, 3, 3)))
                assert (merged.n[g, h] == expected).all()


@FEW
@given(seed=st.integers(0, 2**32 - 1), times=st.integers(2, 5))
def test_a_file_merged_with_itself_keeps_its_rates_and_is_surer(seed, times):
    decisions = file(seed, "rows")
    more = taken(decisions, np.tile(np.arange(ROWS), times))
    one, other = result(decisions, flips=False), result(more, flips=False)
    rows = {(row.attribute, row.group, row.reference): row for row in other.comparisons}
    for row in one.comparisons:
        same = rows.get((row.attribute, row.group, row.reference))
        if same is None or row.difference is None:
            continue
        assert same.value == pytest.approx(row.value)
        width = row.difference.high - row.difference.low
        assert same.difference.high - same.difference.low < width
        assert same.shortfall.value == pytest.approx(times * row.shortfall.value)


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_counts_round_trip(seed):
    decisions = file(seed, "pools")
    table = CountTable.from_decisions(decisions)
    known = decisions.protected["a"].codes >= 0
    shape = (4, 3, 3, 12, 2)
    full = np.zeros(shape, dtype=np.int64)
    for row in np.flatnonzero(known):
        full[
            decisions.protected["a"].codes[row],
            decisions.protected["b"].codes[row],
            decisions.strata["site"].codes[row],
            decisions.pool.codes[row],
            decisions.outcome[row],
        ] += 1
    back = CountTable.from_counts(
        full.sum(axis=-1), full[..., 1], axes=table.axes, protected=("a", "b"), pool="other"
    )
    for attribute, stratum in ((("a",), None), (("b", "a"), "other"), (("a",), "site*other")):
        one, two = table.counts(attribute, stratum), back.counts(attribute, stratum)
        if "b" not in attribute:
            assert one.groups == two.groups
        if one.strata == two.strata and one.groups == two.groups:
            assert (one.n == two.n).all()
        assert one.n.sum() == two.n.sum() == known.sum()


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_intervals_hold_their_value_and_p_values_lie_between_none_and_one(seed):
    decisions = file(seed, KINDS[seed % 4])
    for row in result(decisions, flips=False).comparisons:
        for interval in (row.difference, row.ratio, row.shortfall):
            if interval is not None:
                assert interval.low <= interval.value + 1e-9
                assert interval.value <= interval.high + 1e-9
                assert np.isfinite([interval.low, interval.value, interval.high]).all()
        for p in (row.p_value, row.p_adjusted):
            assert p is None or 0 <= p <= 1
        if row.verdict == "not_shown":
            assert row.missing_reason


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_an_equal_lottery_is_drawn_and_counted(seed):
    decisions = file(seed, ("rows", "pools")[seed % 2])
    table = CountTable.from_decisions(decisions)
    mirror = lottery_mirror(table, ("a",), policy=Policy(seed=seed % 99), limits=LIMITS)
    if mirror is not None:
        assert sum(mirror.counts) == mirror.draws
        assert len(mirror.edges) == len(mirror.counts) + 1
        assert mirror.quantile_05 <= mirror.quantile_50 <= mirror.quantile_95
        assert 0 <= mirror.share_as_wide <= 1
