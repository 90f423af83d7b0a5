"""Findings on an outcome that is a number: which gaps matter, and what such a file cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from algo_audit.data.decisions import Decisions
from algo_audit.fairness.amount_groups import Amounts
from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.findings.finding import ESTABLISHED, Finding, identity_of

# The order in which a reader wants them; the rest of a verdict's rows by how far apart they are.
_ORDER = ("gap_established", "small_gap_established", "lead", "inconclusive", "large_gap_excluded")


def _values(row: Comparison, rows: Sequence[Comparison]) -> dict[str, Any]:
    """Numbers of one comparison: the test's, and the differences in the outcome's unit."""
    values: dict[str, Any] = asdict(row)
    for other in rows:
        if (other.attribute, other.group, other.stratum) == (row.attribute, row.group, row.stratum):
            if other.measure == "superiority" or other.reference != row.reference:
                continue
            values[other.measure] = other.value
            values[f"{other.measure}_reference"] = other.reference_value
            values[f"{other.measure}_gap"] = _plain(other.difference)
            values[f"{other.measure}_ratio"] = _plain(other.ratio)
            if other.smallest_detectable_gap is not None:
                values["smallest_detectable_gap"] = other.smallest_detectable_gap
    return values


def _plain(gap: Interval | None) -> dict[str, float] | None:
    return None if gap is None else asdict(gap)


def _way(gap: Interval | None) -> int:
    """1 or -1 where the interval excludes nought, else 0."""
    if gap is None or gap.low <= 0 <= gap.high:
        return 0
    return 1 if gap.low > 0 else -1


def _within(
    place: int, row: Comparison, values: dict[str, Any], rows: Sequence[Comparison]
) -> Finding | None:
    """A mean gap that turns round, or is no longer shown, within a stratum."""
    if row.measure != "mean" or row.stratum is None or row.difference is None:
        return None
    raw = next(
        (
            one
            for one in rows
            if one.measure == "mean"
            and one.stratum is None
            and (one.attribute, one.group, one.reference)
            == (row.attribute, row.group, row.reference)
        ),
        None,
    )
    shown = any(
        one.measure == "superiority"
        and one.stratum is None
        and one.verdict in (*ESTABLISHED, "lead")
        for one in rows
        if (one.attribute, one.group, one.reference) == (row.attribute, row.group, row.reference)
    )
    if raw is None or not shown or _way(raw.difference) == 0:
        return None
    now = _way(row.difference)
    if now == _way(raw.difference):
        return None
    code = "amount_vanishes" if now == 0 else "amount_reversal"
    return Finding(
        id=identity_of(code, row.attribute, row.group, row.stratum),
        code=code,
        rank=0,
        chapter="amounts",
        comparison=place,
        values={**values, "raw_gap": _plain(raw.difference), "mean_gap": _plain(row.difference)},
        verdict=None,
    )


def amount_findings(comparisons: Sequence[Comparison], amounts: Amounts) -> tuple[Finding, ...]:
    """Findings in the order to read them.

    Parameters
    ----------
    comparisons : sequence of Comparison
        All rows, or those that one audience may see.
    amounts : Amounts

    Returns
    -------
    tuple of Finding
        Established gaps first, the widest first; then reversals within strata, leads,
        questions asked beforehand that nothing was shown of. Values hold means and medians;
        ``worse_off`` tells whether the group has the worse mean.
    """
    found: list[tuple[tuple[int, float], Finding]] = []
    for place, row in enumerate(comparisons):
        values = _values(row, comparisons) | {"column": amounts.column}
        within = _within(place, row, values, comparisons)
        if within is not None:
            found.append(((1, -abs(row.difference.value) if row.difference else 0.0), within))
        asked = row.family == "primary" or row.verdict == "lead"
        if row.measure != "superiority" or row.verdict not in _ORDER or not asked:
            continue
        gap = values.get("mean_gap")
        worse = None
        if gap is not None:
            worse = (gap["value"] < 0) == (amounts.worse == "low") and gap["value"] != 0
        rank = 0 if row.verdict in ESTABLISHED else 2 + _ORDER.index(row.verdict)
        size = abs((row.value or 0.5) - 0.5)
        finding = Finding(
            id=identity_of("amount", row.attribute, row.group, row.stratum),
            code=f"amount_{row.verdict}",
            rank=0,
            chapter="amounts",
            comparison=place,
            values={**values, "worse_off": worse},
            verdict=row.verdict,
        )
        found.append(((rank, -size), finding))
    found.sort(key=lambda one: one[0])
    return tuple(replace(finding, rank=rank) for rank, (_, finding) in enumerate(found, 1))


def amount_limits(decisions: Decisions, amounts: Amounts, *, with_model: bool) -> tuple[str, ...]:
    """Codes of what an audit of amounts cannot show, most general first."""
    codes = ["cause", "before_the_file", "one_file"]
    for code, here in (
        ("amount_same_work", not decisions.strata),
        ("amount_ranks", decisions.roles.outcome_kind == "ordered"),
        ("amount_repeated", amounts.repeated),
        ("amount_no_model", with_model or bool(decisions.roles.inputs)),
        ("amount_no_shortfall", True),
    ):
        if here:
            codes.append(code)
    return tuple(codes)
