"""Sentences of the findings on stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from algo_audit.fairness.comparison import Interval
from algo_audit.report.chapters.stages import stage_name
from algo_audit.report.phrases import Phrases

_CODES = ("stage_birth", "lead_stage")


def is_on_stages(code: str) -> bool:
    """Whether a finding is on the stages of a selection."""
    return code in _CODES


def stage_finding(
    phrases: Phrases, code: str, values: Mapping[str, Any]
) -> tuple[str, list[str], str]:
    """Headline, detail and sureness of one finding on stages."""
    places: dict[str, Any] = {
        "attribute": phrases.quoted(values["attribute"]),
        "group": phrases.group(values["group"]),
        "reference": phrases.reference(values["reference"]),
        "stage": stage_name(phrases, values["stages"]),
        "stratum": phrases.quoted(str(values.get("stratum") or "")),
    }
    if code == "lead_stage":
        gap = values.get("difference")
        places |= {
            "rate": phrases.percent(values.get("value")),
            "reference_rate": phrases.percent(values.get("reference_value")),
            "gap": phrases.absent if gap is None else phrases.points(gap["value"]),
            "interval": phrases.absent
            if gap is None
            else phrases.span(Interval(**gap), phrases.points),
            "q": phrases.p_said(values.get("p_adjusted")),
        }
        within = ".within" if values.get("stratum") else ""
        return (
            phrases.say(f"finding.lead_stage{within}", **places),
            [phrases.say("finding.lead_stage.detail", **places)],
            phrases.say("sureness.lead"),
        )
    places |= {
        "people": phrases.people(abs(values["people"])),
        "whole": phrases.people(abs(values["whole"])),
        "share": phrases.formats.percent(values["share"], 0),
    }
    key = "most" if values["most"] else "spread"
    told = [
        phrases.say(
            "finding.stage_birth.stage",
            stage=stage_name(phrases, one["stages"]),
            people=phrases.more_people(-one["people"]),
        )
        for one in values["all"]
    ]
    places["told"] = phrases.listed(told)
    return (
        phrases.say(f"finding.stage_birth.{key}", **places),
        [phrases.say("finding.stage_birth.detail", **places)],
        phrases.say("sureness.stage_birth"),
    )
