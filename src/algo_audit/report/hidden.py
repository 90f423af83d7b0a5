"""What one audience may not see of a result: a plan, made for all tables together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from algo_audit.audit import AuditResult
from algo_audit.data.counts import CROSSING
from algo_audit.data.disclosure import HOST_TIMES, Cells, Rule, choose_groups, suppress

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
    (``suppress``). Levels of strata follow in ``levels_hidden.py``.
    """
    counts: dict[str, dict[str | None, Pair]] = {}
    for row in result.groups:
        counts.setdefault(row.attribute, {})[row.group] = (row.n, row.events)
    names = [name for name in result.roles.protected if name in counts]
    singles = {name: _Single.of(counts[name], rule) for name in names}
    people = next(
        (summed(counts[name].values()) for name in names),
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
    return Plan(rule, people, lines)


def summed(values: Iterable[Sequence[int]]) -> Pair:
    """People and favourable decisions of several lines together."""
    pairs = np.asarray(list(values), dtype=np.int64).reshape(-1, 2)
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
        together = summed(self.counts[list(self.hidden)])
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
    singles = {
        name: _without_few_unknowns(name, single, full, rule) for name, single in singles.items()
    }
    recoded = {part: _recoded(table, part, singles) for part, table in full.items()}
    system, places = _build(recoded, singles, people)
    found = suppress(system.cells(), rule, np.array(system.hidden))
    return {
        name: _lines_of(part, full[part], recoded[part], places[part], found, singles, rule, people)
        for name, part in kept.items()
    }


def _without_few_unknowns(
    name: str, single: _Single, full: Mapping[tuple[str, ...], IntArray], rule: Rule
) -> _Single:
    """Unknowns counted in with the largest group in crossings, where a few would be left over.

    A crossing's lines and its margins give the unknowns of one attribute among each group of the
    other. Where those are few people, hiding lines to protect them would cost more than
    counting them in does.
    """
    last, sizes = len(single.groups) - 1, single.counts[:-1, 0]
    unknown = int(single.counts[last, 0])
    few = any(
        ((left > 0) & (left < rule.threshold)).any()
        for part, table in full.items()
        if len(part) == 2 and name in part
        for left in (np.moveaxis(table, part.index(name), 0)[-1, :-1, 0],)
    )
    host = int(np.argmax(sizes)) if single.host is None else single.host
    blocked = single.host is None and single.hidden
    if not few or blocked or last in single.hidden or unknown * HOST_TIMES > sizes[host]:
        return single
    return replace(single, hidden=(*single.hidden, last), host=host)


def _build(
    tables: Mapping[tuple[str, ...], IntArray], singles: Mapping[str, _Single], people: Pair
) -> tuple[_System, dict[tuple[str, ...], IntArray]]:
    """All cells, where each stands (-1: counted elsewhere), and their sums."""
    system = _System()
    whole = system.add(people, 0, printed=True, fixed=True, hidden=False)
    places: dict[tuple[str, ...], IntArray] = {(): np.array(whole)}
    for number, (part, table) in enumerate(tables.items(), 1):
        place = np.full(table.shape[:-1], -1, dtype=np.int64)
        for spot in np.ndindex(place.shape):
            owners = [singles[name] for name in part]
            if any(o.host is not None and i in o.hidden for o, i in zip(owners, spot, strict=True)):
                continue
            unknown = any(o.groups[i] is None for o, i in zip(owners, spot, strict=True))
            hidden = any(i in o.hidden for o, i in zip(owners, spot, strict=True))
            place[spot] = system.add(
                table[spot].tolist(),
                number,
                printed=len(part) == 1 or not unknown,
                fixed=len(part) == 1 and not hidden,
                hidden=hidden,
            )
        places[part] = place
        for axis, _ in enumerate(part):
            above = places[part[:axis] + part[axis + 1 :]]
            for spot in np.ndindex(above.shape):
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
        elif recoded[spot][0]:
            shown[label] = (int(recoded[spot][0]), int(recoded[spot][1]))
            if (full[spot] != recoded[spot]).any():
                hosts.add(label)
    told = summed(shown.values())
    rest = (people[0] - told[0], people[1] - told[1])
    if not hidden and (not rest[0] or rule.enough(*rest)):
        if rest[0]:
            shown[None] = rest
        return Lines(shown, frozenset(), frozenset(hosts))
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
