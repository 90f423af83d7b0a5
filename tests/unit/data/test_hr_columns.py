"""Birth and entry dates, working time, repeated identifiers: as an HR export writes them."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algo_audit.data.derived_columns import completed_years
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

ROLES = Roles(
    outcome="decision", favourable="oui", date="date_decision", protected=("date_naissance",)
)


def write(path, header, rows):
    with path.open("w", newline="", encoding="cp1252") as stream:
        csv.writer(stream, delimiter=";").writerows([header, *rows])
    return path


def codes(call) -> dict[str, AuditError]:
    with pytest.raises(AuditError) as caught:
        call()
    return {fault.code: fault for fault in caught.value.faults}


def people(*births, decided="15/06/2025"):
    rows = [(birth, decided, "oui" if i % 2 else "non") for i, birth in enumerate(births)]
    return ("date_naissance", "date_decision", "decision"), rows


def test_birth_dates_become_ages_on_the_day_of_the_decision(tmp_path):
    header, rows = people("16/06/1995", "15/06/1995", "01/01/1960", "31/12/1984", "", "nc")
    decisions = read_decisions(write(tmp_path / "f.csv", header, rows), ROLES)
    column = decisions.protected["date_naissance"]
    assert column.levels == ("<30", "30-39", "40-49", "50+")
    bands = [column.levels[c] if c >= 0 else None for c in column.codes]
    assert bands == ["<30", "30-39", "50+", "40-49", None, None]
    noted = {entry.code: entry.values for entry in decisions.journal}
    assert noted["birth_dates"] == {"rows": 4}
    assert "1995" not in decisions.table["date_naissance"].str.cat()


@given(
    st.dates(dt.date(1930, 1, 1), dt.date(2005, 12, 31)),
    st.dates(dt.date(2006, 1, 1), dt.date(2030, 12, 31)),
)
def test_years_completed(born, day):
    years = completed_years(born.toordinal(), day.toordinal())
    birthday = (
        dt.date(born.year + years, 3, 1)
        if (born.month, born.day) == (2, 29)
        else born.replace(year=born.year + years)
    )
    following = (
        dt.date(born.year + years + 1, 3, 1)
        if (born.month, born.day) == (2, 29)
        else born.replace(year=born.year + years + 1)
    )
    leap = (born.month, born.day) == (2, 29)
    assert birthday <= day or (leap and day.month == 2 and day.day == 29)
    assert day < following


def test_faults_of_dates_are_told_with_their_lines(tmp_path):
    header, rows = people("16/06/1995", "15/06/1995", "31/12/1984", "1984-12-31")
    fault = codes(lambda: read_decisions(write(tmp_path / "f.csv", header, rows), ROLES))[
        "reading.dates_mixed"
    ]
    assert fault.seen == ["1984-12-31"]
    assert fault.values["lines"] == [5]
    header, rows = people("16/06/1995", "16/06/2025", "17/06/1990")
    fault = codes(lambda: read_decisions(write(tmp_path / "f.csv", header, rows), ROLES))[
        "reading.date_in_future"
    ]
    assert fault.seen == ["16/06/2025"]
    # both at once: the cells that can be read are looked at all the same
    header, rows = people("16/06/1995", "16/06/2025", "31/12/1984", "1984-12-31")
    both = codes(lambda: read_decisions(write(tmp_path / "f.csv", header, rows), ROLES))
    assert both["reading.dates_mixed"].seen == ["1984-12-31"]
    assert both["reading.date_in_future"].seen == ["16/06/2025"]
    without = Roles(outcome="decision", favourable="oui", protected=("date_naissance",))
    header, rows = people("16/06/1995", "16/06/1970", "17/06/1990")
    assert "reading.date_needed" in codes(
        lambda: read_decisions(write(tmp_path / "f.csv", header, rows), without)
    )


def test_entry_dates_become_seniority(tmp_path):
    header = ("sexe", "date_entree", "jour", "decision")
    rows = [
        ("F", "01/01/2024", "02/01/2025", "oui"),
        ("H", "01/01/2000", "02/01/2025", "non"),
        ("F", "01/01/2018", "02/01/2025", "non"),
    ]
    roles = Roles(
        outcome="decision",
        favourable="oui",
        date="jour",
        protected=("sexe",),
        strata=("date_entree",),
    )
    decisions = read_decisions(write(tmp_path / "f.csv", header, rows), roles)
    column = decisions.strata["date_entree"]
    assert [column.levels[c] for c in column.codes] == ["<2", "20+", "5-9"]


@pytest.mark.parametrize(
    ("cells", "full", "part"),
    [
        (("80 %", "100 %", "50 %", "100 %"), "1+", "<1"),
        (("0,8", "1", "0,5", "1,0"), "1+", "<1"),
        (("80", "100", "100", "60"), "100+", "<100"),
    ],
)
def test_working_time_becomes_full_or_part_time(tmp_path, cells, full, part):
    header = ("quotite_travail", "temps de travail", "decision")
    rows = [(c, c, "oui" if i % 2 else "non") for i, c in enumerate(cells)]
    roles = Roles(outcome="decision", favourable="oui", protected=("temps de travail",))
    decisions = read_decisions(write(tmp_path / "f.csv", header, rows), roles)
    column = decisions.protected["temps de travail"]
    assert set(column.levels) == {full, part}
    values = [float(c.replace("%", "").replace(",", ".").strip()) for c in cells]
    wanted = [full if value >= max(values) else part for value in values]
    assert [column.levels[c] for c in column.codes] == wanted


def test_an_identifier_that_repeats_becomes_the_cluster(tmp_path):
    header = ("matricule", "sexe", "decision")
    rows = [("001", "F", "oui"), ("001", "F", "non"), ("002", "H", "oui"), ("003", "H", "non")]
    roles = Roles(outcome="decision", favourable="oui", identifier="matricule", protected=("sexe",))
    decisions = read_decisions(write(tmp_path / "f.csv", header, rows), roles)
    assert decisions.roles.cluster == "matricule"
    assert len(decisions.cluster.levels) == 3
    assert "identifier_is_cluster" in {entry.code for entry in decisions.journal}
    once = read_decisions(write(tmp_path / "g.csv", header, rows[1:]), roles)
    assert once.roles.cluster is None


def test_a_decision_date_in_two_formats_is_told_once(table_file):
    path = table_file(
        {
            "sexe": ["F", "H"] * 3,
            "jour": ["14/03/2024", "15/03/2024", "2024-03-16", "17/03/2024", "18/03/2024", ""],
            "retenu": ["oui", "non"] * 3,
        }
    )
    with pytest.raises(AuditError) as caught:
        read_decisions(path, Roles(outcome="retenu", date="jour", protected=("sexe",)))
    assert [fault.code for fault in caught.value.faults] == ["reading.dates_mixed"]
    assert caught.value.faults[0].values["lines"] == [4]
