"""How a score became a decision, apart from the score itself; applied in ``models/rule.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rule:
    """From ``value`` points up (``threshold``), or the best ``value`` of each pool (``top_k``).

    ``value`` None with ``top_k``: as many as each pool really took, known from the decisions.
    """

    kind: Literal["threshold", "top_k"]
    value: float | None = None
