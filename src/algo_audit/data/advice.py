"""What the system recommended, as logged beside the decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Decisions
from algo_audit.data.vocabulary import favourable_of, is_unknown, meaning_of


def read_advice(decisions: Decisions) -> NDArray[np.int8] | None:
    """The logged advice as codes.

    Parameters
    ----------
    decisions : Decisions
        With its table and a declared ``roles.advice``.

    Returns
    -------
    int8 array, shape (rows,), or None
        1 favourable, 0 not, -1 not known. None without a column of advice, and where it cannot
        be told which of its values is favourable: one has the meaning of the favourable
        decision, or is obviously the favourable one of two.
    """
    name = decisions.roles.advice
    if name is None or decisions.table is None or name not in decisions.table.columns:
        return None
    import pandas as pd

    codes, levels = pd.factorize(decisions.table[name].fillna("").astype(str).str.strip())
    words = [str(level) for level in levels]
    meanings = {word: meaning_of(word) for word in words if not is_unknown(word)}
    favourable = _favourable(name, meanings, decisions.roles.favourable)
    if favourable is None:
        return None
    code = [-1 if word not in meanings else int(meanings[word] == favourable) for word in words]
    return np.array(code, dtype=np.int8)[codes]


def _favourable(name: str, meanings: dict[str, str], decided: str | None) -> str | None:
    """The meaning that is favourable to the person."""
    if decided is not None and meaning_of(decided) in meanings.values():
        return meaning_of(decided)
    by_meaning = {meaning: word for word, meaning in meanings.items()}
    if len(by_meaning) != 2:
        return None
    first, second = sorted(by_meaning.values())
    found = favourable_of(name, (first, second))
    return None if found is None else meanings[found]
