"""Gaps of published decision files, from their counts, against figures made with scipy alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.lottery import lottery_mirror
from algo_audit.fairness.questions import judge_questions, run_questions

LIMITS = read_limits()
TABLES = json.loads((Path(__file__).parent / "gap_counts.json").read_text(encoding="utf-8"))


def one_attribute(groups):
    """CountTable of rows [group, n, events, ...]."""
    labels = tuple(row[0] for row in groups)
    n, events = (np.array([row[i] for row in groups]) for i in (1, 2))
    return CountTable.from_counts(n, events, axes={"a": labels}, protected=("a",))


@pytest.mark.parametrize("name", TABLES)
def test_ratio_fisher_and_z_are_those_of_the_oracle(name):
    table = TABLES[name]
    policy = Policy(reference={"a": table["reference"]})
    result = run_questions(one_attribute(table["groups"]), policy, LIMITS, flips=False)
    expected = {row[0]: row for row in table["groups"] if row[0] != table["reference"]}
    assert {row.group for row in result.comparisons} == set(expected)
    for row in result.comparisons:
        _, n, events, ratio, fisher, _ = expected[row.group]
        assert (row.n, row.events, row.reference) == (n, events, table["reference"])
        assert row.ratio.value == pytest.approx(ratio, abs=5e-7)
        assert row.ratio.low <= row.ratio.value <= row.ratio.high
        assert row.p_value == pytest.approx(fisher, rel=1e-5, abs=1e-300)
        assert row.shortfall.value == pytest.approx(n * (row.reference_value - row.value))


@pytest.mark.parametrize("name", [k for k, v in TABLES.items() if len(v["groups"]) == 2])
def test_statistic_of_two_groups_is_the_pooled_z_but_for_the_finite_sample(name):
    groups = TABLES[name]["groups"]
    total = sum(row[1] for row in groups)
    (z,) = [row[5] for row in groups if row[5] is not None]
    (test,) = run_questions(one_attribute(groups), Policy(), LIMITS, flips=False).tests
    assert test.statistic == pytest.approx(abs(z) * np.sqrt((total - 1) / total), abs=2e-6)


@pytest.mark.parametrize("name", TABLES)
def test_the_most_favoured_large_group_is_found(name):
    table = TABLES[name]
    large = [r for r in table["groups"] if r[1] >= LIMITS.groups.reference_from] or table["groups"]
    best = max(large, key=lambda row: row[2] / row[1])[0]
    rows = run_questions(one_attribute(table["groups"]), Policy(), LIMITS, flips=False).comparisons
    assert {row.reference for row in rows} == {best}


def test_callbacks_by_race():
    table = one_attribute(TABLES["callbacks: race"]["groups"])
    (row,) = run_questions(table, Policy(), LIMITS).comparisons
    assert row.value == pytest.approx(0.064476, abs=5e-7)
    assert row.reference_value == pytest.approx(0.096509, abs=5e-7)
    assert row.ratio.value == pytest.approx(0.668085, abs=5e-7)
    assert row.shortfall.value == pytest.approx(78)
    assert row.verdict == "gap_established"
    assert not row.interval_disagrees


def test_promotion_vignette_hangs_on_one_decision():
    table = one_attribute(TABLES["promotion_vignette: gender"]["groups"])
    (row,) = run_questions(table, Policy(), LIMITS).comparisons
    # Rosen and Jerdee's 48 files: two-sided Fisher 0.049, so one more promotion undoes it
    assert row.p_adjusted == pytest.approx(0.0489914, abs=5e-8)
    assert (row.verdict, row.flip_count) == ("gap_established", 1)


def test_ricci_pass_rates_of_three_groups():
    # Ricci v. DeStefano, 557 U.S. 557: pass rates 60.3 % against 33.3 % and 26.1 %
    table = one_attribute(TABLES["ricci: passed by Race"]["groups"])
    rows = {row.group: row for row in run_questions(table, Policy(), LIMITS).comparisons}
    assert {group: row.reference for group, row in rows.items()} == {"B": "W", "H": "W"}
    assert rows["H"].p_value < rows["H"].p_adjusted < 0.05
    # once H is established, B is judged alone: by the very same test
    assert rows["B"].p_adjusted == pytest.approx(rows["B"].p_value)


def test_zero_cells_of_bankwages_have_finite_figures():
    table = one_attribute(TABLES["bankwages: management by gender x minority"]["groups"])
    rows = {row.group: row for row in run_questions(table, Policy(), LIMITS).comparisons}
    none = rows["female|yes"]
    assert none.events == 0
    assert none.ratio.value == 0.0
    assert 0 < none.ratio.high < 0.5
    assert none.verdict == "gap_established"


def test_local_law_144_example_of_shares_above_the_median():
    # 6 RCNY 5-300: 50 of 92 men and 34 of 76 women above the median
    n, above = np.array([92, 76]), np.array([50, 34])
    table = CountTable.from_counts(n, above, axes={"sex": ("Male", "Female")}, protected=("sex",))
    (row,) = run_questions(table, Policy(), LIMITS).comparisons
    assert row.ratio.value == pytest.approx(0.823158, abs=5e-7)


def test_lottery_of_four_groups_of_a_hundred():
    # independently simulated: mean ratio 0.67, under 0.80 in 85 % of draws (binomial draws)
    table = one_attribute([[name, 100, 20] for name in "abcd"])
    mirror = lottery_mirror(table, ("a",), policy=Policy(), limits=LIMITS)
    assert mirror.mean_ratio == pytest.approx(0.67, abs=0.01)
    assert mirror.share_below_margin == pytest.approx(0.85, abs=0.03)
    assert sum(mirror.counts) == mirror.draws == LIMITS.resampling.lottery_draws


def test_three_attributes_are_corrected_together():
    groups = TABLES["bankwages: management by gender x minority"]["groups"]
    cells = {tuple(row[0].split("|")): (row[1], row[2]) for row in groups}
    axes = {"gender": ("female", "male"), "minority": ("no", "yes")}
    n = np.array([[cells[g, m][0] for m in axes["minority"]] for g in axes["gender"]])
    events = np.array([[cells[g, m][1] for m in axes["minority"]] for g in axes["gender"]])
    table = CountTable.from_counts(n, events, axes=axes, protected=tuple(axes))
    _, adjusted = judge_questions(table, Policy(), LIMITS)
    # Holm of Fisher's 9.16e-13 and 4.34e-06
    assert adjusted[0][0] == pytest.approx(2 * 9.16255e-13, rel=1e-5)
    assert adjusted[1][0] == pytest.approx(4.34327e-06, rel=1e-5)
