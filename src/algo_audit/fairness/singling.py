"""How many people a few columns tell apart from everybody else: a warning about the file itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits

_FEW = 5  # columns that can be named in a sentence


@dataclass(frozen=True)
class Singling:
    """``columns`` (at most five, declared ones) single out ``singled`` of ``people``.

    A person is singled out when no other person has any combination of its values; several
    rows of one person (cluster, identifier) are one. ``all_columns`` tells how many were looked at
    together and ``all_singled`` how many people these single out.
    """

    columns: tuple[str, ...]
    people: int
    singled: int
    all_columns: int
    all_singled: int


def singling(decisions: Decisions, *, limits: Limits) -> Singling | None:
    """Whether the declared columns single people out.

    Parameters
    ----------
    decisions : Decisions
    limits : Limits
        ``disclosure.singled_share``: share of the people from which it is worth a warning.

    Returns
    -------
    Singling or None
        None below that share, or with fewer than two columns declared.

    Notes
    -----
    Columns are taken greedily, the one that singles out most first; five others might do as
    well. Whoever holds the file and knows these facts of a person finds that person's rows: a
    pseudonym does not protect. Taken from the attributes, strata and inputs declared, as bands
    where they are banded and as written otherwise.
    """
    codes = _codes(decisions)
    if len(codes) < 2:
        return None
    person = _people(decisions)
    people = int(person.max()) + 1 if len(person) else 0
    everything = _singled(list(codes.values()), person)
    if people == 0 or everything / people < limits.disclosure.singled_share:
        return None
    chosen: list[str] = []
    singled = 0
    while len(chosen) < min(_FEW, len(codes)) and singled < everything:
        gains = {
            name: _singled([*(codes[c] for c in chosen), codes[name]], person)
            for name in codes
            if name not in chosen
        }
        best = max(gains, key=lambda name: (gains[name], -list(codes).index(name)))
        if gains[best] == singled and chosen:
            break
        chosen.append(best)
        singled = gains[best]
    return Singling(tuple(chosen), people, singled, len(codes), everything)


def _codes(decisions: Decisions) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    import pandas as pd

    found = {name: column.codes.astype(np.int64) for name, column in decisions.protected.items()}
    for name, column in decisions.strata.items():
        if "*" not in name:
            found.setdefault(name, column.codes.astype(np.int64))
    if decisions.table is not None:
        for name in decisions.roles.inputs:
            if name not in found and name in decisions.table.columns:
                found[name] = pd.factorize(decisions.table[name])[0].astype(np.int64)
    return found


def _people(decisions: Decisions) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number of the person of each row."""
    import pandas as pd

    if decisions.cluster is not None:
        codes = decisions.cluster.codes.astype(np.int64)
        alone = codes < 0
        codes[alone] = len(decisions.cluster.levels) + np.arange(int(alone.sum()))
        return pd.factorize(codes)[0].astype(np.int64)
    return np.arange(len(decisions), dtype=np.int64)


def _singled(
    columns: list[np.ndarray[tuple[int], np.dtype[np.int64]]],
    person: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> int:
    """People none of whose combinations of values another person has."""
    import pandas as pd

    joined = columns[0]
    for column in columns[1:]:
        joined = pd.factorize(joined)[0] * (int(column.max()) + 2) + column
    codes = pd.factorize(joined)[0].astype(np.int64)
    pairs = np.unique(np.stack([codes, person]), axis=1)
    sharing = np.bincount(pairs[0])
    shared = np.unique(pairs[1][sharing[pairs[0]] > 1])
    return len(np.unique(pairs[1])) - len(shared)
