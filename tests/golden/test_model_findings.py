"""Findings on a model: their sentences, their rank, and what is left of them when masked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from algo_audit.data.limits import read_limits
from algo_audit.findings import rank_findings
from algo_audit.report.building import build_report, walk
from algo_audit.report.chapters.essential import finding_block
from algo_audit.report.context import Context
from algo_audit.report.phrases import Phrases

from .document_texts import texts_of
from .realistic import realistic_result
from .realistic_model import around, realistic_model, recourse, stand_in, with_model, worth


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def found(model, result=None):
    result = result or realistic_result()
    findings = rank_findings(
        result.comparisons, result.strata, controls=result.controls, pools=result.pools,
        intersections=result.intersections, unknowns=result.unknowns, labels=result.labels,
        model=model, unknown_share=0.01,
    )  # fmt: skip
    return with_model(model, findings=findings)


def every_code():
    """A model with something of every kind to say."""
    base = realistic_model()
    first = replace(worth().associations[0], auc=around(0.53, 0.06, 480))
    few = recourse()
    groups = (few.groups[0], replace(few.groups[1], with_way=around(0.2, 0.04, 231)), few.groups[2])
    return replace(
        base,
        replay=replace(base.replay, agreement=around(0.81, 0.01, 2800)),
        worth=replace(worth(), associations=(first,)),
        recourse=replace(few, groups=groups),
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_finding_on_a_model_has_its_sentences(language):
    codes = set()
    known = {
        section.id
        for section in walk(build_report(found(every_code()), language, audience="full").sections)
    }
    unproven = replace(worth(), coverage="none", associations=(), gains=())
    for model in (every_code(), realistic_model(worth=unproven), stand_in()):
        result = found(model)
        context = Context(result, Phrases(language, "full", None))
        for finding in result.findings:
            if not finding.chapter.startswith(("drivers", "model")):
                continue
            block = finding_block(context, finding)
            for text in (block.headline, block.detail, block.sureness):
                assert re.search(r"[.)]$", text), text
                assert not re.search(r"[{}]|None", text), text
            assert block.chapter in known or model is not every_code(), finding.chapter
            assert block.verdict
            codes.add(finding.code)
    assert codes == {
        "gap_born", "gap_carried", "input_leaks", "replay_low", "proxy_alert", "against_expected",
        "line_outweighs", "score_no_better_than_chance", "score_unproven", "few_ways",
    }  # fmt: skip


def test_established_gaps_come_first_then_where_they_are_born():
    codes = [finding.code for finding in found(realistic_model()).findings]
    assert codes[:2] == ["gap_established", "gap_established"]
    assert codes[2:4] == ["gap_born", "gap_carried"]


def test_the_sentence_that_will_be_quoted():
    result = found(realistic_model())
    context = Context(result, Phrases("fr", "full", None))
    born = next(f for f in result.findings if f.code == "gap_born")
    assert plain(finding_block(context, born).headline) == (
        "Selon « sex » : l’écart de −6,5 points entre le groupe « F » et le groupe « M » naît surtout "
        "à l’étape « Qui est dans quel vivier » : −4,6 points (de −5,8 à −3,4 points)."
    )
    carried = next(f for f in result.findings if f.code == "gap_carried")
    assert plain(finding_block(context, carried).headline) == (
        "Selon « sex » : entre le groupe « F » et le groupe « M », l’écart des décisions que la note "
        "entraîne (−6,2 points) passe surtout par « continuite » (−4,1 points)."
    )


def test_a_gap_that_another_step_hides():
    base = realistic_model()
    one = base.staircases[0]
    values = (0.036, 0.0, -0.052, -0.001)
    steps = tuple(
        replace(s, value=around(v, 0.004)) for s, v in zip(one.steps, values, strict=True)
    )
    result = found(replace(base, staircases=(replace(one, steps=steps, raw=around(-0.017, 0.02)),)))
    context = Context(result, Phrases("en", "full", None))
    born = next(f for f in result.findings if f.code == "gap_born")
    assert plain(finding_block(context, born).headline) == (
        "By “sex”: the step “The cut-off” adds −5.2 points (−5.6 to −4.8 points) to the gap between "
        "group “F” and group “M”; “Who is in which pool” goes the other way (+3.6 points), and the "
        "gap seen is −1.7 points."
    )


def test_nothing_is_said_to_carry_a_gap_that_is_not_established():
    result = realistic_result()
    unsure = tuple(replace(row, verdict="inconclusive") for row in result.comparisons)
    again = rank_findings(unsure, result.strata, model=realistic_model(), unknown_share=0.01)
    assert not {f.code for f in again} & {"gap_born", "gap_carried"}


def test_masked_findings_are_made_again_from_what_is_shown():
    result = found(every_code())
    document_ = build_report(result, "fr", audience="public")
    ids = {f.id for f in result.findings}
    assert ids
    for place, text in texts_of(document_):
        assert "None" not in text or place == "journal"


def test_thresholds_are_those_of_the_limits():
    limits = read_limits()
    assert limits.findings.most_of_gap == 0.5
    half = realistic_model(gaps=(), staircases=())
    codes = {f.code for f in found(half).findings}
    assert not codes & {"gap_born", "gap_carried"}
