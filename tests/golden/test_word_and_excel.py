"""Word, Excel and CSV: read again with other libraries than those that wrote them."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from shutil import which

import openpyxl
import pytest
from lxml import etree

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report import document
from algo_audit.report.building import walk
from algo_audit.report.csv_table import csv_text, write_csv
from algo_audit.report.docx import write_docx
from algo_audit.report.html import render_html
from algo_audit.report.word_answers import read_answers
from algo_audit.report.xlsx import write_xlsx

from .writers import BLOCKS, NASTY, wrapped

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word(made: document.Document, folder, name: str = "one.docx") -> etree._Element:
    write_docx(made, folder / name)
    with zipfile.ZipFile(folder / name) as package:
        return etree.fromstring(package.read("word/document.xml"))


def lines(root: etree._Element) -> list[tuple[str, str]]:
    """(style, text) of every paragraph."""
    found = []
    for paragraph in root.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = "".join(piece.text or "" for piece in paragraph.iter(f"{W}t"))
        found.append(("" if style is None else style.get(f"{W}val"), text))
    return found


def test_every_kind_of_block_in_word(tmp_path):
    root = word(wrapped(*BLOCKS), tmp_path)
    texts = " ".join(text for _, text in lines(root))
    wanted = ("A caption", "a note", "Headline", "How sure", "term", "meaning", "The answer", "a remark", "#panic()", "<b>&</b>", "שלום", "Tableau 7.", "Figure 3.", "Données de la figure 3.")  # fmt: skip
    for text in wanted:
        assert text in texts
    assert "\x07" not in texts


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_word_report_has_headings_header_rows_language_and_alternatives(
    documents, tmp_path, language
):
    made = documents[language, "committee"]
    root = word(made, tmp_path)
    styles = lines(root)
    sections = list(walk(made.sections))
    for section in sections:
        level = section.number.count(".") + 1
        assert (f"Heading{level}", f"{section.number}  {section.title}") in styles
    tables = [b for s in sections for b in s.blocks if isinstance(b, document.Table)]
    figures = [b for s in sections for b in s.blocks if isinstance(b, document.Figure)]
    # the card at the head has no header row
    headed = [t for t in root.iter(f"{W}tbl") if t.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    assert len(headed) == len(tables) + len(figures)
    described = [p.get("descr") for p in root.iter("{*}docPr")]
    assert described == [figure.alternative for figure in figures]
    with zipfile.ZipFile(tmp_path / "one.docx") as package:
        look = etree.fromstring(package.read("word/styles.xml"))
        foot = b"".join(package.read(n) for n in package.namelist() if "footer" in n)
    code = {"fr": "fr-FR", "en": "en-GB"}[language]
    assert look.find(f".//{W}rPrDefault//{W}lang").get(f"{W}val") == code
    assert b"PAGE" in foot
    assert b"NUMPAGES" in foot


def test_the_contents_list_needs_no_updating(documents, tmp_path):
    made = documents["fr", "full"]
    root = word(made, tmp_path)
    names = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    links = {link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")}
    assert links <= names
    entries = [text for style, text in lines(root) if style == "ContentsEntry"]
    shown = [s for s in walk(made.sections) if s.number.count(".") <= 1]
    annex = Catalogue("fr", ("report",)).text("pdf.annex")
    assert entries == [*(f"{s.number}  {s.title}" for s in shown), annex]
    assert b"TOC" not in etree.tostring(root)


def test_answers_written_in_a_form_are_read_again(tmp_path):
    word(wrapped(*BLOCKS), tmp_path)
    answers = read_answers(tmp_path / "one.docx")
    assert set(answers) == {"gap:sex:F|employer"}
    assert answers["gap:sex:F|employer"].startswith("written\n=1+1 #panic()")


@pytest.mark.parametrize(
    ("code", "content"),
    [("answers.missing", None), ("answers.not_word", b"no zip"), ("answers.none", "docx")],
)
def test_a_file_that_is_no_form(tmp_path, code, content):
    path = tmp_path / "answers.docx"
    if content == "docx":
        write_docx(wrapped(document.Paragraph("nothing")), path)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(AuditError) as fault:
        read_answers(path)
    assert fault.value.code == code


def test_a_form_that_reads_other_files_is_not_obeyed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    body = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}">]>'
        f'<w:document xmlns:w="{W[1:-1]}"><w:body><w:sdt><w:sdtPr><w:tag w:val="algo-audit:a"/>'
        "</w:sdtPr><w:sdtContent><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "</w:body></w:document>"
    )
    with zipfile.ZipFile(tmp_path / "evil.docx", "w") as package:
        package.writestr("word/document.xml", body)
    assert "secret" not in read_answers(tmp_path / "evil.docx")["a"]


@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_keeps_headings_alternatives_and_language(documents, tmp_path):
    made = documents["fr", "public"]
    write_docx(made, tmp_path / "one.docx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "fodt", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "one.docx")], check=True, capture_output=True, timeout=120)  # fmt: skip
    flat = (tmp_path / "one.fodt").read_text(encoding="utf-8")
    assert flat.count("<svg:desc>") == sum(
        isinstance(b, document.Figure) for s in walk(made.sections) for b in s.blocks
    )
    assert 'fo:language="fr"' in flat
    for level in (1, 2):
        assert f'text:outline-level="{level}"' in flat
    assert "table:table-header-rows" in flat


def test_a_workbook_has_every_table_and_no_formula(documents, tmp_path):
    made = documents["fr", "committee"]
    write_xlsx(made, tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    blocks = [b for s in walk(made.sections) for b in s.blocks]
    tables = [b for b in blocks if isinstance(b, document.Table | document.Figure)]
    assert len(book.sheetnames) == len(tables) + 2  # the first sheet, and the findings
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    for block in tables:
        kind = "Figure" if isinstance(block, document.Figure) else "Tableau"
        table = block.data if isinstance(block, document.Figure) else block
        sheet = book[f"{kind} {block.number}"]
        assert sheet["A1"].value == f"{kind} {block.number}. {table.caption}"
        assert sheet.freeze_panes == "B5"
        assert sheet.auto_filter.ref


def test_numbers_of_a_workbook_are_numbers_and_text_is_text(tmp_path):
    write_xlsx(wrapped(*BLOCKS), tmp_path / "one.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "one.xlsx")["Tableau 7"]
    assert sheet["A5"].value.replace("_x0007_", "\x07") == NASTY
    assert sheet["A5"].data_type == "s"
    assert sheet["B5"].value == 1234
    assert sheet["C5"].value == 0.125
    assert sheet["C5"].number_format == "0.0%"
    assert sheet["D5"].value == "de 10,0 à 15,0 %"
    assert sheet["B6"].value == "moins de 5"


def test_csv_in_french_is_what_excel_opens():
    table = next(block for block in BLOCKS if isinstance(block, document.Table))
    text = csv_text(table, "fr")
    assert text.startswith('\ufeff"Group";"n";"Rate";"Rate 95 %"')
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1][0] == "'" + NASTY
    assert rows[1][1:3] == ["1234", "0,125"]
    assert "0.125" in csv_text(table, "en")


def test_every_table_of_a_report_as_csv(documents, tmp_path):
    made = documents["fr", "public"]
    write_csv(made, tmp_path / "one.zip")
    blocks = [b for s in walk(made.sections) for b in s.blocks]
    wanted = sum(isinstance(b, document.Table | document.Figure) for b in blocks)
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert len(package.namelist()) == wanted
        assert package.testzip() is None
    before = (tmp_path / "one.zip").read_bytes()
    write_csv(made, tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_bytes() == before


def test_one_numbering_everywhere(documents, tmp_path):
    made = documents["en", "committee"]
    page = render_html(made)
    root = word(made, tmp_path)
    captions = [text for style, text in lines(root) if style == "Caption"]
    for section in walk(made.sections):
        for block in section.blocks:
            if isinstance(block, document.Table):
                assert f"Table {block.number}. {block.caption}" in captions
                assert f'<span class="label">Table {block.number}.</span>' in page
            if isinstance(block, document.Figure):
                assert f"Figure {block.number}. {block.caption}" in captions
                assert f'<span class="label">Figure {block.number}.</span>' in page


def test_rows_of_a_workbook_are_as_high_as_their_texts(documents, tmp_path):
    write_xlsx(documents["fr", "committee"], tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    findings = book.worksheets[1]
    assert all(findings.row_dimensions[row].height >= 30 for row in range(2, findings.max_row + 1))
    wrapped_heads = [
        sheet for sheet in book.worksheets[2:] if (sheet.row_dimensions[4].height or 15) > 15
    ]
    assert wrapped_heads
    merged = [str(area) for sheet in book.worksheets for area in sheet.merged_cells.ranges]
    assert merged  # notes run over the width of their table


def test_no_line_of_a_workbook_is_wider_than_its_table(documents, tmp_path):
    """A line that runs past the table makes the printed page too small to read."""
    write_xlsx(documents["fr", "committee"], tmp_path / "one.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "one.xlsx").worksheets[2:]:
        line = sheet["A2"]
        assert line.value.startswith("§")
        assert line.alignment.wrap_text
        last = max(cell.column for cell in sheet[4] if cell.value is not None)
        areas = [area for area in sheet.merged_cells.ranges if area.min_row == 2]
        assert [area.max_col for area in areas] == ([last] if last > 1 else [])
