"""Exact interventional Shapley values of trees: ours v shap's TreeExplainer, same background.

shap walks each row with each person of the background, so its cost per row does not depend on how
many rows there are: it is measured on fewer rows and scaled. Both find the same values (ours in
float64, shap with thresholds as float32: rows that lie on a split value are left to the tests).
"""

from __future__ import annotations

import numpy as np
import shap
from benchmarks.speed.measuring import Row, cpu_seconds, tell
from lightgbm import LGBMClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from algo_audit.explain.contributions import explain_scores
from algo_audit.models.inputs import Input
from algo_audit.models.sklearn_model import model_from_estimator

ROWS, COLUMNS, FITTED = 50_000, 20, 10_000
FEW, MANY = 100, 5_000  # people of the background
MODELS = {
    "histogram boosting, 100 trees": (HistGradientBoostingClassifier(max_iter=100), 400),
    "LightGBM, 100 trees": (LGBMClassifier(n_estimators=100, n_jobs=1, verbose=-1), 400),
    "forest of 200 trees, depth 8": (
        RandomForestClassifier(200, max_depth=8, random_state=0, n_jobs=1),
        40,
    ),
}
ASKED, ASKED_BACKGROUND, TIMES = 40, 1.3, 2


def people(seed: int = 20261123) -> tuple[np.ndarray, np.ndarray]:
    """Twenty numbers and an outcome with interactions."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(ROWS + FITTED, COLUMNS))
    score = values[:, :8] @ random.normal(size=8) + values[:, 8] * values[:, 9]
    score += np.abs(values[:, 10]) * (values[:, 11] > 0)
    return values, (score + random.logistic(size=len(values)) > 0).astype(int)


def main() -> None:
    values, outcome = people()
    rows, fitted = values[:ROWS], values[ROWS:]
    told = []
    for name, (estimator, scaled_from) in MODELS.items():
        estimator.fit(fitted, outcome[ROWS:])
        told += measured(name, estimator, rows, fitted, scaled_from)
    tell(told)


def measured(
    name: str, estimator, rows: np.ndarray, fitted: np.ndarray, scaled_from: int
) -> list[Row]:
    """One model: ours against shap, and against ourselves with a larger background."""
    inputs = [Input(f"x{place}", "number") for place in range(COLUMNS)]
    model = model_from_estimator(estimator, inputs, name=name, matrix=True)
    explainer = shap.TreeExplainer(estimator, fitted[:FEW], feature_perturbation="interventional")

    def ours(background: int):
        return explain_scores(model, rows, background=fitted[:background])

    def peer() -> np.ndarray:
        found = explainer.shap_values(rows[:scaled_from], check_additivity=False)
        return found[..., 1] if np.ndim(found) == 3 else found

    made = ours(FEW)  # compiled, and checked to sum to every score
    apart = float(np.abs(made.values[:scaled_from] - peer()).max())
    spent = np.array([
        (
            cpu_seconds(lambda: ours(FEW), times=1),
            cpu_seconds(peer, times=1),
            cpu_seconds(lambda: ours(MANY), times=1),
        )
        for _ in range(TIMES)
    ])  # fmt: skip
    few, theirs, many = spent.min(axis=0)
    return [
        Row(
            f"exact Shapley values, {name}, {ROWS:,} rows, background {FEW}, v shap interventional",
            float(few),
            float(theirs) * ROWS / scaled_from,
            asked=ASKED,
            note=f"shap scaled from {scaled_from} rows; largest difference {apart:.0e}; "
            f"ours sum to the score within {made.error:.0e} on every row",
        ),
        Row(
            f"the same, background {MANY:,}, v {ASKED_BACKGROUND} times that of {FEW}",
            float(many),
            float(few) * ASKED_BACKGROUND,
            asked=1,
            note=f"{many / few:.2f} times the time of background {FEW}",
        ),
    ]


if __name__ == "__main__":
    main()
