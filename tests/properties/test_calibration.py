"""How often whole audits say what is not so: a part of ``benchmarks/calibration``, seed fixed."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from benchmarks.calibration.scenarios import quick_grid
from benchmarks.calibration.simulation import limits_for_simulation, run

AUDITS = 600
LIMITS = limits_for_simulation()
# Standard errors above the bound that chance still explains: 1 in 1,000 for one scenario.
CHANCE = 3.1


@pytest.fixture(scope="module")
def outcomes():
    return [run(scenario, audits=AUDITS, seed=1, limits=LIMITS) for scenario in quick_grid()]


def test_no_kind_of_file_makes_the_audit_wrong_more_often_than_promised(outcomes):
    error = np.sqrt(0.05 * 0.95 / AUDITS)
    above = [o for o in outcomes if o.share > o.bound + CHANCE * error]
    assert not above


def test_each_chapter_as_a_whole_keeps_the_promise(outcomes):
    chapters = defaultdict(list)
    for outcome in outcomes:
        chapters[outcome.chapter].append(outcome.share)
    for chapter, shares in chapters.items():
        error = np.sqrt(0.05 * 0.95 / (AUDITS * len(shares)))
        assert np.mean(shares) <= 0.05 + 2 * error, chapter


def test_the_tests_are_not_asleep(outcomes):
    # where counts are large enough, the level is used: a method that never speaks would pass too
    by_name = {outcome.name: outcome.share for outcome in outcomes}
    assert by_name["4 groups, 200 people, 50%"] > 0.02
    assert by_name["5 groups, 300 people, 20%, one at 5%"] > 0.02
    assert np.mean(list(by_name.values())) > 0.02
