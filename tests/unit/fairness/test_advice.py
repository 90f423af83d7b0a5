"""Advice and decision: counted by hand, masked, and never decider by decider."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden.document_texts import texts_of

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.report.building import build_report
from algo_audit.report.privacy import mask

ROLES = Roles(
    outcome="decision", favourable="oui", advice="avis", decided_by="qui", protected=("sexe",)
)


def audited(path, rows, roles=ROLES):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("sexe", "avis", "decision", "qui"), *rows])
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


def cells(table):
    """Rows from {(sex, advice, decision): people}, deciders dealt out in turn."""
    for (sex, advice, decision), people in table.items():
        for number in range(people):
            yield (sex, advice, decision, f"recruteur {number % 6}")


BY_HAND = {
    ("F", "oui", "oui"): 30, ("F", "oui", "non"): 20, ("F", "non", "oui"): 5, ("F", "non", "non"): 95,
    ("H", "oui", "oui"): 70, ("H", "oui", "non"): 10, ("H", "non", "oui"): 20, ("H", "non", "non"): 100,
}  # fmt: skip


def test_rates_and_gaps_by_hand(tmp_path):
    found = audited(tmp_path / "f.csv", cells(BY_HAND)).advice
    women = next(g for g in found.groups if g.group == "F")
    assert (women.n, women.advised, women.decided) == (150, 50, 35)
    assert (women.lowered, women.raised) == (20, 5)
    assert women.followed.value == pytest.approx(125 / 150)
    assert women.lowered_rate.value == pytest.approx(20 / 50)
    assert women.raised_rate.value == pytest.approx(5 / 100)
    assert found.everyone.followed.value == pytest.approx(295 / 350)
    (gap,) = found.gaps
    assert gap.advised.value == pytest.approx(50 / 150 - 80 / 200)
    assert gap.decided.value == pytest.approx(35 / 150 - 90 / 200)
    assert gap.advised.low < gap.advised.value < gap.advised.high


def test_deciders_are_told_together_only(tmp_path):
    result = audited(tmp_path / "f.csv", cells(BY_HAND))
    assert result.advice.deciders.number == 6
    for language in ("fr", "en"):
        texts = " ".join(
            text for _, text in texts_of(build_report(result, language, audience="full"))
        )
        assert "recruteur" not in texts.replace("recruteurs", "")
    few = [(sex, advice, decision, "seul") for sex, advice, decision, _ in cells(BY_HAND)]
    assert audited(tmp_path / "g.csv", few).advice.deciders is None


def test_small_cells_hide_every_count_of_the_attribute(tmp_path):
    table = BY_HAND | {("F", "non", "oui"): 2}
    seen = mask(audited(tmp_path / "f.csv", cells(table)), "committee").advice
    assert all(g.n is g.raised is g.lowered is None for g in seen.groups)
    women = next(g for g in seen.groups if g.group == "F")
    assert women.followed.value is None
    open_ = mask(audited(tmp_path / "f.csv", cells(BY_HAND)), "committee").advice
    assert next(g for g in open_.groups if g.group == "F").raised == 5


def test_no_advice_no_chapter(tmp_path):
    roles = Roles(outcome="decision", favourable="oui", protected=("sexe",))
    assert audited(tmp_path / "f.csv", cells(BY_HAND), roles).advice is None


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(6, 40), min_size=8, max_size=8))
def test_decisions_are_advice_less_lowered_plus_raised(tmp_path_factory, counts):
    table = dict(zip(BY_HAND, counts, strict=True))
    found = audited(tmp_path_factory.mktemp("advice") / "f.csv", cells(table)).advice
    for group in (*found.groups, found.everyone):
        assert group.decided == group.advised - group.lowered + group.raised
        assert group.followed.value == pytest.approx(1 - (group.raised + group.lowered) / group.n)
    assert sum(g.n for g in found.groups) == found.everyone.n == np.sum(counts)


def dated(path, years):
    """{year or "": (followed, overridden)}: everyone recommended, some refused all the same."""
    rows = [
        ("FH"[number % 2], "oui", "oui" if number < followed else "non", "x", str(year))
        for year, (followed, overridden) in years.items()
        for number in range(followed + overridden)
    ]
    rows += [("FH"[number % 2], "non", "non", "x", "") for number in range(40)]
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = [("sexe", "avis", "decision", "qui", "année"), *rows]
        csv.writer(stream, delimiter=";").writerows(lines)
    roles = Roles(
        outcome="decision", favourable="oui", advice="avis", date="année", protected=("sexe",)
    )
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


def test_the_advice_is_followed_year_by_year(tmp_path):
    result = dated(tmp_path / "f.csv", {2021: (30, 20), 2022: (40, 12), 2023: (60, 6)})
    found = result.advice.years
    assert [(y.years, y.n, y.followed) for y in found] == [
        ((2021,), 50, 30), ((2022,), 52, 40), ((2023,), 66, 60),
    ]  # fmt: skip
    assert found[0].share.value == pytest.approx(0.6)
    assert mask(result, "committee").advice.years == found
    for language, words in (("fr", "année par année"), ("en", "year by year")):
        texts = " ".join(text for _, text in texts_of(build_report(result, language)))
        assert words in texts


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ({2021: (30, 20), 2022: (40, 2), 2023: (60, 6)}, [(2021,), (2022, 2023)]),
        ({2021: (30, 20), 2022: (40, 12), 2023: (60, 2)}, [(2021,), (2022, 2023)]),
        ({2021: (30, 20), 2022: (40, 2)}, []),
        # three overridden without a date: everybody's count would give them away
        ({2021: (30, 20), 2022: (40, 12), "": (9, 3)}, []),
    ],
)
def test_a_year_with_a_small_cell_joins_its_neighbour(tmp_path, years, told):
    seen = mask(dated(tmp_path / "f.csv", years), "committee").advice.years
    assert [year.years for year in seen] == told
    for year in seen:
        assert min(year.followed, year.n - year.followed) >= 5
