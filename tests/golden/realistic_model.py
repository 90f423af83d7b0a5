"""A model made by hand on top of the result made by hand: a French HR grid, and a stand-in.

The numbers are plausible and agree with one another (parts sum to their gap, steps to theirs,
lines to the people of the file); they are no oracle for any computation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from algo_audit.audit import AuditResult
from algo_audit.explain.chapter import CriterionFacts, ModelChapters
from algo_audit.explain.effects import EffectCurve, EffectPoint, Monotonicity
from algo_audit.explain.gap import GapDecomposition, GapPart, Proxy
from algo_audit.explain.importance import GridLine, Importance
from algo_audit.explain.recourse import GroupRecourse, RecourseOverview
from algo_audit.explain.replay import Replay
from algo_audit.explain.stability import Stability
from algo_audit.explain.staircase import Staircase, Step
from algo_audit.explain.surrogate import (
    Condition,
    Fidelity,
    GroupFidelity,
    ReadableRule,
    ReadableRules,
)
from algo_audit.explain.worth import Association, Gain, Worth
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.strata import ControlWarning
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription
from algo_audit.models.rule import Rule

from .realistic import AGE, SEX, rate, realistic_result

ROWS = 2800
TAKEN = sum(events for _, events in SEX.values())
KEYS = ("diplome", "experience", "test", "continuite", "proximite")
COLUMNS = ("diplome", "experience_annees", "test_metier", "interruption_mois", "distance_km")
LEVELS = ("Sans diplôme", "CAP-BEP", "Bac", "Bac+2", "Bac+3 et plus")
MISSING = Estimate(None, missing_reason="masked")


def around(value: float, half: float, n: int = ROWS, method: str = "bootstrap") -> Estimate:
    """A value in the middle of its interval."""
    return Estimate(value, value - half, value + half, n, method)


def missing(reason: str) -> Estimate:
    return Estimate(None, missing_reason=reason)


def inputs() -> tuple[Input, ...]:
    return (
        Input("diplome", "category", LEVELS),
        Input("experience_annees", "number", low=0.0, high=40.0),
        Input("test_metier", "number", low=0.0, high=20.0),
        Input("interruption_mois", "number", low=0.0),
        Input("distance_km", "number", low=0.0, blank=False),
    )


def criteria() -> tuple[CriterionFacts, ...]:
    def one(place: int, level: int | None, able: bool | None, fr: str, en: str, source: str):
        purpose = {"fr": fr, "en": en} if fr else ""
        return CriterionFacts(KEYS[place], (COLUMNS[place],), level, able, purpose, source)

    return (
        one(0, 0, False, "Connaissances de base attendues", "Basic knowledge called for", "CV"),
        one(1, 1, False, "Pratique du métier", "Practice of the trade", "CV"),
        one(2, 2, True, "Savoir-faire constaté", "Skill seen in a work sample", "Test"),
        one(3, 3, False, "Continuité du parcours", "Continuity of the career", "CV"),
        one(4, 3, None, "", "", ""),
    )


def description() -> ModelDescription:
    return ModelDescription(
        "scoring_grid", "grille-2026.toml", "points", "additive_points", inputs(),
        Rule("top_k"), "cd" * 32, {"criteria": 5, "lines": 15, "rounded": 1, "constant": 0.0,
         "title": {"fr": "Grille 2026", "en": "Grid 2026"}},
    )  # fmt: skip


def stand_in_description() -> ModelDescription:
    return ModelDescription(
        "surrogate", "candidatures.csv", "probability", "tree_ensemble", inputs(), None, "",
        {"estimator": "HistGradientBoostingClassifier", "library": "scikit-learn",
         "version": "1.9.1", "trees": 100, "fitted_on": 1960, "held_out": 840,
         "target": "outcome", "steps": [f"step {k}" for k in range(9)], "opset": {"ai.onnx": 21}},
    )  # fmt: skip


def group_fidelity(shift: float = 0.0) -> tuple[GroupFidelity, ...]:
    shares = {"F": 0.942, "M": 0.968, "X": None, "<30": 0.961, "50+": 0.905}
    return tuple(
        GroupFidelity(
            "sex" if group in SEX else "age",
            group,
            missing("small_group")
            if share is None
            else around(share - shift, 0.012, (SEX | AGE)[group][0], "wilson"),
        )
        for group, share in shares.items()
    )


def fidelity() -> Fidelity:
    """Of the stand-in."""
    return Fidelity(
        840, around(0.874, 0.022, 840, "wilson"), 0.796, around(0.861, 0.024, 840, "delong"),
        group_fidelity(0.08),
    )  # fmt: skip


def replay() -> Replay:
    return Replay(
        ROWS, 2780, 2776, 1.5, around(0.957, 0.0076, ROWS, "wilson"), None, 60, 60, 7, "top_k",
        group_fidelity(),
    )  # fmt: skip


def importance() -> tuple[Importance, ...]:
    rows = (
        (2, 5.2, 0.416, 0.118, 0.40),
        (3, 3.1, 0.248, 0.081, 0.15),
        (0, 2.0, 0.160, 0.049, 0.20),
        (1, 1.3, 0.104, 0.034, 0.15),
        (4, 0.9, 0.072, 0.022, 0.10),
    )
    return tuple(
        Importance(
            KEYS[place], (COLUMNS[place],), around(mean, 0.12), share,
            around(changed, 0.006, ROWS, "deals"), nominal,
        )
        for place, mean, share, changed, nominal in rows
    )  # fmt: skip


def lines() -> tuple[GridLine, ...]:
    diploma = zip(LEVELS, (0.0, 8.0, 12.0, 16.0, 20.0), (140, 610, 820, 730, 500), strict=True)
    breaks = zip(("0", "1-6", "7-12", "13+"), (15.0, 12.0, 8.0, 0.0), (1720, 510, 330, 240), strict=True)  # fmt: skip
    distance = zip(("<10", "10-24", "25+"), (10.0, 5.0, 0.0), (1555, 980, 260), strict=True)
    found = [
        GridLine("diplome", "diplome", "levels", level, points, people=n, mean_points=points,
                 deciding=n // 22)
        for level, points, n in diploma
    ]  # fmt: skip
    found.append(
        GridLine("experience", "experience_annees", "per_unit", "", 4.5, low=1.0, high=3.0, start=6.0,
                 people=ROWS, mean_points=11.4, deciding=96)
    )  # fmt: skip
    found.append(
        GridLine("test", "test_metier", "per_unit", "", 2.0, 0.0, 40.0, 0.0, 20.0, ROWS, 24.6, 331)
    )
    found += [
        GridLine("continuite", "interruption_mois", "bands", band, points, people=n,
                 mean_points=points, deciding=n // 12)
        for band, points, n in breaks
    ]  # fmt: skip
    found += [
        GridLine("proximite", "distance_km", "bands", band, points, people=n, mean_points=points,
                 deciding=n // 45)
        for band, points, n in distance
    ]  # fmt: skip
    # nobody has a diploma that the grid does not name; five people left their distance blank
    found.insert(5, GridLine("diplome", "diplome", "levels", "*", 0.0, people=0, deciding=0))
    found.append(
        GridLine(
            "proximite", "distance_km", "bands", "", 5.0, people=5, mean_points=5.0, deciding=0
        )
    )
    return tuple(found)


def effects() -> tuple[EffectCurve, ...]:
    experience = ((0, -9.8, 310), (1, -4.9, 420), (2, 0.3, 510), (3, 4.4, 480), (8, 4.4, 620),
                  (20, 4.4, 410), (38, 4.4, 6))  # fmt: skip
    test = tuple((2.0 * k, -24.6 + 4.0 * k, n) for k, n in enumerate((4, 12, 60, 150, 310, 520, 610, 540, 380, 170, 44)))  # fmt: skip
    breaks = ((0, 3.2, 1720), (3, 0.2, 300), (6, 0.2, 210), (9, -3.8, 330), (15, -11.8, 190), (48, -11.8, 7))  # fmt: skip
    distance = ((1, 2.2, 700), (8, 2.2, 860), (12, -2.8, 540), (20, -2.8, 440), (30, -7.8, 230), (90, -7.8, None))  # fmt: skip

    def curve(place: int, points: tuple) -> EffectCurve:
        return EffectCurve(
            COLUMNS[place], KEYS[place], "number", "ale",
            tuple(EffectPoint(float(x), y, n, n is None or n < 10) for x, y, n in points),
        )  # fmt: skip

    diploma = EffectCurve(
        "diplome", "diplome", "category", "pdp",
        tuple(
            EffectPoint(level, points - 14.1, n)
            for level, points, n in zip(LEVELS, (0, 8, 12, 16, 20), (140, 610, 820, 730, 500), strict=True)
        ),
    )  # fmt: skip
    return (curve(2, test), curve(3, breaks), diploma, curve(1, experience), curve(4, distance))


def monotonicity() -> tuple[Monotonicity, ...]:
    return (
        Monotonicity("test_metier", "never_lowers", 0.0, 1.0, ROWS, None, None, None, 4.0, 6.0, 8.0, "up"),
        Monotonicity("interruption_mois", "never_raises", 0.386, 0.0, ROWS, 8.0, 12.0, 13.0),
        Monotonicity("distance_km", "both", 0.41, 0.02, ROWS, 5.0, 24.0, 25.0, 0.5, 3.0, 4.0, "down"),
        Monotonicity("experience_annees", "never_raises", 0.12, 0.0, ROWS, 2.5, 3.0, 4.0, None, None, None, "up"),
    )  # fmt: skip


def monotony_against() -> tuple[Monotonicity, ...]:
    """Those that go against their expectation."""
    return monotonicity()[2:]


def rules(of: str = "model") -> ReadableRules:
    low = Condition("test_metier", "<=", 11.5)
    high = Condition("test_metier", ">", 11.5)
    degree = Condition("diplome", "in", levels=("Bac+2", "Bac+3 et plus"))
    return ReadableRules(
        of,  # type: ignore[arg-type]
        (
            ReadableRule((low,), False, 1486, 52),
            ReadableRule((high, Condition("interruption_mois", ">", 6.5)), False, 283, 41),
            ReadableRule((high, Condition("interruption_mois", "<=", 6.5), degree), True, 588, 371),
            ReadableRule((high, Condition("distance_km", "blank")), False, 443, 108),
        ),
        Fidelity(840, around(0.921, 0.018, 840, "wilson"), 0.796, around(0.9, 0.02, 840, "delong"),
                 group_fidelity(0.03)),
    )  # fmt: skip


def _decomposition(
    target: str, background: str, parts: tuple[float, ...], half: float, **more: Any
):
    return GapDecomposition(
        "sex", "F", "M", target, background, SEX["F"][0], SEX["M"][0],  # type: ignore[arg-type]
        around(sum(parts), 2 * half),
        tuple(GapPart(key, around(part, half)) for key, part in zip(KEYS, parts, strict=True)),
        1e-14, more.get("order_depends", False), more.get("method", "exact"),
    )  # fmt: skip


def gaps() -> tuple[GapDecomposition, ...]:
    return (
        _decomposition("score", "pooled", (0.6, -0.9, -0.7, -3.1, -0.6), 0.3),
        _decomposition("score", "reference", (0.5, -0.8, -0.9, -2.9, -0.6), 0.3),
        _decomposition(
            "selection_rate", "pooled", (0.008, -0.012, -0.010, -0.041, -0.007), 0.006,
            order_depends=True, method="sampled",
        ),
        _decomposition(
            "selection_rate", "reference", (0.006, -0.009, -0.013, -0.039, -0.007), 0.006,
            order_depends=True, method="sampled",
        ),
        replace(
            _decomposition("score", "pooled", (-0.9, 1.2, -1.6, -0.8, 0.1), 0.4),
            attribute="age", group="50+", reference="<30", n=AGE["50+"][0],
            n_reference=AGE["<30"][0],
        ),
    )  # fmt: skip


def proxies() -> tuple[Proxy, ...]:
    return (
        Proxy("sex", "F", None, around(0.712, 0.018), alert=True),
        Proxy("sex", "F", "continuite", around(0.694, 0.019), alert=True),
        Proxy("sex", "F", "proximite", around(0.531, 0.02), alert=False),
        Proxy("age", "50+", None, around(0.806, 0.02), alert=True),
        Proxy("age", "50+", "experience", around(0.781, 0.02), alert=True),
        Proxy("sex", "X", None, missing("too_few_people"), alert=False),
    )


def staircases() -> tuple[Staircase, ...]:
    (n, events), (m, others) = SEX["F"], SEX["M"]
    raw = events / n - others / m
    first = (-0.046, -0.011, -0.005)
    steps = (
        Step("pools", around(first[0], 0.012), "employer_posts"),
        Step("score", around(first[1], 0.009), "criteria"),
        Step("cut_off", around(first[2], 0.006), "rule"),
        Step("humans", around(raw - sum(first), 0.008), "deciders"),
    )
    return (Staircase("sex", "F", "M", n, m, around(raw, 0.03), steps),)


def worth() -> Worth:
    """Later results known for those taken only, as the result made by hand says."""
    return Worth(
        "favourable_only", "still_here",
        (
            Association(None, None, 480, 331, around(0.603, 0.055, 480, "delong")),
            Association("sex", "F", 178, 130, around(0.641, 0.092, 178, "delong")),
            Association("sex", "M", 292, 194, around(0.579, 0.071, 292, "delong")),
        ),
        0.62, rate(331, 480),
        (
            Gain("lottery", around(0.204, 0.01), missing("labels_only_for_selected"),
                 missing("labels_only_for_selected")),
            Gain("first_come", around(0.231, 0.03), missing("labels_only_for_selected"),
                 missing("labels_only_for_selected")),
            Gain("seniority", missing("no_column"), missing("no_column"), missing("no_column")),
            Gain("grid", around(0.871, 0.02), around(0.66, 0.05), around(0.03, 0.06)),
        ),
    )  # fmt: skip


def recourse() -> RecourseOverview:
    return RecourseOverview(
        2228, 500,
        (
            GroupRecourse(None, None, 2228, around(0.418, 0.04, 500, "wilson"), around(1.9, 0.2, 209)),
            GroupRecourse("sex", "F", 1032, around(0.361, 0.06, 231, "wilson"), around(2.3, 0.3, 83)),
            GroupRecourse("sex", "M", 1158, around(0.472, 0.06, 255, "wilson"), around(1.6, 0.2, 120)),
        ),
        (("test_metier", 188), ("distance_km", 21)),
        (("out_of_reach", 214), ("not_plausible", 41), ("no_place", 36)),
    )  # fmt: skip


def leaks() -> tuple[ControlWarning, ...]:
    return (
        ControlWarning("date_embauche", "leak", ("2026-01-12", "2026-02-02"), 572, 572, "filled_after"),
        ControlWarning("motif_refus", "leak", ("Profil", "Délai"), 2228, 0, "determines_outcome"),
    )  # fmt: skip


def realistic_model(**changes: Any) -> ModelChapters:
    """Everything that can be said of a grid; keyword arguments replace whole fields."""
    values: dict[str, Any] = {
        "description": description(), "fidelity": None, "leaks": leaks(), "replay": replay(),
        "importance": importance(), "lines": lines(), "effects": effects(),
        "monotonicity": monotonicity(), "rules": rules(), "gaps": gaps(), "proxies": proxies(),
        "staircases": staircases(), "worth": worth(), "recourse": recourse(),
        "stability": Stability(around(0.031, 0.004), missing("cannot_refit"), around(0.064, 0.009)),
        "limits": (), "criteria": criteria(),
    }  # fmt: skip
    return ModelChapters(**(values | changes))


def stand_in(**changes: Any) -> ModelChapters:
    """No model: a stand-in fitted to the log, on the scale of a probability."""
    weighed = tuple(
        replace(row, nominal=None, mean_absolute=around(row.mean_absolute.value / 40, 0.004))
        for row in importance()
    )
    curves = tuple(
        replace(curve, points=tuple(replace(p, effect=p.effect / 60) for p in curve.points))
        for curve in effects()
    )
    moved = tuple(
        replace(
            row,
            largest_drop=None if row.largest_drop is None else row.largest_drop / 60,
            largest_rise=None if row.largest_rise is None else row.largest_rise / 60,
        )
        for row in monotonicity()
    )
    values: dict[str, Any] = {
        "description": stand_in_description(), "fidelity": fidelity(), "replay": None, "lines": (),
        "importance": weighed, "effects": curves, "monotonicity": moved, "rules": rules("log"),
        "stability": Stability(around(0.047, 0.006), around(0.088, 0.011), around(0.071, 0.009)),
    }  # fmt: skip
    return realistic_model(**(values | changes))


def bare_model(**changes: Any) -> ModelChapters:
    """The least that there can be: one input, one value, nothing else to say."""
    only = Input("test_metier", "number", low=12.0, high=12.0)
    values: dict[str, Any] = {
        "description": ModelDescription("callable", "score", "score", "opaque", (only,), None),
        "leaks": (), "replay": None, "importance": (), "lines": (),
        "effects": (EffectCurve("test_metier", "test", "number", "ale", (EffectPoint(12.0, 0.0, ROWS),)),),
        "monotonicity": (Monotonicity("test_metier", "no_effect", 0.0, 0.0, ROWS),),
        "rules": None, "gaps": (), "proxies": (), "staircases": (), "worth": None,
        "recourse": None, "stability": None, "criteria": (),
    }  # fmt: skip
    return realistic_model(**(values | changes))


def with_model(model: ModelChapters, **changes: Any) -> AuditResult:
    """The result made by hand, with a model."""
    return realistic_result(model=model, **changes)
