"""Words that every part on the model shares: the score's unit, conditions, a stand-in's caution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.surrogate import Condition
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.drivers_words import criterion_name
from algo_audit.report.context import Context
from algo_audit.report.document import Cell, Note
from algo_audit.report.phrases import Phrases

_LEVELS = 6  # more levels of a category than this in one sentence cannot be read
_DECIMALS = 3  # of an input, at most
_LARGE = 10.0  # scores without a known unit have two decimals below this


@dataclass(frozen=True)
class Teller:
    """Says things about a model; about a stand-in, each time with how far it can be trusted."""

    context: Context
    model: ModelChapters

    @property
    def phrases(self) -> Phrases:
        """Texts and numbers of the reader's language."""
        return self.context.phrases

    @property
    def stands_in(self) -> bool:
        """Whether there was no model, and a stand-in was fitted to the log."""
        return self.model.description.kind == "surrogate"

    # --- sentences -------------------------------------------------------------------------

    def told(self, text: str, *, brief: bool = False) -> str:
        """The sentence as it is; drawn from a stand-in, with its fidelity before it.

        ``brief``: the short form, for the lines of a list that a full sentence opens.
        """
        if not self.stands_in:
            return text
        share = self.fidelity
        kind = "unknown" if share is None else "brief" if brief else "full"
        return self.phrases.say(
            f"model.according.{kind}", share=self.phrases.percent(share), text=_lowered(text)
        )

    def say(self, key: str, /, **values: object) -> str:
        """Text for a key, with the fidelity of a stand-in."""
        return self.told(self.phrases.say(key, **values))

    def item(self, key: str, /, **values: object) -> str:
        """Text of one line of a list, with the fidelity of a stand-in in short."""
        return self.told(self.phrases.say(key, **values), brief=True)

    @property
    def fidelity(self) -> float | None:
        """Share of decisions that the stand-in decides alike."""
        found = self.model.fidelity
        return None if found is None else found.agreement.value

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands under every table and figure drawn from a stand-in."""
        if not self.stands_in:
            return ()
        share = self.fidelity
        if share is None:
            return (self.phrases.say("model.according.note.unknown"),)
        return (self.phrases.say("model.according.note", share=self.phrases.percent(share)),)

    @property
    def scale_note(self) -> str:
        """What stands under a table of scores without their unit."""
        return self.phrases.say("model.scale.note", scale=self.scale_title)

    @property
    def rounded(self) -> tuple[str, ...]:
        """What stands under headcounts that this audience sees to steps of its threshold."""
        threshold = self.phrases.threshold
        if threshold is None:
            return ()
        return (self.phrases.say("model.rounded", threshold=threshold),)

    def reading(self, part: str) -> Note:
        """What a part says, what it does not say, and who can act on it."""
        texts = tuple(
            self.phrases.say(f"model.reading.{kind}", text=self.phrases.say(f"model.{part}.{kind}"))
            for kind in ("says", "silent", "actor")
        )
        return Note(self.phrases.say("model.reading"), texts, kind="tip")

    # --- numbers ---------------------------------------------------------------------------

    def number(self, value: float | None) -> str:
        """A value of an input, with the decimals that it has and no more."""
        if value is None or not math.isfinite(value):
            return self.phrases.absent
        digits = next(
            (d for d in range(_DECIMALS) if round(value, d) == round(value, _DECIMALS)), _DECIMALS
        )
        return self.phrases.formats.number(value, digits)

    def at(self, value: float | str) -> str:
        """A place on an effect curve: a number, or the level of a category in quotation marks."""
        return self.phrases.level(value) if isinstance(value, str) else self.number(value)

    def _shown(self, value: float) -> tuple[float, int]:
        """A score in the unit that is printed, and its decimals."""
        scale = self.model.description.scale
        if scale == "probability":
            return 100 * value, 1
        return value, 1 if scale == "points" or abs(value) >= _LARGE else 2

    def bare_score(self, value: float | None) -> str:
        """A score or a difference of scores without its unit; a probability in hundredths."""
        if value is None or not math.isfinite(value):
            return self.phrases.absent
        return self.phrases.formats.number(*self._shown(value))

    def signed_score(self, value: float | None) -> str:
        """A difference of scores with its sign, without its unit."""
        if value is None or not math.isfinite(value):
            return self.phrases.absent
        return self.phrases.formats.signed(*self._shown(value))

    def score(self, value: float | None) -> str:
        """A score or a difference of scores with its unit: ``3,1 points de grille``."""
        if value is None or not math.isfinite(value):
            return self.phrases.absent
        shown = round(*self._shown(value))
        key = f"model.unit.{self.model.description.scale}"
        return self.phrases.counted(key, shown, value=self.number(shown))

    def tick_score(self, value: float) -> str:
        """A score on a scale: no useless decimals."""
        return self.number(self._shown(value)[0])

    def score_cell(self, number: Estimate) -> Cell:
        """A score with its interval, without unit."""
        return self.phrases.interval_cell(number, self.bare_score)

    def measured(self, number: Estimate | None) -> str:
        """A share with its interval, or the reason why there is none."""
        if number is not None and number.value is None and number.missing_reason:
            return self.phrases.coded("reason", number.missing_reason)
        return self.phrases.measured(number, self.phrases.percent)

    def people(self, share: float | None) -> str:
        """``12,0 % des personnes``, or everyone."""
        if share is not None and round(share, _DECIMALS) == 1:
            return self.phrases.say("model.people.all")
        return self.phrases.say("model.people.share", share=self.phrases.percent(share))

    # --- names -----------------------------------------------------------------------------

    @property
    def scale_title(self) -> str:
        """What the score is measured in, for the title of a scale."""
        return self.phrases.say(f"model.scale.{self.model.description.scale}.axis")

    def criterion(self, key: str) -> str:
        """A criterion as the parties name it; what rounding adds or takes, in words."""
        return criterion_name(self.phrases, key)

    def condition(self, condition: Condition) -> str:
        """``« test » dépasse 11,5``."""
        column = self.phrases.column(condition.column)
        if condition.op == "in":
            levels = self.levels(condition.levels)
            return self.phrases.say("model.condition.in", column=column, levels=levels)
        op = {"<=": "at_most", ">": "above"}.get(condition.op, condition.op)
        number = self.number(condition.number)
        return self.phrases.say(f"model.condition.{op}", column=column, number=number)

    def levels(self, levels: Sequence[str]) -> str:
        """``« a », « b » ou « c »``; where there are many, the first ones and how many more."""
        shown = [self.phrases.level(level) for level in levels[:_LEVELS]]
        left = len(levels) - len(shown)
        if left > 0:
            more = self.phrases.counted(
                "model.levels.more", left, count=self.phrases.formats.number(left)
            )
            return ", ".join([*shown, more])
        return self.phrases.formats.listing(shown, last="or")


def _lowered(text: str) -> str:
    """The sentence as the continuation of another; initials stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def heaviest(model: ModelChapters) -> tuple[str, ...]:
    """Criteria from the heaviest on, by mean absolute contribution."""
    rows = sorted(
        model.importance,
        key=lambda row: -(row.mean_absolute.value if row.mean_absolute.value is not None else -1),
    )
    return tuple(row.criterion for row in rows)


def heads(phrases: Phrases, *names: str) -> tuple[str, ...]:
    """Column heads: ``model.column.<name>``, else ``column.<name>`` of the report."""
    own = [f"model.column.{name}" for name in names]
    return tuple(
        phrases.say(key if phrases.catalogue.has(key) else key.removeprefix("model."))
        for key in own
    )
