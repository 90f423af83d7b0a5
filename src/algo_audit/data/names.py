"""Names that a user may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from algo_audit.data.vocabulary import fold

_OFFERED = 5


def nearest(name: str, known: Iterable[str], *, most: int = _OFFERED) -> tuple[str, ...]:
    """Known names by likeness to ``name``, accents, case and separators aside.

    Parameters
    ----------
    name : str
        As the user wrote it.
    known : iterable of str
        Names that exist.
    most : int
        How many to give.

    Returns
    -------
    tuple of str
        The nearest first; where nothing is like it, the first known names.
    """
    known = list(dict.fromkeys(known))
    folded: dict[str, list[str]] = {}
    for one in known:
        folded.setdefault(_bare(one), []).append(one)
    wanted = _bare(name)
    like = difflib.get_close_matches(wanted, folded, n=most, cutoff=0.6)
    holding = [one for one in folded if wanted and (wanted in one or one in wanted) and one]
    found = [one for key in dict.fromkeys([*like, *holding]) for one in folded[key]]
    return tuple((found or known)[:most])


def same_but_for_spelling(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known names that differ from ``name`` by accents, case, spaces or separators only."""
    return tuple(one for one in known if one != name and _bare(one) == _bare(name))


def _bare(name: str) -> str:
    return "".join(c for c in fold(name) if c.isalnum())
