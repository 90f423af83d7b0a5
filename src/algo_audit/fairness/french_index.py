"""Promotion and raise gaps by the rules of the French equality index, beside ours.

Rules of the index (Code du travail, D1142-2 and annexes), as the ministry's former simulator
computed them; a measure to compare with, never mixed into the verdicts: it takes no account of
chance and looks at women and men alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from algo_audit.data.decisions import Decisions
from algo_audit.data.policy import Policy
from algo_audit.data.sexes import sex_column

Kind = Literal["promotion", "raise"]

# Rates at or under these gaps, in points, earn these marks; beyond the last, nothing.
STEPS = (2.0, 5.0, 10.0)
MARKS: Mapping[str, tuple[int, int, int]] = {
    "raise": (20, 10, 5),
    "promotion": (15, 10, 5),
    "both": (35, 25, 15),  # 50 to 250 people: raises and promotions are one indicator
}
SMALLEST_FIRM, LARGE_FIRM = 50, 250
FEWEST_IN_CATEGORY, FEWEST_IN_FIRM = 10, 5
LEAST_COVERED = 0.40
_EXACT = 1e-9


@dataclass(frozen=True)
class IndexCategory:
    """Women and men of one category; ``gap`` is men's rate minus women's, in points."""

    name: str
    women: int
    men: int
    women_chosen: int
    men_chosen: int

    @property
    def people(self) -> int:
        """Women and men together."""
        return self.women + self.men

    @property
    def valid(self) -> bool:
        """Whether the index counts the category of a firm of more than 250 people."""
        return min(self.women, self.men) >= FEWEST_IN_CATEGORY

    @property
    def gap(self) -> float | None:
        """Points; None without women or without men."""
        if not self.women or not self.men:
            return None
        return 100 * (self.men_chosen / self.men - self.women_chosen / self.women)


@dataclass(frozen=True)
class FrenchIndex:
    """What the index gives; every number is None where it cannot be calculated.

    ``rule``: ``categories`` (more than 250 people) or ``firm`` (50 to 250). ``gap`` in points, men
    minus women; ``gap_people`` the same as a number of people (``firm`` alone).
    ``missing_reason``: ``index_firm_small``, ``index_few_people``, ``index_coverage``.
    """

    kind: Kind
    attribute: str
    category: str | None
    rule: Literal["categories", "firm"]
    people: int
    categories: tuple[IndexCategory, ...]
    valid: int
    coverage: float | None
    gap: float | None
    gap_people: float | None
    points: int | None
    points_most: int
    missing_reason: str | None = None


def points_of(gap: float, kind: str) -> int:
    """Marks for a gap, in points or in people: ``raise``, ``promotion`` or ``both``."""
    for step, marks in zip(STEPS, MARKS[kind], strict=True):
        if abs(gap) <= step + _EXACT:
            return marks
    return 0


def equality_index(
    kind: Kind, categories: Sequence[IndexCategory], *, attribute: str, category: str | None
) -> FrenchIndex:
    """Gap and marks of the raise or promotion indicator.

    Parameters
    ----------
    kind : {"promotion", "raise"}
    categories : sequence of IndexCategory
        All women and men of the file, by job category.
    attribute, category : str
        The columns, to be named.

    Returns
    -------
    FrenchIndex
        More than 250 people: the gap of categories with at least 10 women and 10 men, weighted by
        their people, where these are at least 40 % of all. 50 to 250: the gap of the whole firm
        with at least 5 of each, marked in points and in people (gap times the smaller number), the
        better mark kept.

    Notes
    -----
    The size of the firm is taken to be the women and men of the file. The correction measure (full
    marks where the gap favours the sex that is behind in pay) needs the pay indicator: not here.
    """
    people = sum(one.people for one in categories)
    large = people > LARGE_FIRM
    valid = [one for one in categories if one.valid]
    covered = sum(one.people for one in valid)
    women, men = (sum(getattr(one, sex) for one in categories) for sex in ("women", "men"))
    gap = gap_people = coverage = None
    reason = None
    if large:
        coverage = covered / people
        if coverage + _EXACT < LEAST_COVERED:
            reason = "index_coverage"
        else:
            gap = sum(one.people * (one.gap or 0.0) for one in valid) / covered
    elif people < SMALLEST_FIRM:
        reason = "index_firm_small"
    elif min(women, men) < FEWEST_IN_FIRM:
        reason = "index_few_people"
    else:
        chosen = [
            sum(getattr(one, f"{sex}_chosen") for one in categories) for sex in ("men", "women")
        ]
        gap = 100 * (chosen[0] / men - chosen[1] / women)
        gap_people = gap * min(women, men) / 100
    marked = kind if large else "both"
    points = None
    if gap is not None:
        points = max(points_of(one, marked) for one in (gap, gap_people) if one is not None)
    return FrenchIndex(
        kind, attribute, category, "categories" if large else "firm", people, tuple(categories),
        len(valid), coverage, gap, gap_people, points, MARKS[marked][0], reason,
    )  # fmt: skip


def french_index(decisions: Decisions, policy: Policy) -> FrenchIndex | None:
    """The index on the decisions of a file; None where it was not asked for, or names no sex."""
    if policy.french_index is None or decisions.roles.outcome is None:
        return None
    found = sex_column(decisions.protected)
    if found is None:
        return None
    attribute, women, men = found
    sex = decisions.protected[attribute].codes
    name = policy.french_index_category or next(iter(decisions.strata), None)
    column = None if name is None else decisions.strata[name]
    groups = np.zeros(len(decisions), dtype=np.int32) if column is None else column.codes
    categories = []
    for code in np.unique(groups):
        here = groups == code
        counts = [
            (int((here & (sex == one)).sum()), int(decisions.outcome[here & (sex == one)].sum()))
            for one in (women, men)
        ]
        label = "" if column is None or code < 0 else column.levels[code]
        categories.append(
            IndexCategory(label, counts[0][0], counts[1][0], counts[0][1], counts[1][1])
        )
    return equality_index(policy.french_index, categories, attribute=attribute, category=name)
