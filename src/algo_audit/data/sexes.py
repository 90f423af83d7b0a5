"""Which attribute tells women from men, by the words that files use."""

from __future__ import annotations

from collections.abc import Mapping

from algo_audit.data.decisions import Column
from algo_audit.data.vocabulary import fold

WOMEN = frozenset({"f", "femme", "femmes", "feminin", "woman", "women", "female", "w"})
MEN = frozenset({"h", "m", "homme", "hommes", "masculin", "man", "men", "male"})


def sex_column(protected: Mapping[str, Column]) -> tuple[str, int, int] | None:
    """The attribute that tells women from men, with the codes of the two."""
    for name, column in protected.items():
        folded = [fold(level) for level in column.levels]
        women = [code for code, level in enumerate(folded) if level in WOMEN]
        men = [code for code, level in enumerate(folded) if level in MEN]
        if len(women) == len(men) == 1:
            return name, women[0], men[0]
    return None
