"""The page: self-contained, escaped, with every kind of block, under two megabytes, downloads included."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from algo_audit.report import document
from algo_audit.report.building import build_report
from algo_audit.report.html import kind, render_html, write_html

from .document_texts import texts_of
from .realistic import realistic_result

BLOCKS = (
    document.Paragraph("One paragraph <b>&"),
    document.ListBlock(("first", "second"), ordered=True),
    document.Note("A title", ("a remark",), kind="caution"),
    document.Table("grid", "A caption", ("Group", "n"), ((document.Cell("F"), document.Cell("3", 3, True, "2 to 4")),), ("a note",)),
    document.Figure("drawn", "Caption", "In words", "<svg xmlns='http://www.w3.org/2000/svg'></svg>", document.Table("drawn-data", "Data", ("x",), ((document.Cell("1"),),))),
    document.Finding("finding-1", "Headline", "Detail", "How sure", "Word", "one", "lead"),
    document.Definitions((("term", "meaning"),)),
    document.AnswerBox("gap:F|employer", "The answer", "written"),
)  # fmt: skip


class Reader(HTMLParser):
    """Collects ids, references and unclosed tags."""

    VOID = frozenset({"meta", "br", "link", "img", "hr", "path", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if values.get("id"):
            self.ids.append(values["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.wanted += (values.get(name) or "").split()
        if (values.get("href") or "").startswith("#"):
            self.wanted.append(values["href"][1:])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def wrapped(*blocks: document.Block) -> document.Document:
    section = document.Section("one", "1", "A section", tuple(blocks))
    meta = {"cartouche": [("Who", "Us")], "sha256": "0", "date": "", "version": "0"}
    return document.Document("en", "full", "A title", "A subtitle", "For whom", (section,), meta)


@pytest.mark.parametrize("block", BLOCKS, ids=kind)
def test_every_kind_of_block_is_written(block):
    page = unescape(re.sub(r"<style>.*?</style>", "", render_html(wrapped(block)), flags=re.DOTALL))
    for _, text in texts_of(wrapped(block)):
        if not (isinstance(block, document.Figure) and text == block.alternative):
            assert text in page  # the alternative is inside the drawing itself


def test_every_kind_is_covered():
    assert {type(block) for block in BLOCKS} == set(document.Block.__args__)


def test_the_page_holds_together(made):
    page = render_html(made)
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.wanted) <= set(reader.ids)
    assert f'<html lang="{made.language}">' in page
    assert len(page.encode()) < 2_000_000


def test_nothing_outside_and_nothing_that_runs(made):
    page = render_html(made)
    reader = Reader()
    reader.feed(page)
    assert not reader.tags & {"script", "iframe", "link", "img", "object", "form", "base", "image"}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    page = re.sub(r'href="data:[^"]*"', "", page)  # files to save, tried elsewhere
    outside = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\son[a-z]+=|javascript:|url\((?!#)|@import", page)


def test_headings_do_not_jump(made):
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", render_html(made))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels[1:]))


def test_text_from_a_file_is_text():
    hostile = "<script>alert(1)</script>"
    result = realistic_result()
    result = replace(
        result,
        source=replace(result.source, name=hostile),
        groups=tuple(replace(g, group=hostile) if g.group == "F" else g for g in result.groups),
        comparisons=tuple(
            replace(c, group=hostile) if c.group == "F" else c for c in result.comparisons
        ),
    )
    page = render_html(build_report(result, "fr", audience="full"))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_colours_follow_the_page(documents):
    page = render_html(documents["fr", "full"])
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) >= 8
    for drawing in drawings:
        bare = re.sub(r"var\(--figure-[a-z]+\)", "", drawing)
        assert not re.search(r"#[0-9a-f]{6}\b", bare.replace("href=", ""))


def test_written_as_rendered(tmp_path, documents):
    path = tmp_path / "report.html"
    write_html(documents["en", "public"], path)
    assert path.read_text(encoding="utf-8") == render_html(documents["en", "public"])
