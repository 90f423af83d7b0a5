"""Several employers, no row shared: what their counts say together, and how much they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy, Question
from algo_audit.errors import AuditError, raise_all
from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.fairness.questions import run_questions
from algo_audit.fairness.strata import StratifiedGap
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.stats.intervals import difference_interval, ratio_interval
from algo_audit.stats.multiplicity import holm

EMPLOYER = "employer"  # the stratum
_FEWEST = 2  # employers, below which there is nothing to pool


@dataclass(frozen=True)
class Employer:
    """One employer's counts: ``tables[attribute][group]`` = (people, favourable decisions).

    ``file`` is the name of its audit.json (for faults only), ``fingerprint`` that of its data.
    """

    file: str
    fingerprint: str
    tables: Mapping[str, Mapping[str, tuple[int, int]]]
    margin: float
    references: Mapping[str, str]


@dataclass(frozen=True)
class EmployerGap:
    """One employer's own gap; ``employer`` is a letter, dealt without regard to the files' order.

    ``merged``: how many employers stand in this line (their cells alone are too small to be shown).
    """

    employer: str
    n: int
    events: int
    n_reference: int
    events_reference: int
    difference: Interval
    ratio: Interval | None
    merged: int = 1


@dataclass(frozen=True)
class SectorGap:
    """A group against the reference over all employers that have both.

    ``comparison`` is judged within employers (Mantel-Haenszel, permutation inside employers);
    ``gap`` has the raw and the adjusted gap and the test of homogeneity; ``inconsistency`` is
    Higgins's I² of the differences (0 to 1: how much of their spread is more than chance).
    """

    comparison: Comparison
    gap: StratifiedGap | None
    inconsistency: float | None
    employers: tuple[EmployerGap, ...]


@dataclass(frozen=True)
class Sector:
    """The sector-level view. ``left_out``: attributes that fewer than two employers share."""

    employers: int
    margin: float
    gaps: tuple[SectorGap, ...]
    left_out: tuple[str, ...]


def pool_employers(employers: Sequence[Employer], *, policy: Policy, limits: Limits) -> Sector:
    """Put the counts of several employers together, attribute by attribute.

    Parameters
    ----------
    employers : sequence of Employer
    policy : Policy
        References named for the sector, and the seed; the margin is the employers' own.
    limits : Limits

    Returns
    -------
    Sector
        Attributes are judged one after the other; Holm's correction spans them all.

    Raises
    ------
    AuditError
        All at once: ``sector.too_few``, ``sector.margins_differ``, ``sector.file_twice``,
        ``sector.nothing_shared``.

    Notes
    -----
    No row leaves an employer: counts by group are all that is read. They are marginal, so that
    crossings cannot be looked at. Employers are strata: a gap that only comes from women working
    for employers who promote less does not count as a gap within employers.
    """
    _check(employers)
    letters = _letters(employers)
    employers = sorted(employers, key=lambda one: list(letters).index(one.fingerprint))
    policy = replace(policy, margin=employers[0].margin)
    shared, left_out = _shared(employers)
    if not shared:
        raise AuditError(
            "sector.nothing_shared", seen=sorted({a for e in employers for a in e.tables})
        )
    found: list[SectorGap] = []
    for attribute in shared:
        found += _attribute(attribute, employers, letters, policy, limits)
    return Sector(len(employers), policy.margin, _corrected(found, limits), tuple(left_out))


def _check(employers: Sequence[Employer]) -> None:
    faults = []
    if len(employers) < _FEWEST:
        faults.append(AuditError("sector.too_few", seen=len(employers)))
    margins = sorted({one.margin for one in employers})
    if len(margins) > 1:
        usual = Counter(one.margin for one in employers).most_common(1)[0][0]
        odd = ", ".join(one.file for one in employers if one.margin != usual)
        faults.append(AuditError("sector.margins_differ", odd, seen=margins))
    seen: dict[str, str] = {}
    for one in employers:
        if one.fingerprint in seen:
            faults.append(AuditError("sector.file_twice", one.file, seen=seen[one.fingerprint]))
        seen.setdefault(one.fingerprint, one.file)
    raise_all(faults)


def _letters(employers: Sequence[Employer]) -> dict[str, str]:
    """A letter for each employer, in an order that neither the files nor their sizes tell."""
    mixed = sha256("".join(sorted(e.fingerprint for e in employers)).encode()).hexdigest()
    order = sorted(employers, key=lambda e: sha256((mixed + e.fingerprint).encode()).hexdigest())
    return {e.fingerprint: _letter(place) for place, e in enumerate(order)}


def _letter(place: int) -> str:
    """A, B ... Z, AA, AB ..."""
    rest, letter = divmod(place, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + letter)


def _shared(employers: Sequence[Employer]) -> tuple[list[str], list[str]]:
    names = list(dict.fromkeys(name for one in employers for name in one.tables))
    shared = [n for n in names if sum(n in one.tables for one in employers) >= _FEWEST]
    return shared, [name for name in names if name not in shared]


def _attribute(
    attribute: str,
    employers: Sequence[Employer],
    letters: Mapping[str, str],
    policy: Policy,
    limits: Limits,
) -> list[SectorGap]:
    held = [one for one in employers if attribute in one.tables]
    groups = list(dict.fromkeys(group for one in held for group in one.tables[attribute]))
    cells = np.array(
        [[one.tables[attribute].get(group, (0, 0)) for one in held] for group in groups]
    )
    names = tuple(letters[one.fingerprint] for one in held)
    table = CountTable.from_counts(
        cells[..., 0].astype(np.int64),
        cells[..., 1].astype(np.int64),
        axes={attribute: tuple(groups), EMPLOYER: names},
        protected=(attribute,),
    )
    reference = policy.reference.get(attribute) or _common_reference(attribute, held)
    asked = replace(
        policy,
        primary=(Question((attribute,), EMPLOYER),),
        reference={} if reference is None else {attribute: reference},
    )
    family = run_questions(table, asked, limits, flips=False)
    found = []
    for row in family.comparisons:
        if row.reference is None or row.stratum != EMPLOYER:
            continue
        gaps = stratified_gaps(
            table.counts((attribute,), EMPLOYER),
            reference=row.reference,
            limits=limits,
            raw=table.counts((attribute,)),
        )
        gap = next((one for one in gaps if one.group == row.group), None)
        own = _own_gaps(
            cells[groups.index(row.group)], cells[groups.index(row.reference)], names, limits
        )
        found.append(SectorGap(row, gap, _inconsistency(own), own))
    return found


def _common_reference(attribute: str, held: Sequence[Employer]) -> str | None:
    """The reference that every employer's audit named, where it is the same."""
    named = {one.references.get(attribute) for one in held}
    return next(iter(named)) if len(named) == 1 else None


def _own_gaps(
    group: np.ndarray, reference: np.ndarray, names: Sequence[str], limits: Limits
) -> tuple[EmployerGap, ...]:
    found = []
    for (n, events), (m, other), name in zip(
        group.tolist(), reference.tolist(), names, strict=True
    ):
        if n and m:
            found.append(employer_gap(name, (n, events), (m, other), limits))
    return tuple(sorted(found, key=lambda one: (len(one.employer), one.employer)))


def employer_gap(
    name: str,
    group: tuple[int, int],
    reference: tuple[int, int],
    limits: Limits,
    *,
    merged: int = 1,
) -> EmployerGap:
    """The gap of one employer (or of several merged) with its intervals."""
    (n, events), (m, other) = group, reference
    confidence = limits.levels.confidence
    low, high = difference_interval(events, n, other, m, confidence=confidence)
    ratio = None
    if other:
        least, most = ratio_interval(events, n, other, m, confidence=confidence)
        ratio = Interval((events / n) / (other / m), float(least), float(most))
    difference = Interval(events / n - other / m, float(low), float(high))
    return EmployerGap(name, n, events, m, other, difference, ratio, merged)


def _inconsistency(own: Sequence[EmployerGap]) -> float | None:
    """Higgins and Thompson (2002): I² = max(0, (Q - (k - 1)) / Q) of the differences of rates."""
    if len(own) < _FEWEST:
        return None
    # half an event added, so that an employer without any has a variance
    rates = [
        ((e.events + 0.5) / (e.n + 1), (e.events_reference + 0.5) / (e.n_reference + 1))
        for e in own
    ]
    variance = np.array(
        [
            p * (1 - p) / e.n + q * (1 - q) / e.n_reference
            for (p, q), e in zip(rates, own, strict=True)
        ]
    )
    differences = np.array([e.difference.value for e in own])
    weight = 1 / variance
    mean = float((weight * differences).sum() / weight.sum())
    q = float((weight * (differences - mean) ** 2).sum())
    return 0.0 if q <= 0 else max(0.0, (q - (len(own) - 1)) / q)


def _corrected(found: Sequence[SectorGap], limits: Limits) -> tuple[SectorGap, ...]:
    """Holm over the attributes: each one's own correction stands, then all of them together."""
    attributes = list(dict.fromkeys(one.comparison.attribute for one in found))
    if len(attributes) < _FEWEST:
        return tuple(found)
    least = {
        a: min(
            (one.comparison.p_adjusted or 1.0 for one in found if one.comparison.attribute == a),
            default=1.0,
        )
        for a in attributes
    }
    adjusted = dict(zip(attributes, holm([least[a] for a in attributes]).tolist(), strict=True))
    made = []
    for one in found:
        row = one.comparison
        if row.p_adjusted is not None:
            factor = adjusted[row.attribute] / max(least[row.attribute], 1e-300)
            p = max(row.p_adjusted, min(1.0, row.p_adjusted * factor))
            row = replace(row, p_adjusted=p)
            established = row.verdict in ("gap_established", "small_gap_established")
            if established and p >= limits.levels.family_wise:
                row = replace(row, verdict="inconclusive")
        made.append(replace(one, comparison=row))
    return tuple(made)
