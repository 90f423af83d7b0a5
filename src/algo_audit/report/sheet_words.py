"""Words of the person's sheet: plain numbers, names of data, and references with their state."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from algo_audit.cases.anchors import Anchor
from algo_audit.data.actions import Action
from algo_audit.data.decisions import Source
from algo_audit.data.limits import read_limits
from algo_audit.data.roles import Criterion
from algo_audit.explain.contributions import ROUNDING
from algo_audit.explain.person import PersonExplanation
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report.document import Language, Paragraph, Section
from algo_audit.report.phrases import Phrases

_DECIMALS = 3
_SHORT_SHA = 12
_OUT_OF_A_HUNDRED = ("probability", "log_odds")
_LEAST = 0.1  # point of a hundred: what is lacking is never told as nothing
_IN_FORCE, _FROM_MEMORY = "in_force", "*"
_FAR = 700.0  # exp of more has no double
# Marks of direction: one left open in a cell would set the rest of a sentence backwards.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class SheetPhrases(Phrases):
    """Texts and number habits of the sheet."""

    def __init__(self, language: Language) -> None:
        super().__init__(language, "person", None)
        self.catalogue = Catalogue(language, ("sheet", "report"))

    def typeset(self, text: str) -> str:
        """Somebody else's text on one line; what would turn the sentence around it is taken out."""
        return super().typeset(_TURNING.sub("", text))

    def quoted(self, name: str) -> str:
        """A name as the file writes it, in the language's quotation marks."""
        return super().quoted(_TURNING.sub("", name))


@dataclass(frozen=True)
class SheetWords:
    """One person's explanation and how to say it."""

    person: PersonExplanation
    phrases: SheetPhrases
    source: Source
    texts: Mapping[str, str] = field(default_factory=dict)
    actions: Sequence[Action] = ()

    def say(self, key: str, /, **values: object) -> str:
        """Text of the sheet."""
        return self.phrases.say(f"sheet.{key}", **values)

    def blank(self, key: str) -> Paragraph:
        """A labelled line that the employer fills in."""
        return Paragraph(self.say("blank", label=self.say(f"blank.{key}")), "blank")

    # --- numbers ---------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """A number with the decimals that it has, at most three."""
        if not math.isfinite(value):
            return self.phrases.absent
        digits = next(
            (d for d in range(_DECIMALS) if round(value, d) == round(value, _DECIMALS)), _DECIMALS
        )
        return self.phrases.formats.number(value, digits)

    def score(self, value: float) -> str:
        """A score with its unit; that of a classifier is told out of a hundred."""
        scale = self.person.description.scale
        if scale == "points":
            return self._points(round(value, 2))
        if scale in _OUT_OF_A_HUNDRED:
            return self.say("unit.probability", value=self.number(self._hundredths(value)))
        return self.number(round(value, 2))

    def gap(self, value: float) -> str:
        """A difference of points."""
        return self._points(round(value, 1))

    @property
    def lacking(self) -> str:
        """What was missing: to a threshold exactly, among competitors as it may be told."""
        person, rule = self.person, self.person.description.rule
        short = person.lacking or 0.0
        if rule is not None and rule.kind == "threshold" and rule.value is not None:
            short = rule.value - person.score
        if person.description.scale == "points":
            return self._points(round(short, 2))
        if person.description.scale in _OUT_OF_A_HUNDRED:
            apart = self._hundredths(person.score + short) - self._hundredths(person.score)
            return self._points(round(apart, 1) or _LEAST)
        return self.number(round(short, 2))

    def _hundredths(self, value: float) -> float:
        """A classifier's score as the chance that it gives, in hundredths."""
        if self.person.description.scale == "log_odds":
            value = 1 / (1 + math.exp(-value)) if value > -_FAR else 0.0
        return round(100 * value, 1)

    @property
    def average(self) -> str:
        """The mean of the file; "" where it would give others away, or says nothing.

        The mean of log-odds is no mean chance.
        """
        scale = self.person.description.scale
        if self.too_few or scale == "log_odds":
            return ""
        base = self.person.base
        return self.score(round(base, 1) if scale == "points" else base)

    def _points(self, value: float) -> str:
        return self.phrases.counted("sheet.unit.points", abs(value), value=self.number(value))

    def share(self, value: float) -> str:
        """How often out of a hundred."""
        times = 100 * value
        if 0 < times < 1:
            return self.say("times.less_than_one")
        if 99 < times < 100:
            return self.say("times.more_than_99")
        return self.say("times", count=self.phrases.formats.number(times))

    # --- names -----------------------------------------------------------------------------

    def value(self, value: float | str | None) -> str:
        """The value of an input: a number, a category in quotation marks, or nothing."""
        if value is None:
            return self.say("value.blank")
        return self.phrases.quoted(value) if isinstance(value, str) else self.number(value)

    def criterion(self, key: str) -> str:
        """A criterion's name, as the parties wrote it."""
        if key == ROUNDING:
            return self.say("rounding")
        return self.phrases.typeset(self.phrases.label(key))

    def column(self, name: str) -> str:
        """An input's name, as the parties call it, else as the file does."""
        return self.phrases.typeset(self.phrases.column_label(name))

    def declared(self, column: str) -> Criterion | None:
        """The criterion that counts an input; the first where two do."""
        return next((one for one in self.person.criteria if column in one.inputs), None)

    @property
    def system(self) -> str:
        """The system's title as it says itself, else the name of its file."""
        title = self.person.description.facts.get("title")
        if isinstance(title, Mapping):
            title = title.get(self.phrases.language)
        name = str(title or "").strip() or self.person.description.name
        return self.phrases.typeset(name)

    def means(self, column: str) -> str:
        """What changing an input takes, where the parties say so."""
        action = next((one for one in self.actions if one.column == column), None)
        text = "" if action is None else action.means.get(self.phrases.language, "")
        return self.phrases.typeset(text)

    def short(self, sha256: str) -> str:
        """The beginning of a fingerprint: enough to tell two files apart."""
        return f"{sha256[:_SHORT_SHA]}…" if sha256 else self.phrases.absent

    @property
    def too_few(self) -> bool:
        """Whether an average of the file would give away the few other people in it."""
        return self.source.rows_used <= read_limits().disclosure.committee

    @property
    def in_pool(self) -> bool:
        """Whether people compete for places, so that the cut-off is somebody's score."""
        rule = self.person.description.rule
        return rule is not None and rule.kind == "top_k"


def in_order(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Sections with their numbers; the few tables and figures of two pages need none."""
    return tuple(
        replace(section, number=str(place)) for place, section in enumerate(sections, start=1)
    )


def cited(phrases: Phrases, anchor: Anchor, text: str) -> str:
    """A right with its text: where that stands unless in force, a star where it is from memory.

    The line below the rights says what both mean.
    """
    citation = phrases.typeset(anchor.citation(phrases.language))
    if anchor.status != _IN_FORCE:
        state = phrases.coded("anchors.status", anchor.status)
        citation = phrases.say("sheet.right.state", citation=citation, state=state)
    star = _FROM_MEMORY if anchor.from_memory else ""
    return phrases.say("sheet.right", text=text, citation=citation, star=star)
