"""How often do whole audits say what is not so?

    python -m benchmarks.calibration --audits 2000 --out benchmarks/results/calibration.md

Every audit goes through the code that users run (``run_questions``), with fewer random tables per
p-value (999 instead of 9,999: the p-value stays exact, a little coarser).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from benchmarks.calibration.scenarios import RATES, SIZES, full_grid, quick_grid
from benchmarks.calibration.simulation import (
    Coverage,
    Outcome,
    coverage,
    limits_for_simulation,
    run,
)

from algo_audit.data.limits import Limits


def repeat_worst(
    outcomes: Sequence[Outcome], *, audits: int, seed: int, limits: Limits
) -> list[Outcome]:
    """The worst scenario of each chapter again, other files, more of them.

    The largest of many shares is above the bound by chance; its repetition is not chosen so.
    """
    scenarios = {(s.chapter, s.name): s for s in full_grid()}
    again = []
    for chapter in dict.fromkeys(outcome.chapter for outcome in outcomes):
        worst = max((o for o in outcomes if o.chapter == chapter), key=lambda o: o.share)
        scenario = scenarios[chapter, worst.name]
        again.append(run(scenario, audits=audits, seed=seed, limits=limits))
    return again


def report(
    outcomes: Sequence[Outcome], covered: Sequence[Coverage], again: Sequence[Outcome]
) -> str:
    """Results as a Markdown page."""
    lines = ["# Calibration of the verdicts", ""]
    lines.append(
        "Share of simulated audits that say what is not so, with its Monte Carlo standard error."
        " Made by `python -m benchmarks.calibration` through the code that users run."
    )
    for chapter in dict.fromkeys(outcome.chapter for outcome in outcomes):
        rows = [outcome for outcome in outcomes if outcome.chapter == chapter]
        worst = max(rows, key=lambda outcome: outcome.share)
        mean = float(np.mean([outcome.share for outcome in rows]))
        lines += ["", f"## {chapter}", ""]
        lines.append(f"Mean {mean:.2%}; worst {worst.share:.2%} ({worst.name}).")
        lines += [
            f"The worst again, with other files: {o.share:.2%} ± {o.error:.2%}"
            f" of {o.audits} audits."
            for o in again
            if o.chapter == chapter
        ]
        lines += ["", "| scenario | audits | share | Monte Carlo error |", "|---|---|---|---|"]
        lines += [f"| {o.name} | {o.audits} | {o.share:.2%} | {o.error:.2%} |" for o in rows]
    if covered:
        lines += ["", "## 95 % intervals with a named reference: share that holds the truth", ""]
        lines += ["| scenario | audits | smallest expected count | rate | difference | ratio |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [
            f"| {c.name} | {c.audits} | {c.expected_count:.1f} | {c.rate:.2%} |"
            f" {c.difference:.2%} | {c.ratio:.2%} |"
            for c in covered
        ]
        enough = [c for c in covered if c.expected_count >= 5]
        means = [
            np.mean([getattr(c, key) for c in enough]) for key in ("rate", "difference", "ratio")
        ]
        lines += [
            "",
            "Mean where expected counts are 5 or more: rate {:.2%}, difference {:.2%}, "
            "ratio {:.2%}.".format(*means),
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the part that the tests run")
    parser.add_argument("--only", default="", help="part of a chapter's title")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    limits = limits_for_simulation()
    outcomes = []
    for scenario in quick_grid() if chosen.quick else full_grid():
        if chosen.only.lower() not in scenario.chapter.lower():
            continue
        start = time.perf_counter()
        outcome = run(scenario, audits=chosen.audits, seed=chosen.seed, limits=limits)
        outcomes.append(outcome)
        mark = "" if outcome.holds else "  <-- above the bound"
        seconds = time.perf_counter() - start
        print(
            f"{outcome.share:7.2%} ± {outcome.error:.2%}  {outcome.name} ({seconds:.0f} s){mark}",
            flush=True,
        )
    covered = []
    if chosen.only.lower() in "coverage":
        covered = [
            coverage(people, rate, ratio, audits=chosen.audits, seed=chosen.seed, limits=limits)
            for people in SIZES
            for rate in RATES
            for ratio in (1.0, 0.8)
        ]
    again = repeat_worst(outcomes, audits=4 * chosen.audits, seed=chosen.seed + 1000, limits=limits)
    page = report(outcomes, covered, again)
    print(page)
    if chosen.out is not None:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
