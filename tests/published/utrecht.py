"""Models trained on the applicants of four companies (van Otterloo 2022)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

CATEGORIES = ["sport", "debate_club", "prog_exp", "int_exp", "ent_exp", "exact_study",
              "highest_degree", "company"]  # fmt: skip
NUMBERS = ["age", "grade", "languages"]


def trained(kind: str, typed: pd.DataFrame):
    """A pipeline fitted on the typed columns."""
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    if kind == "native":  # categories asked as sets, not as columns
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        last = HistGradientBoostingClassifier(categorical_features=list(range(8)))
    else:
        last = {
            "logistic": LogisticRegression(max_iter=1000),
            "boosting": HistGradientBoostingClassifier(),
            "forest": RandomForestClassifier(100, max_depth=8, random_state=0),
        }[kind]
    columns = make_column_transformer((encoder, CATEGORIES), (StandardScaler(), NUMBERS))
    return make_pipeline(columns, last).fit(typed[[*CATEGORIES, *NUMBERS]], typed["decision"])
