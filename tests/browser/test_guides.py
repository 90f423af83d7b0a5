"""The guides in a browser: what is promised of their length holds on paper, and phones can read them."""

from __future__ import annotations

import importlib.util
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def guides(tmp_path_factory) -> Path:
    spec = importlib.util.spec_from_file_location("guides", ROOT / "docs" / "guides.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    folder = tmp_path_factory.mktemp("guides")
    made.write(folder)
    return folder


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_to_ask_is_two_pages(browser, guides, language) -> None:
    page = browser.new_page()
    page.goto((guides / f"what_to_ask.{language}.html").as_uri())
    with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed.pages) <= 2
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_guide_is_wider_than_its_window(browser, guides, width) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    for path in sorted(guides.glob("*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    page.close()
