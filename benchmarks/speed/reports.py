"""A whole cold report on 20,000 rows: our command line, and aequitas with plots.

aequitas needs pandas below 3, so it lives in an environment of its own, made once under
``build/``. Both sides are whole processes and read the same CSV; ours writes the HTML report
with every chart, interval, permutation test and audit.json.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.measuring import Row, decisions, seconds, tell

ROWS = 20_000
ENVIRONMENT = Path("build/aequitas-environment")
PEER = Path(__file__).with_name("aequitas_report.py")
MEGABYTE = 1_000_000


def _environment() -> Path:
    """The Python of aequitas's environment, made on first use."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "aequitas==1.1.0", "pandas<3"],
            check=True,
            stdout=sys.stderr,
        )
        (ENVIRONMENT / ".installed").touch()
    return python


def _ours(source: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "algo_audit", "audit", source, "--outcome", "hired"]
    for name in ("sex", "origin", "age"):
        command += ["--protected", name]
    command += ["--favourable", "1", "--label", "good", "--lang", "en", "--out", folder, "--force"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.html"))


def main() -> None:
    python = _environment()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        source = place / "decisions.csv"
        decisions(ROWS).to_csv(source, index=False)

        def peer() -> None:
            subprocess.run([python, PEER, source, place / "peer"], check=True)

        peer()
        _ours(source, place / "ours")
        rows = [
            Row(
                "whole cold report on 20,000 rows, v aequitas with four plots",
                seconds(lambda: _ours(source, place / "ours"), times=5),
                seconds(peer, times=5),
                asked=4,
                note="whole processes, one language; aequitas 1.1.0 in its own environment",
            ),
            Row(
                "size of that report, v 1 MB",
                _size(place / "ours") / MEGABYTE,
                1.0,
                asked=1,
                unit="MB",
                note=f"aequitas's four pages: {_size(place / 'peer') / MEGABYTE:.2f} MB, "
                "which need the network to be seen",
            ),
        ]
    tell(rows)


if __name__ == "__main__":
    main()
