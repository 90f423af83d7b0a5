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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from algo_audit.cases.case import Case, builtin_case
from algo_audit.cases.folders import generator_of, story_of
from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits, read_limits
from algo_audit.fairness.questions import judge_questions
from algo_audit.fairness.stratified import stratified_gaps
from algo_audit.fairness.subgroups import intersections

FIRST_SEED = 100
# Planted so that no file of this size can show it: there is no finding to lose.
HIDDEN = ("unseen_gap",)
ANYTHING, WHOLE = "anything", "all planted"


@dataclass(frozen=True)
class Seen:
    """One file, audited only as far as a named finding asks."""

    case: Case
    limits: Limits

    @cached_property
    def table(self) -> CountTable:
        """Counts of the file."""
        return CountTable.from_decisions(self.case.read(limits=self.limits))

    @cached_property
    def established(self) -> frozenset[tuple[str, str]]:
        """Attribute and group of every gap established within pools."""
        asked, corrected = judge_questions(self.table, self.case.policy, self.limits)
        level = self.limits.levels.family_wise
        return frozenset(
            (one.sample.name, one.sample.groups[step.group])
            for one, values in zip(asked, corrected, strict=True)
            for step, value in zip(one.steps, values, strict=True)
            if value is not None and value < level
        )

    @cached_property
    def worse(self) -> frozenset[tuple[str, str]]:
        """Attributes and groups of the crossings worse than their parts."""
        rows = intersections(self.table, limits=self.limits)
        return frozenset((row.attribute, row.group) for row in rows if row.worse)

    @cached_property
    def vanishing(self) -> frozenset[tuple[str, str, str]]:
        """Attribute, group and stratum of the raw gaps that vanish within it."""
        found: list[tuple[str, str, str]] = []
        for name, stratum in product(self.table.protected, self.table.strata):
            gaps = stratified_gaps(
                self.table.counts((name,), stratum),
                reference=self.case.policy.reference[name],
                limits=self.limits,
                raw=self.table.counts((name,)),
                raw_gaps=None,
                possibly_tainted=None,
                leaks=False,
            )
            found += [(name, gap.group, stratum) for gap in gaps if gap.vanishes]
        return frozenset(found)

    def claims(self) -> bool:
        """Whether anything at all is said to be there."""
        return bool(self.established or self.worse or self.vanishing)


Finding = Callable[[Seen], bool]


def established(attribute: str, group: str) -> Finding:
    """A gap established by a question asked beforehand."""
    return lambda seen: (attribute, group) in seen.established


def worse(attribute: str, group: str) -> Finding:
    """A crossing worse than its parts."""
    return lambda seen: (attribute, group) in seen.worse


def vanishes(attribute: str, group: str, stratum: str) -> Finding:
    """A raw gap that vanishes within a stratum."""
    return lambda seen: (attribute, group, stratum) in seen.vanishing


FINDINGS: dict[str, dict[str, Finding]] = {
    "mobility": {
        "appraisal_bias": established("temps_travail", "Temps partiel"),
        "career_break": established("sexe", "F"),
        "composition": vanishes("age", "50+", "filiere"),
        "intersection": worse("sexe × age", "F × 40-49"),
        "unseen_gap": established("mandat", "Oui"),
    },
    "training": {
        "feedback": established("qualification", "Ouvrier ou employé"),
        "horizon": established("age", "50+"),
        "availability": established("temps_travail", "Temps partiel"),
        "composition": vanishes("sexe", "F", "etablissement"),
        "unseen_gap": established("handicap", "Oui"),
    },
}


# Strata within which a gap is looked at: those of the findings named above.
STRATA = {"mobility": ("filiere",), "training": ("etablissement",)}


def settings(effects: type) -> Iterator[tuple[str, object, tuple[str, ...]]]:
    """Name, switches, and the findings to look for: everything, each effect off, nothing."""
    named = tuple(one.name for one in fields(effects))
    yield WHOLE, effects(), named
    for name in named:
        if name not in HIDDEN:
            yield f"without {name}", effects(**{name: False}), (name,)
    yield "nothing", effects.none(), (*named, ANYTHING)


def measure(key: str, *, seeds: int, rows: int | None) -> None:
    """Print the table of one case, row by row as it is made."""
    case, limits = builtin_case(key), read_limits()
    case = replace(case, roles=replace(case.roles, strata=STRATA[key]))
    limits = replace(limits, resampling=replace(limits.resampling, permutations=499))
    generator, story = generator_of(key), story_of(key)
    rows = generator.ROWS if rows is None else rows
    findings = {**FINDINGS[key], ANYTHING: Seen.claims}
    print(f"{key}: {rows} rows, seeds from {FIRST_SEED}; in how many each finding is made")
    for name, effects, wanted in settings(story.Effects):
        found = dict.fromkeys(wanted, 0)
        # what is planted to be seen is seen nearly always: fewer seeds say so
        tried = max(1, seeds // 5) if name == WHOLE else seeds
        for seed in range(FIRST_SEED, FIRST_SEED + tried):
            with TemporaryDirectory() as folder:
                path = Path(folder) / case.path.name
                generator.write(path, rows=rows, seed=seed, effects=effects)
                seen = Seen(replace(case, path=path), limits)
                for effect in wanted:
                    found[effect] += findings[effect](seen)
        told = ", ".join(f"{effect} {count}" for effect, count in found.items())
        print(f"{name}: of {tried} seeds {told}", flush=True)


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
