"""Rows of a model's inputs as the table of values that a library was fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.vocabulary import fold
from algo_audit.models.inputs import Input

if TYPE_CHECKING:
    import pandas as pd

# Stands for a category that no encoder knows: no file can hold it, for text is read without NUL.
_UNSEEN = "\x00"
_YES = frozenset({"true", "vrai", "yes", "oui", "y", "o"})
_NO = frozenset({"false", "faux", "no", "non", "n"})


@dataclass(frozen=True)
class Frame:
    """How rows of numbers and codes become the library's table.

    Attributes
    ----------
    inputs : tuple of Input
    originals : mapping of int to array
        By input, the value behind each code as the library knows it (text, number, boolean).
    blanks : mapping of int to object
        By input, what a blank category is (NaN unless the library knows None).
    native : mapping of int to tuple of str
        By input, levels of a pandas category (LightGBM).
    order : tuple of int
        Inputs in the order of the fit; empty: as they stand.
    matrix : bool
        The library takes the numbers and codes themselves, without names.
    """

    inputs: tuple[Input, ...]
    originals: Mapping[int, NDArray[Any]] = field(default_factory=dict)
    blanks: Mapping[int, object] = field(default_factory=dict)
    native: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    matrix: bool = False

    def __call__(self, values: NDArray[np.float64]) -> pd.DataFrame | NDArray[np.float64]:
        """Rows of ``InputRows.values`` as the library takes them."""
        import pandas as pd

        if self.matrix:
            return values
        places = self.order or range(len(self.inputs))
        columns = {
            self.inputs[place].name: self._column(place, values[:, place]) for place in places
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(values)))

    def _column(self, place: int, values: NDArray[np.float64]) -> Any:
        import pandas as pd

        if place in self.native:
            levels = self.native[place]
            known = np.isfinite(values) & (values >= 0) & (values < len(levels))
            codes = np.where(known, values, -1.0).astype(np.int64)
            return pd.Categorical.from_codes(codes, categories=pd.Index(list(levels)))
        if place not in self.originals:
            return values
        cells, clean = self._cells(place)
        count = len(self.originals[place])
        codes = np.where(np.isnan(values), count + 1, np.minimum(values, count)).astype(np.int64)
        taken = cells[codes]
        if clean is not None and (codes < count).all():
            return taken.astype(clean)
        if clean is not None and clean.kind in "iuf":
            return taken.astype(np.float64)
        return pd.Series(taken, dtype=object)

    def _cells(self, place: int) -> tuple[NDArray[Any], np.dtype[Any] | None]:
        """Values by code, then the one for unseen codes, then the blank; dtype if not text."""
        own = self.originals[place]
        kind = own.dtype if own.dtype.kind in "iufb" else None
        unseen: object = _UNSEEN
        if kind is not None and kind.kind in "iuf":
            unseen = float(own.max()) + 1.0 if len(own) else 0.0
        cells = np.empty(len(own) + 2, dtype=object)
        cells[: len(own)] = own
        cells[-2], cells[-1] = unseen, self.blanks.get(place, np.nan)
        return cells, kind


def frame_for(
    inputs: Sequence[Input],
    *,
    categories: Mapping[int, NDArray[Any]],
    native: Mapping[int, tuple[Any, ...]],
    order: Sequence[int] = (),
) -> Frame:
    """The table behind inputs, the categories that encoders know being given by input."""
    originals: dict[int, NDArray[Any]] = {}
    blanks: dict[int, object] = {}
    for place, one in enumerate(inputs):
        if one.kind != "category" or place in native:
            continue
        if place in categories:
            known = known_values(categories[place])
            originals[place] = _in_order(one.levels, known)
            if any(value is None for value in categories[place]):
                blanks[place] = None
        else:
            originals[place] = as_numbers(one.levels)
    return Frame(tuple(inputs), originals, blanks, native, tuple(order))


def known_values(categories: NDArray[Any]) -> NDArray[Any]:
    """An encoder's categories without its blanks."""
    kept = [value for value in categories.tolist() if value is not None and value == value]  # noqa: PLR0124 -- not NaN
    if categories.dtype.kind in "iufb":
        return np.array(kept, dtype=categories.dtype)
    own = np.empty(len(kept), dtype=object)
    own[:] = kept
    return own


def written(value: object) -> str:
    """A category as a file would write it: ``3`` for 3.0."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def as_numbers(levels: Sequence[str]) -> NDArray[np.float64]:
    """What a library that was fitted on numbers got for these levels.

    Numbers as they are, yes and no as 1 and 0; else the place of each level.
    """
    folded = [fold(level) for level in levels]
    if all(one in _YES | _NO for one in folded):
        return np.array([float(one in _YES) for one in folded])
    try:
        return np.array([float(level.replace(",", ".")) for level in levels])
    except ValueError:
        return np.arange(len(levels), dtype=np.float64)


def _in_order(levels: Sequence[str], known: NDArray[Any]) -> NDArray[Any]:
    """The encoder's own values in the order of the levels; one that it lacks is kept as text."""
    by_text: dict[str, Any] = {fold(written(value)): value for value in known.tolist()}
    by_text |= {written(value): value for value in known.tolist()}
    own = [by_text.get(level, by_text.get(fold(level), level)) for level in levels]
    if known.dtype.kind in "iufb" and not any(isinstance(value, str) for value in own):
        return np.array(own, dtype=known.dtype)
    cells = np.empty(len(own), dtype=object)
    cells[:] = own
    return cells
