"""Tables already counted: the same figures as their rows, pivots, totals, groups as columns."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

CELLS = [("Paris", "F", 40, 10), ("Paris", "H", 50, 20), ("Lyon", "F", 30, 3), ("Lyon", "H", 20, 4)]
ROLES = Roles(outcome="promus", count="effectif", protected=("sexe",), strata=("site",))


def write(path, header, rows, *, encoding="cp1252"):
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def faults(call) -> dict[str, AuditError]:
    with pytest.raises(AuditError) as caught:
        call()
    return {fault.code: fault for fault in caught.value.faults}


def figures(decisions) -> dict:
    """Everything that was computed, without what tells one file from another."""
    result = run_audit(Case.from_options("f.csv", decisions.roles), decisions).to_dict()
    for key in ("source", "roles", "journal", "model", "limits", "tool"):
        del result[key]
    return result


def test_rows_and_counts_give_the_same_figures(tmp_path):
    counted = write(tmp_path / "counted.csv", ("site", "sexe", "effectif", "promus"), CELLS)
    rows = [
        (site, sex, "promus" if place < chosen else "non")
        for site, sex, people, chosen in CELLS
        for place in range(people)
    ]
    plain = write(tmp_path / "rows.csv", ("site", "sexe", "promus"), rows)
    lines = write(
        tmp_path / "lines.csv",
        ("site", "sexe", "promus", "effectif"),
        [
            (site, sex, outcome, number)
            for site, sex, people, chosen in CELLS
            for outcome, number in (("promus", chosen), ("non", people - chosen))
        ],
    )
    told = replace(ROLES, favourable="promus")
    one = figures(read_decisions(counted, ROLES))
    assert one == figures(read_decisions(plain, replace(told, count=None)))
    assert one == figures(read_decisions(lines, told))


cell = st.tuples(st.integers(1, 60), st.integers(0, 60)).map(lambda pair: (max(pair), min(pair)))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(cell, min_size=4, max_size=4))
def test_every_table_adds_up(tmp_path, cells):
    keys = [("A", "F"), ("A", "H"), ("B", "F"), ("B", "H")]
    rows = [(*key, people, chosen) for key, (people, chosen) in zip(keys, cells, strict=True)]
    if {chosen for _, chosen in cells} <= {0, 1} or sum(c for _, c in cells) in (
        0,
        sum(p for p, _ in cells),
    ):
        return
    path = write(tmp_path / "f.csv", ("site", "sexe", "effectif", "promus"), rows)
    decisions = read_decisions(path, ROLES)
    assert len(decisions) == sum(people for people, _ in cells)
    assert int(decisions.outcome.sum()) == sum(chosen for _, chosen in cells)
    women = decisions.protected["sexe"]
    codes = women.codes == women.levels.index("F")
    assert int(decisions.outcome[codes].sum()) == cells[0][1] + cells[2][1]


def test_a_pivot_with_blank_labels_subtotals_and_a_total(tmp_path):
    rows = [
        ("Paris", "F", 40, 10), ("", "H", 50, 20), ("", "Total", 90, 30),
        ("Lyon", "F", 30, 3), ("", "H", 20, 4), ("", "Total", 50, 7),
        ("Total général", "", 140, 37),
    ]  # fmt: skip
    path = write(tmp_path / "pivot.csv", ("site", "sexe", "effectif", "promus"), rows)
    decisions = read_decisions(path, ROLES)
    assert len(decisions) == 140
    assert decisions.strata["site"].levels == ("Lyon", "Paris")
    assert decisions.protected["sexe"].levels == ("F", "H")
    noted = {entry.code: entry.values for entry in decisions.journal}
    assert noted["total_lines"] == {"rows": 3}
    assert noted["labels_filled_down"] == {"rows": 2}
    counted = write(tmp_path / "counted.csv", ("site", "sexe", "effectif", "promus"), CELLS)
    assert figures(decisions) == figures(read_decisions(counted, ROLES))


def test_totals_that_do_not_add_up(tmp_path):
    rows = [*CELLS, ("Total", "", 141, 36)]
    path = write(tmp_path / "f.csv", ("site", "sexe", "effectif", "promus"), rows)
    with pytest.raises(AuditError) as caught:
        read_decisions(path, ROLES)
    told = [(f.code, f.seen, f.values["sum"], f.values["line"]) for f in caught.value.faults]
    assert told == [("reading.total_differs", 141, 140, 6), ("reading.total_differs", 36, 37, 6)]


def test_more_favourable_decisions_than_people(tmp_path):
    rows = [("Paris", "F", 4, 10), ("Paris", "H", 50, 20), ("Lyon", "F", "deux", 3)]
    path = write(tmp_path / "f.csv", ("site", "sexe", "effectif", "promus"), rows)
    assert set(faults(lambda: read_decisions(path, ROLES))) == {"reading.count_not_number"}
    path = write(tmp_path / "f.csv", ("site", "sexe", "effectif", "promus"), rows[:2])
    assert list(faults(lambda: read_decisions(path, ROLES))) == ["reading.favourable_above_count"]


WIDE = Roles(
    outcome="promus {sexe}", count="effectif {sexe}", protected=("sexe",), strata=("site",)
)


def test_groups_as_columns(tmp_path):
    header = ("site", "effectif F", "effectif H", "promus F", "promus H", "effectif total", "promus total")  # fmt: skip
    rows = [("Paris", 40, 50, 10, 20, 90, 30), ("Lyon", 30, 20, 3, 4, 50, 7)]
    path = write(tmp_path / "wide.csv", header, rows)
    decisions = read_decisions(path, WIDE)
    assert decisions.roles.count == "effectif"
    counted = write(tmp_path / "counted.csv", ("site", "sexe", "effectif", "promus"), CELLS)
    assert figures(decisions) == figures(read_decisions(counted, ROLES))
    wrong = [("Paris", 40, 50, 10, 20, 90, 31)]
    path = write(tmp_path / "wide.csv", header, wrong)
    assert list(faults(lambda: read_decisions(path, WIDE))) == ["reading.total_differs"]


def test_patterns_that_do_not_fit(tmp_path):
    path = write(
        tmp_path / "f.csv", ("site", "effectif F", "effectif H", "promus F"), [("a", 4, 5, 2)]
    )
    found = faults(lambda: read_decisions(path, WIDE))
    assert found["reading.spread_differs"].seen == ["H"]
    found = faults(lambda: read_decisions(path, replace(WIDE, count="headcount {sexe}")))
    assert found["reading.spread_no_column"].seen == "headcount {sexe}"
    path = write(tmp_path / "f.csv", ("sexe", "effectif F", "promus F"), [("a", 4, 2)])
    assert "reading.spread_taken" in faults(lambda: read_decisions(path, WIDE))


def test_the_case_of_14_december_2022(tmp_path):
    """Cass. soc. 21-19.628: 6.9 % against 18.07 %, and 22 of the 269 who got a permanent contract.

    247 others are left, so 18.07 % leaves one size for their group; 6.90 % one for the 22.
    """
    others = [n for n in range(1, 5000) if round(100 * 247 / n, 2) == 18.07]
    few = [n for n in range(1, 5000) if round(100 * 22 / n, 2) == 6.90]
    assert (few, others) == ([319], [1367])
    rows = [("extra-européen", 319, 22), ("européen", 1367, 247)]
    path = write(tmp_path / "f.csv", ("patronyme", "interimaires", "titularises"), rows)
    proposal = propose_roles(path)
    assert proposal.shape.shape == "counted_lines"
    roles = proposal.roles
    result = run_audit(Case.from_options(path, roles), read_decisions(path, roles))
    row = next(c for c in result.comparisons if c.family == "primary")
    assert (row.events + row.events_reference, row.n + row.n_reference) == (269, 1686)
    assert (row.group, row.reference) == ("extra-européen", "européen")
    assert row.value == pytest.approx(0.069, abs=5e-4)
    assert row.reference_value == pytest.approx(0.1807, abs=5e-5)
    assert row.p_value == pytest.approx(fisher_exact([[22, 297], [247, 1120]])[1], rel=1e-6)
    assert row.verdict == "gap_established"


def test_research_grants(real_data):
    """Applications and awards by discipline: a gap that vanishes within disciplines."""
    path = real_data / "research_grants" / "research_funding_rates.csv"
    roles = Roles(
        outcome="awards_{gender}",
        count="applications_{gender}",
        protected=("gender",),
        strata=("discipline",),
    )
    decisions = read_decisions(path, roles)
    result = run_audit(Case.from_options(path, decisions.roles), decisions)
    raw = next(c for c in result.comparisons if c.family == "primary")
    assert (raw.events, raw.n, raw.events_reference, raw.n_reference) == (177, 1188, 290, 1635)
    assert raw.p_value == pytest.approx(0.0455707, abs=1e-7)
    cmh = next(t for t in result.tests if t.kind == "cmh")
    assert cmh.statistic == pytest.approx(1.68303, abs=1e-5)
    assert cmh.p_value == pytest.approx(0.194522, abs=1e-6)
    assert result.strata[0].vanishes


def test_a_total_in_a_column_without_a_part_is_no_people(csv_file):
    lines = "site;sexe;promu;n\nLyon;F;oui;10\nLyon;F;non;40\nLyon;H;oui;20\nLyon;H;non;40\n"
    roles = Roles(outcome="promu", protected=("sexe",), count="n")
    assert len(read_decisions(csv_file(lines + "Total;;;110\n"), roles)) == 110
    with pytest.raises(AuditError) as caught:
        read_decisions(csv_file(lines + "Total;;;111\n"), roles)
    assert caught.value.code == "reading.total_differs"
