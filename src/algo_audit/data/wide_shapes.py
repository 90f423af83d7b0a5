"""Tables whose columns are groups, and tables already counted: what ``init`` makes of them.

One line for each discipline with ``applications_men``, ``applications_women``, ``awards_men``…; a
pivot with a headcount and a number of promotions; the two answers that a pair of testers got; the
mean pay of men and of women in each company. Names tell which columns go together; the numbers have
to agree (no more chosen than there are people) before anything is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.amount_proposals import is_worse, named_amount
from algo_audit.data.column_families import families
from algo_audit.data.column_looks import ColumnLook
from algo_audit.data.conversion import convert_numbers
from algo_audit.data.counted_table import is_total
from algo_audit.data.raw_table import is_row_number_name
from algo_audit.data.role_words import NAME_PATTERNS, name_words
from algo_audit.data.roles import Roles
from algo_audit.data.sexes import MEN, WOMEN
from algo_audit.data.vocabulary import fold, side_of

_COUNTED = re.compile(
    r"\b(?:effectifs?|headcounts?|nombres?|number|nb|count|eligibles?|candidat(?:ure)?s?|"
    r"applica(?:tions?|nts?)|inscrits?|salaries|agents|employees|personnes|people|population|"
    r"total|ensemble)\b"
)
_CHOSEN = re.compile(
    r"\b(?:promu\w*|promot\w*|retenu\w*|selected|selection\w*|recrut\w*|embauch\w*|hire\w*|hired|"
    r"award\w*|admi[st]\w*|accept\w*|accord\w*|grant\w*|form[eé]e?s|trained|benefici\w*|augment\w*|"
    r"titularis\w*|offers?|offres?|favorables?|favourable|success\w*|lauréats?|laureats?|mutes?|"
    r"mutations?|obtenu\w*)\b"
)
WideName = Literal[
    "counted_groups", "counted_crossed", "counted_decisions", "counted_lines", "counted",
    "pairs_wide", "amounts_wide",
]  # fmt: skip
WIDE_SHAPES: frozenset[str] = frozenset(get_args(WideName))
_MOST_LINES = 2000
# Up to so many lines a column need not be called a headcount to be one.
_SMALL_TABLE = 100
_FEW_LABELS = 12
_TWO = 2

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class WideShape:
    """A table recognised: its shape, the columns that it rests on, the roles that go with it."""

    shape: WideName
    columns: tuple[str, ...]
    roles: Roles


def wide_shape(looks: Sequence[ColumnLook], proposed: Roles) -> WideShape | None:
    """What a table with groups as columns, or already counted, may be; None: another file.

    Parameters
    ----------
    looks : sequence of ColumnLook
    proposed : Roles
        As the columns were proposed one by one; attributes and units are taken from here.

    Returns
    -------
    WideShape or None
    """
    table = _Table(looks, proposed)
    for found in (
        _crossed(table), _counted_groups(table), _decisions_as_columns(table), _counted(table),
        _counted_words(table), _pairs(table), _amounts(table),
    ):  # fmt: skip
        if found is not None:
            return found
    return None


class _Table:
    """The columns by kind: labels, whole numbers, others; total lines marked."""

    def __init__(self, looks: Sequence[ColumnLook], proposed: Roles) -> None:
        self.looks = {look.name: look for look in looks if not is_row_number_name(look.name)}
        self.proposed = proposed
        self.ids = tuple(
            look.name for look in looks
            if look.distinct == look.rows > 1 and not look.blank
            and (is_row_number_name(look.name) or look.name == proposed.identifier)
        )  # fmt: skip
        self.labels = tuple(
            name for name, look in self.looks.items()
            if look.kind == "text" and name != proposed.identifier
        )  # fmt: skip
        self.total = np.zeros(looks[0].rows if looks else 0, dtype=bool)
        for name in self.labels:
            self.total |= np.array([is_total(level) for level in texts(self.looks[name])])
        self.whole = dict(self._numbers(whole=True))

    def _numbers(self, *, whole: bool) -> Iterator[tuple[str, NDArray[np.float64]]]:
        for name, look in self.looks.items():
            values = _values(look)
            if values is None:
                continue
            known = values[~np.isnan(values)]
            if not whole or (bool((known == np.floor(known)).all()) and known.min() >= 0):
                yield name, values

    @property
    def numbers(self) -> dict[str, NDArray[np.float64]]:
        """Every column of numbers."""
        return dict(self._numbers(whole=False))

    def at_most(self, part: str, of: str) -> bool:
        """Whether one column counts some of those whom another counts, on every line."""
        some = np.nan_to_num(self.whole[part])
        everybody = np.nan_to_num(self.whole[of])
        return bool((some <= everybody).all()) and 0 < some.sum() < everybody.sum()


def texts(look: ColumnLook) -> Texts:
    """The cells of a column, one per row."""
    return np.array(look.cells.levels, dtype=object)[look.cells.codes]


def _values(look: ColumnLook) -> NDArray[np.float64] | None:
    """A column's numbers, NaN where blank; None where it holds anything else."""
    if look.kind != "number":
        return None
    levels = [level if level in look.rows_of else "" for level in look.cells.levels]
    known = pa.array([level for level in levels if level], pa.string())
    numbers = convert_numbers(known, decimal_comma=True)
    if not numbers.sound or numbers.percent:
        return None
    values = np.full(len(levels), np.nan)
    values[[bool(level) for level in levels]] = numbers.values
    return np.asarray(values[look.cells.codes])


def _units(table: _Table, *, but: Sequence[str] = ()) -> tuple[str, ...]:
    """Labels that say within what the lines are comparable, one of each kind at most three."""
    left = [name for name in table.labels if name not in but]
    return tuple(name for name in left if table.looks[name].distinct > 1)[:3]


def _counted_groups(table: _Table) -> WideShape | None:
    """``applications_men``, ``applications_women`` and ``awards_men``, ``awards_women``."""
    counted = [one for one in families(list(table.whole)) if one.words]
    fitting = [
        (_says(people.words, chosen.words), people, chosen)
        for people in counted
        for chosen in counted
        if chosen is not people
        and set(chosen.columns) == set(people.columns)
        and all(table.at_most(chosen.columns[one], people.columns[one]) for one in people.columns)
    ]
    says, people, chosen = max(fitting, key=lambda one: one[0], default=(0, None, None))
    if not says or people is None or chosen is None:
        return None
    name, names = people.place(list(table.looks)), list(table.looks)
    roles = Roles(
        outcome=chosen.pattern(name, names),
        count=people.pattern(name, names),
        protected=(name,),
        strata=_units(table),
    )
    return WideShape("counted_groups", (*people.columns.values(), *chosen.columns.values()), roles)


def _says(people: str, chosen: str) -> int:
    """How much two names say that one counts people and the other those chosen; 0: nothing."""
    if side_of(chosen) == "unfavourable":
        return 0
    if not _CHOSEN.search(chosen) and _COUNTED.search(chosen):
        return 0
    return bool(_CHOSEN.search(chosen)) + bool(_COUNTED.search(people))


def _sided(names: Sequence[str]) -> dict[str, str]:
    """The names that say a favourable and an unfavourable decision, by side; one of each."""
    sides: dict[str, list[str]] = {}
    for name in names:
        side = side_of(name)
        if side:
            sides.setdefault(side, []).append(name)
    if set(sides) != {"favourable", "unfavourable"} or any(len(one) > 1 for one in sides.values()):
        return {}
    return {side: one[0] for side, one in sides.items()}


def _crossed(table: _Table) -> WideShape | None:
    """``F oui``, ``F non``, ``H oui``, ``H non``: groups and decisions both as columns."""
    by_rest = {one.rest: one for one in families(list(table.whole)) if side_of(one.rest)}
    sided = _sided(list(by_rest))
    if not sided:
        return None
    first, second = (by_rest[rest] for rest in sided.values())
    if set(first.columns) != set(second.columns) or bool(first.before) != bool(second.before):
        return None
    group, decided = first.place(list(table.looks)), _decided_name(table)
    places = [
        f"{{{group}:{'|'.join(first.columns)}}}",
        f"{{{decided}:{'|'.join(sided.values())}}}",
    ]
    joint = (first.before or first.after).replace(first.rest, "", 1)
    roles = Roles(
        outcome=decided,
        favourable=sided["favourable"],
        count=joint.join(reversed(places) if first.before else places),
        protected=(group,),
        strata=_units(table),
    )
    columns = (*first.columns.values(), *second.columns.values())
    return WideShape("counted_crossed", columns, roles)


def _decided_name(table: _Table) -> str:
    wanted = "decision"
    while wanted in table.looks:
        wanted += "_"
    return wanted


def _attributes(table: _Table, *, but: Sequence[str] = ()) -> tuple[str, ...]:
    """Labels that hold groups of people: by name, else by holding the two sexes."""
    found = []
    for name in table.labels:
        if name in but or name == table.proposed.outcome:
            continue
        known = {fold(value) for value in table.looks[name].known if not is_total(value)}
        sexes = bool(known & WOMEN) and bool(known & MEN) and known <= WOMEN | MEN
        named = next((one for one in NAME_PATTERNS if one.pattern.search(name_words(name))), None)
        if (
            sexes
            or (named is not None and named.role == "protected")
            or name in table.proposed.protected
        ):
            found.append(name)
    left = [name for name in table.labels if name not in but and name != table.proposed.outcome]
    if not found and len(left) == 1 and table.looks[left[0]].distinct <= _FEW_LABELS:
        return (left[0],)  # the only label says whom each line is about
    return tuple(found)


def _once(table: _Table) -> bool:
    """Whether no two lines are about the same labels: what a count gives, and people do not."""
    kept = ~table.total
    lines = list(
        zip(*(_filled(texts(table.looks[name])[kept]) for name in table.labels), strict=True)
    )
    return _TWO <= len(lines) <= _MOST_LINES and len(set(lines)) == len(lines)


def _filled(cells: Texts) -> Texts:
    """A pivot leaves a label out where the line above has it."""
    place = np.where(cells == "", 0, np.arange(len(cells)))
    return np.asarray(cells[np.maximum.accumulate(place)])


def _decisions_as_columns(table: _Table) -> WideShape | None:
    """``Oui`` and ``Non`` as headcounts on the lines of a group."""
    sided = _sided(list(table.whole))
    attributes = _attributes(table)
    if not sided or not attributes or not _once(table):
        return None
    if max(float(np.nansum(table.whole[name])) for name in sided.values()) <= table.total.size:
        return None  # ones and noughts of people
    name = _decided_name(table)
    roles = Roles(
        outcome=name,
        favourable=sided["favourable"],
        count=f"{{{name}:{sided['favourable']}|{sided['unfavourable']}}}",
        protected=attributes,
        strata=_units(table, but=attributes),
    )
    return WideShape("counted_decisions", tuple(sided.values()), roles)


def _counted(table: _Table) -> WideShape | None:
    """A headcount and how many of them were chosen, on one line for each group."""
    attributes = _attributes(table)
    if not attributes or not _once(table):
        return None
    fitting = [
        (_says(name_words(people), name_words(chosen)), people, chosen)
        for people in table.whole
        for chosen in table.whole
        if chosen != people and table.at_most(chosen, people)
    ]
    says, people, chosen = max(fitting, key=lambda one: one[0], default=(0, "", ""))
    named = _COUNTED.search(name_words(people)) or (
        _CHOSEN.search(name_words(chosen)) and table.total.size <= _SMALL_TABLE
    )
    if not says or not named:
        return None
    roles = Roles(
        outcome=chosen, count=people, protected=attributes, strata=_units(table, but=attributes)
    )
    return WideShape("counted_lines", (people, chosen), roles)


def _counted_words(table: _Table) -> WideShape | None:
    """A headcount on one line for each group and each decision."""
    outcome, attributes = table.proposed.outcome, _attributes(table)
    counts = [name for name in table.whole if _COUNTED.search(name_words(name))]
    if outcome not in table.labels or not counts or not attributes or not _once(table):
        return None
    roles = Roles(
        outcome=outcome,
        favourable=table.proposed.favourable,
        count=counts[0],
        protected=attributes,
        strata=_units(table, but=(*attributes, str(outcome))),
    )
    return WideShape("counted", (counts[0], str(outcome)), roles)


def _pairs(table: _Table) -> WideShape | None:
    """The answers of both testers of an offer on one line."""
    if not table.ids:
        return None
    for family in families(list(table.looks)):
        first, second = (table.looks[name] for name in family.columns.values())
        if len(first.meanings) != _TWO or set(first.meanings) != set(second.meanings):
            continue
        if first.favourable is None or bool((texts(first) != texts(second)).all()):
            continue  # two columns that are each other's opposite say one thing twice
        name, names = family.place(list(table.looks)), list(table.looks)
        roles = Roles(
            outcome=family.pattern(name, names),
            favourable=first.favourable,
            protected=(name,),
            pair=table.ids[0],
            strata=tuple(
                unit
                for unit in _units(table, but=tuple(family.columns.values()))
                if table.looks[unit].distinct * _TWO <= table.looks[unit].rows
            ),
        )
        return WideShape("pairs_wide", tuple(family.columns.values()), roles)
    return None


def _amounts(table: _Table) -> WideShape | None:
    """Mean pay of women and of men in each company or unit."""
    numbers = table.numbers
    for family in families(list(numbers)):
        found = named_amount(family.words)
        if found is None or found == "rating_name" or _COUNTED.search(family.words):
            continue
        name, names = family.place(list(table.looks)), list(table.looks)
        roles = Roles(
            outcome=family.pattern(name, names),
            outcome_kind="numeric",
            worse=is_worse(found),
            protected=(name,),
            strata=(),
            cluster=_line_name(table),
        )
        return WideShape("amounts_wide", tuple(family.columns.values()), roles)
    return None


def _line_name(table: _Table) -> str | None:
    """The column that names the lines, each of which comes back once for every group."""
    rows = table.total.size
    unique = [name for name, look in table.looks.items() if look.distinct == rows > 1]
    return next(iter((*table.ids, *unique)), None)
