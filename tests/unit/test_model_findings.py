"""Which facts on a model are findings: only of established gaps, only beyond the limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algo_audit.data.limits import read_limits
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.gap import GapDecomposition, GapPart
from algo_audit.explain.importance import Importance
from algo_audit.explain.recourse import GroupRecourse, RecourseOverview
from algo_audit.explain.staircase import Staircase, Step
from algo_audit.explain.surrogate import Fidelity
from algo_audit.fairness.comparison import Comparison, Estimate, Interval
from algo_audit.findings.on_model import model_findings
from algo_audit.models.model import ModelDescription

LIMITS = read_limits()


def near(value: float, half: float = 0.01) -> Estimate:
    return Estimate(value, value - half, value + half, 1000)


def chapters(**given_fields) -> ModelChapters:
    empty: dict = {
        "description": ModelDescription("callable", "m", "score", "opaque", (), None),
        "fidelity": None, "replay": None, "rules": None, "worth": None, "recourse": None, "stability": None,
    }  # fmt: skip
    empty |= dict.fromkeys(
        ("leaks", "importance", "lines", "effects", "monotonicity", "gaps", "proxies", "staircases"), ()
    )  # fmt: skip
    return ModelChapters(**(empty | given_fields))


def gap_of(verdict: str | None, difference: float = -0.06) -> Comparison:
    return Comparison(
        "sex", "F", "M", "selection_rate", "share", None, 1000, 100, 1000, 160, 0.1, 0.16,
        Interval(difference, difference - 0.02, difference + 0.02), None, 0.001, 0.001, "t", "primary", verdict,
        shortfall=Interval(60.0, 40.0, 80.0),
    )  # fmt: skip


def shared(*parts: float, half: float = 0.001) -> GapDecomposition:
    return GapDecomposition(
        "sex", "F", "M", "selection_rate", "pooled", 1000, 1000, near(sum(parts)),
        tuple(GapPart(name, near(part, half)) for name, part in zip("abcdef", parts, strict=False)),
        0.0, False, "exact",
    )  # fmt: skip


def stairs(*steps: float, half: float = 0.001) -> Staircase:
    return Staircase(
        "sex", "F", "M", 1000, 1000, near(sum(steps)),
        tuple(Step(key, near(value, half), "rule") for key, value in zip(("pools", "score", "cut_off", "humans"), steps, strict=False)),
    )  # fmt: skip


def codes(model: ModelChapters, *comparisons: Comparison) -> list[str]:
    return [finding.code for finding in model_findings(model, comparisons, limits=LIMITS)]


def test_no_model_no_finding():
    assert model_findings(None, (), limits=LIMITS) == ()
    assert codes(chapters()) == []


@pytest.mark.parametrize(
    "verdict", ["inconclusive", "large_gap_excluded", "lead", "not_shown", None]
)
def test_a_gap_that_is_not_established_is_carried_by_nothing(verdict):
    model = chapters(gaps=(shared(-0.05, -0.01),), staircases=(stairs(-0.05, -0.01),))
    assert codes(model, gap_of(verdict)) == []
    assert codes(model, gap_of("gap_established")) == ["gap_carried", "gap_born"]


def test_what_an_imitation_does_not_reproduce_is_nobodys_doing():
    steps = stairs(-0.01, 0.0, 0.0, -0.05)
    fidelity = Fidelity(300, near(0.9), 0.6, near(0.9))
    imitated = chapters(staircases=(steps,), fidelity=fidelity)
    assert codes(chapters(staircases=(steps,)), gap_of("gap_established")) == ["gap_born"]
    assert "gap_born" not in codes(imitated, gap_of("gap_established"))
    # where the advice is logged, the last step is measured against it, not against the imitation
    advised = replace(steps, steps=(*steps.steps, Step("system", near(0.0), "vendor")))
    logged = chapters(staircases=(advised,), fidelity=fidelity)
    assert "gap_born" in codes(logged, gap_of("gap_established"))


def test_most_of_it_means_half_at_least():
    established = gap_of("gap_established")
    half = chapters(gaps=(shared(-0.031, -0.029),), staircases=(stairs(-0.029, -0.031),))
    assert codes(half, established) == ["gap_carried", "gap_born"]
    thirds = chapters(
        gaps=(shared(-0.02, -0.02, -0.02),), staircases=(stairs(-0.02, -0.02, -0.02),)
    )
    assert codes(thirds, established) == []


def test_a_part_that_chance_could_make_carries_nothing():
    model = chapters(
        gaps=(shared(-0.05, -0.01, half=0.06),), staircases=(stairs(-0.05, half=0.06),)
    )
    assert codes(model, gap_of("gap_established")) == []


def test_a_model_s_gap_the_other_way_does_not_explain_the_logged_one():
    model = chapters(gaps=(shared(0.05, 0.01),), staircases=(stairs(0.05, 0.01),))
    assert codes(model, gap_of("gap_established")) == []


def test_the_rate_is_told_before_the_score():
    rate, score = shared(-0.05, -0.01), replace(shared(-4.0, -1.0), target="score")
    found = model_findings(
        chapters(gaps=(score, rate)), (gap_of("gap_established"),), limits=LIMITS
    )
    assert [finding.values["target"] for finding in found] == ["selection_rate"]


def test_who_can_act_stands_in_the_finding():
    found = model_findings(chapters(staircases=(stairs(-0.05, -0.01),)), (gap_of("gap_established"),), limits=LIMITS)  # fmt: skip
    assert found[0].values["actor"] == "rule"
    assert found[0].values["shortfall"] == [60.0, 40.0, 80.0]
    assert found[0].id == "born:sex:F"


def test_a_step_that_hides_the_gap_is_named_with_the_one_that_makes_it():
    """The gap within pools is established; who is in which pool makes the raw one small."""
    model = chapters(staircases=(stairs(0.036, 0.0, -0.042, -0.01),))
    found = model_findings(model, (gap_of("gap_established"),), limits=LIMITS)
    assert [(f.values["step"], f.values["against"]) for f in found] == [("cut_off", "pools")]
    assert found[0].values["share"] == pytest.approx(0.7)
    # even where the raw gap has turned round
    turned = chapters(staircases=(stairs(0.06, 0.0, -0.042, -0.01),))
    found = model_findings(turned, (gap_of("gap_established"),), limits=LIMITS)
    assert [(f.values["step"], f.values["raw"] > 0) for f in found] == [("cut_off", True)]


@pytest.mark.parametrize(("share", "nominal", "expected"), [(0.45, 0.3, 1), (0.44, 0.3, 0), (0.45, None, 0), (0.45, 0.0, 0)])  # fmt: skip
def test_a_line_outweighs_from_half_as_much_again(share, nominal, expected):
    row = Importance("a", ("a",), near(1.0), share, near(0.1), nominal)
    assert codes(chapters(importance=(row,))).count("line_outweighs") == expected


def ways(**shares: tuple[float, float]) -> ModelChapters:
    groups = [
        GroupRecourse("sex", name, 100, near(*pair), near(1.0)) for name, pair in shares.items()
    ]
    return chapters(recourse=RecourseOverview(200, 200, tuple(groups), ()))


def test_fewer_ways_from_a_fifth_less_and_intervals_apart():
    assert codes(ways(F=(0.30, 0.02), M=(0.40, 0.02))) == ["few_ways"]
    assert codes(ways(F=(0.33, 0.02), M=(0.40, 0.02))) == []  # less than a fifth fewer
    assert codes(ways(F=(0.30, 0.06), M=(0.40, 0.06))) == []  # the intervals touch


@settings(max_examples=100)
@given(parts=st.lists(st.floats(-1, 1).filter(lambda v: abs(v) > 1e-3), min_size=1, max_size=6), factor=st.floats(0.1, 10))  # fmt: skip
def test_what_carries_a_gap_does_not_hang_on_its_unit(parts, factor):
    """A score in other points: the same criterion is named, or none."""
    established = gap_of("gap_established", -0.06 if sum(parts) < 0 else 0.06)

    def named(times: float) -> list[str]:
        row = shared(*(times * part for part in parts), half=1e-9)
        row = replace(row, target="score", gap=near(times * sum(parts), 1e-9))
        found = model_findings(chapters(gaps=(row,)), (established,), limits=LIMITS)
        return [finding.values["criterion"] for finding in found]

    shares = [part / sum(parts) for part in parts] if abs(sum(parts)) > 1e-6 else [0.5]
    if all(abs(share - 0.5) > 1e-6 for share in shares):  # not on the very edge
        assert named(1.0) == named(factor)
