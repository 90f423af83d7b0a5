"""How well inputs give a group away: known areas, and nobody told by a copy of themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from algo_audit.data.limits import read_limits
from algo_audit.explain.contributions import Player
from algo_audit.explain.proxies import proxy_strength
from algo_audit.models.inputs import Input, InputRows

LIMITS = read_limits()
INPUTS = (
    Input("shifted", "number"), Input("noise", "number"), Input("site", "category", ("a", "b", "c")),
)  # fmt: skip
EACH = tuple(Player(one.name, (place,)) for place, one in enumerate(INPUTS))


def file_of(make_decisions, n=1500, shift=1.0, seed=0, sex=None):
    draw = np.random.default_rng(seed)
    sex = draw.choice(["F", "H"], n) if sex is None else sex
    values = draw.normal(size=(n, 3))
    values[:, 0] += shift * (np.asarray(sex) == "F")
    values[:, 2] = draw.integers(0, 3, n)
    decisions = make_decisions(draw.integers(0, 2, n), protected={"sexe": sex})
    return decisions, InputRows(INPUTS, values)


def by_key(found, group="F"):
    return {one.criterion: one for one in found if one.group == group}


def test_a_shift_of_one_deviation_is_a_known_area(make_decisions):
    """AUC of two normals one deviation apart: Phi(1 / sqrt 2) = 0.760."""
    decisions, rows = file_of(make_decisions)
    found = by_key(proxy_strength(rows, decisions, players=EACH, limits=LIMITS, seed=1))
    known = norm.cdf(1 / np.sqrt(2))
    assert list(found) == [None, "shifted", "noise", "site"]
    own = roc_auc_score(decisions.protected["sexe"].codes == 0, rows.values[:, 0])
    assert own == pytest.approx(known, abs=0.03)
    # twentieths of fifty people, each counted on others: somewhat less than the number itself tells
    assert own - 0.03 < found["shifted"].auc.value <= own
    assert found[None].auc.value == pytest.approx(known, abs=0.05)
    assert found["shifted"].alert
    for key in ("noise", "site"):
        assert found[key].auc.value == pytest.approx(0.5, abs=0.05)
        assert not found[key].alert


def test_two_groups_are_told_alike_three_are_not_mirrored(make_decisions):
    decisions, rows = file_of(make_decisions)
    found = proxy_strength(rows, decisions, players=EACH, limits=LIMITS, seed=1)
    one, two = by_key(found, "F"), by_key(found, "H")
    for key in one:
        assert one[key].auc.value == pytest.approx(two[key].auc.value)
    draw = np.random.default_rng(3)
    sex = draw.choice(["F", "H", "X"], 900)
    decisions, rows = file_of(make_decisions, n=900, sex=sex)
    found = proxy_strength(rows, decisions, players=EACH, limits=LIMITS, seed=1)
    values = {one.group: one.auc.value for one in found if one.criterion == "shifted"}
    assert values["F"] > 0.7
    # H and X stand on the low side of F: told too, less well
    assert 0.55 < values["H"] < values["F"]
    assert 0.55 < values["X"] < values["F"]


def test_nothing_is_learned_by_heart(make_decisions):
    """No link at all, every person ten times in the file: copies stay in one fold."""
    draw = np.random.default_rng(5)
    sex = np.repeat(draw.choice(["F", "H"], 120), 10)
    values = np.repeat(
        np.column_stack([draw.normal(size=(120, 2)), draw.integers(0, 3, 120)]), 10, 0
    )
    decisions = make_decisions(draw.integers(0, 2, 1200), protected={"sexe": sex})
    found = by_key(
        proxy_strength(InputRows(INPUTS, values), decisions, players=EACH, limits=LIMITS, seed=1)
    )
    assert found[None].auc.value < 0.65


def test_a_category_that_is_the_group(make_decisions):
    decisions, rows = file_of(make_decisions, n=300, shift=0)
    codes = decisions.protected["sexe"].codes
    values = rows.values.copy()
    values[:, 2] = codes
    values[::9, 2] = np.nan
    found = by_key(
        proxy_strength(InputRows(INPUTS, values), decisions, players=EACH, limits=LIMITS, seed=1)
    )
    known = ~np.isnan(values[:, 2])
    # told by itself where it is filled in, by nothing where it is not
    guess = np.where(known, codes == 0, 0.5)
    assert found["site"].auc.value == pytest.approx(roc_auc_score(codes == 0, guess), abs=0.02)
    assert found["site"].alert


def test_small_groups_and_samples(make_decisions):
    decisions, rows = file_of(make_decisions, n=60, sex=["F"] * 56 + ["H"] * 4)
    assert proxy_strength(rows, decisions, players=EACH, limits=LIMITS, seed=1) == ()
    decisions, rows = file_of(make_decisions)
    few = replace(LIMITS, explain=replace(LIMITS.explain, proxy_rows=400))
    found = by_key(proxy_strength(rows, decisions, players=EACH, limits=few, seed=1))
    assert found[None].auc.n == 400
