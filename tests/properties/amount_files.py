"""Files with a numeric outcome and groups of every size, made for one test each."""

from __future__ import annotations

import numpy as np

from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.roles import Roles


def decisions_of(seed: int) -> Decisions:
    """Two or three attributes, sparse or dense; sometimes one is nested in another."""
    rng = np.random.default_rng(seed)
    people = int(rng.choice([30, 80, 250]))
    protected = {}
    for name in ("a", "b", "c")[: int(rng.integers(2, 4))]:
        size = int(rng.integers(2, 6))
        weights = rng.dirichlet(np.full(size, rng.choice([0.3, 1.0, 5.0])))
        codes = rng.choice(size, people, p=weights)
        codes = np.where(rng.random(people) < rng.choice([0.0, 0.04, 0.15]), -1, codes)
        protected[name] = codes
    if rng.random() < 0.3:
        # every group of b lies inside one group of a
        protected["b"] = np.where(
            protected["a"] < 0, -1, protected["a"] * 2 + rng.integers(0, 2, people)
        )
    columns = {}
    for name, codes in protected.items():
        levels, dense = np.unique(codes[codes >= 0], return_inverse=True)
        own = np.full(people, -1, dtype=np.int32)
        own[codes >= 0] = dense
        columns[name] = Column(name, own, tuple(f"{name}{level}" for level in levels))
    return Decisions(
        roles=Roles(outcome="pay", worse="low", outcome_kind="numeric", protected=tuple(columns)),
        source=Source("made.csv", "0" * 64, people, people),
        outcome=np.zeros(people, dtype=np.int8),
        protected=columns,
        amount=rng.normal(20000, 4000, people),
    )
