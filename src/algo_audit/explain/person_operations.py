"""The operations that a model performed on one person's data, in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.explain.grid_lines import ANY_OTHER, lines_of_person
from algo_audit.models.inputs import InputRows
from algo_audit.models.model import Model
from algo_audit.models.scoring_grid import ScoringGrid

# What binary arithmetic leaves behind is no point.
_DECIMALS = 9


@dataclass(frozen=True)
class Operation:
    """One operation on this person's data, in the order performed.

    ``kind``: ``points`` (a grid line applied: its condition and points), ``constant``, ``sum``,
    ``round``, ``model`` (the score of a learned model), ``compare`` (with the cut-off).
    """

    kind: str
    column: str
    condition: str
    value: float | None
    number: float | None = None  # the input itself, where it is one
    blank: bool = False


def operations_of(
    model: Model,
    rows: InputRows,
    row: int,
    score: float,
    needed: float | None,
    decisions: Decisions,
) -> tuple[Operation, ...]:
    """The operations of a grid line by line, or the one of a learned model, then the comparison.

    Parameters
    ----------
    model : Model
    rows : InputRows
        The whole file, so that bands are named as in the report.
    row : int
    score : float
        Of the person.
    needed : float or None
        As it may be told (``PersonExplanation.needed``).
    decisions : Decisions
        For values as the file writes them.

    Returns
    -------
    tuple of Operation
        ``condition`` is the line of the grid that applied, a band or a level; "" for points per
        unit of ``number``, and the value as the file writes it for a level without a line.
    """
    compared = Operation("compare", "", "", needed)
    if not isinstance(model, ScoringGrid):
        return (Operation("model", "", "", score), compared)
    made = [] if model.constant == 0 else [Operation("constant", "", "", model.constant)]
    table = decisions.table
    place = {one.name: index for index, one in enumerate(rows.inputs)}
    for line, points in lines_of_person(model, rows, row):
        cell = "" if table is None else table[line.column].iloc[row]
        written = "" if cell is None or cell != cell else str(cell).strip()  # noqa: PLR0124 -- NaN
        value = float(rows.values[row, place[line.column]])
        blank = bool(np.isnan(value))
        number = None
        if rows.inputs[place[line.column]].kind == "number" and not blank:
            number = value
        without = written if number is None else ""
        named = "" if line.condition == ANY_OTHER else line.condition
        made.append(Operation("points", line.column, named or without, points, number, blank=blank))
    total = model.constant + model.points(rows.values[[row]]).sum()
    made.append(Operation("sum", "", "", float(np.round(total, _DECIMALS))))
    if model.round is not None:
        made.append(Operation("round", "", "", score))
    return (*made, compared)


def grid_points(model: Model, values: NDArray[np.float64]) -> dict[str, tuple[float, float | None]]:
    """Points that one person got for each input of a grid, and the most that it gives.

    Parameters
    ----------
    model : Model
        Nothing but a scoring grid has points.
    values : float64 array, shape (inputs,)

    Returns
    -------
    dict of str to (float, float or None)
        None: no bound on paper. Empty for other models.
    """
    if not isinstance(model, ScoringGrid):
        return {}
    got = model.points(values[np.newaxis])[0]
    found = {}
    for place, one in enumerate(model.inputs):
        ranges = [part.paper_range() for part in model.criteria if part.input == one.name]
        most = None if None in ranges else sum(both[1] for both in ranges if both is not None)
        found[one.name] = (float(np.round(got[place], _DECIMALS)), most)
    return found
