"""Workbooks and Parquet files give the same cells as text files."""

from __future__ import annotations

import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.data.sheet_extent import column_letters
from algo_audit.data.workbook import cell_text
from algo_audit.errors import AuditError

ROLES = Roles(outcome="décision", protected=("sexe",), score="score")
FRAME = pd.DataFrame(
    {
        "matricule": ["00123", "00124", "00125", "00126"],
        "sexe": ["F", "H", None, "F"],
        "score": [12.5, 7.0, 10.0, None],
        "date": [dt.date(2025, 3, 1)] * 4,
        "décision": ["Retenu", "Refusé", "Refusé", "Retenu"],
    }
)


def write(frame: pd.DataFrame, path) -> None:
    if path.suffix == ".csv":
        frame.to_csv(path, sep=";", index=False, decimal=",", encoding="cp1252")
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".ods":
        frame.to_excel(path, index=False, engine="odf")
    else:
        frame.to_excel(path, index=False, engine="openpyxl")


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@pytest.mark.parametrize("extension", [".csv", ".xlsx", ".ods", ".parquet"])
def test_every_format_gives_the_same_decisions(tmp_path, extension):
    path = tmp_path / f"décisions{extension}"
    write(FRAME, path)
    decisions = read_decisions(path, ROLES)
    assert decisions.outcome.tolist() == [1, 0, 0, 1]
    assert decisions.protected["sexe"].levels == ("F", "H")
    assert decisions.protected["sexe"].codes.tolist() == [0, 1, -1, 0]
    np.testing.assert_array_equal(decisions.score, [12.5, 7, 10, np.nan])
    assert decisions.table["matricule"].tolist() == FRAME["matricule"].tolist()
    assert decisions.table["date"].tolist() == ["2025-03-01"] * 4
    assert decisions.source.name == path.name


def saved(tmp_path, rows, *, name="classeur.xlsx", more=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Décisions"
    for row in rows:
        sheet.append(row)
    for title, (state, content) in (more or {}).items():
        other = book.create_sheet(title)
        other.sheet_state = state
        for row in content:
            other.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def test_titles_and_blank_rows_above_the_header(tmp_path):
    rows = [["Suivi"], [], ["sexe", "décision"], ["F", "oui"], [None, None], ["H", "non"]]
    path = saved(tmp_path, rows)
    decisions = read_decisions(path, Roles(outcome="décision", protected=("sexe",)))
    assert len(decisions) == 2
    assert decisions.source.sheet == "Décisions"
    codes = [entry.code for entry in decisions.journal]
    assert {"title_lines", "blank_rows", "sheet_read"} <= set(codes)


def test_the_sheet_that_holds_the_columns_is_read(tmp_path):
    table = [["sexe", "avis"], ["F", "oui"], ["H", "non"]]
    path = saved(
        tmp_path,
        [["mode d'emploi", "version"], ["lire", "1"]],
        more={"caché": ("hidden", table), "Données": ("visible", table)},
    )
    roles = Roles(outcome="avis", protected=("sexe",))
    decisions = read_decisions(path, roles)
    assert decisions.source.sheet == "Données"
    told = {entry.code: entry.values for entry in decisions.journal}
    assert told["sheets_not_read"]["sheets"] == ["Décisions"]
    assert read_decisions(path, roles, sheet="caché").source.sheet == "caché"
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles, sheet="donnees")
    assert caught.value.code == "reading.sheet_missing"
    assert caught.value.choices[0] == "Données"


def test_blank_workbook(tmp_path):
    with pytest.raises(AuditError, match=r"reading\.empty"):
        read_decisions(saved(tmp_path, []), ROLES)


def with_error_cells(path, places):
    """Mark cells as errors, as a spreadsheet saves them."""
    book = openpyxl.load_workbook(path)
    for place, text in places.items():
        book.active[place] = text
        book.active[place].data_type = "e"
    book.save(path)


def test_errors_that_a_workbook_reader_takes_for_blank_are_seen(tmp_path):
    rows = [["sexe", "décision"], ["F", "oui"], ["H", "non"], ["F", "non"], ["H", "oui"]]
    roles = Roles(outcome="décision", protected=("sexe",))
    path = saved(tmp_path, rows)
    with_error_cells(path, {"A3": "#N/A"})
    decisions = read_decisions(path, roles)
    assert decisions.protected["sexe"].codes.tolist() == [0, -1, 0, 1]
    assert "excel_errors" in [entry.code for entry in decisions.journal]
    with_error_cells(path, {"B3": "#DIV/0!", "B5": "#REF!"})
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles)
    assert caught.value.code == "reading.outcome_errors"
    assert caught.value.values["lines"] == [3, 5]
    assert sorted(caught.value.seen) == ["#DIV/0!", "#REF!"]


def test_formulas_saved_without_their_result(tmp_path):
    rows = [["sexe", "décision"], ["F", '=IF(1,"oui","non")'], ["H", "non"]]
    with pytest.raises(AuditError) as caught:
        read_decisions(saved(tmp_path, rows), Roles(outcome="décision", protected=("sexe",)))
    (fault,) = [f for f in caught.value.faults if f.code == "reading.formulas_not_computed"]
    assert fault.seen == ["décision"]
    assert fault.values["lines"] == [2]


ODS_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Feuille1">
<table:table-row><table:table-cell office:value-type="string"><text:p>sexe</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>décision</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>F</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>oui</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell/>
<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""
 calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>H</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>non</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_errors_in_an_open_document(tmp_path):
    path = tmp_path / "classeur.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        archive.writestr("content.xml", ODS_CONTENT.replace(">\n<", "><"))
    with pytest.raises(AuditError) as caught:
        read_decisions(path, Roles(outcome="décision", protected=("sexe",)))
    assert caught.value.code == "reading.outcome_errors"
    assert caught.value.values["lines"] == [3, 4]


def test_a_stray_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path):
    # the reader itself would ask for 550 gigabytes and abort the process
    path = saved(tmp_path, [["sexe", "décision"], ["F", "oui"], ["H", "non"]])
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "x"
    book.save(path)
    far = ODS_CONTENT.replace(">\n<", "><").replace(
        "</table:table>",
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-repeated="16383"/><table:table-cell'
        ' office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
        "</table:table>",
    )
    ods = tmp_path / "loin.ods"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        archive.writestr("content.xml", far)
    for one, rows in ((path, 1048576), (ods, 1048576)):
        with pytest.raises(AuditError) as caught:
            read_decisions(one, Roles(outcome="décision", protected=("sexe",)))
        assert caught.value.code == "reading.sheet_too_wide"
        assert caught.value.values == {"rows": rows, "column": "XFD"}


def test_letters_of_columns():
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def test_locked_workbooks(tmp_path):
    import msoffcrypto

    path = saved(tmp_path, [["sexe", "décision"], ["F", "oui"], ["H", "non"]])
    locked = tmp_path / "fermé.xlsx"
    with path.open("rb") as plain, locked.open("wb") as target:
        msoffcrypto.OfficeFile(plain).encrypt("secret", target)
    ods = tmp_path / "fermé.ods"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>',
        )
        archive.writestr("content.xml", bytes(range(256)))
    for one in (locked, ods):
        with pytest.raises(AuditError, match=r"reading\.workbook_locked"):
            read_decisions(one, ROLES)


def test_cells_are_written_as_a_spreadsheet_shows_them():
    assert cell_text(12.0) == "12"
    assert cell_text(0.1 + 0.2) == "0.3"
    assert cell_text(True) == "TRUE"
    assert cell_text(7) == "7"
    assert cell_text(None) == ""
    assert cell_text(dt.datetime(2025, 3, 1)) == "2025-03-01"
    assert cell_text(dt.datetime(2025, 3, 1, 8, 30)) == "2025-03-01 08:30:00"
    assert cell_text(dt.time(8, 30)) == "08:30:00"


def test_parquet_types(tmp_path):
    path = tmp_path / "types.parquet"
    table = pa.table(
        {
            "sexe": pa.array(["F", "H ", None, "F"]).dictionary_encode(),
            "d": pa.array([True, False, None, True]),
            "age": pa.array([25.0, 31.0, None, 52.0]),
            "score": pa.array([1.5, float("nan"), 2.0, 3.0]),
            "quand": pa.array([dt.datetime(2025, 3, 1)] * 4),
            "instant": pa.array([dt.datetime(2025, 3, 1, 8, 30)] * 4),
            "liste": pa.array([[1], [2], [], None]),
            "entier": pa.array([1, 2, None, 4]),
        }
    )
    pq.write_table(table, path)
    decisions = read_decisions(path, Roles(outcome="d", protected=("sexe", "age"), score="score"))
    assert decisions.source.rows == 4
    assert decisions.outcome.tolist() == [1, 0, 1]
    assert decisions.roles.favourable == "true"
    assert decisions.protected["sexe"].levels == ("F", "H")
    assert decisions.protected["age"].levels == ("<30", "30-39", "50+")
    np.testing.assert_array_equal(decisions.score, [1.5, np.nan, 3.0])
    assert decisions.table["quand"].tolist() == ["2025-03-01"] * 3
    assert decisions.table["instant"][0].startswith("2025-03-01 08:30:00")
    assert decisions.table["entier"].tolist() == ["1", "2", "4"]
    told = {entry.code: entry.values for entry in decisions.journal}
    assert told["nested_columns"]["columns"] == ["liste"]


def test_a_stored_dictionary_whose_values_differ_by_spaces(tmp_path):
    path = tmp_path / "dictionnaire.parquet"
    values = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2, 0], pa.int32()), pa.array(["F", "F ", "H"])
    )
    pq.write_table(pa.table({"sexe": values, "d": ["oui", "non", "oui", "non"]}), path)
    column = read_decisions(path, Roles(outcome="d", protected=("sexe",))).protected["sexe"]
    assert column.levels == ("F", "H")
    assert column.codes.tolist() == [0, 0, 1, 0]


def test_a_parquet_written_by_pandas_with_its_index(tmp_path):
    path = tmp_path / "index.parquet"
    frame = FRAME.set_index(pd.Index([5, 6, 7, 8]))
    frame.to_parquet(path, index=True)
    assert list(read_decisions(path, ROLES).table.columns) == list(FRAME.columns)
