"""Timing, rows of the result table, and the made-up decisions that every claim is measured on."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Row:
    """One claim: seconds of both sides in this run, and the ratio asked for.

    ``ratio`` is peer / ours; ``asked`` the least that was asked for.
    """

    claim: str
    ours: float
    peer: float
    asked: float
    unit: str = "s"
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.peer / self.ours


def seconds(task: Callable[[], object], *, times: int) -> float:
    """Median wall time; the garbage of one run is not paid by the next."""
    spent = []
    for _ in range(times):
        gc.collect()
        started = time.perf_counter()
        task()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


def cpu_seconds(task: Callable[[], object], *, times: int) -> float:
    """Median processor time of this process: what one thread needs, however busy the machine is."""
    spent = []
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        task()
        spent.append(time.process_time() - started)
    return statistics.median(spent)


def decisions(rows: int, *, seed: int = 20261123) -> pd.DataFrame:
    """Three attributes (2, 4 and 5 groups: 40 cells), a decision, what happened later, a score."""
    random = np.random.default_rng(seed)
    attributes = {
        "sex": np.array(["F", "M"]),
        "origin": np.array(["north", "south", "east", "west"]),
        "age": np.array(["<25", "25-34", "35-44", "45-54", "55+"]),
    }
    codes = {name: random.integers(0, len(levels), rows) for name, levels in attributes.items()}
    score = random.normal(size=rows) + 0.2 * codes["sex"] - 0.05 * codes["age"]
    frame = pd.DataFrame({name: levels[codes[name]] for name, levels in attributes.items()})
    frame["hired"] = (score > 0.5).astype(np.int8)
    frame["good"] = (random.random(rows) < 1 / (1 + np.exp(-score))).astype(np.int8)
    frame["score"] = score
    return frame


def tell(rows: list[Row]) -> None:
    """Print the rows for the process that gathers them."""
    json.dump([asdict(row) for row in rows], sys.stdout)
