"""Explanations of persons made by hand: what the sheet has to be able to say.

The numbers agree with one another (points sum to the score, contributions to score minus base);
they are no oracle for any computation.
"""

from __future__ import annotations

from typing import Any

from algo_audit.data.actions import Action
from algo_audit.data.decisions import Source
from algo_audit.data.roles import Criterion
from algo_audit.explain.person import Contribution, InputValue, Operation, PersonExplanation
from algo_audit.explain.recourse import Change, Recourse, Way
from algo_audit.explain.stability import Stability
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription
from algo_audit.models.rule import Rule

SOURCE = Source("candidatures-2026.csv", "ab12" * 16, 5000, 5000)
KEYS = ("diplome", "experience", "test", "continuite", "proximite")
COLUMNS = ("diplome", "experience_annees", "test_metier", "interruption_mois", "distance_km")
MOST = (20.0, 15.0, 40.0, 15.0, 10.0)
MEANS = (11.2, 12.6, 24.8, 12.1, 6.8)
_PURPOSES = (
    ("Connaissances de base attendues sur le poste", "Basic knowledge that the post calls for"),
    ("Pratique du métier, comptée jusqu’à trois ans", "Practice of the trade, up to three years"),
    ("Savoir-faire constaté par une mise en situation", "Skill seen in a work sample"),
    ("Continuité du parcours", "Continuity of the career"),
    ("Ponctualité supposée", "Presumed punctuality"),
)
_SOURCES = (
    ("Dossier de candidature", "Application form"),
    ("Dossier de candidature", "Application form"),
    ("Test en ligne, le même pour tous", "Online test, the same for all"),
    ("Dates du CV, calculées par le fournisseur", "Dates in the CV, worked out by the supplier"),
    None,
)
ACTIONS = (
    Action("test_metier", "up", means={"fr": "deux mois de préparation", "en": "two months’ work"}),
)


def criteria() -> tuple[Criterion, ...]:
    """Four of five sources are declared."""
    return tuple(
        Criterion(
            key,
            (column,),
            {"fr": purpose[0], "en": purpose[1]},
            {"fr": source[0], "en": source[1]} if source else "",
        )
        for key, column, purpose, source in zip(KEYS, COLUMNS, _PURPOSES, _SOURCES, strict=True)
    )


def inputs() -> tuple[Input, ...]:
    levels = ("CAP ou BEP", "Bac", "Bac+2", "Bac+3", "Bac+5")
    return (Input("diplome", "category", levels), *(Input(one, "number") for one in COLUMNS[1:]))


def grid_description(rule: Rule | None = None) -> ModelDescription:
    return ModelDescription(
        "scoring_grid", "grille-2026.toml", "points", "additive_points", inputs(),
        Rule("top_k") if rule is None else rule, "cd34" * 16, {"rounded": 1},
    )  # fmt: skip


def _points(points: tuple[float, ...]) -> tuple[Contribution, ...]:
    values = [got - mean for got, mean in zip(points, MEANS, strict=True)]
    weigh = sum(abs(value) for value in values)
    return tuple(
        Contribution(key, (column,), value, got, most, abs(value) / weigh)
        for key, column, value, got, most in zip(KEYS, COLUMNS, values, points, MOST, strict=True)
    )


def _operations(
    texts: tuple[str, ...], points: tuple[float, ...], needed: float | None
) -> tuple[Operation, ...]:
    lines = zip(COLUMNS, texts, points, strict=True)
    total = sum(points)
    return (
        *(Operation("points", column, text, got) for column, text, got in lines),
        Operation("sum", "", "", total),
        Operation("round", "", "", round(total, 1)),
        Operation("compare", "", "", needed),
    )


def steady(share: float = 0.04) -> Stability:
    return Stability(
        Estimate(share, None, None, 200, "disturbances"),
        Estimate(None, missing_reason="cannot_refit"),
        Estimate(0.12, None, None, 5000, "count"),
    )


def person(**changes: Any) -> PersonExplanation:
    """A candidate refused by a grid with places, two ways out; keywords replace whole fields."""
    texts, points = ("Bac+2", "2,5", "11,5", "8", "14,2"), (10.0, 12.5, 23.0, 11.0, 9.16)
    values: dict[str, Any] = {
        "identifier": "C-00123", "description": grid_description(), "outcome": "decision",
        "outcome_value": "Refusé", "favourable": False, "model_favourable": False,
        "advice_favourable": False, "decided_on": "2026-03-12", "pool": "OFF-12",
        "pool_size": 83, "places": 4, "score": 65.7, "base": 67.5, "needed": 70.0, "lacking": 4.5,
        "data": tuple(InputValue(c, t) for c, t in zip(COLUMNS, texts, strict=True)),
        "contributions": _points(points), "operations": _operations(texts, points, 70.0),
        "recourse": Recourse(
            (
                Way((Change("test_metier", 11.5, 14.0),), 70.7, 1.2, 0.6),
                Way(
                    (
                        Change("test_metier", 11.5, 12.5),
                        Change("experience_annees", 2.5, 3.0),
                    ),
                    70.2, 1.6, 0.5,
                ),
            )
        ),
        "stability": steady(), "criteria": criteria(), "status": "private",
        "model_share_followed": 0.943,
    }  # fmt: skip
    return PersonExplanation(**(values | changes))


def accepted() -> PersonExplanation:
    """Taken by a threshold, by a public body."""
    texts, points = ("Bac+5", "6", "17", "0", "3"), (20.0, 15.0, 34.0, 15.0, 10.0)
    return person(
        identifier="000045", description=grid_description(Rule("threshold", 70.0)),
        outcome_value="Retenu", favourable=True, model_favourable=True, advice_favourable=True,
        pool=None, pool_size=None, places=None, score=94.0, lacking=None, status="public",
        data=tuple(InputValue(c, t) for c, t in zip(COLUMNS, texts, strict=True)),
        contributions=_points(points), operations=_operations(texts, points, 70.0),
        recourse=Recourse((), "already_favourable"), stability=steady(0.0),
        model_share_followed=1.0,
    )  # fmt: skip


def without_way() -> PersonExplanation:
    """Refused, nothing within reach; an unknown employer, no date, no advice."""
    return person(
        identifier="C/00 7*", decided_on="", advice_favourable=None, model_share_followed=None,
        pool_size=None, recourse=Recourse((), "out_of_reach", 61.0), status="unknown",
    )  # fmt: skip


def against_the_score() -> PersonExplanation:
    """The score was enough, and a person decided otherwise."""
    return person(
        model_favourable=True, advice_favourable=True, lacking=None, score=88.1,
        recourse=Recourse((), "already_favourable"),
    )  # fmt: skip


def learned() -> PersonExplanation:
    """A learned model: a probability, six inputs, a blank cell, no criterion declared."""
    columns = (*COLUMNS, "langues")
    shares = (0.06, -0.02, -0.12, 0.0, 0.03, -0.01)
    weigh = sum(abs(value) for value in shares)
    texts = ("Bac+2", "2,5", "11,5", "8", "14,2", "")
    return person(
        identifier="42",
        description=ModelDescription(
            "sklearn", "modele.skops", "probability", "tree_ensemble",
            tuple(Input(one, "number") for one in columns), Rule("threshold", 0.5), "ef56" * 16,
            {"estimator": "HistGradientBoostingClassifier", "trees": 100},
        ),
        pool=None, pool_size=None, places=None, score=0.412, base=0.472, needed=0.5, lacking=0.088,
        data=tuple(InputValue(c, t, not t) for c, t in zip(columns, texts, strict=True)),
        contributions=tuple(
            Contribution(c, (c,), value, weight=abs(value) / weigh)
            for c, value in zip(columns, shares, strict=True)
        ),
        operations=(Operation("model", "", "", 0.412), Operation("compare", "", "", 0.5)),
        recourse=Recourse((Way((Change("langues", None, "Anglais"),), 0.53, 0.4, 0.3),)),
        stability=Stability(
            Estimate(0.004, None, None, 200, "disturbances"),
            Estimate(0.15, None, None, 20, "bootstrap"),
            Estimate(0.2, None, None, 5000, "count"),
        ),
        criteria=(),
    )  # fmt: skip


def many(number: int = 20) -> PersonExplanation:
    """A learned model with many inputs, each declared, for an employer of unknown kind."""
    columns = tuple(f"donnee_{place}" for place in range(number))
    made = learned()
    return person(
        **(
            {name: getattr(made, name) for name in made.__dataclass_fields__}
            | {
                "data": tuple(InputValue(one, "oui") for one in columns),
                "contributions": tuple(
                    Contribution(one, (one,), (-1) ** place * 0.01, weight=1 / number)
                    for place, one in enumerate(columns)
                ),
                "criteria": tuple(
                    Criterion(one, (one,), "Ce que le poste demande", "Dossier de candidature")
                    for one in columns
                ),
                "status": "unknown",
            }
        )
    )


HOSTILE = '<script>alert(1)</script> 👩🏽‍🔧 שלום \u202eevil\u202c & "R&D"'


def hostile() -> PersonExplanation:
    """Markup, an emoji, right-to-left letters and long French texts, in every text of a file."""
    long = "Expérience professionnelle acquise dans un établissement médico-social, hors stages"
    data = (InputValue(long, HOSTILE), *person().data[1:])
    return person(
        identifier=HOSTILE, outcome_value=HOSTILE, pool=HOSTILE, decided_on="printemps 2026",
        data=data,
        contributions=(
            Contribution(long, (long,), -4.0, 10.0, 20.0, 0.4), *person().contributions[1:],
        ),
        operations=(Operation("points", long, HOSTILE, 10.0), *person().operations[1:]),
        recourse=Recourse((Way((Change(long, HOSTILE, "plus"),), 71.0, 1.0, 0.5),)),
        criteria=(Criterion("c", (long,), HOSTILE, HOSTILE),),
    )  # fmt: skip


EVERYBODY = {
    "refused": person, "accepted": accepted, "without_way": without_way, "learned": learned,
    "against_the_score": against_the_score, "hostile": hostile,
    "many": many,
}  # fmt: skip
