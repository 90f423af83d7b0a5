"""A scikit-learn model from a skops file: looked through before a single object is built."""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from algo_audit.data.limits import ModelLimits
from algo_audit.errors import AuditError
from algo_audit.models.allowed_types import ALLOWED, ASKED
from algo_audit.models.archive import read_members
from algo_audit.models.estimator_model import quiet

_SCHEMA = "schema.json"
_MEMBER = re.compile(r"\A[0-9A-Za-z_-]+\.npy\Z")
# Files of protocol 0 (skops before 0.5) name functions elsewhere than the later ones do.
_PROTOCOLS = (1, 2)
_DEEPEST = 200
_SHOWN = 12
_LONGEST = 120


def installed_version() -> str:
    """Version of scikit-learn in this environment."""
    import sklearn

    return str(sklearn.__version__)


def recorded_version(data: bytes, where: str, limits: ModelLimits) -> str:
    """Version of scikit-learn that wrote a skops file, told before any object is built.

    Raises
    ------
    AuditError
        ``model.skops_unreadable``, ``model.skops_old``, those of ``archive.read_members``.
    """
    return _versions(_schema(read_members(data, where, limits), where))[1]


@dataclass(frozen=True)
class SkopsContent:
    """The object of a skops file, with the versions that wrote it ("" where it does not say)."""

    estimator: Any
    skops: str
    scikit_learn: str

    @property
    def installed(self) -> str:
        """Version of scikit-learn in this environment."""
        return installed_version()

    @property
    def other_version(self) -> bool:
        """Whether another version of scikit-learn wrote the file."""
        return self.scikit_learn not in {"", self.installed}

    def differs(self, where: str) -> AuditError:
        """The fault to tell where such a file cannot be used."""
        return AuditError(
            "model.version_differs", where, seen=self.scikit_learn, installed=self.installed
        )


def read_skops(data: bytes, where: str, limits: ModelLimits) -> SkopsContent:
    """Open a skops file.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        Its name, for the fault.
    limits : ModelLimits

    Returns
    -------
    SkopsContent

    Raises
    ------
    AuditError
        ``model.untrusted_type`` (seen: every type outside our list), ``model.skops_unreadable``,
        ``model.skops_old``, ``model.version_differs`` (loading fails and the versions differ), and
        those of ``archive.read_members``.

    Notes
    -----
    skops trusts all estimators of scikit-learn unless told otherwise. Here the file's schema is
    walked first and every type in it compared with a list of ours, which also says by which way
    each may be rebuilt. Arrays are measured against their headers. Only then is skops called, on
    a copy that holds what was checked and nothing else.
    """
    members = read_members(data, where, limits)
    schema = _schema(members, where)
    foreign = sorted(_foreign(schema))
    if foreign:
        raise AuditError("model.untrusted_type", where, seen=foreign[:_SHOWN])
    for name, content in members.items():
        if name != _SCHEMA and not (_MEMBER.match(name) and _array_is_whole(content)):
            raise AuditError("model.skops_unreadable", where, seen=name)
    _check_trees(schema, members, where)
    versions = _versions(schema)
    told = SkopsContent(None, *versions)
    return replace(told, estimator=_built(members, where, told))


def _schema(members: Mapping[str, bytes], where: str) -> dict[str, Any]:
    try:
        schema = json.loads(members[_SCHEMA])
    except (KeyError, ValueError, RecursionError) as error:
        raise AuditError("model.skops_unreadable", where, seen=_SCHEMA) from error
    if not isinstance(schema, dict):
        raise AuditError("model.skops_unreadable", where, seen=_SCHEMA)
    protocol = schema.get("protocol")
    if type(protocol) is not int or protocol not in _PROTOCOLS:
        raise AuditError("model.skops_old", where, seen=str(protocol))
    return schema


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object that names a type or a loader, wherever it stands."""
    waiting = [(schema, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEEPEST:
            yield {"__class__": "…", "__module__": "nesting", "__loader__": ""}
            return
        if isinstance(one, dict):
            if any(key in one for key in ("__class__", "__module__", "__loader__")):
                yield one
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]


def _foreign(schema: Any) -> set[str]:
    """Types that are not on our list, or would be rebuilt in a way that is not."""
    found = set()
    for node in _nodes(schema):
        loader = node.get("__loader__")
        name = f"{node.get('__module__')}.{node.get('__class__')}"
        if not isinstance(loader, str) or loader not in ALLOWED:
            found.add(f"{name} ({loader})"[:_LONGEST])
        elif name not in ALLOWED[loader]:
            found.add(name[:_LONGEST])
    return found


def _versions(schema: Any) -> tuple[str, str]:
    """Versions of skops and of scikit-learn that the file records."""
    skops = schema.get("_skops_version")
    learn = ""
    for node in _nodes(schema):
        content = node.get("content")
        inside = content.get("content") if isinstance(content, dict) else None
        told = inside.get("_sklearn_version") if isinstance(inside, dict) else None
        if isinstance(told, dict) and isinstance(told.get("content"), str):
            learn = told["content"].strip('"')[:32]
            break
    return (skops[:32] if isinstance(skops, str) else "", learn)


def _array_is_whole(content: bytes) -> bool:
    """Does an array hold as many bytes as its header says, and no Python objects?"""
    header = _header(content)
    if header is None:
        return False
    dtype, shape, start = header
    count = 1
    for length in shape:
        count *= length
    return not dtype.hasobject and count * dtype.itemsize == len(content) - start


def _header(content: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int] | None:
    """Type, shape and first byte of a ``.npy`` array, None where it is none."""
    if content[:6] != b"\x93NUMPY" or len(content) < 12:
        return None
    if content[6] == 1:
        (length,), start = struct.unpack("<H", content[8:10]), 10
    else:
        (length,), start = struct.unpack("<I", content[8:12]), 12
    if length > 100_000 or start + length > len(content):
        return None
    try:
        with quiet():
            told = ast.literal_eval(content[start : start + length].decode("latin1").strip())
            dtype, shape = np.dtype(_listed(told["descr"])), told["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError):
        return None
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        return None
    return dtype, shape, start + length


def _listed(description: Any) -> Any:
    """Fields of a structured type as numpy takes them."""
    if isinstance(description, list):
        return [tuple(one) if isinstance(one, list) else one for one in description]
    return description


def _check_trees(schema: Any, members: Mapping[str, bytes], where: str) -> None:
    """What the compiled constructor of a tree takes on trust: that its sizes fit its arrays."""
    for node in _nodes(schema):
        if node.get("__loader__") != "TreeNode":
            continue
        try:
            columns, classes, outputs = node["__reduce__"]["args"]["content"]
            numbers = [json.loads(one["content"]) for one in (columns, outputs)]
            held = np.load(io.BytesIO(members[classes["file"]]), allow_pickle=False)
            fits = (
                all(type(n) is int and n >= 1 for n in numbers)
                and held.shape == (numbers[1],)
                and bool((held >= 1).all() and (held < 1 << 16).all())
            )
        except (KeyError, TypeError, ValueError, OSError):
            fits = False
        if not fits:
            raise AuditError("model.skops_unreadable", where, seen="sklearn.tree._tree.Tree")


def _built(members: Mapping[str, bytes], where: str, told: SkopsContent) -> Any:
    """The object itself, from a copy that holds what was checked."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    try:
        with quiet():
            return skops.io.loads(packed.getvalue(), trusted=sorted(ASKED))
    except UntrustedTypesFoundException as error:
        raise AuditError("model.untrusted_type", where, seen=str(error)[:120]) from error
    except Exception as error:
        if told.other_version:
            raise told.differs(where) from error
        raise AuditError("model.skops_unreadable", where, seen=type(error).__name__) from error
