"""Does the audit find what is planted, and nothing else? Two tables per built-in case.

    python -m benchmarks.planted recruitment --seeds 200 --out planted-recruitment.jsonl
    python -m benchmarks.planted recruitment --out planted-recruitment.jsonl --table

Table 1: all effects off; in how many files anything is claimed (a primary verdict of a gap, or a
lead where the truth of the case says that an effect shows). Table 2: one effect off, the others
on; in how many files its own finding appears all the same. An effect that cannot be found by
construction (``kind = "hidden_gap"``) is claimed when its group has a gap established. Wanted: at
most 17 of 200 in each row (a rate of 5 % gives more than that in 1.1 % of tables).

Each file drawn is one line of the output, written as soon as it is there: a run that was
interrupted goes on where it stopped. Only the parts of an audit in which an effect may be read are
computed; chapters on a model are not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from algo_audit.audit import within_strata
from algo_audit.cases.case import builtin_case
from algo_audit.cases.folders import generator_of, story_of
from algo_audit.cases.truth import Planted, read_truth
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Decisions
from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.fairness.cluster_evidence import evidence_for
from algo_audit.fairness.comparison import Comparison
from algo_audit.fairness.controls import control_warnings
from algo_audit.fairness.questions import explore, run_questions
from algo_audit.fairness.subgroups import intersections
from algo_audit.findings.finding import Finding
from algo_audit.findings.ranking import rank_findings

# Files from 40,000 on were looked at while it was settled what counts as found: not used again.
FIRST_SEED = 60_000
ALL_OFF = "(all off)"
GAP = ("gap_established", "small_gap_established")
MOST = 17


@dataclass(frozen=True)
class Judged:
    """The part of an ``AuditResult`` in which planted effects are read."""

    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]


def drawn(key: str, off: str, seed: int) -> tuple[Policy, Decisions]:
    """A file of the case with one effect off, or all, and the policy it is audited by."""
    story = story_of(key)
    effects = story.Effects.none() if off == ALL_OFF else replace(story.Effects(), **{off: False})
    case = builtin_case(key)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / case.path.name
        generator_of(key).write(path, seed=seed, effects=effects)
        return replace(case.policy, seed=seed), replace(case, path=path).read()


def judged(policy: Policy, decisions: Decisions, *, explored: bool) -> Judged:
    """Verdicts as ``run_audit`` gives them, without what no planted effect is read in.

    ``explored`` False also leaves out all leads: the questions asked beforehand and what is said
    within strata do not depend on them.
    """
    limits = read_limits()
    table = CountTable.from_decisions(decisions, clusters_below=limits.clusters.permutation_below)
    asking, exploring = (
        evidence_for(decisions, table, limits, seed=policy.seed, exploring=exploring)
        for exploring in (False, True)
    )
    rows = run_questions(table, policy, limits, evidence=asking, flips=False).comparisons
    if explored:
        rows = (*rows, *explore(table, policy, limits, evidence=exploring))
    strata, _ = within_strata(table, rows, control_warnings(decisions, limits), limits)
    crossed = intersections(table, limits=limits) if explored else ()
    share = limits.findings.unknown_share
    found = rank_findings(rows, strata, intersections=crossed, unknown_share=share, limits=limits)
    return Judged(rows, found)


def needs_leads(one: Planted) -> bool:
    """Whether an effect may be found in a lead."""
    firm = ("gap_established", "small_gap_established", "large_gap_excluded", "inconclusive")
    return not all(
        found.where.get("code") == "vanishes_within"
        or found.where.get("family") == "primary"
        or set(found.values.get("verdict", ["lead"])) <= set(firm)
        for found in one.found
    )


def claimed(one: Planted, result: Judged) -> bool:
    """Whether the audit says that this effect is there."""
    if one.kind != "hidden_gap":
        return one.found_in(result)
    return any(
        row.family == "primary" and row.attribute == one.attribute and row.verdict in GAP
        for row in result.comparisons
    )


def one_file(key: str, off: str, seed: int) -> dict[str, object]:
    """One line of the output: what is claimed of a file; with one effect off, of that one only."""
    planted = [one for one in read_truth(key).planted if off in (ALL_OFF, one.key)]
    explored = off == ALL_OFF or any(needs_leads(one) for one in planted)
    result = judged(*drawn(key, off, seed), explored=explored)
    return {
        "case": key,
        "off": off,
        "seed": seed,
        "claimed": [one.key for one in planted if claimed(one, result)],
        "primary": sorted(
            {r.attribute for r in result.comparisons if r.family == "primary" and r.verdict in GAP}
        ),
        "leads": sum(row.verdict == "lead" for row in result.comparisons) if explored else None,
    }


def shared(key: str, off: str) -> bool:
    """Whether another effect bears on an attribute of this one: then nothing is to be told."""
    planted = {one.key: one for one in read_truth(key).planted}
    parts = {name: set(one.attribute.split(" × ")) for name, one in planted.items()}
    return any(parts[off] & parts[name] for name in planted if name != off)


def wanted(key: str, seeds: int, only: list[str]) -> Iterator[tuple[str, int]]:
    for off in only or [ALL_OFF, *asdict(story_of(key).Effects())]:
        yield from ((off, FIRST_SEED + place) for place in range(seeds))


def lines_of(path: Path) -> list[dict[str, object]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(key: str, path: Path) -> None:
    by_off = defaultdict(list)
    for line in lines_of(path):
        if line["case"] == key:
            by_off[line["off"]].append(line)
    none = by_off.pop(ALL_OFF, [])
    print(f"{key}, all effects off, {len(none)} files")
    effects = sorted({one for line in none for one in line["claimed"]})
    rows = [("anything", sum(bool(line["claimed"] or line["primary"]) for line in none))]
    rows += [("a primary gap", sum(bool(line["primary"]) for line in none))]
    rows += [(one, sum(one in line["claimed"] for line in none)) for one in effects]
    rows += [("any lead at all (for the record)", sum(line["leads"] > 0 for line in none))]
    for name, count in rows:
        print(f"  {name:40} {count:4d}")
    print(f"{key}, one effect off, the others on")
    for off, lines in by_off.items():
        count = sum(off in line["claimed"] for line in lines)
        note = "  (shares an attribute with another effect)" if shared(key, off) else ""
        print(f"  {off:40} {count:4d} of {len(lines)}{note}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--only", action="append", default=[], help=f"an effect, or {ALL_OFF}")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--table", action="store_true", help="print the tables, compute nothing")
    given = parser.parse_args()
    if not given.table:
        done = {(line["case"], line["off"], line["seed"]) for line in lines_of(given.out)}
        left = [
            (off, seed)
            for off, seed in wanted(given.case, given.seeds, given.only)
            if (given.case, off, seed) not in done
        ]
        with ProcessPoolExecutor(given.workers) as pool, given.out.open("a") as stream:
            for made in as_completed([pool.submit(one_file, given.case, *one) for one in left]):
                stream.write(json.dumps(made.result(), ensure_ascii=False) + "\n")
                stream.flush()
    table(given.case, given.out)


if __name__ == "__main__":
    main()
