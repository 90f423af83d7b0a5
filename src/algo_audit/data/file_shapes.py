"""Which shape of file this is, once its columns have their proposed roles.

A file of decisions, one row each, is the plain case. Others are recognised here, each with a reason
that a person can check: a table already counted, pairs of testers, stages, an amount, a score that
has decided nothing yet, a list that holds only those chosen. What is recognised changes the
proposal so that the ``audit.toml`` written from it runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.column_looks import ColumnLook, look_at
from algo_audit.data.conversion import convert_dates
from algo_audit.data.limits import Limits
from algo_audit.data.notes import Notes
from algo_audit.data.opening import open_file, read_table
from algo_audit.data.role_words import name_words
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import favourable_of, fold, is_unknown, meaning_of
from algo_audit.data.wide_shapes import WIDE_SHAPES, WideName, wide_shape
from algo_audit.errors import AuditError

Shape = Literal["decisions", "pairs", "stages", "amount", "score", "list", "open"] | WideName

_PAIR = re.compile(r"\b(paires?|pairs?|binomes?|couples?|matched pair|testing pair)\b")
# Steps of a selection as columns are called, in the order in which they come.
_STAGES = (
    r"candidatures?|postule\w*|applied|application|inscrit\w*|recue?",
    r"preselection\w*|preselected|tri|screen\w*|shortlist\w*|(cv|dossier) (retenu|valide)",
    r"tests?( passe)?|assessment|epreuves?|admissib\w*|phone screen|telephone",
    r"entretiens?( \d+)?|interview\w*|oral|jury",
    r"offres?( faite| envoyee)?|offer\w*|proposition( d embauche)?",
    r"embauche\w*|hired?|recrute\w*|accepte\w*|accepted|signature|integration",
)
_STAGE_WORDS = tuple(re.compile(rf"^(?:date (?:de |d )?)?(?:{words})$") for words in _STAGES)
_FEWEST_STAGES = 3
_TWO = 2
_MARKS = ("oui", "yes", "x", "1", "o", "y")
_LAST = re.compile(r"\b(etapes?|stages?|statuts?|status|avancement|phase|step)\b")
_WITHDREW = re.compile(r"^(desist|retir|retrait|abandon|withdr|s'est retir|se retire)")
# People on a list: this much of the register at most, or it is no list of the chosen.
_SMALLER = 0.9


@dataclass(frozen=True)
class ShapeFound:
    """What kind of file this is.

    ``shape`` names the sentence (``init.shape.<shape>``), ``columns`` those it rests on, and
    ``population`` the register beside the file, where one holds the list's people.
    """

    shape: Shape
    columns: tuple[str, ...] = ()
    population: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wide(self) -> bool:
        """Whether the shape is one of ``wide_shapes``: figures of groups, no rows of people."""
        return self.shape in WIDE_SHAPES


def recognise(
    looks: Sequence[ColumnLook], roles: Roles, *, path: Path, limits: Limits
) -> tuple[ShapeFound, Roles]:
    """The shape of a file and the roles that go with it.

    Parameters
    ----------
    looks : sequence of ColumnLook
    roles : Roles
        As proposed column by column.
    path : Path
        The file; a register is looked for beside it where only those chosen seem to be in it.
    limits : Limits

    Returns
    -------
    shape : ShapeFound
    roles : Roles
    """
    by_name = {look.name: look for look in looks}
    wide = wide_shape(looks, roles)
    if wide is not None:
        return ShapeFound(wide.shape, wide.columns), wide.roles
    stages = _stages(looks)
    if len(stages) >= _FEWEST_STAGES:
        withdrawn = _withdrawals(looks, stages)
        changed = replace(_with_stages(roles, stages), withdrawn=withdrawn)
        return ShapeFound("stages", stages), changed
    last = _last_stage(looks)
    if last is not None:
        changed = replace(_with_stages(_without(roles, last[0]), last[1]), outcome=last[0])
        return ShapeFound("stages", last[1]), replace(changed, last_stage=last[0])
    pair = _pair(looks)
    if pair is not None and roles.outcome is not None:
        changed = replace(_without(roles, pair), pair=pair, pool=None, cluster=None)
        return ShapeFound("pairs", (pair,)), changed
    if roles.count is not None and roles.outcome is not None:
        return ShapeFound("counted", (roles.count, roles.outcome)), replace(roles, inputs=())
    if roles.worse is not None and roles.outcome is not None:
        return ShapeFound("amount", (roles.outcome,), more={"worse": roles.worse}), roles
    if roles.outcome is not None and by_name[roles.outcome].distinct > 1:
        withdrawn = _withdrawals(looks, (roles.outcome,))
        return ShapeFound("decisions", (roles.outcome,)), replace(roles, withdrawn=withdrawn)
    return _without_decision(by_name, roles, path=path, limits=limits)


def _without_decision(
    by_name: Mapping[str, ColumnLook],
    roles: Roles,
    *,
    path: Path,
    limits: Limits,
) -> tuple[ShapeFound, Roles]:
    """No column says yes and no: a list, an amount, a score, or nothing that can be told."""
    listed = roles.identifier is not None and roles.score is None
    register = _register(path, str(roles.identifier), by_name, limits) if listed else None
    if register is not None:
        name, protected = register
        found = ShapeFound("list", (str(roles.identifier),), population=name)
        kept = Roles(outcome=None, identifier=roles.identifier, protected=protected)
        return found, kept
    if roles.score is not None and roles.protected:
        alone = replace(
            roles, outcome=None, favourable=None, label=None, label_favourable=None, advice=None,
            decided_by=None, count=None, inputs=(),
        )  # fmt: skip
        return ShapeFound("score", (roles.score,)), alone
    if listed and not roles.protected:
        return ShapeFound("list", (str(roles.identifier),)), roles
    return ShapeFound("open"), roles


def _without(roles: Roles, column: str) -> Roles:
    """Roles in which a column plays no part yet."""
    single = {
        name: None
        for name in ("outcome", "label", "score", "pool", "cluster", "identifier", "weight")
        if getattr(roles, name) == column
    }
    changed: dict[str, Any] = dict(single)
    for name in ("protected", "strata", "inputs"):
        changed[name] = tuple(one for one in getattr(roles, name) if one != column)
    return replace(roles, **changed)


def _pair(looks: Sequence[ColumnLook]) -> str | None:
    """A column called pair whose values come twice each."""
    for look in looks:
        if _PAIR.search(name_words(look.name)) and look.distinct > 1:
            twice = sum(rows == 2 for rows in look.rows_of.values())
            if twice * 10 >= look.distinct * 9:
                return look.name
    return None


def _with_stages(roles: Roles, stages: tuple[str, ...]) -> Roles:
    """The last stage as the decision; stages play no other part."""
    for name in stages:
        roles = _without(roles, name)
    return replace(roles, outcome=stages[-1], favourable=None, stages=stages, pair=None, label=None,
                   label_favourable=None)  # fmt: skip


def _stages(looks: Sequence[ColumnLook]) -> tuple[str, ...]:
    """Columns called like stages that agree: whoever passed one passed those before."""
    placed: list[tuple[int, str, NDArray[np.bool_]]] = []
    for look in looks:
        words = name_words(look.name)
        place = next((i for i, one in enumerate(_STAGE_WORDS) if one.search(words)), None)
        passed = None if place is None else _passed(look)
        if place is not None and passed is not None:
            placed.append((place, look.name, passed))
    placed.sort(key=lambda one: one[0])
    chain: list[tuple[str, NDArray[np.bool_]]] = []
    for _, name, passed in placed:
        if not chain or not bool((passed & ~chain[-1][1]).any()):
            chain.append((name, passed))
    return tuple(name for name, _ in chain)


def _passed(look: ColumnLook) -> NDArray[np.bool_] | None:
    """Who passed, where a column says so by yes and no, a date or a mark; else None."""
    known = [value for value in look.known if not _WITHDREW.search(fold(value))]
    if not known:
        return None
    meanings = {meaning_of(value): value for value in reversed(known)}
    if convert_dates(known) is not None or (len(meanings) == 1 and fold(known[0]) in _MARKS):
        good = set(known)
    elif len(meanings) == _TWO:
        first, second = meanings.values()
        favourable = favourable_of(look.name, (first, second))
        if favourable is None:
            return None
        good = {value for value in known if meaning_of(value) == meaning_of(favourable)}
    else:
        return None
    marked = np.array([level in good and not is_unknown(level) for level in look.cells.levels])
    return np.asarray(marked[look.cells.codes])


def _withdrawals(looks: Sequence[ColumnLook], stages: Sequence[str]) -> tuple[str, ...]:
    """Values of the stages that say that somebody withdrew."""
    return tuple(
        dict.fromkeys(
            value
            for look in looks
            if look.name in stages
            for value in look.known
            if _WITHDREW.search(fold(value))
        )
    )


def _last_stage(looks: Sequence[ColumnLook]) -> tuple[str, tuple[str, ...]] | None:
    """A column whose values are stages by their names, and those values in order."""
    for look in looks:
        if not _LAST.search(name_words(look.name)) or look.distinct < _FEWEST_STAGES:
            continue
        placed = {}
        for value in look.known:
            words = name_words(value)
            place = next((i for i, one in enumerate(_STAGE_WORDS) if one.search(words)), None)
            if place is None or place in placed:
                break
            placed[place] = value
        else:
            return look.name, tuple(placed[place] for place in sorted(placed))
    return None


def _register(
    path: Path, identifier: str, by_name: Mapping[str, ColumnLook], limits: Limits
) -> tuple[str, tuple[str, ...]] | None:
    """A file beside this one that holds its people and more, and the attributes that it gives."""
    from algo_audit.data.role_proposals import propose_columns

    own = set(by_name[identifier].known)
    for other in sorted(path.parent.iterdir()):
        if other == path or other.suffix.lower() not in (".csv", ".xlsx", ".ods", ".tsv", ".txt"):
            continue
        try:
            notes = Notes()
            table = read_table(open_file(other, limits.reading), notes, limits.reading)
        except (AuditError, OSError):
            continue
        if notes.faults or identifier not in table.columns:
            continue
        people = set(look_at(identifier, table.columns[identifier]).known)
        if own <= people and len(own) <= _SMALLER * len(people):
            looks = [look_at(name, array) for name, array in table.columns.items()]
            protected = tuple(
                one.column for one in propose_columns(looks, limits) if one.role == "protected"
            )
            if protected:
                return other.name, protected
    return None
