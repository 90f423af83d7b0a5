"""``audit.json``: the whole result, unmasked and without a language, written and read back."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from algo_audit.audit import SCHEMA, AuditResult
from algo_audit.errors import AuditError, raise_all

_LARGEST = 200 * 1024 * 1024


def _plain(value: Any) -> Any:
    """Dataclasses, tuples, numpy scalars and infinities as what JSON holds (inf -> null)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_json(result: AuditResult) -> dict[str, Any]:
    """The result as JSON data; the first keys say what it is and who may see it."""
    return {"schema": SCHEMA, "confidential": True, **_plain(result)}


def json_text(result: AuditResult) -> str:
    """The text of ``audit.json``: UTF-8, two spaces, same bytes for the same result."""
    return json.dumps(to_json(result), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_json(result: AuditResult, path: str | Path) -> None:
    """Write ``audit.json``. It is unmasked: for the parties to the audit only."""
    Path(path).write_text(json_text(result), encoding="utf-8", newline="\n")


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``audit.json``, made from the result's own types."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(AuditResult).json_schema(mode="serialization")
    bound = {"anyOf": [{"type": "number"}, {"type": "null"}], "description": "null: unbounded"}
    for name in ("low", "high"):
        schema["$defs"]["Interval"]["properties"][name] = bound
    properties = schema["properties"]
    schema["properties"] = {
        "schema": {"const": SCHEMA},
        "confidential": {"const": True},
        **properties,
    }
    schema["required"] = list(schema["properties"])
    schema["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "audit.json",
        "description": "Result of one audit: language-free, unmasked, confidential.",
        **{key: value for key, value in schema.items() if key not in ("title", "description")},
    }


def _unbounded(value: Any) -> Any:
    """Null bounds of an interval back to infinities."""
    if isinstance(value, list):
        return [_unbounded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"value", "low", "high"}:
        low, high = value["low"], value["high"]
        return {
            "value": value["value"],
            "low": -math.inf if low is None else low,
            "high": math.inf if high is None else high,
        }
    return {key: _unbounded(item) for key, item in value.items()}


def read_json(path: str | Path) -> AuditResult:
    """Read ``audit.json`` back.

    Raises
    ------
    AuditError
        ``result.missing``, ``result.not_json``, ``result.other_schema``, ``result.too_large``,
        or one ``result.field`` for every place that is not as the schema says.
    """
    path = Path(path)
    if not path.is_file():
        raise AuditError("result.missing", str(path))
    if path.stat().st_size > _LARGEST:
        raise AuditError("result.too_large", str(path), seen=path.stat().st_size)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise AuditError("result.not_json", str(path)) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        seen = data.get("schema") if isinstance(data, dict) else None
        raise AuditError("result.other_schema", str(path), seen=seen, choices=(SCHEMA,))
    from pydantic import TypeAdapter, ValidationError

    body = {key: value for key, value in data.items() if key not in ("schema", "confidential")}
    try:
        return TypeAdapter(AuditResult).validate_python(_unbounded(body))
    except ValidationError as error:
        raise_all(
            [
                AuditError(
                    "result.field",
                    ".".join(str(part) for part in fault["loc"]),
                    seen=fault["input"] if isinstance(fault["input"], (str, int, float)) else None,
                )
                for fault in error.errors()[:20]
            ]
        )
        raise
