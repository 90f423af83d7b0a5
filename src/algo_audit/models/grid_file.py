"""The shape of a scoring grid's file: every fault with its key and its line.

A grid is read aloud line by line, so the file says each thing once, in plain keys::

    schema = "algo-audit/grid-1"
    title = "Recruitment grid"
    round = 1                          # decimals of the total; left out: not rounded

    [rule]
    kind = "top_k"                     # or "threshold", with value = 70

    [[criteria]]
    input = "diploma"                  # the column; key = "..." where the parties say otherwise
    levels = { "Bac" = 5, "Bac+2" = 10 }
    other = 0                          # any other value; left out: refused
    blank = 0                          # nothing filled in; left out: refused

    [[criteria]]
    input = "years"
    weight = 2                         # all points of this criterion times 2; 1 unless told
    bands = [
      { below = 3, points = 0 },
      { from = 3, points = 10 },       # up to the next band
    ]

    [[criteria]]
    input = "months_of_break"
    per_unit = { start = 15, points = -0.5, from = 0, least = 0 }
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from algo_audit.data.toml_text import line_of, parse_toml, read_toml_text, schema_faults
from algo_audit.data.vocabulary import fold
from algo_audit.errors import AuditError, raise_all

SCHEMA = "algo-audit/grid-1"
KINDS = ("levels", "bands", "per_unit")

_Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ByLanguage(_Part):
    """A text in both languages."""

    fr: Annotated[str, Field(max_length=2000)] = ""
    en: Annotated[str, Field(max_length=2000)] = ""


class BandPart(_Part):
    """One band: from its lower bound (included) to the next, or to ``below`` (not included)."""

    from_: Annotated[float | None, Field(alias="from")] = None
    below: float | None = None
    points: float


class PerUnitPart(_Part):
    """So many points per unit, beside those to start with."""

    points: float
    start: float = 0.0
    from_: Annotated[float | None, Field(alias="from")] = None
    to: float | None = None
    least: float | None = None
    most: float | None = None


class GridCriterionPart(_Part):
    """``[[criteria]]``: one column, in one of three ways."""

    input: _Text
    key: _Text | None = None
    title: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    weight: Annotated[float, Field(ge=0)] = 1.0
    blank: float | None = None
    other: float | None = None
    levels: Annotated[dict[_Text, float], Field(min_length=1, max_length=2000)] | None = None
    bands: Annotated[list[BandPart], Field(min_length=1, max_length=1000)] | None = None
    per_unit: PerUnitPart | None = None


class GridRulePart(_Part):
    """``[rule]``."""

    kind: Literal["threshold", "top_k"]
    value: float | None = None


class GridPart(_Part):
    """A whole grid."""

    schema_: Annotated[Literal["algo-audit/grid-1"], Field(alias="schema")]
    title: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    round: Annotated[int, Field(ge=0, le=9)] | None = None
    constant: float = 0.0
    criteria: Annotated[list[GridCriterionPart], Field(max_length=500)] = []
    rule: GridRulePart | None = None


def read_grid_file(path: Path, *, largest_bytes: int) -> tuple[GridPart, str]:
    """Read and check a grid's file.

    Parameters
    ----------
    path : Path
    largest_bytes : int
        A longer file is no grid.

    Returns
    -------
    grid : GridPart
    text : str

    Raises
    ------
    AuditError
        All faults of the file together; codes start with ``grid.``.
    """
    text = read_toml_text(path, room="grid", largest_bytes=largest_bytes)
    raw = parse_toml(text, path, room="grid")
    try:
        grid = GridPart.model_validate(raw)
    except ValidationError as error:
        raise_all(schema_faults(error, text, path, room="grid", schema=SCHEMA, keys_at=_keys_at))
        raise  # a validation error has at least one detail
    raise_all(list(_contradictions(grid, text, path)))
    return grid, text


_TABLES: dict[str, type[BaseModel]] = {
    "title": ByLanguage,
    "rule": GridRulePart,
    "criteria": GridCriterionPart,
    "bands": BandPart,
    "per_unit": PerUnitPart,
}


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """Keys that a table may hold."""
    names = [part for part in location if isinstance(part, str)]
    part = GridPart if not names else _TABLES.get(names[-1])
    if part is None:
        return []
    return [field.alias or name for name, field in part.model_fields.items()]


def _contradictions(grid: GridPart, text: str, path: Path) -> Iterator[AuditError]:
    """Faults that one key alone does not show."""

    def place(*location: str | int) -> str:
        return f"{path}:{line_of(text, location)}"

    if not grid.criteria:
        yield AuditError("grid.no_criteria", place("criteria"))
    keys: set[str] = set()
    kinds: dict[str, str] = {}
    for index, part in enumerate(grid.criteria):
        key = part.key or part.input
        given = [kind for kind in KINDS if getattr(part, kind) is not None]
        if len(given) != 1:
            where = place("criteria", index, given[-1] if given else "input")
            yield AuditError("grid.one_kind", where, seen=key, choices=KINDS)
            continue
        twice = part.input in kinds and (
            part.key is None or "levels" in (given[0], kinds[part.input])
        )
        if twice:
            # points of bands may be added to points per unit, under a key of their own
            yield AuditError("grid.input_twice", place("criteria", index, "input"), seen=part.input)
        elif key in keys:
            yield AuditError("grid.criterion_twice", place("criteria", index, "key"), seen=key)
        keys.add(key)
        kinds.setdefault(part.input, given[0])
        yield from _criterion_faults(part, index, key, text, path)
    rule = grid.rule
    if rule is not None and rule.kind == "threshold" and rule.value is None:
        yield AuditError("grid.rule_value_needed", place("rule", "kind"))
    places = rule.value if rule is not None and rule.kind == "top_k" else None
    if places is not None and (places < 1 or not places.is_integer()):
        yield AuditError("grid.rule_value_low", place("rule", "value"), seen=places)


def _criterion_faults(
    part: GridCriterionPart, index: int, key: str, text: str, path: Path
) -> Iterator[AuditError]:
    def place(*location: str | int) -> str:
        return f"{path}:{line_of(text, ('criteria', index, *location))}"

    if part.other is not None and part.levels is None:
        yield AuditError("grid.other_without_levels", place("other"), seen=key)
    by_fold: dict[str, str] = {}
    for level in part.levels or {}:
        before = by_fold.setdefault(fold(level), level)
        if before != level:
            yield AuditError("grid.level_twice", place("levels", level), seen=level, before=before)
    for number, band in enumerate(part.bands or ()):
        if band.from_ is not None and band.below is not None and band.below <= band.from_:
            where = place("bands", number)
            yield AuditError("grid.band_empty", where, seen=key, low=band.from_, high=band.below)
    bands = list(enumerate(part.bands or ()))
    for (_, band), (number, following) in pairwise(bands):
        yield from _between(band, following, place("bands", number), key)
    unit = part.per_unit
    if unit is not None:
        for low, high, names in (
            (unit.from_, unit.to, ("from", "to")),
            (unit.least, unit.most, ("least", "most")),
        ):
            if low is not None and high is not None and low > high:
                where = place("per_unit", names[0])
                yield AuditError(
                    "grid.bounds_reversed",
                    where,
                    seen=low,
                    high=high,
                    lower=names[0],
                    upper=names[1],
                )


def _between(band: BandPart, following: BandPart, where: str, key: str) -> Iterator[AuditError]:
    """What is wrong from one band to the next."""
    start = following.from_ if following.from_ is not None else band.below
    if start is None:
        yield AuditError("grid.band_bound_missing", where, seen=key)
    elif band.from_ is not None and start <= band.from_:
        code = "grid.bands_overlap" if start == band.from_ else "grid.bands_unordered"
        yield AuditError(code, where, seen=start, before=band.from_, key=key)
    elif band.below is not None and start < band.below:
        yield AuditError("grid.bands_overlap", where, seen=start, before=band.below, key=key)
    elif band.below is not None and start > band.below:
        yield AuditError("grid.bands_gap", where, seen=start, before=band.below, key=key)
