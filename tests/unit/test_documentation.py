"""Pages made from the reports' words are in step; links lead somewhere; both languages are there."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
COMMANDS = re.compile(r"^\s*(?:\S*/)?algo-audit (\w+)", re.MULTILINE)
BILINGUAL = [path for path in PAGES if path.name.endswith((".fr.md", ".en.md"))]


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_method_and_glossary_are_what_the_reports_say() -> None:
    made = _module(ROOT / "docs" / "pages.py")
    wrong = [path.name for path, text in made.pages().items() if path.read_text("utf-8") != text]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    lost = [one for one in targets if "://" not in one and not (page.parent / one).exists()]
    assert lost == []


@pytest.mark.parametrize("page", BILINGUAL, ids=lambda path: path.name)
def test_both_languages_have_the_same_parts(page) -> None:
    stem, language, _ = page.name.rsplit(".", 2)
    other = page.with_name(f"{stem}.{'en' if language == 'fr' else 'fr'}.md")
    heads = [re.findall(r"^#+ ", path.read_text("utf-8"), re.MULTILINE) for path in (page, other)]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_named_are_commands_there_are(page) -> None:
    from algo_audit.cli.main import application

    known = {command.name for command in application().registered_commands}
    assert set(COMMANDS.findall(page.read_text("utf-8"))) <= known


def test_the_key_names_every_kind_of_machine_and_compiles_nothing() -> None:
    made = _module(ROOT / "bundle" / "build.py")
    assert set(made.PLATFORMS) == {"windows", "macos", "macos_intel", "linux"}
    for platform in made.PLATFORMS:
        options = made.accepted(platform, "3.12")
        assert "--only-binary=:all:" in options
        assert "cp312" in options


def test_guides_are_pages_that_need_nothing_else(tmp_path) -> None:
    made = _module(ROOT / "docs" / "guides.py")
    files = {path.name: path.read_text(encoding="utf-8") for path in made.write(tmp_path)}
    assert {f"{name}.{one}.html" for name in made.NAMES for one in ("fr", "en")} < set(files)
    for file, text in files.items():
        assert not re.search(r"<script|<link|<img|url\(|@import|src=", text), file
        addresses = re.findall(r'href="([^"]+)"', text)
        lost = [one for one in addresses if not one.startswith("https://") and one not in files]
        assert lost == [], file
        assert text.count("<table>") == text.count('<div class="wide" tabindex="0"><table>')


def test_french_guides_are_set_in_french() -> None:
    made = _module(ROOT / "docs" / "guides.py")
    for name in made.NAMES:
        text = re.sub(
            r"<style>.*?</style>|<pre>.*?</pre>|<code>.*?</code>",
            "",
            made.page(name, "fr"),
            flags=re.DOTALL,
        )
        prose = re.sub(r"<[^>]+>", "", text)
        assert not re.search(r" [:;?!»]|« ", prose), name
    assert made.title_of("method", "fr").startswith("Méthode\u00a0:")


def test_the_interface_reference_holds_every_name_and_room() -> None:
    import pdoc

    import algo_audit

    made = _module(ROOT / "docs" / "api.py")
    made.hold_names()
    shown = pdoc.doc.Module(algo_audit).members
    assert set(algo_audit.__all__) <= set(shown)
    assert shown["run_audit"].docstring
    assert {"algo_audit", "algo_audit.fairness", "algo_audit.report"} <= set(made.modules())


def test_code_in_a_guide_is_not_torn_at_its_hyphens() -> None:
    made = _module(ROOT / "docs" / "guides.py")
    page = made.page("what_to_ask", "en")
    assert "<code><span>--count</span> <span>" in page


def test_start_scripts_ask_no_index() -> None:
    for name in ("start.cmd", "start.sh"):
        raw = (ROOT / "bundle" / name).read_bytes()
        assert b"--no-index" in raw
        assert b"wheels" in raw
    windows = (ROOT / "bundle" / "start.cmd").read_bytes()
    windows.decode("ascii")  # an older console shows nothing else rightly
    assert windows.count(b"\r\n") == windows.count(b"\n")
    assert b"\r" not in (ROOT / "bundle" / "start.sh").read_bytes()
