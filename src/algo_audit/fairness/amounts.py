"""Outcomes that are numbers or ranks: what each group gets, and how far apart groups lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal

import numpy as np

from algo_audit.data.categories import cross
from algo_audit.data.decisions import Column, Decisions
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy, Question
from algo_audit.fairness.amount_disclosure import withheld_tables
from algo_audit.fairness.amount_groups import Amounts, amount_chapter
from algo_audit.fairness.amount_pairs import AmountPair, Sides, compare_pair, stratum_pair
from algo_audit.fairness.amount_people import one_row_each, without_the_few
from algo_audit.fairness.comparison import Comparison, Verdict
from algo_audit.fairness.verdicts import decide, interval_disagrees
from algo_audit.stats.multiplicity import benjamini_hochberg, holm

REPEATED = "repeated_people"


@dataclass(frozen=True)
class AmountResult:
    """What ``audit_amounts`` gives: the chapter and its comparisons."""

    amounts: Amounts
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class _Asked:
    """One attribute (or crossing) with its groups, its reference and its pairs."""

    name: str
    column: Column
    stratum: str | None
    groups: tuple[int, ...]
    candidates: tuple[int, ...]
    reference: int | None
    named: bool


def audit_amounts(decisions: Decisions, policy: Policy, limits: Limits) -> AmountResult:
    """Compare groups by a numeric or ordered outcome.

    Parameters
    ----------
    decisions : Decisions
        With ``amount``.
    policy : Policy
        Questions, references, ``margin_amount``, seed.
    limits : Limits

    Returns
    -------
    AmountResult
        For each group against its reference three rows: ``superiority`` (the test, the verdict),
        ``mean`` and ``median`` (how far apart, in the outcome's unit), and within each stratum
        the first two again.

    Notes
    -----
    Family-wise control is strong: Holm over every pair of groups of which one could have become
    the reference, of all questions together, so that choosing the reference after seeing the
    means costs nothing (the pairs printed are some of those corrected for). In an ordered
    sequence, a question is gone on to when every row printed for the one before is established.
    """
    assert decisions.amount is not None  # the caller's branch
    everybody = one_row_each(decisions, limits)
    decisions = without_the_few(everybody, limits)
    asked = [
        _ask(decisions, question, policy, limits) for question in _questions(decisions, policy)
    ]
    primary = _primary(decisions, asked, policy, limits)
    told = {(one.name, one.stratum) for one in asked}
    others = [
        _ask(decisions, Question((name,), stratum), policy, limits)
        for name in decisions.protected
        for stratum in (None, *decisions.strata)
        if (name, stratum) not in told and name not in _parts(stratum)
    ]
    explored = _explored(decisions, others, policy, limits)
    columns = {one.name: one for one in (*others, *asked) if one.stratum is None}
    for one in asked:  # a question asked within a stratum alone still has its groups
        columns.setdefault(one.name, one)
    spread = [(one.name, one.column, one.reference) for one in columns.values()]
    chapter = amount_chapter(decisions, everybody, spread, limits)
    thresholds = (limits.disclosure.committee, limits.disclosure.public)
    tables = {name: column for name, column, _ in spread}
    withheld = withheld_tables(chapter, decisions, tables, thresholds)
    return AmountResult(replace(chapter, withheld=withheld), (*primary, *explored))


def _questions(decisions: Decisions, policy: Policy) -> tuple[Question, ...]:
    return policy.primary or tuple(Question((name,)) for name in decisions.protected)


def _parts(stratum: str | None) -> tuple[str, ...]:
    return () if stratum is None else tuple(part.strip() for part in stratum.split("*"))


def _ask(decisions: Decisions, question: Question, policy: Policy, limits: Limits) -> _Asked:
    """Groups large enough to compare, those that may be the reference, and the reference."""
    columns = [decisions.protected[name] for name in question.attribute]
    name = " × ".join(question.attribute)
    column = columns[0] if len(columns) == 1 else cross(name, columns)
    sizes = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    groups = [int(g) for g in np.flatnonzero(sizes >= limits.groups.compared_from)]
    candidates = [g for g in groups if sizes[g] >= limits.groups.reference_from]
    if not candidates and groups:
        candidates = [max(groups, key=lambda g: int(sizes[g]))]
    named = policy.reference.get(name)
    reference = None
    if named is not None and named in column.levels:
        reference = column.levels.index(named)
        candidates = [reference]
    elif candidates:
        assert decisions.amount is not None
        sign = 1 if decisions.roles.worse == "low" else -1
        means = {g: sign * float(decisions.amount[column.codes == g].mean()) for g in candidates}
        reference = max(candidates, key=lambda g: means[g])
    return _Asked(
        name, column, question.stratum, tuple(groups), tuple(candidates), reference,
        named is not None,
    )  # fmt: skip


def _pairs(one: _Asked) -> list[tuple[int, int]]:
    """Pairs of which one could have become the reference, each once."""
    found = {(min(g, r), max(g, r)) for r in one.candidates for g in one.groups if g != r}
    return sorted(found)


def _sides(one: _Asked, decisions: Decisions, group: int, reference: int) -> Sides:
    assert decisions.amount is not None
    codes = one.column.codes
    rows = (codes == group) | (codes == reference)
    within = None
    if one.stratum is not None:
        levels = decisions.strata[one.stratum].codes
        rows &= levels >= 0
        within = levels[rows]
    return Sides(decisions.amount[rows], codes[rows] == group, within)


def _tested(
    one: _Asked, decisions: Decisions, group: int, reference: int, policy: Policy, limits: Limits
) -> AmountPair:
    sides = _sides(one, decisions, group, reference)
    if one.stratum is not None:
        return stratum_pair(sides, limits)
    return compare_pair(sides, limits, seed=policy.seed)


def _primary(
    decisions: Decisions, asked: Sequence[_Asked], policy: Policy, limits: Limits
) -> tuple[Comparison, ...]:
    """The questions asked beforehand, corrected together."""
    tested: list[dict[tuple[int, int], AmountPair]] = [
        {pair: _tested(one, decisions, *pair, policy, limits) for pair in _pairs(one)}
        for one in asked
    ]
    adjusted = _adjusted(tested, asked, ordered=policy.primary_ordered)
    rows: list[Comparison] = []
    for one, found, corrected in zip(asked, tested, adjusted, strict=True):
        for pair, p_value in corrected.items():
            if one.reference in pair and one.reference is not None:
                group = pair[0] if pair[1] == one.reference else pair[1]
                turned = found[pair] if pair[0] == group else found[pair].turned()
                rows += _rows(one, group, turned, p_value, "primary", decisions, policy, limits)
    return tuple(rows)


def _adjusted(
    tested: Sequence[Mapping[tuple[int, int], AmountPair]],
    asked: Sequence[_Asked],
    *,
    ordered: bool,
) -> list[dict[tuple[int, int], float | None]]:
    """Holm over all pairs of all questions; in a sequence, question after question."""
    runs = [[i] for i in range(len(tested))] if ordered else [list(range(len(tested)))]
    found: list[dict[tuple[int, int], float | None]] = [{} for _ in tested]
    before = 0.0
    for run in runs:
        keys = [(i, pair) for i in run for pair, one in tested[i].items() if one.can_be_shown]
        values = holm([tested[i][pair].p_value for i, pair in keys])
        corrected = {key: max(float(p), before) for key, p in zip(keys, values, strict=True)}
        for i in run:
            found[i] = {pair: corrected.get((i, pair)) for pair in tested[i]}
        if ordered:
            printed = [p for (i, pair), p in corrected.items() if asked[i].reference in pair]
            before = max([before, *printed]) if printed else 1.0
    return found


def _explored(
    decisions: Decisions, others: Sequence[_Asked], policy: Policy, limits: Limits
) -> tuple[Comparison, ...]:
    """All that nobody asked beforehand: leads at most."""
    found = []
    for one in others:
        if one.reference is None:
            continue
        for group in one.groups:
            if group != one.reference:
                pair = _tested(one, decisions, group, one.reference, policy, limits)
                found.append((one, group, pair))
    known = [i for i, (_, _, pair) in enumerate(found) if pair.can_be_shown]
    rates = benjamini_hochberg([found[i][2].p_value for i in known])
    q = {i: float(rate) for i, rate in zip(known, rates, strict=True)}
    return tuple(
        row
        for i, (one, group, pair) in enumerate(found)
        for row in _rows(one, group, pair, q.get(i), "exploratory", decisions, policy, limits)
    )


def _rows(
    one: _Asked,
    group: int,
    pair: AmountPair,
    p_adjusted: float | None,
    family: Literal["primary", "exploratory"],
    decisions: Decisions,
    policy: Policy,
    limits: Limits,
) -> list[Comparison]:
    """The test with its verdict, then the differences in the outcome's unit."""
    assert one.reference is not None
    repeated = decisions.cluster is not None
    verdict, reason = _verdict(pair, p_adjusted, family, policy, limits, repeated=repeated)
    row = Comparison(
        attribute=one.name,
        group=one.column.levels[group],
        reference=one.column.levels[one.reference],
        measure="superiority",
        unit="probability",
        stratum=one.stratum,
        n=pair.n,
        events=None,
        n_reference=pair.n_reference,
        events_reference=None,
        value=pair.superiority,
        reference_value=0.5,
        difference=pair.superiority_gap,
        ratio=None,
        p_value=None if repeated or pair.n == 0 else pair.p_value,
        p_adjusted=None if repeated else p_adjusted,
        test=pair.method,
        family=family,
        verdict=verdict,
        missing_reason=reason,
    )
    gap = pair.superiority_gap
    if verdict is not None and gap is not None and not repeated and isfinite(gap.low):
        row = replace(row, interval_disagrees=interval_disagrees(verdict, gap, None))
    return [row, *_differences(row, pair, repeated=repeated)]


def _verdict(
    pair: AmountPair,
    p_adjusted: float | None,
    family: Literal["primary", "exploratory"],
    policy: Policy,
    limits: Limits,
    *,
    repeated: bool,
) -> tuple[Verdict | None, str | None]:
    """Verdict of the test, and why there is none where nothing could be shown."""
    if repeated:
        return "not_shown", REPEATED
    if pair.n == 0:
        return "not_shown", "too_few_people"
    level = limits.levels.family_wise if family == "primary" else limits.levels.false_discovery
    margin = policy.margin_amount
    within = (
        margin is not None
        and pair.narrow is not None
        and (-margin < pair.narrow.low and pair.narrow.high < margin)
    )
    decision = decide(
        family=family,
        p_adjusted=p_adjusted,
        pair_minimum=pair.smallest_p,
        within=within,
        level=level,
    )
    return decision.verdict, decision.missing_reason


def _differences(row: Comparison, pair: AmountPair, *, repeated: bool) -> list[Comparison]:
    """Rows in the outcome's unit: they say how much; the question itself is the test's."""
    plain = replace(
        row, unit="amount", p_value=None, p_adjusted=None, test=None, family="exploratory",
        verdict=None, missing_reason=None, interval_disagrees=False, difference=None,
    )  # fmt: skip
    mean = replace(
        plain,
        measure="mean",
        value=pair.mean,
        reference_value=pair.mean_reference,
        difference=pair.mean_gap,
        ratio=pair.mean_ratio,
        smallest_detectable_gap=None if repeated else pair.detectable,
        p_value=None if repeated else pair.mean_p,
        test="welch" if pair.mean_p is not None and not repeated else None,
    )
    if row.stratum is not None:
        return [mean]
    median = replace(
        plain,
        measure="median",
        smallest_detectable_gap=None,
        value=pair.median,
        reference_value=pair.median_reference,
        difference=pair.median_gap,
    )
    return [mean, median]
