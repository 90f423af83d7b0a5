"""The words of every built-in case: documents, facilitator's pack, data sheet."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import builtin_keys, story_of
from algo_audit.cases.workshop_files import DocumentsFile, PackFile, SheetFile, holds, read_file
from algo_audit.report.data_sheet import build_data_sheet, measured

SHAPES = (DocumentsFile, PackFile, SheetFile)
KEYS = [key for key in builtin_keys() if all(holds(key, shape) for shape in SHAPES)]


@pytest.fixture(scope="module", params=KEYS)
def key(request):
    return request.param


@pytest.fixture(scope="module")
def shipped(key):
    return pd.read_csv(dataset_path(key), sep=";", decimal=",", encoding="utf-8-sig")


def test_documents_have_gaps_on_purpose(key):
    documents = read_file(key, DocumentsFile).documents
    kinds = [one.kind for one in documents]
    assert kinds.count("brochure") == 1
    assert kinds.count("handed_over") >= 2
    assert len({one.key for one in documents}) == len(documents)
    brochure = next(one for one in documents if one.kind == "brochure")
    for language, word in (("fr", "neutr"), ("en", "neutral")):
        claims = " ".join(part.text.text(language) for part in brochure.parts)
        assert word in (claims + brochure.title.text(language)).lower()


def test_the_pack_speaks_of_this_file(key, shipped):
    pack = read_file(key, PackFile)
    assert set(pack.cards.columns) <= set(shipped.columns)
    assert set(pack.cards.names) == set(pack.cards.columns)
    # what the cards show must not say who was chosen, nor what came of it
    roles = builtin_case(key).roles
    hidden = {roles.outcome, roles.label, roles.advice, roles.score} - {None}
    assert hidden.isdisjoint(pack.cards.columns)
    assert len(pack.projector.fr.strip().splitlines()) <= 6


def test_the_sheet_names_every_column_and_variable(key, shipped):
    sheet = read_file(key, SheetFile)
    assert [one.name for one in sheet.columns] == list(shipped.columns)
    assert set(sheet.variables) == {variable.name for variable in story_of(key).GRAPH}


def test_the_margins_hold(key, shipped):
    for line in read_file(key, SheetFile).margins:
        assert measured(shipped, line) == pytest.approx(line.target, abs=line.tolerance), line.name


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_data_sheet_is_the_one_that_the_program_writes(key, language):
    written = dataset_path(f"{key}.{language}.md").read_text(encoding="utf-8")
    assert written == build_data_sheet(key, language), "run make reports"


def test_words_of_the_file_are_told_in_both_languages(key, shipped):
    """Every word on a card, and every group, has its words; nothing else is said to have."""
    case, pack = builtin_case(key), read_file(key, PackFile)
    shown = (*pack.cards.columns, *case.roles.protected)
    words = {
        value
        for column in dict.fromkeys(shown)
        if not pd.api.types.is_numeric_dtype(shipped[column])
        for value in shipped[column].dropna().astype(str).unique()
        if value and value != "non renseigné" and not re.fullmatch(r"[\d.,-]+", value)
    }
    assert words == set(pack.values)
