"""Columns that go together because their names differ in one word, which names a group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from algo_audit.data.role_words import name_words
from algo_audit.data.sexes import MEN, WOMEN
from algo_audit.data.vocabulary import fold

# What stands between the words of a column's name.
EDGES = " _-./:|"
_MINORITY = frozenset({"black", "noir", "b", "minority", "minorite", "maghrebin", "african"})
_MAJORITY = frozenset({"white", "blanc", "w", "majority", "majorite", "francais", "european"})
_SIDES = ((True, WOMEN, MEN), (False, _MINORITY, _MAJORITY))
_FRENCH = frozenset(
    {"h", "homme", "hommes", "masculin", "noir", "blanc", "minorite", "majorite", "maghrebin",
     "francais"}
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_TWO = 2


@dataclass(frozen=True)
class Family:
    """Two columns that differ in one word.

    Attributes
    ----------
    before, after : str
        What both names hold before and after that word.
    columns : mapping of str to str
        Column by its word, as the file writes it.
    sex : bool
        The words tell women from men; else majority from minority.
    """

    before: str
    after: str
    columns: Mapping[str, str]
    sex: bool

    @property
    def words(self) -> str:
        """What the two names have in common, as plain words."""
        return name_words(f"{self.before} {self.after}")

    @property
    def rest(self) -> str:
        """The common part where it stands on one side of the word; else blank."""
        sides = [one.strip(EDGES) for one in (self.before, self.after)]
        return "" if all(sides) else "".join(sides)

    def place(self, taken: Sequence[str]) -> str:
        """What the place for the group is called: a name that no column has."""
        french = any(fold(word) in _FRENCH for word in self.columns)
        english, other = ("sex", "sexe") if self.sex else ("group", "groupe")
        wanted = other if french else english
        while wanted in taken:
            wanted += "_"
        return wanted

    def pattern(self, place: str, names: Sequence[str]) -> str:
        """The name with a place, which lists its groups where further columns fit it too."""
        plain = re.compile(f"{re.escape(self.before)}.+?{re.escape(self.after)}")
        fit = {column for column in names if plain.fullmatch(column)}
        listed = "" if fit == set(self.columns.values()) else ":" + "|".join(self.columns)
        return f"{self.before}{{{place}{listed}}}{self.after}"


def families(names: Sequence[str]) -> list[Family]:
    """The families among columns, in the file's order.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    list of Family
        Of two columns each, one for either side.
    """
    found: dict[tuple[str, str, bool], dict[str, str]] = {}
    for name in names:
        for match in _WORD.finditer(name):
            for sex, first, second in _SIDES:
                if fold(match[0]) in first | second:
                    key = (name[: match.start()], name[match.end() :], sex)
                    found.setdefault(key, {})[match[0]] = name
    sides = {sex: both for sex, *both in _SIDES}
    return [
        Family(before, after, columns, sex)
        for (before, after, sex), columns in found.items()
        if len(columns) == _TWO
        and all(any(fold(word) in side for word in columns) for side in sides[sex])
    ]
