"""A result made by hand, with every chapter in it: what a report has to be able to say.

The numbers are worked out here by the simplest textbook formulas (Wald), so that tables agree
with one another; they are no oracle for the statistics.
"""

from __future__ import annotations

import math

from algo_audit.audit import AuditResult
from algo_audit.data.decisions import JournalEntry, SetAside, Source
from algo_audit.data.policy import Policy, Question
from algo_audit.data.roles import Roles
from algo_audit.fairness.clusters import ClusterEffect
from algo_audit.fairness.comparison import Comparison, Estimate, GroupRate, Interval, TestRow
from algo_audit.fairness.lottery import Lottery
from algo_audit.fairness.ranking import PoolGap, Pools, PoolShare
from algo_audit.fairness.scores import CalibrationBin, GroupScore, Labels, Scores
from algo_audit.fairness.strata import ControlWarning, StratifiedGap, StratumLevel
from algo_audit.fairness.subgroups import Intersection
from algo_audit.fairness.unknowns import UnknownBound, Unknowns
from algo_audit.findings import rank_findings

Z = 1.959964
SEX = {"F": (1240, 208), "M": (1510, 352), "X": (4, 1), None: (46, 11)}
AGE = {
    "<30": (810, 186),
    "30-39": (905, 203),
    "40-49": (640, 118),
    "50+": (399, 54),
    None: (46, 11),
}
CROSSED = {
    "F × <30": (370, 74),
    "F × 50+": (170, 11),
    "M × <30": (440, 112),
    "M × 50+": (229, 43),
    "X × 50+": (1, 0),
}
COMPANY = {
    "A": (300, 88, 320, 95),
    "B": (250, 35, 330, 150),
    "C": (390, 40, 180, 20),
    "D": (300, 45, 680, 87),
}


_BOUNDS = (
    UnknownBound("sex", "F", 0.168, 0.162, 0.198),
    UnknownBound("sex", "M", 0.233, 0.226, 0.256),
)


def rate(events: int, n: int) -> Estimate:
    value = events / n
    half = Z * math.sqrt(max(value * (1 - value), 0.002) / n)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n, "wald")


def _groups(attribute: str, table: dict) -> list[GroupRate]:
    rows = []
    for group, (n, events) in table.items():
        status = "unknown" if group is None else "small" if n < 5 else "used"
        rows.append(GroupRate(attribute, group, n, events, rate(events, n), status))
    return rows


def compare(
    attribute: str, group: str, reference: str | None, cells: tuple, **changes
) -> Comparison:
    n, events, m, others = cells
    a, b = events / n, others / m
    half = Z * math.sqrt(a * (1 - a) / n + b * (1 - b) / m)
    difference = Interval(a - b, a - b - half, a - b + half)
    spread = Z * math.sqrt((1 - a) / max(events, 0.5) + (1 - b) / max(others, 0.5))
    ratio = Interval(a / b, a / b * math.exp(-spread), a / b * math.exp(spread)) if events else None
    values: dict = {
        "attribute": attribute, "group": group, "reference": reference, "measure": "selection_rate",
        "unit": "share", "stratum": None, "n": n, "events": events, "n_reference": m,
        "events_reference": others, "value": a, "reference_value": b, "difference": difference,
        "ratio": ratio, "p_value": 0.02, "p_adjusted": 0.06, "test": "score_max_t",
        "family": "primary", "verdict": "inconclusive", "smallest_detectable_ratio": 0.81,
        "flip_count": 6,
        "shortfall": Interval(-n * difference.value, -n * difference.high, -n * difference.low),
    }  # fmt: skip
    return Comparison(**(values | changes))


def _comparisons() -> list[Comparison]:
    man, young = SEX["M"], AGE["<30"]
    rows = [
        compare("sex", "F", "M", (*SEX["F"], *man), verdict=None, p_value=1e-5, p_adjusted=None),
        compare(
            "sex", "F", "M", (*SEX["F"], *man), stratum="vacancy", p_value=2e-4, p_adjusted=8e-4,
            verdict="gap_established", test="permutation_in_pools",
        ),
        compare("age", "30-39", "<30", (*AGE["30-39"], *young), verdict="large_gap_excluded"),
        compare("age", "40-49", "<30", (*AGE["40-49"], *young), p_value=0.03, interval_disagrees=True),
        compare("age", "50+", "<30", (*AGE["50+"], *young), p_adjusted=0.001, verdict="gap_established"),
        compare("sex", "F", None, (*SEX["F"], *man), family="exploratory", verdict="lead"),
        compare(
            "sex × age", "F × 50+", "M × <30", (*CROSSED["F × 50+"], *CROSSED["M × <30"]),
            family="exploratory", p_adjusted=0.003, verdict="lead",
        ),
        compare(
            "sex × age", "M × 50+", "M × <30", (*CROSSED["M × 50+"], *CROSSED["M × <30"]),
            family="exploratory", p_adjusted=0.09,
        ),
        compare(
            "sex × age", "F × <30", "M × <30", (*CROSSED["F × <30"], *CROSSED["M × <30"]),
            family="exploratory", p_adjusted=0.2, verdict="not_shown", missing_reason="margins",
        ),
        compare(
            "sex", "F", "M", (180, 120, 300, 170), measure="precision", family="exploratory",
            shortfall=None, p_adjusted=0.02, verdict="lead",
        ),
        compare(
            "sex", "F", "M", (1240, 540, 1510, 790), measure="share_above_median",
            family="exploratory", shortfall=None, p_adjusted=0.3,
        ),
    ]  # fmt: skip
    missing = {"value": None, "reference_value": None, "difference": None, "ratio": None}
    rows.append(
        compare(
            "sex", "F", "M", (1240, 1, 1510, 1), measure="true_positive_rate", shortfall=None,
            family="exploratory", verdict="not_shown", p_value=None, p_adjusted=None, events=None,
            events_reference=None, missing_reason="labels_only_for_selected", **missing,
        )
    )  # fmt: skip
    return rows


def _lottery(attribute: str, ratio: float | None, stratum: str | None) -> Lottery:
    edges = tuple(round(0.5 + 0.025 * i, 3) for i in range(21))
    shape = [math.exp(-(((e - 0.9) / 0.06) ** 2)) for e in edges[:-1]]
    counts = [round(1000 * s / sum(shape)) for s in shape]
    counts[16] += 1000 - sum(counts)
    return Lottery(
        attribute, stratum, 1000, "F", "M", ratio, 0.91, 0.81, 0.91, 0.98, 0.04, 0.004,
        edges, tuple(counts),
    )  # fmt: skip


def _stratified(stratum: str, **changes) -> StratifiedGap:
    levels = tuple(
        StratumLevel(k, n, e, m, o, e / n, o / m, (e / n) / (o / m), e / n - o / m)
        for k, (n, e, m, o) in COMPANY.items()
    )
    values: dict = {
        "attribute": "sex", "group": "F", "reference": "M", "stratum": stratum,
        "raw_difference": Interval(-0.065, -0.095, -0.035), "raw_ratio": Interval(0.72, 0.61, 0.84),
        "adjusted_difference": Interval(0.021, -0.004, 0.046),
        "adjusted_ratio": Interval(1.09, 0.98, 1.21), "odds_ratio": Interval(1.13, 0.97, 1.31),
        "cmh_p_value": 0.11, "homogeneity_p_value": 0.0004, "homogeneity_method": "breslow_day_tarone",
        "reversal": False, "opposite_levels": (), "vanishes": False, "possibly_tainted": None,
        "levels_used": 4, "levels_all": 5, "n_used": 2700, "levels": levels,
    }  # fmt: skip
    return StratifiedGap(**(values | changes))


def _scores() -> Scores:
    def bins(shift: float) -> tuple[CalibrationBin, ...]:
        return tuple(
            CalibrationBin(
                10.0 * k, 10.0 * k + 10, 60, 10.0 * k + 5, rate(round(60 * (0.1 * k + shift)), 60)
            )
            for k in range(1, 8)
        )

    groups = (
        GroupScore("sex", "F", 1240, 51.2, 11.3, 50.5, rate(540, 1240), Estimate(0.68, 0.63, 0.73), bins(0.14)),
        GroupScore("sex", "M", 1510, 55.9, 10.8, 55.0, rate(790, 1510), Estimate(0.71, 0.67, 0.75), bins(0.06)),
        GroupScore("sex", "X", 4, None, None, None, Estimate(None, missing_reason="small_group"), Estimate(None), ()),
    )  # fmt: skip
    return Scores("score", 2780, 20, 53.0, 41, groups)


def _pools() -> Pools:
    return Pools(
        "vacancy", 48, 41, 560,
        (
            PoolGap("sex", "F", "M", -0.065, -0.046, -0.019, Interval(-0.019, -0.04, 0.002)),
            PoolGap("age", "50+", "<30", -0.094, -0.02, -0.074, None),
        ),
        (
            PoolShare("sex", "F", 1240, 208, 0.45, rate(208, 560), 0.41, 0.38, 0.42),
            PoolShare("sex", "M", 1510, 352, 0.55, rate(352, 560), 0.59, 0.62, 0.58),
        ),
    )  # fmt: skip


def _intersections() -> tuple[Intersection, ...]:
    def row(group: str, parts: tuple[float, float], q: float, *, worse: bool) -> Intersection:
        n, events = CROSSED[group]
        seen, expected = events / n, parts[0] * parts[1] / 0.23
        gap = Interval(seen - expected, seen - expected - 0.05, seen - expected + 0.05)
        ratio = Interval(seen / expected, 0.7 * seen / expected, 1.4 * seen / expected)
        return Intersection(
            "sex × age", group, n, events, seen, parts, sum(parts) - 0.23, expected, gap, ratio,
            q / 2, q, worse,
        )  # fmt: skip

    return (
        row("F × 50+", (0.17, 0.19), 0.01, worse=True),
        row("F × <30", (0.15, 0.25), 0.4, worse=False),
    )


def _journal() -> tuple[JournalEntry, ...]:
    return (
        JournalEntry("converted", "age_banded", "age", {"cuts": [30, 40, 50], "rows": 2754}),
        JournalEntry("set_aside", "outcome_blank", "decision", {"rows": 12}),
        JournalEntry("noted", "code_without_a_sentence", "", {"name": "cp1252", "share": 0.5}),
    )


def _settings() -> dict:
    """What was declared: tool, case, file, roles, policy."""
    return {
        "tool": {"name": "algo_audit", "version": "0.1.0", "numpy": "2.4.0", "python": "3.11.7", "seed": 1},
        "audited_on": "2026-11-23",
        "case": {
            "key": "recruitment",
            "texts": {
                "fr": {"title": "Recrutement chez un employeur", "story": "Six mois de candidatures."},
                "en": {"title": "Recruitment at one employer", "story": "Six months of applications."},
            },
        },
        "source": Source(
            "candidatures.csv", "ab" * 32, 2812, 2800, (SetAside("outcome_blank", 12),), "cp1252", ";"
        ),
        "roles": Roles(
            "decision", "retenu", score="score", label="still_here", protected=("sex", "age"),
            strata=("company", "site", "past_rating"), pool="vacancy", cluster="candidate",
            inputs=("diploma", "seniority"), bands={"age": (30.0, 40.0, 50.0)},
        ),
        "policy": Policy(
            primary=(Question(("sex",), "vacancy"), Question(("age",))),
            primary_chosen_by="commission paritaire", primary_chosen_on="2026-11-02",
            margin_source="accord du 2 novembre 2026",
        ),
    }  # fmt: skip


def realistic_result(**changes) -> AuditResult:
    """The result; keyword arguments replace whole fields."""
    comparisons = _comparisons()
    strata = (
        _stratified("company", reversal=True),
        _stratified("site", opposite_levels=("B", "C")),
        _stratified("past_rating", vanishes=True, possibly_tainted="past_rating"),
    )
    controls = (
        ControlWarning("hired_family", "leak", ("sales", "support"), 120, 120, "filled_after"),
        ControlWarning("past_rating", "tainted", (), 0, 0, "past_rating"),
    )
    unknowns = (Unknowns("sex", 46, 11, 0.0164, _BOUNDS), Unknowns("age", 0, 0, 0.0, ()))
    labels = Labels("still_here", 480, 480, 0, 572, 2228, "favourable_only")
    pools = _pools()
    findings = rank_findings(
        comparisons,
        strata,
        controls=controls,
        intersections=_intersections(),
        unknowns=unknowns,
        pools=pools,
        labels=labels,
        unknown_share=0.01,
    )
    values: dict = _settings() | {
        "groups": (*_groups("sex", SEX), *_groups("age", AGE), *_groups("sex × age", CROSSED)),
        "comparisons": tuple(comparisons),
        "tests": (
            TestRow("age", "selection_rate", None, "omnibus", 14.2, 3, 0.003, 0.006),
            TestRow("sex", "selection_rate", "company", "breslow_day", 18.1, 3, 0.0004, None),
            TestRow("sex", "selection_rate", "site", "cmh", None, None, None, None, "F", "M", "one_stratum"),
        ),
        "findings": findings,
        "unknowns": unknowns,
        "lottery": (_lottery("sex", 0.72, "vacancy"), _lottery("age", 0.59, None)),
        "strata": strata,
        "controls": controls,
        "intersections": _intersections(),
        "pools": pools,
        "scores": _scores(),
        "labels": labels,
        "clusters": (
            ClusterEffect("sex", "F", "M", 900, -0.065, 0.0154, 0.0171, 1.23, Interval(-0.065, -0.1, -0.03), "cluster_t", 0.001),
            ClusterEffect("age", "50+", "<30", 900, -0.094, 0.022, 0.018, 0.67, Interval(-0.094, -0.13, -0.06), "cluster_t", 0.001),
        ),
        "journal": _journal(),
        "limits": ("labels_only_for_selected", "no_advice", "a_code_without_a_sentence"),
    }  # fmt: skip
    return AuditResult(**(values | changes))
