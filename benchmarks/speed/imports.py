"""Cold import: ``import algo_audit`` and ``import shap``, each in a fresh process."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.speed.measuring import Row, seconds, tell

TIMES = 7


def _fresh(statement: str) -> None:
    subprocess.run([sys.executable, "-c", statement], check=True)


def main() -> None:
    for statement in ("import algo_audit", "import shap"):  # bytecode made, files in cache
        _fresh(statement)
    ours = seconds(lambda: _fresh("import algo_audit"), times=TIMES)
    peer = seconds(lambda: _fresh("import shap"), times=TIMES)
    used = seconds(
        lambda: _fresh("from algo_audit import build_report, load_case, run_audit, write_html"),
        times=TIMES,
    )
    tell(
        [
            Row(
                "import algo_audit, v import shap",
                ours,
                peer,
                asked=10,
                note="whole process, interpreter included",
            ),
            Row(
                "the same with everything an audit needs loaded, v import shap",
                used,
                peer,
                asked=0,
                note="for honesty: names are loaded on first use",
            ),
        ]
    )


if __name__ == "__main__":
    main()
