"""Whether the outcome of a file without a decision is an amount: pay, hours, waiting time.

Asked last: a column that looks like a decision always wins, for a file of decisions often holds
pay or hours as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from algo_audit.data.column_looks import ColumnLook
from algo_audit.data.role_words import name_words

# The part of an outcome that is an amount takes these along: they need a yes or no.
CLASHING = frozenset({"label", "score", "advice", "pool", "weight", "count"})
_FEWEST = 3
# Most distinct whole numbers of a rating.
_MARKS = 10

_WANTED = re.compile(
    r"\b(?:salaires?|remunerations?|remuneres?|traitement indiciaire|paie|wages?|salary|"
    r"salaries|pay|earnings?|incomes?|revenus?|primes?|bonus|gratifications?|augmentations?|raises?|"
    r"heures (de |d )?formation|training (hours|times)|formation heures|jours (de )?formation|"
    r"productivity|productivite|indemnites?|allowance|tarif horaire|taux horaire|hourly pay|"
    r"rem globale|courses payees)\b"
)
_PAY = re.compile(r"\b(?:salair|remunerat|rem globale|wage|salar|pay|earning|income|prime)")
_UNWANTED = re.compile(
    r"\b(?:attente|delais?|wait(ing)?( time)?|delay|heures d absence|absenteeism time|"
    r"absences?|penalites?|sanctions|temps de trajet|commute)\b"
)
_RATED = re.compile(
    r"\b(?:notes?( annuelle| d evaluation)?|notation|ratings?|appreciations?|evaluations?|"
    r"performance rating)\b"
)

AmountReason = Literal["amount_name", "unwanted_amount_name", "rating_name"]
AMOUNT_REASONS: frozenset[str] = frozenset(get_args(AmountReason))


def amount_reason(look: ColumnLook) -> AmountReason | None:
    """Why a column may be an outcome that is a number; None where it may not.

    ``unwanted_amount_name``: more is worse for the person (waiting time).
    """
    if look.kind != "number" or look.distinct < _FEWEST:
        return None
    reason = named_amount(name_words(look.name))
    return None if reason == "rating_name" and look.distinct > _MARKS else reason


def named_amount(words: str) -> AmountReason | None:
    """Which kind of amount the words of a name say."""
    if _UNWANTED.search(words):
        return "unwanted_amount_name"
    if _WANTED.search(words):
        return "amount_name"
    return "rating_name" if _RATED.search(words) else None


def amount_column(
    looks: Mapping[str, ColumnLook], columns: Sequence[str]
) -> tuple[str, AmountReason] | None:
    """The column proposed as the amount: pay before hours, ratings last.

    Of equals the one with the most different numbers, then the last.
    """
    best = (-1, 0)
    found: tuple[str, AmountReason] | None = None
    for column in columns:
        reason = amount_reason(looks[column])
        if reason is None:
            continue
        rank = 0 if reason == "rating_name" else 1 + bool(_PAY.search(name_words(column)))
        if (rank, looks[column].distinct) >= best:
            best, found = (rank, looks[column].distinct), (column, reason)
    return found


def is_worse(reason: str) -> Literal["low", "high"]:
    """Which end is worse, as the column's name has it."""
    return "high" if reason == "unwanted_amount_name" else "low"
