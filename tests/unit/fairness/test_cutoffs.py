"""A score alone: every cut-off against a count by hand, nothing established, nobody given away."""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.golden.document_texts import texts_of

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.data.rule import Rule
from algo_audit.errors import AuditError
from algo_audit.report.building import build_report
from algo_audit.report.negotiation import build_summary
from algo_audit.report.privacy import mask

ROLES = Roles(outcome=None, score="note", protected=("sexe",))


def audited(path, rows, *, rule=None):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("sexe", "note"), *rows])
    decisions = read_decisions(path, ROLES)
    case = Case.from_options(path, decisions.roles)
    return run_audit(Case(**{**vars(case), "rule": rule}), decisions)


def some_rows(seed, people=120, ties=3):
    generator = np.random.default_rng(seed)
    groups = generator.choice(["F", "H", "X", ""], p=[0.45, 0.45, 0.05, 0.05], size=people)
    scores = np.round(generator.normal(50, 10, people) + 4 * (groups == "H"), 0) // ties
    return [[group, f"{score:g}"] for group, score in zip(groups, scores, strict=True)]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    path = tmp_path_factory.mktemp("score") / "notes.csv"
    rows = [["F", "blank"[:0]], *some_rows(1)]
    return audited(path, rows, rule=Rule("threshold", 17))


def test_every_cutoff_is_there_and_counted_as_by_hand(result):
    rows = some_rows(1)
    assert (result.cutoffs.people, result.cutoffs.missing) == (120, 0)
    assert [(one.reason, one.rows) for one in result.source.rows_set_aside] == [
        ("outcome_missing", 1)
    ]
    ends = sorted({float(score) for _, score in rows}, reverse=True)
    curve = next(c for c in result.cutoffs.curves if c.group == "F")
    assert [point.cutoff for point in curve.points] == ends
    other = sum(group == "H" for group, _ in rows)
    for point in curve.points:
        at = [group for group, score in rows if float(score) >= point.cutoff]
        assert (point.selected, point.chosen) == (len(at), at.count("F"))
        assert point.difference == pytest.approx(point.chosen / point.n - at.count("H") / other)
        assert point.low <= point.difference <= point.high


def test_the_declared_cutoff_stands_first_and_nothing_is_established(result):
    first = result.cutoffs.cuts[0]
    assert (first.declared, first.cutoff) == (True, 17.0)
    verdicts = {row.verdict for cut in result.cutoffs.cuts for row in cut.comparisons}
    assert not verdicts & {"gap_established", "small_gap_established"}
    assert {row.family for cut in result.cutoffs.cuts for row in cut.comparisons} == {"exploratory"}
    assert result.comparisons == ()


def test_a_number_of_places_is_the_nearest_end_of_a_tie(tmp_path):
    result = audited(tmp_path / "notes.csv", some_rows(2), rule=Rule("top_k", 30))
    first = result.cutoffs.cuts[0]
    all_ends = {p.selected for curve in result.cutoffs.curves for p in curve.points}
    assert first.selected == min(all_ends, key=lambda one: abs(one - 30))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_report_and_summary_say_that_nobody_was_selected(result, language):
    words = {"fr": "Personne n’a encore été choisi", "en": "Nobody has been selected yet"}[language]
    for build in (build_report, build_summary):
        assert words in " ".join(text for _, text in texts_of(build(result, language)))


@pytest.mark.parametrize("audience", ["committee", "public"])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000))
def test_between_two_cutoffs_told_each_group_has_nobody_or_enough(tmp_path_factory, audience, seed):
    threshold = {"committee": 5, "public": 10}[audience]
    rows = some_rows(seed, people=80 + seed % 60, ties=1 + seed % 4)
    result = audited(tmp_path_factory.mktemp("score") / "notes.csv", rows)
    shown = mask(result, audience).cutoffs
    groups = {rate.group for cut in shown.cuts for rate in cut.rates}
    told = {cut.cutoff for cut in shown.cuts if cut.rates}
    told |= {point.cutoff for curve in shown.curves for point in curve.points}
    assert groups or shown.hidden == ("sexe",)
    ends = [float("inf"), *sorted(told, reverse=True), float("-inf")]
    lines = [lambda one, group=group: one == group for group in groups]
    lines.append(lambda one: one not in groups)
    for line in lines:
        if not groups:
            break
        scores = [float(score) for group, score in rows if line(group)]
        for high, low in pairwise(ends):
            between = sum(low <= score < high for score in scores)
            assert between == 0 or between >= threshold


def test_what_needs_a_decision_is_refused(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("sexe;note;avis\n" + "F;1;oui\nH;2;non\n" * 6, encoding="utf-8")
    roles = Roles(outcome=None, score="note", protected=("sexe",), advice="avis")
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles)
    assert caught.value.code == "roles.not_with_score_alone"
