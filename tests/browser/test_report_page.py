"""The HTML report in a real browser: accessible, offline, readable on a phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.golden.realistic import realistic_result
from tests.golden.writers import BLOCKS, wrapped

from algo_audit.report.building import build_report, walk
from algo_audit.report.document import Block, Cell, Figure, Finding, Note, Table
from algo_audit.report.html import write_html
from algo_audit.report.marks import MARKS

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
LANGUAGES = ("fr", "en")


@contextmanager
def _open(
    browser: Browser, path: Path, *, scheme: str = "light", width: int = 1280
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page, the requests that left it, and what the console complained of."""
    context = browser.new_context(
        bypass_csp=True,  # for axe to be injected
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_load_state("load")
    yield page, requests, complaints
    context.close()


def _nothing_found(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page, options=RULES)
    told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]]
    assert told == []
    assert len(found.response["passes"]) > 15


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of block in every look it has, and drawings of a report, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    result = realistic_result()
    for language in LANGUAGES:
        report = build_report(result, language)
        drawn = [b for s in walk(report.sections) for b in s.blocks if isinstance(b, Figure)][:4]
        facts = [
            Finding(f"finding-{code}", "Headline", "Detail", "How sure", "Word", "", code)
            for code in MARKS
        ]
        words = tuple((Cell(code), Cell("Word", code)) for code in MARKS)
        notes = [Note("Title", ("text",), kind) for kind in ("method", "limit", "tip")]
        marked = Table("marked", "Verdicts", ("Code", "Verdict"), words, ("a note",), "8")
        blocks = [b for b in BLOCKS if not isinstance(b, Figure)]
        made = wrapped(*blocks, *facts, *notes, *drawn, marked, language=language)
        assert {type(b) for b in made.sections[0].blocks} == set(Block.__args__)
        write_html(made, folder / f"{language}.html")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_kind_of_block(browser, pages, language, scheme) -> None:
    with _open(browser, pages / f"{language}.html", scheme=scheme) as (page, _, _):
        _nothing_found(page)


def test_axe_finds_nothing_in_a_whole_report(browser, reports) -> None:
    with _open(browser, reports / "audit.fr.html") as (page, _, _):
        _nothing_found(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_drawings_and_tables_are_saved_without_a_server(browser, pages, language) -> None:
    with _open(browser, pages / f"{language}.html") as (page, _, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for ending, begins in ((".svg", "<svg"), (".csv", "\ufeff")):
            with page.expect_download() as waited:
                page.locator(f'a[download$="{ending}"]').first.click()
            saved = Path(waited.value.path()).read_text(encoding="utf-8")
            assert waited.value.suggested_filename.endswith(ending)
            assert saved.startswith(begins)
            if ending == ".svg":
                assert ET.fromstring(saved).tag.endswith("svg")


def test_axe_sees_a_fault_that_is_there(browser, tmp_path) -> None:
    page_without_names = tmp_path / "bad.html"
    page_without_names.write_text("<title>x</title><img src=''><input>", encoding="utf-8")
    with _open(browser, page_without_names) as (page, _, _):
        assert Axe().run(page, options=RULES).violations_count >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_request_leaves_the_page(browser, reports, language) -> None:
    path = reports / f"audit.{language}.html"
    with _open(browser, path) as (page, requests, complaints):
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(200)
        outside = [url for url in requests[1:] if not url.startswith("data:")]
        assert requests[0] == path.as_uri()
        assert outside == []
        assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_refuses_scripts_and_requests(browser, reports, language) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((reports / f"audit.{language}.html").as_uri())
    refused = page.evaluate(
        """() => new Promise(done => {
          document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective));
          const image = document.createElement('img');
          image.src = 'https://example.invalid/x.png';
          document.body.append(image);
          setTimeout(() => done('nothing was refused'), 2000);
        })"""
    )
    assert refused == "img-src"
    assert page.locator("script").count() == 0
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_readable_without_scripts(browser, reports, language) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reports / f"audit.{language}.html").as_uri())
    assert page.locator("h1").count() == 1
    assert page.locator("h2").first.is_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sideways_scrolling(browser, reports, language, width) -> None:
    with _open(browser, reports / f"audit.{language}.html", width=width) as (page, _, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_tab_offers_to_skip_to_the_content(browser, reports, language) -> None:
    with _open(browser, reports / f"audit.{language}.html") as (page, _, _):
        page.keyboard.press("Tab")
        target = page.evaluate("document.activeElement.getAttribute('href')")
        assert target is not None
        assert target.startswith("#")
        assert page.locator(target).count() == 1
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('main, [id]') !== null")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language(browser, reports, language) -> None:
    with _open(browser, reports / f"audit.{language}.html") as (page, _, _):
        assert page.evaluate("document.documentElement.lang") == language
        assert page.title()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_has_a_text_and_its_table(browser, reports, language) -> None:
    with _open(browser, reports / f"audit.{language}.html") as (page, _, _):
        figures = page.locator("figure")
        assert figures.count() >= 2
        for index in range(figures.count()):
            figure = figures.nth(index)
            assert figure.locator("svg[role=img], img[alt]").count() >= 1
            assert figure.locator("table").count() >= 1
            assert figure.locator("figcaption").count() == 1
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printed_summary_has_two_pages(browser, reports, language) -> None:
    path = reports / f"summary.{language}.html"
    with _open(browser, path) as (page, _, _):
        printed = page.pdf(prefer_css_page_size=True, print_background=False)
    with pikepdf.open(io.BytesIO(printed)) as opened:
        assert len(opened.pages) == 2
