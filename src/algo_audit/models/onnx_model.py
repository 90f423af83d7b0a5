"""ONNX models, by onnxruntime (optional extra ``onnx``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.errors import AuditError
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription, Scale
from algo_audit.models.onnx_file import OnnxGraph, graph_of
from algo_audit.models.onnx_inputs import NUMBERS, Feed, read_onnx_inputs
from algo_audit.models.rule import Decided, Rule, decide

_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
_UNSEEN = "\x00"
_SHOWN = 6
_BLANK = ""
# A row of class probabilities sums to 1 within single precision.
_SUM_ERROR = 1e-4
_EVEN_CHANCE = float(np.nextafter(0.5, 1.0))


@dataclass(frozen=True)
class OnnxModel:
    """An ONNX graph as a ``Model``; see :func:`model_from_onnx`."""

    session: Any
    feeds: tuple[Feed, ...]
    inputs: tuple[Input, ...]
    output: str
    scale: Scale
    form: Literal["maps", "classes", "plain"]
    keys: tuple[Any, ...]
    positive: int
    rule: Rule | None
    name: str
    sha256: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    unseen_allowed: bool = False

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of the favourable class, or the one number that the file computes."""
        if not len(values):
            return np.empty(0)
        fed = {feed.name: self._fed(feed, values) for feed in self.feeds}
        (made,) = self.session.run([self.output], fed)
        if self.form == "maps":
            key = self.keys[self.positive]
            return np.array([float(row[key]) for row in made], dtype=np.float64)
        array = np.asarray(made, dtype=np.float64)
        if self.form == "classes":
            return array[:, self.positive]
        sign = -1.0 if self.positive == 0 else 1.0
        return sign * array.reshape(len(values))

    def _fed(self, feed: Feed, values: NDArray[np.float64]) -> Any:
        chosen = values[:, feed.columns]
        if feed.kind == "tensor(string)":
            cells = np.empty(chosen.shape, dtype=object)
            for place, column in enumerate(feed.columns):
                levels = np.array([*self.inputs[column].levels, _UNSEEN, _BLANK], dtype=object)
                own, known = chosen[:, place], len(levels) - 2
                codes = np.where(np.isnan(own), known + 1, np.minimum(own, known))
                cells[:, place] = levels[codes.astype(np.int64)]
            return cells.ravel() if feed.flat else cells
        if feed.kind == "tensor(bool)":
            cells = chosen.astype(bool)
        else:
            kind = NUMBERS[feed.kind]
            blank = np.isnan(chosen).any(axis=1)
            if np.issubdtype(kind, np.integer) and blank.any():
                lines = [int(row) + 2 for row in np.flatnonzero(blank)[:_SHOWN]]
                raise AuditError(
                    "model.blank_refused", feed.name, rows=int(blank.sum()), lines=lines
                )
            cells = chosen.astype(kind)
        return cells.ravel() if feed.flat else cells

    def decide(
        self,
        scores: NDArray[np.float64],
        *,
        rule: Rule | None = None,
        pool: NDArray[np.int32] | None = None,
        taken: NDArray[np.int8] | None = None,
    ) -> Decided:
        """Decisions by ``rule``, else by the likelier class."""
        chosen = rule or self.rule
        if chosen is None:
            raise AuditError("model.threshold_unknown", self.name)
        return decide(chosen, scores, pool=pool, taken=taken)

    def describe(self) -> ModelDescription:
        """What the model says of itself."""
        return ModelDescription(
            kind="onnx",
            name=self.name,
            scale=self.scale,
            family="opaque",
            inputs=self.inputs,
            rule=self.rule,
            sha256=self.sha256,
            facts=self.facts,
        )


def model_from_onnx(
    data: bytes,
    *,
    name: str,
    where: str = "",
    rule: Rule | None = None,
    sha256: str = "",
    favourable: object = None,
) -> OnnxModel:
    """An ONNX file's bytes as a model.

    Parameters
    ----------
    data : bytes
    name : str
        As the reader will see it.
    where : str
        The file, for the fault.
    rule : Rule, optional
        None: the likelier class of a classifier; a regressor has none.
    favourable : object, optional
        The class that is good for the person; the second one unless given.

    Returns
    -------
    OnnxModel

    Raises
    ------
    AuditError
        ``model.onnx_not_installed``, ``model.onnx_external`` (parts of it lie in other files),
        ``model.onnx_operator`` (operations outside the standard), ``model.onnx_unreadable``,
        ``model.onnx_columns_unnamed`` (one block of columns without names),
        ``model.onnx_levels_unknown`` (text whose values it does not list),
        ``model.onnx_input_type``, ``model.onnx_no_score``, ``model.not_two_classes``,
        ``model.class_missing``.

    Notes
    -----
    Most converters compute in single precision: scores may differ from the original model's in
    the seventh digit, and a row that lies on a split may fall on its other side.
    """
    where = where or name
    graph = graph_of(data)
    if graph is None:
        raise AuditError("model.onnx_unreadable", where)
    _check_graph(graph, where)
    session = _session(data, where)
    inputs, feeds = read_onnx_inputs(session, graph, where)
    output, form = _output(session, where)
    keys = _classes(graph)
    facts: dict[str, object] = {
        "library": "onnxruntime",
        "producer": graph.producer,
        "opset": dict(graph.opsets),
        "ir_version": graph.ir_version,
        "steps": [node.kind for node in graph.nodes][:50],
    }
    model = OnnxModel(
        session=session,
        feeds=feeds,
        inputs=inputs,
        output=output,
        scale="score",
        form=form,
        keys=keys,
        positive=1,
        rule=rule,
        name=name,
        sha256=sha256,
        facts=facts,
    )
    return _probed(_scaled(model, favourable, where), where)


def _check_graph(graph: OnnxGraph, where: str) -> None:
    """No other file is read, and no operation beyond the standard is run."""
    if graph.external:
        raise AuditError("model.onnx_external", where, seen=list(graph.external)[:6])
    foreign = sorted(
        {f"{node.domain}.{node.kind}" for node in graph.nodes if node.domain not in _DOMAINS}
    )
    if foreign:
        raise AuditError("model.onnx_operator", where, seen=foreign[:6])


def _session(data: bytes, where: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise AuditError("model.onnx_not_installed", where) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # its own messages go to the terminal; ours are the faults
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise AuditError("model.onnx_unreadable", where, seen=type(error).__name__) from error


def _output(session: Any, where: str) -> tuple[str, Literal["maps", "classes", "plain"]]:
    """The output that holds a score: maps of probabilities, one column per class, or one number."""
    told = session.get_outputs()
    for one in told:
        if one.type.startswith("seq(map("):
            return one.name, "maps"
    numbers = [one for one in told if one.type in {"tensor(float)", "tensor(double)"}]
    for one in numbers:
        if len(one.shape) == 2 and one.shape[1] == 2:
            return one.name, "classes"
    for one in numbers:
        if len(one.shape) == 1 or (len(one.shape) == 2 and one.shape[1] in (1, None)):
            return one.name, "plain"
    raise AuditError("model.onnx_no_score", where, seen=[one.name for one in told][:6])


def _classes(graph: OnnxGraph) -> tuple[Any, ...]:
    """Classes that the file names, in the order of its columns."""
    for node in reversed(graph.nodes):
        for name in ("classlabels_strings", "classlabels_int64s", "classlabels_ints"):
            found = node.texts.get(name) or node.numbers.get(name)
            if found:
                return tuple(found)
    return ()


def _plain(model: OnnxModel) -> NDArray[np.float64]:
    return np.zeros((1, len(model.inputs)))


def _scaled(model: OnnxModel, favourable: object, where: str) -> OnnxModel:
    """The scale told by what one plain row gets, and the favourable class."""
    try:
        fed = {feed.name: model._fed(feed, _plain(model)) for feed in model.feeds}  # noqa: SLF001
        (made,) = model.session.run([model.output], fed)
    except AuditError:
        raise
    except Exception as error:
        raise AuditError("model.does_not_score", where, seen=type(error).__name__) from error
    keys = model.keys
    if model.form == "maps":
        keys = tuple(made[0])
    if model.form != "plain" or keys:
        keys = keys or (0, 1)
        if len(keys) != 2:
            raise AuditError("model.not_two_classes", where, seen=[str(key) for key in keys[:8]])
    positive = 1
    if favourable is not None and keys:
        texts = [str(key) for key in keys]
        if str(favourable) not in texts:
            raise AuditError("model.class_missing", where, seen=str(favourable), choices=texts)
        positive = texts.index(str(favourable))
    if model.form == "plain":
        return replace(model, keys=keys, positive=positive)
    row = (
        np.array([float(made[0][key]) for key in keys])
        if model.form == "maps"
        else np.asarray(made)[0]
    )
    chances = bool(abs(float(row.sum()) - 1) < _SUM_ERROR and (row >= 0).all())
    own = model.rule
    if own is None and chances:
        own = Rule("threshold", _EVEN_CHANCE if positive else 0.5)
    scale: Scale = "probability" if chances else "score"
    return replace(model, keys=keys, positive=positive, scale=scale, rule=own)


def _probed(model: OnnxModel, where: str) -> OnnxModel:
    """Which inputs may be blank, or unseen: asked of the runtime itself."""
    if not np.isfinite(model.score(_plain(model))).all():
        raise AuditError("model.does_not_score", where, seen="NaN")
    inputs = []
    for place, one in enumerate(model.inputs):
        yes_or_no = one.levels == ("false", "true")
        blank = not yes_or_no and _answers(model, place, np.nan)
        text = one.kind == "category" and not yes_or_no
        unseen = text and _answers(model, place, float(len(one.levels)))
        inputs.append(replace(one, blank=blank, unseen=unseen))
    own = tuple(inputs)
    return replace(
        model,
        inputs=own,
        unseen_allowed=all(one.unseen for one in own if one.kind == "category"),
    )


def _answers(model: OnnxModel, place: int, value: float) -> bool:
    row = _plain(model)
    row[0, place] = value
    try:
        return bool(np.isfinite(model.score(row)).all())
    except Exception:
        return False
