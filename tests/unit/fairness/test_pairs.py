"""Pairs of testers: discordant pairs, what is left out, and the verdict that follows from them."""

from __future__ import annotations

import csv

import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError
from algo_audit.report.building import build_report, walk
from algo_audit.report.privacy import mask
from algo_audit.stats.paired import mcnemar_exact

ROLES = Roles(outcome="reponse", favourable="oui", pair="annonce", protected=("profil",))
ANSWERS = (
    [("oui", "oui")] * 12 + [("non", "non")] * 60 + [("oui", "non")] * 20 + [("non", "oui")] * 6
)


def audited(path, rows, roles=ROLES):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("annonce", "profil", "reponse"), *rows])
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


def rows():
    for number, (first, second) in enumerate(ANSWERS):
        yield (f"A{number}", "A", first)
        yield (f"A{number}", "B", second)


def test_discordant_pairs_decide(tmp_path):
    result = audited(tmp_path / "f.csv", [*rows(), ("alone", "A", "oui"), ("same", "B", "non"), ("same", "B", "oui")])  # fmt: skip
    (table,) = result.pairs
    assert (table.group, table.reference) == ("B", "A")
    assert (table.pairs, table.both, table.neither) == (98, 12, 60)
    assert (table.group_only, table.reference_only, table.incomplete) == (6, 20, 2)
    assert table.p_value == pytest.approx(mcnemar_exact(6, 20))
    verdict = next(c for c in result.comparisons if c.stratum == "annonce")
    assert verdict.verdict == "gap_established"
    # two groups of one each in every pair: the exact test within pairs is McNemar's
    assert verdict.p_value == pytest.approx(table.p_value)


def test_a_report_shows_pairs_and_no_pools(tmp_path):
    result = audited(tmp_path / "f.csv", rows())
    ids = {section.id for section in walk(build_report(result, "fr").sections)}
    assert "pairs" in ids
    assert "pools" not in ids


def test_small_cells_are_hidden_together(tmp_path):
    few = [("A1", "A", "oui"), ("A1", "B", "oui"), *[(f"{a}x", p, o) for a, p, o in rows() if a not in {f"A{i}" for i in range(12)}]]  # fmt: skip
    result = audited(tmp_path / "f.csv", few)
    assert result.pairs[0].both == 1
    (table,) = mask(result, "committee").pairs
    assert table.both is table.neither is table.group_only is table.p_value is None


def test_pool_and_pair_together_are_refused(tmp_path):
    with pytest.raises(AuditError) as caught:
        audited(tmp_path / "f.csv", rows(), Roles(outcome="reponse", pool="profil", pair="annonce", protected=("profil",)))  # fmt: skip
    assert "roles.pool_and_pair" in {fault.code for fault in caught.value.faults}


def test_urban_institute(real_data):
    """White and black testers in pairs, one row a pair."""
    roles = Roles(outcome="{tester:w|b}", pair="rownames", protected=("tester",))
    decisions = read_decisions(real_data / "paired_audit" / "audit.csv", roles)
    result = run_audit(Case.from_options("f", decisions.roles), decisions)
    (table,) = result.pairs
    cells = (table.pairs, table.both, table.neither, table.reference_only, table.group_only)
    assert cells == (241, 40, 141, 46, 14)
    assert table.p_value == pytest.approx(4.2237e-05, rel=1e-4)
    assert table.difference.value == pytest.approx(-0.13278, abs=1e-5)
