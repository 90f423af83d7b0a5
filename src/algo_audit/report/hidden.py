"""What one audience may not see of a result: a plan, made for all tables together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from algo_audit.audit import AuditResult
from algo_audit.data.counts import CROSSING
from algo_audit.data.disclosure import Cells, Rule, choose_groups, suppress

IntArray = NDArray[np.int64]
Pair = tuple[int, int]
# The tables of a file with more attributes than this are not taken apart: their full crossing,
# which hardly anyone can read, is left out instead.
_CROSSED_AT_MOST = 3


@dataclass(frozen=True)
class Lines:
    """The lines of one attribute or crossing.

    Attributes
    ----------
    shown : mapping of str or None to (n, events)
        Counts to print (None: unknown). Lines in ``hosts`` hold hidden people as well.
    hidden : frozenset of str or None
        Lines without numbers: small themselves, or protecting a small one, nobody can tell.
    hosts : frozenset of str
    merged : (n, events) or None
        All hidden lines (and, in a crossing, people of unknown attribute) together.
    """

    shown: Mapping[str | None, Pair]
    hidden: frozenset[str | None] = frozenset()
    hosts: frozenset[str] = frozenset()
    merged: Pair | None = None

    @property
    def touched(self) -> bool:
        """Whether anything here differs from the unmasked result."""
        return bool(self.hidden or self.hosts)


@dataclass(frozen=True)
class Plan:
    """What is hidden, and what is printed instead."""

    rule: Rule
    people: Pair
    lines: Mapping[str, Lines]
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by stratum

    def of(self, attribute: str) -> Lines:
        """Lines of an attribute; none where it is not in the result."""
        return self.lines.get(attribute, Lines({}))

    def is_hidden(self, attribute: str, *groups: str | None) -> bool:
        """Whether one of these groups has no numbers of its own."""
        shown = self.of(attribute).shown
        return any(group not in shown for group in groups)

    def is_host(self, attribute: str, *groups: str | None) -> bool:
        """Whether the line of one of these groups holds hidden people as well."""
        return any(group in self.of(attribute).hosts for group in groups)


def make_plan(result: AuditResult, rule: Rule) -> Plan:
    """Decide what to hide.

    Parameters
    ----------
    result : AuditResult
        Unmasked.
    rule : Rule

    Returns
    -------
    Plan

    Notes
    -----
    Attributes first (``choose_groups``), then their crossings, all in one system of sums
    (``suppress``), then levels of strata: the same levels for every attribute, so that the
    document is that of a file in which those levels were never told apart.
    """
    counts: dict[str, dict[str | None, Pair]] = {}
    for row in result.groups:
        counts.setdefault(row.attribute, {})[row.group] = (row.n, row.events)
    names = [name for name in result.roles.protected if name in counts]
    singles = {name: _Single.of(counts[name], rule) for name in names}
    people = next(
        (_summed(counts[name].values()) for name in names),
        (result.source.rows_used, 0),
    )
    lines = {name: single.lines(rule) for name, single in singles.items()}
    crossed = {
        CROSSING.join(part): part
        for size in range(2, len(names) + 1)
        for part in combinations(names, size)
        if CROSSING.join(part) in counts
    }
    kept = {name: part for name, part in crossed.items() if _taken_apart(part, names)}
    lines |= _crossing_lines(counts, singles, kept, people, rule)
    for name, part in crossed.items():
        if name not in kept:
            lines[name] = _left_out(counts[name], part, singles, rule)
    known = Plan(rule, people, lines)
    return Plan(rule, people, lines, _hidden_levels(result, known))


def _summed(values: object) -> Pair:
    pairs = np.asarray(list(values), dtype=np.int64).reshape(-1, 2)  # type: ignore[call-overload]
    return int(pairs[:, 0].sum()), int(pairs[:, 1].sum())


def _taken_apart(part: tuple[str, ...], names: Sequence[str]) -> bool:
    return len(part) == 2 or (len(part) == len(names) == _CROSSED_AT_MOST)


@dataclass(frozen=True)
class _Single:
    """One attribute: its groups as written, unknown last, and how they are shown."""

    groups: tuple[str | None, ...]
    counts: IntArray  # (groups, 2): people, favourable
    hidden: tuple[int, ...]
    host: int | None

    @classmethod
    def of(cls, counts: Mapping[str | None, Pair], rule: Rule) -> _Single:
        groups = (*(group for group in counts if group is not None), None)
        table = np.array([counts.get(group, (0, 0)) for group in groups], dtype=np.int64)
        unknown = len(groups) - 1
        choice = choose_groups(table[:, 0].tolist(), table[:, 1].tolist(), rule, unknown=unknown)
        return cls(groups, table, choice.hidden, choice.host)

    @property
    def target(self) -> IntArray:
        """Place to which each group's people are counted."""
        place = np.arange(len(self.groups))
        if self.host is not None:
            place[list(self.hidden)] = self.host
        return place

    @property
    def recoded(self) -> IntArray:
        table = np.zeros_like(self.counts)
        np.add.at(table, self.target, self.counts)
        return table

    def lines(self, rule: Rule) -> Lines:
        hidden = frozenset(self.groups[i] for i in self.hidden)
        table = self.recoded
        shown = {
            group: (int(table[i, 0]), int(table[i, 1]))
            for i, group in enumerate(self.groups)
            if i not in self.hidden and (group is not None or table[i, 0])
        }
        if self.host is not None:
            return Lines(shown, hidden, frozenset({str(self.groups[self.host])}))
        together = _summed(self.counts[list(self.hidden)])
        merged = together if self.hidden and rule.enough(*together) else None
        return Lines(shown, hidden, frozenset(), merged)


def _full_table(
    part: tuple[str, ...],
    counts: Mapping[str | None, Pair],
    singles: Mapping[str, _Single],
    smaller: Mapping[tuple[str, ...], IntArray],
    people: Pair,
) -> IntArray:
    """Counts of a crossing with unknowns as a last place on every axis, by subtraction."""
    axes = [singles[name].groups for name in part]
    table = np.zeros((*(len(axis) for axis in axes), 2), dtype=np.int64)
    for place in product(*(range(len(axis) - 1) for axis in axes)):
        label = CROSSING.join(str(axes[k][i]) for k, i in enumerate(place))
        table[place] = counts.get(label, (0, 0))
    for axis, _ in enumerate(part):
        rest = part[:axis] + part[axis + 1 :]
        margin = smaller[rest] if rest else np.array(people)
        known = np.moveaxis(table, axis, 0)
        # earlier axes have their unknowns already, later ones not yet: those come with their turn
        known[-1] = np.maximum(margin - known[:-1].sum(axis=0), 0)
    return table


def _recoded(table: IntArray, part: tuple[str, ...], singles: Mapping[str, _Single]) -> IntArray:
    """Hidden people of every axis counted in with their host."""
    for axis, name in enumerate(part):
        moved = np.zeros_like(table)
        np.add.at(np.moveaxis(moved, axis, 0), singles[name].target, np.moveaxis(table, axis, 0))
        table = moved
    return table


@dataclass
class _System:
    """Cells of all tables under construction."""

    n: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    table: list[int] = field(default_factory=list)
    printed: list[bool] = field(default_factory=list)
    fixed: list[bool] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    relations: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)

    def add(
        self, pair: Sequence[int], table: int, *, printed: bool, fixed: bool, hidden: bool
    ) -> int:
        self.n.append(int(pair[0]))
        self.events.append(int(min(pair[1], pair[0])))
        self.table.append(table)
        self.printed.append(printed)
        self.fixed.append(fixed)
        self.hidden.append(hidden)
        return len(self.n) - 1

    def cells(self) -> Cells:
        return Cells(
            n=np.array(self.n, dtype=np.int64),
            events=np.array(self.events, dtype=np.int64),
            table=np.array(self.table, dtype=np.int64),
            printed=np.array(self.printed, dtype=bool),
            fixed=np.array(self.fixed, dtype=bool),
            relations=tuple(self.relations),
        )


def _crossing_lines(
    counts: Mapping[str, Mapping[str | None, Pair]],
    singles: Mapping[str, _Single],
    kept: Mapping[str, tuple[str, ...]],
    people: Pair,
    rule: Rule,
) -> dict[str, Lines]:
    if not kept:
        return {}
    full: dict[tuple[str, ...], IntArray] = {(k,): s.counts for k, s in singles.items()}
    for name, part in sorted(kept.items(), key=lambda item: len(item[1])):
        full[part] = _full_table(part, counts[name], singles, full, people)
    recoded = {part: _recoded(table, part, singles) for part, table in full.items()}
    system, places = _build(recoded, singles, people)
    found = suppress(system.cells(), rule, np.array(system.hidden))
    return {
        name: _lines_of(part, full[part], recoded[part], places[part], found, singles, rule, people)
        for name, part in kept.items()
    }


def _build(
    tables: Mapping[tuple[str, ...], IntArray], singles: Mapping[str, _Single], people: Pair
) -> tuple[_System, dict[tuple[str, ...], IntArray]]:
    """All cells, where each stands (-1: counted elsewhere), and their sums."""
    system = _System()
    whole = system.add(people, 0, printed=True, fixed=True, hidden=False)
    places: dict[tuple[str, ...], IntArray] = {(): np.array(whole)}
    for number, (part, table) in enumerate(tables.items(), 1):
        place = np.full(table.shape[:-1], -1, dtype=np.int64)
        for spot in product(*(range(size) for size in place.shape)):
            owners = [singles[name] for name in part]
            if any(o.host is not None and i in o.hidden for o, i in zip(owners, spot, strict=True)):
                continue
            unknown = any(o.groups[i] is None for o, i in zip(owners, spot, strict=True))
            hidden = any(i in o.hidden for o, i in zip(owners, spot, strict=True))
            place[spot] = system.add(
                table[spot],
                number,
                printed=len(part) == 1 or not unknown,
                fixed=len(part) == 1 and not hidden,
                hidden=hidden,
            )
        places[part] = place
        for axis, _ in enumerate(part):
            above = places[part[:axis] + part[axis + 1 :]]
            for spot in product(*(range(size) for size in above.shape)):
                total = int(above[spot])
                across = np.moveaxis(place, axis, -1)[spot]
                if total >= 0:
                    system.relations.append((total, tuple(int(c) for c in across if c >= 0)))
    return system, places


def _lines_of(
    part: tuple[str, ...],
    full: IntArray,
    recoded: IntArray,
    places: IntArray,
    found: NDArray[np.bool_],
    singles: Mapping[str, _Single],
    rule: Rule,
    people: Pair,
) -> Lines:
    """Lines of one crossing from what was found."""
    shown: dict[str | None, Pair] = {}
    hidden: set[str | None] = set()
    hosts: set[str] = set()
    for spot in product(*(range(len(singles[name].groups) - 1) for name in part)):
        label = CROSSING.join(
            str(singles[name].groups[i]) for name, i in zip(part, spot, strict=True)
        )
        place = int(places[spot])
        if place < 0 or found[place]:
            hidden.add(label)
        elif full[spot][0]:
            # a crossing that nobody is in has no line in the result
            shown[label] = (int(recoded[spot][0]), int(recoded[spot][1]))
            if (full[spot] != recoded[spot]).any():
                hosts.add(label)
        elif recoded[spot][0]:
            hidden.add(label)
    told = _summed(shown.values())
    rest = (people[0] - told[0], people[1] - told[1])
    if not hidden and not hosts:
        if rest[0]:
            shown[None] = rest
        return Lines(shown)
    hidden.add(None)
    return Lines(shown, frozenset(hidden), frozenset(hosts), rest if rule.enough(*rest) else None)


def _left_out(
    counts: Mapping[str | None, Pair],
    part: tuple[str, ...],
    singles: Mapping[str, _Single],
    rule: Rule,
) -> Lines:
    """A crossing too deep to be taken apart: shown only where nothing at all is small."""
    table = np.array(list(counts.values()), dtype=np.int64).reshape(-1, 2)
    untouched = not any(singles[name].hidden for name in part)
    if untouched and None not in counts and not rule.small(table[:, 0], table[:, 1]).any():
        return Lines(dict(counts))
    return Lines({}, frozenset(counts))


def _hidden_levels(result: AuditResult, plan: Plan) -> dict[str, frozenset[str]]:
    """Levels to merge in every stratum, the same for all attributes.

    Levels of strata that are crossed, or made of a protected attribute, repeat other tables in
    another shape: they are all merged where one of them is small.
    """
    people: dict[str, dict[tuple[str, str], dict[str, Pair]]] = {}
    for gap in result.strata:
        for group, own in ((gap.group, True), (gap.reference, False)):
            if not plan.is_hidden(gap.attribute, group):
                people.setdefault(gap.stratum, {})[gap.attribute, group] = {
                    level.level: (level.n, level.events)
                    if own
                    else (level.n_reference, level.events_reference)
                    for level in gap.levels
                }
    totals = {(row.attribute, row.group): (row.n, row.events) for row in result.groups}
    protected = set(result.roles.protected)
    found = {}
    for stratum, groups in people.items():
        tables = []
        for key, by_level in groups.items():
            told = _summed(by_level.values())
            whole = totals.get(key, told)
            # people of the group whose level is not known: they follow by subtraction
            unknown = (max(whole[0] - told[0], 0), max(whole[1] - told[1], 0))
            tables.append({**by_level, None: unknown})
        columns = {column.strip() for column in stratum.split("*")}
        hidden = merged_levels(tables, plan.rule)
        if hidden and (len(columns) > 1 or columns & protected):
            hidden = {level for table in tables for level in table}
        found[stratum] = frozenset(level for level in hidden if level is not None)
    return found


def merged_levels(tables: Sequence[Mapping[str | None, Pair]], rule: Rule) -> set[str | None]:
    """Levels to merge so that every group has room up to k in the merged line.

    Parameters
    ----------
    tables : sequence of mapping of level to (n, events)
        One for each group; level None: not known.
    rule : Rule
    """
    levels = list(dict.fromkeys(level for table in tables for level in table))
    counts = np.array(
        [[table.get(level, (0, 0)) for level in levels] for table in tables], dtype=np.int64
    ).reshape(len(tables), len(levels), 2)
    small = rule.small(counts[:, :, 0], counts[:, :, 1])
    hidden = small.any(axis=0)
    for level in np.argsort(counts[:, :, 0].sum(axis=0), kind="stable").tolist():
        together = counts[:, hidden].sum(axis=1)
        short = rule.small(together[:, 0], together[:, 1]) & (small & hidden).any(axis=1)
        alone = (counts[:, hidden, 0] > 0).sum(axis=1) < 2
        if not (short | (alone & (small & hidden).any(axis=1))).any():
            break
        hidden[level] = True
    return {level for level, out in zip(levels, hidden.tolist(), strict=True) if out}
