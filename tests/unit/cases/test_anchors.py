"""The anchor file: complete, in both languages, and honest about what was not checked."""

from __future__ import annotations

import datetime as dt
import re
from typing import get_args

import pytest

from algo_audit.cases.anchors import Status, anchors_for, load_anchor_file, load_anchors
from algo_audit.errors import AuditError

ANCHORS = load_anchors()
FILE = load_anchor_file()
# Held from memory on the day of the check; one leaves this list only when its text was read.
FROM_MEMORY = re.split(
    r"\s+",
    """
    eu-gdpr-5 eu-gdpr-9 eu-gdpr-22 eu-gdpr-35 eu-gdpr-88 eu-cjeu-c-634-21 eu-cjeu-c-203-22-62
    eu-cjeu-c-34-21 eu-ai-act-2-11 eu-ai-act-6-3 eu-ai-act-14 eu-ai-act-26-2 eu-ai-act-86
    eu-ai-act-5-1-f eu-ai-act-5-1-g eu-pwd-7 eu-pwd-9 eu-pwd-11 eu-ptd-9 eu-ptd-10 eu-2000-78
    eu-2006-54 eu-cjeu-109-88 eu-cjeu-c-415-10 fr-l1121-1 fr-l1134-1 fr-l1142-1 fr-l1221-6
    fr-l1221-8 fr-l1221-9 fr-l1222-2 fr-l1222-3 fr-l1222-4 fr-l2312-8 fr-l2315-94 fr-l2242-17
    fr-loi-78-17-47 fr-cons-const-2007-557 fr-index-thresholds us-ll144-ratios us-ugesp-4-d
    us-castaneda-hazelwood sd-eu-framework-ai sd-ilo-246 es-et-64-4-d it-152-1997-1-bis
    de-betrvg-87-1-6 st-model-card st-iso-42001 st-insee-tax
""".strip(),
)


def test_ids_are_unique_and_plain():
    assert len({anchor.id for anchor in ANCHORS}) == len(ANCHORS) == len(FILE.anchors)
    assert len(ANCHORS) >= 150
    for anchor in ANCHORS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", anchor.id)


@pytest.mark.parametrize("anchor", ANCHORS, ids=lambda anchor: anchor.id)
def test_every_reference_is_complete(anchor):
    for texts in (anchor.instrument, anchor.duty, anchor.article):
        assert set(texts) == {"fr", "en"}
    for language in ("fr", "en"):
        assert anchor.instrument[language].strip()
        duty = anchor.duty[language]
        assert duty == duty.strip()
        assert duty[0].isupper() or duty[0].isdigit()
        assert duty.endswith(".")
    assert anchor.duty["fr"] != anchor.duty["en"]
    assert anchor.status in get_args(Status)
    assert anchor.employers in ("all", "private", "public")
    assert anchor.jurisdiction in ("eu", "fr", "us", "uk", "es", "it", "de", "intl")
    assert anchor.topics
    if anchor.applies_from:
        assert dt.date.fromisoformat(anchor.applies_from) > dt.date(1900, 1, 1)


@pytest.mark.parametrize("anchor", ANCHORS, ids=lambda anchor: anchor.id)
def test_every_mark_is_a_source_or_memory(anchor):
    assert anchor.mark
    assert set(anchor.sources) <= set(FILE.sources)
    assert anchor.from_memory == ("M" in anchor.mark)
    assert anchor.needs_status == (anchor.status != "in_force" or anchor.from_memory)
    assert anchor.sources or anchor.from_memory


@pytest.mark.parametrize("identifier", FROM_MEMORY)
def test_what_is_from_memory_says_so(identifier):
    anchor = FILE.anchors[identifier]
    assert anchor.from_memory
    assert anchor.needs_status


def test_source_list_is_complete_and_used():
    expected = {f"S{number}" for number in range(1, 47)} | {"S4b"}
    assert set(FILE.sources) == expected
    assert all(FILE.sources.values())
    used = {source for anchor in ANCHORS for source in anchor.sources}
    assert used == expected


def test_states_that_the_calendar_fixes():
    def state(identifier):
        return FILE.anchors[identifier].status, FILE.anchors[identifier].applies_from

    assert state("eu-ai-act-annex-iii-4-a") == ("adopted_postponed", "2027-12-02")
    assert state("eu-ai-act-26-7") == ("adopted_postponed", "2027-12-02")
    assert state("eu-ai-act-86") == ("uncertain", "")
    assert state("eu-ai-act-5-1-f") == ("in_force", "2025-02-02")
    assert state("eu-ai-act-4a") == ("in_force", "2026-07-27")
    assert state("eu-pwd-9") == ("transposition_pending", "2026-12-02")
    assert state("eu-ptd-10") == ("transposition_pending", "2026-06-07")
    assert state("us-co-24-205")[0] == "repealed"
    assert state("us-co-26-189") == ("adopted", "2027-01-01")
    assert state("eu-gdpr-omnibus")[0] == "proposal"
    assert state("eu-cjeu-c-203-22") == ("judgment", "2025-02-27")
    assert FILE.checked_on == "2026-11-23"
    # seen and in force: the only kind that may be printed without its status
    assert not FILE.anchors["fr-l1132-1"].needs_status
    assert not FILE.anchors["fr-l2312-38"].needs_status
    assert not FILE.anchors["fr-crpa-r311-3-1-2"].needs_status


def test_nothing_later_than_the_check_is_in_force():
    for anchor in ANCHORS:
        if anchor.status in ("in_force", "judgment", "agreement"):
            assert anchor.applies_from <= FILE.checked_on
        if anchor.status == "adopted_postponed":
            assert anchor.applies_from > FILE.checked_on


def test_clauses_and_criteria_cite_known_references():
    assert sorted(FILE.clauses) == [f"C{number:02d}" for number in range(1, 21)]
    assert sorted(FILE.criteria) == [f"T{number:02d}" for number in range(1, 26)]
    for cited in (*FILE.clauses.values(), *FILE.criteria.values()):
        assert cited
        assert set(cited) <= set(FILE.anchors)
    assert FILE.negotiated == {"T01", "T25"}


def test_scale_of_intrusiveness():
    assert [level.level for level in FILE.intrusiveness] == [0, 1, 2, 3, 4, 5]
    for level in FILE.intrusiveness:
        assert set(level.anchors) <= set(FILE.anchors)
        for texts in (level.name, level.examples, level.reason):
            assert set(texts) == {"fr", "en"}
            assert all(texts.values())
    effects = [shift.effect for shift in FILE.shifts]
    assert (effects.count("raises"), effects.count("lowers")) == (5, 4)


def _french_texts():
    for anchor in ANCHORS:
        yield from ((anchor.id, texts["fr"]) for texts in (anchor.instrument, anchor.duty))
    for level in FILE.intrusiveness:
        yield from ((f"level {level.level}", t["fr"]) for t in (level.name, level.examples))


def test_french_typography():
    for identifier, text in _french_texts():
        assert "'" not in text, identifier
        assert '"' not in text, identifier
        assert not re.search(r"(?<!\u202f)[;!?%]", text), identifier
        assert not re.search(r"(?<!\u00a0):(?!\d)", text), identifier
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", text), identifier


def test_no_reference_is_a_verdict():
    """Words that this toolkit never uses to judge do not enter it through the law's door."""
    judging = re.compile(
        r"\b(compliant|unfair|conforme|non-conforme|illégal\w*|illegal)\b", re.IGNORECASE
    )
    for anchor in ANCHORS:
        for language in ("fr", "en"):
            assert not judging.search(anchor.duty[language]), anchor.id


CHAPTERS = [
    "gaps",
    "intersections",
    "strata",
    "pools",
    "scores",
    "labels",
    "population",
    "controls",
    "method",
    "small_groups",
    "unknowns",
    "human_decision",
]


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("status", ["public", "private", "unknown"])
def test_every_chapter_has_references_for_every_employer(chapter, status):
    found = anchors_for(chapter, status_employer=status)
    assert found
    assert all(chapter in anchor.topics for anchor in found)


def test_references_of_the_other_kind_of_employer_are_left_out():
    public = {a.id for a in anchors_for("public_algorithms", status_employer="public")}
    private = {a.id for a in anchors_for("public_algorithms", status_employer="private")}
    assert "fr-crpa-l311-3-1" in public - private
    assert "fr-crpa-r311-3-1-2" in public & private  # a template that an agreement may take up
    consultation = {a.id for a in anchors_for("consultation", status_employer="public")}
    assert "fr-l2312-38" not in consultation
    assert FILE.anchors["fr-l2312-38"] in anchors_for("consultation")


def test_clause_and_criterion_give_their_references_in_order():
    assert [a.id for a in anchors_for("T18")] == ["fr-l2312-8", "fr-l2312-38", "fr-nanterre-2025"]
    assert anchors_for("C05")[0].id == "fr-l1134-1"


def test_unknown_topic_lists_those_there_are():
    with pytest.raises(AuditError) as caught:
        anchors_for("gap")
    assert caught.value.code == "anchors.topic_unknown"
    assert "gaps" in caught.value.choices


def test_citation():
    assert FILE.anchors["fr-l1132-1"].citation("fr") == "Code du travail, L1132-1"
    assert FILE.anchors["eu-2000-78"].citation("en") == (
        "Directive 2000/78/EC, art. 2(2)(b) and 10"
    )
    assert FILE.anchors["eu-no-threshold"].citation("fr") == "Droit de l’Union"
