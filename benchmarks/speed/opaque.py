"""Shapley values of a model that can only be asked: ours v shap's KernelExplainer as it comes.

A histogram boosting behind a function, so that the exact values are known (from its trees). The
error is the root mean square of the difference over the mean absolute exact value.
"""

from __future__ import annotations

import numpy as np
import shap
from benchmarks.speed.measuring import Row, cpu_seconds, tell
from benchmarks.speed.trees import people
from sklearn.ensemble import HistGradientBoostingClassifier

from algo_audit.explain.coalitions import sampled_contributions
from algo_audit.explain.contributions import explain_scores
from algo_audit.models.inputs import Input
from algo_audit.models.sklearn_model import model_from_estimator

EXPLAINED, BACKGROUND, FITTED, COLUMNS = 20, 100, 10_000, 20
ASKED = 7


def opaque_model():
    """The estimator, whom to explain, the background, and the exact values."""
    values, outcome = people()
    values, outcome = values[:FITTED], outcome[:FITTED]
    estimator = HistGradientBoostingClassifier(max_iter=100).fit(values, outcome)
    background, rows = values[:BACKGROUND], values[BACKGROUND : BACKGROUND + EXPLAINED]
    inputs = [Input(f"x{place}", "number") for place in range(COLUMNS)]
    model = model_from_estimator(estimator, inputs, name="boosting", matrix=True)
    exact = explain_scores(model, rows, background=background).values
    return estimator.decision_function, rows, background, exact


def main() -> None:
    ask, rows, background, exact = opaque_model()
    players = [(place,) for place in range(COLUMNS)]

    def error(found: np.ndarray) -> float:
        return float(np.sqrt(((found - exact) ** 2).mean()) / np.abs(exact).mean())

    def ours(seed: int = 0) -> np.ndarray:
        return sampled_contributions(ask, rows, background, players, seed=seed)[0]

    explainer = shap.KernelExplainer(ask, background)

    def peer(**options: object) -> np.ndarray:
        np.random.seed(0)  # noqa: NPY002  # shap draws from the global generator
        return explainer.shap_values(rows, silent=True, **options)

    ours()
    mine = cpu_seconds(ours, times=5)
    found: list[np.ndarray] = []
    theirs = cpu_seconds(lambda: found.append(peer()), times=1)
    unlimited = cpu_seconds(lambda: found.append(peer(l1_reg=False)), times=1)
    errors = [error(ours(seed)) for seed in range(10)]
    tell(_rows(mine, theirs, unlimited, errors, *map(error, found)))


def _rows(
    mine: float, theirs: float, unlimited: float, errors: list[float], default: float, every: float
) -> list[Row]:
    what = f"opaque model, {COLUMNS} inputs, {EXPLAINED} people, background {BACKGROUND}"
    return [
        Row(
            f"{what}, v KernelExplainer's default",
            mine,
            theirs,
            asked=ASKED,
            note=f"ours with {10 * COLUMNS} coalitions: error {np.mean(errors):.1%} "
            f"({min(errors):.1%} to {max(errors):.1%} over ten seeds); default (ten features "
            f"kept): {default:.1%}",
        ),
        Row(
            "error of the same (root mean square over mean absolute value)",
            float(np.mean(errors)) * 100,
            default * 100,
            asked=1,
            unit="%",
            note="lower is better",
        ),
        Row(
            "the same, v KernelExplainer told to keep all features",
            mine,
            unlimited,
            asked=0,
            note=f"its error {every:.1%}: more coalitions, fewer errors",
        ),
    ]


if __name__ == "__main__":
    main()
