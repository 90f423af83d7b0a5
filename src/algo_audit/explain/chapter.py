"""The chapters on a model: what an audit says beyond the decisions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from algo_audit.explain.effects import EffectCurve, Monotonicity
from algo_audit.explain.gap import GapDecomposition, Proxy
from algo_audit.explain.importance import GridLine, Importance
from algo_audit.explain.recourse import RecourseOverview
from algo_audit.explain.replay import Replay
from algo_audit.explain.stability import Stability
from algo_audit.explain.staircase import Staircase
from algo_audit.explain.surrogate import Fidelity, ReadableRules
from algo_audit.explain.worth import Worth
from algo_audit.fairness.strata import ControlWarning
from algo_audit.models.model import ModelDescription


@dataclass(frozen=True)
class CriterionFacts:
    """A criterion as declared, for the report: texts by language, scale level."""

    key: str
    inputs: tuple[str, ...]
    intrusiveness: int | None
    actionable: bool | None
    purpose: str | Mapping[str, str] = ""
    source: str | Mapping[str, str] = ""
    label: str | Mapping[str, str] = ""


@dataclass(frozen=True)
class ModelChapters:
    """What the model does, on the file.

    ``description.kind`` ``surrogate``: there was no model; a stand-in was fitted to the log, and
    ``fidelity`` says how far it can be trusted (None for a real model). ``leaks``: inputs that
    tell the decision because they were filled in after it, named before anything is explained and
    kept out of a stand-in. ``limits``: codes of what could not be shown.
    """

    description: ModelDescription
    fidelity: Fidelity | None
    leaks: tuple[ControlWarning, ...]
    replay: Replay | None
    importance: tuple[Importance, ...]
    lines: tuple[GridLine, ...]
    effects: tuple[EffectCurve, ...]
    monotonicity: tuple[Monotonicity, ...]
    rules: ReadableRules | None
    gaps: tuple[GapDecomposition, ...]
    proxies: tuple[Proxy, ...]
    staircases: tuple[Staircase, ...]
    worth: Worth | None
    recourse: RecourseOverview | None
    stability: Stability | None
    limits: tuple[str, ...] = ()
    criteria: tuple[CriterionFacts, ...] = ()
