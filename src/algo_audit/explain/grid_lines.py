"""A scoring grid line by line: what is written, and what each line does in the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.banding import band_labels
from algo_audit.explain.importance import GridLine
from algo_audit.models.inputs import Input, InputRows
from algo_audit.models.rule import Decided
from algo_audit.models.scoring_grid import GridCriterion, ScoringGrid

# Condition of the line "any other value" where nobody in the file has one.
ANY_OTHER = "*"
# Beyond this many decimals two scores are one: what binary arithmetic leaves behind.
_SAME = 9


@dataclass(frozen=True)
class _People:
    """Scores and decisions of the file, to see which of them hang on a line."""

    scores: NDArray[np.float64]
    decided: Decided

    def turning(self, without: NDArray[np.float64]) -> int:
        """Decisions that would be another one with these scores, the cut-offs held.

        Someone whose score then equals the cut-off is not counted: the place may stay.
        """
        cut_off = self.decided.cut_off
        beyond = np.round(without - cut_off, _SAME)
        taken = self.decided.decision == 1
        # NaN, in a pool without places, is neither below nor above
        return int(np.where(taken, beyond < 0, beyond > 0).sum())


def grid_lines(grid: ScoringGrid, rows: InputRows, decided: Decided | None) -> tuple[GridLine, ...]:
    """The grid itself, and what each of its lines weighs.

    Parameters
    ----------
    grid : ScoringGrid
    rows : InputRows
        The people of the file, as ``read_inputs`` gives them for this grid.
    decided : Decided or None
        The grid's decisions on them; None where no rule is known: ``deciding`` is then None.

    Returns
    -------
    tuple of GridLine
        In the order of the grid; the lines of one criterion share out all people. Values that the
        grid does not name, and blanks, are lines of their own where they occur. A band is named
        like ``3-4`` where all values are whole numbers, else ``3-<5``.

    Notes
    -----
    ``deciding`` puts, for the people of one line, the criterion's mean over the file in place of
    what the line gave them, everything else and all cut-offs as they were. It is a count of
    decisions that the line tips, not a share of a sum: one decision may hang on several lines.
    """
    place = {one.name: index for index, one in enumerate(rows.inputs)}
    people = None if decided is None else _People(grid.score(rows.values), decided)
    lines: list[GridLine] = []
    for one in grid.criteria:
        column = rows.values[:, place[one.input]]
        lines.extend(_lines_of(one, column, rows.inputs[place[one.input]], people))
    return tuple(lines)


def lines_of_person(
    grid: ScoringGrid, rows: InputRows, person: int
) -> tuple[tuple[GridLine, float], ...]:
    """The lines that apply to one person, with the points that each of them brought.

    Parameters
    ----------
    grid : ScoringGrid
    rows : InputRows
        The whole file, so that bands are named as in ``grid_lines``.
    person : int
        Row of the person.

    Returns
    -------
    tuple of (GridLine, float)
        One for each criterion, in the order of the grid; nothing about other people in it. The
        points and ``grid.constant`` add up to the total before rounding.
    """
    place = {one.name: index for index, one in enumerate(rows.inputs)}
    found = []
    for one in grid.criteria:
        column = rows.values[:, place[one.input]]
        points = float(np.round(one.points(column[[person]])[0], _SAME))
        for line, here in _written(one, column, rows.inputs[place[one.input]]):
            if here[person]:
                found.append((line, points))
    return tuple(found)


def _lines_of(
    criterion: GridCriterion,
    column: NDArray[np.float64],
    known: Input,
    people: _People | None,
) -> Iterator[GridLine]:
    """The lines of one criterion, with their people."""
    points = criterion.points(column)
    mean = float(points.mean()) if len(points) else 0.0
    for line, here in _written(criterion, column, known):
        count = int(here.sum())
        deciding = None
        if people is not None:
            replaced = np.where(here, people.scores - points + mean, people.scores)
            deciding = people.turning(replaced) if count else 0
        yield _with_people(line, points[here], deciding)


def _with_people(line: GridLine, points: NDArray[np.float64], deciding: int | None) -> GridLine:
    mean = float(np.round(points.mean(), _SAME)) if len(points) else None
    return replace(line, people=len(points), mean_points=mean, deciding=deciding)


def _written(
    criterion: GridCriterion, column: NDArray[np.float64], known: Input
) -> Iterator[tuple[GridLine, NDArray[np.bool_]]]:
    """Each line as it is written, and who falls under it."""
    weight, blank = criterion.weight, np.isnan(column)

    def line(condition: str, points: float) -> GridLine:
        given = _weighed(points, weight) or 0.0
        return GridLine(criterion.key, criterion.input, criterion.kind, condition, given)

    if criterion.kind == "levels":
        for code, (level, points) in enumerate(criterion.levels):
            yield line(level, points), column == code
        other = criterion.other
        if other is not None:
            unnamed = known.levels[len(criterion.levels) :]
            for code, level in enumerate(unnamed, start=len(criterion.levels)):
                yield line(level, other), column == code
            if not unnamed:
                yield line(ANY_OTHER, other), np.zeros(len(column), dtype=bool)
    elif criterion.kind == "bands":
        names = _band_names(criterion, column[~blank])
        for name, band in zip(names, criterion.bands, strict=True):
            here = (column >= band.low) & (column < band.high)
            bounds = (_finite(band.low), _finite(band.high))
            yield replace(line(name, band.points), low=bounds[0], high=bounds[1]), here
    elif criterion.per_unit is not None:
        unit = criterion.per_unit
        whole = replace(
            line("", unit.points),
            least=_weighed(unit.least, weight),
            most=_weighed(unit.most, weight),
            low=unit.low,
            high=unit.high,
            start=_weighed(unit.start, weight),
        )
        yield whole, ~blank
    if blank.any() and criterion.blank is not None:
        kind = "levels" if criterion.kind == "per_unit" else criterion.kind
        yield replace(line("", criterion.blank), kind=kind), blank


def _weighed(points: float | None, weight: float) -> float | None:
    """Points times their weight, without the last bits of binary arithmetic."""
    return None if points is None else round(points * weight, _SAME)


def _finite(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None


def _band_names(criterion: GridCriterion, filled: NDArray[np.float64]) -> tuple[str, ...]:
    cuts = [band.low for band in criterion.bands[1:]]
    if not cuts:
        return ("*",)
    return band_labels(cuts, whole=bool((np.floor(filled) == filled).all()))
