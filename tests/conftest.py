"""Shared fixtures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.roles import Roles


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real decision data, where there is one."""
    folder = os.environ.get("ALGO_AUDIT_REAL_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ALGO_AUDIT_REAL_DATA names no folder: the whole files are not here")
    return Path(folder)


def _column(name: str, values: object) -> Column:
    """Values as codes; None is unknown."""
    codes, levels = pd.factorize(np.asarray(values, dtype=object), sort=True)
    return Column(name, codes.astype(np.int32), tuple(str(level) for level in levels))


def _decisions(outcome, *, protected, strata=None, pool=None, cluster=None, inputs=None, **arrays):
    def single(name: str, values: object) -> Column | None:
        return None if values is None else _column(name, values)

    label, score, weight = (arrays.get(name) for name in ("label", "score", "weight"))
    n = len(outcome)
    strata, inputs = strata or {}, inputs or {}
    return Decisions(
        roles=Roles(
            outcome="outcome",
            protected=tuple(protected),
            strata=tuple(strata),
            pool=None if pool is None else "pool",
            cluster=None if cluster is None else "cluster",
            label=None if label is None else "label",
            score=None if score is None else "score",
            inputs=tuple(inputs),
        ),
        source=Source("made.csv", "0" * 64, n, n),
        outcome=np.asarray(outcome, dtype=np.int8),
        protected={name: _column(name, values) for name, values in protected.items()},
        strata={name: _column(name, values) for name, values in strata.items()},
        label=None if label is None else np.asarray(label, dtype=np.int8),
        score=None if score is None else np.asarray(score, dtype=np.float64),
        weight=None if weight is None else np.asarray(weight, dtype=np.float64),
        pool=single("pool", pool),
        cluster=single("cluster", cluster),
        table=pd.DataFrame(inputs) if inputs else None,
    )


@pytest.fixture(scope="session")
def make_decisions() -> Callable[..., Decisions]:
    """Decisions from plain lists, as reading would give them."""
    return _decisions
