"""A reader with every printed year, and the tables of the decision, cannot work out a small one."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.limits import read_limits
from algo_audit.fairness.comparison import Estimate, GroupRate
from algo_audit.fairness.trend import Trend, YearCount
from algo_audit.report.hidden import make_plan
from algo_audit.report.masked_trend import masked_trend
from algo_audit.report.privacy import rule_of

LIMITS = read_limits()
NAMES = ("a", "b")
CALM = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Dated:
    """``table[a, b, year, decision]``: last place of ``a`` and ``b`` unknown, of years no date."""

    table: np.ndarray

    def groups(self, name: str) -> tuple[str | None, ...]:
        return (*(f"{name}{i}" for i in range(self.table.shape[NAMES.index(name)] - 1)), None)

    def cells(self, name: str, group: str | None, years: slice | int) -> np.ndarray:
        """Which cells of the joint table a line is about, shape (a, b, year)."""
        mask = np.zeros(self.table.shape[:3], dtype=bool)
        spot: list[object] = [slice(None), slice(None), years]
        spot[NAMES.index(name)] = self.groups(name).index(group)
        mask[tuple(spot)] = True
        return mask

    def pair(self, mask: np.ndarray) -> tuple[int, int]:
        own = self.table[mask]
        return int(own.sum()), int(own[:, 1].sum())

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(range(2018, 2018 + self.table.shape[2] - 1))


def random_file(seed: int) -> Dated:
    """A few years of decisions; groups and years of very different sizes, some unknown."""
    generator = np.random.default_rng(seed)
    shape = tuple(int(generator.integers(2, high)) + 1 for high in (5, 4, 6))
    share = generator.gamma(3.0, size=shape)
    for axis, size in enumerate(shape):
        weights = generator.dirichlet(np.full(size - 1, generator.choice([0.5, 2.0, 8.0])))
        unknown = generator.choice([0.0, 0.0, 0.02])
        weights = np.append(weights * (1 - unknown), unknown)
        share = share * weights.reshape([-1 if i == axis else 1 for i in range(3)])
    people = int(generator.choice([80, 300, 1500]))
    cells = generator.multinomial(people, (share / share.sum()).ravel()).reshape(shape)
    chosen = generator.binomial(cells, generator.choice([0.1, 0.4, 0.7]))
    return Dated(np.stack([cells - chosen, chosen], axis=-1))


def told(file: Dated, audience: str):
    """The plan of an audience, and the trend as it sees it (None: not told)."""
    rows, counts = [], []
    for name in NAMES:
        for group in file.groups(name):
            n, events = file.pair(file.cells(name, group, slice(None)))
            if not n:
                continue
            rows.append(GroupRate(name, group, n, events, Estimate(events / n), "used"))
            for place, year in enumerate(file.years):
                pair = file.pair(file.cells(name, group, place))
                counts.append(YearCount(name, group, (year,), *pair))
    result = SimpleNamespace(
        groups=rows,
        roles=SimpleNamespace(protected=NAMES),
        source=SimpleNamespace(rows_used=int(file.table.sum())),
    )
    plan = make_plan(result, rule_of(audience, LIMITS))
    undated = int(file.table[:, :, -1].sum())
    return plan, masked_trend(Trend("day", undated, tuple(counts), (), ()), plan, LIMITS, strata=())


class Reader:
    """Knows every printed count: of the years, and of the groups in the other chapters."""

    def __init__(self, file: Dated, plan, shown: Trend) -> None:
        self.file, self.rows, self.values = file, [], []
        self._know(np.ones(file.table.shape[:3], dtype=bool))
        for count in shown.counts:
            years = [file.years.index(year) for year in count.years]
            mask = np.zeros(file.table.shape[:3], dtype=bool)
            for group in self._members(count, plan, shown):
                for year in years:
                    mask |= file.cells(count.attribute, group, year)
            assert file.pair(mask) == (count.n, count.events), "a line is not what it says"
            self._know(mask)
        for name in NAMES:
            lines = plan.of(name)
            hidden = [g for g in file.groups(name) if g not in lines.shown]
            for group in lines.shown:
                if group == OTHER_GROUPS:
                    continue
                mask = np.zeros(file.table.shape[:3], dtype=bool)
                for one in (group, *(hidden if group in lines.hosts else ())):
                    mask |= file.cells(name, one, slice(None))
                self._know(mask)

    def _members(self, count: YearCount, plan, shown: Trend) -> list[str | None]:
        lines = {one.group for one in shown.counts if one.attribute == count.attribute}
        gone = [g for g in self.file.groups(count.attribute) if g not in lines]
        hidden = [g for g in gone if g not in plan.of(count.attribute).shown]
        if count.group == OTHER_GROUPS:
            return hidden
        if (count.attribute, count.group) in shown.hosts:
            return [count.group, *(g for g in gone if OTHER_GROUPS not in lines or g not in hidden)]
        return [count.group]

    def _know(self, mask: np.ndarray) -> None:
        n, events = self.file.pair(mask)
        flat = mask.ravel().astype(float)
        zero = np.zeros_like(flat)
        self.rows += [np.concatenate([flat, zero]), np.concatenate([zero, flat])]
        self.values += [float(n - events), float(events)]

    def highest(self, mask: np.ndarray, count: str) -> float:
        """Most people that a cell may hold, all that is printed being true."""
        flat = mask.ravel().astype(float)
        zero = np.zeros_like(flat)
        parts = {"n": (flat, flat), "events": (zero, flat), "refused": (flat, zero)}[count]
        equal = {"A_eq": csr_array(np.array(self.rows)), "b_eq": np.array(self.values)}
        found = linprog(-np.concatenate(parts), **equal, method="highs")
        assert found.success, "what is printed contradicts itself"
        return float(-found.fun)


def small_cells(file: Dated, plan, audience: str):
    """Cells of a group that is shown, in one year or without a date, that may not be known."""
    least = plan.rule.threshold
    for name in NAMES:
        for group in plan.of(name).shown:
            if group in (OTHER_GROUPS, None) or group in plan.of(name).hosts:
                continue
            for place in range(file.table.shape[2]):
                mask = file.cells(name, group, place)
                n, events = file.pair(mask)
                values = {"n": n} if audience == "committee" else {
                    "n": n, "events": events, "refused": n - events
                }  # fmt: skip
                for count, value in values.items():
                    if n and value < least:
                        yield mask, count, value


@pytest.mark.parametrize("audience", ["committee", "public"])
@CALM
@given(seed=st.integers(0, 2**32 - 1))
# decisions without a date: enough people, two of them favourable
@example(seed=23)
def test_no_small_cell_of_a_year_can_be_worked_out(audience, seed):
    file = random_file(seed)
    plan, shown = told(file, audience)
    if shown is None:
        return
    reader = Reader(file, plan, shown)
    for mask, count, value in small_cells(file, plan, audience):
        assert reader.highest(mask, count) >= plan.rule.threshold - 1e-6, (count, value)


@pytest.mark.parametrize("audience", ["committee", "public"])
@CALM
@given(seed=st.integers(0, 2**32 - 1))
def test_no_line_is_small_and_nobody_with_a_date_is_lost(audience, seed):
    file = random_file(seed)
    plan, shown = told(file, audience)
    if shown is None:
        return
    dated = file.table[:, :, :-1]
    for name in NAMES:
        lines = [count for count in shown.counts if count.attribute == name]
        assert sum(one.n for one in lines) == int(dated.sum())
        assert sum(one.events for one in lines) == int(dated[..., 1].sum())
        small = plan.rule.small(np.array([c.n for c in lines]), np.array([c.events for c in lines]))
        assert not bool(small.any())


def test_the_reader_is_not_blind():
    """With every year printed, a small cell is exactly known."""
    table = np.zeros((3, 3, 3, 2), dtype=np.int64)
    table[:2, :2, :2] = 30
    table[0, :2, 0] = [[1, 0], [2, 0]]
    file = Dated(table)
    plan, shown = told(file, "committee")
    counts = tuple(
        YearCount(name, group, (year,), *file.pair(file.cells(name, group, place)))
        for name in NAMES
        for group in file.groups(name)[:-1]
        for place, year in enumerate(file.years)
    )
    naked = Reader(file, plan, Trend("day", 0, counts, (), ()))
    assert naked.highest(file.cells("a", "a0", 0), "n") == pytest.approx(3)
    assert shown is None or Reader(file, plan, shown).highest(file.cells("a", "a0", 0), "n") >= 5


def test_most_files_are_told_of():
    """The tests above look at something."""
    seen = [told(random_file(seed), "committee")[1] for seed in range(40)]
    assert sum(one is not None for one in seen) >= 15
    assert sum(one is not None and any(len(c.years) > 1 for c in one.counts) for one in seen) >= 5
