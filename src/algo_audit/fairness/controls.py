"""Controls that must not be used as they are: filled in after the decision, or tainted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.strata import ControlWarning

# Names, folded to plain lower-case words, of what earlier discrimination may have shaped.
# First match wins; "grade" and "pays" (French: country) are left out on purpose.
_TAINTED = (
    (
        "part_time",
        (
            r"temps partiel|mi temps|temps de travail|part ?time|working time|quotite|etp|fte"
            r"|temps plein|full ?time|travail partiel"
        ),
    ),
    (
        "career_break",
        (
            r"interruptions?|conges?|maternite|maternity|parental|paternite|paternity|absences?"
            r"|career (break|gap)s?|(leave|leaves)( of absence)?|employment gaps?|sabbati\w+"
            r"|trous?( de carriere)?|arrets?( maladie)?|sick ?leaves?|disponibilite"
        ),
    ),
    (
        "pay",
        (
            r"salaires?|salarial\w*|salar(y|ies)|remunerations?|paies?|payes?|pay|wages?|compensation"
            r"|coefficients?|coef|echelon|indice|primes?|bonus|earnings?|incomes?|hourly ?rate"
            r"|monthly ?income"
        ),
    ),
    (
        "past_rating",
        (
            r"notes?|notation|evaluations?|appraisals?|ratings?|performances?|entretien annuel"
            r"|appreciations?|merit|merite"
        ),
    ),
)
_TAINTED_PATTERNS = tuple(
    (code, re.compile(rf"(?:^| )(?:{pattern})(?: |$)")) for code, pattern in _TAINTED
)
# Values that say "nothing was filled in", folded like the names.
_RESIDUAL = re.compile(
    r"^(?:|not? (?:specified|applicable|available|known|answer|value|data|hired)|unspecified"
    r"|non (?:precisee?s?|specifiee?s?|renseignee?s?|concernee?s?|applicable|communiquee?s?"
    r"|affectee?s?|attribuee?s?|definie?s?|retenue?s?)"
    r"|n ?[acdrs]|null|nil|nan|none|aucune?|neant|vide|blank|empty|missing|unknown"
    r"|inconnue?s?|sans objet|a definir|a preciser|tbd|to be (?:defined|determined)"
    r"|unassigned|undefined|pending|en attente)$"
)
# A rule that knocks people out has a yes and a no; a job obtained has several values.
_SEVERAL = 3


@dataclass(frozen=True)
class _Seen:
    """A column over the rows: level of each row, -1 where blank."""

    name: str
    codes: NDArray[np.int64]
    levels: tuple[str, ...]


def folded(text: str) -> str:
    """Plain lower-case words: accents off, camel case and punctuation to single spaces.

    >>> folded("NoteÉvaluation_2024")
    'note evaluation 2024'
    """
    spaced = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", text))
    plain = unicodedata.normalize("NFKD", spaced)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def taint_of(column: str) -> str | None:
    """Why a control of this name may itself carry discrimination, or None.

    Returns
    -------
    str or None
        ``past_rating`` | ``pay`` | ``career_break`` | ``part_time``. For a crossing ``a*b`` the
        first reason found. Names are only a hint: a column called "X12" may hold pay.
    """
    for part in column.split("*"):
        name = folded(part)
        for code, pattern in _TAINTED_PATTERNS:
            if pattern.search(name):
                return code
    return None


def is_residual(value: str) -> bool:
    """Does this value say that nothing was filled in ("Not Specified", "sans objet", "-")?"""
    return bool(_RESIDUAL.match(folded(value.lower())))


def control_warnings(decisions: Decisions, limits: Limits) -> tuple[ControlWarning, ...]:
    """Strata (and declared inputs) that leak the decision, and strata that may be tainted.

    Parameters
    ----------
    decisions : Decisions
    limits : Limits
        ``controls.by_chance``: a pattern likelier than this by chance is not called out.

    Returns
    -------
    tuple of ControlWarning
        ``leak`` with reason ``specified_all_favourable`` (a value is there only for those
        selected), ``specified_all_unfavourable`` (only for those refused) or
        ``determines_outcome`` (each value got one decision only; strata alone, for an input may
        well be the rule itself); ``tainted`` with the codes of ``taint_of``. ``values`` are the
        specified values, ``rows`` and ``events`` their rows and favourable decisions.

    Notes
    -----
    A column that is filled in after a hire (job obtained, starting date) tells the
    decision: comparing within it removes any gap by construction. Chance is judged by the
    hypergeometric law: the probability that m rows drawn without looking are all favourable. A
    leak with a single slip in it is not found.
    """
    warnings = []
    for seen in _columns(decisions, limits.groups.levels_at_most):
        warning = _leak(seen, decisions, limits.controls.by_chance)
        if warning is not None:
            warnings.append(warning)
    for name in decisions.strata:
        reason = taint_of(name)
        if reason is not None:
            n, events = len(decisions), int(decisions.outcome.sum())
            warnings.append(ControlWarning(name, "tainted", (), n, events, reason))
    return tuple(warnings)


def leaking_columns(warnings: tuple[ControlWarning, ...]) -> frozenset[str]:
    """Names of the columns that a warning of kind ``leak`` is about."""
    return frozenset(w.column for w in warnings if w.kind == "leak")


def _columns(decisions: Decisions, levels_at_most: int) -> list[_Seen]:
    seen = [_of_column(column) for column in decisions.strata.values()]
    skipped = {
        *decisions.strata,
        *decisions.protected,
        decisions.roles.outcome,
        decisions.roles.label,
        decisions.roles.score,
        decisions.roles.identifier,
        decisions.roles.pool,
    }
    if decisions.table is not None:
        for name in decisions.roles.inputs:
            if name in skipped or name not in decisions.table.columns:
                continue
            column = _of_text(decisions.table[name])
            if len(column.levels) <= levels_at_most:
                seen.append(column)
    return seen


def _of_column(column: Column) -> _Seen:
    return _Seen(column.name, column.codes.astype(np.int64), column.levels)


def _of_text(series: pd.Series) -> _Seen:
    codes, levels = pd.factorize(series.astype("string").str.strip())
    return _Seen(str(series.name), codes.astype(np.int64), tuple(str(v) for v in levels))


def _leak(seen: _Seen, decisions: Decisions, by_chance: float) -> ControlWarning | None:
    # blanks as the last level
    codes = np.where(seen.codes < 0, len(seen.levels), seen.codes)
    n = np.bincount(codes, minlength=len(seen.levels) + 1)
    events = np.bincount(
        codes, weights=decisions.outcome.astype(np.float64), minlength=len(n)
    ).astype(np.int64)
    residual = np.array([is_residual(level) for level in seen.levels] + [True])
    specified = ~residual & (n > 0)
    if not specified.any():
        return None
    total, favourable = len(decisions), int(decisions.outcome.sum())

    def warning(kept: NDArray[np.bool_], reason: str) -> ControlWarning:
        values = tuple(
            level for level, one in zip(seen.levels, kept[:-1].tolist(), strict=True) if one
        )
        rows, chosen = int(n[kept].sum()), int(events[kept].sum())
        return ControlWarning(seen.name, "leak", values, rows, chosen, reason)

    m, chosen = int(n[specified].sum()), int(events[specified].sum())
    if m < total and chosen in (0, m):
        alike = favourable if chosen else total - favourable
        if _log_all_alike(total, alike, m) < np.log(by_chance):
            reason = "specified_all_favourable" if chosen else "specified_all_unfavourable"
            return warning(specified, reason)
    if seen.name in decisions.strata and _determines(n, events, by_chance):
        return warning(specified, "determines_outcome")
    # no value that says "nothing filled in": one that holds all refusals may stand for it
    mixed = (events < n) & (n > 0)
    rest = ~mixed & (n > 0)
    if int(mixed.sum()) == 1 and int(rest.sum()) >= _SEVERAL:
        chance = _log_all_alike(total, favourable, int(n[rest].sum())) + np.log(len(n))
        if chance < np.log(by_chance):
            return warning(rest, "specified_all_favourable")
    return None


def _log_all_alike(total: int, alike: int, drawn: int) -> float:
    """Log-probability that ``drawn`` rows of ``total`` all are among the ``alike`` ones."""
    if drawn > alike:
        return -np.inf
    return float(
        gammaln(alike + 1.0)
        - gammaln(alike - drawn + 1.0)
        - gammaln(total + 1.0)
        + gammaln(total - drawn + 1.0)
    )


def _determines(n: NDArray[np.int64], events: NDArray[np.int64], by_chance: float) -> bool:
    """Every value got one decision only, and so few values could not do that by chance.

    At most 2^values tables are pure, out of all ways to place the favourable decisions. A column
    of identifiers is pure as well, but has so many values that chance explains it.
    """
    held = n > 0
    n, events = n[held], events[held]
    if not bool(((events == 0) | (events == n)).all()) or events.sum() in (0, n.sum()):
        return False
    total, favourable = float(n.sum()), float(events.sum())
    ways = gammaln(total + 1) - gammaln(favourable + 1) - gammaln(total - favourable + 1)
    return bool(len(n) * np.log(2.0) - ways < np.log(by_chance))
