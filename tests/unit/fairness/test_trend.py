"""The gap by year: counted by hand, the slope against statsmodels, small years joined."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import statsmodels.api as sm
from tests.golden.document_texts import texts_of

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.limits import read_limits
from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.fairness.trend import YearCount, gaps_by_year
from algo_audit.report.building import build_report
from algo_audit.report.privacy import mask

# year: (women, women chosen, men, men chosen)
YEARS = {
    2021: (40, 8, 50, 25),
    2022: (50, 15, 40, 20),
    2023: (30, 12, 60, 33),
    2024: (45, 20, 45, 24),
}


def audited(path, years=YEARS, **more):
    rows = [
        [group, f"{1 + k % 28:02d}/05/{year}", "oui" if k < chosen else "non", str(year)]
        for year, counts in years.items()
        for group, n, chosen in (("F", *counts[:2]), ("H", *counts[2:]))
        for k in range(n)
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([("sexe", "jour", "retenu", "année"), *rows])
    roles = Roles(outcome="retenu", date="jour", protected=("sexe",), **more)
    decisions = read_decisions(path, roles)
    return run_audit(Case.from_options(path, decisions.roles), decisions)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return audited(tmp_path_factory.mktemp("trend") / "années.csv")


def test_each_year_by_hand(result):
    gaps = {gap.years[0]: gap.difference for gap in result.trend.gaps}
    for year, (n, chosen, m, other) in YEARS.items():
        assert gaps[year].value == pytest.approx(chosen / n - other / m)
        assert gaps[year].low < gaps[year].value < gaps[year].high


def test_the_slope_is_weighted_least_squares():
    counts, gap, variance = [], [], []
    for year, (n, chosen, m, other) in YEARS.items():
        counts += [YearCount("a", "F", (year,), n, chosen), YearCount("a", "H", (year,), m, other)]
        shares = [((chosen + 0.5) / (n + 1), n), ((other + 0.5) / (m + 1), m)]
        variance.append(sum(p * (1 - p) / size for p, size in shares))
        gap.append(chosen / n - other / m)
    _, slopes = gaps_by_year(counts, {"a": "H"}, read_limits())
    design = sm.add_constant(np.array(list(YEARS), dtype=float) - 2022)
    fitted = sm.WLS(gap, design, weights=1 / np.array(variance)).fit(cov_type="fixed scale")
    low, high = fitted.conf_int()[1]
    found = slopes[0].slope
    assert (found.value, found.low, found.high) == pytest.approx((fitted.params[1], low, high))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_report_tells_the_trend(result, language):
    said = " ".join(text for _, text in texts_of(build_report(result, language)))
    assert {"fr": "par an en moyenne", "en": "a year on average"}[language] in said
    assert {"fr": "jamais une personne qui décide", "en": "never at one person who decides"}[
        language
    ] in said


def test_a_small_year_joins_its_neighbour(tmp_path):
    few = {**YEARS, 2023: (3, 1, 60, 33)}
    result = audited(tmp_path / "peu.csv", few)
    shown = mask(result, "committee").trend
    assert [gap.years for gap in shown.gaps] == [(2021,), (2022,), (2023, 2024)]
    assert all(count.n >= 5 for count in shown.counts)
    assert sum(count.n for count in shown.counts) == sum(n + m for n, _, m, _ in few.values())
    # a year that is a stratum too would give the small one away
    both = audited(tmp_path / "deux.csv", few, strata=("jour",))
    assert mask(both, "committee").trend is None


def test_one_year_is_no_trend(tmp_path):
    assert audited(tmp_path / "un.csv", {2021: YEARS[2021]}).trend is None
