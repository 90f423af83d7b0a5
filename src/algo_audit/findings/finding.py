"""What a finding is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from algo_audit.fairness.comparison import Verdict

ESTABLISHED = ("gap_established", "small_gap_established")


@dataclass(frozen=True)
class Finding:
    """One finding: what was found, where it stands, with the numbers a sentence needs.

    ``code`` chooses the sentence (message key ``finding.<code>``); ``rank`` 1 is the first;
    ``chapter`` is ``gaps`` | ``intersections`` | ``strata`` | ``pools`` | ``scores`` |
    ``labels`` | ``population`` | ``controls``, or the section of a chapter on the model
    (``drivers-gap``); ``comparison`` the index in ``comparisons``.
    """

    id: str
    code: str
    rank: int
    chapter: str
    comparison: int | None
    values: Mapping[str, Any]
    verdict: Verdict | None


def identity_of(kind: str, *parts: str | None) -> str:
    """Id of a finding: what it is about, not what was found."""
    return ":".join([kind, *(part for part in parts if part)])
