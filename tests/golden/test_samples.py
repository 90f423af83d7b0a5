"""The reports that are shipped are those that the code makes: ``make reports`` writes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import builtin_case
from algo_audit.cases.folders import builtin_keys
from algo_audit.report.samples import LANGUAGES, page_of, stored_result, words_of

REPORTS = Path(__file__).parents[2] / "reports"
FOLDERS = [REPORTS / key for key in builtin_keys() if (REPORTS / key).is_dir()]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def stored(folder):
    return stored_result(folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_those_that_the_code_makes(folder, stored, language) -> None:
    page = (folder / f"audit.{language}.html").read_text(encoding="utf-8")
    assert words_of(page) == words_of(page_of(stored, language)), "run make reports"
    assert len(page.encode()) < 2_000_000


def test_the_figures_are_those_that_the_code_computes(folder, stored) -> None:
    """Chapters on the model apart: they take too long, and the pages hold them anyway."""
    case = builtin_case(folder.name)
    decisions = case.read()
    assert stored.source.sha256 == decisions.source.sha256, "run make reports"
    bare = replace(decisions, roles=replace(decisions.roles, inputs=()))
    fresh = run_audit(replace(case, model=None), bare)
    for name in ("groups", "comparisons", "strata"):
        mine, theirs = getattr(fresh, name), getattr(stored, name)
        assert len(mine) == len(theirs), (name, "run make reports")
    kept = [one.id for one in stored.findings if not one.chapter.startswith(("model", "drivers"))]
    assert [one.id for one in fresh.findings] == kept, "run make reports"
    for one, other in zip(fresh.comparisons, stored.comparisons, strict=True):
        assert (one.attribute, one.group, one.measure, one.stratum, one.verdict) == (
            other.attribute, other.group, other.measure, other.stratum, other.verdict,
        ), "run make reports"  # fmt: skip
        if one.p_value is not None:
            assert one.p_value == pytest.approx(other.p_value, rel=1e-6, abs=1e-9)


def test_the_samples_show_in_both_languages_what_they_are_about() -> None:
    """An empty folder would be no check at all."""
    for folder in FOLDERS:
        assert {path.name for path in folder.iterdir()} == {
            "audit.fr.html",
            "audit.en.html",
            "audit.json.gz",
        }
