"""How often audits of amounts say what is not so, and how often their intervals hold the truth.

    python -m benchmarks.calibration.amounts --audits 400 --out benchmarks/results/amounts.md

Every audit goes through the code that users run (``audit_amounts``), with 199 random splits per
p-value instead of 9,999 (still exact, coarser).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.policy import Policy
from algo_audit.data.roles import Roles
from algo_audit.fairness.amounts import audit_amounts

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

SHAPES: dict[str, Draw] = {
    "normal": lambda rng, n: rng.normal(2000, 300, n),
    "skewed pay": lambda rng, n: rng.lognormal(7.5, 0.5, n),
    "ratings 1 to 5": lambda rng, n: rng.integers(1, 6, n).astype(float),
}
SIZES = ((12, 12), (8, 60), (60, 60), (40, 160), (25, 25, 25, 25))


_HEAD = (
    "{audits} audits of each kind, no gap at all, through the code that users run; made by"
    " `python -m benchmarks.calibration.amounts`. Claims: share of audits that establish a gap, the"
    " reference chosen by the audit (promised: 5%). Coverage: share of 95% intervals that hold"
    " nought, the reference named. Monte Carlo error of a share of 5%: {error:.1%}."
)


def file_of(groups: list[NDArray[np.float64]]) -> Decisions:
    amount = np.concatenate(groups)
    codes = np.repeat(np.arange(len(groups), dtype=np.int32), [len(one) for one in groups])
    names = tuple(f"g{place}" for place in range(len(groups)))
    return Decisions(
        roles=Roles(outcome="pay", worse="low", outcome_kind="numeric", protected=("a",)),
        source=Source("made.csv", "0" * 64, len(amount), len(amount)),
        outcome=np.zeros(len(amount), dtype=np.int8),
        protected={"a": Column("a", codes, names)},
        amount=amount,
    )


def simulate(
    shape: str, sizes: tuple[int, ...], *, audits: int, seed: int, limits: Limits
) -> tuple[float, float, float, float]:
    """Share of audits that claim a gap where there is none; coverage of three intervals."""
    rng = np.random.default_rng([seed, len(shape), *sizes])
    truth = {"mean": 0.0, "median": 0.0, "superiority": 0.0}
    held: dict[str, list[bool]] = {key: [] for key in truth}
    claimed = 0
    for audit in range(audits):
        decisions = file_of([SHAPES[shape](rng, n) for n in sizes])
        free = audit_amounts(decisions, Policy(seed=seed + audit), limits)
        claimed += any(row.verdict == "gap_established" for row in free.comparisons)
        named = Policy(seed=seed + audit, reference={"a": "g0"})
        for row in audit_amounts(decisions, named, limits).comparisons:
            gap = row.difference
            held[row.measure].append(gap is None or gap.low <= truth[row.measure] <= gap.high)
    return (claimed / audits, *(float(np.mean(held[key])) for key in truth))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    limits = read_limits()
    limits = replace(limits, resampling=replace(limits.resampling, permutations=199))
    lines = [
        "# Calibration of audits of amounts",
        "",
        _HEAD.format(audits=chosen.audits, error=np.sqrt(0.05 * 0.95 / chosen.audits)),
        "",
        "| amounts | people by group | claims | means | medians | pairs |",
        "|---|---|---|---|---|---|",
    ]
    for shape in SHAPES:
        for sizes in SIZES:
            shares = simulate(shape, sizes, audits=chosen.audits, seed=chosen.seed, limits=limits)
            told = " | ".join(f"{share:.1%}" for share in shares)
            lines.append(f"| {shape} | {', '.join(map(str, sizes))} | {told} |")
            print(lines[-1], flush=True)
    if chosen.out is not None:
        chosen.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
