"""What the score is worth: against scikit-learn, by hand, and honest about what is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from algo_audit.data.limits import read_limits
from algo_audit.data.rule import Rule
from algo_audit.explain.worth import worth
from algo_audit.models.rule import decide

LIMITS = read_limits()


def made_up(make_decisions, n=400, labels="everyone", seed=0):
    draw = np.random.default_rng(seed)
    score = draw.normal(size=n)
    good = (draw.random(n) < 1 / (1 + np.exp(-1.5 * score))).astype(np.int8)
    taken = (score > 0.3).astype(np.int8)
    label = {
        "everyone": good,
        "selected": np.where(taken == 1, good, -1),
        "partial": np.where(np.arange(n) % 3 == 0, -1, good),
        "none": np.full(n, -1),
    }[labels].astype(np.int8)
    sex = np.r_[draw.choice(["F", "H"], n - 3), ["X"] * 3]
    decisions = make_decisions(
        taken, protected={"sexe": sex}, label=label,
        inputs={
            "arrivee": [f"{1 + i % 28:02d}/03/2024" for i in range(n)],
            "anciennete": [str(i % 11) for i in range(n)],
        },
    )  # fmt: skip
    roles = replace(decisions.roles, date="arrivee", seniority="anciennete")
    decisions = replace(decisions, roles=roles)
    return score, label, sex, decisions, decide(Rule("threshold", 0.3), score)


def test_association_as_scikit_learn_has_it(make_decisions):
    score, label, sex, decisions, decided = made_up(make_decisions)
    made = worth(score, decided, decisions, limits=LIMITS)
    assert (made.coverage, made.label) == ("everyone", "label")
    first, *groups = made.associations
    assert (first.attribute, first.group, first.n, first.events) == (None, None, 400, label.sum())
    assert first.auc.value == pytest.approx(roc_auc_score(label, score))
    assert first.auc.low < first.auc.value < first.auc.high
    assert [one.group for one in groups] == ["F", "H"]  # three people are no group
    for one in groups:
        own = sex == one.group
        assert one.auc.value == pytest.approx(roc_auc_score(label[own], score[own]))
        assert (one.n, one.events) == (own.sum(), label[own].sum())
    assert made.restricted == pytest.approx(1.0)
    assert made.selected_good.value == pytest.approx(label[decided.decision == 1].mean())


def test_gains_by_hand(make_decisions):
    score, label, _, decisions, decided = made_up(make_decisions)
    grid = -score
    made = worth(score, decided, decisions, model_grid_scores=grid, limits=LIMITS)
    gains = {one.baseline: one for one in made.gains}
    assert list(gains) == ["lottery", "first_come", "seniority", "grid", "logged"]
    ours = label[decided.decision == 1].mean()
    assert gains["lottery"].good.value == pytest.approx(label.mean())
    assert gains["lottery"].gain.value == pytest.approx(ours - label.mean())
    assert gains["lottery"].gain.low > 0
    assert gains["logged"].selected_alike.value == 1.0
    assert gains["logged"].gain.value == 0.0
    places = int(decided.decision.sum())
    worst = np.argsort(score)[:places]
    assert gains["grid"].good.value == pytest.approx(label[worst].mean())
    assert gains["grid"].gain.value == pytest.approx(ours - label[worst].mean())
    # seniority: ten first, those equal at the last place share it
    senior = np.arange(400) % 11
    whole = senior > 7
    left = (places - whole.sum()) / (senior == 7).sum()
    assert 0 <= left <= 1 or places > whole.sum()
    order = np.sort(senior)[::-1]
    last = order[places - 1]
    above = senior > last
    chance = np.where(above, 1.0, np.where(senior == last,
                      (places - above.sum()) / (senior == last).sum(), 0.0))  # fmt: skip
    assert gains["seniority"].good.value == pytest.approx((chance @ label) / places)


def test_labels_of_the_selected_only_are_not_compared(make_decisions):
    """Who was refused never had the chance: no other way to fill the places can be judged."""
    score, label, _, decisions, decided = made_up(make_decisions, labels="selected")
    made = worth(score, decided, decisions, limits=LIMITS)
    assert made.coverage == "favourable_only"
    known = label >= 0
    assert made.associations[0].auc.value == pytest.approx(
        roc_auc_score(label[known], score[known])
    )
    assert made.restricted == pytest.approx(score[known].std(ddof=1) / score.std(ddof=1))
    assert made.restricted < 0.8
    for one in made.gains:
        assert one.gain.missing_reason == "labels_only_for_selected"
        assert (one.good.value is None) == (one.baseline != "logged")
        assert one.selected_alike.value is not None


def test_without_labels_nothing_is_said_of_worth(make_decisions):
    score, _, _, decisions, decided = made_up(make_decisions, labels="none")
    for one in (decisions, replace(decisions, label=None)):
        made = worth(score, decided, one, limits=LIMITS)
        assert made.coverage == "none"
        assert [row.auc.missing_reason for row in made.associations] == ["no_label"]
        assert {row.gain.missing_reason for row in made.gains} == {"no_label"}
        assert made.selected_good.value is None


def test_columns_that_are_not_there_are_said_so(make_decisions):
    score, _, _, decisions, decided = made_up(make_decisions, labels="partial")
    bare = replace(decisions, roles=replace(decisions.roles, date=None, seniority=None))
    made = worth(score, decided, bare, limits=LIMITS)
    assert made.coverage == "partial"
    missing = {one.baseline: one.selected_alike.missing_reason for one in made.gains}
    assert missing == {
        "lottery": None, "first_come": "no_column", "seniority": "no_column", "logged": None,
    }  # fmt: skip
    assert worth(score, None, decisions, limits=LIMITS).gains == ()


def test_one_kind_of_label_has_no_area(make_decisions):
    score, _, _, decisions, decided = made_up(make_decisions)
    same = replace(decisions, label=np.ones(400, np.int8))
    made = worth(score, decided, same, limits=LIMITS)
    assert made.associations[0].auc.missing_reason == "label_has_one_value"


def test_rows_without_score_or_label_are_left_out(make_decisions):
    score, label, _, decisions, decided = made_up(make_decisions, labels="partial")
    score = score.copy()
    score[::7] = np.nan
    made = worth(score, decided, decisions, limits=LIMITS)
    known = (label >= 0) & ~np.isnan(score)
    assert made.associations[0].n == known.sum()
    assert made.associations[0].auc.value == pytest.approx(
        roc_auc_score(label[known], score[known])
    )
