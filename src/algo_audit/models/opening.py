"""A model from a file: recognised by its bytes, checked before it is parsed, never executed."""

from __future__ import annotations

import hashlib
from os import PathLike
from pathlib import Path

from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.names import nearest
from algo_audit.errors import AuditError
from algo_audit.models.file_kinds import first_bytes, kind_of
from algo_audit.models.model import Model
from algo_audit.models.rule import Rule

EXTENSIONS = (".toml", ".skops", ".onnx")
_MEGABYTE = 1_000_000
_START = 4_000
_DECLARES_AUDIT = b'"algo-audit/1"'
# What a model saved by another version of the library may run into.
_OF_ANOTHER_VERSION = frozenset({"model.does_not_score", "model.trees_unreadable"})


def open_model(
    path: str | PathLike[str],
    *,
    limits: Limits | None = None,
    rule: Rule | None = None,
    name: str | None = None,
    favourable: object = None,
) -> Model:
    """Open a model's file.

    Parameters
    ----------
    path : path
        A scoring grid (TOML), a scikit-learn model saved with skops, or an ONNX model. The kind is
        told by the content; the extension plays no part.
    limits : Limits, optional
        As ``limits.toml`` unless given.
    rule : Rule, optional
        How scores become decisions; None: as the model itself says (a grid's own rule stands).
    name : str, optional
        As the reader will see it; the file's name unless given.
    favourable : object, optional
        The class of a classifier that is good for the person; its second class unless given.

    Returns
    -------
    Model

    Raises
    ------
    AuditError
        ``model.file_missing``, ``model.is_folder``, ``model.not_readable``, ``model.empty``,
        ``model.too_large``, ``model.unknown_kind``, ``model.pickle``, ``model.keras``,
        ``model.other_library``, ``model.archive_unknown``, ``model.onnx_not_installed``, and
        those of the reader of each kind.

    Notes
    -----
    Pickle and joblib files run whatever their author put into them as soon as they are read; so
    they are recognised by their first bytes, compressed or not, and refused.
    """
    path = Path(path)
    limits = read_limits() if limits is None else limits
    data = _read(path, limits)
    kind, detail = kind_of(data)
    own_name = path.name if name is None else name
    where = str(path)
    if kind == "grid":
        return _grid(path, limits, rule)
    digest = hashlib.sha256(data).hexdigest()
    if kind == "skops":
        return _skops(data, where, limits, rule, own_name, digest, favourable)
    if kind == "onnx":
        from algo_audit.models.onnx_model import model_from_onnx

        return model_from_onnx(
            data, name=own_name, where=where, rule=rule, sha256=digest, favourable=favourable
        )
    if kind == "unknown":
        raise AuditError(
            "model.unknown_kind", where, seen=detail or first_bytes(data), choices=EXTENSIONS
        )
    code = {"archive": "model.archive_unknown"}.get(kind, f"model.{kind}")
    raise AuditError(code, where, seen=detail)


def _read(path: Path, limits: Limits) -> bytes:
    where, most = str(path), limits.models.largest_file
    try:
        if path.is_dir():
            raise AuditError("model.is_folder", where, choices=_models_in(path))
        if not path.exists():
            raise AuditError("model.file_missing", where, choices=_like(path))
        if not path.is_file():
            raise AuditError("model.not_readable", where)
        if path.stat().st_size > most * _MEGABYTE:
            raise AuditError("model.too_large", where, limit=most)
        with path.open("rb") as file:
            data = file.read(most * _MEGABYTE + 1)  # it may grow meanwhile
    except (OSError, ValueError) as error:
        raise AuditError("model.not_readable", where) from error
    if len(data) > most * _MEGABYTE:
        raise AuditError("model.too_large", where, limit=most)
    if not data.strip(b"\x00 \t\r\n"):
        raise AuditError("model.empty", where)
    return data


def _grid(path: Path, limits: Limits, rule: Rule | None) -> Model:
    from dataclasses import replace

    from algo_audit.models.scoring_grid import read_grid

    grid = read_grid(path, limits=limits)
    return replace(grid, rule=rule) if grid.rule is None and rule is not None else grid


def _skops(
    data: bytes,
    where: str,
    limits: Limits,
    rule: Rule | None,
    name: str,
    digest: str,
    favourable: object,
) -> Model:
    from algo_audit.models.sklearn_model import model_from_estimator
    from algo_audit.models.skops_file import read_skops
    from algo_audit.models.sound_trees import check_estimator

    try:
        content = read_skops(data, where, limits.models)
        check_estimator(content.estimator, where)
    except AuditError:
        raise
    except Exception as error:  # a schema altered by hand may hold anything anywhere
        raise AuditError("model.skops_unreadable", where, seen=type(error).__name__) from error
    if not hasattr(content.estimator, "predict"):
        seen = type(content.estimator).__name__
        raise AuditError("model.not_an_estimator", where, seen=seen)
    facts = {
        "version": content.scikit_learn,
        "installed": content.installed,
        "skops": content.skops,
    }
    try:
        return model_from_estimator(
            content.estimator,
            name=name,
            rule=rule,
            favourable=favourable,
            sha256=digest,
            facts=facts,
        )
    except AuditError as error:
        if error.code in _OF_ANOTHER_VERSION and content.other_version:
            raise content.differs(where) from error
        for fault in error.faults:
            fault.where = where if fault.where in {"", name} else fault.where
        raise
    except Exception as error:  # what a file holds may break any assumption of the library
        if content.other_version:
            raise content.differs(where) from error
        raise AuditError("model.skops_unreadable", where, seen=type(error).__name__) from error


def _models_in(folder: Path) -> tuple[str, ...]:
    """Names of files that may be a model; an ``audit.toml`` is none."""
    try:
        files = sorted(one for one in folder.iterdir() if one.suffix.lower() in EXTENSIONS)
        return tuple(one.name for one in files if _may_be_model(one))[:6]
    except OSError:
        return ()


def _may_be_model(path: Path) -> bool:
    if path.suffix.lower() != ".toml":
        return True
    with path.open("rb") as file:
        return _DECLARES_AUDIT not in file.read(_START)


def _like(path: Path) -> tuple[str, ...]:
    """Models beside a missing one that it may have meant."""
    names = _models_in(path.parent)
    return nearest(path.name, names) if names else ()
