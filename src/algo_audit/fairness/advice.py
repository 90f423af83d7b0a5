"""Advice and decision: how often the system is followed, by group, and what it does to the gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.advice import read_advice
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.fairness.trend import years_of
from algo_audit.stats.intervals import difference_interval, rate_interval, rate_method


@dataclass(frozen=True)
class GroupAdvice:
    """One group (``attribute`` None: everyone with a known advice).

    ``advised``: people whom the system recommended; ``raised``: refused by the system and taken
    by people, ``lowered``: recommended and not taken. Rates are shares of ``n`` for ``followed``,
    of those recommended for ``lowered_rate``, of the others for ``raised_rate``. Counts are None
    where they are hidden.
    """

    attribute: str | None
    group: str | None
    n: int | None
    advised: int | None
    decided: int | None
    raised: int | None
    lowered: int | None
    followed: Estimate
    raised_rate: Estimate
    lowered_rate: Estimate


@dataclass(frozen=True)
class AdviceGap:
    """The gap of the advice beside the gap of the decision: group minus reference, 0 to 1."""

    attribute: str
    group: str
    reference: str
    advised: Interval
    decided: Interval


@dataclass(frozen=True)
class Deciders:
    """How much those who decide differ, without naming any: ``number`` of them with enough cases.

    ``lowest``, ``middle``, ``highest``: share of the advice followed by the decider who follows it
    least, by the one in the middle, and by the one who follows it most.
    """

    column: str
    number: int
    cases_at_least: int
    lowest: float
    middle: float
    highest: float


@dataclass(frozen=True)
class AdviceYear:
    """Decisions of one year, or of several in a row told together, with a known advice.

    ``followed`` of ``n`` went the way of the advice; ``share`` is their ratio, 0 to 1.
    """

    years: tuple[int, ...]
    n: int
    followed: int
    share: Estimate


@dataclass(frozen=True)
class Advice:
    """What people made of the system's advice; raw, not within pools."""

    column: str
    unknown: int
    everyone: GroupAdvice
    groups: tuple[GroupAdvice, ...]
    gaps: tuple[AdviceGap, ...]
    deciders: Deciders | None = None
    years: tuple[AdviceYear, ...] = ()


def advice_chapter(
    decisions: Decisions, *, references: Mapping[str, str], limits: Limits
) -> Advice | None:
    """Follow and override rates, and the two gaps.

    Parameters
    ----------
    decisions : Decisions
    references : mapping of attribute to group
    limits : Limits

    Returns
    -------
    Advice or None
        None without a column of advice whose favourable value is known.

    Notes
    -----
    A share of the advice followed near 1 may make the advice itself the decision (CJEU C-634/21).
    Rows are counted; clusters and weights are not used here. Deciders are never told one by
    one: with fewer than ``disclosure.committee`` of them nothing is said of them at all.
    """
    advice = read_advice(decisions)
    if advice is None or not bool((advice >= 0).any()):
        return None
    known = advice >= 0
    confidence = limits.levels.confidence
    groups: list[GroupAdvice] = []
    gaps: list[AdviceGap] = []
    for attribute, reference in references.items():
        column = decisions.protected[attribute]
        rows = {level: known & (column.codes == code) for code, level in enumerate(column.levels)}
        groups += [
            _group(attribute, level, advice, decisions.outcome, held, confidence)
            for level, held in rows.items()
            if bool(held.any())
        ]
        gaps += [
            _gap(
                attribute,
                (level, reference),
                advice,
                decisions.outcome,
                (held, rows[reference]),
                confidence,
            )
            for level, held in rows.items()
            if level != reference
            and int(held.sum()) >= limits.groups.compared_from
            and int(rows[reference].sum()) >= limits.groups.compared_from
        ]
    return Advice(
        column=str(decisions.roles.advice),
        unknown=int((~known).sum()),
        everyone=_group(None, None, advice, decisions.outcome, known, confidence),
        groups=tuple(groups),
        gaps=tuple(gaps),
        deciders=_deciders(decisions, advice, known, limits),
        years=_by_year(decisions, advice, known, confidence),
    )


def _estimate(events: int, n: int, confidence: float) -> Estimate:
    if n == 0:
        return Estimate(None, n=0, missing_reason="nobody")
    low, high = rate_interval(events, n, confidence=confidence)
    return Estimate(events / n, float(low), float(high), n, str(rate_method(events, n)))


def _group(
    attribute: str | None,
    group: str | None,
    advice: NDArray[np.int8],
    outcome: NDArray[np.int8],
    held: NDArray[np.bool_],
    confidence: float,
) -> GroupAdvice:
    advised, decided = advice[held] == 1, outcome[held] == 1
    n, recommended = len(advised), int(advised.sum())
    raised, lowered = int((~advised & decided).sum()), int((advised & ~decided).sum())
    return GroupAdvice(
        attribute=attribute,
        group=group,
        n=n,
        advised=recommended,
        decided=int(decided.sum()),
        raised=raised,
        lowered=lowered,
        followed=_estimate(n - raised - lowered, n, confidence),
        raised_rate=_estimate(raised, n - recommended, confidence),
        lowered_rate=_estimate(lowered, recommended, confidence),
    )


def _gap(
    attribute: str,
    names: tuple[str, str],
    advice: NDArray[np.int8],
    outcome: NDArray[np.int8],
    held: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    confidence: float,
) -> AdviceGap:
    def interval(values: NDArray[np.int8]) -> Interval:
        events = [int((values[rows] == 1).sum()) for rows in held]
        sizes = [int(rows.sum()) for rows in held]
        low, high = difference_interval(
            events[0], sizes[0], events[1], sizes[1], confidence=confidence
        )
        value = events[0] / sizes[0] - events[1] / sizes[1]
        return Interval(value, float(low), float(high))

    return AdviceGap(attribute, *names, advised=interval(advice), decided=interval(outcome))


def _by_year(
    decisions: Decisions, advice: NDArray[np.int8], known: NDArray[np.bool_], confidence: float
) -> tuple[AdviceYear, ...]:
    """How often the advice was followed, year by year; nothing for one year, or without dates."""
    years = years_of(decisions)
    if years is None:
        return ()
    dated = known & (years > 0)
    wanted = np.unique(years[dated]).tolist()
    alike = advice == decisions.outcome
    if len(wanted) < 2:
        return ()
    return tuple(
        advice_year((year,), int(rows.sum()), int((rows & alike).sum()), confidence)
        for year in wanted
        for rows in (dated & (years == year),)
    )


def advice_year(years: tuple[int, ...], n: int, followed: int, confidence: float) -> AdviceYear:
    """The counts of some years with the share followed and its interval."""
    return AdviceYear(years, n, followed, _estimate(followed, n, confidence))


def _deciders(
    decisions: Decisions, advice: NDArray[np.int8], known: NDArray[np.bool_], limits: Limits
) -> Deciders | None:
    column = decisions.roles.decided_by
    if column is None or decisions.table is None:
        return None
    import pandas as pd

    codes, levels = pd.factorize(decisions.table[column].astype("string").str.strip())
    rows = known & (codes >= 0)
    cases = np.bincount(codes[rows], minlength=len(levels))
    alike = rows & (advice == decisions.outcome)
    followed = np.bincount(codes[alike], minlength=len(levels))
    least = limits.groups.reference_from
    enough = cases >= least
    number = int(enough.sum())
    if number < limits.disclosure.committee:
        return None
    shares = followed[enough] / cases[enough]
    return Deciders(
        column=column,
        number=number,
        cases_at_least=least,
        lowest=float(shares.min()),
        middle=float(np.median(shares)),
        highest=float(shares.max()),
    )
