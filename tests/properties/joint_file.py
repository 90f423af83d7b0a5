"""A file given as one joint table, the result that an audit of it would print, and a reader.

Written without the code under test: counts are sums of the joint table, and the reader's linear
programme has one unknown for every cell of the joint table and decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from algo_audit.audit import AuditResult
from algo_audit.data.decisions import Source
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.comparison import Comparison, Estimate, GroupRate, Interval
from algo_audit.fairness.strata import StratifiedGap, StratumLevel
from algo_audit.fairness.unknowns import UnknownBound, Unknowns

CROSSED = " × "
STRATUM = "team"


@dataclass(frozen=True)
class JointFile:
    """``table[..., 0]`` refused, ``table[..., 1]`` chosen; last place of every axis: unknown.

    The axes are the attributes, then the stratum.
    """

    table: np.ndarray

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple("abc"[: self.table.ndim - 2])

    def groups(self, name: str) -> tuple[str | None, ...]:
        size = self.table.shape[self.attributes.index(name)]
        return (*(f"{name}{i}" for i in range(size - 1)), None)

    @property
    def levels(self) -> tuple[str | None, ...]:
        return (*(f"s{i}" for i in range(self.table.shape[-2] - 1)), None)

    def where(
        self, names: tuple[str, ...], spots: tuple[set[int], ...], levels: set[int] | None
    ) -> np.ndarray:
        """Which cells of the joint table (without decision) a line is about."""
        mask = np.ones(self.table.shape[:-1], dtype=bool)
        for name, inside in zip(names, spots, strict=True):
            axis = self.attributes.index(name)
            shape = [1] * mask.ndim
            shape[axis] = -1
            chosen = np.array([i in inside for i in range(self.table.shape[axis])])
            mask &= chosen.reshape(shape)
        if levels is not None:
            mask &= np.array([i in levels for i in range(self.table.shape[-2])])
        return mask

    def pair(self, mask: np.ndarray) -> tuple[int, int]:
        cells = self.table[mask]
        return int(cells.sum()), int(cells[..., 1].sum())

    def crossings(self) -> list[tuple[str, ...]]:
        return [
            part
            for size in range(1, len(self.attributes) + 1)
            for part in combinations(self.attributes, size)
            if size < 3 or size == len(self.attributes)
        ]


def _rate(n: int, events: int) -> Estimate:
    return Estimate(events / n if n else None, 0.0, 1.0, n)


def _comparison(
    attribute: str, group: str, reference: str | None, counts: tuple[int, ...], stratum: str | None
) -> Comparison:
    n, events, n_reference, events_reference = counts
    gap = events / n - events_reference / n_reference if n and n_reference else 0.0
    return Comparison(
        attribute=attribute, group=group, reference=reference, measure="selection_rate", unit="share",
        stratum=stratum, n=n, events=events, n_reference=n_reference, events_reference=events_reference,
        value=events / n if n else None, reference_value=events_reference / n_reference if n_reference else None,
        difference=Interval(gap, -1.0, 1.0), ratio=None, p_value=0.5, p_adjusted=0.5, test="fisher",
        family="exploratory", verdict="inconclusive",
    )  # fmt: skip


def result_of(file: JointFile) -> AuditResult:
    """Groups, comparisons (raw, with all others, within the stratum), gaps within it, unknowns."""
    groups: list[GroupRate] = []
    comparisons: list[Comparison] = []
    strata: list[StratifiedGap] = []
    unknowns: list[Unknowns] = []
    for part in file.crossings():
        rows, lines = _lines(file, part)
        groups += rows
        if len(part) == 1 and rows[-1].group is None:
            bounds = tuple(UnknownBound(part[0], group, 0.5, 0.4, 0.6) for group in lines)
            share = rows[-1].n / int(file.table.sum())
            unknowns.append(Unknowns(part[0], rows[-1].n, rows[-1].events, share, bounds))
        for stratum in (None, STRATUM):
            made, gaps = _compared(file, part, lines, stratum)
            comparisons += made
            strata += gaps
    rows_used = int(file.table.sum())
    return AuditResult(
        tool={},
        audited_on="",
        case={"key": "joint", "texts": {}},
        source=Source("joint.csv", "0" * 64, rows_used, rows_used),
        roles=Roles(outcome="chosen", protected=file.attributes, strata=(STRATUM,)),
        policy=Policy(),
        groups=tuple(groups),
        comparisons=tuple(comparisons),
        tests=(),
        findings=(),
        unknowns=tuple(unknowns),
        lottery=(),
        strata=tuple(strata),
    )


def _lines(file: JointFile, part) -> tuple[list[GroupRate], dict[str, tuple[set[int], ...]]]:
    """Groups that occur, the unknowns last, and where each group stands on its axes."""
    attribute = CROSSED.join(part)
    axes = [file.groups(name) for name in part]
    rows: list[GroupRate] = []
    lines: dict[str, tuple[set[int], ...]] = {}
    left = file.pair(np.ones(file.table.shape[:-1], dtype=bool))
    for spot in product(*(range(len(axis) - 1) for axis in axes)):
        inside = tuple({i} for i in spot)
        n, events = file.pair(file.where(part, inside, None))
        if n:
            label = CROSSED.join(str(axes[k][i]) for k, i in enumerate(spot))
            lines[label] = inside
            status = "used" if n >= 5 else "small"
            rows.append(GroupRate(attribute, label, n, events, _rate(n, events), status))
            left = (left[0] - n, left[1] - events)
    if left[0]:
        rows.append(GroupRate(attribute, None, *left, _rate(*left), "unknown"))
    return rows, lines


def _compared(file: JointFile, part, lines, stratum: str | None):
    """Comparisons with the largest group and with all others, and gaps by level."""
    attribute = CROSSED.join(part)
    levels = None if stratum is None else set(range(file.table.shape[-2] - 1))
    counts = {g: file.pair(file.where(part, inside, levels)) for g, inside in lines.items()}
    comparisons: list[Comparison] = []
    gaps: list[StratifiedGap] = []
    if not counts:
        return comparisons, gaps
    reference = max(counts, key=lambda group: counts[group][0])
    known = (sum(p[0] for p in counts.values()), sum(p[1] for p in counts.values()))
    for group, own in counts.items():
        if own[0] < 5:
            continue
        others = (known[0] - own[0], known[1] - own[1])
        comparisons.append(_comparison(attribute, group, None, (*own, *others), stratum))
        if group != reference:
            pair = (*own, *counts[reference])
            comparisons.append(_comparison(attribute, group, reference, pair, stratum))
            if stratum is not None and len(part) == 1:
                sides = ((group, lines[group]), (reference, lines[reference]))
                gaps.append(_gap(file, part, attribute, *sides))
    return comparisons, gaps


def _gap(file, part, attribute, own, other) -> StratifiedGap:
    levels = []
    for i, level in enumerate(file.levels[:-1]):
        n, events = file.pair(file.where(part, own[1], {i}))
        n_reference, events_reference = file.pair(file.where(part, other[1], {i}))
        if file.pair(file.where(part, tuple(set(range(9)) for _ in part), {i}))[0]:
            levels.append(
                StratumLevel(
                    str(level), n, events, n_reference, events_reference, None, None, None, None
                )
            )
    none = Interval(0.0, -1.0, 1.0)
    return StratifiedGap(
        attribute, own[0], other[0], STRATUM, none, None, none, None, None, 0.5, 0.5, None, False, (), False, None,
        len(levels), len(levels), sum(x.n + x.n_reference for x in levels), tuple(levels),
    )  # fmt: skip


class Reader:
    """Knows every printed count and works out what is not printed, by linear programming."""

    def __init__(self, file: JointFile, masked) -> None:
        self.file = file
        self.size = file.table.size // 2
        self.rows: list[np.ndarray] = []
        self.values: list[float] = []
        self.loose: list[np.ndarray] = []
        self.limits: list[float] = []
        self.step = masked.threshold or 0
        self._know(
            np.ones(file.table.shape[:-1], dtype=bool),
            *file.pair(np.ones(file.table.shape[:-1], dtype=bool)),
        )
        for part in file.crossings():
            self._read_lines(part, masked)
        for row in masked.result.unknowns:
            axis = file.attributes.index(row.attribute)
            self._know(
                file.where((row.attribute,), ({file.table.shape[axis] - 1},), None),
                row.n,
                row.events,
            )
        self._read_levels(masked)

    def _know(self, mask: np.ndarray, n: int, events: int) -> None:
        assert file_pair(self.file, mask) == (n, events), (
            "a printed count that is not what its line says"
        )
        self._add(mask, n - events, events)

    def _add(self, mask: np.ndarray, refused: float, chosen: float) -> None:
        flat = mask.ravel().astype(float)
        zero = np.zeros_like(flat)
        self.rows += [np.concatenate([flat, zero]), np.concatenate([zero, flat])]
        self.values += [refused, chosen]

    def _read_lines(self, part: tuple[str, ...], masked) -> None:
        attribute = CROSSED.join(part)
        printed = {
            r.group: (r.n, r.events)
            for r in masked.result.groups
            if r.attribute == attribute and r.n is not None
        }
        axes = [self.file.groups(name) for name in part]
        hides = any(r.attribute == attribute and r.n is None for r in masked.result.groups)
        folds = next(
            f for f in self._folds(part, masked) if self._explains(part, printed, f, masked)
        )
        for spot in product(*(range(len(axis) - 1) for axis in axes)):
            label = CROSSED.join(str(axes[k][i]) for k, i in enumerate(spot))
            if label in printed:
                self._know(self.file.where(part, self._inside(spot, folds), None), *printed[label])
            elif len(part) > 1 and not hides:
                # no line at all: the reader takes it that nobody is there
                self._know(self.file.where(part, tuple({i} for i in spot), None), 0, 0)
        if None in printed and len(part) == 1:
            self._know(self.file.where(part, ({len(axes[0]) - 1},), None), *printed[None])
        if OTHER_GROUPS in printed:
            told = [pair for group, pair in printed.items() if group != OTHER_GROUPS]
            n, events = self.file.pair(np.ones(self.file.table.shape[:-1], dtype=bool))
            rest = (n - sum(p[0] for p in told), events - sum(p[1] for p in told))
            assert printed[OTHER_GROUPS] == rest, (
                "the merged line is what is left: it tells nothing new"
            )

    def _folds(self, part, masked):
        """Every way in which people may have been counted in with a host, axis by axis."""
        choices = []
        for name in part:
            groups = self.file.groups(name)
            last = len(groups) - 1
            hidden = {i for i, g in enumerate(groups) if (name, g) in masked.groups}
            host = [i for i, g in enumerate(groups) if (name, g) in masked.hosts]
            options = []
            if host:
                options += [(host[0], frozenset(hidden)), (host[0], frozenset(hidden | {last}))]
            elif not hidden:
                options.append((0, frozenset()))
                if len(part) > 1:
                    options += [(i, frozenset({last})) for i in range(last)]
            else:
                options.append((0, frozenset()))
            choices.append(options)
        return product(*choices)

    @staticmethod
    def _inside(spot, folds):
        return tuple(
            {i} | (set(hidden) if i == host else set())
            for i, (host, hidden) in zip(spot, folds, strict=True)
        )

    def _explains(self, part, printed, folds, masked) -> bool:
        axes = [self.file.groups(name) for name in part]
        for spot in product(*(range(len(axis) - 1) for axis in axes)):
            label = CROSSED.join(str(axes[k][i]) for k, i in enumerate(spot))
            if (
                label in printed
                and self.file.pair(self.file.where(part, self._inside(spot, folds), None))
                != printed[label]
            ):
                return False
        return True

    def _read_levels(self, masked) -> None:
        for gap in masked.result.strata:
            groups = self.file.groups(gap.attribute)
            for level in gap.levels:
                if level.level == OTHER_GROUPS:
                    continue
                where = {self.file.levels.index(level.level)}
                for group, n, events in (
                    (gap.group, level.n, level.events),
                    (gap.reference, level.n_reference, level.events_reference),
                ):
                    mask = self.file.where((gap.attribute,), ({groups.index(group)},), where)
                    if (gap.attribute, group) in masked.hosts:
                        both = np.concatenate([mask.ravel(), mask.ravel()]).astype(float)
                        self.loose += [both, -both]
                        self.limits += [n + self.step, -(n - self.step)]
                    else:
                        self._know(mask, n, events)
        for row in masked.result.comparisons:
            if row.stratum is None or CROSSED in row.attribute or row.group == OTHER_GROUPS:
                continue
            line = next(
                r
                for r in masked.result.groups
                if (r.attribute, r.group) == (row.attribute, row.group)
            )
            if (row.n, row.events) != (line.n, line.events):
                groups = self.file.groups(row.attribute)
                known = set(range(self.file.table.shape[-2] - 1))
                self._know(
                    self.file.where((row.attribute,), ({groups.index(row.group)},), known),
                    row.n,
                    row.events,
                )

    def bounds(self, mask: np.ndarray, count: str) -> tuple[float, float]:
        flat = mask.ravel().astype(float)
        zero = np.zeros_like(flat)
        goal = {
            "n": np.concatenate([flat, flat]),
            "events": np.concatenate([zero, flat]),
            "refused": np.concatenate([flat, zero]),
        }[count]
        known = {"A_eq": csr_array(np.array(self.rows)), "b_eq": np.array(self.values)}
        if self.loose:
            known |= {"A_ub": csr_array(np.array(self.loose)), "b_ub": np.array(self.limits)}
        low = linprog(goal, **known, method="highs")
        high = linprog(-goal, **known, method="highs")
        assert low.success
        assert high.success
        return float(low.fun), float(-high.fun)


def file_pair(file: JointFile, mask: np.ndarray) -> tuple[int, int]:
    return file.pair(mask)
