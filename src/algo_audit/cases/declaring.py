"""Write an ``audit.toml`` from proposed roles, commented in the reader's language.

The comments are texts by key (``init.*``), put into words by the caller: this room speaks no
language.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from algo_audit.cases.declaration import SCHEMA
from algo_audit.data.column_proposals import ColumnProposal
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.role_proposals import Proposal
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import names_age

Say = Callable[..., str]

_WIDTH = 96
_BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")
_OPTIONAL = ("pool", "pair", "cluster", "score", "label", "advice", "decided_by", "date", "version",
             "weight", "count", "identifier")  # fmt: skip
_LISTS = ("strata", "inputs")
# Reasons that say nothing of one column alone.
_NAMED = 6
_TOGETHER = ("spread_column", "not_counted")
# Files that may hold the system itself: a scoring grid, a scikit-learn model, an ONNX model.
_MODEL_ENDINGS = (".grid.toml", ".skops", ".onnx")


def toml_text(value: str) -> str:
    """A TOML basic string: quoted, control characters escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_key(name: str) -> str:
    return name if _BARE_KEY.match(name) else toml_text(name)


def _toml_list(values: Iterable[str]) -> str:
    return "[" + ", ".join(toml_text(value) for value in values) + "]"


def reason_of(proposal: ColumnProposal, say: Say) -> str:
    """The reason of a proposal in words, with what was seen in the column.

    Parameters
    ----------
    proposal : ColumnProposal
    say : callable
        ``say(key, **values)``: text of a key, its places filled.

    Returns
    -------
    str
    """
    evidence = proposal.evidence
    return say(
        f"init.reason.{proposal.reason}",
        column=_one_line(proposal.column),
        distinct=evidence.get("distinct", 0),
        blank=evidence.get("blank", 0),
        rows=evidence.get("rows", 0),
        values=", ".join(_one_line(str(value)) for value in evidence.get("values", ())),
    )


def told_columns(proposals: Iterable[ColumnProposal], say: Say) -> Iterator[tuple[str, str]]:
    """Names and reason in words, columns of one and the same reason told together."""
    for together, ones in groupby(
        proposals, key=lambda one: one.reason in _TOGETHER and one.reason
    ):
        columns = list(ones)
        if together:
            names = ", ".join(_one_line(one.column) for one in columns[:_NAMED])
            more = say("init.toml.more", others=len(columns) - _NAMED)
            shown = names if len(columns) <= _NAMED else f"{names} {more}"
            yield shown, reason_of(columns[0], say)
            continue
        yield from ((_one_line(one.column), reason_of(one, say)) for one in columns)


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= 40 else shown[:39] + "…"


def shape_said(proposal: Proposal, say: Say) -> str:
    """What kind of file this is, and why."""
    shape = proposal.shape
    columns = ", ".join(_one_line(name) for name in shape.columns)
    said = say(f"init.shape.{shape.shape}", columns=columns)
    if shape.population is None:
        return said
    return f"{said} {say('init.shape.list_found', population=_one_line(shape.population))}"


def write_audit_toml(proposal: Proposal, say: Say, *, limits: Limits | None = None) -> str:
    """The text of an ``audit.toml`` that declares the proposed roles.

    Parameters
    ----------
    proposal : Proposal
        From ``propose_roles``.
    say : callable
        ``say(key, **values)`` gives the comments (keys ``init.*``) in the reader's language.
    limits : Limits, optional
        As ``limits.toml`` unless given; age cuts shown as an example.

    Returns
    -------
    str
        To be written beside the file of decisions. ``load_case`` reads it as it is when a
        decision and at least one attribute were recognised; otherwise it tells what is blank.
    """
    limits = read_limits() if limits is None else limits
    lines = [
        *_comment(say("init.toml.head", file=_one_line(proposal.path.name))),
        *_comment(shape_said(proposal, say)),
        f"schema = {toml_text(SCHEMA)}",
        "",
        "[source]",
        *_comment(say("init.toml.source")),
        f"file = {toml_text(proposal.path.name)}",
    ]
    if proposal.shape.population is not None:
        lines += _comment(say("init.toml.population"))
        lines.append(f"population = {toml_text(proposal.shape.population)}")
    elif proposal.shape.shape == "list":
        lines += [*_comment(say("init.toml.population")), '# population = ""']
    if proposal.sheet is not None:
        lines.append(f"sheet = {toml_text(proposal.sheet)}")
    if proposal.encoding is not None:
        lines.append(f"encoding = {toml_text(proposal.encoding)}")
    lines += ["", *_roles(proposal, say), *_bands(proposal, say, limits)]
    lines += ["", *_rule(say), "", *_model(proposal, say), "", *_criteria(proposal, say)]
    lines += ["", *_actions(proposal, say), "", *_policy(proposal, say), "", *_texts(say)]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False)]


def _reasons(proposal: Proposal, role: str | None, say: Say, *, named: bool) -> list[str]:
    found = [one for one in proposal.columns if one.role == role]
    lines = []
    for names, reason in told_columns(found, say):
        prefix = f"- {names}{say('init.toml.colon')}" if named else ""
        lines += _comment(prefix + reason)
    return lines


def _roles(proposal: Proposal, say: Say) -> Iterator[str]:
    roles = proposal.roles
    yield "[roles]"
    if roles.outcome is None and proposal.shape.shape in ("score", "list"):
        alone = proposal.shape.shape == "score"
        yield from _comment(say("init.toml.score_alone" if alone else "init.toml.list_outcome"))
        yield '# outcome = ""'
    else:
        yield from _outcome(proposal, say)
    yield from _compared(proposal, say)
    for role in _OPTIONAL:
        yield from _optional(proposal, role, say)
    yield ""
    yield from _comment(say("init.toml.inputs"))
    yield f"inputs = {_toml_list(roles.inputs)}"
    left = [one for one in proposal.columns if one.role is None]
    if left:
        yield ""
        yield from _comment(say("init.toml.left_out"))
        yield from _reasons(proposal, None, say, named=True)


def _outcome(proposal: Proposal, say: Say) -> Iterator[str]:
    """The decision, or the amount, or the last of the stages."""
    roles = proposal.roles
    yield from _comment(say("init.toml.outcome"))
    yield from _reasons(proposal, "outcome", say, named=False)
    yield f"outcome = {toml_text(roles.outcome or '')}"
    if roles.worse is not None:
        yield from _comment(say("init.toml.worse"))
        yield f"worse = {toml_text(roles.worse)}"
        if roles.outcome_kind == "ordered":
            yield from _comment(say("init.toml.ordered"))
            yield 'outcome_kind = "ordered"'
        return
    if roles.stages:
        yield from _comment(say("init.toml.stages"))
        yield f"stages = {_toml_list(roles.stages)}"
        yield from _withdrawn(roles, say)
        yield from _comment(say("init.toml.last_stage"))
        mark = "" if roles.last_stage else "# "
        yield f"{mark}last_stage = {toml_text(roles.last_stage or '')}"
        return
    if roles.count is not None and proposal.shape.wide and roles.favourable is None:
        yield from _comment(say("init.toml.favourable_counted"))
        return
    if roles.outcome is not None and roles.favourable is None:
        yield from _comment(say("init.toml.favourable_open"))
        yield 'favourable = ""'
    else:
        yield from _comment(say("init.toml.favourable"))
        shown = f"favourable = {toml_text(roles.favourable or '')}"
        yield shown if roles.outcome is not None else f"# {shown}"
    yield from _withdrawn(roles, say)


def _withdrawn(roles: Roles, say: Say) -> Iterator[str]:
    """Values that are no refusals, or a line to fill in."""
    yield from _comment(say("init.toml.withdrawn"))
    mark = "" if roles.withdrawn else "# "
    yield f"{mark}withdrawn = {_toml_list(roles.withdrawn or ('',))}"


def _compared(proposal: Proposal, say: Say) -> Iterator[str]:
    """Attributes to compare by, and units to compare within."""
    roles = proposal.roles
    yield ""
    yield from _comment(say("init.toml.protected"))
    yield from _reasons(proposal, "protected", say, named=True)
    yield f"protected = {_toml_list(roles.protected)}"
    for role in _LISTS[:1]:
        yield ""
        yield from _comment(say(f"init.toml.{role}"))
        yield from _reasons(proposal, role, say, named=True)
        yield f"{role} = {_toml_list(getattr(roles, role))}"


def _optional(proposal: Proposal, role: str, say: Say) -> Iterator[str]:
    """A part that one column may play, or a line to fill in."""
    yield ""
    yield from _comment(say(f"init.toml.{role}"))
    column = getattr(proposal.roles, role)
    if column is None:
        yield f'# {role} = ""'
        return
    yield from _reasons(proposal, role, say, named=False)
    yield f"{role} = {toml_text(column)}"
    if role == "label":
        yield f"label_favourable = {toml_text(proposal.roles.label_favourable or '')}"


def _bands(proposal: Proposal, say: Say, limits: Limits) -> Iterator[str]:
    """Cuts of numeric attributes: active where needed, as an example for ages."""
    for one in proposal.columns:
        if one.role != "protected" or one.evidence.get("kind") != "number":
            continue
        if int(one.evidence["distinct"]) <= limits.reading.categorical_values:
            continue
        age = names_age(one.column)
        mark = "# " if age else ""
        cuts = ", ".join(f"{cut:g}" for cut in limits.age.cuts) if age else ""
        yield ""
        yield from _comment(say("init.toml.bands_age" if age else "init.toml.bands_needed"))
        yield f"{mark}[bands.{_toml_key(one.column)}]"
        yield f"{mark}cuts = [{cuts}]"


def model_files(folder: Path) -> tuple[str, ...]:
    """Names of the files beside the decisions that look like the system that gave the scores."""
    try:
        names = [one.name for one in folder.iterdir() if one.is_file()]
    except OSError:
        return ()
    return tuple(sorted(name for name in names if name.lower().endswith(_MODEL_ENDINGS)))


def _rule(say: Say) -> Iterator[str]:
    yield from _comment(say("init.toml.rule"))
    yield "# [rule]"
    yield '# kind = "threshold"'
    yield "# value = 70"


def _model(proposal: Proposal, say: Say) -> Iterator[str]:
    """The system's file: the one beside the decisions; where there are several, as comments."""
    found = model_files(proposal.path.parent)
    yield from _comment(say("init.toml.model"))
    if len(found) == 1:
        yield from _comment(say("init.toml.model_found"))
        yield "[model]"
        yield f"path = {toml_text(found[0])}"
        return
    if found:
        yield from _comment(say("init.toml.model_several"))
    yield "# [model]"
    for name in found or ("grid.toml",):
        yield f"# path = {toml_text(name)}"


def _criteria(proposal: Proposal, say: Say) -> Iterator[str]:
    """An example from the first input: what it is for, and where it comes from."""
    column = (*proposal.roles.inputs, "x")[0]
    yield from _comment(say("init.toml.criteria"))
    yield "# [[criteria]]"
    yield f"# key = {toml_text(column)}"
    yield f"# inputs = {_toml_list([column])}"
    yield '# label = ""'
    yield '# purpose = ""'
    yield '# source = ""'


def _actions(proposal: Proposal, say: Say) -> Iterator[str]:
    """An example from the first input: how far a person could change it."""
    column = (*proposal.roles.inputs, "x")[0]
    yield from _comment(say("init.toml.actions"))
    yield f"# [actions.{_toml_key(column)}]"
    yield '# direction = "up"'
    yield "# step = 1"
    yield "# most = 3"
    yield '# means = ""'


def _policy(proposal: Proposal, say: Say) -> Iterator[str]:
    yield "[policy]"
    if proposal.roles.worse is None:
        yield from _comment(say("init.toml.margin"))
        yield "margin = 0.80"
    else:
        yield from _comment(say("init.toml.margin_amount"))
        yield "# margin_amount = 100"
    yield 'margin_source = ""'
    yield ""
    yield from _comment(say("init.toml.primary"))
    yield f"# primary = {_toml_list(proposal.roles.protected)}"
    yield "# primary_ordered = false"
    yield '# primary_chosen_by = ""'
    yield '# primary_chosen_on = ""'
    yield ""
    yield from _comment(say("init.toml.eligible"))
    yield '# eligible_defined_by = ""'
    yield ""
    yield from _comment(say("init.toml.reference"))
    attribute = proposal.roles.protected[0] if proposal.roles.protected else "x"
    yield f'# reference = {{ {_toml_key(attribute)} = "" }}'
    yield ""
    yield from _comment(say("init.toml.status"))
    yield 'status = "unknown"'


def _texts(say: Say) -> Iterator[str]:
    yield from _comment(say("init.toml.texts"))
    for language in ("fr", "en"):
        yield f"[texts.{language}]"
        yield 'title = ""'
        yield 'story = ""'
        if language == "fr":
            yield ""
