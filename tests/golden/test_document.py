"""The tree of a report: what is in it, in which order, in two languages, for three audiences."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from algo_audit.report import document
from algo_audit.report.building import build_report, walk
from algo_audit.report.privacy import Masked

from .document_texts import texts_of
from .realistic import realistic_result

CHAPTERS = [
    "examined", "essential", "reading", "population", "gaps", "intersections", "strata", "pools",
    "scores", "limits", "anchors", "method", "journal", "provenance",
]  # fmt: skip


def shape(made: document.Document) -> list:
    """Ids, numbers and kinds of blocks; for tables and figures their id and size."""
    rows: list = []
    for section in walk(made.sections):
        rows.append((section.id, section.number))
        for block in section.blocks:
            table = block.data if isinstance(block, document.Figure) else block
            size = (
                (len(table.columns), len(table.rows)) if isinstance(table, document.Table) else ()
            )
            rows.append((type(block).__name__, getattr(block, "id", ""), size))
    return rows


def test_every_chapter_stands_in_its_order(made):
    assert [section.id for section in made.sections] == CHAPTERS
    assert [section.number for section in made.sections] == [str(n) for n in range(1, 15)]


def test_ids_are_unique(made):
    ids = [section.id for section in walk(made.sections)]
    for section in walk(made.sections):
        for block in section.blocks:
            if hasattr(block, "id"):
                ids.append(block.id)
            if isinstance(block, document.Figure):
                ids.append(block.data.id)
    assert len(ids) == len(set(ids))


def test_both_languages_have_one_shape(documents):
    for audience in ("full", "committee", "public"):
        assert shape(documents["fr", audience]) == shape(documents["en", audience])


def test_the_lottery_is_the_first_figure(made):
    figures = [b for s in walk(made.sections) for b in s.blocks if isinstance(b, document.Figure)]
    assert figures[0].id == "lottery-first"


def test_three_to_five_findings_lead_to_sections_that_exist(made):
    essential = next(section for section in made.sections if section.id == "essential")
    findings = [b for b in essential.blocks if isinstance(b, document.Finding)]
    assert 3 <= len(findings) <= 5
    known = {section.id for section in walk(made.sections)}
    assert all(finding.chapter in known for finding in findings)


def test_every_text_says_something(made):
    # a number that is not there is a dash, never a Python word
    broken = re.compile(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ")
    for place, text in texts_of(made):
        assert text.strip(), place
        assert not broken.search(text), (place, text)


def test_no_key_is_left(made):
    for place, text in texts_of(made, without=("journal", "provenance", "head")):
        # what the file writes is quoted; a code without a sentence says that it is one
        assert not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", text), (place, text)


def test_rows_are_as_wide_as_their_heads(made):
    for section in walk(made.sections):
        for block in section.blocks:
            table = block.data if isinstance(block, document.Figure) else block
            if isinstance(table, document.Table):
                assert table.rows, table.id
                assert {len(row) for row in table.rows} == {len(table.columns)}, table.id


def test_same_result_same_document():
    one = build_report(realistic_result(), "fr", audience="committee")
    assert one == build_report(realistic_result(), "fr", audience="committee")


def test_who_may_receive_it(documents):
    assert "5" in documents["en", "committee"].banner
    assert "10" in documents["en", "public"].banner
    assert len({documents["fr", a].banner for a in ("full", "committee", "public")}) == 3


def test_chapters_without_matter_are_left_out():
    bare = realistic_result(
        strata=(), controls=(), pools=None, scores=None, labels=None, clusters=(), lottery=(),
        findings=(), journal=(), tests=(),
    )  # fmt: skip
    bare = replace(
        bare,
        groups=tuple(g for g in bare.groups if " × " not in g.attribute),
        comparisons=tuple(
            c
            for c in bare.comparisons
            if " × " not in c.attribute and c.measure == "selection_rate"
        ),
    )
    made = build_report(bare, "en", audience="full")
    gone = {"intersections", "strata", "pools", "scores"}
    assert [s.id for s in made.sections] == [c for c in CHAPTERS if c not in gone]
    assert all(text.strip() for _, text in texts_of(made))


HIDDEN = {
    "n": None, "events": None, "n_reference": None, "events_reference": None, "value": None,
    "reference_value": None, "difference": None, "ratio": None, "shortfall": None, "p_value": None,
    "p_adjusted": None, "smallest_detectable_ratio": None, "flip_count": None,
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_hidden_numbers_are_words(language, monkeypatch):
    """Whatever privacy takes out, the report is made, and says that something was."""
    result = realistic_result()
    hidden = replace(
        result,
        groups=tuple(
            replace(g, n=None, events=None, rate=replace(g.rate, value=None, low=None, high=None))
            for g in result.groups
        ),
        comparisons=tuple(replace(c, **HIDDEN) for c in result.comparisons),
        lottery=tuple(
            replace(one, observed_ratio=None, share_as_wide=None) for one in result.lottery
        ),
        findings=tuple(
            replace(f, values={k: HIDDEN.get(k, v) for k, v in f.values.items()})
            for f in result.findings
        ),
        strata=tuple(
            replace(g, raw_difference=None, adjusted_difference=None, raw_ratio=None)
            for g in result.strata
        ),
    )
    monkeypatch.setattr(
        "algo_audit.report.building.masked", lambda result, audience: Masked(hidden, audience, 5)
    )
    made = build_report(result, language, audience="committee")
    words = {"fr": "Rien ne peut être montré ici", "en": "Nothing can be shown here"}[language]
    said = [text for _, text in texts_of(made)]
    assert any(words in text for text in said)
    for text in said:
        assert text.strip()
        assert "None" not in text
    essential = next(section for section in made.sections if section.id == "essential")
    for block in essential.blocks:
        if isinstance(block, document.Finding) and block.code == "gap_established":
            assert not re.search(r"\d", block.headline.replace("50+", "").replace("<30", ""))
