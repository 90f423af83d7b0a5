"""The made-up applicants, model and constraints that both sides of the recourse race are given.

Imported by our process and by DiCE's: nothing but numpy, pandas and scikit-learn.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = [f"n{place}" for place in range(10)]
CATEGORIES = ["degree", "site"]
FREE = ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "degree"]
ROWS = 10_000
BOUNDS = (0.05, 0.95)  # quantiles within which a number may move
DEGREES = np.array(["none", "bac", "bac+2", "bac+5"])
MODELS = {
    "boosting": HistGradientBoostingClassifier(max_iter=100, random_state=0),
    "logistic": LogisticRegression(max_iter=1000),
}


def applicants(*, seed: int = 20261123) -> tuple[pd.DataFrame, pd.Series]:
    """Ten numbers with one decimal, two categories, and who was taken."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({name: random.normal(0, 10, ROWS).round(1) for name in NUMBERS})
    degree = random.integers(0, 4, ROWS)
    frame["degree"] = DEGREES[degree]
    frame["site"] = np.array(["north", "south", "east"])[random.integers(0, 3, ROWS)]
    score = 0.06 * frame.n0 + 0.05 * frame.n1 + 0.03 * frame.n2 - 0.04 * frame.n3 + 0.5 * degree
    score += 0.03 * np.maximum(frame.n4, 0) + 0.002 * frame.n5 * frame.n6 + 0.06 * frame.n8
    taken = (score + random.logistic(0, 0.5, ROWS) > 1.6).astype(int)
    return frame, taken


def fitted(name: str, frame: pd.DataFrame, taken: pd.Series) -> Pipeline:
    """The model, numbers scaled and categories told apart."""
    before = make_column_transformer(
        (StandardScaler(), NUMBERS), (OneHotEncoder(sparse_output=False), CATEGORIES)
    )
    return make_pipeline(before, MODELS[name]).fit(frame, taken)


def refused(model: Pipeline, frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """People clearly refused, none of them near the cut-off."""
    chance = model.predict_proba(frame)[:, 1]
    return frame[(chance > 0.05) & (chance < 0.35)].iloc[:number]


def bounds(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where a number may move to."""
    found = {}
    for name in FREE[:-1]:
        low, high = frame[name].quantile(list(BOUNDS)).round(1)
        found[name] = (float(low), float(high))
    return found


def spreads(frame: pd.DataFrame) -> pd.Series:
    return frame[NUMBERS].std()
