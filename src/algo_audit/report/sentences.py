"""A finding of the audit in words: headline, detail, how sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from algo_audit.fairness.comparison import Comparison, Interval
from algo_audit.findings import Finding
from algo_audit.report.phrases import Form, Phrases

# Codes whose numbers are those of a comparison.
_COMPARED = {
    "gap_established",
    "small_gap_established",
    "large_gap_excluded",
    "inconclusive",
    "not_shown",
    "lead_intersection",
    "lead_measure",
}
_POINTS_WORTH_ASKING = 0.97  # a ratio nearer to 1 would take more people than any file holds


def _interval(numbers: Any) -> Interval | None:
    """``[value, low, high]``, a mapping of the three, or an Interval, as an Interval."""
    if numbers is None or isinstance(numbers, Interval):
        return numbers
    if isinstance(numbers, Mapping):
        numbers = [numbers["value"], numbers["low"], numbers["high"]]
    if any(number is None for number in numbers):
        return None
    return Interval(*(float(number) for number in numbers))


def subject(phrases: Phrases, attribute: str, stratum: str | None) -> str:
    """What a sentence is about: the attribute, and what is held equal."""
    if stratum is None:
        return phrases.say("finding.subject", attribute=phrases.quoted(attribute))
    return phrases.say(
        "finding.subject.within",
        attribute=phrases.quoted(attribute),
        stratum=phrases.held(stratum),
    )


def unit_form(phrases: Phrases, unit: str) -> tuple[Form, Form]:
    """How to write a value and a difference of a measure's unit."""
    if unit in ("share", "rate", "probability", "proportion"):
        return phrases.percent, phrases.points
    return phrases.decimal, phrases.decimal


def rates_sentence(phrases: Phrases, values: Mapping[str, Any]) -> str:
    """Both rates with their counts, the difference in points and the ratio."""
    form, gap_form = unit_form(phrases, str(values.get("unit", "share")))
    difference, ratio = _interval(values.get("difference")), _interval(values.get("ratio"))
    if values.get("events") is None or values.get("events_reference") is None:
        if values.get("value") is None or values.get("reference_value") is None:
            return ""
        return phrases.say(
            "finding.values",
            value=form(values["value"]),
            reference_value=form(values["reference_value"]),
            difference=phrases.measured(difference, gap_form),
        )
    key = "finding.rates" if ratio is not None else "finding.rates.no_ratio"
    stratum = values.get("stratum")
    return phrases.say(
        key if stratum is None else "finding.rates.within",
        rate=form(values["value"]),
        events=phrases.whole(values["events"]),
        n=phrases.whole(values["n"]),
        reference_rate=form(values["reference_value"]),
        events_reference=phrases.whole(values["events_reference"]),
        n_reference=phrases.whole(values["n_reference"]),
        difference=phrases.measured(difference, gap_form),
        ratio=phrases.measured(ratio, phrases.ratio),
        stratum="" if stratum is None else phrases.held(stratum),
    )


def shortfall_sentence(phrases: Phrases, values: Mapping[str, Any]) -> str:
    """How many favourable decisions fewer, or more, with the interval."""
    shortfall = _interval(values.get("shortfall"))
    about = subject(phrases, values["attribute"], values.get("stratum"))
    group, reference = phrases.group(values["group"]), phrases.reference(values.get("reference"))
    if shortfall is None:
        form, _ = unit_form(phrases, str(values.get("unit", "share")))
        measure = phrases.coded("measure", str(values.get("measure", "selection_rate")))
        return phrases.say(
            "finding.plain",
            subject=about,
            measure=measure,
            group=group,
            value=form(values["value"]),
            reference=reference,
            reference_value=form(values["reference_value"]),
        )
    fewer = shortfall.value >= 0
    low, high = (shortfall.low, shortfall.high) if fewer else (-shortfall.high, -shortfall.low)
    return phrases.counted(
        "finding.fewer" if fewer else "finding.more",
        abs(shortfall.value),
        subject=about,
        group=group,
        count=phrases.people(abs(shortfall.value)),
        reference=reference,
        interval=phrases.between(low, high, phrases.people),
    )


def _shortfall_span(phrases: Phrases, shortfall: Interval) -> str:
    low, high = shortfall.low, shortfall.high
    form = phrases.people
    if low >= 0:
        return phrases.say("finding.span.fewer", low=form(low), high=form(high))
    if high <= 0:
        return phrases.say("finding.span.more", low=form(-high), high=form(-low))
    return phrases.say("finding.span.both", fewer=form(high), more=form(-low))


def people_needed(values: Mapping[str, Any]) -> int | None:
    """People it would take to establish a gap like the one seen; None where that says nothing."""
    ratio = _interval(values.get("ratio"))
    rate, n, others = values.get("reference_value"), values.get("n"), values.get("n_reference")
    if ratio is None or not rate or not n or not others:
        return None
    if not 0 < ratio.value < _POINTS_WORTH_ASKING:
        return None
    from algo_audit.stats.power import people_needed as needed

    return needed(float(rate), ratio.value, share=n / (n + others))


def inconclusive_detail(phrases: Phrases, values: Mapping[str, Any]) -> str:
    """The values compatible with the data, and how many people it would take."""
    difference, shortfall = _interval(values.get("difference")), _interval(values.get("shortfall"))
    _, gap_form = unit_form(phrases, str(values.get("unit", "share")))
    parts = []
    if difference is not None and shortfall is not None:
        parts.append(
            phrases.say(
                "finding.inconclusive.detail",
                difference=phrases.span(difference, gap_form),
                shortfall=_shortfall_span(phrases, shortfall),
            )
        )
    elif difference is not None:
        span = phrases.span(difference, gap_form)
        parts.append(phrases.say("finding.inconclusive.detail.points", difference=span))
    needed = people_needed(values)
    smallest = values.get("smallest_detectable_ratio")
    ratio = _interval(values.get("ratio"))
    if needed is not None and ratio is not None and needed > values["n"] + values["n_reference"]:
        parts.append(
            phrases.say(
                "finding.inconclusive.people",
                ratio=phrases.ratio(ratio.value),
                people=phrases.whole(rounded(needed)),
                now=phrases.whole(values["n"] + values["n_reference"]),
            )
        )
    elif smallest is not None:
        parts.append(
            phrases.say("finding.inconclusive.smallest", ratio=phrases.ratio(float(smallest)))
        )
    return " ".join(parts)


def rounded(people: int) -> int:
    """Two leading digits: a needed headcount is an order of size."""
    step: int = 10 ** max(len(str(people)) - 2, 0)
    return round(people / step) * step


def headline(phrases: Phrases, code: str, values: Mapping[str, Any]) -> str:
    """The sentence of one comparison: what can be quoted."""
    if code in ("inconclusive", "not_shown", "large_gap_excluded"):
        return phrases.say(
            f"finding.{code}",
            subject=subject(phrases, values["attribute"], values.get("stratum")),
            group=phrases.group(values["group"]),
            reference=phrases.reference(values.get("reference")),
        )
    return shortfall_sentence(phrases, values)


def detail(
    phrases: Phrases, code: str, values: Mapping[str, Any], *, margin: float
) -> tuple[str, ...]:
    """What stands behind the sentence of one comparison."""
    if code == "not_shown":
        reason = phrases.coded("reason", str(values.get("missing_reason") or "margins"))
        parts = [phrases.say("finding.not_shown.detail", reason=reason)]
        return (*parts, rates_sentence(phrases, values))
    parts = [rates_sentence(phrases, values)]
    ratio = _interval(values.get("ratio"))
    if code == "inconclusive":
        parts.append(inconclusive_detail(phrases, values))
    elif code in ("large_gap_excluded", "small_gap_established") and ratio is not None:
        parts.append(
            phrases.say(
                f"finding.{code}.detail",
                ratio=phrases.span(ratio, phrases.ratio),
                margin=phrases.ratio(margin),
            )
        )
    parts.extend(disagreements(phrases, [(code, values)]))
    flip = values.get("flip_count")
    if code in ("gap_established", "small_gap_established") and flip:
        parts.append(phrases.counted("finding.flip", flip, count=phrases.whole(flip)))
    return tuple(part for part in parts if part)


def disagreements(
    phrases: Phrases, told: Iterable[tuple[str | None, Mapping[str, Any]]]
) -> tuple[str, ...]:
    """Why printed intervals and verdicts seem to say different things: a sentence for each way.

    Parameters
    ----------
    phrases : Phrases
    told : iterable of (verdict, values of the comparison)
    """
    found: dict[str, list[str]] = {}
    for code, values in told:
        if values.get("interval_disagrees") and code is not None:
            established = code in ("gap_established", "small_gap_established", "lead")
            key = "gaps.disagrees.established" if established else "gaps.disagrees.open"
            found.setdefault(key, []).append(phrases.group(values["group"]))
    return tuple(phrases.say(key, group=phrases.listed(names)) for key, names in found.items())


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """A comparison as the values of a finding."""
    return comparison.to_dict()


def is_said(values: Mapping[str, Any], code: str) -> bool:
    """Whether the numbers that a comparison's sentence stands on are there."""
    if values.get("n") is None or values.get("n_reference") is None:
        return False
    if code == "not_shown":
        return True
    return values.get("value") is not None and values.get("reference_value") is not None


def is_masked(finding: Finding) -> bool:
    """Whether a number that the sentence stands on is hidden from this audience."""
    values = finding.values
    if finding.code in _COMPARED:
        return not is_said(values, finding.code)
    needed = {
        "unknowns_matter": ("n", "share"),
        "between_pools": ("raw", "between", "within"),
        "labels_only_for_selected": ("known_favourable", "known_unfavourable"),
        "reversal": ("raw_difference", "adjusted_difference"),
        "vanishes_within": ("raw_difference", "adjusted_difference"),
        "opposite_levels": ("raw_difference",),
    }
    return any(values.get(key) is None for key in needed.get(finding.code, ()))
