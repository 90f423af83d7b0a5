"""The questions of an audit: those asked beforehand, and everything else as exploration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from algo_audit.data.counts import CountTable
from algo_audit.data.limits import Limits
from algo_audit.data.policy import Policy, Question
from algo_audit.fairness.comparing import (
    TOO_FEW_PEOPLE,
    Entry,
    build_rows,
    incomparable_rows,
    omnibus_row,
)
from algo_audit.fairness.comparison import Comparison, Family, TestRow, Verdict
from algo_audit.fairness.evidence import CountEvidence, Evidence, Pair, Sample
from algo_audit.fairness.flipping import FlipQuestion, flip_count
from algo_audit.fairness.measures import (
    MEASURES,
    Measure,
    available_measures,
    labels_only_for_selected,
)
from algo_audit.fairness.testing import (
    QuestionTest,
    Step,
    adjust_ordered,
    adjust_unordered,
    single_step,
    step_down,
)
from algo_audit.stats.multiplicity import benjamini_hochberg

LABELS_ONLY_FOR_SELECTED = "labels_only_for_selected"
_SELECTION = MEASURES["selection_rate"]


@dataclass(frozen=True)
class FamilyResult:
    """Rows of one family, and the omnibus test of each of its questions."""

    comparisons: tuple[Comparison, ...]
    tests: tuple[TestRow, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question with its counts, its test and the steps of that test."""

    sample: Sample
    named: str | None
    test: QuestionTest | None
    steps: tuple[Step, ...]


def primary_questions(table: CountTable, policy: Policy) -> tuple[Question, ...]:
    """Questions named in the policy, else the selection rate of every single attribute."""
    return policy.primary or tuple(Question((name,)) for name in table.protected)


def test_stratum(table: CountTable, stratum: str | None) -> str | None:
    """Stratum within which a question is judged: with pools, always inside them."""
    if table.pool is None or stratum == table.pool:
        return stratum
    return table.pool if stratum is None else f"{stratum}*{table.pool}"


def ask(
    evidence: Evidence, question: Question, table: CountTable, policy: Policy, limits: Limits
) -> Asked:
    """Count and test one question of the primary family."""
    sample = evidence.sample(question.attribute, test_stratum(table, question.stratum), _SELECTION)
    named = policy.reference.get(sample.name)
    test = evidence.question(sample, named)
    steps = () if test is None else step_down(test, level=limits.levels.family_wise)
    return Asked(sample, named, test, steps)


def adjust(
    asked: Sequence[Asked], policy: Policy, limits: Limits
) -> tuple[tuple[float | None, ...], ...]:
    """P-values of the primary family, corrected: fixed sequence when ordered, else Holm."""
    correct = adjust_ordered if policy.primary_ordered else adjust_unordered
    return correct([one.steps for one in asked], level=limits.levels.family_wise)


def judge_questions(
    table: CountTable, policy: Policy, limits: Limits, *, evidence: Evidence | None = None
) -> tuple[tuple[Asked, ...], tuple[tuple[float | None, ...], ...]]:
    """Test the primary family without estimates: each question, and its corrected p-values.

    Parameters as for ``run_questions``, which prints what this decides.
    """
    evidence = evidence or CountEvidence(table, limits, seed=policy.seed)
    asked = tuple(
        ask(evidence, question, table, policy, limits)
        for question in primary_questions(table, policy)
    )
    return asked, adjust(asked, policy, limits)


def run_questions(
    table: CountTable,
    policy: Policy,
    limits: Limits,
    *,
    evidence: Evidence | None = None,
    flips: bool = True,
) -> FamilyResult:
    """Judge the questions asked beforehand.

    Parameters
    ----------
    table : CountTable
    policy : Policy
        Questions, references, margin, seed.
    limits : Limits
    evidence : Evidence or None
        How gaps are tested and estimated; None: row by row (``CountEvidence``).
    flips : bool
        Count how many decisions would change each verdict; False leaves ``flip_count`` None.

    Returns
    -------
    FamilyResult
        Rows in the order of the questions, within each in the order of the groups; with pools,
        the raw row stands before the row inside pools. ``flip_count`` is None for weighted and
        clustered rows, where one decision is not one row's worth.
    """
    evidence = evidence or CountEvidence(table, limits, seed=policy.seed)
    questions = primary_questions(table, policy)
    asked, adjusted = judge_questions(table, policy, limits, evidence=evidence)
    comparisons = sum(len(one.steps) for one in asked)
    entries: list[Entry] = []
    rows: list[Comparison] = []
    tests: list[TestRow] = []
    for question, one, values in zip(questions, asked, adjusted, strict=True):
        tests.append(omnibus_row(one.sample, one.test, one.steps, values))
        if one.test is None:
            rows.extend(
                incomparable_rows(one.sample, one.named, family="primary", reason=TOO_FEW_PEOPLE)
            )
            continue
        made = _entries(one, values, family="primary", comparisons=comparisons)
        if table.pool is not None and question.stratum != table.pool:
            raw = evidence.sample(question.attribute, question.stratum, _SELECTION)
            entries.extend(_unjudged(entry, raw) for entry in made)
        entries.extend(made)
    built = build_rows(evidence, entries, policy, limits)
    if flips and type(evidence) is CountEvidence:
        flips_of = _flips(asked, table, policy, limits, evidence)
        built = tuple(
            replace(row, flip_count=flips_of(entry.pair, row.verdict))
            for entry, row in zip(entries, built, strict=True)
        )
    return FamilyResult((*rows, *built), tuple(tests))


def _flips(
    asked: Sequence[Asked],
    table: CountTable,
    policy: Policy,
    limits: Limits,
    evidence: CountEvidence,
) -> Callable[[Pair, Verdict | None], int | None]:
    """How many decisions would change the verdict of a pair of one of these questions."""

    def question_of(place: int) -> FlipQuestion:
        one = asked[place]
        assert one.test is not None

        def correct(steps: Sequence[Step]) -> tuple[float | None, ...]:
            changed = replace(one, steps=tuple(steps))
            return adjust([*asked[:place], changed, *asked[place + 1 :]], policy, limits)[place]

        pooled = table.pool is not None
        return FlipQuestion(one.sample, one.test, one.steps, one.named is None, correct, pooled)

    places = {id(one.sample): place for place, one in enumerate(asked)}

    def count(pair: Pair, verdict: Verdict | None) -> int | None:
        if verdict is None:
            return None
        return flip_count(
            question_of(places[id(pair.sample)]),
            pair.group,
            verdict,
            evidence=evidence,
            policy=policy,
            limits=limits,
        )

    return count


def _entries(
    asked: Asked, adjusted: Sequence[float | None], *, family: Family, comparisons: int = 1
) -> list[Entry]:
    """One entry per judged group, in the order in which groups are written."""
    assert asked.test is not None
    reference: int | None = None
    if asked.test.reference >= 0:
        reference = int(asked.test.groups[asked.test.reference])
    made = [
        Entry(Pair(asked.sample, step.group, reference), family, value, comparisons=comparisons)
        for step, value in zip(asked.steps, adjusted, strict=True)
    ]
    return sorted(made, key=lambda entry: entry.pair.group)


def _unjudged(entry: Entry, raw: Sample) -> Entry:
    """The same two groups without pools: shown beside, judged by nothing."""
    places = {label: i for i, label in enumerate(raw.groups)}
    sample, reference = entry.pair.sample, entry.pair.reference
    pair = Pair(
        raw,
        places[sample.groups[entry.pair.group]],
        None if reference is None else places[sample.groups[reference]],
    )
    return replace(entry, pair=pair, judged=False, p_adjusted=None)


def explore(
    table: CountTable, policy: Policy, limits: Limits, *, evidence: Evidence | None = None
) -> tuple[Comparison, ...]:
    """Compare everything else: crossings, other measures, strata, each group with all others.

    Parameters
    ----------
    table, policy, limits
        As for ``run_questions``.
    evidence : Evidence or None
        None: row by row, with draws that stop early.

    Returns
    -------
    tuple of Comparison
        All exploratory; ``p_adjusted`` is Benjamini and Hochberg's q over all of them.
    """
    evidence = evidence or CountEvidence(table, limits, seed=policy.seed, exploring=True)
    entries: list[Entry] = []
    rows: list[Comparison] = []
    for attribute, stratum, measure in exploratory_questions(table, limits):
        sample = evidence.sample(attribute, test_stratum(table, stratum), measure)
        named = policy.reference.get(sample.name)
        base = stratum is None or stratum == table.pool
        if not _is_primary(attribute, stratum, measure, table, policy):
            test = evidence.question(sample, named)
            if test is None:
                rows.extend(
                    incomparable_rows(sample, named, family="exploratory", reason=TOO_FEW_PEOPLE)
                )
            else:
                entries.extend(_explored(evidence, Asked(sample, named, test, ()), table, base))
        if measure is _SELECTION and base:
            against = evidence.others(sample)
            if against is not None:
                entries.extend(_explored(evidence, Asked(sample, None, against, ()), table, base))
    rows.extend(_unmeasurable(table, policy, limits, evidence))
    return tuple(rows) + _with_discovery_rate(evidence, entries, policy, limits)


def exploratory_questions(
    table: CountTable, limits: Limits
) -> list[tuple[tuple[str, ...], str | None, Measure]]:
    """Every (attributes, stratum, measure) looked at, asked beforehand or not."""
    names = table.protected
    sets: list[tuple[str, ...]] = [*((name,) for name in names), *combinations(names, 2)]
    if len(names) > 2:
        sets.append(tuple(names))
    whole = table.counts(names[:1])
    measures = available_measures(whole)
    if labels_only_for_selected(whole, unfavourable_share=limits.labels.unfavourable_share):
        measures = tuple(m for m in measures if not m.both_decisions)
    questions: list[tuple[tuple[str, ...], str | None, Measure]] = []
    for attribute in sets:
        questions.extend((attribute, None, measure) for measure in measures)
        for stratum in table.strata:
            parts = {part.strip() for part in stratum.split("*")}
            if stratum != table.pool and not parts & set(attribute):
                questions.append((attribute, stratum, _SELECTION))
    return questions


def _is_primary(
    attribute: tuple[str, ...],
    stratum: str | None,
    measure: Measure,
    table: CountTable,
    policy: Policy,
) -> bool:
    if measure is not _SELECTION:
        return False
    judged = [
        (q.attribute, test_stratum(table, q.stratum)) for q in primary_questions(table, policy)
    ]
    return (attribute, test_stratum(table, stratum)) in judged


def _explored(evidence: Evidence, asked: Asked, table: CountTable, base: bool) -> list[Entry]:
    """Entries of one exploratory table, their p-values not yet corrected across tables."""
    assert asked.test is not None
    steps = single_step(asked.test)
    judged = _entries(
        replace(asked, steps=steps), [step.p_value for step in steps], family="exploratory"
    )
    if table.pool is None or not base or asked.test.reference < 0:
        return judged
    raw = evidence.sample(asked.sample.attribute, None, asked.sample.measure)
    return [_unjudged(entry, raw) for entry in judged] + judged


def _with_discovery_rate(
    evidence: Evidence, entries: Sequence[Entry], policy: Policy, limits: Limits
) -> tuple[Comparison, ...]:
    """Correct all exploratory p-values together, then build the rows."""
    tests = evidence.pair_tests([entry.pair for entry in entries])
    kept = [
        i
        for i, (entry, test) in enumerate(zip(entries, tests, strict=True))
        if entry.judged and test.minimum <= limits.levels.false_discovery
    ]
    rates = benjamini_hochberg([entries[i].p_adjusted or 0.0 for i in kept])
    final = [replace(entry, p_adjusted=None) for entry in entries]
    for i, rate in zip(kept, rates, strict=True):
        final[i] = replace(final[i], p_adjusted=float(rate))
    return build_rows(evidence, final, policy, limits, tests=tests)


def _unmeasurable(
    table: CountTable, policy: Policy, limits: Limits, evidence: Evidence
) -> list[Comparison]:
    """Error rates that labels known only for those selected cannot give, said as such."""
    whole = table.counts(table.protected[:1])
    if not labels_only_for_selected(whole, unfavourable_share=limits.labels.unfavourable_share):
        return []
    rows: list[Comparison] = []
    for name in table.protected:
        for measure in MEASURES.values():
            if measure.both_decisions:
                sample = evidence.sample((name,), None, measure)
                made = incomparable_rows(
                    sample,
                    policy.reference.get(name),
                    family="exploratory",
                    reason=LABELS_ONLY_FOR_SELECTED,
                )
                rows.extend(replace(row, value=None, reference_value=None) for row in made)
    return rows
