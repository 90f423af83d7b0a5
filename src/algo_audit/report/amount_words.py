"""How an outcome that is a number is written: unit, decimals, sentences of its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from algo_audit.fairness.amount_groups import Amounts
from algo_audit.fairness.comparison import Interval
from algo_audit.i18n.formats import NARROW
from algo_audit.report.document import Note
from algo_audit.report.phrases import Phrases

_CODE = "amount_"
_OPEN = ("amount_inconclusive", "amount_not_shown")
_WITHIN = ("amount_vanishes", "amount_reversal")


def is_on_amounts(code: str) -> bool:
    """Whether a finding is on an outcome that is a number."""
    return code.startswith(_CODE)


@dataclass(frozen=True)
class AmountForms:
    """Amounts and differences of amounts as text; None gives the dash of what is not there."""

    phrases: Phrases
    unit: str
    digits: int

    @classmethod
    def of(cls, phrases: Phrases, amounts: Amounts) -> AmountForms:
        """Decimals by the size of the means: none from a thousand on, two under ten."""
        sizes = [abs(g.mean) for g in amounts.groups if g.mean is not None]
        largest = max(sizes, default=0.0)
        digits = 0 if largest >= 1000 else 1 if largest >= 10 else 2
        return cls(phrases, amounts.unit, digits)

    def amount(self, value: float | None) -> str:
        """``1 234 €`` / ``€1,234``, ``12,3 %``, ``7,88``."""
        if value is None:
            return self.phrases.absent
        if self.unit == "percent":
            return self.phrases.percent(value)
        text = self.phrases.formats.number(value, self.digits)
        if self.unit != "euro":
            return text
        if self.phrases.language == "fr":
            return f"{text}{NARROW}€"
        return f"{text[0]}€{text[1:]}" if value < 0 and text[0] != "0" else f"€{text}"

    def gap(self, value: float | None) -> str:
        """A difference, with its sign; percents in points."""
        if value is None:
            return self.phrases.absent
        if self.unit == "percent":
            return self.phrases.points(value)
        return ("+" if round(value, self.digits) > 0 else "") + self.amount(value)


def _interval(values: Mapping[str, Any] | None) -> Interval | None:
    return None if values is None else Interval(**values)


def amount_finding(
    phrases: Phrases, amounts: Amounts, code: str, values: Mapping[str, Any]
) -> tuple[str, list[str], str]:
    """Headline, detail and sureness of one finding on amounts."""
    forms = AmountForms.of(phrases, amounts)
    gap = _interval(values.get("mean_gap"))
    places: dict[str, Any] = {
        "column": phrases.quoted(amounts.column),
        "attribute": phrases.quoted(values["attribute"]),
        "group": phrases.group(values["group"]),
        "reference": phrases.group(values["reference"]),
        "stratum": phrases.quoted(str(values.get("stratum") or "")),
        "gap": phrases.absent if gap is None else forms.gap(gap.value),
        "interval": phrases.absent if gap is None else phrases.span(gap, forms.gap),
    }
    if code in _WITHIN:
        raw = _interval(values.get("raw_gap"))
        places["raw"] = phrases.absent if raw is None else forms.gap(raw.value)
        first = phrases.say(f"finding.{code}", **places)
        parts = [phrases.say(f"finding.{code}.detail", **places)]
        if str(values.get("stratum")) in amounts.tainted:
            parts.append(phrases.say("finding.tainted", stratum=places["stratum"]))
        return first, parts, phrases.say("sureness.amount_within")
    sureness = phrases.say(
        f"sureness.{code.removeprefix(_CODE)}", p=phrases.p_said(values.get("p_adjusted"))
    )
    if values.get("value") is not None:
        places["superiority"] = phrases.percent(values["value"])
    if values.get("stratum"):
        lower = gap is not None and gap.value < 0
        places["apart"] = phrases.absent if gap is None else forms.amount(abs(gap.value))
        key = "finding.amount.within.lower" if lower else "finding.amount.within.higher"
        first = phrases.say(key, **places)
        return first, [phrases.say("finding.amount.within.detail", **places)], sureness
    places |= {key: forms.amount(values.get(key)) for key in ("mean", "mean_reference")}
    parts = []
    if gap is not None:
        parts.append(phrases.say("finding.amount.detail.mean", **places))
    if values.get("median") is not None and values.get("median_reference") is not None:
        places |= {key: forms.amount(values[key]) for key in ("median", "median_reference")}
        parts.append(phrases.say("finding.amount.detail.median", **places))
    parts.append(phrases.say("finding.amount.detail.pairs", **places))
    smallest = values.get("smallest_detectable_gap")
    if code in _OPEN and smallest is not None:
        parts.append(phrases.say("finding.amount.detail.detectable", gap=forms.amount(smallest)))
    value = values.get("value")
    if gap is not None and value is not None and gap.value * (value - 0.5) < 0:
        parts.append(phrases.say("finding.amount.detail.ways"))
    return phrases.say("finding.amount", **places), parts, sureness


def repeated_note(phrases: Phrases) -> Note:
    """Why no verdict is given where people stand on several rows and in several groups."""
    title = phrases.say("amounts.repeated.title")
    return Note(title, (phrases.say("amounts.repeated"),), "caution")
