"""How often the audit names a planted effect: with it, with it alone switched off, with nothing.

    python benchmarks/planted_effects.py mobility --seeds 200

For every effect of a built-in case one finding is named: the verdict of a question asked
beforehand, or a lead in a chapter. Files are drawn with everything planted, with each effect
alone switched off, and with nothing planted; the table counts the seeds in which each finding is
made, and under "nothing" those in which anything at all is claimed. Random tables are fewer than
in an audit (499 instead of 9,999), which moves a p-value near 5 % by a few thousandths.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from importlib import import_module
from pathlib import Path

from algo_audit.cases.case import Case, builtin_case
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits, read_limits
from algo_audit.fairness.questions import Asked, judge_questions
from algo_audit.fairness.strata import StratifiedGap
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.fairness.subgroups import Intersection, intersections

FIRST_SEED = 100
# Planted so that no file of this size can show it: there is no finding to lose.
HIDDEN = ("unseen_gap",)


@dataclass(frozen=True)
class Seen:
    """What one audit concluded: verdicts, crossings worse than their parts, gaps that vanish."""

    established: frozenset[tuple[str, str]]
    crossings: tuple[Intersection, ...]
    strata: tuple[StratifiedGap, ...]

    def claims(self) -> bool:
        """Whether anything at all is said to be there."""
        return bool(
            self.established
            or any(row.worse for row in self.crossings)
            or any(gap.vanishes for gap in self.strata)
        )


Finding = Callable[[Seen], bool]


def established(attribute: str, group: str) -> Finding:
    """A gap established by a question asked beforehand."""
    return lambda seen: (attribute, group) in seen.established


def worse(attribute: str, group: str) -> Finding:
    """A crossing worse than its parts."""
    return lambda seen: any(
        row.worse and (row.attribute, row.group) == (attribute, group) for row in seen.crossings
    )


def vanishes(attribute: str, group: str, stratum: str) -> Finding:
    """A raw gap that vanishes within a stratum."""
    return lambda seen: any(
        gap.vanishes and (gap.attribute, gap.group, gap.stratum) == (attribute, group, stratum)
        for gap in seen.strata
    )


FINDINGS: dict[str, dict[str, Finding]] = {
    "mobility": {
        "appraisal_bias": established("temps_travail", "Temps partiel"),
        "career_break": established("sexe", "F"),
        "composition": vanishes("age", "50+", "filiere"),
        "intersection": worse("sexe × age", "F × 40-49"),
        "unseen_gap": established("mandat", "Oui"),
    },
}


# Strata within which a gap is looked at: those of the findings named above.
STRATA = {"mobility": ("filiere",)}


def look(case: Case, limits: Limits) -> Seen:
    """Audit one file as far as the named findings need it."""
    decisions = case.read(limits=limits)
    table = CountTable.from_decisions(decisions)
    asked, corrected = judge_questions(table, case.policy, limits)
    gaps, reference = [], case.policy.reference
    for name in table.protected:
        for stratum in table.strata:
            gaps += stratified_gaps(
                table.counts((name,), stratum),
                reference=reference[name],
                limits=limits,
                raw=table.counts((name,)),
                raw_gaps=None,
                possibly_tainted=None,
                leaks=False,
            )
    return Seen(
        frozenset(_established(asked, corrected, limits.levels.family_wise)),
        intersections(table, limits=limits),
        tuple(gaps),
    )


def _established(
    asked: Sequence[Asked], corrected: Sequence[Sequence[float | None]], level: float
) -> Iterator[tuple[str, str]]:
    """Attribute and group of every gap established within pools, by its corrected p-value."""
    for one, values in zip(asked, corrected, strict=True):
        for step, value in zip(one.steps, values, strict=True):
            if value is not None and value < level:
                yield one.sample.name, one.sample.groups[step.group]


def settings(effects: type) -> Iterator[tuple[str, object]]:
    """Everything planted, each effect alone switched off, nothing planted."""
    yield "all planted", effects()
    for one in fields(effects):
        if one.name not in HIDDEN:
            yield f"without {one.name}", effects(**{one.name: False})
    yield "nothing", effects.none()


def measure(key: str, *, seeds: int, rows: int | None) -> None:
    """Print the table of one case, row by row as it is made."""
    case, limits = builtin_case(key), read_limits()
    roles = replace(case.roles, strata=STRATA[key])
    case = replace(case, roles=roles)
    resampling = replace(limits.resampling, permutations=499)
    limits = replace(limits, resampling=resampling)
    generator = import_module(f"algo_audit.cases.{key}.generator")
    story = import_module(f"algo_audit.cases.{key}.story")
    rows = generator.ROWS if rows is None else rows
    findings = FINDINGS[key]
    print(f"{key}: {rows} rows, {seeds} seeds from {FIRST_SEED}; seeds in which each is found")
    print("; ".join(("setting", *findings, "any claim", "seconds")))
    for name, effects in settings(story.Effects):
        began, found, claims = time.perf_counter(), dict.fromkeys(findings, 0), 0
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / case.path.name
                generator.write(path, rows=rows, seed=seed, effects=effects)
                seen = look(replace(case, path=path), limits)
            for effect, finding in findings.items():
                found[effect] += finding(seen)
            claims += seen.claims()
        seconds = f"{time.perf_counter() - began:.0f}"
        print("; ".join((name, *map(str, found.values()), str(claims), seconds)), flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=sorted(FINDINGS))
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=None)
    given = parser.parse_args()
    measure(given.case, seeds=given.seeds, rows=given.rows)


if __name__ == "__main__":
    main()
