"""Models trained on the Utrecht applicants, saved, opened again and replayed on the file itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.explain.replay import replay
from algo_audit.models.inputs import read_inputs
from algo_audit.models.model import AdditiveModel, TreeModel
from algo_audit.models.opening import open_model
from algo_audit.models.trees import evaluate

pytestmark = pytest.mark.real_data

CATEGORIES = ["sport", "debate_club", "prog_exp", "int_exp", "ent_exp", "exact_study",
              "highest_degree", "company"]  # fmt: skip
NUMBERS = ["age", "grade", "languages"]


@pytest.fixture(scope="module")
def path(real_data):
    return real_data / "utrecht_companies" / "recruitmentdataset-2022-1.3.csv"


@pytest.fixture(scope="module")
def applicants(path):
    return read_decisions(
        path,
        Roles(outcome="decision", favourable="TRUE", protected=("gender",), identifier="Id"),
    )


def trained(kind: str, typed: pd.DataFrame):
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


@pytest.mark.parametrize("kind", ["logistic", "boosting", "native", "forest"])
def test_saved_opened_and_replayed(tmp_path: Path, path, applicants, kind):
    typed = pd.read_csv(path)
    pipeline = trained(kind, typed)
    skops.io.dump(pipeline, tmp_path / "recruitment.skops")
    model = open_model(tmp_path / "recruitment.skops")
    # from the text of the file, as an auditor has it: TRUE and FALSE, never typed
    rows = read_inputs(applicants.table, model.inputs, unseen_allowed=model.unseen_allowed)
    own = typed[[*CATEGORIES, *NUMBERS]]
    if kind == "forest":
        expected = pipeline.predict_proba(own)[:, 1]
    else:
        expected = pipeline.decision_function(own)
    scores = model.score(rows.values)
    assert np.abs(scores - expected).max() < 1e-12
    if kind == "logistic":
        assert isinstance(model, AdditiveModel)
        again = model.constant + model.points(rows.values).sum(axis=1)
    else:
        assert isinstance(model, TreeModel)
        again = evaluate(model.trees(), model.encode(rows.values))
    assert np.abs(again - expected).max() < 1e-12
    found = replay(model, rows, applicants)
    agreement = (pipeline.predict(own) == typed["decision"]).mean()
    assert found.agreement.value == pytest.approx(agreement)
    assert agreement > 0.7
