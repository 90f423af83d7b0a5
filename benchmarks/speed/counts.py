"""Count measures in 40 cells and all their margins, with intervals: ours v fairlearn's MetricFrame.

Ours starts from columns of text, encodes them, counts the cells once, and takes every margin
from that table. fairlearn starts from the same columns, encoded for it where it asks for
numbers (decision and label), and is asked for the 40 cells only.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
from benchmarks.speed.measuring import Row, decisions, seconds, tell
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from sklearn.metrics import accuracy_score, precision_score

from algo_audit.data.categories import encode
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column
from algo_audit.fairness.measures import MEASURES, events_and_n

ROWS = 1_000_000
REPLICATES = 1000
ATTRIBUTES = ("sex", "origin", "age")
MARGINS = [names for size in (1, 2, 3) for names in combinations(ATTRIBUTES, size)]
KEYS = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy", "precision")
PEERS = {
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
    "accuracy": accuracy_score,
    "precision": precision_score,
}


def table_of(frame: pd.DataFrame) -> CountTable:
    """From columns of text to cells."""
    columns = {}
    for name in ATTRIBUTES:
        cells = encode(name, pa.array(frame[name]))
        columns[name] = Column(name, cells.codes, cells.levels)
    return CountTable.from_columns(
        columns,
        frame["hired"].to_numpy(),
        protected=ATTRIBUTES,
        label=frame["good"].to_numpy(),
    )


def values(table: CountTable, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The five measures in every group of one margin."""
    counts = table.counts(names)
    found = {}
    for key in KEYS:
        events, n = events_and_n(counts, MEASURES[key])
        found[key] = events[:, 0] / n[:, 0]
    return found
