"""A funnel counted by hand, where its gap is born, and what an audience sees of it."""

from __future__ import annotations

import csv
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden.document_texts import texts_of

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.fairness.stages import births_of, counted
from algo_audit.report.building import build_report
from algo_audit.report.json import json_text, read_json
from algo_audit.report.negotiation import build_summary
from algo_audit.report.privacy import mask

STAGES = ("tri", "entretien", "offre")
# group: how many were refused at each stage, withdrew at each, and passed the last
PEOPLE = {"F": ((120, 30, 10), (0, 10, 0), 30), "H": ((60, 40, 20), (0, 0, 0), 80)}


def rows_of(people=PEOPLE):
    for group, (refused, withdrew, passed) in people.items():
        for stage in range(3):
            for word, number in (("non", refused[stage]), ("désisté", withdrew[stage])):
                cells = ["oui"] * stage + [word] + [""] * (2 - stage)
                yield from ([group, *cells] for _ in range(number))
        yield from ([group, "oui", "oui", "oui"] for _ in range(passed))


def said(document):
    return " ".join(text for _, text in texts_of(document))


def audited(path, rows, withdrawn=("désisté",)):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("sexe", *STAGES), *rows])
    roles = Roles(outcome=None, stages=STAGES, withdrawn=withdrawn, protected=("sexe",))
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return audited(tmp_path_factory.mktemp("stages") / "étapes.csv", rows_of())


def test_counts_by_hand(result):
    lines = {count.stages[0]: count for count in result.stages.of("sexe", "F")}
    found = [(c.entered, c.passed, c.refused, c.withdrew, c.unknown) for c in lines.values()]
    assert found == [(200, 80, 120, 0, 0), (80, 40, 30, 10, 0), (40, 30, 10, 0, 0)]
    # a withdrawal leaves the denominator: 40 of 70, not of 80
    assert lines["entretien"].rate.value == pytest.approx(40 / 70)
    assert lines["offre"].reached == pytest.approx(0.4 * 40 / 70 * 0.75)
    everyone = result.stages.of(None, None)
    assert [(c.entered, c.passed) for c in everyone] == [(400, 220), (220, 140), (140, 110)]


def test_the_decision_leaves_withdrawals_out(result):
    row = next(row for row in result.groups if row.group == "F")
    assert (row.n, row.events) == (190, 30)


def test_births_add_up_to_the_gap(result):
    births = [b for b in result.stages.births if b.group == "F"]
    own, other = (0.4, 40 / 70, 0.75), (0.7, 100 / 140, 0.8)
    by_hand = [
        (own[0] - other[0]) * other[1] * other[2],
        own[0] * (own[1] - other[1]) * other[2],
        own[0] * own[1] * (own[2] - other[2]),
    ]
    assert [b.points for b in births] == pytest.approx(by_hand)
    assert sum(b.points for b in births) == pytest.approx(math.prod(own) - math.prod(other))
    assert births[0].people == pytest.approx(-200 * by_hand[0])


def test_stage_gaps_are_explored_and_the_whole_gap_is_asked(result):
    gaps = {gap.stages[0]: gap.comparison for gap in result.stages.gaps}
    assert {row.family for row in gaps.values()} == {"exploratory"}
    assert gaps["tri"].verdict == "lead"
    assert (gaps["tri"].n, gaps["tri"].events) == (200, 80)
    assert all(
        row.verdict not in ("gap_established", "small_gap_established") for row in gaps.values()
    )
    assert [row.family for row in result.comparisons if row.group == "F"] == ["primary"]
    assert {"stage_birth", "lead_stage"} <= {finding.code for finding in result.findings}


def test_the_result_is_read_back(result, tmp_path):
    (tmp_path / "audit.json").write_text(json_text(result), encoding="utf-8")
    assert read_json(tmp_path / "audit.json").stages == result.stages


@pytest.mark.parametrize("language", ["fr", "en"])
def test_report_and_summary_tell_where_the_gap_is_born(result, language):
    report = said(build_report(result, language))
    summary = said(build_summary(result, language))
    for text in (report, summary):
        assert {"fr": "naît surtout à l’étape", "en": "born mostly at the stage"}[language] in text
    assert {"fr": "un retrait n’est pas un refus", "en": "a withdrawal is not a refusal"}[
        language
    ] in report


def test_pools_and_strata_are_compared_within(tmp_path):
    path = tmp_path / "offres.csv"
    rows = [[*row, f"O{place % 7}", "AB"[place % 2]] for place, row in enumerate(rows_of())]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("sexe", *STAGES, "offre n°", "site"), *rows])
    roles = Roles(
        outcome=None, stages=STAGES, withdrawn=("désisté",), protected=("sexe",),
        pool="offre n°", strata=("site",),
    )  # fmt: skip
    decisions = read_decisions(path, roles)
    result = run_audit(Case.from_options(path, decisions.roles), decisions)
    assert {gap.comparison.stratum for gap in result.stages.gaps} == {"offre n°", "site*offre n°"}


def test_a_small_late_stage_is_told_with_the_one_before(tmp_path):
    few = {"F": ((120, 30, 1), (0, 0, 0), 2), "H": ((60, 40, 20), (0, 0, 0), 80)}
    result = audited(tmp_path / "peu.csv", rows_of(few), withdrawn=())
    shown = mask(result, "committee").stages
    women = shown.of("sexe", "F")
    assert [count.stages for count in women] == [("tri",), ("entretien", "offre")]
    assert (women[1].entered, women[1].passed, women[1].refused) == (33, 2, 31)
    text = said(build_report(result, "fr"))
    assert "de «\u00a0entretien\u00a0» à «\u00a0offre\u00a0»" in text
    assert not any(gap.stages == ("offre",) for gap in shown.gaps)


rates = st.tuples(*(st.integers(1, 60) for _ in range(8)))


@settings(max_examples=15, deadline=None)
@given(numbers=rates, times=st.integers(2, 5))
def test_births_are_a_division_whatever_the_counts(numbers, times):
    confidence = read_limits().levels.confidence

    def counts(scale):
        lines = []
        for group, chosen in (("a", numbers[:4]), ("b", numbers[4:])):
            passed = [scale * sum(chosen[k + 1 :]) for k in range(3)]
            split = [(p, scale * chosen[k], 0, 0) for k, p in enumerate(passed)]
            lines += counted([("1",), ("2",), ("3",)], "x", group, split, confidence=confidence)
        return lines

    lines = counts(1)
    births = births_of(lines, {"x": "b"})
    ends = {line.group: line.reached for line in lines if line.stages == ("3",)}
    assert sum(b.points for b in births) == pytest.approx(ends["a"] - ends["b"])
    # withdrawals apart, who is left is who passed the last stage
    assert ends["a"] == pytest.approx(numbers[3] / sum(numbers[:4]))
    more = births_of(counts(times), {"x": "b"})
    assert [b.points for b in more] == pytest.approx([b.points for b in births])
    assert [b.people for b in more] == pytest.approx([times * b.people for b in births])
