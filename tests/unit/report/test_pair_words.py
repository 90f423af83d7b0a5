"""Situation testing is told pair by pair, never by the name of the column that pairs."""

from __future__ import annotations

import pytest
from tests.golden.document_texts import texts_of

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.role_proposals import propose_roles
from algo_audit.report.building import build_report
from algo_audit.report.coarse import coarse_p


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Sixty offers with both answers on one line: 20 to both, 18 to men only, 4 to women only."""
    answers = ["1;1"] * 20 + ["0;1"] * 18 + ["1;0"] * 4 + ["0;0"] * 18
    path = tmp_path_factory.mktemp("pairs") / "test.csv"
    lines = [f"OF{place:03};{pair}" for place, pair in enumerate(answers)]
    path.write_text("\n".join(["code_annonce;F;H", *lines]), encoding="utf-8")
    roles = propose_roles(path).roles
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


def test_mcnemar_on_the_discordant_pairs(result):
    (pairs,) = result.pairs
    assert {pairs.group_only, pairs.reference_only} == {4, 18}
    assert (pairs.both, pairs.neither, pairs.pairs) == (20, 18, 60)


@pytest.mark.parametrize(
    ("language", "held", "raw"),
    [("fr", "à paire identique", "paire par paire"), ("en", "same pair", "pair by pair")],
)
def test_the_words(result, language, held, raw):
    texts = [text for _, text in texts_of(build_report(result, language))]
    assert any(held in text for text in texts)
    assert any(raw in text for text in texts)
    assert sum("code_annonce" in text for text in texts) <= 4  # the roles and the journal


@pytest.mark.parametrize(
    ("exact", "told"), [(0.0456, 0.049), (0.0499, 0.049), (0.044, 0.04), (0.051, 0.05), (0.002, 0.002)]
)  # fmt: skip
def test_a_coarse_p_stays_on_its_side_of_the_level(exact, told):
    assert coarse_p(exact) == told
    assert (coarse_p(exact) < 0.05) == (exact < 0.05)
