"""Small cells: what may not be printed, and what else must go so that it cannot be worked out.

A *cell* is a headcount with its favourable decisions: a group, a crossing of groups, those whose
attribute is unknown. Cells add up (groups to the whole file, crossings to groups), so that
hiding a small cell alone hides nothing: it follows by subtraction from what stays. This module
finds a set of further cells to hide. ``data/attacker.py`` holds the reader who tries.

**What counts as protected.** A reader who knows every printed number, every sum and that no
count is negative must find it possible that a hidden small count reaches the threshold k (so
that its being small is not certain), and the interval left to such a reader is k - 1 or more wide
where hiding more cells can bring that about. In the words of the field: an upper protection
level of k - n and a sliding level of k - 1 (L. Cox 1980, *JASA* 75; M. Fischetti and
J.-J. Salazar 2001, *Management Science* 47; A. Hundepool and others 2012, *Statistical
Disclosure Control*, chapter 4; INSEE, *Manuel sur le secret statistique*). It says nothing
against a reader who was there and knows people of the group.

Hidden cells all look the same: printing which of them are themselves small, and which protect
others, would bound them by the threshold from both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Stands for the groups (or levels of a stratum) that are hidden, merged in one line.
OTHER_GROUPS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Rule:
    """What is small: ``threshold`` people, and as many decisions of either kind if ``decisions``.

    The committee's rule looks at people only; the public one at favourable and at unfavourable
    decisions too.
    """

    threshold: int
    decisions: bool = False

    def small(self, n: IntArray, events: IntArray) -> BoolArray:
        """Cells that may not be printed. Nobody is hidden by an empty cell."""
        found = n < self.threshold
        if self.decisions:
            found = found | (events < self.threshold) | (n - events < self.threshold)
        return np.asarray(found & (n > 0))

    def enough(self, n: int, events: int) -> bool:
        """Whether a merged line of n people may be printed."""
        k = self.threshold
        return n >= k and (not self.decisions or min(events, n - events) >= k)


@dataclass(frozen=True)
class Cells:
    """Cells of all the tables of one document, and how they add up.

    Attributes
    ----------
    n, events : int64 arrays, shape (cells,)
        Headcount and favourable decisions, 0 <= events <= n.
    table : int64 array, shape (cells,)
        Number of the table in which a cell stands.
    printed : bool array, shape (cells,)
        False: never printed, and yet a number that may follow by subtraction.
    fixed : bool array, shape (cells,)
        Printed whatever happens: the whole file, lines settled before.
    relations : tuple of (int, tuple of int)
        ``(total, parts)``: the total is the sum of its parts.
    """

    n: IntArray
    events: IntArray
    table: IntArray
    printed: BoolArray
    fixed: BoolArray
    relations: tuple[tuple[int, tuple[int, ...]], ...]

    def __len__(self) -> int:
        return len(self.n)

    def small(self, rule: Rule) -> BoolArray:
        """Cells to protect. Those never printed are judged by their people alone.

        They are people of whom the file does not know an attribute, by another attribute: a line
        that nobody reads, and that only subtraction gives.
        """
        few = (self.n > 0) & (self.n < rule.threshold)
        return np.where(self.printed, rule.small(self.n, self.events), few)


@dataclass(frozen=True)
class GroupChoice:
    """How the groups of one attribute are shown.

    ``hidden`` are places of groups that get no line of their own. With ``host`` they are too
    few to be told of together: they are counted in with that group, whose line then shows both.
    Without, they make up one merged line.
    """

    hidden: tuple[int, ...] = ()
    host: int | None = None


def choose_groups(
    n: Sequence[int], events: Sequence[int], rule: Rule, *, unknown: int | None = None
) -> GroupChoice:
    """Choose which groups of one attribute to hide, and how they reappear.

    Parameters
    ----------
    n, events : sequence of int
        Of every group, those of unknown attribute included.
    rule : Rule
    unknown : int or None
        Place of the unknowns.

    Returns
    -------
    GroupChoice

    Notes
    -----
    Small groups that together are fewer than k people, or only unknowns, are counted in with
    the largest group if that is at least ten times their number: its figures hardly move, and
    every other line stays. Otherwise the smallest further groups are hidden with them until
    the merged line may be printed and leaves each of them room up to k.
    """
    people, favoured = np.asarray(n, dtype=np.int64), np.asarray(events, dtype=np.int64)
    small = rule.small(people, favoured)
    if not small.any():
        return GroupChoice()
    hidden = [int(i) for i in np.flatnonzero(small)]
    left = [int(i) for i in np.argsort(people, kind="stable") if not small[i] and people[i] > 0]
    together = int(people[hidden].sum())
    hosts = [i for i in left if i != unknown]
    if hosts and (together < rule.threshold or hidden == [unknown]):
        host = hosts[-1]
        if people[host] >= HOST_TIMES * together:
            return GroupChoice(tuple(hidden), host)
    while left and not _covered(people[hidden], favoured[hidden], rule):
        hidden.append(left.pop(0))
    return GroupChoice(tuple(sorted(hidden)))


# A group that others are counted in with is at least this many times as large.
HOST_TIMES = 10


def _covered(n: IntArray, events: IntArray, rule: Rule) -> bool:
    """Whether listed groups known only by their sum leave each of them room up to k.

    A group that is listed has somebody in it: the others take at least one person each.
    """
    room = int(n.sum()) - (len(n) - 1)
    return len(n) >= 2 and room >= rule.threshold and rule.enough(int(n.sum()), int(events.sum()))


def suppress(cells: Cells, rule: Rule, hidden: BoolArray | None = None) -> BoolArray:
    """Find the cells to hide so that no small one can be worked out.

    Parameters
    ----------
    cells : Cells
    rule : Rule
    hidden : bool array, shape (cells,), or None
        Cells hidden for another reason already.

    Returns
    -------
    bool array, shape (cells,)
        True: not printed.

    Notes
    -----
    First by structure, which is cheap: in every sum, the hidden cells must be at least two and
    at least k people together, and a hidden total hides its parts. Then a linear programme
    tries to work out what is hidden (``attacker.weak_cells``), and where it succeeds, another
    finds the cheapest cells to hide as well (J. Kelly, B. Golden and A. Assad 1992,
    *Networks* 22).
    """
    from algo_audit.data import attacker

    small = cells.small(rule)
    found = ~cells.printed if hidden is None else hidden | ~cells.printed
    found = _closed(cells, (found | small) & ~cells.fixed)
    if not (small & found).any():
        return found
    found = _by_structure(cells, rule, found, small)
    weak = attacker.weak_cells(cells, found, rule)
    # Every small cell is hidden from the start, and hiding more only leaves more room: a move
    # made possible stays so, and one pass is enough.
    return _closed(cells, attacker.repairs(cells, found, weak))


def _closed(cells: Cells, hidden: BoolArray) -> BoolArray:
    """A hidden total hides its parts, and empty cells of a table with hidden ones look hidden."""
    found = hidden.copy()
    for total, parts in cells.relations:
        if found[total] and cells.printed[total]:
            found[list(parts)] = True
    touched = np.unique(cells.table[found & cells.printed & ~cells.fixed])
    found |= (cells.n == 0) & np.isin(cells.table, touched)
    return np.asarray((found & ~cells.fixed) | ~cells.printed)


def _by_structure(cells: Cells, rule: Rule, hidden: BoolArray, small: BoolArray) -> BoolArray:
    """Add the smallest cells to every sum in which the hidden ones are too few."""
    found = hidden.copy()
    parts_of = [np.asarray(parts) for _, parts in cells.relations]
    member: dict[int, list[int]] = {}
    for place, parts in enumerate(parts_of):
        for part in parts.tolist():
            member.setdefault(part, []).append(place)

    def open_sum(place: int) -> bool:
        """Whether this sum gives away what it hides."""
        total, parts = cells.relations[place][0], parts_of[place]
        if found[total]:
            return False
        inside = parts[found[parts]]
        inside = inside[cells.n[inside] > 0]
        if not (cells.printed[inside] | small[inside]).any():
            return False
        n, events = int(cells.n[inside].sum()), int(cells.events[inside].sum())
        return len(inside) < 2 or not rule.enough(n, events)

    waiting = [place for place in range(len(parts_of)) if open_sum(place)]
    while waiting:
        place = waiting.pop()
        while open_sum(place):
            parts = parts_of[place]
            left = parts[~found[parts] & ~cells.fixed[parts] & (cells.n[parts] > 0)]
            if not len(left):
                break
            # the cell that closes other open sums as well comes first, then the smallest
            best = min(
                left.tolist(),
                key=lambda cell: (
                    -sum(found[parts_of[p]].any() for p in member[cell]),
                    cells.n[cell],
                ),
            )
            found[best] = True
            found = _closed(cells, found)
            waiting = [p for p in range(len(parts_of)) if p != place and open_sum(p)]
    return found
