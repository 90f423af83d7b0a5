"""A reader with every printed stage, and the tables of the decision, cannot work out a small one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from algo_audit.data.decisions import OUTSIDE, PASSED, REFUSED, UNKNOWN, WITHDREW, Column, Steps
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.limits import read_limits
from algo_audit.fairness.comparison import Estimate, GroupRate
from algo_audit.fairness.stages import Stages, _counts
from algo_audit.report.hidden import make_plan
from algo_audit.report.masked_stages import masked_stages
from algo_audit.report.privacy import rule_of

LIMITS = read_limits()
SPLIT = (PASSED, REFUSED, WITHDREW, UNKNOWN)


def random_steps(seed):
    """Stages of a few hundred people with two attributes, some small, some unknown."""
    generator = np.random.default_rng(seed)
    people, stages = int(generator.choice([60, 200, 700])), int(generator.integers(2, 6))
    states = np.full((people, stages), OUTSIDE, dtype=np.int8)
    here = np.ones(people, dtype=bool)
    for stage in range(stages):
        loss = generator.choice([0.02, 0.1, 0.15])
        share = np.array([generator.uniform(0.3, 1.0), 0.5, loss * generator.choice([0, 1]), 0.02])
        share[1] *= generator.choice([0.1, 1.0])
        drawn = generator.choice(SPLIT, size=people, p=share / share.sum())
        states[here, stage] = drawn[here]
        here &= states[:, stage] == PASSED
    columns = {}
    for name in ("a", "b"):
        groups = int(generator.integers(2, 5))
        weights = generator.dirichlet(np.full(groups, generator.choice([0.4, 1.0, 5.0])))
        codes = generator.choice(groups, size=people, p=weights)
        codes[generator.random(people) < generator.choice([0.0, 0.01, 0.1])] = -1
        levels = tuple(f"{name}{code}" for code in range(groups))
        columns[name] = Column(name, codes.astype(np.int32), levels)
    names = tuple(f"s{stage}" for stage in range(stages))
    return Steps(names, states, SimpleNamespace(protected=columns))


def group_lines(steps):
    """Lines of the decision: the last stage passed, of those whose result is known."""
    known = ~np.isin(steps.states, (WITHDREW, UNKNOWN)).any(axis=1)
    chosen = steps.states[:, -1] == PASSED
    rows = []
    for name, column in steps.people.protected.items():
        for code in (*range(len(column.levels)), -1):
            own = known & (column.codes == code)
            if own.any():
                group = None if code < 0 else column.levels[code]
                n, events = int(own.sum()), int((own & chosen).sum())
                rows.append(GroupRate(name, group, n, events, Estimate(events / n), "used"))
    return rows


class StageReader:
    """Unknowns: of every group of one attribute, people by where and how they left."""

    def __init__(self, steps, shown, plan, name):
        self.column = steps.people.protected[name]
        self.groups = [*self.column.levels, None]
        self.stages = len(steps.names)
        self.equal, self.known = [], []
        place = {stage: i for i, stage in enumerate(steps.names)}
        for count in shown.counts:
            if count.attribute not in (None, name):
                continue
            members = self._members(
                count.group, shown, plan, name, everyone=count.attribute is None
            )
            first, last = place[count.stages[0]], place[count.stages[-1]]
            for kind, value in enumerate((count.refused, count.withdrew, count.unknown)):
                spots = [(g, s, kind) for g in members for s in range(first, last + 1)]
                self._add(spots, value)
            later = [
                (g, s, k) for g in members for s in range(last + 1, self.stages) for k in range(3)
            ]
            self._add([*later, *((g, self.stages, 0) for g in members)], count.passed)
        lines = plan.of(name)
        for group, (n, events) in lines.shown.items():
            members = [group]
            if group in lines.hosts:
                members += [g for g in self.groups if g not in lines.shown]
            if group == OTHER_GROUPS:
                continue
            self._add([(g, self.stages, 0) for g in members], events)
            self._add([(g, s, 0) for g in members for s in range(self.stages)], n - events)

    def _members(self, group, shown, plan, name, *, everyone):
        if everyone:
            return self.groups
        told = {c.group for c in shown.counts if c.attribute == name}
        gone = [g for g in self.groups if g not in told]
        if group == OTHER_GROUPS:
            return [g for g in gone if g not in plan.of(name).shown]
        if (name, group) in shown.hosts:
            merged = (
                {g for g in gone if g not in plan.of(name).shown} if OTHER_GROUPS in told else ()
            )
            return [group, *(g for g in gone if g not in merged)]
        return [group]

    def _place(self, group, stage, kind):
        return self.groups.index(group) * (3 * self.stages + 1) + 3 * stage + kind

    def _add(self, spots, value):
        row = np.zeros(len(self.groups) * (3 * self.stages + 1))
        for spot in spots:
            row[self._place(*spot)] += 1
        self.equal.append(row)
        self.known.append(value)

    def highest(self, group, end):
        """Most people of a group that may have passed the stage ``end``."""
        goal = np.zeros(len(self.equal[0]))
        for stage in range(end + 1, self.stages):
            for kind in range(3):
                goal[self._place(group, stage, kind)] = -1
        goal[self._place(group, self.stages, 0)] = -1
        found = linprog(goal, A_eq=np.array(self.equal), b_eq=np.array(self.known, float))
        assert found.success, "what is printed contradicts itself"
        return -found.fun


@pytest.mark.parametrize("audience", ["committee", "public"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=0)
def test_no_small_headcount_at_a_stage_can_be_worked_out(audience, seed):
    steps = random_steps(seed)
    counts = _counts(steps, LIMITS.levels.confidence)
    rows = group_lines(steps)
    if not rows:
        return
    result = SimpleNamespace(
        groups=rows,
        roles=SimpleNamespace(protected=("a", "b")),
        source=SimpleNamespace(rows_used=sum(r.n for r in rows if r.attribute == "a")),
    )
    rule = rule_of(audience, LIMITS)
    plan = make_plan(result, rule)
    full = Stages(steps.names, len(steps.states), counts, (), ())
    shown = masked_stages(full, plan, LIMITS)
    for name in ("a", "b"):
        if name in shown.hidden:
            continue
        reader = StageReader(steps, shown, plan, name)
        for count in counts:
            end = steps.names.index(count.stages[0])
            small = 0 < count.passed < rule.threshold and end < len(steps.names) - 1
            if count.attribute == name and small and count.group in plan.of(name).shown:
                assert reader.highest(count.group, end) >= rule.threshold - 1e-6, (count, seed)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_told_adds_up_and_is_not_small(seed):
    steps = random_steps(seed)
    full = Stages(steps.names, len(steps.states), _counts(steps, 0.95), (), ())
    rows = group_lines(steps)
    if not rows:
        return
    result = SimpleNamespace(
        groups=rows,
        roles=SimpleNamespace(protected=("a", "b")),
        source=SimpleNamespace(rows_used=0),
    )
    rule = rule_of("committee", LIMITS)
    shown = masked_stages(full, make_plan(result, rule), LIMITS)
    for name in ("a", "b"):
        lines = [c for c in shown.counts if c.attribute == name]
        assert bool(lines) != (name in shown.hidden)
        if not lines:
            continue
        # nobody is lost: the lines of an attribute are everybody, at the start and at the end
        first = [c for c in lines if c.stages[0] == steps.names[0]]
        last = [c for c in lines if c.stages[-1] == steps.names[-1]]
        assert sum(c.entered for c in first) == len(steps.states)
        assert sum(c.passed for c in last) == int((steps.states[:, -1] == PASSED).sum())
        assert all(c.entered == 0 or c.entered >= rule.threshold for c in lines)
