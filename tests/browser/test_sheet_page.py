"""The person's sheet in a real browser: accessible, offline, two printed pages at most."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.golden import realistic_person as people

from algo_audit.report.html import write_html
from algo_audit.report.sheet import build_sheet
from algo_audit.report.sheet_documents import build_request

from .test_report_page import LANGUAGES, RULES, _open

pytestmark = pytest.mark.browser

TITLES = {
    "fr": {"title": "Recrutement : six mois de candidatures"},
    "en": {"title": "Recruitment: six months of applications"},
}


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody's sheet in both languages, and the documents to ask for."""
    folder = tmp_path_factory.mktemp("sheets")
    for language in LANGUAGES:
        for name, make in people.EVERYBODY.items():
            made = build_sheet(
                make(), language, source=people.SOURCE, actions=people.ACTIONS, texts=TITLES,
                made_on="2026-11-23", version="0.1.0",
            )  # fmt: skip
            write_html(made, folder / f"{name}.{language}.html")
        asked = build_request(language, source=people.SOURCE, outcome="decision")
        write_html(asked, folder / f"request.{language}.html")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["refused", "learned", "request"])
def test_axe_finds_nothing(browser, sheets, name, language, scheme) -> None:
    with _open(browser, sheets / f"{name}.{language}.html", scheme=scheme) as (page, _, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page, options=RULES)
        told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]]
        assert told == []
        assert len(found.response["passes"]) > 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*people.EVERYBODY, "request"])
def test_two_printed_pages_at_most(browser, sheets, name, language) -> None:
    """As printed on A4: the page says its own size and margins."""
    with _open(browser, sheets / f"{name}.{language}.html") as (page, _, _):
        printed = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page[^s]", printed))
    assert 1 <= pages <= (1 if name == "request" else 2)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert box is not None
    assert (round(float(box[1])), round(float(box[2]))) == (595, 842)  # A4


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("name", ["refused", "hostile"])
def test_no_sideways_scrolling(browser, sheets, name, width) -> None:
    with _open(browser, sheets / f"{name}.fr.html", width=width) as (page, requests, complaints):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert [url for url in requests[1:] if not url.startswith("data:")] == []
        assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_to_fill_in_have_room(browser, sheets, language) -> None:
    with _open(browser, sheets / f"refused.{language}.html", width=794) as (page, _, _):
        for row in page.locator(".role-blank").all():
            room = row.evaluate("e => parseFloat(getComputedStyle(e, '::after').width)")
            assert room >= 100
