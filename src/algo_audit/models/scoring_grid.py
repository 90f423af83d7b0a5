"""A scoring grid: so many points for this, so many for that, added up.

What many systems that are called an algorithm really are, and what the people concerned can read
line by line. ``models/grid_file.py`` shows how such a file is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.names import nearest
from algo_audit.errors import AuditError, raise_all
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription, Scale
from algo_audit.models.rule import Decided, Rule, decide

if TYPE_CHECKING:
    from algo_audit.models.grid_file import BandPart, ByLanguage, GridCriterionPart

FloatArray = NDArray[np.float64]

# Sums of decimals miss the last bits of a double (0.6 * 70 + 0.4 * 70 may stay below 70): every
# total is first taken to this many decimals, far beyond what a grid is written with.
_CLEAN_DECIMALS = 9


@dataclass(frozen=True)
class Band:
    """Numbers from ``low`` (included) to ``high`` (not included) bring ``points``."""

    low: float
    high: float
    points: float


@dataclass(frozen=True)
class PerUnit:
    """``start`` and ``points`` per unit beyond ``low``, the number held in [low, high].

    Without ``low``, units count from 0, below 0 too. What comes out stays within ``least`` and
    ``most`` (None: no such bound).
    """

    points: float
    start: float = 0.0
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None

    def of(self, values: FloatArray) -> FloatArray:
        """Points of numbers, NaN for NaN."""
        held = np.clip(
            values,
            -np.inf if self.low is None else self.low,
            np.inf if self.high is None else self.high,
        )
        made: FloatArray = np.clip(
            self.start + self.points * (held - (self.low or 0.0)),
            -np.inf if self.least is None else self.least,
            np.inf if self.most is None else self.most,
        )
        return made


@dataclass(frozen=True)
class GridCriterion:
    """One criterion: one column, in one of three ways.

    ``levels``: (value as the file writes it, points); ``other``: points of any other value (None:
    refused); ``bands`` cover every number, those that no line of the file names with 0 points;
    ``blank``: points of a blank (None: refused). All of it is multiplied by ``weight``.
    """

    key: str
    input: str
    kind: Literal["levels", "bands", "per_unit"]
    levels: tuple[tuple[str, float], ...] = ()
    bands: tuple[Band, ...] = ()
    per_unit: PerUnit | None = None
    weight: float = 1.0
    blank: float | None = None
    other: float | None = None
    title: str | Mapping[str, str] = ""

    def points(self, values: FloatArray) -> FloatArray:
        """Points of a column, ``weight`` included: shape (rows,); NaN where a blank has none."""
        blank = np.isnan(values)
        made = self._unweighted(np.where(blank, 0.0, values))
        made[blank] = np.nan if self.blank is None else self.blank
        return made * self.weight

    def _unweighted(self, values: FloatArray) -> FloatArray:
        if self.kind == "levels":
            other = np.nan if self.other is None else self.other
            table = np.array([*(points for _, points in self.levels), other])
            # a code beyond those of the grid is a value that it does not name
            return table[np.minimum(values, len(self.levels)).astype(np.int64)]
        if self.kind == "bands":
            table = np.array([band.points for band in self.bands])
            cuts = np.array([band.low for band in self.bands[1:]])
            return table[np.searchsorted(cuts, values, side="right")]
        assert self.per_unit is not None
        return self.per_unit.of(values)

    def paper_range(self) -> tuple[float, float] | None:
        """Least and most points on paper, ``weight`` included; None where it has no bounds."""
        if self.kind == "levels":
            made = [points for _, points in self.levels]
            made += [] if self.other is None else [self.other]
        elif self.kind == "bands":
            made = [band.points for band in self.bands]
        else:
            assert self.per_unit is not None
            # no points per unit: the same for everyone, and no product of 0 and infinity
            ends = [-np.inf, np.inf] if self.per_unit.points else [0.0]
            made = self.per_unit.of(np.array(ends)).tolist()
        made += [] if self.blank is None else [self.blank]
        low, high = float(min(made)) * self.weight, float(max(made)) * self.weight
        return (low, high) if np.isfinite([low, high]).all() else None


@dataclass(frozen=True)
class ScoringGrid:
    """A scoring grid as a model: ``Model`` and ``AdditiveModel``.

    The total is ``constant`` and all points. It is cleared of the last bits of binary arithmetic
    (nine decimals kept), then rounded to ``round`` decimals where the grid says so, halves away
    from zero, as spreadsheets do and people expect.
    """

    name: str
    criteria: tuple[GridCriterion, ...]
    rule: Rule | None = None
    constant: float = 0.0
    round: int | None = None
    sha256: str = ""
    title: str | Mapping[str, str] = ""
    unseen_allowed: bool = field(default=False, init=False)  # told input by input
    scale: Scale = field(default="points", init=False)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """One for each column, in the order of its first criterion."""
        found: dict[str, Input] = {}
        for one in self.criteria:
            before = found.get(one.input)
            blank = one.blank is not None and (before is None or before.blank)
            levels = tuple(level for level, _ in one.levels)
            found[one.input] = Input(
                name=one.input,
                kind="category" if one.kind == "levels" else "number",
                levels=levels,
                blank=blank,
                unseen=one.other is not None,
            )
        return tuple(found.values())

    def points(self, values: FloatArray) -> FloatArray:
        """What each input brings: shape (rows, inputs)."""
        place = {one.name: index for index, one in enumerate(self.inputs)}
        made = np.zeros((len(values), len(place)))
        for one in self.criteria:
            made[:, place[one.input]] += one.points(values[:, place[one.input]])
        return made

    def score(self, values: FloatArray) -> FloatArray:
        """Total points: shape (rows,)."""
        total: FloatArray = np.round(self.constant + self.points(values).sum(1), _CLEAN_DECIMALS)
        return total if self.round is None else _half_away(total, self.round)

    def decide(
        self,
        scores: FloatArray,
        *,
        rule: Rule | None = None,
        pool: NDArray[np.int32] | None = None,
        taken: NDArray[np.int8] | None = None,
    ) -> Decided:
        """Decisions from scores by ``rule``, else by the grid's own.

        Raises
        ------
        AuditError
            ``model.rule_missing``: neither says how scores become decisions.
        """
        applied = rule or self.rule
        if applied is None:
            raise AuditError("model.rule_missing", self.name)
        return decide(applied, scores, pool=pool, taken=taken)

    def describe(self) -> ModelDescription:
        """What the grid says of itself."""
        lines = sum(len(one.levels) + len(one.bands) or 1 for one in self.criteria)
        title = self.title if isinstance(self.title, str) else dict(self.title)
        return ModelDescription(
            kind="scoring_grid",
            name=self.name,
            scale=self.scale,
            family="additive_points",
            inputs=self.inputs,
            rule=self.rule,
            sha256=self.sha256,
            facts={
                "criteria": len(self.criteria),
                "lines": lines,
                "rounded": self.round,
                "constant": self.constant,
                "title": title,
            },
        )

    def with_weights(self, weights: Mapping[str, float]) -> ScoringGrid:
        """The same grid with other weights: ``grid.with_weights({"oral": 0.7, "written": 0.3})``.

        Parameters
        ----------
        weights : mapping of criterion to weight
            Criteria left out keep theirs; 0 takes a criterion out of the total.

        Raises
        ------
        AuditError
            ``grid.criterion_unknown``, ``grid.weight_negative``; all at once.
        """
        known = [one.key for one in self.criteria]
        faults = [
            AuditError("grid.criterion_unknown", self.name, seen=key, choices=nearest(key, known))
            for key in weights
            if key not in known
        ]
        faults += [
            AuditError("grid.weight_negative", self.name, seen=float(weight), key=key)
            for key, weight in weights.items()
            if not (weight >= 0 and np.isfinite(weight))
        ]
        raise_all(faults)
        changed = tuple(
            replace(one, weight=float(weights.get(one.key, one.weight))) for one in self.criteria
        )
        return replace(self, criteria=changed, sha256="")

    def with_rule(self, rule: Rule | None) -> ScoringGrid:
        """The same grid with another rule."""
        return replace(self, rule=rule)


def _half_away(total: FloatArray, decimals: int) -> FloatArray:
    """Rounded, halves away from zero, as the nearest double to the decimal number."""
    scaled = np.round(np.abs(total) * 10.0**decimals, _CLEAN_DECIMALS - decimals)
    return np.copysign(np.floor(scaled + 0.5) / 10.0**decimals, total) + 0.0


def read_grid(path: str | PathLike[str], *, limits: Limits | None = None) -> ScoringGrid:
    """Read a scoring grid from its TOML file.

    Parameters
    ----------
    path : path
    limits : Limits, optional
        As ``limits.toml`` unless given.

    Returns
    -------
    ScoringGrid
        ``name`` is the file's, without folder.

    Raises
    ------
    AuditError
        All faults of the file together, each with its line; codes start with ``grid.``.
    """
    from algo_audit.models.grid_file import read_grid_file

    path = Path(path)
    limits = read_limits() if limits is None else limits
    part, _ = read_grid_file(path, largest_bytes=limits.reading.largest_declaration * 1000)
    rule = part.rule
    return ScoringGrid(
        name=path.name,
        criteria=tuple(_criterion(one) for one in part.criteria),
        rule=None if rule is None else Rule(rule.kind, rule.value),
        constant=part.constant,
        round=part.round,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        title=_by_language(part.title),
    )


def _by_language(declared: str | ByLanguage) -> str | dict[str, str]:
    return declared if isinstance(declared, str) else declared.model_dump()


def _criterion(part: GridCriterionPart) -> GridCriterion:
    unit = part.per_unit
    return GridCriterion(
        key=part.key or part.input,
        input=part.input,
        kind="levels" if part.levels else "bands" if part.bands else "per_unit",
        levels=tuple((part.levels or {}).items()),
        bands=_bands(part.bands or []),
        per_unit=None
        if unit is None
        else PerUnit(unit.points, unit.start, unit.from_, unit.to, unit.least, unit.most),
        weight=part.weight,
        blank=part.blank,
        other=part.other,
        title=_by_language(part.title),
    )


def _bands(parts: list[BandPart]) -> tuple[Band, ...]:
    """Bands without holes: numbers below the first or above the last bring nothing."""
    if not parts:
        return ()
    lows: list[float] = []
    for index, part in enumerate(parts):
        before = parts[index - 1].below if index else -np.inf
        lows.append(float(part.from_ if part.from_ is not None else before or 0.0))
    bands = [
        Band(low, high, part.points)
        for part, low, high in zip(parts, lows, [*lows[1:], np.inf], strict=True)
    ]
    if np.isfinite(lows[0]):
        bands.insert(0, Band(-np.inf, lows[0], 0.0))
    last = parts[-1].below
    if last is not None:
        bands[-1] = replace(bands[-1], high=last)
        bands.append(Band(last, np.inf, 0.0))
    return tuple(bands)
