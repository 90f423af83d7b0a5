"""From which input each encoded column of a scikit-learn pipeline was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# What is done to a number on its way, in the library's own order: what, and with which number.
Steps = tuple[tuple[str, float], ...]


class Origin(NamedTuple):
    """Where a column comes from: its inputs, and whether it still holds the input's own values.

    ``steps`` lead from a number to its column; None where they cannot be told.
    """

    sources: frozenset[int]
    untouched: bool = False
    steps: Steps | None = None


@dataclass
class Structure:
    """What following a pipeline found.

    ``columns``: origin of each encoded column, None where it cannot be told; ``categories``: by
    input, the values that its encoder knows, as it holds them (text, numbers, booleans, blanks).
    """

    columns: list[Origin] | None
    categories: dict[int, NDArray[Any]] = field(default_factory=dict)

    @property
    def used(self) -> frozenset[int] | None:
        """Inputs that reach the estimator; None where it cannot be told."""
        if self.columns is None:
            return None
        return frozenset().union(*(column.sources for column in self.columns))

    def owner(self) -> NDArray[np.int32] | None:
        """The one input of each encoded column, None where columns mix inputs."""
        if self.columns is None or any(len(column.sources) != 1 for column in self.columns):
            return None
        return np.array([next(iter(column.sources)) for column in self.columns], dtype=np.int32)


# Each column of the output is made from the same column of the input.
_ONE_TO_ONE = frozenset({
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer",
    "QuantileTransformer", "Binarizer",
})  # fmt: skip
_SELECTORS = frozenset({
    "SelectKBest", "SelectPercentile", "SelectFpr", "SelectFdr", "SelectFwe",
    "GenericUnivariateSelect", "VarianceThreshold", "SelectFromModel", "RFE", "RFECV",
    "SequentialFeatureSelector",
})  # fmt: skip
_ENCODERS = frozenset({"OneHotEncoder", "OrdinalEncoder", "TargetEncoder"})


def follow(steps: Sequence[Any], names: Sequence[str]) -> Structure:
    """Follow the columns of a data frame through fitted transformers.

    Parameters
    ----------
    steps : sequence of fitted transformers
        In order; ``None`` and ``"passthrough"`` change nothing.
    names : sequence of str
        Columns of the data frame that the first one was fitted on.

    Returns
    -------
    Structure
    """
    structure = Structure(
        [Origin(frozenset({place}), untouched=True, steps=()) for place in range(len(names))]
    )
    current: list[Origin] | None = structure.columns
    known = list(names)
    for step in steps:
        if current is None:
            break
        current = _through(step, current, known, structure)
        known = []  # later steps get columns that bear no input's name
    structure.columns = current
    return structure


def _through(
    step: Any, columns: list[Origin], names: Sequence[str], structure: Structure
) -> list[Origin] | None:
    """Origins of the columns that one transformer puts out."""
    kind = type(step).__name__
    if step is None or step == "passthrough":
        return columns
    if kind == "Pipeline":
        inside: list[Origin] | None = columns
        for place, (_, part) in enumerate(step.steps):
            if inside is None:
                return None
            inside = _through(part, inside, names if place == 0 else [], structure)
        return inside
    if kind == "ColumnTransformer":
        return _through_columns(step, columns, names, structure)
    if kind == "FeatureUnion":
        parts = [_through(part, columns, names, structure) for _, part in step.transformer_list]
        return None if any(p is None for p in parts) else [one for p in parts for one in p or []]
    if kind == "SimpleImputer":
        return _through_imputer(step, columns)
    if kind in _ENCODERS:
        return _through_encoder(step, columns, structure)
    if kind == "FunctionTransformer":
        return _through_function(step, columns)
    if kind in _SELECTORS:
        return [columns[place] for place in np.flatnonzero(step.get_support())]
    if kind in _ONE_TO_ONE:
        return [
            Origin(one.sources, steps=_scaled(step, kind, one.steps, place))
            for place, one in enumerate(columns)
        ]
    if kind == "KBinsDiscretizer":
        bins = step.n_bins_ if step.encode != "ordinal" else np.ones(len(columns), dtype=int)
        return [Origin(one.sources) for one, n in zip(columns, bins, strict=True) for _ in range(n)]
    return _mixed(step, columns)


def _scaled(step: Any, kind: str, before: Steps | None, place: int) -> Steps | None:
    """Steps through a scaler, in the order in which it takes them itself."""
    if before is None:
        return None
    told = {
        "StandardScaler": (("subtract", "mean_"), ("divide", "scale_")),
        "RobustScaler": (("subtract", "center_"), ("divide", "scale_")),
        "MaxAbsScaler": (("divide", "scale_"),),
        "MinMaxScaler": (("multiply", "scale_"), ("add", "min_")),
    }.get(kind)
    if told is None or getattr(step, "clip", False):
        return None
    numbers = [(what, getattr(step, name, None)) for what, name in told]
    return before + tuple((what, float(own[place])) for what, own in numbers if own is not None)


def _mixed(step: Any, columns: list[Origin]) -> list[Origin] | None:
    """A transformer that we do not know: each of its columns may come from all inputs."""
    try:
        width = len(step.get_feature_names_out())
    except Exception:
        return None
    return [Origin(frozenset().union(*(one.sources for one in columns)))] * width


def _through_function(step: Any, columns: list[Origin]) -> list[Origin] | None:
    """A function: known to work value by value where it is none, a ufunc, or a mere check."""
    function = getattr(step.func, "func", step.func)
    harmless = getattr(function, "__module__", "") == "sklearn.utils.validation"
    if step.func is None or harmless:
        return columns
    if isinstance(step.func, np.ufunc):
        return [Origin(one.sources) for one in columns]
    return _mixed(step, columns)


def _through_imputer(step: Any, columns: list[Origin]) -> list[Origin]:
    """Columns that were blank throughout are dropped; marks of blanks may be added behind."""
    statistics = np.asarray(step.statistics_, dtype=object)
    whole = getattr(step, "keep_empty_features", False)
    kept = [
        one._replace(steps=_filled(step, one.steps, value))
        for one, value in zip(columns, statistics, strict=True)
        if whole or value == value  # noqa: PLR0124 -- not NaN
    ]
    marks = [] if step.indicator_ is None else list(step.indicator_.features_)
    return kept + [Origin(columns[place].sources) for place in marks]


def _filled(step: Any, before: Steps | None, value: object) -> Steps | None:
    """Steps through an imputer that fills blanks with one number."""
    blank = step.missing_values
    if before is None or not isinstance(value, (int, float)) or blank == blank:  # noqa: PLR0124
        return None
    return (*before, ("fill", float(value)))


def _through_encoder(step: Any, columns: list[Origin], structure: Structure) -> list[Origin]:
    """Categories are noted, and told apart or numbered."""
    for one, categories in zip(columns, step.categories_, strict=True):
        if one.untouched and len(one.sources) == 1:
            structure.categories.setdefault(next(iter(one.sources)), categories)
    if type(step).__name__ != "OneHotEncoder":
        return [Origin(one.sources) for one in columns]
    widths = _one_hot_widths(step)
    return [Origin(one.sources) for one, n in zip(columns, widths, strict=True) for _ in range(n)]


def _one_hot_widths(encoder: Any) -> list[int]:
    """How many columns each category becomes: rare ones share one, one may be dropped."""
    widths = []
    rare = getattr(encoder, "infrequent_categories_", None) if _groups_rare(encoder) else None
    for place, categories in enumerate(encoder.categories_):
        width = len(categories)
        if rare is not None and rare[place] is not None:
            width += 1 - len(rare[place])
        if encoder.drop_idx_ is not None and encoder.drop_idx_[place] is not None:
            width -= 1
        widths.append(width)
    return widths


def _groups_rare(encoder: Any) -> bool:
    return encoder.min_frequency is not None or encoder.max_categories is not None


def _through_columns(
    step: Any, columns: list[Origin], names: Sequence[str], structure: Structure
) -> list[Origin] | None:
    """Each transformer takes some columns and fills a stretch of the output."""
    fitted_names = list(getattr(step, "feature_names_in_", names))
    stretches: list[tuple[int, list[Origin]]] = []
    for name, part, chosen in step.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        stretch = step.output_indices_[name]
        places = _places(chosen, fitted_names, len(columns))
        if not places:
            continue
        own_names = [fitted_names[place] for place in places] if fitted_names else []
        origins = _through(part, [columns[place] for place in places], own_names, structure)
        width = stretch.stop - stretch.start
        if origins is None or len(origins) != width:
            together = frozenset().union(*(columns[place].sources for place in places))
            origins = [Origin(together)] * width
        stretches.append((stretch.start, origins))
    return [one for _, origins in sorted(stretches, key=lambda s: s[0]) for one in origins]


def _places(chosen: Any, names: Sequence[str], width: int) -> list[int]:
    """Columns as a ColumnTransformer names them: names, places, a slice, a mask."""
    if isinstance(chosen, slice):
        bounds = [
            names.index(end) + extra if isinstance(end, str) else end
            for end, extra in ((chosen.start, 0), (chosen.stop, 1))
        ]
        return list(range(width))[slice(bounds[0], bounds[1], chosen.step)]
    listed = [chosen] if isinstance(chosen, (str, int, np.integer)) else list(chosen)
    if listed and isinstance(listed[0], (bool, np.bool_)):
        return [place for place, kept in enumerate(listed) if kept]
    return [names.index(one) if isinstance(one, str) else int(one) % width for one in listed]
