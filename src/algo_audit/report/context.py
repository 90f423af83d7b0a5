"""What every chapter of a report is made from: the masked result and the reader's phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from algo_audit.audit import AuditResult
from algo_audit.fairness.comparison import Comparison, GroupRate
from algo_audit.report.folding import LINES_AS_THEY_ARE
from algo_audit.report.phrases import Phrases

CROSSED = " × "
# More rows than this cannot be read in a figure; the table beside it holds them all.
ROWS_IN_FIGURE = 16
# Crossings of many groups: the tables hold the rows that say most, audit.json holds all.
ROWS_IN_CROSSING = 40


@dataclass(frozen=True)
class Context:
    """A result as this audience may see it, and the phrases of its language."""

    result: AuditResult
    phrases: Phrases
    hosts: frozenset[tuple[str, str]] = frozenset()  # lines that hold a few hidden people as well

    @property
    def attributes(self) -> tuple[str, ...]:
        """Single attributes, in the order declared."""
        return tuple(a for a in self._seen() if CROSSED not in a)

    @property
    def crossings(self) -> tuple[str, ...]:
        """Crossed attributes, in the order of the result."""
        return tuple(a for a in self._seen() if CROSSED in a)

    @property
    def pool(self) -> str | None:
        """The pool column, within which the verdicts lie."""
        return None if self.result.pools is None else self.result.pools.column

    def _seen(self) -> tuple[str, ...]:
        amounts = self.result.amounts
        cutoffs = self.result.cutoffs
        if cutoffs is not None:
            rates = (rate.attribute for cut in cutoffs.cuts for rate in cut.rates)
            return tuple(dict.fromkeys(rates))
        groups = self.result.groups if amounts is None else amounts.groups
        return tuple(dict.fromkeys(group.attribute for group in groups))

    def section_of(self, attribute: str) -> str:
        """Id of the section on one attribute or crossing."""
        if self.result.cutoffs is not None:
            seen = self._seen()
            return f"cutoffs-{seen.index(attribute) + 1}" if attribute in seen else "cutoffs"
        if self.result.amounts is not None:
            return f"amounts-{self._seen().index(attribute) + 1}"
        if attribute in self.attributes:
            return f"gaps-{self.attributes.index(attribute) + 1}"
        if attribute in self.crossings:
            return f"intersections-{self.crossings.index(attribute) + 1}"
        return "gaps"

    def groups(self, attribute: str) -> tuple[GroupRate, ...]:
        """Groups of one attribute, as the result orders them."""
        return tuple(g for g in self.result.groups if g.attribute == attribute)

    def compared(
        self, attribute: str, *, measure: str = "selection_rate", others: bool = False
    ) -> dict[str | None, list[Comparison]]:
        """Comparisons of one attribute by stratum (None: raw), against a reference group.

        ``others``: against all other groups together instead.
        """
        found: dict[str | None, list[Comparison]] = {}
        for comparison in self.result.comparisons:
            if (
                comparison.attribute == attribute
                and comparison.measure == measure
                and (comparison.reference is None) == others
            ):
                found.setdefault(comparison.stratum, []).append(comparison)
        return found

    def reference(self, attribute: str) -> str | None:
        """The group that the others of this attribute are compared with."""
        found = self.compared(attribute)
        for comparisons in (found.get(None, []), *found.values()):
            for comparison in comparisons:
                return comparison.reference
        return None


def telling(comparisons: Sequence[Comparison], most: int) -> tuple[Comparison, ...]:
    """At most so many comparisons, in their own order: what carries a verdict, then small p."""
    if len(comparisons) <= most:
        return tuple(comparisons)

    def weight(comparison: Comparison) -> tuple[bool, float]:
        p = comparison.p_adjusted if comparison.p_adjusted is not None else comparison.p_value
        return (comparison.verdict in (None, "not_shown"), 2.0 if p is None else p)

    kept = {id(comparison) for comparison in sorted(comparisons, key=weight)[:most]}
    return tuple(comparison for comparison in comparisons if id(comparison) in kept)


def without_hidden(groups: Sequence[GroupRate]) -> Sequence[GroupRate]:
    """The groups that have a headcount, where more than a few have none."""
    shown = [group for group in groups if group.n is not None]
    return shown if shown and len(groups) - len(shown) > LINES_AS_THEY_ARE else groups


def shown_groups(groups: Sequence[GroupRate]) -> tuple[GroupRate, ...]:
    """At most as many groups as a figure can hold: the largest, in their own order.

    Of more than a few hidden ones none is drawn: a note under the table names them.
    """
    groups = without_hidden(groups)
    if len(groups) <= ROWS_IN_FIGURE:
        return tuple(groups)
    largest = sorted(groups, key=lambda g: -(g.n or 0))[:ROWS_IN_FIGURE]
    kept = {id(group) for group in largest}
    return tuple(group for group in groups if id(group) in kept)
