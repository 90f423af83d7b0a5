"""Which column plays which part, and what each criterion is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OutcomeKind = Literal["binary", "numeric", "ordered"]


@dataclass(frozen=True)
class Roles:
    """The part that each column of a decision file plays.

    Attributes
    ----------
    outcome : str or None
        The decision. ``None`` only where a later kind of file needs no outcome.
    favourable : str or None
        The value of ``outcome`` that is good for the person; detected when obvious.
    outcome_kind, worse
        ``binary``, or ``numeric``/``ordered`` with ``worse`` = ``low`` | ``high``: which end
        is worse for the person. ``worse`` alone means ``numeric``.
    label, label_favourable : str or None
        What happened later (known, usually, only for those selected).
    score : str or None
        The number that the decision was drawn from; higher is better.
    advice, decided_by, date, version : str or None
        What the system recommended, who decided, when, with which version.
    seniority : str or None
        A number by which the same places could have been given to the most senior.
    stages : tuple of str
        Columns of successive steps, in order; the values of ``last_stage`` where it is given.
    last_stage : str or None
        One column that names the last stage that each person reached.
    withdrawn : tuple of str
        Values that say that a person withdrew (``VALUE``, or ``COLUMN=VALUE``).
    protected : tuple of str
        Columns to look at gaps by.
    strata : tuple of str
        Columns within which to compare; each stands alone, ``a*b`` crosses two.
    cluster, pool, pair, weight, count, identifier : str or None
        Repeated people; those who compete for the same places; the two testers of one offer
        (situation testing); sampling weight; headcount of an already counted line; identifier
        (kept as text).
    inputs : tuple of str
        Columns that the system uses.
    bands : mapping of str to tuple of float
        Lower bounds of the second and later bands of a numeric column.
    """

    outcome: str | None
    favourable: str | None = None
    outcome_kind: OutcomeKind = "binary"
    worse: Literal["low", "high"] | None = None
    label: str | None = None
    label_favourable: str | None = None
    score: str | None = None
    advice: str | None = None
    decided_by: str | None = None
    date: str | None = None
    version: str | None = None
    seniority: str | None = None
    stages: tuple[str, ...] = ()
    last_stage: str | None = None
    withdrawn: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    cluster: str | None = None
    pool: str | None = None
    pair: str | None = None
    weight: str | None = None
    count: str | None = None
    identifier: str | None = None
    inputs: tuple[str, ...] = ()
    bands: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def stratum_columns(self, stratum: str) -> tuple[str, ...]:
        """Columns of one declared stratum: ``"site*family"`` -> ``("site", "family")``."""
        return tuple(part.strip() for part in stratum.split("*"))


@dataclass(frozen=True)
class Criterion:
    """A criterion as the parties name it: one or several input columns with a purpose.

    ``label`` (its name for readers), ``purpose`` and ``source`` are texts as declared: one for
    every language, or one by language (``{"fr": ..., "en": ...}``), see :meth:`text`;
    ``intrusiveness`` is the level 0 to 5 of the scale in the anchor file; ``actionable`` tells
    whether the person can do anything about it.
    """

    key: str
    inputs: tuple[str, ...]
    purpose: str | Mapping[str, str] = ""
    source: str | Mapping[str, str] = ""
    intrusiveness: int | None = None
    actionable: bool | None = None
    label: str | Mapping[str, str] = ""

    def text(self, name: Literal["label", "purpose", "source"], language: str) -> str:
        """Label, purpose or source in a language; "" where it was not given in that one."""
        declared: str | Mapping[str, str] = getattr(self, name)
        return declared if isinstance(declared, str) else declared.get(language, "")
