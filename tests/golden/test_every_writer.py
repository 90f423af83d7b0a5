"""Each writer writes each kind of element: one that forgets a kind fails here."""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata
import zipfile
from shutil import which

import openpyxl
import pytest
from lxml import etree

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report import document
from algo_audit.report.document import Cell, Table
from algo_audit.report.fragment import fragment
from algo_audit.report.plain_text import plain_text
from algo_audit.report.writing import KINDS, write_document

from .document_texts import texts_of
from .sheets import SHEETS
from .writers import SVG, wrapped

_TABLE = Table("t", "Légende", ("Tête", "Nombre"), ((Cell("rangée"), Cell("12,5", 12.5, numeric=True, interval="de 3 à 4")),), ("remarque",), "7")  # fmt: skip
PLAIN: dict[type, document.Block] = {
    document.Paragraph: document.Paragraph("un paragraphe"),
    document.ListBlock: document.ListBlock(("premier", "second")),
    document.Note: document.Note("Encadré", ("première remarque", "seconde remarque")),
    document.Table: _TABLE,
    document.Figure: document.Figure(
        "f", "Dessin", "en mots", SVG,
        Table("f-data", "Chiffres", ("Groupe",), ((Cell("valeur"),),)), ("légende du dessin",), "3",
    ),
    document.Finding: document.Finding(
        "k", "Constat dit", "détail dit", "certitude dite", "Établi", "", "lead", "k"
    ),
    document.Definitions: document.Definitions((("terme", "sens"),)),
    document.AnswerBox: document.AnswerBox("k|employer", "Réponse à écrire", "déjà écrit", 3),
}  # fmt: skip
# What a workbook and a folder of tables are for.
TABULAR = (document.Table, document.Figure)
HELD = {"xlsx": (*TABULAR, document.Finding), "csv": TABULAR}


def squeezed(text: str) -> str:
    """Text without its spaces and hyphens: lines break elsewhere in each format."""
    return re.sub(r"[\s\u00a0\u202f\u00ad-]+", "", unicodedata.normalize("NFC", text))


def read(made: document.Document, kind: str, folder) -> str:
    """Everything that a reader of the file is told, alternatives included."""
    path = folder / f"one.{kind}"
    write_document(made, path)
    if kind == "html":
        page = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", " ", page))
    if kind == "pdf":
        if which("pdftotext") is None:
            pytest.skip("pdftotext is not here")
        command = ["pdftotext", "-raw", str(path), "-"]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode()
    if kind == "docx":
        with zipfile.ZipFile(path) as package:
            root = etree.fromstring(package.read("word/document.xml"))
        told = [one.text or "" for one in root.iter("{*}t")]
        return " ".join([*told, *(one.get("descr") or "" for one in root.iter("{*}docPr"))])
    if kind == "xlsx":
        book = openpyxl.load_workbook(path)
        cells = [c.value for s in book for row in s.iter_rows() for c in row if c.value is not None]
        return " ".join(c if isinstance(c, str) else str(c).replace(".", ",") for c in cells)
    with zipfile.ZipFile(path) as package:
        return " ".join(package.read(name).decode("utf-8-sig") for name in package.namelist())


def words_of(block: document.Block) -> list[str]:
    """The texts of one block; a number may be written as a number."""
    alone = document.Section("one", "1", "", (block,))
    made = document.Document("fr", "full", "", "", "", (alone,), {"cartouche": ()})
    return [text for place, text in texts_of(made) if place == "one" and text]


def test_no_kind_is_left_out_of_this_test():
    assert set(PLAIN) == set(document.Block.__args__)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", PLAIN.values(), ids=lambda block: type(block).__name__)
def test_each_writer_writes_each_kind(block, kind, tmp_path):
    if not isinstance(block, HELD.get(kind, document.Block.__args__)):
        pytest.skip(f"{kind} holds tables")
    said = squeezed(read(wrapped(block), kind, tmp_path))
    wanted = words_of(block)
    assert wanted
    if kind == "csv":
        wanted = [cell.text for row in _TABLE.rows for cell in row]
        wanted = wanted if isinstance(block, Table) else ["valeur"]
    if kind == "xlsx":
        wanted = [text for text in wanted if text not in ("en mots", "Dessin")]
    if kind in ("pdf", "html"):
        # the drawing carries it in HTML, the tag in PDF: other tests read them
        wanted = [text for text in wanted if text != "en mots"]
    for text in wanted:
        assert squeezed(text) in said


@pytest.mark.parametrize("block", PLAIN.values(), ids=lambda block: type(block).__name__)
def test_notebooks_show_each_kind(block):
    page = html.unescape(re.sub(r"<[^>]+>", " ", fragment(block, language="fr")))
    text = plain_text(block)
    for said in words_of(block):
        if said not in ("en mots", "Chiffres", "Groupe", "valeur"):
            assert squeezed(said) in squeezed(page)
        if said not in ("légende du dessin", "Chiffres", "Groupe", "valeur"):
            assert squeezed(said) in squeezed(text)


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "xlsx"])
@pytest.mark.parametrize("made", [SHEETS["refused", "fr"], wrapped()], ids=["sheet", "report"])
def test_the_banner_has_the_same_heading_everywhere(made, kind, tmp_path):
    heading = Catalogue("fr", ("report",)).text(made.banner_heading)
    said = squeezed(read(made, kind, tmp_path))
    assert squeezed(f"{heading} {made.banner}") in said
    assert ("va ce document" in heading) == (made.audience == "person")
