"""Tables to fit models on: the recruitment case that ships with the package, as text and typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from algo_audit.data.limits import Limits, read_limits


@dataclass(frozen=True)
class Table:
    """``text``: as a file is read; ``typed``: as an analyst would have fitted on it."""

    text: pd.DataFrame
    typed: pd.DataFrame
    outcome: np.ndarray
    categories: tuple[str, ...]
    numbers: tuple[str, ...]


@pytest.fixture(scope="session")
def limits() -> Limits:
    return read_limits()


@pytest.fixture(scope="session")
def utrecht(real_data: Path) -> Table:
    """Four companies, 4,000 applicants (van Otterloo 2022)."""
    path = real_data / "utrecht_companies" / "recruitmentdataset-2022-1.3.csv"
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    typed = pd.read_csv(path)
    yes_no = ("debate_club", "prog_exp", "int_exp", "ent_exp", "exact_study")
    categories = ("gender", "sport", "company", "highest_degree", *yes_no)
    numbers = ("age", "grade", "languages")
    return Table(text, typed, typed["decision"].to_numpy(), categories, numbers)


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), "a model file was executed"


@pytest.fixture(scope="session")
def people():
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "score": draw.normal(50, 10, 200).round(1),
            "years": draw.integers(0, 30, 200).astype(float),
            "site": draw.choice(["Lyon", "Nantes", "Paris"], 200),
        }
    )
    return table, (table["score"] + table["years"] > 62).to_numpy()


@pytest.fixture(scope="session")
def pipelines(people):
    table, outcome = people

    def made(last):
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        columns = make_column_transformer((encoder, ["site"]), remainder="passthrough")
        return make_pipeline(columns, last).fit(table, outcome)

    return {
        "linear": made(LogisticRegression(max_iter=2000)),
        "forest": made(RandomForestClassifier(5, max_depth=4, random_state=0)),
        "boosting": made(HistGradientBoostingClassifier(max_iter=5)),
    }
