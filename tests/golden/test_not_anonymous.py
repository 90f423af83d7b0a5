"""A file that singles people out says so on the page that gets copied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from algo_audit.fairness.singling import Singling
from algo_audit.report.building import build_report
from algo_audit.report.document import Paragraph

from .realistic import realistic_result


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("singled", "warned"), [(34, 1), (18, 1), (17, 0), (None, 0)])
def test_the_essential_warns(language, singled, warned):
    found = None if singled is None else Singling(("a", "b", "c"), 36, singled, 9, 34)
    made = build_report(replace(realistic_result(), singled_out=found), language)
    (essential,) = (one for one in made.sections if one.id == "essential")
    lines = [
        block.text
        for block in essential.blocks
        if isinstance(block, Paragraph) and block.role == "warning"
    ]
    assert len(lines) == warned
    assert all(str(singled) in line and "36" in line and "3" in line for line in lines)
