"""The shape of ``audit.toml``, checked by pydantic: every fault with its key and its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from algo_audit.data.names import nearest
from algo_audit.errors import AuditError, raise_all

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
    stages: Columns = []
    protected: Columns = []
    strata: Columns = []
    cluster: Text | None = None
    pool: Text | None = None
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


class CriterionPart(_Part):
    """``[[criteria]]``: a criterion as the parties name it."""

    key: Text
    inputs: Annotated[list[Text], Field(min_length=1, max_length=200)]
    purpose: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    source: Annotated[str, Field(max_length=2000)] | ByLanguage = ""
    intrusiveness: Annotated[int, Field(ge=0, le=5)] | None = None
    actionable: bool | None = None


class RulePart(_Part):
    """``[rule]``: how the score became a decision."""

    kind: Literal["threshold", "top_k"]
    value: float | None = None


class ModelPart(_Part):
    """``[model]``: the model's file."""

    path: Text


class PolicyPart(_Part):
    """``[policy]``: what was settled before looking."""

    margin: Annotated[float, Field(gt=0, lt=1)] = 0.80
    margin_source: Annotated[str, Field(max_length=2000)] = ""
    margin_points: Annotated[float, Field(gt=0, lt=1)] | None = None
    primary: Annotated[list[Text], Field(max_length=50)] = []
    primary_ordered: bool = False
    primary_chosen_by: Annotated[str, Field(max_length=500)] = ""
    primary_chosen_on: str | dt.date | dt.datetime = ""
    reference: dict[str, Value] = {}
    status: Literal["public", "private", "unknown"] = "unknown"
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class TextsPart(_Part):
    """``[texts.fr]``, ``[texts.en]``."""

    title: Annotated[str, Field(max_length=300)] = ""
    story: Annotated[str, Field(max_length=20_000)] = ""


class LanguagesPart(_Part):
    """``[texts]``."""

    fr: TextsPart = TextsPart()
    en: TextsPart = TextsPart()


class Declaration(_Part):
    """A whole ``audit.toml``."""

    schema_: Annotated[Literal["algo-audit/1"], Field(alias="schema")] = "algo-audit/1"
    source: SourcePart
    roles: RolesPart
    bands: dict[str, BandsPart] = {}
    criteria: Annotated[list[CriterionPart], Field(max_length=200)] = []
    rule: RulePart | None = None
    model: ModelPart | None = None
    policy: PolicyPart = PolicyPart()
    texts: LanguagesPart = LanguagesPart()


_PARTS: Mapping[str, type[BaseModel]] = {
    "source": SourcePart,
    "roles": RolesPart,
    "bands": BandsPart,
    "criteria": CriterionPart,
    "rule": RulePart,
    "model": ModelPart,
    "policy": PolicyPart,
    "texts": TextsPart,
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
    text = _read_text(path, largest_bytes)
    raw = _parse(text, path)
    try:
        return Declaration.model_validate(raw), text
    except ValidationError as error:
        faults = [_fault(detail, text, path) for detail in error.errors(include_url=False)]
        # a key that may hold text or a number is told once, not once for each kind
        told: dict[tuple[str, object], AuditError] = {}
        for fault in faults:
            told.setdefault((fault.where, fault.values.get("key")), fault)
        raise_all(list(told.values()))
        raise  # a validation error has at least one detail


def _read_text(path: Path, largest_bytes: int) -> str:
    where = str(path)
    try:
        if path.is_dir():
            raise AuditError("case.is_folder", where)
        if not path.exists():
            beside = sorted(one.name for one in path.parent.glob("*.toml"))
            choices = nearest(path.name, beside) if beside else ()
            raise AuditError("case.file_missing", where, choices=choices)
        if not path.is_file() or path.stat().st_size > largest_bytes:
            raise AuditError("case.too_large", where, limit=largest_bytes // 1000)
        data = path.read_bytes()
    except OSError as error:
        raise AuditError("case.not_readable", where) from error
    try:
        # Notepad begins a file with a byte order mark, which TOML does not know
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AuditError("case.not_utf8", f"{where}:{line}") from error


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise AuditError("case.toml_syntax", str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise _syntax_fault(str(error), text, path) from error
    except ValueError as error:  # a number of thousands of digits
        raise AuditError("case.toml_syntax", str(path)) from error


_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_DECIMAL_COMMA = re.compile(r"=\s*([+-]?\d+),(\d+)\s*(#.*)?$")


def _syntax_fault(message: str, text: str, path: Path) -> AuditError:
    """The fault of a file that is no TOML, with what the line looks like it meant."""
    lines = text.split("\n")
    at = _AT.search(message)
    number = int(at[1]) if at else len(lines)
    seen = lines[number - 1].strip() if number <= len(lines) else ""
    where = f"{path}:{number}"
    comma = _DECIMAL_COMMA.search(seen)
    if comma:
        return AuditError(
            "case.decimal_comma", where, seen=seen, choices=(f"{comma[1]}.{comma[2]}",)
        )
    if "\\" in seen:
        return AuditError("case.backslash", where, seen=seen)
    if "overwrite" in message or "twice" in message or "already" in message:
        return AuditError("case.key_twice", where, seen=seen)
    if re.search(r"=\s*[^\s\"'\[{+\-0-9]", seen):
        return AuditError("case.quotes_needed", where, seen=seen)
    return AuditError("case.toml_syntax", where, seen=seen, column=int(at[2]) if at else 0)


def line_of(text: str, location: Sequence[str | int]) -> int:
    """Line of a key, from 1, as near as a search can tell.

    Parameters
    ----------
    text : str
        The TOML file.
    location : sequence of str or int
        As pydantic gives it: ``("criteria", 1, "purpose")``.

    Returns
    -------
    int
        The line of the key, else of the nearest table above it, else 1.
    """
    path: list[str] = []
    nth: dict[tuple[str, ...], int] = {}
    best, depth = 1, 0
    wanted = [part for part in location if isinstance(part, str)]
    index = next((part for part in location if isinstance(part, int)), 0)
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"^\s*\[(\[?)\s*(.+?)\s*\]", line)
        if header:
            path = _dotted(header[2])
            nth[tuple(path)] = nth.get(tuple(path), -1) + 1
            if header[1] and nth[tuple(path)] != index:
                path = []
                continue
            found = path
        else:
            key = re.match(r"^\s*([^=#]+?)\s*=", line)
            if not key:
                continue
            found = path + _dotted(key[1])
        # "title.de" is the line of title, where a text was wanted
        shared = min(len(found), len(wanted))
        same = shared if found[:shared] == wanted[:shared] else 0
        if same > depth:
            best, depth = number, same
    return best


def _dotted(key: str) -> list[str]:
    """Parts of a TOML key: ``bands."âge"`` -> ``bands``, ``âge``."""
    parts = re.findall(r"\"([^\"]*)\"|'([^']*)'|([^.\s\"']+)", key)
    return [first or second or third for first, second, third in parts]


# Kinds of fault that pydantic tells, and the sentence that each of them takes.
_CODES = {
    "float_type": "case.number_needed",
    "int_type": "case.number_needed",
    "finite_number": "case.number_needed",
    "int_from_float": "case.whole_number_needed",
    "string_type": "case.text_needed",
    "list_type": "case.list_needed",
    "bool_type": "case.true_or_false_needed",
    "model_type": "case.table_needed",
    "dict_type": "case.table_needed",
    "string_too_short": "case.blank",
    "too_short": "case.blank",
    "string_too_long": "case.too_long",
    "too_long": "case.too_long",
}


def _fault(detail: ErrorDetails, text: str, path: Path) -> AuditError:
    """One fault of pydantic as one of ours."""
    # a union tells each of its kinds ("str", "int"): the key ends before it
    known_kinds = {
        "str",
        "int",
        "bool",
        "float",
        "date",
        "datetime",
        "constrained-str",
        "ByLanguage",
    }
    location = [part for part in detail["loc"] if part not in known_kinds]
    location = [part for part in location if not str(part).startswith(("constrained", "function"))]
    where = f"{path}:{line_of(text, location)}"
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    kind, seen = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = nearest(str(location[-1]), _keys_at(location[:-1]))
        return AuditError("case.unknown_key", where, seen=location[-1], choices=known, key=key)
    if kind == "missing":
        return AuditError("case.key_missing", where, seen=key, key=key)
    if key == "schema":
        return AuditError("case.schema_unknown", where, seen=seen, choices=(SCHEMA,), key=key)
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return AuditError("case.not_a_choice", where, seen=seen, choices=choices, key=key)
    if kind in ("float_type", "int_type") and isinstance(seen, str):
        number = seen.strip().replace(",", ".")
        hint = (number,) if re.fullmatch(r"[+-]?\d+(\.\d+)?", number) else ()
        return AuditError("case.number_needed", where, seen=seen, choices=hint, key=key)
    if kind == "int_type" and isinstance(seen, float):
        kind = "int_from_float"
    if kind.startswith(("greater_than", "less_than")):
        low, high = context.get("gt", context.get("ge")), context.get("lt", context.get("le"))
        bounds = [str(bound) for bound in (low, high) if bound is not None]
        return AuditError("case.out_of_range", where, seen=seen, choices=bounds, key=key)
    shown = seen if isinstance(seen, (str, int, float, bool)) else None
    return AuditError(_CODES.get(kind, "case.invalid"), where, seen=shown, key=key)


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """Keys that a table may hold."""
    if not location:
        return ["schema", *(name for name in Declaration.model_fields if name != "schema_")]
    if location == ["texts"]:
        return ["fr", "en"]
    part = _PARTS.get(str(location[0]))
    return [] if part is None else list(part.model_fields)
