"""What an ONNX file says of itself, read without running it and without its libraries.

An ONNX file is a protocol buffer: numbered fields, each a number, a fixed width or a stretch of
bytes. Only the few fields that are needed are looked at; field numbers are those of ``onnx.proto``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST = 20

Field = tuple[int, int, bytes | int]


@dataclass(frozen=True)
class OnnxNode:
    """One operation: its kind, what it takes and makes, its text and whole-number attributes."""

    kind: str
    domain: str
    takes: tuple[str, ...]
    makes: tuple[str, ...]
    texts: dict[str, tuple[str, ...]]
    numbers: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class OnnxGraph:
    """``external``: tensors that are kept in other files; ``constants``: whole numbers by name."""

    ir_version: int
    opsets: dict[str, int]
    producer: str
    metadata: dict[str, str]
    nodes: tuple[OnnxNode, ...]
    external: tuple[str, ...]
    constants: dict[str, tuple[int, ...]]


def graph_of(data: bytes) -> OnnxGraph | None:
    """The graph of an ONNX file, None where the bytes are not one."""
    try:
        return _model(data)
    except (ValueError, IndexError, UnicodeDecodeError, RecursionError, TypeError):
        return None


def _fields(data: bytes) -> Iterator[Field]:
    """Numbered fields of a message; ValueError where it is none."""
    place, end = 0, len(data)
    while place < end:
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise ValueError("field 0")
        if wire == _VARINT:
            value, place = _varint(data, place)
            yield number, wire, value
            continue
        if wire == _BYTES:
            length, place = _varint(data, place)
        elif wire in (_FIXED32, _FIXED64):
            length = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError("wire type")
        if place + length > end:
            raise ValueError("beyond the end")
        yield number, wire, data[place : place + length]
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("number too long")


def _text(value: bytes | int) -> str:
    if isinstance(value, int):
        raise TypeError("text expected")
    return value.decode("utf-8")


def _bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise TypeError("bytes expected")
    return value


def _model(data: bytes) -> OnnxGraph | None:
    ir_version, producer = 0, ""
    opsets: dict[str, int] = {}
    metadata: dict[str, str] = {}
    graph: bytes | None = None
    for number, _, value in _fields(data):
        if number == 1 and isinstance(value, int):
            ir_version = value
        elif number == 2:
            producer = _text(value)
        elif number == 7:
            graph = _bytes(value)
        elif number == 8:
            domain, version = _pair(_bytes(value))
            opsets[domain or "ai.onnx"] = int(version or 0)
        elif number == 14:
            key, text = _pair(_bytes(value))
            metadata[key] = str(text)
    if graph is None or not ir_version or not opsets:
        return None
    nodes: list[OnnxNode] = []
    external: list[str] = []
    constants: dict[str, tuple[int, ...]] = {}
    _graph(graph, nodes, external, constants, depth=0)
    return OnnxGraph(
        ir_version, opsets, producer, metadata, tuple(nodes), tuple(external), constants
    )


def _pair(data: bytes) -> tuple[str, str | int]:
    """A key with its value: the domain and version of an operator set, or a line of metadata."""
    key, value = "", ""
    found: str | int = value
    for number, wire, one in _fields(data):
        if number == 1:
            key = _text(one)
        elif number == 2:
            found = one if isinstance(one, int) and wire == _VARINT else _text(one)
    return key, found


def _graph(
    data: bytes,
    nodes: list[OnnxNode],
    external: list[str],
    constants: dict[str, tuple[int, ...]],
    *,
    depth: int,
) -> None:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    for number, _, value in _fields(data):
        if number == 1:
            nodes.append(_node(_bytes(value), nodes, external, constants, depth=depth))
        elif number in (5, 15):
            _tensor(_bytes(value), external, constants)


def _node(
    data: bytes,
    nodes: list[OnnxNode],
    external: list[str],
    constants: dict[str, tuple[int, ...]],
    *,
    depth: int,
) -> OnnxNode:
    kind = domain = ""
    takes: list[str] = []
    makes: list[str] = []
    texts: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, tuple[int, ...]] = {}
    for number, _, value in _fields(data):
        if number == 1:
            takes.append(_text(value))
        elif number == 2:
            makes.append(_text(value))
        elif number == 4:
            kind = _text(value)
        elif number == 7:
            domain = _text(value)
        elif number == 5:
            _attribute(_bytes(value), texts, numbers, nodes, external, constants, depth=depth)
    return OnnxNode(kind, domain, tuple(takes), tuple(makes), texts, numbers)


def _attribute(
    data: bytes,
    texts: dict[str, tuple[str, ...]],
    numbers: dict[str, tuple[int, ...]],
    nodes: list[OnnxNode],
    external: list[str],
    constants: dict[str, tuple[int, ...]],
    *,
    depth: int,
) -> None:
    name = ""
    strings: list[str] = []
    whole: list[int] = []
    for number, wire, value in _fields(data):
        if number == 1:
            name = _text(value)
        elif number == 3 and isinstance(value, int):
            whole.append(value)
        elif number in (4, 9):
            strings.append(_bytes(value).decode("utf-8", "replace"))
        elif number == 8:
            whole += (
                [value] if wire == _VARINT and isinstance(value, int) else _packed(_bytes(value))
            )
        elif number in (5, 10):
            _tensor(_bytes(value), external, constants)
        elif number in (6, 11):
            _graph(_bytes(value), nodes, external, constants, depth=depth + 1)
        elif number in (22, 23):  # sparse tensors: values, indices
            for inner, _, part in _fields(_bytes(value)):
                if inner in (1, 2):
                    _tensor(_bytes(part), external, constants)
    if strings:
        texts[name] = tuple(strings)
    if whole:
        numbers[name] = tuple(whole)


def _packed(data: bytes) -> list[int]:
    place, found = 0, []
    while place < len(data):
        value, place = _varint(data, place)
        found.append(value)
    return found


def _tensor(data: bytes, external: list[str], constants: dict[str, tuple[int, ...]]) -> None:
    """Whether a tensor is kept in another file; small whole-number ones are kept."""
    name, kind, away = "", 0, False
    whole: list[int] = []
    raw = b""
    for number, wire, value in _fields(data):
        if number == 8:
            name = _text(value)
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 13 or (number == 14 and value == 1):
            away = True
        elif number == 7:
            whole += (
                [value] if wire == _VARINT and isinstance(value, int) else _packed(_bytes(value))
            )
        elif number == 9:
            raw = _bytes(value)
    if away:
        external.append(name)
    if kind == 7 and raw and len(raw) <= 8 * 64:
        whole = [int.from_bytes(raw[i : i + 8], "little") for i in range(0, len(raw), 8)]
    if kind == 7 and whole and len(whole) <= 64:
        constants[name] = tuple(whole)
