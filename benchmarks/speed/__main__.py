"""Measure every claim, each in a process of its own, one after the other; write the table."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.speed.measuring import Row

CLAIMS = ("counts", "aucs", "imports", "reports", "trees", "opaque", "recourse")
RESULT = Path(__file__).parents[1] / "results" / "speed.md"
LIBRARIES = (
    "numpy", "pandas", "scipy", "scikit-learn", "lightgbm", "fairlearn", "shap", "matplotlib",
)  # fmt: skip
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

PAGE = """# Speed, measured in one run

{cores} cores, Python {python}, {versions}; one thread for both sides. Seconds move with the
machine; read the ratios.

| claim | ours | peer | peer / ours | asked | reached | how |
|---|---|---|---|---|---|---|
{rows}

The cell bootstrap (ours) draws multinomial counts, the row bootstrap (fairlearn's) draws rows:
two algorithms with the same distribution for count measures on independent rows. The ratio
measures the choice of algorithm, not the tuning of one. Trees, opaque models and recourse are
measured in processor time of one thread, on both sides.
"""


def _measured(claim: str) -> list[Row]:
    sys.stderr.write(f"{claim} …\n")
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.speed.{claim}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    return [Row(**row) for row in json.loads(done.stdout)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _line(row: Row) -> str:
    asked = f"{row.asked:,g}" if row.asked else "–"
    reached = "" if not row.asked else "yes" if row.ratio >= row.asked else "**no**"
    return (
        f"| {row.claim} | {_number(row.ours)} {row.unit} | {_number(row.peer)} {row.unit} "
        f"| {_number(row.ratio)} | {asked} | {reached} | {row.note} |"
    )


def main() -> None:
    chosen = sys.argv[1:] or CLAIMS
    rows = [row for claim in chosen for row in _measured(claim)]
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    text = PAGE.format(
        cores=os.cpu_count(),
        python=platform.python_version(),
        versions=versions,
        rows="\n".join(map(_line, rows)),
    )
    sys.stdout.write(text)
    if not sys.argv[1:]:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
