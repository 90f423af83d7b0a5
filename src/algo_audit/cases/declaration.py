"""The shape of ``audit.toml``, checked by pydantic: every fault with its key and its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from algo_audit.data.toml_text import line_of, parse_toml, read_toml_text, schema_faults
from algo_audit.errors import raise_all

__all__ = ["Declaration", "line_of", "read_declaration"]

SCHEMA = "algo-audit/1"

Text = Annotated[str, Field(min_length=1, max_length=500)]
# A value of a column: people write 1, true and "oui" alike.
Value = Text | bool | int | float
Columns = Annotated[list[Text], Field(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SourcePart(_Part):
    """``[source]``: the file, beside ``audit.toml`` unless a folder is given."""

    file: Text
    sheet: Text | None = None
    encoding: Text | None = None
    population: Text | None = None


class RolesPart(_Part):
    """``[roles]``: which column plays which part."""

    outcome: Text | None = None
    favourable: Value | None = None
    outcome_kind: Literal["binary", "numeric", "ordered"] = "binary"
    worse: Literal["low", "high"] | None = None
    label: Text | None = None
    label_favourable: Value | None = None
    score: Text | None = None
    advice: Text | None = None
    decided_by: Text | None = None
    date: Text | None = None
    version: Text | None = None
    seniority: Text | None = None
    stages: Columns = []
    last_stage: Text | None = None
    withdrawn: Annotated[list[Value], Field(max_length=50)] = []
    protected: Columns = []
    strata: Columns = []
    cluster: Text | None = None
    pool: Text | None = None
    pair: Text | None = None
    weight: Text | None = None
    count: Text | None = None
    identifier: Text | None = None
    inputs: Columns = []


class BandsPart(_Part):
    """``[bands.COLUMN]``: lower bounds of the second and later bands."""

    cuts: Annotated[list[float], Field(min_length=1, max_length=50)]


class ByLanguage(_Part):
    """A text in both languages: ``purpose = { fr = "...", en = "..." }``."""

    fr: Annotated[str, Field(max_length=2000)] = ""
    en: Annotated[str, Field(max_length=2000)] = ""


class ShortByLanguage(_Part):
    """A name in both languages: ``label = { fr = "...", en = "..." }``."""

    fr: Annotated[str, Field(max_length=80)] = ""
    en: Annotated[str, Field(max_length=80)] = ""


class CriterionPart(_Part):
    """``[[criteria]]``: a criterion as the parties name it."""

    key: Text
    inputs: Annotated[list[Text], Field(min_length=1, max_length=200)]
    label: Annotated[str, Field(max_length=80)] | ShortByLanguage = ""
    purpose: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    source: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    intrusiveness: Annotated[int, Field(ge=0, le=5)] | None = None
    actionable: bool | None = None


class ActionPart(_Part):
    """``[actions.COLUMN]``: what a person can change about an input, and how far."""

    direction: Literal["up", "down", "any"] = "any"
    low: float | None = None
    high: float | None = None
    step: Annotated[float, Field(gt=0)] | None = None
    most: Annotated[float, Field(gt=0)] | None = None
    order: Annotated[list[Text], Field(max_length=100)] = []
    forbidden: Annotated[list[tuple[Text, Text]], Field(max_length=1000)] = []
    effort: Annotated[float, Field(gt=0)] = 1.0
    means: Annotated[str, Field(max_length=500)] | ByLanguage = ""


class RulePart(_Part):
    """``[rule]``: how the score became a decision."""

    kind: Literal["threshold", "top_k"]
    value: float | None = None


class ModelPart(_Part):
    """``[model]``: the model's file, and a scoring grid to fill the same places by."""

    path: Text
    compared_with: Text | None = None


class PolicyPart(_Part):
    """``[policy]``: what was settled before looking."""

    margin: Annotated[float, Field(gt=0, lt=1)] = 0.80
    margin_source: Annotated[str, Field(max_length=2000)] = ""
    margin_points: Annotated[float, Field(gt=0, lt=1)] | None = None
    margin_amount: Annotated[float, Field(gt=0)] | None = None
    primary: Annotated[list[Text], Field(max_length=50)] = []
    primary_ordered: bool = False
    primary_chosen_by: Annotated[str, Field(max_length=500)] = ""
    primary_chosen_on: str | dt.date | dt.datetime = ""
    reference: dict[str, Value] = {}
    eligible_defined_by: Annotated[str, Field(max_length=500)] = ""
    status: Literal["public", "private", "unknown"] = "unknown"
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    french_index: Literal["promotion", "raise"] | None = None
    french_index_category: Text | None = None


class TextsPart(_Part):
    """``[texts.fr]``, ``[texts.en]``."""

    title: Annotated[str, Field(max_length=300)] = ""
    story: Annotated[str, Field(max_length=20_000)] = ""


class LanguagesPart(_Part):
    """``[texts]``."""

    fr: TextsPart = TextsPart()
    en: TextsPart = TextsPart()


class ActorPart(_Part):
    """``[[study.actors]]``: somebody who has something at stake."""

    name: ByLanguage
    stake: ByLanguage


class StudyPart(_Part):
    """``[study]``: what a workshop on the case needs, and an audit does not."""

    truth: Text = "truth.toml"
    measures: Annotated[list[Text], Field(max_length=50)] = []
    clauses: Annotated[list[Annotated[str, Field(pattern=r"^C\d\d$")]], Field(max_length=50)] = []
    actors: Annotated[list[ActorPart], Field(max_length=50)] = []


class Declaration(_Part):
    """A whole ``audit.toml``."""

    schema_: Annotated[Literal["algo-audit/1"], Field(alias="schema")] = "algo-audit/1"
    source: SourcePart
    roles: RolesPart
    bands: dict[str, BandsPart] = {}
    criteria: Annotated[list[CriterionPart], Field(max_length=200)] = []
    actions: dict[str, ActionPart] = {}
    rule: RulePart | None = None
    model: ModelPart | None = None
    policy: PolicyPart = PolicyPart()
    texts: LanguagesPart = LanguagesPart()
    study: StudyPart | None = None


_PARTS: Mapping[str, type[BaseModel]] = {
    "source": SourcePart,
    "roles": RolesPart,
    "bands": BandsPart,
    "criteria": CriterionPart,
    "actions": ActionPart,
    "rule": RulePart,
    "model": ModelPart,
    "policy": PolicyPart,
    "texts": TextsPart,
    "study": StudyPart,
}


def read_declaration(path: Path, *, largest_bytes: int) -> tuple[Declaration, str]:
    """Read and check an ``audit.toml``.

    Parameters
    ----------
    path : Path
    largest_bytes : int
        A longer file is no declaration.

    Returns
    -------
    declaration : Declaration
    text : str
        As read, to find the lines of later faults.

    Raises
    ------
    AuditError
        All faults of the file together; codes start with ``case.``.
    """
    text = read_toml_text(path, room="case", largest_bytes=largest_bytes)
    raw = parse_toml(text, path, room="case")
    try:
        return Declaration.model_validate(raw), text
    except ValidationError as error:
        raise_all(schema_faults(error, text, path, room="case", schema=SCHEMA, keys_at=_keys_at))
        raise  # a validation error has at least one detail


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """Keys that a table may hold."""
    if not location:
        return ["schema", *(name for name in Declaration.model_fields if name != "schema_")]
    if location == ["texts"]:
        return ["fr", "en"]
    part = _PARTS.get(str(location[0]))
    return [] if part is None else list(part.model_fields)
