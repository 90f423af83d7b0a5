"""Counts: group x stratum x outcome. The only input of count measures; no person in it.

``CountTable`` reads each row once into one packed code over all axes and keeps the cells that
occur. Every further question (another attribute, a crossing, a stratum) sums those cells, so
that its cost depends on the number of cells and not on the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.cells import SUB_AXES, above_median, cells, label_codes, summed
from algo_audit.data.decisions import Column, Decisions
from algo_audit.errors import AuditError

CROSSING = " × "


@dataclass(frozen=True)
class Counts:
    """Headcounts of one attribute (or crossing), within one stratum or none.

    Attributes
    ----------
    attribute : tuple of str
        Column or columns crossed.
    groups : tuple of str
        Levels that occur; a crossing is written ``F × 50+``, only observed combinations.
    stratum : str or None
    strata : tuple of str
        Levels of the stratum; ``("",)`` when there is none. Rows whose stratum is not known
        are left out.
    n : int64 array, shape (groups, strata, 2, 3, 3)
        Rows by outcome (0 refused, 1 favourable), label (0, 1, 2 = not known) and
        score against the whole sample's median (0 not above, 1 above, 2 = no score).
        Sub-axes that the file does not have hold everything in their last place.
    weight, weight_squared : float64 arrays of the same shape, or None
        Sums of the sampling weights and of their squares.
    unknown, unknown_favourable : int
        Rows whose attribute is unknown, and the favourable ones among them.
    """

    attribute: tuple[str, ...]
    groups: tuple[str, ...]
    stratum: str | None
    strata: tuple[str, ...]
    n: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None
    weight_squared: NDArray[np.float64] | None = None
    unknown: int = 0
    unknown_favourable: int = 0

    @property
    def name(self) -> str:
        """The attribute as it is written: ``sex``, or ``sex × age``."""
        return CROSSING.join(self.attribute)

    def rows(self) -> NDArray[np.int64]:
        """Headcounts, shape (groups, strata)."""
        rows: NDArray[np.int64] = self.n.sum(axis=(2, 3, 4))
        return rows

    def events(self) -> NDArray[np.int64]:
        """Favourable decisions, shape (groups, strata)."""
        events: NDArray[np.int64] = self.n[:, :, 1].sum(axis=(2, 3))
        return events


@dataclass(frozen=True)
class CountTable:
    """The cells of a whole file: how many rows share every code, without any row.

    Attributes
    ----------
    axes : mapping of str to tuple of str
        Levels of every axis: protected attributes, strata, pool; in this order.
    protected : tuple of str
        Names of the axes that are protected attributes.
    pool, cluster : str or None
        Names of the axes of pools and of clusters.
    strata : tuple of str
        Names of the axes declared as strata.
    codes : mapping of str to int32 array, shape (cells,)
        Level of every cell on every axis, -1 where unknown.
    sub : int8 array, shape (cells, 3)
        Outcome, label and above-median of every cell, as in ``Counts.n``.
    n : int64 array, shape (cells,)
    weight, weight_squared : float64 arrays, shape (cells,), or None
    """

    axes: Mapping[str, tuple[str, ...]]
    protected: tuple[str, ...]
    pool: str | None
    strata: tuple[str, ...]
    codes: Mapping[str, NDArray[np.int32]]
    sub: NDArray[np.int8]
    n: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None
    weight_squared: NDArray[np.float64] | None = None
    cluster: str | None = None

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return int(self.n.sum())

    @classmethod
    def from_decisions(cls, decisions: Decisions, *, clusters_below: int = 0) -> CountTable:
        """Count a file of decisions.

        Parameters
        ----------
        decisions : Decisions
        clusters_below : int
            Clusters become an axis where there are fewer than this many, and no row stands
            without one: then a test can permute inside them.

        Returns
        -------
        CountTable
            Axes by column name; a stratum of the same name as an attribute is the same axis.
        """
        columns = {**decisions.protected, **decisions.strata}
        if decisions.pool is not None:
            columns.setdefault(decisions.pool.name, decisions.pool)
        cluster = decisions.cluster
        if cluster is not None and (
            len(cluster.levels) >= clusters_below or bool((cluster.codes < 0).any())
        ):
            cluster = None
        if cluster is not None:
            columns.setdefault(cluster.name, cluster)
        return cls.from_columns(
            columns,
            decisions.outcome,
            protected=tuple(decisions.protected),
            strata=tuple(decisions.strata),
            pool=None if decisions.pool is None else decisions.pool.name,
            cluster=None if cluster is None else cluster.name,
            label=decisions.label,
            score=decisions.score,
            weight=decisions.weight,
        )

    @classmethod
    def from_columns(
        cls,
        columns: Mapping[str, Column],
        outcome: NDArray[np.int8],
        *,
        protected: Sequence[str],
        strata: Sequence[str] = (),
        pool: str | None = None,
        cluster: str | None = None,
        label: NDArray[np.int8] | None = None,
        score: NDArray[np.float64] | None = None,
        weight: NDArray[np.float64] | None = None,
    ) -> CountTable:
        """Count rows given as codes; see ``Decisions`` for the meaning of each array.

        Returns
        -------
        CountTable

        Raises
        ------
        ValueError
            Arrays of different lengths.
        """
        names = list(columns)
        sizes = [len(columns[name].levels) + 1 for name in names]
        arrays: list[NDArray[np.integer]] = [columns[name].codes for name in names]
        lowest = [-1] * len(names)
        sub_axes: list[int] = []
        for axis, values in enumerate((outcome, label_codes(label), above_median(score))):
            if values is not None:
                arrays.append(values)
                sizes.append(SUB_AXES[axis])
                lowest.append(0)
                sub_axes.append(axis)
        cell, levels, count = cells(arrays, sizes, lowest)
        sub = np.full((len(count), 3), 2, dtype=np.int8)
        for axis, codes in zip(sub_axes, levels[len(names) :], strict=True):
            sub[:, axis] = codes
        sums = squares = None
        if weight is not None:
            sums = summed(cell, weight, len(count))
            squares = summed(cell, weight * weight, len(count))
        return cls(
            axes={name: columns[name].levels for name in names},
            protected=tuple(protected),
            pool=pool,
            strata=tuple(strata),
            codes={
                name: codes.astype(np.int32)
                for name, codes in zip(names, levels[: len(names)], strict=True)
            },
            sub=sub,
            n=count,
            weight=sums,
            weight_squared=squares,
            cluster=cluster,
        )

    @classmethod
    def from_counts(
        cls,
        n: NDArray[np.int64],
        events: NDArray[np.int64],
        *,
        axes: Mapping[str, tuple[str, ...]],
        protected: Sequence[str],
        pool: str | None = None,
    ) -> CountTable:
        """Start from headcounts already made, as published tables give them.

        Parameters
        ----------
        n, events : int64 arrays
            Headcounts and favourable decisions, one dimension per axis in order of ``axes``.
        axes : mapping of str to tuple of str
        protected : sequence of str
            Which axes are protected attributes; the others are strata, or the pool.
        pool : str or None

        Returns
        -------
        CountTable

        Raises
        ------
        ValueError
            Shapes that differ, or more events than people.
        """
        shape = tuple(len(levels) for levels in axes.values())
        if n.shape != shape or events.shape != shape:
            raise ValueError(n.shape, events.shape, shape)
        if bool((events > n).any()) or bool((events < 0).any()):
            raise ValueError("events")
        both = np.stack([n - events, events], axis=-1).astype(np.int64)
        index = np.nonzero(both)
        sub = np.full((len(index[0]), 3), 2, dtype=np.int8)
        sub[:, 0] = index[-1]
        return cls(
            axes=dict(axes),
            protected=tuple(protected),
            pool=pool,
            strata=tuple(name for name in axes if name not in protected and name != pool),
            codes={
                name: place.astype(np.int32) for name, place in zip(axes, index[:-1], strict=True)
            },
            sub=sub,
            n=both[index],
        )

    def counts(self, attributes: Sequence[str], stratum: str | None = None) -> Counts:
        """Counts of an attribute or of a crossing, within a stratum or none.

        Parameters
        ----------
        attributes : sequence of str
            Columns to cross, in the order in which groups are written.
        stratum : str or None
            Name of an axis; ``a*b`` crosses two axes where no axis has that name.

        Returns
        -------
        Counts
            Only groups and strata that occur.

        Raises
        ------
        AuditError
            ``counts.axis_missing``: no such axis.
        """
        group, groups = self.crossed(attributes)
        within, strata = self.within(stratum)
        known = (group >= 0) & (within >= 0)
        shape = (len(groups), len(strata), *SUB_AXES)
        code = (group.astype(np.int64) * len(strata) + within) * 18 + self.sub @ _SUB_STRIDES
        code = code[known]

        def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return summed(code, values[known], prod(shape)).reshape(shape)

        # exact: float64 holds whole numbers up to 2**53
        n = np.rint(added(self.n.astype(np.float64))).astype(np.int64)
        unknown = self.n[group < 0]
        return Counts(
            attribute=tuple(attributes),
            groups=groups,
            stratum=stratum,
            strata=strata,
            n=n,
            weight=None if self.weight is None else added(self.weight),
            weight_squared=None if self.weight_squared is None else added(self.weight_squared),
            unknown=int(unknown.sum()),
            unknown_favourable=int(unknown[self.sub[group < 0, 0] == 1].sum()),
        )

    def within(self, stratum: str | None) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """Code of every cell over a stratum (``a*b`` crosses two axes), and its levels."""
        if stratum is None:
            return np.zeros(len(self.n), dtype=np.int64), ("",)
        return self.crossed(tuple(self._axes_of(stratum)))

    def _axes_of(self, stratum: str) -> Iterator[str]:
        """Axes of a stratum; ``a*b`` may itself be one, also within ``a*b*pool``."""
        parts = stratum.split("*")
        while parts:
            longest = (
                size
                for size in range(len(parts), 0, -1)
                if "*".join(parts[:size]).strip() in self.axes
            )
            size = next(longest, 1)
            yield "*".join(parts[:size]).strip()
            parts = parts[size:]

    def crossed(self, names: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """Code of every cell over the crossed axes, -1 where one is unknown; levels that occur.

        No axis at all: everyone is in one level, written "".

        Raises
        ------
        AuditError
            ``counts.axis_missing``: no such axis.
        """
        if not names:
            return np.zeros(len(self.n), dtype=np.int64), ("",)
        for name in names:
            if name not in self.axes:
                raise AuditError("counts.axis_missing", name, choices=tuple(self.axes))
        code = np.zeros(len(self.n), dtype=np.int64)
        known = np.ones(len(self.n), dtype=bool)
        for name in names:
            code = code * len(self.axes[name]) + self.codes[name]
            known &= self.codes[name] >= 0
        possible = prod(len(self.axes[name]) for name in names)
        seen = np.zeros(possible, dtype=bool)
        seen[code[known]] = True
        place = np.full(possible, -1, dtype=np.int64)
        occurring = np.flatnonzero(seen)
        place[occurring] = np.arange(len(occurring))
        code = np.where(known, place[np.where(known, code, 0)], -1)
        index = np.unravel_index(occurring, tuple(len(self.axes[name]) for name in names))
        levels = tuple(
            CROSSING.join(self.axes[name][i] for name, i in zip(names, row, strict=True))
            for row in zip(*(axis.tolist() for axis in index), strict=True)
        )
        return code, levels


_SUB_STRIDES = np.array([9, 3, 1], dtype=np.int64)
