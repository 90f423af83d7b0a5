"""Scores by group, labels, and the exploratory gaps in scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, ttest_ind
from sklearn.metrics import roc_auc_score

from algo_audit.data.limits import read_limits
from algo_audit.fairness.score_comparisons import score_comparisons
from algo_audit.fairness.score_groups import label_chapter, score_chapter

LIMITS = read_limits()
REFERENCES = {"sexe": "H"}


def _file(make_decisions, *, label="both", n=400, seed=3, **more):
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "H"], n)
    score = np.round(rng.normal(50, 10, n) - 4 * (sex == "F"), 1)
    good = (rng.random(n) < 1 / (1 + np.exp(-(score - 50) / 5))).astype(int)
    outcome = (score > 52).astype(int)
    known = {
        "both": np.ones(n, dtype=bool),
        "selected": outcome == 1,
        "none": np.zeros(n, dtype=bool),
    }[label]
    return make_decisions(
        outcome,
        protected={"sexe": sex},
        score=score,
        label=np.where(known, good, -1),
        **more,
    )


def test_level_spread_and_share_above_the_median(make_decisions):
    decisions = _file(make_decisions)
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    women, men = scores.groups
    is_woman = decisions.protected["sexe"].codes == 0
    theirs = decisions.score[is_woman]
    assert scores.median == np.median(decisions.score)
    assert scores.ties_at_median == (decisions.score == scores.median).sum()
    assert (women.group, women.n, men.n) == ("F", is_woman.sum(), (~is_woman).sum())
    assert women.mean == pytest.approx(theirs.mean())
    assert women.standard_deviation == pytest.approx(theirs.std(ddof=1))
    assert women.median == np.median(theirs)
    assert women.above_median.value == pytest.approx((theirs > scores.median).mean())
    assert women.above_median.low < women.above_median.value < women.above_median.high


def test_auc_is_that_of_scikit_learn(make_decisions):
    decisions = _file(make_decisions)
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    for place, group in enumerate(scores.groups):
        rows = decisions.protected["sexe"].codes == place
        expected = roc_auc_score(decisions.label[rows], decisions.score[rows])
        assert group.auc.value == pytest.approx(expected)
        assert group.auc.low < expected < group.auc.high


def test_calibration_bins_are_deciles_of_everyone(make_decisions):
    decisions = _file(make_decisions)
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    edges = np.quantile(decisions.score, np.linspace(0, 1, 11))
    for group, place in zip(scores.groups, (0, 1), strict=True):
        rows = decisions.protected["sexe"].codes == place
        assert sum(b.n for b in group.calibration) == rows.sum()
        third = group.calibration[2]
        inside = rows & (decisions.score > edges[2]) & (decisions.score <= edges[3])
        assert (third.low, third.high) == (edges[2], edges[3])
        assert third.n == inside.sum()
        assert third.mean_score == pytest.approx(decisions.score[inside].mean())
        assert third.observed.value == pytest.approx(decisions.label[inside].mean())


def test_a_score_with_few_values_keeps_equal_scores_together(make_decisions):
    decisions = make_decisions(
        [0, 1] * 30,
        protected={"sexe": ["F", "H"] * 30},
        score=[1.0, 2.0, 2.0] * 20,
        label=[0, 1, 1] * 20,
    )
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    assert scores.ties_at_median == 40
    for group in scores.groups:
        assert group.above_median.value == 0
        assert sum(b.n for b in group.calibration) == group.n
        assert len(group.calibration) <= 2


@pytest.mark.parametrize(
    ("label", "coverage", "reason"),
    [("selected", "favourable_only", "labels_only_for_selected"), ("none", "none", "no_label")],
)
def test_without_labels_on_both_sides_there_is_no_auc(make_decisions, label, coverage, reason):
    decisions = _file(make_decisions, label=label)
    labels = label_chapter(decisions, limits=LIMITS)
    assert labels.coverage == coverage
    assert labels.rows_favourable + labels.rows_unfavourable == len(decisions)
    assert labels.known == labels.known_favourable + labels.known_unfavourable
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    for group in scores.groups:
        assert (group.auc.value, group.auc.missing_reason) == (None, reason)
        assert group.calibration == ()
    found = score_comparisons(decisions, references=REFERENCES, limits=LIMITS)
    assert {comparison.measure for comparison in found} == {"mean_score"}


def test_labels_for_a_handful_of_refused_people_are_almost_only_for_selected(make_decisions):
    outcome = np.array([1] * 100 + [0] * 900)
    label = np.where(outcome == 1, 1, -1)
    label[100:110] = 0
    make = {"protected": {"sexe": ["F", "H"] * 500}}
    assert label_chapter(make_decisions(outcome, label=label, **make), limits=LIMITS).coverage == (
        "favourable_only"
    )
    label[100:118] = 0  # 2 % of the refused
    assert label_chapter(make_decisions(outcome, label=label, **make), limits=LIMITS).coverage == (
        "both"
    )


def test_no_score_and_no_label_give_no_chapter(make_decisions):
    decisions = make_decisions([0, 1], protected={"sexe": ["F", "H"]})
    assert score_chapter(decisions, references=REFERENCES, limits=LIMITS) is None
    assert label_chapter(decisions, limits=LIMITS) is None
    blank = make_decisions([0, 1], protected={"sexe": ["F", "H"]}, score=[np.nan, np.nan])
    assert score_chapter(blank, references=REFERENCES, limits=LIMITS) is None
    assert score_comparisons(blank, references=REFERENCES, limits=LIMITS) == ()


def test_missing_scores_are_counted(make_decisions):
    decisions = make_decisions(
        [0, 1, 0, 1], protected={"sexe": ["F", "H", "F", "H"]}, score=[1, np.nan, 3, 4]
    )
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    assert (scores.n, scores.missing, scores.median) == (3, 1, 3.0)
    assert [group.n for group in scores.groups] == [2, 1]
    assert scores.groups[1].standard_deviation is None


def _smallest(n):
    return replace(LIMITS, groups=replace(LIMITS.groups, compared_from=n))


def test_the_textbook_difference_of_means(make_decisions):
    """3 of 4 against 2 of 6 as a score: .816497 (population variances would give .910975)."""
    score = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    decisions = make_decisions(score, protected={"g": ["a"] * 4 + ["b"] * 6}, score=score)
    (found,) = score_comparisons(decisions, references={"g": "b"}, limits=_smallest(2))
    assert found.difference.value == pytest.approx(0.816497, abs=5e-7)
    assert found.value - found.reference_value == pytest.approx(found.difference.value)
    assert found.p_value == pytest.approx(ttest_ind(score[:4], score[4:], equal_var=False).pvalue)
    assert (found.unit, found.ratio, found.family) == ("sd", None, "exploratory")


def test_the_gap_in_auc_has_the_sum_of_the_two_variances(make_decisions):
    from algo_audit.stats.auc import auc_delong

    decisions = _file(make_decisions)
    found = {
        c.measure: c for c in score_comparisons(decisions, references=REFERENCES, limits=LIMITS)
    }
    codes = decisions.protected["sexe"].codes
    area = auc_delong(decisions.score, decisions.label, codes, groups=2)
    gap, error = area.auc[0] - area.auc[1], np.sqrt(area.variance.sum())
    auc = found["auc"]
    assert auc.difference.value == pytest.approx(gap)
    assert auc.p_value == pytest.approx(2 * norm.sf(abs(gap) / error))
    assert (auc.ratio, auc.verdict, auc.unit) == (None, "inconclusive", "area")


def test_scores_that_do_not_vary_are_not_compared(make_decisions):
    decisions = make_decisions(
        [0, 1] * 10, protected={"sexe": ["F", "H"] * 10}, score=[5.0] * 20, label=[0, 1] * 10
    )
    found = score_comparisons(decisions, references=REFERENCES, limits=LIMITS)
    assert {(c.measure, c.verdict, c.missing_reason) for c in found} == {
        ("mean_score", "not_shown", "scores_do_not_vary"),
        ("auc", "not_shown", "label_has_one_value"),
    }


def test_a_constant_weight_changes_no_figure(make_decisions):
    plain = score_chapter(_file(make_decisions), references=REFERENCES, limits=LIMITS)
    weighted = score_chapter(
        _file(make_decisions, weight=np.full(400, 7.5)), references=REFERENCES, limits=LIMITS
    )
    for one, other in zip(plain.groups, weighted.groups, strict=True):
        assert other.mean == pytest.approx(one.mean)
        assert other.standard_deviation == pytest.approx(one.standard_deviation)
        assert other.above_median.low == pytest.approx(one.above_median.low)
        assert other.auc == one.auc


def test_uneven_weights_weigh_means_shares_and_bins(make_decisions):
    weight = np.random.default_rng(10).uniform(0.2, 6, 400)
    decisions = _file(make_decisions, weight=weight)
    scores = score_chapter(decisions, references=REFERENCES, limits=LIMITS)
    codes = decisions.protected["sexe"].codes
    edges = np.quantile(decisions.score, np.linspace(0, 1, 11))
    for place, group in enumerate(scores.groups):
        rows = codes == place
        w, score = weight[rows], decisions.score[rows]
        mean = np.average(score, weights=w)
        assert group.mean == pytest.approx(mean)
        n = rows.sum()
        variance = np.average((score - mean) ** 2, weights=w) * n / (n - 1)
        assert group.standard_deviation == pytest.approx(np.sqrt(variance))
        assert group.above_median.value == pytest.approx(
            np.average(score > scores.median, weights=w)
        )
        assert group.above_median.n == n
        first = group.calibration[0]
        inside = rows & (decisions.score <= edges[1])
        assert first.observed.value == pytest.approx(
            np.average(decisions.label[inside], weights=weight[inside])
        )
    plain = score_chapter(_file(make_decisions), references=REFERENCES, limits=LIMITS)
    for heavy, even in zip(scores.groups, plain.groups, strict=True):
        wide = heavy.above_median.high - heavy.above_median.low
        assert wide > even.above_median.high - even.above_median.low


def test_one_heavy_row_is_not_a_group(make_decisions):
    decisions = make_decisions(
        [0, 1] * 10,
        protected={"sexe": ["F", "H"] * 10},
        score=np.arange(20.0),
        weight=[1e9, 1.0] + [1e-3, 1.0] * 9,
    )
    (found,) = score_comparisons(decisions, references=REFERENCES, limits=LIMITS)
    assert (found.verdict, found.missing_reason) == ("not_shown", "too_few_scores")
