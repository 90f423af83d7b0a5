"""Whatever is wrong with a file is told in one clear sentence: what, where, how to mend it."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from algo_audit.data.policy import Policy, Question
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES, Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe

ROLES = Roles(outcome="decision", protected=("sexe",))
GOOD = "sexe;decision\nF;non\nH;oui\nF;oui\nH;non\n"


def faults_of(path, roles=ROLES, **options) -> dict[str, AuditError]:
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles, **options)
    return {fault.code: fault for fault in caught.value.faults}


def sentences(fault: AuditError) -> dict[str, str]:
    """The sentence in each language; fails where there is none."""
    found = {}
    for language in LANGUAGES:
        (text,) = describe(fault, Catalogue(language), Formats(language))
        assert fault.code not in text, text
        assert not re.search(r"[{}]|None", text), text
        assert text.endswith("."), text
        found[language] = text
    return found


def columns(**values: list[str]) -> str:
    rows = zip(*values.values(), strict=True)
    return "\n".join([";".join(values), *(";".join(row) for row in rows)]) + "\n"


WIDE = {"sexe": ["F", "H"] * 20, "decision": ["oui", "non"] * 19 + ["oui", "oui"]}

# text of the file, roles, code, what the sentence must name
TEXTS = {
    "empty": ("", ROLES, "reading.empty", []),
    "only spaces": (" \n \n", ROLES, "reading.empty", []),
    "header only": ("sexe;decision\n", ROLES, "reading.header_only", []),
    "header and blank rows": ("sexe;decision\n;\n;\n", ROLES, "reading.header_only", []),
    "blank header": ("sexe;;decision\nF;1;non\nH;2;oui\n", ROLES, "reading.header_blank", ["2"]),
    "same header twice": (
        "sexe;sexe;decision\nF;F;non\nH;H;oui\n", ROLES, "reading.header_duplicated", ["sexe"],
    ),
    "column missing": (
        GOOD, Roles(outcome="decison", protected=("sexe",)), "roles.column_missing",
        ["decison", "decision"],
    ),
    "column spelled otherwise": (
        GOOD, Roles(outcome="Décision", protected=("sexe",)), "roles.column_spelled",
        ["Décision", "decision"],
    ),
    "column plays two parts": (
        GOOD, Roles(outcome="decision", protected=("decision", "sexe")), "roles.column_twice",
        ["decision"],
    ),
    "no outcome": (GOOD, Roles(outcome=None, protected=("sexe",)), "roles.outcome_needed", []),
    "nobody to compare": (GOOD, Roles(outcome="decision"), "roles.protected_needed", []),
    "numeric outcome": (
        GOOD, Roles(outcome="decision", protected=("sexe",), outcome_kind="numeric"),
        "roles.worse_needed", ["numeric"],
    ),
    "three outcomes": (
        "sexe;decision\nF;oui\nH;non\nF;peut-être\n", ROLES, "reading.outcome_not_binary",
        ["oui", "non", "peut-être"],
    ),
    "all outcomes equal": (
        "sexe;decision\nF;oui\nH;oui\n", ROLES, "reading.outcome_all_equal", ["oui"],
    ),
    "outcome blank": ("sexe;decision\nF;\nH;\n", ROLES, "reading.outcome_blank", ["decision"]),
    "favourable not obvious": (
        "sexe;decision\nF;bleu\nH;vert\n", ROLES, "reading.outcome_favourable_needed",
        ["bleu", "vert"],
    ),
    "bad news says yes": (
        "sexe;licenciement\nF;oui\nH;non\n", Roles(outcome="licenciement", protected=("sexe",)),
        "reading.outcome_favourable_needed", ["oui", "non"],
    ),
    "favourable not there": (
        GOOD, Roles(outcome="decision", favourable="retenu", protected=("sexe",)),
        "reading.outcome_favourable_missing", ["retenu"],
    ),
    "errors in the outcome": (
        "sexe;decision\nF;oui\nH;#N/A\nF;non\nH;#DIV/0!\n", ROLES, "reading.outcome_errors",
        ["#N/A", "#DIV/0!", "3", "5"],
    ),
    "one group": ("sexe;decision\nF;oui\nF;non\n", ROLES, "reading.one_group", ["F"]),
    "attribute unknown": ("sexe;decision\n;oui\n?;non\n", ROLES, "reading.all_unknown", ["sexe"]),
    "500 groups": (
        columns(sexe=[f"groupe {i}" for i in range(500)], decision=["oui", "non"] * 250),
        ROLES, "reading.too_many_levels", ["500", "50"],
    ),
    "dates as groups": (
        columns(
            sexe=[f"{day:02}/{month:02}/1980" for day in range(1, 29) for month in (1, 2, 3)],
            decision=["oui", "non"] * 42,
        ),
        ROLES, "reading.dates_as_groups", ["84"],
    ),
    "numbers as groups": (
        columns(sexe=[f"{i}" for i in range(40)], decision=WIDE["decision"]),
        ROLES, "reading.cuts_needed", ["40", "39", "10"],
    ),
    "cuts on text": (
        columns(sexe=["12", "douze"] * 20, decision=WIDE["decision"]),
        Roles(outcome="decision", protected=("sexe",), bands={"sexe": (10.0, 20.0)}),
        "reading.bands_on_text", ["douze"],
    ),
    "cuts that fall": (
        GOOD, Roles(outcome="decision", protected=("sexe",), bands={"sexe": (20.0, 10.0)}),
        "roles.cuts_not_rising", ["20", "10"],
    ),
    "an age in words": (
        columns(age=[*(str(i) for i in range(20, 59)), "trente"], decision=WIDE["decision"]),
        Roles(outcome="decision", protected=("age",)), "reading.age_not_number", ["trente", "41"],
    ),
    "score with text": (
        columns(**WIDE, score=["1"] * 39 + ["bien"]),
        Roles(outcome="decision", protected=("sexe",), score="score"),
        "reading.score_not_number", ["bien", "41"],
    ),
    "score blank": (
        columns(**WIDE, score=[""] * 40),
        Roles(outcome="decision", protected=("sexe",), score="score"), "reading.score_blank",
        ["score"],
    ),
    "negative weight": (
        columns(**WIDE, poids=["1"] * 39 + ["-2"]),
        Roles(outcome="decision", protected=("sexe",), weight="poids"),
        "reading.weight_not_positive", ["-2", "41"],
    ),
    "weight of zero": (
        columns(**WIDE, poids=["0"] + ["1"] * 39),
        Roles(outcome="decision", protected=("sexe",), weight="poids"),
        "reading.weight_not_positive", ["0", "2"],
    ),
    "blank weight": (
        columns(**WIDE, poids=["1"] * 38 + ["", "1"]),
        Roles(outcome="decision", protected=("sexe",), weight="poids"),
        "reading.weight_blank", ["40"],
    ),
    "weight with text": (
        columns(**WIDE, poids=["1"] * 39 + ["un"]),
        Roles(outcome="decision", protected=("sexe",), weight="poids"),
        "reading.weight_not_number", ["un"],
    ),
    "headcount with decimals": (
        columns(**WIDE, n=["1"] * 39 + ["1,5"]),
        Roles(outcome="decision", protected=("sexe",), count="n"),
        "reading.count_not_positive", ["1,5"],
    ),
    "headcount blank": (
        columns(**WIDE, n=["1"] * 39 + [""]),
        Roles(outcome="decision", protected=("sexe",), count="n"), "reading.count_blank", ["41"],
    ),
    "headcount in words": (
        columns(**WIDE, n=["1"] * 39 + ["deux"]),
        Roles(outcome="decision", protected=("sexe",), count="n"),
        "reading.count_not_number", ["deux"],
    ),
    "headcounts beyond reason": (
        columns(**WIDE, n=["1"] * 39 + ["999999999"]),
        Roles(outcome="decision", protected=("sexe",), count="n"),
        "reading.count_out_of_range", [],
    ),
    "label of three values": (
        columns(**WIDE, suite=["bon", "mauvais", "moyen", ""] * 10),
        Roles(outcome="decision", protected=("sexe",), label="suite"),
        "reading.label_not_binary", ["bon", "mauvais", "moyen"],
    ),
    "label not obvious": (
        columns(**WIDE, suite=["bleu", "vert"] * 20),
        Roles(outcome="decision", protected=("sexe",), label="suite"),
        "reading.label_favourable_needed", ["bleu", "vert"],
    ),
    "label blank": (
        columns(**WIDE, suite=[""] * 40),
        Roles(outcome="decision", protected=("sexe",), label="suite"),
        "reading.label_blank", ["suite"],
    ),
    "label's favourable value not there": (
        columns(**WIDE, suite=["bon", "mauvais"] * 20),
        Roles(outcome="decision", protected=("sexe",), label="suite", label_favourable="parti"),
        "reading.label_favourable_missing", ["parti"],
    ),
    "ragged lines": (
        "sexe;decision\nF;non\nH;oui;1\nF\nH;oui\n", ROLES, "reading.ragged_lines", ["3", "4"],
    ),
    "quote never closed": (
        'sexe;decision\nF;non\nH;"oui\nF;oui\nH;non\n', ROLES, "reading.quote_unclosed", ["3"],
    ),
    "ambiguous comma": (
        'sexe,decision,score\nF,non,"1,250"\nH,oui,"2,500"\n',
        Roles(outcome="decision", protected=("sexe",), score="score"),
        "reading.number_ambiguous", ["1,250"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_text_file(csv_file, name):
    text, roles, code, named = TEXTS[name]
    path = csv_file(text)
    faults = faults_of(path, roles)
    assert list(faults) == [code]
    for language, sentence in sentences(faults[code]).items():
        for part in named:
            # numbers are set as each language's printers do
            shown = part.replace(".", ",") if language == "fr" else part
            assert part in sentence or shown in sentence, sentence
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_missing_file_offers_its_neighbours(csv_file):
    path = csv_file(GOOD, "candidatures_2025.csv")
    fault = faults_of(path.with_name("candidature_2025.csv"))["reading.file_missing"]
    assert fault.choices[0] == "candidatures_2025.csv"
    assert "candidatures_2025.csv" in sentences(fault)["fr"]


def test_missing_file_in_an_empty_or_missing_folder(tmp_path):
    for path in (tmp_path / "rien.csv", tmp_path / "nulle" / "part.csv"):
        fault = faults_of(path)["reading.file_missing"]
        assert fault.choices == ()
        assert str(path) in sentences(fault)["en"]


def test_folder_instead_of_a_file(csv_file):
    path = csv_file(GOOD, "decisions.csv")
    fault = faults_of(path.parent)["reading.is_folder"]
    assert "decisions.csv" in sentences(fault)["fr"]


def test_empty_folder(tmp_path):
    sentences(faults_of(tmp_path)["reading.is_folder"])


def test_not_an_ordinary_file(tmp_path):
    path = tmp_path / "tuyau.csv"
    os.mkfifo(path)
    sentences(faults_of(path)["reading.not_a_file"])


def test_file_that_cannot_be_opened(csv_file, monkeypatch):
    path = csv_file(GOOD)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "refused", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    sentences(faults_of(path)["reading.not_readable"])


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("decisions.docx", b"PK\x03\x04", "reading.wrong_extension"),
        ("decisions", GOOD.encode(), "reading.wrong_extension"),
        ("decisions.xls", GOOD.encode(), "reading.legacy_workbook"),
        ("decisions.csv", b"PAR1" + bytes(40), "reading.content_differs"),
        ("decisions.xlsx", GOOD.encode(), "reading.content_differs"),
        ("decisions.xlsx", bytes(range(256)) * 4, "reading.workbook_broken"),
        ("decisions.parquet", GOOD.encode(), "reading.parquet_broken"),
        ("decisions.csv", bytes(range(256)) * 20, "reading.not_text"),
        ("decisions.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "reading.not_text"),
        ("decisions.csv", b"sexe;decision\nF;oui\x00\x00\n", "reading.not_text"),
        ("decisions.csv", b"\xff\xfe" + b"\x00\xd8" * 50, "reading.not_text"),
        ("decisions.csv", bytes(64), "reading.empty"),
    ],
)
def test_wrong_kind_of_file(csv_file, name, data, code):
    faults = faults_of(csv_file(data, name))
    assert list(faults) == [code]
    sentences(faults[code])


def test_random_bytes_named_csv_are_never_read(csv_file):
    for seed in range(20):
        data = os.urandom(3000 + seed)
        assert faults_of(csv_file(data)).keys() & {"reading.not_text", "reading.encoding_mixed"}


def test_old_office_container_that_is_not_locked(csv_file):
    data = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    sentences(faults_of(csv_file(data, "decisions.xlsx"))["reading.legacy_workbook"])


def test_zip_that_is_no_workbook(csv_file):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("lisez-moi.txt", "bonjour")
    for name, code in (
        ("decisions.xlsx", "reading.workbook_broken"),
        ("decisions.csv", "reading.content_differs"),
    ):
        sentences(faults_of(csv_file(stream.getvalue(), name))[code])


def test_workbook_cut_short(tmp_path, csv_file):
    whole = tmp_path / "whole.xlsx"
    pd.DataFrame({"sexe": ["F", "H"], "decision": ["oui", "non"]}).to_excel(whole, index=False)
    path = csv_file(whole.read_bytes()[:2000], "cut.xlsx")
    sentences(faults_of(path)["reading.workbook_broken"])


def test_workbook_that_inflates(csv_file):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(12):
            archive.writestr(f"xl/bomb{index}.xml", bytes(100_000_000))
    path = csv_file(stream.getvalue(), "decisions.xlsx")
    assert path.stat().st_size < 2_000_000
    sentences(faults_of(path)["reading.too_large"])


def test_parquet_cut_short(tmp_path, csv_file):
    whole = tmp_path / "whole.parquet"
    pd.DataFrame({"sexe": ["F", "H"] * 500, "decision": ["oui", "non"] * 500}).to_parquet(whole)
    data = whole.read_bytes()
    for cut in (len(data) // 2, len(data) - 4, 12):
        path = csv_file(data[:cut], "cut.parquet")
        sentences(faults_of(path)["reading.parquet_broken"])


def test_encoding_that_does_not_exist_or_does_not_fit(csv_file):
    path = csv_file("sexe;decision\nF;Refusé\nH;Retenu\n", encoding="cp1252")
    sentences(faults_of(path, encoding="klingon")["reading.encoding_not_known"])
    sentences(faults_of(path, encoding="base64")["reading.encoding_not_known"])
    fault = faults_of(path, encoding="utf-8")["reading.encoding_wrong"]
    assert fault.values["line"] == 2
    sentences(fault)


def test_two_encodings_in_one_file(csv_file):
    data = "sexe;decision;nom\nF;oui;Zoé\nH;non;Noël\n".encode() + "F;oui;Hélène\n".encode("cp1252")
    fault = faults_of(csv_file(data))["reading.encoding_mixed"]
    assert fault.values["line"] == 4
    sentences(fault)


def test_questions_and_references_about_nobody(csv_file):
    policy = Policy(
        primary=(Question(("age",)), Question(("sexe",), "site")),
        reference={"handicap": "Oui", "sexe": "X"},
    )
    path = csv_file(GOOD)
    faults = faults_of(path, policy=policy)
    assert set(faults) == {"policy.attribute_missing", "policy.stratum_missing"}
    fault = faults_of(path, policy=Policy(reference={"sexe": "X"}))["policy.reference_missing"]
    assert fault.choices == ("F", "H")
    text = columns(sexe=list("FHFH"), site=list("AABB"), decision=["oui", "non"] * 2)
    roles = Roles(outcome="decision", protected=("sexe", "site"))
    wrong = Policy(reference={"sexe × site": "F × C"})
    crossed = faults_of(csv_file(text), roles, policy=wrong)["policy.reference_missing"]
    assert "F × A" in crossed.choices
    right = Policy(reference={"sexe × site": "F × A"})
    assert len(read_decisions(csv_file(text), roles, policy=right)) == 4
    for one in (*faults.values(), fault):
        sentences(one)


def test_all_faults_of_a_file_are_told_at_once(csv_file):
    text = columns(
        sexe=["F"] * 4, age=["20", "x", "y", "z"], decision=["a", "b", "c", "a"],
        score=["1", "2", "bien", "4"], poids=["1", "0", "", "1"],
    )  # fmt: skip
    roles = Roles(outcome="decision", protected=("sexe",), score="score", weight="poids")
    assert set(faults_of(csv_file(text), roles)) == {
        "reading.outcome_not_binary",
        "reading.one_group",
        "reading.score_not_number",
        "reading.weight_not_positive",
        "reading.weight_blank",
    }
    missing = Roles(outcome="a", protected=("b",), strata=("c*d",), score="e")
    with pytest.raises(AuditError) as caught:
        read_decisions(csv_file(text), missing)
    assert {fault.seen for fault in caught.value.faults} == set("abcde")
