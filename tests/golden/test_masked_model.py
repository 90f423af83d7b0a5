"""What each audience may not see is nowhere in the chapters on a model, nor in the document."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest

from algo_audit.explain.effects import EffectCurve, EffectPoint
from algo_audit.explain.importance import GridLine
from algo_audit.explain.recourse import GroupRecourse
from algo_audit.explain.surrogate import GroupFidelity
from algo_audit.explain.worth import Association
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.building import build_report
from algo_audit.report.privacy import mask, masked

from .document_texts import texts_of
from .realistic_model import (
    around,
    description,
    effects,
    gaps,
    inputs,
    lines,
    proxies,
    realistic_model,
    recourse,
    replay,
    rules,
    staircases,
    stand_in,
    with_model,
    worth,
)

TINY = "X"  # four people; the table of groups counts them in with the largest


def crowded():
    """The model made by hand, with a few people wherever few people can be."""
    gap, stairs, proxy = gaps()[0], staircases()[0], proxies()[0]
    small = around(0.75, 0.2, 4)
    told = replay()
    ways = recourse()
    known = worth()
    rule = rules().rules
    return realistic_model(
        gaps=(*gaps(), replace(gap, group=TINY, n=4)),
        staircases=(*staircases(), replace(stairs, group=TINY, n=4)),
        proxies=(*proxies(), replace(proxy, group=TINY, auc=around(0.9, 0.05, 4))),
        replay=replace(
            told, added=3, dropped=3, tied=2, agreement=around(2794 / 2800, 0.001, 2800),
            by_group=(*told.by_group[:2], GroupFidelity("sex", TINY, small), *told.by_group[3:]),
        ),
        lines=tuple(
            replace(line, people={"13+": 3, "7-12": 567}[line.condition], deciding=2)
            if line.condition in ("13+", "7-12")
            else line
            for line in lines()
        ),
        rules=replace(rules(), rules=(*rule[:3], replace(rule[3], n=440, events=107), replace(rule[0], n=3, events=1))),
        worth=replace(known, associations=(*known.associations, Association("sex", TINY, 2, 1, around(0.5, 0.4, 2)))),
        recourse=replace(
            ways, groups=(*ways.groups, GroupRecourse("sex", TINY, 3, around(0.33, 0.3, 3), around(1.0, 0.5, 1))),
            changes=(*ways.changes, ("experience_annees", 2)),
            reasons=(*ways.reasons, ("already_favourable", 3)),
        ),
    )  # fmt: skip


@pytest.fixture(params=["committee", "public"])
def shown(request):
    return masked(with_model(crowded()), request.param)


def rows(value):
    if is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from rows(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from rows(item)


def test_full_is_the_same(shown):
    result = with_model(crowded())
    assert mask(result, "full").model is result.model


def test_nothing_is_left_about_a_hidden_group(shown):
    assert ("sex", TINY) in shown.groups
    for row in rows(shown.result.model):
        named = {getattr(row, key, None) for key in ("group", "reference")}
        if getattr(row, "attribute", None) == "sex" and TINY in named:
            raise AssertionError(row)


def test_an_attribute_with_a_hidden_group_keeps_no_headcount_of_its_own(shown):
    """What everyone's figure leaves over, once the groups shown are taken away, is theirs."""
    model = shown.result.model
    for row in (*model.replay.by_group, *model.rules.fidelity.by_group):
        if row.attribute == "sex":
            assert row.agreement.n is None
            assert row.agreement.value == round(row.agreement.value, 2)
    for row in model.worth.associations:
        if row.attribute == "sex":
            assert row.n is None
            assert row.events is None
            assert row.auc.n is None
    for row in model.recourse.groups:
        if row.attribute == "sex":
            assert row.refused is None
            assert row.with_way.n is None
    for row in (*model.gaps, *model.staircases):
        line = next(
            r for r in shown.result.groups if (r.attribute, r.group) == (row.attribute, row.group)
        )
        assert row.n == line.n


def test_parts_still_add_up(shown):
    for row in shown.result.model.gaps:
        assert sum(p.value.value for p in row.parts) == pytest.approx(row.gap.value, abs=1e-9)
    for row in shown.result.model.staircases:
        assert sum(s.value.value for s in row.steps) == pytest.approx(row.raw.value, abs=1e-9)


def test_a_small_line_goes_with_another_of_its_criterion(shown):
    breaks = {
        line.condition: line
        for line in shown.result.model.lines
        if line.column == "interruption_mois"
    }
    hidden = [name for name, line in breaks.items() if line.people is None]
    assert "13+" in hidden
    assert len(hidden) >= 2
    for name in hidden:
        assert breaks[name].deciding is None
        assert breaks[name].mean_points is None
        # what the grid gives is no secret
        assert breaks[name].points == next(x.points for x in lines() if x.condition == name)
    others = [line for line in shown.result.model.lines if line.column == "diplome"]
    assert all(line.people is not None for line in others)


def test_a_stretch_of_few_people_is_not_drawn(shown):
    k = shown.threshold
    before = {curve.column: curve for curve in effects()}
    for curve in shown.result.model.effects:
        assert all(point.people is None or point.people >= k for point in curve.points)
        few = [p.at for p in before[curve.column].points if p.people is None or p.people < k]
        assert not set(few) & {point.at for point in curve.points}


def test_a_small_leaf_loses_its_numbers_and_is_not_alone(shown):
    leaves = shown.result.model.rules.rules
    hidden = [leaf for leaf in leaves if leaf.n is None]
    assert leaves[-1].n is None
    assert len(hidden) >= 2
    assert all(leaf.events is None for leaf in hidden)
    assert all(leaf.n % shown.threshold == 0 for leaf in leaves if leaf.n is not None)


def test_a_few_decisions_that_differ_are_not_counted(shown):
    found = shown.result.model.replay
    assert (found.added, found.dropped, found.tied) == (None, None, None)
    step = max(0.01, shown.threshold / found.rows)
    assert found.agreement.value <= 1 - step + 1e-12
    # six people: the share printed would be the same for none of them and for twice as many
    assert abs(found.agreement.value - 2794 / 2800) > 1 / 2800


def test_reasons_and_changes_of_a_few(shown):
    overview = shown.result.model.recourse
    reasons = dict(overview.reasons)
    assert reasons["already_favourable"] is None
    assert sum(count is None for count in reasons.values()) >= 2
    changes = dict(overview.changes)
    assert changes["experience_annees"] is None
    assert sum(count is None for count in changes.values()) == 2


def test_extremes_of_the_file_are_nobody_s_business():
    declared = with_model(realistic_model())
    assert mask(declared, "public").model.description == description()
    taken = mask(with_model(stand_in()), "committee").model.description
    assert [one.name for one in taken.inputs] == [one.name for one in inputs()]
    assert all(one.low is None and one.high is None for one in taken.inputs)


def test_an_attribute_that_nothing_touches_stays_exact():
    """Age: nobody is hidden in the committee's version."""
    model = realistic_model()
    seen = mask(with_model(model), "committee").model
    assert [r for r in seen.gaps if r.attribute == "age"] == [
        r for r in model.gaps if r.attribute == "age"
    ]


@pytest.mark.parametrize("audience", ["committee", "public"])
def test_a_level_that_other_tables_count_is_not_counted_here(audience):
    line = GridLine("site", "site", "levels", "A", 3.0, people=1237, mean_points=3.0, deciding=11)
    curve = EffectCurve("site", "site", "category", "pdp", (EffectPoint("A", 1.5, 1237), EffectPoint("B", -1.2, 1563)))  # fmt: skip
    other = replace(line, condition="B", people=1563)
    result = with_model(realistic_model(lines=(line, other), effects=(curve,)))
    assert "site" in result.roles.strata
    found = mask(result, audience).model
    assert {(one.people, one.deciding, one.mean_points) for one in found.lines} == {(None,) * 3}
    assert [(point.at, point.effect, point.people) for point in found.effects[0].points] == [
        ("A", 1.5, None),
        ("B", -1.2, None),
    ]


@pytest.mark.parametrize(
    ("language", "audience", "made"),
    [("fr", "committee", crowded), ("en", "public", crowded), ("en", "committee", stand_in)],
)
def test_a_document_is_made_from_what_is_left(language, audience, made):
    document = build_report(with_model(made()), language, audience=audience)
    sections = [place for place, _ in texts_of(document) if place.startswith(("drivers", "model"))]
    assert sections
    for place, text in texts_of(document):
        assert text.strip(), place
        if place != "journal":
            assert "None" not in text, (place, text)


def test_hidden_numbers_everywhere_are_words():
    """Even with every estimate gone, the chapters are made."""
    gone = Estimate(None, missing_reason="masked")
    bare = realistic_model(
        gaps=tuple(replace(r, gap=gone, parts=tuple(replace(p, value=gone) for p in r.parts)) for r in gaps()),
        staircases=tuple(replace(r, raw=gone) for r in staircases()),
        proxies=tuple(replace(r, auc=gone) for r in proxies()),
        worth=replace(worth(), associations=(Association(None, None, 0, 0, gone),), selected_good=gone),
        recourse=replace(recourse(), groups=(GroupRecourse(None, None, 9, gone, gone),)),
    )  # fmt: skip
    for language in ("fr", "en"):
        document = build_report(with_model(bare), language, audience="full")
        assert all(text.strip() for _, text in texts_of(document))
