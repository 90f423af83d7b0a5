"""A reader with every printed mean and headcount cannot work out what a few people get."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy, Question
from algo_audit.report.building import build_report, walk
from algo_audit.report.document import Table
from algo_audit.report.privacy import masked

from .amount_files import decisions_of

LIMITS = read_limits()
# what is hidden hangs on no p-value: few splits are enough
LIMITS = replace(LIMITS, resampling=replace(LIMITS.resampling, permutations=99))
THRESHOLD = {"committee": 5, "public": 10}
CALM = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def audited(seed: int):
    """A file with sparse groups, unknowns, a nested attribute, a crossing asked beforehand."""
    decisions = decisions_of(seed)
    names = list(decisions.protected)
    rng = np.random.default_rng(seed)
    crossing = (Question(tuple(names[:2])),) if rng.random() < 0.5 else ()
    policy = Policy(primary=(*(Question((name,)) for name in names), *crossing))
    case = Case(key="made", path=decisions.source.name, roles=decisions.roles, policy=policy)
    return decisions, run_audit(case, decisions, limits=LIMITS)


def members(decisions, attribute: str, group: str | None) -> np.ndarray:
    """Who stands in a group of an attribute or a crossing."""
    if " × " not in attribute:
        column = decisions.protected[attribute]
        code = -1 if group is None else column.levels.index(group)
        return column.codes == code
    if group is None:
        return np.logical_or.reduce([members(decisions, a, None) for a in attribute.split(" × ")])
    parts = zip(attribute.split(" × "), group.split(" × "), strict=True)
    return np.logical_and.reduce([members(decisions, *one) for one in parts])


@CALM
@given(st.integers(0, 2**32 - 1), st.sampled_from(["committee", "public"]))
def test_sums_of_a_few_people_do_not_follow_from_the_means(seed, audience):
    decisions, result = audited(seed)
    shown = masked(result, audience).result
    told, others = [], {}
    for group in shown.amounts.groups:
        if group.mean is None or group.n is None:
            continue
        if group.group == OTHER_GROUPS:
            others[group.attribute] = group
            continue
        told.append(members(decisions, group.attribute, group.group))
    kept = _in_figures(decisions, result)
    rows = [row & kept for row in told]
    for attribute in others:
        rest = kept.copy()
        for group in shown.amounts.groups:
            printed = group.attribute == attribute and group.mean is not None
            if printed and group.group != OTHER_GROUPS:
                rest &= ~members(decisions, attribute, group.group)
        rows.append(rest)
    if not rows:
        return
    matrix = np.array(rows, dtype=float)
    for secret in _secrets(decisions):
        if not 0 < secret.sum() < THRESHOLD[audience]:
            continue
        weights, *_ = np.linalg.lstsq(matrix.T, secret.astype(float), rcond=None)
        left = np.abs(matrix.T @ weights - secret).max()
        assert left > 1e-6, (audience, np.flatnonzero(secret))


def _in_figures(decisions, result) -> np.ndarray:
    """Rows whose amounts enter some figure: what is set aside enters none."""
    kept = np.ones(len(decisions), dtype=bool)
    for group in result.amounts.groups:
        if group.mean is None:
            kept &= ~members(decisions, group.attribute, group.group)
    return kept


def _secrets(decisions):
    names = list(decisions.protected)
    for name in names:
        column = decisions.protected[name]
        yield from (column.codes == code for code in range(-1, len(column.levels)))
    for one, other in combinations(names, 2):
        first, second = decisions.protected[one], decisions.protected[other]
        for a in range(-1, len(first.levels)):
            for b in range(-1, len(second.levels)):
                yield (first.codes == a) & (second.codes == b)


@CALM
@given(st.integers(0, 2**32 - 1), st.sampled_from(["committee", "public"]))
def test_no_printed_figure_is_about_a_few_people(seed, audience):
    _, result = audited(seed)
    shown = masked(result, audience).result
    least = THRESHOLD[audience]
    for group in shown.amounts.groups:
        if group.mean is not None:
            assert group.n is not None
            assert group.n >= least
        for quantile, share in zip(group.quantiles, (0.1, 0.25, 0.5, 0.75, 0.9), strict=True):
            if quantile is not None:
                assert min(share, 1 - share) * group.n >= least - 1e-9
    sizes = {(g.attribute, g.group): g.n for g in shown.amounts.groups}
    for row in shown.comparisons:
        assert (sizes.get((row.attribute, row.group)) or 0) >= least
        assert (sizes.get((row.attribute, row.reference)) or 0) >= least


def test_hiding_a_few_unknowns_does_not_hide_the_gap():
    _, result = audited(3)
    assert any(g.status == "unknown" for g in result.amounts.groups)
    shown = masked(result, "committee").result
    assert [r.verdict for r in shown.comparisons] == [r.verdict for r in result.comparisons]


@pytest.mark.parametrize("audience", ["committee", "public"])
@pytest.mark.parametrize("seed", range(3))
def test_hidden_amounts_are_in_no_cell_of_the_document(seed, audience):
    _, result = audited(seed)
    shown = masked(result, audience).result
    visible = {(g.attribute, g.group) for g in shown.amounts.groups if g.mean is not None}
    hidden = [g for g in result.amounts.groups if (g.attribute, g.group) not in visible]
    document = build_report(result, "en", audience=audience)
    cells = {
        cell.text
        for section in walk(document.sections)
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    }
    # the very same people may stand in a group of another attribute that is shown
    told = {f"{g.mean:,.0f}" for g in shown.amounts.groups if g.mean is not None}
    own = {f"{g.mean:,.0f}" for g in hidden if g.mean is not None}
    assert not (own - told) & cells
