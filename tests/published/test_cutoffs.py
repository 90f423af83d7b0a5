"""Ricci v. DeStefano: the score as it was, looked at before it decided.

Counts at the pass mark of 70: Miao (2011), Journal of Statistics Education 19(3), tables of both
examinations together; the same figures stand in ``oracle.json`` of the data.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.data.rule import Rule

DATA = Path(os.environ.get("ALGO_AUDIT_REAL_DATA", "")) / "ricci" / "ricci.csv"


@pytest.mark.skipif(not DATA.is_file(), reason="needs the real data folder")
def test_ricci_at_the_pass_mark_and_above():
    decisions = read_decisions(DATA, Roles(outcome=None, score="Combine", protected=("Race",)))
    case = Case.from_options(DATA, decisions.roles)
    result = run_audit(Case(**{**vars(case), "rule": Rule("threshold", 70)}), decisions)
    passed = {rate.group: (rate.chosen, rate.n) for rate in result.cutoffs.cuts[0].rates}
    assert passed == {"W": (41, 68), "B": (9, 27), "H": (6, 23)}
    black = next(c for c in result.cutoffs.curves if c.group == "B")
    at = next(p for p in reversed(black.points) if p.cutoff >= 70)
    assert at.difference == pytest.approx(9 / 27 - 41 / 68)
