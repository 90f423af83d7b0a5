"""Run by aequitas's own environment: read the file, audit it, draw and save four plots."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from aequitas import Audit


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    attributes = ["sex", "origin", "age"]
    frame = pd.read_csv(source)[["hired", "good", *attributes]]
    audit = Audit(
        frame.rename(columns={"hired": "score", "good": "label"}),
        sensitive_attribute_column=attributes,
    )
    audit.audit()
    audit.metrics_df.to_csv(folder / "metrics.csv", index=False)
    audit.disparity_df.to_csv(folder / "disparities.csv", index=False)
    metrics = ["pprev", "tpr", "fpr"]
    audit.summary_plot(metrics).save(str(folder / "summary.html"))
    for attribute in attributes:
        audit.disparity_plot(metrics, attribute).save(str(folder / f"{attribute}.html"))


if __name__ == "__main__":
    main()
