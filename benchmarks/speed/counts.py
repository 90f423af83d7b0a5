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
from algo_audit.stats.resampling import multinomial_replicates, percentile_rates

ROWS = 1_000_000
REPLICATES = 1000
ATTRIBUTES = ("sex", "origin", "age")
# From nobody apart (the whole file) to all three crossed.
MARGINS = [names for size in range(4) for names in combinations(ATTRIBUTES, size)]
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


def intervals(table: CountTable, names: tuple[str, ...], drawn: np.ndarray) -> tuple:
    """95 % percentile intervals of the five measures in every group of one margin."""
    sizes = [len(table.axes[name]) for name in names]  # () is one group: everybody
    group = np.zeros(len(table.n), dtype=np.int64)
    for name, size in zip(names, sizes, strict=True):
        group = group * size + table.codes[name]
    sub = tuple(table.sub.T)
    numerators = np.stack([MEASURES[key].numerator[sub] for key in KEYS])
    denominators = np.stack([MEASURES[key].denominator[sub] for key in KEYS])
    return percentile_rates(
        drawn, group, numerators, denominators, groups=int(np.prod(sizes)), confidence=0.95
    )


def ours(frame: pd.DataFrame) -> list:
    """Everything: from text to values and intervals of 40 cells and all their margins."""
    table = table_of(frame)
    drawn = multinomial_replicates(table.n, replicates=REPLICATES, seed=1)
    return [(values(table, names), intervals(table, names, drawn)) for names in MARGINS]


def peer(frame: pd.DataFrame, **bootstrap: object) -> pd.DataFrame:
    """fairlearn's 40 cells."""
    return MetricFrame(
        metrics=PEERS,
        y_true=frame["good"].to_numpy(),
        y_pred=frame["hired"].to_numpy(),
        sensitive_features=frame[list(ATTRIBUTES)],
        **bootstrap,
    ).by_group


def check_equal(frame: pd.DataFrame) -> pd.DataFrame:
    """Both sides find the same numbers; else there is nothing to race about."""
    found = values(table_of(frame), ATTRIBUTES)
    theirs = peer(frame)
    groups = table_of(frame).counts(ATTRIBUTES).groups
    mine = pd.DataFrame(found, index=groups).sort_index()
    theirs.index = [" × ".join(key) for key in theirs.index]
    np.testing.assert_allclose(
        mine[list(KEYS)].to_numpy(), theirs.sort_index()[list(KEYS)].to_numpy(), rtol=1e-12
    )
    return theirs


def main() -> None:
    frame = decisions(ROWS)
    check_equal(frame)
    mine = seconds(lambda: ours(frame), times=5)
    plain = seconds(lambda: peer(frame), times=3)
    few = 2
    drawn = seconds(
        lambda: peer(frame, n_boot=few, ci_quantiles=[0.025, 0.975], random_state=1), times=1
    )
    scaled = plain + REPLICATES * (drawn - plain) / few
    table = table_of(frame)
    question = seconds(lambda: values(table, ("sex", "age")), times=200)
    how = f"{ROWS:,} rows from columns of text; values equal to 1e-12"
    tell(
        [
            Row(
                "40 cells, all margins, 1,000-replicate intervals, v MetricFrame without intervals",
                mine,
                plain,
                asked=100,
                note=how,
            ),
            Row(
                "the same, v MetricFrame with 1,000 row bootstraps (scaled)",
                mine,
                scaled,
                asked=100_000,
                note=f"scaled from {few} replicates of {(drawn - plain) / few:.1f} s; "
                "cell bootstrap v row bootstrap",
            ),
            Row(
                "one further question (10 groups, 5 measures) on the same table, v a MetricFrame",
                question,
                plain,
                asked=500,
                note="no intervals on either side",
            ),
        ]
    )


if __name__ == "__main__":
    main()
