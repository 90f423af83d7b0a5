"""Limits of the audit, read once from ``limits.toml`` and passed down."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar


@dataclass(frozen=True)
class GroupLimits:
    """Headcounts from which a group is compared, and may be the reference."""

    compared_from: int
    reference_from: int
    levels_at_most: int


@dataclass(frozen=True)
class LevelLimits:
    """Error levels and confidences, all in (0, 1)."""

    family_wise: float
    false_discovery: float
    confidence: float
    equivalence_confidence: float
    power: float


@dataclass(frozen=True)
class ResamplingLimits:
    """How many draws, and how large the tables drawn may be."""

    permutations: int
    permutations_first: int
    permutations_at_least: int
    permutation_cells: int
    exploratory_cells: int
    enumerated_tables: int
    exact_support: int
    bootstrap: int
    lottery_draws: int


@dataclass(frozen=True)
class AmountLimits:
    """Below ``permutation_below`` people, permutation, up to ``permuted_people`` in a pair."""

    permutation_below: int
    permuted_people: int
    varying_people: float


@dataclass(frozen=True)
class ClusterLimits:
    """Below ``permutation_below`` clusters, permutation inside clusters."""

    permutation_below: int


@dataclass(frozen=True)
class StrataLimits:
    """Events to spare from which a chi-square within strata is trusted; how wide, in rates or as
    a ratio, both gaps of a change of direction are.
    """

    events_to_spare: float
    reversal_points: float
    reversal_ratio: float


@dataclass(frozen=True)
class ControlLimits:
    """Probability by chance under which a control is called out as leaking."""

    by_chance: float


@dataclass(frozen=True)
class ScoreLimits:
    """How many calibration bins."""

    bins: int


@dataclass(frozen=True)
class LabelLimits:
    """Share of unfavourable decisions whose label must be known for error rates."""

    unfavourable_share: float


@dataclass(frozen=True)
class DisclosureLimits:
    """Smallest headcount shown to each audience; share of people singled out worth a warning."""

    committee: int
    public: int
    singled_share: float


@dataclass(frozen=True)
class AgeLimits:
    """Lower bounds of the second and later age bands, in years."""

    cuts: tuple[float, ...]


@dataclass(frozen=True)
class SeniorityLimits:
    """Lower bounds of the second and later bands of seniority, in years."""

    cuts: tuple[float, ...]


@dataclass(frozen=True)
class ReadingLimits:
    """Most values of a category, largest file (MB) and ``audit.toml`` (kB), most people."""

    categorical_values: int
    largest_file: int
    counted_rows: int
    largest_declaration: int
    largest_sheet: int


@dataclass(frozen=True)
class FindingLimits:
    """From where on a fact is a finding of its own: shares (0 to 1) and ratios."""

    unknown_share: float
    most_of_gap: float
    against_expected: float
    outweighs: float
    fewer_ways: float


@dataclass(frozen=True)
class ModelLimits:
    """Sizes (megabytes), inflation and members above which a model's file is not opened."""

    largest_file: int
    largest_inflated: int
    largest_ratio: int
    members: int


@dataclass(frozen=True)
class ExplainLimits:
    """How many people, points, deals and ways an explanation takes, and how good it must be."""

    background: int
    background_sampled: int
    model_rows: int
    exact_players: int
    people_sampled: int
    held_out: float
    boosting_from: int
    rules_people: int
    rules_depth: int
    curve_points: int
    curve_people: int
    curve_rows: int
    deals: int
    deal_rows: int
    additive_error: float
    fidelity: float
    proxy_alert: float
    proxy_rows: int
    ways: int
    recourse_people: int
    rarest: float
    disturbances: int
    refits: int


@dataclass(frozen=True)
class Limits:
    """Every limit, by chapter; the source of each stands in ``limits.toml``."""

    groups: GroupLimits
    levels: LevelLimits
    resampling: ResamplingLimits
    amounts: AmountLimits
    clusters: ClusterLimits
    strata: StrataLimits
    controls: ControlLimits
    scores: ScoreLimits
    labels: LabelLimits
    disclosure: DisclosureLimits
    age: AgeLimits
    seniority: SeniorityLimits
    reading: ReadingLimits
    findings: FindingLimits
    models: ModelLimits
    explain: ExplainLimits


_Chapter = TypeVar("_Chapter")


def _chapter(kind: type[_Chapter], values: dict[str, Any]) -> _Chapter:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if known != set(values):
        # a limit that nothing reads, or that the file lacks, is a fault of the package itself
        raise KeyError(kind.__name__, sorted(known ^ set(values)))
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


@cache
def read_limits() -> Limits:
    """Read ``limits.toml`` once.

    Returns
    -------
    Limits
        The same object at every call.

    Raises
    ------
    KeyError
        A limit is missing from the file, or the file holds one that nothing reads.
    """
    raw = tomllib.loads((files("algo_audit.data") / "limits.toml").read_text(encoding="utf-8"))
    return Limits(
        groups=_chapter(GroupLimits, raw["groups"]),
        levels=_chapter(LevelLimits, raw["levels"]),
        resampling=_chapter(ResamplingLimits, raw["resampling"]),
        amounts=_chapter(AmountLimits, raw["amounts"]),
        clusters=_chapter(ClusterLimits, raw["clusters"]),
        strata=_chapter(StrataLimits, raw["strata"]),
        controls=_chapter(ControlLimits, raw["controls"]),
        scores=_chapter(ScoreLimits, raw["scores"]),
        labels=_chapter(LabelLimits, raw["labels"]),
        disclosure=_chapter(DisclosureLimits, raw["disclosure"]),
        age=_chapter(AgeLimits, raw["age"]),
        seniority=_chapter(SeniorityLimits, raw["seniority"]),
        reading=_chapter(ReadingLimits, raw["reading"]),
        findings=_chapter(FindingLimits, raw["findings"]),
        models=_chapter(ModelLimits, raw["models"]),
        explain=_chapter(ExplainLimits, raw["explain"]),
    )
