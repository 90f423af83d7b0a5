"""TOML that people write by hand: read, parsed and checked with every fault on its line.

``audit.toml`` and the scoring grids go through here. ``room`` is the beginning of the codes of
the faults (``case``, ``grid``), so that each file has sentences of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algo_audit.data.names import nearest
from algo_audit.errors import AuditError

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

# Which keys the table at a location may hold.
KeysAt = Callable[[Sequence[str | int]], Sequence[str]]


def read_toml_text(path: Path, *, room: str, largest_bytes: int) -> str:
    """Read a TOML file's text.

    Raises
    ------
    AuditError
        ``<room>.is_folder``, ``.file_missing``, ``.too_large``, ``.not_readable``,
        ``.not_utf8``.
    """
    where = str(path)
    try:
        if path.is_dir():
            raise AuditError(f"{room}.is_folder", where)
        if not path.exists():
            beside = sorted(one.name for one in path.parent.glob("*.toml"))
            choices = nearest(path.name, beside) if beside else ()
            raise AuditError(f"{room}.file_missing", where, choices=choices)
        if not path.is_file() or path.stat().st_size > largest_bytes:
            raise AuditError(f"{room}.too_large", where, limit=largest_bytes // 1000)
        data = path.read_bytes()
    except OSError as error:
        raise AuditError(f"{room}.not_readable", where) from error
    try:
        # Notepad begins a file with a byte order mark, which TOML does not know
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AuditError(f"{room}.not_utf8", f"{where}:{line}") from error


def parse_toml(text: str, path: Path, *, room: str) -> dict[str, Any]:
    """Parse TOML.

    Raises
    ------
    AuditError
        ``<room>.decimal_comma``, ``.backslash``, ``.key_twice``, ``.quotes_needed``,
        ``.toml_syntax``.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise AuditError(f"{room}.toml_syntax", str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise _syntax_fault(str(error), text, path, room) from error
    except ValueError as error:  # a number of thousands of digits
        raise AuditError(f"{room}.toml_syntax", str(path)) from error


_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_DECIMAL_COMMA = re.compile(r"=\s*([+-]?\d+),(\d+)\s*(#.*|[,}\]].*)?$")


def _syntax_fault(message: str, text: str, path: Path, room: str) -> AuditError:
    """The fault of a file that is no TOML, with what the line looks like it meant."""
    lines = text.split("\n")
    at = _AT.search(message)
    number = int(at[1]) if at else len(lines)
    seen = lines[number - 1].strip() if number <= len(lines) else ""
    where = f"{path}:{number}"
    comma = _DECIMAL_COMMA.search(seen)
    if comma:
        choices = (f"{comma[1]}.{comma[2]}",)
        return AuditError(f"{room}.decimal_comma", where, seen=seen, choices=choices)
    if "\\" in seen:
        return AuditError(f"{room}.backslash", where, seen=seen)
    if "overwrite" in message or "twice" in message or "already" in message:
        return AuditError(f"{room}.key_twice", where, seen=seen)
    if re.search(r"=\s*[^\s\"'\[{+\-0-9]", seen):
        return AuditError(f"{room}.quotes_needed", where, seen=seen)
    return AuditError(f"{room}.toml_syntax", where, seen=seen, column=int(at[2]) if at else 0)


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
    best, depth = 1, 0
    wanted = [part for part in location if isinstance(part, str)]
    places = [part for part in location if isinstance(part, int)]
    nth: dict[tuple[str, ...], int] = {}
    path: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        header = re.match(r"^\s*\[(\[?)\s*(.+?)\s*\]", line)
        if header:
            path = _dotted(header[2])
            if not _is_meant(path, nth, places, repeated=bool(header[1])):
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
    return best if len(places) < 2 else _line_in_list(lines, best, places[1])


def _is_meant(
    path: list[str], nth: dict[tuple[str, ...], int], places: list[int], *, repeated: bool
) -> bool:
    """Whether a header opens the repeated table that is looked for, or one inside it."""
    own = tuple(path)
    if repeated:
        nth[own] = nth.get(own, -1) + 1
        for deeper in [one for one in nth if len(one) > len(own) and one[: len(own)] == own]:
            del nth[deeper]
    counted = [nth[own[:length]] for length in range(1, len(own) + 1) if own[:length] in nth]
    return all(place == wanted for place, wanted in zip(counted, places or [0], strict=False))


def _line_in_list(lines: list[str], first: int, place: int) -> int:
    """Line of the nth ``{ ... }`` from a line on; that line where there are fewer."""
    seen = -1
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if number > first and re.match(r"^\s*\[", line):
            break
        seen += line.partition("#")[0].count("{")
        if seen >= place:
            return number
    return first


def _dotted(key: str) -> list[str]:
    """Parts of a TOML key: ``bands."âge"`` -> ``bands``, ``âge``."""
    parts = re.findall(r"\"([^\"]*)\"|'([^']*)'|([^.\s\"']+)", key)
    return [first or second or third for first, second, third in parts]


# Kinds of fault that pydantic tells, and the end of the code that each of them takes.
_CODES = {
    "float_type": "number_needed",
    "int_type": "number_needed",
    "finite_number": "number_needed",
    "int_from_float": "whole_number_needed",
    "string_type": "text_needed",
    "list_type": "list_needed",
    "bool_type": "true_or_false_needed",
    "model_type": "table_needed",
    "dict_type": "table_needed",
    "string_too_short": "blank",
    "too_short": "blank",
    "string_too_long": "too_long",
    "too_long": "too_long",
}
# A union tells each of its kinds ("str", "int"): the key ends before it.
_KINDS = {"str", "int", "bool", "float", "date", "datetime", "constrained-str", "ByLanguage"}


def schema_faults(
    error: ValidationError, text: str, path: Path, *, room: str, schema: str, keys_at: KeysAt
) -> list[AuditError]:
    """Every fault that pydantic found, as ours.

    A key that may hold text or a number is told once, not once for each kind.
    """
    told: dict[tuple[str, object], AuditError] = {}
    for detail in error.errors(include_url=False):
        fault = _fault(detail, text, path, room=room, schema=schema, keys_at=keys_at)
        told.setdefault((fault.where, fault.values.get("key")), fault)
    return list(told.values())


def _fault(
    detail: ErrorDetails, text: str, path: Path, *, room: str, schema: str, keys_at: KeysAt
) -> AuditError:
    """One fault of pydantic as one of ours."""
    location = [part for part in detail["loc"] if part not in _KINDS]
    location = [part for part in location if not str(part).startswith(("constrained", "function"))]
    where = f"{path}:{line_of(text, location)}"
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    kind, seen = detail["type"], detail["input"]
    context = detail.get("ctx", {})

    def told(code: str, *, seen: object = None, choices: Sequence[str] = ()) -> AuditError:
        return AuditError(f"{room}.{code}", where, seen=seen, choices=choices, key=key)

    if kind == "extra_forbidden":
        known = nearest(str(location[-1]), keys_at(location[:-1]))
        return told("unknown_key", seen=location[-1], choices=known)
    if kind == "missing":
        return told("key_missing", seen=key)
    if key == "schema":
        return told("schema_unknown", seen=seen, choices=(schema,))
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return told("not_a_choice", seen=seen, choices=choices)
    if kind in ("float_type", "int_type") and isinstance(seen, str):
        number = seen.strip().replace(",", ".")
        hint = (number,) if re.fullmatch(r"[+-]?\d+(\.\d+)?", number) else ()
        return told("number_needed", seen=seen, choices=hint)
    if kind == "int_type" and isinstance(seen, float):
        kind = "int_from_float"
    if kind.startswith(("greater_than", "less_than")):
        low, high = context.get("gt", context.get("ge")), context.get("lt", context.get("le"))
        bounds = [str(bound) for bound in (low, high) if bound is not None]
        return told("out_of_range", seen=seen, choices=bounds)
    shown = seen if isinstance(seen, (str, int, float, bool)) else None
    return told(_CODES.get(kind, "invalid"), seen=shown)
