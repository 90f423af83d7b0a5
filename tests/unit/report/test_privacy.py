"""What each audience may not see is nowhere in the result made for it, nor in its document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass, replace

import numpy as np
import pytest

from algo_audit.audit import AuditResult, run_audit
from algo_audit.cases.case import Case
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.report import document
from algo_audit.report.building import build_report
from algo_audit.report.privacy import Masked, mask, masked

TINY, SMALL, FEW_CHOSEN = "Tinyland", "Smalland", "Chosenone"


def write_file(folder) -> tuple[object, Roles]:
    """700 people; every chapter of the result has something, and something small."""
    generator = np.random.default_rng(7)
    rows = ["sex;origin;team;site;vacancy;person;score;later;hired"]
    for i in range(700):
        sex = "" if i < 3 else ("F" if i % 5 < 2 else "M")
        origin = TINY if i in (10, 11) else SMALL if i in (20, 21, 22, 23) else "South"
        if origin == "South" and i % 7 > 1:
            origin = "North"
        if origin == "South" and i % 3 == 0:
            origin = FEW_CHOSEN
        team = "T3" if i % 97 == 5 else f"T{i % 3}"
        rate = {FEW_CHOSEN: 0.06, "North": 0.45}.get(origin, 0.3)
        hired = generator.random() < rate
        later = int(generator.random() < 0.6) if hired or i % 4 == 0 else ""
        score = round(50 + 10 * hired + 8 * generator.normal(), 2)
        yes = "yes" if hired else "no"
        rows.append(f"{sex};{origin};{team};S{i % 2};V{i % 12};P{i % 350};{score};{later};{yes}")
    path = folder / "people.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    roles = Roles(
        outcome="hired",
        favourable="yes",
        label="later",
        label_favourable="1",
        score="score",
        protected=("sex", "origin"),
        strata=("team", "site"),
        pool="vacancy",
        cluster="person",
    )
    return path, roles


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> AuditResult:
    path, roles = write_file(tmp_path_factory.mktemp("file"))
    limits = read_limits()
    few = replace(limits.resampling, permutations=199, permutations_first=99, lottery_draws=200)
    case = Case(key="people", path=path, roles=roles)
    return run_audit(case, read_decisions(path, roles), limits=replace(limits, resampling=few))


@pytest.fixture(scope="module", params=["committee", "public"])
def seen(result, request) -> Masked:
    return masked(result, request.param)


def objects(value: object) -> Iterator[object]:
    """Every dataclass and mapping inside a result."""
    if is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from objects(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from objects(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from objects(item)


def numbers(value: object) -> list[float]:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, (int, float)):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    return [number for item in value for number in numbers(item)]  # type: ignore[union-attr]


def about(value: object) -> set[tuple[str, str | None]]:
    """The (attribute, group) that a row is about."""
    row = (
        dict(value)
        if isinstance(value, Mapping)
        else {f.name: getattr(value, f.name) for f in fields(value)}
    )  # type: ignore[arg-type]
    if not isinstance(row.get("attribute"), str):
        return set()
    keys = ("group", "reference", "observed_group", "observed_reference")
    return {(row["attribute"], row[key]) for key in keys if isinstance(row.get(key), str)}


def test_full_is_the_same_result(result):
    assert mask(result, "full") is result


# Chapters of files of another shape (pairs of testers, amounts, advice) have tests of their own.
SERVED_ELSEWHERE = {
    "advice", "amounts", "audited_on", "controls", "cutoffs", "french_index", "model", "pairs",
    "singled_out", "stages", "trend",
}  # fmt: skip


def test_the_file_of_these_tests_has_something_in_every_chapter(result):
    for field in fields(result):
        assert getattr(result, field.name) or field.name in SERVED_ELSEWHERE
    assert any(group.calibration for group in result.scores.groups)


def test_small_groups_are_hidden_and_others_are_not(seen):
    assert {("origin", TINY), ("origin", SMALL), ("sex", None)} <= seen.groups
    assert ("sex", "F") not in seen.groups
    assert ("origin", "North") not in seen.groups
    assert (("origin", FEW_CHOSEN) in seen.groups) is (seen.audience == "public")


def test_no_number_is_left_in_a_row_about_a_hidden_group(seen):
    for row in objects(seen.result):
        for key in about(row) & seen.groups:
            assert numbers(row) == [], (key, row)


def test_the_full_result_has_such_numbers(result, seen):
    """The walk above is not blind: it finds them before masking."""
    kinds = {
        type(row).__name__ for row in objects(result) if about(row) & seen.groups and numbers(row)
    }
    assert {"GroupRate", "Comparison"} <= kinds


def test_hidden_lines_all_look_the_same(seen):
    lines = [row for row in seen.result.groups if (row.attribute, row.group) in seen.groups]
    assert lines
    assert {(row.n, row.events, row.rate.value, row.rate.n) for row in lines} == {(None,) * 4}
    assert {row.status for row in lines if row.group is not None} == {"small"}


def test_few_unknowns_are_counted_in_with_the_largest_group(result, seen):
    raw = {row.group: row for row in result.groups if row.attribute == "sex"}
    line = next(r for r in seen.result.groups if (r.attribute, r.group) == ("sex", "M"))
    assert raw[None].n == 3
    assert ("sex", "M") in seen.hosts
    assert line.n == raw["M"].n + raw[None].n
    assert line.events == raw["M"].events + raw[None].events
    assert all(row.attribute != "sex" for row in seen.result.unknowns)


def test_a_host_keeps_its_comparison_from_the_counts_printed(result, seen):
    def raw(rows):
        return next(
            r
            for r in rows
            if (r.attribute, r.measure, r.stratum) == ("sex", "selection_rate", None)
            and r.reference is not None
        )

    before, after = raw(result.comparisons), raw(seen.result.comparisons)
    assert (after.group, after.reference) == (before.group, before.reference)
    assert after.value == pytest.approx(after.events / after.n)
    assert after.ratio.value == pytest.approx(after.value / after.reference_value)
    assert after.ratio.value == pytest.approx(before.ratio.value, rel=0.02)
    assert after.shortfall.value == pytest.approx(-after.n * after.difference.value)
    assert after.verdict == before.verdict


def test_hidden_groups_come_back_merged_with_their_gap(seen):
    line = next(row for row in seen.merged if row.attribute == "origin")
    shown = [r for r in seen.result.groups if r.attribute == "origin" and r.n is not None]
    assert sum(row.n for row in shown) == 700
    assert line.n >= seen.threshold
    again = next(
        row
        for row in seen.result.comparisons
        if (row.attribute, row.group) == ("origin", OTHER_GROUPS)
    )
    assert (again.n, again.events) == (line.n, line.events)
    assert again.difference.low <= again.difference.value <= again.difference.high
    assert again.verdict is None
    assert again.p_adjusted is None


def test_small_levels_are_merged_for_every_attribute(result, seen):
    assert "T3" in {level.level for gap in result.strata for level in gap.levels}
    assert "T3" in seen.levels["team"]
    for gap in seen.result.strata:
        if gap.stratum == "team":
            shown = {level.level for level in gap.levels} - {OTHER_GROUPS}
            assert not shown & seen.levels["team"]
            for level in gap.levels:
                assert all(n == 0 or n >= seen.threshold for n in (level.n, level.n_reference))
            assert not set(gap.opposite_levels) & seen.levels["team"]


def test_adjusted_gaps_stay_to_few_decimals(result, seen):
    before = {(g.attribute, g.group, g.stratum): g for g in result.strata}
    assert seen.result.strata
    for gap in seen.result.strata:
        whole = before[gap.attribute, gap.group, gap.stratum].adjusted_difference
        assert gap.adjusted_difference.value == round(whole.value, 3)


def test_tests_of_all_groups_are_left_out_where_a_hidden_one_took_part(result):
    rows = [
        r for r in mask(result, "public").tests if (r.attribute, r.kind) == ("origin", "omnibus")
    ]
    assert rows
    assert all(row.p_value is None and row.statistic is None for row in rows)
    assert all(row.missing_reason == "masked" for row in rows)
    rows = [
        r for r in mask(result, "committee").tests if (r.attribute, r.kind) == ("sex", "omnibus")
    ]
    assert any(row.p_value is not None for row in rows)


def test_lotteries_name_no_hidden_group(seen):
    for row in seen.result.lottery:
        named = {(row.attribute, row.observed_group), (row.attribute, row.observed_reference)}
        assert not named & seen.groups
        assert (row.observed_ratio is None) is (row.observed_group == OTHER_GROUPS)


def test_scores_and_pools_have_no_few_people(result, seen):
    for group in seen.result.scores.groups:
        assert group.n >= seen.threshold
        for item in group.calibration:
            assert item.n >= seen.threshold
    for share in seen.result.pools.shares:
        assert share.n >= seen.threshold
    for gap in seen.result.pools.gaps:
        assert gap.raw == pytest.approx(gap.between + gap.within)
    assert len(seen.result.pools.shares) < len(result.pools.shares)


def test_measures_rest_on_enough_people(seen):
    for row in seen.result.comparisons:
        if row.measure == "selection_rate":
            continue
        assert min(row.n, row.n_reference) >= seen.threshold
        if seen.audience == "public" and row.events is not None and row.missing_reason is None:
            assert min(row.events, row.n - row.events) >= seen.threshold - 1


def test_findings_tell_only_what_is_printed(seen):
    found = seen.result.findings
    assert found
    assert [row.rank for row in found] == list(range(1, len(found) + 1))
    for row in found:
        if row.comparison is not None:
            comparison = seen.result.comparisons[row.comparison]
            assert row.values["group"] == comparison.group
            assert row.values["n"] == comparison.n
            assert row.values["value"] == comparison.value
        for name in (TINY, SMALL):
            assert name not in row.id


def test_labels_of_few_decisions_are_left_out_in_public(result):
    few = replace(result, labels=replace(result.labels, known_unfavourable=4))
    assert mask(few, "committee").labels == few.labels
    left = mask(few, "public").labels
    assert (left.known, left.known_favourable, left.known_unfavourable) == (None, None, None)


def test_journal_counts_of_hidden_unknowns_are_left_out(result, seen):
    def counts(rows):
        return [
            value
            for entry in rows
            if entry.column == "sex"
            for key, value in entry.values.items()
            if key in ("rows", "blank", "cells")
        ]

    assert 3 in counts(result.journal)
    assert set(counts(seen.result.journal)) == {None}


def blocks(sections: tuple[document.Section, ...]) -> Iterator[document.Block]:
    for section in sections:
        yield from section.blocks
        yield from blocks(section.sections)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("audience", ["committee", "public"])
def test_the_document_has_no_number_about_a_hidden_group(result, audience, language):
    made = build_report(result, language, audience=audience)
    hidden = (TINY, SMALL) if audience == "committee" else (TINY, SMALL, FEW_CHOSEN)
    named = sentences = 0
    for block in blocks(made.sections):
        tables = [block] if isinstance(block, document.Table) else []
        if isinstance(block, document.Figure):
            tables.append(block.data)
        for table in tables:
            # hidden lines stand in the table, or are named in a note below it
            named += any(name in note for name in hidden for note in table.notes)
            for row in table.rows:
                if any(f"{name}" in row[0].text for name in hidden):
                    named += 1
                    left = [c.value for c in row[1:] if isinstance(c.value, (int, float))]
                    assert left == [], [cell.text for cell in row]
        said = []
        if isinstance(block, document.Finding):
            said = [block.headline, block.detail, block.sureness]
        elif isinstance(block, document.ListBlock):
            said = list(block.items)
        for text in said:
            sentences += 1
            assert not any(name in text for name in hidden), text
    assert named
    assert sentences


def test_masking_leaves_no_nan_and_the_result_untouched(result):
    before = repr(result)
    for audience in ("committee", "public"):
        for row in objects(mask(result, audience)):
            assert not any(isinstance(x, float) and math.isnan(x) for x in numbers(row))
    assert repr(result) == before
