"""The PDF: accessible by an outside checker, without a warning, the same bytes for the same input."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from shutil import which

import pikepdf
import pytest

from algo_audit.report import document
from algo_audit.report.building import walk
from algo_audit.report.negotiation import build_form, build_summary
from algo_audit.report.pdf import breakable, printable, render_pdf, write_pdf

from .realistic import realistic_result
from .writers import BLOCKS, wrapped

checker = pytest.importorskip("page")


def checked(made: document.Document) -> bytes:
    pdf, warnings = render_pdf(made)
    assert warnings == ()
    assert checker.validate_pdf_bytes(pdf, profile="ua1").is_compliant
    return pdf


def text_of(pdf: bytes, folder) -> str:
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    (folder / "one.pdf").write_bytes(pdf)
    run = subprocess.run(
        ["pdftotext", "-layout", str(folder / "one.pdf"), "-"], capture_output=True, check=True
    )
    return run.stdout.decode()


def test_every_kind_of_block_is_tried():
    assert {type(block) for block in BLOCKS} == set(document.Block.__args__)


def test_text_that_means_harm_is_set_as_text(tmp_path):
    pdf = checked(wrapped(*BLOCKS))
    text = text_of(pdf, tmp_path)
    for literal in ("#panic()", "*x*", "<b>&</b>", "=1+1", "$2^3$", "@SUM(A1)"):
        assert literal in text


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_each_block_alone(block):
    checked(wrapped(block, language="en"))


def test_a_report_in_either_language_and_for_each_audience(made):
    pdf = checked(made)
    assert len(pdf) < 2_000_000
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        about = opened.Root.Metadata.read_bytes()
        assert str(opened.Root.Lang).startswith(made.language)
        assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert b"<pdfuaid:part>1<" in about
    assert b"<pdfaid:part>2<" in about
    assert b"<pdfaid:conformance>A<" in about


def test_every_section_and_every_table_is_there_with_its_number(documents, tmp_path):
    made = documents["fr", "committee"]
    text = re.sub(r"\s+", " ", text_of(render_pdf(made)[0], tmp_path))
    for section in walk(made.sections):
        assert f"{section.number} " in text
    for block in (block for section in walk(made.sections) for block in section.blocks):
        if isinstance(block, document.Table):
            assert f"Tableau {block.number}." in text
        if isinstance(block, document.Figure):
            assert f"Figure {block.number}." in text
            assert f"Données de la figure {block.number}." in text


def test_the_same_document_gives_the_same_bytes(documents):
    made = documents["en", "public"]
    assert render_pdf(made)[0] == render_pdf(made)[0]
    other = replace(made, title="Another title")
    assert render_pdf(other)[0] != render_pdf(made)[0]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_summary_has_two_pages(language):
    pdf = checked(build_summary(realistic_result(), language))
    assert pages_of(pdf) == 2


def test_a_summary_full_of_long_texts_has_two_pages_as_well():
    made = build_summary(realistic_result(), "fr")
    long = "Une très longue phrase que quelqu’un a écrite. " * 6
    made = replace(
        made,
        title="Titre " * 40,
        sections=tuple(
            replace(
                section,
                blocks=tuple(
                    replace(block, headline=block.headline + " " + long)
                    if isinstance(block, document.Finding)
                    else block
                    for block in section.blocks
                ),
            )
            for section in made.sections
        ),
    )
    assert pages_of(checked(made)) == 2
    assert pages_of(checked(replace(made, meta=made.meta | {"pages": None}))) == 3


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_form(language):
    checked(build_form(realistic_result(), language))


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def test_what_no_font_has_becomes_a_box():
    assert printable("a\U0001fab2b") == "a\u25a1b"
    assert printable("12\u202f%\u00a0: œ Œ ÿ ≥ → ✓") == "12\u202f%\u00a0: œ Œ ÿ ≥ → ✓"
    assert printable("a\x07\x00b") == "ab"


def test_written_to_a_file(tmp_path, documents):
    write_pdf(documents["fr", "public"], tmp_path / "one.pdf")
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")


def test_a_word_too_long_for_its_place_may_be_broken():
    word = "a" * 200
    assert "\u200b" in printable(word)
    assert printable(word).replace("\u200b", "") == word
    assert printable("a" * 64) == "a" * 64  # a fingerprint is copied as it is
    assert max(len(part) for part in breakable(f"x {word} y", 20).split("\u200b")) <= 20
    assert breakable("a b c d e f", 3) == "a b c d e f"


def test_what_follows_words_from_right_to_left_keeps_its_place():
    assert printable("שלום").endswith("\u200e")
    assert printable("Personnes") == "Personnes"


def test_no_text_runs_over_the_paper_or_over_its_neighbour(tmp_path):
    """The right edge of every word lies inside the margins, in tables full of long words."""
    names = ("b" * 60, "Anticonstitutionnellement" * 8, "H")
    heads = ("Groupe", "Mesure", "Recommandées, non retenues", "Non recommandées, retenues", "Personnes", "Valeur", "Référence", "Verdict", "Dit")  # fmt: skip
    share = document.Cell("12,5 %", 0.125, numeric=True, interval="de 10,0 à 15,0 %")
    people = document.Cell("1 234", 1234, numeric=True)
    words = document.Cell("une mesure qui se dit en beaucoup de mots, et d’autres encore")
    last = (document.Cell("Non conclu (" + "raison " * 12 + ")", "inconclusive"), document.Cell("c" * 90))  # fmt: skip
    rows = tuple(
        (document.Cell(name), words, share, share, people, share, share, *last) for name in names
    )
    pdf = checked(wrapped(document.Table("t", "Légende", heads, rows, (), "1")))
    (tmp_path / "one.pdf").write_bytes(pdf)
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    command = ["pdftotext", "-bbox", str(tmp_path / "one.pdf"), "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    place = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"')
    pages = [[[float(n) for n in m] for m in place.findall(page)] for page in said.split("<page ")]
    assert sum(len(boxes) for boxes in pages) > 100
    for boxes in pages:
        assert all(right < 595 - 60 for _, _, right in boxes)
        for left, top, right in boxes:
            after = [other for other, y, _ in boxes if abs(y - top) < 0.5 and other > left + 0.5]
            assert all(right <= other + 0.6 for other in after)
