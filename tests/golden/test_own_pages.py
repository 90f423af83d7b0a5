"""Sections that begin a page, because they are copied or handed out by themselves."""

from __future__ import annotations

from dataclasses import replace

import docx
import pikepdf
import pytest
from tests.golden.writers import wrapped

from algo_audit.report.document import Paragraph, Section
from algo_audit.report.html import write_html
from algo_audit.report.writing import write_document


@pytest.fixture(params=[False, True], ids=["follows", "own page"])
def handed_out(request):
    """A short document without a cover, and whether its second section begins a page."""
    document = wrapped(Paragraph("first"), cover=False, annex=False)
    second = Section("second", "2", "Handed out", (Paragraph("x"),), starts_page=request.param)
    return replace(document, sections=(*document.sections, second)), request.param


def test_in_pdf(handed_out, tmp_path):
    document, own_page = handed_out
    write_document(document, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as made:
        assert len(made.pages) == 1 + own_page


def test_in_word(handed_out, tmp_path):
    document, own_page = handed_out
    write_document(document, tmp_path / "a.docx")
    lines = docx.Document(str(tmp_path / "a.docx")).paragraphs
    (title,) = (
        line for line in lines if "Handed out" in line.text and "Heading" in line.style.name
    )
    assert bool(title.paragraph_format.page_break_before) == own_page


def test_in_html(handed_out, tmp_path):
    document, own_page = handed_out
    write_html(document, tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ('starts-page" aria-labelledby="second-title"' in text) == own_page
