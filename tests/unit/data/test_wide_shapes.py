"""Tables that are no rows of people: recognised, and read as ``init`` proposes."""

from __future__ import annotations

import openpyxl
import pytest

from algo_audit.cases.case import load_case
from algo_audit.cases.declaring import write_audit_toml
from algo_audit.data.header_lines import find_header
from algo_audit.data.reading import read_decisions
from algo_audit.data.role_proposals import propose_roles
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

# Of each unit and sex: people, and those promoted.
CELLS = {
    ("Production", "F"): (120, 14),
    ("Production", "H"): (200, 36),
    ("Siège", "F"): (90, 0),
    ("Siège", "H"): (50, 11),
}
CAPTION = ["Nombre de matricule", "Étiquettes de colonnes"]
PIVOTS = {
    "counted_lines": [
        ["Promotions 2024"], [],
        ["Service", "Sexe", "Effectif", "Promus", "Taux"],
        ["Production", "F", 120, 14, "11,7 %"], [None, "H", 200, 36, "18 %"],
        ["Total Production", None, 320, 50, "15,6 %"],
        ["Siège", "F", 90, 0, "0 %"], [None, "H", 50, 11, "22 %"],
        ["Total Siège", None, 140, 11, "7,9 %"],
        ["Total général", None, 460, 61, "13,3 %"],
    ],
    "counted_groups": [
        ["Service", "F", None, None, "H", None, None, "Total général"],
        [None, "Effectif", "Promus", "Taux", "Effectif", "Promus", "Taux", "Effectif"],
        ["Production", 120, 14, "11,7 %", 200, 36, "18 %", 320],
        ["Siège", 90, None, "0 %", 50, 11, "22 %", 140],
        ["Total général", 210, 14, "6,7 %", 250, 47, "18,8 %", 460],
    ],
    "counted_crossed": [
        CAPTION,
        [None, "F", None, "Total F", "H", None, "Total H", "Total général"],
        ["Étiquettes de lignes", "Non", "Oui", None, "Non", "Oui", None, None],
        ["Production", 106, 14, 120, 164, 36, 200, 320],
        ["Siège", 90, None, 90, 39, 11, 50, 140],
        ["Total général", 196, 14, 210, 203, 47, 250, 460],
    ],
    "counted": [
        ["Service", "Sexe", "Décision", "Nombre"],
        ["Production", "F", "Promu", 14], [None, None, "Non promu", 106],
        [None, "H", "Promu", 36], [None, None, "Non promu", 164],
        ["Siège", "F", "Promu", 0], [None, None, "Non promu", 90],
        [None, "H", "Promu", 11], [None, None, "Non promu", 39],
        ["Total général", None, None, 460],
    ],
}  # fmt: skip
BY_SEX = [
    CAPTION,
    ["Étiquettes de lignes", "Non", "Oui", "Total général"],
    ["Femmes", 196, 14, 210],
    ["Hommes", 203, 47, 250],
    ["Total général", 399, 61, 460],
]


def said(key, /, **values):
    return f"{key} {values}"


def saved(folder, rows, *, ending="xlsx"):
    path = folder / f"tableau.{ending}"
    if ending == "csv":
        lines = [";".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def proposed(path):
    """Shape and decisions, through the file that init writes."""
    proposal = propose_roles(path)
    toml = path.parent / "audit.toml"
    toml.write_text(write_audit_toml(proposal, said), encoding="utf-8")
    return proposal.shape.shape, load_case(toml).read()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("shape", PIVOTS)
def test_french_pivots(tmp_path, shape, ending):
    found, decisions = proposed(saved(tmp_path, PIVOTS[shape], ending=ending))
    assert found == shape
    (sexes,) = decisions.protected.values()
    (units,) = decisions.strata.values()
    cells = {}
    for unit, sex, yes in zip(units.codes, sexes.codes, decisions.outcome, strict=True):
        people, chosen = cells.get((units.levels[unit], sexes.levels[sex]), (0, 0))
        cells[units.levels[unit], sexes.levels[sex]] = (people + 1, chosen + int(yes))
    assert cells == CELLS


def test_decisions_as_columns(tmp_path):
    found, decisions = proposed(saved(tmp_path, BY_SEX))
    assert found == "counted_decisions"
    assert (len(decisions), int(decisions.outcome.sum())) == (460, 61)
    assert decisions.protected["Étiquettes de lignes"].levels == ("Femmes", "Hommes")


def test_a_total_that_is_wrong_is_told_with_its_column(tmp_path):
    rows = [list(row) for row in PIVOTS["counted_lines"]]
    rows[5][2] = 330
    rows[9][3] = 62
    path = saved(tmp_path, rows)
    with pytest.raises(AuditError) as caught:
        proposed(path)
    told = {
        (f.code, f.where, f.seen, f.values["sum"], f.values["line"]) for f in caught.value.faults
    }
    assert told == {
        ("reading.total_differs", "Effectif", 330, 320, 6),
        ("reading.total_differs", "Promus", 62, 61, 10),
    }


def test_a_header_on_two_lines_is_told(tmp_path):
    _, decisions = proposed(saved(tmp_path, PIVOTS["counted_groups"]))
    told = {entry.code: entry.values for entry in decisions.journal}
    assert told["header_joined"]["columns"][1:3] == ["F Effectif", "F Promus"]
    assert told["blank_counts"] == {"cells": 1}


def test_pairs_on_one_line(table_file):
    columns = {
        "offre": [f"A{i}" for i in range(40)],
        "réponse femme": ["oui", "non"] * 20,
        "réponse homme": ["oui", "oui", "non", "oui"] * 10,
    }
    found, decisions = proposed(table_file(columns))
    assert found == "pairs_wide"
    assert (len(decisions), len(decisions.pool.levels)) == (80, 40)
    assert int(decisions.outcome.sum()) == 20 + 30


def test_indicators_of_one_person_are_no_pair(table_file):
    columns = {
        "id": [f"A{i}" for i in range(40)],
        "est femme": ["oui", "non"] * 20,
        "est homme": ["non", "oui"] * 20,
    }
    assert propose_roles(table_file(columns)).shape.shape != "pairs_wide"


def test_a_header_with_a_blank_cell_is_not_joined_with_the_first_row(tmp_path, csv_file):
    text = "sexe;;décision\nF;Lyon;oui\nH;Paris;non\n"
    with pytest.raises(AuditError) as caught:
        read_decisions(csv_file(text), Roles(outcome="décision", protected=("sexe",)))
    assert caught.value.code == "reading.header_blank"


@pytest.mark.parametrize(
    ("rows", "first", "names"),
    [
        ([["a", "b"], ["1", "2"], ["3", "4"]], 0, ("a", "b")),
        ([["Export"], ["a", "b"], ["1", "2"]], 1, ("a", "b")),
        ([["x", "y"], ["p", "q"], list("abcdef"), list("123456")], 2, tuple("abcdef")),
        ([["x", "y"], list("123456"), list("123456")], 0, ("x", "y")),
    ],
)
def test_where_the_header_is(rows, first, names):
    usual = max(len(row) for row in rows)
    found = find_header(rows, usual=usual)
    assert found is not None
    assert (found.first, found.last, found.names) == (first, first, names)


def test_patterns_that_name_other_places(csv_file):
    path = csv_file("n F;n H;p F;p H\n4;5;1;2\n")
    roles = Roles(outcome="p {genre}", count="n {sexe}", protected=("sexe",))
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles)
    assert caught.value.code == "reading.spread_places"
