"""Models trained on the Utrecht applicants, saved, opened again and replayed on the file itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from tests.published.utrecht import CATEGORIES, NUMBERS, trained

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.explain.replay import replay
from algo_audit.models.inputs import read_inputs
from algo_audit.models.model import AdditiveModel, TreeModel
from algo_audit.models.opening import open_model
from algo_audit.models.trees import evaluate

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def path(real_data):
    return real_data / "utrecht_companies" / "recruitmentdataset-2022-1.3.csv"


@pytest.fixture(scope="module")
def applicants(path):
    return read_decisions(
        path,
        Roles(outcome="decision", favourable="TRUE", protected=("gender",), identifier="Id"),
    )


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
