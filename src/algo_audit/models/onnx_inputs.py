"""Which columns an ONNX file takes, by name and kind, and which values its text may have."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from algo_audit.errors import AuditError, raise_all
from algo_audit.models.inputs import Input
from algo_audit.models.onnx_file import OnnxGraph, OnnxNode

NUMBERS: Mapping[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}
# Operations that hand a column on as it is.
_SAME = frozenset({"Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"})


@dataclass(frozen=True)
class Feed:
    """One input of the file: the model's inputs that fill its columns, and how it wants them."""

    name: str
    columns: tuple[int, ...]
    kind: str
    flat: bool


def read_onnx_inputs(
    session: Any, graph: OnnxGraph, where: str
) -> tuple[tuple[Input, ...], tuple[Feed, ...]]:
    """The columns that the file's inputs hold, and how they are to be fed."""
    faults: list[AuditError] = []
    told = session.get_inputs()
    levels = _levels(graph, [one.name for one in told])
    inputs: list[Input] = []
    feeds = []
    for one in told:
        flat = len(one.shape) < 2
        width = one.shape[1] if len(one.shape) == 2 and isinstance(one.shape[1], int) else 1
        names = [one.name] if width == 1 else _named(graph, width)
        if names is None:
            faults.append(
                AuditError("model.onnx_columns_unnamed", where, seen=one.name, columns=width)
            )
            continue
        if one.type not in {*NUMBERS, "tensor(string)", "tensor(bool)"}:
            faults.append(AuditError("model.onnx_input_type", where, seen=[one.name, one.type]))
            continue
        first = len(inputs)
        for place, column in enumerate(names):
            own = levels.get((one.name, place))
            if one.type == "tensor(string)" and own is None:
                faults.append(AuditError("model.onnx_levels_unknown", where, seen=column))
            if one.type == "tensor(string)":
                inputs.append(Input(column, "category", levels=own or ()))
            elif one.type == "tensor(bool)":
                inputs.append(Input(column, "category", levels=("false", "true"), blank=False))
            else:
                inputs.append(Input(column, "number"))
        feeds.append(Feed(one.name, tuple(range(first, len(inputs))), one.type, flat))
    raise_all(faults)
    return tuple(inputs), tuple(feeds)


def _named(graph: OnnxGraph, width: int) -> list[str] | None:
    """Names of the columns of one block, where the file's metadata tells them."""
    told = graph.metadata.get("feature_names", "")
    try:
        names = json.loads(told) if told.startswith("[") else told.split(",")
    except ValueError:
        return None
    names = [str(name).strip() for name in names]
    return names if len(names) == width and all(names) else None


def _levels(graph: OnnxGraph, names: Sequence[str]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Values that each text column may take, from the encoder that it reaches."""
    columns: dict[str, list[tuple[str, int]]] = {name: [(name, 0)] for name in names}
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for node in graph.nodes:
        if any(take not in columns for take in node.takes[:1]):
            continue
        arriving = columns[node.takes[0]]
        known = node.texts.get("cats_strings") or node.texts.get("keys_strings")
        if known is not None and len(arriving) == 1:
            found.setdefault(arriving[0], known)
        leaving = _leaving(node, columns, graph)
        if leaving is not None:
            columns[node.makes[0]] = leaving
    return found


def _leaving(
    node: OnnxNode, columns: Mapping[str, list[tuple[str, int]]], graph: OnnxGraph
) -> list[tuple[str, int]] | None:
    """Columns that an operation only hands on, puts together or picks."""
    if node.kind in _SAME:
        return columns[node.takes[0]]
    if node.kind == "Concat" and all(take in columns for take in node.takes):
        return [one for take in node.takes for one in columns[take]]
    if node.kind == "ArrayFeatureExtractor" and len(node.takes) > 1:
        chosen = graph.constants.get(node.takes[1])
        arriving = columns[node.takes[0]]
        if chosen is not None and all(place < len(arriving) for place in chosen):
            return [arriving[place] for place in chosen]
    return None
