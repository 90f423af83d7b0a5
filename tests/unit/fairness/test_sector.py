"""Several employers together: Mantel-Haenszel by hand, anonymity, small cells, bad input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden.document_texts import texts_of

from algo_audit.data.limits import read_limits
from algo_audit.data.policy import Policy
from algo_audit.errors import AuditError
from algo_audit.fairness.sector import Employer, pool_employers
from algo_audit.report.pdf import render_pdf
from algo_audit.report.sector import build_sector

LIMITS = read_limits()


def employer(name: str, women: tuple[int, int], men: tuple[int, int], **more) -> Employer:
    about = {"margin": 0.8, "references": {"sex": "M"}} | more
    return Employer(f"{name}.json", name * 8, {"sex": {"F": women, "M": men}}, **about)


THREE = (
    employer("aa", (100, 20), (120, 36)),
    employer("bb", (80, 8), (60, 12)),
    employer("cc", (200, 60), (150, 60)),
)


def pooled(employers=THREE, **policy):
    return pool_employers(employers, policy=Policy(**policy), limits=LIMITS)


def codes(call) -> set[str]:
    with pytest.raises(AuditError) as caught:
        call()
    return {fault.code for fault in caught.value.faults}


def test_mantel_haenszel_over_employers_by_hand():
    (gap,) = pooled().gaps
    tables = [(e.tables["sex"]["F"], e.tables["sex"]["M"]) for e in THREE]
    above = sum(a * m / (n + m) for (n, a), (m, _) in tables)
    below = sum(b * n / (n + m) for (n, _), (m, b) in tables)
    assert gap.comparison.ratio.value == pytest.approx(above / below)
    weights = [n * m / (n + m) for (n, _), (m, _) in tables]
    differences = [a / n - b / m for (n, a), (m, b) in tables]
    expected = sum(w * d for w, d in zip(weights, differences, strict=True)) / sum(weights)
    assert gap.comparison.difference.value == pytest.approx(expected)
    assert gap.comparison.verdict == "gap_established"
    assert [e.employer for e in gap.employers] == ["A", "B", "C"]


def test_the_order_of_the_files_tells_nothing():
    assert pooled() == pooled(THREE[::-1])


def test_a_gap_between_employers_is_no_gap_within():
    """Women work where few are promoted: raw gap, none within an employer."""
    apart = (employer("aa", (300, 30), (60, 6)), employer("bb", (60, 24), (300, 120)))
    (gap,) = pooled(apart).gaps
    assert gap.gap.raw_difference.value < -0.15
    assert gap.comparison.difference.value == pytest.approx(0.0, abs=1e-12)
    assert gap.comparison.verdict in ("large_gap_excluded", "inconclusive")


def test_employers_that_differ_are_said_to():
    unlike = (employer("aa", (300, 30), (300, 90)), employer("bb", (300, 90), (300, 30)))
    (gap,) = pooled(unlike).gaps
    assert gap.inconsistency > 0.9
    assert gap.gap.homogeneity_p_value < 1e-6
    (alike,) = pooled(
        (employer("aa", (300, 30), (300, 60)), employer("bb", (300, 30), (300, 60)))
    ).gaps
    assert alike.inconsistency == 0.0


def test_small_employers_stand_together():
    tiny = (employer("dd", (6, 1), (50, 12)), employer("ee", (30, 6), (7, 2)))
    made = build_sector(pooled((*THREE, *tiny)), "en")
    texts = " ".join(text for _, text in texts_of(made))
    assert "2 employers together" in texts
    public = " ".join(
        t for _, t in texts_of(build_sector(pooled((*THREE, *tiny)), "en", audience="public"))
    )
    assert "employers together" in public
    alone = " ".join(t for _, t in texts_of(build_sector(pooled((*THREE, tiny[0])), "en")))
    assert "2 employers together" in alone  # the small one takes another along


def test_no_employer_is_named():
    for language in ("fr", "en"):
        made = build_sector(pooled(), language, audience="full")
        texts = " ".join(text for _, text in texts_of(made))
        assert not any(e.file in texts or e.fingerprint in texts for e in THREE)
        assert render_pdf(made)[1] == ()


def test_bad_input():
    assert codes(lambda: pooled(THREE[:1])) == {"sector.too_few"}
    mixed = (THREE[0], replace(THREE[1], margin=0.9), replace(THREE[0], file="again.json"))
    assert codes(lambda: pooled(mixed)) == {"sector.margins_differ", "sector.file_twice"}
    other = Employer("x.json", "x", {"gender": {"f": (10, 2)}}, 0.8, {})
    assert codes(lambda: pooled((THREE[0], other))) == {"sector.nothing_shared"}


def test_attributes_of_one_employer_only_are_left_out():
    more = replace(THREE[0], tables={**THREE[0].tables, "age": {"50+": (20, 3), "<50": (200, 60)}})
    assert pooled((more, *THREE[1:])).left_out == ("age",)


counts = st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n + 5), st.integers(0, n)))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=4))
def test_one_table_cut_in_employers_keeps_its_people(tables):
    made = [employer(f"{i}{i}", women, men) for i, (women, men) in enumerate(tables)]
    for gap in pooled(tuple(made)).gaps:
        assert gap.comparison.n == sum(women[0] for women, _ in tables)
        assert sum(e.events for e in gap.employers) == sum(women[1] for women, _ in tables)
        assert gap.inconsistency is None or 0 <= gap.inconsistency <= 1
