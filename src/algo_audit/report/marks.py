"""Signs that stand beside a verdict in every format."""

from __future__ import annotations

# Marks that say the verdict's family by their shape, for black and white and for a quick eye.
MARKS = {
    "gap_established": "■",
    "small_gap_established": "▪",
    "large_gap_excluded": "○",
    "inconclusive": "◇",
    "lead": "▷",
    "not_shown": "–",
    "observed": "●",
    "caution": "▲",
}
