"""The sentences that will be quoted, word for word."""

from __future__ import annotations

import re

import pytest

from algo_audit.report import document
from algo_audit.report.building import walk
from algo_audit.report.chapters.essential import finding_block
from algo_audit.report.context import Context
from algo_audit.report.phrases import Phrases
from algo_audit.report.sentences import (
    comparison_values,
    detail,
    inconclusive_detail,
    shortfall_sentence,
)

from .document_texts import texts_of
from .realistic import AGE, SEX, compare, realistic_result


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def findings(made: document.Document) -> list[document.Finding]:
    return [b for s in walk(made.sections) for b in s.blocks if isinstance(b, document.Finding)]


def test_the_first_finding_in_french(documents):
    first = findings(documents["fr", "full"])[0]
    assert plain(first.headline) == (
        "Selon « sex », à « vacancy » identique : le groupe « F » compte 81,1 décisions favorables "
        "de moins que s’il avait le même taux que le groupe « M » (entre 44,1 et 118)."
    )
    assert plain(first.sureness) == (
        "Certitude : établi. Si les chances étaient égales, moins d’un audit sur vingt annoncerait "
        "un écart, toutes questions comprises (p corrigé < 0,001)."
    )
    assert (first.verdict, first.code) == ("Écart établi", "gap_established")
    assert plain(first.detail).startswith(
        "En tout, 16,8 % (208 sur 1 240) contre 23,3 % (352 sur 1 510). À « vacancy » identique : "
        "−6,5 points (de −9,5 à −3,6 points), rapport 0,72 (de 0,62 à 0,84)."
    )


def test_the_first_finding_in_english(documents):
    first = findings(documents["en", "full"])[0]
    assert first.headline == (
        "By “sex”, within the same “vacancy”: group “F” has 81.1 fewer favourable decisions than it "
        "would have at the same rate as group “M” (between 44.1 and 118)."
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "ne montre ni n’exclut un écart"), ("en", "neither shows nor excludes a gap")],
)
def test_inconclusive_has_its_words(documents, language, words):
    said = [text for place, text in texts_of(documents[language, "full"]) if place == "gaps-2"]
    assert any(words in text for text in said)


def test_inconclusive_says_what_is_compatible_and_how_many_people():
    phrases = Phrases("fr", "full", None)
    values = comparison_values(compare("age", "40-49", "<30", (*AGE["40-49"], *AGE["<30"])))
    text = plain(inconclusive_detail(phrases, values))
    assert "Écarts compatibles avec les données : de −8,7 à −0,4 point, soit " in text
    assert "de 2,3 à 55,7 décisions favorables de moins" in text
    assert re.search(r"il faudrait environ [\d ]+ personnes en tout, au lieu de 1 450", text)


def test_a_group_ahead_has_more():
    phrases = Phrases("en", "full", None)
    values = comparison_values(compare("sex", "M", "F", (*SEX["M"], *SEX["F"])))
    text = shortfall_sentence(phrases, values)
    assert "has 98.7 more favourable decisions than it would have" in text
    assert "(between 53.7 and 144)" in text


@pytest.mark.parametrize(
    ("language", "verdict", "words"),
    [("fr", "À examiner", "n’établit rien"), ("en", "To be examined", "establishes nothing")],
)
def test_a_lead_says_that_it_establishes_nothing(language, verdict, words):
    result = realistic_result()
    context = Context(result, Phrases(language, "full", None))
    lead = next(f for f in result.findings if f.code == "lead_intersection")
    block = finding_block(context, lead)
    assert block.verdict == verdict
    assert words in block.sureness
    assert "F × 50+" in block.headline
    assert block.chapter == "intersections-1"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_finding_has_its_sentences(language):
    result = realistic_result()
    context = Context(result, Phrases(language, "full", None))
    codes = set()
    for finding in result.findings:
        block = finding_block(context, finding)
        assert block.headline.endswith(".")
        assert block.detail.endswith(".")
        assert block.sureness.endswith(".")
        codes.add(finding.code)
    assert codes >= {
        "gap_established", "large_gap_excluded", "inconclusive", "reversal", "opposite_levels",
        "vanishes_within", "control_leaks", "control_tainted", "lead_intersection", "lead_measure",
        "between_pools", "labels_only_for_selected", "unknowns_matter",
    }  # fmt: skip


def test_the_codes_that_the_made_result_lacks():
    phrases = Phrases("en", "full", None)
    pair = compare("sex", "F", "M", (*SEX["F"], *SEX["M"]), flip_count=1)
    small = detail(phrases, "small_gap_established", comparison_values(pair), margin=0.8)
    assert "inside the margin of 0.80 (95% interval: 0.62 to 0.84)" in small[1]
    assert small[2] == "A single decision the other way would change the verdict."
    never = compare("sex", "F", "M", (3, 0, 4, 1), missing_reason="margins")
    told = detail(phrases, "not_shown", comparison_values(never), margin=0.8)
    assert told[0].startswith("Reason: with these headcounts, no split")


def test_points_stand_beside_every_ratio(documents):
    """A ratio alone misleads at low rates."""
    for language in ("fr", "en"):
        for finding in findings(documents[language, "full"]):
            for text in (finding.headline, finding.detail):
                if re.search(r"(?:rapport|ratio) \d", text):
                    assert "point" in finding.detail, finding.id


def test_interval_and_verdict_that_disagree_are_explained(documents):
    notes = [text for place, text in texts_of(documents["en", "full"]) if place == "gaps-2"]
    assert any(text.startswith("For “40-49”, the interval excludes no gap") for text in notes)


def test_hidden_reference_figures_stay_hidden():
    phrases = Phrases("fr", "committee", 5)
    assert plain(phrases.whole(None)) == "moins de 5, ou protégé"
    assert phrases.percent(None) == "–"
