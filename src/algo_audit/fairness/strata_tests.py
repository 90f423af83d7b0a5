"""Tests within strata, as lines of ``tests[]``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from algo_audit.data.counts import Counts
from algo_audit.data.limits import Limits
from algo_audit.fairness.comparison import TestRow
from algo_audit.fairness.strata import StratifiedGap
from algo_audit.fairness.stratified import change_of_gap, level_pair, within_test
from algo_audit.fairness.weights import effective_counts
from algo_audit.stats.multiplicity import benjamini_hochberg
from algo_audit.stats.stratified import breslow_day

_MEASURE = "selection_rate"


def stratified_tests(
    counts: Counts, gaps: Sequence[StratifiedGap], *, limits: Limits
) -> tuple[TestRow, ...]:
    """Tests of each gap within a stratum: is there one, is it one, does the stratum change it.

    Parameters
    ----------
    counts : Counts
        Those that ``gaps`` were computed from.
    gaps : sequence of StratifiedGap
    limits : Limits

    Returns
    -------
    tuple of TestRow
        Three for each gap: ``cmh``; ``breslow_day`` (with Tarone's correction; ``missing_reason``
        ``expected_counts_too_small``, ``one_stratum`` or ``no_common_odds_ratio``); ``reversal``
        (z of adjusted minus raw difference). ``p_adjusted`` comes with ``adjusted_tests``.
    """
    effective = effective_counts(counts)
    rows = []
    for gap in gaps:
        pair = level_pair(counts, effective, gap.group, gap.reference)
        cmh, homogeneity = within_test(pair, limits), breslow_day(*pair.arrays)
        change = change_of_gap(*pair.arrays)
        blank = TestRow(
            attribute=gap.attribute,
            measure=_MEASURE,
            stratum=gap.stratum,
            kind="cmh",
            statistic=cmh.statistic,
            df=cmh.df,
            p_value=cmh.p_value,
            p_adjusted=None,
            group=gap.group,
            reference=gap.reference,
            missing_reason=cmh.missing_reason,
        )
        rows.append(blank)
        rows.append(
            replace(
                blank,
                kind="breslow_day",
                statistic=homogeneity.statistic,
                df=homogeneity.df,
                p_value=homogeneity.p_value,
                missing_reason=homogeneity.missing_reason,
            )
        )
        rows.append(
            replace(
                blank,
                kind="reversal",
                statistic=None if change is None else change.statistic,
                df=None,
                p_value=None if change is None else change.p_value,
                missing_reason="no_informative_stratum" if change is None else None,
            )
        )
    return tuple(rows)


def adjusted_tests(rows: Sequence[TestRow]) -> tuple[TestRow, ...]:
    """Benjamini-Hochberg q-values within each kind of exploratory test.

    Rows without p-value stay as they are.
    """
    adjusted = list(rows)
    for kind in {row.kind for row in rows}:
        places = [i for i, r in enumerate(rows) if r.kind == kind and r.p_value is not None]
        p_values = [p for i in places if (p := rows[i].p_value) is not None]
        corrected = benjamini_hochberg(p_values).tolist()
        for i, p, q in zip(places, p_values, corrected, strict=True):
            # rounding must not leave a corrected value under the plain one
            adjusted[i] = replace(rows[i], p_adjusted=max(p, q))
    return tuple(adjusted)
