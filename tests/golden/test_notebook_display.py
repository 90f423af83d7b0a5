"""Rich displays: the report's own look, carried by each element; text where there is no HTML."""

import re
from html.parser import HTMLParser

import pytest

from algo_audit import AuditError, builtin_case, run_audit, say, show
from algo_audit.explain.contributions import ROUNDING
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.report.building import build_report, walk
from algo_audit.report.fragment import fragment
from algo_audit.report.plain_text import plain_text

from .realistic import realistic_result
from .writers import BLOCKS


class Elements(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.text.append(data)


def parsed(html: str) -> Elements:
    made = Elements()
    made.feed(html)
    return made


@pytest.fixture(scope="module")
def result():
    return realistic_result()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_result_shows_its_summary(result, language) -> None:
    shown = show(result, language=language)
    headline = result_headline(result, language)
    assert headline in " ".join(parsed(shown.html).text)
    assert " ".join(headline.split()) in " ".join(shown.text.split())


def result_headline(result, language) -> str:
    report = build_report(result, language)
    section = next(one for one in report.sections if one.id == "essential")
    return next(block.headline for block in section.blocks if hasattr(block, "headline"))


def test_nothing_that_a_notebook_strips(result) -> None:
    """No style sheet, script, class or frame: what an untrusted notebook takes away."""
    report = build_report(result, "fr")
    for section in report.sections:
        for tag, attributes in parsed(fragment(section, language="fr")).tags:
            assert tag not in {"style", "script", "iframe", "link", "svg"}
            assert set(attributes) <= {"style", "alt", "src", "lang"}
            assert attributes.get("src", "data:image/").startswith("data:image/")


def test_text_is_data(result) -> None:
    section = next(walk(build_report(result, "fr").sections))
    hostile = type(section)("x", "", "<script>alert(1)</script>", section.blocks)
    html = fragment(hostile, language="fr")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<script>alert(1)</script>" in plain_text(hostile)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_every_kind_of_block(block) -> None:
    assert re.sub(r"<[^>]+>", "", fragment(block, language="en")).strip()
    assert plain_text(block).strip()


def test_a_part_of_the_report(result) -> None:
    report = build_report(result, "en")
    gaps = next(one for one in walk(report.sections) if one.id == "gaps")
    assert gaps.title in show(result, "gaps", language="en").html
    with pytest.raises(AuditError) as caught:
        show(result, "nowhere", language="en")
    assert caught.value.code == "notebook.no_part"
    assert "gaps" in caught.value.choices


def test_what_has_no_display_is_said() -> None:
    with pytest.raises(AuditError, match=r"notebook\.not_shown") as caught:
        show(object(), language="fr")
    sentence = describe(caught.value, Catalogue("fr"), Formats("fr"))[0]
    assert "AuditResult" in sentence


@pytest.mark.parametrize("language", ["fr", "en"])
def test_comparisons_case_and_decisions(result, language) -> None:
    rows = show(result.comparisons, language=language)
    assert str(len(result.comparisons)) in rows.text
    case = builtin_case("recruitment")
    assert case.texts[language]["title"].split()[0] in show(case, language=language).text


@pytest.fixture
def shell(monkeypatch):
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    monkeypatch.setenv("ALGO_AUDIT_LANG", "en")
    made = interactive.InteractiveShell.instance()
    made.run_line_magic("load_ext", "algo_audit")
    yield made
    made.run_line_magic("unload_ext", "algo_audit")
    interactive.InteractiveShell.clear_instance()


def test_the_extension_shows_and_is_taken_off_again(shell, result) -> None:
    made, _ = shell.display_formatter.format(result)
    assert made["text/html"] == show(result, language="en").html
    assert made["text/plain"] == show(result, language="en").text
    shell.run_line_magic("unload_ext", "algo_audit")
    made, _ = shell.display_formatter.format(result)
    assert "text/html" not in made
    shell.run_line_magic("load_ext", "algo_audit")


def test_a_fault_is_told_in_a_sentence(shell, capsys, tmp_path) -> None:
    shell.run_cell(f"from algo_audit import load_case; load_case({str(tmp_path / 'no.toml')!r})")
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert "no.toml" in out


def test_a_decomposition_of_a_real_audit() -> None:
    case = builtin_case("recruitment")
    result = run_audit(case, case.read())
    gap = result.model.gaps[0]
    text = show(gap, language="fr").text
    assert all(part.criterion in text for part in gap.parts if part.criterion != ROUNDING)
    assert ROUNDING in {part.criterion for part in gap.parts}
    assert ROUNDING not in text  # a code, told in words
    stairs = result.model.staircases[0]
    assert len(show(stairs, language="fr").text.splitlines()) >= len(stairs.steps) + 3


@pytest.mark.parametrize(("spoken", "wanted"), [("fr", "−1,5\u202f% : oui"), ("en", "−1.5%: yes")])
def test_a_sentence_of_ones_own(monkeypatch, spoken, wanted) -> None:
    monkeypatch.setenv("ALGO_AUDIT_LANG", spoken)
    assert say(fr="-1.5 % : oui", en="-1.5%: yes").text.replace("\u00a0", " ") == wanted


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        (f"{-0.001:+.2f}", "0,00", "0.00"),
        (f"{0.001:+.2f}", "0,00", "0.00"),
        (f"{-0.4:.0f} to {-0.04:.2f}", "0 to −0,04", "0 to −0.04"),
        (f"{-0.01:+.2f}", "−0,01", "−0.01"),
        (f"{0.5:+.1f}", "+0,5", "+0.5"),
        (f"{1234567.8:,.1f}", "1\u202f234\u202f567,8", "1,234,567.8"),
        ("10-0 and REC-0", "10-0 and REC-0", "10-0 and REC-0"),
    ],
)
def test_numbers_of_ones_own(monkeypatch, written, french, english) -> None:
    for spoken, wanted in (("fr", french), ("en", english)):
        monkeypatch.setenv("ALGO_AUDIT_LANG", spoken)
        assert say(fr=written, en=written).text == wanted


def test_tables_choose_their_own_column_widths(result) -> None:
    """JupyterLab sets tables "fixed", which lays numbers over each other in narrow windows."""
    shown = parsed(show(result, "gaps", language="fr").html)
    tables = [attributes["style"] for tag, attributes in shown.tags if tag == "table"]
    assert tables
    assert all("table-layout:auto" in style for style in tables)
